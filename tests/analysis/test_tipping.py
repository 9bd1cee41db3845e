"""The tipping point of organisations: nested starters, plain words at the extremes, an edge that fresh luck confirms."""

from __future__ import annotations

import csv
import gzip
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.edge import BEYOND_FROM_THE_START, NEVER_BEYOND, Bracket
from adoptsim.analysis.living import LUCKS_APART, SamePeople, Trials, left_alone, living_share, living_threshold, placed
from adoptsim.analysis.tipping import ABOVE, BELOW, OFFSETS, EdgeTest, Found, Tipping, tipping
from adoptsim.analysis.tipping_words import from_above, from_below, places, sharpness, sharpness_by_interest, verdict
from adoptsim.domain.scenario import PracticeUse
from adoptsim.engine.state import LEFT, MARK, MEMBER, PLACE, TALLY, TRAIT
from adoptsim.simulation import Simulator

DATA = Path(__file__).parents[2].parent / "shared" / "data"
PRACTICES = dict.fromkeys(("leadership_and_champions", "act_on_contributions", "organisations_purpose"), 0.5)


def scenario(people: int = 150, **fields):
    return ad.Scenario(name="small", organisation={"people": people}, **{"practices": PRACTICES} | fields)


def found_of(below: list[Bracket], above: list[Bracket] = (), test: EdgeTest | None = None, **fields) -> Tipping:
    """Return what a search would have found, without one."""
    edges = [Found(BELOW, "scattered", run, bracket) for run, bracket in enumerate(below)]
    edges += [Found(ABOVE, "scattered", run, bracket) for run, bracket in enumerate(above)]
    known = {"seed": 1, "days": 1008, "people": 500, "replicates": len(below), "organisation": None}
    tests = {} if test is None else {"scattered": test}
    return Tipping(scenario=scenario(), found=tuple(edges), tests=tests, **known | fields)


# --- what is asked -----------------------------------------------------------------------------------------------


def test_the_network_is_left_alone_by_whatever_ends():
    asked = scenario(
        practices={
            "critical_mass": True,
            "safe_space": PracticeUse(intensity=0.4, end=100),
            "culture_of_voice": PracticeUse(intensity=0.3, start=200, ramp=60),
        },
        start={"contributors": 0.3},
        leavers={"share": 0.5, "day": 10},
    )
    alone = left_alone(asked, 600)
    assert list(alone.practices) == ["culture_of_voice"]
    standing = alone.practices["culture_of_voice"]
    assert (standing.intensity, standing.start, standing.ramp, standing.end) == (0.3, 0, 0, 600)
    assert (alone.horizon.days, alone.start.contributors, alone.leavers.share) == (600, 0.0, 0.0)


def test_more_who_begin_are_the_same_people_and_others():
    began: list[set[int]] = []
    for share in (0.05, 0.2, 0.6, 1.0):
        world, _ = Simulator(scenario(start={"contributors": share})).start(3)
        began.append(set(np.flatnonzero(world.mark[MARK.membership] == MEMBER)))
    assert all(fewer < more for fewer, more in itertools.pairwise(began))
    assert len(began[-1]) == 150


def test_where_the_interested_begin_nobody_who_does_not_has_more_to_say():
    """Lurkers, who come last whatever they have to say, left out, and leaders, who come last among the rest."""
    own = {"organisation": {"people": 150, "seed_placement": "interested"}}
    world, _ = Simulator(ad.Scenario(name="small", practices=PRACTICES, start={"contributors": 0.1}, **own)).start(3)
    begins, leads = world.mark[MARK.membership] == MEMBER, world.place[PLACE.is_leader] == 1
    says, lurks = world.trait[TRAIT.prompt_prob], world.trait[TRAIT.reluctance] > 0
    assert 5 <= begins.sum() <= 25  # of those with most to say, lurkers are left out
    assert says[begins].min() >= says[~begins & ~lurks & ~leads].max()
    first = np.argsort(world.trait[TRAIT.seed_rank])
    assert leads[first].argmax() == 150 - leads.sum()
    assert np.all(np.diff(says[first]) <= 0)


def test_those_with_most_to_say_are_tested_beside_the_scenarios_own_place():
    asked = scenario(people=100)
    found = tipping(asked, replicates=8, days=294, placements=("interested",), threads=2, tolerance=0.05)
    assert set(found.tests) == set(found.summary()["same_organisation"]) == {"scattered", "interested"}
    said = sharpness_by_interest(found)
    assert said.startswith("Where those with most to say begin: ")
    assert said in verdict(found)
    only_those = tipping(begun_by_the_interested(asked), replicates=6, days=294, placements=(), tolerance=0.05)
    assert (set(only_those.tests), sharpness_by_interest(only_those)) == ({"interested"}, "")


def test_only_employees_still_there_make_a_network_alive():
    world, _ = Simulator(scenario()).start(0)
    employees = np.flatnonzero(world.place[3] == 0)
    world.tally[TALLY.last_contribution][:] = -10_000
    world.tally[TALLY.last_contribution][world.place[3] == 1] = 99
    assert living_share(world, 100) == 0.0
    world.tally[TALLY.last_contribution][employees[:10]] = (79, 78, *[99] * 8)
    assert living_share(world, 100) == pytest.approx(9 / len(employees))  # day 78 is more than a month before day 100
    world.mark[MARK.membership][employees[100:]] = LEFT
    assert living_share(world, 100) == pytest.approx(9 / 100)


def test_what_lives_is_half_of_the_whole_between_a_floor_and_half_of_critical_mass():
    assert living_threshold(0.2, 0.25) == 0.1
    assert living_threshold(0.02, 0.25) == 0.075
    assert living_threshold(0.6, 0.25) == 0.125


def test_fresh_luck_leaves_people_and_ties_as_they_are():
    source = SamePeople(scenario().organisation, 1)
    assert source.organisation(2) is source.organisation(2 + 5 * LUCKS_APART)
    trials = Trials(scenario(), seed=1, days=126, source=source)
    assert trials.share(2, start=0.5) == trials.share(2, start=0.5)
    assert len({trials.share(2 + luck * LUCKS_APART, start=0.5) for luck in range(6)}) > 1


# --- what is found -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Tipping:
    return tipping(scenario(), replicates=8, days=294, placements=("scattered", "connected"), threads=2)


def test_every_edge_lies_between_a_run_that_dies_and_one_that_lives(small: Tipping):
    trials = Trials(scenario(), seed=1, days=294)
    checked = 0
    for each in small.found:
        if (each.side, each.placement) != (BELOW, "scattered") or not 0.0 < each.bracket.middle < 1.0:
            continue
        assert not trials.lives(each.run, start=each.bracket.low)
        assert trials.lives(each.run, start=each.bracket.high)
        checked += 1
    assert checked > 0


def test_the_same_seed_gives_the_same_answer_whatever_the_threads(small: Tipping):
    again = tipping(scenario(), replicates=8, days=294, placements=("scattered", "connected"), threads=1)
    assert again.found == small.found
    assert again.summary() == small.summary()


def test_another_seed_gives_another(small: Tipping):
    assert tipping(scenario(), replicates=8, days=294, placements=("scattered",), seed=2).found != small.found


def test_the_table_has_a_row_an_edge_and_the_summary_no_infinite_number(small: Tipping):
    assert len(small.frame) == 8 * 3
    assert "inf" not in str(small.summary()).lower()


def test_a_dead_scenario_has_no_tipping_point_and_says_so():
    dead = scenario(practices={}, parameters={"prompt_rate": ad_low("prompt_rate")}, people=100)
    found = tipping(dead, replicates=6, days=294, placements=())
    assert set(found.brackets(BELOW)) == {NEVER_BEYOND}
    assert "no tipping point" in from_below(found)
    assert "even if everybody begins, in 100 % of runs (61-100 %)" in from_below(found)
    assert from_above(found) == "There is no living network that leavers could kill."
    assert not found.tests


def ad_low(parameter: str) -> float:
    from adoptsim.domain.parameters import PARAMETERS

    return PARAMETERS[parameter].low


# --- words -------------------------------------------------------------------------------------------------------


def test_what_lives_from_nobody_is_said_with_its_number():
    found = found_of([BEYOND_FROM_THE_START] * 30 + [Bracket(0.1, 0.11)] * 2, [NEVER_BEYOND] * 32)
    assert "needs nobody to begin" in from_below(found)
    assert "in 94 % of runs (80-98 %)" in from_below(found)
    assert "survives even if 90 % of staff leave" in from_above(found)
    assert "tips" not in from_below(found)


def test_the_verdict_names_the_edge_its_interval_and_how_many_may_leave():
    edges = [Bracket(0.10 + 0.005 * k, 0.11 + 0.005 * k) for k in range(16)]
    leavers = [Bracket(0.40 + 0.01 * k, 0.41 + 0.01 * k) for k in range(16)]
    said = " ".join(verdict(found_of(edges, leavers)))
    assert "tips at about 14 % of staff (95 %: 12-17 %)" in said
    assert "until about 48 % of staff leave" in said


def sharpness_of(lives: tuple[float, ...], n: int = 8) -> str:
    return sharpness(found_of([Bracket(0.2, 0.21)] * n, test=EdgeTest(np.full(n, 0.2), np.tile(lives, (n, 1)))))


def test_an_edge_is_called_one_only_where_fresh_luck_confirms_it():
    assert OFFSETS == (-0.10, -0.05, 0.05, 0.10)
    assert "it is an edge" in sharpness_of((0.0, 0.1, 0.9, 1.0))
    assert "90 % (81-95 %) of runs with fresh luck die" in sharpness_of((0.0, 0.1, 0.9, 1.0))
    assert "100 % (95-100 %) live" in sharpness_of((0.0, 0.0, 1.0, 1.0))  # 72 runs of 72 do not make it sure
    assert "Luck blurs it" in sharpness_of((0.0, 0.3, 0.9, 1.0))
    assert "Luck blurs it" in sharpness_of((0.0, 0.1, 0.7, 1.0))


def test_what_the_intervals_leave_open_is_called_too_close_to_call():
    """89 % of five organisations' 45 runs may be 77 %."""
    said = sharpness_of((0.0, 1 / 9, 1.0, 1.0), n=5)
    assert "too close to call" in said
    assert "89 % (77-95 %) of runs with fresh luck die" in said


def test_it_is_said_in_how_many_organisations_the_edge_could_be_tested():
    assert "tested in 8 of the 8 organisations: started 5 points below their own" in sharpness_of((0.0, 0.0, 1.0, 1.0))
    near = [[np.nan, np.nan, 1.0, 1.0]] * 3 + [[0.0, 0.0, 1.0, 1.0]] * 7
    said = sharpness(found_of([Bracket(0.2, 0.21)] * 12, test=EdgeTest(np.full(10, 0.2), np.array(near))))
    assert "tested in 7 of the 12 organisations from below and 10 from above" in said


def test_who_should_begin_is_said_where_most_die_whoever_begins():
    found = found_of([NEVER_BEYOND] * 16)
    edges = [Bracket(0.3, 0.31)] * 6 + [NEVER_BEYOND] * 10
    others = tuple(Found(BELOW, "connected", run, edge) for run, edge in enumerate(edges))
    assert "with the best connected, most die all the same; fewer" in places(replace(found, found=found.found + others))


@pytest.mark.parametrize(
    ("connected", "said"),
    [
        (
            BEYOND_FROM_THE_START,
            "with the best connected, most need nobody; fewer are needed than with people drawn at random",
        ),
        (Bracket(0.02, 0.03), "with the best connected, it tips at 2 % (2-3 %); fewer are needed"),
    ],
)
def test_who_should_begin_is_said_in_words(connected: Bracket, said: str):
    found = found_of([Bracket(0.2, 0.21)] * 8)
    others = tuple(Found(BELOW, "connected", run, connected) for run in range(8))
    assert said in places(replace(found, found=found.found + others))


def test_where_no_organisation_has_an_edge_that_is_said():
    assert "no edge to test: how many begin decides nothing" in sharpness(found_of([BEYOND_FROM_THE_START] * 8))
    assert sharpness(found_of([Bracket(0.2, 0.21)] * 8)) == ""  # it was not asked for


def test_few_organisations_with_an_edge_say_nothing_of_its_sharpness():
    few = EdgeTest(np.full(6, 0.03), np.array([[np.nan, np.nan, 1.0, 1.0]] * 6))
    many = EdgeTest(np.full(6, 0.97), np.array([[0.0, 0.0, np.nan, np.nan]] * 6))
    said = sharpness(found_of([Bracket(0.97, 0.98)] * 8, test=many))
    assert said.endswith(
        "room for 5 points more, too few to say how sharp edges are; 5 points below, 100 % (93-100 %) of "
        "runs with fresh luck die."
    )
    assert "Only 0 of 8 have an edge with room for 5 points fewer, too few to say how sharp edges are; 5" in sharpness(
        found_of([Bracket(0.02, 0.03)] * 8, test=few)
    )


# --- a real organisation -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def institute(tmp_path_factory: pytest.TempPathFactory):
    """Return the institute of email-Eu-core with weak standing practices."""
    if not DATA.is_dir():
        pytest.skip("the public email-Eu-core files are not here; they are not part of the project")
    folder = tmp_path_factory.mktemp("institute")
    with (DATA / "email_eu_core_departments.csv").open() as source, (folder / "people.csv").open("w") as target:
        rows = csv.writer(target)
        rows.writerow(["id", "manager", "department"])
        rows.writerows([row["id"], "", row["department"]] for row in csv.DictReader(source))
    (folder / "ties.csv").write_bytes(gzip.decompress((DATA / "email_eu_core_edges.csv.gz").read_bytes()))
    files = {"people_file": str(folder / "people.csv"), "ties_file": str(folder / "ties.csv")}
    return ad.Scenario(name="institute", organisation=files, practices={"trust_employees": 0.2})


def test_an_organisation_read_from_files_has_a_tipping_point_of_its_own(institute):
    found = tipping(institute, replicates=6, days=294, placements=(), tolerance=0.05)
    assert found.people == 1005
    assert len(found.brackets(BELOW)) == 6
    assert verdict(found)[0].startswith("Your organisation")


def dies_and_lives(found: Tipping) -> tuple[float, float]:
    """Return which share of runs with fresh luck die 5 points below the edge and live 5 points above it."""
    test = found.tests[found.placement]
    return 1.0 - test.share(-0.05).value, test.share(0.05).value


def begun_by_the_interested(asked: ad.Scenario) -> ad.Scenario:
    return asked.model_copy(update={"organisation": placed(asked.organisation, "interested")})


def test_begun_by_those_with_most_to_say_the_tipping_point_is_an_edge_with_fresh_luck():
    """Organisations like the usual one under two seeds, 9 runs on either side each, as `tipping typical` takes them."""
    asked = begun_by_the_interested(ad.Scenario.load("typical"))
    tests = [tipping(asked, replicates=64, placements=(), seed=seed).tests["interested"] for seed in (1, 2)]
    below, above = (np.concatenate([test.tested(offset) for test in tests]) for offset in (-0.05, 0.05))
    assert min(1.0 - below.mean(), above.mean()) >= 0.8
    assert len(below) >= 16


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="two thirds of runs begun by 30 % end in between; Markus 1987: all or nothing"
)
def test_left_alone_a_network_ends_with_all_or_nothing():
    """Of the way from what it has when hardly anybody begins to when everybody does, most runs end near either end."""
    trials = Trials(ad.Scenario.load("typical"), seed=1)
    runs = [[organisation + luck * LUCKS_APART for luck in (1, 2)] for organisation in range(64)]
    few, some, everybody = (
        np.array([[trials.share(run, start=share) for run in of_one] for of_one in runs]) for share in (0.03, 0.3, 1.0)
    )
    low, high = few.mean(axis=1), everybody.mean(axis=1)
    differs = high - low >= 0.05
    way = (some[differs] - low[differs, None]) / (high - low)[differs, None]
    assert np.mean((way > 0.25) & (way < 0.75)) <= 1 / 3


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="73 % die 5 points below and 80 % live 5 points above; asked for: 80 %"
)
def test_begun_by_people_drawn_at_random_the_tipping_point_is_an_edge_with_fresh_luck():
    """Some 24 organisations with 9 runs on either side each, as `adoptsim tipping typical` takes them."""
    found = tipping(ad.Scenario.load("typical"), replicates=64, placements=())
    assert min(dies_and_lives(found)) >= 0.8


@pytest.fixture(scope="module")
def own_edge(institute):
    """Return the test of the institute's edge, without practices, for one drawing of its people's temperaments."""
    return tipping(institute.model_copy(update={"practices": {}}), replicates=6, organisation=0, placements=())


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="78 % of 45 runs die 5 points below its own; asked for: 80 %")
def test_the_tipping_point_of_a_real_organisation_is_an_edge_with_fresh_luck(own_edge):
    assert min(dies_and_lives(own_edge)) >= 0.8


def test_of_a_real_organisation_most_runs_die_below_the_tipping_point_and_live_above(own_edge):
    """Two thirds at least, sure at 95 % of 45 runs that more than half do."""
    assert own_edge.tests["scattered"].runs_each == 45
    assert min(dies_and_lives(own_edge)) >= 2 / 3
    assert "started 5 points below its own tipping point" in sharpness(own_edge)


def test_begun_by_those_with_most_to_say_a_real_organisation_lives_above_its_tipping_point(institute):
    """Its edge is so low that there is no room for 5 points fewer, which is said."""
    asked = begun_by_the_interested(institute.model_copy(update={"practices": {}}))
    found = tipping(asked, replicates=6, organisation=0, placements=())
    assert found.tests["interested"].share(0.05).value >= 0.8
    assert "no room for 5 points fewer; 5 points above" in sharpness(found)

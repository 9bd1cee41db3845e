"""Phase diagrams and hysteresis against edges that are known, and on small organisations."""

from __future__ import annotations

import math

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.hysteresis import HELD_DAYS, STEPS, Hysteresis, Staircase, first_order, hysteresis
from adoptsim.analysis.phase import COARSE, FINEST, FIRST_RUNS, MOST_RUNS, Phase, phase, refine
from adoptsim.analysis.phase_words import hysteresis_verdict, phase_verdict
from adoptsim.analysis.settings import STARTED, STRENGTH, Axis, check_axis, read_axis, with_level, with_levels
from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.simulation import OrganisationSource
from adoptsim.sweeps.ranges import Range

SMALL = ad.Scenario(
    name="small",
    organisation={"people": 100},
    practices={"leadership_and_champions": 0.6, "act_on_contributions": 0.4, "critical_mass": True},
)
X, Y = Axis(STARTED, Range(0.0, 1.0)), Axis("levers.answer_prob", Range(0.0, 1.0))


def known(edge):
    """Return what runs of a network would say that lives above an edge: x + y of the unit square for sure."""
    tried = []

    def run_many(tasks):
        tried.extend(tasks)
        return [edge(x / FINEST, y / FINEST, run) for (x, y), run in tasks]

    return refine(run_many), tried


def test_a_known_edge_is_drawn_at_its_place():
    lives, _ = known(lambda x, y, run: x >= 0.8 - 0.5 * y)
    found = Phase(SMALL, 1, 1008, (X, Y), 0.2, lives)
    for edge in found.edges():
        assert edge.at.value == pytest.approx(0.8 - 0.5 * edge.level, abs=1 / FINEST)
        assert edge.at.low <= edge.at.value <= edge.at.high
        assert not edge.falls


def test_an_edge_where_more_of_it_kills_is_drawn_too():
    lives, _ = known(lambda x, y, run: x <= 0.3)
    edges = Phase(SMALL, 1, 1008, (X, Y), 0.2, lives).edges()
    assert all(edge.falls and abs(edge.at.value - 0.3) <= 1 / FINEST for edge in edges)


def test_runs_go_where_the_answer_is_unclear():
    rng = np.random.default_rng(3)
    luck = rng.random(MOST_RUNS)
    lives, tried = known(lambda x, y, run: luck[run] < 1 / (1 + math.exp(-25 * (x + y - 1))))
    near = [place for place in lives if abs(sum(place) / FINEST - 1) < 0.2]
    far = [place for place in lives if abs(sum(place) / FINEST - 1) > 0.5]
    assert len(near) > 2 * len(far)
    assert all(lives[place][1] == FIRST_RUNS for place in far)
    assert max(n for _, n in lives.values()) == MOST_RUNS
    assert len(tried) < (FINEST + 1) ** 2 * MOST_RUNS / 2
    assert len(set(tried)) == len(tried)


def test_where_all_live_or_all_die_nothing_is_refined_and_no_edge_is_made_up():
    for alive, word in ((True, "live"), (False, "die")):
        lives, tried = known(lambda x, y, run, alive=alive: alive)
        assert len(tried) == (COARSE + 1) ** 2 * FIRST_RUNS
        assert f"most networks {word} everywhere" in phase_verdict(Phase(SMALL, 1, 1008, (X, Y), 0.2, lives))


def test_settings_are_named_shortly_and_bad_ones_are_refused_with_what_would_be_right():
    assert read_axis("start", "--phase").target == STARTED
    assert read_axis("answer_prob", "--phase").target == "levers.answer_prob"
    assert read_axis("practices.safe_space=0:0.5", "--phase").range == Range(0.0, 0.5)
    for text, said in (
        ("answer_porb", "did you mean 'answer_prob'"),
        ("start=1:0", "LOW below HIGH"),
        ("start=a", "LOW:HIGH"),
    ):
        with pytest.raises(InputError, match=said):
            read_axis(text, "--phase")
    with pytest.raises(InputError, match=r"give a number from 0.01 to 0.7"):
        check_axis(SMALL, read_axis("answer_prob=0:5", "--phase"), "--phase")


def test_an_axis_that_moves_nothing_in_a_network_left_alone_is_refused_with_what_can_be_given():
    for option in ("--phase", "--hysteresis"):
        with pytest.raises(InputError, match=r"launch support.*give start.*act_on_contributions"):
            check_axis(SMALL, read_axis("critical_mass", option), option)
    with pytest.raises(InputError, match="small has none; give start"):
        check_axis(SMALL.model_copy(update={"practices": {}}), read_axis("strength", "--phase"), "--phase")
    with pytest.raises(InputError, match="launch support"):
        phase(SMALL, (X, read_axis("critical_mass", "--phase")), days=273)


def test_a_practice_s_own_level_holds_whatever_the_strength_and_whichever_is_named_first():
    levels = {"practices.act_on_contributions": 0.5, STRENGTH: 1.5}
    one, other = with_levels(SMALL, levels), with_levels(SMALL, dict(reversed(levels.items())))
    assert one == other
    uses = one.practices
    assert [uses[name].intensity for name in ("leadership_and_champions", "act_on_contributions")] == [
        pytest.approx(0.9),
        0.5,
    ]


def test_strength_multiplies_all_practices_up_to_full():
    uses = with_level(SMALL, STRENGTH, 2.0).practices
    assert [uses[name].intensity for name in ("leadership_and_champions", "act_on_contributions")] == [1.0, 0.8]


def test_a_phase_diagram_is_the_same_whatever_the_threads():
    axes = read_axis("start", "--phase"), read_axis("strength", "--phase")
    one, two = (phase(SMALL, axes, days=273, most_runs=8, threads=threads) for threads in (1, 2))
    assert one.lives == two.lives
    assert len(one.frame) == len(one.lives)


# --- hysteresis --------------------------------------------------------------------------------------------------


def hysteresis_of(up, down, sd=0.01) -> Hysteresis:
    """Return branches, float64[2, STEPS] at both paces, as 12 runs with luck of their own show them."""
    luck = sd * np.random.default_rng(1).standard_normal((2, 2, 12, STEPS))
    levels = np.linspace(0.0, 1.0, STEPS)
    shape = (2, 1, STEPS)
    up, down = np.reshape(up, shape) + luck[0], np.reshape(down, shape) + luck[1]
    return Hysteresis(SMALL, 1, Axis(STRENGTH, Range(0.0, 1.0)), levels, up, down)


def branches(up, down) -> Hysteresis:
    levels = np.linspace(0.0, 1.0, STEPS)
    return hysteresis_of([up(levels)] * 2, [down(levels)] * 2)


def delayed(settling_months: float, settles_at) -> Hysteresis:
    """Return what a network shows that comes slowly to a share of its own at each level, and has no memory but that."""
    days, levels = settling_months * MONTH_DAYS, settles_at(np.linspace(0.0, 1.0, STEPS))
    both = [first_order(held, days, levels) for held in HELD_DAYS]
    return hysteresis_of([up for up, _ in both], [down for _, down in both], sd=0.002)


def test_a_known_gap_is_measured():
    found = branches(lambda x: (x > 0.7) * 0.3, lambda x: (x > 0.2) * 0.3)
    assert found.mean_gap().value == pytest.approx(0.3 * 0.5, abs=0.03)
    assert found.gap(STEPS // 2).value == pytest.approx(0.3, abs=0.015)  # luck of 12 runs: 0.004
    assert "another" in hysteresis_verdict(found)[0]
    assert "not mere delay" in hysteresis_verdict(found)[1]


@pytest.mark.parametrize("settling_months", [1, 3, 6, 12, 18, 24])
@pytest.mark.parametrize("settles_at", [lambda x: 0.3 * x, lambda x: 0.3 * (x > 0.4), lambda x: 0.3 * (x > 0.95)])
def test_mere_delay_is_never_called_anything_else(settling_months, settles_at):
    """At twice the pace the gap of a year's delay is 1.4 times as large, not twice: no ratio of two quick paces tells."""
    found = delayed(settling_months, settles_at)
    assert not found.beyond_delay().low > 0.0
    said = " ".join(hysteresis_verdict(found))
    assert "not mere delay" not in said
    assert "It may be slow delay" in said or said.startswith("No hysteresis")


def test_two_states_at_the_same_level_are_told_from_delay_although_they_too_take_a_year_to_settle():
    """Raised, it comes alive above 0.7; lowered, it dies below 0.3; on either way it takes its time."""
    levels = np.linspace(0.0, 1.0, STEPS)

    def ways(held):
        up, _ = first_order(held, 12 * MONTH_DAYS, 0.3 * (levels > 0.7))
        _, down = first_order(held, 12 * MONTH_DAYS, 0.3 * (levels > 0.3))
        return up, down

    up, down = zip(*map(ways, HELD_DAYS), strict=True)
    assert "not mere delay" in hysteresis_verdict(hysteresis_of(up, down))[1]


def test_the_same_way_back_is_no_hysteresis():
    assert hysteresis_verdict(branches(lambda x: 0.3 * x, lambda x: 0.3 * x))[0].startswith("No hysteresis")


def test_the_levers_move_in_steps_within_a_run():
    source = OrganisationSource(SMALL.organisation, 1)
    stairs = Staircase(SMALL, "practices.act_on_contributions", (0.0, 1.0, 0.0), 21, seed=1, source=source)
    table = stairs.policy(source.organisation(0)).table
    assert len(table) == 63
    assert np.array_equal(table[0], table[20])
    assert np.array_equal(table[0], table[62])
    assert not np.array_equal(table[20], table[21])


def test_without_a_move_both_ways_are_one_run():
    """Held at one level, a staircase is the scenario left alone: the steps are months of the same history."""
    source = OrganisationSource(SMALL.organisation, 1)
    moved = Staircase(SMALL, STRENGTH, (1.0, 1.0, 1.0), 42, seed=1, source=source).shares(4)
    whole = Staircase(SMALL, STRENGTH, (1.0,), 126, seed=1, source=source).shares(4)
    assert moved[-1] == whole[-1]


def test_a_lever_that_nothing_hangs_on_shows_no_more_than_time_does():
    found = hysteresis(SMALL, read_axis("strength", "--hysteresis"), replicates=6, threads=2)
    assert found.up.shape == found.down.shape == (2, 6, STEPS)
    assert np.array_equal(found.up[:, :, -1], found.down[:, :, -1])
    assert len(found.frame) == 2 * 2 * 6 * STEPS

"""What the shipped experiments say they found is found again, in fewer runs under the same seed, by paired 95 % intervals.

An answer's figure is read from its text; where the smaller run's interval and the answer's do not meet, one of the two is
wrong. What is said to hardly matter must lie, interval and all, within a margin that would not matter to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import adoptsim as ad
from adoptsim import files
from adoptsim.domain.intervals import Interval, paired_difference, proportion_interval
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.simulation import OrganisationSource
from adoptsim.sweeps.experiment import Experiment, apply_point, design_points
from adoptsim.validation.ensemble import read_ensemble

pytestmark = pytest.mark.statistical
NUMBER = r"(-?\d+(?:\.\d+)?)"
ACT, LEAD, TRUST, PURPOSE = (
    f"practices.{name}"
    for name in ("act_on_contributions", "leadership_and_champions", "trust_employees", "organisations_purpose")
)
CHAMPIONS, PLACED, POSTS, ANNOUNCES = (
    "levers.champion_share",
    "organisation.champion_placement",
    "levers.leader_post_rate",
    "levers.broadcast_share",
)
SEEDS, LAUNCH = "organisation.seed_placement", "practices.critical_mass"
NOBODY = 0.0001  # the least that the lever takes: no champion among 500 people
SMALLER: dict[str, tuple[int, dict[str, tuple[Any, ...]]]] = {  # replicates, and levels instead of the experiment's
    "pilot-or-big-bang": (16, {}),
    "leaders-answer-or-broadcast": (32, {ACT: (0, 1)}),
    "champions-how-many-and-where": (32, {CHAMPIONS: (NOBODY, 0.04, 0.08)}),
    "order-of-practices": (16, {f"{name}.start": (0, 126) for name in (ACT, LEAD, TRUST, PURPOSE)}),
    "what-kills-it": (
        24,
        {f"practices.{name}.misused": (False,) for name in ("culture_of_voice", "social_media_policy", "safe_space")},
    ),
    "smallest-bundles": (
        32,
        {
            f"practices.{name}": (False,)
            for name in (  # the weakest of them
                "culture_of_voice",
                "other_voice_platforms",
                "social_media_policy",
                "safe_space",
                "negative_comments",
            )
        },
    ),
}

ANSWERED = files.shipped("experiments")


@cache
def runs_of(name: str) -> pd.DataFrame:
    """Return the runs of a smaller version of an experiment, one row a run, with the levels of its point."""
    replicates, levels = SMALLER[name]
    asked = Experiment.load(name)
    smaller = asked.model_copy(update={"vary": {**asked.vary, **levels}})
    base, rows = smaller.base(), []
    for point in design_points(smaller):
        scenario = apply_point(base, point)
        drawn = source(scenario.organisation, asked.seed)
        found = ad.simulate(scenario, replicates=replicates, seed=asked.seed, source=drawn)
        outcomes = {outcome: found.outcome[outcome] for outcome in ("reached", "contributors", "responsiveness")}
        rows.append(pd.DataFrame({**point, "replicate": found.replicates, **outcomes}))
    return pd.concat(rows, ignore_index=True)


@cache
def source(organisation: Any, seed: int) -> OrganisationSource:
    """Return where people come from, kept: most points of a design share them."""
    return OrganisationSource(organisation, seed)


def runs_at(name: str, levels: dict[str, Any]) -> pd.DataFrame:
    """Return the runs at some levels, over all else that varies."""
    runs = runs_of(name)
    return runs[np.logical_and.reduce([runs[target] == level for target, level in levels.items()])]


def change(name: str, after: dict[str, Any], before: dict[str, Any], outcome: str = "reached") -> Interval:
    """Return what the levels ``after`` change against ``before``, in points, over all else that varies."""

    def by_replicate(levels: dict[str, Any]) -> np.ndarray[Any, Any]:
        return runs_at(name, levels).groupby("replicate")[outcome].mean().to_numpy()

    return Interval(*(100 * bound for bound in paired_difference(by_replicate(after), by_replicate(before))))


def chance(name: str, levels: dict[str, Any]) -> Interval:
    """Return in what share of runs at some levels the network lasts, in points, over all else that varies."""
    return Interval(*(100 * bound for bound in proportion_interval(runs_at(name, levels)["reached"])))


def said(name: str, words: str) -> Interval:
    """Return the figure of an answer, where ``#`` in its words stands for the value and its interval, as they are said."""
    answer = Experiment.load(name).answer
    # "20 points (13 to 26)" or "34 % (20 to 52)" or "13 (8 to 17)"
    figure = rf"{NUMBER}(?: points| %|)(?: of contributors|)(?: of runs|) \({NUMBER} to {NUMBER}[^()]*\)"
    found = re.search(re.escape(words).replace(r"\#", figure), answer)
    assert found, f"{name} no longer says {words!r}: {answer}"
    value, low, high = map(float, found.groups())
    assert low <= value <= high
    return Interval(value, low, high)


MISUSED = [f"{name}.misused" for name in (LEAD, TRUST, ACT, "practices.negative_comments")]
NONE_MISUSED = dict.fromkeys(MISUSED, False)
BROADCAST, CONTROL, PROMISES = ({**NONE_MISUSED, name: True} for name in MISUSED[:3])
ON_TIME, LATE = ({f"{name}.start": day for name in (ACT, LEAD, TRUST, PURPOSE)} for day in (0, 126))
PILOT, LEADERS, WHO, FIRST, KILLS, FEW = SMALLER


class Claim(NamedTuple):
    """The answer of an experiment says that ``better`` has more than ``worse``, and how much more, at # in its words."""

    experiment: str
    words: str
    better: dict[str, Any]
    worse: dict[str, Any]
    outcome: str = "reached"


CLAIMS = [
    Claim(PILOT, "instead of 4 % raises the chance by #", {LAUNCH: 1}, {LAUNCH: 0.7}),
    Claim(PILOT, "at full strength instead of 80 % by #", {LEAD: 1}, {LEAD: 0.8}),
    Claim(
        LEADERS,
        "inviting instead of announcing raises the chance of critical mass by #",
        {ANNOUNCES: 0.1, POSTS: 6},
        {ANNOUNCES: 0.9, POSTS: 6},
    ),
    Claim(LEADERS, "acting fully on what employees write by #", {ACT: 1}, {ACT: 0}),
    Claim(LEADERS, ": #", {ANNOUNCES: 0.1, POSTS: 6, ACT: 0}, {ANNOUNCES: 0.9, POSTS: 6, ACT: 1}),
    Claim(WHO, "; four add #", {CHAMPIONS: 0.04, PLACED: "random"}, {CHAMPIONS: NOBODY, PLACED: "random"}, "contributors"),
    Claim(
        WHO,
        "four in a hundred add #",
        {CHAMPIONS: 0.04, PLACED: "connected"},
        {CHAMPIONS: NOBODY, PLACED: "connected"},
        "contributors",
    ),
    Claim(FIRST, "by # for leadership and champions", {f"{LEAD}.start": 0}, {f"{LEAD}.start": 126}),
    Claim(FIRST, ", # for purpose", {f"{PURPOSE}.start": 0}, {f"{PURPOSE}.start": 126}),
    Claim(FIRST, "all four six months late cost #", ON_TIME, LATE, "contributors"),
    Claim(KILLS, "by #; control", NONE_MISUSED, BROADCAST),
    Claim(KILLS, "by #; promises", NONE_MISUSED, CONTROL),
    Claim(KILLS, "by #, and", NONE_MISUSED, PROMISES),
    Claim(KILLS, ", and #", NONE_MISUSED, PROMISES, "contributors"),
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.experiment}: {claim.words}")
def test_what_an_answer_says_is_found_again_in_fewer_runs(claim: Claim) -> None:
    """Beyond luck, in the direction said, and so large that its interval meets the answer's."""
    found, written = change(claim.experiment, claim.better, claim.worse, claim.outcome), said(claim.experiment, claim.words)
    assert found.low > 0
    assert written.low > 0
    assert found.low <= written.high
    assert written.low <= found.high


def test_where_a_launch_begins_hardly_matters() -> None:
    """Equivalence: whole intervals within 10 points of the chance and half a point of contributors."""
    assert "Hardly matters" in Experiment.load(PILOT).answer
    for outcome, margin in (("reached", 10.0), ("contributors", 0.5)):
        found = change(PILOT, {SEEDS: "departments"}, {SEEDS: "scattered"}, outcome)
        assert -margin < found.low <= found.high < margin
    assert said(PILOT, "the chance of critical mass by #").high < 10.0


def test_only_acting_teaches_that_something_comes_of_it() -> None:
    written = said(LEADERS, "felt responsiveness is #")
    found = change(LEADERS, {ACT: 1}, {ACT: 0}, "responsiveness")
    assert found.low / 100 <= written.high
    assert written.low <= found.high / 100
    announcing = change(LEADERS, {ANNOUNCES: 0.1}, {ANNOUNCES: 0.9}, "responsiveness")
    assert found.low > announcing.high


def test_where_champions_sit_changes_what_they_add_less_than_where_volunteers_sit() -> None:
    """Volunteers alone: nobody is a champion, and only the order in which people would be is another."""
    volunteers = change(WHO, {CHAMPIONS: NOBODY, PLACED: "connected"}, {CHAMPIONS: NOBODY, PLACED: "random"}, "contributors")
    added = [
        change(WHO, {CHAMPIONS: 0.04, PLACED: placed}, {CHAMPIONS: NOBODY, PLACED: placed}, "contributors")
        for placed in ("random", "connected", "departments", "cluster")
    ]
    assert max(each.value for each in added) - min(each.value for each in added) < 5.0 < volunteers.low


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_any_two_of_three_misuses_kill_and_take_more_than_either_alone(pair: tuple[int, int]) -> None:
    together = NONE_MISUSED | {MISUSED[one]: True for one in pair}
    for one in pair:
        assert change(KILLS, NONE_MISUSED | {MISUSED[one]: True}, together).low > 0
    assert chance(KILLS, together).high < 50 < chance(KILLS, NONE_MISUSED).low


@pytest.mark.parametrize(
    ("name", "words", "levels"),
    [
        (LEADERS, "act on everything but announce last in #", {ANNOUNCES: 0.9, POSTS: 6, ACT: 1}),
        (LEADERS, "invite and act on nothing in #", {ANNOUNCES: 0.1, POSTS: 6, ACT: 0}),
        (WHO, "none last in #", {CHAMPIONS: NOBODY, PLACED: "random"}),
        (WHO, "eight in #", {CHAMPIONS: 0.08, PLACED: "random"}),
        (KILLS, "From #", NONE_MISUSED),
        (KILLS, "critical mass to #", BROADCAST),
        (KILLS, "control alone to #", CONTROL),
        (KILLS, "promises alone to #", PROMISES),
        (KILLS, "control together leave #", NONE_MISUSED | {MISUSED[0]: True, MISUSED[1]: True}),
        (KILLS, "either with promises #", NONE_MISUSED | {MISUSED[0]: True, MISUSED[2]: True}),
        (FEW, "lasts in #", dict.fromkeys((LEAD, PURPOSE, ACT, TRUST), True)),
    ],
)
def test_a_chance_that_an_answer_names_is_met_again(name: str, words: str, levels: dict[str, Any]) -> None:
    found, written = chance(name, levels), said(name, words)
    assert found.low <= written.high
    assert written.low <= found.high


@pytest.mark.parametrize("practice", [LEAD, PURPOSE, ACT, TRUST])
def test_a_small_bundle_without_any_one_of_its_practices_lasts_less_often(practice: str) -> None:
    whole = dict.fromkeys((LEAD, PURPOSE, ACT, TRUST), True)
    assert change(FEW, whole, whole | {practice: False}).low > 0


def test_of_the_ten_the_three_named_matter_and_none_of_them_is_nothing() -> None:
    asked = Experiment.load("ten-practices")
    all_ten = dict.fromkeys(asked.vary, True)

    def outcome_of(point: dict[str, bool]) -> Mapping[str, np.ndarray[Any, Any]]:
        scenario = apply_point(asked.base(), point)
        kept = source(scenario.organisation, asked.seed)
        return ad.simulate(scenario, replicates=asked.replicates, seed=asked.seed, source=kept).outcome

    with_all, without_any = outcome_of(all_ten), outcome_of(dict.fromkeys(asked.vary, False))
    assert 100 * with_all["reached"].mean() == pytest.approx(said(asked.name, "All ten last in #").value, abs=0.5)
    assert 100 * without_any["reached"].mean() == pytest.approx(said(asked.name, "none of them in #").value, abs=0.5)
    for name in (LEAD, PURPOSE, ACT):
        fewer = outcome_of(all_ten | {name: False})
        assert paired_difference(with_all["contributors"], fewer["contributors"]).low > 0


def test_where_it_holds_it_holds_more_often_than_elsewhere() -> None:
    """Every fourth of the 600 organisations, two runs each: in the conditions named against outside, 95 % intervals."""
    asked = Experiment.load("where-it-holds")
    base, inside, outside = asked.base(), [], []
    for point in design_points(asked)[::4]:
        found = ad.simulate(apply_point(base, point), replicates=2, seed=asked.seed)
        (inside if fits(point) else outside).extend(found.outcome["reached"])
    within, elsewhere = proportion_interval(inside), proportion_interval(outside)
    assert within.low > elsewhere.high


def fits(point: Any) -> bool:
    """Return whether an organisation meets the conditions that the answer names."""
    return bool(point["organisation.mean_degree"] > 25 and point["organisation.people"] > 300)


@pytest.mark.parametrize("name", ANSWERED)
def test_every_shipped_experiment_has_a_title_a_question_a_time_and_an_answer_with_figures(name: str) -> None:
    asked = Experiment.load(name)
    assert all((asked.title, asked.question, asked.expected_minutes))
    assert re.search(rf"{NUMBER}.* to .*{NUMBER}", asked.answer), "an answer says what was found, with its interval"


@pytest.mark.parametrize("name", ANSWERED)
def test_every_figure_of_an_answer_lies_within_its_own_interval(name: str) -> None:
    figures = re.findall(rf"{NUMBER}[^()\d]*\({NUMBER} to {NUMBER}", Experiment.load(name).answer)
    assert figures
    assert all(float(low) <= float(value) <= float(high) for value, low, high in figures)


WORLDS = 40  # organisations drawn from everything that what-matters varies


@cache
def moved(target: str) -> tuple[Any, ...]:
    """Return contributors and chance of each drawn organisation where a target is at its lower and at its upper end."""
    asked = Experiment.load("what-matters")
    drawn = design_points(asked.model_copy(update={"design": "random", "samples": WORLDS}))
    ends = asked.vary[target]
    low, high = (ends.low, ends.high) if hasattr(ends, "low") else (False, True)
    outcomes = []
    for end in (low, high):
        runs = [
            ad.simulate(apply_point(asked.base(), point | {target: end}), replicates=2, seed=1).outcome for point in drawn
        ]
        outcomes.append([run["contributors"].mean() for run in runs])
    return tuple(outcomes)


@pytest.mark.parametrize(
    ("target", "raises"),
    [("parameters.activation_base", True), ("parameters.lurker_reluctance", False), (LEAD, True)],
)
def test_what_is_said_to_matter_most_moves_contributors_whatever_else_is_so(target: str, raises: bool) -> None:
    low, high = moved(target)
    found = paired_difference(high, low) if raises else paired_difference(low, high)
    assert found.low > 0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("of the # of activation base the sets that look like them keep #,", "activation_base"),
        ("of the # of lurker reluctance #, so", "lurker_reluctance"),
    ],
)
def test_how_much_of_a_range_real_networks_leave_is_what_the_plausible_sets_have(words: str, name: str) -> None:
    answer = " ".join(Experiment.load("what-matters").answer.split())
    found = re.search(re.escape(words).replace(r"\#", rf"{NUMBER} to {NUMBER}"), answer)
    assert found
    low, high, least, most = map(float, found.groups())
    prior, kept = PARAMETERS[name], [member[name] for member in read_ensemble() or ()]
    assert (low, high) == (prior.low, prior.high)
    assert (least, most) == pytest.approx((min(kept), max(kept)), abs=0.05)


def test_leadership_adds_as_much_as_is_said_whatever_else_is_so() -> None:
    written, found = said("what-matters", "it adds #"), paired_difference(*reversed(moved(LEAD)))
    assert 100 * found.low <= written.high
    assert written.low <= 100 * found.high

"""Scenario discovery: a known box comes back with its sentence; where there is none, none is named."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest

import adoptsim as ad
from adoptsim.analysis import discovery
from adoptsim.analysis.condition_words import PHRASES, condition, noun_of, sentence, share_words
from adoptsim.analysis.discovery import Counts, Limit, best_box, cases_of, count, discover, evidence, inside, peel
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS

pytest.importorskip("ema_workbench", reason="the extra 'analysis' brings it")


def organisations(n: int = 500, seed: int = 1) -> pd.DataFrame:
    """Return cases that differ in trust, in how much leaders answer, and in two things that play no part."""
    generator = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "levers.culture_trust": generator.random(n),
            "levers.answer_prob": generator.random(n),
            "levers.permission": generator.random(n),
            "organisation.people": generator.integers(100, 1_000, n),
        }
    )


def test_a_known_box_comes_back_with_its_sentence():
    """Trust under 0.3 and fewer than 1 in 3 answered: a tenth of all cases."""
    cases = organisations()
    fails = (cases["levers.culture_trust"] < 0.3) & (cases["levers.answer_prob"] < 1 / 3)
    found = discover(cases, ~fails)
    assert sentence(found) == (
        "Holds in 9 of 10 plausible organisations; "
        "fails where trust is under 0.3 and leaders answer fewer than 1 in 3 posts."
    )
    (box,) = found.boxes
    assert {limit.factor: pytest.approx(limit.high, abs=0.03) for limit in box.limits} == {
        "levers.culture_trust": 0.3,
        "levers.answer_prob": 1 / 3,
    }
    assert box.counts.density.value > 0.9
    assert box.counts.coverage.value > 0.95
    assert box.p_value == pytest.approx(1 / 40)
    assert all(limit.found_again == 1.0 and limit.quasi_p < 1e-6 for limit in box.limits)
    assert all(limit.low is None for limit in box.limits)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try few times what need not be exact: by chance still at most one in twenty."""
    monkeypatch.setattr(discovery, "PERMUTATIONS", 19)
    monkeypatch.setattr(discovery, "PARTS", 4)


@pytest.mark.usefixtures("quick")
def test_where_few_hold_it_says_where_they_do_and_how_often():
    cases = organisations()
    generator = np.random.default_rng(2)
    holds = (cases["levers.culture_trust"] > 0.7) & (generator.random(len(cases)) < 0.7)
    found = discover(cases, holds)
    assert found.of_interest == "holds"
    assert re.fullmatch(
        r"Holds in 2 of 10 plausible organisations; holds in [678] of 10 where trust is above 0\.\d+\.", sentence(found)
    )


@pytest.mark.usefixtures("quick")
def test_two_boxes_are_told_apart():
    cases = organisations(400)
    fails = (cases["levers.culture_trust"] < 0.15) | (cases["levers.permission"] > 0.85)
    found = discover(cases, ~fails, most_boxes=2)
    assert {limit.factor for box in found.boxes for limit in box.limits} == {"levers.culture_trust", "levers.permission"}
    assert "; of the others, fails where " in sentence(found)


@pytest.mark.usefixtures("quick")
def test_switches_and_words_are_conditions_too():
    generator = np.random.default_rng(3)
    cases = pd.DataFrame(
        {
            "practices.safe_space": generator.random(300) < 0.5,
            "organisation.champion_placement": generator.choice(["random", "connected", "cluster"], 300),
            "practices.critical_mass": generator.random(300),
        }
    )
    fails = ~cases["practices.safe_space"] & (cases["organisation.champion_placement"] == "cluster")
    said = sentence(discover(cases, ~fails), noun_of(list(cases)))
    assert said.startswith("Holds in 8 of 10 combinations; fails where ")
    assert "'A safe space' is not in place" in said
    assert "champion placement is cluster" in said


@pytest.mark.statistical
def test_without_structure_no_condition_is_named():
    """At 5 % by permutation: more than 7 of 40 data sets without structure has a chance of 7e-4."""
    named = 0
    for seed in range(40):
        generator = np.random.default_rng(1_000 + seed)
        cases = pd.DataFrame(generator.random((120, 4)), columns=list("abcd"))
        found = discover(cases, generator.random(120) < 0.75, seed=seed)
        named += bool(found.boxes)
        if not found.boxes:
            assert "no condition was found" in sentence(found)
    assert named <= 7


def test_too_few_failures_to_learn_from_are_said():
    cases = organisations(100)
    found = discover(cases, np.arange(100) >= 5)
    assert found.boxes == ()
    assert "only 5 of 100 cases" in found.why_none
    assert sentence(discover(cases, np.ones(100, dtype=bool))) == "Holds in all plausible organisations."


def test_factors_that_never_vary_are_no_conditions():
    with pytest.raises(ad.InputError, match="nothing varies"):
        discover(pd.DataFrame({"a": [1.0] * 50}), np.arange(50) % 2 == 0)


def test_the_trajectory_is_that_of_the_workbench():
    """Only what is kept of each step differs from the library's own boxes."""
    peel(organisations(60).astype(float), np.arange(60) < 20)  # imports the library, its warnings aside
    from ema_workbench.analysis import prim

    cases = organisations(200).astype(float)
    sought = (cases["levers.culture_trust"] < 0.4).to_numpy() ^ (np.random.default_rng(4).random(200) < 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how the library calls pandas
        theirs = prim.Prim(cases, sought.astype(float), threshold=0.5, peel_alpha=0.05, paste_alpha=0.05, mass_min=0.05)
        boxes = theirs.find_box()
    ours = peel(cases, sought)
    assert len(ours) == len(boxes.box_lims)
    for (limits, members), their_limits, row in zip(
        ours, boxes.box_lims, boxes.peeling_trajectory.itertuples(), strict=True
    ):
        pd.testing.assert_frame_equal(limits, their_limits)
        assert (members.sum(), (members & sought).sum()) == (row.n, row.k)


def test_evidence_is_that_of_a_scan_statistic():
    assert evidence(Counts(10, 10, 20, 10)) == pytest.approx(20 * np.log(2))  # perfectly told apart: all of the deviance / 2
    assert evidence(Counts(10, 5, 20, 10)) == 0.0
    assert evidence(Counts(10, 2, 20, 10)) == 0.0  # rarer inside


def test_a_condition_that_adds_nothing_is_left_out():
    cases = organisations(300)
    sought = (cases["levers.culture_trust"] < 0.3).to_numpy()
    limits, _ = best_box(cases.astype(float), sought)
    assert [limit.factor for limit in limits] == ["levers.culture_trust"]
    assert count(inside(limits, cases), sought).density.value > 0.95


def test_quasi_p_is_a_binomial_test_of_what_a_condition_adds():
    cases = pd.DataFrame({"a": [0.0] * 10 + [1.0] * 10, "b": [0.0, 1.0] * 10})
    sought = (cases["a"] == 0.0).to_numpy()
    useful, useless = Limit("a", None, 0.5), Limit("b", None, 0.5)
    first, second = discovery.quasi_p_values([useful, useless], cases, sought)
    assert first == pytest.approx(0.5**5)
    assert second == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit("levers.culture_trust", None, 0.2973), "trust is under 0.3"),
        (Limit("levers.culture_trust", None, 0.318, uncertainty=0.02), "trust is under 0.3"),
        (Limit("levers.culture_trust", None, 0.342, uncertainty=0.02), "trust is under 0.35"),
        (Limit("levers.culture_trust", None, 0.342, uncertainty=0.001), "trust is under 0.34"),
        (Limit("levers.answer_prob", None, 0.19), "leaders answer fewer than 1 in 5 posts"),
        (Limit("levers.answer_prob", 0.1, 0.31), "leaders answer 1 in 10 to 3 in 10 posts"),
        (Limit("levers.inbox_capacity", None, 0.413), "a leader has time for fewer than 0.41 posts a day"),
        (Limit("levers.permission", 0.62, None), "line managers' tolerance of time spent there is above 0.62"),
        (Limit("organisation.people", None, 1234.5), "there are fewer than 1,200 people"),
        (Limit("levers.moderation_delay", 3.0, None), "the wait of a held post is above 3 working days"),
        (Limit("practices.safe_space", 0.5, None), "'A safe space' is in place"),
        (Limit("practices.safe_space", None, 0.5), "'A safe space' is not in place"),
        (Limit("practices.safe_space", 0.31, None), "the strength of 'A safe space' is above 0.31 (1 is full)"),
        (Limit("practices.safe_space.start", 60.0, None), "the start of 'A safe space' is above 60"),
        (
            Limit("parameters.open_reach", None, 12.0),
            "open reach (persons besides contacts to whom the feed shows a fresh thread) is under 12 persons a day",
        ),
    ],
)
def test_limits_are_said_in_plain_words(limit: Limit, said: str):
    plain = condition(limit).replace("(people besides", "(persons besides")
    assert plain == said


def test_every_lever_has_a_phrase_and_every_phrase_a_factor():
    known = {f"levers.{name}" for name in LEVERS}
    assert known <= set(PHRASES)
    from adoptsim.sweeps.experiment import known_targets

    assert set(PHRASES) <= set(known_targets())


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_can_be_said(name: str):
    assert re.match(r".+ \(.+\) is under \d", condition(Limit(f"parameters.{name}", None, 0.5)))


def test_shares_are_said_as_people_say_them():
    said = [share_words(share) for share in (0.001, 0.049, 0.1, 0.21, 0.3, 0.5, 0.66, 0.79, 0.94)]
    assert said == ["1 in 1,000", "1 in 20", "1 in 10", "1 in 5", "3 in 10", "1 in 2", "2 in 3", "4 in 5", "19 in 20"]


def test_a_case_holds_if_enough_of_its_runs_do():
    runs = pd.DataFrame({"point": [0, 0, 1, 1, 2], "x": [1, 1, 2, 2, 3], "reached": [1.0, 0.0, 0.0, 0.0, np.nan]})
    cases, holds = cases_of(runs, ["x"], 0.5)
    assert cases["x"].tolist() == [1, 2]
    assert holds.tolist() == [True, False]


def test_conditions_that_the_others_make_needless_are_not_named():
    cases = organisations(300)
    sought = (cases["levers.culture_trust"] < 0.3).to_numpy()
    useful, useless = Limit("levers.culture_trust", None, 0.3), Limit("levers.permission", 0.1, None)
    assert discovery.significant([useless, useful], cases, sought) == [useful]
    assert discovery.significant([useless], cases, sought) == []

"""Robustness over plausible worlds: luck is taken out, shares come with intervals, worlds meet every policy alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.robustness import (
    Robustness,
    Sample,
    ahead_shares,
    load_worlds,
    rank_shares,
    robustness,
    share_sufficient,
    some_worlds,
    spread_of,
    widened,
    without_luck,
)
from adoptsim.analysis.robustness_words import headline, in_ten, sentences
from adoptsim.domain.intervals import Interval
from adoptsim.report.footnotes import about_robustness

WORLDS = 2_000
SMALL = {"organisation": {"people": 60}, "horizon": {"days": 120, "support_until": 42}}


def drawn(means, between, luck, *, replicates=4, shared=0.0, worlds=WORLDS, seed=1):
    """Return values with a known spread: float64[policies, worlds, replicates]; ``shared`` luck is all policies' own."""
    generator = np.random.default_rng(seed)
    level = np.asarray(means)[:, None] + between * generator.standard_normal((len(means), worlds))
    own = luck * generator.standard_normal((len(means), worlds, replicates))
    return level, level[:, :, None] + own + shared * generator.standard_normal((1, worlds, replicates))


def test_the_spread_between_worlds_is_told_from_luck():
    _, values = drawn([0.3], 0.05, 0.10)
    found = spread_of(values[0])
    assert found.between == pytest.approx(0.05, rel=0.1)
    assert found.luck == pytest.approx(0.10, rel=0.05)
    assert found.share_of_worlds == pytest.approx(0.2, abs=0.04)


def test_without_luck_worlds_spread_as_they_do_and_not_as_few_runs_show():
    level, values = drawn([0.3, 0.35], 0.05, 0.10, shared=0.2)
    seen, true = values.mean(axis=2).std(axis=1), without_luck(values).std(axis=1)
    assert (seen > 0.1).all()
    assert true == pytest.approx(level.std(axis=1), rel=0.12)
    assert without_luck(values).mean(axis=1) == pytest.approx(values.mean(axis=(1, 2)))


def test_the_share_of_worlds_in_which_one_beats_the_other_is_not_drawn_to_one_half_by_luck():
    level, values = drawn([0.30, 0.37], 0.03, 0.12, replicates=2)
    true = (level[1] - level[0] > 0.01).mean()
    raw = (values.mean(axis=2)[1] - values.mean(axis=2)[0] > 0.01).mean()
    assert ahead_shares(values)[1, 0] == pytest.approx(true, abs=0.03)
    assert abs(raw - true) > 0.15


def test_luck_that_both_policies_share_drops_out_of_their_difference():
    _, values = drawn([0.30, 0.35], 0.0, 0.001, shared=0.3)
    assert ahead_shares(values)[1, 0] == 1.0


def test_places_of_all_policies_add_up_to_one_and_equals_share_theirs():
    _, values = drawn([0.3, 0.31, 0.29], 0.02, 0.05)
    shares = rank_shares(values)
    assert shares.sum(axis=0) == pytest.approx(np.ones(3))
    assert shares.sum(axis=1) == pytest.approx(np.ones(3))
    assert rank_shares(np.zeros((2, 10, 3))) == pytest.approx(np.full((2, 2), 0.5))


@pytest.mark.parametrize(("alpha", "beta"), [(0.5, 0.5), (4.0, 2.0), (2.0, 6.0)])
def test_the_share_of_worlds_that_reach_critical_mass_comes_out_of_few_runs(alpha, beta):
    generator = np.random.default_rng(3)
    chance = generator.beta(alpha, beta, size=4_000)
    reached = (generator.random((4_000, 4)) < chance[:, None]).astype(float)
    assert share_sufficient(reached[None])[0] == pytest.approx((chance >= 0.5).mean(), abs=0.04)


def test_worlds_that_all_die_or_all_live_need_no_distribution():
    assert share_sufficient(np.zeros((1, 20, 4)))[0] == 0.0
    assert share_sufficient(np.ones((1, 20, 4)))[0] == 1.0
    assert spread_of(np.ones((20, 4))).share_of_worlds != spread_of(np.ones((20, 4))).share_of_worlds  # nothing varies


def test_an_interval_is_never_narrower_than_counting_allows():
    low, high = widened(Interval(0.0, 0.0, 0.0), 100)[1:]
    assert low == 0.0
    assert 0.02 < high < 0.06
    assert widened(Interval(0.5, 0.1, 0.9), 100) == Interval(0.5, 0.1, 0.9)


@pytest.mark.statistical
def test_intervals_of_shares_hold_the_truth_about_as_often_as_they_say():
    """40 ensembles of 150 worlds: at 95 % (here wider), fewer than 32 hits has a chance below 1e-4."""
    level, _ = drawn([0.30, 0.33], 0.04, 0.08, worlds=200_000)
    true = float((level[1] - level[0] > 0.01).mean())
    hits = 0
    for seed in range(40):
        _, values = drawn([0.30, 0.33], 0.04, 0.08, worlds=150, seed=100 + seed)
        found = Robustness((small("a"), small("b")), sample_of(values), seed).ahead(1, 0)
        hits += found.low <= true <= found.high
    assert hits >= 32


def small(name: str, **practices: object) -> ad.Scenario:
    return ad.Scenario.model_validate({"name": name, "practices": practices} | SMALL)


def sample_of(values):
    return Sample({"contributors": values, "reached": (values > 0.25).astype(float), "hours_per_person_month": values})


def test_worlds_meet_every_policy_with_the_same_people_and_luck_whatever_the_threads():
    worlds = [{"prompt_rate": 0.3}, {"prompt_rate": 0.6}, {"prompt_rate": 0.5, "value_half": 3.0}]
    policies = [small("a", critical_mass=True), small("b", critical_mass=True)]
    one = robustness(policies, worlds, replicates=2, threads=1)
    two = robustness(policies, worlds, replicates=2, threads=2)
    for name, values in one.sample.values.items():
        assert (values == two.sample.values[name]).all()
        assert (values[0] == values[1]).all()
    assert one.ahead(0, 1).value == 0.0
    assert one.names == ("a", "b")


def test_what_a_scenario_says_of_a_parameter_holds_in_every_world():
    fixed = small("a", critical_mass=True).model_copy(update={"parameters": {"prompt_rate": 0.5}})
    found = robustness([fixed], [{"prompt_rate": 0.1}, {"prompt_rate": 0.7}], replicates=2)
    free = robustness([small("a", critical_mass=True)], [{"prompt_rate": 0.5}] * 2, replicates=2)
    assert (found.sample.values["contributors"] == free.sample.values["contributors"]).all()


def test_a_clear_case_is_said_in_clear_words():
    _, values = drawn([0.10, 0.45], 0.01, 0.02, worlds=100)
    summary = Robustness((small("weak"), small("strong")), sample_of(values), 1).summary()
    assert headline(summary) == (
        "strong is best in every plausible world (96-100 %), and reaches critical mass in every plausible world (96-100 %)"
    )
    pair = next(said for said in sentences(summary) if " beats " in said)
    assert pair.startswith("strong beats weak in 100 % of worlds (96-100 %): contributors +3")
    assert summary["ranking"] == ["strong", "weak"]


def test_what_hangs_on_luck_is_called_too_close_to_call_not_5_of_10():
    """Two policies alike in 8 worlds: each is best in about half of them, give or take nearly all."""
    _, values = drawn([0.25, 0.25], 0.01, 0.02, worlds=8)
    summary = Robustness((small("one"), small("other")), sample_of(values), 1).summary()
    said = headline(summary)
    assert said.startswith("whether ")
    assert "is best is too close to call" in said
    assert "of 10" not in said.split(";")[0]


def test_a_share_of_worlds_known_only_to_within_half_of_them_is_called_so():
    def row(low, high):
        return {"scenario": "a", "worlds_reached": {"mean": 0.5, "low": low, "high": high}}

    def said(low, high):
        return headline({"policies": [row(low, high)], "ranking": ["a"]})

    assert said(0.0, 1.0) == "a reaches critical mass in 0-100 % of plausible worlds, which is too close to call"
    assert said(0.44, 0.56) == "a reaches critical mass in 5 of 10 plausible worlds (44-56 %)"


def test_it_is_said_that_the_worlds_that_ship_lie_near_the_defaults():
    _, values = drawn([0.10, 0.45], 0.01, 0.02, worlds=20)
    summary = Robustness((small("weak"), small("strong")), sample_of(values), 1).summary()
    assert "lie near the defaults" in about_robustness(summary)


def test_shares_are_said_as_people_say_them():
    said = [in_ten(share) for share in (0.0, 0.01, 0.06, 0.5, 0.88, 0.94, 0.97, 1.0)]
    assert said == ["none", "fewer than 1 in 20", "1 of 10", "5 of 10", "9 of 10", "9 of 10", "more than 19 in 20", "all"]


def test_fewer_worlds_are_taken_from_the_whole_ensemble():
    worlds = [{"prompt_rate": k / 100} for k in range(100)]
    assert [world["prompt_rate"] for world in some_worlds(worlds, 3)] == [0.0, 0.5, 0.99]
    assert some_worlds(worlds, None) == worlds
    assert len(some_worlds(worlds, 1_000)) == 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense\n1\n", "is no parameter"),
        ("prompt_rate\nmany\n", "sets.csv:2, prompt_rate: has a value that is no number"),
        ("prompt_rate\n99\n", "99 is outside 0.02 to 0.8"),
        ("# of us\n\n# all\nprompt_rate\n0.4 # usual\n99\n", "sets.csv:6, prompt_rate: 99 is outside"),
        ("# of us\nprompt_rate\n", "sets.csv: has no rows"),
        ("", "no table of numbers"),
    ],
)
def test_an_ensemble_that_cannot_be_used_is_refused_with_a_reason(tmp_path: Path, text: str, said: str):
    file = tmp_path / "sets.csv"
    file.write_text(text)
    with pytest.raises(ad.InputError, match=said):
        load_worlds(file)


def test_a_missing_ensemble_and_a_horizon_too_short_are_said(tmp_path: Path):
    with pytest.raises(ad.InputError, match="there is no such file"):
        load_worlds(tmp_path / "none.csv")
    short = ad.Scenario.model_validate({"name": "short", "horizon": {"days": 50}, "organisation": {"people": 30}})
    with pytest.raises(ad.InputError, match="too short to tell"):
        robustness([short], [{}, {}], replicates=2)

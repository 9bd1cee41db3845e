"""Comparing scenarios: the same people and luck, differences in pairs, and what counts as beyond luck."""

import numpy as np
import pytest

from adoptsim.compare import Comparison, beyond_luck, compare, paired_proportion_difference
from adoptsim.domain.intervals import NOTHING, Interval
from adoptsim.domain.scenario import CriticalMass, Horizon, OrganisationSpec, PracticeUse, Scenario


def small(name: str = "small", **changes: object) -> Scenario:
    fields = {
        "organisation": OrganisationSpec(people=40),
        "horizon": Horizon(days=90, support_until=30),
        "critical_mass": CriticalMass(held_days=21, after_support_days=21),
    }
    return Scenario(name=name, **(fields | changes))


LAUNCHED = small("launched", practices={"critical_mass": PracticeUse(), "act_on_contributions": PracticeUse()})


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare([small(), LAUNCHED, small("again")], replicates=6, seed=3, threads=2)


def test_the_same_scenario_does_not_differ_from_itself_in_any_replicate(comparison: Comparison):
    for measure, values in comparison.results[0].outcome.items():
        np.testing.assert_array_equal(values, comparison.results[2].outcome[measure])
    assert not beyond_luck(comparison.difference("contributors", 2))


def test_differences_are_taken_replicate_by_replicate_from_the_first(comparison: Comparison):
    after, before = (comparison.results[place].outcome["contributors"] for place in (1, 0))
    assert comparison.difference("contributors", 1).value == pytest.approx(np.mean(after - before))
    assert comparison.summary()["differences"][0]["contributors"]["mean"] == pytest.approx(np.mean(after - before))


def test_a_launch_brings_more_members_beyond_luck(comparison: Comparison):
    difference = comparison.difference("members", 1)
    assert difference.low > 0
    assert comparison.summary()["differences"][0]["members"]["beyond_luck"] is True


def test_scenarios_of_one_name_are_numbered():
    comparison = compare([small(), small(), LAUNCHED], replicates=1)
    assert comparison.names == ("small", "small (2)", "launched")


def test_other_people_are_told_apart():
    larger = small("larger", organisation=OrganisationSpec(people=50))
    assert compare([small(), LAUNCHED], replicates=1).same_people
    assert not compare([small(), larger], replicates=1).same_people


def test_progress_counts_the_runs_of_all_scenarios():
    seen: list[int] = []
    compare([small(), LAUNCHED], replicates=3, threads=1, progress=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_one_scenario_is_not_a_comparison():
    with pytest.raises(ValueError, match="at least two"):
        compare([small()])


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (Interval(1.0, 0.5, 1.5), True),
        (Interval(-1.0, -1.5, -0.5), True),
        (Interval(1.0, -0.5, 2.5), False),
        (Interval(0.0, 0.0, 0.0), False),
        (Interval(1.0, float("nan"), float("nan")), False),
        (NOTHING, False),
    ],
)
def test_beyond_luck_means_that_the_interval_leaves_out_zero(interval: Interval, expected: bool):
    assert beyond_luck(interval) is expected


def test_shares_that_all_changed_still_have_an_interval_with_a_width():
    difference = paired_proportion_difference(np.ones(64), np.zeros(64))
    assert difference.value == 1.0
    assert 0.85 < difference.low < 1.0
    assert difference.high == 1.0


def test_shares_that_never_changed_may_still_differ_a_little():
    difference = paired_proportion_difference(np.ones(64), np.ones(64))
    assert difference.value == 0.0
    assert difference.low == pytest.approx(-difference.high)
    assert 0.0 < difference.high < 0.1


def test_the_interval_of_paired_shares_agrees_with_the_published_example():
    """Of 20 pairs 12 changed one way and 1 the other: D~ = 11 / 22, interval .5 -+ 1.96 sqrt((15 / 22 - .25) / 22)."""
    after = np.r_[np.ones(12), np.zeros(1), np.zeros(7)]
    before = np.r_[np.zeros(12), np.ones(1), np.zeros(7)]
    half = 1.959964 * ((15 / 22 - 0.25) / 22) ** 0.5
    assert paired_proportion_difference(after, before) == pytest.approx((11 / 20, 0.5 - half, 0.5 + half), abs=1e-6)


def test_pairs_with_a_missing_value_are_left_out():
    after, before = np.array([1.0, np.nan, 1.0]), np.array([0.0, 0.0, np.nan])
    assert paired_proportion_difference(after, before).value == 1.0
    assert np.isnan(paired_proportion_difference([np.nan], [1.0]).value)

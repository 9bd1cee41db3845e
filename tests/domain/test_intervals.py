"""Intervals agree with scipy.stats, which is too slow to import for the command line."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from adoptsim.domain.intervals import mean_interval, paired_difference, proportion_interval, wilson


@pytest.mark.parametrize(("successes", "n"), [(0, 16), (3, 16), (16, 16), (57, 64)])
def test_wilson_agrees_with_scipy(successes, n):
    theirs = stats.binomtest(successes, n).proportion_ci(method="wilson")
    ours = wilson(successes, n)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_the_mean_interval_agrees_with_scipy():
    values = np.random.default_rng(1).normal(3, 2, 12)
    theirs = stats.ttest_1samp(values, 0).confidence_interval()
    ours = mean_interval(values)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_missing_values_are_left_out_and_nothing_gives_nothing():
    assert mean_interval([1.0, np.nan, 3.0]).value == 2.0
    assert np.isnan(mean_interval([np.nan]).value)
    assert proportion_interval([1, 0, np.nan]).value == 0.5
    assert np.isnan(wilson(0, 0).low)


def test_pairing_narrows_the_interval_when_luck_is_shared():
    luck = np.random.default_rng(2).normal(0, 5, 30)
    difference = paired_difference(luck + 1.0, luck)
    assert difference.value == pytest.approx(1.0)
    assert difference.high - difference.low < 1e-9

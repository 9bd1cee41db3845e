"""Intervals over replicates: they keep pairs together, and cover as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from adoptsim.analysis.resampling import bootstrap_bounds, bootstrap_intervals, resampled_means


def test_all_rows_are_resampled_together():
    """A large luck that both rows share leaves no doubt about their difference."""
    luck = np.random.default_rng(1).normal(0.0, 100.0, 20)
    first, second = np.moveaxis(resampled_means(np.stack([luck, luck + 1.0])), -1, 0)
    assert second - first == pytest.approx(np.ones(len(first)))
    assert first.std() == pytest.approx(luck.std() / 20**0.5, rel=0.15)


@pytest.mark.parametrize("n", [3, 11, 12, 16, 64])
def test_an_interval_of_95_percent_covers_about_as_often(n: int):
    """Of 4,000 normal samples, 95 % within 5 standard errors (0.017); plain percentiles cover 92 % at 16."""
    values = np.random.default_rng(7).normal(3.0, 2.0, (4000, n))
    low, high = bootstrap_bounds(values)
    assert ((low <= 3.0) & (high >= 3.0)).mean() == pytest.approx(0.95, abs=0.017)


def test_an_interval_holds_its_mean_and_the_same_call_gives_the_same():
    values = np.random.default_rng(3).exponential(1.0, (5, 12))
    found = bootstrap_intervals(values)
    assert found == bootstrap_intervals(values)
    for interval, row in zip(found, values, strict=True):
        assert interval.value == row.mean()
        assert interval.low < interval.value < interval.high


def test_one_replicate_has_a_mean_without_bounds():
    ((value, low, high),) = bootstrap_intervals(np.array([[0.25]]))
    assert value == 0.25
    assert np.isnan([low, high]).all()

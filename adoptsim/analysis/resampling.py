"""Intervals of means over replicates by resampling whole replicates, so that what shares their luck stays together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtrit

from adoptsim.domain.intervals import CONFIDENCE, Interval

Floats = npt.NDArray[np.float64]
DRAWS = 1000
LEAST_RESAMPLED = 12
_SEED = 20160101  # of the resampling only; the runs have their own


def resampled_means(values: npt.ArrayLike, draws: int = DRAWS) -> Floats:
    """Return means over the last axis, float64[draws, ...], each over replicates drawn anew, the same for all values."""
    given = np.asarray(values, dtype=np.float64)
    n = given.shape[-1]
    counts = np.random.default_rng(_SEED).multinomial(n, np.full(n, 1.0 / n), size=draws)
    return np.moveaxis(np.tensordot(given, counts / n, axes=([-1], [1])), -1, 0)


def bootstrap_bounds(values: npt.ArrayLike, draws: int = DRAWS, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Return the bounds of the means over the last axis: expanded percentiles (Hesterberg 2015).

    Plain percentiles are too narrow for few replicates; these are widened as Student's t widens the normal. Fewer than
    `LEAST_RESAMPLED` replicates don't show their tails: they get Student's interval; one has no bounds (NaN).
    """
    given = np.asarray(values, dtype=np.float64)
    n = given.shape[-1]
    if n < 2:
        return np.full(given.shape[:-1], np.nan), np.full(given.shape[:-1], np.nan)
    if n < LEAST_RESAMPLED:
        half = stdtrit(n - 1, 0.5 + confidence / 2.0) * given.std(axis=-1, ddof=1) / n**0.5
        return given.mean(axis=-1) - half, given.mean(axis=-1) + half
    tail = float(ndtr(-((n / (n - 1)) ** 0.5) * stdtrit(n - 1, 0.5 + confidence / 2.0)))
    low, high = np.quantile(resampled_means(given, draws), (tail, 1.0 - tail), axis=0)
    return low, high


def bootstrap_intervals(values: Floats) -> tuple[Interval, ...]:
    """Return the mean of each row with its bounds; values float64[rows, replicates]."""
    low, high = bootstrap_bounds(values)
    return tuple(map(Interval, values.mean(axis=1).tolist(), low.tolist(), high.tolist()))

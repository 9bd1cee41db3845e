"""Intervals over replicates: Wilson for probabilities, Student's t for means. Pure functions of numbers.

``scipy.stats`` has both but takes a second to import; these call the same ``scipy.special`` functions, and a test holds
them against it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A value with its confidence bounds; NaN where nothing was measured."""

    value: float
    low: float
    high: float


NOTHING = Interval(float("nan"), float("nan"), float("nan"))


def wilson(successes: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Return a proportion with its score interval (Wilson 1927)."""
    if n == 0:
        return NOTHING
    z = float(ndtri(0.5 + confidence / 2.0))
    share, square = successes / n, z * z
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * (share * (1 - share) / n + square / (4 * n * n)) ** 0.5
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def mean_interval(values: npt.ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Return a mean with its Student interval; missing values are left out, one value gives an interval without bounds."""
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if len(known) == 0:
        return NOTHING
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(mean, float("nan"), float("nan"))
    half = float(stdtrit(len(known) - 1, 0.5 + confidence / 2.0)) * float(known.std(ddof=1)) / len(known) ** 0.5
    return Interval(mean, mean - half, mean + half)


def proportion_interval(flags: npt.ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Return the share of ones among zeros and ones with its Wilson interval; missing values are left out."""
    known = np.asarray(flags, dtype=np.float64)
    known = known[~np.isnan(known)]
    return wilson(round(float(known.sum())), len(known), confidence)


def paired_difference(after: npt.ArrayLike, before: npt.ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Return the mean of paired differences with its Student interval (replicates share people and luck)."""
    return mean_interval(np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64), confidence)

"""When a point has had enough replicates: the half-width of its paired difference to the baseline, block by block.

Replicates come in blocks in a fixed order (0 to 31, then 16 at a time), and the interval is looked at after each block
only. So what is stopped where depends on the runs alone, never on threads, order or interruptions.

Stopping when an interval has become narrow is optional stopping on the width, not on the sign: the mean of what was
found stays (nearly) unbiased, and the interval holds asymptotically (Chow & Robbins 1965; Glynn & Whitt 1992), but for few
replicates it holds less often than it says, because it also stops where the spread came out small by luck. Hence a least
number of replicates and blocks instead of a look after every run; a test measures what is left of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy.typing as npt

from adoptsim.compare import paired_proportion_difference
from adoptsim.domain.intervals import NOTHING, Interval, paired_difference

LEAST_REPLICATES = 32
BLOCK = 16
MOST_REPLICATES = 1_024  # of a point, when nobody says how many


@dataclass(frozen=True, slots=True)
class Precision:
    """What is asked: the half-width of the difference in an outcome, and at most how many replicates."""

    target: float
    outcome: str
    most: int
    fixed: int | None = None
    """Replicates of each point if no precision were asked for: what is used is compared to that; ``most`` if absent."""

    def next_look(self, n: int) -> int:
        """Return after how many replicates to look, having looked after ``n`` (0: not yet)."""
        return min(self.most, LEAST_REPLICATES if n == 0 else n + BLOCK)

    def half_width(self, after: npt.ArrayLike, before: npt.ArrayLike) -> float:
        """Return half the width of the difference's interval; NaN where nothing was measured."""
        _, low, high = gain(self.outcome, after, before)
        return (high - low) / 2.0


def gain(outcome: str, after: npt.ArrayLike, before: npt.ArrayLike) -> Interval:
    """Return the mean paired difference with its 95 % interval: Student's, of yes and no Bonett & Price's.

    The one of yes and no has a width also where all pairs are alike.
    """
    if outcome == "reached":
        return paired_proportion_difference(after, before)
    found = paired_difference(after, before)
    return NOTHING if math.isnan(found.low) else found  # of one pair

"""Where an edge lies: bisection between one side and the other, and the middle of many edges. Knows no model."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr

from adoptsim.domain.intervals import CONFIDENCE, NOTHING, Interval

TOLERANCE = 0.01


class Bracket(NamedTuple):
    """The two tried values between which an edge lies: ``low`` on the near side of it, ``high`` on the far side."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Return the best guess: halfway."""
        return (self.low + self.high) / 2.0


BEYOND_FROM_THE_START = Bracket(0.0, 0.0)
NEVER_BEYOND = Bracket(math.inf, math.inf)


def bisect(is_beyond: Callable[[float], bool], *, top: float = 1.0, tolerance: float = TOLERANCE) -> Bracket:
    """Return where the answer turns from no to yes between 0 and ``top``, closer than ``tolerance``.

    Both ends are tried first, so that an edge is never made up: yes at 0 is ``BEYOND_FROM_THE_START``, no at ``top`` is
    ``NEVER_BEYOND``. Where the answer turns several times, one of the turns from no to yes is found.
    """
    if is_beyond(0.0):
        return BEYOND_FROM_THE_START
    if not is_beyond(top):
        return NEVER_BEYOND
    low, high = 0.0, top
    while high - low > tolerance:
        middle = (low + high) / 2.0
        low, high = (low, middle) if is_beyond(middle) else (middle, high)
    return Bracket(low, high)


def median_edge(brackets: Sequence[Bracket], confidence: float = CONFIDENCE) -> Interval:
    """Return the middle edge, with the interval of order statistics, which supposes nothing about how edges spread.

    Those beyond from the start count as 0, those never beyond as infinite. The bounds are the outer ends of their
    brackets, so that the interval includes what bisection leaves open; NaN where there are too few edges for the
    confidence (fewer than six, for 95 %).
    """
    low, high = (np.sort([getattr(bracket, end) for bracket in brackets]) for end in ("low", "high"))
    n = len(brackets)
    if n == 0:
        return NOTHING
    middle = [((low + high) / 2.0)[rank] for rank in ((n - 1) // 2, n // 2)]
    value = float(sum(middle) / 2.0 if math.isfinite(middle[1]) else middle[0])
    rank = _outer_rank(n, confidence)
    if rank is None:
        return Interval(value, math.nan, math.nan)
    return Interval(value, float(low[rank]), float(high[n - 1 - rank]))


def finite(edge: Interval) -> dict[str, float | None]:
    """Return an edge as plain data: None for what is infinite or unknown."""
    return {name: value if math.isfinite(value) else None for name, value in edge._asdict().items()}


def _outer_rank(n: int, confidence: float) -> int | None:
    """Return the rank from 0 whose value and that of its mirror hold the median with at least the confidence."""
    tail = (1.0 - confidence) / 2.0
    ranks = [rank for rank in range((n + 1) // 2) if bdtr(rank, n, 0.5) <= tail]
    return ranks[-1] if ranks else None

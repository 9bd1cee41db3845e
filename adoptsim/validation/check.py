"""The check of the model against its patterns: what was observed, what is simulated, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from adoptsim.domain.intervals import Interval, mean_interval, proportion_interval
from adoptsim.simulation import SEED
from adoptsim.validation.cases import CASES, NOTHING
from adoptsim.validation.measure import REPLICATES, Floats, Sources, measure
from adoptsim.validation.patterns import NETWORK, PATTERNS, Pattern

UNBOUNDED = float("inf")
TIMES = {"typical": 4}
"""How many times as many replicates of a case: most rows are of the typical organisation, and its interactions a head are
so skewed that the mean of 64 runs has a standard error of .16, of 256 runs .08 (they are held against .7-1.4)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pattern against the model: ``holds`` is None for what is only reported."""

    pattern: Pattern
    values: Floats
    simulated: Interval
    holds: bool | None

    @property
    def fails(self) -> bool:
        """Return whether the pattern must hold and does not."""
        return self.pattern.must_hold and self.holds is False

    @property
    def is_close(self) -> bool:
        """Return whether it holds, but its interval reaches beyond the bounds: other luck may say otherwise."""
        bounds = (self.simulated.low, self.simulated.high)
        return self.holds is True and not all(lies_within(self.pattern, bound) for bound in bounds)


def interval_of(pattern: Pattern, values: Floats) -> Interval:
    """Return the mean over replicates with its 95 % interval: of ratios the geometric mean, of chances Wilson's."""
    if pattern.compare == "lives":
        return proportion_interval(values)
    if pattern.scale == "ratio":
        with np.errstate(divide="ignore"):
            return Interval(*np.exp(mean_interval(np.log(values))).tolist())
    return mean_interval(values)


def holds(pattern: Pattern, simulated: Interval) -> bool | None:
    """Return whether a pattern holds: of a sign the whole interval lies beyond its bound, else the mean within both."""
    low = -UNBOUNDED if pattern.low is None else pattern.low
    high = UNBOUNDED if pattern.high is None else pattern.high
    if pattern.kind == "report":
        return None
    if pattern.kind == "sign":
        return simulated.low > low and simulated.high < high
    return low <= simulated.value <= high


def lies_within(pattern: Pattern, value: float) -> bool:
    """Return whether a value lies where it should: of a sign too, where few replicates can't exclude chance."""
    return bool(holds(pattern, Interval(value, value, value)))


def validate(
    parameters: Mapping[str, float] = NOTHING,
    replicates: int = REPLICATES,
    seed: int = SEED,
    rows: Iterable[Pattern] | None = None,
    sources: Sources | None = None,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Row]:
    """Return every pattern against the model under some parameters (the defaults when absent), in their order.

    ``replicates``: of every case, of some of them a multiple (`replicates_by_case`).
    """
    patterns = list(PATTERNS.values()) if rows is None else list(rows)
    values = measure(parameters, patterns, replicates_by_case(replicates), seed, sources, workers, progress)
    return [_row(pattern, values[pattern.name]) for pattern in patterns]


def replicates_by_case(replicates: int) -> dict[str, int]:
    """Return how many replicates of each case, where most of them have ``replicates``."""
    return {case: replicates * TIMES.get(case, 1) for case in (*CASES, NETWORK)}


def _row(pattern: Pattern, values: Floats) -> Row:
    simulated = interval_of(pattern, values)
    return Row(pattern, values, simulated, holds(pattern, simulated))

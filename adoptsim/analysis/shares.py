"""What each practice of a policy adds: its share of the whole, what it does alone, and what is lost without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.bundles import Bundles, practices_in_use, run_bundles
from adoptsim.analysis.resampling import bootstrap_intervals
from adoptsim.analysis.shapley import interaction_indices, pairs, shapley_values
from adoptsim.compare import paired_proportion_difference
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.intervals import NOTHING, Interval, mean_interval, paired_difference, proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import SEED, as_dict

Floats = npt.NDArray[np.float64]
VALUES = ("reached", "contributors")
"""What a bundle is worth: the probability of critical mass, and contributors in the last month as a share of staff."""
MOST_RUNS = 24_576
MOST_REPLICATES, LEAST_REPLICATES = 64, 2


@dataclass(frozen=True)
class Worth:
    """One value of a policy, shared out; the tuples are in the practices' order, ``interactions`` in that of `pairs`.

    What a practice, or a pair, adds by exactly the same in every replicate has no bounds (NaN).

    ``share``: Shapley values, which sum to ``total``, the whole policy minus none. ``alone``: a practice as the only one,
    minus none. ``last``: the whole minus all but it. ``interactions``: how much more two add together than apart.
    """

    none: Interval
    whole: Interval
    total: Interval
    share: tuple[Interval, ...]
    alone: tuple[Interval, ...]
    last: tuple[Interval, ...]
    interactions: tuple[Interval, ...]


@dataclass(frozen=True)
class Shares:
    """What each practice of a policy adds, by value of a bundle; 95 % intervals over replicates."""

    practices: tuple[str, ...]
    n_replicates: int
    worth: dict[str, Worth]

    @property
    def ranked(self) -> list[int]:
        """Return the practices' places, the one with the largest share of the probability first, then of contributors."""
        sizes = [[worth.share[place].value for worth in self.worth.values()] for place in range(len(self.practices))]
        known = [[0.0 if size != size else size for size in row] for row in sizes]
        return sorted(range(len(self.practices)), key=lambda place: known[place], reverse=True)

    def summary(self) -> dict[str, Any]:
        """Return the shares as plain data, strongest practice first."""
        return {
            "replicates": self.n_replicates,
            "practices": [self.practices[place] for place in self.ranked],
            "values": {name: self._summary_of(worth) for name, worth in self.worth.items()},
        }

    def _summary_of(self, worth: Worth) -> dict[str, Any]:
        rows = [
            {"practice": self.practices[place], "number": PRACTICES[self.practices[place]].number}
            | {what: as_dict(getattr(worth, what)[place]) for what in ("share", "alone", "last")}
            for place in self.ranked
        ]
        named = [(self.practices[first], self.practices[second]) for first, second in pairs(len(self.practices))]
        return {what: as_dict(getattr(worth, what)) for what in ("none", "whole", "total")} | {
            "practices": rows,
            "interactions": [
                {"practices": list(pair)} | as_dict(found) for pair, found in zip(named, worth.interactions, strict=True)
            ],
        }


def practice_shares(
    scenario: Scenario,
    *,
    replicates: int | None = None,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Shares:
    """Return what each practice in use adds to a scenario, from runs of all bundles of these practices.

    Parameters
    ----------
    replicates
        Runs of each bundle; when absent `replicates_for` says how many.
    progress
        Called, from the threads, with the number of runs done of `n_runs`.

    Raises
    ------
    InputError
        If no practice is in use.
    """
    _see_that_something_is_in_use(scenario)
    wanted = replicates or replicates_for(scenario)
    return shares_of(run_bundles(scenario, replicates=wanted, seed=seed, threads=threads, progress=progress))


def replicates_for(scenario: Scenario) -> int:
    """Return how many replicates keep the runs of all bundles to about two minutes for 500 people on two cores."""
    return min(MOST_REPLICATES, max(LEAST_REPLICATES, MOST_RUNS >> len(practices_in_use(scenario))))


def n_runs(scenario: Scenario, replicates: int | None = None) -> int:
    """Return how many runs `practice_shares` makes: to say so before it starts."""
    return (replicates or replicates_for(scenario)) << len(practices_in_use(scenario))


def shares_of(bundles: Bundles) -> Shares:
    """Return what each practice adds, of all bundles given."""
    worth = {name: _worth(bundles, name) for name in VALUES if name in bundles.outcome}
    return Shares(bundles.practices, bundles.n_replicates, worth)


def difference(name: str, after: Floats, before: Floats) -> Interval:
    """Return a paired difference of an outcome over replicates, a probability's with a width even where all pairs agree."""
    if name == "reached":
        return paired_proportion_difference(after, before)
    return paired_difference(after, before)


def _worth(bundles: Bundles, name: str) -> Worth:
    """Return one outcome of all bundles, shared out."""
    values, n = bundles.outcome[name], len(bundles.practices)
    none, whole = values[0], values[bundles.whole]
    level = proportion_interval if name == "reached" else mean_interval
    unknown = bool(np.isnan(values).any())  # runs that end before critical mass can be judged
    total = difference(name, whole, none)
    return Worth(
        none=level(none),
        whole=level(whole),
        total=total,
        share=(NOTHING,) * n if unknown else (total,) if n == 1 else _resampled(shapley_values(values)),
        alone=tuple(difference(name, values[1 << bit], none) for bit in range(n)),
        last=tuple(difference(name, whole, values[bundles.whole ^ 1 << bit]) for bit in range(n)),
        interactions=(NOTHING,) * len(pairs(n)) if unknown else _resampled(interaction_indices(values)),
    )


def _resampled(found: Floats) -> tuple[Interval, ...]:
    """Return means over replicates with intervals; none where all replicates are the same: no spread is no proof."""
    alike, intervals = np.ptp(found, axis=1) == 0.0, bootstrap_intervals(found)
    return tuple(
        Interval(interval.value, float("nan"), float("nan")) if same else interval
        for interval, same in zip(intervals, alike, strict=True)
    )


def _see_that_something_is_in_use(scenario: Scenario) -> None:
    if not practices_in_use(scenario):
        raise InputError(Problem("no practice is in use, so nothing can be shared out; use at least one", "practices"))

"""What more hours buy: the bundles that no other beats in both hours and chance, and the cheapest that is enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.bundles import Bundles
from adoptsim.analysis.hours import WHOSE
from adoptsim.analysis.resampling import resampled_means
from adoptsim.domain.intervals import Interval, mean_interval, paired_difference, proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.simulation import as_dict

Floats = npt.NDArray[np.float64]
ALL = "all"
COSTS = (ALL, "practices", *WHOSE)
"""Whose hours count: everybody's on the platform and for practices; the practices' own work; one role's of both."""


@dataclass(frozen=True)
class Priced:
    """A bundle, as the practices in place, with its probability of critical mass and its hours.

    ``stays``: the share of resamples of the replicates in which it is on the frontier; ``hours`` a month of the whole
    organisation, of those that count; ``by_role`` of each role.
    """

    practices: tuple[str, ...]
    reached: Interval
    hours: Interval
    by_role: dict[str, float]
    stays: float

    def summary(self) -> dict[str, Any]:
        """Return the bundle as plain data."""
        return {
            "practices": list(self.practices),
            "numbers": [PRACTICES[name].number for name in self.practices],
            "reached": as_dict(self.reached),
            "hours": as_dict(self.hours),
            "hours_by_role": self.by_role,
            "on_frontier": self.stays,
        }


@dataclass(frozen=True)
class Frontier:
    """The bundles that are not dominated, fewest hours first, and the cheapest sure of a probability, if any.

    ``n_as_cheap``: other sufficient bundles whose hours exceed the cheapest one's by no more than luck. ``hours`` and
    ``reached``: float64[2**n], means of all bundles.
    """

    cost: str
    people: int
    probability: float
    bundles: tuple[Priced, ...]
    cheapest: Priced | None
    n_sufficient: int
    n_as_cheap: int
    surest: float
    hours: Floats
    reached: Floats

    def summary(self) -> dict[str, Any]:
        """Return the frontier as plain data."""
        return {
            "cost": self.cost,
            "people": self.people,
            "probability": self.probability,
            "bundles": [bundle.summary() for bundle in self.bundles],
            "cheapest": self.cheapest.summary() if self.cheapest else None,
            "sufficient": self.n_sufficient,
            "as_cheap": self.n_as_cheap,
            "surest_possible": self.surest,
        }


def cost_frontier(
    bundles: Bundles, by_role: dict[str, Floats], people: int, *, probability: float, cost: str = ALL
) -> Frontier:
    """Return the frontier of hours against the probability of critical mass.

    Parameters
    ----------
    by_role
        As `adoptsim.analysis.hours.hours_by_role` gives it; empty where that is not known.
    people
        In the organisation: hours are those of all of them.
    probability
        The lower bound of the interval must be at least this for a bundle to be enough.
    cost
        One of `COSTS`.
    """
    reached = bundles.outcome["reached"]
    hours = people * _counted(bundles, by_role, cost)
    chances = [proportion_interval(row) for row in reached]
    stays = is_on_frontier(resampled_means(hours), resampled_means(reached)).mean(axis=0)

    def priced(bundle: int) -> Priced:
        spent = {whose: float(people * found[bundle].mean()) for whose, found in by_role.items()}
        share = float(stays[bundle])
        return Priced(bundles.in_place(bundle), chances[bundle], mean_interval(hours[bundle]), spent, share)

    means, chance = hours.mean(axis=1), reached.mean(axis=1)
    kept = np.flatnonzero(is_on_frontier(means, chance))
    enough = [bundle for bundle, interval in enumerate(chances) if interval.low >= probability]
    first = min(enough, key=lambda bundle: means[bundle], default=None)
    return Frontier(
        cost=cost,
        people=people,
        probability=probability,
        bundles=tuple(priced(int(bundle)) for bundle in kept[np.argsort(means[kept], kind="stable")]),
        cheapest=None if first is None else priced(first),
        n_sufficient=len(enough),
        n_as_cheap=0 if first is None else _as_cheap(hours, first, enough),
        surest=proportion_interval(np.ones(bundles.n_replicates)).low,
        hours=means,
        reached=chance,
    )


def is_on_frontier(hours: Floats, reached: Floats) -> npt.NDArray[np.bool_]:
    """Return which bundles no other beats: none costs as little or less and reaches as much or more, one of both better.

    Over the last axis. Of bundles alike in both, the first counts.
    """
    order = np.lexsort((-reached, hours), axis=-1)
    in_order = np.take_along_axis(reached, order, axis=-1)
    best_before = np.maximum.accumulate(in_order, axis=-1)[..., :-1]
    first = np.ones((*in_order.shape[:-1], 1), dtype=np.bool_)
    better = np.concatenate([first, in_order[..., 1:] > best_before], axis=-1)
    found = np.empty_like(better)
    np.put_along_axis(found, order, better, axis=-1)
    return found


def _counted(bundles: Bundles, by_role: dict[str, Floats], cost: str) -> Floats:
    """Return the hours that count, float64[2**n, replicates], a person and month."""
    if cost in by_role:
        return by_role[cost]
    return bundles.outcome["hours_per_person_month" if cost == ALL else "hours_practices"]


def _as_cheap(hours: Floats, first: int, enough: list[int]) -> int:
    """Return how many other sufficient bundles cost more than the first by no more than luck."""
    others = (paired_difference(hours[bundle], hours[first]) for bundle in enough if bundle != first)
    return sum(not difference.low > 0.0 for difference in others)

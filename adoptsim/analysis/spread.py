"""How a difference between two runs spreads through the staff: whose record has parted by which day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.pairs import Pair, differs_today
from adoptsim.analysis.people import department_name
from adoptsim.domain.intervals import Interval, mean_interval
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.engine.groups import large_enough
from adoptsim.engine.state import World
from adoptsim.simulation import as_dict, n_threads

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NEVER_PARTED = -1
FIRST_PEOPLE = (1, 5)
SHARES = (0.01, 0.10, 0.50)
"""Milestones of the spread: so many people, then such shares of staff."""


class Partings:
    """Watches two runs and notes on which day each person's record first differed, int64[N]; -1 if never."""

    def __init__(self) -> None:
        self.day: Ints = np.empty(0, dtype=np.int64)

    def __call__(self, day: int, first: World, second: World) -> bool:
        """Note who differs today and never did before; there is always more to see."""
        if day < 0:
            self.day = np.full(first.place.shape[1], NEVER_PARTED, dtype=np.int64)
        else:
            self.day[(self.day == NEVER_PARTED) & differs_today(first, second)] = day
        return False


@dataclass(frozen=True)
class Spread:
    """On which day each person's record first differed between two runs, replicate by replicate.

    ``parted``: int64[replicates, people], -1 if never; ``department``: int32 of the same shape; ``names``: the
    departments', None where every replicate has an organisation of its own.
    """

    replicates: tuple[int, ...]
    days: int
    parted: Ints
    department: npt.NDArray[np.int32]
    names: tuple[str, ...] | None

    @property
    def people(self) -> int:
        """Return how many people each organisation has."""
        return int(self.parted.shape[1])

    @cached_property
    def share(self) -> Floats:
        """Return the share of staff whose record has parted by the end of each day, float64[replicates, days]."""
        return np.stack([_by_day(row, self.days) for row in self.parted]) / self.people

    @cached_property
    def departments_reached(self) -> Floats:
        """Return the share of departments in which somebody's record has parted, float64[replicates, days]."""
        return np.stack([_by_day(first, self.days) / len(first) for first in self._first_by_department])

    @cached_property
    def _first_by_department(self) -> list[Ints]:
        """The day of the first parting in each department of each replicate, -1 if none."""
        return [_first_days(row, department) for row, department in zip(self.parted, self.department, strict=True)]

    def share_on(self, day: int) -> Interval:
        """Return the share of staff whose record has parted by the end of a day."""
        value, low, high = mean_interval(self.share[:, day])
        return Interval(value, max(0.0, low), min(1.0, high))

    def day_of(self, people: int) -> tuple[Interval, int]:
        """Return on which day so many people's records have parted, and in how many replicates that ever comes."""
        days = np.array([_day_of(row, people) for row in self.parted])
        return _days(days), int((~np.isnan(days)).sum())

    def milestones(self) -> list[dict[str, Any]]:
        """Return when the first people and shares of staff have parted: each with its day and how often it comes."""
        asked = {n: f"{n} {'person' if n == 1 else 'people'}" for n in FIRST_PEOPLE}
        for share in SHARES:
            asked.setdefault(max(1, round(share * self.people)), f"{100 * share:.0f} % of staff")
        return [{"what": what, "people": n} | _told(*self.day_of(n)) for n, what in sorted(asked.items())]

    def departments(self) -> list[dict[str, Any]]:
        """Return each named department: when the difference arrives, and the share it has reached at the end.

        Empty where departments differ between replicates. Those too small to tell are left out.
        """
        if self.names is None:
            return []
        firsts = np.stack(self._first_by_department)
        sizes = np.bincount(self.department[0], minlength=len(self.names))
        rows = []
        for place in np.flatnonzero(large_enough(sizes)):
            arrived = np.where(firsts[:, place] >= 0, firsts[:, place], np.nan)
            ended = (self.parted[:, self.department[0] == place] >= 0).mean(axis=1)
            row = {"department": self.names[place], "people": int(sizes[place])}
            rows.append(
                row | _told(_days(arrived), int((firsts[:, place] >= 0).sum())) | {"share": as_dict(mean_interval(ended))}
            )
        return sorted(rows, key=lambda row: (row["runs"] == 0, row["day"]["mean"] or 0.0))

    def summary(self) -> dict[str, Any]:
        """Return the spread as plain data: milestones, and shares month by month."""
        ends = [*range(MONTH_DAYS - 1, self.days, MONTH_DAYS)] or [self.days - 1]
        return {
            "runs": len(self.replicates),
            "people": self.people,
            "milestones": self.milestones(),
            "months": [
                {"day": day, "people": as_dict(self.share_on(day)), "departments": self._departments_on(day)} for day in ends
            ],
            "departments": self.departments(),
        }

    def _departments_on(self, day: int) -> dict[str, float | None]:
        value, low, high = mean_interval(self.departments_reached[:, day])
        return as_dict(Interval(value, max(0.0, low), min(1.0, high)))


def spread_of(
    pair: Pair,
    replicates: Sequence[int],
    *,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Spread:
    """Return how the difference between two scenarios spreads; ``progress`` is told how many pairs of runs are done."""
    done = count(1)

    def one(replicate: int) -> Ints:
        parted = pair.watch(replicate, Partings).day
        if progress is not None:
            progress(next(done))
        return parted

    with ThreadPoolExecutor(n_threads(threads)) as pool:
        parted = np.stack(list(pool.map(one, replicates)))
    organisations = [pair.organisation(replicate) for replicate in replicates]
    spec = pair.first.organisation
    same = spec.people_file is not None or spec.same_for_all_replicates
    named = partial(department_name, organisations[0])
    return Spread(
        replicates=tuple(replicates),
        days=pair.days,
        parted=parted,
        department=np.stack([organisation.department for organisation in organisations]),
        names=tuple(map(named, range(organisations[0].n_departments))) if same else None,
    )


def _by_day(firsts: Ints, days: int) -> Ints:
    """Return how many have a first day of at most each day, int64[days]."""
    return np.cumsum(np.bincount(firsts[firsts >= 0], minlength=days))


def _first_days(parted: Ints, department: npt.NDArray[np.int32]) -> Ints:
    """Return the earliest day of each department, -1 if none."""
    first = np.full(int(department.max()) + 1, np.iinfo(np.int64).max)
    known = parted >= 0
    np.minimum.at(first, department[known], parted[known])
    return np.where(first == np.iinfo(np.int64).max, NEVER_PARTED, first)


def _day_of(parted: Ints, people: int) -> float:
    """Return the day on which so many have parted, NaN if they never do."""
    known = np.sort(parted[parted >= 0])
    return float(known[people - 1]) if len(known) >= people else float("nan")


def _days(values: Floats) -> Interval:
    """Return a mean day with its interval, never before day 0."""
    mean, low, high = mean_interval(values)
    return Interval(mean, max(0.0, low) if low == low else low, high)


def _told(day: Interval, runs: int) -> dict[str, Any]:
    return {"day": as_dict(day), "runs": runs}

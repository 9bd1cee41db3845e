"""Which run is done next: all of a plan in order, or block by block as each point's precision asks for."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from adoptsim.sweeps.plan import Job, Plan
from adoptsim.sweeps.precision import Precision
from adoptsim.sweeps.runs import Failure, Finished, Run


class Schedule(Protocol):
    """Says what to do next, and is told what came of it."""

    @property
    def total(self) -> int:
        """Return how many runs there are in all, as far as is known by now."""

    def take(self, n: int) -> tuple[Job, ...]:
        """Return up to ``n`` runs to do; none if there is nothing to do before others have come back."""

    def took(self, results: Iterable[Run | Failure]) -> None:
        """Learn what came of some runs."""


class InOrder:
    """All runs that are not finished, in the plan's order."""

    def __init__(self, plan: Plan, finished: Finished) -> None:
        self.total = plan.n_runs
        self._left: Iterator[Job] = (job for job in plan.jobs() if job not in finished)

    def take(self, n: int) -> tuple[Job, ...]:
        """Return the next runs."""
        return tuple(itertools.islice(self._left, n))

    def took(self, results: Iterable[Run | Failure]) -> None:
        """Nothing depends on what came back."""


class ByPrecision:
    """Each point until its difference to the baseline is known well enough; a baseline as far as its points ask."""

    def __init__(self, plan: Plan, precision: Precision, place: int, known: Iterable[tuple[Job, float]]) -> None:
        """Begin, or go on; ``place``: of the outcome among a run's values; ``known``: its values in finished runs."""
        self._precision, self._place = precision, place
        self._baseline = plan.baselines
        self._values: dict[str, npt.NDArray[np.float64]] = {}
        self._back: defaultdict[str, int] = defaultdict(int)  # a bit a replicate that has come back
        for job, value in known:
            self._note(job, value)
        self._asked: dict[str, int] = {}
        self._looked: dict[str, int] = dict.fromkeys(plan.by_key, 0)
        self._waiting: defaultdict[str, set[str]] = defaultdict(set)  # of a baseline: points that wait for it
        self._queue: deque[Job] = deque()
        self._expected: dict[str, int] = {}
        self.total = 0
        for point in plan.in_order():
            self._look(point.key)

    def take(self, n: int) -> tuple[Job, ...]:
        """Return the next runs of open points."""
        return tuple(self._queue.popleft() for _ in range(min(n, len(self._queue))))

    def took(self, results: Iterable[Run | Failure]) -> None:
        """Look again at every point of which a block has become whole."""
        touched: dict[str, None] = {}
        for result in results:
            value = result.values[self._place] if isinstance(result, Run) else float("nan")
            self._note(result.job, value)
            touched[result.job.point_key] = None
        for key in touched:
            if key in self._looked:
                self._look(key)
            for waiting in sorted(self._waiting.pop(key, ())):
                self._look(waiting)

    def _note(self, job: Job, value: float) -> None:
        key, replicate = job
        values = self._values.get(key)
        if values is None or replicate >= len(values):
            grown = np.full(max(32, 2 * replicate), np.nan)
            if values is not None:
                grown[: len(values)] = values
            values = self._values[key] = grown
        values[replicate] = value
        self._back[key] |= 1 << replicate

    def _look(self, key: str) -> None:
        """Stop a point, or ask for its next blocks, as far as what has come back decides it."""
        baseline = self._baseline[key]
        while True:
            n = self._looked[key]
            if first_gap(self._back[key]) < n:
                return
            if first_gap(self._back[baseline]) < n:
                self._waiting[baseline].add(key)
                return
            if n and (n >= self._precision.most or key == baseline or self._is_enough(key, baseline, n)):
                return
            self._looked[key] = self._precision.next_look(n)
            self._ask(key, self._looked[key])
            self._ask(baseline, self._looked[key])

    def _is_enough(self, key: str, baseline: str, n: int) -> bool:
        """Return whether a point is known well enough; if not, guess how many replicates it will take."""
        half = self._precision.half_width(self._values[key][:n], self._values[baseline][:n])
        if half <= self._precision.target:
            return True
        if half == half:
            self._expect(key, min(self._precision.most, int(n * (half / self._precision.target) ** 2)))
        return False

    def _ask(self, key: str, n: int) -> None:
        asked = self._asked.get(key, 0)
        if asked < n:
            self._asked[key] = n
            self._queue += [Job(key, k) for k in range(asked, n) if not self._back[key] >> k & 1]
        self._expect(key, n)

    def _expect(self, key: str, n: int) -> None:
        before = self._expected.get(key, 0)
        self._expected[key] = now = max(n, self._asked.get(key, 0))
        self.total += now - before


def first_gap(bits: int) -> int:
    """Return the first replicate that has not come back."""
    return (~bits & (bits + 1)).bit_length() - 1


def schedule_of(
    plan: Plan, finished: Finished, measures: Sequence[str], known: Iterable[tuple[Job, float]]
) -> InOrder | ByPrecision:
    """Return the schedule that a plan asks for."""
    if plan.precision is None:
        return InOrder(plan, finished)
    return ByPrecision(plan, plan.precision, measures.index(plan.precision.outcome), known)

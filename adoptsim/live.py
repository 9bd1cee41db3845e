"""Answers while somebody waits: few replicates first, then more of the same, each computed once and kept for a while.

Replicates have their own luck by number, so the first eight of 32 are the same eight: parts are joined, never thrown away.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from adoptsim.domain.scenario import OrganisationSpec, Scenario
from adoptsim.simulation import SEED, OrganisationSource, Result, n_threads, simulate

PART = 4
"""Replicates a part: what is computed without looking up."""
KEPT_PARTS = 96
KEPT_SOURCES = 6
Rank = tuple[float, ...]
"""Who goes first where several wait: the lowest."""


def joined(parts: Sequence[Result]) -> Result:
    """Return results of the same scenario and seed, of other replicates each, as one."""
    first = parts[0]
    return Result(
        scenario=first.scenario,
        seed=first.seed,
        replicates=[number for part in parts for number in part.replicates],
        people=first.people,
        outcome={name: np.concatenate([part.outcome[name] for part in parts]) for name in first.outcome},
        counts=np.concatenate([part.counts for part in parts]),
        climate=np.concatenate([part.climate for part in parts]),
        departments=[each for part in parts for each in part.departments],
    )


class Turns:
    """Lets one at a time compute: the lowest rank first, of the same rank who came first."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._waiting: list[tuple[Rank, int]] = []
        self._count = itertools.count()
        self._busy = False
        self._ended = -math.inf

    @property
    def idle_seconds(self) -> float:
        """Return for how long nobody has computed or waited to; 0 while somebody does."""
        return 0.0 if self._busy or self._waiting else time.monotonic() - self._ended

    @contextmanager
    def turn(self, rank: Rank) -> Iterator[None]:
        """Wait for one's turn, and hold it."""
        with self._turn:
            ticket = (rank, next(self._count))
            heapq.heappush(self._waiting, ticket)
            self._turn.wait_for(lambda: not self._busy and self._waiting[0] == ticket)
            heapq.heappop(self._waiting)
            self._busy = True
        try:
            yield
        finally:
            with self._turn:
                self._busy, self._ended = False, time.monotonic()
                self._turn.notify_all()


class LiveSimulation:
    """Parts of answers for everybody who asks, from any thread; scenarios asked for again cost nothing."""

    def __init__(self, *, seed: int = SEED, threads: int | None = None) -> None:
        self.seed, self.threads = seed, n_threads(threads)
        self._parts: OrderedDict[tuple[str, int], Result] = OrderedDict()
        self._sources: OrderedDict[OrganisationSpec, OrganisationSource] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = Turns()

    def part(
        self, scenario: Scenario, number: int, *, stop: threading.Event | None = None, rank: Rank | None = None
    ) -> Result:
        """Return part ``number`` of a scenario's replicates; first parts go before others', if no other rank is given.

        Raises ``Stopped`` soon after ``stop`` is set.
        """
        name = (scenario.digest(), number)
        found = self._found(name)
        if found is None:
            with self._turns.turn((number,) if rank is None else rank):
                found = self._found(name) or self._computed(scenario, number, stop)
        with self._lock:
            self._parts[name] = found
            self._parts.move_to_end(name)
            while len(self._parts) > KEPT_PARTS:
                self._parts.popitem(last=False)
        return found

    @property
    def idle_seconds(self) -> float:
        """Return for how long nobody has waited for an answer: longer work gives way while it is short."""
        return self._turns.idle_seconds

    def is_kept(self, scenario: Scenario, replicates: int) -> bool:
        """Return whether the first replicates of a scenario need no computing."""
        digest = scenario.digest()
        with self._lock:
            return all((digest, number) in self._parts for number in range(replicates // PART))

    def _found(self, name: tuple[str, int]) -> Result | None:
        with self._lock:
            return self._parts.get(name)

    def _computed(self, scenario: Scenario, number: int, stop: threading.Event | None) -> Result:
        numbers = range(number * PART, (number + 1) * PART)
        source = self._source(scenario.organisation)
        found = simulate(scenario, replicates=numbers, seed=self.seed, threads=self.threads, source=source, stop=stop)
        return replace(found, counts=found.counts.astype(np.int32))  # no count exceeds it, and many answers are kept

    def _source(self, spec: OrganisationSpec) -> OrganisationSource:
        with self._lock:
            source = self._sources.setdefault(spec, OrganisationSource(spec, self.seed))
            self._sources.move_to_end(spec)
            while len(self._sources) > KEPT_SOURCES:
                self._sources.popitem(last=False)
        return source

"""How far a sweep is: done, failed, how fast, how long still, and who leads. Observes; decides nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adoptsim.domain.intervals import wilson
from adoptsim.domain.practices import PRACTICES
from adoptsim.sweeps.designs import Point
from adoptsim.sweeps.measures import REACHED
from adoptsim.sweeps.plan import Job, Plan
from adoptsim.sweeps.runs import Failure, Run

WINDOW_SECONDS = 60.0  # over which the rate is taken
SAMPLE_SECONDS = 0.5
PRACTICE = "practices."


@dataclass(frozen=True, slots=True)
class Leader:
    """The policy with the highest lower bound of the probability of critical mass, over all its runs so far."""

    policy: Point
    probability: float
    low: float
    runs: int

    @property
    def words(self) -> str:
        """Return it in few words: the practices in place, and what else is decided."""
        on = [name.removeprefix(PRACTICE) for name, level in self.policy.items() if level and _is_practice(name)]
        others = [
            f"{name.rpartition('.')[2]} {_short(level)}" for name, level in self.policy.items() if not _is_practice(name)
        ]
        named = [", ".join(on)] if len(on) <= 3 else [f"{len(on)} practices"]
        return "; ".join([*filter(None, named), *others[:2]]) or "no practice"


@dataclass(frozen=True, slots=True)
class Status:
    """A sweep at one moment. ``rate``: runs a second; NaN, as is ``seconds_left``, while nothing is known of it."""

    done: int
    failed: int
    total: int
    rate: float
    seconds_left: float
    leader: Leader | None
    silent_seconds: float = 0.0
    """Since something came back."""
    missing: str = ""
    """What is waited for before anything can be done, such as workers."""


class Observer:
    """Counts what comes back.

    The rate is taken over the last minute and begins when the first chunk of this session is back: neither what was found
    in the file nor the time it takes to compile the engine is part of it.
    """

    def __init__(
        self, plan: Plan, done: int, known: Iterable[tuple[Job, float]], clock: Callable[[], float] = time.monotonic
    ):
        self._done, self._failed, self._clock, self._back_at = done, 0, clock, clock()
        self._samples: deque[tuple[float, int]] = deque()
        self._policies: list[Point] = []
        self._policy_of = self._group(plan)
        self._hits: npt.NDArray[np.float64] = np.zeros(len(self._policies))
        self._runs: npt.NDArray[np.float64] = np.zeros(len(self._policies))
        for job, reached in known:
            self._count(job, reached)

    @property
    def done(self) -> int:
        """Return how many runs are finished."""
        return self._done

    @property
    def failed(self) -> int:
        """Return how many runs have failed in this session."""
        return self._failed

    def took(self, results: Iterable[Run | Failure], place: int | None) -> None:
        """Count a chunk; ``place``: of ``reached`` among a run's values."""
        for result in results:
            if isinstance(result, Failure):
                self._failed += 1
            else:
                self._done += 1
                if place is not None:
                    self._count(result.job, result.values[place])
        now = self._back_at = self._clock()
        if not self._samples or now - self._samples[-1][0] >= SAMPLE_SECONDS:
            self._samples.append((now, self._done + self._failed))
            while now - self._samples[0][0] > WINDOW_SECONDS and len(self._samples) > 2:
                self._samples.popleft()

    def status(self, total: int, missing: str = "") -> Status:
        """Return how far the sweep is; ``missing``: what it waits for."""
        rate, done = self._rate(), self._done + self._failed
        total = max(total, done)  # a file may hold runs that are not asked for any more
        left = total - done
        seconds_left, silent = left / rate if rate > 0 else float("nan"), self._clock() - self._back_at
        return Status(self._done, self._failed, total, rate, seconds_left, self._leader(), silent, missing)

    def _rate(self) -> float:
        if not self._samples:
            return float("nan")
        began, before = self._samples[0]
        seconds = self._clock() - began
        done = self._done + self._failed - before
        return done / seconds if seconds >= SAMPLE_SECONDS and done else float("nan")

    def _group(self, plan: Plan) -> Mapping[str, int]:
        """Return by point key which policy it is: the same one in every world."""
        decided, place_of, policy_of = tuple(plan.experiment.vary), {}, {}
        for point in plan.points:
            levels = tuple(point.factors[target] for target in decided)
            if levels not in place_of:
                place_of[levels] = len(self._policies)
                self._policies.append(dict(zip(decided, levels, strict=True)))
            policy_of[point.key] = place_of[levels]
        return policy_of

    def _count(self, job: Job, reached: float) -> None:
        place = self._policy_of.get(job.point_key)
        if place is not None and reached == reached:
            self._hits[place] += reached
            self._runs[place] += 1

    def _leader(self) -> Leader | None:
        if not self._runs.any():
            return None
        n = np.maximum(self._runs, 1.0)
        share, square = self._hits / n, 1.96**2
        half = np.sqrt(square * (share * (1 - share) / n + square / (4 * n * n)))
        low = np.where(self._runs > 0, (share + square / (2 * n) - half) / (1 + square / n), -1.0)
        best = int(low.argmax())
        found = wilson(round(float(self._hits[best])), int(self._runs[best]))
        return Leader(self._policies[best], found.value, found.low, int(self._runs[best]))


def reached_place(measures: tuple[str, ...]) -> int | None:
    """Return where ``reached`` stands among a run's values."""
    return measures.index(REACHED) if REACHED in measures else None


def _is_practice(target: str) -> bool:
    return target.removeprefix(PRACTICE) in PRACTICES


def _short(level: object) -> str:
    return f"{level:.3g}" if isinstance(level, float) else str(level)

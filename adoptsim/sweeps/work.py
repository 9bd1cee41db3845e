"""What does a chunk of runs, in a thread or on another machine: a run is a function of what it is handed, nothing else."""

from __future__ import annotations

import hashlib
import itertools
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import OrganisationSource, Simulator, Stopped, model_version
from adoptsim.sweeps.designs import Point
from adoptsim.sweeps.plan import Job, Plan, canonical, organisation_key
from adoptsim.sweeps.runs import Failure, Run
from adoptsim.sweeps.scenarios import apply_point
from adoptsim.sweeps.series import packed
from adoptsim.sweeps.sources import reading_hash

Results = list[Run | Failure]
KEPT_SOURCES = 4
GRACE_SECONDS = 2.0  # beyond a time limit: a run that looks at its clock ends by itself
STOP_SECONDS = 1.5  # for a chunk under way elsewhere when all is to end
LEAVE_SECONDS = 1.0  # for a run under way here: one that looks at the sign to stop ends in that time


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What all runs of a sweep have in common; equal where ``key`` is."""

    key: str
    base: Scenario
    seed: int
    versions: Mapping[str, str]
    """What must be the same wherever its runs are done."""
    measures: tuple[str, ...]
    series: tuple[str, ...] = ()
    time_limit: float | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Setting) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def setting_of(plan: Plan, measures: tuple[str, ...], series: tuple[str, ...], time_limit: float | None) -> Setting:
    """Return what all runs of a plan have in common."""
    versions = versions_here() | {"adoptsim": plan.model_version}
    decides = [plan.base.model_dump(mode="json"), plan.seed, versions, measures, series, time_limit]
    key = hashlib.sha256(canonical(decides).encode()).hexdigest()
    return Setting(key, plan.base, plan.seed, versions, measures, series, time_limit)


def versions_here() -> dict[str, str]:
    """Return what must be the same everywhere: the model, how files are read, and what computes the numbers."""
    computing = {name: _version(name) for name in ("numba", "numpy")}
    return {"adoptsim": model_version(), "file reading": reading_hash(), **computing}


_version = cache(version)  # looks into a folder


@dataclass(frozen=True, slots=True)
class Task:
    """A chunk: runs to do, and of their points the levels and which organisation they need."""

    setting: Setting
    points: Mapping[str, tuple[Point, str]]
    jobs: tuple[Job, ...]


def run_task(task: Task) -> Results:
    """Do a chunk in a process that knows nothing of the sweep; raises ``InputError`` where other versions are installed."""
    here, wanted = versions_here(), task.setting.versions
    differ = [f"{name} {here.get(name)}, not {asked}" for name, asked in wanted.items() if here.get(name) != asked]
    if differ:
        raise InputError(Problem(f"a worker has {', '.join(differ)}; install the same everywhere"))
    return _worker_of(task.setting).do(task)


@lru_cache(maxsize=2)
def _worker_of(setting: Setting) -> Worker:
    """Return this process's worker for a sweep, which keeps organisations from chunk to chunk."""
    return Worker(setting)


class _Until(threading.Event):
    """Is set when the sweep is stopped, or once a run's time is up."""

    def __init__(self, stop: threading.Event, seconds: float) -> None:
        super().__init__()
        self._stop, self._end = stop, time.monotonic() + seconds

    def is_set(self) -> bool:
        return self._stop.is_set() or time.monotonic() > self._end


@dataclass
class Worker:
    """Does chunks of runs, from any thread; organisations are shared by all points that ask for the same."""

    setting: Setting
    stop: threading.Event = field(default_factory=threading.Event)
    _sources: OrderedDict[str, OrganisationSource] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _warm: bool = False

    def do(self, task: Task) -> Results:
        """Return what the runs gave; fewer than asked if the sweep is stopped meanwhile.

        The runs are done in a thread of their own, which is left behind when one of them doesn't end: in its time, if it
        has a limit, or soon after the sweep is stopped.
        """
        limit, results, left = self.setting.time_limit, Results(), list(task.jobs)
        while left and not self.stop.is_set():
            attempt = _Attempt(left)
            thread = threading.Thread(target=self._fill, args=(attempt, task), daemon=True, name="runs")
            thread.start()
            attempt.wait(None if limit is None else limit + GRACE_SECONDS, self.stop)
            stuck = attempt.close()
            results += attempt.results
            if limit is None or stuck is None or self.stop.is_set():
                break
            results.append(_overdue(stuck, limit, thread))
            left = left[len(attempt.results) + 1 :]
        return results

    def _fill(self, attempt: _Attempt, task: Task) -> None:
        """Do the runs one after the other, until all are done or nobody waits for them any more."""
        try:
            if self.setting.time_limit is not None:
                self._warm_up()
            for key, same_point in itertools.groupby(attempt.jobs, key=lambda job: job.point_key):
                simulator: Simulator | None = None
                for job in same_point:
                    if self.stop.is_set() or not attempt.begin(job):
                        return
                    try:
                        simulator = simulator or self._simulator(task, key)
                        result: Run | Failure = self._one(simulator, job)
                    except Stopped:
                        if self.stop.is_set():
                            return
                        result = _too_slow(job, self.setting.time_limit or 0.0)
                    except InputError:
                        raise
                    except Exception as error:  # whatever it is: it is written down, and the other runs go on
                        result = Failure(job, f"{type(error).__name__}: {error}", traceback.format_exc())
                    attempt.add(result)
        except BaseException as error:  # told where the chunk is waited for
            attempt.refusal = error
        finally:
            attempt.ended.set()

    def _one(self, simulator: Simulator, job: Job) -> Run:
        """Return one run's outcomes, and its days if they are to be kept."""
        began, limit = time.perf_counter(), self.setting.time_limit
        world = simulator.run(job.replicate, stop=self.stop if limit is None else _Until(self.stop, limit))
        values = simulator.outcomes(world)
        kept = tuple(float(values[name]) for name in self.setting.measures)
        days = packed(world, self.setting.series) if self.setting.series else None
        return Run(job, time.perf_counter() - began, kept, days)

    def _simulator(self, task: Task, key: str) -> Simulator:
        factors, organisation = task.points[key]
        scenario = apply_point(self.setting.base, factors)
        return Simulator(scenario, seed=self.setting.seed, source=self._source(organisation, scenario))

    def _source(self, organisation: str, scenario: Scenario) -> OrganisationSource:
        with self._lock:
            if organisation not in self._sources:
                if scenario.organisation.people_file is not None and organisation_key(scenario) != organisation:
                    message = "the organisation's files hold something else here than where the sweep was begun"
                    raise InputError(Problem(message, "organisation.people_file", scenario.organisation.people_file))
                self._sources[organisation] = OrganisationSource(scenario.organisation, self.setting.seed)
                if len(self._sources) > KEPT_SOURCES:
                    self._sources.popitem(last=False)
            self._sources.move_to_end(organisation)
            return self._sources[organisation]

    def _warm_up(self) -> None:
        """Compile the engine before the first run is timed."""
        with self._lock:
            if not self._warm:
                fields: dict[str, Any] = {"name": "warm-up", "organisation": {"people": 20}, "horizon": {"days": 1}}
                Simulator(Scenario.model_validate(fields)).run(0)
                self._warm = True


class _Attempt:
    """Some runs being done in a thread, watched from another: either may end it, and only one of them does."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs, self.results = jobs, Results()
        self.ended = threading.Event()
        self.refusal: BaseException | None = None
        self._lock, self._closed = threading.Lock(), False
        self._current: Job | None = None
        self._began = time.monotonic()

    def begin(self, job: Job) -> bool:
        """Note which run begins; return whether anybody waits for it."""
        with self._lock:
            self._current, self._began = job, time.monotonic()
            return not self._closed

    def add(self, result: Run | Failure) -> None:
        """Keep a result, unless it comes too late."""
        with self._lock:
            self._current = None
            if not self._closed:
                self.results.append(result)

    def wait(self, seconds: float | None, stop: threading.Event) -> None:
        """Return when all is done, one run has taken longer than so many seconds, or the sweep is stopped."""
        stopped_at: float | None = None
        while not self.ended.wait(0.2):
            now = time.monotonic()
            if stop.is_set():
                stopped_at = stopped_at or now
                if now - stopped_at > LEAVE_SECONDS:
                    return
            with self._lock:
                if seconds is not None and self._current is not None and now - self._began > seconds:
                    return

    def close(self) -> Job | None:
        """Take no more results; return the run that did not end, if there is one."""
        with self._lock:
            self._closed = True
            if self.refusal is not None:
                raise self.refusal
            return None if self.ended.is_set() else self._current


def _too_slow(job: Job, seconds: float) -> Failure:
    message = f"TimeoutError: not finished after {seconds:g} s, the time limit of a run"
    return Failure(job, message, "it was asked to end, and ended")


def _overdue(job: Job, seconds: float, thread: threading.Thread) -> Failure:
    """Return the failure of a run that doesn't end, with where it is."""
    frame = sys._current_frames().get(thread.ident or 0)
    where = "".join(traceback.format_stack(frame)) if frame is not None else "nothing is known of where it is"
    return Failure(job, f"TimeoutError: not finished after {seconds:g} s, the time limit of a run; left behind", where)

"""Run a sweep: threads over a kernel that releases the interpreter lock, chunks by time, every chunk kept at once.

Results do not depend on threads, order, chunks or interruptions: a run is a function of its key.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adoptsim import files
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import OrganisationSource, Simulator, Stopped, n_threads
from adoptsim.sweeps.experiment import Experiment
from adoptsim.sweeps.measures import MEASURES, REACHED
from adoptsim.sweeps.plan import Job, Plan, make_plan
from adoptsim.sweeps.resume import check_same, prepare
from adoptsim.sweeps.store import Failure, Run, Store, open_store

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
CHUNK_SECONDS = 0.5
CHUNKS_IN_FLIGHT = 2  # a thread
MOST_RUNS_A_CHUNK = 1_000
KEPT_SOURCES = 4
RUNS_DONE_AGAIN = 2  # at resume, to see that this machine still gives the same bits
WAKE_SECONDS = 0.5  # for Ctrl-C where waiting cannot be interrupted (Windows)


class SweepInterrupted(KeyboardInterrupt):
    """A sweep that was stopped: what was finished is kept, and the message says how to go on."""


def sweep(
    experiment: Experiment,
    *,
    out: str | os.PathLike[str] | None = None,
    seed: int | None = None,
    threads: int | None = None,
    replicates: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return an experiment's results, one row a point; begins a sweep, or goes on with the one in ``out``.

    Parameters
    ----------
    out
        The sweep's file. Finished runs in it are not done again. Without one nothing is kept on the disk.
    seed, replicates
        Instead of the experiment's own.
    threads
        One a processor when absent; results do not depend on it.
    progress
        Called in the calling thread with the number of runs done (those found in the file too) and of all runs.

    Returns
    -------
    pandas.DataFrame
        As `adoptsim.sweeps.results.point_frame` has it; ``attrs["failed"]`` counts runs that raised.

    Raises
    ------
    InputError
        If the experiment cannot be run, or the file is not this sweep's.
    SweepInterrupted
        On Ctrl-C, within a second or two.
    """
    from adoptsim.sweeps.results import point_frame  # brings pandas: half a second that a refusal need not wait for

    plan = make_plan(experiment, seed=seed, replicates=replicates)
    measures = _measures_of(experiment)
    with open_store(out) as store:
        prepare(store, plan, measures)
        _Sweep(plan, store, n_threads(threads), progress or _silent).run()
        return point_frame(store.connection)


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def _measures_of(experiment: Experiment) -> tuple[str, ...]:
    """Return the outcomes to keep, in the model's order; whether critical mass is reached is always among them."""
    if experiment.measure is None:
        return MEASURES
    return tuple(name for name in MEASURES if name in experiment.measure or name == REACHED)


@dataclass
class _Pace:
    """How many runs make a chunk: what takes about half a second, less towards the end, so that all end together."""

    threads: int
    seconds_a_run: float | None = None

    def chunk(self, left: int) -> int:
        """Return the size of the next chunk, of the runs left to hand out."""
        if self.seconds_a_run is None:
            return 1
        by_time = int(CHUNK_SECONDS / max(self.seconds_a_run, 1e-6))
        fair = -(-left // (CHUNKS_IN_FLIGHT * self.threads))
        return max(1, min(by_time, fair, MOST_RUNS_A_CHUNK))

    def measured(self, results: Sequence[Run | Failure]) -> None:
        """Learn from a finished chunk."""
        seconds = [result.seconds for result in results if isinstance(result, Run)]
        if seconds:
            mean = sum(seconds) / len(seconds)
            self.seconds_a_run = mean if self.seconds_a_run is None else 0.5 * (self.seconds_a_run + mean)


@dataclass
class _Worker:
    """Does chunks of runs, from any thread; organisations are shared by all points that ask for the same."""

    plan: Plan
    measures: tuple[str, ...]
    stop: threading.Event = field(default_factory=threading.Event)
    _sources: OrderedDict[str, OrganisationSource] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def chunk(self, jobs: Sequence[Job]) -> list[Run | Failure]:
        """Return what the runs gave; fewer than asked if the sweep is stopped meanwhile."""
        results: list[Run | Failure] = []
        for key, same_point in itertools.groupby(jobs, key=lambda job: job.point_key):
            simulator: Simulator | None = None
            for job in same_point:
                if self.stop.is_set():
                    return results
                try:
                    simulator = simulator or self.simulator(key)
                    results.append(self.one(simulator, job))
                except Stopped:
                    return results
                except Exception as error:  # whatever it is: it is written down, and the other runs go on
                    results.append(Failure(job, f"{type(error).__name__}: {error}", traceback.format_exc()))
        return results

    def one(self, simulator: Simulator, job: Job) -> Run:
        """Return one run's outcomes."""
        began = time.perf_counter()
        values = simulator.outcomes(simulator.run(job.replicate, stop=self.stop))
        kept = tuple(float(values[name]) for name in self.measures)
        return Run(job, time.perf_counter() - began, kept)

    def simulator(self, key: str) -> Simulator:
        """Return what runs the replicates of a point."""
        scenario = self.plan.scenario(key)
        return Simulator(scenario, seed=self.plan.seed, source=self._source(self.plan.by_key[key].organisation, scenario))

    def _source(self, organisation: str, scenario: Scenario) -> OrganisationSource:
        with self._lock:
            if organisation not in self._sources:
                self._sources[organisation] = OrganisationSource(scenario.organisation, self.plan.seed)
                if len(self._sources) > KEPT_SOURCES:
                    self._sources.popitem(last=False)
            self._sources.move_to_end(organisation)
            return self._sources[organisation]


class _Sweep:
    """A sweep while it runs: hands out chunks, writes down what comes back."""

    def __init__(self, plan: Plan, store: Store, threads: int, tell: Progress) -> None:
        self.plan, self.store, self.threads, self.tell = plan, store, threads, tell
        self.worker, self.pace = _Worker(plan, store.measures), _Pace(threads)
        self.finished = store.finished()  # all of this plan: a file whose points are not in it is refused
        self.done, self.handed_out = len(self.finished), len(self.finished)
        self.waiting: set[Future[list[Run | Failure]]] = set()

    def run(self) -> None:
        """Do all runs that are not finished."""
        try:
            self._see_that_it_can_run()
            self.tell(self.done, self.plan.n_runs)
            with ThreadPoolExecutor(self.threads, thread_name_prefix="sweep") as pool:
                try:
                    self._hand_out(pool)
                except BaseException:
                    self._stop(pool)
                    raise
        except KeyboardInterrupt:
            raise SweepInterrupted(self._how_to_go_on()) from None

    def _see_that_it_can_run(self) -> None:
        """Read an organisation's files once, so that a mistake in them isn't found in every run; try the bits."""
        for organisation in {point.organisation: point for point in self.plan.points}.values():
            spec = self.plan.scenario(organisation.key).organisation
            if spec.people_file is not None:
                files.read_organisation(spec, seed=self.plan.seed, replicate=0)
        for point in self.plan.points:
            if any(use.departments is not None for use in self.plan.scenario(point.key).practices.values()):
                self.worker.simulator(point.key).start(0)
        for before in self.store.some_runs(RUNS_DONE_AGAIN):
            check_same(self.store, before, self.worker.one(self.worker.simulator(before.job.point_key), before.job))

    def _hand_out(self, pool: ThreadPoolExecutor) -> None:
        """Keep a bounded number of chunks in flight until nothing is left to do."""
        left = (job for job in self.plan.jobs() if job not in self.finished)
        while True:
            while len(self.waiting) < CHUNKS_IN_FLIGHT * self.threads and (jobs := self._next_chunk(left)):
                self.waiting.add(pool.submit(self.worker.chunk, jobs))
            if not self.waiting:
                return
            back, _ = wait(self.waiting, timeout=WAKE_SECONDS, return_when=FIRST_COMPLETED)
            for future in back:
                self._keep(future)

    def _next_chunk(self, left: Iterator[Job]) -> list[Job]:
        jobs = list(itertools.islice(left, self.pace.chunk(self.plan.n_runs - self.handed_out)))
        self.handed_out += len(jobs)
        return jobs

    def _keep(self, future: Future[list[Run | Failure]]) -> None:
        results = future.result()
        self.store.add(results)
        self.waiting.discard(future)
        self.done += len(results)
        self.pace.measured(results)
        self.tell(self.done, self.plan.n_runs)

    def _stop(self, pool: ThreadPoolExecutor) -> None:
        """End after the runs that are under way, and keep what they give."""
        self.worker.stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        finished = [future.result() for future in self.waiting if not future.cancelled() and future.exception() is None]
        results = [result for chunk in finished for result in chunk]
        self.store.add(results)
        self.done += len(results)

    def _how_to_go_on(self) -> str:
        done = f"stopped after {self.done:,} of {self.plan.n_runs:,} runs"
        if self.store.path is None:
            return f"{done}; nothing is kept, as no file was given (out=...)"
        return f"{done}; they are kept in {self.store.path}: start the same sweep again, and it goes on from there"

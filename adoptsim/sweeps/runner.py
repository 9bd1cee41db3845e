"""Run a sweep: chunks by time, a bounded number of them in flight, every chunk kept at once.

Results do not depend on threads, order, chunks, machines or interruptions: a run is a function of its key.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, as_completed, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import nearest
from adoptsim.simulation import n_threads
from adoptsim.sweeps.checks import see_that_it_can_run
from adoptsim.sweeps.engines import Engine, EngineLost, Where, engine_of
from adoptsim.sweeps.experiment import Experiment
from adoptsim.sweeps.measures import MEASURES, REACHED
from adoptsim.sweeps.plan import Job, Plan, make_plan
from adoptsim.sweeps.precision import MOST_REPLICATES, Precision
from adoptsim.sweeps.provenance import describe, noted, now
from adoptsim.sweeps.resume import check_same, prepare
from adoptsim.sweeps.runs import Failure, Run
from adoptsim.sweeps.schedule import schedule_of
from adoptsim.sweeps.series import KNOWN_SERIES, SERIES
from adoptsim.sweeps.status import Observer, Status, reached_place
from adoptsim.sweeps.store import Store, open_store
from adoptsim.sweeps.work import STOP_SECONDS, Results, Setting, Task, setting_of

if TYPE_CHECKING:
    import pandas as pd

    from adoptsim.sweeps.cluster import Certificates

Progress = Callable[[int, int], None]
Watch = Callable[[Status], None]
CHUNKS_IN_FLIGHT = 2  # a slot
MOST_RUNS_A_CHUNK = 1_000
RUNS_DONE_AGAIN = 2  # at resume, to see that this machine still gives the same bits
SILENT_SECONDS = 5.0  # after which is told how far it is, though nothing has come back
MOST_SEED = 2**32 - 1
WAKE_SECONDS = 0.5  # for Ctrl-C where waiting cannot be interrupted (Windows), and to see whether anybody is there


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
    watch: Watch | None = None,
    precision: float | None = None,
    precision_of: str | None = None,
    series: bool | Sequence[str] = False,
    time_limit: float | None = None,
    executor: Executor | None = None,
    dask: Any = None,
    certificates: Certificates | None = None,
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
    progress, watch
        Called in the calling thread: with the number of runs done (those found in the file too) and of all runs; with
        an `adoptsim.sweeps.status.Status`.
    precision, precision_of
        Each point stops when half the 95 % interval of its paired difference to the base scenario, in this outcome, is
        at most ``precision``; ``replicates`` is then the most of a point (1,024 when absent). See
        `adoptsim.sweeps.precision` for what such an interval can promise.
    series
        Keep every run's days too: True for the usual ones, or names. `adoptsim.sweeps.results.load_series` reads them.
    time_limit
        Seconds after which a run is given up and written down as failed.
    executor
        Does the runs instead of threads: any ``concurrent.futures.Executor``.
    dask, certificates
        Address or scheduler file of a Dask cluster that does the runs, and for ``tls://`` its certificates; or a
        ``distributed.Client``, connected.

    Returns
    -------
    pandas.DataFrame
        As `adoptsim.sweeps.results.point_frame` has it; ``attrs["failed"]`` counts runs that failed.

    Raises
    ------
    InputError
        If the experiment cannot be run, or the file is not this sweep's; an ``EngineLost`` if whoever does the runs goes.
    SweepInterrupted
        On Ctrl-C, within a second or two; where something else has made Ctrl-C leave the program, it leaves as cleanly.
    """
    from adoptsim.sweeps.results import point_frame  # brings pandas: half a second that a refusal need not wait for

    _check_numbers(seed, replicates, threads)
    if certificates is not None:
        from adoptsim.sweeps.cluster import check_certificates

        check_certificates(dask, certificates)
    wanted = _precision(experiment, precision, precision_of, replicates)
    plan = make_plan(experiment, seed=seed, replicates=replicates, precision=wanted)
    setting = setting_of(plan, _measures_of(experiment, wanted), _series_of(series), _positive(time_limit, "time_limit"))
    where = Where(n_threads(threads), executor, dask, certificates)
    see_that_it_can_run(plan)
    meta = describe(plan, setting.measures, setting.series)  # reads the organisation: before there is a file
    with open_store(out) as store:
        prepare(store, plan, meta)
        _Sweep(plan, store, setting, _both(progress, watch)).run(where)
        return point_frame(store.connection)


def _check_numbers(seed: int | None, replicates: int | None, threads: int | None) -> None:
    """Raise ``InputError`` with every number that no sweep can have."""
    problems = []
    for name, value, least in (("seed", seed, 0), ("replicates", replicates, 1), ("threads", threads, 1)):
        if value is not None and value < least:
            problems.append(Problem(f"{value} is below {least}; give {least} or more", name))
    if seed is not None and seed > MOST_SEED:
        problems.append(Problem(f"{seed} is above {MOST_SEED}; give a whole number from 0 to that", "seed"))
    if problems:
        raise InputError(*problems)


def _both(progress: Progress | None, watch: Watch | None) -> Watch:
    """Return who tells of a status: the one, the other or both."""

    def tell(status: Status) -> None:
        if progress is not None:
            progress(status.done + status.failed, status.total)
        if watch is not None:
            watch(status)

    return tell


def _precision(experiment: Experiment, target: float | None, asked: str | None, most: int | None) -> Precision | None:
    target, outcome = experiment.precision if target is None else target, asked or experiment.precision_of
    if target is None:
        if asked is not None:
            said = "is the measure of a precision, and none is given; give a precision too, or leave it out"
            raise InputError(Problem(said, "precision_of"))
        return None
    if outcome not in MEASURES:
        raise InputError(Problem(f"unknown measure {outcome!r}{nearest(outcome, MEASURES)}", "precision_of"))
    fixed = most or experiment.replicates
    return Precision(_positive(target, "precision") or 0.0, outcome, most or MOST_REPLICATES, fixed)


def _positive(value: float | None, field: str) -> float | None:
    if value is not None and not 0.0 < value < float("inf"):
        raise InputError(Problem(f"{value:g} is not above 0; give a number above 0", field))
    return value


def _series_of(asked: bool | Sequence[str]) -> tuple[str, ...]:
    if isinstance(asked, bool):
        return SERIES if asked else ()
    unknown = [name for name in asked if name not in KNOWN_SERIES]
    if unknown:
        raise InputError(*(Problem(f"unknown series {name!r}{nearest(name, KNOWN_SERIES)}", "series") for name in unknown))
    return tuple(asked)


def _measures_of(experiment: Experiment, precision: Precision | None) -> tuple[str, ...]:
    """Return the outcomes to keep, in the model's order; whether critical mass is reached is always among them."""
    if experiment.measure is None:
        return MEASURES
    always = (REACHED, precision.outcome) if precision is not None else (REACHED,)
    return tuple(name for name in MEASURES if name in experiment.measure or name in always)


@dataclass
class _Pace:
    """How many runs make a chunk: what takes about so many seconds, less towards the end, so that all end together."""

    chunk_seconds: float
    seconds_a_run: float | None = None

    def chunk(self, left: int, slots: int) -> int:
        """Return the size of the next chunk, of the runs left to hand out."""
        if self.seconds_a_run is None:
            return 1
        by_time = int(self.chunk_seconds / max(self.seconds_a_run, 1e-6))
        fair = -(-left // (CHUNKS_IN_FLIGHT * slots))
        return max(1, min(by_time, fair, MOST_RUNS_A_CHUNK))

    def measured(self, results: Sequence[Run | Failure]) -> None:
        """Learn from a finished chunk."""
        seconds = [result.seconds for result in results if isinstance(result, Run)]
        if seconds:
            mean = sum(seconds) / len(seconds)
            self.seconds_a_run = mean if self.seconds_a_run is None else 0.5 * (self.seconds_a_run + mean)


class _Sweep:
    """A sweep while it runs: hands out chunks, writes down what comes back."""

    def __init__(self, plan: Plan, store: Store, setting: Setting, tell: Watch) -> None:
        self.plan, self.store, self.setting, self.tell = plan, store, setting, tell
        finished, outcome = store.finished(), plan.precision.outcome if plan.precision else REACHED
        self.schedule = schedule_of(plan, finished, setting.measures, store.known(outcome))
        self.place = reached_place(setting.measures)
        self.observer = Observer(plan, len(finished), store.known(REACHED))
        self.handed_out = len(finished)
        self.waiting: dict[Future[Results], Task] = {}
        self.compared: dict[Future[Results], Run] = {}
        self.told_at, self.slots = time.monotonic(), 1
        self.again: deque[Task] = deque()  # chunks that a lost worker had, run by run

    def run(self, where: Where) -> None:
        """Do all runs that are not finished."""
        try:
            with noted(self.store, where.words), engine_of(self.setting, where) as engine:
                try:
                    self._see_that_bits_are_the_same(engine)
                    self._tell()
                    self._hand_out(engine)
                    self.store.note("ended", now())
                except BaseException:
                    self._stop(engine)
                    raise
        except KeyboardInterrupt:
            raise SweepInterrupted(self._how_to_go_on("stopped")) from None
        except SystemExit as leaving:  # what Ctrl-C becomes where dask-jobqueue is imported
            raise SystemExit(leaving.code or self._how_to_go_on("stopped")) from None

    def _see_that_bits_are_the_same(self, engine: Engine) -> None:
        """Do some finished runs again, where the others will be done: each by itself, so on two machines if there are."""
        for before in self.store.some_runs(RUNS_DONE_AGAIN, self.plan):
            self.compared[self._submit(engine, self._task((before.job,)))] = before
        while self.compared:
            for future in self._back(engine, self.compared):
                before = self.compared.pop(future)
                try:
                    for again in self._result(engine, future):
                        check_same(self.store, before, again)
                except _WorkerDied as death:
                    said = f"the workers that did a finished run again died of it ({death}); see that they are well"
                    raise EngineLost(Problem(self._how_to_go_on(said))) from None

    def _hand_out(self, engine: Engine) -> None:
        """Keep a bounded number of chunks in flight until nothing is left to do."""
        pace = _Pace(engine.chunk_seconds)
        while True:
            self.slots = slots = engine.slots
            while len(self.waiting) < CHUNKS_IN_FLIGHT * slots and (task := self._next(pace, slots)):
                self.waiting[self._submit(engine, task)] = task
            if not self.waiting:
                return
            if back := self._back(engine, self.waiting):
                for future in back:
                    self._keep(engine, future, pace)
                self._tell()

    def _back(self, engine: Engine, chunks: Iterable[Future[Results]]) -> set[Future[Results]]:
        """Return what is back, nothing if nothing is soon; tells now and then also while nothing comes back."""
        back, _ = wait(chunks, timeout=WAKE_SECONDS, return_when=FIRST_COMPLETED)
        if not back and (why := engine.why_lost(None)):
            raise EngineLost(Problem(self._how_to_go_on(why)))
        if not back and time.monotonic() - self.told_at >= SILENT_SECONDS:
            self._tell(engine.missing())
        return back

    def _submit(self, engine: Engine, task: Task) -> Future[Results]:
        try:
            return engine.submit(task)
        except Exception as error:  # such as that of an executor that has been shut down
            raise EngineLost(Problem(self._how_to_go_on(engine.why_lost(error) or str(error)))) from None

    def _next(self, pace: _Pace, slots: int) -> Task | None:
        if self.again:
            return self.again.popleft()
        jobs = self.schedule.take(pace.chunk(self.schedule.total - self.handed_out, slots))
        self.handed_out += len(jobs)
        return self._task(jobs) if jobs else None

    def _task(self, jobs: tuple[Job, ...]) -> Task:
        points = {job.point_key: self.plan.point(job.point_key) for job in jobs}
        return Task(self.setting, {key: (point.factors, point.organisation) for key, point in points.items()}, jobs)

    def _keep(self, engine: Engine, future: Future[Results], pace: _Pace) -> None:
        task = self.waiting[future]
        try:
            results = self._result(engine, future)
        except _WorkerDied as death:
            if len(task.jobs) > 1:
                self.again.extend(self._task((job,)) for job in task.jobs)
                results = []
            else:
                results = [Failure(task.jobs[0], f"WorkerDied: {death}", "the workers that did this run died of it")]
        self.store.add(results)
        del self.waiting[future]
        pace.measured(results)
        self.schedule.took(results)
        self.observer.took(results, self.place)

    def _result(self, engine: Engine, future: Future[Results]) -> Results:
        """Return what a chunk gave; raises what is the sweep's end."""
        try:
            return future.result()
        except InputError:
            raise
        except Exception as error:
            if why := engine.why_lost(error):
                raise EngineLost(Problem(self._how_to_go_on(why))) from None
            raise _WorkerDied(str(error)) from None

    def _stop(self, engine: Engine) -> None:
        """End after the runs that are under way, and keep what they give."""
        begun = engine.stop([*self.waiting, *self.compared])
        with suppress(TimeoutError):  # so many are under way at a time; on a cluster the others may not have begun
            deque(islice(as_completed(begun, timeout=STOP_SECONDS), self.slots), maxlen=0)
        for future in begun:
            future.cancel()
        over = [future for future in begun if future in self.waiting and future.done() and not future.cancelled()]
        over = [future for future in over if future.exception() is None]
        results = [result for future in over for result in future.result()]
        self.store.add(results)
        self.observer.took(results, self.place)

    def _tell(self, missing: str = "") -> None:
        self.told_at = time.monotonic()
        self.tell(self.observer.status(self.schedule.total, missing))

    def _how_to_go_on(self, what: str) -> str:
        done = f"{what} after {self.observer.done:,} of {self.schedule.total:,} runs"
        if self.store.path is None:
            return f"{done}; nothing is kept, as no file was given (out=...)"
        return f"{done}; they are kept in {self.store.path}: start the same sweep again, and it goes on from there"


class _WorkerDied(Exception):  # noqa: N818  # what happened, not what is wrong
    """The workers of a chunk died again and again."""

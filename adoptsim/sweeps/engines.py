"""Who does the chunks: threads of this process, any ``concurrent.futures.Executor``, or a Dask cluster."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from adoptsim.domain.errors import InputError, Problem
from adoptsim.sweeps.work import Results, Setting, Task, Worker, run_task

if TYPE_CHECKING:
    from adoptsim.sweeps.cluster import Certificates


class EngineLost(InputError):  # noqa: N818  # an InputError by what it means: nothing can go on, and the message says how
    """Whoever does the runs has gone: what came back is kept."""


class Engine(Protocol):
    """Does chunks, several at a time."""

    chunk_seconds: float

    @property
    def slots(self) -> int:
        """Return how many chunks are done at a time."""

    def submit(self, task: Task) -> Future[Results]:
        """Hand out a chunk."""

    def why_lost(self, error: BaseException | None) -> str:
        """Return why nothing can be done any more, or nothing; ``error``: what a chunk ended with, if one did."""

    def missing(self) -> str:
        """Return what it waits for before anything can be done, or nothing."""

    def stop(self, chunks: Iterable[Future[Results]]) -> list[Future[Results]]:
        """Begin nothing more, and let what is under way end soon; return the chunks that may still come back."""


@dataclass
class Threads:
    """Threads over a kernel that releases the interpreter lock: no process to lose, nothing to send."""

    worker: Worker
    slots: int
    chunk_seconds = 0.5
    _pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.slots, thread_name_prefix="sweep")

    def submit(self, task: Task) -> Future[Results]:
        """Hand out a chunk."""
        return self._pool.submit(self.worker.do, task)

    def why_lost(self, error: BaseException | None) -> str:
        """Threads are not lost."""
        return ""

    def missing(self) -> str:
        """Return nothing: threads are always there."""
        return ""

    def stop(self, chunks: Iterable[Future[Results]] = ()) -> list[Future[Results]]:
        """End after the runs that are under way, or without those that don't end: the worker leaves them behind."""
        begun = [chunk for chunk in chunks if not chunk.cancel()]
        self.worker.stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        return begun


@dataclass
class Handed:
    """An executor that somebody has handed in, and closes."""

    executor: Executor
    slots: int
    chunk_seconds = 0.5

    def submit(self, task: Task) -> Future[Results]:
        """Hand out a chunk."""
        return self.executor.submit(run_task, task)

    def why_lost(self, error: BaseException | None) -> str:
        """Whatever a chunk ends with that no run has raised, the executor has."""
        return f"the executor cannot do the runs: {type(error).__name__}: {error}" if error is not None else ""

    def missing(self) -> str:
        """Return nothing: an executor does not say."""
        return ""

    def stop(self, chunks: Iterable[Future[Results]]) -> list[Future[Results]]:
        """Chunks that have begun end by themselves, within about half a second."""
        return [chunk for chunk in chunks if not chunk.cancel()]


@dataclass(frozen=True)
class Where:
    """Where runs are to be done: in threads, unless an executor or a Dask scheduler is named."""

    threads: int
    executor: Executor | None = None
    dask: Any = None
    """Address, scheduler file, or a connected ``distributed.Client``."""
    certificates: Certificates | None = None

    @property
    def words(self) -> str:
        """Return it in a few words."""
        if self.dask is not None:
            return f"Dask at {address_of(self.dask)}"
        if self.executor is not None:
            return f"executor {type(self.executor).__name__}"
        return f"{self.threads} thread{'s' if self.threads > 1 else ''}"


def address_of(dask: Any) -> str:
    """Return where a Dask cluster is: an address or a scheduler file as given, of a client its scheduler's address."""
    if isinstance(dask, str | os.PathLike):
        return os.fspath(dask)
    if not hasattr(dask, "get_executor"):
        raise InputError(
            Problem(f"{dask!r} is no cluster; give an address, a scheduler file or a distributed.Client", "dask")
        )
    return str(dask.scheduler.address)


@contextlib.contextmanager
def engine_of(setting: Setting, where: Where) -> Iterator[Engine]:
    """Give what does the runs; raises ``InputError`` where it cannot be reached."""
    if where.dask is not None:
        from adoptsim.sweeps.cluster import connected

        with connected(where.dask, setting.versions, where.certificates) as engine:
            yield engine
    elif where.executor is not None:
        yield Handed(where.executor, getattr(where.executor, "_max_workers", None) or where.threads)
    else:
        threads = Threads(Worker(setting), where.threads)
        try:
            yield threads
        finally:
            threads.stop()

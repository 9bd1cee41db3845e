"""Who does the chunks: threads of this process, any ``concurrent.futures.Executor``, or a Dask cluster."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from adoptsim.domain.errors import InputError
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

    def stop(self) -> None:
        """Begin nothing more, and let what is under way end soon."""


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

    def stop(self) -> None:
        """End after the runs that are under way."""
        self.worker.stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


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

    def stop(self) -> None:
        """Chunks that have begun end by themselves, within about half a second."""


@dataclass(frozen=True)
class Where:
    """Where runs are to be done: in threads, unless an executor or a Dask scheduler is named."""

    threads: int
    executor: Executor | None = None
    dask: str | os.PathLike[str] | None = None
    certificates: Certificates | None = None


@contextlib.contextmanager
def engine_of(setting: Setting, where: Where) -> Iterator[Engine]:
    """Give what does the runs; raises ``InputError`` where it cannot be reached."""
    if where.dask is not None:
        from adoptsim.sweeps.cluster import connected

        with connected(where.dask, setting.model_version, where.certificates) as engine:
            yield engine
    elif where.executor is not None:
        yield Handed(where.executor, getattr(where.executor, "_max_workers", None) or where.threads)
    else:
        threads = Threads(Worker(setting), where.threads)
        try:
            yield threads
        finally:
            threads.stop()

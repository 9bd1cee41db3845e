"""One room while it runs: actions are kept before they count, views go out as they change, the reckoning runs beside.

One loop, one writer: whatever waits together is written together, and nothing is answered before it is on the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from adoptsim.domain.errors import InputError
from adoptsim.simulation import Stopped
from adoptsim.workshop.actions import Action, Inputs, Reckon, Refused
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.room import Room
from adoptsim.workshop.state import Opened, State, Turned, after
from adoptsim.workshop.store import Entry, Store
from adoptsim.workshop.views import Links, Role, Surroundings, for_everybody, view

MOST_AT_ONCE = 256
PAUSE_SECONDS = 0.25
"""A page is told at most so often; what happens in between comes together."""
NUMBERS_SECONDS = 2.0
"""A phone on which nothing changes is told at most so often that others have done something."""
PING_SECONDS = 12.0
LOST_SECONDS = 10.0
"""Somebody without a connection for so long is shown as away."""
AGAIN_SECONDS = 5.0
LEAVING_SECONDS = 2.0
NICENESS = 10
PREPARE = "prepare"
log = logging.getLogger(__name__)


class NotKept(Exception):  # noqa: N818  # the disk's fault, not the program's
    """An action that could not be written, so it does not count."""


class Reckoner(Protocol):
    """Computes what the room's rounds come to; every method returns what JSON knows, and may raise ``Stopped``."""

    def prepare(self, plan: Workshop, number: int, *, stop: threading.Event) -> None:
        """Compute what does not depend on anybody's decision."""

    def results(
        self, plan: Workshop, number: int, decisions: dict[str, Any], guesses: dict[str, Any], *, stop: threading.Event
    ) -> Mapping[str, Any]:
        """Return the results of a round."""

    def debrief(
        self, plan: Workshop, number: int, decisions: dict[str, Any], results: Mapping[str, Any], *, stop: threading.Event
    ) -> Mapping[str, Any]:
        """Return why they are so."""


@dataclass(frozen=True)
class _Job:
    number: int
    part: str
    inputs: Inputs | None = None


class Host:
    """A room, its file and who is connected. All of it belongs to one event loop."""

    def __init__(self, room: Room, store: Store, links: Links, reckoner: Reckoner | None) -> None:
        self.room, self.store, self.links, self._reckoner = room, store, links, reckoner
        self.state = store.state()
        self.closing = asyncio.Event()
        self._queue: asyncio.Queue[tuple[Action, asyncio.Future[State]]] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._wake = asyncio.Event()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="workshop-file")
        self._connected: Counter[str] = Counter()
        self._left_at: dict[str, float] = {}
        self._prepared: set[int] = set()
        self._failed: _Job | None = None
        self.problem = ""
        self._everybody: tuple[State | None, bool, dict[str, Any]] = (None, False, {})
        self._said = ""
        self._stop = threading.Event()

    # -- running

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write and compute until this is left; what has been taken in by then is written."""
        writing = asyncio.create_task(self._write())
        computing = asyncio.create_task(self._compute()) if self._reckoner is not None else None
        self._wake.set()
        try:
            yield
        finally:
            self.close()
            for task in (computing, writing):
                if task is not None:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task
            await asyncio.to_thread(self._disk.shutdown)

    def close(self) -> None:
        """End every page's stream and the computing."""
        self.closing.set()
        self._stop.set()
        self._tell()

    # -- actions

    async def do(self, action: Action) -> State:
        """Return the state after an action that is on the disk; raises ``Refused`` or ``NotKept``."""
        done: asyncio.Future[State] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((action, done))
        return await done

    async def _write(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty() and len(batch) < MOST_AT_ONCE:
                batch.append(self._queue.get_nowait())
            writing = asyncio.create_task(self._write_batch(batch))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await writing
                raise

    async def _write_batch(self, batch: list[tuple[Action, asyncio.Future[State]]]) -> None:
        state, entries, waiting = self.state, list[Entry](), list[asyncio.Future[State]]()
        for action, done in batch:
            try:
                state, made = self._after(state, action)
            except Exception as error:
                _fail(done, error)
            else:
                entries += made
                waiting.append(done)
        try:
            if entries:
                await asyncio.get_running_loop().run_in_executor(self._disk, self.store.append, entries)
        except Exception as error:
            self._say_once(f"actions do not count, phones send them again: {error}")
            for done in waiting:
                _fail(done, NotKept(str(error)) if isinstance(error, InputError) else error)
            return
        if entries and self._said:
            self._say_once("")
            log.warning("adoptsim: actions are kept and count again")
        self.state = state
        if any(isinstance(event, Turned | Opened) for event, _, _ in entries):
            self._failed, self.problem = None, ""  # the trainer has another try
        for done in waiting:
            if not done.done():
                done.set_result(state)
        if entries:
            self._tell()
            self._wake.set()

    def _say_once(self, what: str) -> None:
        """Tell the trainer's terminal; a hundred phones that try again are one line."""
        if what and what != self._said:
            log.error("adoptsim: %s", what)
        self._said = what

    def _after(self, state: State, action: Action) -> tuple[State, list[Entry]]:
        at, entries = time.time(), list[Entry]()
        request = action.request
        for event in self.room.act(state, action):
            state = after(state, event, at=at, request=request)
            entries.append((event, at, request))
            request = ""
        return state, entries

    # -- views

    def view(self, role: Role, person: str = "") -> dict[str, Any]:
        """Return what somebody is told now; what all are told is made once for all."""
        computing = self.room.due(self.state) is not None and not self._failed
        here = {one for one, n in self._connected.items() if n} | set(self._left_at) if role != "participant" else ()
        around = Surroundings(self.links, here, computing, self.problem, self.store.identity.id)
        known, known_computing, everybody = self._everybody
        if known is not self.state or known_computing != computing:
            everybody = for_everybody(self.room, self.state, around)
            self._everybody = (self.state, computing, everybody)
        return view(self.room, self.state, role, around, person, everybody)

    async def views(self, role: Role, person: str) -> AsyncIterator[str]:
        """Yield a page's events for as long as it is there: each view that differs from the last, or a sign of life."""
        told, told_at = ("", ""), 0.0
        with self._being_here(person):
            yield "retry: 1000\n\n"
            while not self.closing.is_set():
                changed, now = self._changed, time.monotonic()
                gist, numbers = self._written(role, person)
                waits = told_at + NUMBERS_SECONDS - now if role == "participant" and gist == told[0] else 0.0
                if (gist, numbers) != told and waits <= 0.0:
                    told, told_at = (gist, numbers), now
                    yield f'event: view\ndata: {gist[:-1]},{numbers[1:-1]},"now":{time.time():.3f}}}\n\n'
                is_told = (gist, numbers) == told
                try:
                    async with asyncio.timeout(PING_SECONDS if is_told else waits):
                        await changed.wait()
                except TimeoutError:
                    if is_told:
                        yield ": here\n\n"
                    continue
                await asyncio.sleep(max(0.0, told_at + PAUSE_SECONDS - time.monotonic()))

    def _written(self, role: Role, person: str) -> tuple[str, str]:
        """Return a view as JSON in two parts: what a phone shows, and numbers that change with what anybody does."""
        shown = self.view(role, person)
        numbers = {name: shown.pop(name) for name in ("version", "counts")}
        gist, rest = (json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in (shown, numbers))
        return gist, rest

    @contextlib.contextmanager
    def _being_here(self, person: str) -> Any:
        if not person:
            yield
            return
        self._connected[person] += 1
        self._left_at.pop(person, None)
        if self._connected[person] == 1:
            self._tell()
        try:
            yield
        finally:
            self._connected[person] -= 1
            if not self._connected[person]:
                del self._connected[person]
                self._left_at[person] = time.monotonic()
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    asyncio.get_running_loop().call_later(LOST_SECONDS, self._forget, person)

    def _forget(self, person: str) -> None:
        left = self._left_at.get(person)
        if left is not None and time.monotonic() - left >= LOST_SECONDS - 0.1:
            del self._left_at[person]
            self._tell()

    def _tell(self) -> None:
        """Wake every page's stream."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    # -- computing

    def _wanted(self) -> _Job | None:
        """Return what is to be computed now: what the room waits for, then what it will need."""
        due = self.room.due(self.state)
        if due is not None:
            job = _Job(*due, self.room.inputs(self.state, due[0]))
            return None if self._failed == job else job
        number = self.room.step(self.state).round or 0
        return None if number in self._prepared else _Job(number, PREPARE)

    async def _compute(self) -> None:
        while not self.closing.is_set():
            await self._wake.wait()
            self._wake.clear()
            while not self.closing.is_set() and (job := self._wanted()) is not None:
                await self._compute_one(job)

    async def _compute_one(self, job: _Job) -> None:
        self._tell()
        self._stop = stop = threading.Event()
        state = self.state
        computed = _in_thread(lambda: self._run(job, state, stop))
        try:
            while not computed.done():
                self._wake.clear()
                woken = asyncio.create_task(self._wake.wait())
                either: set[asyncio.Future[Any]] = {computed, woken}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
                if not computed.done() and self._wanted() != job:
                    stop.set()
            await self._keep(job, await computed)
        except Stopped:
            return
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait({computed}, timeout=LEAVING_SECONDS)
            raise
        except Exception as error:
            self._note_failure(job, error)
        self._tell()

    def _run(self, job: _Job, state: State, stop: threading.Event) -> Mapping[str, Any]:
        reckoner = self._reckoner
        assert reckoner is not None
        if job.inputs is None:
            reckoner.prepare(self.room.plan, job.number, stop=stop)
            return {}
        if job.part == "results":
            return reckoner.results(self.room.plan, job.number, job.inputs.decisions, job.inputs.guesses, stop=stop)
        known = state.outcome[job.number, "results"]
        return reckoner.debrief(self.room.plan, job.number, job.inputs.decisions, known, stop=stop)

    async def _keep(self, job: _Job, body: Mapping[str, Any]) -> None:
        if job.inputs is None:
            self._prepared.add(job.number)
            return
        json.dumps(body, allow_nan=False)  # what can't be written must not reach the file
        while not self.closing.is_set():
            try:
                await self.do(Reckon(job.number, job.part, job.inputs, body))
                return
            except Refused:
                return
            except NotKept:
                await asyncio.sleep(AGAIN_SECONDS)

    def _note_failure(self, job: _Job, error: Exception) -> None:
        if job.inputs is None:  # it is only not ready before it is asked for
            self._prepared.add(job.number)
            return
        said = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        self._failed = job
        self.problem = f"The {job.part} of round {job.number + 1} could not be computed: {said}"
        log.error("adoptsim: %s", self.problem)


def _fail(done: asyncio.Future[State], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)


def _in_thread(work: Callable[[], Mapping[str, Any]]) -> asyncio.Future[Mapping[str, Any]]:
    """Return the future result of work in a thread that doesn't keep the program from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Mapping[str, Any]] = loop.create_future()

    def settle(result: Mapping[str, Any], error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result: Mapping[str, Any] = {}
        failed: BaseException | None = None
        _give_way()
        try:
            result = work()
        except BaseException as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, daemon=True, name="workshop-reckoning").start()
    return done


def _give_way() -> None:
    """Let this thread, and those that it starts, have what the room's pages leave of the processors."""
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)

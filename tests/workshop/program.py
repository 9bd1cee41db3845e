"""`adoptsim workshop` in a process of its own, and simulated phones that take part in it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import adoptsim
from adoptsim import files
from adoptsim.workshop.rehearse import Phone
from tests.workshop.rooms import PLAN, A, B, use
from tests.workshop.serving import Client, until

T = TypeVar("T")


@dataclass
class Program:
    """`adoptsim workshop`, started in a folder of its own."""

    folder: Path
    process: subprocess.Popen[str] | None = None
    found: dict[str, str] | None = None

    @property
    def file(self) -> Path:
        return self.folder / "x.db"

    def start(self, *more: str) -> None:
        command = [sys.executable, "-m", "adoptsim.cli", "workshop", "small.yaml", "--file", "x.db", "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--no-open", "--json", *more],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(adoptsim.__file__).parent.parent)},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        self.found = json.loads(line)

    def end(self, how: signal.Signals) -> tuple[int, str]:
        assert self.process is not None
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said

    @property
    def trainer(self) -> Client:
        assert self.found is not None
        parts = urlsplit(self.found["facilitator"])
        browser = Client(parts.port or 0)
        until(lambda: _answers(browser, f"{parts.path}?{parts.query}"))
        return browser

    def go(self, phase: str) -> None:
        trainer = self.trainer
        while trainer.view("facilitator")["phase"] != phase:
            assert trainer.post("/api/facilitator", action="next")[0] == 200

    def events(self, kind: str) -> int:
        with sqlite3.connect(f"{self.file.as_uri()}?mode=ro", uri=True) as connection:
            ((n,),) = connection.execute("SELECT count(*) FROM event WHERE kind = ?", (kind,))
        connection.close()
        return int(n)


def _answers(browser: Client, path: str) -> bool:
    with suppress(OSError):
        return browser.get(path)[0] == 200
    return False


@contextmanager
def program_in(folder: Path) -> Iterator[Program]:
    """Give the command in a folder with a small workshop, and kill what still runs afterwards."""
    folder.mkdir(exist_ok=True)
    plan = PLAN.model_dump(mode="json", exclude_defaults=True)
    (folder / "tiny.yaml").write_text(
        "name: tiny\ntitle: Sixty people\norganisation: {people: 60}\npractices: {critical_mass: true}\n"
    )
    for each in plan["rounds"]:
        each["scenario"] = "tiny.yaml"
    plan["rounds"][0]["decide"]["budget"] = 10_000  # hours as the model counts them, not those of the menu by hand
    (folder / "small.yaml").write_text(files.yaml_text(plan))
    program = Program(folder)
    try:
        yield program
    finally:
        if program.process is not None and program.process.poll() is None:
            program.process.kill()
            program.process.communicate()


async def crowd(program: Program, n: int) -> list[Phone]:
    """Return phones of people who have joined, all at once."""
    assert program.found is not None
    phones = [Phone(program.found["participants"]) for _ in range(n)]
    await asyncio.gather(*(join(program, phone, place) for place, phone in enumerate(phones)))
    return phones


async def join(program: Program, phone: Phone, place: int) -> float:
    """Let somebody join, and return how long it took."""
    assert program.found is not None
    return await timed(phone.post("/api/join", code=program.found["code"], nickname=f"P{place}", team=None))


def aside(function: Callable[..., T], *given: Any) -> T:
    """Return what a function returns, in a thread that nothing waits for: browser tests leave a loop in this one."""
    ended: Future[T] = Future()

    def run() -> None:
        try:
            ended.set_result(function(*given))
        except BaseException as error:
            ended.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return ended.result()


def played(course: Coroutine[Any, Any, T]) -> T:
    """Return what a course of events ends with."""
    return aside(asyncio.run, course)


async def following(phones: list[Phone]) -> list[asyncio.Task[None]]:
    """Let each phone follow the room; return the tasks once each has its first view."""

    async def follow(phone: Phone) -> None:
        async for _ in phone.views():
            pass

    tasks = [asyncio.create_task(follow(phone)) for phone in phones]
    while not all(phone.view for phone in phones):
        await asyncio.sleep(0.05)
    return tasks


async def timed(action: Awaitable[tuple[int, Any]]) -> float:
    began = time.perf_counter()
    status, said = await action
    assert status == 200, said
    return time.perf_counter() - began


async def answer_all(phones: list[Phone], luck: random.Random, within: float, share: int = 40) -> list[float]:
    """Let everybody answer three questions at moments of their own."""

    async def answer(phone: Phone, key: str, value: Any) -> float:
        await asyncio.sleep(luck.uniform(0.0, within))
        return await timed(phone.post("/api/guess", round=1, key=key, value=value))

    answers = [("lasts", ("yes", "no")[share % 2]), ("share", share), ("best", (A, B)[share % 2])]
    return await asyncio.gather(*(answer(phone, key, value) for phone in phones for key, value in answers))


async def decide_once(phone: Phone) -> list[float]:
    """Change the team's decision, looking at the newest as often as somebody else was quicker; return what each try took."""
    took: list[float] = []
    while True:
        while phone.view.get("phase") != "decide":
            await asyncio.sleep(0.05)
        shown = phone.view["decision"]
        chosen = {row["key"] for row in shown["practices"] if row["strength"]}
        practices = use(B) if A in chosen else use(A)
        began = time.perf_counter()
        status, said = await phone.post("/api/decide", round=1, revision=shown["revision"], practices=practices)
        took.append(time.perf_counter() - began)
        if status == 200:
            return took
        assert status == 429 or "has changed" in said["error"], said
        await asyncio.sleep(0.2)

"""Many at once: visitors who move sliders over the page's own protocol, and what each waits for and costs the server.

``python -m tests.browser.load --sessions 30 --moves 8`` starts a server, and prints what it found.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import websockets

from adoptsim.domain.practices import PRACTICES

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds that a visitor waits for anything before the measurement fails."""
MOVED = ("safe_space", "act_on_contributions", "culture_of_voice", "negative_comments")
PAUSE = 2.0
"""Seconds from one move to the next, on average: looking, then moving on."""


@contextmanager
def served(*, store: str = "") -> Iterator[tuple[str, int]]:
    """Serve the page on a free port as the command does; give its address and the server's process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "adoptsim.cli", "ui", "--port", "0", "--no-open", "--store"]
        server = subprocess.Popen(
            [*command, store or str(Path(folder) / "scenarios.db")], cwd=ROOT, text=True, stderr=subprocess.PIPE
        )
        assert server.stderr is not None
        said = server.stderr.readline()
        assert said.startswith("adoptsim is at http://127.0.0.1:"), said
        try:
            yield said.split()[-1], server.pid
        finally:
            server.terminate()
            try:
                server.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.communicate()


def memory_mb(process: int) -> float:
    """Return how much memory a process holds that it shares with nobody else's, in MB (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024.0
    raise ValueError(process)


def cpu_seconds(process: int) -> float:
    """Return how long processors worked for a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kernels(url: str) -> int:
    """Return how many visits the server holds."""
    with urllib.request.urlopen(f"{url}resourcez") as answer:
        return int(json.load(answer)["kernels"]["total"])


@dataclass
class Waits:
    """Seconds until something was redrawn after a move, and until all was computed."""

    first: list[float] = field(default_factory=list)
    full: list[float] = field(default_factory=list)


class Visitor:
    """Somebody at the page, without a browser: hears what its parts are told, and does what its controls do."""

    def __init__(self, url: str, query: str) -> None:
        self._url, self._query = url, query
        self._kernel, self._page = str(uuid.uuid4()), str(uuid.uuid4())
        self._parts: dict[str, dict[str, Any]] = {}
        self._heard = asyncio.Event()
        self.waits = Waits()

    async def __aenter__(self) -> Visitor:
        """Open the page and wait until it is answered."""
        there = f"{self._url.replace('http', 'ws', 1)}jupyter/api/kernels/{self._kernel}/channels?session_id={self._page}"
        origin = websockets.Origin(self._url.rstrip("/"))
        self._socket = await websockets.connect(there, max_size=None, origin=origin, open_timeout=PATIENCE)
        self._listening = asyncio.create_task(self._listen())
        control = uuid.uuid4().hex
        await self._send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        themes = {"light": {}, "dark": {}}
        args = {"path": f"/?{self._query}", "appName": "", "dark": False, "themes": themes}
        await self._send("comm_msg", {"comm_id": control, "data": {"method": "run", "args": args}})
        await self._until(lambda: self.bar.get("status", {}).get("computing") is False)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the page as a browser does: it tells the server, and hangs up."""
        await self._socket.close()
        self._listening.cancel()
        there = f"{self._url}_solara/api/close/{self._kernel}?session_id={self._page}"
        await asyncio.to_thread(urllib.request.urlopen, urllib.request.Request(there, method="POST"))

    @property
    def bar(self) -> dict[str, Any]:
        """Return what the bar is told: the link's query, and how far the computing is."""
        return self._told("can_undo")

    @property
    def query(self) -> str:
        """Return the link of what is shown."""
        return str(self.bar["query"])

    async def move(self, name: str, value: int) -> None:
        """Move a slider and note how long its redrawing takes."""
        began = time.perf_counter()
        await self._do("standing", "change", {"what": "intensity", "name": name, "value": value})
        wanted = re.compile(rf"p{PRACTICES[name].number}:{value}(?!\d)")
        await self._until(lambda: wanted.search(self.query) is not None and self.bar["status"]["runs"] > 0)
        self.waits.first.append(time.perf_counter() - began)
        await self._until(lambda: not self.bar["status"]["computing"])
        self.waits.full.append(time.perf_counter() - began)

    async def bring(self, **texts: str) -> None:
        """Bring small files, ``people_csv`` as people.csv, and wait until they are read."""
        contents = [text.encode() for text in texts.values()]
        names = [name.replace("_", ".") for name in texts]
        offered = [{"name": name, "size": len(each)} for name, each in zip(names, contents, strict=True)]
        await self._do("standing", "offer", offered)
        for place, content in enumerate(contents):
            await self._until(lambda place=place: self._told("upload")["upload"]["next"] == [place, 0])
            piece = {"number": self._told("upload")["upload"]["number"], "file": place, "offset": 0}
            await self._do("standing", "piece", piece | {"data": base64.b64encode(content).decode()})
        await self._until(lambda: ",o" in self.query)

    async def use(self, moves: int, chance: random.Random) -> None:
        """Move sliders, with pauses."""
        for _ in range(moves):
            await asyncio.sleep(chance.uniform(0.0, 2.0 * PAUSE))
            await self.move(chance.choice(MOVED), chance.randrange(1, 100))

    def _told(self, trait: str) -> dict[str, Any]:
        return next((state for state in self._parts.values() if trait in state), {})

    async def _do(self, trait: str, event: str, data: Any) -> None:
        part = next(name for name, state in self._parts.items() if trait in state)
        content = {"event": event, "data": data}
        await self._send("comm_msg", {"comm_id": part, "data": {"method": "custom", "content": content}})

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self._page, "username": "", "version": "5.2"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self._socket.send(json.dumps(message | {"buffers": []}))

    async def _listen(self) -> None:
        async for text in self._socket:
            message = json.loads(text) if isinstance(text, str) else _unpacked(text)
            content = message["content"]
            if message["header"]["msg_type"] == "comm_open":
                self._parts[content["comm_id"]] = dict(content["data"].get("state", {}))
            elif message["header"]["msg_type"] == "comm_msg" and content["data"].get("method") == "update":
                self._parts.setdefault(content["comm_id"], {}).update(content["data"]["state"])
            elif message["header"]["msg_type"] == "comm_close":
                self._parts.pop(content["comm_id"], None)
            self._heard.set()

    async def _until(self, holds: Any) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            raise AssertionError(f"nothing more was heard; the last was {self.bar}") from None


def _unpacked(packed: bytes) -> dict[str, Any]:
    """Return the message of a binary frame: a count, offsets, then parts, of which the first is the message."""
    count = int.from_bytes(packed[:4], "big")
    places = [int.from_bytes(packed[4 * at : 4 * at + 4], "big") for at in range(1, count + 1)]
    found: dict[str, Any] = json.loads(packed[places[0] : places[1] if count > 1 else None])
    return found


async def measure(url: str, process: int, *, sessions: int, moves: int, query: str) -> dict[str, Any]:
    """Return what so many visitors wait for who move so many sliders each, and what they cost."""
    async with Visitor(url, query) as first:
        await first.move("safe_space", 50)
        base, visits = memory_mb(process), kernels(url)
        before, began = cpu_seconds(process), time.perf_counter()
        visitors = [Visitor(url, query) for _ in range(sessions - 1)]
        await asyncio.gather(*(visitor.__aenter__() for visitor in visitors))
        chances = [random.Random(number) for number in range(sessions)]
        await asyncio.gather(*(each.use(moves, chance) for each, chance in zip([first, *visitors], chances, strict=True)))
        spent, lasted = cpu_seconds(process) - before, time.perf_counter() - began
        full, queries = memory_mb(process), {visitor.query for visitor in [first, *visitors]}
        await asyncio.gather(*(visitor.__aexit__() for visitor in visitors))
        left = await _left(url, visits)
        await first.move("safe_space", 51)  # what a thread held to the last is let go
        after = memory_mb(process)
    waits = [visitor.waits for visitor in [first, *visitors]]
    return {
        "sessions": sessions,
        "redraws": sessions * moves,
        "redraw_s": _spread([wait for each in waits for wait in each.first]),
        "full_answer_s": _spread([wait for each in waits for wait in each.full]),
        "different_states": len(queries),
        "mb_a_session": round((full - base) / max(1, sessions - 1), 2),
        "mb_in_all": round(full),
        "mb_after_closing": round(after),
        "cpu_share": round(spent / lasted, 2),
        "visits_left": left,
    }


async def _left(url: str, visits: int) -> int:
    """Return how many visits the server still holds beyond those there were before, once it had time to end them."""
    for _ in range(100):
        left = await asyncio.to_thread(kernels, url) - visits
        if left <= 0:
            return 0
        await asyncio.sleep(0.1)
    return left


def _spread(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {"median": round(cuts[9], 3), "p95": round(cuts[18], 3), "most": round(max(seconds), 3)}


def main() -> None:
    """Start a server, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--moves", type=int, default=8)
    parser.add_argument("--query", default="v=1&now=launch-only", help="the page that all begin with")
    asked = parser.parse_args()
    with served() as (url, process):
        found = asyncio.run(measure(url, process, sessions=asked.sessions, moves=asked.moves, query=asked.query))
    print(json.dumps(found, indent=2))  # noqa: T201  # a command's answer


if __name__ == "__main__":
    main()

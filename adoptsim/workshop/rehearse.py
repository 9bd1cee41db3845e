"""Simulated people who take part over HTTP, as phones do: for a trainer alone, and for tests. Knows nothing of the room."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

View = dict[str, Any]
NICKNAMES = (
    *("Ada", "Amir", "Bea", "Ben", "Cem", "Chloé", "Dina", "Ed", "Fatima", "Finn", "Grace", "Hugo", "Ines", "Ivan", "Jo"),
    *("Kai", "Lena", "Li", "Maya", "Mo", "Nia", "Noor", "Otto", "Priya", "Quinn", "Rosa", "Sam", "Tariq", "Una", "Zoë"),
)
ANSWER_SECONDS = 10.0
AGAIN_SECONDS = 0.3
THINKING_SECONDS = 4.0
"""Mean time somebody thinks before they answer."""
TOO_OFTEN = 429
LATE_SHARE, LOSING_SHARE = 0.1, 0.1
_GONE = (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError)


@dataclass
class Phone:
    """A phone: its cookie, and the last view it has been sent. What it sends, it sends until it is answered."""

    url: str
    cookie: str = ""
    view: View = field(default_factory=dict)

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        """Send an action, again and again until there is an answer; return its status and what it says."""
        whole = json.dumps({"id": secrets.token_hex(12), **body}).encode()
        while True:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    status, said = await self._ask("POST", path, whole)
                if status < 500:
                    return status, said
            except _GONE:
                pass
            await asyncio.sleep(AGAIN_SECONDS)

    async def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Ask once."""
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self._ask("GET", path, b"")

    async def views(self) -> AsyncGenerator[View, None]:
        """Yield each view as it comes, also over lost connections; the newest stays in ``view``."""
        while True:
            with contextlib.suppress(*_GONE):
                async with contextlib.aclosing(self._stream()) as stream:
                    async for view in stream:
                        self.view = view
                        yield view
            await asyncio.sleep(AGAIN_SECONDS)

    async def _stream(self) -> AsyncGenerator[View, None]:
        reader, writer = await self._open("GET", "/api/stream?role=participant", b"")
        try:
            status, _ = await _head(reader)
            while status == 200 and (line := await reader.readline()):
                if line.startswith(b"data: "):
                    yield json.loads(line[len(b"data: ") :])
        finally:
            writer.close()

    async def _ask(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        reader, writer = await self._open(method, path, body)
        try:
            status, headers = await _head(reader)
            if "set-cookie" in headers:
                self.cookie = headers["set-cookie"].partition(";")[0]
            return status, json.loads(await reader.read())
        finally:
            writer.close()

    async def _open(self, method: str, path: str, body: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**22)
        head = [
            f"{method} {path} HTTP/1.0",  # 1.0: the answer ends with the connection, nothing is in chunks
            f"Host: {parts.netloc}",
            f"Origin: {parts.scheme}://{parts.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
        ]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()
        return reader, writer


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first = (await reader.readline()).split()
    if len(first) < 2:
        raise ConnectionError("no answer")
    headers: dict[str, str] = {}
    while line := (await reader.readline()).strip().decode("latin-1"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return int(first[1]), headers


# --- what simulated people do -----------------------------------------------------------------------------------------


def rehearse(url: str, code: str, people: int, *, seed: int = 1, thinking: float = THINKING_SECONDS) -> None:
    """Let people take part until the workshop has ended or the program does."""
    asyncio.run(_all(url, code, people, seed, thinking))


async def _all(url: str, code: str, people: int, seed: int, thinking: float) -> None:
    everybody = (
        _take_part(Phone(url), code, number, random.Random(seed * 1000 + number), thinking) for number in range(people)
    )
    await asyncio.gather(*everybody)


async def _take_part(phone: Phone, code: str, number: int, luck: random.Random, thinking: float) -> None:
    """Join, some late; answer and decide when it is asked; now and then lose the connection."""
    late = luck.random() < LATE_SHARE
    await asyncio.sleep(luck.uniform(0.0, thinking) * (10.0 if late else 1.0))
    nickname = NICKNAMES[number % len(NICKNAMES)]
    while (status := (await phone.post("/api/join", code=code, nickname=nickname, team=None))[0]) == TOO_OFTEN:
        await asyncio.sleep(luck.uniform(1.0, 5.0))  # all come from one address, which the room lets in at its pace
    if status != 200:
        return
    losing, done = luck.random() < LOSING_SHARE, set[Any]()
    while phone.view.get("phase") != "ended":
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(luck.uniform(2.0, 5.0) * thinking if losing else None):
                await _follow(phone, done, luck, thinking)
        await asyncio.sleep(luck.uniform(0.5, 3.0) * thinking)


async def _follow(phone: Phone, done: set[Any], luck: random.Random, thinking: float) -> None:
    acting: asyncio.Task[None] | None = None
    try:
        async with contextlib.aclosing(phone.views()) as views:
            async for view in views:
                if view["phase"] == "ended" or (view["me"] is None and view["notice"]):
                    phone.view = {**view, "phase": "ended"}
                    return
                if view["open"] and (acting is None or acting.done()):
                    acting = asyncio.create_task(_act(phone, done, luck, thinking))
    finally:
        if acting is not None:
            acting.cancel()


async def _act(phone: Phone, done: set[Any], luck: random.Random, thinking: float) -> None:
    """Do what the newest view asks for, with some thinking before, until it asks for nothing more."""
    while True:
        await asyncio.sleep(luck.expovariate(1.0 / thinking) if thinking else 0.0)
        view = phone.view
        number = (view.get("round") or {}).get("number")
        asked = [question for question in view.get("questions", ()) if (number, question["key"]) not in done]
        if view["open"] and asked:
            await phone.post("/api/guess", round=number, key=asked[0]["key"], value=_guess(asked[0], luck))
            done.add((number, asked[0]["key"]))  # not before: a connection that is lost meanwhile takes the answer along
        elif view["open"] and view["phase"] == "decide" and (number, "") not in done:
            if view["decision"]["revision"] == 0:
                await phone.post("/api/decide", round=number, revision=0, practices=_choice(view["decision"], luck))
            done.add((number, ""))
        else:
            return


def _guess(question: View, luck: random.Random) -> Any:
    """Return an answer; numbers lean to the middle, as people's do."""
    if question["options"]:
        return luck.choice(question["options"])["key"]
    if question["months"]:
        return [round(luck.triangular(question["low"], question["high"], question["low"])) for _ in question["months"]]
    return round(luck.triangular(question["low"], question["high"]), 1)


def _choice(shown: View, luck: random.Random) -> dict[str, Any]:
    """Return practices in an order by chance, as far as the budget goes."""
    rows: Sequence[View] = luck.sample(shown["practices"], len(shown["practices"]))
    left, chosen = shown["budget"], {}
    for row in rows:
        strength = luck.choice(shown["strengths"])
        price = row["hours"] * (strength["factor"] if shown["unit"].startswith("hours") else 1.0)
        if price <= left:
            left -= price
            chosen[row["key"]] = {"strength": strength["key"], "start": luck.choice(shown["starts"])}
    return chosen

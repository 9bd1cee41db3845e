"""A workshop's real server in a thread, with a simulation that answers at once, and clients that speak as browsers do."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adoptsim.workshop import opening, store
from adoptsim.workshop.host import Host
from adoptsim.workshop.server import Server
from tests.workshop.rooms import PLAN, RESULTS, ROOM, use

JSON = "application/json"


class Quick:
    """A simulation that has always been done already; tests replace what they need."""

    def prepare(self, plan: Any, number: int, *, stop: threading.Event) -> None:
        """Need nothing."""

    def results(self, plan: Any, number: int, decisions: Any, guesses: Any, *, stop: threading.Event) -> Any:
        """Return results that say what they were computed from."""
        return RESULTS | {"guesses": [], "from": {"decisions": decisions, "guesses": guesses}}

    def debrief(self, plan: Any, number: int, decisions: Any, results: Any, *, stop: threading.Event) -> Any:
        """Return why."""
        return {"why": [], "winner": None, "story": ["It was so."], "questions": []}


@dataclass
class Served:
    """A running server."""

    host: Host
    port: int
    identity: store.Identity

    @property
    def url(self) -> str:
        """Return the address of the first page."""
        return f"http://127.0.0.1:{self.port}/"

    def client(self) -> Client:
        """Return a browser that has never been here."""
        return Client(self.port)

    def joined(self, nickname: str, team: str | None = None) -> Client:
        """Return the phone of somebody who has joined."""
        phone = self.client()
        status, said = phone.post("/api/join", code=self.identity.code, nickname=nickname, team=team)
        assert status == 200, said
        return phone

    def trainer(self) -> Client:
        """Return the trainer's browser."""
        browser = self.client()
        assert browser.get(f"/facilitator?secret={self.identity.secret}")[0] == 200
        return browser

    def lead(self, action: str, **more: Any) -> None:
        """Do something as the trainer."""
        status, said = self.trainer().post("/api/facilitator", action=action, **more)
        assert status == 200, said


@dataclass
class Client:
    """A browser: keeps cookies, and sends what a page of this server would send."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str) -> tuple[int, bytes]:
        """Send a request as it is; headers with _ for -, None-like "" leaves one out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        own = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        given = own | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, {name: value for name, value in given.items() if value})
            answer = connection.getresponse()
            self.headers = {name.lower(): value for name, value in answer.getheaders()}
            for line in answer.headers.get_all("set-cookie") or []:
                self.set_cookies.append(line)
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Ask for something."""
        return self.send("GET", path, **headers)

    def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        """Send an action from a page of this server, under an id of its own if none is given."""
        return self.post_as(path, json.dumps({"id": secrets.token_hex(12)} | body).encode())

    def post_as(
        self, path: str, body: bytes | Iterator[bytes], origin: str | None = None, content_type: str = JSON
    ) -> tuple[int, dict[str, Any]]:
        """Send a body from a page of an origin."""
        here = f"http://127.0.0.1:{self.port}" if origin is None else origin
        status, said = self.send("POST", path, body, Origin=here, Content_Type=content_type)
        return status, json.loads(said)

    def view(self, role: str = "participant") -> dict[str, Any]:
        """Return what this browser is shown."""
        status, said = self.get(f"/api/view?role={role}")
        assert status == 200, said
        shown: dict[str, Any] = json.loads(said)
        return shown

    @contextmanager
    def stream(self, role: str = "participant") -> Iterator[Callable[[], dict[str, Any]]]:
        """Give a function that waits for the next view."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request("GET", f"/api/stream?role={role}", headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        self.headers = {name.lower(): value for name, value in answer.getheaders()}

        def following() -> dict[str, Any]:
            while line := answer.readline():
                if line.startswith(b"data: "):
                    shown: dict[str, Any] = json.loads(line[6:])
                    return shown
            raise EOFError

        try:
            yield following
        finally:
            answer.close()
            connection.close()


@contextmanager
def served(path: Path | None, reckoner: Any = None, room: Any = ROOM, port: int = 0) -> Iterator[Served]:
    """Serve the small workshop until this is left."""
    with socket.socket() as listening, store.open_store(path, PLAN) as file:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listened = listening.getsockname()[1]
        host = Host(room, file, opening.links(file.identity, "127.0.0.1", listened), reckoner or Quick())
        server = Server(host, {"localhost"})
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until(lambda: server.started)
            yield Served(host, listened, file.identity)
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def until(holds: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until something holds and return it; fails if it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError("it never held")


def at(site: Served, phase: str) -> None:
    """Go to a phase of the first round."""
    for _ in range(["lobby", "introduce", "predict", "decide", "reveal", "debrief"].index(phase)):
        site.lead("next")


def guess(phone: Client, value: Any = "yes", key: str = "lasts", **more: Any) -> tuple[int, dict[str, Any]]:
    return phone.post("/api/guess", round=1, key=key, value=value, **more)


def decide(phone: Client, *keys: str, revision: int = 0, **more: Any) -> tuple[int, dict[str, Any]]:
    return phone.post("/api/decide", round=1, practices=use(*keys), revision=revision, **more)

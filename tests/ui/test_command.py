"""`adoptsim ui` as somebody at a terminal meets it, up to where it serves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from adoptsim import cli
from adoptsim.commands import ui
from adoptsim.ui import server


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Serve nothing, but note what would be."""
    calls: list[tuple[str, bool]] = []

    def note(listening: socket.socket, url: str, *, show: bool) -> None:
        listening.close()
        calls.append((url, show))

    monkeypatch.setattr(server, "serve", note)
    return calls


def in_a_loop_of_its_own(waiting: Coroutine[Any, Any, None]) -> None:
    """Run to the end in another thread: a browser of earlier tests may hold a loop in this one."""
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, waiting).result()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Save where the test is, not where the person who runs it saves."""
    monkeypatch.setattr(ui, "_own_store", lambda: str(tmp_path / "scenarios.db"))


def test_it_is_bound_to_this_machine_alone(served: list[Any], capsys: pytest.CaptureFixture[str]):
    assert cli.main(["ui", "--port", "0", "--no-open"]) == 0
    url, show = served[0]
    assert url.startswith("http://127.0.0.1:")
    assert not show
    assert url in capsys.readouterr().err


def test_a_host_that_others_reach_is_warned_of(served: list[Any], capsys: pytest.CaptureFixture[str]):
    assert cli.main(["ui", "--host", "0.0.0.0", "--port", "0", "--no-open"]) == 0
    assert "Anybody who can reach" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("example", False)]
)
def test_what_only_this_machine_reaches_is_known(host: str, alone: bool):
    assert server.is_loopback(host) is alone


def test_a_port_in_use_is_said_and_nothing_starts(served: list[Any], capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert cli.main(["ui", "--port", str(taken.getsockname()[1]), "--no-open"]) == 2
    assert "give another with --port" in capsys.readouterr().err
    assert served == []


def test_nothing_is_told_to_anybody_and_nothing_fetched():
    assert server.SETTINGS["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] == "false"
    assert "127.0.0.1" in server.SETTINGS["SOLARA_ASSETS_CDN"]


@pytest.mark.parametrize(
    ("bound", "host", "origin", "own"),
    [
        ("127.0.0.1", "127.0.0.1:8765", "", True),
        ("127.0.0.1", "localhost:8765", "http://localhost:8765", True),
        ("::1", "[::1]:8765", "http://[::1]:8765", True),
        ("127.0.0.1", "127.0.0.1:8765", "http://evil.example", False),
        ("127.0.0.1", "127.0.0.1:8765", "null", False),
        ("127.0.0.1", "evil.example:8765", "http://evil.example:8765", False),
        ("127.0.0.1", "", "", False),
        ("127.0.0.1", "[", "", False),
        ("127.0.0.1", "127.0.0.1:8765", "http://[", False),
        ("0.0.0.0", "10.0.0.7:8765", "http://10.0.0.7:8765", True),
        ("0.0.0.0", "10.0.0.7:8765", "http://evil.example", False),
        ("0.0.0.0", "evil.example:8765", "http://evil.example:8765", False),
        ("0.0.0.0", f"{socket.gethostname()}:8765", "", True),
        ("team.example", "team.example:8765", "http://team.example:8765", True),
        ("team.example", "evil.example:8765", "http://evil.example:8765", False),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_page_of_another_site_gets_no_answer(kind: str, bound: str, host: str, origin: str, own: bool):
    reached, sent = [], []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin else [])]
    in_a_loop_of_its_own(server.guarded(app, bound)({"type": kind, "headers": headers}, None, send))
    assert bool(reached) is own
    assert bool(sent) is not own


def test_names_are_looked_up_once_and_not_for_every_request(monkeypatch: pytest.MonkeyPatch):
    asked, sent = [], []
    monkeypatch.setattr(server.socket, "getfqdn", lambda: asked.append("asked") or "here.example")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        pass

    async def send(message: Any) -> None:
        sent.append(message)

    guarded = server.guarded(app, "0.0.0.0")
    for _ in range(3):
        in_a_loop_of_its_own(guarded({"type": "http", "headers": [(b"host", b"here.example:8765")]}, None, send))
    assert (asked, sent) == (["asked"], [])

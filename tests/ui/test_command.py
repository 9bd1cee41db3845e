"""`adoptsim ui` as somebody at a terminal meets it, up to where it serves."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from adoptsim import cli
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

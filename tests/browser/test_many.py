"""Many at once: nobody sees anybody's state, nobody waits long, and who leaves is forgotten. `load` measures it whole."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.browser.load import Visitor, measure, served
from tests.ui.brought import people_csv, ties_csv

SMALL = "v=1&now=launch-only,n50"


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what comes of work, in a thread of its own: in this one the browser's tests have a loop that runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_several_visitors_move_sliders_at_once_and_those_who_leave_are_freed(server: tuple[str, int]):
    url, process = server
    found = finished(measure(url, process, sessions=8, moves=3, query=SMALL))
    assert found["different_states"] == 8
    assert found["redraw_s"]["p95"] < 2.0
    assert found["mb_a_session"] < 30.0
    assert found["visits_left"] == 0


def test_what_one_visitor_does_reaches_no_other(server: tuple[str, int]):
    async def both() -> tuple[str, str, str]:
        url, _ = server
        async with Visitor(url, SMALL) as one, Visitor(url, SMALL) as other:
            before = other.query
            await one.move("safe_space", 77)
            await asyncio.sleep(0.3)
            return before, other.query, one.query

    before, after, moved = finished(both())
    assert after == before
    assert "p6:77" in moved


def test_nothing_that_was_uploaded_stays_in_the_temporary_folder_when_the_server_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))

    async def bring(url: str) -> None:
        async with Visitor(url, SMALL) as visitor:
            await visitor.bring(people_csv=people_csv(), ties_csv=ties_csv())
            assert list(folder.rglob("people.csv"))

    with served(store=str(tmp_path / "scenarios.db")) as (url, _):
        finished(bring(url))
    assert not list(folder.glob("adoptsim-*"))

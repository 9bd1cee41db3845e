"""The page Watch as a part of the whole page: what it is told, and that nothing of it stays when somebody leaves."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import ipyvue
import pytest
import solara

from adoptsim.live import LiveSimulation
from adoptsim.ui import answered, watch, watch_taking
from adoptsim.ui.app import Visit
from adoptsim.ui.state import State
from adoptsim.ui.watch_room import Room

PATIENCE = 60.0
ROOMS: list[weakref.ref[Room]] = []


class KnownRoom(Room):
    """A room that tests know of, and that they don't keep alive."""

    def __init__(self, send: Any) -> None:
        super().__init__(send)
        ROOMS.append(weakref.ref(self))


class Visitor:
    """Somebody on the page Watch, with what their browser hears."""

    def __init__(self, query: str) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.box, self.context = solara.render(Visit(query), handle_error=False)

    def parts(self, widget: Any) -> Iterator[Any]:
        if isinstance(widget, ipyvue.VueTemplate):
            yield widget
        for child in getattr(widget, "children", []):
            if not isinstance(child, str):
                yield from self.parts(child)

    def part(self, trait: str) -> Any:
        return next(part for part in self.parts(self.box) if trait in part.trait_names())

    @property
    def stage(self) -> Any:
        """Return what draws; what is sent to it is heard here."""
        stage = self.part("drawing")
        stage.send = lambda content, buffers=None: self.heard.append((content["method"], content["args"]))
        return stage

    def do(self, event: str, data: Any, at: str = "drawing") -> None:
        part = self.stage if at == "drawing" else self.part(at)
        part._handle_event(None, {"event": event, "data": data}, [])

    def wait(self, method: str) -> Any:
        wait_until(lambda: any(name == method for name, _ in self.heard))
        return next(args for name, args in reversed(self.heard) if name == method)


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, f"not within {PATIENCE} s"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answered, "LIVE", LiveSimulation(threads=1))
    monkeypatch.setattr(watch, "Room", KnownRoom)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    somebody = Visitor("v=1&now=launch-only,n50&page=watch")
    yield somebody
    somebody.context.close()


def test_it_shows_the_scenario_that_stands_on_explore(visitor: Visitor):
    visitor.do("hello", 1.6)
    (scene,) = visitor.wait("scene")
    assert scene["people"] == 50
    assert visitor.stage.question["title"] == "Launch only, changed"
    assert scene["key"] == visitor.stage.question["key"]


def test_a_link_opens_every_time_also_when_its_answer_is_known_already():
    for _ in range(6):
        somebody = Visitor("v=1&now=launch-only,n50&page=watch")
        wait_until(lambda somebody=somebody: not somebody.part("can_undo").status["computing"])
        somebody.do("hello", 1.6)
        (scene,) = somebody.wait("scene")
        assert scene["people"] == 50
        somebody.context.close()


def test_another_future_is_another_run(visitor: Visitor):
    first = visitor.stage.question["key"]
    visitor.do("take_future", 3)
    assert visitor.stage.question["future"] == 3
    assert visitor.stage.question["key"] != first
    visitor.do("hello", 1.6)
    (scene,) = visitor.wait("scene")
    assert scene["key"] == visitor.stage.question["key"]


@pytest.mark.parametrize("number", [-1, 10**6, 3.7])
def test_a_future_that_is_not_there_is_not_taken(visitor: Visitor, number: float):
    visitor.do("take_future", number)
    assert 0 <= visitor.stage.question["future"] < watch.FUTURES


def test_the_day_is_told_without_drawing_the_page_anew(visitor: Visitor):
    visitor.do("hello", 1.6)
    visitor.wait("scene")
    stage = visitor.stage
    visitor.do("ask_days", {"key": stage.question["key"], "first": 62, "days": 1})
    (block,) = visitor.wait("block")
    assert block["words"][0].startswith("Day 62: ")
    assert visitor.stage is stage


def test_the_room_is_gone_when_the_page_is_left(visitor: Visitor):
    visitor.do("hello", 1.6)
    visitor.wait("scene")
    room = ROOMS[-1]()
    assert room is not None
    assert room.film is not None
    film = weakref.ref(room.film)
    visitor.do("turn", "explore", at="query")
    wait_until(lambda: gc.collect() >= 0 and film() is None)
    assert room.film is None


def test_the_film_is_gone_when_the_visit_ends():
    visitor = Visitor("v=1&now=launch-only,n50&page=watch")
    visitor.do("hello", 1.6)
    visitor.wait("scene")
    room = ROOMS[-1]()
    assert room is not None
    film = weakref.ref(room.film)
    visitor.context.close()
    wait_until(lambda: gc.collect() >= 0 and film() is None)


def test_the_log_of_the_future_that_is_watched_can_be_taken_along():
    state = State().started("launch-only").moved({"what": "people", "value": 50})
    name, content = watch_taking.watch_file("log", state.now, 3)
    rows = content.decode("utf-8-sig").splitlines()
    assert name == "launch-only-changed-future-4.csv"
    assert rows[0].startswith("replicate,day,")
    assert {row.split(",")[0] for row in rows[1:]} == {"3"}


def test_the_command_and_the_python_name_the_future_that_is_watched(visitor: Visitor):
    visitor.do("take_future", 4)
    command, python = visitor.part("recipes").recipes.value
    assert "--replicates 5 " in command["text"]
    assert "replicate=4)" in python["text"]
    compile(python["text"], "python", "exec")

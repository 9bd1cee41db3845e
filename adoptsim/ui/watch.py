"""The page Watch: one run of the present scenario as a living picture. What it is made of is drawn in the browser."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import solara

from adoptsim.ui import watch_taking
from adoptsim.ui.desk import Desk
from adoptsim.ui.hearing import speaker
from adoptsim.ui.sealed import part
from adoptsim.ui.taking import Offer, take_along
from adoptsim.ui.telling import as_recipes
from adoptsim.ui.watch_room import Room
from adoptsim.ui.watch_words import others

FUTURES = 32
"""Runs that may be watched: those of the verdict on Explore come first, with the same numbers and the same luck."""
SHAPE = 1.6
"""How many times as wide as high the picture is where the browser doesn't say."""
STYLE, DRAWING = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("watch.css", "watch.js"))


@part("watch.vue")
def WatchView(
    drawing: str,
    question: dict[str, Any],
    event_hello: Any = None,
    event_ask_days: Any = None,
    event_ask_story: Any = None,
    event_take_future: Any = None,
) -> None:
    """Draw the film on a canvas, at its own pace."""


@solara.component
def Watch(desk: Desk) -> None:
    """Show one run of the present scenario, day by day."""
    desk.shown()
    plan, kept = desk.state.now, desk.state.kept
    future, set_future = solara.use_state(0)
    drawing = solara.use_ref(None)
    room = solara.use_memo(lambda: Room(partial(_send, drawing)), [])
    choices = solara.use_memo(lambda: others(plan, kept), [plan.scenario.digest(), kept])
    key = f"{plan.scenario.digest()}-{future}"
    question = {
        "key": key,
        "title": plan.title,
        "future": future,
        "futures": FUTURES,
        "others": [{"value": name, "title": title} for name, (title, _, _) in choices.items()],
    }

    def hello(aspect: Any) -> None:
        drawing.current = speaker()  # what says hello is what there is to draw on
        room.show(plan.scenario, future, key, float(aspect or SHAPE))

    solara.Style(STYLE)
    with solara.v.Html(tag="main", class_="as-main-one wt-main"):
        WatchView(
            drawing=DRAWING,
            question=question,
            event_hello=hello,
            event_ask_days=room.block,
            event_ask_story=lambda event: room.story(event, choices),
            event_take_future=lambda number: set_future(min(max(int(number), 0), FUTURES - 1)),
        )
        make = partial(watch_taking.watch_file, plan=plan, future=future)
        recipes = as_recipes(watch_taking.command_for(plan, future), watch_taking.python_for(plan, future))
        take_along(desk, Offer(watch_taking.KINDS, recipes, make))
    solara.use_effect(lambda: room.close, [])


def _send(part: Any, method: str, *args: Any, buffers: list[bytes] | None = None) -> None:
    """Call a method of the part of the page that ``part`` refers to; one that is gone hears nothing."""
    if part.current is not None:
        part.current.send({"method": method, "args": list(args)}, buffers or [])

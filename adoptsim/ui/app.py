"""The page: which parts it has and what each is told. Every visitor has a desk of their own; nothing here is global."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipyvue
import solara

from adoptsim.simulation import SEED
from adoptsim.ui.desk import Desk
from adoptsim.ui.setting import SIZES, practice_groups, starting_points
from adoptsim.ui.tour import TOUR

STYLE = Path(__file__).with_name("style.css")
DOWNLOADS = [
    {"kind": "yaml", "title": "Scenario (YAML)"},
    {"kind": "csv", "title": "Daily series (CSV)"},
    {"kind": "png", "title": "Picture (PNG)"},
    {"kind": "svg", "title": "Picture (SVG)"},
]


_hear = ipyvue.VueTemplate._handle_event


def _hear_events_only(part: Any, sender: Any, content: dict[str, Any], buffers: Any) -> None:
    """Pass on what a part's own controls did; ipyvue would also make objects of any class that a message names."""
    if set(content) <= {"event", "data"}:
        _hear(part, sender, content, buffers)


ipyvue.VueTemplate._handle_event = _hear_events_only


@solara.component_vue("bar.vue", vuetify=False)
def Bar(
    pages: list[dict[str, str]],
    shown: str,
    n_kept: int,
    status: dict[str, Any],
    can_undo: bool,
    can_redo: bool,
    query: str,
    linked: bool,
    message: str,
    suggestion: str,
    tour: list[dict[str, str]],
    event_turn: Any = None,
    event_undo: Any = None,
    event_redo: Any = None,
    event_keep: Any = None,
    event_dismiss: Any = None,
) -> None:
    """Show pages, undo and redo, saving, the link, the tour, and what went wrong."""


@solara.component_vue("controls.vue", vuetify=False)
def Controls(
    starts: list[dict[str, str]],
    groups: list[dict[str, Any]],
    sizes: tuple[int, ...],
    standing: dict[str, Any],
    event_start: Any = None,
    event_change: Any = None,
) -> None:
    """Show everything that can be moved."""


@solara.component_vue("answer.vue", vuetify=False)
def AnswerView(view: dict[str, Any], event_hold: Any = None, event_runs: Any = None) -> None:
    """Show verdict, curve, key figures and the reality check."""


@solara.component_vue("compare.vue", vuetify=False)
def CompareView(view: dict[str, Any], event_open: Any = None, event_rename: Any = None, event_remove: Any = None) -> None:
    """Show saved scenarios side by side."""


@solara.component_vue("take.vue", vuetify=False)
def Take(
    kinds: list[dict[str, str]],
    recipes: list[dict[str, str]],
    steps: list[dict[str, Any]],
    place: int,
    ready: bool,
    seed: int,
    file: dict[str, str],
    event_fetch: Any = None,
    event_go: Any = None,
) -> None:
    """Offer downloads, the command and the Python, and the log of changes."""


@solara.component
def Layout(children: list[Any]) -> Any:
    """Put no frame of Solara's around the page."""
    return solara.Div(children=children)


@solara.component
def Page() -> None:
    """Show a visitor the page that their link means."""
    Visit(solara.use_router().search or "")


@solara.component
def Visit(query: str) -> None:
    """Show one visit: a desk, and the parts that draw it."""
    desk = solara.use_memo(lambda: Desk(query), [])
    solara.use_effect(desk.begin, [])
    shown = desk.shown()
    with solara.Div(classes=["as-app"]):
        solara.Style(STYLE)
        Bar(
            tour=TOUR,
            linked=bool(query),
            **shown.bar,
            event_turn=desk.turn,
            event_undo=lambda _: desk.undo(),
            event_redo=lambda _: desk.redo(),
            event_keep=desk.keep,
            event_dismiss=lambda _: desk.dismiss(),
        )
        if shown.bar["shown"] == "compare":
            with solara.v.Html(tag="main", class_="as-main-one"):
                CompareView(view=desk.comparison(), event_open=desk.open, event_rename=desk.rename, event_remove=desk.remove)
        else:
            with solara.v.Html(tag="main", class_="as-main-two"):
                Controls(
                    starts=starting_points(),
                    groups=practice_groups(),
                    sizes=SIZES,
                    standing=shown.standing,
                    event_start=desk.start,
                    event_change=desk.change,
                )
                with solara.Div(classes=["as-right"]):
                    AnswerView(view=desk.view(), event_hold=desk.hold, event_runs=desk.ask_for)
                    Take(
                        kinds=DOWNLOADS,
                        seed=SEED,
                        **shown.take,
                        event_fetch=desk.fetch,
                        event_go=desk.go,
                    )

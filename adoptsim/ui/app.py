"""The page: which parts it has and what each is told. Every visitor has a desk of their own; nothing here is global."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from adoptsim.ui.desk import Desk
from adoptsim.ui.hearing import hear_events_only
from adoptsim.ui.sealed import Sealed, part
from adoptsim.ui.setting import SIZES, organisation_kinds, practice_groups, starting_points
from adoptsim.ui.state import PAGES
from adoptsim.ui.taking import take_along
from adoptsim.ui.tour import TOUR
from adoptsim.ui.watch import Watch
from adoptsim.ui.why import Why, ending

STARTS, KINDS, GROUPS = Sealed(starting_points()), Sealed(organisation_kinds()), Sealed(practice_groups())
STYLE = Path(__file__).with_name("style.css")
hear_events_only()


@part("bar.vue", "tour")
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
    origin: str,
    tries: dict[str, Any],
    where: str,
    tour: Sealed,
    event_turn: Any = None,
    event_undo: Any = None,
    event_redo: Any = None,
    event_keep: Any = None,
    event_dismiss: Any = None,
) -> None:
    """Show pages, undo and redo, saving, the link, the tour, and what went wrong."""


@part("controls.vue", "starts", "kinds", "groups", "standing")
def Controls(
    starts: Sealed,
    kinds: Sealed,
    groups: Sealed,
    sizes: tuple[int, ...],
    standing: Sealed,
    upload: dict[str, Any],
    event_start: Any = None,
    event_change: Any = None,
    event_offer: Any = None,
    event_piece: Any = None,
    event_leave: Any = None,
    event_forget: Any = None,
) -> None:
    """Show everything that can be moved."""


@part("answer.vue", "view")
def AnswerView(view: Sealed, event_hold: Any = None, event_runs: Any = None) -> None:
    """Show verdict, curve, key figures and the reality check."""


@part("compare.vue", "view")
def CompareView(
    view: Sealed,
    event_open: Any = None,
    event_rename: Any = None,
    event_remove: Any = None,
    event_open_saved: Any = None,
    event_compare_saved: Any = None,
    event_rename_saved: Any = None,
    event_remove_saved: Any = None,
) -> None:
    """Show saved scenarios side by side, and the list of all."""


@solara.component
def Explore(desk: Desk) -> None:
    """Show what can be moved, and what follows."""
    shown = desk.shown()
    with solara.v.Html(tag="main", class_="as-main-two"):
        with solara.Div(classes=["as-right"]):
            AnswerView(view=Sealed(shown.main), event_hold=desk.hold, event_runs=desk.ask_for)
        Controls(
            starts=STARTS,
            kinds=KINDS,
            groups=GROUPS,
            sizes=SIZES,
            standing=Sealed(shown.standing),
            upload=shown.upload,
            event_start=desk.start,
            event_change=desk.change,
            event_offer=desk.offer,
            event_piece=desk.piece,
            event_leave=lambda _: desk.leave_own(),
            event_forget=lambda _: desk.forget_own(),
        )
        with solara.Div(classes=["as-right", "as-below"]):
            take_along(desk)


@solara.component
def Compare(desk: Desk) -> None:
    """Show saved scenarios side by side."""
    shown = desk.shown()
    with solara.v.Html(tag="main", class_="as-main-one"):
        CompareView(
            view=Sealed(shown.main),
            event_open=desk.open,
            event_rename=desk.rename,
            event_remove=desk.remove,
            event_open_saved=desk.open_saved,
            event_compare_saved=desk.compare_saved,
            event_rename_saved=desk.rename_saved,
            event_remove_saved=desk.remove_saved,
        )
        take_along(desk)


SCREENS: dict[str, tuple[str, Callable[[Desk], None]]] = {
    "explore": ("Explore", Explore),
    "compare": ("Compare", Compare),
    "why": ("Why", Why),
    "watch": ("Watch", Watch),
}
"""Each page's name in the link (`state.PAGES`), its tab, and what draws it, told of the desk; the order is that of the tabs.

A screen calls ``desk.shown()`` to follow every change, and draws one ``main`` element.
"""


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
    solara.use_effect(lambda: ending(desk), [])
    shown = desk.shown()
    with solara.Div(classes=["as-app"]):
        solara.Style(STYLE)
        Bar(
            tour=Sealed(TOUR),
            linked=bool(query),
            pages=[{"name": name, "title": title} for name, (title, _) in SCREENS.items()],
            **shown.bar,
            event_turn=desk.turn,
            event_undo=lambda _: desk.undo(),
            event_redo=lambda _: desk.redo(),
            event_keep=desk.keep,
            event_dismiss=lambda _: desk.dismiss(),
        )
        _, screen = SCREENS.get(shown.bar["shown"], SCREENS[PAGES[0]])
        screen(desk)

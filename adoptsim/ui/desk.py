"""One visitor's desk: what they did, what was answered, and what the page is told of both.

Only here do state and computing meet; nothing of it is shared between visitors.
"""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import solara

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.live import PART, joined
from adoptsim.report.words import listed
from adoptsim.ui import views
from adoptsim.ui.answering import Answer, Answering
from adoptsim.ui.link import decode, encode
from adoptsim.ui.reality import reality
from adoptsim.ui.recipes import MIME, command_for, download, python_for
from adoptsim.ui.setting import controls, starting_point
from adoptsim.ui.shared import LIVE
from adoptsim.ui.state import BASES, PAGES, RUNS, History, Plan, State

Event = Mapping[str, Any]
SLIDERS = frozenset({"intensity", "people", "trust", "safety", "support"})
"""Controls that the page moves by itself while somebody drags."""


@dataclass(frozen=True)
class Shown:
    """What the parts of the page are told besides the answer."""

    bar: dict[str, Any]
    standing: dict[str, Any]
    take: dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One scenario of the compare page; ``place`` among those kept, if it is one."""

    title: str
    plan: Plan
    place: int | None = None


class Desk:
    """What somebody tries out, from their link to the last answer."""

    def __init__(self, query: str = "") -> None:
        self._changed, self._ticks = solara.reactive(0), itertools.count(1)
        self.message = ""
        try:
            state, before, self.message = decode(query)
        except InputError as error:
            state, before = State(), None
            self.message = f"This link can't be opened: {error.problems[0].message}. Here is a fresh start instead."
        self.history = History(*([state.with_(now=before)] if before is not None else []), state)
        self._revision = 0
        self._answer: Answer | None = None
        self._view: dict[str, Any] = {}
        self._comparison: dict[str, Any] = {}
        self._file: dict[str, Any] = {}
        self._answering = Answering(LIVE, self._take_answer)

    # -- what the page does

    def begin(self) -> Callable[[], None]:
        """Ask the first question; what is returned ends the visit."""
        self._ask()
        return self._answering.close

    def change(self, event: Event) -> None:
        """Move a control."""
        key = f"{event.get('what')} {event.get('name')}"
        self._act(lambda: self.history.record(self.state.moved(event), key), by_hand=event.get("what") in SLIDERS)

    def start(self, name: Any) -> None:
        """Go to a starting point."""
        self._act(lambda: self.history.record(self.state.started(str(name))))

    def keep(self, title: Any) -> None:
        """Save the present scenario."""
        self._act(lambda: self.history.record(self.state.keeping(str(title))))

    def rename(self, event: Event) -> None:
        """Give a saved scenario another title."""
        self._act(lambda: self.history.record(self.state.renamed(self._kept_place(event["place"]), str(event["title"]))))

    def remove(self, place: Any) -> None:
        """Remove a saved scenario."""
        self._act(lambda: self.history.record(self.state.without(self._kept_place(place))))

    def open(self, place: Any) -> None:
        """Go on from a saved scenario."""
        kept = self.state.kept[self._kept_place(place)]
        self._act(lambda: self.history.record(self.state.with_(now=kept.plan, page=PAGES[0])))

    def hold(self, base: Any) -> None:
        """Hold the present scenario against another baseline."""
        known = {*BASES, *(f"kept-{place}" for place in range(len(self.state.kept)))}
        if base in known:
            self._act(lambda: self.history.record(self.state.with_(base=str(base))))

    def ask_for(self, runs: Any) -> None:
        """Ask for another number of runs."""
        if runs in RUNS:
            self._act(lambda: self.history.record(self.state.with_(runs=int(runs))))

    def turn(self, page: Any) -> None:
        """Turn to another page."""
        if page in PAGES:
            self._act(lambda: self.history.replace(self.state.with_(page=str(page))))

    def undo(self) -> None:
        """Go back a step."""
        self._act(self.history.undo)

    def redo(self) -> None:
        """Go forward a step."""
        self._act(self.history.redo)

    def go(self, place: Any) -> None:
        """Go to a step of the log."""
        self._act(lambda: self.history.go(int(place)))

    def dismiss(self) -> None:
        """Take the message away."""
        self.message = ""
        self._show()

    def fetch(self, kind: Any) -> None:
        """Make a file to download, beside the page's other work."""
        if f".{kind}" in MIME and self._is_answered():
            threading.Thread(target=self._make_file, args=(str(kind),), daemon=True).start()

    # -- what it is shown

    @property
    def state(self) -> State:
        """Return the state that is shown."""
        return self.history.state

    def shown(self) -> Shown:
        """Return what the parts are told; reading it makes the page follow every change."""
        _ = self._changed.value
        return Shown(self._bar(), self._standing(), self._taking())

    def view(self) -> dict[str, Any]:
        """Return what is answered about the present scenario, with what the page says around it."""
        choices = [
            {"value": "start", "title": f"Starting point: {starting_point(self.state.now.start).title.rstrip('.')}"},
            {"value": "before", "title": "Before the last change"},
            *({"value": f"kept-{place}", "title": kept.title} for place, kept in enumerate(self.state.kept)),
        ]
        around = {
            "title": self._title(),
            "base": self.state.base,
            "bases": choices,
            "base_title": next(each["title"] for each in choices if each["value"] == self.state.base).split(": ")[-1],
            "runs": self.state.runs,
            "all_runs": RUNS,
            "computing": self._is_computing(),
        }
        return self._view | around

    def comparison(self) -> dict[str, Any]:
        """Return what the compare page shows."""
        columns = self._columns()
        says = (
            f"Each is held against the first, {columns[0].title}: the baseline chosen on the Explore page."
            if len(columns) > 1
            else "Nothing to compare yet. On the Explore page change something, or save a scenario: it will stand here "
            "beside the others."
        )
        rows = [{"title": c.title, "place": c.place, "moved": listed(c.plan.moved) or "as shipped"} for c in columns]
        fits = self._comparison.get("titles") == [column.title for column in columns]
        table = self._comparison if fits and len(columns) > 1 else None
        return {"says": says, "shown": rows, "table": table, "computing": self._is_computing()}

    def _title(self) -> str:
        moved = self.state.now.moved
        title = starting_point(self.state.now.start).title.rstrip(".")
        if not moved:
            return title
        said = moved[0] if len(moved) == 1 else f"{len(moved)} changes"
        return f"{title}, with {said}" if len(moved) > 1 else f"{title}: {said}"

    def _bar(self) -> dict[str, Any]:
        answer = self._answer
        return {
            "pages": [{"name": "explore", "title": "Explore"}, {"name": "compare", "title": "Compare"}],
            "shown": self.state.page,
            "n_kept": len(self.state.kept),
            "status": {
                "computing": self._is_computing(),
                "runs": answer.runs if answer is not None and self._is_current(answer) else 0,
                "of": self.state.runs,
                "seconds": round(answer.seconds, 3) if answer is not None else 0.0,
            },
            "can_undo": self.history.place > 0,
            "can_redo": self.history.place < self.history.n_steps - 1,
            "query": self.query,
            "message": self.message,
            "suggestion": self._suggestion(),
        }

    @property
    def query(self) -> str:
        """Return the link's query; the page as it opens has none."""
        plain = self.state == State() and self.history.n_steps == 1
        return "" if plain else encode(self.state, self.history.before)

    def _suggestion(self) -> str:
        moved = self.state.now.moved
        return (moved[0] if len(moved) == 1 else self.state.now.title)[:40]

    def _standing(self) -> dict[str, Any]:
        now = self.state.now
        base = controls(self._baseline().scenario)
        extra = {"revision": self._revision, "start": now.start, "moved": now.moved, "base": base}
        return controls(now.scenario) | extra

    def _taking(self) -> dict[str, Any]:
        now = self.state.now
        return {
            "recipes": [
                {"title": "The command for this", "text": command_for(now, self.state.runs)},
                {"title": "The Python for this", "text": python_for(now, self.state.runs)},
            ],
            "steps": [{"place": place, "says": says} for place, says in enumerate(self.history.log())][::-1],
            "place": self.history.place,
            "ready": self._is_answered(),
            "file": self._file,
        }

    # -- questions and answers

    def _act(self, act: Callable[[], None], *, by_hand: bool = False) -> None:
        """Do what was asked, or say why not; ``by_hand``: the page shows it already."""
        self._file = {}
        try:
            act()
            self.message = ""
        except InputError as error:
            self.message, by_hand = "; ".join(problem.message for problem in error.problems), False
        if not by_hand:
            self._revision += 1
        self._ask()
        self._show()

    def _show(self) -> None:
        self._changed.value = next(self._ticks)  # never the same twice, whichever thread shows

    def _baseline(self) -> Plan:
        return self.state.baseline(self.history.before)

    def _columns(self) -> list[Column]:
        """Return the baseline, the present scenario and all others kept, each once."""
        state, first = self.state, self._baseline()
        titles = {place: kept.title for place, kept in enumerate(state.kept)}
        place = state.kept_place
        title = titles[place] if place is not None else "Before the last change" if state.base == "before" else first.title
        columns = [Column(title, first, place)]
        if state.now.scenario not in [first.scenario, *(kept.plan.scenario for kept in state.kept)]:
            columns.append(Column("Now", state.now))
        columns += [Column(kept.title, kept.plan, at) for at, kept in enumerate(state.kept) if at != place]
        return columns

    def _question(self) -> tuple[tuple[files.Scenario, ...], tuple[str, ...]]:
        """Return the scenarios to simulate; and their titles where they stand side by side."""
        if self.state.page == "compare":
            columns = self._columns()
            return tuple(column.plan.scenario for column in columns), tuple(column.title for column in columns)
        base, now = self._baseline().scenario, self.state.now.scenario
        return ((now,) if base.digest() == now.digest() else (base, now)), ()

    def _ask(self) -> None:
        scenarios, titles = self._question()
        self._answering.ask(scenarios, self.state.runs, titles)

    def _take_answer(self, answer: Answer) -> None:
        """Hear an answer, in the thread that computed it; what is drawn is made before anybody is told."""
        if answer.problem:
            self._view = {"problem": f"This could not be simulated: {answer.problem}. Undo, or choose a starting point."}
        elif answer.titles:
            self._comparison = views.compared(list(answer.results), list(answer.titles))
        else:
            now, before = answer.results[-1], answer.results[0] if len(answer.results) > 1 else None
            self._view = {
                "verdict": views.verdict(now, before),
                "chart": views.chart(now, before),
                "figures": views.figures(now, before),
                "reality": reality(now),
            }
        self._answer = replace(answer, results=())  # megabytes that a visitor doesn't need: the simulations keep them
        self._show()

    def _is_current(self, answer: Answer) -> bool:
        return (answer.question, answer.titles) == self._question() and answer.of == self.state.runs

    def _is_computing(self) -> bool:
        answer = self._answer
        return answer is None or not (self._is_current(answer) and (answer.is_full or bool(answer.problem)))

    def _is_answered(self) -> bool:
        return self._answer is not None and not self._answer.problem and not self._is_computing()

    def _make_file(self, kind: str) -> None:
        plan = self.state.now
        parts = [LIVE.part(plan.scenario, number) for number in range(self.state.runs // PART)]
        name, content = download(kind, plan, joined(parts))
        self._file = {
            "name": name,
            "mime": MIME[PurePath(name).suffix],
            "content": base64.b64encode(content).decode(),
            "count": next(self._ticks),
        }
        self._show()

    def _kept_place(self, place: Any) -> int:
        return min(max(int(place), 0), len(self.state.kept) - 1)

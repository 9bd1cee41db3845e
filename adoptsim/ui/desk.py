"""One visitor's desk: what they do, each act a method that the page's controls call."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.ui.answered import Answered
from adoptsim.ui.link import encode
from adoptsim.ui.recipes import COMPARE_KINDS, MIME, RUN_KINDS, compare_download, download
from adoptsim.ui.setting import SIZES, without_files
from adoptsim.ui.shared import organisations
from adoptsim.ui.state import BASES, MOST_KEPT, PAGES, RUNS, TITLE_LENGTH, Kept, Plan, State
from adoptsim.ui.store import Saved

Event = Mapping[str, Any]
SLIDERS = frozenset({"intensity", "people", "trust", "safety", "support"})
"""Controls that the page moves by itself while somebody drags."""


class Desk(Answered):
    """What somebody tries out, from their link to the last answer."""

    # -- changing the plan

    def change(self, event: Event) -> None:
        """Move a control."""
        key = f"{event.get('what')} {event.get('name')}"
        self._act(lambda: self.history.record(self.state.moved(event), key), by_hand=event.get("what") in SLIDERS)

    def start(self, name: Any) -> None:
        """Go to a starting point."""
        self._act(lambda: self.history.record(self.state.started(str(name))))

    def hold(self, base: Any) -> None:
        """Hold the present scenario against another baseline."""
        if base in {*BASES, *(f"kept-{place}" for place in range(len(self.state.kept)))}:
            self._act(lambda: self.history.record(self.state.with_(base=str(base))))

    def ask_for(self, runs: Any) -> None:
        """Ask for another number of runs."""
        if runs in RUNS:
            self._act(lambda: self.history.record(self.state.with_(runs=int(runs))))

    def turn(self, page: Any) -> None:
        """Turn to another page."""
        if page in PAGES:
            if page == "compare":
                self.library.refresh()
            self._act(lambda: self.history.replace(self.state.with_(page=str(page))))

    def set_why(self, *, full: bool, exact: int) -> None:
        """Note how the page Why is set, so that the link says it."""
        state = self.state.with_(full=full, exact=exact)
        if state != self.state:
            self.history.replace(state)
            self._show()

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

    # -- scenarios beside each other

    def rename(self, event: Event) -> None:
        """Give a kept scenario another title."""
        self._act(
            lambda: self.history.record(self.state.renamed(self._kept_place(event.get("place")), str(event.get("title"))))
        )

    def remove(self, place: Any) -> None:
        """Take a kept scenario away."""
        self._act(lambda: self.history.record(self.state.without(self._kept_place(place))))

    def open(self, place: Any) -> None:
        """Go on from a kept scenario."""
        self._act(lambda: self._open_kept(self.state.kept[self._kept_place(place)]))

    def _open_kept(self, kept: Kept) -> None:
        self._open(kept.title, kept.plan, self.library.number_of(kept.title))

    def _open(self, title: str, plan: Plan, number: int | None) -> None:
        self.history.record(self.state.with_(now=plan, page=PAGES[0], origin=title, origin_id=number))

    def _kept_place(self, place: Any) -> int:
        if isinstance(place, int) and 0 <= place < len(self.state.kept):
            return place
        raise InputError(Problem("this scenario doesn't stand here any more"))

    # -- the library

    def keep(self, title: Any) -> None:
        """Save the present scenario: for good, and beside the others on the compare page where there is room."""
        self._tries = {"count": int(self._tries["count"]) + 1, "saved": False}
        self._act(lambda: self._save(_clean(title) or self._suggestion()))

    def _save(self, title: str) -> None:
        state, said, number = self.state, "", None
        link = encode(State(now=state.now))
        try:
            number = organisations().store.save(title, link, fork_of=state.origin_id, verdict=self._verdict_in_short())
        except InputError as error:
            self.library.refresh()
            if any(each.name == title for each in self.library.saved):
                raise
            said = f"Saved in this page's link only: {error.problems[0].message}"
        self.library.refresh()
        if len(state.kept) < MOST_KEPT:
            state = state.keeping(title)
        else:
            said = (
                said or f"Saved. {MOST_KEPT} scenarios stand on the Compare page already: take one away to see this there."
            )
        self.history.record(state.with_(origin=title, origin_id=number))
        self._tries = self._tries | {"saved": True}
        self.message = said

    def _verdict_in_short(self) -> str:
        """Return the verdict on the present scenario, if it is the one that was answered."""
        if not self._is_answered():
            return ""
        verdict = self._view.get("verdict")
        if self.state.page == "compare":
            stands = [each.plan.scenario == self.state.now.scenario for each in self._columns()]
            verdict = self._comparison["verdicts"][stands.index(True)]
        return f"{verdict['says']}: {verdict['chance']}" if verdict and verdict["chance"] else ""

    def open_saved(self, number: Any) -> None:
        """Go on from a scenario of the library; what is saved then is a fork of it."""
        self._with_saved(number, lambda saved, plan: self._open(saved.name, plan, saved.id))

    def compare_saved(self, number: Any) -> None:
        """Put a scenario of the library beside the others."""

        def keep(saved: Saved, plan: Plan) -> None:
            kept = self.state.with_(now=plan).keeping(saved.name).kept
            self.history.record(self.state.with_(kept=kept))

        self._with_saved(number, keep)

    def rename_saved(self, event: Event) -> None:
        """Give a scenario of the library another name."""
        title = _clean(event.get("title"))
        if title:
            self._with_saved(event.get("id"), lambda saved, _: organisations().store.rename(saved.id, title))

    def remove_saved(self, number: Any) -> None:
        """Remove a scenario from the library; where it stands beside others it stays."""
        self._with_saved(number, lambda saved, _: organisations().store.remove(saved.id), must_open=False)

    def _with_saved(self, number: Any, act: Callable[[Saved, Plan], None], *, must_open: bool = True) -> None:
        def do() -> None:
            saved = self.library.find(number)
            if saved is None:
                raise InputError(Problem("somebody has removed it meanwhile"))
            plan, remark = self.library.plan(saved) if must_open else (self.state.now, "")
            act(saved, plan)
            self.message = remark

        self._act(do, refresh=True)

    # -- own files

    def offer(self, offered: Any) -> None:
        """Hear which files somebody chose; empty ones are here at once."""
        if self._uploading.offer(offered if isinstance(offered, list) else []):
            threading.Thread(target=self._read_files, daemon=True).start()
        self._show()

    def piece(self, event: Event) -> None:
        """Take a piece of a file; when all are here, look at them beside the page's other work."""
        if self._uploading.piece(event):
            threading.Thread(target=self._read_files, daemon=True).start()
        self._show()

    def _read_files(self) -> None:
        brought = self._uploading.read(organisations())
        if brought is None:
            self._show()
        elif brought.scenario is not None:
            scenario = brought.scenario
            self._act(lambda: self.history.record(self.state.bringing(scenario)))
        elif brought.own is not None:
            spec = brought.own.within(self.state.now.scenario.organisation)
            self._act(lambda: self.history.record(self.state.in_organisation(spec)))

    def leave_own(self) -> None:
        """Go back to a generated organisation."""
        spec = without_files(self.state.now.scenario.organisation)
        spec = spec.model_copy(update={"people": min(SIZES, key=lambda size: abs(size - spec.people))})
        self._act(lambda: self.history.record(self.state.in_organisation(spec)))

    def forget_own(self) -> None:
        """Delete an organisation's files from where things are saved, and go back to a generated one."""
        own = self._own()
        self.leave_own()
        if own is not None:
            self._act(lambda: self._forget(own.digest))

    def _forget(self, digest: str) -> None:
        organisations().forget(digest)
        self.message = (
            f"Deleted from {self.library.where()}. Links that mean these files will ask for them again. Who has them open "
            "goes on, you by undoing; when the last such page is closed, nothing of them is left here."
        )

    # -- files to take along

    def fetch(self, kind: Any) -> None:
        """Make a file to download, beside the page's other work."""
        kinds = COMPARE_KINDS if self.state.page == "compare" else RUN_KINDS
        if kind in kinds and self._is_answered():
            self.make_file(lambda: self._file_of(str(kind)))

    def make_file(self, make: Callable[[], tuple[str, bytes]]) -> None:
        """Make a file beside the page's other work, and hand it to the browser; or say why it can't be made."""
        threading.Thread(target=self._make_file, args=(make,), daemon=True).start()

    def _make_file(self, make: Callable[[], tuple[str, bytes]]) -> None:
        try:
            name, content = make()
        except Exception as error:  # in a thread of its own: nobody else would say it
            self.message = f"This file can't be made: {_reason(error)}."
        else:
            packed = base64.b64encode(content).decode()
            self._file = {"name": name, "mime": MIME[PurePath(name).suffix], "content": packed, "count": next(self._ticks)}
        self._show()

    def _file_of(self, kind: str) -> tuple[str, bytes]:
        if self.state.page == "compare":
            columns = self._columns()
            plans, titles = [each.plan for each in columns], [each.title for each in columns]
            return compare_download(kind, plans, titles, [self._result(plan.scenario) for plan in plans])
        return download(kind, self.state.now, self._result(self.state.now.scenario))


def _reason(error: Exception) -> str:
    """Return in one line why something failed."""
    if isinstance(error, InputError):
        return error.problems[0].message
    said = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
    return " ".join(said.split())[:300].rstrip(".")


def _clean(title: Any) -> str:
    """Return a title that a link can hold."""
    return " ".join(str(title).replace("|", " ").split())[:TITLE_LENGTH]

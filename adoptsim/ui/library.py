"""Saved scenarios as the page lists them. Reads and writes the store; a store that can't be reached is said, not raised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.ui.link import LinkError, decode
from adoptsim.ui.organisations import Organisations
from adoptsim.ui.state import Plan
from adoptsim.ui.store import Saved
from adoptsim.ui.telling import what_it_is
from adoptsim.ui.views import unbroken


class Library:
    """What one visitor sees of the store: a list that is read when it is shown."""

    def __init__(self, organisations: Callable[[], Organisations]) -> None:
        self._organisations = organisations
        self.saved: list[Saved] = []
        self.problem = ""

    def refresh(self) -> None:
        """Read the list anew."""
        with self._said():
            self.saved = self._organisations().store.saved()

    def find(self, number: Any) -> Saved | None:
        """Return a saved scenario by its number."""
        return next((each for each in self.saved if each.id == number), None)

    def number_of(self, name: str) -> int | None:
        """Return the number of the saved scenario of a name, if there is one."""
        return next((each.id for each in self.saved if each.name == name), None)

    def plan(self, saved: Saved) -> tuple[Plan, str]:
        """Return a saved scenario's plan, and a remark; raises ``InputError`` where it can't be read any more."""
        state, _, remark = decode(saved.link, self.spec)
        return state.now, remark

    def spec(self, digest: str) -> OrganisationSpec | None:
        """Return how an uploaded organisation is described, if it is here."""
        try:
            own = self._organisations().find(digest)
        except InputError:
            return None
        return None if own is None else own.within(OrganisationSpec())

    def told(self) -> dict[str, Any]:
        """Return what the page is told: each saved scenario below the one that it was forked from."""
        rows = [self._row(each, depth) for each, depth in _as_tree(self.saved)]
        return {"rows": rows, "where": self.where(), "problem": self.problem}

    def where(self) -> str:
        """Return in words where things are saved."""
        try:
            return self._organisations().store.where
        except InputError:
            return ""

    def _row(self, saved: Saved, depth: int) -> dict[str, Any]:
        try:
            plan, _ = self.plan(saved)
            says = what_it_is(plan)
        except LinkError as error:
            says = f"can't be opened: {error.problems[0].message}"
        return {
            "id": saved.id,
            "name": saved.name,
            "says": says,
            "verdict": unbroken(saved.verdict),
            "fork_of": saved.fork_of,
            "depth": depth,
            "saved": _when(saved.saved),
        }

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
            self.problem = ""
        except InputError as error:
            self.problem = error.problems[0].message


def _as_tree(saved: list[Saved]) -> Iterator[tuple[Saved, int]]:
    """Yield scenarios, each followed by its forks, with how deep it lies."""
    names, forks = {each.name for each in saved}, defaultdict[str, list[Saved]](list)
    for each in saved:
        forks[each.fork_of if each.fork_of in names else ""].append(each)
    waiting = [(each, 0) for each in reversed(forks[""])]
    while waiting:
        each, depth = waiting.pop()
        yield each, depth
        waiting += [(fork, depth + 1) for fork in reversed(forks[each.name])]


def _when(moment: datetime) -> str:
    """Return a moment in the time of the server's place; SQLite forgets that it was told UTC."""
    here = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()
    return f"{here.day} {here:%b %Y, %H:%M}"

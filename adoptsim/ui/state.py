"""What somebody has on the page, as values that never change; and the history of them, with undo and redo."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.ui.setting import FIRST, changed, differences, named, starting_point

PAGES = ("explore", "compare", "why", "watch")
"""Names of pages that a link may hold; which of them are drawn, and by what, is in `app`."""
BASES = ("start", "before")
"""What the present state is held against: where one began, the state before the last change, or one that was kept."""
RUNS = (32, 64, 128)
MOST_KEPT = 4
EXACTNESS = (0, 1, 2)
"""How exact the page Why may be: the places of `why_work.LEVELS`."""
TITLE_LENGTH = 40
MOST_REMEMBERED = 200
SAME_MOVE = 1.2
"""Seconds within which moves of the same control are one change: a drag, or a key held down."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario, and what it was made from: a shipped one by its name, or one that somebody brought."""

    start: str
    scenario: files.Scenario
    brought: files.Scenario | None = None

    @property
    def first(self) -> files.Scenario:
        """Return the starting point."""
        return self.brought or starting_point(self.start)

    @property
    def unmoved(self) -> Plan:
        """Return the starting point as a plan."""
        return Plan(self.start, self.first, self.brought)

    @property
    def moved(self) -> list[str]:
        """Return in words what was moved."""
        return differences(self.first, self.scenario)

    @property
    def first_title(self) -> str:
        """Return what its starting point is called where people read it."""
        return self.first.title.rstrip(".") or self.first.name

    @property
    def title(self) -> str:
        """Return what it is called where people read it."""
        return f"{self.first_title}, changed" if self.moved else self.first_title

    def changed_to(self, scenario: files.Scenario) -> Plan:
        """Return another scenario from the same starting point."""
        return replace(self, scenario=scenario)


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan that was kept under a title, to compare with."""

    title: str
    plan: Plan

    @property
    def scenario(self) -> files.Scenario:
        """Return its scenario under its title."""
        return named(self.plan.scenario, self.title)


def first_plan() -> Plan:
    """Return what the page opens with."""
    return Plan(FIRST, starting_point(FIRST))


@dataclass(frozen=True, slots=True)
class State:
    """All that a link holds."""

    now: Plan = field(default_factory=first_plan)
    base: str = "start"
    kept: tuple[Kept, ...] = ()
    page: str = PAGES[0]
    runs: int = RUNS[0]
    full: bool = False
    """Whether the page Why counts all practices at full strength."""
    exact: int = 0
    """How many times the page Why was asked to be more exact."""
    origin: str = ""
    """What the scenario that was opened or saved last was called then. No link holds it."""
    origin_id: int | None = None
    """Its number among those saved, whatever it is called by now: what is saved next is a fork of it. No link holds it."""

    def with_(self, **fields: Any) -> State:
        """Return the state with some fields changed."""
        return replace(self, **fields)

    @property
    def kept_place(self) -> int | None:
        """Return the place of the kept plan that is the baseline, if there is one."""
        place = self.base.removeprefix("kept-")
        return int(place) if place.isdecimal() and int(place) < len(self.kept) else None

    def baseline(self, before: Plan | None) -> Plan:
        """Return what the present plan is held against."""
        place = self.kept_place
        if place is not None:
            return self.kept[place].plan
        if self.base == "before" and before is not None:
            return before
        return self.now.unmoved

    def moved(self, change: Mapping[str, Any]) -> State:
        """Return the state after a control was moved."""
        return self.with_(now=self.now.changed_to(changed(self.now.scenario, change, self.now.first)))

    def started(self, name: str) -> State:
        """Return the state at a starting point."""
        return self.with_(now=Plan(name, starting_point(name)), origin="", origin_id=None)

    def bringing(self, scenario: files.Scenario) -> State:
        """Return the state at a starting point that somebody brought."""
        return self.with_(now=Plan(scenario.name, scenario, scenario), origin="", origin_id=None)

    def in_organisation(self, spec: OrganisationSpec) -> State:
        """Return the state with the same practices in another organisation."""
        return self.with_(now=self.now.changed_to(self.now.scenario.model_copy(update={"organisation": spec})))

    def keeping(self, title: str) -> State:
        """Return the state with the present plan kept; raises ``InputError`` where there is no room."""
        if len(self.kept) >= MOST_KEPT:
            raise InputError(Problem(f"{MOST_KEPT} scenarios are saved; remove one on the Compare page first"))
        return self.with_(kept=(*self.kept, Kept(self._free(title), self.now)))

    def renamed(self, place: int, title: str) -> State:
        """Return the state with a kept plan under another title."""
        others = self.with_(kept=self.kept[:place] + self.kept[place + 1 :])
        mine = Kept(others._free(title), self.kept[place].plan)
        return self.with_(kept=(*self.kept[:place], mine, *self.kept[place + 1 :]))

    def without(self, place: int) -> State:
        """Return the state with one kept plan less; a baseline that goes becomes the starting point."""
        kept = self.kept[:place] + self.kept[place + 1 :]
        base, at = self.base, self.kept_place
        if at is not None:
            base = "start" if at == place else f"kept-{at - (at > place)}"
        return self.with_(kept=kept, base=base)

    def _free(self, title: str) -> str:
        """Return a title that no kept plan has."""
        title = " ".join(title.replace("|", " ").split())[:TITLE_LENGTH] or self.now.title[:TITLE_LENGTH]
        taken, wanted, n = {kept.title for kept in self.kept}, title, 2
        while title in taken:
            title, n = f"{wanted[: TITLE_LENGTH - 4]} ({n})", n + 1
        return title


def in_words(before: State, after: State) -> str:
    """Return what was changed from one state to the next, in words."""
    if after.origin and after.origin != before.origin and after.now != before.now:
        return f"Opened “{after.origin}”"
    if after.now.first != before.now.first:
        return f"Starting point: {after.now.first_title}"
    parts = differences(before.now.scenario, after.now.scenario)
    if len(parts) > 2:
        parts = [*parts[:2], f"and {len(parts) - 2} more"]
    titles = {kept.title for kept in before.kept}, {kept.title for kept in after.kept}
    parts += [f"Saved “{title}”" for title in sorted(titles[1] - titles[0]) if len(after.kept) > len(before.kept)]
    parts += [f"Removed “{title}”" for title in sorted(titles[0] - titles[1]) if len(after.kept) < len(before.kept)]
    if len(after.kept) == len(before.kept) and titles[0] != titles[1]:
        parts.append(f"Renamed to “{next(iter(titles[1] - titles[0]), '')}”")
    if after.base != before.base and len(after.kept) == len(before.kept):
        parts.append("Compared with another baseline")
    if after.runs != before.runs:
        parts.append(f"{after.runs} runs")
    return "; ".join(parts) or "Nothing changed"


@dataclass(frozen=True, slots=True)
class _Step:
    state: State
    key: str
    at: float
    says: str


class History:
    """Every state there was, and which one is shown. Moves of one control in quick succession are one step."""

    def __init__(self, *states: State, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        all_states = states or (State(),)
        first = _Step(all_states[0], "", -1e9, f"Began with {all_states[0].now.title}")
        pairs = itertools.pairwise(all_states)
        self._steps = [first, *(_Step(state, "", -1e9, in_words(before, state)) for before, state in pairs)]
        self.place = len(self._steps) - 1

    @property
    def state(self) -> State:
        """Return the state that is shown."""
        return self._steps[self.place].state

    @property
    def before(self) -> Plan | None:
        """Return the plan before the last change of it."""
        now = self.state.now
        for step in reversed(self._steps[: self.place]):
            if step.state.now != now:
                return step.state.now
        return None

    def record(self, state: State, key: str = "") -> None:
        """Show another state; ``key`` names the control that was moved. What was undone is forgotten."""
        last, now = self._steps[self.place], self._clock()
        if state == last.state:
            return
        del self._steps[self.place + 1 :]
        if key and key == last.key and now - last.at < SAME_MOVE and self.place:
            before = self._steps[self.place - 1].state
            if state == before:  # back where it began: nothing was changed
                del self._steps[self.place]
            else:
                self._steps[self.place] = _Step(state, key, now, in_words(before, state))
        else:
            self._steps = [*self._steps, _Step(state, key, now, in_words(last.state, state))][-MOST_REMEMBERED:]
        self.place = len(self._steps) - 1

    def replace(self, state: State) -> None:
        """Show another state in the place of this one: what is no change of the plan, as turning a page."""
        self._steps[self.place] = replace(self._steps[self.place], state=state)

    def go(self, place: int) -> None:
        """Show the state in a place of the history; the page that is open stays open, and as it was set."""
        shown = self.state
        self.place = min(max(place, 0), len(self._steps) - 1)
        self.replace(self.state.with_(page=shown.page, full=shown.full, exact=shown.exact))

    def undo(self) -> None:
        """Go back a step."""
        self.go(self.place - 1)

    def redo(self) -> None:
        """Go forward a step."""
        self.go(self.place + 1)

    @property
    def n_steps(self) -> int:
        """Return how many states there are."""
        return len(self._steps)

    def scenarios(self) -> Iterator[files.Scenario]:
        """Yield all scenarios that can be gone back to, and what they began from."""
        for step in list(self._steps):
            for plan in (step.state.now, *(kept.plan for kept in step.state.kept)):
                yield from (plan.scenario, plan.first)

    def log(self) -> list[str]:
        """Return in words what was changed at each step, the first being the beginning."""
        return [step.says for step in self._steps]

"""The page Why: what is worked out about one scenario, and what the page is told of it while it comes.

What a visitor asked for outlives the page: they may turn to another one and come back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, ref

import solara

from adoptsim.ui import why_taking, why_views
from adoptsim.ui.desk import Desk
from adoptsim.ui.recipes import scenario_file, scenario_file_name, taken
from adoptsim.ui.state import Plan
from adoptsim.ui.taking import Offer, take_along
from adoptsim.ui.telling import as_recipes
from adoptsim.ui.why_work import LEVELS, OFFICE, Findings, Job, Office, Question

TICK = 0.25
"""Seconds between two looks at how far the work is: four redrawings a second."""
FEW_SECONDS, TO_FIVE = 8, 90
PARTS = (
    ("adds", "What each practice adds"),
    ("enough", "The least that is enough"),
    ("tipping", "The tipping point"),
    ("unheard", "Who is unheard"),
)
_HERE = Path(__file__).parent


@solara.component_vue("why.vue", vuetify=False)
def WhyView(
    status: dict[str, Any],
    parts: dict[str, Any],
    recipes: dict[str, str],
    file: str,
    event_begin: Any = None,
    event_cancel: Any = None,
    event_more: Any = None,
    event_strength: Any = None,
    event_fetch: Any = None,
) -> None:
    """Draw the four parts, and how far the work is."""


@solara.component
def Why(desk: Desk) -> None:
    """Show why the present scenario does what it does."""
    desk.shown()
    room = room_of(desk)
    solara.use_effect(room.arrive, [desk.state.now.scenario.digest()])
    solara.Style(_HERE / "why.css")
    with solara.v.Html(tag="main", class_="as-main-one"):
        WhyView(
            **room.shown(),
            event_begin=lambda _: room.begin(),
            event_cancel=lambda _: room.cancel(),
            event_more=lambda _: room.more(),
            event_strength=room.count_in_full,
            event_fetch=lambda _: desk.make_file(room.scenario_file),
        )
        take_along(desk, room.offer())


class Room:
    """One visitor's work: what it is about, how far it is, what came of it."""

    def __init__(self, desk: Desk, office: Office | None = None) -> None:
        self._desk, self._office = ref(desk), office or OFFICE
        self._changed = solara.reactive(0)
        self._ticks, self._closed = 0, False
        self.about: Plan | None = None
        self.level = desk.state.exact
        self.job: Job | None = None
        self._drawn: tuple[Findings | None, dict[str, Any]] = (None, {})

    # -- what the page does

    def arrive(self) -> None:
        """Begin on the first visit; later show what is known of the present scenario, if it is."""
        known = self._office.kept(Question(self._now.scenario, self.full))
        if self.about is None:
            self._start(self._now, self.level, full=self.full)
        elif self.is_stale and known is not None and known.level >= 0:
            self.begin()

    def begin(self) -> None:
        """Work out what the present scenario asks; what was worked out before comes at once."""
        self._start(self._now, 0, full=self.full)

    def more(self) -> None:
        """Make it more exact: more runs of the same scenario."""
        if self.about is not None and not self.is_working and self.level + 1 < len(LEVELS):
            self._start(self.about, self.level + 1, full=self.full)

    def count_in_full(self, full: Any) -> None:
        """Count all practices at full strength, or those in use as they are used."""
        self._start(self._now, 0, full=bool(full))

    def cancel(self) -> None:
        """Stop the work; what was found stays."""
        if self.job is not None:
            self.job.cancel()
        self._show()

    def close(self) -> None:
        """End the visit."""
        self._closed = True
        if self.job is not None:
            self.job.cancel()

    def _start(self, plan: Plan, level: int, *, full: bool) -> None:
        if self.job is not None:
            self.job.cancel()
        question = Question(plan.scenario, full)
        known = self._office.kept(question)
        self.about, self.level = plan, max(level, known.level if known is not None else 0)
        self.job = self._office.start(question, self.level)
        self._visited.set_why(full=full, exact=self.level)
        threading.Thread(target=self._follow, args=(self.job,), daemon=True, name="why-follow").start()
        self._show()

    def _follow(self, job: Job) -> None:
        """Tell the page how far a job is, until it ends or another one takes its place."""
        while not self._closed and job is self.job and not job.ended.wait(TICK) and not job.was_stopped:
            self._show()
        if not self._closed and job is self.job:
            self._show()

    def _show(self) -> None:
        self._ticks += 1
        self._changed.value = self._ticks

    # -- what it is shown

    @property
    def _visited(self) -> Desk:
        desk = self._desk()
        assert desk is not None  # who asks has it
        return desk

    @property
    def _now(self) -> Plan:
        return self._visited.state.now

    @property
    def full(self) -> bool:
        """Return whether all practices count at full strength; the link holds it."""
        return self._visited.state.full

    @property
    def is_stale(self) -> bool:
        """Return whether the scenario has changed since."""
        return self.about is not None and self.about.scenario.digest() != self._now.scenario.digest()

    @property
    def is_working(self) -> bool:
        """Return whether something is still being worked out."""
        return self.job is not None and not self.job.ended.is_set() and not self.job.was_stopped

    def shown(self) -> dict[str, Any]:
        """Return all that the page is told; reading it makes the page follow the work."""
        _ = self._changed.value
        found = self._found
        file = "" if self.about is None or not taken(self.about).is_file else scenario_file_name(self.about)
        return {"status": self._status(found), "parts": self._parts(found), "recipes": self._commands(), "file": file}

    def _status(self, found: Findings | None) -> dict[str, Any]:
        job, working = self.job, self.is_working
        return {
            "title": "" if self.about is None else self.about.title,
            "changes": [] if self.about is None else self.about.moved,
            "working": working,
            "queued": working and job is not None and job.waiting,
            "waits": working and job is not None and job.stop.waits,
            "done": 1.0 if job is None or not working else round(job.meter.done, 3),
            "left": left_in_words(job.meter.seconds_left) if job is not None and working else "",
            "problem": "" if job is None else job.problem,
            "stopped": job is not None and job.was_stopped,
            "stale": self.is_stale,
            "full": self.full,
            "weak": self.about is not None and any(0 < use.intensity < 1 for use in self.about.scenario.practices.values()),
            "more": self._more(found),
            "parts": [{"name": name, "title": title, "state": self._state(found, name)} for name, title in PARTS],
        }

    def _more(self, found: Findings | None) -> dict[str, Any] | None:
        if found is None or found.level < 0 or found.level + 1 >= len(LEVELS):
            return None
        level = found.level + 1
        return {"runs": LEVELS[level], "takes": roughly(self._office.seconds_for(found, level))}

    def _state(self, found: Findings | None, part: str) -> str:
        """Return whether a part is done, has a first answer, is being worked out, or waits."""
        if found is not None and found.level >= self.level:
            return "done"
        if found is None or self.job is None:
            return "waits"
        known = {
            "adds": found.n_bundle_runs >= LEVELS[self.level],
            "enough": found.enough is not None and found.enough_runs >= LEVELS[self.level],
            "tipping": found.tipping_level >= self.level,
            "unheard": found.unheard is not None,
        }
        if known[part]:
            return "done"
        working = {"bundles": "adds"}.get(self.job.meter.part.split()[0] if self.job.meter.part else "", self.job.meter.part)
        return "working" if self.is_working and working == part else "waits"

    def _parts(self, found: Findings | None) -> dict[str, Any]:
        """Return what is drawn; made anew only when something new is known."""
        if found is not None and found is not self._drawn[0]:
            self._drawn = (found, drawn(found))
        return self._drawn[1] if found is not None else {}

    def _commands(self) -> dict[str, str]:
        if self.about is None:
            return {}
        return why_taking.commands(self.about, self.level, full=self.full)

    def offer(self) -> Offer:
        """Return what can be taken along of what is known; nothing before anything is."""
        _ = self._changed.value
        found, about = self._found, self.about
        if found is None or about is None:
            return Offer({}, [], lambda _: ("", b""))
        commands = self._commands()
        said = "\n".join(dict.fromkeys(commands.values()))
        recipes = as_recipes(said, why_taking.python_for(about, self.level, full=self.full))
        make = partial(why_taking.why_file, plan=about, found=found, command=commands["tipping"])
        return Offer(why_taking.kinds(found), recipes, make)

    def scenario_file(self) -> tuple[str, bytes]:
        """Return the file that the commands need, with own files if it names some."""
        return scenario_file(self.about or self._now)

    @property
    def _found(self) -> Findings | None:
        return None if self.job is None else self.job.findings


def drawn(found: Findings) -> dict[str, Any]:
    """Return what is known so far as the page draws it."""
    scenario, full = found.question
    parts: dict[str, Any] = {}
    if found.unheard is not None:
        parts["unheard"] = why_views.unheard(found.unheard)
    if found.tipping is not None:
        parts["tipping"] = why_views.tipping(found.tipping)
    if found.shares is not None:
        parts["adds"] = why_views.adds(found.shares, scenario, full=full, least=LEVELS[0])
    if found.enough is not None:
        parts["enough"] = why_views.enough(found.enough, scenario, full=full, runs=found.enough_runs)
    return parts


def left_in_words(seconds: float) -> str:
    """Return how long something still takes, no more exactly than can be known."""
    return "a few seconds left" if seconds < FEW_SECONDS else f"about {roughly(seconds)} left"


def roughly(seconds: float) -> str:
    """Return a length of time to five seconds, a long one to a minute."""
    return f"{5 * max(1, round(seconds / 5))} s" if seconds < TO_FIVE else f"{max(2, round(seconds / 60))} min"


_ROOMS: WeakKeyDictionary[Desk, Room] = WeakKeyDictionary()


def room_of(desk: Desk) -> Room:
    """Return the visitor's room; it is there as long as their desk is."""
    if desk not in _ROOMS:
        _ROOMS[desk] = Room(desk)
    return _ROOMS[desk]


def ending(desk: Desk) -> Callable[[], None]:
    """Return what ends a visit's work when it is over."""

    def end() -> None:
        if desk in _ROOMS:
            _ROOMS.pop(desk).close()

    return end

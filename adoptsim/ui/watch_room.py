"""One visitor's room on the page Watch: the film that runs there, and what is asked about it. It goes with the visitor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from adoptsim.analysis.pairs import Pair
from adoptsim.analysis.story import story_of
from adoptsim.domain.errors import InputError
from adoptsim.files import Scenario
from adoptsim.report.verdict import day_support_ends
from adoptsim.simulation import SEED, Stopped
from adoptsim.ui.watch_film import Film, film_of
from adoptsim.ui.watch_layout import Layout, layout_of
from adoptsim.ui.watch_words import THIS, day_words, story_view

MOST_DAYS_A_BLOCK = 63
NOBODY = 65_535
_TURN = threading.Lock()
"""One film or story is made at a time, whoever asked: thirty at once would each take thirty times as long, and longer."""

Event = Mapping[str, Any]
Others = Mapping[str, tuple[str, str, Scenario]]


class Send(Protocol):
    """Sends a message to the part of the page that draws, with bytes beside it."""

    def __call__(self, method: str, *args: Any, buffers: list[bytes] | None = None) -> None:
        """Call ``jupyter_<method>`` there."""


class Room:
    """Makes the film of a scenario and tells the page about it: all of it once, days in blocks, stories when asked.

    One thread computes, while there is something to compute; of each kind only the newest question is answered.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._waiting: dict[str, Callable[[], None]] = {}
        self._stop = threading.Event()
        self._busy = self._closed = False
        self._key = ""
        self.film: Film | None = None

    # -- what the page asks

    def show(self, scenario: Scenario, replicate: int, key: str, aspect: float) -> None:
        """Make the film of one run, for a picture of this aspect; ``key`` names it in what is sent. An older one goes."""
        with self._lock:
            known = self.film if self._key == key else None
            self.film, self._key = known, key
            self._stop.set()
        self._ask("film", lambda: self._show_film(known or self._film(scenario, replicate), key, aspect))

    def block(self, event: Event) -> None:
        """Send the days asked for, as bytes."""
        film = self.film
        if film is None:
            return
        first = min(max(int(event.get("first", 0)), 0), film.days - 1)
        end = min(first + min(max(int(event.get("days", 1)), 1), MOST_DAYS_A_BLOCK), film.days)
        arcs = film.arcs[film.offsets[first] : film.offsets[end]]
        offsets = film.offsets[first : end + 1] - film.offsets[first]
        words = [day_words(film, day) for day in range(first, end)]
        parts = [film.frames[first:end], arcs, offsets]
        meta = {"key": str(event.get("key", "")), "first": first, "end": end, "words": words}
        self._send("block", meta, buffers=[np.ascontiguousarray(part).tobytes() for part in parts])

    def story(self, event: Event, others: Others) -> None:
        """Tell somebody's story in this run and under another policy; without a person the most instructive one."""
        film, other = self.film, others.get(str(event.get("other")))
        if film is None or other is None:
            return
        person = event.get("person")
        whom = None if person is None else min(max(int(person), 0), film.people - 1)
        _, name, scenario = other
        self._ask("story", lambda: self._tell_story(film, whom, name, scenario, str(event.get("other"))))

    def close(self) -> None:
        """Stop computing for good, and forget the film."""
        with self._lock:
            self._closed, self.film = True, None
            self._waiting.clear()
            self._stop.set()

    # -- computing

    def _ask(self, kind: str, act: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            self._waiting[kind] = act
            if kind == "film":
                self._waiting.pop("story", None)
            if self._busy:
                return
            self._busy = True
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while (act := self._take()) is not None:
            try:
                with _TURN:
                    act()
            except Stopped:
                continue
            except InputError as error:
                self._send("problem", "; ".join(problem.message for problem in error.problems))
            except Exception as error:
                self._send("problem", f"This could not be simulated: {type(error).__name__}: {error}")

    def _take(self) -> Callable[[], None] | None:
        with self._lock:
            kind = next((kind for kind in ("film", "story") if kind in self._waiting), None)
            self._busy = kind is not None
            self._stop = threading.Event()
            return self._waiting.pop(kind) if kind is not None else None

    def _film(self, scenario: Scenario, replicate: int) -> Film:
        stop = self._stop
        film = film_of(scenario, replicate, stop=stop)
        with self._lock:
            if stop.is_set() or self._closed:
                raise Stopped
            self.film = film
        return film

    def _show_film(self, film: Film, key: str, aspect: float) -> None:
        layout = layout_of(film.organisation, aspect)
        self._send("scene", scene(film, layout, key), buffers=scene_bytes(film, layout))

    def _tell_story(self, film: Film, person: int | None, name: str, scenario: Scenario, other: str) -> None:
        story = story_of(Pair(film.scenario, scenario, seed=SEED), film.replicate, (THIS, name), person)
        with self._lock:
            if self.film is not film:
                raise Stopped
        self._send("story", story_view(story) | {"other": other})


def scene(film: Film, layout: Layout, key: str) -> dict[str, Any]:
    """Return what stays as it is while the film runs, as plain data."""
    organisation, rule, end = film.organisation, film.scenario.critical_mass, day_support_ends([film.scenario])
    return {
        "key": key,
        "people": film.people,
        "days": film.days,
        "lasts": film.lasts,
        "threshold": rule.threshold,
        "support": None if end is None else min(end, film.days),
        "series": film.series,
        "departments": [
            {"name": film.names.department_of(int(first)), "x": x, "y": y, "r": r, "n": int(n)}
            for first, n, (x, y, r) in zip(
                organisation.department_start[:-1],
                np.diff(organisation.department_start),
                layout.disc.round(3).tolist(),
                strict=True,
            )
        ],
        "links": layout.links,
        "labels": list(organisation.labels) if organisation.labels is not None else None,
    }


def scene_bytes(film: Film, layout: Layout) -> list[bytes]:
    """Return where everybody stands and to whom they are tied, as bytes, in the order in which the page reads them."""
    organisation = film.organisation
    manager = np.where(organisation.manager < 0, NOBODY, organisation.manager)
    return [
        layout.x.tobytes(),
        layout.y.tobytes(),
        organisation.department.astype(np.uint16).tobytes(),
        manager.astype(np.uint16).tobytes(),
        organisation.indptr.astype(np.uint32).tobytes(),
        organisation.neighbours.astype(np.uint16).tobytes(),
    ]

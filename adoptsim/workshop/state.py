"""What has happened in a room, and the state that follows: a fold of events, without clock, luck or files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

Guess = str | float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has joined; who is removed stays known, so that what they did can be left out."""

    id: str
    nickname: str
    team: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """How a team uses a practice: the name of a strength, and the month in which it starts."""

    strength: str
    start: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A team's decision; ``revision`` is the version of the room that it made, ``person`` "" is the computer."""

    practices: Mapping[str, Choice]
    person: str
    revision: int

    @property
    def is_computers(self) -> bool:
        """Return whether nobody of the team has decided."""
        return not self.person


# --- what can happen ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody has come."""

    person: str
    nickname: str
    team: str


@dataclass(frozen=True, slots=True)
class Switched:
    """Somebody has gone over to another team."""

    person: str
    team: str


@dataclass(frozen=True, slots=True)
class Removed:
    """The trainer has removed somebody."""

    person: str


@dataclass(frozen=True, slots=True)
class Turned:
    """The trainer has turned to another step of the course; ``open``: answers are taken in it.

    ``undone`` names the round whose outcome no longer holds, since the room goes back before it.
    """

    step: int
    open: bool
    undone: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Answers are no longer taken."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Answers are taken again, so what followed from those of the round no longer holds."""

    round: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The trainer has turned to another screen of the phase."""

    screen: int


@dataclass(frozen=True, slots=True)
class Guessed:
    """Somebody has answered a question, for the first time or anew."""

    person: str
    round: int
    key: str
    value: Guess


@dataclass(frozen=True, slots=True)
class Decided:
    """A team has decided, by one of its people or, ``person`` "", by the computer."""

    team: str
    round: int
    practices: Mapping[str, Choice]
    person: str


@dataclass(frozen=True, slots=True)
class Reset:
    """The trainer has taken back a team's decision."""

    team: str
    round: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A part of a round's outcome, "results" or "debrief", is known."""

    round: int
    part: str
    body: Mapping[str, Any]


Event = Joined | Switched | Removed | Turned | Closed | Opened | Shown | Guessed | Decided | Reset | Reckoned


@dataclass(frozen=True, slots=True)
class State:
    """A room as it stands. Rounds count from 0; ``seen`` holds the actions that have counted, and what they made."""

    version: int = 0
    step: int = 0
    open: bool = False
    screen: int = 1
    since: float = 0.0
    people: Mapping[str, Person] = field(default_factory=dict)
    guesses: Mapping[tuple[str, int, str], Guess] = field(default_factory=dict)
    decisions: Mapping[tuple[str, int], Decision] = field(default_factory=dict)
    outcome: Mapping[tuple[int, str], Mapping[str, Any]] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)

    def present(self) -> list[Person]:
        """Return who takes part, in the order of their coming."""
        return [person for person in self.people.values() if not person.removed]

    def guesses_on(self, number: int, key: str) -> list[Guess]:
        """Return the answers to a question of everybody who takes part, in the order of their coming."""
        found = (self.guesses.get((person.id, number, key)) for person in self.present())
        return [value for value in found if value is not None]


def after(state: State, event: Event, *, at: float, request: str = "") -> State:
    """Return the state after an event; ``at`` seconds, ``request`` the action that made it happen."""
    changed = _APPLY[type(event)](replace(state, version=state.version + 1), event, at)
    if not request:
        return changed
    return replace(changed, seen={**changed.seen, request: getattr(event, "person", "")})


def _joined(state: State, event: Joined, at: float) -> State:
    return replace(state, people={**state.people, event.person: Person(event.person, event.nickname, event.team)})


def _switched(state: State, event: Switched, at: float) -> State:
    person = replace(state.people[event.person], team=event.team)
    return replace(state, people={**state.people, event.person: person})


def _removed(state: State, event: Removed, at: float) -> State:
    person = replace(state.people[event.person], removed=True)
    return replace(state, people={**state.people, event.person: person})


def _turned(state: State, event: Turned, at: float) -> State:
    turned = replace(state, step=event.step, open=event.open, screen=1, since=at)
    return turned if event.undone is None else _without_outcome(turned, event.undone)


def _closed(state: State, event: Closed, at: float) -> State:
    return replace(state, open=False)


def _opened(state: State, event: Opened, at: float) -> State:
    return replace(_without_outcome(state, event.round), open=True)


def _without_outcome(state: State, number: int) -> State:
    """Return the state before a round was closed: neither its outcome nor what the computer decided."""
    outcome = {key: body for key, body in state.outcome.items() if key[0] != number}
    decisions = {key: made for key, made in state.decisions.items() if key[1] != number or not made.is_computers}
    return replace(state, outcome=outcome, decisions=decisions)


def _shown(state: State, event: Shown, at: float) -> State:
    return replace(state, screen=event.screen)


def _guessed(state: State, event: Guessed, at: float) -> State:
    return replace(state, guesses={**state.guesses, (event.person, event.round, event.key): event.value})


def _decided(state: State, event: Decided, at: float) -> State:
    made = Decision(event.practices, event.person, state.version)
    return replace(state, decisions={**state.decisions, (event.team, event.round): made})


def _reset(state: State, event: Reset, at: float) -> State:
    return replace(state, decisions={key: made for key, made in state.decisions.items() if key != (event.team, event.round)})


def _reckoned(state: State, event: Reckoned, at: float) -> State:
    return replace(state, outcome={**state.outcome, (event.round, event.part): event.body})


_APPLY: dict[type, Callable[[State, Any, float], State]] = {
    Joined: _joined,
    Switched: _switched,
    Removed: _removed,
    Turned: _turned,
    Closed: _closed,
    Opened: _opened,
    Shown: _shown,
    Guessed: _guessed,
    Decided: _decided,
    Reset: _reset,
    Reckoned: _reckoned,
}


# --- events on paper ----------------------------------------------------------------------------------------------

KINDS: dict[str, type] = {kind.__name__.lower(): kind for kind in _APPLY}


def event_fields(event: Event) -> tuple[str, dict[str, Any]]:
    """Return an event as its kind and what JSON knows."""
    return type(event).__name__.lower(), asdict(event)


def event_of(kind: str, body: Mapping[str, Any]) -> Event:
    """Return the event that was written; raises ``ValueError`` for one that this version does not know."""
    made = KINDS.get(kind)
    if made is None or set(body) != {entry.name for entry in fields(made)}:
        raise ValueError(f"unknown event {kind!r}")
    given = dict(body)
    if made is Decided:
        given["practices"] = {key: Choice(**choice) for key, choice in body["practices"].items()}
    if made is Guessed and isinstance(body["value"], list):
        given["value"] = tuple(body["value"])
    event: Event = made(**given)
    return event


def fold(events: Iterable[tuple[Event, float, str]], state: State | None = None) -> State:
    """Return the state after events, each with its time and the action that made it happen."""
    state = state or State()
    for event, at, request in events:
        state = after(state, event, at=at, request=request)
    return state

"""What people can do in a room, as they send it, and the room's no. Whether it counts says `room`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):  # noqa: N818  # nothing has gone wrong: the room says no
    """An action that does not count, and why in words for who did it; ``status`` as HTTP has it."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Join:
    """Come in as a new ``person``, or as one who is there already: then only the team can change."""

    person: str
    nickname: str
    team: str | None
    request: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """Answer a question of the round."""

    person: str
    round: int
    key: str
    value: Any
    request: str = ""


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide for one's team, looking at the decision of that ``revision``."""

    person: str
    round: int
    practices: Mapping[str, Any]
    revision: int | None
    request: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the trainer does, looking at a ``page`` (round and phase); ``what`` is whom or which it is done to."""

    action: str
    what: Any = None
    page: tuple[int | None, str] | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class Reckon:
    """A part of a round's outcome that was computed from ``inputs``."""

    round: int
    part: str
    inputs: Inputs
    body: Mapping[str, Any]
    request: str = ""


@dataclass(frozen=True)
class Inputs:
    """What a round's outcome is computed from: decisions by team, answers by question; plain, as JSON has it."""

    decisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    guesses: dict[str, list[str | float | tuple[float, ...]]] = field(default_factory=dict)


Action = Join | Guess | Decide | Lead | Reckon

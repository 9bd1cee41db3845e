"""A small workshop by hand: round one with three questions and a choice of four practices, round two with one question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adoptsim.workshop.actions import Action, Join, Lead, Reckon, Refused
from adoptsim.workshop.menu import Menu
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.room import Room
from adoptsim.workshop.state import Event, State, after
from adoptsim.workshop.views import Links, Surroundings

A, B, C, D = "critical_mass", "safe_space", "act_on_contributions", "social_media_policy"
QUESTIONS = (
    {"key": "lasts", "kind": "lasts", "text": "Will it last?"},
    {"key": "share", "kind": "contributors", "text": "How many contribute in month 24?"},
    {"key": "best", "kind": "practice", "text": "Which practice matters most?", "options": (A, B)},
)
PLAN = Workshop.model_validate(
    {
        "name": "small",
        "title": "A small workshop",
        "minutes": 40,
        "opening": 2,
        "closing": 2,
        "replicates": 8,
        "rounds": (
            {
                "title": "Choose",
                "scenario": "launch-only",
                "introduce": ("Once upon a time.",),
                "predict": QUESTIONS,
                "decide": {"budget": 20, "unit": "hours", "practices": (A, B, C, D), "strengths": {"half": 0.5, "full": 1.0},
                           "starts": (0, 3)},
                "debrief": ("What surprised you?",),
                "minutes": {"introduce": 3, "predict": 3, "decide": 6, "reveal": 3, "debrief": 5},
                "notes": {"predict": "Wait.\nThen wait again."},
            },
            {
                "title": "Guess",
                "scenario": "typical",
                "introduce": ("Then came winter.",),
                "predict": QUESTIONS[:1],
                "minutes": {"introduce": 3, "predict": 3, "reveal": 3, "debrief": 7},
            },
        ),
    }
)  # fmt: skip
MENU = Menu(20.0, "hours", {A: 16.0, B: 5.0, C: 16.0, D: 5.0}, {"half": 0.5, "full": 1.0}, (0, 3))
ROOM = Room(PLAN, {0: MENU}, {0: ("Once upon a time.",), 1: ("Then came winter.",)})
AROUND = Surroundings(Links("123456", "http://127.0.0.1:1/", "http://127.0.0.1:1/projector?key=x"))
STEPS = [("lobby", None), *((phase, 0) for phase in ("introduce", "predict", "decide", "reveal", "debrief")),
         *((phase, 1) for phase in ("introduce", "predict", "reveal", "debrief")), ("ended", None)]  # fmt: skip
RESULTS: dict[str, Any] = {
    "threshold": 0.25,
    "end_of_support": 189,
    "days": 504,
    "teams": [],
    "winner": None,
    "guesses": [{"key": "lasts", "kind": "lasts", "text": "Will it last?", "labels": [], "counts": [], "simulated": {}}],
}


def use(*keys: str, strength: str = "full", start: int = 0) -> dict[str, Any]:
    """Return a choice of practices as a page sends it."""
    return {key: {"strength": strength, "start": start} for key in keys}


def played(*actions: Action, state: State | None = None, room: Room = ROOM) -> State:
    """Return the state after actions, all of which the room takes."""
    state = state or State()
    for action in actions:
        state, _ = done(state, action, room)
    return state


def done(state: State, action: Action, room: Room = ROOM, at: float = 1.0) -> tuple[State, list[tuple[Event, float, str]]]:
    """Return the state after an action, and what is to be kept of it; as `Host` does it."""
    request, entries = action.request, []
    for event in room.act(state, action):
        state = after(state, event, at=at, request=request)
        entries.append((event, at, request))
        request = ""
    return state, entries


def refusal(state: State, action: Action) -> str:
    """Return why the room does not take an action; fails if it does."""
    try:
        ROOM.act(state, action)
    except Refused as no:
        return str(no)
    raise AssertionError(f"{action} was taken")


def people(*names: str, team: str | None = None) -> Iterable[Join]:
    """Return how people come in; somebody's id is their name in small letters."""
    return [Join(name.lower(), name, team) for name in names]


def go(phase: str, number: int | None) -> list[Lead]:
    """Return how the trainer comes from the lobby to a phase."""
    return [Lead("next")] * STEPS.index((phase, number))


def reckoned(state: State, part: str = "results", body: dict[str, Any] | None = None, number: int = 0) -> Reckon:
    """Return what the simulation says of a round as it stands."""
    return Reckon(number, part, ROOM.inputs(state, number), RESULTS if body is None else body)

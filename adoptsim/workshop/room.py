"""Who may do what when in a room. Pure: an action is refused, or returns the events that follow from it.

No clock, no luck, no file: whoever calls brings time and new names along, so that any room can be played again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from adoptsim.domain.errors import InputError
from adoptsim.workshop.actions import Action, Decide, Guess, Inputs, Join, Lead, Reckon, Refused
from adoptsim.workshop.menu import Menu
from adoptsim.workshop.nicknames import cleaned, unlike
from adoptsim.workshop.plan import Round, Workshop
from adoptsim.workshop.questions import Question
from adoptsim.workshop.state import (
    Choice,
    Closed,
    Decided,
    Decision,
    Event,
    Guessed,
    Joined,
    Opened,
    Person,
    Reckoned,
    Removed,
    Reset,
    Shown,
    State,
    Switched,
    Turned,
)

MOST_PEOPLE = 400
MOST_SCREENS = 20
LOBBY, ENDED = "lobby", "ended"
ANSWERED = ("predict", "decide")
PARTS = ("results", "debrief")


class Step(NamedTuple):
    """Where a workshop can stand; ``round`` counts from 0, None before the first and after the last."""

    round: int | None
    phase: str


@dataclass(frozen=True)
class Room:
    """The rules of one workshop; ``menus`` by round, for the rounds in which teams decide; ``stories`` by round.

    ``lot``: rooms with the same draw the same decisions for teams that send none.
    """

    plan: Workshop
    menus: Mapping[int, Menu]
    stories: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    lot: str = ""

    @cached_property
    def course(self) -> tuple[Step, ...]:
        """Return every step from the lobby to the end."""
        steps = [Step(number, phase) for number, each in enumerate(self.plan.rounds) for phase in each.phases]
        return (Step(None, LOBBY), *steps, Step(None, ENDED))

    @cached_property
    def teams(self) -> tuple[str, ...]:
        """Return the teams' names, in the plan's order."""
        return tuple(team.name for team in self.plan.teams)

    @cached_property
    def _last_answered(self) -> dict[int, int]:
        """The step of each round after which its outcome can be computed, once answers are closed."""
        return {here.round: place for place, (here, then) in enumerate(pairwise(self.course))
                if here.round is not None and then.phase == "reveal"}  # fmt: skip

    def step(self, state: State) -> Step:
        """Return where the room stands."""
        return self.course[state.step]

    def act(self, state: State, action: Action) -> tuple[Event, ...]:
        """Return what follows from an action, nothing if it has counted before; raises ``Refused``."""
        if action.request and action.request in state.seen:
            return ()
        return _ACTS[type(action)](self, state, action)

    # -- participants

    def _join(self, state: State, action: Join) -> tuple[Event, ...]:
        known = state.people.get(action.person)
        if known is not None and not known.removed:
            return self._switch(state, known, action.team)
        nickname = cleaned(action.nickname)
        if not nickname:
            raise Refused("Give a name that others can read, up to 24 letters.", 400)
        if action.team is not None and action.team not in self.teams:
            raise Refused(f"There is no such team. Choose {_either(self.teams)}.", 400)
        present = state.present()
        if len(present) >= MOST_PEOPLE:
            raise Refused(f"The room is full: {MOST_PEOPLE} people have joined.")
        nickname = unlike(nickname, [person.nickname for person in present])
        # who is here with a second phone would see, and could change, what a team of their choice decides
        may_choose = self.step(state).phase != "decide"
        return (Joined(action.person, nickname, (may_choose and action.team) or self.smallest_team(state)),)

    def _switch(self, state: State, person: Person, team: str | None) -> tuple[Event, ...]:
        """Somebody is in one team only: the last they chose. Not while teams decide, or they would see two decisions."""
        if team is None or team == person.team:
            return ()
        if team not in self.teams:
            raise Refused(f"There is no such team. Choose {_either(self.teams)}.", 400)
        if self.step(state).phase == "decide":
            raise Refused(f"You are in team {person.team}. You can change teams when this round's decisions are shown.")
        return (Switched(person.id, team),)

    def smallest_team(self, state: State) -> str:
        """Return the team with the fewest people, the first of them."""
        members = self.members(state)
        return min(self.teams, key=lambda team: len(members[team]))

    def members(self, state: State) -> dict[str, list[Person]]:
        """Return who is in each team."""
        members: dict[str, list[Person]] = {team: [] for team in self.teams}
        for person in state.present():
            members[person.team].append(person)
        return members

    def _guess(self, state: State, action: Guess) -> tuple[Event, ...]:
        person, each = self._taking_part(state, action.person), self._now(state, action.round, "predict")
        question = next((entry for entry in each.predict if entry.key == action.key), None)
        if question is None:
            raise Refused("This round has no such question.", 400)
        value = _answer(question, action.value)
        if state.guesses.get((person.id, action.round, question.key)) == value:
            return ()
        return (Guessed(person.id, action.round, question.key, value),)

    def _decide(self, state: State, action: Decide) -> tuple[Event, ...]:
        person = self._taking_part(state, action.person)
        self._now(state, action.round, "decide")
        practices = self._chosen(self.menus[action.round], action.practices)
        before = state.decisions.get((person.team, action.round))
        if action.revision is not None and action.revision != (before.revision if before else 0):
            raise Refused(_changed_meanwhile(state, before))
        if before is not None and before.practices == practices and not before.is_computers:
            return ()
        return (Decided(person.team, action.round, practices, person.id),)

    def _chosen(self, menu: Menu, given: Mapping[str, Any]) -> dict[str, Choice]:
        """Return a team's choice as it is kept; raises ``Refused`` for what isn't on offer, and beyond the budget."""
        chosen: dict[str, Choice] = {}
        for key in menu.prices:  # in the menu's order: the same choice is the same decision
            use = given.get(key)
            if use is None:
                continue
            strength, start = (use.get("strength"), use.get("start")) if isinstance(use, Mapping) else (None, None)
            if not isinstance(strength, str) or strength not in menu.strengths:
                raise Refused(f"Choose {_either(tuple(menu.strengths))} as the strength of each practice.", 400)
            if isinstance(start, bool) or not isinstance(start, int) or start not in menu.starts:
                raise Refused(f"Choose month {_either(tuple(map(str, menu.starts)))} as the start of each practice.", 400)
            chosen[key] = Choice(strength, start)
        if set(given) - set(menu.prices):
            raise Refused("A practice that was chosen is not on offer in this round.", 400)
        if not menu.can_pay(chosen):
            raise Refused(f"This costs {menu.cost(chosen):g} {menu.unit}, and the budget is {menu.budget:g}.")
        return chosen

    def _taking_part(self, state: State, person: str) -> Person:
        known = state.people.get(person)
        if known is None or known.removed:
            raise Refused("Join the workshop first.", 401)
        return known

    def _now(self, state: State, number: int, phase: str) -> Round:
        """Return the round that is asked about; raises ``Refused`` unless the room is there and takes answers."""
        here = self.step(state)
        if (here.round, here.phase) != (number, phase):
            raise Refused("The room has moved on, so this no longer counts.")
        if not state.open:
            raise Refused("Answers are closed, so this no longer counts.")
        return self.plan.rounds[number]

    # -- the trainer

    def _lead(self, state: State, action: Lead) -> tuple[Event, ...]:
        if action.action not in _LEADS:
            raise Refused(f"There is no action {action.action!r}. There are {', '.join(_LEADS)}.", 400)
        if action.page is not None and action.page != tuple(self.step(state)):
            raise Refused("The room has moved on since this page was shown. Look again, then decide.")
        if action.action not in self.possible(state):
            raise Refused("This does nothing now.")
        return _LEADS[action.action](self, state, action.what)

    def possible(self, state: State) -> tuple[str, ...]:
        """Return the trainer's actions that do something now."""
        here = self.step(state)
        allowed = {
            "next": here.phase != ENDED,
            "back": here.phase != LOBBY,
            "close": here.phase in ANSWERED and state.open,
            "open": here.phase in ANSWERED and not state.open,
            "show": here.phase != LOBBY,
            "reset_team": here.phase == "decide",
            "remove": bool(state.present()),
            "move": bool(state.present()) and here.phase != ENDED,
        }
        return tuple(name for name in _LEADS if allowed[name])

    def _next(self, state: State, what: Any) -> tuple[Event, ...]:
        then = state.step + 1
        return (*self._computer_decides(state), Turned(then, self.course[then].phase in ANSWERED))

    def _back(self, state: State, what: Any) -> tuple[Event, ...]:
        then = state.step - 1
        number, phase = self.course[then]
        before = number is not None and then <= self._last_answered[number]
        return (Turned(then, phase in ANSWERED, number if before else None),)

    def _close(self, state: State, what: Any) -> tuple[Event, ...]:
        return (*self._computer_decides(state), Closed())

    def _open(self, state: State, what: Any) -> tuple[Event, ...]:
        number = self.step(state).round
        assert number is not None
        return (Opened(number),)

    def _show(self, state: State, what: Any) -> tuple[Event, ...]:
        if isinstance(what, bool) or not isinstance(what, int) or not 1 <= what <= MOST_SCREENS:
            raise Refused(f"Give a screen from 1 to {MOST_SCREENS}.", 400)
        return () if what == state.screen else (Shown(what),)

    def _reset_team(self, state: State, what: Any) -> tuple[Event, ...]:
        number = self.step(state).round
        assert number is not None
        if what not in self.teams:
            raise Refused(f"There is no such team. Choose {_either(self.teams)}.", 400)
        if (what, number) not in state.decisions:
            return ()
        reset = Reset(what, number)
        return (reset,) if state.open else (Opened(number), reset)

    def _remove(self, state: State, what: Any) -> tuple[Event, ...]:
        known = state.people.get(what) if isinstance(what, str) else None
        if known is None:
            raise Refused("Nobody here is known by this.", 400)
        return () if known.removed else (Removed(known.id),)

    def _move(self, state: State, what: Any) -> tuple[Event, ...]:
        """Put somebody into another team, also while teams decide."""
        person, team = (what.get("person"), what.get("team")) if isinstance(what, Mapping) else (None, None)
        known = state.people.get(person) if isinstance(person, str) else None
        if known is None or known.removed:
            raise Refused("Nobody here is known by this.", 400)
        if team not in self.teams:
            raise Refused(f"There is no such team. Choose {_either(self.teams)}.", 400)
        return () if team == known.team else (Switched(known.id, team),)

    def _computer_decides(self, state: State) -> tuple[Event, ...]:
        """Return what the computer draws for each team that takes part and has not decided."""
        number, phase = self.step(state)
        if phase != "decide" or number is None or not state.open:  # what was closed may have been reckoned already
            return ()
        late = [team for team in self.playing(state, number) if (team, number) not in state.decisions]
        return tuple(Decided(team, number, self.menus[number].by_lot(f"{self.lot} {number} {team}"), "") for team in late)

    def playing(self, state: State, number: int) -> tuple[str, ...]:
        """Return the teams that take part in a round: those with people or a decision; the first if there is none."""
        members = self.members(state)
        found = tuple(team for team in self.teams if members[team] or (team, number) in state.decisions)
        return found or self.teams[:1]

    # -- what the simulation says

    def due(self, state: State) -> tuple[int, str] | None:
        """Return which part of which round's outcome can be computed and is not known; the present round's first."""
        missing = ((number, part) for number in reversed(self._settled(state)) for part in PARTS)
        return next((key for key in missing if key not in state.outcome), None)

    def _settled(self, state: State) -> list[int]:
        """Return the rounds in which nobody can answer or decide any more."""
        return [
            number
            for number, last in self._last_answered.items()
            if state.step > last or (state.step == last and not state.open)
        ]

    def inputs(self, state: State, number: int) -> Inputs:
        """Return what a round's outcome is computed from."""
        decisions = {
            team: {
                "practices": {key: {"strength": use.strength, "start": use.start} for key, use in made.practices.items()},
                "computer": made.is_computers,
            }
            for team in self.teams
            if (made := state.decisions.get((team, number))) is not None
        }
        questions = self.plan.rounds[number].predict
        return Inputs(decisions, {question.key: state.guesses_on(number, question.key) for question in questions})

    def _reckon(self, state: State, action: Reckon) -> tuple[Event, ...]:
        if action.round not in self._settled(state) or (action.round, action.part) in state.outcome:
            raise Refused("This is not asked any more.")
        if self.inputs(state, action.round) != action.inputs:
            raise Refused("Decisions have changed meanwhile.")
        return (Reckoned(action.round, action.part, action.body),)


_ACTS: dict[type, Callable[[Room, State, Any], tuple[Event, ...]]] = {
    Join: Room._join,
    Guess: Room._guess,
    Decide: Room._decide,
    Lead: Room._lead,
    Reckon: Room._reckon,
}
_LEADS: dict[str, Callable[[Room, State, Any], tuple[Event, ...]]] = {
    "next": Room._next,
    "back": Room._back,
    "close": Room._close,
    "open": Room._open,
    "show": Room._show,
    "reset_team": Room._reset_team,
    "remove": Room._remove,
    "move": Room._move,
}


def _answer(question: Question, value: Any) -> str | float | tuple[float, ...]:
    try:
        return question.checked(value)
    except InputError as error:
        raise Refused(f"{error.problems[0].message[:1].upper()}{error.problems[0].message[1:]}.", 400) from None


def _changed_meanwhile(state: State, before: Decision | None) -> str:
    if before is None:
        return "The trainer has reset your team's decision meanwhile. Look again, then decide."
    who = state.people[before.person].nickname if before.person else "The computer"
    return f"{who} has changed your team's decision meanwhile. Look again, then decide."


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"

"""People as Mesa agents: thin views that read, and may set, their row of the engine's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from adoptsim.engine.state import LEVEL, MARK, PLACE, TALLY, TRAIT

if TYPE_CHECKING:
    from adoptsim.mesa_model.model import AdoptionModel


class Row:
    """A descriptor for one person's entry in a row of an array of the world."""

    def __init__(self, array: str, row: int, doc: str, kind: type = float) -> None:
        self._array, self._row, self._kind = array, row, kind
        self.__doc__ = doc

    def __get__(self, agent: Person | None, owner: type | None = None) -> Any:
        if agent is None:
            return self
        return self._kind(getattr(agent.model.world, self._array)[self._row, agent.person])

    def __set__(self, agent: Person, value: float) -> None:
        if self._array in ("trait", "place"):
            raise AttributeError("traits and places are shared with other models of the same organisation: read only")
        if self._array == "level" and not 0.0 <= value <= 1.0:
            raise ValueError(f"{value}: give a number from 0 to 1")
        getattr(agent.model.world, self._array)[self._row, agent.person] = value


class Person(mesa.Agent):
    """What employees, champions and leaders have in common; ``person`` is the row in the arrays."""

    model: AdoptionModel

    habit = Row("level", LEVEL.habit, "learned value of a visit [0, 1]")
    reward = Row("level", LEVEL.reward, "learned chance that colleagues react [0, 1]")
    responsiveness = Row("level", LEVEL.responsiveness, "learned chance that leaders answer or act [0, 1]")
    trust = Row("level", LEVEL.trust, "trust in leaders [0, 1]")
    safety = Row("level", LEVEL.safety, "is it safe to say so here [0, 1]")
    permission = Row("level", LEVEL.permission, "line manager's tolerance felt [0, 1]")
    threshold = Row("trait", TRAIT.threshold, "share of contacts active that social proof needs")
    visited_today = Row("mark", MARK.visited, "looked today", bool)
    last_visit = Row("tally", TALLY.last_visit, "working day of the last visit; far below 0 if none", int)
    last_contribution = Row("tally", TALLY.last_contribution, "working day of the last contribution", int)
    visits = Row("tally", TALLY.visits, "visits so far", int)
    posts = Row("tally", TALLY.posts, "posts so far", int)
    replies = Row("tally", TALLY.replies, "replies so far", int)
    reactions = Row("tally", TALLY.reactions, "reactions so far", int)
    silences = Row("tally", TALLY.silences, "times that voice stopped at the gate", int)
    voiced = Row("tally", TALLY.voiced, "ideas and concerns posted so far", int)
    answered = Row("tally", TALLY.answered, "of these, answered by a leader so far", int)
    department = Row("place", PLACE.department, "number of the department", int)

    def __init__(self, model: AdoptionModel, person: int) -> None:
        super().__init__(model)
        self.person = person

    @property
    def member(self) -> bool:
        """Whether the person has ever looked."""
        return bool(self.model.world.mark[MARK.membership, self.person] == 2)

    @property
    def manager(self) -> Person | None:
        """The line manager, if there is one."""
        manager = int(self.model.world.place[PLACE.manager, self.person])
        return self.model.people[manager] if manager >= 0 else None

    @property
    def contacts(self) -> list[Person]:
        """Colleagues the person is tied to."""
        world = self.model.world
        return [self.model.people[i] for i in world.neighbours[world.indptr[self.person] : world.indptr[self.person + 1]]]

    def step(self) -> None:
        """Do nothing: a day is synchronous and the model runs it for everybody at once."""


class Employee(Person):
    """Somebody who is neither a champion nor a senior leader."""


class Champion(Person):
    """An employee who volunteers: replies more, invites, models use."""


class Leader(Person):
    """A senior manager who answers for departments and has an inbox."""

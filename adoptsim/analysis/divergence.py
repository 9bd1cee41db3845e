"""Where two runs under the same people and luck first part: the day, the person and the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from adoptsim.analysis.pairs import Pair
from adoptsim.analysis.people import Names
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.draws import (
    PURPOSE_APPEAR,
    PURPOSE_CAPACITY,
    PURPOSE_INVITE,
    PURPOSE_LEADER_POST,
    PURPOSE_NAMES,
    PURPOSE_OUTCOME,
    PURPOSE_READ,
    PURPOSE_SPEAK,
    PURPOSE_VISIT,
)
from adoptsim.engine.groups import group_codes
from adoptsim.engine.state import AGED_OUT, CURSOR, MARK, OUTCOMES, PLACE, SLOT, TALLY, THREAD, WAITING, World
from adoptsim.simulation import SEED

ABSENT = -1
"""What a thread has that is not there."""
Decided = Mapping[tuple[int, int], int]
"""What was decided, by (person, day of the thread); of decisions without a thread the second is 0."""
OUTCOME_WORDS = {
    "waiting": "a contribution that still waits for an answer",
    "answered": "a contribution answered by a leader",
    "acted": "a contribution that is acted on",
    "explained": "a contribution to which a leader says why not",
    "ignored": "a contribution that a leader looks at and leaves",
    "aged_out": "a contribution that ages out unseen",
    "defensive": "a criticism answered defensively",
    "deleted": "a criticism deleted",
    "sanctioned": "a criticism that brings a sanction",
}


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first decision that two runs made differently: whose, on which day, by the draw for which purpose.

    ``first`` and ``second`` say in words what was decided; ``who`` and ``role`` who the person is.
    """

    replicate: int
    day: int
    person: int
    role: str
    department: int
    who: str
    purpose: str
    first: str
    second: str

    def in_words(self, first: str = "in one run", second: str = "in the other") -> str:
        """Return the difference as a sentence; ``first`` and ``second`` say which run is meant."""
        return f"On day {self.day} {self.who} {self.first} {first}, and {self.second} {second}."


def _marked(row: int) -> Callable[[World], Decided]:
    return lambda world: {(person, 0): code for person, code in enumerate(world.mark[row].tolist())}


def _tally(row: int, *, leaders: bool | None = None) -> Callable[[World], Decided]:
    """Return a reader of one count of everybody, or of leaders or others only."""

    def read(world: World) -> Decided:
        is_leader = world.place[PLACE.is_leader] == 1
        asked = np.ones_like(is_leader) if leaders is None else is_leader == leaders
        return {(int(person), 0): int(world.tally[row, person]) for person in np.flatnonzero(asked)}

    return read


def _spoke(world: World) -> Decided:
    there = np.flatnonzero(world.mark[MARK.visited])
    return {(int(person), 0): int(world.mark[MARK.spoke, person]) for person in there}


def _threads(column: int) -> Callable[[World], Decided]:
    """Return a reader of one column of all threads, by author and the day they were written."""

    def read(world: World) -> Decided:
        rows = world.thread[world.slot[SLOT.alive, : world.cursor[CURSOR.alive]]]
        return {(int(row[THREAD.author]), int(row[THREAD.day])): int(row[column]) for row in rows}

    return read


def _leader_posts(world: World) -> Decided:
    """Return what kind of thing leaders' open threads are, by author and the day they were written."""
    rows = world.thread[world.slot[SLOT.alive, : world.cursor[CURSOR.alive]]]
    rows = rows[world.place[PLACE.is_leader, rows[:, THREAD.author]] == 1]
    kinds = np.where(rows[:, THREAD.echo] == 1, 2, rows[:, THREAD.broadcast])
    return {(int(row[THREAD.author]), int(row[THREAD.day])): int(kind) for row, kind in zip(rows, kinds, strict=True)}


def _coded(*words: str) -> Callable[[int], str]:
    return lambda code: words[code]


def _counted(verb: str) -> Callable[[int], str]:
    return lambda number: f"{verb} {'once' if number == 1 else f'{number} times'} so far" if number else f"never {verb}"


def _appearing(day: int) -> str:
    return "has a post deleted in review" if day == ABSENT else f"has a post that appears on day {day}"


def _outcome(code: int) -> str:
    return "has no such contribution" if code == ABSENT else f"has {OUTCOME_WORDS[OUTCOMES[code]]}"


class _Decision(NamedTuple):
    """One kind of decision: the purpose of its draw, how to read it off a world, and how to say it."""

    purpose: Any
    read: Callable[[World], Decided]
    say: Callable[[int], str]


_DECISIONS = (
    _Decision(PURPOSE_VISIT, _marked(MARK.visited), _coded("doesn't look at the platform", "looks at the platform")),
    _Decision(
        PURPOSE_SPEAK,
        _spoke,
        _coded(
            "has nothing to say",
            "is not moved to say what there is to say",
            "keeps an idea or concern back",
            "posts",
            "leaves out leisure talk, which isn't tolerated,",
        ),
    ),
    _Decision(PURPOSE_LEADER_POST, _tally(TALLY.posts), _counted("has posted")),
    _Decision(
        PURPOSE_LEADER_POST,
        _leader_posts,
        _coded("invites an exchange", "announces something", "passes on an answer given elsewhere"),
    ),
    _Decision(PURPOSE_APPEAR, _threads(THREAD.appears), _appearing),
    _Decision(PURPOSE_APPEAR, _threads(THREAD.anonymous), _coded("signs a post", "posts anonymously")),
    _Decision(PURPOSE_APPEAR, _threads(THREAD.abusive), _coded("criticises decently", "criticises abusively")),
    _Decision(PURPOSE_READ, _tally(TALLY.replies, leaders=False), _counted("has replied")),
    _Decision(PURPOSE_READ, _tally(TALLY.reactions), _counted("has reacted")),
    _Decision(PURPOSE_OUTCOME, _threads(THREAD.outcome), _outcome),
    _Decision(PURPOSE_READ, _tally(TALLY.replies, leaders=True), _counted("has replied")),
    _Decision(
        PURPOSE_INVITE,
        _marked(MARK.nudge),
        _coded("isn't asked to look tomorrow", *["is asked to look tomorrow"] * 3),
    ),
)
"""The decisions of a day in the order in which they are taken; a leader's answers count as replies, so these come after."""


def _purpose(decision: _Decision, values: tuple[int, int]) -> Any:
    """Return what the draw was for; whether a contribution's turn has come is a matter of the leader's time."""
    in_time = decision.purpose != PURPOSE_OUTCOME or not {WAITING, AGED_OUT} & set(values)
    return decision.purpose if in_time else PURPOSE_CAPACITY


class _FirstDifference:
    """Watches two runs until they part."""

    def __init__(self, pair: Pair, replicate: int) -> None:
        self.pair, self.replicate = pair, replicate
        self.found: Divergence | None = None

    def __call__(self, day: int, first: World, second: World) -> bool:
        """Compare all decisions of a day, in their order."""
        for decision in _DECISIONS if day >= 0 else ():
            one, other = decision.read(first), decision.read(second)
            for key in sorted(one.keys() | other.keys()):
                values = one.get(key, ABSENT), other.get(key, ABSENT)
                if values[0] != values[1]:
                    self.found = self._name(day, key[0], first, decision, values)
                    return True
        return False

    def _name(self, day: int, person: int, world: World, decision: _Decision, values: tuple[int, int]) -> Divergence:
        organisation = self.pair.organisation(self.replicate)
        names = Names(organisation, group_codes(world))
        return Divergence(
            replicate=self.replicate,
            day=day,
            person=person,
            role=names.role(person),
            department=int(organisation.department[person]),
            who=names.person(person),
            purpose=PURPOSE_NAMES[int(_purpose(decision, values))],
            first=decision.say(values[0]),
            second=decision.say(values[1]),
        )


def first_divergence(first: Scenario, second: Scenario, *, seed: int = SEED, replicate: int = 0) -> Divergence | None:
    """Return where two scenarios of one organisation first lead to different decisions, or None if they never do.

    Raises ``ValueError`` when the scenarios don't share organisation, parameters and horizon: then nothing is paired.
    """
    return parting_of(Pair(first, second, seed=seed), replicate)


def parting_of(pair: Pair, replicate: int) -> Divergence | None:
    """Return where the two runs of a replicate first part, or None if they never do."""
    return pair.watch(replicate, lambda: _FirstDifference(pair, replicate)).found

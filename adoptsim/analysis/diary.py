"""What happened to one person, day by day: facts read from the state and the log after each day, in no words yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.seen import open_threads, plainly, seen_by, threads_of_the_morning, was_taken_down
from adoptsim.engine.draws import DRAWN_DAYS, NO_ITEM, PURPOSE_SPEAK, draw
from adoptsim.engine.log import LOG_COLUMNS, LOG_KINDS
from adoptsim.engine.speak import BARRED, NOT_MOVED, POSTED, SILENCE, kind_of
from adoptsim.engine.state import (
    ACTED,
    ANSWERED,
    CURSOR,
    DELETED,
    EXPLAINED,
    IDEA,
    KINDS,
    LEADER,
    MARK,
    OFFICE,
    OUTCOMES,
    PLACE,
    THREAD,
    WAITING,
    World,
)

Floats = npt.NDArray[np.float64]
DAY, PERSON, KIND, CONTENT, CRITICAL, ANONYMOUS, OF_THREAD, PARENT = range(len(LOG_COLUMNS))
ANSWERS = frozenset((ACTED, ANSWERED, EXPLAINED))
POST = LOG_KINDS.index("post")
OWN, RESPONSE = ("posts", "replies", "reacts"), ("", "replied_to", "reacted_to")
"""What a row of the log is called, by its kind: somebody's own, and others' on somebody's threads."""
SPOKE = {NOT_MOVED: "unmoved", SILENCE: "silent", BARRED: "barred"}


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of somebody's day.

    ``what``: looks, unmoved, silent, barred, posts, held, deleted_in_review, replies, reacts, replied_to, reacted_to;
    dealt_with (own voice, with its ``outcome``); sees_answer, sees_punishment (another's voice); absent (something to
    say, but not there). ``other``: who else is in it, -1 if nobody; ``thread``: the opening post's id in the log, -1 if
    it has none.
    """

    day: int
    what: str
    content: str = ""
    outcome: str = ""
    critical: bool = False
    anonymous: bool = False
    other: int = -1
    thread: int = -1


@dataclass
class Diary:
    """One person's events in one run, filled in day by day."""

    person: int
    parameters: Floats
    events: list[Event] = field(default_factory=list)
    _own: dict[int, int] = field(default_factory=dict)  # own voice by slot: its outcome so far
    _threads: set[int] = field(default_factory=set)  # ids of own threads in the log
    _before: Any = None
    _logged: int = 0

    def start(self, world: World) -> None:
        """Begin before day 0."""
        self._before = open_threads(world)

    def add(self, day: int, world: World) -> None:
        """Note what the day has brought; the world is only read."""
        after = open_threads(world)
        if world.mark[MARK.visited, self.person]:
            self.events.append(Event(day, "looks"))
            self._reading(day, world, after)
            self._speaking(day, world, after)
        elif world.mark[MARK.prompts, self.person] >> (day % DRAWN_DAYS) & 1:
            self.events.append(Event(day, "absent"))
        self._log(day, world)
        self._own_voice(day, world, after)
        self._before = after

    def of(self, *kinds: str) -> list[Event]:
        """Return the events of some kinds, in the order of days."""
        return [event for event in self.events if event.what in kinds]

    def _reading(self, day: int, world: World, after: Any) -> None:
        """Note what has been seen of others' voice: answers, and what is deleted or punished."""
        rows = threads_of_the_morning(self._before, after, day)
        rows = rows[(rows[:, THREAD.kind] >= IDEA) & (rows[:, THREAD.outcome] != WAITING)]
        for row in seen_by(world, self.person, day, rows, self.parameters):
            outcome = int(row[THREAD.outcome])
            what = "sees_answer" if outcome in ANSWERS else "sees_punishment" if was_taken_down(row) else ""
            if what:
                self.events.append(self._about(day, what, row, OUTCOMES[outcome]))

    def _about(self, day: int, what: str, row: Any, outcome: str = "") -> Event:
        return Event(
            day,
            what,
            KINDS[int(row[THREAD.kind])],
            outcome,
            bool(row[THREAD.critical]),
            bool(row[THREAD.anonymous]),
            -1 if int(row[THREAD.author]) == self.person else int(row[THREAD.author]),
            int(row[THREAD.log_id]),
        )

    def _speaking(self, day: int, world: World, after: Any) -> None:
        """Note what became of something to say. A post that appears at once is noted from the log."""
        spoke = int(world.mark[MARK.spoke, self.person])
        if spoke in SPOKE:
            self.events.append(Event(day, SPOKE[spoke], self._kind_of_prompt(day, world)))
        mine = after[(after[:, THREAD.author] == self.person) & (after[:, THREAD.day] == day)]
        if spoke == POSTED and not len(mine):
            self.events.append(Event(day, "deleted_in_review", self._kind_of_prompt(day, world), critical=True))
        self.events.extend(self._about(day, "held", row) for row in mine if row[THREAD.appears] > day)

    def _kind_of_prompt(self, day: int, world: World) -> str:
        drawn = draw(world.key, self.person, day, PURPOSE_SPEAK, NO_ITEM)[0]
        return KINDS[plainly(kind_of)(self.parameters, drawn)]

    def _log(self, day: int, world: World) -> None:
        """Note own contributions, and what others did with own threads."""
        first, end = self._logged, int(world.cursor[CURSOR.logged])
        rows, self._logged = world.log[first:end], end
        mine = rows[:, PERSON] == self.person
        self._threads |= {first + int(place) for place in np.flatnonzero(mine & (rows[:, KIND] == POST))}
        by_others = ~mine & np.isin(rows[:, OF_THREAD], list(self._threads))
        for place in np.flatnonzero(mine | by_others):
            row = rows[place]
            what, other = (OWN[row[KIND]], -1) if mine[place] else (RESPONSE[row[KIND]], int(row[PERSON]))
            self.events.append(_logged(day, what, row, other))

    def _own_voice(self, day: int, world: World, after: Any) -> None:
        """Note what became today of own ideas and concerns; a slot that was freed today still shows it."""
        for slot, outcome in list(self._own.items()):
            row = world.thread[slot]
            if int(row[THREAD.outcome]) != outcome:
                self.events.append(self._dealt_with(day, world, row))
                del self._own[slot]
        self._own |= self._new_voice(day, world)

    def _dealt_with(self, day: int, world: World, row: Any) -> Event:
        """Return what has become of own voice, and through which leader."""
        office = world.office[OFFICE.leader, world.place[PLACE.department, self.person]]
        event = self._about(day, "dealt_with", row, OUTCOMES[int(row[THREAD.outcome])])
        return replace(event, other=int(world.leader[LEADER.person, office]))

    def _new_voice(self, day: int, world: World) -> dict[int, int]:
        """Return own ideas and concerns written today, by slot; one that was dealt with at once is noted at once."""
        found = {}
        for slot in _slots_of(world, self.person, day):
            row = world.thread[slot]
            if int(row[THREAD.outcome]) == WAITING:
                found[slot] = WAITING
            else:
                self.events.append(self._dealt_with(day, world, row))
        return found


def _slots_of(world: World, person: int, day: int) -> list[int]:
    """Return where the voice stands that somebody has written today; what was deleted in review never appeared."""
    thread = world.thread
    mine = (thread[:, THREAD.author] == person) & (thread[:, THREAD.day] == day) & (thread[:, THREAD.kind] >= IDEA)
    in_review = (thread[:, THREAD.outcome] == DELETED) & (thread[:, THREAD.log_id] < 0)
    return [int(slot) for slot in np.flatnonzero(mine & ~in_review)]


def _logged(day: int, what: str, row: Any, other: int) -> Event:
    return Event(
        day,
        what,
        KINDS[row[CONTENT]],
        critical=bool(row[CRITICAL]),
        anonymous=bool(row[ANONYMOUS]),
        other=other,
        thread=int(row[OF_THREAD]),
    )

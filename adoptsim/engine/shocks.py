"""What strikes overnight, before a working day: people who leave for good, shocks, and leaders' successors.

It works on the arrays between two days, so days without it cost nothing. Who is struck is drawn by person, day and kind
of shock: whoever is struck at a small size also is at a larger one. Each phase reads what the day before left.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from adoptsim.domain.experiences import EXPERIENCE
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import drift
from adoptsim.domain.scenario import Scenario, Shock
from adoptsim.domain.shocks import SHOCKS
from adoptsim.engine.complaint import complain
from adoptsim.engine.draws import PURPOSE_SHOCK, draws_of_all
from adoptsim.engine.leave import leave
from adoptsim.engine.reorganisation import change_places
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    CURSOR,
    IDEA,
    LEADER,
    LEFT,
    LEVEL,
    LIST,
    MARK,
    MEMBER,
    NUDGE_NONE,
    OUTSIDER,
    PLACE,
    SLOT,
    TALLY,
    THREAD,
    World,
)

Floats = npt.NDArray[np.float64]
People = npt.NDArray[np.int64]
ITEM: dict[str, np.uint64] = {name: np.uint64(place) for place, name in enumerate(SHOCKS)}
"""The item of a kind's draws: its place in the table; add kinds at the end."""


class Blow(NamedTuple):
    """One shock as it strikes: its size, the day before which it does, and what the rules need."""

    size: float
    day: int
    luck: Floats  # float64[4, N]: everybody's numbers for this kind and day
    parameters: Floats
    effects: npt.NDArray[np.int32]
    levers: Floats  # float64[groups, levers] of the day before


def days_of_shocks(scenario: Scenario, parameters: Floats) -> set[int]:
    """Return the days before which something strikes, or somebody takes over from a leader who left."""
    days = {shock.day for shock in scenario.shocks}
    days |= {_taken_over(shock.day, parameters) for shock in scenario.shocks if shock.kind == "leader_leaves"}
    return days | ({scenario.leavers.day} if scenario.leavers.share > 0.0 else set())


def with_places_of_its_own(world: World, scenario: Scenario) -> World:
    """Return the world with ties and places that may change, if the scenario changes them: else they are shared.

    ``reset`` doesn't set them back.
    """
    if all(shock.kind != "reorganisation" for shock in scenario.shocks):
        return world
    own = {name: getattr(world, name).copy() for name in ("indptr", "neighbours", "trait")}
    if len(world.segment) > 1:  # people under the same levers will no longer stand side by side
        person = np.arange(world.place.shape[1])
        own["segment"] = np.column_stack((person, person + 1, world.place[PLACE.group])).astype(np.int64)
    return world._replace(**own)


def strike(
    world: World, scenario: Scenario, parameters: Floats, effects: npt.NDArray[np.int32], lever_table: Floats, day: int
) -> None:
    """Let happen what is due before ``day``: leavers go, successors come, then shocks in the order of the scenario."""
    if scenario.leavers.share > 0.0 and scenario.leavers.day == day:
        leave(world, scenario.leavers.share)
    _take_over(world, parameters, day)
    for shock in scenario.shocks:
        if shock.day == day:
            luck = draws_of_all(world.key, world.place.shape[1], day, PURPOSE_SHOCK, ITEM[shock.kind])
            blow = Blow(size_of(shock, parameters), day, luck, parameters, effects, lever_table[day - 1])
            _STRIKES[shock.kind](world, blow)


def size_of(shock: Shock, parameters: Floats) -> float:
    """Return the size of a shock: its own, or its kind's."""
    return float(parameters[getattr(PARAMETER, SHOCKS[shock.kind].size)]) if shock.size is None else shock.size


def _live_through(world: World, people: People, lesson: npt.NDArray[np.int32]) -> None:
    """Add an experience to what these people learn from at the end of the day."""
    new = people[world.mark[MARK.touched, people] == 0]
    n = world.cursor[CURSOR.touched]
    world.list[LIST.touched, n : n + len(new)] = new
    world.cursor[CURSOR.touched] += len(new)
    world.mark[MARK.touched, new] = 1
    world.evidence[people] += lesson


def _reorganise(world: World, blow: Blow) -> None:
    """Let a share of those without reports change places; they lose habit, and trust in leaders (Morgan & Zeffane 2003)."""
    moved = change_places(world, blow.levers, blow.luck[0] < blow.size, blow.luck[1], blow.day)
    habit = world.level[LEVEL.habit, moved].astype(np.float64)
    world.level[LEVEL.habit, moved] = drift(habit, 0.0, blow.parameters[PARAMETER.moved_habit_loss])
    _live_through(world, moved, blow.effects[EXPERIENCE.own_moved])


def _taken_over(day: int, parameters: Floats) -> int:
    """Return on which day a successor takes over from a leader who leaves before ``day``."""
    return day + int(np.floor(parameters[PARAMETER.vacancy_days] + 0.5))


def _let_leaders_leave(world: World, blow: Blow) -> None:
    """Let the leaders go who have contributed most so far; their inboxes wait."""
    leader, mark, tally = world.leader, world.mark, world.tally
    there = np.flatnonzero(leader[LEADER.away_until] <= blow.day)
    person = leader[LEADER.person, there]
    contributions = tally[TALLY.posts, person] + tally[TALLY.replies, person] + tally[TALLY.reactions, person]
    n = max(1, math.floor(blow.size * leader.shape[1] + 0.5))
    leaves = np.argsort(-contributions, kind="stable")[:n]
    leader[LEADER.away_until, there[leaves]] = _taken_over(blow.day, blow.parameters)
    world.cursor[CURSOR.members] -= (mark[MARK.membership, person[leaves]] == MEMBER).sum()
    mark[MARK.membership, person[leaves]] = LEFT
    mark[MARK.nudge, person[leaves]] = NUDGE_NONE


def _take_over(world: World, parameters: Floats, day: int) -> None:
    """Let successors take over from leaders who left: in the same place, new to the network, with nothing learned yet."""
    new = world.leader[LEADER.person, world.leader[LEADER.away_until] == day]
    level, follows = world.level, parameters[PARAMETER.safety_follows_trust]
    world.mark[MARK.membership, new] = OUTSIDER
    world.tally[TALLY.value_waiting, new] = 0
    level[LEVEL.habit, new] = 0.0
    level[LEVEL.reward, new] = parameters[PARAMETER.initial_reward]
    level[LEVEL.responsiveness, new] = parameters[PARAMETER.initial_responsiveness]
    trust, safety = (level[row, new].astype(np.float64) for row in (LEVEL.trust_target, LEVEL.safety_target))
    level[LEVEL.trust, new] = trust
    level[LEVEL.safety, new] = drift(safety, trust, follows)


def _punish(world: World, blow: Blow) -> None:
    """Punish somebody for voice that is still open, for all to see; where there is none, nobody can be punished.

    The contacts of the one punished hear of it, others with the size's chance. What it teaches is what a sanction in a
    thread does, more of it since everybody talks about it.
    """
    threads = world.thread[world.slot[SLOT.alive, : world.cursor[CURSOR.alive]]]
    signed = (
        (threads[:, THREAD.kind] >= IDEA) & (threads[:, THREAD.anonymous] == 0) & (threads[:, THREAD.appears] < blow.day)
    )
    voiced = np.unique(threads[signed, THREAD.author])
    if len(voiced) == 0:
        return
    punished = voiced[np.argmin(blow.luck[1, voiced])]
    hears = blow.luck[0] < blow.size
    hears[world.neighbours[world.indptr[punished] : world.indptr[punished + 1]]] = True
    hears[punished] = False
    talk = np.rint(blow.effects * blow.parameters[PARAMETER.talk_weight]).astype(np.int32)
    _live_through(world, np.array([punished], dtype=np.int64), talk[EXPERIENCE.own_sanctioned])
    _live_through(world, np.flatnonzero(hears), talk[EXPERIENCE.seen_sanctioned])


def _go_viral(world: World, blow: Blow) -> None:
    """Let a complaint go round the evening before (``complain``)."""
    counts, departments = world.counts[blow.day], world.departments[blow.day // ACTIVE_DAYS]
    luck = np.ascontiguousarray(blow.luck)
    complain(world, blow.parameters, blow.effects, blow.levers, blow.day, blow.size, luck, counts, departments)


_STRIKES: dict[str, Callable[[World, Blow], None]] = {
    "reorganisation": _reorganise,
    "leader_leaves": _let_leaders_leave,
    "punishment": _punish,
    "viral_complaint": _go_viral,
}

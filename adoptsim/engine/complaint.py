"""A viral complaint: in one evening many have something critical to say; activation and gate decide who says it."""

from __future__ import annotations

from typing import Any

import numpy as np

from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.engine.compiled import compiled, entry
from adoptsim.engine.draws import NO_ITEM, PURPOSE_COMPLAINT, draw
from adoptsim.engine.learn import BEGINS, contributor_changes
from adoptsim.engine.speak import NOT_MOVED, POSTED, be_silent, climate_drive, engagement_of, gate, post
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    CONCERN,
    COUNT,
    CURSOR,
    DEPARTMENT,
    LEADER_ROLE,
    LIST,
    MARK,
    MEMBER,
    NUDGE_NOTICE,
    OUTSIDER,
    PLACE,
    SLOT,
    TALLY,
    THREAD,
)


@entry
def complain(
    world: Any, parameters: Any, effects: Any, levers: Any, day: Any, size: Any, luck: Any, counts: Any, departments: Any
) -> None:
    """Let a complaint go round the evening before ``day``: who hears of it may look tomorrow, and speak up tonight.

    ``luck``, float64[4, N]: hears of it, is moved, passes the gate. Members speak, but for leaders and for those who have
    posted on that day: nobody opens two threads a day. What is said counts with ``day``, and appears then.
    """
    world.cursor[CURSOR.contributors] = 0
    for i in range(luck.shape[1]):
        if luck[0, i] >= size:
            continue
        membership = world.mark[MARK.membership, i]
        if membership in (OUTSIDER, MEMBER):
            world.mark[MARK.nudge, i] = NUDGE_NOTICE
        has_posted = world.mark[MARK.visited, i] == 1 and world.mark[MARK.spoke, i] == POSTED
        if membership == MEMBER and world.mark[MARK.role, i] != LEADER_ROLE and not has_posted:
            _speak_up(world, parameters, effects, levers, day, i, luck[1, i], luck[2, i], counts, departments)
    _count_contributors(world, day - 1)


@compiled
def _speak_up(
    world: Any,
    parameters: Any,
    effects: Any,
    levers: Any,
    day: Any,
    person: Any,
    moved: Any,
    withheld: Any,
    counts: Any,
    departments: Any,
) -> None:
    """Take one person's complaint through activation, more easily passed than by an ordinary concern, and the gate."""
    lever, department = levers[world.place[PLACE.group, person]], world.place[PLACE.department, person]
    climate = climate_drive(world.level, parameters, person) + parameters[PARAMETER.complaint_urge]
    counts[COUNT.prompts] += 1
    departments[department, DEPARTMENT.prompted_voice] += 1
    engagement = engagement_of(
        world.place, world.trait, world.level, world.mark, world.tally, parameters, lever, day, person, climate
    )
    if moved >= engagement:
        world.mark[MARK.spoke, person] = NOT_MOVED
        counts[COUNT.unmoved] += 1
        return
    anonymous_draw, abusive_draw, held, deleted = draw(world.key, person, day, PURPOSE_COMPLAINT, NO_ITEM)
    anonymous = 1 if anonymous_draw < lever[LEVER.anonymity_prob] else 0
    abusive = 1 if abusive_draw < lever[LEVER.abuse_prob] else 0
    if withheld >= gate(world, parameters, lever, person, 1, anonymous):
        be_silent(world, person, np.int64(CONCERN), 1, counts, departments)
        return
    post(world, effects, lever, day - 1, person, np.int64(CONCERN), (1, anonymous, abusive), (held, deleted), counts)
    _appear_tomorrow(world.thread, np.int64(world.slot[SLOT.alive, world.cursor[CURSOR.alive] - 1]), person, day)


@compiled
def _appear_tomorrow(thread: Any, slot: Any, person: Any, day: Any) -> None:
    """Let a thread that was just opened, and neither held nor deleted, appear in the morning."""
    if thread[slot, THREAD.author] == person and thread[slot, THREAD.last_activity] == day - 1:
        thread[slot, THREAD.appears], thread[slot, THREAD.last_activity] = day, day


@compiled
def _count_contributors(world: Any, eve: Any) -> None:
    """Count those who have just posted as contributors of the evening."""
    tally = world.tally
    for c in range(world.cursor[CURSOR.contributors]):
        person = np.int64(world.list[LIST.contributors, c])
        if tally[TALLY.last_contribution, person] <= eve - ACTIVE_DAYS:
            contributor_changes(world, person, BEGINS)
        tally[TALLY.last_contribution, person] = eve
        world.mark[MARK.contributed, person] = 0
    world.cursor[CURSOR.contributors] = 0

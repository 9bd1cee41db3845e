"""Phase 7 of a day: people learn from what they lived through and saw; levels drift; who is active is counted anew."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.domain.experiences import COLUMNS, THOUSANDTHS
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import drift, learn, logistic, visit_value
from adoptsim.engine.compiled import compiled
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    BLOCK,
    CURSOR,
    LEADER,
    LEVEL,
    LIST,
    MARK,
    OFFICE,
    PLACE,
    TALLY,
    TRAIT,
)


@compiled
def experience(mark: Any, lists: Any, cursor: Any, evidence: Any, effects: Any, person: Any, row: Any) -> None:
    """Add one experience to the person's evidence of today; whole numbers, so order cannot matter."""
    if not mark[MARK.touched, person]:
        mark[MARK.touched, person] = 1
        lists[LIST.touched, cursor[CURSOR.touched]] = person
        cursor[CURSOR.touched] += 1
    for column in range(len(COLUMNS)):
        evidence[person, column] += effects[row, column]


@compiled
def mark_contributor(mark: Any, lists: Any, cursor: Any, person: Any) -> None:
    """Note that the person has contributed today."""
    if not mark[MARK.contributed, person]:
        mark[MARK.contributed, person] = 1
        lists[LIST.contributors, cursor[CURSOR.contributors]] = person
        cursor[CURSOR.contributors] += 1


@compiled
def retarget(world: Any, levers: Any) -> None:
    """Recompute the levels that trust, safety and permission tend to: the culture's, shifted by the person's own."""
    segments = world.segment
    for segment in range(segments.shape[0]):
        lever = levers[segments[segment, 2]]
        trust = math.log(lever[LEVER.culture_trust] / (1.0 - lever[LEVER.culture_trust]))
        safety = math.log(lever[LEVER.culture_safety] / (1.0 - lever[LEVER.culture_safety]))
        permission = math.log(lever[LEVER.permission] / (1.0 - lever[LEVER.permission]))
        for i in range(segments[segment, 0], segments[segment, 1]):
            world.level[LEVEL.trust_target, i] = logistic(trust + np.float64(world.trait[TRAIT.trust_offset, i]))
            world.level[LEVEL.safety_target, i] = logistic(safety + np.float64(world.trait[TRAIT.safety_offset, i]))
            world.level[LEVEL.permission, i] = logistic(permission + np.float64(world.trait[TRAIT.permission_offset, i]))


@compiled
def _learn_from_evidence(world: Any, parameters: Any, levers: Any) -> None:
    """Apply today's evidence to those who have any, and forget it."""
    for k in range(world.cursor[CURSOR.touched]):
        i = world.list[LIST.touched, k]
        loss = levers[world.place[PLACE.group, i], LEVER.loss_weight]
        evidence = world.evidence[i]
        answers = parameters[PARAMETER.responsiveness_rate] / THOUSANDTHS
        climate = parameters[PARAMETER.climate_rate] / THOUSANDTHS
        replies = parameters[PARAMETER.reward_rate] / THOUSANDTHS
        world.level[LEVEL.responsiveness, i] = learn(
            np.float64(world.level[LEVEL.responsiveness, i]), answers * evidence[0], answers * evidence[1]
        )
        world.level[LEVEL.trust, i] = learn(
            np.float64(world.level[LEVEL.trust, i]), climate * evidence[2], climate * loss * evidence[3]
        )
        world.level[LEVEL.safety, i] = learn(
            np.float64(world.level[LEVEL.safety, i]), climate * evidence[4], climate * loss * evidence[5]
        )
        world.level[LEVEL.reward, i] = learn(
            np.float64(world.level[LEVEL.reward, i]), replies * evidence[6], replies * evidence[7]
        )
        evidence[:] = 0
        world.mark[MARK.touched, i] = 0
    world.cursor[CURSOR.touched] = 0


@compiled
def _learn_from_visits(world: Any, parameters: Any) -> None:
    """Move each visitor's habit towards what today's visit was worth."""
    for v in range(world.cursor[CURSOR.visitors]):
        i = world.list[LIST.visitors, v]
        items, half = world.tally[TALLY.value, i] / THOUSANDTHS, np.float64(world.trait[TRAIT.value_half, i])
        worth = visit_value(items, half, parameters[PARAMETER.value_steepness])
        rate = parameters[PARAMETER.habit_rate]
        world.level[LEVEL.habit, i] = learn(np.float64(world.level[LEVEL.habit, i]), rate * worth, rate * (1.0 - worth))


@compiled
def _drift_all(world: Any, parameters: Any) -> None:
    """Let trust and safety drift to their levels; safety's level follows trust by a share."""
    rate, follows = parameters[PARAMETER.climate_drift], parameters[PARAMETER.safety_follows_trust]
    for i in range(np.uint64(world.level.shape[1])):
        trust = drift(np.float64(world.level[LEVEL.trust, i]), np.float64(world.level[LEVEL.trust_target, i]), rate)
        level = drift(np.float64(world.level[LEVEL.safety_target, i]), trust, follows)
        world.level[LEVEL.trust, i] = trust
        world.level[LEVEL.safety, i] = drift(np.float64(world.level[LEVEL.safety, i]), level, rate)


@compiled
def tell_contacts(indptr: Any, neighbours: Any, counter: Any, person: Any, change: Any) -> None:
    """Add ``change`` to a counter of each contact of the person."""
    for e in range(np.uint64(indptr[person]), np.uint64(indptr[person + 1])):
        counter[neighbours[e]] += change


@compiled
def leader_changes(world: Any, person: Any, active: Any) -> None:
    """Set for the departments of a leader whether their leader is active."""
    for department in range(world.office.shape[1] - 1):
        if world.leader[LEADER.person, world.office[OFFICE.leader, department]] == person:
            first, end = world.office[OFFICE.start, department], world.office[OFFICE.start, department + 1]
            world.mark[MARK.leader_active, first:end] = active


@compiled
def _find(row: Any, wanted: Any, found: Any) -> Any:
    """Write where ``row`` equals ``wanted`` into ``found``, and return how many; whole blocks without any cost little."""
    n, n_people, first = 0, np.uint64(row.shape[0]), np.uint64(0)
    while first < n_people:
        end = min(n_people, first + np.uint64(BLOCK))
        hits = 0
        for i in range(first, end):
            hits += row[i] == wanted
        if hits > 0:
            for i in range(first, end):
                if row[i] == wanted:
                    found[n] = i
                    n += 1
        first = end
    return n


@compiled
def _lapse(world: Any, day: Any) -> None:
    """Stop counting those whose last visit, or contribution, was on ``day``: it has just left the window."""
    indptr, neighbours, tally, cursor, found = (
        world.indptr,
        world.neighbours,
        world.tally,
        world.cursor,
        world.list[LIST.found],
    )
    n = _find(tally[TALLY.last_visit], day, found)
    cursor[CURSOR.using] -= n
    for k in range(n):
        tell_contacts(indptr, neighbours, tally[TALLY.contacts_using], found[k], -1)
    n = _find(tally[TALLY.last_contribution], day, found)
    cursor[CURSOR.contributing] -= n
    for k in range(n):
        tell_contacts(indptr, neighbours, tally[TALLY.contacts_contributing], found[k], -1)
        if world.place[PLACE.is_leader, found[k]]:
            leader_changes(world, found[k], 0)


@compiled
def count_active(world: Any, day: Any) -> None:
    """Bring up to date who has used the platform, and who has contributed, in the last 21 days."""
    cursor = world.cursor
    for v in range(cursor[CURSOR.visitors]):
        person = world.list[LIST.visitors, v]
        if world.tally[TALLY.last_visit, person] < day - ACTIVE_DAYS:
            tell_contacts(world.indptr, world.neighbours, world.tally[TALLY.contacts_using], person, 1)
            cursor[CURSOR.using] += 1
        world.tally[TALLY.last_visit, person] = day
    for c in range(cursor[CURSOR.contributors]):
        person = world.list[LIST.contributors, c]
        if world.tally[TALLY.last_contribution, person] < day - ACTIVE_DAYS:
            tell_contacts(world.indptr, world.neighbours, world.tally[TALLY.contacts_contributing], person, 1)
            cursor[CURSOR.contributing] += 1
            if world.place[PLACE.is_leader, person]:
                leader_changes(world, person, 1)
        world.tally[TALLY.last_contribution, person] = day
        world.mark[MARK.contributed, person] = 0
    _lapse(world, day - ACTIVE_DAYS)


@compiled
def learn_all(world: Any, parameters: Any, levers: Any) -> None:
    """Run all learning of a day."""
    _learn_from_evidence(world, parameters, levers)
    _learn_from_visits(world, parameters)
    _drift_all(world, parameters)

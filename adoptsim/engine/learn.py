"""Phase 7 of a day: people learn from what they lived through and saw; levels drift; who is active is counted anew."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.domain.experiences import COLUMNS, THOUSANDTHS
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import drift, learn, logistic, raised, share_of_need
from adoptsim.engine.compiled import compiled
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    CURSOR,
    LEADER,
    LEADER_ROLE,
    LEVEL,
    LIST,
    MARK,
    OFFICE,
    PLACE,
    TALLY,
    TRAIT,
)

BEGINS, CEASES = np.int64(1), np.int64(-1)
STRETCH = 16
"""People looked at together for somebody who has just lapsed: few stretches have one."""


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
    """Move each visitor's habit towards what today's visit was worth; most find nothing, and no power need be taken."""
    rate, steepness = parameters[PARAMETER.habit_rate], parameters[PARAMETER.value_steepness]
    for v in range(world.cursor[CURSOR.visitors]):
        i, worth = world.list[LIST.visitors, v], 0.0
        found = world.tally[TALLY.value, i]
        if found > 0:
            worth = share_of_need(raised(found / THOUSANDTHS, steepness), world.need[i])
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
def _tell_contacts(indptr: Any, neighbours: Any, counter: Any, person: Any, change: Any) -> None:
    """Add ``change`` to a counter of each contact of the person."""
    for e in range(np.uint64(indptr[person]), np.uint64(indptr[person + 1])):
        counter[neighbours[e]] += change


@compiled
def _row_of(ascending: Any, wanted: Any) -> Any:
    """Return where in an ascending row a value stands that is there."""
    first, end = np.int64(0), np.int64(ascending.shape[0])
    while end - first > 1:
        middle = (first + end) // 2
        first, end = (middle, end) if ascending[middle] <= wanted else (first, middle)
    return first


@compiled
def _leader_changes(world: Any, person: Any, active: Any) -> None:
    """Set for the departments of a leader whether their leader is active."""
    department = np.int64(world.leader[LEADER.first_office, _row_of(world.leader[LEADER.person], person)])
    while department >= 0:
        for k in range(world.office[OFFICE.start, department], world.office[OFFICE.start, department + 1]):
            world.mark[MARK.leader_active, world.place[PLACE.roster, k]] = active
        department = world.office[OFFICE.next, department]


@compiled
def _find(row: Any, wanted: Any, found: Any) -> Any:
    """Write where ``row`` equals ``wanted`` into ``found``, and return how many; stretches without any cost little."""
    n, n_people, first = 0, np.uint64(row.shape[0]), np.uint64(0)
    while first < n_people:
        end = min(n_people, first + np.uint64(STRETCH))
        hits = 0
        for i in range(first, end):
            hits += row[i] == wanted
        if hits > 0:
            for i in range(first, end):
                found[n] = i  # overwritten unless wanted
                n += row[i] == wanted
        first = end
    return n


@compiled
def note_users(world: Any, day: Any) -> None:
    """Note as a bit a person, and count, who has looked within the window that ends with ``day``."""
    last_visit, using, n = world.tally[TALLY.last_visit], world.using, 0
    n_people = np.uint64(last_visit.shape[0])
    for w in range(np.uint64(using.shape[0])):
        first, bits = np.uint64(64) * w, np.uint64(0)
        for i in range(first, min(first + np.uint64(64), n_people)):
            uses = last_visit[i] > day - ACTIVE_DAYS
            bits |= np.uint64(uses) << (i - first)
            n += uses
        using[w] = bits
    world.cursor[CURSOR.using] = n


@compiled
def contributor_changes(world: Any, person: Any, change: Any) -> None:
    """Let somebody begin or cease to count as a contributor."""
    world.cursor[CURSOR.contributing] += change
    _tell_contacts(world.indptr, world.neighbours, world.tally[TALLY.contacts_contributing], person, change)
    if world.mark[MARK.role, person] == LEADER_ROLE:
        _leader_changes(world, person, change == BEGINS)


@compiled
def count_active(world: Any, day: Any) -> None:
    """Bring up to date who has used the platform, and who has contributed, in the last 21 days."""
    cursor, tally, lists = world.cursor, world.tally, world.list
    for v in range(cursor[CURSOR.visitors]):
        tally[TALLY.last_visit, lists[LIST.visitors, v]] = day
    note_users(world, day)
    for c in range(cursor[CURSOR.contributors]):
        person = np.int64(lists[LIST.contributors, c])
        if tally[TALLY.last_contribution, person] < day - ACTIVE_DAYS:
            contributor_changes(world, person, BEGINS)
        tally[TALLY.last_contribution, person] = day
        world.mark[MARK.contributed, person] = 0
    n_lapsed = _find(tally[TALLY.last_contribution], day - ACTIVE_DAYS, lists[LIST.found])
    for k in range(n_lapsed):
        contributor_changes(world, np.int64(lists[LIST.found, k]), CEASES)


@compiled
def learn_all(world: Any, parameters: Any, levers: Any) -> None:
    """Run all learning of a day."""
    _learn_from_evidence(world, parameters, levers)
    _learn_from_visits(world, parameters)
    _drift_all(world, parameters)

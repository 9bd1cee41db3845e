"""Phase 8 of a day: observation. Reads the state and writes the record; never draws, never changes a person."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.domain.levers import LEVER
from adoptsim.engine.compiled import compiled
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    CHAMPION_ROLE,
    COUNT,
    CURSOR,
    DEPARTMENT,
    EMPLOYEE_ROLE,
    LEADER_ROLE,
    LEVEL,
    LIST,
    MARK,
    OFFICE,
    PLACE,
    TALLY,
    TRAIT,
)

_OBSERVED = (LEVEL.trust, LEVEL.safety, LEVEL.responsiveness)
_STEPS = np.float32(65536.0)
"""Levels are summed as whole 65,536ths: exact, in any order, and the compiler can use vector instructions."""


@compiled
def _level(values: Any, levels: Any, column: Any) -> None:
    """Write mean and standard deviation over all people of one 0-1 state."""
    total, squares, n = np.int64(0), np.int64(0), values.shape[0]
    for i in range(np.uint64(n)):
        whole = np.int64(np.int32(values[i] * _STEPS))  # by int32: there is an instruction for it
        total += whole
        squares += whole * whole
    mean = total / n
    levels[column] = mean / _STEPS
    levels[column + 3] = math.sqrt(max(0.0, squares / n - mean * mean)) / _STEPS


@compiled
def observe(world: Any, day: Any, counts: Any) -> None:
    """Write the day's totals and levels."""
    cursor, levels = world.cursor, world.climate[day]
    counts[COUNT.members] = cursor[CURSOR.members]
    counts[COUNT.using] = cursor[CURSOR.using]
    counts[COUNT.contributors] = cursor[CURSOR.contributing]
    counts[COUNT.waiting] = cursor[CURSOR.waiting]
    counts[COUNT.champions] = cursor[CURSOR.champions]
    for column in range(len(_OBSERVED)):
        _level(world.level[_OBSERVED[column]], levels, column)


@compiled
def add_to_departments(world: Any, departments: Any) -> None:
    """Add today's visits and contributors to their departments."""
    place, lists, cursor = world.place, world.list, world.cursor
    for v in range(cursor[CURSOR.visitors]):
        departments[place[PLACE.department, lists[LIST.visitors, v]], DEPARTMENT.visits] += 1
    for c in range(cursor[CURSOR.contributors]):
        departments[place[PLACE.department, lists[LIST.contributors, c]], DEPARTMENT.contributor_days] += 1


@compiled
def observe_departments(world: Any, day: Any, departments: Any) -> None:
    """Write, on the last day of a month, each department's contributors and mean trust and safety."""
    starts = world.office[OFFICE.start]
    for department in range(departments.shape[0]):
        first, end = starts[department], starts[department + 1]
        contributors, trust, safety = 0, 0.0, 0.0
        for k in range(first, end):
            i = world.place[PLACE.roster, k]
            contributors += world.tally[TALLY.last_contribution, i] > day - ACTIVE_DAYS
            trust += np.float64(world.level[LEVEL.trust, i])
            safety += np.float64(world.level[LEVEL.safety, i])
        departments[department, DEPARTMENT.contributors] = contributors
        departments[department, DEPARTMENT.trust] = trust / (end - first)
        departments[department, DEPARTMENT.safety] = safety / (end - first)


@compiled
def set_roles(world: Any, levers: Any) -> None:
    """Note everybody's role under these levers, and count champions: they cost hours whether they look or not.

    Champions are those whose rank the champion share includes; leaders never are.
    """
    champions = 0
    for segment in range(world.segment.shape[0]):
        share = levers[world.segment[segment, 2], LEVER.champion_share]
        for i in range(np.uint64(world.segment[segment, 0]), np.uint64(world.segment[segment, 1])):
            role = CHAMPION_ROLE if world.trait[TRAIT.champion_rank, i] < share else EMPLOYEE_ROLE
            role = LEADER_ROLE if world.place[PLACE.is_leader, i] else role
            world.mark[MARK.role, i] = role
            champions += role == CHAMPION_ROLE
    world.cursor[CURSOR.champions] = champions

"""Where two runs under the same people and luck first part: the day, the person and the decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from adoptsim.domain.policy import Policy
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.day import run_days
from adoptsim.engine.draws import PURPOSE_NAMES
from adoptsim.engine.state import CURSOR, MARK, OUTCOMES, SLOT, TALLY, THREAD, World
from adoptsim.simulation import SEED, OrganisationSource, Simulator

VISIT, SPEAK, MODERATE, READ, LEADER_POST, ANSWER, INVITE = 1, 2, 3, 4, 6, 9, 10


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first decision that two runs made differently: whose, on which day, by the draw for which purpose."""

    day: int
    person: int
    purpose: str
    decision: str
    first: int
    second: int


def _visited(world: World) -> dict[int, int]:
    return dict.fromkeys(np.flatnonzero(world.mark[MARK.visited]).tolist(), 1)


def _spoke(world: World) -> dict[int, int]:
    there = world.mark[MARK.visited] == 1
    return dict(zip(np.flatnonzero(there).tolist(), world.mark[MARK.spoke, there].tolist(), strict=True))


def _tally(row: int) -> Callable[[World], dict[int, int]]:
    return lambda world: dict(enumerate(world.tally[row].tolist()))


def _threads(column: int) -> Callable[[World], dict[int, int]]:
    """Return a reader of one column of all threads, by author; of one author's threads the newest counts."""

    def read(world: World) -> dict[int, int]:
        slots = world.slot[SLOT.alive, : world.cursor[CURSOR.alive]]
        return {int(world.thread[slot, THREAD.author]): int(world.thread[slot, column]) for slot in slots}

    return read


_DECISIONS: tuple[tuple[str, int, Callable[[World], dict[int, int]]], ...] = (
    ("looks", VISIT, _visited),
    ("speaks (0 nothing to say, 1 not moved, 2 silence, 3 posts, 4 leisure barred)", SPEAK, _spoke),
    ("posts so far", LEADER_POST, _tally(TALLY.posts)),
    ("post appears on day", MODERATE, _threads(THREAD.appears)),
    ("replies so far", READ, _tally(TALLY.replies)),
    ("reactions so far", READ, _tally(TALLY.reactions)),
    (
        f"contribution's outcome ({', '.join(f'{i} {name}' for i, name in enumerate(OUTCOMES))})",
        ANSWER,
        _threads(THREAD.outcome),
    ),
    ("nudged to look tomorrow", INVITE, lambda world: dict(enumerate(world.mark[MARK.nudge].tolist()))),
)
"""The decisions of a day in the order in which they are taken."""


def _first_difference(day: int, first: World, second: World) -> Divergence | None:
    for decision, purpose, read in _DECISIONS:
        one, other = read(first), read(second)
        for person in sorted(one.keys() | other.keys()):
            if one.get(person, 0) != other.get(person, 0):
                return Divergence(day, person, PURPOSE_NAMES[purpose], decision, one.get(person, 0), other.get(person, 0))
    return None


def first_divergence(first: Scenario, second: Scenario, *, seed: int = SEED, replicate: int = 0) -> Divergence | None:
    """Return where two scenarios of one organisation first lead to different decisions, or None if they never do.

    Raises ``ValueError`` when the scenarios don't share organisation, parameters and horizon: then nothing is paired.
    """
    if (first.organisation, first.parameters, first.horizon.days) != (
        second.organisation,
        second.parameters,
        second.horizon.days,
    ):
        raise ValueError("the scenarios differ in more than policy: organisation, parameters and days must be the same")
    source = OrganisationSource(first.organisation, seed)
    runs = [Simulator(scenario, seed=seed, source=source) for scenario in (first, second)]
    started = [simulator.start(replicate) for simulator in runs]
    for day in range(first.horizon.days):
        for simulator, (world, policy) in zip(runs, started, strict=True):
            _one_day(simulator, world, policy, day)
        found = _first_difference(day, started[0][0], started[1][0])
        if found is not None:
            return found
    return None


def _one_day(simulator: Simulator, world: Any, policy: Policy, day: int) -> None:
    run_days(world, simulator.parameters, simulator.effects, policy.table, policy.before, day, day + 1)

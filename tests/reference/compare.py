"""Run the compiled engine and the plain model side by side and name the first difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.experiences import experience_table
from adoptsim.domain.levers import LEVER
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.parameters import parameter_values
from adoptsim.domain.policy import make_policy
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.day import run_days
from adoptsim.engine.draws import DRAWN_DAYS, draw_key
from adoptsim.engine.draws import draw as compiled_draw
from adoptsim.engine.shocks import days_of_shocks, strike, with_places_of_its_own
from adoptsim.engine.start import draw_traits, make_world, reset
from adoptsim.engine.state import (
    COUNTS,
    CURSOR,
    DEPARTMENT_COUNTS,
    KINDS,
    LEADER,
    LEVEL,
    LEVELS,
    MARK,
    NOT_READY,
    OUTCOMES,
    SLOT,
    TALLY,
    THREAD,
)
from adoptsim.simulation import placed_among

from .plain_model import Draw, PlainModel, release
from .threads import Thread

ROOM = 8
"""Plenty of slots for threads: the engine's own guess may be short in a tiny organisation."""
SCRATCH = {"contributed", "touched", "prompts", "role"}
"""Flags of the engine's lists, cleared by the end of a day; and what is compared under a name of its own."""
MONTH_DAYS = DEFINITION.month_days
SHOWN = 10
THREAD_FIELDS = (
    "day",
    "appears",
    "last_activity",
    "critical",
    "anonymous",
    "abusive",
    "broadcast",
    "echo",
    "in_inbox",
    "credit",
    "replies",
    "reactions",
    "new_replies",
    "new_leader_replies",
    "new_reactions",
)

Difference = tuple[str, str, object, object]
"""Who or what, which field, the engine's value, the plain model's value."""


def engine_days(
    scenario: Scenario,
    organisation: Organisation,
    *,
    seed: int,
    replicate: int = 0,
    room: int = ROOM,
    held: Mapping[str, float] | None = None,
) -> Iterator[Any]:
    """Yield the engine's world before day 0 and after every day; ``held``: levers kept at a value on all days."""
    parameters = parameter_values(scenario.parameters)
    effects = experience_table(parameters)
    sizes = np.diff(organisation.department_start)
    policy = make_policy(scenario, organisation.department_names, sizes)
    for name, value in (held or {}).items():
        policy.table[:, :, getattr(LEVER, name)] = value
    key = draw_key(seed, replicate)
    traits, membership = draw_traits(organisation, parameters, key)
    n_days = scenario.horizon.days
    placed = placed_among(traits, organisation, policy)
    world = make_world(organisation, placed, policy.group_of_department, key, n_days, room=room)
    world = with_places_of_its_own(world, scenario)
    reset(world, parameters, policy.table[0], membership, scenario.start.contributors)
    yield world
    for day in range(n_days):
        if day in days_of_shocks(scenario, parameters):
            strike(world, scenario, parameters, effects, policy.table, day)
        run_days(world, parameters, effects, policy.table, policy.before, day, day + 1)
        assert not world.cursor[CURSOR.overflow], f"day {day}: no slot left for a thread; give more room"
        yield world


def people_differ(world: Any, plain: PlainModel) -> Iterator[Difference]:
    """Yield every difference in a person's state."""
    for array, index in ((world.level, LEVEL), (world.mark, MARK), (world.tally, TALLY)):
        for name in set(index._fields) - SCRATCH:
            row = array[getattr(index, name)].tolist()
            for person in plain.people:
                if row[person.number] != getattr(person, name):
                    yield f"person {person.number}", name, row[person.number], getattr(person, name)
    roles = world.mark[MARK.role].tolist()
    for person in plain.people:
        if roles[person.number] != person.role_code:
            yield f"person {person.number}", "role", roles[person.number], person.role_code
        engagement, reply = world.drive[:, person.number].tolist()
        if person.visited and reply != NOT_READY and (engagement, reply) != (person.engagement, person.reply_drive):
            yield f"person {person.number}", "drive", (engagement, reply), (person.engagement, person.reply_drive)


def prompts_differ(world: Any, plain: PlainModel, day: int) -> Iterator[Difference]:
    """Yield every difference in who has something to say on ``day``."""
    bits = (world.mark[MARK.prompts] >> (day % DRAWN_DAYS)) & 1
    for person, prompted in zip(plain.people, bits.tolist(), strict=True):
        if prompted != person.prompted:
            yield f"person {person.number}", "prompted", prompted, person.prompted


def record_differs(world: Any, plain: PlainModel, day: int) -> Iterator[Difference]:
    """Yield every difference in what is observed of a day: totals, levels, sums by department."""
    for name, engine in zip(COUNTS, world.counts[day].tolist(), strict=True):
        if engine != plain.counts[name]:
            yield "counts", name, engine, plain.counts[name]
    for name, engine, mine in zip(LEVELS, world.climate[day].tolist(), plain.climate, strict=True):
        if engine != mine:
            yield "climate", name, engine, mine
    for department, sums in enumerate(plain.month):
        record = world.departments[day // MONTH_DAYS, department].tolist()
        for name, engine in zip(DEPARTMENT_COUNTS, record, strict=True):
            if engine != sums[name]:
                yield f"department {department}", name, engine, sums[name]


def _row_of(thread: Thread) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(thread, name) for name in THREAD_FIELDS}
    return row | {"author": thread.author.number, "kind": thread.kind, "outcome": thread.outcome}


def _row_at(world: Any, slot: int) -> dict[str, object]:
    row = world.thread[slot].tolist()
    state: dict[str, object] = {name: row[getattr(THREAD, name)] for name in THREAD_FIELDS}
    kind, outcome = KINDS[row[THREAD.kind]], OUTCOMES[row[THREAD.outcome]]
    return state | {"author": row[THREAD.author], "kind": kind, "outcome": outcome}


def threads_differ(world: Any, plain: PlainModel) -> Iterator[Difference]:
    """Yield every difference in the open threads, in order of creation."""
    slots = world.slot[SLOT.alive, : world.cursor[CURSOR.alive]].tolist()
    engine, mine = [_row_at(world, slot) for slot in slots], [_row_of(thread) for thread in plain.threads]
    if len(engine) != len(mine):
        yield "threads", "number open", len(engine), len(mine)
    for one, other in zip(engine, mine, strict=False):
        for name, value in one.items():
            if value != other[name]:
                yield f"thread of person {other['author']}, day {other['day']}", name, value, other[name]


def inboxes_differ(world: Any, plain: PlainModel) -> Iterator[Difference]:
    """Yield every difference in an inbox: which threads, in which order."""
    for row, leader in enumerate(plain.leaders):
        engine: list[tuple[int, int]] = []
        slot = int(world.leader[LEADER.head, row])
        while slot >= 0:
            engine.append((int(world.thread[slot, THREAD.author]), int(world.thread[slot, THREAD.day])))
            slot = int(world.thread[slot, THREAD.next_in_inbox])
        mine = [(thread.author.number, thread.day) for thread in leader.inbox]
        if engine != mine or world.leader[LEADER.person, row] != leader.number:
            yield f"leader {leader.number}", "inbox", engine, mine


def differences(world: Any, plain: PlainModel, day: int) -> Iterator[Difference]:
    """Yield every difference at the end of ``day``; -1 is before day 0."""
    yield from people_differ(world, plain)
    yield from threads_differ(world, plain)
    yield from inboxes_differ(world, plain)
    if day >= 0:
        yield from prompts_differ(world, plain, day)
        yield from record_differs(world, plain, day)


def run_together(
    scenario: Scenario, organisation: Organisation, *, seed: int, replicate: int = 0, draw: Draw = compiled_draw
) -> Counter[str]:
    """Compare both after every day and return the run's totals; the first day that differs raises AssertionError."""
    plain = PlainModel(scenario, organisation, seed=seed, replicate=replicate, draw=draw)
    totals: Counter[str] = Counter()
    try:
        days = engine_days(scenario, organisation, seed=seed, replicate=replicate)
        for day, world in enumerate(days, start=-1):
            if day >= 0:
                plain.step()
                totals.update(plain.counts)
            found = list(differences(world, plain, day))
            assert not found, _message(day, found)
    finally:
        release(plain)
    return totals


def _message(day: int, found: list[Difference]) -> str:
    """Return what differs on the first day that differs, ten lines at most."""
    lines = [f"{who}: {field} is {engine} in the engine, {mine} plainly" for who, field, engine, mine in found[:SHOWN]]
    return "\n".join([f"day {day}, {len(found)} differences", *lines])

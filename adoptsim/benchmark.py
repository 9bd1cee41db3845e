"""What a simulated person-day costs: by size, against plain Mesa, against the memory's floor, and by threads."""

from __future__ import annotations

import importlib
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from adoptsim import files
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Horizon, OrganisationSpec, PracticeUse, Scenario
from adoptsim.engine.compiled import compiled, entry
from adoptsim.engine.day import run_days
from adoptsim.engine.read import days_in_feed
from adoptsim.engine.state import BLOCK, CURSOR, LEVEL, MARK, SLOT, TALLY, THREAD, TRAIT, World
from adoptsim.simulation import MOST_ROOM, OrganisationSource, Simulator, model_version, simulate

SCENARIO = "typical"
DAYS = 252
MILLION_DAYS = 63
SIZES = (500, 5_000, 100_000)
MILLION = 1_000_000
REFERENCE_PEOPLE, REFERENCE_DAYS = 500, 63
FLOOR_PEOPLE, FLOOR_CHUNKS, FLOOR_REPEATS, FLOOR_PASSES, FLOOR_ROOM = 5_000, 12, 5, 3, 4
SWEEP_REPLICATES = 32
LEAST_SECONDS = 1.0
"""Small sizes are measured again until this much time has gone by; the quickest counts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one size costs: nanoseconds a person and day, seconds to set up, days simulated."""

    people: int
    days: int
    ns_per_person_day: float
    setup_seconds: float


@contextmanager
def _stopwatch(spent: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    spent.append(time.perf_counter() - began)


def _simulator(scenario: Scenario, people: int, days: int) -> Simulator:
    changed = {"organisation": OrganisationSpec(people=people), "horizon": Horizon(days=days)}
    return Simulator(scenario.model_copy(update=changed))


def _finished(simulator: Simulator) -> tuple[World, float]:
    """Return a finished replicate and the seconds that its days took, setting up left out."""
    room = 1
    while True:
        world, policy = simulator.start(0, room=room)
        spent: list[float] = []
        with _stopwatch(spent):
            run_days(
                world,
                simulator.parameters,
                simulator.effects,
                policy.table,
                policy.before,
                0,
                simulator.scenario.horizon.days,
            )
        if not world.cursor[CURSOR.overflow] or room >= MOST_ROOM:
            return world, spent[0]
        room *= 2


def measure_cost(scenario: Scenario, people: int, days: int = DAYS) -> Cost:
    """Return what a person-day of a scenario costs at a size: the quickest of several runs."""
    setup: list[float] = []
    with _stopwatch(setup):
        simulator = _simulator(scenario, people, days)
        simulator.start(0)
    quickest, total = math.inf, 0.0
    while total < LEAST_SECONDS:
        seconds = _finished(simulator)[1]
        quickest, total = min(quickest, seconds), total + seconds
    return Cost(people, days, quickest * 1e9 / (people * days), setup[0])


def all_ten(days: int) -> Scenario:
    """Return the plan by which the plain Mesa model is timed: all ten practices in place."""
    return Scenario(name="all-ten", practices={name: PracticeUse() for name in PRACTICES}, horizon=Horizon(days=days))


@cache
def reference_timing() -> Callable[[int, int], float] | None:
    """Return the timer of the plain Mesa model, which lies among the source tree's tests; None where there is none."""
    tests = Path(__file__).resolve().parent.parent / "tests"
    if not (tests / "reference" / "timing.py").is_file():
        return None
    sys.path.insert(0, str(tests))
    try:
        timing = importlib.import_module("reference.timing").seconds_per_person_day
    finally:
        sys.path.remove(str(tests))
    return lambda people, days: float(timing(people, days))


def measure_reference() -> dict[str, Any] | None:
    """Return nanoseconds a person-day of plain Mesa and of the engine on the same plan; None without a source tree."""
    timing = reference_timing()
    if timing is None:
        return None
    plain = timing(REFERENCE_PEOPLE, REFERENCE_DAYS) * 1e9
    engine = measure_cost(all_ten(REFERENCE_DAYS), REFERENCE_PEOPLE, REFERENCE_DAYS).ns_per_person_day
    return {
        "people": REFERENCE_PEOPLE,
        "days": REFERENCE_DAYS,
        "mesa_ns_per_person_day": plain,
        "engine_ns_per_person_day": engine,
        "ratio": plain / engine,
    }


@compiled
def _stream(read_only: Any, also: Any, written: Any, first: Any, end: Any) -> None:
    """Read two rows and rewrite a third as it is."""
    for i in range(np.uint64(first), np.uint64(end)):
        written[i] = written[i] if read_only[i] + also[i] > -1e30 else read_only[i]


@entry
def _least_of_a_day(world: Any, parameters: Any, day: Any, nothing: Any) -> Any:
    """Move the memory that a day cannot do without, and compute nothing; return how many readers were gathered.

    Each row of people that every day touches in full is streamed once, in blocks; then today's readers are gathered.
    """
    level, mark, tally, trait, n_people = world.level, world.mark, world.tally, world.trait, world.place.shape[1]
    for first in range(0, n_people, BLOCK):
        end = min(n_people, first + BLOCK)
        _stream(level[LEVEL.trust_target], level[LEVEL.habit], level[LEVEL.trust], first, end)
        _stream(level[LEVEL.safety_target], trait[TRAIT.inverse_degree], level[LEVEL.safety], first, end)
        _stream(mark[MARK.membership], mark[MARK.leader_active], mark[MARK.nudge], first, end)
        _stream(mark[MARK.role], mark[MARK.prompts], mark[MARK.visited], first, end)
        _stream(tally[TALLY.last_visit], tally[TALLY.contacts_contributing], tally[TALLY.last_contribution], first, end)
    return _gather(world, parameters, day, nothing)


@compiled
def _rewrite(rows: Any, nothing: Any) -> None:
    """Read rows and write them as they are."""
    for row in range(rows.shape[0]):
        for i in range(np.uint64(rows.shape[1])):
            rows[row, i] += nothing


@entry
def _whole_state_of_a_day(world: Any, parameters: Any, day: Any, nothing: Any) -> Any:
    """Read and write once the whole of people's state that lives from one day to the next; gather today's readers.

    All levels; membership, nudge, leader active, role; days and sums, without today's own (value, seen). Neither traits
    nor random words nor scratch.
    """
    mark, tally = world.mark, world.tally
    _rewrite(world.level, np.float32(nothing))
    _rewrite(mark[MARK.membership : MARK.role + 1], np.uint8(nothing))
    _rewrite(tally[TALLY.last_visit : TALLY.value_waiting + 1], np.int32(nothing))
    _rewrite(tally[TALLY.visits : TALLY.silences + 1], np.int32(nothing))
    return _gather(world, parameters, day, nothing)


@compiled
def _gather(world: Any, parameters: Any, day: Any, nothing: Any) -> Any:
    """Pair those who are there among contacts of authors of threads that still find attention, and rewrite their evidence.

    Return how many pairs there are. ``nothing`` is 0, which only the caller knows: so the state stays as it is.
    """
    thread, alive, visited, pair = world.thread, world.slot[SLOT.alive], world.mark[MARK.visited], world.pair
    reach = days_in_feed(parameters)
    gathered = 0
    for a in range(world.cursor[CURSOR.alive]):
        slot = alive[a]
        if thread[slot, THREAD.appears] > day or day - thread[slot, THREAD.last_activity] > reach:
            continue
        author = thread[slot, THREAD.author]
        for e in range(np.uint64(world.indptr[author]), np.uint64(world.indptr[author + 1])):
            person = world.neighbours[e]
            if visited[person]:
                pair[0, gathered % BLOCK], pair[1, gathered % BLOCK] = person, slot
                for column in range(8):
                    world.evidence[person, column] += nothing
                gathered += 1
    return gathered


def measure_floor(scenario: Scenario, people: int = FLOOR_PEOPLE, days: int = DAYS) -> dict[str, Any]:
    """Return how far the engine is from two floors of memory traffic, all three measured along the same run."""
    simulator = _simulator(scenario, people, days)
    _finished(simulator)  # organisations, caches and code are warm from here on
    passes = [_pass(simulator) for _ in range(FLOOR_PASSES)]
    engine, least, whole = (sum(map(min, zip(*spent, strict=True))) for spent in zip(*passes, strict=True))
    scale = 1e9 / (people * days)
    return {
        "people": people,
        "days": days,
        "engine_ns_per_person_day": engine * scale,
        "least_rows_ns_per_person_day": least * scale,
        "ratio_to_least_rows": engine / least,
        "whole_state_ns_per_person_day": whole * scale,
        "ratio_to_whole_state": engine / whole,
    }


def _pass(simulator: Simulator) -> tuple[list[float], list[float], list[float]]:
    """Return the seconds of a run's parts in the engine, and what the last day of each costs at the least, in days."""
    days, engine, least, whole = simulator.scenario.horizon.days, list[float](), list[float](), list[float]()
    world, policy = simulator.start(0, room=FLOOR_ROOM)
    ends = [days * (chunk + 1) // FLOOR_CHUNKS for chunk in range(FLOOR_CHUNKS)]
    for first, end in zip([0, *ends], ends, strict=False):
        with _stopwatch(engine):
            run_days(world, simulator.parameters, simulator.effects, policy.table, policy.before, first, end)
        for spent, floor in ((least, _least_of_a_day), (whole, _whole_state_of_a_day)):
            spent.append((end - first) * _quickest(floor, world, simulator.parameters, end - 1, 0))
    return engine, least, whole


def _quickest(call: Callable[..., Any], *arguments: Any) -> float:
    """Return the seconds of the quickest of a few calls."""
    spent: list[float] = []
    for _ in range(FLOOR_REPEATS):
        with _stopwatch(spent):
            call(*arguments)
    return min(spent)


def measure_threads(scenario: Scenario, replicates: int = SWEEP_REPLICATES) -> dict[str, Any]:
    """Return runs a second of a load like a sweep's, with one thread and with two; organisations are drawn before."""
    source = OrganisationSource(scenario.organisation, 1)
    simulate(scenario, replicates=replicates, seed=1, source=source)
    rates = {}
    for threads in (1, 2):
        spent: list[float] = []
        for _ in range(2):
            with _stopwatch(spent):
                simulate(scenario, replicates=replicates, seed=1, source=source, threads=threads)
        rates[threads] = replicates / min(spent)
    return {
        "replicates": replicates,
        "one_thread_runs_per_second": rates[1],
        "two_threads_runs_per_second": rates[2],
        "ratio": rates[2] / rates[1],
    }


def peak_memory_bytes() -> int | None:
    """Return the most memory that this process has had in use; None where the system doesn't tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


def benchmark(*, million: bool = False, tell: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Return all measurements, made in one go, as plain data; ``tell`` is told what is being measured."""
    scenario = files.Scenario.load(SCENARIO)
    tell("a day, so that everything is compiled")
    _finished(_simulator(scenario, SIZES[0], 1))
    costs = []
    for people, days in [(size, DAYS) for size in SIZES] + [(MILLION, MILLION_DAYS)] * million:
        tell(f"{people:,} people")
        costs.append(measure_cost(scenario, people, days))
    peak = peak_memory_bytes() if million else None
    tell("plain Mesa")
    reference = measure_reference()
    tell("memory's floor")
    floor = measure_floor(scenario)
    tell("threads")
    return {
        "scenario": scenario.name,
        "model_version": model_version(),
        "costs": [{name: getattr(cost, name) for name in Cost.__slots__} for cost in costs],
        "peak_memory_bytes": peak,
        "reference": reference,
        "floor": floor,
        "threads": measure_threads(scenario),
    }

"""Day 0: traits of people drawn by key, arrays made once, and one replicate set back to its start."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from adoptsim.domain.experiences import COLUMNS
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.placement import interest_rank
from adoptsim.domain.rules import drift, raised
from adoptsim.engine.compiled import compiled, entry
from adoptsim.engine.draws import DRAWN_DAYS, trait_uniforms
from adoptsim.engine.learn import BEGINS, contributor_changes, note_users, retarget
from adoptsim.engine.log import LOG_COLUMNS
from adoptsim.engine.measures import set_roles
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    BLOCK,
    COUNTS,
    CURSOR,
    DEPARTMENT_COUNTS,
    DRIVE,
    LEADER,
    LEVEL,
    LEVELS,
    LIST,
    MARK,
    MEMBER,
    NEVER,
    OFFICE,
    OUTSIDER,
    PLACE,
    SLOT,
    TALLY,
    THREAD,
    TRAIT,
    UNREACHABLE,
    World,
)

Floats = npt.NDArray[np.float64]
LEAST_THREADS = 64
LIFE_DAYS = 4
"""First guess of days that a day's prompts occupy slots: of memory, not of the model. A run that needs more room is
repeated with twice as much."""


def draw_traits(
    organisation: Organisation, parameters: Floats, key: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Return float32[TRAIT, N] and the membership before day 0, drawn by (seed, replicate, person)."""
    n = organisation.n_people
    personality, place = trait_uniforms(key, n, 0), trait_uniforms(key, n, 1)
    talk, threshold, trust, safety = ndtri(personality)
    degree = organisation.degree
    multiplier = np.where(organisation.reports > 0, parameters[PARAMETER.manager_propensity], 1.0)
    volunteers = organisation.champion_rank < LEVERS["champion_share"].high
    lurks = (place[3] < parameters[PARAMETER.lurker_share]) & ~volunteers
    sd, power = parameters[PARAMETER.propensity_sd], parameters[PARAMETER.reply_propensity_power]
    propensity = multiplier * np.exp(sd * talk - sd * sd / 2.0)
    climate, rho = parameters[PARAMETER.climate_sd], parameters[PARAMETER.climate_correlation]
    tolerance = parameters[PARAMETER.permission_sd] * ndtri(place[1])
    seed_rank = organisation.seed_rank
    if organisation.interested_first:
        seed_rank = interest_rank(propensity, organisation.is_leader)
    rows = {
        "prompt_prob": np.where(organisation.is_leader, 0.0, -np.expm1(-parameters[PARAMETER.prompt_rate] * propensity)),
        "readiness": multiplier**power * np.exp(power * sd * talk - (power * sd) ** 2 / 2.0),
        "reluctance": np.where(lurks, parameters[PARAMETER.lurker_reluctance], 0.0),
        "threshold": parameters[PARAMETER.threshold_mean] + parameters[PARAMETER.threshold_sd] * threshold,
        "value_half": _value_half(parameters, talk, ndtri(place[2])),
        "trust_offset": climate * trust,
        "safety_offset": climate * (rho * trust + np.sqrt(1.0 - rho * rho) * safety),
        "permission_offset": np.where(organisation.manager >= 0, tolerance[organisation.manager], 0.0),
        "champion_rank": organisation.champion_rank,
        "seed_rank": seed_rank,
        "start_rank": _start_rank(seed_rank, lurks),
        "inverse_degree": np.divide(1.0, degree, out=np.zeros(n), where=degree > 0),
    }
    reachable = (place[0] < parameters[PARAMETER.reachable_share]) | organisation.is_leader
    membership = np.where(reachable, OUTSIDER, UNREACHABLE).astype(np.uint8)
    return np.stack([rows[name] for name in TRAIT._fields]).astype(np.float32), membership


def _start_rank(seed_rank: npt.NDArray[np.float32], lurks: npt.NDArray[np.bool_]) -> Floats:
    """Return the order, in [0, 1), in which people begin as active contributors: nobody who lurks before all others."""
    share = 1.0 - lurks.mean()
    return np.asarray(np.where(lurks, share + (1.0 - share) * seed_rank, share * seed_rank))


def _value_half(parameters: Floats, talk: Floats, other: Floats) -> Floats:
    """Return what each person needs to find a visit half worth it; those with more to say tend to need less."""
    rho = parameters[PARAMETER.value_propensity_correlation]
    need = -rho * talk + np.sqrt(1.0 - rho * rho) * other
    return np.asarray(parameters[PARAMETER.value_half] * np.exp(parameters[PARAMETER.value_half_sd] * need))


def _segments(starts: npt.NDArray[np.int64], group_of_department: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return int64[segments, 3]: start, end and group of the longest runs of people under the same levers."""
    breaks = np.flatnonzero(np.diff(group_of_department)) + 1
    firsts, ends = np.concatenate(([0], breaks)), np.concatenate((breaks, [len(group_of_department)]))
    return np.column_stack((starts[firsts], starts[ends], group_of_department[firsts])).astype(np.int64)


def _places(
    organisation: Organisation, group_of_department: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[np.int64] | npt.NDArray[np.int32]]:
    """Return the engine's arrays of where people stand: in the reporting tree, under which leader and levers."""
    starts, leaders = organisation.department_start, np.flatnonzero(organisation.is_leader)
    group = group_of_department[organisation.department]
    office = np.zeros((len(OFFICE), len(starts)), dtype=np.int64)
    office[OFFICE.start] = starts
    office[OFFICE.leader, :-1] = np.searchsorted(leaders, organisation.leader_of_department)
    leader = np.full((len(LEADER), len(leaders)), -1, dtype=np.int32)
    leader[LEADER.person], leader[LEADER.group] = leaders, group[leaders]
    for department in range(organisation.n_departments):
        own = office[OFFICE.leader, department]
        office[OFFICE.next, department] = leader[LEADER.first_office, own]
        leader[LEADER.first_office, own] = department
    rows = (organisation.manager, organisation.department, group, organisation.is_leader, np.arange(len(group)))
    place = np.stack(rows).astype(np.int32)
    assert PLACE._fields == ("manager", "department", "group", "is_leader", "roster")
    return {"office": office, "leader": leader, "place": place, "segment": _segments(starts, group_of_department)}


def thread_slots(prompt_prob: npt.NDArray[np.float32], n_leaders: int) -> int:
    """Return how many threads to make room for: some days of everybody's prompts, ten standard deviations up."""
    mean = float(prompt_prob.sum(dtype=np.float64)) + n_leaders
    return LEAST_THREADS + LIFE_DAYS * int(min(len(prompt_prob), mean + 10.0 * mean**0.5))


def make_world(
    organisation: Organisation,
    trait: npt.NDArray[np.float32],
    group_of_department: npt.NDArray[np.int64],
    key: npt.NDArray[np.uint64],
    n_days: int,
    *,
    room: int = 1,
    n_log: int = 0,
    n_visit_log: int = 0,
) -> World:
    """Return the arrays of one replicate, not yet at its start (``reset`` does that); ``room`` multiplies thread slots."""
    n = organisation.n_people
    n_slots = room * thread_slots(trait[TRAIT.prompt_prob], int(organisation.is_leader.sum()))
    n_months = -(-n_days // ACTIVE_DAYS)
    arrays: dict[str, Any] = {
        "level": np.zeros((len(LEVEL), n), dtype=np.float32),
        "mark": np.zeros((len(MARK), n), dtype=np.uint8),
        "tally": np.zeros((len(TALLY), n), dtype=np.int32),
        "drive": np.zeros((len(DRIVE), n)),
        "need": np.zeros(n),
        "evidence": np.zeros((n, len(COLUMNS)), dtype=np.int32),
        "stamp": np.zeros(n, dtype=np.int64),
        "list": np.zeros((len(LIST), n), dtype=np.int32),
        "there": np.zeros(-(-n // 64), dtype=np.uint64),
        "using": np.zeros(-(-n // 64), dtype=np.uint64),
        "words": np.zeros((4, BLOCK), dtype=np.uint32),
        "luck": np.zeros((DRAWN_DAYS, n), dtype=np.uint32),
        "chance": np.zeros(n + BLOCK),
        "pair": np.zeros((3, n + BLOCK), dtype=np.int32),
        "thread": np.zeros((n_slots, len(THREAD)), dtype=np.int32),
        "lesson": np.zeros((n_slots, len(COLUMNS)), dtype=np.int32),
        "slot": np.zeros((len(SLOT), n_slots), dtype=np.int32),
        "arrival_key": np.zeros(n_slots),
        "cursor": np.zeros(len(CURSOR), dtype=np.int64),
        "counts": np.zeros((n_days, len(COUNTS)), dtype=np.int64),
        "climate": np.zeros((n_days, len(LEVELS))),
        "departments": np.zeros((n_months, organisation.n_departments, len(DEPARTMENT_COUNTS))),
        "log": np.zeros((n_log, len(LOG_COLUMNS)), dtype=np.int32),
        "visit_log": np.zeros((n_visit_log, 2), dtype=np.int32),
    }
    arrays |= _places(organisation, group_of_department)
    return World(key=key, indptr=organisation.indptr, neighbours=organisation.neighbours, trait=trait, **arrays)


@entry
def reset(world: Any, parameters: Any, levers: Any, membership: Any, start_share: Any) -> None:
    """Set a replicate back to before day 0 under float64[groups, levers] of day 0.

    People with a ``start_rank`` below ``start_share`` begin as active contributors, left alone from then on.
    """
    level, mark, tally, slot = world.level, world.mark, world.tally, world.slot
    world.cursor[:] = 0
    mark[:] = 0
    for i in range(membership.shape[0]):
        mark[MARK.membership, i] = membership[i]
    level[LEVEL.habit] = 0.0
    level[LEVEL.reward] = parameters[PARAMETER.initial_reward]
    level[LEVEL.responsiveness] = parameters[PARAMETER.initial_responsiveness]
    tally[:] = 0
    tally[TALLY.last_visit] = NEVER
    tally[TALLY.last_contribution] = NEVER
    world.evidence[:] = 0
    world.stamp[:] = -1
    for i in range(world.need.shape[0]):
        world.need[i] = raised(np.float64(world.trait[TRAIT.value_half, i]), parameters[PARAMETER.value_steepness])
    world.leader[LEADER.head] = -1
    world.leader[LEADER.tail] = -1
    world.leader[LEADER.last_arrival_day] = -1
    world.leader[LEADER.away_until] = NEVER
    n_slots = slot.shape[1]
    for k in range(n_slots):
        slot[SLOT.free, k] = n_slots - 1 - k
    world.cursor[CURSOR.free] = n_slots
    world.counts[:] = 0
    world.departments[:] = 0.0
    retarget(world, levers)
    set_roles(world, levers)
    for i in range(level.shape[1]):
        trust = level[LEVEL.trust_target, i]
        level[LEVEL.trust, i] = trust
        level[LEVEL.safety, i] = drift(
            np.float64(level[LEVEL.safety_target, i]), np.float64(trust), parameters[PARAMETER.safety_follows_trust]
        )
    _start_contributors(world, parameters, start_share)


@compiled
def _start_contributors(world: Any, parameters: Any, share: Any) -> None:
    """Make a share of people active contributors as of the day before day 0."""
    tally, cursor = world.tally, world.cursor
    for i in range(tally.shape[1]):
        if world.trait[TRAIT.start_rank, i] < share:
            world.mark[MARK.membership, i] = MEMBER
            world.level[LEVEL.habit, i] = parameters[PARAMETER.start_habit]
            tally[TALLY.last_visit, i], tally[TALLY.last_contribution, i] = -1, -1
            cursor[CURSOR.members] += 1
            contributor_changes(world, i, BEGINS)
    note_users(world, np.int64(-1))

"""Phases 1 and 2 of a day: something to say arises; members look, others come for the first time."""

from __future__ import annotations

from typing import Any

import numpy as np

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import any_of, first_visit_prob, return_visit_prob
from adoptsim.engine.compiled import compiled
from adoptsim.engine.draws import (
    PURPOSE_DAILY,
    PURPOSE_LEADER_POST,
    draw,
    scramble,
    uniform,
)
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    BLOCK,
    COUNT,
    CURSOR,
    LEADER,
    LEFT,
    LEVEL,
    LIST,
    MARK,
    MEMBER,
    NUDGE_NONE,
    NUDGE_NOTICE,
    NUDGE_POSTS,
    NUDGE_SEED,
    OUTSIDER,
    TALLY,
    TRAIT,
    UNREACHABLE,
)

MONTH = float(DEFINITION.month_days)


@compiled
def leaders_decide_to_post(world: Any, levers: Any, day: Any) -> None:
    """Mark the leaders who post today: they are there, whatever their habit."""
    leader, mark, key = world.leader, world.mark, world.key
    for row in range(leader.shape[1]):
        person, lever = leader[LEADER.person, row], levers[leader[LEADER.group, row]]
        posts, _, _, _ = draw(key, person, day, PURPOSE_LEADER_POST, 0)
        if posts < (lever[LEVER.leader_post_rate] + lever[LEVER.echo_rate]) / MONTH:
            mark[MARK.nudge, person] = NUDGE_POSTS


@compiled
def bring_in_seeds(world: Any, levers: Any, levers_before: Any) -> None:
    """Mark those whom a launch brings in today: people whose rank the seed share has just passed."""
    segment, mark, rank = world.segment, world.mark, world.trait[TRAIT.seed_rank]
    for s in range(segment.shape[0]):
        share, before = levers[segment[s, 2], LEVER.seed_share], levers_before[segment[s, 2], LEVER.seed_share]
        if share > before:
            for i in range(segment[s, 0], segment[s, 1]):
                if mark[MARK.membership, i] == OUTSIDER and rank[i] < share and mark[MARK.nudge, i] < NUDGE_POSTS:
                    mark[MARK.nudge, i] = NUDGE_SEED


@compiled
def bring_in_champions(world: Any) -> None:
    """Mark the champions who have not come yet: whoever volunteers comes, also who would never have looked."""
    mark = world.mark
    for i in range(mark.shape[1]):
        if mark[MARK.champion, i] and mark[MARK.membership, i] < MEMBER and mark[MARK.nudge, i] < NUDGE_POSTS:
            mark[MARK.nudge, i] = NUDGE_SEED


@compiled
def _chances(
    chance: Any,
    level: Any,
    mark: Any,
    tally: Any,
    trait: Any,
    parameters: Any,
    lever: Any,
    day: Any,
    first: Any,
    n: Any,
) -> None:
    """Write for ``n`` people from ``first`` on, all under the same levers, the chance that they look today."""
    first_visit_rate = parameters[PARAMETER.first_visit_rate] / MONTH
    imitation_rate = parameters[PARAMETER.imitation_rate] / MONTH
    habit_visit, contact_visit = parameters[PARAMETER.habit_visit_prob], parameters[PARAMETER.contact_visit_prob]
    leader_visit, notified_visit = parameters[PARAMETER.leader_visit_prob], parameters[PARAMETER.notified_visit_prob]
    champion_visit = parameters[PARAMETER.champion_visit_prob]
    offline, invitation = lever[LEVER.offline_prompt_prob], lever[LEVER.invitation_prob]
    reminder, lapsed_before = lever[LEVER.reminder_prob], day - ACTIVE_DAYS
    for k in range(np.uint64(n)):
        i = np.uint64(first) + k
        inverse_degree = np.float64(trait[TRAIT.inverse_degree, i])
        nudge = notified_visit if mark[MARK.nudge, i] == NUDGE_NOTICE else 0.0
        reminded = reminder if tally[TALLY.last_visit, i] < lapsed_before else 0.0
        leader = leader_visit if mark[MARK.leader_active, i] == 1 else 0.0
        leader = champion_visit if mark[MARK.champion, i] == 1 else leader
        share_contributing = tally[TALLY.contacts_contributing, i] * inverse_degree
        share_using = tally[TALLY.contacts_using, i] * inverse_degree
        again = return_visit_prob(
            np.float64(level[LEVEL.habit, i]),
            share_contributing,
            leader,
            any_of(nudge, reminded),
            offline,
            habit_visit,
            contact_visit,
        )
        first_time = first_visit_prob(first_visit_rate, imitation_rate, share_using, any_of(invitation, nudge), offline)
        prob = again if mark[MARK.membership, i] == MEMBER else first_time
        prob = 0.0 if mark[MARK.membership, i] == UNREACHABLE or mark[MARK.membership, i] == LEFT else prob
        chance[k] = 1.0 if mark[MARK.nudge, i] >= NUDGE_POSTS else prob


@compiled
def _visit_block(world: Any, parameters: Any, lever: Any, day: Any, first: Any, n: Any) -> None:
    """Decide for ``n`` people from ``first`` on, all under the same levers, who looks and who has something to say."""
    words, chance, mark, trait = world.words, world.chance, world.mark, world.trait
    for k in range(np.uint64(n)):
        words[0, k] = np.uint32(np.uint64(first) + k)
        words[1, k] = np.uint32(day)
        words[2, k] = np.uint32(PURPOSE_DAILY)
        words[3, k] = np.uint32(0)
    scramble(words, n, world.key)
    _chances(chance, world.level, mark, world.tally, trait, parameters, lever, day, first, n)
    for k in range(np.uint64(n)):
        mark[MARK.visited, np.uint64(first) + k] = uniform(words[0, k]) < chance[k]
    for k in range(np.uint64(n)):
        i = np.uint64(first) + k
        mark[MARK.prompted, i] = uniform(words[1, k]) < np.float64(trait[TRAIT.prompt_prob, i])


@compiled
def _arrive(level: Any, mark: Any, tally: Any, cursor: Any, parameters: Any, person: Any) -> None:
    """Note a visit; a first-time visitor becomes a member: on trial, or with the stronger start of those brought in."""
    tally[TALLY.visits, person] += 1
    mark[MARK.first_visit, person] = 0
    if mark[MARK.membership, person] != MEMBER:
        mark[MARK.membership, person] = MEMBER
        mark[MARK.first_visit, person] = 1
        seeded = mark[MARK.nudge, person] == NUDGE_SEED
        level[LEVEL.habit, person] = parameters[PARAMETER.seed_habit] if seeded else parameters[PARAMETER.trial_habit]
        cursor[CURSOR.members] += 1


@compiled
def visit(world: Any, parameters: Any, levers: Any, day: Any, counts: Any) -> None:
    """Run prompts and visits for everybody, then list today's visitors in order of person."""
    segment, mark, visitors, cursor = world.segment, world.mark, world.list[LIST.visitors], world.cursor
    for s in range(segment.shape[0]):
        first, end = segment[s, 0], segment[s, 1]
        while first < end:
            n = min(BLOCK, end - first)
            _visit_block(world, parameters, levers[segment[s, 2]], day, first, n)
            first += n
    n_visitors, prompts, met = 0, 0, 0
    visited, prompted, nudge = mark[MARK.visited], mark[MARK.prompted], mark[MARK.nudge]
    for i in range(np.uint32(visited.shape[0])):
        prompts += prompted[i]
        met += prompted[i] & visited[i]
        visitors[n_visitors] = i  # overwritten unless i looks
        n_visitors += visited[i]
        nudge[i] = nudge[i] * visited[i]  # a nudge lasts a day
    there = world.there
    there[:] = 0
    for v in range(n_visitors):
        person = visitors[v]
        there[person >> 6] |= np.uint64(1) << np.uint64(person & 63)
        _arrive(world.level, mark, world.tally, cursor, parameters, person)
        if nudge[person] != NUDGE_POSTS:
            nudge[person] = NUDGE_NONE
    cursor[CURSOR.visitors] = n_visitors
    counts[COUNT.prompts] += prompts
    counts[COUNT.absent] += prompts - met
    counts[COUNT.visitors] = n_visitors

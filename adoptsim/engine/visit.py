"""Phases 1 and 2 of a day: something to say arises; members look, others come for the first time."""

from __future__ import annotations

from typing import Any

import numpy as np

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import any_of, first_visit_prob, return_visit_prob
from adoptsim.engine.bits import has_bit, trailing_zeros
from adoptsim.engine.compiled import compiled
from adoptsim.engine.draws import (
    DRAWN_DAYS,
    PURPOSE_LEADER_POST,
    PURPOSE_PROMPT,
    PURPOSE_VISIT,
    draw_for_all,
    scramble,
    uniform,
)
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    BLOCK,
    CHAMPION_ROLE,
    COUNT,
    CURSOR,
    DRIVE,
    LEADER,
    LEFT,
    LEVEL,
    LIST,
    MARK,
    MEMBER,
    NOT_READY,
    NUDGE_NONE,
    NUDGE_NOTICE,
    NUDGE_POSTS,
    NUDGE_SEED,
    OUTSIDER,
    PLACE,
    TALLY,
    TRAIT,
    UNREACHABLE,
)

MONTH = float(DEFINITION.month_days)
ALL_CONTACTS = 1.0 + float(np.finfo(np.float32).eps)
"""At least what a share of contacts comes to if all count: 1 / degree in single precision may be rounded up."""


@compiled
def _name_draws(words: Any, first: Any, n: Any, day: Any, purpose: Any) -> None:
    """Write the counters of a draw for ``n`` people from ``first`` on."""
    for k in range(np.uint64(n)):
        words[0, k] = np.uint32(np.uint64(first) + k)
        words[1, k] = np.uint32(day)
        words[2, k] = np.uint32(purpose)
        words[3, k] = np.uint32(0)


@compiled
def leaders_decide_to_post(world: Any, levers: Any, day: Any) -> None:
    """Mark the leaders who post today: they are there, whatever their habit."""
    leader, mark, words = world.leader, world.mark, world.words
    for row in range(leader.shape[1]):
        k = row % BLOCK
        if k == 0:
            n = min(BLOCK, leader.shape[1] - row)
            _name_draws(words, row, n, day, PURPOSE_LEADER_POST)
            for other in range(n):
                words[0, other] = np.uint32(leader[LEADER.person, row + other])
            scramble(words, n, world.key)
        lever = levers[leader[LEADER.group, row]]
        if day < leader[LEADER.away_until, row]:
            continue
        if uniform(words[0, k]) < (lever[LEVER.leader_post_rate] + lever[LEVER.echo_rate]) / MONTH:
            mark[MARK.nudge, leader[LEADER.person, row]] = NUDGE_POSTS


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
        if mark[MARK.role, i] == CHAMPION_ROLE and mark[MARK.membership, i] < MEMBER and mark[MARK.nudge, i] < NUDGE_POSTS:
            mark[MARK.nudge, i] = NUDGE_SEED


@compiled
def _draw_ahead(world: Any, day: Any) -> None:
    """Draw for everybody on which of four days from ``day`` on a prompt arises, and what decides the visits of these."""
    luck, prompts, prompt_prob = world.luck, world.mark[MARK.prompts], world.trait[TRAIT.prompt_prob]
    draw_for_all(luck, day, PURPOSE_PROMPT, world.key)
    for i in range(np.uint64(luck.shape[1])):
        prob, bits = np.float64(prompt_prob[i]), np.uint8(0)
        for row in range(DRAWN_DAYS):
            bits |= np.uint8(uniform(luck[row, i]) < prob) << np.uint8(row)
        prompts[i] = bits
    draw_for_all(luck, day, PURPOSE_VISIT, world.key)


@compiled
def _decide(world: Any, parameters: Any, lever: Any, day: Any, first: Any, end: Any) -> None:
    """Decide for the people from ``first`` to before ``end``, all under the same levers, who looks today.

    For a first visit only whether the draw would do if all contacts used the platform: ``_comes_now`` decides.
    """
    level, mark, tally, trait, luck = world.level, world.mark, world.tally, world.trait, world.luck[day % DRAWN_DAYS]
    first_visit_rate = parameters[PARAMETER.first_visit_rate] / MONTH
    imitation_rate = parameters[PARAMETER.imitation_rate] / MONTH
    habit_visit, contact_visit = parameters[PARAMETER.habit_visit_prob], parameters[PARAMETER.contact_visit_prob]
    leader_visit, notified_visit = parameters[PARAMETER.leader_visit_prob], parameters[PARAMETER.notified_visit_prob]
    champion_visit, next_day_visit = parameters[PARAMETER.champion_visit_prob], parameters[PARAMETER.next_day_visit_prob]
    offline, invitation = lever[LEVER.offline_prompt_prob], lever[LEVER.invitation_prob]
    reminder, lapsed_before, yesterday = lever[LEVER.reminder_prob], day - ACTIVE_DAYS, day - 1
    for i in range(np.uint64(first), np.uint64(end)):
        nudge = notified_visit if mark[MARK.nudge, i] == NUDGE_NOTICE else 0.0
        reminded = reminder if tally[TALLY.last_visit, i] < lapsed_before else 0.0
        momentum = next_day_visit if tally[TALLY.last_visit, i] == yesterday else 0.0
        example = leader_visit if mark[MARK.leader_active, i] == 1 else 0.0
        example = champion_visit if mark[MARK.role, i] == CHAMPION_ROLE else example
        share_contributing = tally[TALLY.contacts_contributing, i] * np.float64(trait[TRAIT.inverse_degree, i])
        again = return_visit_prob(
            np.float64(level[LEVEL.habit, i]),
            momentum,
            share_contributing,
            example,
            any_of(nudge, reminded),
            offline,
            habit_visit,
            contact_visit,
        )
        first_time = first_visit_prob(first_visit_rate, imitation_rate, ALL_CONTACTS, any_of(invitation, nudge), offline)
        prob = again if mark[MARK.membership, i] == MEMBER else first_time
        prob = 0.0 if mark[MARK.membership, i] == UNREACHABLE or mark[MARK.membership, i] == LEFT else prob
        prob = 1.0 if mark[MARK.nudge, i] >= NUDGE_POSTS else prob
        mark[MARK.visited, i] = uniform(luck[i]) < prob


@compiled
def _comes_now(world: Any, parameters: Any, levers: Any, day: Any, person: Any) -> Any:
    """Return whether somebody who has never come, and might, comes today: it depends on how many contacts do."""
    lever, first, end = levers[world.place[PLACE.group, person]], world.indptr[person], world.indptr[person + 1]
    using = 0
    for e in range(np.uint64(first), np.uint64(end)):
        using += has_bit(world.using, world.neighbours[e])
    nudge = parameters[PARAMETER.notified_visit_prob] if world.mark[MARK.nudge, person] == NUDGE_NOTICE else 0.0
    chance = first_visit_prob(
        parameters[PARAMETER.first_visit_rate] / MONTH,
        parameters[PARAMETER.imitation_rate] / MONTH,
        using * np.float64(world.trait[TRAIT.inverse_degree, person]),
        any_of(lever[LEVER.invitation_prob], nudge),
        lever[LEVER.offline_prompt_prob],
    )
    return uniform(world.luck[day % DRAWN_DAYS, person]) < chance


@compiled
def _list_visitors(world: Any, parameters: Any, levers: Any, day: Any) -> Any:
    """Settle who is there, note it as a bit a person, list them in order of person, and return how many."""
    mark, there, visitors = world.mark, world.there, world.list[LIST.visitors]
    n_people, n = np.uint64(mark.shape[1]), 0
    for w in range(np.uint64(there.shape[0])):
        first, bits = np.uint64(64) * w, np.uint64(0)
        for i in range(first, min(first + np.uint64(64), n_people)):
            bits |= np.uint64(mark[MARK.visited, i]) << (i - first)
        there[w], left = bits, bits
        while left:
            person = first + trailing_zeros(left)
            might_come = mark[MARK.membership, person] == OUTSIDER and mark[MARK.nudge, person] < NUDGE_POSTS
            if might_come and not _comes_now(world, parameters, levers, day, person):
                mark[MARK.visited, person] = 0
                there[w] &= ~(left & (~left + np.uint64(1)))
            else:
                visitors[n] = person
                n += 1
            left &= left - np.uint64(1)
    return n


@compiled
def _count_prompts(prompts: Any, bit: Any) -> Any:
    """Return how many people have something to say on a day."""
    n = 0
    for i in range(np.uint64(prompts.shape[0])):
        n += (prompts[i] >> bit) & np.uint8(1)
    return n


@compiled
def _arrive(world: Any, parameters: Any, person: Any) -> None:
    """Settle in for today; a first-time visitor becomes a member: on trial, or with the stronger start of a launch."""
    level, mark, tally = world.level, world.mark, world.tally
    tally[TALLY.visits, person] += 1
    tally[TALLY.value, person] = tally[TALLY.value_waiting, person]
    tally[TALLY.value_waiting, person] = 0
    tally[TALLY.seen, person] = 0
    world.drive[DRIVE.reply, person] = NOT_READY
    mark[MARK.spoke, person] = 0
    mark[MARK.first_visit, person] = 0
    if mark[MARK.membership, person] != MEMBER:
        mark[MARK.membership, person] = MEMBER
        mark[MARK.first_visit, person] = 1
        seeded = mark[MARK.nudge, person] == NUDGE_SEED
        level[LEVEL.habit, person] = parameters[PARAMETER.seed_habit] if seeded else parameters[PARAMETER.trial_habit]
        world.cursor[CURSOR.members] += 1
    if mark[MARK.nudge, person] != NUDGE_POSTS:
        mark[MARK.nudge, person] = NUDGE_NONE


@compiled
def visit(world: Any, parameters: Any, levers: Any, day: Any, counts: Any) -> None:
    """Run prompts and visits for everybody, and let today's visitors settle in, in order of person."""
    segment, mark, visitors = world.segment, world.mark, world.list[LIST.visitors]
    if day % DRAWN_DAYS == 0:
        _draw_ahead(world, day)
    for s in range(segment.shape[0]):
        _decide(world, parameters, levers[segment[s, 2]], day, segment[s, 0], segment[s, 1])
    n = _list_visitors(world, parameters, levers, day)
    visited, nudge = mark[MARK.visited], mark[MARK.nudge]
    for i in range(np.uint64(visited.shape[0])):
        nudge[i] = nudge[i] * visited[i]  # a nudge lasts a day
    bit, met = np.uint8(day % DRAWN_DAYS), 0
    for v in range(n):
        person = np.int64(visitors[v])
        counts[COUNT.visits_employee + mark[MARK.role, person]] += 1
        met += (mark[MARK.prompts, person] >> bit) & np.uint8(1)
        _arrive(world, parameters, person)
    world.cursor[CURSOR.visitors] = n
    counts[COUNT.visitors] = n
    prompts = _count_prompts(mark[MARK.prompts], bit)
    counts[COUNT.prompts] += prompts  # a shock may have given people something to say already
    counts[COUNT.absent] += prompts - met

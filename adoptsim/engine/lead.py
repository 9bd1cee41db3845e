"""Phase 6 of a day, and what surrounds a thread: posts appear, leaders work off their inboxes, authors learn the result."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.experiences import EXPERIENCE
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.engine.compiled import compiled
from adoptsim.engine.draws import (
    NO_ITEM,
    PURPOSE_ARRIVAL,
    PURPOSE_CAPACITY,
    PURPOSE_INVITE,
    PURPOSE_OUTCOME,
    draw,
)
from adoptsim.engine.learn import experience, mark_contributor
from adoptsim.engine.log import LOG_POST, LOG_REPLY, NO_PARENT, log_event
from adoptsim.engine.read import days_in_feed, thread_item
from adoptsim.engine.state import (
    ACTED,
    AGED_OUT,
    ANSWERED,
    CHAMPION_ROLE,
    COUNT,
    CREDIT_NONE,
    CREDIT_REACTION,
    CREDIT_REPLY,
    CURSOR,
    DEFENSIVE,
    DELETED,
    DEPARTMENT,
    EXPLAINED,
    IDEA,
    IGNORED,
    LEADER,
    LEADER_ROLE,
    LIST,
    MARK,
    NUDGE_NONE,
    NUDGE_NOTICE,
    OFFICE,
    OUTSIDER,
    PLACE,
    SANCTIONED,
    SLOT,
    TALLY,
    THREAD,
    WAITING,
)

MONTH = float(DEFINITION.month_days)


@compiled
def _goes_before(arrival_key: Any, thread: Any, slot: Any, other: Any) -> Any:
    """Return whether a thread goes before another of the same day: by drawn key, then by author."""
    if arrival_key[slot] != arrival_key[other]:
        return arrival_key[slot] < arrival_key[other]
    return thread[slot, THREAD.author] < thread[other, THREAD.author]


@compiled
def _enqueue(leader: Any, thread: Any, arrival_key: Any, row: Any, slot: Any, day: Any) -> None:
    """Put a thread into a leader's inbox: after all of earlier days, and among today's where its key puts it."""
    if leader[LEADER.last_arrival_day, row] != day:
        leader[LEADER.last_arrival_day, row] = day
        leader[LEADER.last_before_today, row] = leader[LEADER.tail, row]
    before = leader[LEADER.last_before_today, row]
    after = leader[LEADER.head, row] if before < 0 else thread[before, THREAD.next_in_inbox]
    while after >= 0 and _goes_before(arrival_key, thread, after, slot):
        before, after = after, thread[after, THREAD.next_in_inbox]
    thread[slot, THREAD.in_inbox], thread[slot, THREAD.next_in_inbox] = 1, after
    if before < 0:
        leader[LEADER.head, row] = slot
    else:
        thread[before, THREAD.next_in_inbox] = slot
    if after < 0:
        leader[LEADER.tail, row] = slot


@compiled
def appear(world: Any, day: Any, departments: Any) -> None:
    """Let today's posts appear; voice goes to its leader's inbox, same-day arrivals in an order drawn by key."""
    thread, alive, cursor, place, leader = world.thread, world.slot[SLOT.alive], world.cursor, world.place, world.leader
    for a in range(cursor[CURSOR.alive]):
        slot = np.int64(alive[a])
        if thread[slot, THREAD.appears] != day or thread[slot, THREAD.outcome] != WAITING:
            continue
        author = np.int64(thread[slot, THREAD.author])
        thread[slot, THREAD.log_id] = log_event(world.log, thread, cursor, day, author, LOG_POST, slot, NO_PARENT)
        if thread[slot, THREAD.kind] >= IDEA:
            department = place[PLACE.department, author]
            world.arrival_key[slot], _, _, _ = draw(world.key, author, day, PURPOSE_ARRIVAL, thread_item(thread, slot))
            _enqueue(leader, thread, world.arrival_key, world.office[OFFICE.leader, department], slot, day)
            cursor[CURSOR.waiting] += 1
            departments[department, DEPARTMENT.needing_answer] += 1


@compiled
def _drawn_outcome(world: Any, parameters: Any, levers: Any, slot: Any) -> Any:
    """Return what a leader who deals with a contribution does: one luck a contribution, whenever it is dealt with.

    The practices of the author's department count; how much time there is depends on the leader's own.
    """
    thread = world.thread
    author, day = np.int64(thread[slot, THREAD.author]), np.int64(thread[slot, THREAD.day])
    lever = levers[world.place[PLACE.group, author]]
    negative, acts, answers, explains = draw(world.key, author, day, PURPOSE_OUTCOME, thread_item(thread, slot))
    useful = parameters[PARAMETER.anonymous_reply_factor] if thread[slot, THREAD.anonymous] else 1.0
    if thread[slot, THREAD.critical]:
        bound = lever[LEVER.sanction_prob]
        if negative < bound:
            return DELETED if thread[slot, THREAD.anonymous] else SANCTIONED
        bound += lever[LEVER.leader_deletion_prob]
        if negative < bound:
            return DELETED
        bound += lever[LEVER.defensive_prob]
        if negative < bound:
            return DEFENSIVE
    if acts < lever[LEVER.action_prob] * useful:
        return ACTED
    if answers < lever[LEVER.answer_prob]:
        return ANSWERED
    return EXPLAINED if explains < lever[LEVER.explanation_prob] else IGNORED


@compiled
def _resolve(
    world: Any, effects: Any, day: Any, leader: Any, slot: Any, outcome: Any, counts: Any, departments: Any
) -> None:
    """Take a contribution out of the inbox with its outcome; its author lives through it, others will see it."""
    thread = world.thread
    author = np.int64(thread[slot, THREAD.author])
    thread[slot, THREAD.in_inbox], thread[slot, THREAD.outcome] = 0, outcome
    world.cursor[CURSOR.waiting] -= 1
    counts[COUNT.answered + (outcome - ANSWERED)] += 1
    experience(world.mark, world.list, world.cursor, world.evidence, effects, author, outcome)
    if outcome in (IGNORED, AGED_OUT):
        return
    thread[slot, THREAD.last_activity] = day + 1  # on top of the feed tomorrow, for all to see
    if outcome >= DELETED:
        return
    counts[COUNT.answer_delay] += day - thread[slot, THREAD.appears]
    departments[world.place[PLACE.department, author], DEPARTMENT.answered] += 1
    world.tally[TALLY.answered, author] += 1
    thread[slot, THREAD.new_replies] += 1
    thread[slot, THREAD.new_leader_replies] += 1
    counts[COUNT.replies_employee + LEADER_ROLE] += 1
    world.tally[TALLY.replies, leader] += 1
    world.mark[MARK.nudge, author] = NUDGE_NOTICE
    mark_contributor(world.mark, world.list, world.cursor, leader)
    parent = np.int64(thread[slot, THREAD.log_id])
    log_event(world.log, thread, world.cursor, day, leader, LOG_REPLY, slot, parent)


@compiled
def lead(world: Any, parameters: Any, effects: Any, levers: Any, day: Any, counts: Any, departments: Any) -> None:
    """Let every leader drop what has become too old and deal with the rest, oldest first, within capacity."""
    thread = world.thread
    for row in range(world.leader.shape[1]):
        if world.leader[LEADER.head, row] < 0:
            continue
        leader = np.int64(world.leader[LEADER.person, row])
        lever = levers[world.leader[LEADER.group, row]]
        fraction, _, _, _ = draw(world.key, leader, day, PURPOSE_CAPACITY, NO_ITEM)
        left = 0 if day < world.leader[LEADER.away_until, row] else math.floor(lever[LEVER.inbox_capacity] + fraction)
        while world.leader[LEADER.head, row] >= 0:
            slot = np.int64(world.leader[LEADER.head, row])
            too_old = day - thread[slot, THREAD.appears] > parameters[PARAMETER.inbox_patience]
            if not too_old and left <= 0:
                break
            world.leader[LEADER.head, row] = thread[slot, THREAD.next_in_inbox]
            if world.leader[LEADER.head, row] < 0:
                world.leader[LEADER.tail, row] = -1
            outcome = AGED_OUT
            if not too_old:
                left -= 1
                outcome = _drawn_outcome(world, parameters, levers, slot)
            _resolve(world, effects, day, leader, slot, outcome, counts, departments)


@compiled
def invite(world: Any, levers: Any, day: Any) -> None:
    """Let champions who are there invite a contact who has never come; the invitation counts tomorrow."""
    for v in range(world.cursor[CURSOR.visitors]):
        person = np.int64(world.list[LIST.visitors, v])
        if world.mark[MARK.role, person] != CHAMPION_ROLE:
            continue
        lever = levers[world.place[PLACE.group, person]]
        invites, whom, _, _ = draw(world.key, person, day, PURPOSE_INVITE, NO_ITEM)
        degree = world.indptr[person + 1] - world.indptr[person]
        if invites < lever[LEVER.champion_invite_rate] / MONTH and degree > 0:
            contact = world.neighbours[world.indptr[person] + math.floor(whom * degree)]
            if world.mark[MARK.membership, contact] == OUTSIDER and world.mark[MARK.nudge, contact] == NUDGE_NONE:
                world.mark[MARK.nudge, contact] = NUDGE_NOTICE


@compiled
def _credit(world: Any, effects: Any, day: Any, slot: Any, window: Any, counts: Any) -> None:
    """Teach an author what responses to expect: the first reply, the first reaction, or none in time.

    Nobody is rewarded for what nobody has signed: an anonymous author learns nothing here.
    """
    thread = world.thread
    signed, credit = thread[slot, THREAD.anonymous] == 0, thread[slot, THREAD.credit]
    lesson = -1
    if thread[slot, THREAD.new_replies] > 0 and credit < CREDIT_REPLY:
        by_leader = thread[slot, THREAD.new_leader_replies] > 0
        lesson = EXPERIENCE.own_replied_by_leader if by_leader else EXPERIENCE.own_replied
        thread[slot, THREAD.credit] = CREDIT_REPLY
    elif thread[slot, THREAD.new_reactions] > 0 and credit == CREDIT_NONE:
        lesson = EXPERIENCE.own_reaction
        thread[slot, THREAD.credit] = CREDIT_REACTION
    if day - thread[slot, THREAD.appears] == window:
        counts[COUNT.threads_settled] += 1
        counts[COUNT.threads_answered] += thread[slot, THREAD.replies] + thread[slot, THREAD.new_replies] > 0
        if thread[slot, THREAD.credit] == CREDIT_NONE:
            lesson = EXPERIENCE.own_unreplied
    if signed and lesson >= 0:
        author = np.int64(thread[slot, THREAD.author])
        experience(world.mark, world.list, world.cursor, world.evidence, effects, author, lesson)


@compiled
def _add_up(thread: Any, slot: Any) -> None:
    """Let today's responses to a thread be seen from tomorrow on."""
    thread[slot, THREAD.replies] += thread[slot, THREAD.new_replies]
    thread[slot, THREAD.reactions] += thread[slot, THREAD.new_reactions]
    thread[slot, THREAD.new_replies] = 0
    thread[slot, THREAD.new_leader_replies] = 0
    thread[slot, THREAD.new_reactions] = 0


@compiled
def settle(world: Any, parameters: Any, effects: Any, day: Any, counts: Any) -> None:
    """Close the day for every thread: credit its author, add up its responses, and free its slot when it is over."""
    thread, cursor, slots = world.thread, world.cursor, world.slot
    window = math.floor(parameters[PARAMETER.reward_window] + 0.5)
    life = max(window, math.floor(days_in_feed(parameters)) + 1)
    kept = 0
    for a in range(cursor[CURSOR.alive]):
        slot = np.int64(slots[SLOT.alive, a])
        removed_unseen = thread[slot, THREAD.outcome] == DELETED and thread[slot, THREAD.log_id] < 0
        if not removed_unseen:
            _credit(world, effects, day, slot, window, counts)
            _add_up(thread, slot)
        if removed_unseen or (thread[slot, THREAD.in_inbox] == 0 and day - thread[slot, THREAD.last_activity] >= life):
            slots[SLOT.free, cursor[CURSOR.free]] = slot
            cursor[CURSOR.free] += 1
        else:
            slots[SLOT.alive, kept] = slot
            kept += 1
    cursor[CURSOR.alive] = kept

"""Phase 5 of a day: those who are there see threads, learn from what became of them, react and reply."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.domain.experiences import COLUMNS, EXPERIENCE, THOUSANDTHS
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import reply_prob
from adoptsim.engine.bits import has_bit
from adoptsim.engine.compiled import compiled
from adoptsim.engine.draws import (
    PURPOSE_CONVERSE,
    PURPOSE_FEED,
    PURPOSE_READ,
    draw,
    scramble,
    uniform,
)
from adoptsim.engine.learn import experience, mark_contributor
from adoptsim.engine.log import LOG_REACTION, LOG_REPLY, log_event
from adoptsim.engine.speak import get_ready, most_ready
from adoptsim.engine.state import (
    BLOCK,
    COUNT,
    CURSOR,
    DELETED,
    DRIVE,
    IDEA,
    KNOWLEDGE,
    LEADER_ROLE,
    LEISURE,
    MARK,
    NUDGE_NOTICE,
    PLACE,
    SLOT,
    TALLY,
    THREAD,
    WAITING,
)

THREAD_DAY = 1_048_576
"""A thread's item in a draw is author + day * 2^20: what it is, not where it stands (so at most 2^20 people)."""


@compiled
def thread_item(thread: Any, slot: Any) -> Any:
    """Return the name of a thread in draws."""
    return np.uint64(thread[slot, THREAD.author]) + np.uint64(thread[slot, THREAD.day]) * np.uint64(THREAD_DAY)


@compiled
def attention(parameters: Any, days_quiet: Any) -> Any:
    """Return the share of its first attention that a thread still has after some days without activity."""
    return math.exp(-parameters[PARAMETER.attention_decay] * days_quiet)


@compiled
def days_in_feed(parameters: Any) -> Any:
    """Return the days without activity after which a thread has sunk."""
    return math.log(1.0 / parameters[PARAMETER.least_attention]) / parameters[PARAMETER.attention_decay]


@compiled
def interest_in(parameters: Any, thread: Any, slot: Any) -> Any:
    """Return how much a thread invites replies, against a question."""
    kind = thread[slot, THREAD.kind]
    interest = 1.0
    if thread[slot, THREAD.broadcast]:
        interest = parameters[PARAMETER.broadcast_reply_factor]
    elif kind == KNOWLEDGE:
        interest = parameters[PARAMETER.knowledge_reply_factor]
    elif kind == LEISURE:
        interest = parameters[PARAMETER.leisure_reply_factor]
    elif kind >= IDEA:
        interest = parameters[PARAMETER.voice_reply_factor]
    if thread[slot, THREAD.anonymous]:
        interest = interest * parameters[PARAMETER.anonymous_reply_factor]
    return interest


@compiled
def _teach(thread: Any, lesson: Any, effects: Any, slot: Any, row: Any) -> None:
    """Add one experience to what a thread teaches everybody who sees it today."""
    for column in range(len(COLUMNS)):
        lesson[slot, column] += effects[row, column]


@compiled
def _prepare_lesson(thread: Any, lesson: Any, effects: Any, slot: Any, age: Any) -> None:
    """Write what a thread teaches those who see it today: what has become of it by this morning."""
    lesson[slot] = 0
    outcome, replied = thread[slot, THREAD.outcome], thread[slot, THREAD.replies] > 0
    if replied:
        _teach(thread, lesson, effects, slot, EXPERIENCE.seen_replied)
    elif age >= 1:
        _teach(thread, lesson, effects, slot, EXPERIENCE.seen_unreplied)
    if thread[slot, THREAD.echo]:
        _teach(thread, lesson, effects, slot, EXPERIENCE.seen_answered)
    if thread[slot, THREAD.abusive]:
        _teach(thread, lesson, effects, slot, EXPERIENCE.seen_abuse)
    if thread[slot, THREAD.anonymous]:
        _teach(thread, lesson, effects, slot, EXPERIENCE.seen_anonymous)
    if thread[slot, THREAD.kind] >= IDEA and (outcome != WAITING or age >= 1):
        _teach(thread, lesson, effects, slot, EXPERIENCE.seen_waiting + outcome)
    if thread[slot, THREAD.critical] and replied and outcome < DELETED:
        _teach(thread, lesson, effects, slot, EXPERIENCE.seen_support)


@compiled
def _find_threads(world: Any, parameters: Any, effects: Any, day: Any) -> Any:
    """List the threads that have appeared and not yet sunk, with what they teach today, and return how many there are."""
    thread, slots, reach_days, n = world.thread, world.slot, days_in_feed(parameters), 0
    for a in range(world.cursor[CURSOR.alive]):
        slot = np.int64(slots[SLOT.alive, a])
        if thread[slot, THREAD.appears] <= day and day - thread[slot, THREAD.last_activity] <= reach_days:
            _prepare_lesson(thread, world.lesson, effects, slot, day - thread[slot, THREAD.appears])
            slots[SLOT.in_feed, n] = slot
            n += 1
    return n


@compiled
def _lay_feed(world: Any, day: Any, n_threads: Any) -> None:
    """Draw for each thread in the feed where among the people it starts today and by which stride it goes on."""
    words, thread, in_feed, n_people = world.words, world.thread, world.slot[SLOT.in_feed], world.stamp.shape[0]
    for first in range(0, n_threads, BLOCK):
        n = min(BLOCK, n_threads - first)
        for k in range(n):
            slot = np.int64(in_feed[first + k])
            words[0, k] = np.uint32(thread[slot, THREAD.author])
            words[1, k] = np.uint32(day)
            words[2, k] = np.uint32(PURPOSE_FEED)
            words[3, k] = np.uint32(thread_item(thread, slot))
        scramble(words, n, world.key)
        for k in range(n):
            slot = np.int64(in_feed[first + k])
            thread[slot, THREAD.feed_start] = math.floor(uniform(words[0, k]) * n_people)
            thread[slot, THREAD.feed_step] = 1 + math.floor(uniform(words[1, k]) * (n_people - 1))


@compiled
def _collect(world: Any, parameters: Any, day: Any, slot: Any, n: Any) -> Any:
    """Add today's possible readers of a thread to the pairs: contacts who are there, and those whom the feed shows it.

    Return how many pairs there are. The feed walks through everybody from a drawn start by a drawn stride: named by
    the thread alone, so the same people are shown it under every policy.
    """
    pair, chance, stamp, there = world.pair, world.chance, world.stamp, world.there
    indptr, neighbours, thread = world.indptr, world.neighbours, world.thread
    author, n_people, begun = thread[slot, THREAD.author], stamp.shape[0], n
    left = attention(parameters, max(0, day - thread[slot, THREAD.last_activity]))
    reached = np.int64(day) * thread.shape[0] + slot
    stamp[author] = reached
    for e in range(np.uint64(indptr[author]), np.uint64(indptr[author + 1])):
        pair[0, n] = neighbours[e]  # overwritten unless there
        n += has_bit(there, neighbours[e])
    for p in range(begun, n):
        stamp[pair[0, p]] = reached
        pair[1, p], chance[p] = slot, left * parameters[PARAMETER.contact_attention]
    position, step = np.uint32(thread[slot, THREAD.feed_start]), np.uint32(thread[slot, THREAD.feed_step])
    for _ in range(min(n_people - 1, math.floor(left * parameters[PARAMETER.open_reach] + 0.5))):
        if has_bit(there, position) and stamp[position] != reached:
            stamp[position] = reached
            pair[0, n], pair[1, n], chance[n] = position, slot, 1.0
            n += 1
        position += step
        position = position - np.uint32(n_people) if position >= n_people else position
    return n


@compiled
def _reply(world: Any, parameters: Any, day: Any, slot: Any, reader: Any, role: Any, counts: Any) -> None:
    """Write one reply; the author is told, and answers it if there today."""
    thread, tally, mark, lists, cursor = world.thread, world.tally, world.mark, world.list, world.cursor
    author = np.int64(thread[slot, THREAD.author])
    thread[slot, THREAD.new_replies] += 1
    thread[slot, THREAD.new_leader_replies] += role == LEADER_ROLE
    counts[COUNT.replies_employee + role] += 1
    tally[TALLY.replies, reader] += 1
    mark_contributor(mark, lists, cursor, reader)
    reply_id = log_event(world.log, thread, cursor, day, reader, LOG_REPLY, slot, np.int64(thread[slot, THREAD.log_id]))
    mark[MARK.nudge, author] = NUDGE_NOTICE
    worth = round(parameters[PARAMETER.reply_value] * THOUSANDTHS)
    if not mark[MARK.visited, author]:
        tally[TALLY.value_waiting, author] += worth
        return
    tally[TALLY.value, author] += worth
    answers, _, _, _ = draw(world.key, reader, day, PURPOSE_CONVERSE, thread_item(thread, slot))
    if answers < parameters[PARAMETER.converse_prob] and not thread[slot, THREAD.broadcast]:
        author_role = mark[MARK.role, author]
        counts[COUNT.replies_employee + author_role] += 1
        tally[TALLY.replies, author] += 1
        mark_contributor(mark, lists, cursor, author)
        log_event(world.log, thread, cursor, day, author, LOG_REPLY, slot, reply_id)


@compiled
def _react(world: Any, day: Any, slot: Any, reader: Any, role: Any, counts: Any) -> None:
    """Leave one reaction."""
    world.thread[slot, THREAD.new_reactions] += 1
    counts[COUNT.reactions_employee + role] += 1
    world.tally[TALLY.reactions, reader] += 1
    mark_contributor(world.mark, world.list, world.cursor, reader)
    parent = np.int64(world.thread[slot, THREAD.log_id])
    log_event(world.log, world.thread, world.cursor, day, reader, LOG_REACTION, slot, parent)


@compiled
def _worth_of(parameters: Any, lever: Any, thread: Any, slot: Any, relevant_draw: Any) -> Any:
    """Return the worth of a thread to a reader, in thousandths of a relevant item."""
    if thread[slot, THREAD.outcome] >= DELETED:
        return 0
    if thread[slot, THREAD.broadcast]:
        return round(parameters[PARAMETER.broadcast_value] * THOUSANDTHS)
    if thread[slot, THREAD.kind] == LEISURE:
        return round(parameters[PARAMETER.leisure_value] * THOUSANDTHS)
    return THOUSANDTHS if relevant_draw < lever[LEVER.relevance_prob] else 0


@compiled
def _draw_for_pairs(words: Any, pair: Any, thread: Any, key: Any, day: Any, first: Any, n: Any) -> None:
    """Fill ``words`` with the random words of ``n`` pairs from ``first`` on, named by reader and thread."""
    for k in range(np.uint64(n)):
        slot = np.int64(pair[1, np.uint64(first) + k])
        words[0, k] = np.uint32(pair[0, np.uint64(first) + k])
        words[1, k] = np.uint32(day)
        words[2, k] = np.uint32(PURPOSE_READ)
        words[3, k] = np.uint32(thread_item(thread, slot))
    scramble(words, n, key)


@compiled
def _respond(world: Any, parameters: Any, levers: Any, day: Any, slot: Any, reader: Any, draws: Any, counts: Any) -> None:
    """Let somebody who has seen a thread reply and react or not: ``draws`` = (replies, reacts).

    Readiness is worked out only where the draws leave it open: engagement is at most 1.
    """
    role, interest = world.mark[MARK.role, reader], interest_in(parameters, world.thread, slot)
    reply_base, react_base = parameters[PARAMETER.reply_base], parameters[PARAMETER.react_base]
    most = most_ready(world, levers, reader)
    if draws[0] >= reply_prob(reply_base, most, interest) and draws[1] >= reply_prob(react_base, most, interest):
        return
    get_ready(world, parameters, levers, day, reader)
    drive = world.drive[DRIVE.reply, reader]
    if draws[0] < reply_prob(reply_base, drive, interest):
        _reply(world, parameters, day, slot, reader, role, counts)
    if draws[1] < reply_prob(react_base, drive, interest):
        _react(world, day, slot, reader, role, counts)


@compiled
def _see(world: Any, parameters: Any, levers: Any, day: Any, pair: Any, k: Any, counts: Any) -> None:
    """Let a reader take in a thread and respond to it: ``pair``, whose random words are those at ``k``."""
    words, thread, tally = world.words, world.thread, world.tally
    reader, slot = np.int64(world.pair[0, pair]), np.int64(world.pair[1, pair])
    lever = levers[world.place[PLACE.group, reader]]
    counts[COUNT.reads_employee + world.mark[MARK.role, reader]] += 1
    experience(world.mark, world.list, world.cursor, world.evidence, world.lesson, reader, slot)
    tally[TALLY.value, reader] += _worth_of(parameters, lever, thread, slot, uniform(words[1, k]))
    counts[COUNT.readers] += tally[TALLY.seen, reader] == 0
    tally[TALLY.seen, reader] += 1
    if thread[slot, THREAD.outcome] < DELETED:
        draws = uniform(words[2, k]), uniform(words[3, k])
        _respond(world, parameters, levers, day, slot, reader, draws, counts)


@compiled
def _evaluate(world: Any, parameters: Any, levers: Any, day: Any, n_pairs: Any, counts: Any) -> None:
    """Let those of the collected pairs who see the thread learn from it, reply and react: a block of words at a time."""
    words, chance, seeing = world.words, world.chance, world.pair[2]
    for first in range(0, n_pairs, BLOCK):
        n, n_seen = min(BLOCK, n_pairs - first), 0
        _draw_for_pairs(words, world.pair, world.thread, world.key, day, first, n)
        for k in range(n):
            seeing[n_seen] = k  # overwritten unless seen
            n_seen += uniform(words[0, k]) < chance[first + k]
        for s in range(n_seen):
            _see(world, parameters, levers, day, first + seeing[s], seeing[s], counts)


@compiled
def read(world: Any, parameters: Any, effects: Any, levers: Any, day: Any, counts: Any) -> None:
    """Let today's visitors meet every thread that has appeared and not yet sunk."""
    n_threads, n = _find_threads(world, parameters, effects, day), np.int64(0)
    _lay_feed(world, day, n_threads)
    for t in range(n_threads):
        n = _collect(world, parameters, day, np.int64(world.slot[SLOT.in_feed, t]), n)
        if n >= BLOCK or t + 1 == n_threads:
            _evaluate(world, parameters, levers, day, n, counts)
            n = np.int64(0)

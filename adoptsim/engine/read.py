"""Phase 5 of a day: those who are there see threads, learn from what became of them, react and reply."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.domain.experiences import COLUMNS, EXPERIENCE, THOUSANDTHS
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import reply_prob
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
from adoptsim.engine.speak import LEADER_ROLE, role_today
from adoptsim.engine.state import (
    BLOCK,
    COUNT,
    CURSOR,
    DELETED,
    DRIVE,
    IDEA,
    KNOWLEDGE,
    LEISURE,
    LIST,
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
def _is_there(there: Any, person: Any) -> Any:
    """Return whether a person (uint32) is there today."""
    return (there[person >> np.uint32(6)] >> np.uint64(person & np.uint32(63))) & np.uint64(1) != 0


@compiled
def _collect(world: Any, parameters: Any, day: Any, slot: Any, n: Any) -> Any:
    """Add today's possible readers of a thread to the pairs: contacts who are there, and those whom the feed shows it.

    Return how many pairs there are. The feed walks through everybody from a drawn start by a drawn stride: named by
    the thread alone, so the same people are shown it under every policy.
    """
    pair, chance, stamp, there = world.pair, world.chance, world.stamp, world.there
    indptr, neighbours, thread = world.indptr, world.neighbours, world.thread
    author, n_people = thread[slot, THREAD.author], stamp.shape[0]
    left = attention(parameters, max(0, day - thread[slot, THREAD.last_activity]))
    name = np.int64(thread_item(thread, slot))
    reached = np.int64(day) * thread.shape[0] + slot
    stamp[author] = reached
    for e in range(np.uint64(indptr[author]), np.uint64(indptr[author + 1])):
        person = neighbours[e]
        if _is_there(there, person):
            stamp[person] = reached
            pair[0, n], pair[1, n], chance[n] = person, slot, left * parameters[PARAMETER.contact_attention]
            n += 1
    shown = min(n_people - 1, math.floor(left * parameters[PARAMETER.open_reach] + 0.5))
    if shown <= 0:
        return n
    start, stride, _, _ = draw(world.key, author, day, PURPOSE_FEED, name)
    position, step = np.uint32(start * n_people), np.uint32(1 + math.floor(stride * (n_people - 1)))
    for _ in range(shown):
        if _is_there(there, position) and stamp[position] != reached:
            stamp[position] = reached
            pair[0, n], pair[1, n], chance[n] = position, slot, 1.0
            n += 1
        position += step
        position = position - np.uint32(n_people) if position >= n_people else position
    return n


@compiled
def _reply(world: Any, parameters: Any, levers: Any, day: Any, slot: Any, reader: Any, role: Any, counts: Any) -> None:
    """Write one reply; the author is told, and answers it if there today."""
    thread, tally, mark, lists, cursor = world.thread, world.tally, world.mark, world.list, world.cursor
    author = thread[slot, THREAD.author]
    thread[slot, THREAD.new_replies] += 1
    thread[slot, THREAD.new_leader_replies] += role == LEADER_ROLE
    counts[COUNT.replies_employee + role] += 1
    tally[TALLY.replies, reader] += 1
    mark_contributor(mark, lists, cursor, reader)
    reply_id = log_event(world.log, thread, cursor, day, reader, LOG_REPLY, slot, thread[slot, THREAD.log_id])
    mark[MARK.nudge, author] = NUDGE_NOTICE
    worth = round(parameters[PARAMETER.reply_value] * THOUSANDTHS)
    if not mark[MARK.visited, author]:
        tally[TALLY.value_waiting, author] += worth
        return
    tally[TALLY.value, author] += worth
    answers, _, _, _ = draw(world.key, reader, day, PURPOSE_CONVERSE, thread_item(thread, slot))
    if answers < parameters[PARAMETER.converse_prob] and not thread[slot, THREAD.broadcast]:
        author_role = role_today(world.place, world.trait, levers[world.place[PLACE.group, author]], author)
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
    log_event(world.log, world.thread, world.cursor, day, reader, LOG_REACTION, slot, world.thread[slot, THREAD.log_id])


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
        slot = pair[1, np.uint64(first) + k]
        words[0, k] = np.uint32(pair[0, np.uint64(first) + k])
        words[1, k] = np.uint32(day)
        words[2, k] = np.uint32(PURPOSE_READ)
        words[3, k] = np.uint32(thread_item(thread, slot))
    scramble(words, n, key)


@compiled
def _evaluate(world: Any, parameters: Any, levers: Any, day: Any, n_pairs: Any, counts: Any) -> None:
    """Let those of the collected pairs who see the thread learn from it, reply and react: a block of words at a time."""
    words, pair, chance, thread, place, trait = (
        world.words,
        world.pair,
        world.chance,
        world.thread,
        world.place,
        world.trait,
    )
    tally, mark, lists, cursor, evidence, lesson = (
        world.tally,
        world.mark,
        world.list,
        world.cursor,
        world.evidence,
        world.lesson,
    )
    drives = world.drive[DRIVE.reply]
    for p in range(np.uint64(n_pairs)):
        k = p % np.uint64(BLOCK)
        if k == 0:
            _draw_for_pairs(words, pair, thread, world.key, day, p, min(np.uint64(BLOCK), np.uint64(n_pairs) - p))
        if uniform(words[0, k]) >= chance[p]:
            continue
        reader, slot = np.uint64(pair[0, p]), np.uint64(pair[1, p])
        lever = levers[place[PLACE.group, reader]]
        role = role_today(place, trait, lever, reader)
        counts[COUNT.reads_employee + role] += 1
        experience(mark, lists, cursor, evidence, lesson, reader, slot)
        tally[TALLY.value, reader] += _worth_of(parameters, lever, thread, slot, uniform(words[1, k]))
        tally[TALLY.seen, reader] += 1
        if thread[slot, THREAD.outcome] >= DELETED:
            continue
        interest = interest_in(parameters, thread, slot)
        if uniform(words[2, k]) < reply_prob(parameters[PARAMETER.reply_base], drives[reader], interest):
            _reply(world, parameters, levers, day, slot, reader, role, counts)
        if uniform(words[3, k]) < reply_prob(parameters[PARAMETER.react_base], drives[reader], interest):
            _react(world, day, slot, reader, role, counts)


@compiled
def read(world: Any, parameters: Any, effects: Any, levers: Any, day: Any, counts: Any) -> None:
    """Let today's visitors meet every thread that has appeared and not yet sunk."""
    thread, alive, seen = world.thread, world.slot[SLOT.alive], world.tally[TALLY.seen]
    reach_days = days_in_feed(parameters)
    n = np.int64(0)
    for a in range(world.cursor[CURSOR.alive]):
        slot = alive[a]
        if thread[slot, THREAD.appears] <= day and day - thread[slot, THREAD.last_activity] <= reach_days:
            _prepare_lesson(thread, world.lesson, effects, slot, day - thread[slot, THREAD.appears])
            n = _collect(world, parameters, day, slot, n)
            if n >= BLOCK:
                _evaluate(world, parameters, levers, day, n, counts)
                n = np.int64(0)
    _evaluate(world, parameters, levers, day, n, counts)
    for v in range(world.cursor[CURSOR.visitors]):
        counts[COUNT.readers] += seen[world.list[LIST.visitors, v]] > 0

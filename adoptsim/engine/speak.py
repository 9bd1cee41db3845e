"""Phases 3 and 4 of a day: activation, then for voice the gate; what is posted may be held before it appears."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.levers import LEVER
from adoptsim.domain.parameters import PARAMETER
from adoptsim.domain.rules import activation, passes_gate, social_proof, standard_score
from adoptsim.engine.compiled import compiled
from adoptsim.engine.draws import (
    DRAWN_DAYS,
    NO_ITEM,
    PURPOSE_APPEAR,
    PURPOSE_LEADER_POST,
    PURPOSE_SPEAK,
    draw,
)
from adoptsim.engine.learn import experience, mark_contributor
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    CHAMPION_ROLE,
    CONCERN,
    COUNT,
    CREDIT_NONE,
    CURSOR,
    DELETED,
    DEPARTMENT,
    DRIVE,
    IDEA,
    KNOWLEDGE,
    LEADER_ROLE,
    LEISURE,
    LEVEL,
    LIST,
    MARK,
    NEVER,
    NOT_READY,
    NUDGE_POSTS,
    PLACE,
    QUESTION,
    SLOT,
    TALLY,
    THREAD,
    TRAIT,
    WAITING,
)

NEUTRAL: float = DEFINITION.neutral_level
NOT_MOVED, SILENCE, POSTED, BARRED = 1, 2, 3, 4


@compiled
def climate_drive(level: Any, parameters: Any, person: Any) -> Any:
    """Return what perceived responsiveness and trust add to speaking, in logits, for voice."""
    state_sd = parameters[PARAMETER.state_sd]
    responsiveness = standard_score(np.float64(level[LEVEL.responsiveness, person]), NEUTRAL, state_sd)
    trust = standard_score(np.float64(level[LEVEL.trust, person]), NEUTRAL, state_sd)
    return parameters[PARAMETER.responsiveness_slope] * responsiveness + parameters[PARAMETER.trust_slope] * trust


@compiled
def engagement_of(
    place: Any,
    trait: Any,
    level: Any,
    mark: Any,
    tally: Any,
    parameters: Any,
    lever: Any,
    day: Any,
    person: Any,
    climate: Any,
) -> Any:
    """Return the chance that a prompt moves this visitor to speak, given what climate adds."""
    share = tally[TALLY.contacts_contributing, person] * np.float64(trait[TRAIT.inverse_degree, person])
    proof = social_proof(share, np.float64(trait[TRAIT.threshold, person]), parameters[PARAMETER.threshold_softness])
    reward = parameters[PARAMETER.reward_weight] * (np.float64(level[LEVEL.reward, person]) - NEUTRAL)
    support = (
        parameters[PARAMETER.purpose_weight] * (lever[LEVER.purpose_fit] - NEUTRAL)
        + parameters[PARAMETER.permission_weight] * (np.float64(level[LEVEL.permission, person]) - NEUTRAL)
        + parameters[PARAMETER.leisure_spillover] * lever[LEVER.leisure_permitted]
    )
    manager = place[PLACE.manager, person]
    if manager >= 0 and tally[TALLY.last_contribution, manager] >= day - ACTIVE_DAYS:
        support += parameters[PARAMETER.manager_active_weight]
    if mark[MARK.leader_active, person] == 1:
        support += parameters[PARAMETER.leader_active_weight]
    base = parameters[PARAMETER.activation_base] - np.float64(trait[TRAIT.reluctance, person])
    return activation(base, reward, parameters[PARAMETER.proof_weight] * proof, support, climate)


@compiled
def most_ready(world: Any, levers: Any, person: Any) -> Any:
    """Return how ready to reply a visitor is if fully engaged: own readiness, more or less of it by role."""
    lever, role, factor = levers[world.place[PLACE.group, person]], world.mark[MARK.role, person], 1.0
    if role == CHAMPION_ROLE:
        factor = lever[LEVER.champion_reply_factor]
    elif role == LEADER_ROLE:
        factor = lever[LEVER.leader_reply_factor]
    return np.float64(world.trait[TRAIT.readiness, person]) * factor


@compiled
def get_ready(world: Any, parameters: Any, levers: Any, day: Any, person: Any) -> None:
    """Compute, once a day and where something depends on it, how ready a visitor is to speak and to reply.

    What it is made of stays as it is from the visit until people learn, so it is the same whenever it is asked for.
    """
    place, trait, level, mark, tally, drive = world.place, world.trait, world.level, world.mark, world.tally, world.drive
    if drive[DRIVE.reply, person] != NOT_READY:
        return
    lever = levers[place[PLACE.group, person]]
    climate = parameters[PARAMETER.nonvoice_weight] * climate_drive(level, parameters, person)
    engagement = engagement_of(place, trait, level, mark, tally, parameters, lever, day, person, climate)
    drive[DRIVE.engagement, person] = engagement
    drive[DRIVE.reply, person] = engagement * most_ready(world, levers, person)


@compiled
def kind_of(parameters: Any, drawn: Any) -> Any:
    """Return the kind of a prompt from a uniform draw."""
    bound = parameters[PARAMETER.question_share]
    if drawn < bound:
        return QUESTION
    bound += parameters[PARAMETER.knowledge_share]
    if drawn < bound:
        return KNOWLEDGE
    bound += parameters[PARAMETER.leisure_share]
    if drawn < bound:
        return LEISURE
    bound += parameters[PARAMETER.idea_share]
    return IDEA if drawn < bound else CONCERN


@compiled
def open_thread(world: Any, person: Any, day: Any, kind: Any) -> Any:
    """Return the slot of a new thread with everything at its start; -1 and the overflow flag if none is left."""
    thread, cursor = world.thread, world.cursor
    if cursor[CURSOR.free] == 0:
        cursor[CURSOR.overflow] = 1
        return -1
    cursor[CURSOR.free] -= 1
    slot = world.slot[SLOT.free, cursor[CURSOR.free]]
    world.slot[SLOT.alive, cursor[CURSOR.alive]] = slot
    cursor[CURSOR.alive] += 1
    (
        thread[slot, THREAD.author],
        thread[slot, THREAD.day],
        thread[slot, THREAD.appears],
        thread[slot, THREAD.last_activity],
    ) = person, day, day, day
    thread[slot, THREAD.kind], thread[slot, THREAD.outcome], thread[slot, THREAD.credit] = kind, WAITING, CREDIT_NONE
    thread[slot, THREAD.critical], thread[slot, THREAD.anonymous], thread[slot, THREAD.abusive] = 0, 0, 0
    thread[slot, THREAD.broadcast], thread[slot, THREAD.echo], thread[slot, THREAD.in_inbox] = 0, 0, 0
    thread[slot, THREAD.replies], thread[slot, THREAD.new_replies], thread[slot, THREAD.new_leader_replies] = 0, 0, 0
    thread[slot, THREAD.reactions], thread[slot, THREAD.new_reactions] = 0, 0
    thread[slot, THREAD.next_in_inbox], thread[slot, THREAD.log_id] = -1, -1
    return slot


@compiled
def _moderate(
    world: Any, effects: Any, lever: Any, day: Any, slot: Any, held_draw: Any, deleted_draw: Any, counts: Any
) -> None:
    """Hold a new post for review, or delete it there; a deleted one never appears and its author knows."""
    thread = world.thread
    if held_draw >= lever[LEVER.premoderation_prob]:
        return
    counts[COUNT.held] += 1
    if thread[slot, THREAD.critical] and deleted_draw < lever[LEVER.moderation_deletion_prob]:
        counts[COUNT.moderation_deleted] += 1
        thread[slot, THREAD.outcome] = DELETED
        thread[slot, THREAD.last_activity] = NEVER  # no attention, ever
        experience(
            world.mark,
            world.list,
            world.cursor,
            world.evidence,
            effects,
            np.int64(thread[slot, THREAD.author]),
            np.int64(DELETED),
        )
        if thread[slot, THREAD.kind] >= IDEA:
            counts[COUNT.deleted] += 1
        return
    thread[slot, THREAD.appears] = day + math.floor(lever[LEVER.moderation_delay] + 0.5)
    thread[slot, THREAD.last_activity] = thread[slot, THREAD.appears]


@compiled
def post(
    world: Any, effects: Any, lever: Any, day: Any, person: Any, kind: Any, traits: Any, luck: Any, counts: Any
) -> None:
    """Open a thread for somebody who speaks: ``traits`` = (critical, anonymous, abusive), ``luck`` = (held, deleted)."""
    slot = open_thread(world, person, day, kind)
    if slot < 0:
        return
    thread = world.thread
    thread[slot, THREAD.critical], thread[slot, THREAD.anonymous], thread[slot, THREAD.abusive] = traits
    counts[COUNT.posts_question + kind] += 1
    counts[COUNT.posts_employee + world.mark[MARK.role, person]] += 1
    counts[COUNT.critical_posts] += thread[slot, THREAD.critical]
    counts[COUNT.anonymous_posts] += thread[slot, THREAD.anonymous]
    counts[COUNT.abusive_posts] += thread[slot, THREAD.abusive]
    if kind >= IDEA:
        counts[COUNT.needing_answer] += 1
        world.tally[TALLY.voiced, person] += 1
    world.tally[TALLY.posts, person] += 1
    world.mark[MARK.spoke, person] = POSTED
    mark_contributor(world.mark, world.list, world.cursor, person)
    _moderate(world, effects, lever, day, slot, luck[0], luck[1], counts)


@compiled
def gate(world: Any, parameters: Any, lever: Any, person: Any, critical: Any, anonymous: Any) -> Any:
    """Return the chance that this person's voice is not withheld."""
    safety = parameters[PARAMETER.safety_slope] * standard_score(
        np.float64(world.level[LEVEL.safety, person]), NEUTRAL, parameters[PARAMETER.state_sd]
    )
    control = (
        parameters[PARAMETER.surveillance_weight] * lever[LEVER.surveillance]
        + parameters[PARAMETER.uncertainty_weight] * lever[LEVER.sanction_uncertainty]
    )
    penalty = parameters[PARAMETER.critical_penalty] * critical - parameters[PARAMETER.anonymity_bonus] * anonymous
    return passes_gate(parameters[PARAMETER.gate_base], safety, control, penalty)


@compiled
def be_silent(world: Any, person: Any, kind: Any, critical: Any, counts: Any, departments: Any) -> None:
    """Count voice that stopped at the gate."""
    world.mark[MARK.spoke, person] = SILENCE
    world.tally[TALLY.silences, person] += 1
    counts[COUNT.silence_idea + (kind - IDEA)] += 1
    counts[COUNT.silence_critical] += critical
    departments[world.place[PLACE.department, person], DEPARTMENT.silence] += 1


@compiled
def _voice_engagement(world: Any, parameters: Any, lever: Any, day: Any, person: Any) -> Any:
    """Return the chance that a visitor is moved to voice an idea or concern: climate counts in full."""
    climate = climate_drive(world.level, parameters, person)
    return engagement_of(
        world.place, world.trait, world.level, world.mark, world.tally, parameters, lever, day, person, climate
    )


@compiled
def _meet_prompt(
    world: Any, parameters: Any, effects: Any, levers: Any, day: Any, person: Any, counts: Any, departments: Any
) -> None:
    """Take one visitor with something to say through activation and gate."""
    lever = levers[world.place[PLACE.group, person]]
    kind_draw, moved, critical_draw, withheld = draw(world.key, person, day, PURPOSE_SPEAK, NO_ITEM)
    kind = kind_of(parameters, kind_draw)
    voice = kind >= IDEA
    if voice:
        engagement = _voice_engagement(world, parameters, lever, day, person)
        departments[world.place[PLACE.department, person], DEPARTMENT.prompted_voice] += 1
    else:
        get_ready(world, parameters, levers, day, person)
        engagement = world.drive[DRIVE.engagement, person]
    if moved >= engagement:
        world.mark[MARK.spoke, person] = NOT_MOVED
        counts[COUNT.unmoved] += 1
        return
    if kind == LEISURE and withheld >= lever[LEVER.leisure_permitted]:
        world.mark[MARK.spoke, person] = BARRED
        counts[COUNT.leisure_barred] += 1
        return
    anonymous_draw, abusive_draw, held_draw, deleted_draw = draw(world.key, person, day, PURPOSE_APPEAR, NO_ITEM)
    critical, anonymous, abusive = 0, 0, 0
    if voice:
        critical_prob = (
            parameters[PARAMETER.critical_idea_prob] if kind == IDEA else parameters[PARAMETER.critical_concern_prob]
        )
        critical = 1 if critical_draw < critical_prob else 0
        anonymous = 1 if anonymous_draw < lever[LEVER.anonymity_prob] else 0
        abusive = 1 if critical == 1 and abusive_draw < lever[LEVER.abuse_prob] else 0
        if withheld >= gate(world, parameters, lever, person, critical, anonymous):
            be_silent(world, person, kind, critical, counts, departments)
            return
    post(world, effects, lever, day, person, kind, (critical, anonymous, abusive), (held_draw, deleted_draw), counts)


@compiled
def _post_as_leader(world: Any, lever: Any, day: Any, person: Any, counts: Any) -> None:
    """Open a leader's thread: an announcement, or something that invites exchange, perhaps an echoed answer."""
    _, broadcast_draw, echo_draw, _ = draw(world.key, person, day, PURPOSE_LEADER_POST, NO_ITEM)
    slot = open_thread(world, person, day, np.int64(KNOWLEDGE))
    if slot < 0:
        return
    thread = world.thread
    echo_share = lever[LEVER.echo_rate] / (lever[LEVER.leader_post_rate] + lever[LEVER.echo_rate])
    thread[slot, THREAD.echo] = 1 if echo_draw < echo_share else 0
    thread[slot, THREAD.broadcast] = (
        1 if thread[slot, THREAD.echo] == 0 and broadcast_draw < lever[LEVER.broadcast_share] else 0
    )
    counts[COUNT.leader_posts] += 1
    counts[COUNT.posts_leader] += 1
    counts[COUNT.broadcasts] += thread[slot, THREAD.broadcast]
    counts[COUNT.echoes] += thread[slot, THREAD.echo]
    world.tally[TALLY.posts, person] += 1
    world.mark[MARK.nudge, person] = 0
    mark_contributor(world.mark, world.list, world.cursor, person)


@compiled
def speak(world: Any, parameters: Any, effects: Any, levers: Any, day: Any, counts: Any, departments: Any) -> None:
    """Let every visitor with something to say speak or not, and leaders post, in order of person."""
    bit = np.uint8(day % DRAWN_DAYS)
    for v in range(world.cursor[CURSOR.visitors]):
        person = np.int64(world.list[LIST.visitors, v])
        if world.mark[MARK.nudge, person] == NUDGE_POSTS:
            _post_as_leader(world, levers[world.place[PLACE.group, person]], day, person, counts)
        elif (world.mark[MARK.prompts, person] >> bit) & np.uint8(1):
            _meet_prompt(world, parameters, effects, levers, day, person, counts, departments)

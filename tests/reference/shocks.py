"""What strikes overnight, plainly: one person after another, one thread after another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from adoptsim.domain.rules import drift
from adoptsim.domain.scenario import Shock
from adoptsim.engine import draws
from adoptsim.engine.shocks import ITEM
from adoptsim.engine.state import LEFT, MEMBER, NUDGE_NONE, NUDGE_NOTICE, OUTSIDER

from .people import NOT_MOVED, POSTED, PlainEmployee, single
from .threads import Thread

if TYPE_CHECKING:
    from .plain_model import PlainModel

SIZES = {
    "reorganisation": "reorganised_share",
    "leader_leaves": "departing_leader_share",
    "punishment": "punishment_reach",
    "viral_complaint": "complaint_reach",
}


def strike(model: PlainModel, shock: Shock) -> None:
    """Let a shock strike before today."""
    size = getattr(model.parameters, SIZES[shock.kind]) if shock.size is None else shock.size
    item = int(ITEM[shock.kind])
    luck = {person: model.luck(person.number, model.day, draws.PURPOSE_SHOCK, item) for person in model.people}
    {"reorganisation": reorganise, "leader_leaves": let_leaders_leave, "punishment": punish, "viral_complaint": go_viral}[
        shock.kind
    ](model, size, luck)


def reorganise(model: PlainModel, size: float, luck: dict[PlainEmployee, Any]) -> None:
    """Let people change places: each takes the next one's contacts, department and manager."""
    managers = {person.manager for person in model.people}
    moved = [p for p in model.people if luck[p][0] < size and p.role != "leader" and p not in managers]
    moved.sort(key=lambda person: (luck[person][1], person.number))
    if len(moved) < 2:
        return
    place_of = dict(zip(moved, [*moved[1:], moved[0]], strict=True))
    now_at = {place: person for person, place in place_of.items()}
    before = {person: (person.contacts, person.manager, person.department, person.group, person.head) for person in moved}
    traits = {person: person.trait for person in moved}
    for person in model.people:
        place = place_of.get(person, person)
        if person in place_of:
            person.contacts, person.manager, person.department, person.group, person.head = before[place]
            taken = {name: getattr(traits[place], name) for name in ("permission_offset", "inverse_degree")}
            person.trait = person.trait._replace(**taken)
    for person in model.people:
        person.contacts = sorted((now_at.get(c, c) for c in person.contacts), key=lambda contact: contact.number)
    for person in moved:
        person.tend_to_levels_of_today()
        person.habit = single(drift(person.habit, 0.0, model.parameters.moved_habit_loss))
        person.live_through("own_moved")
    model._recount_active(model.day - 1)


def let_leaders_leave(model: PlainModel, size: float, luck: dict[PlainEmployee, Any]) -> None:
    """Let those leaders go who have contributed most."""
    there = [leader for leader in model.leaders if model.day >= leader.away_until]
    there.sort(key=lambda leader: (-(leader.posts + leader.replies + leader.reactions), leader.number))
    for leader in there[: max(1, math.floor(size * len(model.leaders) + 0.5))]:
        leader.away_until = model.day + math.floor(model.parameters.vacancy_days + 0.5)
        leader.membership, leader.nudge = LEFT, NUDGE_NONE


def take_over(model: PlainModel) -> None:
    """Let successors take over whose day has come: people who know nothing of the network."""
    parameters = model.parameters
    for leader in model.leaders:
        if leader.away_until == model.day:
            leader.membership, leader.value_waiting = OUTSIDER, 0
            leader.habit = 0.0
            leader.reward, leader.responsiveness = (
                single(parameters.initial_reward),
                single(parameters.initial_responsiveness),
            )
            leader.trust = leader.trust_target
            leader.safety = single(drift(leader.safety_target, leader.trust, parameters.safety_follows_trust))


def punish(model: PlainModel, size: float, luck: dict[PlainEmployee, Any]) -> None:
    """Punish one of those whose signed voice is still open; contacts and others hear of it."""
    voiced = {t.author for t in model.threads if t.is_voice and not t.anonymous and t.appears < model.day}
    if not voiced:
        return
    punished = min(voiced, key=lambda person: (luck[person][1], person.number))
    for person in model.people:
        if person is punished:
            _hear(person, "own_sanctioned")
        elif person in punished.contacts or luck[person][0] < size:
            _hear(person, "seen_sanctioned")


def _hear(person: PlainEmployee, experience: str) -> None:
    """Live through what everybody talks about."""
    weight = person.plain.parameters.talk_weight
    for column, thousandths in person.plain.effects[experience].items():
        person.evidence[column] = person.evidence.get(column, 0) + round(thousandths * weight)


def go_viral(model: PlainModel, size: float, luck: dict[PlainEmployee, Any]) -> None:
    """Let a complaint go round: who hears of it may look tomorrow, and members may say so tonight."""
    for person in model.people:
        hears, moved, withheld, _ = luck[person]
        if hears < size and person.membership in (OUTSIDER, MEMBER):
            person.nudge = NUDGE_NOTICE
            has_posted = person.visited and person.spoke == POSTED
            if person.membership == MEMBER and person.role != "leader" and not has_posted:
                _speak_up(person, moved, withheld)
    model._recount_active(model.day - 1)


def _speak_up(person: PlainEmployee, moved: float, withheld: float) -> None:
    model, lever = person.plain, person.lever
    eve = model.day - 1
    model.counts["prompts"] += 1
    model.month[person.department]["prompted_voice"] += 1
    if moved >= person.readiness_to_speak(person.climate_drive() + model.parameters.complaint_urge):
        person.spoke = NOT_MOVED
        model.counts["unmoved"] += 1
        return
    anonymous, abusive, held, deleted = person.luck(draws.PURPOSE_COMPLAINT)
    thread = Thread(person, eve, "concern", eve, eve, critical=1)
    thread.anonymous, thread.abusive = int(anonymous < lever.anonymity_prob), int(abusive < lever.abuse_prob)
    if withheld >= person.chance_to_dare(thread):
        person.keep_silent(thread)
        return
    person.post(thread, held, deleted)
    if thread.last_activity == eve:  # neither held nor deleted
        thread.appears = thread.last_activity = model.day

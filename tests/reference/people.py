"""What a person does in a day, in the order of the day: look, speak, read, invite, learn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.experiences import THOUSANDTHS
from adoptsim.domain.rules import (
    activation,
    any_of,
    drift,
    first_visit_prob,
    learn,
    logistic,
    passes_gate,
    reply_prob,
    return_visit_prob,
    social_proof,
    standard_score,
    visit_value,
)
from adoptsim.engine import draws
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    LEFT,
    MEMBER,
    NEVER,
    NUDGE_NONE,
    NUDGE_NOTICE,
    NUDGE_POSTS,
    NUDGE_SEED,
    OUTSIDER,
    ROLES,
    UNREACHABLE,
)

from .threads import TAKEN_DOWN, VOICE, Thread

if TYPE_CHECKING:
    from .leaders import PlainLeader
    from .plain_model import PlainModel

MONTH = float(DEFINITION.month_days)
NEUTRAL = DEFINITION.neutral_level
SAID_NOTHING, NOT_MOVED, SILENCE, POSTED, BARRED = range(5)  # what became of a visitor's prompt


def single(x: float) -> float:
    """Return a number as an array in single precision would keep it."""
    return float(np.float32(x))


class PlainEmployee(mesa.Agent):
    """Somebody without a leader's duties. There is no class of champions: the champion share moves from day to day."""

    def __init__(self, model: PlainModel, number: int, trait: Any, membership: int, department: int, group: int) -> None:
        super().__init__(model)
        self.plain: PlainModel = model
        self.number, self.trait, self.membership = number, trait, membership
        self.department, self.group = department, group
        self.manager: PlainEmployee | None = None
        self.head: PlainLeader | None = None  # the leader who answers for the department
        self.contacts: list[PlainEmployee] = []
        parameters = model.parameters
        self.habit = 0.0
        self.reward = single(parameters.initial_reward)
        self.responsiveness = single(parameters.initial_responsiveness)
        self.tend_to_levels_of_today()
        self.trust = self.trust_target
        self.safety = single(drift(self.safety_target, self.trust, parameters.safety_follows_trust))
        self.evidence: dict[str, int] = {}
        self.nudge, self.leader_active, self.visited, self.first_visit, self.prompted = NUDGE_NONE, 0, 0, 0, 0
        self.spoke, self.contributed = SAID_NOTHING, False
        self.last_visit, self.last_contribution = NEVER, NEVER
        self.contacts_using, self.contacts_contributing = 0, 0
        self.value_waiting, self.value, self.seen = 0, 0, 0
        self.visits, self.posts, self.replies, self.reactions, self.silences = 0, 0, 0, 0, 0
        self.voiced, self.answered = 0, 0
        self.engagement, self.reply_drive = 0.0, 0.0

    @property
    def lever(self) -> Any:
        """Return the levers that hold for this person today, by name."""
        return self.plain.levers[self.group]

    @property
    def role(self) -> str:
        """Return the role of today: the champions are those whose rank the champion share includes."""
        return "champion" if self.trait.champion_rank < self.lever.champion_share else "employee"

    @property
    def turn_to_volunteer(self) -> int:
        """Return when the person is asked to volunteer: those who lurk after others, leaders last."""
        return 1 if self.trait.reluctance > 0.0 else 0

    @property
    def role_code(self) -> int:
        """Return the number by which the engine knows the role of today."""
        return ROLES.index(self.role)

    def luck(self, purpose: Any, item: int = 0) -> tuple[float, float, float, float]:
        """Return this person's four numbers of today for a purpose."""
        return self.plain.luck(self.number, self.plain.day, purpose, item)

    def luck_of_four_days(self, purpose: Any) -> float:
        """Return today's number for a purpose of which every person needs one a day: four days share a draw."""
        place = self.plain.day % 4
        return self.plain.luck(self.number, self.plain.day - place, purpose)[place]

    def was_active(self, day: int) -> bool:
        """Return whether ``day`` falls within the window after the person's last contribution."""
        return self.last_contribution > day - ACTIVE_DAYS

    def was_using(self, day: int) -> bool:
        """Return whether ``day`` falls within the window after the person's last visit."""
        return self.last_visit > day - ACTIVE_DAYS

    # -- the levels that a person's climate tends to

    def tend_to_levels_of_today(self) -> None:
        """Set the levels of trust, safety and permission: the culture's, shifted by the person's own."""
        lever, trait = self.lever, self.trait
        trust = math.log(lever.culture_trust / (1.0 - lever.culture_trust))
        safety = math.log(lever.culture_safety / (1.0 - lever.culture_safety))
        permission = math.log(lever.permission / (1.0 - lever.permission))
        self.trust_target = single(logistic(trust + trait.trust_offset))
        self.safety_target = single(logistic(safety + trait.safety_offset))
        self.permission = single(logistic(permission + trait.permission_offset))

    # -- 1 and 2: something to say arises; look or not

    def start_as_contributor(self) -> None:
        """Begin as somebody who looked and contributed on the day before day 0."""
        self.membership, self.habit = MEMBER, single(self.plain.parameters.start_habit)
        self.last_visit, self.last_contribution = -1, -1

    def be_brought_in(self, share: float, share_before: float) -> None:
        """Come today as a new champion, or if a launch brings in people up to one's rank and has not done so before."""
        if self.role == "champion" and self.membership < MEMBER:
            self.nudge = NUDGE_SEED
        if share > share_before and self.membership == OUTSIDER and self.trait.seed_rank < share:
            self.nudge = NUDGE_SEED

    def leave(self, share: float) -> None:
        """Never look again, if the luck of leaving has it so; leaders stay."""
        leaves, _, _, _ = self.plain.luck(self.number, 0, draws.PURPOSE_LEAVE)
        if leaves < share and self.role != "leader" and self.membership != UNREACHABLE:
            self.membership = LEFT

    def look(self) -> None:
        """Have something to say or not, and look at the platform or not; a nudge lasts a day."""
        self.prompted = int(self.luck_of_four_days(draws.PURPOSE_PROMPT) < self.trait.prompt_prob)
        self.visited = int(self.luck_of_four_days(draws.PURPOSE_VISIT) < self.chance_to_look())
        if not self.visited:
            self.nudge = NUDGE_NONE

    def chance_to_look(self) -> float:
        """Return the chance that the person looks today."""
        parameters, lever = self.plain.parameters, self.lever
        if self.nudge >= NUDGE_POSTS:
            return 1.0
        if self.membership in (UNREACHABLE, LEFT):
            return 0.0
        nudge = parameters.notified_visit_prob if self.nudge == NUDGE_NOTICE else 0.0
        if self.membership == OUTSIDER:
            invitation = any_of(lever.invitation_prob, nudge)
            using = self.contacts_using * self.trait.inverse_degree
            first, imitation = parameters.first_visit_rate / MONTH, parameters.imitation_rate / MONTH
            return first_visit_prob(first, imitation, using, invitation, lever.offline_prompt_prob)
        has_lapsed = not self.was_using(self.plain.day - 1)
        reminder = lever.reminder_prob if has_lapsed else 0.0
        example = parameters.leader_visit_prob if self.leader_active else 0.0
        if self.role == "champion":
            example = parameters.champion_visit_prob
        looked_yesterday = self.last_visit == self.plain.day - 1
        return return_visit_prob(
            self.habit,
            parameters.next_day_visit_prob if looked_yesterday else 0.0,
            self.contacts_contributing * self.trait.inverse_degree,
            example,
            any_of(nudge, reminder),
            lever.offline_prompt_prob,
            parameters.habit_visit_prob,
            parameters.contact_visit_prob,
        )

    def arrive(self) -> None:
        """Count a visit; whoever comes for the first time is a member from now on, the better for being brought in."""
        self.visits += 1
        self.first_visit = int(self.membership != MEMBER)
        if self.first_visit:
            parameters = self.plain.parameters
            self.membership = MEMBER
            self.habit = single(parameters.seed_habit if self.nudge == NUDGE_SEED else parameters.trial_habit)
        if self.nudge != NUDGE_POSTS:
            self.nudge = NUDGE_NONE

    # -- 3 and 4: speak or keep silent

    def climate_drive(self) -> float:
        """Return what perceived responsiveness and trust add to speaking up, in logits."""
        parameters = self.plain.parameters
        responsiveness = standard_score(self.responsiveness, NEUTRAL, parameters.state_sd)
        trust = standard_score(self.trust, NEUTRAL, parameters.state_sd)
        return parameters.responsiveness_slope * responsiveness + parameters.trust_slope * trust

    def readiness_to_speak(self, climate: float) -> float:
        """Return the chance that a prompt moves this visitor to speak, given what climate adds."""
        parameters, lever = self.plain.parameters, self.lever
        share = self.contacts_contributing * self.trait.inverse_degree
        proof = parameters.proof_weight * social_proof(share, self.trait.threshold, parameters.threshold_softness)
        reward = parameters.reward_weight * (self.reward - NEUTRAL)
        support = (
            parameters.purpose_weight * (lever.purpose_fit - NEUTRAL)
            + parameters.permission_weight * (self.permission - NEUTRAL)
            + parameters.leisure_spillover * lever.leisure_permitted
        )
        if self.manager is not None and self.manager.was_active(self.plain.day - 1):
            support += parameters.manager_active_weight
        if self.leader_active:
            support += parameters.leader_active_weight
        return activation(parameters.activation_base - self.trait.reluctance, reward, proof, support, climate)

    def reply_factor(self) -> float:
        """Return how much readier than an employee the person is to reply, by role."""
        return self.lever.champion_reply_factor if self.role == "champion" else 1.0

    def get_ready(self) -> None:
        """Settle in for today: how ready to speak and to reply, and what replies have come since the last visit."""
        climate = self.plain.parameters.nonvoice_weight * self.climate_drive()
        self.engagement = self.readiness_to_speak(climate)
        self.reply_drive = self.engagement * (self.trait.readiness * self.reply_factor())
        self.spoke, self.seen = SAID_NOTHING, 0
        self.value, self.value_waiting = self.value_waiting, 0
        self.plain.counts[f"visits_{self.role}"] += 1

    def speak(self) -> None:
        """Take what there is to say, if anything, through activation and, for voice, through the gate."""
        if not self.prompted:
            return
        counts, lever = self.plain.counts, self.lever
        kind_draw, moved, critical_draw, withheld = self.luck(draws.PURPOSE_SPEAK)
        anonymous_draw, abusive_draw, held_draw, deleted_draw = self.luck(draws.PURPOSE_APPEAR)
        thread = Thread(self, self.plain.day, self.plain.kind_of(kind_draw), self.plain.day, self.plain.day)
        if moved >= self._engagement_for(thread):
            self.spoke = NOT_MOVED
            counts["unmoved"] += 1
            return
        if thread.kind == "leisure" and withheld >= lever.leisure_permitted:
            self.spoke = BARRED
            counts["leisure_barred"] += 1
            return
        if thread.is_voice:
            thread.critical = int(critical_draw < self.plain.critical_prob(thread.kind))
            thread.anonymous = int(anonymous_draw < lever.anonymity_prob)
            thread.abusive = int(thread.critical and abusive_draw < lever.abuse_prob)
            if withheld >= self.chance_to_dare(thread):
                self.keep_silent(thread)
                return
        self.post(thread, held_draw, deleted_draw)

    def _engagement_for(self, thread: Thread) -> float:
        if not thread.is_voice:
            return self.engagement
        self.plain.month[self.department]["prompted_voice"] += 1
        return self.readiness_to_speak(self.climate_drive())  # climate counts in full for voice

    def chance_to_dare(self, thread: Thread) -> float:
        """Return the chance that voice passes the gate."""
        parameters, lever = self.plain.parameters, self.lever
        safety = parameters.safety_slope * standard_score(self.safety, NEUTRAL, parameters.state_sd)
        watched = parameters.surveillance_weight * lever.surveillance
        control = watched + parameters.uncertainty_weight * lever.sanction_uncertainty
        penalty = parameters.critical_penalty * thread.critical - parameters.anonymity_bonus * thread.anonymous
        return passes_gate(parameters.gate_base, safety, control, penalty)

    def keep_silent(self, thread: Thread) -> None:
        """Count voice that stops at the gate."""
        self.spoke = SILENCE
        self.silences += 1
        self.plain.counts[f"silence_{thread.kind}"] += 1
        self.plain.counts["silence_critical"] += thread.critical
        self.plain.month[self.department]["silence"] += 1

    def post(self, thread: Thread, held_draw: float, deleted_draw: float) -> None:
        """Open a thread; it may be held for review, or deleted there."""
        counts = self.plain.counts
        for name in (f"posts_{thread.kind}", f"posts_{self.role}"):
            counts[name] += 1
        counts["critical_posts"] += thread.critical
        counts["anonymous_posts"] += thread.anonymous
        counts["abusive_posts"] += thread.abusive
        counts["needing_answer"] += thread.is_voice
        self.posts += 1
        self.voiced += thread.is_voice
        self.spoke, self.contributed = POSTED, True
        self.plain.threads.append(thread)
        self._meet_moderation(thread, held_draw, deleted_draw)

    def _meet_moderation(self, thread: Thread, held_draw: float, deleted_draw: float) -> None:
        """Have a post held for review or not; a critical one may be deleted there, and only its author ever knows."""
        counts, lever = self.plain.counts, self.lever
        if held_draw >= lever.premoderation_prob:
            return
        counts["held"] += 1
        if thread.critical and deleted_draw < lever.moderation_deletion_prob:
            counts["moderation_deleted"] += 1
            counts["deleted"] += thread.kind in VOICE
            thread.outcome, thread.never_seen = "deleted", True
            thread.last_activity = NEVER
            self.live_through("own_deleted")
            return
        thread.appears = thread.day + math.floor(lever.moderation_delay + 0.5)
        thread.last_activity = thread.appears

    # -- 5: read, react and reply

    def may_see(self, thread: Thread, chance: float) -> None:
        """Meet a thread on the way: see it or not, and if so, take it in, reply, react."""
        seen_draw, relevant_draw, reply_draw, react_draw = self.luck(draws.PURPOSE_READ, thread.item)
        if seen_draw >= chance:
            return
        parameters = self.plain.parameters
        self.plain.counts[f"reads_{self.role}"] += 1
        self._take_in(thread, relevant_draw)
        if thread.outcome in TAKEN_DOWN:
            return
        interest = thread.interest(parameters)
        if reply_draw < reply_prob(parameters.reply_base, self.reply_drive, interest):
            self._reply_to(thread)
        if react_draw < reply_prob(parameters.react_base, self.reply_drive, interest):
            thread.new_reactions += 1
            self.plain.counts[f"reactions_{self.role}"] += 1
            self.reactions += 1
            self.contributed = True

    def _take_in(self, thread: Thread, relevant_draw: float) -> None:
        parameters = self.plain.parameters
        if thread.outcome in TAKEN_DOWN:
            worth = 0.0
        elif thread.broadcast:
            worth = parameters.broadcast_value
        elif thread.kind == "leisure":
            worth = parameters.leisure_value
        else:
            worth = 1.0 if relevant_draw < self.lever.relevance_prob else 0.0
        self.value += round(worth * THOUSANDTHS)
        self.seen += 1
        for lesson in thread.lessons(self.plain.day):
            self.live_through(lesson)

    def _reply_to(self, thread: Thread) -> None:
        parameters, author = self.plain.parameters, thread.author
        thread.new_replies += 1
        thread.new_leader_replies += self.role == "leader"
        self._count_reply()
        author.nudge = NUDGE_NOTICE
        worth = round(parameters.reply_value * THOUSANDTHS)
        if not author.visited:
            author.value_waiting += worth
            return
        author.value += worth
        answers = self.luck(draws.PURPOSE_CONVERSE, thread.item)[0] < parameters.converse_prob
        if answers and not thread.broadcast:
            author._count_reply()

    def _count_reply(self) -> None:
        self.plain.counts[f"replies_{self.role}"] += 1
        self.replies += 1
        self.contributed = True

    # -- 6: champions invite

    def invite(self) -> None:
        """Invite a contact who has never come, if a champion; the invitation counts tomorrow."""
        if self.role != "champion" or not self.contacts:
            return
        invites, whom, _, _ = self.luck(draws.PURPOSE_INVITE)
        if invites < self.lever.champion_invite_rate / MONTH:
            contact = self.contacts[math.floor(whom * len(self.contacts))]
            if contact.membership == OUTSIDER:
                contact.nudge = NUDGE_NOTICE

    # -- 7: learn

    def live_through(self, experience: str) -> None:
        """Add an experience to today's evidence."""
        for column, weight in self.plain.effects[experience].items():
            self.evidence[column] = self.evidence.get(column, 0) + weight

    def learn(self) -> None:
        """Learn from today's evidence and from what today's visit was worth; then let trust and safety drift."""
        parameters = self.plain.parameters
        if self.evidence:
            self._learn_from_evidence()
        if self.visited:
            worth = visit_value(self.value / THOUSANDTHS, self.trait.value_half, parameters.value_steepness)
            rate = parameters.habit_rate
            self.habit = single(learn(self.habit, rate * worth, rate * (1.0 - worth)))
        trust = drift(self.trust, self.trust_target, parameters.climate_drift)
        level = drift(self.safety_target, trust, parameters.safety_follows_trust)
        self.trust = single(trust)
        self.safety = single(drift(self.safety, level, parameters.climate_drift))

    def _learn_from_evidence(self) -> None:
        parameters, loss = self.plain.parameters, self.lever.loss_weight
        answers = parameters.responsiveness_rate / THOUSANDTHS
        climate = parameters.climate_rate / THOUSANDTHS
        replies = parameters.reward_rate / THOUSANDTHS
        self.responsiveness = self._moved_by("responsiveness", answers, answers)
        self.trust = self._moved_by("trust", climate, climate * loss)
        self.safety = self._moved_by("safety", climate, climate * loss)
        self.reward = self._moved_by("reward", replies, replies)
        self.evidence.clear()

    def _moved_by(self, name: str, up_rate: float, down_rate: float) -> float:
        """Return a state after today's evidence for and against it."""
        up, down = self.evidence.get(f"{name}_up", 0), self.evidence.get(f"{name}_down", 0)
        return single(learn(getattr(self, name), up_rate * up, down_rate * down))

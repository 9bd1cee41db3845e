"""What a senior leader does besides what everybody does: post, and work off an inbox of finite capacity."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Any

from adoptsim.engine import draws
from adoptsim.engine.state import NEVER, NUDGE_NONE, NUDGE_NOTICE, NUDGE_POSTS

from .people import MONTH, PlainEmployee
from .threads import TAKEN_DOWN, UNANSWERED, Thread

if TYPE_CHECKING:
    from .plain_model import PlainModel


class PlainLeader(PlainEmployee):
    """A senior leader; deputies answer for no department, so that their inbox stays empty."""

    def __init__(self, model: PlainModel, number: int, trait: Any, membership: int, department: int, group: int) -> None:
        super().__init__(model, number, trait, membership, department, group)
        self.inbox: deque[Thread] = deque()
        self.away_until = NEVER

    @property
    def role(self) -> str:
        """Return the role of today: leaders are never champions."""
        return "leader"

    @property
    def turn_to_volunteer(self) -> int:
        """Return the last turn: who leads can't volunteer."""
        return 2

    def reply_factor(self) -> float:
        """Return how much readier than an employee leaders are to reply."""
        return self.lever.leader_reply_factor

    @property
    def is_away(self) -> bool:
        """Return whether the leader has left and no successor has come."""
        return self.plain.day < self.away_until

    def decide_to_post(self) -> None:
        """Decide whether to post today; whoever posts is there, whatever the habit."""
        lever = self.lever
        if not self.is_away and self.luck(draws.PURPOSE_LEADER_POST)[0] < (lever.leader_post_rate + lever.echo_rate) / MONTH:
            self.nudge = NUDGE_POSTS

    def speak(self) -> None:
        """Post if so decided: an announcement, something that invites exchange, or an answer given elsewhere."""
        if self.nudge != NUDGE_POSTS:
            return
        lever, counts = self.lever, self.plain.counts
        _, broadcast_draw, echo_draw, _ = self.luck(draws.PURPOSE_LEADER_POST)
        thread = Thread(self, self.plain.day, "knowledge", self.plain.day, self.plain.day)
        thread.echo = int(echo_draw < lever.echo_rate / (lever.leader_post_rate + lever.echo_rate))
        thread.broadcast = int(not thread.echo and broadcast_draw < lever.broadcast_share)
        counts["leader_posts"] += 1
        counts["posts_leader"] += 1
        counts["broadcasts"] += thread.broadcast
        counts["echoes"] += thread.echo
        self.posts += 1
        self.nudge, self.contributed = NUDGE_NONE, True
        self.plain.threads.append(thread)

    def work_off_inbox(self) -> None:
        """Drop what has become too old; deal with the rest, first in, first out, within today's capacity."""
        day, patience = self.plain.day, self.plain.parameters.inbox_patience
        capacity = math.floor(self.lever.inbox_capacity + self.luck(draws.PURPOSE_CAPACITY)[0])
        left = 0 if self.is_away else capacity
        while self.inbox:
            if day - self.inbox[0].appears > patience:
                self._resolve(self.inbox.popleft(), "aged_out")
            elif left > 0:
                left -= 1
                thread = self.inbox.popleft()
                self._resolve(thread, self._outcome_of(thread))
            else:
                return

    def _outcome_of(self, thread: Thread) -> str:
        """Return what the leader does: a contribution has one luck, whenever its turn comes."""
        parameters, lever = self.plain.parameters, thread.author.lever
        luck = self.plain.luck(thread.author.number, thread.day, draws.PURPOSE_OUTCOME, thread.item)
        negative, acts, answers, explains = luck
        if thread.critical:
            sanction = lever.sanction_prob
            deletion = sanction + lever.leader_deletion_prob
            if negative < sanction:  # nobody to sanction for what nobody has signed
                return "deleted" if thread.anonymous else "sanctioned"
            if negative < deletion:
                return "deleted"
            if negative < deletion + lever.defensive_prob:
                return "defensive"
        if acts < lever.action_prob * (parameters.anonymous_reply_factor if thread.anonymous else 1.0):
            return "acted"
        if answers < lever.answer_prob:
            return "answered"
        return "explained" if explains < lever.explanation_prob else "ignored"

    def _resolve(self, thread: Thread, outcome: str) -> None:
        """Take a contribution out of the inbox with its outcome; its author lives through it, others will see it."""
        day, counts, author = self.plain.day, self.plain.counts, thread.author
        thread.in_inbox, thread.outcome = 0, outcome
        counts[outcome] += 1
        author.live_through(f"own_{outcome}")
        if outcome in UNANSWERED:
            return
        thread.last_activity = day + 1  # on top of the feed tomorrow, for all to see
        if outcome in TAKEN_DOWN:
            return
        counts["answer_delay"] += day - thread.appears
        self.plain.month[author.department]["answered"] += 1
        author.answered += 1
        thread.new_replies += 1
        thread.new_leader_replies += 1
        self._count_reply()
        author.nudge = NUDGE_NOTICE

"""An opening post and what became of it. It knows its numbers; people act on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adoptsim.engine.state import CREDIT_NONE, CREDIT_REACTION, CREDIT_REPLY

if TYPE_CHECKING:
    from .people import PlainEmployee

VOICE = ("idea", "concern")
TAKEN_DOWN = ("deleted", "sanctioned")
UNANSWERED = ("ignored", "aged_out")
THREAD_DAY = 2**20
"""A thread's name in draws is author + day * 2^20: what it is, never where it stands."""


def days_in_feed(parameters: Any) -> float:
    """Return the days without activity after which a thread has sunk."""
    return math.log(1.0 / parameters.least_attention) / parameters.attention_decay


@dataclass(slots=True, eq=False)
class Thread:
    """One thread. ``replies`` and ``reactions`` are those of earlier days; today's become visible tomorrow."""

    author: PlainEmployee
    day: int
    kind: str
    appears: int
    last_activity: int
    critical: int = 0
    anonymous: int = 0
    abusive: int = 0
    broadcast: int = 0
    echo: int = 0
    outcome: str = "waiting"
    in_inbox: int = 0
    credit: int = CREDIT_NONE
    replies: int = 0
    reactions: int = 0
    new_replies: int = 0
    new_leader_replies: int = 0
    new_reactions: int = 0
    never_seen: bool = False

    @property
    def item(self) -> int:
        """Return the thread's name in draws."""
        return self.author.number + self.day * THREAD_DAY

    @property
    def is_voice(self) -> bool:
        """Return whether the thread needs an answer from a leader."""
        return self.kind in VOICE

    def is_in_feed(self, day: int, parameters: Any) -> bool:
        """Return whether the thread has appeared and not yet sunk."""
        if self.never_seen or self.appears > day:
            return False
        return day - self.last_activity <= days_in_feed(parameters)

    def attention(self, day: int, parameters: Any) -> float:
        """Return the share of its first attention that the thread still has."""
        return math.exp(-parameters.attention_decay * max(0, day - self.last_activity))

    def interest(self, parameters: Any) -> float:
        """Return how much the thread invites replies, against a question."""
        if self.broadcast:
            interest = parameters.broadcast_reply_factor
        elif self.is_voice:
            interest = parameters.voice_reply_factor
        elif self.kind == "knowledge":
            interest = parameters.knowledge_reply_factor
        else:
            interest = parameters.leisure_reply_factor if self.kind == "leisure" else 1.0
        return interest * parameters.anonymous_reply_factor if self.anonymous else interest

    def lessons(self, day: int) -> list[str]:
        """Return what an onlooker learns from: only what earlier days left, so that nobody's turn matters."""
        lessons, age = [], day - self.appears
        if self.replies > 0:
            lessons.append("seen_replied")
        elif age >= 1:
            lessons.append("seen_unreplied")
        if self.echo:
            lessons.append("seen_answered")
        if self.abusive:
            lessons.append("seen_abuse")
        if self.anonymous:
            lessons.append("seen_anonymous")
        if self.is_voice and (self.outcome != "waiting" or age >= 1):
            lessons.append(f"seen_{self.outcome}")
        if self.critical and self.replies > 0 and self.outcome not in TAKEN_DOWN:
            lessons.append("seen_support")
        return lessons

    def settle(self, day: int, window: int, counts: dict[str, int]) -> None:
        """Close the day: teach the author what responses to expect, and let today's responses be seen from now on."""
        self._credit_author()
        if day - self.appears == window:
            counts["threads_settled"] += 1
            counts["threads_answered"] += self.replies + self.new_replies > 0
            if self.credit == CREDIT_NONE:
                self._teach_author("own_unreplied")
        self.replies += self.new_replies
        self.reactions += self.new_reactions
        self.new_replies, self.new_leader_replies, self.new_reactions = 0, 0, 0

    def _credit_author(self) -> None:
        """Let the author live through the first reply, or the first reaction where no reply came before."""
        if self.new_replies > 0 and self.credit != CREDIT_REPLY:
            self._teach_author("own_replied_by_leader" if self.new_leader_replies > 0 else "own_replied")
            self.credit = CREDIT_REPLY
        elif self.new_reactions > 0 and self.credit == CREDIT_NONE:
            self._teach_author("own_reaction")
            self.credit = CREDIT_REACTION

    def _teach_author(self, lesson: str) -> None:
        if not self.anonymous:  # nobody is rewarded for what nobody has signed
            self.author.live_through(lesson)

    def is_over(self, day: int, window: int, parameters: Any) -> bool:
        """Return whether nothing can come of the thread any more: it has sunk, and its author has learned its reward."""
        life = max(window, math.floor(days_in_feed(parameters)) + 1)
        return self.never_seen or (day - self.last_activity >= life and not self.in_inbox)

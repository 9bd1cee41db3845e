"""Statistics of threads: who is answered, how soon, how long they grow, and whether an answer brings people back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from adoptsim.engine.log import LOG_REPLY
from adoptsim.validation.activity import NOT_YET, Activity, Flags, Ints
from adoptsim.validation.estimators import WEEK, lately, share

AGAIN_WITHIN = 3 * 21
"""Working days after the first week in which writing again counts: three months (Joyce & Kraut 2006)."""


class Threads(NamedTuple):
    """Threads that were opened in a window, and what came of each."""

    messages: Ints  # with the opening post
    first_answer: Ints  # days from the post to the first reply by somebody else; NOT_YET without one

    @property
    def answered(self) -> Flags:
        """Return which were answered by somebody else."""
        return self.first_answer < NOT_YET


def threads_in(activity: Activity, window: int, settled: int = WEEK) -> Threads:
    """Return the threads of a window; those opened in its last ``settled`` days may still be answered and are left out."""
    inside = lately(activity, window) & activity.posts & (activity.day < activity.n_days - settled)
    opened = np.flatnonzero(inside)
    replies = activity.thread[(activity.kind == LOG_REPLY) & (activity.thread >= 0)]
    messages = 1 + np.bincount(replies, minlength=len(activity.day))[opened]
    day = activity.first_answers[opened]
    return Threads(messages, np.where(day < NOT_YET, day - activity.day[opened], NOT_YET))


def answered(activity: Activity, window: int, settled: int = WEEK) -> float:
    """Return the share of threads that somebody else has answered."""
    threads = threads_in(activity, window, settled)
    return share(threads.answered.sum(), len(threads.messages))


def median_messages(activity: Activity, window: int, settled: int = WEEK) -> float:
    """Return the median number of messages of answered threads."""
    threads = threads_in(activity, window, settled)
    return float(np.median(threads.messages[threads.answered])) if threads.answered.any() else float("nan")


def mean_messages(activity: Activity, window: int, settled: int = WEEK) -> float:
    """Return the mean number of messages of answered threads."""
    threads = threads_in(activity, window, settled)
    return share(threads.messages[threads.answered].sum(), threads.answered.sum())


def long_tail(activity: Activity, window: int, settled: int = WEEK) -> float:
    """Return mean over median messages of answered threads: above 1 where few threads are very long."""
    return share(mean_messages(activity, window, settled), median_messages(activity, window, settled))


def answered_same_day(activity: Activity, window: int) -> float:
    """Return the share of first answers that came on the day of the post."""
    return _answered_within(activity, window, 0)


def answered_next_day(activity: Activity, window: int) -> float:
    """Return the share of first answers that came on the day of the post or the next."""
    return _answered_within(activity, window, 1)


def _answered_within(activity: Activity, window: int, days: int) -> float:
    threads = threads_in(activity, window)
    return share((threads.first_answer <= days).sum(), threads.answered.sum())


# --- does a reply bring people back? -----------------------------------------------------------------------------


def reinforcement_table(
    activity: Activity, window: int, quick: int = WEEK, later: int = AGAIN_WITHIN
) -> npt.NDArray[np.int64]:
    """Return first posts counted by (answered or not, writes again or not), int64[2, 2].

    A person's first signed post as an employee, if somebody else replies within ``quick`` days; and whether the person
    writes in the ``later`` days after those. Posts too late in the log to tell are left out.
    """
    signed = activity.posts & activity.by_employee & ~activity.anonymous
    posts = np.flatnonzero(signed)
    _, at = np.unique(activity.person[posts], return_index=True)  # the first: the log is in order of time
    first = posts[at]
    known = (activity.day[first] < activity.n_days - quick - later - 2) & lately(activity, window)[first]
    first = first[known]
    was_answered = activity.first_answers[first] <= activity.day[first] + quick
    begins = np.full(activity.n_people, NOT_YET)
    begins[activity.person[first]] = activity.day[first] + quick
    written = np.flatnonzero(activity.written & activity.by_employee)
    begun = begins[activity.person[written]]
    late = (activity.day[written] > begun) & (activity.day[written] - begun <= later)
    again = np.zeros(activity.n_people, np.bool_)
    again[activity.person[written[late]]] = True
    came_back = again[activity.person[first]]
    return np.bincount(3 - 2 * was_answered - came_back, minlength=4).reshape(2, 2)


def reply_reinforcement(activity: Activity, window: int) -> float:
    """Return the odds ratio of writing again after a first post that was answered, against one that was not.

    With a half added to each cell, so that a small organisation has a value (Haldane 1956).
    """
    (both, only_answered), (only_again, neither) = reinforcement_table(activity, window) + 0.5
    return float(both * neither / (only_answered * only_again))

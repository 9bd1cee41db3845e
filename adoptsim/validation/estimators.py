"""Statistics of what people did, each a pure function of an activity and a window: the last so many days of it.

They run thousands of times in a calibration, so they count with arrays and never loop over people. A day is a working
day: a week has 5 of them and a month 21; for exports in calendar days give ``week=7``, ``month=30``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adoptsim.validation.activity import LEADS, MANAGES, STAFF, Activity, Flags, Ints

Floats = npt.NDArray[np.float64]
WEEK, MONTH = 5, 21


def share(part: float, whole: float) -> float:
    """Return part / whole; NaN of nothing."""
    return float(part) / float(whole) if whole else float("nan")


def lately(activity: Activity, window: int) -> Flags:
    """Return which events lie in the window."""
    return activity.day >= activity.n_days - window


def people_in(person: Ints, n_people: int) -> Flags:
    """Return who is in a list, a flag a person."""
    flags = np.zeros(n_people, np.bool_)
    flags[person] = True
    return flags


def _visited(activity: Activity, window: int) -> Flags:
    return people_in(activity.visit_person[activity.visit_day >= activity.n_days - window], activity.n_people)


def _contributed(activity: Activity, window: int) -> Flags:
    return people_in(activity.person[lately(activity, window)], activity.n_people)


# --- pattern 1: who looks, reads, contributes --------------------------------------------------------------------


def looked(activity: Activity, window: int) -> float:
    """Return the share of staff who looked at least once."""
    return share(_visited(activity, window).sum(), activity.n_people)


def only_read(activity: Activity, window: int) -> float:
    """Return the share of staff who looked and contributed nothing."""
    return share((_visited(activity, window) & ~_contributed(activity, window)).sum(), activity.n_people)


def contributed(activity: Activity, window: int) -> float:
    """Return the share of staff who posted, replied or reacted at least once."""
    return share(_contributed(activity, window).sum(), activity.n_people)


def employees_contributed(activity: Activity, window: int) -> float:
    """Return the share of staff who contributed at least once other than as leaders or champions."""
    recent = lately(activity, window) & activity.by_employee
    return share(people_in(activity.person[recent], activity.n_people).sum(), activity.n_people)


# --- pattern 2: how much -----------------------------------------------------------------------------------------


def interactions(activity: Activity, window: int, month: int = MONTH) -> float:
    """Return posts, replies and reactions a person on the staff and month."""
    return share(lately(activity, window).sum() * month, window * activity.n_people)


# --- pattern 3: how regularly ------------------------------------------------------------------------------------


def trailing_people(day: Ints, person: Ints, n_people: int, first: int, end: int, week: int) -> Ints:
    """Return for each full week that ends before ``end``, a new one every day, how many different people are in it."""
    there = np.zeros((end - first + 1, n_people), np.int16)
    inside = day >= first
    there[day[inside] - first + 1, person[inside]] = 1
    total = np.cumsum(there, axis=0, dtype=np.int16)
    return np.asarray((total[week:] != total[:-week]).sum(axis=1))


def ratio_of_means(part: Ints, whole: Ints) -> float:
    """Return the mean of one series over the mean of another."""
    return share(float(np.mean(part)), float(np.mean(whole)))


def _weeks(activity: Activity, window: int, week: int, only: Flags | None = None) -> Ints:
    """Return the active people of every week in the window: visitors, or those of the events ``only``."""
    day, person = (
        (activity.visit_day, activity.visit_person) if only is None else (activity.day[only], activity.person[only])
    )
    first = max(0, activity.n_days - window)
    return trailing_people(day, person, activity.n_people, first, activity.n_days, week)


def weekly_posters(activity: Activity, window: int, week: int = WEEK) -> float:
    """Return those who write in a week over those who look in it, weeks ending on every day."""
    return ratio_of_means(_weeks(activity, window, week, activity.written), _weeks(activity, window, week))


def daily_visitors(activity: Activity, window: int, week: int = WEEK) -> float:
    """Return those who look on a day over those who look in the week that ends with it."""
    days = _weeks(activity, window, 1)[week - 1 :]
    return ratio_of_means(days, _weeks(activity, window, week))


# --- pattern 4: how unequally ------------------------------------------------------------------------------------


def _amounts(activity: Activity, chosen: Flags) -> Ints:
    """Return how many of the chosen events each person has who has any, ascending."""
    counts = np.bincount(activity.person[chosen], minlength=1)
    return np.sort(counts[counts > 0])


def messages_by_poster(activity: Activity, window: int) -> Ints:
    """Return how many posts and replies each of those wrote who wrote at all, ascending."""
    return _amounts(activity, lately(activity, window) & activity.written)


def threads_by_opener(activity: Activity, window: int) -> Ints:
    """Return how many threads each of those opened who opened any, ascending: all that an export without repliers tells."""
    return _amounts(activity, lately(activity, window) & activity.posts)


def gini(ascending: Ints) -> float:
    """Return the Gini coefficient of amounts."""
    n = len(ascending)
    return share(float((2 * np.arange(1, n + 1) - n - 1) @ ascending), n * float(ascending.sum()))


def top_tenth(ascending: Ints) -> float:
    """Return the share of the whole that the largest tenth of the amounts make; at least one of them."""
    largest = ascending[-max(1, len(ascending) // 10) :]
    return share(float(largest.sum()), float(ascending.sum()))


def once(ascending: Ints) -> float:
    """Return the share of the amounts that are 1."""
    return share((ascending == 1).sum(), len(ascending))


def gini_of_posters(activity: Activity, window: int) -> float:
    """Return the Gini coefficient of messages among those who wrote."""
    return gini(messages_by_poster(activity, window))


def top_tenth_of_posters(activity: Activity, window: int) -> float:
    """Return the share of messages that the busiest tenth of those who wrote have written."""
    return top_tenth(messages_by_poster(activity, window))


def wrote_once(activity: Activity, window: int) -> float:
    """Return the share of one-time writers among those who wrote."""
    return once(messages_by_poster(activity, window))


def gini_of_openers(activity: Activity, window: int) -> float:
    """Return the Gini coefficient of threads among those who opened any."""
    return gini(threads_by_opener(activity, window))


def top_tenth_of_openers(activity: Activity, window: int) -> float:
    """Return the share of threads that the busiest tenth of those who opened any have opened."""
    return top_tenth(threads_by_opener(activity, window))


def opened_once(activity: Activity, window: int) -> float:
    """Return the share of those who opened one thread among those who opened any."""
    return once(threads_by_opener(activity, window))


# --- pattern 7: by rank ------------------------------------------------------------------------------------------


def _sent_by_rank(activity: Activity, window: int) -> Floats:
    """Return messages a person by rank, float64[3]; NaN for a rank that nobody has."""
    if activity.rank is None:
        raise ValueError("nobody's rank is known")
    written = activity.person[lately(activity, window) & activity.written]
    sent = np.bincount(activity.rank[written], minlength=LEADS + 1)
    people = np.bincount(activity.rank, minlength=LEADS + 1)
    return np.asarray(np.divide(sent, people, out=np.full(len(people), np.nan), where=people > 0))


def managers_over_staff(activity: Activity, window: int) -> float:
    """Return how many times as much people with reports write as people without; senior leaders left out."""
    sent = _sent_by_rank(activity, window)
    return share(sent[MANAGES], sent[STAFF])


def leaders_over_others(activity: Activity, window: int) -> float:
    """Return how many times as much senior leaders write as everybody else."""
    if activity.rank is None:
        raise ValueError("nobody's rank is known")
    sent, people = _sent_by_rank(activity, window), np.bincount(activity.rank, minlength=LEADS + 1)
    others = np.nansum((sent * people)[:LEADS])
    return share(sent[LEADS] * people[:LEADS].sum(), others)


def leaders_over_managers(activity: Activity, window: int) -> float:
    """Return how many times as much senior leaders write as other people with reports."""
    sent = _sent_by_rank(activity, window)
    return share(sent[LEADS], sent[MANAGES])

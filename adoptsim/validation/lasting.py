"""Statistics of how contribution lasts: month by month, from one month to the next, and back after a pause."""

from __future__ import annotations

import numpy as np

from adoptsim.validation.activity import LEADS, Activity, Flags
from adoptsim.validation.estimators import MONTH, Floats, share


def contributors_by_month(activity: Activity, month: int = MONTH, only: Flags | None = None) -> Flags:
    """Return who contributed in which whole month, counted back from the last day, bool[months, people].

    ``only``: which events count; all when absent.
    """
    n_months = activity.n_days // month
    start = activity.n_days - n_months * month
    inside = activity.day >= start if only is None else (activity.day >= start) & only
    flags = np.zeros((n_months, activity.n_people), np.bool_)
    flags[(activity.day[inside] - start) // month, activity.person[inside]] = True
    return flags


def monthly_share(activity: Activity, month: int = MONTH) -> Floats:
    """Return the share of staff who contributed in each month."""
    return np.asarray(contributors_by_month(activity, month).mean(axis=1))


# --- pattern 6: life cycles --------------------------------------------------------------------------------------


def last_month(activity: Activity, window: int = MONTH) -> float:
    """Return the share of staff who contributed in the last month."""
    return float(monthly_share(activity, window)[-1])


def last_month_below_leaders(activity: Activity, window: int = MONTH) -> float:
    """Return the share of staff other than senior leaders who contributed in the last month.

    Leaders post on duty, and would make a dead network look alive.
    """
    if activity.rank is None:
        raise ValueError("nobody's rank is known")
    below = activity.rank != LEADS
    return share(contributors_by_month(activity, window)[-1, below].sum(), below.sum())


def busiest_month(activity: Activity, window: int) -> float:
    """Return the largest monthly share of contributors in the window."""
    return float(monthly_share(activity)[-(window // MONTH) :].max())


def left_of_peak(activity: Activity, window: int) -> float:
    """Return the contributors of the last month over those of the busiest month before the window."""
    shares = monthly_share(activity)
    return share(shares[-1], shares[: -(window // MONTH)].max())


def left_of_start(activity: Activity, window: int) -> float:
    """Return the contributors of the last month over those of the month in which the window begins."""
    shares = monthly_share(activity)
    return share(shares[-1], shares[-(window // MONTH)])


# --- beyond the list: nothing is fitted on these; of a chat's export only who opens threads is known ---------------


def persistence(activity: Activity, window: int, month: int = MONTH) -> float:
    """Return the share of those who open threads in a month who do in the next month too, all months together."""
    active = contributors_by_month(activity, month, activity.posts)[-(window // month) :]
    return share((active[:-1] & active[1:]).sum(), active[:-1].sum())


def return_after_a_pause(activity: Activity, window: int, month: int = MONTH) -> float:
    """Return the share of those who open threads, and none for a month, who open one in the month after it."""
    active = contributors_by_month(activity, month, activity.posts)[-(window // month) :]
    away = active[:-2] & ~active[1:-1]
    return share((away & active[2:]).sum(), away.sum())

"""What one finished replicate amounts to: numbers from its record. Reads, never draws or writes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adoptsim.domain.definitions import DEFINITION
from adoptsim.engine.groups import by_role, worst_department
from adoptsim.engine.state import ACTIVE_DAYS, COUNT, LEVELS, TALLY, World

Floats = npt.NDArray[np.float64]
SIX_MONTHS: int = DEFINITION.half_year_days


def _share(part: float, whole: float) -> float:
    """Return part / whole, or NaN of nothing."""
    return float(part) / float(whole) if whole else float("nan")


def held_from(above: npt.NDArray[np.bool_], days: int) -> int:
    """Return the first day of the first stretch of ``days`` days above, or -1."""
    if days > len(above):
        return -1
    total = np.concatenate(([0], np.cumsum(above)))
    starts = np.flatnonzero(total[days:] - total[:-days] == days)
    return int(starts[0]) if len(starts) else -1


def reached_critical_mass(share: Floats, threshold: float, held_days: int, check_day: int) -> tuple[float, float]:
    """Return (1 or 0, day): contributors at the threshold for ``held_days``, and still so on ``check_day``.

    The stretch must have begun by the check. The day is the first of the stretch, NaN if not reached. A run that ends
    before the check cannot tell: NaN twice.
    """
    if check_day >= len(share):
        return float("nan"), float("nan")
    first = held_from(share >= threshold, held_days)
    if first < 0 or first > check_day or share[check_day] < threshold:
        return 0.0, float("nan")
    return 1.0, float(first)


def final_values(world: World) -> dict[str, float]:
    """Return the outcomes of the last 21 days (and of the last six months where the name says so)."""
    people = world.place.shape[1]
    n_days = len(world.counts)
    window = min(ACTIVE_DAYS, n_days)
    last = world.counts[-window:].sum(axis=0)
    half_year = world.counts[-min(SIX_MONTHS, n_days) :].sum(axis=0)
    since = n_days - SIX_MONTHS
    visited = world.tally[TALLY.last_visit] >= since
    contributed = world.tally[TALLY.last_contribution] >= since
    interactions = last[COUNT.posts_employee : COUNT.reactions_leader + 1].sum()
    per_month = ACTIVE_DAYS / (window * people)
    answered = last[COUNT.answered] + last[COUNT.acted] + last[COUNT.explained] + last[COUNT.defensive]
    resolved = last[COUNT.answered : COUNT.sanctioned + 1].sum()
    voice = last[COUNT.posts_idea] + last[COUNT.posts_concern]
    silence = last[COUNT.silence_idea] + last[COUNT.silence_concern]
    values = {
        "contributors": world.counts[-1, COUNT.contributors] / people,
        "members": world.counts[-1, COUNT.members] / people,
        "visitors": _share(last[COUNT.visitors], window * people),
        "posts_per_person_month": last[COUNT.posts_employee : COUNT.posts_leader + 1].sum() * per_month,
        "interactions_per_person_month": interactions * per_month,
        "answered_share": _share(answered, resolved),
        "acted_share": _share(last[COUNT.acted], resolved),
        "answer_delay": _share(last[COUNT.answer_delay], answered),
        "silence_share": _share(silence, silence + voice),
        "voice_per_person_month": voice * per_month,
        "inbox_waiting": float(world.counts[-1, COUNT.waiting]),
        "threads_answered_share": _share(last[COUNT.threads_answered], last[COUNT.threads_settled]),
        "visited_six_months": float(visited.mean()),
        "contributed_six_months": float(contributed.mean()),
        "interactions_six_months": half_year[COUNT.posts_employee : COUNT.reactions_leader + 1].sum()
        * ACTIVE_DAYS
        / (min(SIX_MONTHS, n_days) * people),
    }
    values |= {name: float(world.climate[-1, column]) for column, name in enumerate(LEVELS[:3])}
    return values | worst_department(world) | by_role(world)


def outcomes(world: World, *, threshold: float, held_days: int, check_day: int) -> dict[str, float]:
    """Return all outcomes of one replicate by name."""
    share = world.counts[:, COUNT.contributors] / world.place.shape[1]
    reached, day = reached_critical_mass(share, threshold, held_days, check_day)
    return {"reached": reached, "reached_day": day, "peak_contributors": float(share.max())} | final_values(world)

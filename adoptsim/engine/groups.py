"""Who is heard and who is not: a finished replicate's outcomes by role, and in its worst-off department."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.definitions import DEFINITION
from adoptsim.engine.state import (
    ACTIVE_DAYS,
    CHAMPION_ROLE,
    DEPARTMENT,
    LEADER_ROLE,
    MARK,
    OFFICE,
    PLACE,
    TALLY,
    World,
)

Floats = npt.NDArray[np.float64]
GROUPS = ("employee", "champion", "manager", "leader")
"""Everybody is in one: senior leaders; champions; other people with reports; everybody else."""
VOICED_BY = GROUPS[:-1]
"""Who has ideas and concerns to raise; leaders answer them."""


def group_codes(world: World) -> npt.NDArray[np.int64]:
    """Return each person's place in GROUPS by the roles of the last day, shape (N,)."""
    role, manager = world.mark[MARK.role], world.place[PLACE.manager]
    has_reports = np.bincount(manager[manager >= 0], minlength=len(role)) > 0
    conditions = [role == LEADER_ROLE, role == CHAMPION_ROLE, has_reports]
    return np.select(conditions, [GROUPS.index(name) for name in ("leader", "champion", "manager")], 0)


def _ratios(parts: Any, wholes: Any) -> Floats:
    """Return parts / wholes, NaN where there is nothing to divide by."""
    parts, wholes = np.asarray(parts, dtype=np.float64), np.asarray(wholes, dtype=np.float64)
    return np.asarray(np.divide(parts, wholes, out=np.full(len(wholes), np.nan), where=wholes > 0))


def by_role(world: World) -> dict[str, float]:
    """Return the share of each group who contribute (last 21 days); of its voice, what was withheld and what answered."""
    codes, tally, n = group_codes(world), world.tally, len(GROUPS)
    contributing = tally[TALLY.last_contribution] > len(world.counts) - 1 - ACTIVE_DAYS
    silences, voiced, answered = (
        np.bincount(codes, weights=tally[row], minlength=n) for row in (TALLY.silences, TALLY.voiced, TALLY.answered)
    )
    contributors = _ratios(np.bincount(codes, weights=contributing, minlength=n), np.bincount(codes, minlength=n))
    measured = {
        "contributors": (GROUPS, contributors),
        "silence": (VOICED_BY, _ratios(silences, silences + voiced)),
        "answered": (VOICED_BY, _ratios(answered, voiced)),
    }
    return {
        f"{measure}_{group}": float(value)
        for measure, (groups, values) in measured.items()
        for group, value in zip(groups, values, strict=False)
    }


def large_enough(sizes: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which departments are large enough to be named: the largest if none is."""
    return np.asarray(sizes >= min(DEFINITION.least_department, sizes.max()))


def worst_department(world: World) -> dict[str, float]:
    """Return the lowest share of contributors and the lowest safety over departments large enough to tell."""
    sizes = np.diff(world.office[OFFICE.start])
    large = large_enough(sizes)
    last = world.departments[-1][large]
    return {
        "worst_department_contributors": float(shrunk_shares(last[:, DEPARTMENT.contributors], sizes[large]).min()),
        "worst_department_safety": float(last[:, DEPARTMENT.safety].min()),
    }


def shrunk_shares(parts: npt.ArrayLike, sizes: npt.ArrayLike) -> Floats:
    """Return each group's share drawn towards that of all, by as much as chance explains the spread between groups.

    The lowest of many small shares is mostly chance: five people of whom each contributes with a chance of .2 show a
    share of 0 every third time. The spread beyond chance is estimated as the correlation of two members of a group
    (moments: Kleinman 1973); a group of n then keeps n rho / (n rho + 1 - rho) of its distance (Efron & Morris 1975).
    """
    parts, sizes = np.asarray(parts, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    shares, n_people, beyond = parts / sizes, float(sizes.sum()), len(sizes) - 1
    overall = float(parts.sum()) / n_people
    by_chance, room = overall * (1.0 - overall), n_people - float((sizes**2).sum()) / n_people - beyond
    if by_chance == 0.0 or room <= 0.0:
        return np.full(len(sizes), overall)
    spread = float((sizes * (shares - overall) ** 2).sum()) / by_chance
    rho = min(1.0, max(0.0, (spread - beyond) / room))
    return np.asarray(overall + (shares - overall) * sizes * rho / (sizes * rho + 1.0 - rho))

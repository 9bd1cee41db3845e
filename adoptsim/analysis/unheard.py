"""Who is unheard: what a policy does for each role, and for the department in which fewest contribute."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.people import department_name
from adoptsim.compare import Comparison, beyond_luck
from adoptsim.domain.intervals import Interval, mean_interval
from adoptsim.engine.groups import GROUPS, VOICED_BY, large_enough
from adoptsim.engine.state import DEPARTMENT
from adoptsim.simulation import OrganisationSource, Result, as_dict

Floats = npt.NDArray[np.float64]
WORST_OFF = "worst_department_contributors"
MEASURES = {"contributors": GROUPS, "silence": VOICED_BY, "answered": VOICED_BY}
"""What is measured of which groups; outcomes are called ``contributors_employee`` and so on."""
LEAST_TO_SPLIT = 8
"""From so many runs on, half of them choose the worst-off department and the other half measure it."""


def unheard(result: Result) -> dict[str, Any]:
    """Return shares by role, and the worst-off department, as plain data with 95 % intervals.

    ``roles[role]``: contributors (last 21 days, of the role's people); of its ideas and concerns over the whole run, the
    share kept back (silence) and, of those posted, the share answered. ``worst_department``: its contributors, chance
    taken out; and, where all runs have the same departments, its name, size and contributors.
    """
    roles = {group: {measure: as_dict(result.interval(f"{measure}_{group}")) for measure in _of(group)} for group in GROUPS}
    return {
        "roles": roles,
        "worst_department": {"contributors": as_dict(result.interval(WORST_OFF)), "named": named_worst_off(result)},
        "lowest_role": lowest_role(result),
    }


def _of(group: str) -> list[str]:
    return [measure for measure, groups in MEASURES.items() if group in groups]


def lowest_role(result: Result) -> str:
    """Return the role of whose people the fewest contribute."""
    shares = {group: result.interval(f"contributors_{group}").value for group in GROUPS}
    known = {group: share for group, share in shares.items() if share == share}
    return min(known, key=known.__getitem__)


def by_department(result: Result) -> list[dict[str, Any]]:
    """Return the share of each department's people who contribute in the last month, the lowest first, with intervals.

    Departments too small to tell are left out; nothing where each run has departments of its own. The lowest of many is
    so partly by luck: `named_worst_off` is what may be said of one.
    """
    spec = result.scenario.organisation
    if spec.people_file is None and not spec.same_for_all_replicates:
        return []
    organisation = OrganisationSource(spec, result.seed).organisation(0)
    sizes = np.diff(organisation.department_start)
    shares = np.stack([months[-1, :, DEPARTMENT.contributors] for months in result.departments]) / sizes
    told = [
        {
            "department": department_name(organisation, place),
            "people": int(sizes[place]),
            "contributors": as_dict(mean_interval(shares[:, place])),
        }
        for place in np.flatnonzero(large_enough(sizes)).tolist()
    ]
    return sorted(told, key=lambda row: row["contributors"]["mean"] or 0.0)


def named_worst_off(result: Result) -> dict[str, Any] | None:
    """Return the department in which fewest contribute, by name; None where each run has departments of its own.

    The lowest of many is chosen partly for its bad luck. So every second run chooses, and the others measure.
    """
    spec = result.scenario.organisation
    if spec.people_file is None and not spec.same_for_all_replicates:
        return None
    organisation = OrganisationSource(spec, result.seed).organisation(0)
    sizes = np.diff(organisation.department_start)
    shares = np.stack([months[-1, :, DEPARTMENT.contributors] for months in result.departments]) / sizes
    place, measured = choose_and_measure(shares[:, large_enough(sizes)])
    department = int(np.flatnonzero(large_enough(sizes))[place])
    return {
        "department": department_name(organisation, department),
        "people": int(sizes[department]),
        "contributors": as_dict(measured),
        "measured_apart": len(shares) >= LEAST_TO_SPLIT,
    }


def choose_and_measure(shares: Floats) -> tuple[int, Interval]:
    """Return which column of float64[runs, departments] is lowest, and its mean in runs that have not chosen it."""
    split = len(shares) >= LEAST_TO_SPLIT
    choosing, measuring = (shares[::2], shares[1::2]) if split else (shares, shares)
    place = int(choosing.mean(axis=0).argmin())
    value, low, high = mean_interval(measuring[:, place])
    return place, Interval(value, max(0.0, low), min(1.0, high)) if low == low else Interval(value, low, high)


def unheard_differences(comparison: Comparison) -> dict[str, Any]:
    """Return by how much each scenario changes the lot of the worst off of the first, in pairs.

    The worst off: the department in which fewest contribute, whichever it is under each scenario; and the role of
    whose people fewest contribute under the first scenario, the same people in all.
    """
    role = lowest_role(comparison.results[0])
    names = [WORST_OFF, *(f"{measure}_{role}" for measure in _of(role))]
    return {
        "lowest_role": role,
        "results": [{name: as_dict(result.interval(name)) for name in names} for result in comparison.results],
        "differences": [
            {"scenario": comparison.names[other]} | {name: _difference(comparison, name, other) for name in names}
            for other in range(1, len(comparison.results))
        ],
    }


def _difference(comparison: Comparison, name: str, other: int) -> dict[str, Any]:
    difference = comparison.difference(name, other)
    return as_dict(difference) | {"beyond_luck": beyond_luck(difference)}

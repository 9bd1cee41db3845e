"""From practices in time to the levers' values on each day, for each group of departments under the same practices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.levers import LEVER, LEVERS, from_link, to_link
from adoptsim.domain.practices import PRACTICES, Practice
from adoptsim.domain.scenario import PracticeUse, Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Policy:
    """Levers by day: ``table`` float64[days, groups, levers], ``before`` float64[groups, levers] without any practice."""

    table: Floats
    before: Floats
    group_of_department: npt.NDArray[np.int64]
    intensity: dict[str, Floats]
    share_of_staff: dict[str, float]

    def crowd_of_department(self, lever: str) -> npt.NDArray[np.int64]:
        """Return each department's crowd, from 0 on: departments in which a lever has the same course share one."""
        courses = self.table[:, :, getattr(LEVER, lever)]
        _, crowd = np.unique(courses, axis=1, return_inverse=True)
        return np.asarray(crowd.reshape(-1)[self.group_of_department], dtype=np.int64)


def intensity_by_day(use: PracticeUse, end: int, n_days: int) -> Floats:
    """Return a practice's intensity on each day: a linear ramp from its start, nothing from its end on."""
    day = np.arange(n_days)
    risen = np.ones(n_days) if use.ramp == 0 else np.clip((day - use.start + 1) / use.ramp, 0.0, 1.0)
    return np.where((day >= use.start) & (day < end), use.intensity * risen, 0.0)


def effects_of(practice: Practice, use: PracticeUse) -> dict[str, float]:
    """Return the shift of each lever, on its link scale, at full intensity, as the practice is used here."""
    to = practice.misuse if use.misused else practice.variants[use.variant] if use.variant else practice.to
    return {name: to_link(LEVERS[name], value) - to_link(LEVERS[name], LEVERS[name].default) for name, value in to.items()}


def make_policy(
    scenario: Scenario, department_names: Sequence[str], department_sizes: npt.NDArray[np.int64] | None = None
) -> Policy:
    """Return the levers of a scenario; a department that doesn't exist raises ``InputError``."""
    n_days = scenario.horizon.days
    # the registry's order, not the file's: sums of floating-point numbers must not depend on how a file is written
    uses = {name: scenario.practices[name] for name in PRACTICES if name in scenario.practices}
    covers = np.ones((len(department_names), len(uses)), dtype=bool)
    for column, (name, use) in enumerate(uses.items()):
        if use.departments is not None:
            check_departments(scenario, name, department_names)
            covers[:, column] = [department in use.departments for department in department_names]
    patterns, group_of_department = np.unique(covers, axis=0, return_inverse=True)
    intensity = {name: intensity_by_day(use, scenario.practice_end(name), n_days) for name, use in uses.items()}
    table = np.empty((n_days, len(patterns), len(LEVERS)))
    before = np.empty((len(patterns), len(LEVERS)))
    shifts = {name: effects_of(PRACTICES[name], use) for name, use in uses.items()}
    for column, lever in enumerate(LEVERS.values()):
        base = to_link(lever, scenario.levers.get(lever.name, lever.default))
        before[:, column] = from_link(lever, np.array(base))
        moving = [(row, name) for row, name in enumerate(uses) if lever.name in shifts[name]]
        if not moving:
            table[:, :, column] = before[:, column]
            continue
        scaled = np.full((n_days, len(patterns)), base)
        for row, name in moving:
            scaled += intensity[name][:, None] * shifts[name][lever.name] * patterns[None, :, row]
        table[:, :, column] = from_link(lever, scaled)
    sizes = np.ones(len(department_names)) if department_sizes is None else department_sizes
    share = {name: float(sizes[covers[:, column]].sum() / sizes.sum()) for column, name in enumerate(uses)}
    return Policy(table, before, group_of_department.reshape(-1).astype(np.int64), intensity, share)


def check_departments(scenario: Scenario, name: str, known: Sequence[str]) -> None:
    """Raise ``InputError`` if a practice is limited to a department that isn't among the ``known`` ones."""
    wanted = scenario.practices[name].departments or ()
    missing = [department for department in dict.fromkeys(wanted) if department not in known]
    if not missing:
        return
    there = ", ".join(known[:12]) + (f" and so on to {known[-1]}" if len(known) > 12 else "")
    said = f"no department is called {', '.join(missing)}; there are {there}"
    organisation = scenario.organisation
    if organisation.people_file is None and not organisation.same_for_all_replicates:
        said += (
            ". Each replicate draws an organisation of its own, and they differ in how many departments they have: name"
            " departments that all have (low numbers), or give organisation.same_for_all_replicates: true"
        )
    raise InputError(Problem(said, field=f"practices.{name}.departments"))

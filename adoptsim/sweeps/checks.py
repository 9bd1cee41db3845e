"""Whether a plan can be run at all: its organisations' files and departments, once each. Reads; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adoptsim import files
from adoptsim.domain.organisation import generated_department_names
from adoptsim.domain.policy import check_departments
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.sweeps.plan import DesignPoint, Plan


def see_that_it_can_run(plan: Plan) -> None:
    """Raise ``InputError`` for a mistake that would otherwise be found in every run, or late in the sweep.

    An organisation's files are read once. The departments that practices are limited to are looked for in every replicate
    of each set of people, since generated organisations differ in how many they have, but not at every point.
    """
    limited = [name for name, use in plan.base.practices.items() if use.departments is not None]
    for points in _by_people(plan).values():
        spec = plan.scenario(points[0].key).organisation
        in_use = [name for name in limited if any(_uses(point, name) for point in points)]
        if spec.people_file is None and not in_use:
            continue
        for known in _department_names(spec, plan):
            for name in in_use:
                check_departments(plan.base, name, known)


def _by_people(plan: Plan) -> dict[object, list[DesignPoint]]:
    """Return the points by what decides who is there and in which department: files, or how many people."""
    alike: dict[object, list[DesignPoint]] = {}
    for point in _every(plan):
        people = None if plan.base.organisation.people_file else point.factors.get("organisation.people")
        alike.setdefault(people, []).append(point)
    return alike


def _every(plan: Plan) -> Iterable[DesignPoint]:
    return (*plan.points, *plan.only_baselines)


def _uses(point: DesignPoint, practice: str) -> bool:
    """Return whether a practice of the base scenario is in use at a point."""
    target = f"practices.{practice}"
    return bool(point.factors.get(target, point.factors.get(f"{target}.intensity", True)))


def _department_names(spec: OrganisationSpec, plan: Plan) -> Iterator[tuple[str, ...]]:
    """Give the departments of each organisation that is different: of files, of one for all, or of every replicate."""
    if spec.people_file is not None:
        yield files.read_organisation(spec, seed=plan.seed, replicate=0).department_names
        return
    for replicate in range(1 if spec.same_for_all_replicates else plan.replicates):
        yield generated_department_names(spec.people, seed=plan.seed, replicate=replicate)

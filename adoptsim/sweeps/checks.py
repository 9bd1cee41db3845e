"""Whether a plan can be run at all: its organisations' files and departments, once each. Reads; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable

from adoptsim import files
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.policy import make_policy
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.simulation import OrganisationSource
from adoptsim.sweeps.plan import DesignPoint, Plan


def see_that_it_can_run(plan: Plan) -> None:
    """Raise ``InputError`` for a mistake that would otherwise be found in every run.

    An organisation's files are read once, and the departments that practices are limited to are looked for once in each
    set of people, not at every point.
    """
    limited = [name for name, use in plan.base.practices.items() if use.departments is not None]
    for points in _by_people(plan).values():
        spec = plan.scenario(points[0].key).organisation
        in_use = [name for name in limited if any(_uses(point, name) for point in points)]
        if spec.people_file is None and not in_use:
            continue
        organisation = _organisation(spec, plan.seed)
        practices = {name: plan.base.practices[name] for name in in_use}
        make_policy(plan.base.model_copy(update={"practices": practices}), organisation.department_names)


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


def _organisation(spec: OrganisationSpec, seed: int) -> Organisation:
    if spec.people_file is not None:
        return files.read_organisation(spec, seed=seed, replicate=0)
    return OrganisationSource(spec, seed).organisation(0)

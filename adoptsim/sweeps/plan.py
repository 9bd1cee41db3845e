"""What a sweep has to run: the points of a design, each named by everything that decides its runs. Computes no run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from adoptsim import files
from adoptsim.domain.scenario import OrganisationSpec, Scenario
from adoptsim.simulation import model_version
from adoptsim.sweeps.designs import Point
from adoptsim.sweeps.experiment import Experiment, design_points
from adoptsim.sweeps.precision import Precision
from adoptsim.sweeps.scenarios import apply_point
from adoptsim.sweeps.worlds import world_of

KEY_LENGTH = 32  # hexadecimal digits: 128 bits, no two alike by chance
REPLICATE_BLOCK = 128  # replicates of all points that are run before the next: their organisations stay in memory


class Job(NamedTuple):
    """One run to do: a replicate of what a point key stands for."""

    point_key: str
    replicate: int

    @property
    def run_key(self) -> str:
        """Return the run's name: a hash of model version, resolved scenario, seed and replicate."""
        return _hash(f"{self.point_key}/{self.replicate}")


@dataclass(frozen=True, slots=True)
class DesignPoint:
    """A point of the design: its levels, its key, which organisation it needs, how many practices it uses."""

    factors: Point
    key: str
    organisation: str
    n_practices: int


@dataclass(frozen=True)
class Plan:
    """An experiment, resolved: the same plan on any machine that has the same model and the same input."""

    experiment: Experiment
    base: Scenario
    seed: int
    replicates: int
    model_version: str
    points: tuple[DesignPoint, ...]
    precision: Precision | None = None
    baselines: Mapping[str, str] = field(default_factory=dict)
    """By point key the key of the base scenario in the same world, to which a precision compares it."""
    only_baselines: tuple[DesignPoint, ...] = ()
    """Baselines that are no points of the design."""

    @cached_property
    def by_key(self) -> dict[str, DesignPoint]:
        """Return the points by key; points that are the same scenario share a key, and so their runs."""
        return {point.key: point for point in reversed(self.points)}

    @property
    def n_runs(self) -> int:
        """Return how many different runs there are."""
        return len(self.by_key) * self.replicates

    @cached_property
    def _every(self) -> dict[str, DesignPoint]:
        return self.by_key | {point.key: point for point in self.only_baselines}

    def __contains__(self, key: object) -> bool:
        return key in self._every

    def point(self, key: str) -> DesignPoint:
        """Return the point, or the baseline, that a key stands for."""
        return self._every[key]

    def scenario(self, key: str) -> Scenario:
        """Return the scenario that a key stands for."""
        return apply_point(self.base, self._every[key].factors)

    def in_order(self) -> list[DesignPoint]:
        """Return the points in the order in which they are best run.

        Points that share an organisation follow each other, otherwise in the order of their keys, which is as good as
        shuffled: so what a sweep has done so far is a fair sample, and the time it still needs can be told.
        """
        return sorted(self.by_key.values(), key=lambda point: (point.organisation, point.key))

    def jobs(self) -> Iterator[Job]:
        """Yield all runs in the order in which they are best done."""
        points = self.in_order()
        for first in range(0, self.replicates, REPLICATE_BLOCK):
            for point in points:
                for replicate in range(first, min(first + REPLICATE_BLOCK, self.replicates)):
                    yield Job(point.key, replicate)


def make_plan(
    experiment: Experiment,
    *,
    seed: int | None = None,
    replicates: int | None = None,
    precision: Precision | None = None,
) -> Plan:
    """Return the plan of an experiment; what it leaves to the caller is taken from the experiment."""
    experiment = experiment.with_tables()
    seed = experiment.seed if seed is None else seed
    replicates = experiment.replicates if replicates is None else replicates
    base, version, keys = experiment.base(), model_version(), _Keys()
    points = tuple(keys.point(factors, apply_point(base, factors), version, seed) for factors in design_points(experiment))
    plan = Plan(experiment, base, seed, replicates, version, points)
    return plan if precision is None else _with_baselines(plan, precision, keys)


def _with_baselines(plan: Plan, precision: Precision, keys: _Keys) -> Plan:
    """Return the plan with each point's baseline: what is not known as in the point, what is decided as in the base."""
    by_world: dict[str, DesignPoint] = {}
    baselines: dict[str, str] = {}
    for point in plan.points:
        world = world_of(plan.experiment, point.factors)
        name = canonical(world)
        if name not in by_world:
            by_world[name] = keys.point(world, apply_point(plan.base, world), plan.model_version, plan.seed)
        baselines[point.key] = by_world[name].key
    extra = {point.key: point for point in by_world.values() if point.key not in plan.by_key}
    return replace(
        plan, replicates=precision.most, precision=precision, baselines=baselines, only_baselines=tuple(extra.values())
    )


def organisation_key(scenario: Scenario) -> str:
    """Return what names a scenario's organisation: its fields, and what its files hold."""
    spec = scenario.organisation
    inputs = resolved_inputs(scenario, files.content_digest(spec) if spec.people_file is not None else "")
    return _hash(canonical(inputs["organisation"]))


def resolved_inputs(scenario: Scenario, contents: str) -> dict[str, Any]:
    """Return all inputs of a scenario in canonical form, files by what they hold, not where they lie."""
    resolved = scenario.resolved()
    if contents:
        resolved["organisation"] |= {"people_file": contents, "ties_file": contents}
    return resolved


def canonical(value: Any) -> str:
    """Return the one JSON text of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class _Keys:
    """Names points; reads an organisation's files once."""

    def __init__(self) -> None:
        self._contents: dict[OrganisationSpec, str] = {}

    def point(self, factors: Point, scenario: Scenario, version: str, seed: int) -> DesignPoint:
        """Return a point with its key."""
        inputs = resolved_inputs(scenario, self._contents_of(scenario.organisation))
        return DesignPoint(
            factors=factors,
            key=_hash(canonical({"model": version, "scenario": inputs, "seed": seed})),
            organisation=_hash(canonical(inputs["organisation"])),
            n_practices=sum(use.intensity > 0 for use in scenario.practices.values()),
        )

    def _contents_of(self, spec: OrganisationSpec) -> str:
        if spec not in self._contents:
            self._contents[spec] = files.content_digest(spec)
        return self._contents[spec]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]

"""Policies and worlds: what is decided and what is not known, put together each with each or side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adoptsim.sweeps.designs import DESIGNS, POINTS, Point
from adoptsim.sweeps.ranges import Varied

if TYPE_CHECKING:
    from adoptsim.sweeps.experiment import Experiment

Sampling = Literal["product", "paired"]
PRODUCT, PAIRED = "product", "paired"
_OTHER_LUCK = 0x9E3779B9  # so that worlds are not drawn as policies are


@dataclass(frozen=True, slots=True)
class Part:
    """What a design is asked for: the worlds of an experiment."""

    vary: Mapping[str, Varied]
    design: str
    samples: int | None
    seed: int
    resolution: int | None = None


def n_worlds(experiment: Experiment) -> int:
    """Return with how many worlds each policy is put together; 1 if everything is known."""
    if not experiment.uncertain:
        return 1
    part = _part(experiment, experiment.worlds)
    n = DESIGNS[part.design].n_points(part)
    return min(n, experiment.worlds or n) if part.design == POINTS else n


def with_worlds(experiment: Experiment, policies: list[Point]) -> list[Point]:
    """Return every policy in every world, or in paired sampling each policy in a world of its own."""
    if not experiment.uncertain:
        return policies
    if experiment.sampling == PAIRED:
        worlds = _paired_worlds(experiment, len(policies))
        return [policy | world for policy, world in zip(policies, worlds, strict=True)]
    worlds = _worlds(experiment)
    return [policy | world for policy in policies for world in worlds]


def world_of(experiment: Experiment, point: Point) -> Point:
    """Return the part of a point that is not decided."""
    return {target: level for target, level in point.items() if target in (experiment.uncertain or {})}


def _worlds(experiment: Experiment) -> list[Point]:
    """Return all worlds; of a table with more than are asked for, some, chosen by the seed."""
    part = _part(experiment, experiment.worlds)
    found = DESIGNS[part.design](part)
    if part.design == POINTS and experiment.worlds is not None and experiment.worlds < len(found):
        return [found[place] for place in sorted(_shuffled(len(found), part.seed)[: experiment.worlds])]
    return found


def _paired_worlds(experiment: Experiment, n: int) -> list[Point]:
    """Return a world a policy: drawn as many as there are policies, or a table's in an order that the seed gives."""
    part = _part(experiment, n)
    design = DESIGNS[part.design]
    if design.samples is not None:
        samples = 1 << max(1, (n - 1).bit_length()) if design.needs_power_of_two else max(2, n)
        return design(_part(experiment, samples))[:n]
    found = design(part)
    order = _shuffled(len(found), part.seed)
    return [found[order[place % len(found)]] for place in range(n)]


def _part(experiment: Experiment, samples: int | None) -> Part:
    uncertain = experiment.uncertain if isinstance(experiment.uncertain, dict) else {}
    return Part(uncertain, experiment.uncertain_design, samples, (experiment.seed + _OTHER_LUCK) % 2**32)


def _shuffled(n: int, seed: int) -> list[int]:
    import numpy as np

    order: list[int] = np.random.default_rng(seed).permutation(n).tolist()
    return order

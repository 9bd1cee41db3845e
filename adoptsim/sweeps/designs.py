"""How the points of an experiment are chosen. A design is a function of the experiment alone: always the same order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.sweeps.ranges import Level, Varied, drawn_level, nearest_level

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from adoptsim.sweeps.experiment import Experiment

    Floats = npt.NDArray[np.float64]

Point = dict[str, Level]
GRID_LEVELS = 4  # of a Morris trajectory (Morris 1991): places 0, 1/3, 2/3 and 1
MOST_SAMPLES = 65_536


@dataclass(frozen=True, slots=True)
class Design:
    """A way to choose points; ``samples`` is how many when the experiment doesn't say, None when it takes all levels."""

    points: Callable[[Experiment], list[Point]]
    n_points: Callable[[Experiment], int]
    samples: int | None = None
    needs_power_of_two: bool = False

    def __call__(self, experiment: Experiment) -> list[Point]:
        """Return the points of an experiment."""
        return self.points(experiment)


def full_factorial(experiment: Experiment) -> list[Point]:
    """Return every combination; the first target changes slowest, the last fastest; first all first levels."""
    targets = list(experiment.vary)
    return [dict(zip(targets, levels, strict=True)) for levels in itertools.product(*_all_levels(experiment))]


def morris(experiment: Experiment) -> list[Point]:
    """Return trajectories that move one target a step (Morris 1991), one after the other: samples * (targets + 1)."""
    return _at_places(experiment, morris_places(len(experiment.vary), n_samples(experiment), experiment.seed), nearest_level)


def saltelli(experiment: Experiment) -> list[Point]:
    """Return points A, A with each target from B in turn, and B, of a Sobol' sequence: samples * (targets + 2).

    Saltelli et al. 2010; block after block, one a sample.
    """
    return _at_places(experiment, saltelli_places(len(experiment.vary), n_samples(experiment), experiment.seed), drawn_level)


def latin_hypercube(experiment: Experiment) -> list[Point]:
    """Return points spread so that each part of every target is met once (McKay et al. 1979): as many as samples."""
    import numpy as np

    generator, n = np.random.default_rng(experiment.seed), n_samples(experiment)
    parts = generator.permuted(np.tile(np.arange(n), (len(experiment.vary), 1)), axis=1).T
    return _at_places(experiment, (parts + generator.random(parts.shape)) / n, drawn_level)


def morris_places(n_targets: int, n_trajectories: int, seed: int) -> Floats:
    """Return the places of Morris trajectories, float64[trajectories * (targets + 1), targets] in 0 to 1."""
    need_salib()
    from SALib.sample.morris import sample

    places: Floats = sample(salib_problem(n_targets), n_trajectories, num_levels=GRID_LEVELS, seed=seed)
    return places


def saltelli_places(n_targets: int, samples: int, seed: int) -> Floats:
    """Return the places of a Saltelli design, float64[samples * (targets + 2), targets] in 0 to 1."""
    need_salib()
    from SALib.sample.sobol import sample

    places: Floats = sample(salib_problem(n_targets), samples, calc_second_order=False, seed=seed)
    return places


def salib_problem(n_targets: int) -> dict[str, Any]:
    """Return what SALib calls a problem: places from 0 to 1; which level stands at a place is ours to say."""
    return {"num_vars": n_targets, "names": [str(i) for i in range(n_targets)], "bounds": [[0.0, 1.0]] * n_targets}


def need_salib() -> None:
    """Raise ``InputError`` with how to install SALib, if it is missing."""
    if not find_spec("SALib"):
        message = "Morris and Sobol' designs need SALib, which is not installed: pip install SALib"
        raise InputError(Problem(f"{message} (or adoptsim with its extra 'analysis')"))


def n_samples(experiment: Experiment) -> int:
    """Return how many trajectories or base points a drawn design has."""
    return experiment.samples or DESIGNS[experiment.design].samples or 1


def _at_places(experiment: Experiment, places: Floats, level: Callable[[Varied, float], Any]) -> list[Point]:
    vary: Mapping[str, Varied] = experiment.vary
    return [
        {target: level(varied, place) for (target, varied), place in zip(vary.items(), row, strict=True)}
        for row in places.tolist()
    ]


def _all_levels(experiment: Experiment) -> list[Sequence[Any]]:
    return [varied for varied in experiment.vary.values() if isinstance(varied, tuple)]


DESIGNS: dict[str, Design] = {
    "full_factorial": Design(full_factorial, lambda asked: math.prod(map(len, _all_levels(asked)))),
    "latin_hypercube": Design(latin_hypercube, n_samples, samples=400),
    "morris": Design(morris, lambda asked: n_samples(asked) * (len(asked.vary) + 1), samples=20),
    "saltelli": Design(
        saltelli, lambda asked: n_samples(asked) * (len(asked.vary) + 2), samples=256, needs_power_of_two=True
    ),
}
"""How points are chosen, by name."""

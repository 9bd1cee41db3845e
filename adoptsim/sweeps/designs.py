"""How points are chosen among what is varied. A design is a function of what it is asked alone: always the same order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from adoptsim.domain.errors import InputError, Problem
from adoptsim.sweeps.ranges import Level, Varied, drawn_level, nearest_level

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Point = dict[str, Level]
GRID_LEVELS = 4  # of a Morris trajectory (Morris 1991): places 0, 1/3, 2/3 and 1
MOST_SAMPLES = 65_536
RESOLUTION = 4  # of a fraction: no main effect is mixed up with another or with what two targets do together
RESOLUTIONS = (3, 4, 5)
POINTS = "points"


class Asked(Protocol):
    """What a design needs to know: an experiment, or the part of one that is not known."""

    @property
    def vary(self) -> Mapping[str, Varied]:
        """What is varied."""

    @property
    def design(self) -> str:
        """How."""

    @property
    def samples(self) -> int | None:
        """How often a design draws; None: as often as it does by itself."""

    @property
    def seed(self) -> int:
        """Which luck."""

    @property
    def resolution(self) -> int | None:
        """Of a fraction."""


@dataclass(frozen=True, slots=True)
class Design:
    """A way to choose points; ``samples`` is how many when it isn't said, None when it takes levels as they are."""

    points: Callable[[Asked], list[Point]]
    n_points: Callable[[Asked], int]
    samples: int | None = None
    needs_power_of_two: bool = False
    takes_ranges: bool = True

    def __call__(self, asked: Asked) -> list[Point]:
        """Return the points."""
        return self.points(asked)


def full_factorial(asked: Asked) -> list[Point]:
    """Return every combination; the first target changes slowest, the last fastest; first all first levels."""
    targets = list(asked.vary)
    return [dict(zip(targets, levels, strict=True)) for levels in itertools.product(*_all_levels(asked))]


def fractional_factorial(asked: Asked) -> list[Point]:
    """Return a regular two-level fraction (Box & Hunter 1961): the fewest runs that a greedy choice of generators finds.

    Of resolution 3 no main effect is mixed up with another; of 4 not with what two targets do together either; of 5 those
    pairs are not mixed up with each other. First all first levels.
    """
    places = fraction_places(len(asked.vary), asked.resolution or RESOLUTION)
    return _at_places(asked, places, nearest_level)


def latin_hypercube(asked: Asked) -> list[Point]:
    """Return points with each target once in each of as many equal parts of its range (McKay, Beckman & Conover 1979)."""
    return _at_places(asked, _drawn_places(asked, "LatinHypercube"), drawn_level)


def sobol(asked: Asked) -> list[Point]:
    """Return the points of a scrambled Sobol' sequence (Sobol' 1967; Owen 1998): spread more evenly than by chance."""
    return _at_places(asked, _drawn_places(asked, "Sobol"), drawn_level)


def random(asked: Asked) -> list[Point]:
    """Return points drawn at random, each target on its own."""
    import numpy as np

    places = np.random.default_rng(asked.seed).random((n_samples(asked), len(asked.vary)))
    return _at_places(asked, places, drawn_level)


def points(asked: Asked) -> list[Point]:
    """Return a table's points, row after row: the first levels of all targets, then the second, and so on."""
    targets = list(asked.vary)
    return [dict(zip(targets, levels, strict=True)) for levels in zip(*_all_levels(asked), strict=True)]


def morris(asked: Asked) -> list[Point]:
    """Return trajectories that move one target a step (Morris 1991), one after the other: samples * (targets + 1)."""
    return _at_places(asked, morris_places(len(asked.vary), n_samples(asked), asked.seed), nearest_level)


def saltelli(asked: Asked) -> list[Point]:
    """Return points A, A with each target from B in turn, and B, of a Sobol' sequence: samples * (targets + 2).

    Saltelli et al. 2010; block after block, one a sample.
    """
    return _at_places(asked, saltelli_places(len(asked.vary), n_samples(asked), asked.seed), drawn_level)


def fraction_places(n_targets: int, resolution: int) -> Floats:
    """Return the places of a two-level fraction, float64[2 ** k, targets] of 0 and 1, all 0 first."""
    import numpy as np

    k, words = _words(n_targets, resolution)
    runs = np.arange(1 << k)[:, None]
    places: Floats = (np.bitwise_count(runs & np.asarray(words)) % 2).astype(np.float64)
    return places


def _words(n_targets: int, resolution: int) -> tuple[int, list[int]]:
    """Return how many targets run freely, and of each target which of those (as bits) its column multiplies.

    Any ``resolution - 1`` columns are independent: what a fraction of that resolution is. Numbers are tried in order,
    which for resolutions 3 and 4 leads to the fewest runs possible (the Hamming codes are lexicodes: Conway & Sloane
    1986). pyDOE3's ``fracfact_by_res`` looks at the length of single words only: its 32 runs of ten targets, said to be
    of resolution 5, are of 4; its 32 runs of twenty, said to be of 4, are of 3.
    """
    for k in itertools.count(1):
        words: list[int] = []
        sums: list[set[int]] = [{0}] + [set() for _ in range(resolution - 2)]  # of so many columns
        for word in range(1, 1 << k):
            if not any(word in some for some in sums):
                words.append(word)
                for several in range(resolution - 2, 0, -1):
                    sums[several] |= {before ^ word for before in sums[several - 1]}
            if len(words) == n_targets:
                return k, words
    raise AssertionError("unreachable")


def _drawn_places(asked: Asked, engine: str) -> Floats:
    """Return places from 0 to 1 of one of SciPy's engines, float64[samples, targets]."""
    import numpy as np
    from scipy.stats import qmc

    drawn = getattr(qmc, engine)(len(asked.vary), rng=np.random.default_rng(asked.seed))
    places: Floats = drawn.random(n_samples(asked))
    return places


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


def n_samples(asked: Asked) -> int:
    """Return how many trajectories, base points or points a design draws."""
    return asked.samples or DESIGNS[asked.design].samples or 1


def _at_places(asked: Asked, places: Floats, level: Callable[[Varied, float], Any]) -> list[Point]:
    return [
        {target: level(varied, place) for (target, varied), place in zip(asked.vary.items(), row, strict=True)}
        for row in places.tolist()
    ]


def _all_levels(asked: Asked) -> list[Sequence[Any]]:
    return [varied for varied in asked.vary.values() if isinstance(varied, tuple)]


DESIGNS: dict[str, Design] = {
    "full_factorial": Design(full_factorial, lambda asked: math.prod(map(len, _all_levels(asked))), takes_ranges=False),
    "fractional_factorial": Design(
        fractional_factorial, lambda asked: 1 << _words(len(asked.vary), asked.resolution or RESOLUTION)[0]
    ),
    "latin_hypercube": Design(latin_hypercube, n_samples, samples=400),
    "sobol": Design(sobol, n_samples, samples=128, needs_power_of_two=True),
    "random": Design(random, n_samples, samples=100),
    "morris": Design(morris, lambda asked: n_samples(asked) * (len(asked.vary) + 1), samples=20),
    "saltelli": Design(
        saltelli, lambda asked: n_samples(asked) * (len(asked.vary) + 2), samples=256, needs_power_of_two=True
    ),
    POINTS: Design(points, lambda asked: len(_all_levels(asked)[0]) if asked.vary else 0, takes_ranges=False),
}
"""How points are chosen, by name."""

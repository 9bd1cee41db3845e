"""A phase diagram: P(lives) over any two settings, on a grid that is coarse where the answer is sure and fine at the edge.

Every point has the same organisations and luck. A point gets more runs, and a cell is cut in four, only where it is not
yet clear on which side of one half P(lives) lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.edge import finite
from adoptsim.analysis.living import ALONE_DAYS, SamePeople, Trials, left_alone
from adoptsim.analysis.settings import STARTED, Axis, check_axis, with_levels
from adoptsim.domain.intervals import Interval, wilson
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import SEED, as_dict, model_version
from adoptsim.validation.measure import in_parallel

if TYPE_CHECKING:
    import pandas as pd

Place = tuple[int, int]
"""A point of the finest grid, each coordinate from 0 to ``FINEST``."""
Counts = dict[Place, tuple[int, int]]
"""How many runs of a place live, and how many there are."""
RunMany = Callable[[list[tuple[Place, int]]], list[bool]]
"""Tells of each (place, replicate) whether it lives."""
COARSE, HALVINGS = 4, 2
FINEST = COARSE * 2**HALVINGS
FIRST_RUNS, MOST_RUNS = 8, 16
USUAL_START = 0.2


class Edge(NamedTuple):
    """At a level of the second axis: where along the first P(lives) passes one half, and whether it falls there.

    Minus infinity: it lives on the whole axis (where it falls: dies); infinity: it dies on the whole axis (lives).
    """

    level: float
    at: Interval
    falls: bool


@dataclass(frozen=True)
class Phase:
    """P(lives) at the places that were tried."""

    scenario: Scenario
    seed: int
    days: int
    axes: tuple[Axis, Axis]
    start: float
    lives: Counts

    def levels(self, place: Place) -> tuple[float, float]:
        """Return the settings at a place."""
        return tuple(axis.range.level(step / FINEST) for axis, step in zip(self.axes, place, strict=True))  # type: ignore[return-value]

    def share(self, place: Place) -> Interval:
        """Return P(lives) at a place with its interval."""
        return wilson(*self.lives[place])

    @property
    def runs(self) -> int:
        """Return how many runs there are in all."""
        return sum(n for _, n in self.lives.values())

    def edges(self) -> list[Edge]:
        """Return where P(lives) passes one half along the first axis, at each level of the coarse grid of the second."""
        return [self._edge(row) for row in range(0, FINEST + 1, FINEST // COARSE)]

    def _edge(self, row: int) -> Edge:
        steps = sorted(x for x, y in self.lives if y == row)
        table = np.array([self.share((x, row)) for x in steps])
        falls = table[-1, 0] < table[0, 0]
        flipped = 1.0 - table[:, [0, 2, 1]] if falls else table
        at = (passes_half(np.array(steps), flipped[:, column]) for column in (0, 2, 1))
        across, along = self.axes
        levels = [bound if math.isinf(bound) else float(across.range.level(bound / FINEST)) for bound in at]
        return Edge(float(along.range.level(row / FINEST)), Interval(*levels), bool(falls))

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return one row a place: both settings, runs, how many live, P(lives) with its interval."""
        import pandas as pd

        rows = []
        for place in sorted(self.lives):
            x, y = self.levels(place)
            alive, n = self.lives[place]
            p, low, high = self.share(place)
            rows.append(
                {self.axes[0].target: x, self.axes[1].target: y, "runs": n, "lives": alive, "p": p, "low": low, "high": high}
            )
        return pd.DataFrame(rows)

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim tipping --phase`` prints, as plain data."""
        points = [
            {"at": list(self.levels(place)), "runs": self.lives[place][1], "lives": as_dict(self.share(place))}
            for place in sorted(self.lives)
        ]
        axes = [{"target": axis.target, "low": axis.range.low, "high": axis.range.high} for axis in self.axes]
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "days": self.days,
            "model_version": model_version(),
            "axes": axes,
            "start": None if STARTED in (axis.target for axis in self.axes) else self.start,
            "runs": self.runs,
            "edge": [
                {"level": edge.level, "at": finite(edge.at), "falls": edge.falls, "on_the_whole_axis": _whole(edge)}
                for edge in self.edges()
            ],
            "points": points,
        }


def _whole(edge: Edge) -> str | None:
    """Return what it does on the whole axis where it passes one half nowhere."""
    if not math.isinf(edge.at.value):
        return None
    return "lives" if (edge.at.value < 0) != edge.falls else "dies"


def phase(
    scenario: Scenario,
    axes: tuple[Axis, Axis],
    *,
    start: float | None = None,
    most_runs: int = MOST_RUNS,
    seed: int = SEED,
    days: int = ALONE_DAYS,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Phase:
    """Return the phase diagram of a scenario left alone over two settings.

    Parameters
    ----------
    start
        The share who begin, where neither axis moves it; the scenario's own, or 20 %, when absent.
    most_runs
        Runs of a place where it is unclear on which side of one half P(lives) lies.
    progress
        Called with the number of runs done, and of those known to be needed.

    Raises ``InputError`` for an axis that moves nothing in a scenario left alone, or leaves its range.
    """
    begin = start if start is not None else scenario.start.contributors or USUAL_START
    alone = left_alone(scenario, days)
    for axis in axes:
        check_axis(alone, axis, "axes")
    field = _Field(alone, axes, begin, seed=seed, days=days)
    done = 0

    def run_many(tasks: list[tuple[Place, int]]) -> list[bool]:
        nonlocal done
        before = done
        tell = None if progress is None else lambda n: progress(before + n, before + len(tasks))
        found = in_parallel(field.lives, tasks, threads, tell)
        done += len(tasks)
        return found

    return Phase(scenario, seed, days, axes, begin, refine(run_many, most_runs))


def refine(run_many: RunMany, most_runs: int = MOST_RUNS) -> Counts:
    """Return what was found at the places of a grid: coarse first, then halved where the edge passes.

    ``run_many`` may be any function of places and replicates, so that this can be held against a known edge.
    """
    found: Counts = {}
    step = FINEST // COARSE
    cells = [(x, y) for x in range(0, FINEST, step) for y in range(0, FINEST, step)]
    while True:
        corners = {corner for cell in cells for corner in corners_of(cell, step)}
        _ask(run_many, found, corners, FIRST_RUNS)
        _ask(run_many, found, [place for place in sorted(corners) if side_of_half(*found[place]) == 0], most_runs)
        if step == 1:
            return found
        cells = [part for cell in cells if _is_cut(found, cell, step) for part in _quarters(cell, step // 2)]
        step //= 2


def passes_half(steps: npt.NDArray[np.int64], shares: npt.NDArray[np.float64]) -> float:
    """Return where a share that rises passes one half, between two tried steps on a straight line; infinite if nowhere."""
    if shares[0] >= 0.5:
        return -math.inf
    beyond = np.flatnonzero(shares >= 0.5)
    if len(beyond) == 0:
        return math.inf
    right = int(beyond[0])
    return float(np.interp(0.5, shares[right - 1 : right + 1], steps[right - 1 : right + 1]))


def corners_of(cell: Place, step: int) -> tuple[Place, ...]:
    """Return the four corners of a cell, given by its lower left one and its size."""
    x, y = cell
    return (x, y), (x + step, y), (x, y + step), (x + step, y + step)


def _quarters(cell: Place, step: int) -> tuple[Place, ...]:
    return corners_of(cell, step)  # the lower left corners of the four


def _ask(run_many: RunMany, found: Counts, places: Iterable[Place], n: int) -> None:
    """Bring places to ``n`` runs."""
    tasks = [(place, run) for place in sorted(places) for run in range(found.get(place, (0, 0))[1], n)]
    for (place, _), alive in zip(tasks, run_many(tasks), strict=True):
        lives, runs = found.get(place, (0, 0))
        found[place] = lives + alive, runs + 1


def side_of_half(lives: int, runs: int) -> int:
    """Return 1 where P(lives) is above one half beyond doubt, -1 where it is below, else 0."""
    _, low, high = wilson(lives, runs)
    return int(low > 0.5) - int(high < 0.5)


def _is_cut(found: Counts, cell: Place, step: int) -> bool:
    """Return whether the edge may pass through a cell: unless all its corners are on one side beyond doubt."""
    sides = {side_of_half(*found[corner]) for corner in corners_of(cell, step)}
    return sides not in ({1}, {-1})


class _Field:
    """Tells at any place whether a run lives; from any thread."""

    def __init__(self, alone: Scenario, axes: tuple[Axis, Axis], start: float, *, seed: int, days: int) -> None:
        self.alone, self.axes, self.start, self.seed, self.days = alone, axes, start, seed, days
        self.source = SamePeople(alone.organisation, seed)
        self.trials: dict[tuple[float, ...], Trials] = {}

    def lives(self, task: tuple[Place, int]) -> bool:
        """Return whether a run at a place lives."""
        place, run = task
        levels = {axis.target: axis.range.level(step / FINEST) for axis, step in zip(self.axes, place, strict=True)}
        start = levels.pop(STARTED, self.start)
        return self._trials(levels).lives(run, start=float(start))

    def _trials(self, levels: dict[str, float | int]) -> Trials:
        name = tuple(levels.values())
        if name not in self.trials:
            scenario = with_levels(self.alone, {target: float(level) for target, level in levels.items()})
            self.trials[name] = Trials(scenario, seed=self.seed, days=self.days, source=self.source)
        return self.trials[name]

"""The fit: parameters moved, round by round, by the least that brings every pattern well inside its range.

Sequential linear programming (Griffith & Stewart 1961; SciPy's HiGHS). Under common random numbers a small change of a
parameter shows in few replicates, so each round measures what every parameter does to every pattern by paired
differences, under several seeds, and a linear programme finds the smallest sum of moves that leaves no pattern too near
its bounds. A search that learns from single values, such as covariance matrix adaptation, needed thousands of trials
with as many parameters as are open here, and left patterns on their bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.optimize import linprog

from adoptsim.validation.check import interval_of
from adoptsim.validation.measure import Floats, Sources, in_parallel, measure
from adoptsim.validation.patterns import Pattern
from adoptsim.validation.priors import from_prior, half_width, open_parameters, quantile_of

SEEDS = (7, 11, 13)
"""None of them is the seed of a validation: what is fitted to one luck must hold under another."""
REPLICATES = {"typical": 24}
OTHERS = 8
STEP = 0.06
"""Half the distance, in quantiles of its prior, over which a parameter's effect is measured."""
REACH = 0.08
"""How far a round moves a parameter at most; half as far after a round that was none the better."""
INSIDE = 0.35
"""Where a pattern should lie: this share of its range's half width inside it."""
PRICE = 0.3
"""Of moving a parameter through all of its prior, in half widths of a range missed: what need not move stays."""

Values = Callable[[Mapping[str, float]], Floats]
"""Gives each pattern's value under each seed, float64[seeds, rows]."""


def values_under(rows: Sequence[Pattern], seeds: Sequence[int] = SEEDS, part: int = 1) -> Values:
    """Return what measures rows under several seeds, the organisations drawn once; a ``part``-th of the replicates."""
    cases = {case for row in rows for case in (row.case, row.against) if case}
    replicates = {case: REPLICATES.get(case, OTHERS) // part for case in cases}
    sources: dict[int, Sources] = {seed: {} for seed in seeds}

    def values(parameters: Mapping[str, float]) -> Floats:
        found = []
        for seed in seeds:
            measured = measure(parameters, rows, replicates, seed, sources[seed])
            found.append([interval_of(row, measured[row.name]).value for row in rows])
        return np.array(found)

    return values


def fit(
    values: Values,
    rows: Sequence[Pattern],
    start: Mapping[str, float],
    *,
    rounds: int,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[dict[str, float], float]:
    """Return the best set of open parameters found from ``start`` on, and by how much it misses ``INSIDE``, summed.

    ``progress`` is called with the number of sets measured; a round takes two a parameter, and one.
    """
    place, done = places_of(start), 0

    def told(number: int) -> None:
        if progress is not None:
            progress(done + number)

    here, reach = values(_at(place)).mean(axis=0), REACH
    for _ in range(rounds):
        effects = effects_at(values, place, workers, told)
        done += 2 * len(place)
        step = least_move(here, effects, rows, np.maximum(-reach, -place), np.minimum(reach, 1.0 - place))
        there = values(_at(place + step)).mean(axis=0)
        done += 1
        told(0)
        if missed(there, rows) < missed(here, rows):
            place, here = place + step, there
        else:
            reach /= 2.0
    return _at(place), missed(here, rows)


def missed(values: Floats, rows: Sequence[Pattern]) -> float:
    """Return by how much values lack of being ``INSIDE`` their ranges, in half widths, summed over rows."""
    pairs = zip(rows, values, strict=True)
    return float(sum(max(0.0, INSIDE - room) for row, value in pairs for room in _rooms(row, value)))


def least_move(here: Floats, effects: Floats, rows: Sequence[Pattern], least: Floats, most: Floats) -> Floats:
    """Return the step of parameters, float64[parameters], that leaves least missed at the least sum of moves.

    Parameters
    ----------
    here
        Each row's value before the step, float64[rows].
    effects
        What a parameter does to a row, per quantile of its prior, float64[parameters, rows].
    least, most
        The step's bounds, float64[parameters]: at most 0, at least 0.
    """
    n, m = len(effects), len(rows)
    conditions, limits = [], []
    for place, row in enumerate(rows):
        for bound, sign in ((row.low, 1.0), (row.high, -1.0)):
            if bound is None:
                continue
            moves = sign * effects[:, place] / half_width(row)
            short = np.zeros(m)
            short[place] = 1.0
            conditions.append(np.concatenate([-moves, moves, -short]))
            limits.append(sign * (here[place] - bound) / half_width(row) - INSIDE)
    costs = np.concatenate([np.full(2 * n, PRICE), np.ones(m)])
    bounds = [(0.0, up) for up in most] + [(0.0, -down) for down in least] + [(0.0, None)] * m
    found = linprog(costs, A_ub=np.array(conditions), b_ub=np.array(limits), bounds=bounds).x
    return np.asarray(found[:n] - found[n : 2 * n])


def _rooms(row: Pattern, value: float) -> list[float]:
    """Return how far inside each of its bounds a value lies, in half widths."""
    bounds = [(row.low, 1.0), (row.high, -1.0)]
    return [sign * (value - bound) / half_width(row) for bound, sign in bounds if bound is not None]


def places_of(parameters: Mapping[str, float]) -> Floats:
    """Return at which quantiles of their priors the open parameters lie, float64[parameters], [0, 1]."""
    quantiles = [quantile_of(each, parameters[name]) for name, each in open_parameters().items()]
    return np.asarray(np.clip(quantiles, 0.0, 1.0))


def effects_at(
    values: Values, place: Floats, workers: int | None = None, progress: Callable[[int], None] = lambda done: None
) -> Floats:
    """Return what each open parameter does to each row, per quantile of its prior, float64[parameters, rows].

    By paired differences, averaged over seeds; effects that may be luck are made smaller. ``progress`` is called with the
    number of sets measured, two a parameter.
    """

    def one(number: int) -> Floats:
        low, high = place.copy(), place.copy()
        low[number], high[number] = max(0.0, place[number] - STEP), min(1.0, place[number] + STEP)
        return np.asarray((values(_at(high)) - values(_at(low))) / (high[number] - low[number]))

    by_seed = np.array(in_parallel(one, range(len(place)), workers, lambda n: progress(2 * n)))
    mean, error = by_seed.mean(axis=1), by_seed.std(axis=1, ddof=1) / np.sqrt(by_seed.shape[1])
    with np.errstate(invalid="ignore"):
        trusted = np.where(mean == 0.0, 0.0, mean**2 / (mean**2 + error**2))
    return np.asarray(mean * trusted)


def _at(quantiles: Floats) -> dict[str, float]:
    chosen = open_parameters().items()
    return {name: from_prior(each, float(q)) for (name, each), q in zip(chosen, quantiles, strict=True)}

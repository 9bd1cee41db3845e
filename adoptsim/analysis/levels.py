"""What each level of a factorial sweep changes: over all combinations of the others, in pairs of people and luck."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.intervals import CONFIDENCE, NOTHING, Interval, mean_interval, paired_difference, proportion_interval

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
OUTCOMES = ("reached", "contributors")
MOST_LEVELS = 12
"""Of a factor that is laid out level by level; a sweep of more draws a curve."""
HARDLY = 0.05
"""A change of the chance to last, certain to be smaller than this either way, is called hardly any."""
WITHIN = {"organisation.champion_placement": "levers.champion_share"}
"""Factors that move more than they are named for, and the factor whose effect they are compared by: where champions sit is
where those sit who would volunteer, champions or not, and these are never lurkers."""


@dataclass(frozen=True, slots=True)
class LevelEffect:
    """One level of a factor: outcomes at it, and their change against the factor's first level."""

    level: Any
    value: dict[str, Interval]
    change: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Alone:
    """What a factor of `WITHIN` moves while the other, ``factor``, is at its first level: its widest contrast there.

    ``contributors``: the contrast of what the other adds, in contributors, whose share is not stretched near a line as a
    chance is; None where they were not measured.
    """

    factor: str
    level: Any
    best: Any
    worst: Any
    contrast: Interval
    contributors: Interval | None


@dataclass(frozen=True, slots=True)
class FactorEffect:
    """A factor's levels in the experiment's order, and the widest difference between two of them in the chance to last.

    With ``alone``, of a factor of `WITHIN`: changes and contrast are of what the other factor adds at a level.
    """

    factor: str
    levels: tuple[LevelEffect, ...]
    best: Any
    worst: Any
    contrast: Interval
    """Of the best level against the worst, chosen after the fact: its interval allows for that, its value does not."""
    alone: Alone | None = None

    @property
    def is_sure(self) -> bool:
        """Return whether the contrast excludes chance."""
        return self.contrast.low > 0.0

    @property
    def is_hardly_any(self) -> bool:
        """Return whether the contrast is certain to be small."""
        return self.contrast.high < HARDLY


def factor_effects(runs: pd.DataFrame) -> tuple[FactorEffect, ...]:
    """Return what each factor changes, the widest contrast first; nothing unless every combination of few levels is there.

    Parameters
    ----------
    runs
        A finished sweep's runs, with the factors in ``attrs``, as `adoptsim.sweeps.results.load_runs` gives them.
    """
    factors = [name for name in runs.attrs["factors"] if name in runs]
    levels = {name: list(dict.fromkeys(runs[name])) for name in factors}
    varied = {name: found for name, found in levels.items() if len(found) > 1}
    outcomes = [name for name in OUTCOMES if name in runs and not runs[name].isna().any()]
    points = runs.drop_duplicates("point")
    is_whole = len(points) == len(points.drop_duplicates(factors)) == math.prod(map(len, levels.values()))
    is_balanced = len(runs) == len(points) * runs["replicate"].nunique()
    few = all(len(found) <= MOST_LEVELS for found in varied.values())
    if "reached" not in outcomes or not (varied and is_whole and is_balanced and few):
        return ()
    effects = [_effect(runs, name, found, outcomes) for name, found in varied.items()]
    return tuple(sorted(effects, key=lambda each: -each.contrast.value))


def _effect(runs: pd.DataFrame, factor: str, levels: Sequence[Any], outcomes: Sequence[str]) -> FactorEffect:
    means = {name: _means(runs, factor, levels, name) for name in outcomes}
    other = WITHIN.get(factor)
    within = other if other in runs.attrs["factors"] and runs[other].nunique() > 1 else None
    compared = means if within is None else {name: _added(runs, factor, levels, within, name) for name in outcomes}
    alone = len(runs) == len(levels) * runs["replicate"].nunique()  # ones and zeros, no shares
    found = tuple(
        LevelEffect(
            level,
            {name: _level(name, means[name][place], alone=alone) for name in outcomes},
            {name: _difference(compared[name][place], compared[name][0]) for name in outcomes},
        )
        for place, level in enumerate(levels)
    )
    best, worst, contrast = _contrast(compared["reached"])
    added = compared.get("contributors")
    contributors = None if added is None else _difference(added[best], added[worst])
    moved = None if within is None else _alone(runs, factor, levels, within, contributors)
    return FactorEffect(factor, found, levels[best], levels[worst], contrast, moved)


def _means(runs: pd.DataFrame, factor: str, levels: Sequence[Any], outcome: str) -> list[Floats]:
    return [_by_replicate(runs[runs[factor] == level], outcome) for level in levels]


def _added(runs: pd.DataFrame, factor: str, levels: Sequence[Any], within: str, outcome: str) -> list[Floats]:
    """Return by level of a factor what the other levels of ``within`` add to its first one, on average."""
    is_first = runs[within] == runs[within].iloc[0]
    pairs = zip(*(_means(runs[part], factor, levels, outcome) for part in (~is_first, is_first)), strict=True)
    return [more - none for more, none in pairs]


def _alone(runs: pd.DataFrame, factor: str, levels: Sequence[Any], within: str, contributors: Interval | None) -> Alone:
    first = runs[within].iloc[0]
    best, worst, contrast = _contrast(_means(runs[runs[within] == first], factor, levels, "reached"))
    return Alone(within, first, levels[best], levels[worst], contrast, contributors)


def _contrast(values: Sequence[Floats]) -> tuple[int, int, Interval]:
    """Return the places of the largest and the smallest mean, and their difference in pairs.

    They are the widest apart of all pairs of levels, so the interval is one that all of them keep together (Bonferroni).
    """
    reached = [float(each.mean()) for each in values]
    best, worst = int(np.argmax(reached)), int(np.argmin(reached))
    n_pairs = math.comb(len(values), 2)
    return best, worst, _difference(values[best], values[worst], 1.0 - (1.0 - CONFIDENCE) / n_pairs)


def _by_replicate(part: pd.DataFrame, outcome: str) -> Floats:
    """Return an outcome's mean over points, float64[replicates]."""
    return part.groupby("replicate")[outcome].mean().to_numpy(dtype=np.float64)


def _level(outcome: str, values: Floats, *, alone: bool) -> Interval:
    if outcome == "reached" and alone:
        return proportion_interval(values)
    low, high = np.clip(_proven(mean_interval(values), values)[1:], 0.0, 1.0)  # both outcomes are shares
    return Interval(float(values.mean()), float(low), float(high))


def _difference(after: Floats, before: Floats, confidence: float = CONFIDENCE) -> Interval:
    return _proven(paired_difference(after, before, confidence), after - before)


def _proven(found: Interval, values: Floats) -> Interval:
    """Return an interval; without bounds where all replicates agree: no spread is no proof."""
    return found if np.ptp(values) > 0.0 else Interval(found.value, NOTHING.low, NOTHING.high)

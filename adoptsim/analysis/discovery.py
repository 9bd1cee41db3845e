"""Scenario discovery: the conditions under which a policy fails or holds, by PRIM, tested against chance. Simulates nothing.

A *case* is a point of a sweep or a world of the ensemble; it *holds* where critical mass is reached in at least half of its
runs. The rarer of holding and failing is what conditions are sought for. Bryant & Lempert 2010; PRIM: Friedman & Fisher
1999, as the EMA Workbench has it (Kwakkel 2017).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.intervals import Interval, wilson
from adoptsim.simulation import SEED

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[int], None]

PEELED, LEAST_MASS = 0.05, 0.05  # of cases: what a step peels away, and the smallest box (Bryant & Lempert 2010)
PERMUTATIONS, LEVEL = 39, 0.05  # a box by chance is reported in at most one data set of twenty
STABLE = 0.5  # of random parts: a condition that fewer find again is not named
PARTS, KEPT = 20, 0.75  # random parts of the cases on which a box is tried again, and how much of them a part holds
MOST_BOXES = 1
LEAST_CASES = 10  # of the rarer kind: fewer say nothing about where


class Limit(NamedTuple):
    """One condition of a box: a factor at least ``low`` and at most ``high``; None where it is open to that side."""

    factor: str
    low: float | None
    high: float | None
    levels: tuple[str, ...] | None = None  # of a factor in words: those inside
    quasi_p: float = float("nan")  # that the other conditions alone did as well by chance (Bryant & Lempert 2010)
    found_again: float = float("nan")  # share of random parts of the cases whose box has it too
    uncertainty: float = 0.0  # standard error of the limit, from those parts

    def holds(self, values: pd.Series) -> Flags:
        """Return which values are inside."""
        if self.levels is not None:
            return np.asarray(values.isin(self.levels))
        inside = np.ones(len(values), dtype=bool)
        if self.low is not None:
            inside &= values.to_numpy() >= self.low
        if self.high is not None:
            inside &= values.to_numpy() <= self.high
        return inside

    @property
    def side(self) -> tuple[str, bool, bool]:
        """Return what is limited and to which sides, whatever the numbers."""
        return self.factor, self.low is not None, self.high is not None


class Counts(NamedTuple):
    """Cases inside a box and in all: how many, and how many of interest."""

    inside: int
    inside_of_interest: int
    n: int
    of_interest: int

    @property
    def density(self) -> Interval:
        """Return the share of cases inside that are of interest."""
        return wilson(self.inside_of_interest, self.inside)

    @property
    def coverage(self) -> Interval:
        """Return the share of all cases of interest that are inside."""
        return wilson(self.inside_of_interest, self.of_interest)

    @property
    def mass(self) -> float:
        """Return the share of all cases that are inside."""
        return self.inside / self.n if self.n else float("nan")

    @property
    def elsewhere(self) -> Interval:
        """Return the share of cases outside that are of interest."""
        return wilson(self.of_interest - self.inside_of_interest, self.n - self.inside)


@dataclass(frozen=True, slots=True)
class Box:
    """Conditions that hold together: what is inside, how likely by chance, and how it fares on cases kept apart."""

    limits: tuple[Limit, ...]
    counts: Counts
    p_value: float
    checked_density: float
    checked_coverage: float

    def inside(self, cases: pd.DataFrame) -> Flags:
        """Return which cases meet all conditions."""
        return inside(self.limits, cases)


@dataclass(frozen=True)
class Discovery:
    """Where a policy fails or holds."""

    cases: pd.DataFrame
    holds: Flags
    of_interest: str  # "fails" or "holds", whichever is rarer
    boxes: tuple[Box, ...]
    why_none: str = ""

    @property
    def factors(self) -> list[str]:
        """Return the factors that vary between cases."""
        return [str(name) for name in self.cases]

    @property
    def share(self) -> Interval:
        """Return the share of cases that hold."""
        return wilson(int(self.holds.sum()), len(self.holds))


def discover(
    cases: pd.DataFrame,
    holds: npt.ArrayLike,
    *,
    most_boxes: int = MOST_BOXES,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Discovery:
    """Return the conditions under which cases fail, or hold where fewer do.

    Parameters
    ----------
    cases
        One row a case, one column a factor: numbers, true and false, or words.
    holds
        Whether a case holds.
    most_boxes
        Each further box is sought, tested and counted among the cases that no earlier one has.
    progress
        Called with the number of PRIM runs done.
    """
    flags = np.asarray(holds, dtype=bool)
    known = _usable(cases)
    rarer = "fails" if flags.mean() >= 0.5 else "holds"
    sought = flags if rarer == "holds" else ~flags
    if sought.sum() < LEAST_CASES:
        return Discovery(known, flags, rarer, (), f"only {int(sought.sum())} of {len(flags)} cases are left to learn from")
    tell, boxes = _Counter(progress), []
    left = np.ones(len(flags), dtype=bool)
    for number in range(most_boxes):
        generator = np.random.default_rng([seed, number])
        box = _find(known[left].reset_index(drop=True), sought[left], generator, tell)
        if box is None:
            break
        boxes.append(box)
        left &= ~box.inside(known)
        if (sought & left).sum() < LEAST_CASES:
            break
    why = "" if boxes else f"none did better than chance would in one of {round(1 / LEVEL)} sets of cases"
    return Discovery(known, flags, rarer, tuple(boxes), why)


def inside(limits: Sequence[Limit], cases: pd.DataFrame) -> Flags:
    """Return which cases meet all conditions."""
    met = np.ones(len(cases), dtype=bool)
    for limit in limits:
        met &= limit.holds(cases[limit.factor])
    return met


def count(met: Flags, sought: Flags) -> Counts:
    """Return how many cases are inside and of interest."""
    return Counts(int(met.sum()), int((met & sought).sum()), len(sought), int(sought.sum()))


def evidence(counts: Counts) -> float:
    """Return by how much two rates, inside and elsewhere, explain the cases better than one: a log-likelihood ratio.

    The scan statistic of Kulldorff 1997 for events of two kinds; 0 where cases of interest are no more frequent inside.
    """
    n, k, rest, k_rest = counts.inside, counts.inside_of_interest, counts.n - counts.inside, counts.of_interest
    k_rest -= k
    if not n or not rest or k * rest <= k_rest * n:
        return 0.0
    return _likelihood(k, n) + _likelihood(k_rest, rest) - _likelihood(counts.of_interest, counts.n)


def _likelihood(k: int, n: int) -> float:
    return sum(part * math.log(part / n) for part in (k, n - k) if part)


def _usable(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the factors that vary: numbers and switches as numbers, anything else as words."""
    columns = {}
    for name in cases:
        column = cases[name]
        if column.nunique(dropna=False) > 1:
            is_number = pd.api.types.is_numeric_dtype(column)
            columns[str(name)] = column.astype(np.float64) if is_number else column.astype(str).astype(object)
    if not columns:
        raise InputError(Problem("nothing varies between the cases, so there are no conditions to find"))
    return pd.DataFrame(columns).reset_index(drop=True)


# --- one box --------------------------------------------------------------------------------------------------------


def _find(cases: pd.DataFrame, sought: Flags, generator: np.random.Generator, tell: _Counter) -> Box | None:
    """Return the best box if it is beyond chance; its limits tried again on random parts of the cases."""
    limits, best = best_box(cases, sought)
    tell.add()
    p_value = _by_chance(cases, sought, best, generator, tell) if limits else 1.0
    if p_value > LEVEL:
        return None
    parts = [_part(cases, sought, generator, tell) for _ in range(PARTS)]
    kept = significant([limit for limit in limits if _found_again(limit, parts) >= STABLE], cases, sought)
    if not kept:
        return None
    ordered = _most_telling_first(kept, cases, sought)
    p_values = quasi_p_values(ordered, cases, sought)
    tried = tuple(_tried(limit, parts, quasi_p) for limit, quasi_p in zip(ordered, p_values, strict=True))
    checked = Counts(*(int(sum(part)) for part in zip(*(counts for _, counts in parts), strict=True)))
    coverage = checked.inside_of_interest / max(1, checked.of_interest)
    return Box(tried, count(inside(tried, cases), sought), p_value, checked.density.value, coverage)


def significant(limits: Sequence[Limit], cases: pd.DataFrame, sought: Flags) -> list[Limit]:
    """Return the conditions without those, the weakest first, whose quasi-p value is above the level."""
    kept = list(limits)
    while kept:
        p_values = quasi_p_values(kept, cases, sought)
        place = int(np.argmax(p_values))
        if p_values[place] <= LEVEL:
            break
        del kept[place]
    return kept


def best_box(cases: pd.DataFrame, sought: Flags) -> tuple[tuple[Limit, ...], float]:
    """Return the box of PRIM's trajectory that the cases speak for most, without conditions that add little; and how much.

    What is left out had added less than the logarithm of the number of cases; PRIM then starts again on the factors left.
    """
    limits, best = _on_trajectory(cases, sought)
    kept = _pruned(limits, cases, sought)
    if kept and len(kept) < len(limits):
        again, _ = _on_trajectory(cases[[limit.factor for limit in kept]], sought)
        kept = _pruned(again, cases, sought)
    return kept, best


def _on_trajectory(cases: pd.DataFrame, sought: Flags) -> tuple[tuple[Limit, ...], float]:
    boxes = peel(cases, sought)
    found = [evidence(count(members, sought)) for _, members in boxes]
    place = int(np.argmax(found))
    return _limits(boxes[place][0], boxes[0][0]), found[place]


def _pruned(limits: Sequence[Limit], cases: pd.DataFrame, sought: Flags) -> tuple[Limit, ...]:
    """Return the conditions without those, one after the other, whose absence costs least and little."""
    kept = list(limits)
    while kept:
        whole = evidence(count(inside(kept, cases), sought))
        without = [evidence(count(inside(kept[:place] + kept[place + 1 :], cases), sought)) for place in range(len(kept))]
        place = int(np.argmax(without))
        if whole - without[place] >= math.log(len(cases)):
            break
        del kept[place]
    return tuple(kept)


def _most_telling_first(limits: Sequence[Limit], cases: pd.DataFrame, sought: Flags) -> list[Limit]:
    """Return the conditions in the order of what the others alone would leave unexplained."""
    lost = [evidence(count(inside([other for other in limits if other is not limit], cases), sought)) for limit in limits]
    return [limits[int(place)] for place in np.argsort(lost, kind="stable")]


def _limits(box: pd.DataFrame, whole: pd.DataFrame) -> tuple[Limit, ...]:
    """Return the conditions of a box as PRIM writes it: two rows, lower and upper, a column a factor."""
    found = []
    for factor in box:
        low, high = box[factor]
        if isinstance(low, set):
            if low != whole[factor][0]:
                found.append(Limit(str(factor), None, None, tuple(sorted(low))))
            continue
        open_low, open_high = low <= whole[factor][0], high >= whole[factor][1]
        if not (open_low and open_high):
            found.append(Limit(str(factor), None if open_low else float(low), None if open_high else float(high)))
    return tuple(found)


def _by_chance(cases: pd.DataFrame, sought: Flags, best: float, generator: np.random.Generator, tell: _Counter) -> float:
    """Return how often cases whose outcomes are shuffled speak as much for some box: (1 + those) / (1 + tries).

    Exact whatever the factors (Kulldorff 1997); ends as soon as it can't fall to the level any more (Besag & Clifford 1991).
    """
    beaten = 0
    for tried in range(1, PERMUTATIONS + 1):
        beaten += _on_trajectory(cases, generator.permutation(sought))[1] >= best
        tell.add()
        if (1 + beaten) / (1 + PERMUTATIONS) > LEVEL:
            return (1 + beaten) / (1 + tried)
    return (1 + beaten) / (1 + PERMUTATIONS)


def _part(
    cases: pd.DataFrame, sought: Flags, generator: np.random.Generator, tell: _Counter
) -> tuple[tuple[Limit, ...], Counts]:
    """Return the conditions that a random part of the cases gives, and how they fare on the others."""
    mixed, size = generator.permutation(len(cases)), round(KEPT * len(cases))
    part, rest = mixed[:size], mixed[size:]
    limits, _ = best_box(cases.iloc[part].reset_index(drop=True), sought[part])
    tell.add()
    return limits, count(inside(limits, cases.iloc[rest]), sought[rest])


def _tried(limit: Limit, parts: Sequence[tuple[tuple[Limit, ...], Counts]], quasi_p: float) -> Limit:
    """Return a condition with how often parts of the cases find it again, and its limit's standard error.

    The spread over parts is that over new cases when it is scaled by the shares kept and left out (Shao & Wu 1989).
    """
    at = [other.low if limit.low is not None else other.high for other in _again(limit, parts)]
    numbers = [value for value in at if value is not None]
    error = float(np.std(numbers, ddof=1)) * (KEPT / (1.0 - KEPT)) ** 0.5 if len(numbers) > 1 else 0.0
    return limit._replace(quasi_p=quasi_p, found_again=_found_again(limit, parts), uncertainty=error)


def _again(limit: Limit, parts: Sequence[tuple[tuple[Limit, ...], Counts]]) -> list[Limit]:
    """Return the same condition as parts of the cases have it."""
    return [other for limits, _ in parts for other in limits if other.factor == limit.factor and _same_side(other, limit)]


def _found_again(limit: Limit, parts: Sequence[tuple[tuple[Limit, ...], Counts]]) -> float:
    return len(_again(limit, parts)) / len(parts)


def _same_side(other: Limit, limit: Limit) -> bool:
    if limit.levels is not None:
        return True
    return (limit.low is not None and other.low is not None) or (limit.high is not None and other.high is not None)


def quasi_p_values(limits: Sequence[Limit], cases: pd.DataFrame, sought: Flags) -> list[float]:
    """Return, by condition, the chance of as many cases of interest inside if it added nothing to the others.

    A one-sided binomial test with the density that the other conditions alone give (Bryant & Lempert 2010, appendix A).
    """
    from scipy.special import bdtrc

    whole = count(inside(limits, cases), sought)
    found = []
    for place in range(len(limits)):
        others = [*limits[:place], *limits[place + 1 :]]
        rate = count(inside(others, cases), sought).density.value
        found.append(float(bdtrc(whole.inside_of_interest - 1, whole.inside, rate)) if whole.inside_of_interest else 1.0)
    return found


# --- PRIM -----------------------------------------------------------------------------------------------------------


def peel(cases: pd.DataFrame, sought: Flags) -> list[tuple[pd.DataFrame, Flags]]:
    """Return PRIM's trajectory, from all cases to its smallest box: limits, and which cases are inside."""
    with _library_warnings_aside():
        prim = _prim_class()(
            cases, sought.astype(np.float64), threshold=0.5, peel_alpha=PEELED, paste_alpha=PEELED, mass_min=LEAST_MASS
        )
        trajectory = prim.find_box()
    steps = []
    for limits, members in zip(trajectory.box_lims, trajectory.members, strict=True):
        flags = np.zeros(len(cases), dtype=bool)
        flags[members] = True
        steps.append((limits, flags))
    return steps


@contextmanager
def _library_warnings_aside() -> Iterator[None]:
    """Keep what the workbench warns of (parts not installed, how it calls pandas) from people who can't change it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@cache
def _prim_class() -> Any:
    """Return the EMA Workbench's PRIM, noting only limits and members at each step.

    Its own boxes also keep tables and quasi-p values of every step, more than half of the time; what is peeled is the same.
    """
    need_ema()
    with _library_warnings_aside():
        from ema_workbench.analysis import prim as ema

    class Trajectory(ema.PrimBox):  # type: ignore[misc]
        def __init__(self, prim: Any, box_lims: pd.DataFrame, indices: Any) -> None:
            self.prim = prim
            self.box_lims: list[pd.DataFrame] = []
            self.members: list[Any] = []
            self.update(box_lims, indices)

        def update(self, box_lims: pd.DataFrame, indices: Any) -> None:
            self.yi = indices
            self.box_lims.append(box_lims)
            self.members.append(indices)

    class Quick(ema.Prim):  # type: ignore[misc]
        def find_box(self) -> Any:
            self._update_yi_remaining(self)
            return self._paste(self._peel(Trajectory(self, self.box_init, self.yi_remaining[:])))

    return Quick


def need_ema() -> None:
    """Raise ``InputError`` with how to install the EMA Workbench, if it is missing."""
    if not find_spec("ema_workbench"):
        message = "conditions are found by the EMA Workbench, which is not installed: pip install ema_workbench"
        raise InputError(Problem(f"{message} (or adoptsim with its extra 'analysis')"))


class _Counter:
    """Counts runs of PRIM."""

    def __init__(self, tell: Progress | None) -> None:
        self._tell, self._n = tell, 0

    def add(self) -> None:
        """Count one more and tell."""
        self._n += 1
        if self._tell is not None:
            self._tell(self._n)


def most_prim_runs(most_boxes: int = MOST_BOXES) -> int:
    """Return how many runs of PRIM a discovery takes at most."""
    return most_boxes * (1 + PERMUTATIONS + PARTS)


def cases_of(runs: pd.DataFrame, factors: Sequence[str], sufficient: float) -> tuple[pd.DataFrame, Flags]:
    """Return a sweep's points as cases and whether each holds, from its runs. Raises ``InputError`` if none tells."""
    known = runs[runs["reached"].notna()]
    if known.empty:
        raise InputError(Problem("no run tells whether critical mass is reached; simulate for longer (horizon.days)"))
    points = known.groupby("point", sort=True)
    chance = points["reached"].mean()
    return points[list(factors)].first().reset_index(drop=True), np.asarray(chance >= sufficient)

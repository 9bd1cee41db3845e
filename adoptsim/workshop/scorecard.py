"""A workshop without a computer: points for each practice that add up to what the model gives, and how well they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.intervals import Interval, mean_interval, proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.workshop.decisions import policy_of, prices
from adoptsim.workshop.luck import luck_of
from adoptsim.workshop.plan import Decide, Workshop

Floats = npt.NDArray[np.float64]
Decision = Mapping[str, Mapping[str, Any]]
RUNS = 1_000
"""Runs of all decisions that are tried, about: some ten seconds on two cores."""
MOST_TRIED, SMALLER = 150, 50
"""How many decisions that spend the budget are tried, and how many that spend less: points need both."""
MOST_REPLICATES = 24
BEST = 5
STEP = 2
"""Points from line to line of the table that says how often a decision lasts."""
MOST_LISTED = 100_000
NEWTON_STEPS, RIDGE = 40, 0.01
NINE_OF_TEN = 0.9
_SEED = 20160101  # of the decisions that are tried; the runs have their own


@dataclass(frozen=True, slots=True)
class Level:
    """A way to use a practice: the name of a strength and a month to begin in."""

    strength: str
    start: int


@dataclass(frozen=True, slots=True)
class Line:
    """In what share of runs contribution lasts, for decisions of so many points."""

    points: float
    lasts: float


@dataclass(frozen=True, slots=True)
class Good:
    """One of the best decisions, measured in other runs than it was chosen by."""

    decision: Decision
    lasts: Interval
    contributors: Interval


@dataclass(frozen=True)
class ScoreCard:
    """Points by practice and level, which with ``base`` add up to contributors of 100 staff in the last month.

    ``error``: nine of ten decisions tried lie within so many points; ``explained``: the share of their variance.
    """

    levels: tuple[Level, ...]
    points: Mapping[str, tuple[float, ...]]
    base: float
    error: float
    explained: float
    lines: tuple[Line, ...]
    n_decisions: int
    n_replicates: int
    often: float
    """Share of the decisions that spend the budget which last in at least half of their runs."""
    best: tuple[Good, ...]

    def total(self, decision: Decision) -> float:
        """Return the points of a decision, the base among them."""
        places = {level: place for place, level in enumerate(self.levels)}
        used = (self.points[name][places[Level(use["strength"], use["start"])]] for name, use in decision.items())
        return self.base + sum(used)


def score_card(workshop: Workshop, number: int, *, threads: int | None = None) -> ScoreCard:
    """Return the score card of a round in which teams decide, from runs of decisions that they could make."""
    decide, scenario = workshop.rounds[number].decide, workshop.scenario(number)
    assert decide is not None
    luck, levels, offers = luck_of(scenario.organisation, workshop.seed), _levels(decide), prices(workshop, number)
    whole = _spending(decide, offers, levels)
    tried = [*whole, *_smaller(whole), {}]
    replicates = range(int(np.clip(RUNS // len(tried), 2, MOST_REPLICATES)))
    policies = [policy_of(scenario, decide, decision) for decision in tried]
    luck.run(((policy, replicates) for policy in policies), threads=threads)
    end = 100.0 * np.array([luck.outcome(policy, "contributors", replicates).mean() for policy in policies])
    lasts = np.array([luck.outcome(policy, "reached", replicates).mean() for policy in policies])
    points, base = _fitted(tried, list(offers), levels, end)
    card = ScoreCard(levels, points, base, 0.0, 0.0, (), len(tried), len(replicates), 0.0, ())
    told = np.array([card.total(decision) for decision in tried])
    best = tuple(_measured(workshop, number, _most_points(card, decide, offers), threads))
    high = [card.total(good.decision) for good in best]
    return replace(
        card,
        error=float(np.quantile(np.abs(told - end), NINE_OF_TEN)),
        explained=1.0 - float(np.var(told - end)) / max(float(np.var(end)), 1e-12),
        lines=tuple(_lines(np.array([*told, *high]), np.array([*lasts, *(good.lasts.value for good in best)]))),
        often=float((lasts[: len(whole)] >= 0.5).mean()),
        best=best,
    )


def _most_points(card: ScoreCard, decide: Decide, offers: Mapping[str, float]) -> list[Decision]:
    """Return the decisions with most points among those that begin at once and keep to the budget."""
    at_once = [level for level in card.levels if level.start == min(decide.starts)]
    if (1 + len(at_once)) ** len(offers) > MOST_LISTED:
        at_once = at_once[:1]
    choices: list[list[Level | None]] = [[None, *at_once] for _ in offers]
    worth = np.zeros(1)
    cost = np.zeros(1)
    for name in offers:
        own = [card.points[name][card.levels.index(level)] for level in at_once]
        price = [offers[name] * (decide.strengths[level.strength] if decide.unit == "hours" else 1.0) for level in at_once]
        worth = (worth[:, None] + np.array([0.0, *own])).ravel()
        cost = (cost[:, None] + np.array([0.0, *price])).ravel()
    worth = np.where(cost <= decide.budget + 1e-9, worth, -np.inf)
    shape = tuple(len(each) for each in choices)
    found: list[Decision] = []
    for place in np.lexsort((cost, -worth))[:BEST]:
        used = zip(offers, (each[at] for each, at in zip(choices, np.unravel_index(place, shape), strict=True)), strict=True)
        found.append({name: {"strength": use.strength, "start": use.start} for name, use in used if use is not None})
    return found


def _levels(decide: Decide) -> tuple[Level, ...]:
    by_strength = sorted(decide.strengths, key=lambda name: -decide.strengths[name])
    return tuple(Level(strength, start) for start in sorted(decide.starts) for strength in by_strength)


def _spending(decide: Decide, offers: Mapping[str, float], levels: Sequence[Level]) -> list[Decision]:
    """Return decisions that spend the budget: all of them where they are few, else drawn ones."""
    n, names = int(decide.budget), list(offers)
    one_way = decide.unit != "hours" and len(levels) == 1
    if one_way and comb(len(names), min(n, len(names))) <= MOST_TRIED:
        return [_plainly(chosen, levels[0]) for chosen in combinations(names, min(n, len(names)))]
    rng, found = np.random.default_rng(_SEED), {}
    for _ in range(20 * MOST_TRIED):
        drawn = _drawn(decide, offers, levels, rng)
        found[tuple(sorted((name, use["strength"], use["start"]) for name, use in drawn.items()))] = drawn
        if len(found) == MOST_TRIED:
            break
    return list(found.values())


def _plainly(names: Sequence[str], level: Level) -> Decision:
    return {name: {"strength": level.strength, "start": level.start} for name in names}


def _drawn(decide: Decide, offers: Mapping[str, float], levels: Sequence[Level], rng: np.random.Generator) -> Decision:
    """Return practices in drawn order and at drawn levels, as long as the budget lasts."""
    left, chosen = decide.budget, {}
    for place in rng.permutation(len(offers)):
        name, level = list(offers)[place], levels[int(rng.integers(len(levels)))]
        cost = offers[name] * (decide.strengths[level.strength] if decide.unit == "hours" else 1.0)
        if cost <= left:
            left -= cost
            chosen[name] = {"strength": level.strength, "start": level.start}
    return chosen


def _smaller(whole: Sequence[Decision]) -> list[Decision]:
    """Return drawn decisions with some of their practices left out."""
    rng = np.random.default_rng(_SEED + 1)
    found: dict[tuple[Any, ...], Decision] = {}
    for _ in range(20 * SMALLER):
        decision = whole[int(rng.integers(len(whole)))]
        if len(decision) < 2:
            continue
        kept = rng.permutation(sorted(decision))[: int(rng.integers(1, len(decision)))]
        part = {name: decision[name] for name in sorted(str(each) for each in kept)}
        found[tuple((name, use["strength"], use["start"]) for name, use in part.items())] = part
        if len(found) == SMALLER:
            break
    return list(found.values())


def _fitted(
    tried: Sequence[Decision], names: Sequence[str], levels: Sequence[Level], end: Floats
) -> tuple[dict[str, tuple[float, ...]], float]:
    """Return points by practice and level, in halves, and the base: least squares over the decisions tried."""
    columns = {(name, level): place for place, (name, level) in enumerate((n, v) for n in names for v in levels)}
    design = np.zeros((len(tried), len(columns) + 1))
    design[:, -1] = 1.0
    for row, decision in enumerate(tried):
        for name, use in decision.items():
            design[row, columns[name, Level(use["strength"], use["start"])]] = 1.0
    weights = np.round(2.0 * np.linalg.lstsq(design, end, rcond=None)[0]) / 2.0 + 0.0
    points = {name: tuple(float(weights[columns[name, level]]) for level in levels) for name in names}
    return points, float(weights[-1])


def _lines(told: Floats, lasts: Floats) -> Iterator[Line]:
    """Yield how often decisions last by their points: a logistic curve through all that were run, by least deviance."""
    centre = float(told.mean())
    design = np.column_stack([np.ones_like(told), told - centre])
    weights = np.array([-1.0, 0.1])
    for _ in range(NEWTON_STEPS):
        chance = 1.0 / (1.0 + np.exp(-design @ weights))
        slope = design * (chance * (1.0 - chance))[:, None]
        # a little weight towards 0 keeps the curve finite where no decision lasts at all
        weights = weights + np.linalg.solve(
            design.T @ slope + RIDGE * np.eye(2), design.T @ (lasts - chance) - RIDGE * weights
        )
    first = STEP * np.ceil(told.min() / STEP)  # there is always a line, however near all decisions are
    for points in np.arange(first, max(first, told.max()) + STEP / 2, STEP):
        yield Line(float(points), float(1.0 / (1.0 + np.exp(-(weights[0] + weights[1] * (points - centre))))))


def _measured(workshop: Workshop, number: int, found: Sequence[Decision], threads: int | None) -> Iterator[Good]:
    """Yield decisions with what came of them in runs of their own, best first."""
    decide, scenario = workshop.rounds[number].decide, workshop.scenario(number)
    assert decide is not None
    luck = luck_of(scenario.organisation, workshop.seed)
    fresh = range(max(workshop.replicates, MOST_REPLICATES), max(workshop.replicates, MOST_REPLICATES) + workshop.replicates)
    policies = [policy_of(scenario, decide, decision) for decision in found]
    luck.run(((policy, fresh) for policy in policies), threads=threads)
    rows = [
        Good(
            decision,
            proportion_interval(luck.outcome(policy, "reached", fresh)),
            mean_interval(luck.outcome(policy, "contributors", fresh)),
        )
        for decision, policy in zip(found, policies, strict=True)
    ]
    yield from sorted(rows, key=lambda row: (row.lasts.value, row.contributors.value), reverse=True)


def in_words(decision: Decision, card: ScoreCard) -> str:
    """Return a decision as practices by number; how, where it isn't at full strength from the start."""
    parts = []
    for name in sorted(decision, key=lambda key: PRACTICES[key].number):
        use, how = decision[name], []
        if len({level.strength for level in card.levels}) > 1 and use["strength"] != card.levels[0].strength:
            how.append(str(use["strength"]))
        if use["start"]:
            how.append(f"from month {use['start']}")
        parts.append(f"{PRACTICES[name].number}" + (f" ({', '.join(how)})" if how else ""))
    return ", ".join(parts)

"""The best and the worst order of practices under noise: search, race, and a last measurement with luck of its own.

Three sets of luck, so that no order is praised for the luck that found it: few replicates, the same for all, while searching
(common random numbers make the search's function deterministic); fresh ones, more and more, for fewer and fewer leaders
(sequential halving: Karnin, Koren & Somekh 2013); and again fresh ones for what is reported.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.introductions import Calendar, in_order, in_use
from adoptsim.compare import paired_proportion_difference
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.intervals import CONFIDENCE, Interval, mean_interval, paired_difference, proportion_interval
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.state import COUNT
from adoptsim.simulation import SEED, OrganisationSource, Simulator, as_dict, n_threads

Floats = npt.NDArray[np.float64]
Order = tuple[str, ...]
Objective = Callable[[Sequence[Order], Sequence[int]], Floats]
"""Of orders and replicates: float64[orders, replicates], more is better."""

MEASURES = ("average", "contributors", "reached")
SEARCHED, RACED, FINAL = 0, 100_000, 200_000  # where each stage's replicates begin
SEARCH_REPLICATES, REPLICATES = 4, 64
MOST_LISTED = 120  # orders: up to five practices, all are tried
POPULATION, GENERATIONS = 24, 12
LEADERS = 16  # go from the search to the race
BY_LOT, LOT_REPLICATES = 24, 16
"""So many orders are drawn by lot in each of so many replicates: what an order without a thought loses, and what a place
earlier is worth."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best and the worst order, and every order that the search has tried with its mean."""

    best: Order
    worst: Order
    tried: Mapping[Order, float]
    exhaustive: bool


@dataclass
class Trials:
    """Runs of a scenario in any order of its practices, kept; by measure float64[orders, replicates]."""

    scenario: Scenario
    calendar: Calendar
    seed: int = SEED
    threads: int | None = None
    progress: Callable[[int], None] | None = None
    _kept: dict[tuple[Order, int], dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = OrganisationSource(self.scenario.organisation, self.seed)

    @property
    def runs(self) -> int:
        """Return how many runs have been done."""
        return len(self._kept)

    def objective(self, measure: str) -> Objective:
        """Return a measure as a function of orders and replicates."""
        return lambda orders, replicates: self.values(orders, replicates)[measure]

    def values(self, orders: Sequence[Order], replicates: Sequence[int]) -> dict[str, Floats]:
        """Return every measure of every order in every replicate, the same people and luck for all orders."""
        wanted = dict.fromkeys((order, k) for k in replicates for order in orders)
        missing = [pair for pair in wanted if pair not in self._kept]
        with ThreadPoolExecutor(n_threads(self.threads)) as pool:
            for pair, outcome in zip(missing, pool.map(self._one, missing), strict=True):
                self._kept[pair] = outcome
                if self.progress is not None:
                    self.progress(len(self._kept))
        return {name: np.array([[self._kept[order, k][name] for k in replicates] for order in orders]) for name in MEASURES}

    def _one(self, pair: tuple[Order, int]) -> dict[str, float]:
        order, replicate = pair
        simulator = Simulator(in_order(self.scenario, self.calendar.starts(order)), seed=self.seed, source=self.source)
        world = simulator.run(replicate)
        outcome = simulator.outcomes(world)
        average = float(world.counts[:, COUNT.contributors].mean()) / world.place.shape[1]
        return {"average": average, "contributors": outcome["contributors"], "reached": outcome["reached"]}


@dataclass(frozen=True)
class Lot:
    """Orders drawn by lot, other ones in each replicate, so that intervals over replicates hold their luck and the draw's.

    ``values``: float64[replicates, orders], of the measure that orders are judged by.
    """

    orders: tuple[tuple[Order, ...], ...]
    values: Floats


@dataclass(frozen=True)
class Ordering:
    """What the order of practices is worth: best, worst, usual and by lot, under the same fresh luck."""

    scenario: Scenario
    calendar: Calendar
    measure: str
    seed: int
    found: Found
    usual: Order
    values: Mapping[str, Mapping[Order, Floats]]
    """By measure and order: float64[replicates] of the last stage."""
    lot: Lot
    runs: int

    def mean(self, order: Order, measure: str | None = None) -> Interval:
        """Return a measure of an order."""
        name = measure or self.measure
        return (proportion_interval if name == "reached" else mean_interval)(self.values[name][order])

    def regret(self, order: Order, measure: str | None = None) -> Interval:
        """Return by how much an order falls short of the best, in pairs."""
        name = measure or self.measure
        best, other = self.values[name][self.found.best], self.values[name][order]
        return paired_proportion_difference(best, other) if name == "reached" else paired_difference(best, other)

    @property
    def regret_by_lot(self) -> Interval:
        """Return by how much an order drawn by lot falls short of the best on average; pairs by replicate."""
        best = self.values[self.measure][self.found.best][: len(self.lot.values)]
        return paired_difference(best, self.lot.values.mean(axis=1))

    @property
    def place_earlier(self) -> dict[str, Interval]:
        """Return what a place earlier is worth, by practice, from the orders drawn by lot."""
        return place_earlier(self.lot.orders, self.lot.values)

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim order`` prints, as plain data."""
        named = {"best": self.found.best, "usual": self.usual, "worst": self.found.worst}
        return {
            "scenario": self.scenario.name,
            "measure": self.measure,
            "seed": self.seed,
            "replicates": len(self.values[self.measure][self.found.best]),
            "runs": self.runs,
            "tried": len(self.found.tried),
            "possible": math.factorial(len(self.found.best)),
            "exhaustive": self.found.exhaustive,
            "hours_a_month": self.calendar.hours_a_month,
            "orders": {name: self._summary_of(order) for name, order in named.items()},
            "by_lot": as_dict(self.regret_by_lot),
            "place_earlier": {name: as_dict(worth) for name, worth in self.place_earlier.items()},
        }

    def _summary_of(self, order: Order) -> dict[str, Any]:
        starts = self.calendar.starts(order)
        return {
            "order": [{"practice": name, "start": starts[name]} for name in order],
            **{name: as_dict(self.mean(order, name)) for name in MEASURES},
            "regret": {name: as_dict(self.regret(order, name)) for name in MEASURES},
        }


def best_order(
    scenario: Scenario,
    calendar: Calendar | None = None,
    *,
    measure: str = "average",
    replicates: int = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Ordering:
    """Return the best and the worst order in which to introduce a scenario's practices, and what order is worth.

    Raises ``InputError`` where there is nothing to order, or where the last practice would come too late to tell.
    """
    calendar = calendar or Calendar()
    usual = tuple(in_use(scenario))
    check_calendar(scenario, calendar, usual)
    trials = Trials(scenario, calendar, seed, threads, progress)
    found = find_orders(trials.objective(measure), usual, seed=seed)
    final = range(FINAL, FINAL + replicates)
    measured = list(dict.fromkeys((found.best, usual, found.worst)))
    lot = _by_lot(trials, usual, measure, final[:LOT_REPLICATES], seed)
    for_all = trials.values(measured, final)
    values = {name: dict(zip(measured, for_all[name], strict=True)) for name in MEASURES}
    return Ordering(scenario, calendar, measure, seed, found, usual, values, lot, trials.runs)


def _by_lot(trials: Trials, usual: Order, measure: str, replicates: Sequence[int], seed: int) -> Lot:
    """Return orders drawn by lot for each replicate, all of them where they are few, with what came of them."""
    generator = np.random.default_rng([seed, 1])
    orders = tuple(draw_orders(usual, generator) for _ in replicates)
    pairs = zip(orders, replicates, strict=True)
    return Lot(orders, np.array([trials.values(drawn, [replicate])[measure][:, 0] for drawn, replicate in pairs]))


def draw_orders(items: Order, generator: np.random.Generator) -> tuple[Order, ...]:
    """Return `BY_LOT` orders drawn by lot, or all there are where they are fewer."""
    if math.factorial(len(items)) <= BY_LOT:
        return tuple(itertools.permutations(items))
    return tuple(_shuffled(items, generator) for _ in range(BY_LOT))


def most_runs(n_practices: int, replicates: int = REPLICATES) -> int:
    """Return about how many runs finding the order of so many practices takes."""
    orders = min(math.factorial(min(n_practices, 9)), 2 * POPULATION * (GENERATIONS + 1))
    if math.factorial(n_practices) <= MOST_LISTED:
        orders = math.factorial(n_practices)
    race = 2 * SEARCH_REPLICATES * LEADERS * math.ceil(math.log2(LEADERS))
    return orders * SEARCH_REPLICATES + race + BY_LOT * LOT_REPLICATES + 3 * replicates


def check_calendar(scenario: Scenario, calendar: Calendar, practices: Order) -> None:
    """Raise ``InputError`` if there is nothing to order, or if some order comes too late to show what lasts."""
    if len(practices) < 2:
        raise InputError(
            Problem(f"{scenario.name} uses {len(practices)} practice(s); an order takes two or more", "practices")
        )
    latest = {name: calendar.starts((*(other for other in practices if other != name), name))[name] for name in practices}
    needed = 1 + max(start + _days_to_tell(scenario, name) for name, start in latest.items())
    if needed > scenario.horizon.days:
        late = max(latest.values())
        said = (
            f"introducing all takes until day {late} at worst, and whether they last shows on day {needed - 1} then, after "
            f"the last simulated day ({scenario.horizon.days}); give more hours a month, or --days {needed}"
        )
        raise InputError(Problem(said, "--hours"))


def _days_to_tell(scenario: Scenario, name: str) -> int:
    """Return how long after its start a practice that ends shows whether the network lasts; of a standing one no time."""
    if not scenario.ends(name):
        return 0
    lasts = scenario.practice_end(name) - scenario.practices[name].start
    return lasts + scenario.critical_mass.after_support_days


# --- orders, whatever they are orders of ----------------------------------------------------------------------------


def find_orders(objective: Objective, items: Sequence[str], *, seed: int = SEED) -> Found:
    """Return the best and the worst order of some items under a noisy objective.

    Up to five items all orders are tried; of more, those that differential evolution tries (Storn & Price 1997, as scipy has
    it) on random keys, numbers whose ranks are the order (Bean 1994): once upwards and once downwards.
    """
    search = range(SEARCHED, SEARCHED + SEARCH_REPLICATES)
    start = tuple(items)
    exhaustive = math.factorial(len(start)) <= MOST_LISTED
    if exhaustive:
        orders = list(itertools.permutations(start))
        tried = dict(zip(orders, map(float, objective(orders, search).mean(axis=1)), strict=True))
    else:
        tried = {}
        for sign in (1.0, -1.0):
            tried |= evolve(objective, start, search, sign=sign, seed=seed)
    ranked = sorted(tried, key=lambda order: -tried[order])
    best = race(objective, ranked[:LEADERS], sign=1.0)
    worst = race(objective, ranked[::-1][:LEADERS], sign=-1.0)
    return Found(best, worst, tried, exhaustive)


def evolve(objective: Objective, items: Order, replicates: Sequence[int], *, sign: float, seed: int) -> dict[Order, float]:
    """Return all orders that a search for the largest (sign 1) or smallest mean has tried, with their means."""
    from scipy.optimize import differential_evolution

    tried: dict[Order, float] = {}

    def cost(keys: Floats) -> Floats:
        orders = [tuple(items[place] for place in np.argsort(column, kind="stable")) for column in keys.T]
        fresh = [order for order in dict.fromkeys(orders) if order not in tried]
        if fresh:
            tried.update(zip(fresh, map(float, objective(fresh, replicates).mean(axis=1)), strict=True))
        return np.array([-sign * tried[order] for order in orders])

    n = len(items)
    generator = np.random.default_rng([seed, int(sign > 0)])
    first = generator.random((POPULATION, n))
    first[0], first[1] = np.linspace(0.05, 0.95, n), np.linspace(0.95, 0.05, n)  # as given, and the other way round
    differential_evolution(
        cost,
        [(0.0, 1.0)] * n,
        init=first,
        maxiter=GENERATIONS,
        tol=0.0,
        polish=False,
        vectorized=True,
        updating="deferred",
        seed=generator,
    )
    return tried


def race(objective: Objective, orders: Sequence[Order], *, sign: float) -> Order:
    """Return the winner among orders: half of them go on to each next round, with twice the fresh replicates.

    Sequential halving (Karnin, Koren & Somekh 2013); what earlier rounds showed counts on.
    """
    left, first, more = list(orders), RACED, SEARCH_REPLICATES
    seen: dict[Order, list[float]] = {order: [] for order in left}
    while len(left) > 1:
        values = objective(left, range(first, first + more))
        for order, each in zip(left, values, strict=True):
            seen[order] += map(float, each)
        left.sort(key=lambda order: -sign * float(np.mean(seen[order])))
        left, first, more = left[: math.ceil(len(left) / 2)], first + more, 2 * more
    return left[0]


def place_earlier(orders: Sequence[Sequence[Order]], values: Floats) -> dict[str, Interval]:
    """Return what it is worth to have each item a place earlier at the cost of the others, with intervals over replicates.

    Least squares over the orders of each replicate by itself, ``values`` float64[replicates, orders]: what all orders of a
    replicate share in luck, also in what an item is worth there, is luck of that replicate. Worths are about their mean: who
    moves up moves somebody down. The intervals hold all together (Bonferroni): the first and the last are picked among all.
    """
    items = sorted(orders[0][0])
    worths = np.array([_worths(items, *each) for each in zip(orders, values, strict=True)])
    together = 1.0 - (1.0 - CONFIDENCE) / len(items)
    return {item: mean_interval(worths[:, k], together) for k, item in enumerate(items)}


def _worths(items: Sequence[str], orders: Sequence[Order], values: Floats) -> Floats:
    """Return what a place earlier is worth of each item, by the orders of one replicate."""
    earlier = np.array([[-order.index(item) for item in items] for order in orders], dtype=np.float64)
    return np.asarray(np.linalg.pinv(earlier - earlier.mean(axis=0), rcond=1e-9) @ (values - values.mean()))


def _shuffled(items: Order, generator: np.random.Generator) -> Order:
    return tuple(items[int(place)] for place in generator.permutation(len(items)))

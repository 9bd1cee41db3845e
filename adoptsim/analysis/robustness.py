"""Policies over many plausible worlds: which beats which, where one reaches critical mass, what is luck. Simulates in pairs.

A *world* is one member of the ensemble: a set of parameters that shows the patterns of real networks. Every world has
a few replicates of its own, the same people and luck for all policies in it (a nested design), so that luck can be told
from what is unknown about people: the means of worlds spread as the worlds do, plus luck / replicates.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.intervals import CONFIDENCE, Interval, wilson
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.scenario import OrganisationSpec, Scenario
from adoptsim.files.ensemble import row_lines
from adoptsim.files.models import limited
from adoptsim.simulation import SEED, OrganisationSource, Simulator, as_dict, n_threads
from adoptsim.validation.ensemble import SHIPPED, read_ensemble

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
World = Mapping[str, float]
Statistic = Callable[["Sample"], Floats]

REPLICATES = 4
LEAST_REPLICATES = 2  # from one run a world luck can't be told from the world
MEASURES = ("reached", "contributors", "hours_per_person_month")
SUFFICIENT = 0.5  # a policy reaches critical mass in a world where its chance is at least this
MARGIN = 0.01  # of staff: closer than a person in a hundred, neither policy counts as better
RESAMPLES = 400
TINY = 1e-12


class Sample(NamedTuple):
    """Worlds drawn from the ensemble: of each measure float64[policies, worlds, replicates]."""

    values: Mapping[str, Floats]

    def of(self, worlds: npt.NDArray[np.int64]) -> Sample:
        """Return the same of some worlds, as often as they are named."""
        return Sample({name: each[:, worlds] for name, each in self.values.items()})


class Spread(NamedTuple):
    """Where the differences between runs come from: standard deviations between worlds and by luck within one."""

    between: float
    luck: float

    @property
    def share_of_worlds(self) -> float:
        """Return the share of a run's variance that is due to the world, NaN where nothing varies."""
        total = self.between**2 + self.luck**2
        return self.between**2 / total if total > TINY else float("nan")

    def as_dict(self) -> dict[str, float]:
        """Return both standard deviations and the worlds' share as plain data."""
        return {"between_worlds": self.between, "luck": self.luck, "share_of_worlds": self.share_of_worlds}


@dataclass(frozen=True)
class Robustness:
    """What policies do over the worlds of an ensemble; every share carries its interval over worlds."""

    scenarios: tuple[Scenario, ...]
    sample: Sample
    seed: int
    margin: float = MARGIN

    @property
    def n_worlds(self) -> int:
        """Return how many worlds there are."""
        return int(self.sample.values["contributors"].shape[1])

    @property
    def n_replicates(self) -> int:
        """Return how many runs each policy has in each world."""
        return int(self.sample.values["contributors"].shape[2])

    @property
    def names(self) -> tuple[str, ...]:
        """Return what each policy is called here: its scenario's name, numbered where two have the same."""
        names = [scenario.name for scenario in self.scenarios]
        return tuple(
            name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})"
            for place, name in enumerate(names)
        )

    def mean(self, measure: str, policy: int) -> Interval:
        """Return the mean of a measure over worlds and luck together; of ``reached``, the chance of critical mass."""
        return self._means[measure][policy]

    def sufficient(self, policy: int) -> Interval:
        """Return the share of worlds in which the chance of critical mass is at least one half."""
        return self._shares["sufficient"][policy]

    def ahead(self, policy: int, other: int) -> Interval:
        """Return the share of worlds in which a policy's mean share of contributors is above another's by the margin."""
        return self._shares["ahead"][policy * len(self.scenarios) + other]

    def rank(self, policy: int, place: int) -> Interval:
        """Return the share of worlds in which a policy has a place, 0 the best (Lahdelma & Salminen 2001)."""
        return self._shares["ranks"][policy * len(self.scenarios) + place]

    def spread(self, measure: str, policy: int) -> Spread:
        """Return a policy's spread between worlds and by luck."""
        return spread_of(self.sample.values[measure][policy])

    def spread_of_difference(self, policy: int, other: int) -> Spread:
        """Return the spread of the paired difference in contributors: luck that both share has dropped out."""
        values = self.sample.values["contributors"]
        return spread_of(values[policy] - values[other])

    @property
    def frame(self) -> pd.DataFrame:
        """Return one row a world, policy and run."""
        import pandas as pd

        places = [range(self.n_worlds), self.names, range(self.n_replicates)]
        index = pd.MultiIndex.from_product(places, names=["world", "policy", "run"])
        columns = {name: values.transpose(1, 0, 2).ravel() for name, values in self.sample.values.items()}
        return pd.DataFrame(columns, index=index).reset_index()

    @property
    def ranking(self) -> list[int]:
        """Return the policies by their mean share of contributors, best first."""
        means = self.sample.values["contributors"].mean(axis=(1, 2))
        return [int(policy) for policy in np.argsort(-means, kind="stable")]

    @property
    def same_ranking(self) -> Interval:
        """Return the share of worlds that rank all policies as their means do."""
        return self._shares["ranking"][0]

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim robustness`` prints, as plain data."""
        policies, names = range(len(self.scenarios)), self.names
        return {
            "worlds": self.n_worlds,
            "replicates": self.n_replicates,
            "seed": self.seed,
            "margin": self.margin,
            "policies": [{"scenario": names[policy]} | self._summary_of(policy) for policy in policies],
            "pairs": [self._pair(*pair) for pair in itertools.combinations(self.ranking, 2)],
            "ranking": [names[policy] for policy in self.ranking],
            "same_ranking": as_dict(self.same_ranking),
        }

    def _summary_of(self, policy: int) -> dict[str, Any]:
        return {
            "reached": as_dict(self.mean("reached", policy)),
            "worlds_reached": as_dict(self.sufficient(policy)),
            "contributors": as_dict(self.mean("contributors", policy)),
            "hours_per_person_month": as_dict(self.mean("hours_per_person_month", policy)),
            "places": [as_dict(self.rank(policy, place)) for place in range(len(self.scenarios))],
            "spread": {name: self._spread(name, policy) for name in ("reached", "contributors")},
        }

    def _spread(self, measure: str, policy: int) -> dict[str, float]:
        share = self._interval(lambda sample: np.array([spread_of(sample.values[measure][policy]).share_of_worlds]))[0]
        return self.spread(measure, policy).as_dict() | {"share_low": share.low, "share_high": share.high}

    def _pair(self, policy: int, other: int) -> dict[str, Any]:
        ahead, behind = self.ahead(policy, other), self.ahead(other, policy)
        return {
            "scenario": self.names[policy],
            "other": self.names[other],
            "ahead": as_dict(ahead),
            "behind": as_dict(behind),
            "level": max(0.0, 1.0 - ahead.value - behind.value),
            "difference": as_dict(self.difference(policy, other)),
            "spread": self.spread_of_difference(policy, other).as_dict(),
        }

    def difference(self, policy: int, other: int) -> Interval:
        """Return by how much a policy's contributors exceed another's, over worlds and luck, in pairs."""
        return self._means["difference"][policy * len(self.scenarios) + other]

    @cached_property
    def _means(self) -> dict[str, list[Interval]]:
        means: dict[str, Statistic] = {name: partial(_mean_of, name) for name in MEASURES}
        means["difference"] = lambda sample: np.subtract.outer(*[_mean_of("contributors", sample)] * 2).ravel()
        found = {name: self._interval(statistic) for name, statistic in means.items()}
        runs = self.n_worlds * self.n_replicates
        return found | {"reached": [widened(each, runs) for each in found["reached"]]}

    @cached_property
    def _shares(self) -> dict[str, list[Interval]]:
        statistics: dict[str, Statistic] = {
            "sufficient": lambda sample: share_sufficient(sample.values["reached"]),
            "ahead": lambda sample: ahead_shares(sample.values["contributors"], self.margin).ravel(),
            "ranks": lambda sample: rank_shares(sample.values["contributors"]).ravel(),
            "ranking": lambda sample: ranking_share(sample.values["contributors"], self.ranking),
        }
        return {
            name: [widened(found, self.n_worlds) for found in self._interval(statistic)]
            for name, statistic in statistics.items()
        }

    def _interval(self, statistic: Statistic) -> list[Interval]:
        """Return a statistic with its percentile interval: worlds are drawn again, each with all its runs."""
        found = np.atleast_1d(statistic(self.sample))
        generator = np.random.default_rng(self.seed)
        drawn = np.array(
            [
                np.atleast_1d(statistic(self.sample.of(generator.integers(self.n_worlds, size=self.n_worlds))))
                for _ in range(RESAMPLES)
            ]
        )
        low, high = _quantiles(drawn)
        return [Interval(*map(float, bounds)) for bounds in zip(found, low, high, strict=True)]


def _mean_of(measure: str, sample: Sample) -> Floats:
    return np.asarray(sample.values[measure].mean(axis=(1, 2)))


def _quantiles(drawn: Floats) -> Floats:
    """Return the bounds of each column, NaN where a statistic is mostly not defined."""
    tail = (1.0 - CONFIDENCE) / 2.0
    bounds = np.full((2, drawn.shape[1]), np.nan)
    for column, values in enumerate(drawn.T):
        known = values[~np.isnan(values)]
        if 2 * len(known) > len(values):
            bounds[:, column] = np.quantile(known, (tail, 1.0 - tail))
    return bounds


# --- luck taken out of what few replicates show ---------------------------------------------------------------------


def spread_of(values: Floats) -> Spread:
    """Return the spread between worlds and by luck of float64[worlds, replicates]: one-way random effects, by moments.

    Luck is the mean variance within a world; between worlds is the variance of their means less luck / replicates, never
    below 0 (Searle, Casella & McCulloch 1992, chapter 3).
    """
    luck = float(values.var(axis=1, ddof=1).mean())
    between = float(values.mean(axis=1).var(ddof=1)) - luck / values.shape[1]
    return Spread(max(0.0, between) ** 0.5, luck**0.5)


def without_luck(values: Floats) -> Floats:
    """Return the worlds' means with their spread as it is without luck, float64[policies, worlds].

    The means of few replicates spread more than the worlds do. Pulled towards the overall mean until their covariance over
    policies is the estimated one between worlds, they tell shares of worlds without bias towards one half (Louis 1984; for
    several policies at once by the linear map between two covariances, Olkin & Pukelsheim 1982).
    """
    n_replicates = values.shape[2]
    means = values.mean(axis=2)
    centre = means.mean(axis=1, keepdims=True)
    residuals = values - means[:, :, None]
    luck = np.einsum("iwr,jwr->ij", residuals, residuals) / (values.shape[1] * (n_replicates - 1))
    seen = np.atleast_2d(np.cov(means, ddof=1))
    true = _positive(seen - luck / n_replicates)
    root = _power(seen, 0.5)
    inverse = _power(seen, -0.5)
    pulled = inverse @ _power(root @ true @ root, 0.5) @ inverse
    return np.asarray(centre + pulled @ (means - centre))


def _power(matrix: Floats, power: float) -> Floats:
    """Return a power of a symmetric matrix; directions in which nothing varies stay at 0."""
    values, vectors = np.linalg.eigh(matrix)
    real = values > max(TINY, 1e-9 * float(values.max(initial=0.0)))
    raised = np.where(real, np.where(real, values, 1.0) ** power, 0.0)
    return np.asarray((vectors * raised) @ vectors.T)


def _positive(matrix: Floats) -> Floats:
    """Return the nearest covariance: negative estimates of variances as 0."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def ahead_shares(values: Floats, margin: float = MARGIN) -> Floats:
    """Return the share of worlds in which policy i is ahead of j by the margin, float64[policies, policies]."""
    levels = without_luck(values)
    return np.asarray((levels[:, None, :] - levels[None, :, :] > margin).mean(axis=2))


def rank_shares(values: Floats) -> Floats:
    """Return the share of worlds in which policy i has place k, float64[policies, places]; equals share their places."""
    levels = without_luck(values).round(12)
    n_policies = len(levels)
    above = (levels[None, :, :] > levels[:, None, :]).sum(axis=1)
    equal = (levels[None, :, :] == levels[:, None, :]).sum(axis=1)
    places = np.arange(n_policies)[None, None, :]
    held = (places >= above[:, :, None]) & (places < (above + equal)[:, :, None])
    return np.asarray((held / equal[:, :, None]).mean(axis=1))


def ranking_share(values: Floats, ranking: Sequence[int]) -> Floats:
    """Return the share of worlds that rank all policies in this order, best first, float64[1]."""
    levels = without_luck(values)[list(ranking)].round(12)
    return np.array([(np.diff(levels, axis=0) <= 0.0).all(axis=0).mean()])


def share_sufficient(reached: Floats, chance: float = SUFFICIENT) -> Floats:
    """Return, by policy, the share of worlds whose chance of critical mass is at least ``chance``.

    Two of four runs say little about a world's own chance. So chances are taken to follow a beta distribution over worlds,
    fitted by moments to the counts (beta-binomial; Griffiths 1973); it also holds worlds that all die or all live.
    """
    return np.array([_beta_above(policy, chance) for policy in reached])


def _beta_above(reached: Floats, chance: float) -> float:
    mean, between = float(reached.mean()), spread_of(reached).between ** 2
    most = mean * (1.0 - mean)
    if most < TINY or between < TINY:
        return float(mean >= chance)
    size = max(most / min(between, most * (1.0 - 1e-6)) - 1.0, 1e-6)
    return float(1.0 - betainc(mean * size, (1.0 - mean) * size, chance))


def widened(found: Interval, n: int) -> Interval:
    """Return a share's interval, nowhere narrower than counting so many worlds or runs allows (Wilson), within 0 to 1."""
    counted = wilson(round(found.value * n), n)
    return Interval(found.value, max(0.0, min(found.low, counted.low)), min(1.0, max(found.high, counted.high)))


def load_worlds(path: Path | None = None) -> list[World]:
    """Return the shipped ensemble, or that of a file, every value within its parameter's range. Raises ``InputError``."""
    where = path or SHIPPED
    try:
        worlds = read_ensemble(where)  # pandas' errors of form are ValueErrors
    except InputError:
        raise
    except ValueError as error:
        raise InputError(Problem(f"is no table of numbers: {error}", file=str(where))) from None
    if not worlds:
        nothing = "there is no such file" if path else "no ensemble ships with this version"
        said = nothing if worlds is None else "has no rows"
        raise InputError(Problem(f"{said}; give --ensemble FILE.csv, a row a set, a column a parameter", file=str(where)))
    wrong = [
        (f"{value:g} is outside {each.low:g} to {each.high:g}", name, row)
        for row, world in enumerate(worlds)
        for name, value in world.items()
        if not (each := PARAMETERS[name]).low <= value <= each.high
    ]
    if wrong:
        lines = row_lines(where)
        raise InputError(*limited(Problem(said, name, where.name, lines.get(row)) for said, name, row in wrong))
    return worlds


# --- the runs -------------------------------------------------------------------------------------------------------


def robustness(
    scenarios: Sequence[Scenario],
    worlds: Sequence[World],
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    margin: float = MARGIN,
    progress: Callable[[int], None] | None = None,
) -> Robustness:
    """Return what policies do in every world; ``progress`` is called with the number of runs done in all.

    What a scenario says of a parameter itself holds in every world. Raises ``InputError`` where critical mass can't be told
    by the end of the simulated time.
    """
    if replicates < LEAST_REPLICATES:
        raise InputError(Problem(f"{replicates} can't tell luck from the world; give 2 or more", "--replicates"))
    sample = simulate_worlds(scenarios, worlds, replicates=replicates, seed=seed, threads=threads, progress=progress)
    for scenario, reached in zip(scenarios, sample.values["reached"], strict=True):
        if np.isnan(reached).any():
            needed = scenario.support_end + scenario.critical_mass.after_support_days + 1
            raise InputError(Problem(f"{scenario.name} is too short to tell; give at least {needed} days", "horizon.days"))
    return Robustness(tuple(scenarios), sample, seed, margin)


def simulate_worlds(
    scenarios: Sequence[Scenario],
    worlds: Sequence[World],
    *,
    replicates: int,
    seed: int,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sample:
    """Return the outcomes of every policy in every world; world k meets replicates k * n to k * n + n - 1."""
    sources = {spec: OrganisationSource(spec, seed) for spec in {scenario.organisation for scenario in scenarios}}
    values = {name: np.empty((len(scenarios), len(worlds), replicates)) for name in MEASURES}
    done, a_world = itertools.count(1), len(scenarios) * replicates

    def one(place: int) -> None:
        for policy, scenario in enumerate(scenarios):
            simulator = _in_world(scenario, worlds[place], seed, sources)
            for k in range(replicates):
                outcome = simulator.outcomes(simulator.run(place * replicates + k))
                for name, kept in values.items():
                    kept[policy, place, k] = outcome[name]
        if progress is not None:
            progress(next(done) * a_world)

    with ThreadPoolExecutor(n_threads(threads)) as pool:
        for _ in pool.map(one, range(len(worlds))):
            pass
    return Sample(values)


def _in_world(
    scenario: Scenario, world: World, seed: int, sources: Mapping[OrganisationSpec, OrganisationSource]
) -> Simulator:
    there = scenario.model_copy(update={"parameters": {**world, **scenario.parameters}})
    return Simulator(there, seed=seed, source=sources[scenario.organisation])


def some_worlds(worlds: Sequence[World], wanted: int | None) -> list[World]:
    """Return so many worlds, evenly over the ensemble, whose neighbours are alike; all where not so many are wanted."""
    if wanted is None or wanted >= len(worlds):
        return list(worlds)
    return [worlds[int(place)] for place in np.linspace(0, len(worlds) - 1, wanted).round()]

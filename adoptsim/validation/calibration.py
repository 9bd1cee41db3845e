"""The ensemble's draw: sets of all parameters that show every pattern that must hold, from their priors.

Approximate Bayesian computation by Markov chain Monte Carlo (Marjoram et al. 2003, in emcee): a walk through the sets that
miss no pattern, from the fitted defaults on, all parameters varying over their priors; then every set that is kept must
also hold under other luck. Sequential ABC, as in pyABC, was the other candidate; its weights degenerate with as many
parameters as are open here, while the walk's preconditioned Crank-Nicolson steps (Cotter et al. 2013) keep the prior
whatever their number. A parameter's step is the larger the less it does to the patterns, so that what evidence leaves
open roams over its whole prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from adoptsim.domain.parameters import PARAMETERS
from adoptsim.simulation import n_threads
from adoptsim.validation.check import lies_within
from adoptsim.validation.ensemble import judged_at
from adoptsim.validation.measure import Floats, Sources, in_parallel, measure
from adoptsim.validation.patterns import NETWORK, PATTERNS, Pattern
from adoptsim.validation.priors import from_prior, half_width, quantile_of

SEED, OTHER_LUCK = 7, (11, 13)
"""Neither is the seed of a validation: what is drawn under one luck must hold under another."""
FEW = {"typical": 12}
"""Replicates of a case that a set is judged by, ``OTHERS`` where none are named; luck is corrected by the start's."""
OTHERS, MANY = 4, 96
CONFIRMED_BY = 2
"""So many times as many replicates judge under other luck; together with the first they decide what is kept."""
MARGIN = 0.1
"""A range is narrowed by this share of its half width at both ends: a set that just fits must fit under other luck too."""
WORST = 4.0
"""How far a single pattern can count as missed, in half widths of its range."""
EDGE = 0.005
"""Defaults on the edge of their range are taken to lie this share of their prior inside it."""
NEAR = 1.0
"""By how much the start of the walk may miss the patterns, narrowed as they are; no set that is kept does."""
WALKERS = 24
MOVED_AT_ONCE = 12
"""Parameters, drawn anew, that a step of the walk moves: with all at once hardly any step would be accepted."""
MOVES = 0.35
"""What a step should do to the patterns, in half widths of their ranges, all parameters that it moves together."""
LEAST_STEP = 0.05
SPREAD = 0.41
"""Standard deviation of the difference of two quantiles drawn at random."""

Progress = Callable[[int, str], None]


def missed_by(pattern: Pattern, value: float) -> float:
    """Return how far a value lies outside a pattern's range, in half widths of it; 0 inside, ``WORST`` at most.

    Observed ranges are narrowed by ``MARGIN``; of a sign, only its side counts.
    """
    if not math.isfinite(value):
        return WORST
    low = -math.inf if pattern.low is None else pattern.low
    high = math.inf if pattern.high is None else pattern.high
    half = half_width(pattern)
    inner = MARGIN * half if pattern.kind == "range" else 0.0  # of shapes our own bounds are wide
    return min(WORST, max(0.0, low + inner - value, value - (high - inner)) / half)


@dataclass(frozen=True)
class Target:
    """What sets of parameters are held against: rows of patterns under one luck, and what the start gave under more of it.

    ``known``: the start's values by pattern, of many replicates; by them those of few are corrected for luck.
    """

    rows: Sequence[Pattern]
    known: Mapping[str, Floats]
    seed: int = SEED
    times: int = 1
    """How many times as many replicates as `FEW` and `OTHERS` say."""
    sources: Sources = field(default_factory=dict)

    def distance(self, values: Mapping[str, float], enough: float = math.inf) -> float:
        """Return by how much a set misses the patterns, summed; once it is more than ``enough``, nothing more is run.

        The typical organisation is simulated first: most sets fail there.
        """
        missed = 0.0
        for rows in _stages(self.rows):
            missed += missed_in_all(rows, self.judged(values, rows))
            if missed > enough:
                break
        return missed

    def judged(self, values: Mapping[str, float], rows: Sequence[Pattern]) -> Floats:
        """Return what a set is judged by, float64[rows]."""
        found = self.measured(values, rows)
        return np.array([judged_at(row, found[row.name], self.known.get(row.name)) for row in rows])

    def measured(self, values: Mapping[str, float], rows: Sequence[Pattern]) -> dict[str, Floats]:
        """Return each row's values by replicate."""
        return measure(values, rows, self._few(rows), self.seed, self.sources)

    def _few(self, rows: Sequence[Pattern]) -> dict[str, int]:
        """Return how many replicates of each case: of one that others are only held against as many as of those."""
        judged = {row.case for row in rows}
        return {case: self.times * (FEW.get(case, OTHERS) if case in judged else OTHERS) for case in _cases(rows)}


def target_at(
    start: Mapping[str, float], rows: Sequence[Pattern], seed: int = SEED, times: int = 1, threads: int | None = None
) -> Target:
    """Return what sets near a start are held against; the start itself is simulated many times."""
    sources: Sources = {}
    replicates = {case: max(MANY * FEW.get(case, OTHERS) // max(FEW.values()), 1) for case in _cases(rows)}
    return Target(rows, measure(start, rows, replicates, seed, sources, threads), seed, times, sources)


def _stages(rows: Sequence[Pattern]) -> list[list[Pattern]]:
    first = [row for row in rows if row.case == "typical"]
    return [part for part in (first, [row for row in rows if row.case != "typical"]) if part]


def _cases(rows: Sequence[Pattern]) -> set[str]:
    return {case for row in rows for case in (row.case, row.against) if case}


def calibrated_patterns() -> list[Pattern]:
    """Return the patterns that parameters can miss: all that must hold but those of generated organisations."""
    return [row for row in PATTERNS.values() if row.must_hold and row.kind != "report" and row.case != NETWORK]


def step_sizes(effects: Mapping[str, Floats], rows: Sequence[Pattern]) -> Floats:
    """Return each parameter's step, float64[parameters], from 0 (stand still) to 1 (a new draw from the prior).

    ``effects``: what a parameter does to each row, per quantile of its prior, float64[rows]; none for what does nothing.
    """
    widths = np.array([half_width(row) for row in rows])
    signs = np.array([row.kind == "sign" for row in rows])
    sizes = []
    for name in PARAMETERS:
        does = np.abs(effects.get(name, np.zeros(len(rows)))) / widths
        influence = float(np.sqrt((does[~signs] ** 2).sum()))
        sizes.append(min(1.0, MOVES / (SPREAD * math.sqrt(MOVED_AT_ONCE) * influence)) if influence else 1.0)
    return np.maximum(sizes, LEAST_STEP)


def sample(
    target: Target,
    start: Mapping[str, float],
    steps: Floats,
    *,
    members: int,
    walkers: int = WALKERS,
    thin: int = 30,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[list[dict[str, float]], float]:
    """Return sets of all parameters that miss no pattern of the target, drawn from the priors, and the acceptance rate.

    Each walker starts at ``start`` and is written down every ``thin`` steps, the first time after as many; one that has
    not moved yet is left out. Raises ``ValueError`` if the start misses by more than ``NEAR``.
    """
    import emcee

    if (missed := target.distance(start)) > NEAR:
        raise ValueError(f"the start misses the patterns by {missed:.2f}; fit it first")

    def log_likelihood(place: npt.NDArray[np.float64]) -> float:
        return 0.0 if target.distance(_values(ndtr(place)), enough=0.0) == 0.0 else -math.inf

    def step(places: npt.NDArray[np.float64], random: np.random.RandomState) -> tuple[Floats, Floats]:
        chosen_now = random.random_sample(places.shape).argsort(axis=1) < MOVED_AT_ONCE
        moved = np.sqrt(1.0 - steps * steps) * places + steps * random.standard_normal(places.shape)
        return np.where(chosen_now, moved, places), np.zeros(len(places))

    quantiles = [min(1.0 - EDGE, max(EDGE, quantile_of(each, start[name]))) for name, each in PARAMETERS.items()]
    begin = np.tile(ndtri(quantiles), (walkers, 1))
    rounds = math.ceil(members / walkers)
    with ThreadPoolExecutor(n_threads(threads)) as pool:
        chain = emcee.EnsembleSampler(walkers, len(PARAMETERS), log_likelihood, pool=pool, moves=emcee.moves.MHMove(step))
        chain.random_state = np.random.RandomState(seed).get_state()  # the library's kind of generator
        state = emcee.State(begin, log_prob=np.zeros(walkers))
        for done, _ in enumerate(chain.sample(state, iterations=rounds * thin, skip_initial_state_check=True), start=1):
            if progress is not None:
                progress(done * walkers, f"{np.mean(chain.acceptance_fraction):.0%} accepted")
    places = chain.get_chain()[thin - 1 :: thin].reshape(-1, len(PARAMETERS))
    moved = places[(places != begin[0]).any(axis=1)][:members]
    return [_values(ndtr(place)) for place in moved], float(np.mean(chain.acceptance_fraction))


def confirmed(
    sets: Sequence[dict[str, float]],
    targets: Sequence[Target],
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[dict[str, float]]:
    """Return the sets that miss no pattern on average over several lucks, of ranges as they are."""

    def holds(values: Mapping[str, float]) -> bool:
        return all(_holds_on_average(values, rows, targets) for rows in _stages(targets[0].rows))

    held = in_parallel(holds, sets, threads, progress)
    return [values for values, good in zip(sets, held, strict=True) if good]


def _holds_on_average(values: Mapping[str, float], rows: Sequence[Pattern], targets: Sequence[Target]) -> bool:
    found = [target.measured(values, rows) for target in targets]
    for row in rows:
        each = [got[row.name] for got in found]
        if row.compare == "lives":  # runs of all lucks together
            value = judged_at(row, np.concatenate(each), None)
        else:
            known = [target.known.get(row.name) for target in targets]
            value = float(np.mean([judged_at(row, got, many) for got, many in zip(each, known, strict=True)]))
        if not lies_within(row, value):
            return False
    return True


def missed_in_all(rows: Sequence[Pattern], values: Iterable[float]) -> float:
    """Return by how much values miss their patterns, summed."""
    return sum(missed_by(row, value) for row, value in zip(rows, values, strict=True))


def _values(quantiles: Iterable[float]) -> dict[str, float]:
    pairs = zip(PARAMETERS.items(), quantiles, strict=True)
    return {name: from_prior(each, float(quantile)) for (name, each), quantile in pairs}

"""The calibration: defaults fitted to the patterns, and an ensemble of plausible sets drawn from the priors.

Two steps, each by a kept library. *Fit*: covariance matrix adaptation (Hansen & Ostermeier 2001, in Optuna) looks for the
set of all open parameters that misses the fitted patterns least. *Sample*: approximate Bayesian computation by Markov
chain Monte Carlo (Marjoram et al. 2003, in emcee) walks from there through the sets that miss no pattern, all parameters
varying over their priors. Sequential ABC, as in pyABC, was the other candidate; its weights degenerate with as many
parameters as are open here, while the walk's preconditioned Crank-Nicolson steps (Cotter et al. 2013) keep the prior
whatever their number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from adoptsim.domain.parameters import PARAMETERS, Parameter
from adoptsim.simulation import n_threads
from adoptsim.validation.check import interval_of
from adoptsim.validation.ensemble import in_the_long_run
from adoptsim.validation.measure import Floats, Sources, measure
from adoptsim.validation.patterns import NETWORK, PATTERNS, Pattern

SEED = 7
"""Not the seed of a validation: what is fitted to one luck must hold under another."""
FEW = {"typical": 16}
"""Replicates of a case that a set is judged by, ``OTHERS`` where none are named; luck is corrected by the start's."""
OTHERS, MANY = 8, 96
MARGIN = 0.0
"""A range is narrowed by this share at both ends, so that a set that just fits also fits under other luck."""
WORST = 4.0
"""How far a single pattern can count as missed, in half widths of its range."""
LEAST_WIDTH = 0.02
"""Taken for the width of a range that is open and begins at 0, as of a sign."""
EDGE = 0.005
"""Defaults on the edge of their range are taken to lie this share of their prior inside it."""
REACH = 0.3
"""How far from the start's quantiles the fit looks; the search begins with a spread of a third of it."""
NEAR = 1.0
"""By how much the start of the walk may miss the patterns, narrowed as they are; no set that is kept does."""
WALKERS = 24
MOVED_AT_ONCE = 6
"""Parameters, drawn anew, that a step of the walk moves: with all at once hardly any step would be accepted."""
STEP = 0.25
"""Size of a step of the walk, from 0 (stand still) to 1 (a new draw from the prior)."""

Progress = Callable[[int, str], None]


def open_parameters() -> dict[str, Parameter]:
    """Return the parameters that the patterns may speak about: all but what minutes of work cost."""
    return {name: each for name, each in PARAMETERS.items() if not name.endswith("_minutes")}


def from_prior(parameter: Parameter, quantile: float) -> float:
    """Return the value at a quantile of a parameter's prior: uniform, or log-uniform, from low to high."""
    low, high = parameter.low, parameter.high
    if parameter.prior == "log-uniform":
        return float(low * (high / low) ** quantile)
    return float(low + (high - low) * quantile)


def quantile_of(parameter: Parameter, value: float) -> float:
    """Return at which quantile of its prior a value lies, [0, 1]."""
    low, high = parameter.low, parameter.high
    if parameter.prior == "log-uniform":
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def missed_by(pattern: Pattern, value: float) -> float:
    """Return how far a value lies outside a pattern's range, in half widths of it; 0 inside, ``WORST`` at most.

    Observed ranges are narrowed by ``MARGIN``; of a sign, only its side counts.
    """
    if not math.isfinite(value):
        return WORST
    low = -math.inf if pattern.low is None else pattern.low
    high = math.inf if pattern.high is None else pattern.high
    width = high - low if math.isfinite(high - low) else max(abs(pattern.low or 0.0), abs(pattern.high or 0.0), LEAST_WIDTH)
    inner = MARGIN * width if pattern.kind == "range" else 0.0
    return min(WORST, max(0.0, low + inner - value, value - (high - inner)) / (0.5 * width))


@dataclass(frozen=True)
class Target:
    """What sets of parameters are held against: rows of patterns under one luck, and what the start gave under more of it.

    ``known``: the start's values by pattern, of many replicates; by them those of few are corrected for luck.
    """

    rows: Sequence[Pattern]
    known: Mapping[str, Floats]
    seed: int = SEED
    sources: Sources = field(default_factory=dict)

    def distance(self, values: Mapping[str, float], enough: float = math.inf) -> float:
        """Return by how much a set misses the patterns, summed; once it is more than ``enough``, no further case is run.

        Cases are simulated one after another, the typical organisation first: most sets fail there.
        """
        missed = 0.0
        for rows in _by_case(self.rows):
            found = measure(values, rows, _few(rows), self.seed, self.sources)
            for row in rows:
                corrected = in_the_long_run(row, found[row.name], self.known.get(row.name))
                missed += missed_by(row, interval_of(row, corrected).value)
            if missed > enough:
                break
        return missed


def target_at(start: Mapping[str, float], rows: Sequence[Pattern], seed: int = SEED, threads: int | None = None) -> Target:
    """Return what sets near a start are held against; the start itself is simulated many times."""
    sources: Sources = {}
    cases = {row.case for row in rows} | {row.against for row in rows if row.against}
    replicates = {case: max(MANY * FEW.get(case, OTHERS) // max(FEW.values()), 1) for case in cases}
    return Target(rows, measure(start, rows, replicates, seed, sources, threads), seed, sources)


def _by_case(rows: Sequence[Pattern]) -> list[list[Pattern]]:
    cases = sorted({row.case for row in rows}, key=lambda name: (name != "typical", name))
    return [[row for row in rows if row.case == case] for case in cases]


def _few(rows: Sequence[Pattern]) -> dict[str, int]:
    return {case: FEW.get(case, OTHERS) for row in rows for case in (row.case, row.against) if case}


def calibrated_patterns() -> list[Pattern]:
    """Return the patterns that parameters can miss: all that must hold but those of generated organisations."""
    return [row for row in PATTERNS.values() if row.must_hold and row.kind != "report" and row.case != NETWORK]


def fit(
    target: Target,
    start: Mapping[str, float],
    *,
    trials: int,
    seed: int = 1,
    progress: Progress | None = None,
) -> tuple[dict[str, float], float]:
    """Return the set that misses least among ``trials`` of a CMA-ES from ``start``, and by how much it misses."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    chosen = open_parameters()
    at_start = {name: quantile_of(each, start[name]) for name, each in chosen.items()}
    study = optuna.create_study(sampler=optuna.samplers.CmaEsSampler(seed=seed, n_startup_trials=0))
    study.enqueue_trial(dict.fromkeys(chosen, 0.0))

    def values_at(offsets: Iterable[float]) -> dict[str, float]:
        """Return a set by how far each quantile lies from the start's, folded back into the prior."""
        return _values(chosen, [_folded(at + offset) for at, offset in zip(at_start.values(), offsets, strict=True)])

    def missed(trial: optuna.Trial) -> float:
        return target.distance(values_at([trial.suggest_float(name, -REACH, REACH) for name in chosen]))

    def tell(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        if progress is not None:
            progress(trial.number + 1, f"missed by {study.best_value:.2f}")

    study.optimize(missed, n_trials=trials, callbacks=[tell])
    return values_at([study.best_params[name] for name in chosen]), study.best_value


def _folded(quantile: float) -> float:
    """Return a number near [0, 1] reflected into it."""
    return 1.0 - abs(1.0 - abs(quantile))


def _values(chosen: Mapping[str, Parameter], quantiles: Iterable[float]) -> dict[str, float]:
    pairs = zip(chosen.items(), quantiles, strict=True)
    return {name: from_prior(each, float(quantile)) for (name, each), quantile in pairs}


def sample(
    target: Target,
    start: Mapping[str, float],
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

    chosen = dict(PARAMETERS)
    if (missed := target.distance(start)) > NEAR:
        raise ValueError(f"the start misses the patterns by {missed:.2f}; fit it first")

    def log_likelihood(place: npt.NDArray[np.float64]) -> float:
        return 0.0 if target.distance(_values(chosen, ndtr(place)), enough=0.0) == 0.0 else -math.inf

    def step(places: npt.NDArray[np.float64], random: np.random.RandomState) -> tuple[Floats, Floats]:
        chosen_now = random.random_sample(places.shape).argsort(axis=1) < MOVED_AT_ONCE
        moved = math.sqrt(1.0 - STEP * STEP) * places + STEP * random.standard_normal(places.shape)
        return np.where(chosen_now, moved, places), np.zeros(len(places))

    quantiles = [min(1.0 - EDGE, max(EDGE, quantile_of(each, start[name]))) for name, each in chosen.items()]
    begin = np.tile(ndtri(quantiles), (walkers, 1))
    rounds = math.ceil(members / walkers)
    with ThreadPoolExecutor(n_threads(threads)) as pool:
        chain = emcee.EnsembleSampler(walkers, len(chosen), log_likelihood, pool=pool, moves=emcee.moves.MHMove(step))
        chain.random_state = np.random.RandomState(seed).get_state()  # the library's kind of generator
        state = emcee.State(begin, log_prob=np.zeros(walkers))
        for done, _ in enumerate(chain.sample(state, iterations=rounds * thin, skip_initial_state_check=True), start=1):
            if progress is not None:
                progress(done * walkers, f"{np.mean(chain.acceptance_fraction):.0%} accepted")
    places = chain.get_chain()[thin - 1 :: thin].reshape(-1, len(chosen))
    moved = places[(places != begin[0]).any(axis=1)][:members]
    return [_values(chosen, ndtr(place)) for place in moved], float(np.mean(chain.acceptance_fraction))

"""Morris' elementary effects and Sobol' indices of a design's outcomes, and what luck alone would show. Runs nothing.

Values are float64[points, replicates]; a *pair* is two points that differ in one target only, under the same people and
luck. A target that does nothing still has pairs that differ, as small changes grow into other histories, and indices
made of sizes or squares then come out above zero. So beside each index stands its *luck bound*, what it would come to
from luck alone, and whether it is beyond luck: whether replicates agree on the sign more than chance would have it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from adoptsim.domain.intervals import CONFIDENCE, mean_interval
from adoptsim.sweeps.designs import GRID_LEVELS, need_salib, salib_problem
from adoptsim.sweeps.ranges import Range, Varied

Floats = npt.NDArray[np.float64]
RESAMPLES = 1_000
FLIPS = 1_000
FLIPS_AT_ONCE = 100
LUCK_CONFIDENCE = 0.99  # dozens of targets are looked at: at 0.95 a few that do nothing would pass
GRID_STEP = GRID_LEVELS / (2.0 * (GRID_LEVELS - 1))  # how far a trajectory moves a target, of its way from 0 to 1


@dataclass(frozen=True, slots=True)
class Indices:
    """A method's columns by name, each float64[targets], and what luck has to do with the one that ranks."""

    columns: dict[str, Floats]
    luck: Luck
    direction: list[str]


class Luck(NamedTuple):
    """What luck alone gives for each target, float64[targets], and whether what was found is beyond it, bool[targets]."""

    bound: Floats
    is_beaten: npt.NDArray[np.bool_]


def morris_indices(vary: Sequence[Varied], places: Floats, values: Floats, seed: int) -> Indices:
    """Return mu*, mu and sigma of the elementary effects, in the outcome's unit (Morris 1991; Campolongo et al. 2007).

    An effect is the outcome's change over the step, as a share of the target's way from one end to the other: of
    something on or off just the change. mu*: mean size, with its bootstrap interval; mu: mean; sigma: standard deviation.
    """
    need_salib()
    from SALib.analyze.morris import analyze

    n_targets = len(vary)
    found = analyze(
        salib_problem(n_targets),
        places,
        values.mean(axis=1),
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        num_levels=GRID_LEVELS,
        seed=seed,
    )
    steps = np.array([grid_step(varied) for varied in vary])
    mu_star, half, mu, sigma = (
        np.asarray(found[name], dtype=np.float64) * GRID_STEP / steps for name in ("mu_star", "mu_star_conf", "mu", "sigma")
    )
    pairs = morris_pairs(places, values)
    luck = against_luck(pairs / steps[:, None, None], lambda effects: np.abs(effects).mean(axis=-1), seed)
    columns = {"mu_star": mu_star, "mu_star_low": np.maximum(0.0, mu_star - half), "mu_star_high": mu_star + half}
    return Indices(columns | {"mu": mu, "sigma": sigma}, luck, directions(pairs))


def grid_step(varied: Varied) -> float:
    """Return how far a Morris step moves a target, as a share of its way from the first level to the last."""
    if isinstance(varied, Range):
        return GRID_STEP
    last = len(varied) - 1
    return round(GRID_STEP * last) / last


def sobol_indices(places: Floats, values: Floats, seed: int) -> Indices:
    """Return first-order and total Sobol' indices with bootstrap intervals (Saltelli et al. 2010; Jansen 1999).

    ``S1``: share of the outcome's variance over the design that a target explains alone; ``ST``: with all that it does
    together with others.
    """
    need_salib()
    from SALib.analyze.sobol import analyze

    n_targets = places.shape[1]
    found = analyze(
        salib_problem(n_targets),
        values.mean(axis=1),
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed + 1,  # SALib takes a seed of 0 for none
    )
    blocks = values.mean(axis=1).reshape(-1, n_targets + 2)
    variance = float(np.var(blocks[:, [0, -1]]))
    pairs = saltelli_pairs(places, values)
    luck = against_luck(pairs, lambda effects: 0.5 * (effects**2).mean(axis=-1) / variance, seed)
    columns: dict[str, Floats] = {}
    for name in ("S1", "ST"):
        value, half = np.asarray(found[name]), np.asarray(found[f"{name}_conf"])
        columns |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
    return Indices(columns, luck, directions(pairs))


def varies_enough(method: str, n_targets: int, values: Floats) -> bool:
    """Return whether there is something to explain: for Sobol' among the points that its variance is taken over."""
    means = values.mean(axis=1)
    if method == "sobol":
        means = means.reshape(-1, n_targets + 2)[:, [0, -1]]
    return bool(np.ptp(means) > 1e-12)


def morris_pairs(places: Floats, values: Floats) -> Floats:
    """Return what each target's step up changed, float64[targets, trajectories, replicates]."""
    n_targets = places.shape[1]
    steps = np.diff(places.reshape(-1, n_targets + 1, n_targets), axis=1)
    changes = np.diff(values.reshape(-1, n_targets + 1, values.shape[1]), axis=1)
    upwards = changes * np.sign(steps.sum(axis=2))[:, :, None]
    in_order = np.argsort(np.abs(steps).argmax(axis=2), axis=1)  # which step of each trajectory moves target 0, 1, ...
    ordered: Floats = np.take_along_axis(upwards, in_order[:, :, None], axis=1)
    return ordered.swapaxes(0, 1)


def saltelli_pairs(places: Floats, values: Floats) -> Floats:
    """Return what each target's change from A to B changed, counted upwards, float64[targets, samples, replicates]."""
    n_targets = places.shape[1]
    where = places.reshape(-1, n_targets + 2, n_targets)
    blocks = values.reshape(-1, n_targets + 2, values.shape[1])
    upwards = np.sign(where[:, -1] - where[:, 0])
    changes: Floats = (blocks[:, 1:-1] - blocks[:, :1]) * upwards[:, :, None]
    return changes.swapaxes(0, 1)


def against_luck(pairs: Floats, statistic: Callable[[Floats], Floats], seed: int) -> Luck:
    """Return what luck alone gives, and what is beyond it, both at 99 %.

    The bound is the statistic of what replicates differ by from their pair's mean, under random signs: the noise that is
    left in means of so many replicates. Beyond luck is what is above the statistic of the changes themselves under random
    signs: a sign-flip test, exact also where few runs change at all, as critical mass often does not.

    Parameters
    ----------
    pairs
        What a step changes, float64[targets, pairs, replicates].
    statistic
        From mean changes, float64[..., pairs], to the index, float64[...].
    """
    draws = np.random.default_rng(seed)
    n_replicates = pairs.shape[2]
    noise = (pairs - pairs.mean(axis=2, keepdims=True)) * (n_replicates / (n_replicates - 1)) ** 0.5
    bound, chance = np.empty(len(pairs)), np.empty(len(pairs))
    for target in range(len(pairs)):
        both = np.stack([noise[target], pairs[target]])
        shown: list[Floats] = []
        for _ in range(FLIPS // FLIPS_AT_ONCE):
            signs = draws.integers(0, 2, (FLIPS_AT_ONCE, *both.shape[1:]), dtype=np.int8) * 2.0 - 1.0
            shown.append(statistic(np.einsum("fpr,kpr->fkp", signs, both) / n_replicates))
        bound[target], chance[target] = np.quantile(np.concatenate(shown), LUCK_CONFIDENCE, axis=0)
    found = statistic(pairs.mean(axis=2))
    return Luck(bound, found > chance)


def directions(pairs: Floats) -> list[str]:
    """Return for each target whether more of it raises or lowers the outcome on average, or nothing where that is open."""
    found: list[str] = []
    for changes in pairs.mean(axis=2):
        low, high = mean_interval(changes)[1:]
        found.append("raises" if low > 0 else "lowers" if high < 0 else "")
    return found


METHODS = {"morris": "morris", "sobol": "saltelli"}
"""The methods, and the design that each needs."""

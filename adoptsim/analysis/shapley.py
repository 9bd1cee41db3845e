"""Exact Shapley values and pairwise interactions of a game given in full: weights times values, nothing drawn.

A bundle of n members is a number whose bit i says whether member i is in it; values stand in the order of these numbers,
bundle 0 (nobody) first. Both indices are linear in the values, so those of each replicate average to those of the mean.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MOST_MEMBERS = 16  # 65,536 bundles
ROUNDING = 1e-13  # of the largest value: some hundred roundings


def shapley_values(values: npt.ArrayLike) -> Floats:
    """Return what each member adds, averaged over all orders of joining (Shapley 1953).

    Parameters
    ----------
    values
        float64[2**n, ...]: of each bundle.

    Returns
    -------
    numpy.ndarray
        float64[n, ...]; over the members they sum to the value of all minus that of nobody.
    """
    game = np.asarray(values, dtype=np.float64)
    return _weighed(_shapley_weights(n_members(game)), game)


def interaction_indices(values: npt.ArrayLike) -> Floats:
    """Return how much more two members add together than apart (Grabisch & Roubens 1999).

    Returns
    -------
    numpy.ndarray
        float64[n * (n - 1) / 2, ...], in the order of `pairs`; above 0: each is worth more beside the other.
    """
    game = np.asarray(values, dtype=np.float64)
    return _weighed(_interaction_weights(n_members(game)), game)


def pairs(n: int) -> list[tuple[int, int]]:
    """Return all pairs of n members."""
    return list(combinations(range(n), 2))


def n_members(game: Floats) -> int:
    """Return how many members a game has; a game that isn't given in full raises ``ValueError``."""
    n = len(game).bit_length() - 1
    if not 1 <= n <= MOST_MEMBERS or len(game) != 1 << n:
        raise ValueError(f"{len(game)} bundles are not all those of 1 to {MOST_MEMBERS} members")
    return n


def _weighed(weights: Floats, game: Floats) -> Floats:
    """Return weighted sums of the values; what is left of a sum by rounding only is 0."""
    found = np.tensordot(weights, game, axes=1)
    return np.where(np.abs(found) <= ROUNDING * np.abs(game).max(initial=0.0), 0.0, found)


def _members(n: int) -> npt.NDArray[np.bool_]:
    """Return who is in which bundle, bool[n, 2**n]."""
    return np.asarray((np.arange(1 << n) >> np.arange(n)[:, None]) & 1, dtype=np.bool_)


@cache
def _shapley_weights(n: int) -> Floats:
    """Return the weight of each bundle's value for each member, float64[n, 2**n]."""
    inside = _members(n)
    others = inside.sum(axis=0) - inside
    chance = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)])
    return np.asarray(np.where(inside, 1.0, -1.0) * chance[others])


@cache
def _interaction_weights(n: int) -> Floats:
    """Return the weight of each bundle's value for each pair, float64[n * (n - 1) / 2, 2**n]."""
    inside = _members(n)
    first, second = (inside[np.array([pair[place] for pair in pairs(n)], dtype=np.int64)] for place in (0, 1))
    others = inside.sum(axis=0) - first - second
    chance = np.array([factorial(k) * factorial(n - k - 2) / factorial(n - 1) for k in range(n - 1)])
    return np.asarray(np.where(first == second, 1.0, -1.0) * chance[others])

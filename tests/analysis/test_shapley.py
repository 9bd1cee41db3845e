"""Shapley values and interactions: games with known answers, the axioms on any game, the definition itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from adoptsim.analysis.shapley import interaction_indices, pairs, shapley_values

Game = Callable[[frozenset[int]], float]


def values_of(n: int, game: Game) -> np.ndarray:
    return np.array([game(frozenset(i for i in range(n) if bundle >> i & 1)) for bundle in range(1 << n)])


def games(n: int) -> st.SearchStrategy[np.ndarray]:
    return arrays.arrays(np.float64, 1 << n, elements=st.floats(-1e3, 1e3, allow_subnormal=False))


def test_in_an_additive_game_each_gets_its_own():
    own = np.array([3.0, -1.0, 0.5, 0.0])
    game = values_of(4, lambda members: own[list(members)].sum())
    assert shapley_values(game) == pytest.approx(own)
    assert interaction_indices(game) == pytest.approx(np.zeros(6))


def test_in_a_unanimity_game_those_who_are_needed_share_alike_and_need_each_other():
    """Grabisch & Roubens 1999: of three that are needed, each gets 1/3 and each two interact by 1/2."""
    game = values_of(5, lambda members: float(members >= {0, 2, 3}))
    assert shapley_values(game) == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3, 0])
    needed = [1 / 2 if {*pair} <= {0, 2, 3} else 0.0 for pair in pairs(5)]
    assert interaction_indices(game) == pytest.approx(needed)


def test_in_the_glove_game_the_rare_glove_gets_two_thirds():
    game = values_of(3, lambda members: float(min(len(members & {0, 1}), len(members & {2}))))
    assert shapley_values(game) == pytest.approx([1 / 6, 1 / 6, 4 / 6])
    assert interaction_indices(game) == pytest.approx([-1 / 2, 1 / 2, 1 / 2])  # the two left gloves replace each other


def test_in_the_airport_game_each_pays_for_its_own_stretch_with_those_who_need_it():
    """Littlechild & Owen 1973: runways of 10, 20, 50 and 90."""
    lengths = np.array([10.0, 20.0, 50.0, 90.0])
    game = values_of(4, lambda members: max(lengths[list(members)], default=0.0))
    assert shapley_values(game) == pytest.approx([10 / 4, 10 / 4 + 10 / 3, 10 / 4 + 10 / 3 + 30 / 2, 10 / 4 + 10 / 3 + 55])


@given(games(5))
def test_the_shares_add_up_to_the_whole(game: np.ndarray):
    assert shapley_values(game).sum() == pytest.approx(game[-1] - game[0], abs=1e-9)


@given(games(4))
def test_a_share_is_what_one_adds_averaged_over_all_orders(game: np.ndarray):
    added = np.zeros(4)
    for order in itertools.permutations(range(4)):
        bundle = 0
        for member in order:
            added[member] += game[bundle | 1 << member] - game[bundle]
            bundle |= 1 << member
    assert shapley_values(game) == pytest.approx(added / 24, abs=1e-9)


@given(games(4))
def test_one_who_changes_nothing_gets_nothing_and_meets_nobody(game: np.ndarray):
    with_dummy = np.concatenate([game, game])  # the last member changes nothing
    assert shapley_values(with_dummy) == pytest.approx([*shapley_values(game), 0.0], abs=1e-9)
    met = [found for pair, found in zip(pairs(5), interaction_indices(with_dummy), strict=True) if 4 in pair]
    assert met == pytest.approx([0.0] * 4, abs=1e-9)


@given(games(4), st.permutations(range(4)))
def test_names_do_not_matter(game: np.ndarray, order: list[int]):
    """Whoever plays another's part gets the other's share; so those who play alike get alike."""
    renamed = np.empty_like(game)
    for bundle in range(16):
        renamed[sum(1 << order[i] for i in range(4) if bundle >> i & 1)] = game[bundle]
    assert shapley_values(renamed)[order] == pytest.approx(shapley_values(game), abs=1e-9)


@given(arrays.arrays(np.float64, (8, 6), elements=st.floats(-1e3, 1e3, allow_subnormal=False)))
def test_the_shares_of_each_replicate_average_to_those_of_the_mean(game: np.ndarray):
    assert shapley_values(game).mean(axis=1) == pytest.approx(shapley_values(game.mean(axis=1)), abs=1e-9)
    assert interaction_indices(game).mean(axis=1) == pytest.approx(interaction_indices(game.mean(axis=1)), abs=1e-9)


@given(games(2))
def test_the_interaction_of_two_alone_is_together_less_apart(game: np.ndarray):
    assert interaction_indices(game) == pytest.approx([game[3] - game[1] - game[2] + game[0]], abs=1e-9)


@pytest.mark.parametrize("n_bundles", [0, 1, 3, 6, 1 << 17])
def test_a_game_that_is_not_given_in_full_is_refused(n_bundles: int):
    with pytest.raises(ValueError, match="are not all those of 1 to 16"):
        shapley_values(np.zeros(n_bundles))


def test_what_is_left_by_rounding_is_nothing():
    own = np.array([0.1, 0.2, 0.3, 0.7])
    game = values_of(4, lambda members: sum(own[list(members)]))
    assert (interaction_indices(game) == 0.0).all()


def test_one_member_alone_gets_it_all_and_has_nobody_to_meet():
    assert shapley_values([2.0, 5.0]) == pytest.approx([3.0])
    assert interaction_indices([2.0, 5.0]).shape == (0,)

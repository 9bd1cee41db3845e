"""Bisection and the middle of many edges, against edges that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoptsim.analysis.edge import BEYOND_FROM_THE_START, NEVER_BEYOND, Bracket, bisect, median_edge


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.2))
def test_a_known_edge_is_found_within_the_tolerance(edge: float, tolerance: float):
    found = bisect(lambda share: share >= edge, tolerance=tolerance)
    assert found.low < edge <= found.high
    assert found.high - found.low <= tolerance


def test_what_is_beyond_from_the_start_or_never_has_no_edge():
    assert bisect(lambda _: True) == BEYOND_FROM_THE_START
    assert bisect(lambda _: False) == NEVER_BEYOND


def test_an_edge_at_the_very_end_is_found():
    assert bisect(lambda share: share >= 0.9, top=0.9).high == 0.9


def test_an_edge_costs_no_more_runs_than_halving_takes():
    tried: list[float] = []
    bisect(lambda share: tried.append(share) or share > 0.3, tolerance=0.01)
    assert len(tried) == 2 + math.ceil(math.log2(1 / 0.01))


@pytest.mark.parametrize("n", [12, 32, 33])
def test_the_interval_covers_the_true_middle_at_about_its_nominal_rate(n: int):
    """Organisations whose edges are spread lognormally about .2; 600 searches: 95 % is 570, 4 sd less is 548."""
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(600):
        edges = 0.2 * np.exp(0.6 * rng.standard_normal(n))
        found = median_edge([bisect(lambda share, edge=edge: share >= edge, tolerance=0.01) for edge in edges])
        assert found.low <= found.value <= found.high
        covered += found.low <= 0.2 <= found.high
    assert 548 <= covered <= 599


def test_the_middle_is_infinite_where_most_never_tip_and_zero_where_most_live_by_themselves():
    some = [Bracket(0.1, 0.11)] * 3
    assert median_edge([NEVER_BEYOND] * 9 + some).value == math.inf
    assert median_edge([BEYOND_FROM_THE_START] * 9 + some).value == 0.0
    assert median_edge([BEYOND_FROM_THE_START] * 9 + some).high <= 0.11


def test_too_few_runs_give_no_interval():
    assert not math.isnan(median_edge([Bracket(0.1, 0.11)] * 6).low)
    assert math.isnan(median_edge([Bracket(0.1, 0.11)] * 5).low)
    assert math.isnan(median_edge([]).value)

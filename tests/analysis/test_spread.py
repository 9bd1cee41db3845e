"""How a difference spreads: counted from each person's own record, and nothing where nothing differs."""

from dataclasses import replace

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.divergence import parting_of
from adoptsim.analysis.pairs import Pair
from adoptsim.analysis.spread import Partings, Spread, spread_of
from adoptsim.engine.state import MARK
from adoptsim.simulation import Simulator

BASE = {"name": "pair", "organisation": {"people": 80}, "horizon": {"days": 120, "support_until": 60}}
LATE = 50


def scenario(**practices):
    return ad.Scenario(**BASE, practices={"critical_mass": True} | practices)


@pytest.fixture(scope="module")
def spread() -> Spread:
    pair = Pair(scenario(), scenario(leadership_and_champions={"start": LATE}), seed=3)
    return spread_of(pair, range(4), threads=2)


def test_two_runs_that_are_the_same_never_part():
    nothing = spread_of(Pair(scenario(), scenario(), seed=3), range(2), threads=1)
    assert (nothing.parted == -1).all()
    assert nothing.share_on(119).value == 0.0
    assert {row["runs"] for row in nothing.milestones()} == {0}


def test_nobody_parts_before_the_practice_begins_and_whoever_has_parted_stays_so(spread: Spread):
    assert spread.parted[spread.parted >= 0].min() >= LATE
    assert (np.diff(spread.share, axis=1) >= 0).all()
    assert (np.diff(spread.departments_reached, axis=1) >= 0).all()
    assert spread.share[:, -1].min() > 0


def test_the_first_to_part_is_whom_the_first_differing_decision_names():
    pair = Pair(scenario(), scenario(trust_employees={"misused": True}), seed=3)
    found = parting_of(pair, 1)
    parted = spread_of(pair, [1], threads=1).parted[0]
    assert found is not None
    assert found.day <= parted[parted >= 0].min()


def test_it_is_the_first_day_that_counts_however_long_two_records_differ():
    world = Simulator(scenario(), seed=3).run(0)
    looked, stayed_away = world.mark.copy(), world.mark.copy()
    looked[MARK.visited], stayed_away[MARK.visited] = 1, 0
    partings = Partings()
    for day in (-1, 0, 1, 2):
        partings(day, world._replace(mark=looked), world._replace(mark=stayed_away if day > 0 else looked))
    assert set(partings.day) == {1}


def by_hand(parted, department=(0, 0, 1, 1), names=None) -> Spread:
    rows = np.array(parted)
    return Spread(tuple(range(len(rows))), 10, rows, np.tile(np.array(department, dtype=np.int32), (len(rows), 1)), names)


def test_shares_and_milestones_are_counted_by_day():
    spread = by_hand([[3, -1, 5, 5], [2, -1, -1, -1]])
    np.testing.assert_allclose(spread.share[:, [1, 2, 3, 5]], [[0, 0, 0.25, 0.75], [0, 0.25, 0.25, 0.25]])
    np.testing.assert_allclose(spread.departments_reached[:, [2, 3, 5]], [[0, 0.5, 1.0], [0.5, 0.5, 0.5]])
    (first, n_first), (half, n_half) = spread.day_of(1), spread.day_of(2)
    assert (first.value, n_first) == (2.5, 2)
    assert (half.value, n_half) == (5.0, 1)


def test_departments_are_listed_where_they_are_the_same_in_all_runs_first_reached_first():
    parted = [[-1] * 5 + [4] + [-1] * 4, [9] + [-1] * 4 + [2] * 5]
    departments = (0,) * 5 + (1,) * 5
    assert by_hand(parted, departments).departments() == []
    later, sooner = reversed(by_hand(parted, departments, ("sales", "works")).departments())
    assert (sooner["department"], sooner["day"]["mean"], sooner["runs"], sooner["share"]["mean"]) == ("works", 3.0, 2, 0.6)
    assert (later["department"], later["runs"]) == ("sales", 1)


def test_the_number_of_threads_does_not_matter(spread: Spread):
    pair = Pair(scenario(), scenario(leadership_and_champions={"start": LATE}), seed=3)
    np.testing.assert_array_equal(spread_of(pair, range(4), threads=1).parted, spread.parted)
    assert replace(spread, replicates=(0,)).people == 80

"""Frontier and hours have known answers on bundles made by hand; hours by role add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweeps.sweeping import SMALL, small_experiment

from adoptsim.analysis.bundles import Bundles, bundles_of_sweep, run_bundles
from adoptsim.analysis.frontier import COSTS, Frontier, cost_frontier, is_on_frontier
from adoptsim.analysis.hours import WHOSE, hours_by_role
from adoptsim.analysis.sweep_bundles import sweep_frontier
from adoptsim.domain.errors import InputError
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import OrganisationSource
from adoptsim.sweeps.results import load_runs
from adoptsim.sweeps.runner import sweep

TWO = ("safe_space", "critical_mass")
N = 20


def frontier(hours: list[float], hits: list[int], probability: float = 0.5, cost: str = "all") -> Frontier:
    """Return the frontier of four bundles that take these hours a person and are reached so often of 20."""
    luck = np.random.default_rng(1).normal(0.0, 0.01, N)
    reached = np.array([[float(run < n) for run in range(N)] for n in hits])
    spent = np.array(hours)[:, None] + luck
    outcome = {"reached": reached, "hours_per_person_month": spent, "hours_practices": spent / 2}
    by_role = dict.fromkeys(WHOSE, spent / 4)
    return cost_frontier(Bundles(TWO, outcome), by_role, 100, probability=probability, cost=cost)


def test_a_bundle_that_costs_more_and_gives_no_more_is_not_on_the_frontier():
    found = frontier([0.0, 2.0, 1.0, 3.0], [0, 10, 10, 20])
    assert [bundle.practices for bundle in found.bundles] == [(), TWO[1:], TWO]
    assert [bundle.hours.value for bundle in found.bundles] == pytest.approx([0.0, 100.0, 300.0], abs=1.0)
    assert [bundle.stays for bundle in found.bundles] == [1.0, 1.0, 1.0]
    assert found.bundles[1].by_role == pytest.approx(dict.fromkeys(WHOSE, 25.0), abs=0.5)


def test_the_cheapest_bundle_must_be_surely_enough():
    hits, hours = [0, 12, 17, 20], [0.0, 1.0, 2.0, 3.0]
    assert frontier(hours, hits, 0.3).cheapest.practices == TWO[:1]  # 12 of 20: surely 39 %
    assert frontier(hours, hits, 0.5).cheapest.practices == TWO[1:]  # 17 of 20: surely 64 %
    assert frontier(hours, hits, 0.8).cheapest.practices == TWO
    none = frontier(hours, hits, 0.9)
    assert (none.cheapest, none.n_sufficient) == (None, 0)
    assert none.surest == pytest.approx(0.839, abs=0.001)  # Wilson's bound of 20 of 20


def test_others_that_cost_as_much_but_for_luck_are_counted():
    rng = np.random.default_rng(2)
    noisy = np.stack([np.full(N, 5.0), rng.normal(1.0, 0.3, N), rng.normal(1.05, 0.3, N), np.full(N, 9.0)])
    outcome = {"reached": np.ones((4, N)), "hours_per_person_month": noisy, "hours_practices": noisy}
    found = cost_frontier(Bundles(TWO, outcome), {}, 10, probability=0.5)
    assert (found.n_sufficient, found.n_as_cheap) == (4, 1)
    assert found.bundles[0].by_role == {}
    assert 0.5 < found.bundles[0].stays < 1.0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_the_frontier_is_what_no_other_beats(points: list[tuple[int, int]]):
    hours, reached = (np.array(part, dtype=float) for part in zip(*points, strict=True))
    for place, on in enumerate(is_on_frontier(hours, reached)):
        better = [
            other for other in points if other != points[place] and other[0] <= hours[place] and other[1] >= reached[place]
        ]
        assert on == (not better and points.index(points[place]) == place)


def test_frontiers_of_many_resamples_are_found_at_once():
    rng = np.random.default_rng(4)
    hours, reached = rng.integers(0, 6, (2, 30, 16)).astype(float)
    together = is_on_frontier(hours, reached)
    for row in range(30):
        np.testing.assert_array_equal(together[row], is_on_frontier(hours[row], reached[row]))


def test_hours_by_role_add_up_to_all_hours_and_follow_the_practices():
    uses = {"leadership_and_champions": True, "act_on_contributions": {"start": 30}, "critical_mass": 0.5}
    policy = Scenario.model_validate({"name": "small", "practices": uses} | SMALL)
    bundles, organisation = run_bundles(policy, replicates=3), OrganisationSource(policy.organisation, 1).organisation(0)
    hours = hours_by_role(bundles, policy, organisation)
    np.testing.assert_allclose(sum(hours.values()), bundles.outcome["hours_per_person_month"], rtol=1e-12)
    leaders = int(organisation.is_leader.sum())
    asked = PRACTICES["leadership_and_champions"].hours.per_leader + PRACTICES["act_on_contributions"].hours.per_leader / 2
    platform = bundles.outcome["hours_leader"]
    assert (hours["leaders"] - platform)[bundles.whole] == pytest.approx(asked * leaders / 60)
    launch = PRACTICES["critical_mass"].hours.fixed * 0.5 / 2  # at half strength for half of the time
    assert hours["organisers"][0b100] == pytest.approx(launch / 60)
    assert (hours["champions"][0] == bundles.outcome["hours_champion"][0]).all()


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Bundles]:
    folder = tmp_path_factory.mktemp("frontier")
    sweep(small_experiment(folder, *TWO, base={"practices": {"act_on_contributions": True}}), out=folder / "small.db")
    bundles = bundles_of_sweep(load_runs(folder / "small.db"))
    assert bundles is not None
    return folder / "small.db", bundles


@pytest.mark.parametrize("cost", COSTS)
def test_whose_hours_count_can_be_asked_of_a_sweep(swept: tuple[Path, Bundles], cost: str):
    found = sweep_frontier(*swept, cost=cost)
    assert found is not None
    nothing = found.bundles[0]
    counted = {"all": sum(nothing.by_role.values())} | nothing.by_role
    if cost in counted:
        assert nothing.hours.value == pytest.approx(counted[cost])
    assert nothing.practices == ("act_on_contributions",)  # in place in every bundle
    assert nothing.by_role["leaders"] > 0


def test_without_hours_or_judgement_there_is_no_frontier(swept: tuple[Path, Bundles]):
    path, bundles = swept
    outcome = {name: values for name, values in bundles.outcome.items() if name != "hours_practices"}
    assert sweep_frontier(path, Bundles(TWO, outcome)) is None
    unjudged = bundles.outcome | {"reached": np.full((4, 3), np.nan)}
    assert sweep_frontier(path, Bundles(TWO, unjudged)) is None


def test_hours_by_role_are_left_out_where_the_organisation_cannot_be_read(
    swept: tuple[Path, Bundles], monkeypatch: pytest.MonkeyPatch
):
    def gone(*_: object) -> None:
        raise InputError()

    monkeypatch.setattr(OrganisationSource, "organisation", gone)
    found = sweep_frontier(*swept)
    assert found is not None
    assert found.bundles[0].by_role == {}
    with pytest.raises(InputError):
        sweep_frontier(*swept, cost="leaders")

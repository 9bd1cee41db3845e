"""Who is unheard: shares by role as the runs have them, a worst-off department that is not chosen by its bad luck."""

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.unheard import WORST_OFF, choose_and_measure, lowest_role, unheard, unheard_differences
from adoptsim.compare import Comparison, compare
from adoptsim.engine.groups import GROUPS

BASE = {"organisation": {"people": 80}, "horizon": {"days": 90, "support_until": 40}}


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    launched = ad.Scenario(name="b", practices={"critical_mass": 1.0, "act_on_contributions": 1.0}, **BASE)
    return compare([ad.Scenario(name="a", **BASE), launched, ad.Scenario(name="c", **BASE)], replicates=6, seed=2, threads=1)


def test_every_role_has_its_shares_with_intervals(comparison: Comparison):
    result = comparison.results[1]
    found = unheard(result)
    assert list(found["roles"]) == list(GROUPS)
    assert found["roles"]["employee"]["contributors"]["mean"] == pytest.approx(
        np.mean(result.outcome["contributors_employee"])
    )
    assert set(found["roles"]["leader"]) == {"contributors"}
    assert found["roles"]["champion"]["contributors"]["mean"] is None
    assert found["worst_department"]["contributors"]["mean"] == pytest.approx(np.mean(result.outcome[WORST_OFF]))
    assert found["worst_department"]["named"] is None


def test_the_lowest_role_is_the_one_of_which_fewest_contribute(comparison: Comparison):
    shares = {role: comparison.results[1].interval(f"contributors_{role}").value for role in GROUPS}
    assert shares[lowest_role(comparison.results[1])] == np.nanmin(list(shares.values()))


def test_the_same_policy_changes_nothing_for_the_worst_off(comparison: Comparison):
    launched, same = unheard_differences(comparison)["differences"]
    assert same[WORST_OFF] == {"mean": 0.0, "low": 0.0, "high": 0.0, "beyond_luck": False}
    assert (launched["scenario"], same["scenario"]) == ("b", "c")
    after, before = (comparison.results[place].outcome[WORST_OFF] for place in (1, 0))
    assert launched[WORST_OFF]["mean"] == pytest.approx(np.mean(after - before))


def test_an_organisation_that_stays_the_same_has_its_worst_off_department_named():
    organisation = {"people": 80, "same_for_all_replicates": True}
    result = ad.simulate(ad.Scenario(name="a", **BASE | {"organisation": organisation}), replicates=3, seed=2, threads=1)
    named = unheard(result)["worst_department"]["named"]
    assert named["department"].startswith("department ")
    assert named["people"] >= 5
    assert not named["measured_apart"]


def test_a_department_that_is_chosen_for_its_bad_luck_is_not_measured_by_it():
    """Twenty departments alike: the lowest mean of all runs lies below what any of them has."""
    luck = np.random.default_rng(3)
    chosen, naive = [], []
    for _ in range(300):
        shares = luck.binomial(10, 0.3, size=(16, 20)) / 10
        chosen.append(choose_and_measure(shares)[1].value)
        naive.append(shares.mean(axis=0).min())
    assert np.mean(naive) < 0.25
    assert np.mean(chosen) == pytest.approx(0.3, abs=0.01)


def test_with_few_runs_all_choose_and_all_measure():
    place, measured = choose_and_measure(np.array([[0.2, 0.1], [0.4, 0.0]]))
    assert (place, measured.value) == (1, 0.05)

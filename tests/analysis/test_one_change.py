"""A policy changed in one thing: the same differences as comparing by hand, the greatest first."""

from __future__ import annotations

import numpy as np
import pytest
from sweeps.sweeping import SMALL

from adoptsim.analysis.one_change import drop_one, n_runs
from adoptsim.compare import compare
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario


def scenario(practices: dict[str, object], **changes: object) -> Scenario:
    return Scenario.model_validate({"name": "small", "practices": practices} | SMALL | changes)


def test_each_practice_is_left_out_or_added_and_what_is_weak_is_raised():
    told: list[int] = []
    found = drop_one(
        scenario({"safe_space": 0.5, "critical_mass": True, "trust_employees": 0}), replicates=2, progress=told.append
    )
    assert {change.practice for change in found.dropped} == {"safe_space", "critical_mass"}
    assert [change.practice for change in found.raised] == ["safe_space"]
    assert {change.practice for change in found.added} == set(PRACTICES) - {"safe_space", "critical_mass"}
    assert told[-1] == n_runs(found.scenario, 2) == 2 * 12


def test_the_differences_are_those_of_a_comparison():
    whole = {"safe_space": 0.5, "critical_mass": True}
    found = drop_one(scenario(whole), replicates=6)
    without, more = scenario({"safe_space": 0.5}), scenario(whole | {"act_on_contributions": True})
    comparison = compare([scenario(whole), without, more, scenario(whole | {"safe_space": True})], replicates=6)
    (raised,) = found.raised
    (dropped,) = [change for change in found.dropped if change.practice == "critical_mass"]
    (added,) = [change for change in found.added if change.practice == "act_on_contributions"]
    for measure in ("reached", "contributors", "hours_per_person_month"):
        assert dropped.difference[measure] == comparison.difference(measure, 1)
        assert added.difference[measure] == comparison.difference(measure, 2)
        assert raised.difference[measure] == comparison.difference(measure, 3)
    assert dropped.reached == comparison.results[1].interval("reached")


def test_the_greatest_loss_and_the_greatest_gain_come_first():
    found = drop_one(scenario(dict.fromkeys(list(PRACTICES)[5:], True)), replicates=6)
    lost = [(change.difference["reached"].value, change.difference["contributors"].value) for change in found.dropped]
    gained = [(change.difference["reached"].value, change.difference["contributors"].value) for change in found.added]
    assert lost == sorted(lost)
    assert gained == sorted(gained, reverse=True)


def test_a_policy_of_nothing_or_of_everything_has_neighbours_on_one_side():
    nothing, everything = (
        drop_one(scenario({}), replicates=1),
        drop_one(scenario(dict.fromkeys(PRACTICES, True)), replicates=1),
    )
    assert (len(nothing.dropped), len(nothing.added)) == (0, 10)
    assert (len(everything.dropped), len(everything.added)) == (10, 0)


def test_runs_too_short_to_judge_are_ranked_by_contributors():
    found = drop_one(scenario({"safe_space": True, "critical_mass": True}, horizon={"days": 30}), replicates=3)
    assert all(np.isnan(change.difference["reached"].value) for change in found.dropped)
    lost = [change.difference["contributors"].value for change in found.dropped]
    assert lost == sorted(lost)
    assert found.summary()["dropped"][0]["difference"]["reached"] == pytest.approx(
        {"mean": None, "low": None, "high": None, "beyond_luck": False}
    )

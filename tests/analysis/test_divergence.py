"""Under common random numbers two runs part at a decision that can be named."""

from __future__ import annotations

import pytest

import adoptsim as ad
from adoptsim.analysis.divergence import first_divergence

BASE = {"name": "pair", "organisation": {"people": 80}, "horizon": {"days": 120, "support_until": 60}}


def scenario(**practices):
    return ad.Scenario(**BASE, practices={"critical_mass": True} | practices)


def test_a_run_never_parts_from_itself():
    assert first_divergence(scenario(), scenario(), seed=3) is None


def test_runs_are_identical_until_the_practice_begins():
    later = scenario(leadership_and_champions={"start": 50})
    found = first_divergence(scenario(), later, seed=3)
    assert found is not None
    assert found.day >= 50


def test_the_first_differing_draw_is_named_by_day_person_and_purpose():
    found = first_divergence(scenario(), scenario(trust_employees={"misused": True}), seed=3)
    assert found is not None
    assert found.purpose in {"visit", "speaking", "moderation", "reading and replying"}
    assert 0 <= found.person < 80
    assert found.first != found.second


def test_scenarios_that_differ_in_more_than_policy_are_refused():
    other = ad.Scenario(**BASE | {"organisation": {"people": 90}})
    with pytest.raises(ValueError, match="organisation"):
        first_divergence(scenario(), other)

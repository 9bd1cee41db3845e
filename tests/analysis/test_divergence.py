"""Under common random numbers two runs part at a decision that can be named: held against their logs and counts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.divergence import first_divergence
from adoptsim.domain.practices import PRACTICES
from adoptsim.engine.state import COUNT, COUNTS

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


# --- held against what a platform would have written down, by somebody who knows nothing of how it is found ------------

DAYS, LATE = 35, 14
LIVELY = {
    "organisation": {"people": 60},
    "horizon": {"days": DAYS, "support_until": 30},
    "start": {"contributors": 0.5},
    "parameters": {"prompt_rate": 0.6, "value_half": 0.5},
}
BEFORE_READING = ("visit", "speaking", "leader's post", "moderation")
SPOKEN = ("absent", "unmoved", "leisure_barred", "silence_idea", "silence_concern", "leader_posts", "broadcasts", "echoes")
NO_DECISIONS = ("champions", "waiting")
"""Of the counts: who is a champion and what waits follow from levers and from other counts."""
DECISIONS = [place for place, name in enumerate(COUNTS) if name not in NO_DECISIONS]


@cache
def history(seed, name=None, misused=False, start=0):
    """Return counts and logs of a lively network with one practice or none."""
    practices = {} if name is None else {name: {"misused": misused, "start": start}}
    asked = ad.Scenario(name="pair", practices=practices, **LIVELY)
    return asked, ad.simulate(asked, replicates=[0], seed=seed, log=True, threads=1)


def written_down(result, first, end):
    """Return what was written down from day ``first`` to before ``end``: counts, visits, and contributions by kind."""
    visits = result.visit_log[result.visit_log["day"].between(first, end - 1)]
    log = result.log[result.log["day"].between(first, end - 1)].drop(columns="role")
    return {
        "counts": result.counts[0, first:end][:, DECISIONS].tolist(),
        "visitors": set(zip(visits["day"], visits["person"], strict=True)),
        "posts": log[log["kind"] == "post"].to_numpy().tolist(),
        "contributions": log.astype(object).fillna(-1).to_numpy().tolist(),
    }


@pytest.mark.parametrize("start", [0, LATE])
@pytest.mark.parametrize("misused", [False, True])
@pytest.mark.parametrize("name", PRACTICES)
def test_nothing_differs_before_the_decision_that_is_named_and_something_does_on_its_day(name, misused, start):
    seed = 1 + (start > 0)
    (without, before), (used, after) = history(seed), history(seed, name, misused, start)
    found = first_divergence(without, used, seed=seed)
    parted = DAYS if found is None else found.day
    assert written_down(before, 0, parted) == written_down(after, 0, parted)
    if found is None:
        return
    assert found.day >= start
    one, other = (written_down(result, parted, parted + 1) for result in (before, after))
    assert one != other
    if found.purpose == "visit":
        assert (parted, found.person) == min(one["visitors"] ^ other["visitors"])
        return
    assert one["visitors"] == other["visitors"]
    if found.purpose not in BEFORE_READING:
        assert one["posts"] == other["posts"]
        spoken = [getattr(COUNT, name) for name in SPOKEN]
        assert np.array_equal(before.counts[0, parted, spoken], after.counts[0, parted, spoken])


def test_a_post_that_is_anonymous_in_one_run_only_is_a_decision():
    (without, _), (used, _) = history(4), history(4, "safe_space", True)
    found = first_divergence(without, used, seed=4)
    assert (found.purpose, found.first, found.second) == ("moderation", "signs a post", "posts anonymously")


def test_an_announcement_instead_of_an_invitation_is_a_decision():
    levers = [{"broadcast_share": share, "leader_post_rate": 8.0} for share in (0.05, 0.95)]
    first, second = (ad.Scenario(name="pair", levers=each, **LIVELY) for each in levers)
    found = first_divergence(first, second, seed=1)
    assert (found.purpose, found.first, found.second) == ("leader's post", "invites an exchange", "announces something")

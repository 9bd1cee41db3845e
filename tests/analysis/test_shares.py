"""What each practice of a policy adds: adds up, keeps pairs, and says what it cannot tell."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sweeps.sweeping import SMALL

from adoptsim.analysis.bundles import Bundles
from adoptsim.analysis.shares import MOST_RUNS, VALUES, n_runs, practice_shares, replicates_for, shares_of
from adoptsim.commands.terminal import plain
from adoptsim.compare import beyond_luck
from adoptsim.domain.errors import InputError
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario

THREE = ("culture_of_voice", "safe_space", "critical_mass")


def scenario(practices: dict[str, object], **changes: object) -> Scenario:
    return Scenario.model_validate({"name": "small", "practices": practices} | SMALL | changes)


def by_hand(gains: np.ndarray, luck: np.ndarray) -> Bundles:
    """Return bundles in which each practice adds its gain (of each replicate), and all share their replicate's luck."""
    members = (np.arange(8)[:, None] >> np.arange(3)) & 1
    return Bundles(THREE, dict.fromkeys(VALUES, members @ gains.reshape(3, -1) + luck))


@pytest.mark.parametrize("n", [1, 2, 4])
def test_shares_add_up_to_the_whole_to_rounding(n: int):
    found = practice_shares(scenario(dict.fromkeys(list(PRACTICES)[-n:], True)), replicates=4)
    for worth in found.worth.values():
        assert sum(share.value for share in worth.share) == pytest.approx(worth.whole.value - worth.none.value, abs=1e-12)
        assert worth.total.value == pytest.approx(worth.whole.value - worth.none.value, abs=1e-12)


def test_luck_that_all_bundles_share_leaves_no_doubt_about_what_each_adds():
    rng = np.random.default_rng(1)
    gains = np.array([0.1, 0.0, 0.3])[:, None] + rng.normal(0.0, 1e-4, (3, 16))
    worth = shares_of(by_hand(gains, rng.normal(0.4, 0.2, 16))).worth["contributors"]
    for what in (worth.share, worth.alone, worth.last):
        assert [interval.value for interval in what] == pytest.approx(gains.mean(axis=1))
        assert all(0.0 < interval.high - interval.low < 1e-3 for interval in what)
    assert worth.whole.high - worth.whole.low > 0.1
    assert [interval.value for interval in worth.interactions] == pytest.approx([0.0] * 3, abs=1e-12)


def test_without_any_spread_there_is_no_interval_and_one_alone_has_that_of_a_difference():
    certain = shares_of(by_hand(np.array([0.1, 0.0, 0.3]), np.zeros(16))).worth["reached"].share
    assert [interval.value for interval in certain] == pytest.approx([0.1, 0.0, 0.3])
    assert np.isnan(certain[1][1:]).all()
    outcome = np.repeat([[0.0], [1.0]], 16, axis=1)
    alone = shares_of(Bundles(THREE[:1], {"reached": outcome})).worth["reached"]
    assert alone.share == (alone.total,)
    assert alone.total.value == 1.0
    assert alone.total.low < 0.95


def test_what_is_different_in_each_replicate_has_an_interval():
    gains = np.random.default_rng(2).normal([0.2, 0.0, 0.4], 0.1, (16, 3))
    members = (np.arange(8)[:, None] >> np.arange(3)) & 1
    worth = shares_of(Bundles(THREE, dict.fromkeys(VALUES, members @ gains.T))).worth["reached"]
    assert [beyond_luck(share) for share in worth.share] == [True, False, True]
    assert worth.share[0].value == pytest.approx(gains[:, 0].mean())


def test_the_strongest_comes_first_and_the_summary_is_plain_data():
    found = shares_of(by_hand(np.array([0.1, 0.0, 0.3]), np.zeros(4)))
    summary = found.summary()
    assert summary["practices"] == ["critical_mass", "culture_of_voice", "safe_space"]
    rows = summary["values"]["reached"]["practices"]
    assert [(row["number"], row["practice"]) for row in rows] == [
        (PRACTICES[name].number, name) for name in summary["practices"]
    ]
    assert rows[0]["share"]["mean"] == pytest.approx(0.3)
    assert len(summary["values"]["reached"]["interactions"]) == 3
    assert json.loads(json.dumps(summary, allow_nan=False)) == plain(summary)


def test_a_practice_counts_as_the_scenario_uses_it():
    """Misused or at nearly nothing, the launch brings in fewer, so that it adds less than at full strength."""
    shares = [
        practice_shares(scenario({"safe_space": True, "critical_mass": use}), replicates=8)
        .worth["contributors"]
        .share[1]
        .value
        for use in (True, {"misused": True}, 0.001)
    ]
    assert shares[0] > shares[1] > abs(shares[2])


def test_runs_too_short_to_judge_share_out_contributors_only():
    found = practice_shares(scenario(dict.fromkeys(THREE, True), horizon={"days": 30}), replicates=2)
    assert all(np.isnan(share.value) for share in found.worth["reached"].share)
    assert all(share.value == share.value for share in found.worth["contributors"].share)
    assert sorted(found.ranked) == [0, 1, 2]
    assert json.dumps(plain(found.summary()))


def test_without_any_practice_nothing_can_be_shared_out():
    with pytest.raises(InputError, match="no practice is in use"):
        practice_shares(scenario({"safe_space": 0}))


def test_how_many_runs_it_takes_is_known_before_and_bounded():
    for n in range(1, 11):
        policy = scenario(dict.fromkeys(list(PRACTICES)[:n], True))
        assert replicates_for(policy) >= 16
        assert n_runs(policy) == replicates_for(policy) * 2**n <= MOST_RUNS
    assert n_runs(policy, 3) == 3 * 1024

"""The least that is enough: all ten practices counted, the cheapest found among all, and what luck chose not kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from adoptsim import cli
from adoptsim.analysis import enough as module
from adoptsim.analysis.bundles import Bundles, run_bundles
from adoptsim.analysis.enough import AGAIN, FRESH, again, all_ten, enough_of, joined_bundles, only_measured
from adoptsim.analysis.hours import MEASURED
from adoptsim.analysis.tipping import tipping
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import Stopped

SMALL = {"organisation": {"people": 60}, "horizon": {"days": 60, "support_until": 30}}
TWO = ("safe_space", "critical_mass")
DEAR, CHEAP = 0b01, 0b10


def scenario(**practices: object) -> Scenario:
    return Scenario.model_validate({"name": "small", "practices": practices} | SMALL)


def bundles(**lasts: bool) -> Bundles:
    """Return four bundles of 12 runs: which last by their numbers; the first practice costs ten times the second."""
    hours = np.array([0.0, 10.0, 1.0, 11.0])[:, None] * np.ones(12)
    flags = np.array([lasts.get(f"b{bundle}", False) for bundle in range(4)])[:, None] * np.ones(12)
    return Bundles(TWO, dict.fromkeys(MEASURED, hours) | {"reached": flags})


def fresh_luck(monkeypatch: pytest.MonkeyPatch, *lasting: set[str]) -> list[int]:
    """Let bundles last with fresh luck by their practices; return which replicates are asked for, as they are."""
    asked: list[int] = []

    def run(_: Scenario, policies: Sequence[Scenario], replicates: range, **how: object) -> dict[str, np.ndarray]:
        asked.append(replicates[0])
        return {"reached": np.array([[float(set(policy.practices) in lasting)] * len(replicates) for policy in policies])}

    monkeypatch.setattr(module, "run_policies", run)
    return asked


def test_all_ten_count_those_in_use_as_they_are():
    mine = scenario(safe_space={"intensity": 0.4, "start": 10}, critical_mass=0.0)
    counted, full = all_ten(mine), all_ten(mine, full=True)
    assert list(counted.practices) == list(full.practices) == list(PRACTICES)
    assert counted.practices["safe_space"] == mine.practices["safe_space"]
    assert counted.practices["critical_mass"].intensity == 1.0
    assert full.practices["safe_space"].intensity == 1.0
    assert full.practices["safe_space"].start == 10


def test_the_cheapest_and_the_smallest_are_found(monkeypatch: pytest.MonkeyPatch):
    asked = fresh_luck(monkeypatch, {"safe_space"}, {"critical_mass"}, set(TWO))
    found = enough_of(scenario(safe_space=1.0, critical_mass=1.0), bundles(b1=True, b2=True, b3=True))
    assert found.cheapest is not None
    assert found.cheapest.practices == ("critical_mass",)
    assert found.smallest == found.cheapest
    assert found.n_sufficient == 3
    assert found.cheapest.hours.value == pytest.approx(60.0)
    assert min(asked) >= FRESH  # no run that chose it is among those that decide


def test_of_a_sweep_too_what_luck_chose_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    """Three bundles lasted in all twelve runs that chose them; with fresh luck only both practices together do."""
    asked = fresh_luck(monkeypatch, set(TWO))
    found = again(scenario(safe_space=1.0, critical_mass=1.0), bundles(b1=True, b2=True, b3=True))
    assert found.cheapest is not None
    assert found.cheapest.practices == TWO
    assert found.cheapest.failed == 2
    assert (found.cheapest.first.value, found.cheapest.reached.value) == (1.0, 1.0)
    assert min(asked) >= FRESH
    fresh_luck(monkeypatch)
    assert again(scenario(safe_space=1.0, critical_mass=1.0), bundles(b1=True)).cheapest is None


def test_practices_in_place_in_every_bundle_are_there_when_it_is_tried_again(monkeypatch: pytest.MonkeyPatch):
    fresh_luck(monkeypatch, {"safe_space", "critical_mass", "trust_employees"})
    given = bundles(b3=True)
    whole = scenario(safe_space=1.0, critical_mass=1.0, trust_employees=1.0)
    assert again(whole, Bundles(TWO, given.outcome, ("trust_employees",))).cheapest is not None
    assert AGAIN >= 64  # the lower bound of fewer runs hardly tells 60 % from a half


def test_what_luck_chose_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    luck = fresh_luck(monkeypatch, set(TWO))
    monkeypatch.setattr(module, "SCREENED", 1)  # so that the second look hardly counts and the third decides
    found = enough_of(scenario(safe_space=1.0, critical_mass=1.0), bundles(b2=True, b3=True))
    assert found.cheapest is not None
    assert found.cheapest.practices == TWO
    assert found.cheapest.failed == 1
    assert luck == [FRESH, *[FRESH + 1] * 2, FRESH + 1 + AGAIN]  # to choose, to decide of two, and to measure the one


def test_the_luckiest_of_all_is_told_with_fresh_luck(monkeypatch: pytest.MonkeyPatch):
    fresh_luck(monkeypatch)
    found = enough_of(scenario(safe_space=1.0, critical_mass=1.0), bundles(b2=True))
    assert found.cheapest is None
    assert found.best.value == 0.0


def test_none_is_enough_where_none_lasts(monkeypatch: pytest.MonkeyPatch):
    fresh_luck(monkeypatch)
    found = enough_of(scenario(safe_space=1.0, critical_mass=1.0), bundles())
    assert (found.cheapest, found.smallest, found.n_sufficient) == (None, None, 0)
    assert found.summary()["cheapest"] is None


def test_parts_of_replicates_are_the_same_runs_as_all_at_once():
    asked = scenario(safe_space=1.0)
    whole = run_bundles(asked, replicates=3, threads=1)
    parts = [run_bundles(asked, replicates=numbers, threads=1) for numbers in (range(2), range(2, 3))]
    both = joined_bundles([only_measured(part, ["contributors"]) for part in parts])
    np.testing.assert_array_equal(both.outcome["contributors"], whole.outcome["contributors"])


def test_who_asks_to_stop_is_heard():
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        run_bundles(scenario(safe_space=1.0), replicates=2, threads=1, stop=stop)
    with pytest.raises(Stopped):
        tipping(scenario(safe_space=1.0), replicates=6, threads=1, stop=stop)


def test_an_edge_is_the_same_with_or_without_its_test():
    asked = scenario(safe_space=1.0)
    bare = tipping(asked, replicates=6, days=294, placements=(), test=False, threads=1)
    assert not bare.tests
    assert bare.found == tipping(asked, replicates=6, days=294, placements=(), threads=1).found


def test_the_command_says_what_the_analysis_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "tiny.yaml"
    file.write_text(
        "name: tiny\norganisation: {people: 20}\npractices: {critical_mass: 0.5}\n"
        "horizon: {days: 60, support_until: 10}\n"
        "critical_mass: {threshold: 0.05, held_days: 1, after_support_days: 20}\n"
    )
    assert cli.main(["enough", str(file), "--replicates", "6", "--threads", "1", "--json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    shares = told["shares"]["values"]["reached"]
    assert sum(row["share"]["mean"] for row in shares["practices"]) == pytest.approx(shares["total"]["mean"])
    assert cli.main(["enough", str(file), "--replicates", "6", "--threads", "1", "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert "What each practice adds" in printed
    assert ("The cheapest bundle that is enough" in printed) == (told["cheapest"] is not None)


def test_where_the_least_do_not_hold_the_one_that_lasts_most_often_is_tried(monkeypatch: pytest.MonkeyPatch):
    fresh_luck(monkeypatch, set(TWO))
    monkeypatch.setattr(module, "MOST_TRIED", 1)
    monkeypatch.setattr(module, "SCREENED", 1)
    asked, given = scenario(safe_space=1.0, critical_mass=1.0), surest_last(bundles(b1=True, b2=True, b3=True))
    for found in (enough_of(asked, given), again(asked, given)):
        assert found.cheapest is not None
        assert (found.cheapest.practices, found.cheapest.failed) == (TWO, 1)
        assert found.smallest == found.cheapest


def surest_last(given: Bundles) -> Bundles:
    """Return bundles of which the last alone has lasted in every run; of the others each has failed once."""
    flags = given.outcome["reached"].copy()
    flags[:3, 0] = 0.0
    return Bundles(given.practices, {**given.outcome, "reached": flags})

"""All bundles of some practices: the same runs whether a sweep or a scenario asks for them, judged alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sweeps.sweeping import SMALL, small_experiment

from adoptsim.analysis.bundles import bundles_of_sweep, practices_in_use, run_bundles, run_policies, with_only
from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import simulate
from adoptsim.sweeps.results import load_runs
from adoptsim.sweeps.runner import sweep

TWO = ("safe_space", "critical_mass")


def scenario(practices: dict[str, object], **changes: object) -> Scenario:
    return Scenario.model_validate({"name": "small", "practices": practices} | SMALL | changes)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("bundles")
    sweep(small_experiment(folder, *reversed(TWO)), out=folder / "small.db")
    return load_runs(folder / "small.db")


def test_a_sweep_and_a_scenario_have_the_same_bundles(runs: pd.DataFrame):
    swept = bundles_of_sweep(runs)
    assert swept is not None
    own = run_bundles(scenario(dict.fromkeys(TWO, True)), replicates=3)
    assert swept.practices == own.practices == TWO
    assert set(swept.outcome) == set(own.outcome)
    for name, values in own.outcome.items():
        np.testing.assert_array_equal(values, swept.outcome[name], err_msg=name)


def test_bits_say_which_practices_are_in_a_bundle(runs: pd.DataFrame):
    swept = bundles_of_sweep(runs)
    assert swept is not None
    assert [swept.members(bundle) for bundle in range(4)] == [(), TWO[:1], TWO[1:], TWO]
    launched = runs[runs["practices.critical_mass"] & ~runs["practices.safe_space"]]
    np.testing.assert_array_equal(swept.outcome["members"][0b10], launched["members"])


def test_a_replicate_that_some_bundle_lacks_is_left_out(runs: pd.DataFrame):
    swept = bundles_of_sweep(runs.drop(index=runs.index[1]))
    assert swept is not None
    assert swept.n_replicates == 2
    assert bundles_of_sweep(runs[runs["point"] > 0]) is None


def test_a_sweep_of_anything_else_has_no_bundles(tmp_path: Path):
    experiment = small_experiment(tmp_path, vary={"practices.safe_space": (False, True), "levers.answer_prob": (0.1, 0.2)})
    sweep(experiment, out=tmp_path / "other.db")
    assert bundles_of_sweep(load_runs(tmp_path / "other.db")) is None


def test_practices_keep_how_they_are_used_and_those_at_nothing_are_not_in_use():
    uses = {"critical_mass": 0.4, "safe_space": {"misused": True, "start": 5}, "trust_employees": 0}
    policy = scenario(uses)
    assert practices_in_use(policy) == ("safe_space", "critical_mass")
    part = with_only(policy, ["safe_space"])
    assert part.practices == {"safe_space": policy.practices["safe_space"]}
    assert (part.horizon, part.organisation) == (policy.horizon, policy.organisation)


def test_what_is_left_out_does_not_move_the_day_of_judgement():
    """The launch lasts to day 40, so the whole is judged on day 50; without it support would end on day 30 already."""
    policy = scenario({"critical_mass": {"end": 40}, "safe_space": True}, start={"contributors": 0.3})
    without = with_only(policy, ["safe_space"])
    assert (policy.support_end, without.support_end) == (40, 30)
    ends_later = without.model_copy(update={"horizon": policy.horizon.model_copy(update={"support_until": 40})})
    found = run_policies(policy, [policy, without], 8)["reached"]
    np.testing.assert_array_equal(found[0], simulate(policy, replicates=8).outcome["reached"])
    np.testing.assert_array_equal(found[1], simulate(ends_later, replicates=8).outcome["reached"])


def test_neither_threads_nor_blocks_change_a_number(monkeypatch: pytest.MonkeyPatch):
    policy, told = scenario(dict.fromkeys(TWO, True)), []
    one = run_bundles(policy, replicates=3, threads=1, progress=told.append)
    assert told == list(range(1, 13))
    monkeypatch.setattr("adoptsim.analysis.bundles.KEPT_PEOPLE", 60)
    other = run_bundles(policy, replicates=3, threads=3)
    for name, values in one.outcome.items():
        np.testing.assert_array_equal(values, other.outcome[name], err_msg=name)


def test_what_goes_wrong_in_a_run_is_told_and_stops_the_others():
    policy = scenario({"safe_space": {"departments": ["none such"]}, "critical_mass": True})
    with pytest.raises(InputError, match="no department is called none such"):
        run_bundles(policy, replicates=2)

"""Experiments and results pass to SALib, the EMA Workbench and pandas, and mean the same there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sweeps.sweeping import small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.sweeps.exchange import ema_results, experiment_of_salib, salib_problem_of
from adoptsim.sweeps.experiment import Experiment, design_points
from adoptsim.sweeps.results import load_runs
from adoptsim.sweeps.runner import sweep

VARY: dict[str, Any] = {
    "practices.safe_space": "on_off",
    "parameters.reward_rate": {"low": 0.05, "high": 0.3},
    "parameters.prompt_rate": "plausible",
    "practices.critical_mass": [0.0, 0.5, 1.0],
}


def test_salib_samples_a_problem_and_analyses_what_the_sweep_gives(tmp_path: Path) -> None:
    sample, analyze = pytest.importorskip("SALib.sample.sobol"), pytest.importorskip("SALib.analyze.sobol")
    experiment = small_experiment(tmp_path, vary=VARY, design="latin_hypercube", replicates=1)
    problem = salib_problem_of(experiment)
    samples = sample.sample(problem, 8, calc_second_order=False, seed=1)
    asked = experiment_of_salib(experiment, samples)
    frame = sweep(asked)
    assert len(frame) == len(samples) == 8 * (4 + 2)
    assert frame["parameters.reward_rate"].to_numpy() == pytest.approx(samples[:, 1])
    assert set(frame["practices.safe_space"]) == {False, True}
    assert set(frame["practices.critical_mass"]) == {0.0, 0.5, 1.0}
    found = analyze.analyze(problem, frame["contributors"].to_numpy(), calc_second_order=False, seed=1)
    assert found["ST"].shape == (4,)
    assert np.isfinite(found["ST"]).all()


def test_samples_of_another_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="samples are 3 x 2; give a row a point and 4 columns"):
        experiment_of_salib(small_experiment(tmp_path, vary=VARY, design="random"), np.zeros((3, 2)))


@pytest.fixture
def results(tmp_path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return what the Workbench would have from a sweep of four policies in twelve worlds."""
    uncertain = {"parameters.reward_rate": "plausible", "parameters.prompt_rate": "plausible"}
    out = tmp_path / "small.db"
    sweep(small_experiment(tmp_path, uncertain=uncertain, worlds=12), out=out)
    return ema_results(load_runs(out))


def test_policies_and_worlds_are_numbered_as_the_workbench_has_them(results: tuple[pd.DataFrame, dict[str, Any]]) -> None:
    experiments, outcomes = results
    assert len(experiments) == 48
    assert experiments.groupby("policy")["scenario"].nunique().tolist() == [12] * 4
    assert {len(values) for values in outcomes.values()} == {48}


@pytest.mark.filterwarnings("ignore")
def test_the_workbench_saves_loads_and_analyses_results(
    tmp_path: Path, results: tuple[pd.DataFrame, dict[str, Any]]
) -> None:
    workbench = pytest.importorskip("ema_workbench")
    scoring = pytest.importorskip("ema_workbench.analysis.feature_scoring")
    prim = pytest.importorskip("ema_workbench.analysis.prim")
    for name in results[1]:
        workbench.ScalarOutcome(name)  # the Workbench saves what it has been told of
    workbench.save_results(results, str(tmp_path / "r.tar.gz"))
    experiments, outcomes = workbench.load_results(str(tmp_path / "r.tar.gz"))
    assert outcomes["contributors"] == pytest.approx(results[1]["contributors"])
    inputs = experiments.drop(columns=["scenario", "model", "policy"])
    scores = scoring.get_feature_scores_all(inputs, {"contributors": outcomes["contributors"]})
    assert scores["contributors"]["practices.critical_mass"] > scores["contributors"]["practices.safe_space"]
    few = outcomes["contributors"] <= np.median(outcomes["contributors"])
    box = prim.Prim(inputs, few, threshold=0.6).find_box()
    assert box.peeling_trajectory["density"].iloc[-1] > few.mean()


def test_a_frame_goes_in_and_out_through_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = sweep(small_experiment(tmp_path, vary={**VARY}, design="latin_hypercube", samples=4, replicates=1))
    frame.reset_index().to_parquet(tmp_path / "f.parquet")
    points = pd.read_parquet(tmp_path / "f.parquet")[list(VARY)]
    again = Experiment.from_frame(points, scenario=small_experiment(tmp_path).scenario, replicates=1)
    assert sweep(again)["contributors"].tolist() == frame["contributors"].tolist()
    assert len(design_points(again)) == 4

"""However many runs a sweep has, few of them are in memory at once: while they come back, and when they are summed up."""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweeps.sweeping import as_csv, small_experiment

from adoptsim.commands import sweep as command
from adoptsim.sweeps import batches, results
from adoptsim.sweeps.measures import MEASURES
from adoptsim.sweeps.results import load_results, load_runs
from adoptsim.sweeps.runner import sweep
from adoptsim.sweeps.runs import Run
from adoptsim.sweeps.work import Task


class AtOnce(Executor):
    """Gives made-up results at once: what is measured is the driver."""

    _max_workers = 1

    def submit(self, function: Any, task: Task, /) -> Future[Any]:  # type: ignore[override]
        luck, done = np.random.default_rng(task.jobs[0].replicate), Future[Any]()
        done.set_result([Run(job, 0.001, tuple(luck.random(len(MEASURES)).tolist())) for job in task.jobs])
        return done


def test_memory_does_not_grow_with_the_runs_that_pass_and_are_summed_up(tmp_path: Path) -> None:
    """20,000 runs more may take 4 MB more, a fifth of what their numbers alone would take as rows of Python's."""
    experiment, peaks = small_experiment(tmp_path, "safe_space", "critical_mass", "trust_employees"), []
    for n in (100, 1_250, 3_750):
        gc.collect()
        tracemalloc.start()
        frame = sweep(experiment, out=tmp_path / f"{n}.db", replicates=n, executor=AtOnce())
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
        assert frame["n"].sum() == 8 * n
    assert peaks[2] - peaks[1] < 4.0, peaks


@pytest.mark.parametrize("how", [{}, {"precision": 0.05, "precision_of": "contributors", "replicates": 48}])
def test_summing_up_a_few_runs_at_a_time_changes_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: dict[str, Any]
) -> None:
    experiment, out = small_experiment(tmp_path, "safe_space", "critical_mass", replicates=9), tmp_path / "small.db"
    sweep(experiment, out=out, **how)
    whole, runs = as_csv(load_results(out)), as_csv(load_runs(out))
    monkeypatch.setattr(batches, "BATCH_RUNS", 1)
    monkeypatch.setattr(batches, "FETCHED_RUNS", 2)
    assert (as_csv(load_results(out)), as_csv(load_runs(out))) == (whole, runs)


def test_of_the_runs_only_the_measures_that_are_asked_for_are_read(tmp_path: Path) -> None:
    out = tmp_path / "small.db"
    sweep(small_experiment(tmp_path), out=out)
    whole = load_runs(out)
    some = load_runs(out, ("trust", "contributors", "unknown"))
    assert list(some.columns[-3:]) == ["replicate", "contributors", "trust"]
    assert some["trust"].tolist() == whole["trust"].tolist()


def test_the_command_reads_the_runs_of_a_random_sample_only_point_by_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vary, out = {"parameters.reward_rate": {"low": 0.05, "high": 0.3}}, tmp_path / "small.db"
    vary |= {"parameters.prompt_rate": {"low": 0.02, "high": 0.1}}
    sweep(small_experiment(tmp_path, vary=vary, design="random", samples=4), out=out)
    monkeypatch.setattr(results, "load_runs", None)
    command.results(out, plot=tmp_path / "p.png")
    assert (tmp_path / "p.png").exists()

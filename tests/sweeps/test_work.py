"""Runs that raise or never end become failures, days are kept as they were, and whoever computes gives the same bytes."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sweeps.sweeping import as_csv, small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.engine.state import World
from adoptsim.simulation import Simulator, simulate
from adoptsim.sweeps import runner, work
from adoptsim.sweeps.engines import EngineLost
from adoptsim.sweeps.experiment import Experiment
from adoptsim.sweeps.plan import Plan, make_plan
from adoptsim.sweeps.results import load_failures, load_results, load_series
from adoptsim.sweeps.runner import CHUNKS_IN_FLIGHT, sweep
from adoptsim.sweeps.series import SERIES
from adoptsim.sweeps.status import Status
from adoptsim.sweeps.work import Task, run_task, setting_of


def test_a_run_that_never_ends_is_a_failure_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    run, released = Simulator.run, threading.Event()

    def never_ends(self: Simulator, replicate: int, **how: Any) -> World:
        if replicate == 1 and set(self.scenario.practices) == {"safe_space"}:
            released.wait(60)  # looks at no clock
        return run(self, replicate, **how)

    monkeypatch.setattr(Simulator, "run", never_ends)
    monkeypatch.setattr(work, "GRACE_SECONDS", 0.2)
    frame = sweep(experiment, out=out, threads=2, time_limit=1.0)
    assert list(frame["n"]) == [3, 3, 2, 3]
    (failure,) = load_failures(out).to_dict("records")
    assert failure["error"] == "TimeoutError: not finished after 1 s, the time limit of a run; left behind"
    assert "never_ends" in failure["traceback"]
    released.set()
    monkeypatch.undo()
    assert as_csv(sweep(experiment, out=out)) == as_csv(sweep(experiment))


def test_a_slow_run_ends_by_itself_at_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    advance = Simulator.advance

    def slow(self: Simulator, *how: Any) -> None:
        time.sleep(0.6 if set(self.scenario.practices) == {"safe_space"} else 0.0)
        advance(self, *how)

    monkeypatch.setattr(Simulator, "advance", slow)
    monkeypatch.setattr("adoptsim.simulation.UNSTOPPED_PERSON_DAYS", 60)
    assert list(sweep(experiment, out=out, time_limit=1.0)["n"]) == [3, 3, 0, 3]
    assert set(load_failures(out)["error"]) == {"TimeoutError: not finished after 1 s, the time limit of a run"}


def test_a_time_limit_changes_no_byte(tmp_path: Path) -> None:
    experiment = small_experiment(tmp_path)
    assert as_csv(sweep(experiment, time_limit=60.0)) == as_csv(sweep(experiment))


def test_of_1000_points_one_raises_one_never_ends_and_998_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = np.linspace(0.05, 0.3, 1_000)
    base = small_experiment(tmp_path, base={"horizon": {"days": 20, "support_until": 5}}).scenario
    points = pd.DataFrame({"parameters.reward_rate": rates})
    experiment, out = Experiment.from_frame(points, scenario=base, replicates=1), tmp_path / "many.db"
    run, released = Simulator.run, threading.Event()

    def two_are_bad(self: Simulator, replicate: int, **how: Any) -> World:
        rate = self.scenario.parameters.get("reward_rate")
        if rate == rates[17]:
            raise ZeroDivisionError("seventeen")
        if rate == rates[99]:
            released.wait(60)
        return run(self, replicate, **how)

    monkeypatch.setattr(Simulator, "run", two_are_bad)
    monkeypatch.setattr(work, "GRACE_SECONDS", 0.2)
    frame = sweep(experiment, out=out, time_limit=2.0)
    released.set()
    assert (frame["n"].sum(), frame.attrs["failed"]) == (998, 2)
    assert load_failures(out)["point"].tolist() == [17, 99]
    assert load_failures(out)["traceback"][0].splitlines()[-1] == "ZeroDivisionError: seventeen"


def test_the_days_of_a_run_are_kept_to_the_last_bit(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out, series=True)
    days = load_series(out)
    assert list(days) == ["point", "replicate", "day", *SERIES]
    assert len(days) == 4 * 3 * 60
    first = simulate(experiment.base(), replicates=3).frame
    for name in SERIES:
        kept = days.loc[days["point"] == 0, name].to_numpy()
        assert np.array_equal(kept, first[name].to_numpy().astype(np.float32)), name
    assert set(load_series(out, points=[2])["point"]) == {2}


def test_days_cannot_be_asked_for_later(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)
    with pytest.raises(InputError, match=r"keeps other days of its runs \(none\)"):
        sweep(experiment, out=out, series=True)
    with pytest.raises(InputError, match="has kept no days"):
        load_series(out)
    with pytest.raises(InputError, match="unknown series 'member'; did you mean 'members'"):
        sweep(experiment, series=["member"])


@pytest.mark.parametrize("size", [0.001, 5.0])
def test_the_size_of_chunks_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: float) -> None:
    experiment = small_experiment(tmp_path)
    whole = as_csv(sweep(experiment))
    monkeypatch.setattr("adoptsim.sweeps.engines.Threads.chunk_seconds", size)
    assert as_csv(sweep(experiment)) == whole


def test_a_shuffled_order_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = small_experiment(tmp_path)
    whole, every = as_csv(sweep(experiment)), list(make_plan(experiment).jobs())
    order = np.random.default_rng(3).permutation(len(every))
    monkeypatch.setattr(Plan, "jobs", lambda plan: (every[place] for place in order))
    assert as_csv(sweep(experiment, threads=2)) == whole


def test_any_executor_gives_the_same_bytes(tmp_path: Path) -> None:
    experiment = small_experiment(tmp_path)
    whole = as_csv(sweep(experiment))
    with ThreadPoolExecutor(2) as pool:
        assert as_csv(sweep(experiment, executor=pool)) == whole
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert as_csv(sweep(experiment, executor=pool)) == whole


def test_only_a_few_chunks_are_under_way_at_a_time(tmp_path: Path) -> None:
    experiment, most = small_experiment(tmp_path, replicates=200), 0

    class Counts(ThreadPoolExecutor):
        under_way = 0

        def submit(self, function: Any, *given: Any, **named: Any) -> Future[Any]:
            nonlocal most
            self.under_way += 1
            most = max(most, self.under_way)
            future = super().submit(function, *given, **named)
            future.add_done_callback(lambda _: setattr(self, "under_way", self.under_way - 1))
            return future

    with Counts(2) as pool:
        sweep(experiment, executor=pool)
    assert 2 <= most <= CHUNKS_IN_FLIGHT * 2


def test_an_executor_that_breaks_is_told_and_the_sweep_goes_on_later(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"

    class Breaks(ThreadPoolExecutor):
        given = 0

        def submit(self, function: Any, *given: Any, **named: Any) -> Future[Any]:
            self.given += 1
            if self.given <= 3:
                return super().submit(function, *given, **named)
            broken: Future[Any] = Future()
            broken.set_exception(RuntimeError("the power is off"))
            return broken

    with (
        Breaks(1) as pool,
        pytest.raises(EngineLost, match=r"RuntimeError: the power is off after \d of 12 runs; .* goes on"),
    ):
        sweep(experiment, out=out, executor=pool)
    assert 1 <= load_results(out)["n"].sum() < 12
    assert as_csv(sweep(experiment, out=out)) == as_csv(sweep(experiment))


def test_a_worker_with_another_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "model_version", lambda: "0.0.1+other")
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(InputError, match=r"a worker has adoptsim 0\.0\.1\+other, not .*; install"),
    ):
        sweep(small_experiment(tmp_path), executor=pool)


def test_a_worker_that_joins_late_with_another_numpy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(small_experiment(tmp_path))
    task = Task(setting_of(plan, ("reached",), (), None), {}, ())
    assert run_task(task) == []
    monkeypatch.setattr(work, "_version", lambda package: "0.1" if package == "numpy" else version(package))
    with pytest.raises(InputError, match=f"a worker has numpy 0.1, not {version('numpy')}; install the same everywhere"):
        run_task(task)


def test_a_watcher_hears_now_and_then_though_nothing_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, run = list[Status](), Simulator.run
    monkeypatch.setattr(runner, "SILENT_SECONDS", 0.0)

    def slow(self: Simulator, replicate: int, **how: Any) -> World:
        time.sleep(1.6)
        return run(self, replicate, **how)

    monkeypatch.setattr(Simulator, "run", slow)
    sweep(small_experiment(tmp_path, "safe_space", replicates=1), threads=2, watch=seen.append)
    assert len([status for status in seen if status.done == 0]) >= 3
    assert max(status.silent_seconds for status in seen) > 0.9


def test_a_watcher_is_told_how_far_it_is_and_who_leads(tmp_path: Path) -> None:
    seen: list[Status] = []
    experiment, out = small_experiment(tmp_path, "safe_space", "critical_mass", replicates=30), tmp_path / "small.db"
    frame = sweep(experiment, out=out, watch=seen.append)
    assert (seen[-1].done, seen[-1].failed, seen[-1].total) == (120, 0, 120)
    leader = seen[-1].leader
    assert leader is not None
    assert (leader.probability, leader.runs) == (frame["reached"].max(), 30)
    again: list[Status] = []
    sweep(experiment, out=out, watch=again.append)
    assert again[0].rate != again[0].rate  # what is found in the file tells nothing of the pace
    assert again[0].leader == leader

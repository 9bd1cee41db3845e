"""Ctrl-C ends a sweep within a second or two, whatever it is doing, and keeps what has been finished."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sweeps.sweeping import as_csv, small_experiment

from adoptsim.engine.state import World
from adoptsim.simulation import Simulator, Stopped
from adoptsim.sweeps import runner
from adoptsim.sweeps.measures import MEASURES
from adoptsim.sweeps.plan import Job, make_plan
from adoptsim.sweeps.provenance import load_provenance
from adoptsim.sweeps.results import load_results
from adoptsim.sweeps.runner import SweepInterrupted, sweep
from adoptsim.sweeps.work import Task, Worker, setting_of


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl-C do what Python does with it: a shell's background job ignores it, and some packages take it over."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_stops_within_two_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "STOP_SECONDS", 30.0)  # nothing is waited for but the runs under way
    experiment, pressed = small_experiment(tmp_path, replicates=100_000), []
    sweep(experiment, replicates=1)  # compile first

    def press() -> None:
        pressed.append(time.monotonic())
        signal.raise_signal(signal.SIGINT)

    threading.Timer(0.5, press).start()
    with pytest.raises(SweepInterrupted, match="nothing is kept, as no file was given"):
        sweep(experiment)
    assert time.monotonic() - pressed[0] < 2.0


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("what", ["run", "__init__"])
def test_ctrl_c_does_not_wait_for_a_run_that_never_ends_nor_for_an_organisation_that_is_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    experiment, out, released = small_experiment(tmp_path, replicates=20), tmp_path / "small.db", threading.Event()
    whole, real, pressed = as_csv(sweep(experiment)), getattr(Simulator, what), []

    def never_ends(self: Simulator, *given: Any, **how: Any) -> Any:
        result = real(self, *given, **how)
        if len(self.scenario.practices) == 2 and (what == "__init__" or given[0] == 7):
            if not pressed:
                pressed.append(time.monotonic())
                threading.Timer(0.2, signal.raise_signal, (signal.SIGINT,)).start()
            released.wait(60)  # looks at no sign to stop
        return result

    monkeypatch.setattr(Simulator, what, never_ends)
    with pytest.raises(SweepInterrupted):
        sweep(experiment, out=out, threads=1)
    seconds = time.monotonic() - pressed[0]
    released.set()
    assert seconds < 2.5
    monkeypatch.undo()
    assert load_results(out)["n"].sum() > 0 or what == "__init__"
    assert as_csv(sweep(experiment, out=out)) == whole


def test_what_a_chunk_has_done_before_a_run_that_never_ends_is_kept_on_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, released = make_plan(small_experiment(tmp_path, replicates=9)), threading.Event()
    worker, run = Worker(setting_of(plan, MEASURES, (), None)), Simulator.run

    def never_ends(self: Simulator, replicate: int, **how: Any) -> World:
        if replicate == 7:
            worker.stop.set()
            released.wait(60)
        return run(self, replicate, **how)

    monkeypatch.setattr(Simulator, "run", never_ends)
    point = plan.points[0]
    task = Task(worker.setting, {point.key: (point.factors, point.organisation)}, tuple(Job(point.key, k) for k in range(9)))
    assert [result.job.replicate for result in worker.do(task)] == list(range(7))
    released.set()


def test_a_program_that_leaves_keeps_what_is_finished_and_says_how_to_go_on(tmp_path: Path) -> None:
    """dask-jobqueue, once imported, makes Ctrl-C leave the program instead of interrupting it."""
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"

    def leave(done: int, total: int) -> None:
        if done >= 4:
            raise SystemExit

    with pytest.raises(SystemExit, match=r"of 12 runs; they are kept in .*small\.db: start the same sweep again"):
        sweep(experiment, out=out, threads=1, progress=leave)
    assert load_provenance(out)["starts"][0]["how"] == "interrupted"
    assert as_csv(sweep(experiment, out=out)) == as_csv(sweep(experiment))


def test_a_run_under_way_can_be_stopped(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        Simulator(small_experiment(tmp_path).base()).run(0, stop=stop)

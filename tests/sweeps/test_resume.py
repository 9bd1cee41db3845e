"""A file goes on only with what belongs to it, and says what changed; finished runs, done again, must be the same."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sweeps.sweeping import as_csv, small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.engine.state import World
from adoptsim.simulation import Simulator
from adoptsim.sweeps import plan as plan_module
from adoptsim.sweeps import provenance, resume, work
from adoptsim.sweeps.engines import EngineLost, Handed
from adoptsim.sweeps.results import load_results
from adoptsim.sweeps.runner import sweep
from adoptsim.sweeps.series import SERIES
from adoptsim.sweeps.sources import source_hashes
from adoptsim.sweeps.work import Task, Worker


def test_a_changed_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)
    monkeypatch.setattr(plan_module, "model_version", lambda: "9.9.9+other")
    with pytest.raises(InputError, match=r"this is 9\.9\.9\+other, and they must not be mixed.*another file"):
        sweep(experiment, out=out)


def test_a_changed_experiment_is_refused_with_what_changed(tmp_path: Path) -> None:
    out = tmp_path / "small.db"
    sweep(small_experiment(tmp_path), out=out)
    with pytest.raises(InputError, match=r"scenario\.organisation\.people was 60 and is 80"):
        sweep(small_experiment(tmp_path, base={"organisation": {"people": 80}}), out=out)
    vary = {"practices.safe_space": [True], "practices.critical_mass": [False, True]}
    with pytest.raises(InputError, match=r"vary\.practices\.safe_space was \[false,true\] and is \[true\]"):
        sweep(small_experiment(tmp_path, vary=vary), out=out)
    with pytest.raises(InputError, match="begun with seed 1, not 2"):
        sweep(small_experiment(tmp_path), out=out, seed=2)
    with pytest.raises(InputError, match="has 3 replicates a point"):
        sweep(small_experiment(tmp_path), out=out, replicates=2)
    assert load_results(out)["n"].sum() == 12


def test_other_words_in_the_experiment_are_no_change(tmp_path: Path) -> None:
    out = tmp_path / "small.db"
    sweep(small_experiment(tmp_path), out=out)
    sweep(small_experiment(tmp_path, title="Better said", question="Why?"), out=out)


def test_a_run_that_gives_other_bits_at_resume_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)
    outcomes = Simulator.outcomes
    monkeypatch.setattr(Simulator, "outcomes", lambda self, world: outcomes(self, world) | {"members": 2.0})
    with pytest.raises(InputError, match=r"done again, gives other numbers \(members was .* and is 2\.0; 1 outcomes differ"):
        sweep(experiment, out=out)


def test_at_resume_two_finished_points_are_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out, done = small_experiment(tmp_path), tmp_path / "small.db", []
    sweep(experiment, out=out)
    run = Simulator.run
    monkeypatch.setattr(Simulator, "run", lambda self, *how, **more: done.append(self.scenario) or run(self, *how, **more))
    sweep(experiment, out=out)
    assert len(done) == 2
    assert done[0].practices != done[1].practices


def test_a_changed_model_is_refused_with_the_source_files_that_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)
    monkeypatch.setattr(plan_module, "model_version", lambda: "9.9.9+other")
    with pytest.raises(InputError, match=r"must not be mixed \(what differs: the release alone\)"):
        sweep(experiment, out=out)
    other = source_hashes() | {"engine/day.py": "x", "domain/rules.py": "x", "files/table.py": "x"}
    monkeypatch.setattr(resume, "source_hashes", lambda: other)
    with pytest.raises(InputError, match=r"\(what differs: domain/rules\.py, engine/day\.py\)"):
        sweep(experiment, out=out)
    with sqlite3.connect(out) as connection:
        connection.execute("DELETE FROM meta WHERE name = 'sources'")
    connection.close()
    with pytest.raises(InputError, match=r"must not be mixed; go on"):  # nothing is known of an older file's
        sweep(experiment, out=out)


def test_where_people_and_ties_are_read_otherwise_only_sweeps_of_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "people.csv").write_text("id,manager,department\n" + "".join(f"p{i},,x\n" for i in range(30)))
    (tmp_path / "ties.csv").write_text("source,target\n" + "".join(f"p{i},p{i + 1}\n" for i in range(29)))
    files = {"organisation": {f"{name}_file": str(tmp_path / f"{name}.csv") for name in ("people", "ties")}}
    (tmp_path / "own").mkdir()
    own, other = small_experiment(tmp_path / "own", base=files), small_experiment(tmp_path)
    for name, experiment in {"own": own, "other": other}.items():
        sweep(experiment, out=tmp_path / f"{name}.db")
    monkeypatch.setattr(resume, "source_hashes", lambda: source_hashes() | {"files/organisation.py": "x"})
    with pytest.raises(InputError, match=r"has changed since \(files/organisation\.py\), so its runs may be of other"):
        sweep(own, out=tmp_path / "own.db")
    sweep(other, out=tmp_path / "other.db")


def test_the_hashes_are_of_what_names_the_model_and_of_what_reads_people_and_ties() -> None:
    known = set(source_hashes())
    assert {"simulation.py", "domain/rules.py", "engine/day.py", "files/organisation.py"} <= known
    assert not any(name.startswith(("sweeps/", "report/")) for name in known)
    assert provenance.source_hashes is source_hashes


def test_a_finished_run_that_fails_or_takes_too_long_when_done_again_stops_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)

    def fails(self: Simulator, replicate: int, **how: Any) -> World:
        raise ArithmeticError("the roof is on fire")

    monkeypatch.setattr(Simulator, "run", fails)
    with pytest.raises(InputError, match="done again, fails: ArithmeticError: the roof is on fire; go on where"):
        sweep(experiment, out=out)
    monkeypatch.undo()
    monkeypatch.setattr(work, "GRACE_SECONDS", 0.0)
    with pytest.raises(InputError, match="done again, fails: TimeoutError: not finished after 1e-09 s"):
        sweep(experiment, out=out, time_limit=1e-9)
    assert as_csv(load_results(out)) == as_csv(sweep(experiment))


def test_days_that_differ_when_a_run_is_done_again_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out, packed = small_experiment(tmp_path), tmp_path / "small.db", work.packed
    sweep(experiment, out=out, series=True)
    sweep(experiment, out=out, series=True)
    other = ("visitors", *SERIES[1:])
    monkeypatch.setattr(work, "packed", lambda world, names: packed(world, other))
    with pytest.raises(InputError, match="gives other numbers \\(its days are others; 1"):
        sweep(experiment, out=out, series=True)


def test_each_run_that_is_done_again_is_a_chunk_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out, chunks = small_experiment(tmp_path), tmp_path / "small.db", list[int]()
    sweep(experiment, out=out)
    do = Worker.do

    def noted(self: Worker, task: Task) -> Any:
        chunks.append(len(task.jobs))
        return do(self, task)

    monkeypatch.setattr(Worker, "do", noted)
    sweep(experiment, out=out)
    assert chunks == [1, 1]


def test_workers_that_die_of_a_finished_run_are_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)

    class Dies(ThreadPoolExecutor):
        def submit(self, function: Any, *given: Any, **named: Any) -> Future[Any]:
            died: Future[Any] = Future()
            died.set_exception(RuntimeError("killed four times"))
            return died

    monkeypatch.setattr(Handed, "why_lost", lambda self, error: "")  # as a cluster has it, of which workers die
    with Dies(1) as pool, pytest.raises(EngineLost, match=r"did a finished run again died of it \(killed four times\)"):
        sweep(experiment, out=out, executor=pool)


def test_another_latin_hypercube_is_refused_and_a_longer_random_sample_is_taken(tmp_path: Path) -> None:
    vary = {"parameters.reward_rate": {"low": 0.05, "high": 0.3}}
    for design in ("random", "latin_hypercube"):
        few, many = (small_experiment(tmp_path, vary=vary, design=design, samples=n, replicates=1) for n in (4, 8))
        sweep(few, out=tmp_path / f"{design}.db")
        if design == "random":
            assert sweep(many, out=tmp_path / f"{design}.db")["n"].sum() == 8
        else:
            with pytest.raises(InputError, match="samples was 4 and is 8; a design may only grow"):
                sweep(many, out=tmp_path / f"{design}.db")

"""A sweep gives the same bytes whatever happens to it, and says clearly when it cannot go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from sweeps.sweeping import as_csv, small_experiment, stop_after

from adoptsim import simulation
from adoptsim.domain.errors import InputError
from adoptsim.domain.organisation import generated_department_names
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.engine.state import World
from adoptsim.simulation import OrganisationSource, Simulator, simulate
from adoptsim.sweeps import checks, runner
from adoptsim.sweeps.checks import see_that_it_can_run
from adoptsim.sweeps.cluster import Certificates
from adoptsim.sweeps.experiment import Experiment, apply_point
from adoptsim.sweeps.plan import Plan, make_plan
from adoptsim.sweeps.results import load_failures, load_results, load_runs
from adoptsim.sweeps.runner import SweepInterrupted, sweep


def test_a_sweep_gives_what_simulating_each_point_gives(tmp_path: Path) -> None:
    experiment = small_experiment(tmp_path)
    frame = sweep(experiment)
    result = simulate(
        apply_point(experiment.base(), {"practices.safe_space": True, "practices.critical_mass": True}), replicates=3
    )
    last = frame.iloc[-1]
    assert last["n"] == 3
    assert last["contributors"] == pytest.approx(result.interval("contributors").value, abs=1e-12)
    assert last["contributors_low"] == pytest.approx(result.interval("contributors").low, abs=1e-12)
    assert last["reached_high"] == pytest.approx(result.interval("reached").high, abs=1e-12)
    assert last["posts_per_person_month"] == pytest.approx(result.outcome["posts_per_person_month"].mean(), abs=1e-12)


@pytest.mark.parametrize("threads", [2, 4])
def test_the_number_of_threads_changes_no_byte(tmp_path: Path, threads: int) -> None:
    experiment = small_experiment(tmp_path, "safe_space", "critical_mass", "trust_employees")
    assert as_csv(sweep(experiment, threads=threads)) == as_csv(sweep(experiment, threads=1))


def test_the_order_of_runs_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = small_experiment(tmp_path)
    before, jobs = as_csv(sweep(experiment)), Plan.jobs
    monkeypatch.setattr(Plan, "jobs", lambda plan: iter(list(jobs(plan))[::-1]))
    assert as_csv(sweep(experiment)) == before


def test_a_stopped_sweep_goes_on_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    experiment, out = (
        small_experiment(tmp_path, "safe_space", "critical_mass", "trust_employees"),
        tmp_path / "small.db",
    )
    with pytest.raises(SweepInterrupted, match=r"of 24 runs; they are kept in .*small\.db: start the same sweep again"):
        sweep(experiment, out=out, threads=1, progress=stop_after(5))
    kept = int(load_results(out)["n"].sum())
    assert 5 <= kept < 24
    told: list[int] = []
    again = sweep(experiment, out=out, progress=lambda done, total: told.append(done))
    assert told[0] == kept
    assert told[-1] == 24
    assert as_csv(again) == as_csv(sweep(experiment)) == as_csv(load_results(out))


def test_a_finished_sweep_asked_again_runs_nothing(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    first, told = sweep(experiment, out=out), []
    assert as_csv(sweep(experiment, out=out, progress=lambda *done: told.append(done))) == as_csv(first)
    assert told == [(12, 12)]


def test_more_replicates_and_a_grown_design_keep_what_is_finished(tmp_path: Path) -> None:
    out = tmp_path / "small.db"
    sweep(small_experiment(tmp_path), out=out)
    told: list[int] = []
    grown = small_experiment(tmp_path, "trust_employees", "safe_space", "critical_mass", replicates=4)
    frame = sweep(grown, out=out, progress=lambda done, total: told.append(done))
    assert told[0] == 12
    assert as_csv(frame) == as_csv(sweep(grown))


def test_points_that_are_the_same_scenario_share_their_runs(tmp_path: Path) -> None:
    vary = {"practices.safe_space": [False, True], "practices.safe_space.start": [0, 20]}
    totals: list[int] = []
    frame = sweep(small_experiment(tmp_path, vary=vary), progress=lambda done, total: totals.append(total))
    assert totals[-1] == 9
    assert list(frame["n"]) == [3, 3, 3, 3]
    assert as_csv(frame.iloc[[0], 2:]) == as_csv(frame.iloc[[1], 2:])


def test_a_failing_run_is_recorded_and_the_sweep_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    run = Simulator.run

    def fails_once(self: Simulator, replicate: int, **how: Any) -> World:
        if replicate == 1 and set(self.scenario.practices) == {"safe_space"}:
            raise ArithmeticError("the roof is on fire")
        return run(self, replicate, **how)

    monkeypatch.setattr(Simulator, "run", fails_once)
    frame = sweep(experiment, out=out)
    assert frame.attrs["failed"] == 1
    assert list(frame["n"]) == [3, 3, 2, 3]
    (failure,) = load_failures(out).to_dict("records")
    assert (failure["point"], failure["replicate"], failure["error"]) == (2, 1, "ArithmeticError: the roof is on fire")
    assert "fails_once" in failure["traceback"]
    monkeypatch.undo()
    mended = sweep(experiment, out=out)
    assert mended.attrs["failed"] == 0
    assert as_csv(mended) == as_csv(sweep(experiment))


def test_a_broken_organisation_file_stops_a_sweep_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,manager,department\na,,x\na,,x\n")
    (tmp_path / "ties.csv").write_text("source,target\n")
    organisation = {name: str(tmp_path / f"{name.removesuffix('_file')}.csv") for name in ("people_file", "ties_file")}
    with pytest.raises(InputError, match=r"people\.csv:3"):
        sweep(small_experiment(tmp_path, base={"organisation": organisation}))


LIMITED = {"practices": {"safe_space": {"departments": ["sales"]}}}


def test_a_sweep_that_is_refused_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "small.db"
    with pytest.raises(InputError, match=r"practices\.safe_space\.departments: no department is called sales; there are"):
        sweep(small_experiment(tmp_path, "critical_mass", base=LIMITED), out=out)
    assert [path.name for path in tmp_path.iterdir()] == ["base.yaml"]
    sweep(small_experiment(tmp_path, "critical_mass"), out=out)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"seed": -1}, "seed: -1 is below 0; give 0 or more"),
        ({"seed": 2**32}, "seed: 4294967296 is above 4294967295"),
        ({"replicates": 0}, "replicates: 0 is below 1"),
        ({"replicates": -3}, "replicates: -3 is below 1"),
        ({"threads": 0}, "threads: 0 is below 1"),
        ({"certificates": Certificates(ca=Path("ca.pem"))}, "--dask-ca: is for a cluster, and none is given"),
        (
            {"dask": "tcp://127.0.0.1:1", "certificates": Certificates(Path("ca.pem"), key=Path("key.pem"))},
            "--dask-ca: is for tls://, and tcp://127.0.0.1:1 is not encrypted.*\n--dask-key: is for tls://",
        ),
        ({"precision_of": "contributors"}, "precision_of: is the measure of a precision, and none is given"),
    ],
)
def test_what_no_sweep_can_use_is_refused_before_there_is_a_file(tmp_path: Path, how: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sweep(small_experiment(tmp_path), out=tmp_path / "small.db", **how)
    assert not list(tmp_path.glob("small.db*"))


def test_managers_in_a_circle_are_refused_before_there_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,manager,department\na,b,x\nb,a,x\n")
    (tmp_path / "ties.csv").write_text("source,target\na,b\n")
    organisation = {name: str(tmp_path / f"{name.removesuffix('_file')}.csv") for name in ("people_file", "ties_file")}
    with pytest.raises(InputError, match="managers go round in a circle"):
        sweep(small_experiment(tmp_path, base={"organisation": organisation}), out=tmp_path / "small.db")
    assert not list(tmp_path.glob("small.db*"))


def test_an_engine_that_is_refused_leaves_no_file_and_none_that_was_there_is_taken(tmp_path: Path) -> None:
    experiment, out, there = small_experiment(tmp_path), tmp_path / "small.db", tmp_path / "there.db"
    there.touch()
    sweep(experiment, out=tmp_path / "finished.db")
    for path in (out, there, tmp_path / "finished.db"):
        with pytest.raises(InputError, match="is no cluster"):
            sweep(experiment, out=path, dask=5)
    assert sorted(path.name for path in tmp_path.glob("*.db*")) == ["finished.db", "there.db"]
    assert load_results(tmp_path / "finished.db")["n"].sum() == 12


def test_departments_are_looked_for_once_and_not_at_every_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = {"practices": {"safe_space": {"departments": ["department 1"]}}}
    vary = {"practices.safe_space": [0.0, 0.5, 1.0], "parameters.reward_rate": {"low": 0.1, "high": 0.2}}
    experiment = small_experiment(tmp_path, vary=vary, base=base, design="random", samples=200)
    plan, looked_at = make_plan(experiment), []
    names = checks.generated_department_names
    monkeypatch.setattr(
        checks, "generated_department_names", lambda n, **which: looked_at.append(which["replicate"]) or names(n, **which)
    )
    monkeypatch.setattr(OrganisationSource, "_make", None)
    monkeypatch.setattr(Simulator, "__init__", None)  # a simulator a point took hours at 200,000 points
    see_that_it_can_run(plan)
    assert looked_at == list(range(plan.replicates))


def test_a_department_that_only_a_later_replicate_lacks_is_refused_before_the_sweep_begins(tmp_path: Path) -> None:
    def named(n: int, last: int) -> Experiment:
        base = {"organisation": {"people": 500}, "practices": {"safe_space": {"departments": [f"department {last}"]}}}
        return small_experiment(tmp_path, base=base, replicates=n)

    counts = [len(generated_department_names(500, seed=1, replicate=each)) for each in range(40)]
    later = next(each for each, count in enumerate(counts) if count < counts[0])
    see_that_it_can_run(make_plan(named(later, counts[0]), seed=1))
    with pytest.raises(InputError, match=r"safe_space\.departments: no department is called"):
        see_that_it_can_run(make_plan(named(later + 1, counts[0]), seed=1))
    organisation = OrganisationSource(OrganisationSpec(people=500), 1).organisation(later)
    assert organisation.department_names == generated_department_names(500, seed=1, replicate=later)


def test_a_limit_to_departments_that_no_point_uses_is_not_looked_at(tmp_path: Path) -> None:
    vary = {"practices.safe_space": [False], "practices.critical_mass": [False, True]}
    assert sweep(small_experiment(tmp_path, vary=vary, base=LIMITED))["n"].sum() == 6


def test_an_unknown_measure_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown measure 'contributor'; did you mean 'contributors'"):
        sweep(small_experiment(tmp_path, measure=["contributor"]))
    frame = sweep(small_experiment(tmp_path, measure=["trust"]))
    assert [name for name in frame if "practices" not in name] == [
        "n",
        "reached",
        "reached_low",
        "reached_high",
        "trust",
        "trust_low",
        "trust_high",
    ]


def test_runs_of_a_killed_process_are_kept_and_the_rest_is_the_same(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path, "safe_space", "critical_mass", replicates=40), tmp_path / "small.db"
    (tmp_path / "experiment.json").write_text(experiment.model_dump_json())
    script = f"""
        import os, signal
        from pathlib import Path
        from adoptsim.sweeps import engines, runner
        from adoptsim.sweeps.experiment import Experiment
        engines.Threads.chunk_seconds = 0.02
        experiment = Experiment.model_validate_json(Path({str(tmp_path / "experiment.json")!r}).read_text())
        stop = lambda done, total: done > 30 and (print(done, flush=True), os.kill(os.getpid(), signal.SIGKILL))
        runner.sweep(experiment, out={str(out)!r}, progress=stop)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    told: list[int] = []
    frame = sweep(experiment, out=out, progress=lambda done, total: told.append(done))
    assert told[0] >= int(killed.stdout) > 30
    assert as_csv(frame) == as_csv(sweep(experiment))
    assert [path.name for path in tmp_path.glob("small.db*")] == ["small.db"]


def test_a_second_process_is_refused_and_told_who_is_at_work(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    seen: list[str] = []

    def second(done: int, total: int) -> None:
        if not seen:
            with pytest.raises(InputError, match=f"process {os.getpid()} on .* is running this sweep") as refused:
                sweep(experiment, out=out)
            seen.append(str(refused.value))
            assert len(load_results(out)) == 4  # reading is allowed

    sweep(experiment, out=out, progress=second)
    assert seen
    assert list(load_results(out)["n"]) == [3, 3, 3, 3]


def test_a_large_organisation_runs_in_parts_with_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = small_experiment(tmp_path)
    whole = as_csv(sweep(experiment))
    monkeypatch.setattr(simulation, "UNSTOPPED_PERSON_DAYS", 60 * 7)
    assert as_csv(sweep(experiment)) == whole


def test_chunks_take_about_half_a_second_and_shrink_towards_the_end() -> None:
    pace = runner._Pace(0.5)
    assert pace.chunk(1000, 2) == 1
    pace.seconds_a_run = 0.01
    assert pace.chunk(1000, 2) == 50
    assert pace.chunk(20, 2) == 5
    assert pace.chunk(1, 2) == 1
    pace.seconds_a_run = 30.0
    assert pace.chunk(1000, 2) == 1


def test_runs_are_told_apart_by_factors_and_replicate(tmp_path: Path) -> None:
    out = tmp_path / "small.db"
    sweep(small_experiment(tmp_path), out=out)
    runs = load_runs(out)
    assert list(runs.columns[:4]) == ["point", "practices.safe_space", "practices.critical_mass", "replicate"]
    assert len(runs) == 12
    assert list(runs["replicate"].iloc[:4]) == [0, 1, 2, 0]

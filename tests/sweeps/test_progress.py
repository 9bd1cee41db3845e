"""People are told how far a sweep is, how long it still takes and who leads; tables are exported row by row as asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from sweeps.sweeping import small_experiment

from adoptsim.commands.sweep import Rows, results
from adoptsim.report.progress import progress_lines, status_words
from adoptsim.sweeps.plan import make_plan
from adoptsim.sweeps.results import load_runs
from adoptsim.sweeps.runner import sweep
from adoptsim.sweeps.runs import Failure, Run
from adoptsim.sweeps.status import Leader, Observer, Status

LEADER = Leader({"practices.safe_space": True, "practices.critical_mass": False}, 0.625, 0.41, 16)
HALF = Status(done=498, failed=2, total=1_000, rate=25.0, seconds_left=20.0, leader=LEADER)


def test_progress_is_done_failed_rate_time_left_and_the_leader_with_its_chance() -> None:
    said = "498 of 1,000 runs (50 %), 2 failed, 25 runs/s, about 20 s left, leads: safe_space (lasts in 62 % of 16)"
    assert status_words(HALF) == said


def test_at_first_nothing_is_said_of_rate_time_and_leader() -> None:
    nothing = float("nan")
    assert status_words(Status(0, 0, 1_000, nothing, nothing, None)) == "0 of 1,000 runs (0 %)"
    assert "left" not in status_words(replace(HALF, done=3, failed=0))


def test_silence_and_what_is_waited_for_are_told() -> None:
    assert "nothing back for 2 min" in status_words(replace(HALF, silent_seconds=120.0))
    assert "back" not in status_words(replace(HALF, silent_seconds=20.0))
    assert "no workers: nothing is done until there are" in status_words(replace(HALF, missing="no workers"))


def test_a_log_has_a_line_a_tenth_and_one_after_ten_silent_minutes() -> None:
    now, lines = [0.0], list[str]()
    watch = progress_lines(lines.append, clock=lambda: now[0])
    for done in range(1_001):
        watch(replace(HALF, done=done, failed=0))
    assert len(lines) == 10
    assert lines[0].startswith("100 of 1,000 runs (10 %)")
    watch(replace(HALF, done=1_000, failed=0))
    assert len(lines) == 10
    now[0] = 601.0
    watch(replace(HALF, done=1_000, failed=0))
    assert len(lines) == 11


def test_a_notebook_prints_the_same_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep(small_experiment(tmp_path), watch=progress_lines())
    assert capsys.readouterr().out.splitlines()[-1].startswith("12 of 12 runs (100 %)")


def test_rate_and_time_left_are_those_of_the_last_minute(tmp_path: Path) -> None:
    plan, now = make_plan(small_experiment(tmp_path, replicates=100)), [0.0]
    observer, jobs = Observer(plan, 40, (), clock=lambda: now[0]), list(plan.jobs())
    observer.took([Run(jobs[0], 0.1, (1.0,))], 0)
    now[0] = 10.0
    observer.took([*(Run(job, 0.1, (1.0,)) for job in jobs[1:20]), Failure(jobs[20], "E", "T")], 0)
    status = observer.status(400)
    assert (status.done, status.failed, status.total) == (60, 1, 400)
    assert status.rate == pytest.approx(2.0)
    assert status.seconds_left == pytest.approx((400 - 61) / 2.0)
    assert status.leader is not None
    assert (status.leader.probability, status.leader.runs) == (1.0, 20)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(("rows", "n"), [("points", 6), ("runs", 12), ("days", 12 * 60), ("failures", 0)])
def test_a_table_of_points_runs_days_or_failures_is_exported(tmp_path: Path, rows: str, n: int, ending: str) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="Parquet needs pyarrow: pip install pyarrow")
    vary = {"practices.safe_space": [False, 0.5, True], "practices.critical_mass": [False, True]}
    out, table = tmp_path / "small.db", tmp_path / f"t.{ending}"
    sweep(small_experiment(tmp_path, vary=vary, replicates=2), out=out, series=True)
    results(out, rows=Rows(rows), **{ending: table}, provenance=True)
    found = pd.read_csv(table) if ending == "csv" else pd.read_parquet(table)
    assert len(found) == n
    if rows == "runs":
        assert found["contributors"].tolist() == load_runs(out)["contributors"].tolist()


def test_results_say_where_the_numbers_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep(small_experiment(tmp_path), out=tmp_path / "small.db", threads=2)
    results(tmp_path / "small.db", provenance=True)
    said = capsys.readouterr().out
    for words in ("small: base scenario base", "Seed 1, 3 replicates a point", "12 runs finished", "2 threads", "finished"):
        assert words in said


def test_runs_that_a_file_has_and_nobody_asks_for_any_more_do_not_make_more_than_all(tmp_path: Path) -> None:
    found = Observer(make_plan(small_experiment(tmp_path)), 96, [], clock=lambda: 0.0).status(64)
    assert (found.done, found.total) == (96, 96)

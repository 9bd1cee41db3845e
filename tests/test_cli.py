"""The commands as somebody at a terminal meets them: what is printed where, and how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from adoptsim import benchmark, cli, files
from adoptsim.domain.practices import PRACTICES
from adoptsim.engine.state import MARK
from adoptsim.report.words import MEASURES
from adoptsim.simulation import FINAL, Simulator
from adoptsim.version import __version__

SCENARIO = """
name: small
title: A small one
story: Forty people.
organisation: {people: 40}
practices: {critical_mass: true, act_on_contributions: {start: 10, intensity: 0.5}}
horizon: {days: 90, support_until: 30}
critical_mass: {held_days: 21, after_support_days: 21}
"""
EXPERIMENT = """
name: tiny
title: A tiny one
question: Which?
scenario: small.yaml
replicates: 3
vary:
  practices.critical_mass: on_off
  practices.safe_space: on_off
"""


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return standard output as the one JSON object that it must be."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


Adoptsim = Callable[..., Ended]


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adoptsim:
    """Call the program inside a folder that holds a small scenario and a tiny experiment."""
    (tmp_path / "small.yaml").write_text(SCENARIO)
    (tmp_path / "other.yaml").write_text(SCENARIO.replace("small", "other").replace("critical_mass: true, ", ""))
    (tmp_path / "tiny.yaml").write_text(EXPERIMENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> Ended:
        code = cli.main([str(argument) for argument in arguments])
        return Ended(code, *capsys.readouterr())

    return call


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the program as its own process."""
    root = Path(cli.__file__).resolve().parent.parent
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "adoptsim.cli", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


# -- what there is


def test_help_names_every_command(adoptsim: Adoptsim):
    ended = adoptsim("--help")
    assert ended.code == 0
    for name in [command.__name__.replace("_", "-") for panel in cli.PANELS.values() for command in panel]:
        assert f"\n  {name} " in ended.out


def test_nothing_heavy_is_imported_for_help():
    program = "import sys, adoptsim.cli as c; c.main(['--help']); sys.exit(bool({'numpy', 'rich.console'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode == 0


def test_the_version_is_told(adoptsim: Adoptsim):
    assert adoptsim("--version") == (0, f"adoptsim {__version__}\n", "")


@pytest.mark.parametrize("kind", ["practices", "scenarios", "experiments"])
def test_a_list_has_a_line_for_each(adoptsim: Adoptsim, kind: str):
    names = list(PRACTICES) if kind == "practices" else files.shipped(kind)  # type: ignore[arg-type]
    ended = adoptsim(kind)
    assert (ended.code, ended.err) == (0, "")
    assert all(name in ended.out for name in names)
    assert [each["name"] for each in adoptsim(kind, "--json").json()[kind]] == names


@pytest.mark.parametrize("practice", PRACTICES.values(), ids=lambda practice: practice.name)
def test_a_practice_is_shown_whole_by_name_or_number(adoptsim: Adoptsim, practice: Any):
    shown = adoptsim("practices", practice.name).out
    assert shown == adoptsim("practices", practice.number).out
    assert practice.title in shown
    assert all(lever in shown for lever in practice.to)
    assert practice.source.split(";")[0] in shown


@pytest.mark.parametrize("name", files.shipped("scenarios"))
def test_every_shipped_scenario_is_shown_whole(adoptsim: Adoptsim, name: str):
    ended = adoptsim("scenarios", name)
    assert ended.code == 0
    assert f"({name})" in ended.out
    assert adoptsim("scenarios", name, "--json").json()["scenarios"][0]["name"] == name


def test_a_scenario_says_how_its_practices_are_used(adoptsim: Adoptsim):
    shown = adoptsim("scenarios", "small.yaml").out
    assert "Act on contributions: at 50 %, from day 10" in shown
    assert "Work towards critical mass: until day 30" in shown


@pytest.mark.parametrize("name", files.shipped("experiments"))
def test_every_shipped_experiment_is_shown_whole(adoptsim: Adoptsim, name: str):
    ended = adoptsim("experiments", name)
    assert ended.code == 0
    assert f"({name})" in ended.out


def test_the_schema_goes_to_standard_output_or_a_file(adoptsim: Adoptsim, tmp_path: Path):
    printed = adoptsim("schema").json()
    assert adoptsim("schema", "schema.json").code == 0
    assert json.loads((tmp_path / "schema.json").read_text()) == printed
    assert "practices" in printed["properties"]


def test_docs_are_written_and_fit_until_the_model_or_a_file_changes(adoptsim: Adoptsim, tmp_path: Path):
    assert adoptsim("docs", "--out", ".").code == 0
    assert adoptsim("docs", "--check", "--out", ".") == (0, "", "")
    (tmp_path / "parameters.md").write_text("by hand")
    (tmp_path / "odd.md").unlink()
    ended = adoptsim("docs", "--check", "--out", ".")
    assert ended.code == 1
    assert "parameters.md no longer fits the model; run: adoptsim docs --out ." in ended.err
    assert "odd.md is missing" in ended.err
    assert (tmp_path / "parameters.md").read_text() == "by hand"


def test_docs_need_a_folder_that_is_there(adoptsim: Adoptsim):
    ended = adoptsim("docs", "--out", "nowhere")
    assert ended.code == 2
    assert "there is no folder" in ended.err


# -- run


def test_run_gives_the_fields_that_others_rely_on(adoptsim: Adoptsim):
    ended = adoptsim("run", "small.yaml", "--replicates", 4, "--seed", 0, "--json", "--quiet")
    report = ended.json()
    assert (ended.code, ended.err) == (0, "")
    assert (report["scenario"], report["seed"], report["replicates"]) == ("small", 0, 4)
    assert (report["days"], report["people"]) == (90, 40)
    assert report["model_version"].startswith(__version__)
    assert set(report["critical_mass"]) == {"threshold", "reached", "day"}
    assert set(report["critical_mass"]["reached"]) == {"probability", "low", "high"}
    assert set(report["final"]) == set(FINAL)
    assert all(set(values) == {"mean", "low", "high"} for values in report["final"].values())
    assert set(report["hours_per_person_month"]) == {"mean", "low", "high"}
    assert set(report["spent"]) == {"hours", "answered_per_100_hours", "acted_per_100_hours"}


def test_the_verdict_comes_first_and_the_figures_after(adoptsim: Adoptsim):
    title, verdict, *rest = adoptsim("run", "small.yaml", "--replicates", 2, "-q").out.splitlines()
    assert title == "A small one"
    assert verdict.startswith("Too few runs to say: critical mass reached in")
    assert all(any(measure.label in line for line in rest) for measure in MEASURES.values())
    assert "For 100 of all these hours leaders answer" in " ".join(rest)


def test_results_and_progress_do_not_mix(adoptsim: Adoptsim):
    loud = adoptsim("run", "small.yaml", "--replicates", 3, "--json")
    assert loud.err.count("small: ") == 3
    assert "3 of 3 runs (100 %)" in loud.err
    assert loud.json() == adoptsim("run", "small.yaml", "--replicates", 3, "--json", "-q").json()


def test_threads_change_nothing(adoptsim: Adoptsim):
    one, three = (adoptsim("run", "small.yaml", "--replicates", 3, "--threads", n, "--json", "-q") for n in (1, 3))
    assert one.out == three.out


def test_a_run_that_ends_early_says_that_it_cannot_tell(adoptsim: Adoptsim):
    ended = adoptsim("run", "small.yaml", "--days", 40, "--replicates", 2, "--json", "-q").json()
    assert ended["days"] == 40
    assert ended["critical_mass"]["reached"] == {"probability": None, "low": None, "high": None}
    assert ended["verdict"]["word"] == "unknown"
    assert "give at least 52" in ended["verdict"]["sentences"]


def test_days_that_end_before_a_practice_begins_are_refused(adoptsim: Adoptsim):
    ended = adoptsim("run", "small.yaml", "--days", 10)
    assert (ended.code, ended.out) == (2, "")
    assert "practices.act_on_contributions.start" in ended.err


def test_files_hold_what_they_should(adoptsim: Adoptsim, tmp_path: Path):
    given = ("--csv", "days.csv", "--log", "log.csv", "--log-visits", "visits.csv", "--plot", "run.png")
    ended = adoptsim("run", "small.yaml", "--replicates", 2, "-q", *given)
    assert ended.code == 0
    assert len(pd.read_csv(tmp_path / "days.csv")) == 2 * 90
    log = [
        "replicate",
        "day",
        "person",
        "role",
        "department",
        "kind",
        "content",
        "critical",
        "anonymous",
        "thread",
        "parent",
        "id",
    ]
    assert list(pd.read_csv(tmp_path / "log.csv").columns) == log
    assert list(pd.read_csv(tmp_path / "visits.csv").columns) == ["replicate", "day", "person"]
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")
    assert not list(tmp_path.glob(".*"))


def test_a_log_can_be_parquet(adoptsim: Adoptsim, tmp_path: Path):
    pytest.importorskip("pyarrow")
    assert adoptsim("run", "small.yaml", "--replicates", 1, "-q", "--log", "log.parquet").code == 0
    assert "thread" in pd.read_parquet(tmp_path / "log.parquet")


# -- compare


def test_compare_sets_scenarios_beside_each_other(adoptsim: Adoptsim):
    report = adoptsim("compare", "other.yaml", "small.yaml", "--replicates", 3, "--json", "-q").json()
    assert report["baseline"] == "other"
    assert report["same_people"] is True
    assert [result["scenario"] for result in report["results"]] == ["other", "small"]
    (difference,) = report["differences"]
    assert set(difference) == {"scenario", *MEASURES}
    assert set(difference["members"]) == {"mean", "low", "high", "beyond_luck"}


@pytest.mark.parametrize("others", [["other.yaml"], ["other.yaml", "small.yaml"]])
def test_compare_says_in_words_what_is_beyond_luck(adoptsim: Adoptsim, others: list[str]):
    shown = adoptsim("compare", "small.yaml", *others, "--replicates", 3, "-q", "--plot", "both.png").out
    assert "other against small: chance of critical mass" in shown
    if len(others) == 2:
        assert "small (2) against small" in shown
        assert "No difference is beyond luck" in " ".join(shown.split())


def test_one_scenario_cannot_be_compared(adoptsim: Adoptsim):
    ended = adoptsim("compare", "small.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert "at least two" in ended.err


# -- sweep and results


def test_a_sweep_ends_with_table_picture_and_file(adoptsim: Adoptsim, tmp_path: Path):
    ended = adoptsim("sweep", "tiny.yaml")
    assert ended.code == 0
    assert ". . . . . . 7 . . 10" in ended.out  # 7 is in place in the base scenario
    assert "What each practice adds" in ended.out
    assert "12 of 12 runs (100 %)" in ended.err
    assert "Picture: tiny.png" in ended.err
    assert (tmp_path / "tiny.png").read_bytes().startswith(b"\x89PNG")


def test_a_sweep_reports_as_json_and_goes_on_where_it_stopped(adoptsim: Adoptsim):
    first = adoptsim("sweep", "tiny.yaml", "--json", "-q", "--out", "a.db")
    again = adoptsim("sweep", "tiny.yaml", "--json", "-q", "--out", "a.db")
    report = first.json()
    assert (first.err, again.json()) == ("", report)
    assert (report["points"], report["runs"], report["finished"], report["failed"]) == (4, 12, 12, 0)
    assert len(report["ranked"]) == 4
    assert set(report["ranked"][0]) >= {"practices", "reached", "contributors", "hours_per_person_month", "runs"}
    assert {effect["factor"] for effect in report["effects"]} == {"practices.critical_mass", "practices.safe_space"}


def test_results_rank_and_export(adoptsim: Adoptsim, tmp_path: Path):
    adoptsim("sweep", "tiny.yaml", "-q")
    ended = adoptsim("results", "tiny.db", "--top", 2, "--csv", "points.csv", "--plot", "again.png", "--json")
    assert len(ended.json()["ranked"]) == 2
    assert len(pd.read_csv(tmp_path / "points.csv")) == 4
    assert (tmp_path / "again.png").exists()


def test_a_sweep_over_numbers_is_ranked_too(adoptsim: Adoptsim, tmp_path: Path):
    text = EXPERIMENT.split("vary:")[0] + "vary: {levers.answer_prob: [0.1, 0.6]}\n"
    (tmp_path / "numbers.yaml").write_text(text)
    ended = adoptsim("sweep", "numbers.yaml", "-q")
    assert ended.code == 0
    assert "Answer probability" in ended.out


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (["--rows", "runs"], ["--rows"]),
        (["--provenance", "--plot", "a.png", "--report", "a.html"], ["--plot", "--report"]),
        (["--provenance", "--top", "3", "--rank-by", "lowest"], ["--top", "--rank-by"]),
        (["--cost", "leaders", "--probability", "0.9"], ["--cost", "--probability"]),
    ],
)
def test_what_changes_nothing_of_results_is_refused(
    adoptsim: Adoptsim, tmp_path: Path, given: list[str], refused: list[str]
):
    text = EXPERIMENT.split("vary:")[0] + "vary: {levers.answer_prob: [0.1, 0.6]}\n"
    (tmp_path / "tiny.yaml").write_text(text)
    adoptsim("sweep", "tiny.yaml", "-q", "--json")
    ended = adoptsim("results", "tiny.db", *given)
    assert (ended.code, ended.out) == (2, "")
    assert [line.split(": ")[1] for line in ended.err.splitlines()] == refused
    assert not list(tmp_path.glob("a.*"))


def test_results_of_no_sweep_are_refused(adoptsim: Adoptsim):
    for file in ("small.yaml", "nothing.db", "."):
        ended = adoptsim("results", file)
        assert (ended.code, ended.out) == (2, "")
        assert file in ended.err


# -- benchmark: measured by the command, never in a test; here only that it measures what it says

MEASURED = {
    "scenario": "typical",
    "model_version": "0",
    "costs": [{"people": 500, "days": 252, "ns_per_person_day": 20.0, "setup_seconds": 0.1}],
    "peak_memory_bytes": 3 * 2**29,
    "reference": {
        "people": 500,
        "days": 63,
        "mesa_ns_per_person_day": 14_000.0,
        "engine_ns_per_person_day": 35.0,
        "ratio": 400.0,
    },
    "floor": {
        "people": 5_000,
        "days": 252,
        "engine_ns_per_person_day": 20.0,
        "least_rows_ns_per_person_day": 2.0,
        "ratio_to_least_rows": 10.0,
        "whole_state_ns_per_person_day": 4.0,
        "ratio_to_whole_state": 5.0,
    },
    "threads": {
        "replicates": 32,
        "one_thread_runs_per_second": 100.0,
        "two_threads_runs_per_second": 190.0,
        "ratio": 1.9,
    },
}


def test_benchmark_prints_every_ratio(adoptsim: Adoptsim, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(benchmark, "benchmark", lambda **how: MEASURED)
    shown = " ".join(adoptsim("benchmark").out.split())
    for said in (
        "50,000,000",
        "1.50 GiB",
        "400 times as fast",
        "10.0 times the time to stream",
        "5.0 times the time to read and write",
        "1.90 times as fast",
    ):
        assert said in shown
    assert adoptsim("benchmark", "--json", "-q") == (0, json.dumps(MEASURED) + "\n", "")


def test_benchmark_says_when_there_is_no_plain_model(adoptsim: Adoptsim, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(benchmark, "reference_timing", lambda: None)
    assert benchmark.measure_reference() is None
    monkeypatch.setattr(benchmark, "benchmark", lambda **how: MEASURED | {"reference": None})
    assert "Against plain Mesa: not measured" in adoptsim("benchmark").out


FLOORS = (benchmark._least_of_a_day, benchmark._whole_state_of_a_day)


@pytest.mark.parametrize("floor", FLOORS)
def test_measuring_a_floor_leaves_the_state_as_it_is(floor: Any):
    simulator = Simulator(files.Scenario.parse(SCENARIO))
    world = simulator.run(0)
    before = [np.copy(array) for array in world]
    floor(world, simulator.parameters, 89, 0)
    scratch = world._fields.index("pair")
    for place, (array, kept) in enumerate(zip(world, before, strict=True)):
        if place != scratch:
            np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_gathers_the_readers_who_are_there(floor: Any):
    simulator = Simulator(benchmark.all_ten(60))
    world = simulator.run(0)
    assert floor(world, simulator.parameters, 59, 0) > 0
    world.mark[MARK.visited] = 0
    assert floor(world, simulator.parameters, 59, 0) == 0


# -- wrong use


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "small.yaml", "--replicates", "0"],
        ["run", "small.yaml", "--replicates", "-3"],
        ["run", "small.yaml", "--replicates", "nan"],
        ["run", "small.yaml", "--days", "1e9"],
        ["run", "small.yaml", "--threads", "0"],
        ["run", "small.yaml", "--seed", "-1"],
        ["run", "small.yaml", "--nonsense"],
        ["run", "smal"],
        ["run", "nothing.yaml"],
        ["run", "tiny.yaml"],
        ["run", "."],
        ["run", "/no/such/folder/s.yaml"],
        ["compare", "small.yaml", "nothing.yaml"],
        ["sweep", "small.yaml"],
        ["sweep", "tiny.yaml", "--out", "/no/such/folder/a.db"],
        ["sweep", "tiny.yaml", "--out", "tiny.yaml"],
        ["sweep", "tiny.yaml", "--seed", str(2**32)],
        ["sweep", "tiny.yaml", "--dask-key", "key.pem"],
        ["sweep", "tiny.yaml", "--precision-of", "contributors"],
        ["practices", "eleven"],
        ["scenarios", "smal"],
        ["experiments", "smal"],
        ["schema", "/no/such/folder/schema.json"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_a_reason_and_nothing_else(adoptsim: Adoptsim, tmp_path: Path, arguments: list[str]):
    before = sorted(tmp_path.iterdir())
    ended = adoptsim(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.strip()
    assert "Traceback" not in ended.err
    assert sorted(tmp_path.iterdir()) == before


def test_every_problem_of_a_file_has_its_own_line(adoptsim: Adoptsim, tmp_path: Path):
    (tmp_path / "bad.yaml").write_text("name: bad\nhorizon: {days: -5}\npractices: {safe_spac: true}\n")
    lines = adoptsim("run", "bad.yaml").err.splitlines()
    assert len(lines) == 2
    assert "bad.yaml:2, horizon.days" in lines[0]
    assert "safe_space" in lines[1]


def test_files_that_cannot_be_written_are_told_before_the_run(adoptsim: Adoptsim):
    given = ("--csv", "/no/such/folder/a.csv", "--plot", "a.txt", "--log", "b.csv", "--log-visits", "b.csv")
    ended = adoptsim("run", "small.yaml", *given)
    assert ended.code == 2
    assert [word for line in ended.err.splitlines() for word in line.split() if word.startswith("--")] == [
        "--csv:",
        "--plot:",
        "--log-visits:",
        "--log;",
    ]
    assert "of 64 runs" not in ended.err


def test_a_mistake_of_ours_is_a_short_message_unless_debugging(adoptsim: Adoptsim, monkeypatch: pytest.MonkeyPatch):
    def broken(name: str) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(files.Scenario, "load", broken)
    ended = adoptsim("run", "small.yaml")
    assert ended.code == 1
    assert "ZeroDivisionError: oh" in ended.err
    assert "ADOPTSIM_DEBUG=1" in ended.err
    monkeypatch.setenv("ADOPTSIM_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        adoptsim("run", "small.yaml")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_sweep_that_is_interrupted_says_how_to_go_on(adoptsim: Adoptsim, tmp_path: Path):
    adoptsim("run", "small.yaml", "--replicates", 1, "-q")  # compiled before
    with started(tmp_path, "sweep", "tiny.yaml", "--replicates", "50000") as process:
        assert process.stderr is not None
        assert "tiny: 4 points" in process.stderr.readline()
        deadline = time.monotonic() + 60
        while not _has_runs(tmp_path / "tiny.db") and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "kept in tiny.db" in err
    assert "Traceback" not in err


def stopped(*given: Any, **named: Any) -> None:
    """Press Ctrl-C."""
    raise KeyboardInterrupt


def test_ctrl_c_after_a_sweep_says_where_it_is_kept(adoptsim: Adoptsim, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adoptsim.commands.answer.answer_of", stopped)
    ended = adoptsim("sweep", "tiny.yaml", "-q")
    assert (ended.code, ended.out) == (130, "")
    assert "the sweep, which is kept in tiny.db: start it again" in ended.err
    assert "adoptsim results tiny.db" in ended.err


def test_ctrl_c_elsewhere_claims_nothing_of_files(adoptsim: Adoptsim, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files.Scenario, "load", stopped)
    assert adoptsim("run", "small.yaml") == (130, "", "adoptsim: interrupted\n")


def _has_runs(file: Path) -> bool:
    from adoptsim.sweeps.results import load_runs

    try:
        return len(load_runs(file)) > 0
    except Exception:  # not there yet, or not yet a sweep
        return False


@pytest.mark.skipif(os.name == "nt", reason="pipes")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_who_leaves_early_is_no_failure(tmp_path: Path, options: list[str]):
    with started(tmp_path, "practices", *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == ("", 0)

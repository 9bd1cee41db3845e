"""Reports of what many points say: which bundle is enough, where a policy holds, what matters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adoptsim import cli
from adoptsim.analysis import discovery, enough
from adoptsim.analysis.bundles import Bundles, run_bundles
from adoptsim.analysis.conditions import conditions_around
from adoptsim.domain.scenario import Scenario
from adoptsim.report.enough_words import verdict
from adoptsim.report.pages.discovery_python import Question, discovery_python
from tests.report.reading import HOSTILE, Read, assert_whole, printed_by_its_python

SMALL = """
name: {name}
title: {title}
organisation: {{people: {people}}}
practices: {{leadership_and_champions: true, critical_mass: 0.5}}
horizon: {{days: {days}, support_until: 21}}
critical_mass: {{threshold: {threshold}, held_days: {held}, after_support_days: 21}}
"""
CASES = """
name: cases
title: {title}
scenario: small.yaml
design: latin_hypercube
samples: 60
replicates: 2
vary:
  critical_mass.threshold: {{low: 0.001, high: 0.15}}
  levers.answer_prob: {{low: 0.02, high: 0.5}}
"""
MIXED = """
name: mixed
title: {title}
scenario: small.yaml
design: morris
samples: 6
replicates: 3
vary:
  practices.critical_mass: on_off
  practices.safe_space: on_off
  parameters.prompt_rate: plausible
  parameters.item_minutes: plausible
"""
QUIET = ("--threads", "1", "--quiet")
LINES = {
    "enough": ["enough", "tiny.yaml", "--replicates", "6", *QUIET],
    "enough-none": ["enough", "never.yaml", "--full", "--replicates", "6", *QUIET],
    "enough-too-short": ["enough", "short.yaml", "--replicates", "6", *QUIET],
    "discover": ["discover", "cases.yaml", *QUIET],
    "discover-worlds": ["discover", "small.yaml", "--over", "worlds", "--ensemble", "sets.csv", *QUIET],
    "sensitivity": ["sensitivity", "mixed.yaml", *QUIET],
    "sensitivity-screened": ["sensitivity", "mixed.yaml", "--method", "sobol", "--keep", "1", "--samples", "16", *QUIET],
}
NEEDS = {"discover": "ema_workbench", "sensitivity": "SALib"}
RUN: dict[str, Bundles] = {}
Adoptsim = Callable[..., tuple[int, str, str]]


def run_bundles_once(scenario: Scenario, **how: Any) -> Bundles:
    """Return all bundles of a scenario, run when it is first asked for: seconds that every test would need."""
    key = scenario.model_dump_json()
    if key not in RUN:
        RUN[key] = run_bundles(scenario, **how)
    return RUN[key]


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adoptsim:
    """Call the program inside a folder with small scenarios and experiments, whose titles are hostile."""
    title = json.dumps(HOSTILE)
    easy = {"people": 20, "threshold": 0.05, "held": 5, "days": 45}
    scenarios = {
        "small": {"people": 60, "threshold": 0.1, "held": 5, "days": 90},
        "tiny": easy,
        "never": easy | {"threshold": 1.0},
        "short": easy | {"days": 40},
    }
    for name, fields in scenarios.items():
        (tmp_path / f"{name}.yaml").write_text(SMALL.format(name=name, title=title, **fields))
    for name, text in {"cases": CASES, "mixed": MIXED}.items():
        (tmp_path / f"{name}.yaml").write_text(text.format(title=title))
    (tmp_path / "sets.csv").write_text("prompt_rate\n" + "\n".join(f"{0.02 + k / 60:.4f}" for k in range(40)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(enough, "run_bundles", run_bundles_once)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([*map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def asked(kind: str) -> list[str]:
    """Return the command line of a kind of report."""
    command = kind.partition("-")[0]
    if command in NEEDS:
        pytest.importorskip(NEEDS[command])
    return LINES[kind]


@pytest.mark.parametrize("kind", LINES)
def test_a_report_is_whole_and_stands_alone(kind: str, adoptsim: Adoptsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(discovery, "PERMUTATIONS", 19)
    monkeypatch.setattr(discovery, "PARTS", 3)
    for file in ("a.html", "b.html"):
        code, _, told = adoptsim(*asked(kind), "--report", file)
        assert (code, told.splitlines()[-1]) == (0, f"report: {file}")
    assert_whole(tmp_path)
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert kind.startswith("discover-worlds") or HOSTILE in Read(text).words


def test_a_sweep_s_file_is_named_in_the_command_and_gives_the_same_page_but_for_how_to_get_it(
    adoptsim: Adoptsim, tmp_path: Path
):
    told = json.loads(adoptsim(*asked("discover"), "--report", "a.html", "--json")[1])
    again = json.loads(adoptsim("discover", "cases.db", *QUIET, "--report", "b.html", "--json")[1])
    assert (told["report"], again["report"]) == ("a.html", "b.html")
    assert told["boxes"] == again["boxes"]
    first, second = (Read((tmp_path / name).read_text(encoding="utf-8")).words for name in ("a.html", "b.html"))
    assert "adoptsim discover cases.yaml --holds 0.5" in first
    assert "adoptsim discover cases.db --holds 0.5" in second
    assert first.split("Do it again")[0] == second.split("Do it again")[0]
    assert told["sentence"] in first
    assert "A dot is a case" in first
    assert told["sentence"] in printed_by_its_python(tmp_path / "b.html")


TELLING: dict[str, tuple[str | int, ...]] = {
    "enough": ("shares", "values", "contributors", "total", "mean"),
    "discover": ("boxes", 0, "limits", 0, "low"),
    "discover-worlds": ("sentence",),
    "sensitivity": ("outcomes", "contributors", "factors", 0, "mu_star"),
    "sensitivity-screened": ("outcomes", "contributors", "factors", 0, "ST"),
}
"""Where in the JSON of a kind of report a number stands that no other question gives."""


@pytest.mark.parametrize("kind", TELLING)
def test_the_python_of_a_report_gives_its_numbers(kind: str, adoptsim: Adoptsim, tmp_path: Path):
    number = json.loads(adoptsim(*asked(kind), "--report", "a.html", "--json")[1])
    for name in TELLING[kind]:
        number = number[name]
    for sweep in tmp_path.glob("*.db"):
        sweep.unlink()
    assert str(number) in printed_by_its_python(tmp_path / "a.html")


def test_a_scenario_under_conditions_has_a_program_that_asks_the_same():
    assert conditions_around("lean-bundle").name == "lean-bundle-where"
    question = Question("scenario", "lean-bundle", file="lean-bundle-where.db", seed=0)
    program = discovery_python(question, {"seed": 3, "replicates": 4, "holds_at": 0.5})
    compile(program, "program", "exec")
    assert 'experiment = conditions_around("lean-bundle")' in program
    assert 'ad.sweep(experiment, out="lean-bundle-where.db", seed=0)' in program
    assert "seed=0)" in program.split("ad.discover")[1]


def test_what_is_enough_is_said_in_two_sentences():
    bundle = {
        "practices": ["critical_mass"],
        "reached": {"mean": 0.75, "low": 0.6, "high": 0.84},
        "hours": {"mean": 40.0, "low": 39.0, "high": 41.0},
    }
    larger = bundle | {"practices": ["critical_mass", "safe_space"], "hours": {"mean": 30.0, "low": 29.0, "high": 31.0}}
    none = {
        "practices": [{"practice": "safe_space", "share": {"mean": 0.1, "low": -0.1, "high": 0.3}}],
        "total": {"mean": 0},
    }
    summary = {"cheapest": larger, "smallest": bundle, "shares": {"values": {"reached": none}}}
    assert verdict(summary) == [
        "The cheapest bundle that is enough takes 30 hours a month and lasts in 75 % (60-84 %) of runs with fresh luck: "
        "a safe space (6) and work towards critical mass (10).",
        "The smallest has 1 practice, takes 40 hours a month and lasts in 75 % (60-84 %) of runs with fresh luck: "
        "work towards critical mass (10).",
    ]
    assert verdict(summary | {"smallest": larger})[1] == "It is the smallest, too: it has 2 practices."


def test_where_none_is_enough_it_is_said_what_the_best_reaches():
    share = {"practice": "safe_space", "share": {"mean": 0.0, "low": None, "high": None}}
    shares = {"values": {"reached": {"practices": [share], "total": {"mean": 0.0}}}}
    best = {"mean": 0.25, "low": 0.16, "high": 0.37}
    summary = {"cheapest": None, "smallest": None, "shares": shares, "probability": 0.5}
    said = verdict(summary | {"best": best, "best_practices": ["safe_space"]})
    assert said == [
        "No bundle is sure to last in 50 % of runs; the best lasts in 25 % (16-37 %), with a safe space (6).",
        "No practice adds to the chance of critical mass beyond luck.",
    ]
    assert verdict(summary | {"best": best | {"mean": 0.0}, "best_practices": []})[0].endswith("none lasts in any.")
    unknown = verdict(summary | {"best": best | {"mean": None}, "best_practices": []})[0]
    assert unknown == "No bundle can be enough: the runs end before critical mass can be judged."


@pytest.mark.parametrize("line", ["enough small.yaml", "discover small.yaml", "sensitivity mixed.yaml"])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_simulated(line: str, adoptsim: Adoptsim):
    for place, says in (("nowhere/a.html", "there is no folder"), ("a.pdf", "give a file that ends in .html")):
        code, shown, told = adoptsim(*line.split(), "--report", place)
        assert (code, shown) == (2, "")
        assert "--report" in told
        assert says in told
        assert "runs" not in told  # no progress

"""Reports: one HTML file that needs nothing else, says what the JSON says, the same bytes for the same question."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from adoptsim import cli
from adoptsim.report.assumptions import GROUNDS, INTERVALS, READ_AS
from adoptsim.report.html import Bar, unbroken
from adoptsim.report.key_figures import key_figures
from adoptsim.report.words import MEASURES
from tests.report.reading import HOSTILE, Read, assert_whole, plain, printed_by_its_python

ROOT = Path(__file__).resolve().parents[2]
SMALL = """
name: small
title: {title}
story: {title}
organisation: {{people: 60}}
practices: {{leadership_and_champions: true, critical_mass: {strength}}}
horizon: {{days: 90, support_until: 30}}
critical_mass: {{threshold: 0.1, held_days: 21, after_support_days: 21}}
"""
EVERY = """
name: every
title: Every bundle <b>of three</b>
scenario: small.yaml
replicates: 6
vary:
  practices.leadership_and_champions: on_off
  practices.critical_mass: on_off
  practices.act_on_contributions: on_off
"""
LEVELS = """
name: levels
scenario: small.yaml
replicates: 3
vary:
  parameters.reward_rate: [0.1, 0.3]
"""
FEW = ("--replicates", "6", "--threads", "1", "--quiet")
Adoptsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adoptsim:
    """Call the program inside a folder with two small scenarios, whose titles are hostile, and two experiments."""
    for name, strength in (("small", 0.5), ("strong", 1.0)):
        text = SMALL.format(title=json.dumps(HOSTILE), strength=strength).replace("name: small", f"name: {name}")
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "every.yaml").write_text(EVERY)
    (tmp_path / "levels.yaml").write_text(LEVELS)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([*map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def asked(kind: str, adoptsim: Adoptsim) -> list[str]:
    """Return the command line of a kind of report, with what it needs done."""
    if kind in ("every", "levels"):
        assert adoptsim("sweep", f"{kind}.yaml", "-q")[0] == 0
        return ["results", f"{kind}.db"]
    lines = {
        "run": ["run", "small.yaml", *FEW],
        "compare": ["compare", "small.yaml", "strong.yaml", *FEW],
        "tipping": ["tipping", "small.yaml", *FEW, "--days", "273"],
        "phase": ["tipping", "small.yaml", "--phase", "start", "strength", *FEW, "--replicates", "8", "--days", "273"],
        "shocks": ["shocks", "small.yaml", "strong.yaml", *FEW, "--day", "50"],
        "order": ["order", "small.yaml", *FEW, "--hours", "500"],
        "robustness": ["robustness", "small.yaml", "strong.yaml", "--worlds", "4", *FEW],
        "drop-one": ["drop-one", "small.yaml", *FEW],
        "explain": ["explain", "strong.yaml", *FEW],
        "explain-against": ["explain", "strong.yaml", "--against", "small.yaml", "--no-shares", *FEW],
    }
    return lines[kind]


KINDS = ("run", "compare", "every", "levels", "tipping", "phase")
LATER = ("shocks", "order", "robustness", "drop-one", "explain", "explain-against")


@pytest.mark.parametrize("kind", [*KINDS, *LATER])
def test_a_report_is_whole_and_stands_alone(kind: str, adoptsim: Adoptsim, tmp_path: Path):
    line = asked(kind, adoptsim)
    assert adoptsim(*line, "--report", "a.html")[0] == 0
    assert adoptsim(*line, "--report", "b.html")[0] == 0
    assert_whole(tmp_path)


def test_text_of_users_stays_text(adoptsim: Adoptsim, tmp_path: Path):
    adoptsim("run", "small.yaml", *FEW, "--report", "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert HOSTILE in Read(text).words


def test_the_readme_says_the_same_about_what_answers_rest_on():
    readme = plain((ROOT / "README.md").read_text(encoding="utf-8"))
    for ground in (*GROUNDS, INTERVALS, READ_AS):
        assert plain(ground.kind + ("" if ground.says.startswith(",") else " ") + ground.says) in readme


def test_numbers_of_a_run_are_those_of_its_json(adoptsim: Adoptsim, tmp_path: Path):
    told = json.loads(adoptsim("run", "small.yaml", *FEW, "--report", "a.html", "--json")[1])
    words = Read((tmp_path / "a.html").read_text(encoding="utf-8")).words
    assert told["written"]["report"] == "a.html"
    for name, values in key_figures(told).items():
        label, kind = MEASURES[name]
        known = [values[what] for what in ("mean", "low", "high") if values[what] is not None]
        span = r" ([\d.]+)-([\d.]+)" if len(known) == 3 else ""
        shown = re.search(rf"{re.escape(label)} ([\d.]+)(?: %)?{span}", words)
        assert shown, label
        unit, rounding = (100, 0.51) if kind == "share" else (1, 0.0051)
        assert [float(number) for number in shown.groups()] == pytest.approx([unit * value for value in known], abs=rounding)
    for value in (told["model_version"], f"Seed {told['seed']}", f"Runs {told['replicates']}"):
        assert value in words


def test_numbers_of_a_sweep_are_those_of_its_json(adoptsim: Adoptsim, tmp_path: Path):
    line = asked("every", adoptsim)
    told = json.loads(adoptsim(*line, "--report", "a.html", "--json")[1])
    words = Read((tmp_path / "a.html").read_text(encoding="utf-8")).words
    assert told["verdict"].split(". ")[0] in words
    assert "Every bundle <b>of three</b>" in words
    for bundle in told["frontier"]["bundles"]:
        assert f"{bundle['hours']['mean']:,.0f}" in words
    rows = told["shares"]["values"]["contributors"]["practices"]
    places = [words.index(f"{row['number']} ", words.index("Contributors in the last month:")) for row in rows]
    assert len(places) == 3


TELLING: dict[str, tuple[str | int, ...]] = {
    "run": ("final", "contributors", "mean"),
    "compare": ("results", 1, "final", "contributors", "mean"),
    "shocks": ("shocks", 1, "lowest", "mean"),
    "order": ("orders", "worst", "average", "mean"),
    "robustness": ("policies", 1, "contributors", "mean"),
    "explain": ("against", "contributors_gained", "mean"),
    "explain-against": ("against", "contributors_gained", "mean"),
}
"""Where in the JSON of a kind of report a number stands that no other question gives."""


@pytest.mark.parametrize("kind", TELLING)
def test_the_python_of_a_report_gives_its_numbers(kind: str, adoptsim: Adoptsim, tmp_path: Path):
    number = json.loads(adoptsim(*asked(kind, adoptsim), "--days", "100", "--report", "a.html", "--json")[1])
    for name in TELLING[kind]:
        number = number[name]
    assert str(number) in printed_by_its_python(tmp_path / "a.html")


@pytest.mark.parametrize(
    "line",
    ["run small.yaml", "compare small.yaml strong.yaml", "tipping small.yaml", "order small.yaml", "explain small.yaml"],
)
def test_a_place_that_cannot_be_written_is_told_before_anything_is_simulated(line: str, adoptsim: Adoptsim):
    for place, says in (("nowhere/a.html", "there is no folder"), ("a.pdf", "give a file that ends in .html")):
        code, shown, told = adoptsim(*line.split(), "--report", place)
        assert code == 2
        assert "--report" in told
        assert says in told
        assert "runs" not in told  # no progress
        assert shown == ""


def test_a_bar_stays_on_its_axis():
    bar = Bar(0.5, -2.0, 3.0, -1.0, 1.0)
    assert [bar.at(value) for value in (-2.0, -1.0, 0.0, 1.0, 3.0)] == [0.0, 0.0, 50.0, 100.0, 100.0]


def test_no_line_ends_within_a_number():
    assert unbroken("8-39 % of a-1-2, +3 to +4") == "8\u2013\u206039\u00a0% of a-1-2, +3\u00a0to\u00a0+4"

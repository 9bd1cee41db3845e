"""`adoptsim tipping` as somebody at a terminal meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from adoptsim import cli

SMALL = """
name: small
organisation: {people: 100}
practices: {leadership_and_champions: 0.5, act_on_contributions: 0.5, organisations_purpose: 0.5, critical_mass: true}
"""
FEW = ("--replicates", "6", "--days", "273")
Adoptsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adoptsim:
    """Call the program inside a folder that holds a small scenario."""
    (tmp_path / "small.yaml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["tipping", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def test_the_verdict_comes_first_then_the_table_and_what_living_means(adoptsim: Adoptsim, tmp_path: Path):
    code, shown, told = adoptsim("small.yaml", *FEW, "--plot", "a.png", "--csv", "a.csv")
    assert code == 0
    assert shown.startswith("An organisation like this")
    assert "department by department" in shown
    assert "A network lives if" in shown
    assert "nan" not in shown.lower()
    assert "inf" not in shown.lower()
    assert "plot: a.png" in told
    assert (tmp_path / "a.png").stat().st_size > 20_000
    assert len(pd.read_csv(tmp_path / "a.csv")) == 6 * 6


def test_json_is_one_object_and_nothing_else(adoptsim: Adoptsim):
    code, shown, told = adoptsim("small.yaml", *FEW, "--json", "--quiet")
    found = json.loads(shown)
    assert (code, told) == (0, "")
    assert set(found["from_below"]) == {"scattered", "interested", "connected", "departments", "cluster"}
    assert found["from_below"]["scattered"]["runs"] == 6
    assert found["from_above"]["leaving_day"] == 252
    assert found["verdict"]


def test_one_organisation_is_called_this_organisation(adoptsim: Adoptsim):
    code, shown, _ = adoptsim("small.yaml", *FEW, "--organisation", "2", "--quiet")
    assert code == 0
    assert shown.startswith("This organisation")
    assert "people and ties of replicate 2" in " ".join(shown.split())


def test_a_phase_diagram_is_drawn_and_written(adoptsim: Adoptsim, tmp_path: Path):
    few = ("--replicates", "8", "--days", "273", "--quiet")
    code, shown, _ = adoptsim("small.yaml", "--phase", "start", "answer_prob", *few, "--plot", "p.svg", "--csv", "p.csv")
    assert code == 0
    assert "Answer prob" in shown
    assert (tmp_path / "p.svg").stat().st_size > 10_000
    assert {"start.contributors", "levers.answer_prob", "p", "low", "high"} <= set(pd.read_csv(tmp_path / "p.csv"))


def test_a_hysteresis_is_drawn_and_written(adoptsim: Adoptsim, tmp_path: Path):
    code, shown, _ = adoptsim("small.yaml", "--hysteresis", "strength", "--replicates", "6", "--plot", "h.png", "--quiet")
    assert code == 0
    assert "lowered again" in shown
    assert (tmp_path / "h.png").stat().st_size > 20_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--phase", "start", "start"), "given twice"),
        (("--phase", "start", "answer_porb"), "did you mean 'answer_prob'"),
        (("--hysteresis", "prompt_rate"), "settled when a run begins"),
        (("--hysteresis", "strength", "--phase", "start", "strength"), "one at a time"),
        (("--hysteresis", "strength", "--organisation", "1"), "leave it out"),
        (("--hysteresis", "strength", "--days", "504"), "holds each level for 6 months"),
        (("--phase", "critical_mass", "start"), "is launch support"),
        (("--phase", "start=0:2", "strength"), "start.contributors"),
        (("--phase", "start", "strength", "--replicates", "7"), "--replicates: 7 is fewer than the 8 runs"),
        (("--plot", "a.txt"), ".png or .svg"),
    ],
)
def test_wrong_use_is_told_plainly(adoptsim: Adoptsim, arguments: tuple[str, ...], said: str):
    code, shown, told = adoptsim("small.yaml", *arguments)
    assert code == 2
    assert said in told
    assert "Traceback" not in told
    assert shown == ""

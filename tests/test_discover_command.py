"""`adoptsim discover`: from a sweep's file, an experiment or a scenario to a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adoptsim import cli
from adoptsim.analysis import discovery
from adoptsim.sweeps.experiment import Experiment

pytest.importorskip("ema_workbench", reason="the extra 'analysis' brings it")

SMALL = """
name: small
organisation: {people: 60}
horizon: {days: 120, support_until: 42}
critical_mass: {threshold: 0.1, held_days: 5, after_support_days: 21}
practices: {critical_mass: true}
"""
CASES = """
name: cases
title: Where does a small launch hold?
scenario: small.yaml
design: latin_hypercube
samples: 60
replicates: 2
vary:
  critical_mass.threshold: {low: 0.001, high: 0.15}
  levers.answer_prob: {low: 0.02, high: 0.5}
"""


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Call the program inside a folder that holds an experiment in which only the threshold matters."""
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "cases.yaml").write_text(CASES)
    (tmp_path / "sets.csv").write_text("prompt_rate\n" + "\n".join(f"{0.3 + k / 100}" for k in range(12)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setattr(discovery, "PERMUTATIONS", 19)
    monkeypatch.setattr(discovery, "PARTS", 3)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["discover", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def test_an_experiment_becomes_a_sentence_and_its_file_gives_the_same_again(adoptsim, tmp_path: Path):
    """The threshold decides here: under a tenth of a few people contribute in any case."""
    code, shown, told = adoptsim("cases.yaml", "--json", "--plot", "a.png")
    report = json.loads(shown)
    assert code == 0
    assert "cases: 60 cases, 120 runs; kept in cases.db" in told
    assert "where the share that counts as critical mass is" in report["sentence"]
    assert [limit["factor"] for limit in report["boxes"][0]["limits"]] == ["critical_mass.threshold"]
    assert report["boxes"][0]["density"]["mean"] > 0.5
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    again = json.loads(adoptsim("cases.db", "--json", "-q")[1])
    assert again["boxes"] == report["boxes"]


def test_what_is_printed_begins_with_the_sentence(adoptsim):
    code, shown, _ = adoptsim("cases.yaml", "-q")
    assert code == 0
    assert shown.startswith("Where does a small launch hold?\n\nHolds in ")
    assert "Conditions by PRIM" in " ".join(shown.split())
    assert "nan" not in shown.lower()


def test_an_experiment_is_known_by_its_scenario_whatever_else_it_says(adoptsim, tmp_path: Path):
    levels = CASES.split("vary:")[0]
    rows = "\n".join(f"{0.002 * k}" for k in range(1, 61))
    (tmp_path / "points.csv").write_text(f"critical_mass.threshold\n{rows}\n")
    given = levels.replace("design: latin_hypercube\nsamples: 60\n", "points: points.csv\n")
    (tmp_path / "points.yaml").write_text(given.replace("cases", "points"))
    worlds = "uncertain: {critical_mass.threshold: {low: 0.001, high: 0.15}}\nworlds: 60\n"
    (tmp_path / "worlds.yaml").write_text(given.replace("points: points.csv\n", worlds).replace("cases", "worlds"))
    for name in ("points", "worlds"):
        code, shown, told = adoptsim(f"{name}.yaml", "--json")
        assert (code, f"kept in {name}.db" in told) == (0, True)
        assert json.loads(shown)["cases"] == 60


def test_ctrl_c_while_conditions_are_looked_for_says_where_the_sweep_is_kept(adoptsim, monkeypatch):
    def stopped(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(discovery, "discover", stopped)
    code, shown, told = adoptsim("cases.yaml", "-q")
    assert (code, shown) == (130, "")
    assert "the sweep, which is kept in cases.db: go on with adoptsim discover cases.db" in told


def test_the_seed_of_a_search_is_as_given_nought_too(adoptsim, monkeypatch):
    seeds: list[int] = []

    def found(*given: object, seed: int, **named: object) -> None:
        seeds.append(seed)
        raise KeyboardInterrupt

    monkeypatch.setattr(discovery, "discover", found)
    adoptsim("cases.yaml", "-q")
    adoptsim("cases.db", "-q", "--seed", "0")
    assert seeds == [1, 0]


@pytest.mark.parametrize(
    "given",
    [
        ["--replicates", "3"],
        ["--ensemble", "sets.csv"],
        ["--out", "other.db"],
        ["--over", "conditions"],
    ],
    ids=" ".join,
)
def test_what_changes_nothing_of_a_sweep_that_is_there_is_refused(adoptsim, given: list[str]):
    code, shown, told = adoptsim("cases.db", *given)
    assert (code, shown) == (2, "")
    assert (
        told
        == f"adoptsim: {given[0]}: is for an experiment or a scenario; a sweep's file has its runs already: leave it out\n"
    )


def test_the_shipped_conditions_fit_every_scenario_that_is_given():
    asked = Experiment.load("where-it-holds")
    assert asked.design == "latin_hypercube"
    assert asked.n_points >= 400
    assert asked.question
    assert asked.expected_minutes is not None
    assert asked.expected_minutes <= 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.db"], "nothing.db"),
        (["nothing.yaml"], "nothing.yaml"),
        (["cases.yaml", "--plot", "a.txt"], "--plot"),
        (["small.yaml", "--ensemble", "sets.csv"], "is for --over worlds"),
        (["small.yaml", "--over", "worlds", "--out", "a.db"], "--out: is for a sweep, and worlds are not kept"),
        (["small.yaml", "--over", "worlds", "--ensemble", "sets.csv", "--replicates", "2"], "12 cases are too few"),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(adoptsim, arguments: list[str], said: str):
    code, shown, told = adoptsim(*arguments)
    assert (code, shown) == (2, "")
    assert said in told
    assert "Traceback" not in told

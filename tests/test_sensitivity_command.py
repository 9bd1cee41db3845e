"""`adoptsim sensitivity` as somebody at a terminal meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from adoptsim import cli

pytest.importorskip("SALib")

SMALL = """
name: small
organisation: {people: 40}
practices: {culture_of_voice: true, leadership_and_champions: true, act_on_contributions: true}
horizon: {days: 90, support_until: 30}
critical_mass: {threshold: 0.1, held_days: 21, after_support_days: 21}
"""
MIXED = """
name: mixed
title: A mixture
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
Adoptsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adoptsim:
    """Call the program inside a folder that holds a small experiment."""
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "mixed.yaml").write_text(MIXED)
    worlds = "uncertain: {parameters.value_half: plausible}\nworlds: 4\n"
    (tmp_path / "worlds.yaml").write_text(MIXED.replace("vary:", f"{worlds}vary:"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["sensitivity", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def test_it_says_what_moves_what_and_writes_what_is_asked_for(adoptsim: Adoptsim, tmp_path: Path):
    code, shown, told = adoptsim("mixed.yaml", "--plot", "a.png", "--csv", "a.csv")
    assert code == 0
    assert shown.startswith("A mixture\n\nChance of critical mass")
    assert "10 Work towards critical mass" in shown
    assert "Item minutes" in shown
    assert "nan" not in shown.lower()
    assert "4 factors, 30 points, 90 runs" in told
    assert "Runs: mixed-morris.db   Picture: a.png   Table: a.csv" in told
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(tmp_path / "a.csv")) in (4, 8)


def test_json_has_every_outcome_with_its_factors_and_nothing_else_is_printed(adoptsim: Adoptsim):
    code, shown, told = adoptsim("mixed.yaml", "--json", "-q")
    report = json.loads(shown)
    assert (code, told) == (0, "")
    assert (report["method"], report["factors"], report["points"], report["runs"]) == ("morris", 4, 30, 90)
    assert set(report["outcomes"]) == {"reached", "contributors"}
    first = report["outcomes"]["contributors"]["factors"][0]
    assert set(first) >= {
        "target",
        "name",
        "rank",
        "mu_star",
        "mu_star_low",
        "mu_star_high",
        "mu",
        "sigma",
        "luck",
        "beyond_luck",
    }
    assert (
        adoptsim("mixed.yaml", "--json", "-q", "--threads", 1, "--out", "other.db")[1].replace("other.db", "mixed-morris.db")
        == shown
    )


def test_sobol_screens_first_and_keeps_the_practices(adoptsim: Adoptsim, tmp_path: Path):
    code, shown, told = adoptsim("mixed.yaml", "--method", "sobol", "--keep", 1, "--samples", 16, "--json")
    report = json.loads(shown)
    assert code == 0
    kept = {factor["target"] for factor in report["outcomes"]["contributors"]["factors"]}
    assert kept == {"practices.critical_mass", "practices.safe_space", "parameters.prompt_rate"}
    assert (report["method"], report["points"]) == ("sobol", 16 * 5)
    assert {path.name for path in tmp_path.glob("*.db")} == {"mixed-morris.db", "mixed-sobol.db"}
    assert told.index("mixed, morris: 4 factors") < told.index("mixed, sobol: 3 factors")


def test_an_experiment_of_levels_only_can_be_weighed_too(adoptsim: Adoptsim, tmp_path: Path):
    levels = MIXED.replace("design: morris\nsamples: 6\n", "").split("  parameters")[0]
    (tmp_path / "levels.yaml").write_text(levels.replace("mixed", "levels"))
    assert adoptsim("levels.yaml", "--trajectories", 4, "-q")[0] == 0
    code, shown, _ = adoptsim("levels.yaml", "--method", "sobol", "--samples", 8, "-q")
    assert code == 0
    assert "alone" in shown or "cannot be told" in shown or "nothing" in shown


def test_an_outcome_that_never_happens_is_said_in_words(adoptsim: Adoptsim, tmp_path: Path):
    (tmp_path / "small.yaml").write_text(SMALL.replace("threshold: 0.1", "threshold: 1.0"))
    code, shown, _ = adoptsim("mixed.yaml", "-q", "--plot", "a.svg")
    assert code == 0
    assert "Chance of critical mass: is 0 % in every run" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.yaml"], "nothing.yaml"),
        (["worlds.yaml"], "uncertain: is crossed with what is varied"),
        (["mixed.yaml", "--samples", 8], "--samples: is for sobol"),
        (["mixed.yaml", "--method", "sobol", "--trajectories", 8], "--trajectories: is for morris"),
        (["mixed.yaml", "--method", "sobol", "--samples", 12], "samples: 12 is not a power of two"),
        (["mixed.yaml", "--method", "sobol", "--samples", 12, "--keep", 1], "samples: 12 is not a power of two"),
        (["mixed.yaml", "--method", "fast"], "fast"),
        (["mixed.yaml", "--replicates", 1], "replicates"),
        (["mixed.yaml", "--plot", "a.txt"], "--plot"),
        (["mixed.yaml", "--out", "mixed.yaml"], "mixed.yaml"),
        (["no-support"], "no-support"),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(adoptsim: Adoptsim, arguments: list[object], said: str):
    code, shown, told = adoptsim(*arguments)
    assert (code, shown) == (2, "")
    assert "runs (" not in told
    assert said in told
    assert "Traceback" not in told


def test_it_is_among_the_commands(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["--help"]) == 0
    assert "\n  sensitivity " in capsys.readouterr().out


def test_without_salib_it_is_said_how_to_get_it(adoptsim: Adoptsim, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adoptsim.sweeps.designs.find_spec", lambda name: None)
    code, _, told = adoptsim("mixed.yaml")
    assert code == 2
    assert "pip install SALib" in told

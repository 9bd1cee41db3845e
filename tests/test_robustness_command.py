"""`adoptsim robustness`: what people read, what JSON holds, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from adoptsim import cli

SMALL = """
name: {name}
organisation: {{people: 60}}
horizon: {{days: 120, support_until: 42}}
critical_mass: {{threshold: 0.1, held_days: 21, after_support_days: 21}}
practices: {practices}
"""
SETS = "# plausible sets\nprompt_rate,value_half\n0.4,3.8\n0.6,3.0\n0.3,5.0\n"


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Call the program inside a folder that holds two scenarios and three worlds."""
    (tmp_path / "none.yaml").write_text(SMALL.format(name="none", practices="{}"))
    (tmp_path / "some.yaml").write_text(SMALL.format(name="some", practices="{critical_mass: true}"))
    (tmp_path / "sets.csv").write_text(SETS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["robustness", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def test_it_says_which_policy_is_best_and_writes_what_is_asked_for(adoptsim, tmp_path: Path):
    code, shown, told = adoptsim("none.yaml", "some.yaml", "--ensemble", "sets.csv", "--plot", "a.png", "--csv", "a.csv")
    assert code == 0
    assert "is best" in shown
    assert " beats " in shown
    assert "3 worlds (plausible sets of parameters), 4 runs of each policy" in " ".join(shown.split())
    assert "nan" not in shown.lower()
    assert "plot: a.png" in told
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    rows = pd.read_csv(tmp_path / "a.csv")
    assert len(rows) == 2 * 3 * 4
    assert set(rows) >= {"world", "policy", "run", "reached", "contributors"}


def test_json_holds_the_findings_with_their_intervals_and_nothing_else_is_printed(adoptsim):
    code, shown, told = adoptsim("none.yaml", "some.yaml", "--ensemble", "sets.csv", "--json", "-q")
    report = json.loads(shown)
    assert (code, told) == (0, "")
    assert (report["worlds"], report["replicates"], len(report["pairs"])) == (3, 4, 1)
    pair = report["pairs"][0]
    assert pair["ahead"]["mean"] + pair["behind"]["mean"] + pair["level"] == pytest.approx(1.0)
    for row in report["policies"]:
        assert row["worlds_reached"]["low"] <= row["worlds_reached"]["mean"] <= row["worlds_reached"]["high"]
        assert sum(place["mean"] for place in row["places"]) == pytest.approx(1.0)
    again = adoptsim("none.yaml", "some.yaml", "--ensemble", "sets.csv", "--json", "-q", "--threads", 1)[1]
    assert again == shown


def test_one_policy_alone_has_its_worlds_too(adoptsim):
    code, shown, _ = adoptsim("some.yaml", "--ensemble", "sets.csv", "--worlds", 2, "-q", "--plot", "b.svg")
    assert code == 0
    assert "some reaches critical mass" in shown.replace("Some", "some")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.yaml", "--ensemble", "nothing.csv"], "nothing.csv"),
        (["nothing.yaml", "--ensemble", "sets.csv"], "nothing.yaml"),
        (["none.yaml", "--ensemble", "sets.csv", "--replicates", "1"], "replicates"),
        (["none.yaml", "--ensemble", "sets.csv", "--plot", "a.txt"], "--plot"),
        (["none.yaml", "--ensemble", "sets.csv", "--csv", "sets.csv"], "is the ensemble that is read, and would be lost"),
        (["none.yaml", "--ensemble", "sets.csv", "--days", "50"], "too short to tell"),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(adoptsim, arguments: list[str], said: str):
    code, shown, told = adoptsim(*arguments)
    assert (code, shown) == (2, "")
    assert said in told
    assert "Traceback" not in told

"""`adoptsim order`: what people read, what JSON holds, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adoptsim import cli

SMALL = """
name: small
organisation: {people: 60}
horizon: {days: 330, support_until: 63}
practices: {critical_mass: true, safe_space: true, trust_employees: 0.5}
"""


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Call the program inside a folder that holds a scenario of three practices."""
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "slow.yaml").write_text("hours_a_month: 5\n")
    (tmp_path / "wrong.yaml").write_text("hours_a_month: 0\nintroduce: {safe_spice: {days: 1, hours: 1}}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["order", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def test_it_shows_the_best_order_beside_the_report_s_and_the_worst(adoptsim, tmp_path: Path):
    code, shown, told = adoptsim("small.yaml", "--replicates", 4, "--plot", "a.png")
    assert code == 0
    assert shown.splitlines()[0].startswith(("The order", "No order"))
    assert "10 work towards critical mass" in shown
    assert "The order of the report (1 to 10) loses" in shown
    assert "all orders tried" in shown
    assert "plot: a.png" in told
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_json_holds_three_orders_with_starts_and_regrets(adoptsim):
    code, shown, told = adoptsim("small.yaml", "--replicates", 4, "--json", "-q", "--by", "contributors")
    report = json.loads(shown)
    assert (code, told) == (0, "")
    assert set(report["orders"]) == {"best", "usual", "worst"}
    assert (report["measure"], report["tried"], report["possible"], report["replicates"]) == ("contributors", 6, 6, 4)
    for each in report["orders"].values():
        assert {row["practice"] for row in each["order"]} == {"critical_mass", "safe_space", "trust_employees"}
        assert set(each["regret"]["contributors"]) == {"mean", "low", "high"}
    assert report["orders"]["best"]["regret"]["contributors"]["mean"] == 0.0
    assert adoptsim("small.yaml", "--replicates", 4, "--json", "-q", "--by", "contributors", "--threads", 1)[1] == shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-support"], "an order takes two or more"),
        (["small.yaml", "--hours", "3"], "give more hours a month, or --days"),
        (["small.yaml", "--calendar", "slow.yaml"], "give more hours a month, or --days"),
        (["small.yaml", "--calendar", "wrong.yaml"], "safe_space"),
        (["small.yaml", "--calendar", "nothing.yaml"], "nothing.yaml"),
        (["small.yaml", "--plot", "a.txt"], "--plot"),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(adoptsim, arguments: list[str], said: str):
    code, shown, told = adoptsim(*arguments)
    assert (code, shown) == (2, "")
    assert said in told
    assert "Traceback" not in told

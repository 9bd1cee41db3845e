"""`adoptsim drop-one`, and what `adoptsim results` tells of a sweep of all bundles, as somebody at a terminal meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adoptsim import cli
from adoptsim.commands.answer import verdict

SMALL = """
name: small
organisation: {people: 40}
practices: {leadership_and_champions: true, critical_mass: 0.5}
horizon: {days: 90, support_until: 30}
critical_mass: {threshold: 0.1, held_days: 21, after_support_days: 21}
"""
ALL = """
name: every
title: Every bundle of three
scenario: small.yaml
replicates: 6
vary:
  practices.leadership_and_champions: on_off
  practices.critical_mass: on_off
  practices.act_on_contributions: on_off
"""
Adoptsim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adoptsim:
    """Call the program inside a folder that holds a small scenario and an experiment on it."""
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "every.yaml").write_text(ALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([*map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def test_a_sweep_of_all_bundles_answers_in_order(adoptsim: Adoptsim):
    code, shown, _ = adoptsim("sweep", "every.yaml", "-q")
    assert code == 0
    parts = ["Every bundle of three", "of 8 bundles", "What more hours buy", "What each practice adds", "Practices in place"]
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)
    assert "nan" not in shown.lower()
    assert max(map(len, shown.splitlines())) <= 100


@pytest.fixture(scope="module")
def answered() -> dict[str, object]:
    """Return a sweep's report in which seven practices are enough by the runs that chose them."""
    least = {"mean": 585.0, "low": 526.0, "high": 645.0}
    chosen = {"practices": list("abcdefgh"), "hours": least}
    worth = {
        "practices": [{"practice": "safe_space", "share": {"mean": 0.1, "low": -0.1, "high": 0.3}}],
        "total": {"mean": 0.7},
    }
    return {
        "points": 1024,
        "sufficient_probability": 0.5,
        "smallest_sufficient": [{"practices": list("abcdefg")}],
        "frontier": {"sufficient": 19, "cheapest": chosen},
        "shares": {"values": {"reached": worth}},
    }


def test_a_file_alone_only_says_that_the_best_of_a_thousand_seems_enough(answered: dict[str, object]):
    said = verdict(answered)
    assert "19 of 1,024 bundles seem enough" in said
    assert "The smallest has 7 practices; the cheapest has 8 and takes 585 hours a month: rather too good" in said


def test_a_sweep_names_the_least_that_held_with_fresh_luck(answered: dict[str, object]):
    held = {"practices": list("abcdefghi"), "hours": {"mean": 610.0}}
    said = verdict(answered | {"again": {"runs_again": 64, "cheapest": held, "smallest": held}})
    assert "with fresh luck, the smallest that holds has 9 practices; the cheapest has 9 and takes 610 hours a month" in said
    assert "585" not in said
    none = verdict(answered | {"again": {"runs_again": 64, "cheapest": None, "smallest": None}})
    assert "None of the least of them held when tried again with fresh luck (64 runs each)" in none


def test_a_sweep_ends_with_fresh_luck_and_its_file_does_not(adoptsim: Adoptsim, tmp_path: Path):
    easy = SMALL.replace("threshold: 0.1", "threshold: 0.01").replace("held_days: 21", "held_days: 1")
    (tmp_path / "small.yaml").write_text(easy)
    swept = json.loads(adoptsim("sweep", "every.yaml", "-q", "--json")[1])
    assert swept["smallest_sufficient"]
    assert swept["again"]["cheapest"]["reached"]["mean"] > 0.5
    assert json.loads(adoptsim("sweep", "every.yaml", "-q", "--json", "--threads", "1")[1])["again"] == swept["again"]
    assert json.loads(adoptsim("results", "every.db", "--json")[1])["again"] is None


def test_results_tell_the_same_as_json_with_shares_that_add_up(adoptsim: Adoptsim):
    adoptsim("sweep", "every.yaml", "-q")
    code, shown, told = adoptsim("results", "every.db", "--json", "--probability", 0.3, "--cost", "leaders")
    report = json.loads(shown)
    assert (code, told) == (0, "")
    assert report["sufficient_probability"] == report["frontier"]["probability"] == 0.3
    assert report["frontier"]["cost"] == "leaders"
    for worth in report["shares"]["values"].values():
        total = sum(row["share"]["mean"] for row in worth["practices"])
        assert total == pytest.approx(worth["whole"]["mean"] - worth["none"]["mean"], abs=1e-12)
    assert set(report) >= {"verdict", "ranked", "effects", "smallest_sufficient"}


def test_results_draw_what_is_asked_for(adoptsim: Adoptsim, tmp_path: Path):
    adoptsim("sweep", "every.yaml", "-q")
    names = {"--plot": "a.png", "--plot-shares": "b.png", "--plot-frontier": "c.svg", "--plot-interactions": "d.pdf"}
    code, _, told = adoptsim("results", "every.db", *(part for option in names.items() for part in option))
    assert code == 0
    for name in names.values():
        assert (tmp_path / name).stat().st_size > 3_000
        assert name in told


def test_a_probability_beyond_what_so_few_runs_can_show_is_told(adoptsim: Adoptsim):
    adoptsim("sweep", "every.yaml", "-q")
    shown = " ".join(adoptsim("results", "every.db", "--probability", 0.9)[1].split())
    assert "With so few runs a bundle no lower bound can be above 61 %" in shown


def test_a_sweep_of_something_else_keeps_its_table_and_refuses_these_pictures(adoptsim: Adoptsim, tmp_path: Path):
    text = ALL.replace("  practices.act_on_contributions: on_off\n", "  levers.answer_prob: [0.1, 0.6]\n")
    (tmp_path / "other.yaml").write_text(text.replace("every", "other"))
    code, shown, _ = adoptsim("sweep", "other.yaml", "-q")
    assert code == 0
    assert "changes against the first level" in shown
    code, shown, told = adoptsim("results", "other.db", "--plot-shares", "a.png", "--plot-frontier", "b.png")
    assert (code, shown) == (2, "")
    assert told.count("needs a finished sweep that has practices on and off in every combination") == 2
    assert not (tmp_path / "a.png").exists()


def test_drop_one_says_what_a_policy_rests_on(adoptsim: Adoptsim, tmp_path: Path):
    code, shown, told = adoptsim("drop-one", "small.yaml", "--replicates", 8, "--plot", "a.png", "-q")
    assert code == 0
    assert "As it is, it lasts in" in shown
    assert "Bring to full strength" in shown
    assert shown.index("Leave out") < shown.index("10 Work towards critical mass") < shown.index("Add at full strength")
    assert "1 A positive culture of voice" in shown
    assert told == "plot: a.png\n"
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_drop_one_as_json_does_not_depend_on_threads(adoptsim: Adoptsim):
    code, shown, told = adoptsim("drop-one", "small.yaml", "--replicates", 4, "--json", "-q")
    report = json.loads(shown)
    assert (code, told) == (0, "")
    assert [len(report[what]) for what in ("dropped", "raised", "added")] == [2, 1, 8]
    assert set(report["dropped"][0]["difference"]) == {"reached", "contributors", "hours_per_person_month"}
    assert adoptsim("drop-one", "small.yaml", "--replicates", 4, "--json", "-q", "--threads", 1)[1] == shown


def test_drop_one_over_too_few_days_compares_contributors(adoptsim: Adoptsim):
    code, shown, _ = adoptsim("drop-one", "small.yaml", "--days", 40, "--replicates", 2, "-q", "--plot", "a.svg")
    assert code == 0
    assert "before critical mass can be judged" in shown
    assert "nan" not in shown.lower()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drop-one", "nothing.yaml"], "nothing.yaml"),
        (["drop-one", "small.yaml", "--plot", "a.txt"], "--plot"),
        (["drop-one", "small.yaml", "--replicates", 0], "replicates"),
        (["results", "every.db", "--cost", "everything"], "everything"),
        (["results", "every.db", "--probability", 1.5], "probability"),
        (["results", "every.db", "--plot-shares", "a.png", "--plot-frontier", "a.png"], "is also the file of"),
    ],
)
def test_wrong_use_ends_with_2_and_a_reason(adoptsim: Adoptsim, arguments: list[object], said: str):
    code, shown, told = adoptsim(*arguments)
    assert (code, shown) == (2, "")
    assert said in told
    assert "Traceback" not in told

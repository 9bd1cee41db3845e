"""`adoptsim validate` and its picture, as somebody at a terminal meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adoptsim import cli
from adoptsim.commands.validate import observed_in_words, simulated_in_words
from adoptsim.domain.intervals import Interval
from adoptsim.report.patterns import figure_patterns, place
from adoptsim.validation import check, ensemble, published
from adoptsim.validation.check import Row
from adoptsim.validation.patterns import PATTERNS, TITLES

Adoptsim = Callable[..., tuple[int, str, str]]
N = 4


@pytest.fixture
def adoptsim(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adoptsim:
    """Call the command from an empty folder, on a terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["validate", *map(str, arguments)])
        return (code, *capsys.readouterr())

    return call


def row_of(name: str, *, holds: bool) -> Row:
    """Return a row as if it had been simulated: in the middle of its bounds, or far beyond them."""
    pattern = PATTERNS[name]
    low, high = pattern.low, pattern.high
    if low is not None and high is not None:
        value = (low + high) / 2 if holds else high + 0.3 * (high - low)
    else:
        outward = 0.5 if (low is None) is not holds else -0.5
        value = ((low if high is None else high) or 0.0) + outward
    values = np.full(N, value)
    return Row(pattern, values, Interval(value, value - 0.001, value + 0.001), None if pattern.kind == "report" else holds)


def made_up(failing: str = "") -> list[Row]:
    return [row_of(name, holds=name != failing) for name in PATTERNS]


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Row]], None]:
    """Return a function that makes the command find these rows, without any simulation."""

    def given(rows: list[Row]) -> None:
        monkeypatch.setattr(check, "validate", lambda *_, **__: rows)
        monkeypatch.setattr(ensemble, "read_ensemble", lambda *_: None)

    return given


def close(row: Row) -> Row:
    """Return the row with an interval that reaches beyond its bounds."""
    value = row.simulated.value
    return replace(row, simulated=Interval(value, value - 1.0, value + 1.0))


# -- exit codes


def test_a_pattern_that_must_hold_and_does_not_ends_with_1(adoptsim: Adoptsim, simulated: Any):
    simulated(made_up(failing="contributed"))
    code, shown, _ = adoptsim("--quiet")
    assert code == 1
    n = sum(row.must_hold for row in PATTERNS.values())
    assert f"{n - 1} of {n} patterns that must hold do. Not: contributed." in " ".join(shown.split())


def test_a_pattern_that_need_not_hold_is_no_failure(adoptsim: Adoptsim, simulated: Any):
    simulated(made_up(failing="mean_messages"))
    code, shown, _ = adoptsim("--quiet")
    assert code == 0
    assert "(no)" in shown


@pytest.mark.parametrize(("share", "code"), [(0.95, 0), (0.5, 1)])
def test_too_few_members_of_the_ensemble_end_with_1(
    share: float, code: int, adoptsim: Adoptsim, simulated: Any, monkeypatch: pytest.MonkeyPatch
):
    simulated(made_up())
    monkeypatch.setattr(ensemble, "read_ensemble", lambda *_: [{}, {}])
    found = ensemble.EnsembleCheck(2, dict.fromkeys(PATTERNS, share), 0.4)
    monkeypatch.setattr(ensemble, "check_ensemble", lambda *_, **__: found)
    ended, shown, _ = adoptsim("--quiet")
    assert ended == code
    assert f"for at least {100 * share:.0f} % of 2 members" in " ".join(shown.split())
    assert adoptsim("--quiet", "--no-ensemble")[0] == 0
    report = json.loads(adoptsim("--quiet", "--json")[1])
    assert report["ensemble"] == {"members": 2, "all_hold": 0.4, "holds": code == 0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--parameters", "p.yaml"),
            "p.yaml:1, promt_rate: there is no field 'promt_rate' here; did you mean 'prompt_rate'?",
        ),
        (("--parameters", "none.yaml"), "there is no such file"),
        (("--data", "nowhere"), "is no folder"),
        (("--data", "."), "holds none of the published files"),
        (("--write-observed", "o.json"), "needs --data"),
        (("--plot", "a.txt"), "--plot"),
        (("--replicates", "0"), "--replicates"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(arguments: tuple[str, ...], message: str, adoptsim: Adoptsim):
    Path("p.yaml").write_text("promt_rate: 0.1\n")
    code, shown, told = adoptsim(*arguments)
    assert (code, shown) == (2, "")
    assert message in " ".join(told.split())


# -- what is shown


def test_the_model_is_really_simulated_and_json_is_all_there_is(adoptsim: Adoptsim):
    Path("p.json").write_text('{"prompt_rate": 0.1}')
    code, shown, told = adoptsim("--replicates", 1, "--threads", 1, "--parameters", "p.json", "--json", "--quiet")
    report = json.loads(shown, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert told == ""
    assert code == (0 if report["holds"] else 1)
    assert report["parameters"] == {"prompt_rate": 0.1}
    assert [each["name"] for each in report["patterns"]] == list(PATTERNS)
    first = report["patterns"][0]
    assert first["observed"] == {"low": 0.8, "high": 0.85, "source": PATTERNS["looked"].source, "grade": "V"}
    assert 0.5 < first["simulated"]["mean"] < 1.0
    assert sorted(report["failed"]) == sorted(
        e["name"] for e in report["patterns"] if e["must_hold"] and e["holds"] is False
    )
    assert report["ensemble"] is None


def test_the_table_has_a_line_a_pattern_and_fits_80_columns(adoptsim: Adoptsim, simulated: Any):
    simulated(made_up())
    shown = adoptsim("--quiet")[1]
    assert max(map(len, shown.splitlines())) <= 80
    for number, title in TITLES.items():
        assert f"{number}  {title}" in shown
    assert all(f"\n    {row.label} " in shown for row in PATTERNS.values())


def test_what_the_data_show_stands_beside(adoptsim: Adoptsim, simulated: Any):
    simulated(made_up())
    table = published.COLUMNS[published.CHAT_DAYS]
    Path(published.CHAT_DAYS).write_text(f"{','.join(table)}\n2020-01-06,10,20,5\n")
    code, shown, _ = adoptsim("--quiet", "--data", ".", "--write-observed", "o.json")
    assert code == 0
    assert "Data" in shown
    assert [line.split()[-2:] for line in shown.splitlines() if "writers, of a week's" in line] == [["25", "%"]]
    assert published.read_observed(Path("o.json"))["weekly_posters"].value == 0.25


def test_bounds_and_values_in_words():
    looked, sign, both = PATTERNS["looked"], PATTERNS["acting_raises_voice"], PATTERNS["voice_and_silence"]
    assert observed_in_words(looked) == "80-85 %"
    assert observed_in_words(sign) == "above 0"
    assert observed_in_words(both) == "-0.40 to 0.40"
    assert observed_in_words(PATTERNS["is_large"]) == "25 % or more"
    assert observed_in_words(PATTERNS["persistence"]) == "-"
    assert simulated_in_words(looked, Interval(0.831, 0.82, 0.84)) == "83 % (82-84)"
    assert simulated_in_words(looked, Interval(0.831, np.nan, np.nan)) == "83 %"
    assert simulated_in_words(PATTERNS["is_sustained"], Interval(1.21, 1.18, 1.24)) == "121 % (118-124)"
    assert simulated_in_words(sign, Interval(1.5, 1.0, 2.0)) == "+1.50 (±0.50)"
    assert simulated_in_words(looked, Interval(np.nan, np.nan, np.nan)) == "n/a"


def test_what_holds_only_by_this_luck_is_named(adoptsim: Adoptsim, simulated: Any):
    simulated([close(row) if row.pattern.name in ("looked", "opened_once") else row for row in made_up()])
    code, shown, _ = adoptsim("--quiet")
    assert code == 0
    assert "Hold, but not beyond luck (another seed may say otherwise): looked." in " ".join(shown.split())
    report = json.loads(adoptsim("--quiet", "--json")[1])
    assert report["close"] == ["looked", "opened_once"]
    assert [each["name"] for each in report["patterns"] if each["close"]] == report["close"]
    simulated(made_up())
    assert "beyond luck" not in adoptsim("--quiet")[1]


# -- the picture


def text_of(figure: Any) -> str:
    return " | ".join(text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text")))


def test_the_picture_says_how_many_hold_and_marks_what_fails(tmp_path: Path):
    figure = figure_patterns(made_up(failing="contributed"))
    figure.savefig(tmp_path / "a.png", dpi=50)
    shown = text_of(figure)
    n = sum(row.must_hold for row in PATTERNS.values())
    assert f"shows {n - 1} of {n} patterns" in shown
    assert shown.count("| fails |") == 1
    assert all(row.label in shown for row in PATTERNS.values() if row.kind != "report")
    assert f"all {n} patterns" in text_of(figure_patterns(made_up()))


def test_what_need_not_hold_is_marked_otherwise():
    assert "(fails)" in text_of(figure_patterns(made_up(failing="mean_messages")))


def test_a_picture_of_what_could_not_be_measured_is_still_drawn(tmp_path: Path):
    nothing = Interval(np.nan, np.nan, np.nan)
    rows = [replace(row, simulated=nothing, holds=None if row.holds is None else False) for row in made_up()]
    figure_patterns(rows).savefig(tmp_path / "a.svg")


def test_the_command_draws_it(adoptsim: Adoptsim, simulated: Any):
    simulated(made_up())
    code, _, told = adoptsim("--plot", "a.png")
    assert code == 0
    assert Path("a.png").stat().st_size > 50_000
    assert "plot: a.png" in told


@pytest.mark.parametrize("name", [row.name for row in PATTERNS.values() if row.kind != "report"])
@pytest.mark.parametrize("holds", [True, False])
def test_a_value_stands_on_the_bar_if_and_only_if_it_is_within_the_bounds(name: str, holds: bool):
    row = row_of(name, holds=holds)
    pattern, at = row.pattern, place(row.pattern, row.simulated.value, row)
    beyond = (pattern.low is not None and at < 0.0) or (pattern.high is not None and at > 1.0)
    assert beyond is not holds

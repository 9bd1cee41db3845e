"""What the page draws and says, from results made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adoptsim.engine.state import COUNT, COUNTS, LEVELS
from adoptsim.simulation import Result
from adoptsim.ui.reality import LINES, reality
from adoptsim.ui.setting import starting_point
from adoptsim.ui.views import FIRST_FIGURES, MORE_FIGURES, answered, chart, chart_words, compared, curve, figures, verdict

RUNS, DAYS, PEOPLE = 8, 504, 100


def made(reached: int = 6, share: float = 0.3, **outcome: float) -> Result:
    """Return a result of eight runs: so many reach critical mass, and contributors rise to a share of staff."""
    counts = np.zeros((RUNS, DAYS, len(COUNTS)), dtype=np.int64)
    rise = np.linspace(0.0, share, DAYS) * PEOPLE
    counts[:, :, COUNT.contributors] = np.round(rise)[None, :]
    names = {*FIRST_FIGURES, *MORE_FIGURES, *(line.outcome for line in LINES), *(line.less for line in LINES if line.less)}
    values = {name: np.full(RUNS, outcome.get(name, 0.5)) for name in names}
    values["contributors"] = counts[:, -1, COUNT.contributors] / PEOPLE
    values["reached"] = np.array([1.0] * reached + [0.0] * (RUNS - reached))
    values["reached_day"] = np.where(values["reached"] > 0, 150.0, np.nan)
    climate = np.full((RUNS, DAYS, len(LEVELS)), 0.5)
    return Result(starting_point("typical"), 1, range(RUNS), PEOPLE, values, counts, climate, [])


def test_every_run_is_one_square_and_those_that_last_come_first():
    assert verdict(made(reached=6), None)["runs"] == [1] * 6 + [0] * 2


def test_the_sentence_counts_runs_and_names_the_month():
    says = verdict(made(reached=6), None)["sentence"]
    assert says.startswith("6 of 8 runs reach critical mass and keep it: 75 % (")
    assert "have it from about month 8 on" in says  # day 150, 21 days a month


@pytest.mark.parametrize(("reached", "begins"), [(0, "None of 8 runs"), (RUNS, "All of 8 runs")])
def test_none_and_all_are_said_in_words(reached: int, begins: str):
    assert verdict(made(reached=reached), None)["sentence"].startswith(begins)


def test_the_first_runs_say_how_it_stands_and_judge_only_what_they_support():
    coming = verdict(made(reached=5), None, of=32)
    assert (coming["word"], coming["says"]) == ("coming", "So far 5 of 8 futures last")
    assert verdict(made(reached=0), None, of=32)["says"] == "So far: unlikely to last"
    assert verdict(made(reached=5), None, of=RUNS)["says"] == "Too close to call yet"


def test_no_line_ends_between_a_number_and_its_percent_sign():
    told = answered([made(share=0.1), made()], of=RUNS)
    for text in (told["verdict"]["sentence"], told["verdict"]["change"], told["figures"][0]["span"]):
        assert " %" not in text
    assert "75\u00a0% (" in told["verdict"]["sentence"]


def test_where_nothing_that_ends_is_in_use_no_support_is_said_to_end():
    result = made()
    told = chart(replace(result, scenario=starting_point("no-support")), None)
    assert told["support"] is None
    assert "support" not in told["text"]
    assert chart(result, None)["support"] == 9.0
    assert "Launch support ends after month 9" in chart(result, None)["text"]


def test_a_figure_that_is_not_known_says_why():
    rows = {row["name"]: row for row in figures(made(answered_share=np.nan), None)}
    assert rows["answered_share"]["missing"] == "nobody spoke up"
    assert rows["trust"]["missing"] == ""


def test_a_time_too_short_is_said():
    result = made()
    result.outcome["reached"][:] = np.nan
    shown = verdict(result, None)
    assert shown["word"] == "unknown"
    assert shown["runs"] == []
    assert "before it shows" in shown["sentence"]


def test_bands_lie_around_each_other():
    found = curve(made())
    for low, first, middle, third, high in zip(
        *(found[k] for k in ("low", "first", "middle", "third", "high")), strict=True
    ):
        assert low <= first <= middle <= third <= high
    assert found["month"][-1] == DAYS / 21


def test_the_words_of_the_chart_say_where_it_goes_and_whether_it_crosses():
    assert "crosses the critical-mass line of 25 % in month" in chart_words(made(share=0.4), None)
    text = chart_words(made(share=0.1), made(share=0.05))
    assert "stays below the critical-mass line of 25 %" in text
    assert "ends at 10 %" in text
    assert "baseline's median run ends at 5 %" in text


def test_a_difference_in_every_run_is_beyond_luck_and_knows_its_direction():
    rows = {row["name"]: row for row in figures(made(trust=0.6, silence_share=0.6), made(trust=0.5, silence_share=0.5))}
    assert rows["trust"]["moved"] == "better"
    assert rows["silence_share"]["moved"] == "worse"
    assert rows["safety"]["moved"] == ""


def test_without_a_baseline_nothing_is_called_a_change():
    assert {row["change"] for row in figures(made(), None)} == {""}
    assert chart(made(), None)["before"] is None


def test_shares_outside_what_was_measured_are_named():
    as_measured = made(
        visited_six_months=0.82, contributed_six_months=0.23, interactions_six_months=1.0, threads_answered_share=0.6
    )
    assert reality(as_measured)["inside"]
    wild = made(visited_six_months=0.99, contributed_six_months=0.7, interactions_six_months=9.0, threads_answered_share=0.6)
    found = reality(wild)
    assert not found["inside"]
    assert {line["label"]: line["where"] for line in found["lines"]}["Contributed within six months"] == "above"
    assert "don't read its numbers as a forecast" in found["says"]


def test_a_comparison_has_a_cell_for_each_scenario_and_differences_to_the_first():
    table = compared([made(), made(trust=0.7), made()], ["A", "B", "C"])
    trust = next(row for row in table["rows"] if row["label"] == "Trust in leaders")
    assert [cell["moved"] for cell in trust["cells"]] == ["", "better", ""]
    assert all(len(row["cells"]) == 3 for row in table["rows"])

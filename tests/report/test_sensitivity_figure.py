"""The picture of a sensitivity analysis speaks plain words, ranks, and stays on its page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from adoptsim.analysis.sensitivity import MAIN, OUTCOMES
from adoptsim.analysis.sensitivity_words import findings, target_words
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.sensitivity import MOST_ROWS, figure_sensitivity
from adoptsim.sweeps.experiment import known_targets
from adoptsim.sweeps.ranges import Varied, plausible_range

ON_OFF = (False, True)
SWITCHES = [f"practices.{name}" for name in PRACTICES]
NUMBERS = [f"parameters.{name}" for name in PARAMETERS]


def found(
    targets: Sequence[str], method: str = "morris", outcomes: Sequence[str] = OUTCOMES, real: int = 999
) -> pd.DataFrame:
    """Return a frame in which each target matters less than the one before; only the first ``real`` beyond luck."""
    main, rows = MAIN[method], []
    for outcome in outcomes:
        for place, target in enumerate(targets):
            size = 0.6 / (1 + place)
            row = {"outcome": outcome, "target": target, "rank": place + 1, main: size, "luck": 0.02}
            row |= {f"{main}_low": 0.5 * size, f"{main}_high": 1.5 * size, "S1": 0.4 * size, "S1_low": 0.2 * size}
            rows.append(row | {"beyond_luck": place < real, "direction": ("raises", "lowers", "")[place % 3]})
    frame = pd.DataFrame(
        rows, columns=None if rows else ["outcome", "target", "rank", main, "luck", "beyond_luck", "direction"]
    )
    vary: dict[str, Varied] = {name: ON_OFF if name in SWITCHES else plausible_range(name) for name in targets}
    frame.attrs.update(
        method=method, experiment="x", title="", scenario="typical", targets=list(targets), vary=vary, points=80,
        replicates=4, runs=320, samples=8, seed=1, mean=dict.fromkeys(OUTCOMES, 0.3),
        practices=[target for target in targets if target in SWITCHES],
        undefined={name: "is 0 % in every run" for name in OUTCOMES if name not in outcomes},
    )  # fmt: skip
    return frame


def texts_of(figure: Figure) -> list[Text]:
    """Return what is written on the page, the numbers of the axes apart."""
    written = [*figure.texts]
    for axes in figure.axes:
        written += [*axes.texts, axes.xaxis.label]
    return [text for text in written if text.get_text()]


def words_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in texts_of(figure)]


def assert_on_the_page(figure: Figure) -> None:
    FigureCanvasAgg(figure).draw()
    page = figure.bbox
    for text in texts_of(figure):
        box = text.get_window_extent()
        assert page.x0 - 1 <= box.x0 <= box.x1 <= page.x1 + 1, text.get_text()
        assert page.y0 - 1 <= box.y0 <= box.y1 <= page.y1 + 1, text.get_text()


@pytest.mark.parametrize("method", ["morris", "sobol"])
@pytest.mark.parametrize("targets", [SWITCHES + NUMBERS, SWITCHES[:1], NUMBERS[:2], [NUMBERS[5], SWITCHES[2]]])
def test_everything_stays_on_the_page(method: str, targets: list[str]):
    assert_on_the_page(figure_sensitivity(found(targets, method)))


@pytest.mark.parametrize("first", range(0, len(NUMBERS), MOST_ROWS))
def test_every_parameter_s_name_and_meaning_fit_beside_the_panels(first: int):
    assert_on_the_page(figure_sensitivity(found(NUMBERS[first : first + MOST_ROWS])))


def test_names_are_the_tables_and_no_identifier_is_left():
    words = words_of(figure_sensitivity(found(["parameters.prompt_rate", SWITCHES[6], SWITCHES[2]])))
    assert "Prompt rate matters most; of the practices, act on contributions" in words
    assert "Prompt rate" in words
    assert "something to say arises, mean over people, 0.02 to 0.8" in words
    assert "practice 7, off or on" in words
    assert not [word for word in words if "_" in word or "practices." in word]


def test_practices_and_numbers_differ_in_form_not_only_in_colour():
    axes = figure_sensitivity(found(["parameters.prompt_rate", SWITCHES[6]])).axes[0]
    marks = {line.get_marker(): line.get_markerfacecolor() for line in axes.lines if line.get_marker() in ("o", "s")}
    assert set(marks) == {"o", "s"}
    assert marks["o"] == "#ffffff" != marks["s"]


def test_all_practices_are_shown_however_small_and_numbers_only_if_real():
    words = words_of(figure_sensitivity(found(NUMBERS + SWITCHES, real=3)))
    assert all(PRACTICES[name].title in words for name in PRACTICES)
    assert sum(target_words(name, ON_OFF).name in words for name in NUMBERS) == 3
    assert f"{len(NUMBERS) - 3} factors that matter less not shown" in words
    assert len(figure_sensitivity(found(NUMBERS + SWITCHES)).axes[0].patches) == MOST_ROWS


def test_an_outcome_that_nothing_moves_has_no_panel(tmp_path: Path):
    one = figure_sensitivity(found(SWITCHES, outcomes=["contributors"]))
    assert "Chance of critical mass" not in words_of(one)
    none = figure_sensitivity(found(SWITCHES, outcomes=[]))
    assert "Nothing that was varied moves the outcome" in words_of(none)
    none.savefig(tmp_path / "a.svg")


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_findings_name_the_first_and_count_the_rest(method: str):
    chance, contributors = findings(found(NUMBERS[:5] + SWITCHES[:3], method, ["reached"], real=6))
    unit = "points" if method == "morris" else "% of the variance"
    assert chance.startswith("Chance of critical mass, 30 % on average: 6 of 8 factors move it by more than luck would")
    assert f"1 of the 3 practices, most of all a positive culture of voice (10 {unit})" in chance
    assert f"all of the 5 other numbers, most of all propensity sd (60 {unit})" in chance
    assert contributors == "Staff who contribute: is 0 % in every run."


def test_findings_say_when_nothing_is_real():
    assert "nothing that was varied can be told from luck" in findings(found(SWITCHES, real=0))[0]


@pytest.mark.parametrize("target", known_targets())
def test_every_target_has_a_name_in_words(target: str):
    words = target_words(target, ON_OFF)
    assert words.name
    assert "_" not in words.name + words.extent


def test_factors_that_all_do_nothing_have_a_picture_too():
    frame = found(SWITCHES, real=0)
    sizes = [name for name in frame if str(name).startswith("mu_star")]
    assert_on_the_page(figure_sensitivity(frame.assign(**dict.fromkeys(sizes, 0.0))))

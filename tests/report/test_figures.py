"""Pictures say the finding in their title, draw what the frame holds, and never fail on an unusual sweep."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from markupsafe import escape
from matplotlib.figure import Figure

from adoptsim.domain.intervals import wilson
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.report.drawing import new_figure
from adoptsim.report.figures import figure_bundles, figure_compare, figure_run
from adoptsim.report.inline_svg import inline_svg
from adoptsim.simulation import Result, simulate
from adoptsim.workshop.facts import Drawn
from adoptsim.workshop.pictures import course as draw_course

N = 16
ON_OFF = (False, True)


def points(vary: dict[str, Iterable[object]], hits: Callable[..., int]) -> pd.DataFrame:
    """Return the frame of a full factorial sweep in which ``hits`` of 16 runs reach critical mass."""
    rows = []
    for levels in itertools.product(*vary.values()):
        chance = wilson(hits(*levels), N)
        bounds = {"reached": chance.value, "reached_low": chance.low, "reached_high": chance.high}
        n_practices = sum(level is True for level in levels)
        rows.append(dict(zip(vary, levels, strict=True)) | {"n_practices": n_practices, "n": N} | bounds)
    frame = pd.DataFrame(rows)
    runs = N * len(frame)
    frame.attrs = {
        "factors": list(vary), "threshold": 0.25, "people": 500, "replicates": N, "finished": runs, "runs": runs,
    }  # fmt: skip
    return frame


def practices(n: int) -> dict[str, Iterable[object]]:
    return {f"practices.{name}": ON_OFF for name in list(PRACTICES)[:n]}


def text_of(figure: Figure) -> str:
    return " | ".join(text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text")))


def drawn(figure: Figure, folder: Path) -> int:
    """Save as PNG and SVG; return the bytes of both."""
    sizes = []
    for ending in ("png", "svg"):
        figure.savefig(folder / f"figure.{ending}", dpi=50)
        sizes.append((folder / f"figure.{ending}").stat().st_size)
    return min(sizes)


@pytest.fixture(scope="module")
def small_results() -> list[Result]:
    base = {"organisation": {"people": 60}, "horizon": {"days": 80, "support_until": 40}}
    mass = {"threshold": 0.1, "held_days": 10, "after_support_days": 10}
    scenarios = [
        Scenario.model_validate({"name": name, "practices": uses, "critical_mass": mass} | base)
        for name, uses in (("bare", {}), ("helped", dict.fromkeys(PRACTICES, True)))
    ]
    return [simulate(scenario, replicates=4) for scenario in scenarios]


def test_the_title_tells_how_many_bundles_suffice_and_the_least(tmp_path: Path) -> None:
    frame = points(practices(4), lambda a, b, c, d: 16 if (a and b) or (a and c and d) else 2)
    figure = figure_bundles(frame)
    assert "5 of 16 bundles seem enough for critical mass; the smallest needs 2 practices" in text_of(figure)
    assert "Enough, and nothing in them can be left out" in text_of(figure)
    assert drawn(figure, tmp_path) > 10_000


def test_a_thousand_bundles_fit_one_page(tmp_path: Path) -> None:
    frame = points(practices(10), lambda *on: min(16, 2 * sum(on)))
    figure = figure_bundles(frame)
    assert "386 of 1,024 bundles seem enough for critical mass; the smallest needs 6 practices" in text_of(figure)
    assert "Enough with nothing to spare: 24 of 210" in text_of(figure)
    for practice in PRACTICES.values():
        assert practice.title in text_of(figure)
    assert drawn(figure, tmp_path) > 20_000


@pytest.mark.parametrize("hits", [0, 16])
def test_none_and_all_are_said_plainly(tmp_path: Path, hits: int) -> None:
    figure = figure_bundles(points(practices(3), lambda *on: hits))
    said = "None of 8 bundles is sure" if hits == 0 else "the smallest needs no practice at all"
    assert said in text_of(figure)
    assert drawn(figure, tmp_path) > 5_000


def test_an_unfinished_sweep_is_drawn_as_far_as_it_is(tmp_path: Path) -> None:
    frame = points(practices(3), lambda *on: 4 * sum(on))
    frame.loc[frame.index[3:], ["reached", "reached_low", "reached_high"]] = np.nan
    frame.attrs["finished"] = 48
    figure = figure_bundles(frame)
    assert "so far 48 of 128 runs" in text_of(figure)
    assert "None of 3 bundles" in text_of(figure)
    frame["reached"] = np.nan
    assert "No run has been finished yet" in text_of(figure_bundles(frame))
    assert drawn(figure, tmp_path) > 5_000


@pytest.mark.parametrize(
    "vary",
    [
        {"levers.answer_prob": (0.1, 0.2, 0.3)},
        {"organisation.champion_placement": ("random", "cluster")},
        {"levers.answer_prob": (0.1, 0.2), "practices.safe_space": ON_OFF},
        {"levers.answer_prob": range(12), "parameters.reward_rate": range(12)},
        {"practices.safe_space": ON_OFF, "practices.critical_mass.start": (0, 21), "organisation.people": (50, 100)},
        {"practices.safe_space": ON_OFF},
        {"levers.answer_prob": (0.3,)},
    ],
)
def test_a_sweep_of_anything_is_drawn(tmp_path: Path, vary: dict[str, Iterable[object]]) -> None:
    order = itertools.cycle(range(N + 1))
    figure = figure_bundles(points(vary, lambda *levels: next(order)))
    assert "Critical mass is reached in" in text_of(figure)
    assert drawn(figure, tmp_path) > 5_000


def test_a_run_says_its_verdict_and_names_its_lines(tmp_path: Path, small_results: list[Result]) -> None:
    figure = figure_run(small_results[1])
    text = text_of(figure)
    for words in ("helped: critical mass is reached in", "launch support ends", "critical mass", "visitors a day"):
        assert words in text
    assert drawn(figure, tmp_path) > 10_000


def test_a_run_too_short_to_tell_says_so(tmp_path: Path) -> None:
    result = simulate(Scenario.model_validate({"name": "short", "horizon": {"days": 5}}), replicates=1)
    assert "too short a time to tell" in text_of(figure_run(result))
    assert drawn(figure_compare([result, result]), tmp_path) > 5_000


def test_a_comparison_names_every_scenario(tmp_path: Path, small_results: list[Result]) -> None:
    figure = figure_compare([*small_results, small_results[0]])
    text = text_of(figure)
    for name in ("bare (1)", "bare (2)", "helped"):
        assert name in text
    assert drawn(figure, tmp_path) > 10_000


def test_names_that_look_like_formulas_or_patterns_are_drawn_as_they_are_written() -> None:
    name = r"$\q$ or \1 & more"
    course = {"name": name, "contributors": {"mean": 0.2}}
    course["curve"] = {"days": [0, 21], "low": [0.0, 0.1], "mean": [0.0, 0.2], "high": [0.0, 0.3]}
    drawn_course = Drawn((course,), threshold=0.25, end_of_support=10, days=42)
    for text in (inline_svg(new_figure(4, 3, name, ""), "odd", name), draw_course(drawn_course, "odd", size=(4, 3), text=8)):
        assert escape(name) in text.split(">", 1)[0]
        assert text.count(escape(name).split(" ")[0]) == 2  # in words, and drawn


def test_sweeping_needs_no_matplotlib() -> None:
    imports = "import sys, adoptsim.sweeps.runner, adoptsim.sweeps.results, adoptsim.report"
    code = f"{imports}; print('matplotlib' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


@pytest.mark.parametrize("practices", [{}, {"safe_space": True}])
def test_support_is_drawn_only_where_something_ends(practices: dict[str, bool]):
    small = {"name": "a", "organisation": {"people": 30}, "horizon": {"days": 120, "support_until": 40}}
    without = simulate(Scenario.model_validate(small | {"practices": practices}), replicates=2)
    launched = simulate(Scenario.model_validate(small | {"practices": {"critical_mass": True}}), replicates=2)

    def ends(*results: Result) -> bool:
        figure = figure_run(*results) if len(results) == 1 else figure_compare(results)
        return "support ends" in text_of(figure)

    assert not ends(without)
    assert ends(launched)
    assert ends(without, launched)

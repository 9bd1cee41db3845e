"""The picture of a sensitivity analysis: what moves the outcomes, ranked, with intervals and what luck would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from adoptsim.analysis.sensitivity import importance
from adoptsim.analysis.sensitivity_words import OUTCOME_WORDS, TargetWords, matters_most, target_words
from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PAPER,
    SMALL,
    SOFT,
    TEXT,
    heading,
    new_figure,
    note,
    plain_axes,
    plural,
)
from adoptsim.report.sensitivity_cells import MAIN

MOST_ROWS = 24
WIDTH, ROW, ABOVE, BELOW = 14.0, 0.36, 1.65, 1.35  # inches
LABELS, GAP = 5.3, 0.55  # inches left of the panels, between them
FADED_BLUE, PALE_ORANGE, LUCK = "#a9cbe4", "#f3c9ac", "#e6e9ee"
TINY = 7.6
ARROWS = {"raises": "\u25b2", "lowers": "\u25bc"}
UNITS = {
    "morris": "moves it by, in percentage points, on average",
    "sobol": "of its variance: in total, and alone (tick, where above zero)",
}


def figure_sensitivity(frame: pd.DataFrame) -> Figure:
    """Return the factors that matter most, a row each: a panel an outcome, on one order for both.

    A practice is a filled square under a bold name, anything else an open circle. The line is the 95 % interval; the grey
    bar what luck alone would show; what cannot be told from luck is drawn pale.
    """
    outcomes = [outcome for outcome in OUTCOME_WORDS if outcome not in frame.attrs["undefined"]]
    if frame.empty:
        reasons = ";  ".join(f"{OUTCOME_WORDS[name]} {why}" for name, why in frame.attrs["undefined"].items())
        return new_figure(WIDTH, 1.6, matters_most(frame), reasons)
    targets = shown_targets(frame)
    rows = [target_words(target, frame.attrs["vary"][target]) for target in targets]
    height = ABOVE + ROW * len(rows) + BELOW
    figure = new_figure(WIDTH, height, matters_most(frame), design_words(frame))
    wide = (WIDTH - LABELS - 0.45 - GAP * (len(outcomes) - 1)) / len(outcomes)
    for place, outcome in enumerate(outcomes):
        left = LABELS + place * (wide + GAP)
        axes = figure.add_axes((left / WIDTH, BELOW / height, wide / WIDTH, ROW * len(rows) / height))
        draw_panel(axes, frame[frame["outcome"] == outcome].set_index("target").loc[targets], rows, frame.attrs["method"])
        heading(axes, OUTCOME_WORDS[outcome], above=24.0)
        note(axes, panel_note(frame, outcome), (0, 1), (0, 13), xycoords="axes fraction", va="bottom")
        if place == 0:
            _labels(axes, rows)
            _say_what_is_left(axes, len(frame.attrs["targets"]) - len(rows))
    _legend(figure, height)
    return figure


def shown_targets(frame: pd.DataFrame) -> list[str]:
    """Return the targets to show: the most important beyond luck and, however small, every practice."""
    ranked = [str(target) for target in importance(frame).index]
    real = set(frame.loc[frame["beyond_luck"], "target"])
    practices = {target for target in ranked if target.startswith("practices.")}
    others = [target for target in ranked if target not in practices and target in real]
    kept = set(others[: max(MOST_ROWS - len(practices), MOST_ROWS // 2)]) | practices
    return [target for target in ranked if target in kept]


def design_words(frame: pd.DataFrame) -> str:
    """Return how it was found: the method, what was varied, in how many runs."""
    attrs = frame.attrs
    how = "Morris screening" if attrs["method"] == "morris" else "Sobol' indices"
    n_practices = len(attrs["practices"])
    varied = f"{plural(n_practices, 'practice')} and {plural(len(attrs['targets']) - n_practices, 'other number')} varied"
    runs = f"{attrs['points']:,} points of {plural(attrs['replicates'], 'run')} each"
    return f"{how}.  {varied} together around the scenario {attrs['scenario']}.  {runs}"


def panel_note(frame: pd.DataFrame, outcome: str) -> str:
    """Return how high an outcome is on average, and how many factors move it."""
    rows = frame[frame["outcome"] == outcome]
    mean = 100 * frame.attrs["mean"][outcome]
    return f"{mean:.0f} % on average; {int(rows['beyond_luck'].sum())} of {len(rows)} factors move it by more than luck"


def draw_panel(axes: Axes, table: pd.DataFrame, rows: Sequence[TargetWords], method: str) -> None:
    """Draw one outcome's indices, the most important on top."""
    plain_axes(axes, grid="x").set(ylim=(len(rows) - 0.5, -0.5), yticks=[])
    main = MAIN[method]
    for place, (words, (_, row)) in enumerate(zip(rows, table.iterrows(), strict=True)):
        color, pale = (BLUE, FADED_BLUE) if words.is_practice else (ORANGE, PALE_ORANGE)
        ink = color if row["beyond_luck"] else pale
        axes.barh(place, max(0.0, row["luck"]), height=0.62, color=LUCK, linewidth=0, zorder=1)
        axes.hlines(place, max(0.0, row[f"{main}_low"]), row[f"{main}_high"], color=ink, linewidth=1.8, zorder=3)
        look: dict[str, Any] = (
            {"marker": "s", "markersize": 6.6} if words.is_practice else {"marker": "o", "markersize": 6.8}
        )
        fill = ink if words.is_practice else PAPER
        axes.plot(row[main], place, color=fill, markeredgecolor=ink, markeredgewidth=1.6, zorder=4, clip_on=False, **look)
        if method == "sobol" and row["S1_low"] > 0:
            axes.plot(max(0.0, row["S1"]), place, marker="|", color=ink, markersize=9, markeredgewidth=1.6, zorder=3)
        if row["beyond_luck"]:
            _size(axes, row, main, place)
    for place in range(len(rows) - 1):
        axes.axhline(place + 0.5, color=FAINT, linewidth=0.5, zorder=0)
    axes.axvline(0, color=SOFT, linewidth=0.8, zorder=2)
    axes.set_xlim(0, 1.17 * float(table[f"{main}_high"].max()) or 1.0)  # all are 0 where nothing moves the outcome
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{100 * value:.0f}" + (" %" if method == "sobol" else ""))
    )
    axes.set_xlabel(UNITS[method], fontsize=SMALL, color=SOFT, labelpad=6)


def _size(axes: Axes, row: pd.Series, main: str, place: int) -> None:
    """Write the size and the direction beside the interval."""
    arrow = f" {ARROWS.get(str(row['direction']), '')}".rstrip()
    value = 100 * float(row[main])
    text = (f"{value:.0f}" if value >= 9.5 else f"{value:.1f}" if value >= 0.05 else "under 0.1") + arrow
    note(axes, text, (float(row[f"{main}_high"]), place), (5, 0), color=INK, fontsize=SMALL - 0.5)


def _labels(axes: Axes, rows: Sequence[TargetWords]) -> None:
    """Write each row's name, under it what it means, beside it its number or symbol."""
    for place, words in enumerate(rows):
        how: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right"}
        weight = "bold" if words.is_practice else "normal"
        note(axes, words.name, (0, place), (-14, 5.0), fontsize=TEXT, color=INK, fontweight=weight, **how)
        what = f"practice {words.mark}" if words.is_practice else words.meaning
        note(axes, f"{_cut(what)}, {words.extent}" if what else words.extent, (0, place), (-14, -6.5), fontsize=TINY, **how)


def _cut(text: str, most: int = 62) -> str:
    """Return text no longer than ``most`` letters, cut after a word."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0].rstrip(',;')} ..."


def _say_what_is_left(axes: Axes, n_left: int) -> None:
    if n_left:
        text = f"{plural(n_left, 'factor')} that {'matters' if n_left == 1 else 'matter'} less not shown"
        note(axes, text, (0, 0), (-14, -12), xycoords="axes fraction", ha="right", fontsize=TINY)


def _legend(figure: Figure, height: float) -> None:
    """Say under the panels what each mark stands for, with the marks themselves."""
    axes = figure.add_axes((0.35 / WIDTH, 0.12 / height, (WIDTH - 0.7) / WIDTH, 0.42 / height))
    axes.set(xlim=(0, WIDTH - 0.7), ylim=(0, 1))
    axes.axis("off")
    entries = (
        (BLUE, "s", BLUE, "practice: off or on"),
        (ORANGE, "o", PAPER, "other number, over its plausible range"),
    )
    at = 0.08
    letter = 0.064  # inches, about
    for color, marker, fill, text in entries:
        axes.plot([at - 0.08, at + 0.22], [0.5, 0.5], color=color, linewidth=1.8)
        axes.plot(at + 0.07, 0.5, marker=marker, color=fill, markeredgecolor=color, markeredgewidth=1.6, markersize=6.8)
        note(axes, text, (at + 0.32, 0.5))
        at += 0.7 + letter * len(text)
    axes.barh(0.5, 0.3, left=at - 0.08, height=0.5, color=LUCK, linewidth=0)
    text = "what luck alone would show; pale: cannot be told from luck"
    note(axes, text, (at + 0.32, 0.5))
    at += 0.7 + letter * len(text)
    note(axes, "\u25b2 more of it raises   \u25bc lowers   neither: now this, now that", (at - 0.1, 0.5))

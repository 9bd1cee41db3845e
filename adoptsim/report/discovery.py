"""The picture of scenario discovery: the limits of each condition within its range, and the cases by two of them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from adoptsim.analysis.condition_words import condition, factor_words, noun_of, number_words, sentence
from adoptsim.analysis.discovery import Box, Discovery, Limit
from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    SMALL,
    SOFT,
    TEXT,
    heading,
    new_figure,
    note,
    plain_axes,
)

WIDTH, ABOVE, BELOW, ROW = 14.0, 1.75, 0.95, 0.8  # inches
LEAST_HEIGHT, LIMITS, GAP, SCATTER = 3.3, 6.6, 1.35, 4.6
COLOURS = {"fails": ORANGE, "holds": BLUE}
OTHERS = "#b9c1c9"
PALE = {"fails": "#f7dcc8", "holds": "#cfe3f1"}


def figure_discovery(found: Discovery, title: str) -> Figure:
    """Return each condition's limits as a bar within its range, beside the cases by the two most telling conditions."""
    says = sentence(found, noun_of(found.factors))
    lines = textwrap.wrap(says, 105)
    limits = [limit for box in found.boxes for limit in box.limits]
    tall = max(LEAST_HEIGHT, ROW * len(limits))
    height = ABOVE + 0.3 * (len(lines) - 1) + tall + BELOW
    figure = new_figure(WIDTH, height, "\n".join(lines), "")
    figure.texts[0].set_fontsize(15)
    figure.text(0.35 / WIDTH, 1 - (0.68 + 0.3 * (len(lines) - 1)) / height, title, fontsize=11, color=SOFT, va="top")
    if not found.boxes:
        return figure
    left = figure.add_axes((0.35 / WIDTH, BELOW / height, LIMITS / WIDTH, ROW * len(limits) / height))
    left.set_position(
        (0.35 / WIDTH, (BELOW + tall - ROW * len(limits)) / height, LIMITS / WIDTH, ROW * len(limits) / height)
    )
    draw_limits(left, found, limits)
    heading(left, f"Where {verb_of(found)}: each condition within its range", above=14)
    right = figure.add_axes(((0.35 + LIMITS + GAP) / WIDTH, BELOW / height, SCATTER / WIDTH, tall / height))
    if draw_cases(right, found, found.boxes[0]) is None:
        right.axis("off")
        return figure
    heading(right, "A dot is a case", above=14)
    _name_colours(right, found)
    return figure


def verb_of(found: Discovery) -> str:
    """Return what cases of interest do: 'they fail'."""
    return "they fail" if found.of_interest == "fails" else "they hold"


def draw_limits(axes: Axes, found: Discovery, limits: Sequence[Limit], letters: int | None = None) -> None:
    """Draw, a row a condition, its range as a line and what is inside the box as a bar on it.

    ``letters``: of a condition in words, how many fit a line.
    """
    plain_axes(axes, grid=None).set(xlim=(0, 1), ylim=(len(limits) - 0.5, -0.5), xticks=[], yticks=[])
    colour = COLOURS[found.of_interest]
    for row, limit in enumerate(limits):
        words = condition(limit) if letters is None else textwrap.fill(condition(limit), letters)
        note(axes, words, (0, row), (0, 5), color=INK, fontsize=TEXT + 0.5, fontweight="bold", va="bottom")
        if limit.levels is not None:
            continue
        values = found.cases[limit.factor]
        least, most = float(values.min()), float(values.max())
        low, high = (least if limit.low is None else limit.low), (most if limit.high is None else limit.high)
        start, end = _place(values, low), _place(values, high)
        axes.hlines(row + 0.12, 0, 1, color=FAINT, linewidth=7, zorder=1)
        axes.hlines(row + 0.12, start, end, color=colour, linewidth=7, zorder=2)
        note(axes, number_words(least), (0, row), (0, -19))
        note(axes, number_words(most), (1, row), (0, -19), ha="right")
        for at, value in ((start, limit.low), (end, limit.high)):
            if value is not None:
                _edge(axes, values, limit, row, (at, value))


def _edge(axes: Axes, values: pd.Series, limit: Limit, row: int, edge: tuple[float, float]) -> None:
    """Draw a limit with its uncertainty and number."""
    at, value = edge
    near, far = (_place(values, value + sign * 1.96 * limit.uncertainty) for sign in (-1, 1))
    axes.hlines(row + 0.12, near, far, color=INK, linewidth=1.4, zorder=3)
    axes.plot(at, row + 0.12, "|", color=INK, markersize=13, markeredgewidth=1.8, zorder=4)
    if 0.06 < at < 0.94:
        note(axes, number_words(value), (at, row), (0, -19), ha="center", color=INK)


def _place(values: pd.Series, value: float) -> float:
    """Return where a value stands among the cases, 0 to 1: so each range is drawn as evenly as it was met."""
    return float((values.to_numpy() < value).mean())


def draw_cases(axes: Axes, found: Discovery, box: Box) -> tuple[str, str] | None:
    """Draw every case by the two most telling conditions, with the box; with one condition, by it and chance.

    Return the two factors; None where no condition is of a number, so that nothing is drawn.
    """
    factors = [limit.factor for limit in box.limits if limit.levels is None][:2]
    if not factors:
        return None
    spare = next((name for name in found.factors if name not in factors and found.cases[name].dtype != object), factors[0])
    x, y = factors[0], factors[1] if len(factors) > 1 else spare
    plain_axes(axes, grid=None, spines=("left", "bottom"))
    sought = ~found.holds if found.of_interest == "fails" else found.holds
    for flags, colour, size in ((~sought, OTHERS, 11), (sought, COLOURS[found.of_interest], 18)):
        axes.scatter(found.cases[x][flags], found.cases[y][flags], s=size, color=colour, linewidth=0, alpha=0.75, zorder=2)
    _rectangle(axes, found, box, (x, y))
    for name, scale in ((x, axes.set_xscale), (y, axes.set_yscale)):
        if _is_wide(found.cases[name]):
            scale("log")
    axes.set_xlabel(factor_words(x), fontsize=SMALL + 0.5, color=SOFT)
    axes.set_ylabel(factor_words(y), fontsize=SMALL + 0.5, color=SOFT)
    return x, y


def _name_colours(axes: Axes, found: Discovery) -> None:
    """Say above the cases which colour fails and which holds."""
    words = {"fails": ("fails", "holds"), "holds": ("holds", "fails")}[found.of_interest]
    how: dict[str, Any] = {"xycoords": "axes fraction", "va": "bottom", "ha": "right", "fontweight": "bold"}
    note(axes, words[1], (1, 1), (0, 14), **(how | {"color": "#8b949e"}))
    note(axes, words[0], (1, 1), (-38, 14), **(how | {"color": COLOURS[found.of_interest]}))


def _rectangle(axes: Axes, found: Discovery, box: Box, names: tuple[str, str]) -> None:
    bounds = []
    for name in names:
        limit = next((limit for limit in box.limits if limit.factor == name), Limit(name, None, None))
        values = found.cases[name]
        bounds += [values.min() if limit.low is None else limit.low, values.max() if limit.high is None else limit.high]
    left, right, bottom, top = map(float, bounds)
    edge = COLOURS[found.of_interest]
    look: dict[str, Any] = {"facecolor": PALE[found.of_interest], "alpha": 0.45, "edgecolor": edge, "linewidth": 1.4}
    axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, zorder=1, **look))


def _is_wide(values: pd.Series) -> bool:
    """Return whether values span so much that only a logarithmic axis shows them."""
    return bool(values.min() > 0 and values.max() / values.min() > 8 and np.median(values) < 0.4 * values.max())

"""Pictures of what each practice adds: its share of the whole, and which practices need or replace each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from adoptsim.analysis.shapley import pairs
from adoptsim.analysis.shares import Shares, Worth
from adoptsim.compare import beyond_luck
from adoptsim.domain.intervals import CONFIDENCE, Interval
from adoptsim.domain.practices import PRACTICES
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
    plural,
)

VALUE_WORDS = {"reached": "Chance of critical mass", "contributors": "Contributors in the last month"}
LESS_MORE = LinearSegmentedColormap.from_list(
    "less-more", ["#b34700", ORANGE, "#f6c9a8", "#ffffff", "#b9d9ee", BLUE, "#00496f"]
)
LABELS, PANEL, GAP, ROW, ABOVE, BELOW = 4.1, 4.1, 0.6, 0.4, 1.75, 0.85  # inches
CELL = 0.46  # inches
LEAST_POINTS = 5.0  # of the axis and the colours, so that noise does not look like an effect


def figure_shares(shares: Shares) -> Figure:
    """Return each practice's Shapley value with its interval, a panel a value of a bundle, the strongest on top."""
    order, values = shares.ranked, list(shares.worth)
    width = LABELS + len(values) * (PANEL + GAP)
    height = ABOVE + ROW * len(order) + BELOW
    figure = new_figure(width, height, _title_of_shares(shares), _how_shared(shares))
    for column, value in enumerate(values):
        left = LABELS + column * (PANEL + GAP)
        axes = figure.add_axes((left / width, BELOW / height, PANEL / width, ROW * len(order) / height))
        worth = shares.worth[value]
        _bars(axes, [worth.share[place] for place in order])
        heading(axes, VALUE_WORDS[value], above=24.0)
        note(axes, _from_to(value, worth), (0, 1), (0, 13), xycoords="axes fraction", va="bottom")
        if column == 0:
            name_rows(axes, [shares.practices[place] for place in order])
    return figure


def figure_interactions(shares: Shares) -> Figure:
    """Return how much more or less each two practices add together than apart, a panel a value of a bundle.

    Only what is beyond luck is coloured and written.
    """
    order, values = shares.ranked, list(shares.worth)
    side = CELL * len(order)
    width = max(LABELS + len(values) * (side + GAP), 10.0)
    height = ABOVE + side + BELOW
    figure = new_figure(width, height, _title_of_interactions(shares), _how_together(shares))
    for column, value in enumerate(values):
        left = LABELS + column * (side + GAP)
        axes = figure.add_axes((left / width, BELOW / height, side / width, side / height))
        _cells(axes, shares, value, order)
        heading(axes, VALUE_WORDS[value], above=10.0)
        if column == 0:
            name_rows(axes, [shares.practices[place] for place in order])
    return figure


def _title_of_shares(shares: Shares) -> str:
    """Return the finding in a sentence."""
    worth = shares.worth["reached"]
    if worth.total.value != worth.total.value:
        return "What each practice adds: too short a time to tell of critical mass"
    first = shares.ranked[0]
    if not beyond_luck(worth.share[first]):
        return "No practice adds to the chance of critical mass beyond luck"
    title = PRACTICES[shares.practices[first]].title
    return f"{title} adds most: {100 * worth.share[first].value:.0f} of {100 * worth.total.value:.0f} points"


def _how_shared(shares: Shares) -> str:
    return (
        "What each practice adds, averaged over all orders in which the practices can come (Shapley values); together they "
        f"make the whole.  {plural(1 << len(shares.practices), 'bundle')}, {plural(shares.n_replicates, 'run')} each"
    )


def _from_to(value: str, worth: Worth) -> str:
    what = "of runs" if value == "reached" else "of staff"
    if worth.total.value != worth.total.value:
        return "cannot be told: the runs end before it can be judged"
    return f"from {100 * worth.none.value:.0f} % {what} without these practices to {100 * worth.whole.value:.0f} % with all"


def _bars(axes: Axes, found: Sequence[Interval]) -> None:
    """Draw one value's shares in percentage points."""
    plain_axes(axes, grid="x").set(ylim=(len(found) - 0.5, -0.5), yticks=[])
    known = [Interval(*(100.0 * part for part in _drawable(interval))) for interval in found]
    for row, interval in enumerate(known):
        color = BLUE if interval.value >= 0 else ORANGE
        is_real = beyond_luck(found[row])
        axes.barh(row, interval.value, height=0.56, color=color, alpha=1.0 if is_real else 0.35, zorder=2)
        axes.hlines(row, interval.low, interval.high, color=INK, linewidth=1.2, zorder=3)
        right = max(interval.high, interval.value, 0.0)
        note(axes, in_points(interval.value), (right, row), (5, 0), color=INK if is_real else SOFT)
    axes.axvline(0, color=SOFT, linewidth=0.8, zorder=4)
    low = min(0.0, *(interval.low for interval in known))
    high = max(LEAST_POINTS, *(interval.high for interval in known))
    axes.set_xlim(1.08 * low, high + 0.16 * (high - low))
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
    axes.set_xlabel("percentage points; line: 95 % interval", fontsize=SMALL, color=SOFT, labelpad=6)


def _drawable(interval: Interval) -> Interval:
    """Return an interval that can be drawn: without bounds it is its value, without a value nothing."""
    value = 0.0 if interval.value != interval.value else interval.value
    return Interval(value, *(value if bound != bound else bound for bound in interval[1:]))


def in_points(points: float) -> str:
    """Return percentage points with their sign, as precise as their size deserves."""
    text = f"{points:+.0f}" if abs(points) >= 9.5 else f"{points:+.1f}"
    return "0" if float(text) == 0.0 else text


def name_rows(axes: Axes, practices: Sequence[str]) -> None:
    """Write each practice's title and number left of its row."""
    how: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right", "color": INK, "fontsize": TEXT}
    for row, name in enumerate(practices):
        note(axes, PRACTICES[name].title, (0, row), (-32, 0), **how)
        note(axes, str(PRACTICES[name].number), (0, row), (-12, 0), **how)


def _title_of_interactions(shares: Shares) -> str:
    """Return the finding in a sentence: the two that gain most from each other."""
    known = [
        (found.value, pair)
        for pair, found in zip(pairs(len(shares.practices)), shares.worth["reached"].interactions, strict=True)
        if beyond_luck(found)
    ]
    if not known:
        return "No two practices add more or less together than apart, beyond luck"
    size, pair = max(known, key=lambda one: abs(one[0]))
    first, second = (PRACTICES[shares.practices[place]].number for place in pair)
    if size > 0:
        return f"Practices {first} and {second} need each other most: together {100 * size:.0f} points more than apart"
    return f"Practices {first} and {second} replace each other most: together {-100 * size:.0f} points less than apart"


def _how_together(shares: Shares) -> str:
    return (
        "Percentage points that two practices add together beyond what they add apart (Shapley interaction indices), "
        f"whatever else is in place.  {plural(shares.n_replicates, 'run')} a bundle"
    )


def _cells(axes: Axes, shares: Shares, value: str, order: Sequence[int]) -> None:
    """Draw one value's interactions below the diagonal, blue more and orange less."""
    n = len(order)
    place_of = {place: row for row, place in enumerate(order)}
    table = np.full((n, n), np.nan)
    for (first, second), found in zip(pairs(n), shares.worth[value].interactions, strict=True):
        low, high = sorted((place_of[first], place_of[second]))
        if beyond_luck(found):
            table[high, low] = 100.0 * found.value
    largest = max(LEAST_POINTS, float(np.nanmax(np.abs(table), initial=0.0)))
    plain_axes(axes, grid=None).set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), yticks=[])
    axes.imshow(table, cmap=LESS_MORE, vmin=-largest, vmax=largest, zorder=2)
    for row in range(n):
        for column in range(row):
            _cell(axes, float(table[row, column]), row, column, largest)
    axes.set_xticks([])
    for row, place in enumerate(order):
        number = str(PRACTICES[shares.practices[place]].number)
        note(axes, number, (row, row), ha="center", color=INK, fontsize=TEXT, fontweight="bold")
    axes.set_xlabel(f"coloured: beyond luck; {_by_luck(n)}", fontsize=SMALL, color=SOFT, labelpad=8)


def _by_luck(n: int) -> str:
    """Return how many of the pairs' intervals would leave out 0 if nothing were there."""
    n_pairs = n * (n - 1) // 2
    by_luck = round((1.0 - CONFIDENCE) * n_pairs)
    return f"by chance alone {by_luck or 'hardly one'} of {plural(n_pairs, 'pair')} would be"


def _cell(axes: Axes, points: float, row: int, column: int, largest: float) -> None:
    axes.plot(
        [column - 0.5, column + 0.5, column + 0.5, column - 0.5, column - 0.5],
        [row - 0.5, row - 0.5, row + 0.5, row + 0.5, row - 0.5],
        color=FAINT,
        linewidth=0.8,
        zorder=3,
    )
    if points == points:
        dark = abs(points) > 0.55 * largest
        note(axes, in_points(points), (column, row), ha="center", color="white" if dark else INK, zorder=4)

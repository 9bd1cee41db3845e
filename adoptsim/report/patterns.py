"""The picture of a validation: a row a pattern, what was observed as a bar, what the model gives as a point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PALE_BLUE,
    SMALL,
    SOFT,
    TEXT,
    new_figure,
    percent,
    plural,
)
from adoptsim.validation.check import Row
from adoptsim.validation.patterns import TITLES, Pattern
from adoptsim.validation.published import Observed, shipped_observed

WIDTH, TOP, BOTTOM, LINE = 15.4, 1.6, 0.45, 0.255  # inches
LABELS, PLOT, HALF = 2.75, 2.4, 7.55  # inches: of a half, its column of labels, its axis, all of it
OBSERVED, MODEL, MARK = 0.15, 1.75, 1.83  # inches right of the axis: the columns of words
GROUP_GAP = 0.35  # lines above a group's title
LEAST, MOST = -1.0, 2.0  # of every row's own axis: the bar of what was observed goes from 0 to 1
BAR, OPEN_STEPS = 0.56, 24  # of a row's height; strips of a bar that has no end and fades
RATIO_OF_A_BAR = 4.0  # times the bound, as long as a bar, where a ratio has only one bound
FIRST_OF_RIGHT = 8  # number of the pattern that begins the right half


def figure_patterns(rows: Sequence[Row], data: Mapping[str, Observed] | None = None) -> Figure:
    """Return the picture of all patterns that are judged, in two columns; ``data`` instead of the shipped statistics."""
    judged = [row for row in rows if row.holds is not None]
    halves = [
        [row for row in judged if (row.pattern.number >= FIRST_OF_RIGHT) == right]  # each with its groups' titles
        for right in (False, True)
    ]
    lines = max(len(half) + (1 + GROUP_GAP) * len({row.pattern.number for row in half}) for half in halves)
    height = TOP + LINE * lines + BOTTOM
    figure = new_figure(WIDTH, height, _title(judged), _subtitle(judged))
    published = shipped_observed() if data is None else data
    for place, half in enumerate(halves):
        left = 0.35 + HALF * place + LABELS
        bounds = (left / WIDTH, BOTTOM / height, PLOT / WIDTH, LINE * lines / height)
        axes = figure.add_axes(bounds)
        axes.set(xlim=(LEAST, MOST), ylim=(lines - 0.5 + GROUP_GAP, -0.5 + GROUP_GAP))
        axes.axis("off")
        _half(axes, half, published)
    _legend(figure, height)
    if any(row.holds is False and not row.pattern.must_hold for row in judged):
        at = (0.35 / WIDTH, 0.2 / height)
        figure.text(*at, "(fails): outside of what was observed, but need not hold.", fontsize=SMALL, color=SOFT)
    return figure


def _title(rows: Sequence[Row]) -> str:
    must = [row for row in rows if row.pattern.must_hold]
    failed = sum(row.fails for row in must)
    if not failed:
        return f"The model shows all {plural(len(must), 'pattern')} of real networks that it must show"
    return f"The model shows {len(must) - failed} of {plural(len(must), 'pattern')} of real networks that it must show"


def _subtitle(rows: Sequence[Row]) -> str:
    runs = plural(max((len(row.values) for row in rows), default=0), "run")
    return f"Means over {runs} with 95 % intervals. Every row has a scale of its own, on which the bar is what was observed."


# --- one half ----------------------------------------------------------------------------------------------------


def _half(axes: Axes, rows: Sequence[Row], published: Mapping[str, Observed]) -> None:
    _write(axes, PLOT + OBSERVED, GROUP_GAP, "observed", color=SOFT)
    _write(axes, PLOT + MODEL, GROUP_GAP, "model", color=SOFT, ha="right")
    line = 0.0
    for number, group in groupby(rows, key=lambda row: row.pattern.number):
        line += GROUP_GAP
        _write(axes, -LABELS, line, f"{number}", weight="bold", color=SOFT)
        _write(axes, -LABELS + 0.28, line, TITLES[number], weight="bold", size=TEXT)
        for row in group:
            line += 1
            _one_row(axes, line, row, published.get(row.pattern.name))
        line += 1


def _one_row(axes: Axes, line: float, row: Row, published: Observed | None) -> None:
    pattern = row.pattern
    failed = row.holds is False
    _write(axes, -LABELS + 0.28, line, pattern.label, size=SMALL + 0.5)
    axes.plot([LEAST, MOST], [line, line], color=FAINT, linewidth=0.8, zorder=1)
    _bar(axes, line, pattern)
    if published is not None:
        at = place(pattern, published.value, row)
        if LEAST <= at <= MOST:
            axes.plot([at, at], [line - 0.4, line + 0.4], color=INK, linewidth=1.4, zorder=6)
    _point(axes, line, row)
    mark = "" if not failed else "fails" if pattern.must_hold else "(fails)"
    _write(axes, PLOT + OBSERVED, line, _observed(pattern), color=SOFT)
    _write(axes, PLOT + MODEL, line, _text(row.simulated.value, pattern), ha="right", weight="bold" if failed else "normal")
    _write(axes, PLOT + MARK, line, mark, weight="bold", color=ORANGE)


def _bar(axes: Axes, line: float, pattern: Pattern) -> None:
    """Draw what was observed from 0 to 1; without a bound it goes on, and fades."""
    style = {"height": BAR, "linewidth": 0, "facecolor": PALE_BLUE, "zorder": 2, "antialiased": False}
    axes.add_patch(Rectangle((0, line - BAR / 2), 1, **style))  # type: ignore[arg-type]
    for is_open, edge, towards in ((pattern.low is None, 0.0, LEAST), (pattern.high is None, 1.0, MOST)):
        if is_open:
            ends = np.linspace(edge, towards, OPEN_STEPS + 1).tolist()
            for step, (begin, end) in enumerate(pairwise(ends)):
                strip = Rectangle((begin, line - BAR / 2), end - begin, alpha=1 - (step + 1) / (OPEN_STEPS + 1), **style)  # type: ignore[arg-type]
                axes.add_patch(strip)
        else:
            axes.plot([edge, edge], [line - BAR / 2, line + BAR / 2], color=BLUE, linewidth=1.1, zorder=2.5)


def _point(axes: Axes, line: float, row: Row) -> None:
    """Draw the mean with its interval: a filled point inside, a hollow diamond outside, an arrow off the scale."""
    at, low, high = (place(row.pattern, value, row) for value in row.simulated)
    color = BLUE if row.holds else ORANGE
    if low == low:
        axes.plot(
            np.clip([low, high], LEAST, MOST), [line, line], color=color, linewidth=2.0, zorder=4, solid_capstyle="butt"
        )
    if at != at:
        return
    if not LEAST <= at <= MOST:
        axes.plot(
            np.clip(at, LEAST, MOST), line, ">" if at > MOST else "<", color=color, markersize=7, zorder=5, clip_on=False
        )
        return
    style = {"marker": "o", "markersize": 7.0} if row.holds else {"marker": "D", "markersize": 6.6}
    face = color if row.holds else "white"
    axes.plot(at, line, color=color, markerfacecolor=face, markeredgewidth=1.8, zorder=5, **style)  # type: ignore[arg-type]


def place(pattern: Pattern, value: float, row: Row) -> float:
    """Return where a value stands on the row's own axis: 0 at the lower bound of what was observed, 1 at the upper.

    With one bound only, a bar is as long as the bound is large; of a ratio, as a factor of four; of a difference, as
    twice what is simulated.
    """
    low, high = pattern.low, pattern.high
    if low is not None and high is not None:
        return (value - low) / (high - low)
    bound = low if low is not None else high
    assert bound is not None  # what has no bound is not judged
    edge = 0.0 if low is not None else 1.0
    if pattern.scale == "ratio":
        return edge + (math.log(value / bound) / math.log(RATIO_OF_A_BAR) if value > 0 else -math.inf)
    known = [abs(each - bound) for each in row.simulated if each == each]
    length = abs(bound) if bound else 2.0 * (abs(row.simulated.value) or max(known, default=1.0) or 1.0)
    return edge + (value - bound) / length


# --- words -------------------------------------------------------------------------------------------------------


def _write(axes: Axes, inches: float, line: float, text: str, **how: object) -> None:
    """Write a text so many inches from the left edge of the axis."""
    style: dict[str, Any] = {"fontsize": SMALL, "color": INK, "ha": "left", "va": "center_baseline"}
    style |= {"fontsize" if name == "size" else name: value for name, value in how.items()}
    axes.text(inches / PLOT, line, text, transform=axes.get_yaxis_transform(), clip_on=False, **style)


def _text(value: float, pattern: Pattern) -> str:
    if value != value:
        return "none"
    sign = "+" if pattern.compare == "difference" else ""
    if pattern.unit == "amount":
        return f"{value:{sign}.{3 if abs(value) >= 1.0 else 2}g}"
    return f"{100 * value:+.{0 if abs(value) >= 0.1 else 1}f} points" if sign else percent(value)


def _observed(pattern: Pattern) -> str:
    low, high = pattern.low, pattern.high
    if low is not None and high is not None:
        bounds = f"{100 * low:.0f}" if pattern.unit == "share" else f"{low:g}", _bound(high, pattern)
        return f"{bounds[0]} to {bounds[1]}" if low < 0 else f"{bounds[0]}-{bounds[1]}"
    if pattern.kind == "sign":
        return f"above {low:g}" if low is not None else f"below {high:g}"
    return f"{_bound(low, pattern)} or more" if low is not None else f"{_bound(high or 0.0, pattern)} or less"


def _bound(value: float, pattern: Pattern) -> str:
    return f"{100 * value:.0f} %" if pattern.unit == "share" else f"{value:g}"


def _legend(figure: Figure, height: float) -> None:
    """Write how to read it, once, above both halves."""
    holds = Line2D([], [], color=BLUE, marker="o", markersize=7, linewidth=2)
    fails = Line2D(
        [], [], color=ORANGE, marker="D", markersize=6.6, markerfacecolor="white", markeredgewidth=1.8, linewidth=2
    )
    tick = Line2D([], [], color=INK, marker="|", markersize=11, markeredgewidth=1.3, linewidth=0)
    bar = Rectangle((0, 0), 1, 1, facecolor=PALE_BLUE, edgecolor=BLUE, linewidth=0)
    names = (
        "observed; fades where it has no bound",
        "the model, where it holds",
        "the model, where it fails",
        "published data, by the same estimator",
    )
    figure.legend(
        (bar, holds, fails, tick),
        names,
        loc="upper left",
        bbox_to_anchor=(0.30 / WIDTH, 1 - 1.0 / height),
        ncols=4,
        frameon=False,
        fontsize=SMALL + 0.5,
        labelcolor=INK,
        handlelength=2.2,
        columnspacing=2.4,
        borderpad=0.0,
    )

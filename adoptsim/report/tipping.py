"""The picture of a tipping point: what lives by the share who begin, where they sit, and what survives leavers."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.analysis.living import EVERYBODY, LEAVING_DAY
from adoptsim.analysis.tipping import ABOVE, BELOW, MOST_LEAVERS, OFFSETS, EdgeTest, Tipping
from adoptsim.analysis.tipping_words import PLACES, drawn_anew, edge_words, headline, share_words, span_words, spread
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PALE_BLUE,
    SMALL,
    SOFT,
    TEXT,
    heading,
    new_figure,
    note,
    percent_axis,
    plain_axes,
    plural,
)

WIDTH, HEIGHT = 14.0, 7.6
PALE = {BLUE: PALE_BLUE, ORANGE: "#f7dcc8"}
STEPS = 400
ASIDE, BESIDE = 0.5, 13
_KEY: dict[str, Any] = {"xycoords": "axes fraction", "ha": "right", "fontsize": TEXT}
ROW_OF_CURVES, ROW_OF_PLACES = (0.42, 0.35), (0.1, 0.17)  # bottom and height, as shares of the page


def figure_tipping(found: Tipping) -> Figure:
    """Return what lives by the share who begin; beside an organisation's own edge; what survives leavers; by place."""
    figure = new_figure(WIDTH, HEIGHT, headline(found), spread(found))
    bottom, height = ROW_OF_CURVES
    _below(figure.add_axes((0.05, bottom, 0.265, height)), found)
    _beside(figure.add_axes((0.385, bottom, 0.265, height)), found)
    _above(figure.add_axes((0.72, bottom, 0.265, height)), found)
    _places(figure.add_axes((0.205, ROW_OF_PLACES[0], 0.6, ROW_OF_PLACES[1])), found)
    return figure


def _below(axes: Axes, found: Tipping) -> None:
    _headings(axes, "From below: networks that live", "by the share of staff who begin, then left alone")
    draw_curve(axes, found, BELOW, EVERYBODY, BLUE)
    axes.set_xlabel("staff who begin as contributors", fontsize=SMALL, color=SOFT)


def _above(axes: Axes, found: Tipping) -> None:
    months = LEAVING_DAY // MONTH_DAYS
    _headings(
        axes, "From above: living networks that survive", f"when a share of staff leaves at once, after {months} months"
    )
    draw_curve(axes, found, ABOVE, MOST_LEAVERS, ORANGE)
    axes.set_xlabel("staff who leave the platform", fontsize=SMALL, color=SOFT)


def _beside(axes: Axes, found: Tipping) -> None:
    """Draw how many runs live beside an organisation's own edge: the same people and ties, fresh luck."""
    _share_axes(axes)
    if not found.tests:
        _headings(axes, "The same people and ties", "no organisation has an edge that could be tested")
        return
    n = plural(max(len(test.edges) for test in found.tests.values()), "organisation")
    runs_each = max(test.runs_each for test in found.tests.values())
    _headings(axes, "The same people and ties", f"{runs_each} runs with fresh luck beside the edge of up to {n}")
    axes.axvline(0, color=SOFT, linewidth=1, linestyle=(0, (4, 3)), zorder=2)
    for number, (placement, test) in enumerate(found.tests.items()):
        _beside_one(axes, test, (BLUE, INK)[number], aside=number)
        if len(found.tests) > 1:
            note(axes, PLACES[placement], (0.98, 0.13 - 0.08 * number), (0, 0), **_KEY, color=(BLUE, INK)[number])
    points = [100 * offset for offset in OFFSETS]
    axes.set_xlim(1.25 * points[0], 1.4 * points[-1])
    axes.set_xticks([*points, 0], [f"{at:+.0f}" for at in points] + ["its edge"])
    axes.set_xlabel("points of staff more or fewer who begin", fontsize=SMALL, color=SOFT)


def _beside_one(axes: Axes, test: EdgeTest, color: str, *, aside: int) -> None:
    """Draw one test, where ``aside`` is 1 a little to the right and with its numbers on the other side."""
    points = [100 * offset + ASIDE * aside for offset in OFFSETS]
    shares = [test.share(offset) for offset in OFFSETS]
    axes.plot(points, [share.value for share in shares], color=color, linewidth=1.2, zorder=2)
    for at, share in zip(points, shares, strict=True):
        if math.isnan(share.value):
            continue
        if not math.isnan(share.low):
            axes.vlines(at, share.low, share.high, color=color, linewidth=2.4, zorder=3)
        axes.plot(at, share.value, "o", color=color, markersize=7, clip_on=False, zorder=4)
        is_left = (at > 0) == bool(aside)
        how: dict[str, Any] = {"color": color, "ha": "right" if is_left else "left"}
        note(axes, share_words(share.value), (at, share.value), (-BESIDE if is_left else BESIDE, 0), **how)


def draw_curve(axes: Axes, found: Tipping, side: str, top: float, color: str) -> None:
    """Draw the share of networks that live with its 95 % band, and the middle edge with its interval."""
    _share_axes(axes)
    axes.set_xlim(0, top)
    percent_axis(axes, "x")
    if not found.brackets(side):
        note(axes, "no living network to leave", (top / 2, 0.5), ha="center")
        return
    shares = np.linspace(0.0, top, STEPS)
    band = np.array([found.share_beyond(side, share) for share in shares])
    if side == ABOVE:
        band = 1.0 - band[:, [0, 2, 1]]
    axes.fill_between(shares, band[:, 1], band[:, 2], color=PALE[color], linewidth=0, zorder=1)
    axes.plot(shares, band[:, 0], color=color, linewidth=2.2, zorder=3)
    _mark_edge(axes, found, side, top)


def _mark_edge(axes: Axes, found: Tipping, side: str, top: float) -> None:
    edge = found.edge(side)
    if not 0.0 < edge.value < math.inf:
        return
    if not math.isnan(edge.low):
        axes.plot(
            [min(edge.low, top), min(edge.high, top)], [0.5, 0.5], color=INK, linewidth=3, solid_capstyle="butt", zorder=4
        )
    axes.plot(edge.value, 0.5, "o", color=INK, markersize=7, zorder=5)
    box: dict[str, Any] = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
    text = f"{share_words(edge.value)}  ({span_words(edge.low, edge.high)})"
    is_left = edge.value < 0.6 * top
    how: dict[str, Any] = {"color": INK, "fontsize": TEXT, "fontweight": "bold", "ha": "left" if is_left else "right"}
    below = side == BELOW
    note(axes, text, (edge.value, 0.5), (8 if is_left else -8, -17 if below else 17), bbox=box, zorder=6, **how)


def _places(axes: Axes, found: Tipping) -> None:
    """Draw the middle edge with its interval, and the middle half of the runs, by where those who begin sit."""
    names = found.placements
    plain_axes(axes, grid="x").set(xlim=(0, _reach(found)), ylim=(len(names) - 0.5, -0.5), yticks=[])
    percent_axis(axes, "x")
    what = "organisations" if drawn_anew(found) else "runs"
    heading(axes, "Who begins")
    for row, name in enumerate(names):
        edge, (low, high) = found.edge(BELOW, name), found.quartiles(BELOW, name)
        low, high = min(low, EVERYBODY), min(high, EVERYBODY)
        axes.barh(row, high - low, left=low, height=0.62, color=FAINT)
        if not math.isnan(edge.low) and not math.isinf(edge.low):
            axes.hlines(row, edge.low, min(edge.high, EVERYBODY), color=BLUE, linewidth=2.4)
        axes.plot(min(edge.value, EVERYBODY), row, "o", color=BLUE, markersize=8, clip_on=False)
        beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "color": INK, "fontsize": TEXT}
        note(axes, PLACES[name], (0, row), (-12, 0), ha="right", **beside)
        note(axes, edge_words(edge), (1, row), (12, 0), **beside)
    says = f"staff who must begin: the middle edge with its 95 % interval; grey: the middle half of the {what}"
    axes.set_xlabel(says, fontsize=SMALL, color=SOFT)


def _reach(found: Tipping) -> float:
    """Return how far the axis of placements goes: to the largest that is drawn, in tenths."""
    drawn = [(found.edge(BELOW, name), found.quartiles(BELOW, name)[1]) for name in found.placements]
    bounds = [bound for edge, upper in drawn for bound in (edge.value, edge.high, upper)]
    largest = max((min(bound, EVERYBODY) for bound in bounds if not math.isnan(bound)), default=EVERYBODY)
    return min(EVERYBODY, math.ceil(10 * largest + 0.5) / 10)


def _share_axes(axes: Axes) -> None:
    plain_axes(axes).set(ylim=(0, 1.02), yticks=(0, 0.25, 0.5, 0.75, 1))
    percent_axis(axes, "y")


def _headings(axes: Axes, title: str, below: str) -> None:
    heading(axes, title, above=24)
    note(axes, textwrap.shorten(below, 70), (0, 1), (0, 12), xycoords="axes fraction", va="bottom")

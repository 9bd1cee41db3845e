"""The picture of a hysteresis: the way there, the way back, and the gap between them."""

from __future__ import annotations

import math
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from adoptsim.analysis.hysteresis import Hysteresis
from adoptsim.analysis.living import LEAST_LIVING
from adoptsim.analysis.phase_words import hysteresis_verdict, level_words
from adoptsim.report.drawing import (
    BLUE,
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
)

WIDTH, HEIGHT = 12.0, 7.2
PALE_ORANGE = "#f7dcc8"


def figure_hysteresis(found: Hysteresis) -> Figure:
    """Return both branches with their 95 % bands, and below them the gap in pairs, at both paces."""
    verdict = hysteresis_verdict(found)
    title = "The way back is another" if found.mean_gap().low > 0 else "The way back is the same"
    subtitle = "\n".join(textwrap.wrap(" ".join(verdict).removeprefix("The way back is another: "), 135))
    figure = new_figure(
        WIDTH, HEIGHT, f"{title}: {found.scenario.title or found.scenario.name}", subtitle[:1].upper() + subtitle[1:]
    )
    draw_branches(figure.add_axes((0.08, 0.34, 0.86, 0.4)), found)
    _gap(figure.add_axes((0.08, 0.1, 0.86, 0.14)), found)
    return figure


def draw_branches(axes: Axes, found: Hysteresis) -> None:
    """Draw the way there and the way back with their bands."""
    plain_axes(axes)
    percent_axis(axes)
    heading(axes, "Employees who contribute in a month")
    for values, color, pale, word, place in (
        (found.down, ORANGE, PALE_ORANGE, "lowered again", 1),
        (found.up, BLUE, PALE_BLUE, "raised", -1),
    ):
        band = np.array([found.branch(values, step) for step in range(len(found.levels))])
        if not math.isnan(band[0, 1]):
            axes.fill_between(found.levels, band[:, 1], band[:, 2], color=pale, alpha=0.6, linewidth=0, zorder=1)
        axes.plot(found.levels, band[:, 0], color=color, linewidth=2.4, marker="o", markersize=5, zorder=3)
        middle = len(found.levels) // 2
        arrow = "\u2190 " if place > 0 else ""
        text = f"{arrow}{word}" + (" \u2192" if place < 0 else "")
        note(axes, text, (found.levels[middle], band[middle, 0]), (0, 16 * place), color=color, fontsize=TEXT, ha="center")
    axes.set_ylim(0, None)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.axhline(LEAST_LIVING, color=SOFT, linewidth=0.9, linestyle=(0, (4, 3)))
    note(axes, "least that lives", (found.levels[-1], LEAST_LIVING), (0, -8), ha="right")
    _ticks(axes, found)


def _gap(axes: Axes, found: Hysteresis) -> None:
    plain_axes(axes)
    heading(axes, "The gap, in points: the way down above the way up")
    steps = range(len(found.levels))
    gap = 100 * np.array([found.gap(step) for step in steps])
    slow = 100 * np.array([found.gap(step, 1).value for step in steps])
    if not math.isnan(gap[0, 1]):
        axes.fill_between(found.levels, gap[:, 1], gap[:, 2], color="#dfe3e8", linewidth=0)
    axes.plot(found.levels, gap[:, 0], color=INK, linewidth=2, label="each level held for 6 months")
    axes.plot(found.levels, slow, color=SOFT, linewidth=1.2, linestyle=(0, (4, 3)), label="for 24 months")
    axes.axhline(0, color=SOFT, linewidth=0.8)
    axes.legend(fontsize=SMALL, frameon=False, labelcolor=SOFT, loc="upper right", ncols=2, bbox_to_anchor=(1.0, 1.35))
    _ticks(axes, found)
    axes.set_xlabel(found.axis.label, fontsize=TEXT, color=INK)


def _ticks(axes: Axes, found: Hysteresis) -> None:
    axes.set_xticks(found.levels[::2], [level_words(found.axis, level) for level in found.levels[::2]])
    axes.set_xlim(found.levels[0], found.levels[-1])

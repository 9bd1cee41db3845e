"""The picture of robustness: policies over plausible worlds, a dot a world; their places; who beats whom."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from adoptsim.analysis.robustness import Robustness, without_luck
from adoptsim.analysis.robustness_words import headline, percent
from adoptsim.report.drawing import (
    BLUE,
    INK,
    ORANGE,
    PALE_BLUE,
    PAPER,
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

WIDTH, ROW, ABOVE, BELOW = 14.0, 0.62, 1.75, 0.8  # inches
NAMES, DOTS, CHANCE, PLACES, GAP = 2.0, 4.6, 1.35, 2.2, 0.4
MOST_SHOWN = 8
SHADES = ("#0072b2", "#5ea6d2", "#a9cbe4", "#dbe7f0")
"""First, second, third place, and all after."""
WON = LinearSegmentedColormap.from_list("won", (PAPER, PALE_BLUE, BLUE))


def figure_robustness(found: Robustness) -> Figure:
    """Return policies best first: contributors in every world, worlds with critical mass, places, and pairs."""
    summary = found.summary()
    order = found.ranking[:MOST_SHOWN]
    height = ABOVE + ROW * max(2, len(order)) + BELOW
    title = headline(summary)
    figure = new_figure(WIDTH, height, title[:1].upper() + title[1:], _subtitle(found))
    tall = ROW * max(2, len(order)) / height

    def panel(left: float, wide: float) -> Axes:
        axes = figure.add_axes((left / WIDTH, BELOW / height, wide / WIDTH, tall))
        plain_axes(axes, grid=None).set(ylim=(max(2, len(order)) - 0.5, -0.5), yticks=[])
        return axes

    dots = panel(NAMES, DOTS)
    draw_worlds(dots, found, order)
    chance = panel(NAMES + DOTS + GAP, CHANCE)
    _reached(chance, found, order)
    if len(order) > 1:
        _places(panel(NAMES + DOTS + CHANCE + 2 * GAP, PLACES), found, order)
        left = NAMES + DOTS + CHANCE + PLACES + 3 * GAP + 0.3
        _pairs(panel(left, WIDTH - left - 0.4), found, order)
    return figure


def _subtitle(found: Robustness) -> str:
    runs = plural(found.n_replicates, "run")
    return (
        f"{found.n_worlds} plausible sets of parameters, {runs} of each policy in each with the same people and luck; "
        f"luck is taken out of what is shown"
    )


def draw_worlds(axes: Axes, found: Robustness, order: list[int]) -> None:
    """Draw each world as a dot, the mean with its interval over them, and the line of critical mass."""
    levels = np.clip(without_luck(found.sample.values["contributors"]), 0.0, 1.0)
    heights = 0.3 * (((np.arange(found.n_worlds) * 0.618034) % 1.0) * 2.0 - 1.0)  # spread evenly, drawn by nobody
    for row, policy in enumerate(order):
        axes.scatter(levels[policy], row + heights, s=9, color=BLUE, alpha=0.35, linewidth=0, zorder=2)
        mean, low, high = found.mean("contributors", policy)
        axes.hlines(row, low, high, color=INK, linewidth=2.2, zorder=3)
        axes.plot(mean, row, "o", color=INK, markersize=6, markeredgecolor=PAPER, zorder=4)
        note(
            axes,
            found.names[policy],
            (0, row),
            (-8, 0),
            xycoords=("axes fraction", "data"),
            ha="right",
            color=INK,
            fontsize=TEXT,
        )
    line = found.scenarios[0].critical_mass.threshold
    axes.axvline(line, color=ORANGE, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    bottom = max(2, len(order)) - 0.5
    note(axes, "critical mass", (line, bottom), (3, 6), color=ORANGE)
    axes.set_xlim(0, 1.06 * max(float(levels.max()), line))
    axes.grid(axis="x", color="#dfe3e8", linewidth=0.8)
    percent_axis(axes, "x")
    axes.set_xlabel(
        "staff who contribute in the last month; a dot is a world, the line the mean's 95 % interval",
        fontsize=SMALL,
        color=SOFT,
    )
    heading(axes, "Contributors")


def _reached(axes: Axes, found: Robustness, order: list[int]) -> None:
    axes.set(xlim=(0, 1), xticks=[])
    for row, policy in enumerate(order):
        share, low, high = found.sufficient(policy)
        note(axes, percent(share), (0, row), (0, 6), color=INK, fontsize=TEXT + 2, fontweight="bold")
        note(axes, f"{100 * low:.0f}-{100 * high:.0f} %", (0, row), (0, -8))
    heading(axes, "Worlds with\ncritical mass")


def _places(axes: Axes, found: Robustness, order: list[int]) -> None:
    """Draw in how many worlds a policy is first, second, and so on (rank acceptability)."""
    axes.set(xlim=(0, 1))
    axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    for row, policy in enumerate(order):
        left = 0.0
        for place in range(len(found.scenarios)):
            share = found.rank(policy, place).value
            shade = SHADES[min(place, len(SHADES) - 1)]
            axes.barh(row, share, left=left, height=0.56, color=shade, edgecolor=PAPER, linewidth=1.0)
            if share >= 0.14:
                ink = PAPER if place == 0 else INK
                how: dict[str, Any] = {"ha": "center", "color": ink}
                note(axes, f"{place + 1}.", (left + share / 2, row), **how)
            left += share
    axes.set_xlabel("worlds in which it has this place", fontsize=SMALL, color=SOFT)
    heading(axes, "Places")


def _pairs(axes: Axes, found: Robustness, order: list[int]) -> None:
    """Draw in how many worlds the policy of a row beats that of a column."""
    n = len(order)
    axes.set(xlim=(-0.5, n - 0.5))
    axes.set_xticks(range(n), [str(place + 1) for place in range(n)])
    for row, policy in enumerate(order):
        note(axes, f"{row + 1}", (-0.5, row), (-8, 0), ha="right")
        for column, other in enumerate(order):
            if row == column:
                continue
            share = found.ahead(policy, other).value
            axes.barh(row, 0.94, left=column - 0.47, height=0.88, color=WON(share), linewidth=0)
            ink = PAPER if share > 0.7 else INK
            note(axes, percent(share), (column, row), ha="center", color=ink, fontsize=TEXT if n < 5 else SMALL)
    axes.set_xlabel("beats this one, in order of rank", fontsize=SMALL, color=SOFT)
    heading(axes, "Row beats column")

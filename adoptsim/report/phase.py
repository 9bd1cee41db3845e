"""The picture of a phase diagram: where networks live and where they die, over two settings."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.tri import Triangulation

from adoptsim.analysis.phase import COARSE, FINEST, Phase
from adoptsim.analysis.phase_words import level_words, phase_verdict
from adoptsim.analysis.settings import STARTED, Axis
from adoptsim.analysis.tipping_words import share_words
from adoptsim.report.drawing import BLUE, INK, ORANGE, PAPER, SMALL, SOFT, TEXT, new_figure, note, plain_axes

WIDTH, HEIGHT = 11.0, 8.4
COLORS = LinearSegmentedColormap.from_list("dies to lives", ["#e9a27a", "#f7f4f1", "#7fb6da"])
LEVELS = np.linspace(0.0, 1.0, 11)[1:-1]
LINE = 114


def figure_phase(found: Phase) -> Figure:
    """Return P(lives) as colour, the line where it is one half, and the points at which it was tried."""
    begin = "" if STARTED in (axis.target for axis in found.axes) else f", begun by {share_words(found.start)} of staff"
    title = f"Where a network lives by itself: {found.scenario.title or found.scenario.name}"
    figure = new_figure(WIDTH, HEIGHT, title, "\n".join(textwrap.wrap(f"{phase_verdict(found)} Left alone{begin}.", LINE)))
    axes = figure.add_axes((0.1, 0.12, 0.72, 0.7))
    draw_field(axes, found)
    draw_scale(figure.add_axes((0.86, 0.3, 0.022, 0.36)))
    text = (
        f"{found.runs:,} runs at {len(found.lives)} points; larger: more runs, where it was not clear which side of one half"
    )
    figure.text(0.1, 0.022, text, fontsize=SMALL, color=SOFT)
    return figure


def draw_field(axes: Axes, found: Phase) -> None:
    """Draw P(lives) as colour, the line where it is one half, and the points at which it was tried."""
    places = sorted(found.lives)
    x, y = (np.array(column, dtype=float) for column in zip(*places, strict=True))
    share = np.array([found.share(place).value for place in places])
    runs = np.array([found.lives[place][1] for place in places])
    plain_axes(axes, grid=None).set(xlim=(0, FINEST), ylim=(0, FINEST))
    mesh = Triangulation(x, y)
    axes.tricontourf(mesh, share, levels=LEVELS, cmap=COLORS, extend="both", zorder=0)
    if share.min() < 0.5 < share.max():
        axes.tricontour(mesh, share, levels=[0.5], colors=[INK], linewidths=2.2, zorder=2)
    fill = np.where(share > 0.5, BLUE, np.where(share < 0.5, ORANGE, PAPER))
    look: dict[str, Any] = {"s": 5.0 + 2.2 * (runs - runs.min()), "zorder": 3, "clip_on": False}
    axes.scatter(x, y, c=list(fill), edgecolors=PAPER, linewidths=0.6, **look)
    ticks = np.arange(0, FINEST + 1, FINEST // COARSE)
    for axis, set_ticks in zip(found.axes, (axes.set_xticks, axes.set_yticks), strict=True):
        set_ticks(ticks, [_tick(axis, step) for step in ticks])
    axes.set_xlabel(found.axes[0].label, fontsize=TEXT, color=INK, labelpad=8)
    axes.set_ylabel(found.axes[1].label, fontsize=TEXT, color=INK, labelpad=8)


def _tick(axis: Axis, step: float) -> str:
    return level_words(axis, float(axis.range.level(step / FINEST)))


def draw_scale(axes: Axes) -> None:
    """Draw what the colours mean."""
    axes.imshow(np.linspace(1, 0, 200)[:, None], cmap=COLORS, aspect="auto", extent=(0, 1, 0, 1))
    plain_axes(axes, grid=None).set(xticks=[], yticks=[])
    for share in (0.0, 0.5, 1.0):
        note(axes, f"{100 * share:.0f} %", (1, share), (6, 0))
    axes.axhline(0.5, color=INK, linewidth=2.2)
    note(axes, "networks\nthat live", (0, 1), (0, 16), color=INK)

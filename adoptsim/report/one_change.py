"""The picture of a policy changed in one thing: a practice left out, at full strength, or added, in pairs."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from adoptsim.analysis.one_change import Change, OneChange
from adoptsim.compare import beyond_luck
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.drawing import (
    BLUE,
    ORANGE,
    SMALL,
    SOFT,
    heading,
    new_figure,
    note,
    percent,
    plain_axes,
    plural,
)
from adoptsim.report.shares import VALUE_WORDS, in_points, name_rows

LABELS, PANEL, GAP, ROW, ABOVE, BETWEEN, BELOW = 4.1, 4.1, 0.7, 0.36, 1.7, 0.75, 0.75  # inches
FADED_BLUE, FADED_ORANGE = "#a9cbe4", "#f3c9ac"
LEAST_POINTS = 5.0


def figure_one_change(changes: OneChange) -> Figure:
    """Return by how much the chance and the contributors change, a row a practice left out, at full strength, or added."""
    all_groups = (("left out", changes.dropped), ("at full strength", changes.raised), ("added", changes.added))
    groups = [(what, rows) for what, rows in all_groups if rows]
    n_rows = sum(len(rows) for _, rows in groups)
    width = LABELS + 2 * (PANEL + GAP)
    height = ABOVE + ROW * n_rows + BETWEEN * (len(groups) - 1) + BELOW
    figure = new_figure(width, height, _title(changes), _subtitle(changes))
    bottom = height - ABOVE
    for what, rows in groups:
        tall = ROW * len(rows)
        bottom -= tall
        for column, value in enumerate(VALUE_WORDS):
            left = LABELS + column * (PANEL + GAP)
            axes = figure.add_axes((left / width, bottom / height, PANEL / width, tall / height))
            _panel(axes, rows, value, _limits(changes, value))
            heading(axes, f"{VALUE_WORDS[value]}: one {what}")
            if rows is groups[-1][1]:
                axes.set_xlabel("change in percentage points", fontsize=SMALL, color=SOFT, labelpad=4)
            if column == 0:
                name_rows(axes, [change.practice for change in rows])
        bottom -= BETWEEN
    return figure


def _title(changes: OneChange) -> str:
    """Return the finding in a sentence."""
    name = changes.scenario.title or changes.scenario.name
    lost = [change for change in changes.dropped if beyond_luck(change.difference["reached"])]
    if lost and lost[0].difference["reached"].value < 0:
        return f"{name}: it rests most on practice {PRACTICES[lost[0].practice].number}"
    gained = [change for change in (*changes.raised, *changes.added) if beyond_luck(change.difference["reached"])]
    best = max(gained, key=lambda change: change.difference["reached"].value, default=None)
    if best is not None and best.difference["reached"].value > 0:
        return f"{name}: more of practice {PRACTICES[best.practice].number} would help most"
    return f"{name}: no single practice moves its chance beyond luck"


def _subtitle(changes: OneChange) -> str:
    reached, contributors = changes.policy["reached"], changes.policy["contributors"]
    chance = "cannot be told" if reached.value != reached.value else percent(reached.value)
    return (
        f"As it is: chance of critical mass {chance}, contributors {percent(contributors.value)} of staff.  "
        f"Changes with the same people and luck, {plural(changes.n_replicates, 'run')} each; lines: 95 % intervals"
    )


def _limits(changes: OneChange, value: str) -> tuple[float, float]:
    """Return one axis for both groups, in percentage points."""
    found = [change.difference[value] for change in (*changes.dropped, *changes.raised, *changes.added)]
    known = [100.0 * part for interval in found for part in interval if part == part]
    low, high = min([-LEAST_POINTS, *known]), max([LEAST_POINTS, *known])
    return low - 0.2 * (high - low), high + 0.2 * (high - low)


def _panel(axes: Axes, rows: Sequence[Change], value: str, limits: tuple[float, float]) -> None:
    """Draw one value's changes; pale what is not beyond luck."""
    plain_axes(axes, grid="x").set(ylim=(len(rows) - 0.5, -0.5), yticks=[], xlim=limits)
    axes.axvline(0, color=SOFT, linewidth=0.8, zorder=2)
    for row, change in enumerate(rows):
        mean, low, high = (100.0 * part for part in change.difference[value])
        if mean != mean:
            continue
        is_gain, is_real = mean >= 0, beyond_luck(change.difference[value])
        color = (BLUE if is_gain else ORANGE) if is_real else (FADED_BLUE if is_gain else FADED_ORANGE)
        axes.hlines(row, low, high, color=color, linewidth=2.0, zorder=3)
        axes.plot(mean, row, "o", color=color, markersize=7.0, markeredgecolor="white", zorder=4)
        end = min(low, mean) if mean < 0 else max(high, mean)
        if end == end:
            note(axes, in_points(mean), (end, row), (-6 if mean < 0 else 6, 0), ha="right" if mean < 0 else "left")
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10], integer=True))

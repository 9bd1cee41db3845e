"""The picture of shocks: contributors around the shock, with it and without, a small panel a scenario and shock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.analysis.shocks import Shaken, Shocks
from adoptsim.analysis.shocks_words import caption, headline, percent
from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.domain.shocks import SHOCKS
from adoptsim.report.drawing import (
    FAINT,
    INK,
    ORANGE,
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

LEFT, RIGHT, ABOVE, BELOW = 1.05, 0.35, 1.75, 0.85  # inches
WIDE, TALL, GAP_X, GAP_Y = 2.95, 1.75, 0.3, 0.75
MOST_COLUMNS, MOST_ROWS = 5, 6
LEAST_WIDTH = 14.0
TALL_ALONE = 3.2
"""Height of the panels of a single row."""
MONTHS_BEFORE = 3


def figure_shocks(found: Shocks) -> Figure:
    """Return a panel a scenario (row) and shock (column): median and middle half of the living runs, with and without."""
    columns = list(dict.fromkeys(_shock(row) for row in found.rows))[:MOST_COLUMNS]
    names = list(dict.fromkeys(row.scenario.name for row in found.rows))[:MOST_ROWS]
    width = max(LEAST_WIDTH, LEFT + len(columns) * (WIDE + GAP_X) + RIGHT)
    tall = TALL if len(names) > 1 else TALL_ALONE
    height = ABOVE + len(names) * (tall + GAP_Y) + BELOW - 0.55
    figure = new_figure(width, height, headline(found.summary()["shocks"]), _how(found))
    wide = (width - LEFT - RIGHT) / len(columns) - GAP_X
    for line, name in enumerate(names):
        rows = [row for row in found.rows if row.scenario.name == name and _shock(row) in columns]
        most = max((most_of(row) for row in rows), default=1.0)
        for row in rows:
            place = columns.index(_shock(row))
            bottom = height - ABOVE - (line + 1) * tall - line * GAP_Y
            where = (LEFT + place * (wide + GAP_X)) / width, bottom / height, wide / width, tall / height
            axes = plain_axes(figure.add_axes(where))
            draw_panel(axes, row, most, is_left=row is rows[0], is_last=line == len(names) - 1)
            if line == 0:
                _name_column(axes, row)
            if row is rows[0]:
                _name_row(axes, name)
    return figure


def _shock(row: Shaken) -> tuple[str, int, float]:
    return row.shock.kind, row.shock.day, float(row.shock.size or 0.0)


def most_of(row: Shaken) -> float:
    """Return how high a panel's axis must go."""
    if not row.living.any():
        return float(DEFINITION.living_share)
    first = _first(row)
    return max(float(np.quantile(course[row.living, first:], 0.75, axis=0).max()) for course in (row.calm, row.struck))


def _first(row: Shaken) -> int:
    return max(0, row.shock.day - MONTHS_BEFORE * MONTH_DAYS)


def draw_panel(axes: Axes, row: Shaken, most: float, *, is_left: bool, is_last: bool) -> None:
    """Draw the living runs with the shock over those without."""
    first, n_days = _first(row), row.calm.shape[1]
    month = (np.arange(first, n_days) - row.shock.day) / MONTH_DAYS
    axes.set(xlim=(month[0], max(month[-1], month[0] + 1)), ylim=(0, 1.3 * most))
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    if row.living.any():
        for course, color, line in ((row.calm, SOFT, (0, (4, 2))), (row.struck, ORANGE, "-")):
            low, middle, high = np.quantile(course[row.living, first:], (0.25, 0.5, 0.75), axis=0)
            axes.fill_between(month, low, high, color=color, alpha=0.16, linewidth=0, zorder=2)
            axes.plot(month, middle, color=color, linewidth=1.8, linestyle=line, zorder=3)
    note(axes, caption(row.summary()), (0.0, 1.0), (3, 3), xycoords="axes fraction", va="bottom", color=INK, fontsize=SMALL)
    step = next(step for step in (1, 3, 6, 12, 24, 48) if (month[-1] - month[0]) / step <= 7)
    axes.set_xticks(np.arange(np.ceil(month[0] / step) * step, month[-1] + 0.01, step))
    axes.locator_params(axis="y", nbins=4)
    percent_axis(axes)
    axes.tick_params(labelleft=is_left)
    if is_last:
        axes.set_xlabel("months since the shock", fontsize=SMALL, color=SOFT)
    axes.spines["bottom"].set_visible(True)
    axes.spines["bottom"].set_color(FAINT)


def _name_column(axes: Axes, row: Shaken) -> None:
    kind = SHOCKS[row.shock.kind]
    heading(axes, kind.title, above=36.0)
    size = f"{percent(row.shock.size or 0.0)} {kind.size_short}, day {row.shock.day}"
    note(axes, size, (0.0, 1.0), (0, 27), xycoords="axes fraction", va="center")


def _name_row(axes: Axes, name: str) -> None:
    how: dict[str, Any] = {"ha": "center", "rotation": 90, "color": INK, "fontsize": TEXT, "fontweight": "bold"}
    note(axes, name, (0.0, 0.5), (-44, 0), xycoords="axes fraction", **how)


def _how(found: Shocks) -> str:
    rows: Sequence[Shaken] = found.rows
    people = "employees who contributed within a month: median and middle half of the living runs"
    runs = f"{plural(len(rows[0].living), 'run')} each, seed {found.seed}"
    return f"Share of {people}; orange with the shock, grey without.  {runs}"

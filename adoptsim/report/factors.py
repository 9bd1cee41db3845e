"""Sweeps that are no bundles: the probability of critical mass by what was varied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.domain.intervals import wilson
from adoptsim.report.drawing import (
    BLUE,
    PALE_BLUE,
    SERIES,
    SMALL,
    SOFT,
    factor_title,
    heading,
    new_figure,
    note,
    percent,
    percent_axis,
    plain_axes,
    plural,
)
from adoptsim.report.words import mass_words

MOST_LINES = 6
MOST_PANELS = 12
PANELS_A_ROW = 4


def figure_factors(frame: pd.DataFrame) -> Figure:
    """Return the probability of critical mass by factor: one factor, two as lines, or a panel for each of more."""
    factors = [name for name in frame.attrs.get("factors", []) if name in frame]
    known = frame[frame["reached"].notna()]
    if known.empty or not factors:
        return new_figure(10.0, 2.0, "No run has been finished yet", subtitle(frame))
    lines = [name for name in factors if known[name].nunique() <= MOST_LINES]
    if len(factors) == 1:
        return _one_panel(known, factors[0], None)
    if len(factors) == 2 and lines:
        line = lines[-1]
        return _one_panel(known, next(name for name in factors if name != line), line)
    return _panel_each(known, factors[:MOST_PANELS])


def subtitle(frame: pd.DataFrame) -> str:
    """Return how a sweep was made, in a sentence."""
    attrs, parts = frame.attrs, []
    if "threshold" in attrs:
        parts.append(f"Critical mass: {mass_words(attrs)} and hold it after launch support has ended")
    if "people" in attrs:
        parts.append(f"{attrs['people']:,} people, {plural(attrs['replicates'], 'run')} a point")
    if attrs.get("finished", 0) < attrs.get("runs", 0):
        parts.append(f"so far {attrs['finished']:,} of {attrs['runs']:,} runs")
    return ".  ".join(parts)


def _title(frame: pd.DataFrame) -> str:
    """Return the finding in a sentence."""
    low, high = float(frame["reached"].min()), float(frame["reached"].max())
    if low == high:
        return f"Critical mass is reached in {percent(low)} of runs at every point"
    return f"Critical mass is reached in {percent(low)} of runs at worst and {percent(high)} at best"


def _one_panel(frame: pd.DataFrame, along: str, line: str | None) -> Figure:
    """Return one panel: the probability along a factor, one line a level of another."""
    figure = new_figure(10.0, 5.6, _title(frame), subtitle(frame))
    axes = _chance_axes(figure, (0.085, 0.12, 0.72 if line else 0.86, 0.62))
    heading(axes, "Probability of critical mass")
    axes.set_xlabel(_title_of(along), fontsize=SMALL + 1, color=SOFT, labelpad=8)
    places = _places(frame[along])
    _ticks(axes, places)
    if line is None:
        _line(axes, frame, along, places, BLUE, None)
        return figure
    ends = []
    for level, color in zip(dict.fromkeys(frame[line]), SERIES, strict=False):
        part = frame[frame[line] == level]
        ends.append((_line(axes, part, along, places, color, 0.12), _level(level), color))
    _name_lines(axes, ends, _title_of(line))
    return figure


def _line(
    axes: Axes, part: pd.DataFrame, along: str, places: dict[Any, float], color: str, band: float | None
) -> tuple[float, float]:
    """Draw the probability with its interval; return the line's end."""
    part = part.assign(_place=part[along].map(places)).sort_values("_place")
    x = part["_place"].to_numpy(dtype=np.float64)
    if band is None:
        axes.vlines(x, part["reached_low"], part["reached_high"], color=PALE_BLUE, linewidth=6.0, zorder=2)
    else:
        axes.fill_between(x, part["reached_low"], part["reached_high"], color=color, alpha=band, linewidth=0, zorder=2)
    style = "o-" if _is_number(part[along]) or band is not None else "o"
    axes.plot(x, part["reached"], style, color=color, markersize=6.5, markeredgecolor="white", zorder=3)
    return float(x[-1]), float(part["reached"].iloc[-1])


def _name_lines(axes: Axes, ends: Sequence[tuple[tuple[float, float], str, str]], title: str) -> None:
    """Write each line's name at its end, the names apart from each other."""
    last, apart = -1.0, 0.055
    placed = []
    for (x, y), name, color in sorted(ends, key=lambda end: end[0][1]):
        last = max(y, last + apart)
        placed.append((x, last, name, color))
    shift = max(0.0, last - 1.0)
    for x, y, name, color in placed:
        note(axes, name, (x, y - shift), (10, 0), color=color, fontweight="bold")
    note(axes, title, (placed[-1][0], placed[-1][1] - shift + 1.3 * apart), (10, 0))


def _panel_each(frame: pd.DataFrame, factors: Sequence[str]) -> Figure:
    """Return a panel a factor: the mean probability at each level, over all levels of the others."""
    high = -(-len(factors) // PANELS_A_ROW)
    wide = -(-len(factors) // high)
    width, height = max(10.0, 0.6 + 3.4 * wide), 1.2 + 2.8 * high
    figure = new_figure(width, height, _title(frame), subtitle(frame))
    for place, factor in enumerate(factors):
        row, column = divmod(place, wide)
        bottom, left = height - 1.2 - 2.8 * (row + 1) + 0.5, 0.75 + 3.4 * column
        axes = _chance_axes(figure, (left / width, bottom / height, 2.8 / width, 1.9 / height))
        heading(axes, _title_of(factor))
        _mean_by_level(axes, frame, factor)
        if column:
            axes.set_yticklabels([])
    return figure


def _mean_by_level(axes: Axes, frame: pd.DataFrame, factor: str) -> None:
    places = _places(frame[factor])
    _ticks(axes, places)
    chances = {}
    for level, part in frame.groupby(factor, sort=False):
        chances[places[level]] = wilson(round(float((part["reached"] * part["n"]).sum())), int(part["n"].sum()))
    x = sorted(chances)
    axes.vlines(x, [chances[at].low for at in x], [chances[at].high for at in x], color=PALE_BLUE, linewidth=6.0, zorder=2)
    style = "o-" if _is_number(frame[factor]) else "o"
    axes.plot(x, [chances[at].value for at in x], style, color=BLUE, markersize=6.5, markeredgecolor="white", zorder=3)


def _chance_axes(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    axes = plain_axes(figure.add_axes(place))
    axes.set(ylim=(-0.03, 1.03), yticks=np.arange(0, 1.01, 0.25))
    percent_axis(axes)
    return axes


def _places(levels: pd.Series) -> dict[Any, float]:
    """Return where each level stands: a number at itself, anything else in its order."""
    distinct = list(dict.fromkeys(levels))
    if _is_number(levels):
        return {level: float(level) for level in sorted(distinct)}
    return {level: float(place) for place, level in enumerate(distinct)}


def _is_number(levels: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(levels) and levels.dtype != bool


def _ticks(axes: Axes, places: dict[Any, float]) -> None:
    values = list(places.values())
    span = max(values) - min(values) or 1.0
    axes.set_xlim(min(values) - 0.06 * span - 0.01, max(values) + 0.06 * span + 0.01)
    step = -(-len(values) // 10)
    axes.set_xticks(values[::step], [_level(level) for level in list(places)[::step]])


def _title_of(factor: str) -> str:
    """Return a factor's title; of a practice's detail with the practice: "A safe space: start"."""
    parts = factor.split(".")
    title = factor_title(".".join(parts[:2]))[0]
    return f"{title}: {parts[2].replace('_', ' ')}" if len(parts) > 2 else title


def _level(level: Any) -> str:
    if isinstance(level, bool | np.bool_):
        return "on" if level else "off"
    return f"{level:g}" if isinstance(level, int | float | np.number) else str(level)

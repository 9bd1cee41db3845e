"""The picture of the main job: which bundles of practices reach critical mass, all of them on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PALE_BLUE,
    SMALL,
    SOFT,
    TEXT,
    factor_title,
    heading,
    new_figure,
    note,
    percent,
    percent_axis,
    plain_axes,
    plural,
)
from adoptsim.report.factors import figure_factors, subtitle
from adoptsim.sweeps.results import SUFFICIENT, on_off_factors, practice_effects, rank, smallest_sufficient

MOST_SHOWN = 24
LEAST_POINTS = 5.0  # of the axis of what a practice adds, so that noise does not look like an effect
MOST_CELLS = 64  # as long as bundles are few each has its own; else a cell is the mean of its neighbours
POOLED_CELLS = 32
SHARE_HAVING = LinearSegmentedColormap.from_list("share", ["#f4f6f8", PALE_BLUE, BLUE])
HOW_TO_READ = """A dot is the median bundle of so many
practices, the thick line the middle half,
the thin line all of them.
Pale blue beside a line: 95 % interval.

The panels of a row share their axis:
above, how often critical mass is reached;
below, the practices, strongest first."""
WIDTH, TOP, ROW = 15.0, 3.3, 0.33  # inches


def figure_bundles(frame: pd.DataFrame, probability: float = SUFFICIENT) -> Figure:
    """Return the picture of a sweep that switches practices on and off; other sweeps get `figure_factors`.

    Above, the probability of critical mass: by number of practices, of all bundles sorted, of the smallest bundles that
    suffice. Below, a row a practice: what it adds, how common it is among bundles of that rank, which bundles have it.
    """
    switches = on_off_factors(frame)
    if len(switches) < 2 or set(switches) != set(frame.attrs.get("factors", switches)):
        return figure_factors(frame)
    known = rank(frame[frame["reached"].notna()])
    if known.empty:
        return figure_factors(frame)
    effects = _effects(known)
    rows = sorted(switches, key=lambda name: effects[name])  # the strongest on top
    smallest = smallest_sufficient(known, probability)
    shown, what = _shown(known, smallest)
    height = 2.65 + TOP + ROW * len(rows)
    figure = new_figure(WIDTH, height, _title(known, smallest, probability), subtitle(frame))
    top, below = _panels(figure, height, len(rows))
    _by_number(top[0], known)
    _all_sorted(top[1], known, probability)
    _chances(top[2], shown, what, probability)
    _what_each_adds(below[0], rows, effects)
    _common_among(below[1], known, rows, probability)
    _who_is_in(below[2], shown, rows)
    return figure


def _effects(known: pd.DataFrame) -> dict[str, float]:
    """Return what each practice adds to the probability, over pairs of bundles; 0 while there is no such pair."""
    pairs = practice_effects(known.assign(point=range(len(known)), replicate=0))
    return dict(zip(pairs["factor"], pairs["effect"].fillna(0.0), strict=True))


def _shown(known: pd.DataFrame, smallest: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the bundles to show one by one, and what they are: the smallest that suffice, or else the best."""
    if smallest.empty:
        best = known.head(MOST_SHOWN)
        return best, f"The best {len(best)}"
    if len(smallest) <= MOST_SHOWN:
        return smallest, "Enough, and nothing in them can be left out"
    return smallest.head(MOST_SHOWN), f"Enough with nothing to spare: {MOST_SHOWN} of {len(smallest):,}"


def _title(known: pd.DataFrame, smallest: pd.DataFrame, probability: float) -> str:
    """Return the finding in a sentence."""
    if smallest.empty:
        best = percent(float(known["reached"].max()))
        return f"None of {plural(len(known), 'bundle')} is sure to reach critical mass; the best does in {best} of runs"
    enough, least = int((known["reached_low"] >= probability).sum()), int(smallest["n_practices"].min())
    needs = "no practice at all" if least == 0 else plural(least, "practice")
    return f"{enough:,} of {plural(len(known), 'bundle')} seem enough for critical mass; the smallest needs {needs}"


def _panels(figure: Figure, height: float, n_rows: int) -> tuple[list[Axes], list[Axes]]:
    """Return the upper and the lower panels, which share their columns; places in inches."""
    bottom, gap = 0.6, 0.75
    lower, columns = ROW * n_rows, ((3.95, 1.95), (6.4, 4.0), (10.75, 3.95))
    upper_at = bottom + lower + gap

    def axes(left: float, low: float, wide: float, high: float) -> Axes:
        return figure.add_axes((left / WIDTH, low / height, wide / WIDTH, high / height))

    above = [axes(left, upper_at, wide, TOP - 0.1) for left, wide in columns]
    below = [axes(left, bottom, wide, lower) for left, wide in columns]
    for panel in above:
        plain_axes(panel).set(ylim=(-0.02, 1.02), yticks=np.arange(0, 1.01, 0.25))
        percent_axis(panel)
    for panel in above[1:]:
        panel.set_yticklabels([])
    for panel in below:
        plain_axes(panel, grid=None).set(ylim=(-0.5, n_rows - 0.5), yticks=[])
    return above, below


def _by_number(axes: Axes, known: pd.DataFrame) -> None:
    """Draw the middle half and the whole range of the probability by number of practices."""
    heading(axes, "By number of practices")
    for number in sorted(set(known["n_practices"].astype(int))):
        chances = known.loc[known["n_practices"] == number, "reached"]
        low, first, middle, third, high = np.quantile(chances, (0, 0.25, 0.5, 0.75, 1))
        axes.plot([number, number], [low, high], color=PALE_BLUE, linewidth=2.0, solid_capstyle="round", zorder=2)
        axes.plot([number, number], [first, third], color=BLUE, linewidth=6.0, solid_capstyle="butt", alpha=0.55, zorder=3)
        axes.plot(number, middle, "o", color=BLUE, markersize=5.5, markeredgecolor="white", markeredgewidth=0.8, zorder=4)
    numbers = known["n_practices"]
    axes.set_xlim(numbers.min() - 0.7, numbers.max() + 0.7)
    axes.set_xticks(range(int(numbers.min()), int(numbers.max()) + 1, 2 if numbers.max() - numbers.min() > 6 else 1))
    axes.set_xlabel("number of practices", fontsize=SMALL, color=SOFT, labelpad=4)
    axes.set_ylabel("Probability of critical mass", fontsize=SMALL, color=SOFT)
    note(axes, HOW_TO_READ, (0, 1), (-58, 2), xycoords="axes fraction", ha="right", va="top", linespacing=1.5)


def _all_sorted(axes: Axes, known: pd.DataFrame, probability: float) -> None:
    """Draw every bundle's probability with its interval, best first."""
    heading(axes, f"All {plural(len(known), 'bundle')}, best first")
    edges = np.arange(len(known) + 1) + 0.5
    low, value, high = (_steps(known[name]) for name in ("reached_low", "reached", "reached_high"))
    axes.fill_between(edges, low, high, step="post", color=PALE_BLUE, linewidth=0, zorder=2)
    axes.plot(edges, value, drawstyle="steps-post", color=BLUE, linewidth=2.0, zorder=3)
    axes.set_xlim(0.5, len(known) + 0.5)
    enough = int((known["reached_low"] >= probability).sum())
    axes.set_xticks(sorted({1, len(known)}), [f"{place:,}" for place in sorted({1, len(known)})])
    axes.set_xlabel("rank", fontsize=SMALL, color=SOFT, labelpad=4)
    if 0 < enough < len(known):
        axes.axvline(enough + 0.5, color=INK, linewidth=1.0, zorder=4)
        is_wide = enough > 0.3 * len(known)  # left of the line the band never comes below the bound
        place: dict[str, Any] = {"ha": "right", "va": "bottom"} if is_wide else {"ha": "left", "va": "top"}
        text = f"{enough:,} seem enough:\nlower bound at\nleast {percent(probability)}"
        note(axes, text, (enough + 0.5, 0.03 if is_wide else 1.0), (-6 if is_wide else 6, 0), color=INK, **place)


def _steps(values: pd.Series) -> npt.NDArray[np.float64]:
    """Return values with the last one twice, as steps are drawn."""
    known = values.to_numpy(dtype=np.float64)
    return np.append(known, known[-1])


def _chances(axes: Axes, shown: pd.DataFrame, what: str, probability: float) -> None:
    """Draw the probability, with its interval, of the bundles that are shown one by one."""
    heading(axes, what)
    places = np.arange(len(shown))
    axes.vlines(places, shown["reached_low"], shown["reached_high"], color=PALE_BLUE, linewidth=5.0, zorder=2)
    axes.plot(places, shown["reached"], "o", color=BLUE, markersize=7.0, markeredgecolor="white", zorder=3)
    axes.axhline(probability, color=INK, linewidth=1.0, zorder=1)
    axes.set_xlim(-0.6, max(len(shown), 6) - 0.4)
    axes.set_xticks(places, [str(number) for number in shown["n_practices"]])
    axes.set_xlabel("number of practices", fontsize=SMALL, color=SOFT, labelpad=4)
    note(
        axes,
        f"at least {percent(probability)}",
        (axes.get_xlim()[1], probability),
        (0, -4),
        ha="right",
        va="top",
        color=INK,
    )


def _what_each_adds(axes: Axes, rows: Sequence[str], effects: dict[str, float]) -> None:
    """Draw what each practice adds to the probability, on average over all bundles."""
    values = [100 * effects[name] for name in rows]
    axes.barh(range(len(rows)), values, height=0.56, color=[BLUE if value >= 0 else ORANGE for value in values])
    axes.axvline(0, color=SOFT, linewidth=0.8)
    low, high = min(0.0, *values), max(0.0, *values, LEAST_POINTS)
    axes.set_xlim(low - (0.22 * (high - low) if round(low) else 0.0), high + 0.22 * (high - low))
    axes.set_xticks([])
    for row, (name, value) in enumerate(zip(rows, values, strict=True)):
        is_less = round(value) < 0
        how: dict[str, Any] = {"ha": "right" if is_less else "left", "color": INK}
        note(
            axes,
            f"{value:+.0f}" if round(value) else "0",
            (value if round(value) else max(value, 0.0), row),
            (-4 if is_less else 4, 0),
            **how,
        )
        _name_row(axes, name, row)
    axes.set_xlabel("adds to the probability, in points", fontsize=SMALL, color=SOFT, labelpad=6)


def _name_row(axes: Axes, factor: str, row: int) -> None:
    """Write a row's name left of it, a practice with its number."""
    title, number = factor_title(factor)
    how: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right", "color": INK, "fontsize": TEXT}
    note(axes, title, (0, row), (-30 if number else -12, 0), **how)
    note(axes, number, (0, row), (-12, 0), **how)


def _common_among(axes: Axes, known: pd.DataFrame, rows: Sequence[str], probability: float) -> None:
    """Draw how common each practice is among bundles of a rank: one cell a few neighbours."""
    n_cells = len(known) if len(known) <= MOST_CELLS else POOLED_CELLS
    parts = np.array_split(known[list(rows)].to_numpy(dtype=np.float64), n_cells)
    shares = np.array([part.mean(axis=0) for part in parts]).T
    edges = np.concatenate(([0.5], np.cumsum([len(part) for part in parts]) + 0.5))
    axes.pcolormesh(edges, np.arange(len(rows) + 1) - 0.5, shares, cmap=SHARE_HAVING, vmin=0.0, vmax=1.0, rasterized=False)
    for line in range(1, len(rows)):
        axes.axhline(line - 0.5, color="white", linewidth=3.0)
    enough = int((known["reached_low"] >= probability).sum())
    if 0 < enough < len(known):
        axes.axvline(enough + 0.5, color=INK, linewidth=1.0)
    axes.set_xticks([])
    axes.set_xlabel("how many bundles of that rank have it:  pale none, blue all", fontsize=SMALL, color=SOFT, labelpad=6)


def _who_is_in(axes: Axes, shown: pd.DataFrame, rows: Sequence[str]) -> None:
    """Draw which practices each of the shown bundles has: a dot each, joined by a line."""
    axes.set_xlim(-0.6, max(len(shown), 6) - 0.4)
    for row in range(0, len(rows), 2):
        axes.axhspan(row - 0.5, row + 0.5, color="#f6f7f9", linewidth=0)
    has = shown[list(rows)].to_numpy(dtype=bool)
    size = 62 if len(shown) > 16 else 80
    for place, members in enumerate(has):
        inside = np.flatnonzero(members)
        axes.scatter(np.full(len(rows), place), range(len(rows)), s=size * 0.35, color=FAINT, linewidth=0, zorder=2)
        axes.scatter(np.full(len(inside), place), inside, s=size, color=INK, linewidth=0, zorder=4)
        if len(inside):
            axes.plot([place, place], [inside[0], inside[-1]], color=INK, linewidth=1.6, zorder=3)
    axes.set_xticks([])
    axes.set_xlabel("practices in the bundle", fontsize=SMALL, color=SOFT, labelpad=6)

"""Pictures sized for a page: each drawn once for a column or paper, once for a telephone, and said in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from adoptsim.analysis.frontier import Frontier
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.report.drawing import (
    BLUE,
    INK,
    ORANGE,
    PALE_BLUE,
    SERIES,
    SMALL,
    SOFT,
    PlainFigure,
    note,
    percent,
    percent_axis,
    plain_axes,
    plural,
)
from adoptsim.report.frontier import WHOSE_HOURS
from adoptsim.report.html import Key, Picture
from adoptsim.report.verdict import day_support_ends
from adoptsim.simulation import Result

if TYPE_CHECKING:
    import pandas as pd

WIDE, NARROW = (7.3, 3.6), (3.75, 3.1)  # inches: a column of text or A4, and a telephone
MARGINS = {"left": 0.5, "right": 0.12, "top": 0.34, "bottom": 0.46}  # inches
DASHES = ("line", "dashed", "dotted")
STYLES = {"line": "-", "dashed": (0, (6, 2.5)), "dotted": (0, (1.5, 1.8))}
HALO = [withStroke(linewidth=2.6, foreground="white")]
WEEK_DAYS = 5
MOST_NAMED = len(ascii_uppercase)
Size = tuple[float, float]
Draw = Callable[[Axes, bool], None]


def both(draw: Draw, wide: Size = WIDE, narrow: Size = NARROW) -> tuple[Figure, Figure]:
    """Return a drawing at both widths; ``draw`` is told whether it is the narrow one."""
    return _drawn(draw, wide, is_narrow=False), _drawn(draw, narrow, is_narrow=True)


def _drawn(draw: Draw, size: Size, *, is_narrow: bool) -> Figure:
    figure, axes = page_axes(size, **MARGINS)
    draw(axes, is_narrow)
    return figure


def page_axes(size: Size, *, left: float, right: float, top: float, bottom: float) -> tuple[Figure, Axes]:
    """Return a figure and axes in it, without a background; all in inches."""
    width, height = size
    figure = PlainFigure(figsize=size)
    figure.patch.set_visible(False)
    return figure, figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))


def adoption(results: Sequence[Result], names: Sequence[str]) -> Picture:
    """Return contributors month by month: of one scenario with bands, of several with the middle half of each."""
    shown = list(results)[: len(SERIES)]
    looks = [(color, DASHES[place % len(DASHES)]) for place, color in enumerate(SERIES[: len(shown)])]
    single = len(shown) == 1

    def draw(axes: Axes, is_narrow: bool) -> None:
        _time_axes(axes, shown, is_narrow=is_narrow)
        for result, (color, look) in zip(shown, looks, strict=True):
            _history(axes, result, color, STYLES[look], single=single)

    wide, narrow = both(draw)
    rule = percent(shown[0].scenario.critical_mass.threshold)
    if single:
        bands = [Key("band", "#9cc6e0", "half of the runs"), Key("band", "#dbeaf5", "nine tenths of the runs")]
        keys = [Key("line", BLUE, "the median run"), *bands, Key("dashed", INK, f"critical mass, {rule} of staff")]
        words = contributors_words(shown[0])
    else:
        keys = [Key(look, color, name) for name, (color, look) in zip(names, looks, strict=False)]
        keys.append(Key("dashed", INK, f"critical mass, {rule} of staff"))
        words = " ".join(f"Under {name} contributors {_course(result)}." for name, result in zip(names, shown, strict=False))
    shades = "" if single else "Lines: the median run of each; shades: the middle half of its runs."
    return Picture("adoption", words, wide, narrow, keys, shades)


def contributors_words(result: Result) -> str:
    """Return how the median run goes, and between which shares most runs end."""
    low, high = np.quantile(result.contributor_share[:, -1], (0.05, 0.95))
    between = f"Nine tenths of the runs end between {percent(float(low))} and {percent(float(high))}."
    return f"In the median run contributors {_course(result)}. {between}"


def _course(result: Result) -> str:
    """Return from where to where the median run goes, when it passes critical mass and whether it keeps it."""
    middle, threshold = np.median(result.contributor_share, axis=0), result.scenario.critical_mass.threshold
    first, last = float(middle[min(MONTH_DAYS, len(middle)) - 1]), float(middle[-1])
    moves = "rise" if last > first + 0.005 else "fall" if last < first - 0.005 else "go"
    ways = f"from {percent(first)} of staff after the first month to {percent(last)} at the end"
    return f"{moves} {ways}, {_passing(middle, threshold)}"


def _passing(middle: np.ndarray[Any, Any], threshold: float) -> str:
    above = middle >= threshold
    if not above.any():
        return f"never reaching the {percent(threshold)} of critical mass (at most {percent(float(middle.max()))})"
    week = int(np.argmax(above)) // WEEK_DAYS + 1
    passes = f"passing the {percent(threshold)} of critical mass in week {week}"
    if above[-1]:
        return passes
    lost = int(np.flatnonzero(above)[-1] + 1) // WEEK_DAYS + 1
    return f"{passes} and falling below it for good in week {lost}"


def _time_axes(axes: Axes, results: Sequence[Result], *, is_narrow: bool) -> None:
    plain_axes(axes)
    months = max(result.counts.shape[1] for result in results) / MONTH_DAYS
    highest = max(float(np.quantile(result.contributor_share, 0.95, axis=0).max()) for result in results)
    rule = results[0].scenario.critical_mass.threshold
    end = day_support_ends(result.scenario for result in results)
    axes.set(xlim=(0, months), ylim=(0, min(1.0, 1.15 * max(highest, 1.25 * rule))))
    step = next(step for step in (1, 3, 6, 12, 24) if months / step <= (7 if is_narrow else 13))
    axes.set_xticks(np.arange(0, months + 0.01, step))
    axes.set_xlabel("month", fontsize=SMALL, color=SOFT, loc="right", labelpad=2)
    percent_axis(axes)
    note(axes, "contributors, share of staff", (0, 1), (-30, 12), xycoords="axes fraction")
    axes.axhline(rule, color=INK, linewidth=1.1, linestyle=(0, (5, 3)), zorder=4)
    if end is not None and end / MONTH_DAYS < months:
        axes.axvline(end / MONTH_DAYS, color=INK, linewidth=0.9, zorder=1)
        text = "support ends" if is_narrow else "launch support ends"
        note(axes, text, (end / MONTH_DAYS, axes.get_ylim()[1]), (4, -2), color=INK, va="top", path_effects=HALO, zorder=7)


def _history(axes: Axes, result: Result, color: str, style: Any, *, single: bool) -> None:
    month = (np.arange(result.counts.shape[1]) + 1.0) / MONTH_DAYS
    low, first, middle, third, high = np.quantile(result.contributor_share, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    if single:
        axes.fill_between(month, low, high, color="#dbeaf5", linewidth=0, zorder=2)
    axes.fill_between(month, first, third, color="#9cc6e0" if single else color, alpha=1 if single else 0.16, lw=0, zorder=3)
    axes.plot(month, middle, color=color, linewidth=2.2, linestyle=style, zorder=5)


def chances(frame: pd.DataFrame, probability: float) -> Picture:
    """Return the probability of critical mass of every bundle with its interval, best first."""
    known = frame[frame["reached"].notna()].sort_values("reached", ascending=False, kind="stable")
    enough = int((known["reached_low"] >= probability).sum())

    def draw(axes: Axes, is_narrow: bool) -> None:
        plain_axes(axes).set(xlim=(0.5, len(known) + 0.5), ylim=(0, 1.02), yticks=np.arange(0, 1.01, 0.25))
        percent_axis(axes)
        edges = np.arange(len(known) + 1) + 0.5
        low, value, high = (
            np.append(known[name], known[name].iloc[-1]) for name in ("reached_low", "reached", "reached_high")
        )
        axes.fill_between(edges, low, high, step="post", color=PALE_BLUE, linewidth=0, zorder=2)
        axes.plot(edges, value, drawstyle="steps-post", color=BLUE, linewidth=2.0, zorder=3)
        axes.axhline(probability, color=INK, linewidth=1.0, linestyle=(0, (5, 3)), zorder=4)
        axes.set_xticks(sorted({1, len(known)}), [f"{place:,}" for place in sorted({1, len(known)})])
        first, *last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        for label in last:
            label.set_horizontalalignment("right")
        axes.set_xlabel("bundles, best first", fontsize=SMALL, color=SOFT, labelpad=-6)
        note(axes, "chance of critical mass", (0, 1), (-30, 12), xycoords="axes fraction")

    values = known["reached"]
    words = (
        f"The chance of critical mass of {plural(len(known), 'bundle')} falls from {percent(float(values.iloc[0]))} for the "
        f"best to {percent(float(values.iloc[-1]))}; the middle one has {percent(float(values.median()))}. "
        f"{f'{enough:,} have' if enough else 'None has'} an interval wholly above {percent(probability)}."
    )
    keys = [
        Key("line", BLUE, "chance of a bundle"),
        Key("band", PALE_BLUE, "95 % interval"),
        Key("dashed", INK, f"enough: the interval lies above {percent(probability)}"),
    ]
    return Picture("chances", words, *both(draw), keys)


def what_hours_buy(frontier: Frontier) -> Picture:
    """Return every bundle's hours and chance; those that no other beats have the letters of a table."""

    def draw(axes: Axes, is_narrow: bool) -> None:
        plain_axes(axes).set(ylim=(-0.03, 1.04), yticks=np.arange(0, 1.01, 0.25))
        percent_axis(axes)
        _dots(axes, frontier.hours, frontier.reached)
        hours, reached = ([getattr(bundle, name).value for bundle in frontier.bundles] for name in ("hours", "reached"))
        end = 1.03 * float(frontier.hours.max())
        axes.step([*hours, end], [*reached, reached[-1]], where="post", color=BLUE, linewidth=1.4, zorder=3)
        axes.plot(hours, reached, "o", color=BLUE, markersize=6.0, markeredgecolor="white", linestyle="", zorder=5)
        axes.axhline(frontier.probability, color=INK, linewidth=1.0, linestyle=(0, (5, 3)), zorder=1)
        axes.set_xlim(min(0.0, -0.04 * end), end)
        ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= end][:: 2 if is_narrow else 1]
        axes.set_xticks(ticks, [f"{tick:,.0f}" for tick in ticks])
        axes.set_xlabel("hours a month" if is_narrow else WHOSE_HOURS[frontier.cost], fontsize=SMALL, color=SOFT, labelpad=4)
        note(axes, "chance of critical mass", (0, 1), (-30, 12), xycoords="axes fraction")
        _letters(axes, frontier, apart=0.1 if is_narrow else 0.07)
        _cheapest(axes, frontier)

    keys = [
        Key("dot", BLUE, "no other bundle reaches it as often for fewer hours (letters: table below)"),
        Key("dot", "#b9c0c8", "all other bundles"),
        Key("dashed", INK, f"enough: {percent(frontier.probability)}"),
    ]
    if frontier.cheapest is not None:
        keys.append(Key("ring", ORANGE, "cheapest that is enough"))
    return Picture("frontier", _hours_words(frontier), *both(draw, (7.3, 4.0), (3.75, 3.4)), keys)


def _dots(axes: Axes, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> None:
    """Draw a cloud as one line of dots without length: a thousand markers would each be an element of the page."""
    gap = np.full(len(x), np.nan)
    line = np.column_stack([x, x, gap]).ravel(), np.column_stack([y, y, gap]).ravel()
    (cloud,) = axes.plot(*line, color="#b9c0c8", linewidth=3.0, solid_capstyle="round", zorder=2)
    cloud.get_path().should_simplify = False


def _letters(axes: Axes, frontier: Frontier, apart: float) -> None:
    """Write letters beside the bundles of the frontier, best first, where they do not cover each other."""
    last = np.inf
    for place in reversed(range(min(len(frontier.bundles), MOST_NAMED))):
        bundle = frontier.bundles[place]
        if last - bundle.reached.value >= apart:
            last = bundle.reached.value
            how: dict[str, Any] = {"ha": "right", "va": "bottom", "color": INK, "fontweight": "bold", "path_effects": HALO}
            note(axes, ascii_uppercase[place], (bundle.hours.value, last), (-4, 2), zorder=6, **how)


def _cheapest(axes: Axes, frontier: Frontier) -> None:
    if frontier.cheapest is not None:
        at = (frontier.cheapest.hours.value, frontier.cheapest.reached.value)
        look: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": ORANGE, "markeredgewidth": 2.0}
        axes.plot(*at, "o", markersize=11.0, zorder=7, **look)


def _hours_words(frontier: Frontier) -> str:
    least, most = frontier.bundles[0], frontier.bundles[-1]
    says = (
        f"More hours buy a better chance: from {percent(least.reached.value)} for {least.hours.value:,.0f} hours a month "
        f"to {percent(most.reached.value)} for {most.hours.value:,.0f}."
    )
    if frontier.cheapest is None:
        return f"{says} None is sure to reach {percent(frontier.probability)}."
    cheapest = frontier.cheapest
    return (
        f"{says} The cheapest that is sure to reach {percent(frontier.probability)} takes {cheapest.hours.value:,.0f} "
        f"hours a month and {plural(len(cheapest.practices), 'practice')}."
    )

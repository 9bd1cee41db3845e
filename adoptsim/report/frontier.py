"""The picture of what more hours buy: every bundle's hours and chance, those that no other beats, and whose hours."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from adoptsim.analysis.frontier import Frontier, Priced
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PALE_BLUE,
    SERIES,
    SMALL,
    SOFT,
    heading,
    new_figure,
    note,
    percent,
    percent_axis,
    plain_axes,
    plural,
)

WIDTH, HEIGHT = 14.5, 7.6  # inches
OTHERS = "#b9c0c8"
WHOSE_HOURS = {
    "all": "hours a month of everybody, on the platform and for the practices",
    "practices": "hours a month for the practices",
    "leaders": "hours a month of senior leaders",
    "champions": "hours a month of champions",
    "employees": "hours a month of all other employees",
    "organisers": "hours a month of those who organise the practices",
}
HALO = [withStroke(linewidth=2.6, foreground="white")]
BAR, APART = 0.034, 0.042  # of the axis of the chance


def figure_frontier(frontier: Frontier) -> Figure:
    """Return the frontier, its bundles labelled by their practices' numbers; beside each, whose hours it takes."""
    figure = new_figure(WIDTH, HEIGHT, _title(frontier), _subtitle(frontier))
    has_roles = bool(frontier.bundles[0].by_role)
    wide = 8.2 if has_roles else 12.9
    axes = figure.add_axes((0.85 / WIDTH, 0.75 / HEIGHT, wide / WIDTH, (HEIGHT - 2.35) / HEIGHT))
    _chance_axes(axes)
    _all_bundles(axes, frontier)
    named = _named(frontier)
    for bundle in frontier.bundles:
        _bundle(axes, bundle, is_named=bundle in named)
    _enough(axes, frontier)
    if has_roles:
        beside = figure.add_axes((9.75 / WIDTH, 0.75 / HEIGHT, 4.35 / WIDTH, (HEIGHT - 2.35) / HEIGHT))
        _chance_axes(beside).set_yticklabels([])
        _whose(beside, frontier)
    return figure


def _title(frontier: Frontier) -> str:
    """Return the finding in a sentence."""
    cheapest, asked = frontier.cheapest, percent(frontier.probability)
    if cheapest is None:
        return f"No bundle is sure to reach critical mass in at least {asked} of runs, however many hours it takes"
    hours, n = f"{cheapest.hours.value:,.0f} hours a month", len(cheapest.practices)
    return f"The cheapest bundle that seems enough takes {hours} and {plural(n, 'practice')}"


def _subtitle(frontier: Frontier) -> str:
    return (
        f"Enough: the lower bound of the chance of critical mass is at least {percent(frontier.probability)}.  "
        f"{plural(len(frontier.hours), 'bundle')}, hours of all {frontier.people:,} people.  "
        "Blue: no other bundle reaches it as often for fewer hours"
    )


def _chance_axes(axes: Axes) -> Axes:
    plain_axes(axes).set(ylim=(-0.04, 1.04), yticks=np.arange(0, 1.01, 0.25))
    percent_axis(axes)
    return axes


def _all_bundles(axes: Axes, frontier: Frontier) -> None:
    """Draw every bundle as a faint dot, and the frontier as a stair."""
    axes.scatter(frontier.hours, frontier.reached, s=9, color=OTHERS, alpha=0.55, linewidth=0, zorder=2)
    hours, reached = ([getattr(bundle, name).value for bundle in frontier.bundles] for name in ("hours", "reached"))
    end = 1.03 * float(frontier.hours.max())
    axes.step([*hours, end], [*reached, reached[-1]], where="post", color=BLUE, linewidth=1.4, zorder=3)
    axes.set_xlim(-0.14 * end, end)
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= end]
    axes.set_xticks(ticks, [f"{tick:,.0f}" for tick in ticks])
    axes.set_xlabel(WHOSE_HOURS[frontier.cost], fontsize=SMALL, color=SOFT, labelpad=6)
    heading(axes, "Chance of critical mass by hours", above=10.0)


def _named(frontier: Frontier) -> list[Priced]:
    """Return the bundles whose names do not cover each other, best first."""
    named: list[Priced] = []
    for bundle in reversed(frontier.bundles):
        if not named or named[-1].reached.value - bundle.reached.value >= APART:
            named.append(bundle)
    return named


def _bundle(axes: Axes, bundle: Priced, *, is_named: bool) -> None:
    """Draw a bundle of the frontier with both its intervals, and its practices' numbers left of it."""
    hours, reached = bundle.hours, bundle.reached
    axes.vlines(hours.value, reached.low, reached.high, color=PALE_BLUE, linewidth=3.0, zorder=1)
    axes.hlines(reached.value, hours.low, hours.high, color=PALE_BLUE, linewidth=3.0, zorder=1)
    axes.plot(hours.value, reached.value, "o", color=BLUE, markersize=7.0, markeredgecolor="white", zorder=5)
    if not is_named:
        return
    numbers = " ".join(str(PRACTICES[name].number) for name in bundle.practices) or "none"
    how: dict[str, Any] = {"ha": "right", "va": "bottom", "color": INK, "path_effects": HALO, "zorder": 6}
    note(axes, numbers, (hours.value, reached.value), (-6, 2), **how)


def _enough(axes: Axes, frontier: Frontier) -> None:
    """Mark the cheapest bundle that is enough, and the chance that was asked for."""
    axes.axhline(frontier.probability, color=INK, linewidth=1.0, zorder=1)
    right = axes.get_xlim()[1]
    text = f"at least {percent(frontier.probability)}"
    note(axes, text, (right, frontier.probability), (-2, 3), ha="right", va="bottom", color=INK, path_effects=HALO)
    if frontier.cheapest is None:
        return
    at = (frontier.cheapest.hours.value, frontier.cheapest.reached.value)
    axes.plot(*at, "o", markersize=13.0, markerfacecolor="none", markeredgecolor=ORANGE, markeredgewidth=2.0, zorder=7)
    text = "cheapest that seems enough:\nits interval lies above the line"
    how: dict[str, Any] = {"color": ORANGE, "fontweight": "bold", "path_effects": HALO, "va": "top", "zorder": 7}
    note(axes, text, at, (12, -8), **how)


def _whose(axes: Axes, frontier: Frontier) -> None:
    """Draw whose hours each bundle of the frontier takes, at the height of its chance."""
    roles = list(frontier.bundles[0].by_role)
    for bundle in _named(frontier):
        start = 0.0
        for role, color in zip(roles, SERIES, strict=False):
            axes.barh(bundle.reached.value, bundle.by_role[role], left=start, height=BAR, color=color, linewidth=0, zorder=2)
            start += bundle.by_role[role]
        note(axes, f"{start:,.0f}", (start, bundle.reached.value), (4, 0))
    axes.set_xlim(0, 1.12 * max(sum(bundle.by_role.values()) for bundle in frontier.bundles))
    axes.set_xticks([])
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_xlabel("hours a month by role, of the bundles named beside", fontsize=SMALL, color=SOFT, labelpad=6)
    heading(axes, "Whose hours", above=10.0)
    for row, (role, color) in enumerate(zip(roles, SERIES, strict=False)):
        at = (0.70, 0.30 - 0.055 * row)
        note(axes, "\u25a0", at, (-12, 0), xycoords="axes fraction", color=color, fontsize=SMALL + 3)
        note(axes, role, at, xycoords="axes fraction", color=INK)

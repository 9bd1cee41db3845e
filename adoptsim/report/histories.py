"""What happens over time: contributors by month over all replicates, one scenario or several side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.engine.state import COUNT
from adoptsim.report.drawing import (
    BLUE,
    INK,
    SERIES,
    SMALL,
    SOFT,
    heading,
    new_figure,
    note,
    percent,
    percent_axis,
    plain_axes,
)
from adoptsim.report.verdict import day_support_ends
from adoptsim.simulation import Result

Floats = npt.NDArray[np.float64]
MOST_SINGLE_RUNS = 40
MOST_COMPARED = len(SERIES)


def figure_run(result: Result) -> Figure:
    """Return contributors month by month: the median, half and nine tenths of all runs, and what to reach."""
    figure = new_figure(11.0, 6.0, _verdict(result), _how(result))
    axes = _time_axes(figure, (0.07, 0.11, 0.735, 0.66), [result])
    heading(axes, "Share of staff")
    month, share = _months(result), result.contributor_share
    low, first, middle, third, high = np.quantile(share, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    axes.fill_between(month, low, high, color=BLUE, alpha=0.13, linewidth=0, zorder=2)
    axes.fill_between(month, first, third, color=BLUE, alpha=0.25, linewidth=0, zorder=3)
    if _is_mixed(result):
        for run in share[:MOST_SINGLE_RUNS]:
            axes.plot(month, run, color=BLUE, alpha=0.25, linewidth=0.6, zorder=4)
    axes.plot(month, middle, color=BLUE, linewidth=2.4, zorder=5)
    visitors = _by_month(np.median(result.counts[:, :, COUNT.visitors] / result.people, axis=0))
    axes.plot(month, visitors, color=SOFT, linewidth=1.1, alpha=0.7, zorder=3)
    ends = {"contributors (median)": (float(middle[-1]), BLUE), "visitors a day": (float(visitors[-1]), SOFT)}
    _names_at_end(axes, month[-1], ends | _critical_mass(axes, [result]))
    shades = "Dark shade: half of the runs;\nlight shade: nine tenths" + (
        ";\nthin lines: single runs" if _is_mixed(result) else ""
    )
    note(axes, shades, (1.0, 0.0), (10, 0), xycoords="axes fraction", va="bottom")
    return figure


def figure_compare(results: Sequence[Result]) -> Figure:
    """Return several scenarios in one picture: contributors over time, and how often critical mass is reached."""
    shown, names = list(results)[:MOST_COMPARED], _names(results)
    figure = new_figure(13.0, 6.0, _comparison(shown, names), _how(shown[0]))
    axes = _time_axes(figure, (0.06, 0.11, 0.5, 0.66), shown)
    heading(axes, "Contributors, share of staff: median and middle half of the runs")
    ends = {}
    for result, name, color in zip(shown, names, SERIES, strict=False):
        month, (first, middle, third) = (
            _months(result),
            np.quantile(result.contributor_share, (0.25, 0.5, 0.75), axis=0),
        )
        axes.fill_between(month, first, third, color=color, alpha=0.15, linewidth=0, zorder=2)
        axes.plot(month, middle, color=color, linewidth=2.2, zorder=3)
        ends[name] = (float(middle[-1]), color)
    _names_at_end(axes, max(float(_months(result)[-1]) for result in shown), ends | _critical_mass(axes, shown))
    chances = plain_axes(figure.add_axes((0.76, 0.11, 0.21, 0.66)), grid="x")
    heading(chances, "Probability of critical mass")
    _chances(chances, shown, names)
    return figure


def _chances(axes: Axes, results: Sequence[Result], names: Sequence[str]) -> None:
    """Draw each scenario's probability with its interval, in the order given."""
    for row, (result, name, color) in enumerate(zip(results, names, SERIES, strict=False)):
        reached = result.interval("reached")
        axes.plot([reached.low, reached.high], [row, row], color=color, alpha=0.3, linewidth=6.0, solid_capstyle="butt")
        axes.plot(reached.value, row, "o", color=color, markersize=9, markeredgecolor="white")
        known = reached.value == reached.value
        note(
            axes,
            f"{name}  {percent(reached.value)}" if known else f"{name}  cannot be told",
            (0, row),
            (0, 13),
            color=color,
            fontweight="bold",
        )
    axes.set(xlim=(-0.03, 1.03), xticks=(0, 0.5, 1), ylim=(len(results) - 0.5, -0.8), yticks=[])
    percent_axis(axes, "x")


def _verdict(result: Result) -> str:
    """Return the finding of a run in a sentence."""
    name, reached = _name(result), result.outcome["reached"]
    known = reached[~np.isnan(reached)]
    if len(known) == 0:
        return f"{name}: too short a time to tell whether critical mass lasts"
    hits, n = int(known.sum()), len(known)
    if hits in (0, n):
        return f"{name}: critical mass is reached in {'none of' if hits == 0 else 'all'} {n} runs"
    return f"{name}: critical mass is reached in {hits} of {n} runs ({percent(hits / n)})"


def _comparison(results: Sequence[Result], names: Sequence[str]) -> str:
    """Return the finding of a comparison in a sentence."""
    chances = [result.interval("reached").value for result in results]
    if any(chance != chance for chance in chances):
        return "Contributors under each scenario, with the same people and luck"
    best, worst = int(np.argmax(chances)), int(np.argmin(chances))
    if chances[best] == chances[worst]:
        return f"All reach critical mass in {percent(chances[best])} of runs"
    high, low = percent(chances[best]), percent(chances[worst])
    return f"{names[best]} reaches critical mass in {high} of runs, {names[worst]} in {low}"


def _how(result: Result) -> str:
    scenario = result.scenario
    share = percent(scenario.critical_mass.threshold)
    mass = f"at least {share} of staff contribute, and still do after launch support has ended"
    return f"Critical mass: {mass}.  {result.people:,} people, {len(result.replicates):,} runs, seed {result.seed}"


def _name(result: Result) -> str:
    return result.scenario.title.rstrip(".") or result.scenario.name


def _names(results: Sequence[Result]) -> list[str]:
    """Return what to call each result: its scenario's name, numbered where one comes twice."""
    names = [result.scenario.name for result in results]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})" for place, name in enumerate(names)
    ]


def _months(result: Result) -> Floats:
    return (np.arange(result.counts.shape[1]) + 1.0) / MONTH_DAYS


def _by_month(daily: Floats) -> Floats:
    """Return the mean of the last month at each day, of the days there are."""
    total = np.concatenate(([0.0], np.cumsum(daily)))
    day = np.arange(1, len(total))
    first = np.maximum(day - MONTH_DAYS, 0)
    return np.asarray((total[day] - total[first]) / (day - first))


def _is_mixed(result: Result) -> bool:
    """Return whether some runs take off and others don't, so that a median describes none of them."""
    last = result.contributor_share[:, -1]
    return len(last) > 1 and float(np.quantile(last, 0.95) - np.quantile(last, 0.05)) > 0.2


def _time_axes(figure: Figure, place: tuple[float, float, float, float], results: Sequence[Result]) -> Axes:
    axes = plain_axes(figure.add_axes(place))
    months = max(result.counts.shape[1] for result in results) / MONTH_DAYS
    highest = max(float(np.quantile(result.contributor_share, 0.95, axis=0).max()) for result in results)
    threshold = max(result.scenario.critical_mass.threshold for result in results)
    axes.set(xlim=(0, months), ylim=(0, min(1.0, 1.12 * max(highest, 1.25 * threshold))))
    step = next(step for step in (1, 3, 6, 12, 24) if months / step <= 13)
    axes.set_xticks(np.arange(0, months + 0.01, step))
    axes.set_xlabel("month", fontsize=SMALL, color=SOFT, loc="right")
    percent_axis(axes)
    return axes


def _critical_mass(axes: Axes, results: Sequence[Result]) -> dict[str, tuple[float, str]]:
    """Draw what has to be reached, and when launch support ends; return the name for the line's end."""
    scenarios = [result.scenario for result in results]
    threshold, end = scenarios[0].critical_mass.threshold, day_support_ends(scenarios)
    axes.axhline(threshold, color=INK, linewidth=1.1, linestyle=(0, (5, 3)), zorder=4)
    if end is not None and end / MONTH_DAYS < axes.get_xlim()[1]:
        axes.axvline(end / MONTH_DAYS, color=INK, linewidth=1.0, zorder=1)
        note(axes, "launch support ends", (end / MONTH_DAYS, axes.get_ylim()[1]), (5, -4), color=INK, va="top")
    return {"critical mass": (threshold, INK)}


def _names_at_end(axes: Axes, month: float, ends: dict[str, tuple[float, str]]) -> None:
    """Write each line's name at its end, the names apart from each other."""
    apart, last = 0.05 * axes.get_ylim()[1], -1.0
    for name, (value, color) in sorted(ends.items(), key=lambda end: end[1][0]):
        last = max(value, last + apart)
        note(axes, name, (month, last), (10, 0), color=color, fontweight="bold")

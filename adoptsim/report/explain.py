"""Why, as a picture: how the difference between two runs spreads, and one person's days in both."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.analysis.story import VOICE, capital
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from adoptsim.analysis.diary import Event
    from adoptsim.analysis.explain import Explanation
    from adoptsim.analysis.spread import Spread
    from adoptsim.analysis.story import Story

Floats = npt.NDArray[np.float64]
ANSWERED = frozenset(("answered", "acted", "explained", "defensive"))
ROWS: tuple[tuple[str, Callable[[Event], bool]], ...] = (
    ("looks", lambda event: event.what == "looks"),
    ("sees an idea or\nconcern answered", lambda event: event.what == "sees_answer"),
    ("replies or reacts", lambda event: event.what in {"replies", "reacts"}),
    ("keeps an idea or\nconcern back", lambda event: event.what == "silent"),
    ("posts something\nelse", lambda event: event.what == "posts" and event.content not in VOICE),
    ("posts an idea\nor concern", lambda event: event.what == "posts" and event.content in VOICE),
    ("a leader answers it", lambda event: event.what == "dealt_with" and event.outcome in ANSWERED),
)
SIDES = (BLUE, ORANGE)
"""The first run and the second."""
RARE = 40
"""Up to so many marks in a row are drawn as dots, more as thin strokes."""


def figure_explain(explanation: Explanation) -> Figure:
    """Return the spread of the difference through the staff, above one person's days under both policies."""
    figure = new_figure(12.0, 9.0, _finding(explanation.spread), _how(explanation))
    above = plain_axes(figure.add_axes((0.13, 0.585, 0.68, 0.27)))
    below = plain_axes(figure.add_axes((0.13, 0.06, 0.68, 0.375)), grid=None)
    heading(above, "Reached by the difference: median, middle half and whole range of the runs")
    draw_spread(above, explanation.spread)
    story = explanation.story
    heading(below, f"{capital(story.who)}, {story.place}", above=24.0)
    draw_days(below, story)
    for history, color, side, align in zip((story.first, story.second), SIDES, (0, 1), ("left", "right"), strict=True):
        note(below, history.run, (side, 1), (0, 12), xycoords="axes fraction", ha=align, color=color, fontweight="bold")
    for axes in (above, below):
        month_ticks(axes, explanation.spread.days)
    below.set_xlabel("Months", color=SOFT, fontsize=SMALL)
    return figure


def month_ticks(axes: Axes, days: int, *, fewer: bool = False) -> None:
    """Let an axis go over all months, with a tick every few."""
    months, step = days / MONTH_DAYS, 6 if fewer else 3
    axes.set(xlim=(0, months), xticks=np.arange(0, months + 0.01, step if months <= 36 else 12))


def _finding(spread: Spread) -> str:
    end = spread.share_on(spread.days - 1)
    if end.value == 0.0:
        return "Nobody's history differs"
    half, runs = spread.day_of(max(1, round(spread.people / 2)))
    if runs == len(spread.replicates):
        months = plural(math.ceil((half.value + 1) / MONTH_DAYS), "month")
        return f"Within {months} half of the staff have another history"
    return f"In the end {percent(end.value)} of staff have another history"


def _how(explanation: Explanation) -> str:
    spread = explanation.spread
    runs = plural(len(spread.replicates), "pair of runs", "pairs of runs")
    return f"{explanation.scenario.name} and {explanation.other.name}: the same people and luck, {runs}"


def draw_spread(axes: Axes, spread: Spread, *, named: bool = True) -> None:
    """Draw the share of staff and of departments that the difference has reached, with half and all of the runs."""
    month = (np.arange(spread.days) + 1) / MONTH_DAYS
    for share, color, name in (
        (spread.departments_reached, SOFT, "departments with\nanybody reached"),
        (spread.share, BLUE, "staff"),
    ):
        low, first, middle, third, high = np.quantile(share, (0.0, 0.25, 0.5, 0.75, 1.0), axis=0)
        axes.fill_between(month, low, high, color=color, alpha=0.12, linewidth=0)
        axes.fill_between(month, first, third, color=color, alpha=0.25, linewidth=0)
        axes.plot(month, middle, color=color, linewidth=2.2)
        if named:
            note(axes, name, (month[-1], middle[-1]), (8, 0), color=color, fontweight="bold")
    axes.set_ylim(0, 1.02)
    percent_axis(axes)


def draw_days(axes: Axes, story: Story) -> None:
    """Draw each kind of event as two rows of marks, one a run."""
    for place, (name, belongs) in enumerate(ROWS):
        axes.axhline(place - 0.5, color=FAINT, linewidth=0.8)
        sides = [[event.day for event in history.events if belongs(event)] for history in (story.first, story.second)]
        draw = _dots if max(map(len, sides)) <= RARE else _strokes
        for days, color, shift in zip(sides, SIDES, (-0.2, 0.2), strict=True):
            draw(axes, np.array(days) / MONTH_DAYS, place + shift, color)
            note(axes, f"{len(days):,}", (1.0, place + shift), (10, 0), xycoords=("axes fraction", "data"), color=color)
        note(axes, name, (0, place), (-10, 0), xycoords=("axes fraction", "data"), ha="right", color=INK)
    axes.set(ylim=(len(ROWS) - 0.5, -0.5), yticks=[])
    if story.parted is not None:
        axes.axvline(story.parted / MONTH_DAYS, color=SOFT, linewidth=1.0, linestyle=(0, (2, 2)))
        note(axes, "parts", (story.parted / MONTH_DAYS, 0), (4, 0), xycoords=("data", "axes fraction"), va="bottom")


def _dots(axes: Axes, months: Floats, height: float, color: str) -> None:
    axes.plot(months, np.full(len(months), height), "o", color=color, markersize=5.5, markeredgewidth=0, clip_on=False)


def _strokes(axes: Axes, months: Floats, height: float, color: str) -> None:
    axes.vlines(months, height - 0.16, height + 0.16, color=color, linewidth=0.8)

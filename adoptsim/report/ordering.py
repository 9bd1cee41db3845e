"""The picture of an order: what is in force when in the best, the report's and the worst order, and what each loses."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.analysis.ordering import Order, Ordering
from adoptsim.analysis.ordering_words import MEASURE_WORDS, headline, points
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.report.drawing import BLUE, FAINT, INK, ORANGE, PALE_BLUE, SMALL, SOFT, heading, new_figure, note, plain_axes

WIDTH, ABOVE, BELOW, ROW, BETWEEN = 14.0, 1.55, 0.75, 0.27, 0.75  # inches
NAMES, BARS, GAP, RIGHT = 3.3, 5.2, 0.9, 3.5
COLOURS = {"Best": BLUE, "The report's": SOFT, "Worst found": ORANGE}


def figure_ordering(found: Ordering) -> Figure:
    """Return three calendars, from the first hour to the end, beside what orders lose and what a place earlier is worth."""
    orders = {"Best": found.found.best, "The report's": found.usual, "Worst found": found.found.worst}
    n = len(found.usual)
    height = ABOVE + 3 * ROW * n + 2 * BETWEEN + BELOW
    summary = found.summary()
    figure = new_figure(WIDTH, height, headline(summary), _subtitle(found, summary))
    for place, (name, order) in enumerate(orders.items()):
        bottom = height - ABOVE - (place + 1) * ROW * n - place * BETWEEN
        axes = figure.add_axes((NAMES / WIDTH, bottom / height, BARS / WIDTH, ROW * n / height))
        draw_calendar(axes, found, order, COLOURS[name])
        heading(axes, f"{name}: {100 * found.mean(order).value:.1f} %", above=6)
        axes.tick_params(labelbottom=place == 2)
    axes.set_xlabel("month; pale: being introduced, full: in force", fontsize=SMALL, color=SOFT)
    left = (NAMES + BARS + GAP + 1.3) / WIDTH
    wide = (WIDTH - NAMES - BARS - GAP - 1.3 - 0.5) / WIDTH
    _losses(figure.add_axes((left, (height - ABOVE - 1.2) / height, wide, 1.2 / height)), found, orders)
    tall = ROW * n + 0.2
    bottom = max(BELOW, height - ABOVE - 1.2 - 1.5 - tall)
    _places(figure.add_axes((left, bottom / height, wide, tall / height)), found)
    return figure


def _subtitle(found: Ordering, summary: dict[str, Any]) -> str:
    lost = points(summary["orders"]["worst"]["regret"][found.measure])
    return f"The worst order found falls {lost} short of the best in {MEASURE_WORDS[found.measure]}; {found.scenario.name}"


def draw_calendar(axes: Axes, found: Ordering, order: Order, colour: str) -> None:
    """Draw when each practice is introduced and in force, in the order in which they are begun."""
    plain_axes(axes, grid="x")
    calendar, starts, spent = found.calendar, found.calendar.starts(order), 0.0
    months = found.scenario.horizon.days / MONTH_DAYS
    for row, practice in enumerate(order):
        begun, start = calendar.days_for(spent) / MONTH_DAYS, starts[practice] / MONTH_DAYS
        spent += calendar.effort(practice).hours
        end = min(months, start + _length(found, practice))
        axes.barh(row, start - begun, left=begun, height=0.62, color=PALE_BLUE if colour == BLUE else FAINT, linewidth=0)
        axes.barh(row, end - start, left=start, height=0.62, color=colour, linewidth=0)
        label = f"{PRACTICES[practice].number}  {PRACTICES[practice].title}"
        how: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right"}
        note(axes, label if len(label) < 42 else f"{label[:40]}...", (0, row), (-6, 0), color=INK, **how)
    axes.set(xlim=(0, months), ylim=(len(order) - 0.5, -0.5), yticks=[])
    axes.set_xticks(range(0, int(months) + 1, 3))


def _length(found: Ordering, practice: str) -> float:
    """Return for how many months a practice stays in force."""
    use = found.scenario.practices[practice]
    stays = use.end is None and PRACTICES[practice].standing
    return float("inf") if stays else (found.scenario.practice_end(practice) - use.start) / MONTH_DAYS


def _losses(axes: Axes, found: Ordering, orders: dict[str, Order]) -> None:
    rows = [(name, found.regret(order), COLOURS[name]) for name, order in list(orders.items())[1:]]
    rows.insert(1, ("Drawn by lot", found.regret_by_lot, SOFT))
    plain_axes(axes, grid="x").set(ylim=(len(rows) - 0.5, -0.5), yticks=[])
    for row, (name, lost, colour) in enumerate(rows):
        axes.hlines(row, 100 * lost.low, 100 * lost.high, color=colour, linewidth=2.2)
        axes.plot(100 * lost.value, row, "o", color=colour, markersize=6)
        note(axes, name, (0, row), (-8, 0), xycoords=("axes fraction", "data"), ha="right", color=INK)
    most = max(100 * lost.high for _, lost, _ in rows)
    axes.axvline(0, color=SOFT, linewidth=0.8)
    axes.set_xlim(min(0.0, *(100 * lost.low for _, lost, _ in rows)), 1.1 * max(most, 0.1))
    axes.set_xlabel("points short of the best order", fontsize=SMALL, color=SOFT)
    heading(axes, "What an order loses")


def _places(axes: Axes, found: Ordering) -> None:
    """Draw what a place earlier is worth, most first."""
    worth = sorted(found.place_earlier.items(), key=lambda item: -item[1].value)
    plain_axes(axes, grid="x").set(ylim=(len(worth) - 0.5, -0.5), yticks=[])
    for row, (practice, each) in enumerate(worth):
        colour = BLUE if each.value > 0 else ORANGE
        axes.hlines(row, 100 * each.low, 100 * each.high, color=colour, linewidth=2.0)
        axes.plot(100 * each.value, row, "o", color=colour, markersize=5)
        how: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right"}
        note(axes, _short(practice), (0, row), (-8, 0), color=INK, **how)
    axes.axvline(0, color=SOFT, linewidth=0.8)
    axes.set_xlabel("points, at the cost of the others", fontsize=SMALL, color=SOFT)
    heading(axes, "Worth of a place earlier")


def _short(practice: str) -> str:
    return f"{PRACTICES[practice].number}  {practice.replace('_', ' ')}"[:30]

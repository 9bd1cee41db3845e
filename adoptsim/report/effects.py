"""The picture of the practices' effects: a row a practice, a column an outcome, in each cell four changes around zero."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from adoptsim.domain.practices import PRACTICES, Practice
from adoptsim.report.drawing import (
    BLUE,
    FAINT,
    HEADING,
    INK,
    ORANGE,
    PALE_BLUE,
    PAPER,
    SMALL,
    SOFT,
    TEXT,
    new_figure,
    note,
    plain_axes,
    plural,
)
from adoptsim.validation.effects import CONFIRMED, CONTRADICTED, NOT_SETTLED, Effect, tally
from adoptsim.validation.effects_expected import ADDED, MISUSED, MISUSED_IN_TEN, REMOVED, SETTINGS
from adoptsim.validation.effects_outcomes import OUTCOMES, Outcome

LABELS, COLUMN, GAP, RIGHT = 3.3, 1.2, 0.13, 0.3  # inches
ABOVE, ROW, ROW_GAP, BELOW = 2.55, 0.86, 0.16, 0.75
WIDTH = LABELS + (COLUMN + GAP) * len(OUTCOMES) - GAP + RIGHT
PALE_ORANGE, TINY = "#f7dcc8", 7.6
LINES: dict[str, tuple[float, str, str, str]] = {
    ADDED: (0.0, BLUE, PALE_BLUE, "o"),
    MISUSED: (1.0, ORANGE, PALE_ORANGE, "o"),
    REMOVED: (2.3, BLUE, PALE_BLUE, "s"),
    MISUSED_IN_TEN: (3.3, ORANGE, PALE_ORANGE, "s"),
}
"""By setting: its line in a cell, its colour, the tint of its expected side, its marker."""
RING: dict[str, Any] = {
    "markersize": 9.5,
    "markerfacecolor": "none",
    "markeredgecolor": INK,
    "markeredgewidth": 1.3,
}
TOP, BOTTOM = -0.75, 4.05
MARGIN, TICK = 1.12, 0.75  # the axis, of the largest interval; the outermost tick at most, of the axis


@dataclass(frozen=True, slots=True)
class Page:
    """A page so many inches high: inches from its top left corner as shares of it."""

    height: float

    def bounds(self, left: float, top: float, width: float, height: float) -> tuple[float, float, float, float]:
        """Return where a box stands: left, bottom, width, height, as shares of the page."""
        return left / WIDTH, 1.0 - (top + height) / self.height, width / WIDTH, height / self.height

    def line(self, figure: Figure, left: float, right: float, top: float, color: str) -> None:
        """Draw a line from left to right."""
        y = 1.0 - top / self.height
        figure.add_artist(Line2D([left / WIDTH, right / WIDTH], [y, y], color=color, linewidth=0.8))

    def cell(self, row: int, column: int) -> tuple[float, float, float, float]:
        """Return where a cell stands."""
        return self.bounds(LABELS + column * (COLUMN + GAP), ABOVE + row * (ROW + ROW_GAP), COLUMN, ROW)


def figure_effects(found: Sequence[Effect]) -> Figure:
    """Return all effects: well used in blue, misused in orange; round beside a launch, square among all ten.

    The tinted side is where evidence expects the effect; a hollow mark can't be told from luck; a ringed one lies on the
    other side beyond luck.
    """
    practices = list(dict.fromkeys(effect.practice for effect in found))
    page = Page(ABOVE + (ROW + ROW_GAP) * len(practices) - ROW_GAP + BELOW)
    figure = new_figure(WIDTH, page.height, _title(found), _subtitle(found))
    _rules(figure, page, len(practices))
    for column, outcome in enumerate(OUTCOMES.values()):
        seen = [effect for effect in found if effect.outcome is outcome]
        reach = _reach(seen)
        for row, practice in enumerate(practices):
            axes = figure.add_axes(page.cell(row, column))
            _cell(axes, [effect for effect in seen if effect.practice == practice], reach, outcome)
            axes.tick_params(labelbottom=row == len(practices) - 1)
            if row == 0:
                _column_heading(axes, outcome)
            if column == 0:
                _row_label(axes, PRACTICES[practice])
    _groups(figure, page)
    _legend(figure, page)
    _footnote(figure, page)
    return figure


def _title(found: Sequence[Effect]) -> str:
    verdicts = tally(found)
    says = f"{verdicts[CONFIRMED]} of {sum(verdicts.values())} effects go the way that evidence expects"
    others = {CONTRADICTED: "the other way", NOT_SETTLED: "not settled"}
    return ", ".join([says, *(f"{verdicts[verdict]} {how}" for verdict, how in others.items() if verdicts[verdict])])


def _subtitle(found: Sequence[Effect]) -> str:
    runs = plural(max((effect.pairs for effect in found), default=0), "run")
    return (
        f"What each practice changes, used well and misused, one at a time under the same people and luck: "
        f"paired differences over {runs} with 95 % intervals"
    )


def _reach(effects: Iterable[Effect]) -> float:
    """Return how far a column's axis goes to both sides: alike, so that zero stands in the middle."""
    bounds = [abs(bound) for effect in effects for bound in effect.difference if bound == bound]
    return MARGIN * max(bounds, default=1.0) or 1.0


def _round_down(value: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= value * (1 + 1e-9))


# --- one cell ----------------------------------------------------------------------------------------------------


def _cell(axes: Axes, effects: Sequence[Effect], reach: float, outcome: Outcome) -> None:
    plain_axes(axes, grid=None).set(xlim=(-reach, reach), ylim=(BOTTOM, TOP), yticks=[])
    axes.axvline(0, color=SOFT, linewidth=0.8, zorder=2)
    tick = _round_down(TICK * reach)
    axes.set_xticks([-tick, 0.0, tick], [f"{outcome.scale * at:+.3g}" if at else "0" for at in (-tick, 0.0, tick)])
    for effect in effects:
        line, color, tint, marker = LINES[effect.setting.name]
        if effect.expected is not None:
            axes.barh(line, effect.expected.sign * reach, height=0.94, color=tint, linewidth=0, zorder=0)
        _mark(axes, effect, line, color, marker)


def _mark(axes: Axes, effect: Effect, line: float, color: str, marker: str) -> None:
    """Draw the difference with its interval."""
    value, low, high = effect.difference
    if value != value:
        return
    if low == low:
        axes.hlines(line, low, high, color=color, linewidth=1.8, zorder=3)
    look: dict[str, Any] = {"marker": marker, "markersize": 4.6 if marker == "o" else 4.2, "clip_on": False}
    fill = color if effect.beyond_luck else PAPER
    axes.plot(value, line, color=color, markerfacecolor=fill, markeredgewidth=1.2, zorder=4, **look)
    if effect.verdict == CONTRADICTED:
        axes.plot(
            value, line, "o", markersize=9.5, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.3, zorder=5
        )


# --- words -------------------------------------------------------------------------------------------------------


def _column_heading(axes: Axes, outcome: Outcome) -> None:
    label = "\n".join(textwrap.wrap(outcome.label, 15))
    how: dict[str, Any] = {"xycoords": "axes fraction", "ha": "center", "va": "bottom"}
    note(axes, outcome.unit, (0.5, 1), (0, 4), fontsize=TINY, **how)
    note(axes, label, (0.5, 1), (0, 15), fontsize=SMALL + 0.5, color=INK, fontweight="bold", linespacing=1.1, **how)


def _row_label(axes: Axes, practice: Practice) -> None:
    """Write a practice's number and title, and under it how it goes wrong."""
    how: dict[str, Any] = {"xycoords": "axes fraction", "va": "top"}
    bold: dict[str, Any] = how | {"fontsize": TEXT, "fontweight": "bold", "linespacing": 1.1}
    left = -72.0 * (LABELS - 0.35)
    title = textwrap.wrap(practice.title, 31)
    note(axes, f"{practice.number}", (0, 1), (left, -3), **(bold | {"color": SOFT}))
    note(axes, "\n".join(title), (0, 1), (left + 18, -3), **(bold | {"color": INK}))
    misuse = "\n".join(textwrap.wrap(f"Misused: {practice.misuse_says}", 47))
    below = -5.0 - 13.5 * len(title)
    note(axes, misuse, (0, 1), (left + 18, below), fontsize=TINY, color=ORANGE, linespacing=1.15, **how)


def _groups(figure: Figure, page: Page) -> None:
    """Write above the columns what they are about, with a line below that spans those that belong together."""
    first, top = 0, ABOVE - 0.73
    for name, members in groupby(OUTCOMES.values(), key=lambda outcome: outcome.group):
        n = len(list(members))
        left = LABELS + first * (COLUMN + GAP)
        page.line(figure, left, left + n * (COLUMN + GAP) - GAP, top, SOFT)
        above = page.bounds(left, top - 0.06, 0, 0)
        figure.text(*above[:2], name, fontsize=HEADING, fontweight="bold", color=INK)
        first += n


def _footnote(figure: Figure, page: Page) -> None:
    text = (
        "The launch itself (10) is added to no support, and misused beside a launch it takes the place of a good one. "
        "Every column has a scale of its own. Of twenty intervals, one may leave out 0 by chance."
    )
    figure.text(0.35 / WIDTH, 0.22 / page.height, text, fontsize=SMALL, color=SOFT)


def _rules(figure: Figure, page: Page, n_practices: int) -> None:
    """Draw a faint line between practices."""
    for row in range(1, n_practices):
        top = ABOVE + row * (ROW + ROW_GAP) - ROW_GAP / 2
        page.line(figure, 0.35, WIDTH - RIGHT, top, FAINT)


def _legend(figure: Figure, page: Page) -> None:
    """Say above the columns what each mark stands for, with the marks themselves."""
    axes = figure.add_axes(page.bounds(0, 1.13, WIDTH, 0.34))
    axes.set(xlim=(0, WIDTH), ylim=(0, 1))
    axes.axis("off")
    letter = 0.0705  # inches, about
    at = 0.42
    for name, (_, color, _, marker) in LINES.items():
        text = SETTINGS[name].title.lower()
        axes.plot([at - 0.08, at + 0.22], [0.5, 0.5], color=color, linewidth=1.8)
        axes.plot(at + 0.07, 0.5, marker=marker, color=color, markersize=5.2)
        note(axes, text, (at + 0.32, 0.5), color=INK, fontsize=SMALL + 0.5)
        at += 0.72 + letter * len(text)
    for tint in (PALE_BLUE, PALE_ORANGE):
        axes.barh(0.5, 0.17, left=at - 0.08, height=0.6, color=tint, linewidth=0)
        at += 0.17
    text = "the side where evidence expects it"
    note(axes, text, (at, 0.5), color=INK, fontsize=SMALL + 0.5)
    at += 0.35 + letter * len(text)
    axes.plot(at, 0.5, "o", color=SOFT, markerfacecolor=PAPER, markeredgewidth=1.2, markersize=5.2)
    text = "hollow: can't be told from luck"
    note(axes, text, (at + 0.16, 0.5), color=INK, fontsize=SMALL + 0.5)
    at += 0.5 + letter * len(text)
    axes.plot(at, 0.5, "o", color=SOFT, markersize=4.6)
    axes.plot(at, 0.5, "o", **RING)
    note(axes, "on the other side", (at + 0.16, 0.5), color=INK, fontsize=SMALL + 0.5)

"""Pictures of a workshop's pack, drawn like those of reports: courses with bands, what practices add, a scale."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.report.drawing import BLUE, INK, PALE_BLUE, SERIES, SOFT, PlainFigure, percent, plain_axes
from adoptsim.report.inline_svg import inline_svg
from adoptsim.report.words import with_unit
from adoptsim.workshop.facts import Answer, Drawn
from adoptsim.workshop.scorecard import ScoreCard

STYLES = ("-", (0, (6, 2.5)), (0, (1.5, 1.8)), (0, (6, 2, 1.5, 2)), "-")
LABEL_WIDTH = 24  # letters
LEAST_TOP = 0.4
NO_BREAK = "\u00a0%"


def course(drawn: Drawn, name: str, *, size: tuple[float, float], text: float) -> Markup:
    """Return contributors month by month as a drawing for a page."""
    return inline_svg(course_figure(drawn, size=size, text=text), name, course_words(drawn))


def course_figure(drawn: Drawn, *, size: tuple[float, float], text: float) -> Figure:
    """Return contributors month by month: means of the runs, and a shade in which nine of ten of them lie."""
    figure = PlainFigure(figsize=size)
    figure.patch.set_visible(False)
    axes = plain_axes(figure.add_axes((0.055, 0.12, 0.68, 0.8)))
    _ground(axes, drawn, text)
    ends = []
    for place, shown in enumerate(drawn.courses):
        curve, color = shown["curve"], shown.get("colour") or SERIES[place % len(SERIES)]
        month = np.array(curve["days"]) / MONTH_DAYS
        axes.fill_between(month, curve["low"], curve["high"], color=color, alpha=0.10, linewidth=0, zorder=2)
        axes.plot(month, curve["mean"], color=color, linewidth=text / 4.2, linestyle=STYLES[place % len(STYLES)], zorder=4)
        words = f"{shown['name']}: {with_unit(shown['contributors']['mean'], 'share')}".replace(" %", NO_BREAK)
        ends.append((curve["mean"][-1], color, words))
    _labels(axes, ends, text, inches=0.8 * size[1])
    return figure


def course_words(drawn: Drawn) -> str:
    """Return what the picture of courses shows, in words."""
    parts = [
        f"{shown['name']} ends at {with_unit(shown['contributors']['mean'], 'share')} of staff" for shown in drawn.courses
    ]
    return f"Contributors over {drawn.days // MONTH_DAYS} months: {'; '.join(parts)}."


def _ground(axes: Axes, drawn: Drawn, text: float) -> None:
    top = max(LEAST_TOP, *(1.05 * max(shown["curve"]["high"]) for shown in drawn.courses))
    months = drawn.days / MONTH_DAYS
    axes.set(xlim=(0, months), ylim=(0, top), xticks=np.arange(0, months + 0.1, 3 if months <= 36 else 12))
    ticks = np.arange(0, top, 0.1)
    axes.set_yticks(ticks, [percent(tick) if tick else "0" for tick in ticks])
    axes.tick_params(labelsize=text * 0.82)
    axes.set_xlabel("month", fontsize=text * 0.82, color=SOFT, labelpad=1, loc="right")
    axes.axhline(drawn.threshold, color=INK, linewidth=1.1, linestyle=(0, (5, 3)), zorder=3)
    said: dict[str, Any] = {"fontsize": text * 0.82, "color": SOFT, "ha": "left"}
    axes.annotate(
        "critical mass", (months * 0.012, drawn.threshold), (0, 3), textcoords="offset points", va="bottom", **said
    )
    end = drawn.end_of_support / MONTH_DAYS
    axes.axvline(end, color=SOFT, linewidth=1.0, zorder=1)
    axes.annotate("launch support ends", (end, top), (4, -2), textcoords="offset points", va="top", **said)


def _labels(axes: Axes, ends: Sequence[tuple[float, str, str]], text: float, *, inches: float) -> None:
    """Write each course's name at its end, moved apart where two would cover each other."""
    low, top = axes.get_ylim()
    line = text * 1.22 / 72.0 / inches * (top - low)
    wrapped = [(value, color, textwrap.wrap(words, LABEL_WIDTH)) for value, color, words in ends]
    at = low
    for value, color, lines in sorted(wrapped, key=lambda each: each[0]):
        half = line * len(lines) / 2.0
        middle = max(value, at + half)
        at = middle + half
        axes.annotate(
            "\n".join(lines),
            (1.015, (middle - low) / (top - low)),
            xycoords="axes fraction",
            fontsize=text,
            color=color,
            va="center",
            ha="left",
            linespacing=1.05,
            annotation_clip=False,
        )


def options(answer: Answer, name: str, *, size: tuple[float, float], text: float) -> Markup:
    """Return what hangs on each practice of a question, the largest first, with 95 % intervals."""
    rows = sorted(answer.values, key=lambda row: row["value"])
    figure = Figure(figsize=size)
    figure.patch.set_visible(False)
    axes = plain_axes(figure.add_axes((0.42, 0.02, 0.56, 0.96)), grid=None)
    values = np.array([100.0 * row["value"] for row in rows])
    low, high = (np.array([100.0 * row[bound] for row in rows]) for bound in ("low", "high"))
    axes.barh(
        range(len(rows)), values, height=0.62, color=[BLUE if row is rows[-1] else PALE_BLUE for row in rows], zorder=2
    )
    axes.hlines(range(len(rows)), low, high, color=INK, linewidth=1.4, zorder=3)
    axes.set_yticks(range(len(rows)), [textwrap.fill(row["name"], 34) for row in rows], fontsize=text, color=INK)
    axes.axvline(0, color=SOFT, linewidth=1.0)
    axes.set_xticks([])
    axes.set_xlim(min(0.0, low.min()) - 0.5, max(1.0, high.max()) * 1.22)
    for place, (value, bound) in enumerate(zip(values, high, strict=True)):
        label: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": text, "color": INK}
        axes.annotate(f"{value:+.0f}" if abs(value) >= 0.5 else "0", (max(bound, 0.0), place), (6, 0), **label)
    words = "; ".join(f"{row['name']} {100 * row['value']:+.1f}" for row in reversed(rows))
    return inline_svg(figure, name, f"Contributors of 100 staff that hang on each practice: {words}.")


def scale(card: ScoreCard, name: str, *, size: tuple[float, float], text: float) -> Markup:
    """Return points as a scale to write teams' names on, shaded by how often decisions of so many points last."""
    figure = Figure(figsize=size)
    figure.patch.set_visible(False)
    axes = plain_axes(figure.add_axes((0.03, 0.36, 0.94, 0.3)), grid=None)
    points = np.array([line.points for line in card.lines])
    lasts = np.array([line.lasts for line in card.lines])
    first, last = 2.0 * np.floor(min(0.0, points[0]) / 2.0), points[-1] + 2.0
    axes.set(xlim=(first, last), ylim=(0, 1), yticks=[], xticks=np.arange(first, last + 0.1, 2))
    fine = np.linspace(first, last, 200)
    known = np.interp(fine, points, lasts, left=lasts[0])
    for left, right, share in zip(fine[:-1], fine[1:], known[:-1], strict=True):
        axes.axvspan(left, right, color=BLUE, alpha=0.06 + 0.6 * float(share), linewidth=0)
    axes.tick_params(labelsize=text * 0.9)
    small: dict[str, Any] = {"textcoords": "offset points", "fontsize": text * 0.9, "color": SOFT}
    axes.annotate("points", (1, 0), (0, -26), xycoords="axes fraction", ha="right", **small)
    axes.annotate("lasts in this share of runs:", (0, 1), (0, 4), xycoords="axes fraction", va="bottom", **small)
    for share in (0.1, 0.5, 0.9):
        if lasts[0] < share < lasts[-1]:
            at = float(np.interp(share, lasts, points))
            axes.axvline(at, color=INK, linewidth=1.0)
            axes.annotate(percent(share), (at, 1), (0, 4), ha="center", va="bottom", **(small | {"color": INK}))
    return inline_svg(figure, name, "A scale of points; the darker, the more often a decision of so many points lasts.")

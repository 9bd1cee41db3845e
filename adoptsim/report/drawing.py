"""How pictures look: few colours that colour-blind eyes tell apart, no frames, words beside what they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from adoptsim.domain.practices import PRACTICES

INK, SOFT, FAINT, PAPER = "#1b1f24", "#5d6670", "#dfe3e8", "#ffffff"
BLUE, ORANGE = "#0072b2", "#d55e00"  # of Okabe & Ito 2008, safe for the colour-blind
PALE_BLUE = "#cfe3f1"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#aa4f88", "#8c6d00", "#56b4e9", "#4d4d4d", "#cc79a7")
TITLE, SUBTITLE, HEADING, TEXT, SMALL = 17.0, 11.0, 11.5, 10.0, 9.0
PRACTICE_PREFIX = "practices."


class PlainFigure(Figure):
    """A figure whose words are words: titles and names are people's own, and a dollar sign in them begins no formula."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw all, with every text as it was written."""
        for text in self.findobj(Text):
            text.set_parse_math(False)
        super().draw(renderer)


def new_figure(width: float, height: float, title: str, subtitle: str) -> Figure:
    """Return an empty figure, inches, that says its finding above."""
    figure = PlainFigure(figsize=(width, height), facecolor=PAPER)
    left = 0.35 / width
    figure.text(left, 1 - 0.28 / height, title, fontsize=TITLE, fontweight="bold", color=INK, va="top")
    figure.text(left, 1 - 0.68 / height, subtitle, fontsize=SUBTITLE, color=SOFT, va="top")
    return figure


def plain_axes(axes: Axes, *, grid: str | None = "y", spines: Iterable[str] = ()) -> Axes:
    """Return axes without a frame, with a faint grid behind what is drawn."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in spines)
        spine.set_color(FAINT)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=SOFT, pad=4)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=FAINT, linewidth=0.8)  # type: ignore[arg-type]  # one of its three words
    return axes


def heading(axes: Axes, text: str, *, above: float = 8.0) -> None:
    """Write what a panel shows, above it at its left edge; ``above`` in points."""
    axes.annotate(
        text,
        (0, 1),
        (0, above),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=HEADING,
        fontweight="bold",
        color=INK,
        va="bottom",
        ha="left",
        annotation_clip=False,
    )


def note(axes: Axes, text: str, at: tuple[float, float], offset: tuple[float, float] = (0, 0), **how: Any) -> None:
    """Write beside what is meant: ``at`` in the axes' own units, ``offset`` in points."""
    style: dict[str, Any] = {"fontsize": SMALL, "color": SOFT, "ha": "left", "va": "center"}
    axes.annotate(text, at, offset, textcoords="offset points", annotation_clip=False, **(style | how))


def percent(share: float) -> str:
    """Return a share as people say it; what is not quite none or all is not rounded to it."""
    if 0.0 < share < 0.005:
        return "under 1 %"
    if 0.995 < share < 1.0:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def percent_axis(axes: Axes, which: str = "y") -> None:
    """Write an axis of shares in per cent."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f} %"))


def factor_title(factor: str) -> tuple[str, str]:
    """Return what people call a factor, and its number if it is a practice."""
    name = factor.removeprefix(PRACTICE_PREFIX)
    if name in PRACTICES:
        return PRACTICES[name].title, str(PRACTICES[name].number)
    return name.rsplit(".", 1)[-1].replace("_", " "), ""


def plural(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"

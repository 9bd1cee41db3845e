"""A report as one HTML file that needs no network. A page is data: sections with words, pictures and tables, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from adoptsim.report.inline_svg import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SPACE_BEFORE_UNIT = re.compile(r"(?<=\d) (?=%)")
_SPAN_OF_CHANGE = re.compile(r"(?<=\d) to (?=[+-]?\d)")
_RANGE = re.compile(r"(?<=\d)(?:\u2013(?=\d)|-(?=[\d.]+\s%))")


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its interval on an axis from ``least`` to ``most``; ``mark`` draws a line there, as 0 always does."""

    value: float
    low: float
    high: float
    least: float
    most: float
    mark: float | None = None

    def at(self, value: float) -> float:
        """Return where a value lies, in per cent of the axis."""
        return round(100.0 * (min(max(value, self.least), self.most) - self.least) / (self.most - self.least), 2)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, smaller text below it, a bar; ``strong`` where a difference is beyond luck."""

    text: str = ""
    below: str = ""
    bar: Bar | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; the first ``words`` columns are words, the others numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: int = 1
    note: str = ""

    @property
    def is_chart(self) -> bool:
        """Whether it has bars: then numbers keep to one line where there is room."""
        return any(cell.bar is not None for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class Key:
    """What a mark in a picture means: ``look`` is line, dashed, dotted, band, dot, ring or square."""

    look: str
    color: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure for a page and for paper, another for a telephone if there is one, and the same in words."""

    name: str
    words: str
    wide: Figure
    narrow: Figure | None = None
    keys: Sequence[Key] = ()
    note: str = ""

    def drawn(self) -> list[tuple[str, str]]:
        """Return each drawing with where it is shown: ``wide``, ``narrow`` or ``any``."""
        drawings = {"wide": self.wide, "narrow": self.narrow} if self.narrow else {"any": self.wide}
        return [(where, inline_svg(figure, f"{self.name}-{where}", self.words)) for where, figure in drawings.items()]


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied as it is; behind a click where ``folded``."""

    title: str
    text: str
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A line of a list, with its first word in bold."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; what it does not have is left out."""

    title: str
    lead: Sequence[str] = ()
    points: Sequence[Point] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    codes: Sequence[Code] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that matters, large: with its interval, and what it is."""

    number: str
    interval: str
    what: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report: the verdict in two sentences first; ``tone`` is good, bad or open."""

    kind: str
    title: str
    verdict: Sequence[str]
    tone: str
    facts: Sequence[Fact]
    story: str
    sections: Sequence[Section]
    made_by: str


def render(page: Page) -> str:
    """Return the HTML of a page; the same page gives the same text."""
    return templates("adoptsim.report").get_template("page.html.j2").render(page=page)


@cache
def templates(package: str) -> Environment:
    """Return a package's templates; text of users is escaped wherever it stands."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["unbroken"] = unbroken
    return made


def unbroken(text: str) -> str:
    """Return text in which no line ends within a number with its unit, or within a range."""
    together = _SPAN_OF_CHANGE.sub("\u00a0to\u00a0", _SPACE_BEFORE_UNIT.sub("\u00a0", text))
    return _RANGE.sub("\u2013\u2060", together)

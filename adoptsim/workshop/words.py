"""A workshop's numbers in words. Pages, reports and paper say the same digits; ``pages/words.js`` holds the same rules."""

from __future__ import annotations

from adoptsim.report.words import decimals, number
from adoptsim.workshop.questions import Question


def plain(value: float) -> str:
    """Return an amount without digits that say nothing: '8.5', '78'."""
    return f"{value:.{1 if abs(value) < 10 else 0}f}".removesuffix(".0")


def in_unit(question: Question, value: float) -> str:
    """Return what is simulated in the unit of its question: '5.8', '36', '0.42'."""
    return f"{value:.{_places(question, value)}f}"


def bounds_in_unit(question: Question, low: float, high: float, dash: str = " to ") -> str:
    """Return bounds in the unit of a question, with the digits of the upper one: '4.8 to 6.8'."""
    places = _places(question, max(abs(low), abs(high)))
    return f"{low:.{places}f}{dash}{high:.{places}f}"


def _places(question: Question, largest: float) -> int:
    if question.per_unit != 1.0:
        return decimals("share", largest / question.per_unit)
    return 0 if question.high - question.low >= 20 else 2


def points(share: float) -> str:
    """Return a difference of shares as people of a hundred: '14', '2.6'."""
    return number(share, "share")

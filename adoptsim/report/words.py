"""Numbers and measures as people read them. Pure: text from values, no printing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

Kind = Literal["share", "level", "amount"]
DASH = "-"
UNKNOWN = "n/a"


class Measure(NamedTuple):
    """What a measure is called, and what kind of number it is."""

    label: str
    kind: Kind


MEASURES: dict[str, Measure] = {
    "reached": Measure("Critical mass reached", "share"),
    "contributors": Measure("Staff who contribute", "share"),
    "members": Measure("Staff who ever looked", "share"),
    "posts_per_person_month": Measure("Posts a person and month", "amount"),
    "answered_share": Measure("Voice answered", "share"),
    "acted_share": Measure("Voice acted on", "share"),
    "silence_share": Measure("Voice kept silent", "share"),
    "trust": Measure("Trust in leaders", "level"),
    "safety": Measure("Psychological safety", "level"),
    "responsiveness": Measure("Felt responsiveness", "level"),
    "hours_per_person_month": Measure("Hours a person and month", "amount"),
}
"""The key figures in the order in which they are shown."""


def is_known(value: float | None) -> bool:
    """Return whether there is a number: neither None nor NaN."""
    return value is not None and value == value


def decimals(kind: Kind, largest: float) -> int:
    """Return how many decimals a number of a kind deserves, by the largest that it stands beside."""
    largest = abs(largest) * (100.0 if kind == "share" else 1.0)
    if kind == "share":
        return 0 if largest >= 10.0 or largest == 0.0 else 1
    if kind == "level":
        return 2
    return 0 if largest >= 100.0 else 1 if largest >= 10.0 else 2 if largest >= 0.1 else 3


def number(value: float | None, kind: Kind = "amount", *, places: int | None = None, sign: bool = False) -> str:
    """Return a number without its unit: shares as percent."""
    if value is None or value != value:
        return UNKNOWN
    shown = value * 100.0 if kind == "share" else value
    text = f"{shown:{'+' if sign else ''}.{decimals(kind, value) if places is None else places}f}"
    if float(text) != 0.0:
        return text
    return "0" if kind == "share" else text.lstrip("+-")


def with_unit(value: float | None, kind: Kind = "amount") -> str:
    """Return a number with its unit: '62 %', '4.7 %', '0.53'."""
    text = number(value, kind)
    return f"{text} %" if kind == "share" and text != UNKNOWN else text


def span(low: float | None, high: float | None, kind: Kind = "amount") -> str:
    """Return an interval: '52-71 %', '0.51-0.55'; nothing here falls below 0, shares not above 1.

    A ratio shown as a share may lie above 1 as a whole: then nothing is cut off.
    """
    if low is None or high is None or low != low or high != high:
        return UNKNOWN
    low, high = max(0.0, low), high if kind == "amount" or low > 1.0 else min(1.0, high)
    places = decimals(kind, max(abs(low), abs(high)))
    text = f"{number(low, kind, places=places)}{DASH}{number(high, kind, places=places)}"
    return f"{text} %" if kind == "share" else text


def change(value: float | None, low: float | None, high: float | None, kind: Kind = "amount") -> str:
    """Return a difference with its interval: '+36 (+33 to +39)'; shares in percentage points."""
    if not is_known(value):
        return UNKNOWN
    known = [part for part in (value, low, high) if part is not None and part == part]
    if kind != "amount":
        known = [min(1.0, max(-1.0, part)) for part in known]
    places = decimals(kind, max(map(abs, known)))
    middle, *bounds = (number(part, kind, places=places, sign=True) for part in known)
    return f"{middle} ({bounds[0]} to {bounds[1]})" if len(bounds) == 2 else middle


def duration(seconds: float) -> str:
    """Return a length of time: '40 s', '3 min 20 s', '2 h 5 min'."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def mass_words(attrs: Mapping[Any, Any]) -> str:
    """Return how many contributors critical mass takes, of a sweep's frame or report: no number where that is varied."""
    if attrs["threshold"] is None:
        return "contributors reach the share of staff asked for at each point (critical_mass.threshold)"
    return f"contributors reach {with_unit(attrs['threshold'], 'share')} of staff"


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: 'a, b and c'."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def counted(n: int, one: str, many: str = "") -> str:
    """Return '1 run', '3 runs'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def marks(numbers: Iterable[int], last: int = 10) -> str:
    """Return a bundle of practices as marks in fixed places: '1 . 3 . . 6 7 8 . 10'."""
    chosen = set(numbers)
    return " ".join(str(n) if n in chosen else "." * len(str(n)) for n in range(1, last + 1))

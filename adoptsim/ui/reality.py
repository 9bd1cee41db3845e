"""A scenario beside what was measured in real networks. The ranges are those of the patterns; nothing is judged twice."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from adoptsim.domain.intervals import mean_interval
from adoptsim.report.words import Kind, span, with_unit
from adoptsim.simulation import Result
from adoptsim.validation.patterns import PATTERNS


class Line(NamedTuple):
    """What a line is called, the pattern that it is held against, and the outcomes it is the first less the second of."""

    label: str
    pattern: str
    outcome: str
    less: str = ""


LINES = (
    Line("Looked within six months", "looked", "visited_six_months"),
    Line("Looked, but only read", "only_read", "visited_six_months", "contributed_six_months"),
    Line("Contributed within six months", "contributed", "contributed_six_months"),
    Line("Posts, replies and reactions a head and month", "interactions", "interactions_six_months"),
    Line("Threads that somebody else answers", "answered", "threads_answered_share"),
)
MOST_AMOUNT = 4.0
"""Interactions a head and month at the right end of their scale."""


def reality(result: Result) -> dict[str, Any]:
    """Return each simulated share beside its published range, and what to make of it."""
    lines = [_line(line, result) for line in LINES]
    outside = [line for line in lines if line["where"]]
    return {"lines": lines, "says": _says(outside, len(lines)), "inside": not outside}


def _line(line: Line, result: Result) -> dict[str, Any]:
    pattern = PATTERNS[line.pattern]
    values = result.outcome[line.outcome] - (result.outcome[line.less] if line.less else 0.0)
    value, low, high = mean_interval(np.asarray(values))
    kind: Kind = "share" if pattern.unit == "share" else "amount"
    assert pattern.low is not None
    assert pattern.high is not None
    where = "" if value != value else "above" if low > pattern.high else "below" if high < pattern.low else ""
    scale = 1.0 if kind == "share" else MOST_AMOUNT
    return {
        "label": line.label,
        "now": with_unit(value, kind),
        "span": span(low, high, kind),
        "range": span(pattern.low, pattern.high, kind),
        "source": pattern.source,
        "where": where,
        "at": None if value != value else round(min(1.0, value / scale), 4),
        "from": pattern.low / scale,
        "to": pattern.high / scale,
    }


def _says(outside: list[dict[str, Any]], n: int) -> str:
    if not outside:
        return f"None of {n} figures lies outside what was measured in real networks by more than luck."
    above = sum(line["where"] == "above" for line in outside)
    which = "above" if above == len(outside) else "below" if above == 0 else "outside"
    figures = "One figure lies" if len(outside) == 1 else f"{len(outside)} of {n} figures lie"
    return (
        f"{figures} {which} what was measured in real networks. The model goes there by its assumptions alone: "
        f"compare policies with it, don't read its numbers as a forecast."
    )

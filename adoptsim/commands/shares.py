"""What each practice of a policy adds, as tables and sentences: shares of the whole, and what goes with what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adoptsim.commands.terminal import table
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.words import Kind, change, counted, listed, number, span, with_unit

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Row = dict[str, Any]
HEADS = {"reached": "chance to last", "contributors": "contributors"}
MOST_INTERACTIONS = 3


def print_shares(console: Console, summary: Row) -> None:
    """Print what each practice adds; ``summary`` as `adoptsim.analysis.shares.Shares.summary` gives it."""
    values = summary["values"]
    shown = table("What each practice adds", *(f"{HEADS[name]} (95 %)" for name in values), left=1)
    for name in summary["practices"]:
        shown.add_row(title_of(name), *(points(row_of(worth, name)["share"]) for worth in values.values()))
    shown.add_section()
    shown.add_row("All of them together", *(points(worth["total"]) for worth in values.values()))
    console.print(shown, end="")
    console.print(_how_to_read(summary), style="dim")
    for sentence in _together(values):
        console.print(sentence)


def title_of(practice: str) -> str:
    """Return a practice as tables show it: '10 Work towards critical mass'."""
    return f"{PRACTICES[practice].number:>2} {PRACTICES[practice].title}"


def row_of(worth: Row, practice: str) -> Row:
    """Return one practice's part of a value."""
    return next(row for row in worth["practices"] if row["practice"] == practice)


def points(values: Row, kind: Kind = "share") -> Text:
    """Return a difference with its interval, bold where it leaves out 0."""
    from rich.text import Text

    text = change(values["mean"], values["low"], values["high"], kind)
    return Text(text, style="bold" if is_beyond_luck(values) else "")


def is_beyond_luck(values: Row) -> bool:
    """Return whether an interval leaves out 0."""
    low, high = values["low"], values["high"]
    return low is not None and high is not None and (low > 0.0 or high < 0.0)


def _how_to_read(summary: Row) -> str:
    levels = {name: (worth["none"]["mean"], worth["whole"]["mean"]) for name, worth in summary["values"].items()}
    (none, whole), (quiet, busy) = levels["reached"], levels["contributors"]
    return (
        f"Percentage points. The shares (Shapley values) add up to the whole: chance {_percent(none)} without them, "
        f"{_percent(whole)} with all; contributors in the last month {_percent(quiet)} and {_percent(busy)} of staff. "
        f"Each is the mean over all orders in which the practices could come. "
        f"{counted(summary['replicates'], 'run')} a bundle with the same people and luck; bold: the interval leaves out 0"
        f"{_without_interval(summary['values'])}."
    )


def _without_interval(values: Row) -> str:
    """Return what a share without an interval means, if there is one."""
    shares = [row["share"] for worth in values.values() for row in worth["practices"]]
    is_one = any(share["mean"] is not None and share["low"] is None for share in shares)
    return "; no interval: the same in every run" if is_one else ""


def _percent(share: float | None) -> str:
    return with_unit(share, "share")


def _together(values: Row) -> list[str]:
    """Return in sentences which practices need each other, and which replace each other."""
    reached = [row for row in values["reached"]["interactions"] if is_beyond_luck(row)]
    more = sorted((row for row in reached if row["mean"] > 0), key=lambda row: -row["mean"])
    less = sorted((row for row in reached if row["mean"] < 0), key=lambda row: row["mean"])
    sentences = [("Worth more together", more), ("Do the same work, so that together they add less", less)]
    return [f"{says}: {_pairs(rows[:MOST_INTERACTIONS])}." for says, rows in sentences if rows]


def _pairs(rows: Sequence[Row]) -> str:
    return listed(f"{_numbers(row)} ({number(row['mean'], 'share', sign=True)}, {_span(row)})" for row in rows)


def _numbers(row: Row) -> str:
    return " with ".join(str(PRACTICES[name].number) for name in row["practices"])


def _span(row: Row) -> str:
    if row["low"] < 0:
        return f"{number(row['low'], 'share', sign=True)} to {number(row['high'], 'share', sign=True)}"
    return span(row["low"], row["high"], "share").removesuffix(" %")

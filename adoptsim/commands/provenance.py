"""Where a sweep's numbers come from, as people read it: what was asked, what has computed it, and who worked on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from adoptsim.commands.terminal import table
from adoptsim.report.words import DASH, counted, duration

if TYPE_CHECKING:
    from rich.console import Console

Row = dict[str, Any]
MOST_LETTERS = 40  # of how a start ended


def print_provenance(console: Console, told: Row) -> None:
    """Print what `adoptsim.sweeps.provenance.load_provenance` has found."""
    asked = told["experiment"]
    console.print(f"{asked['name']}: base scenario {told['scenario']['name']}, design {asked['design']}", style="bold")
    console.print(f"Seed {told['seed']}, {counted(told['replicates'], 'replicate')} a point{_precision(told)}")
    console.print(f"Model {told['model_version']}")
    console.print(f"Asked by: {told['command']}")
    console.print(f"Made with {', '.join(f'{name} {version}' for name, version in told['versions'].items())}")
    failed = f", {told['failed']:,} failed" if told["failed"] else ""
    console.print(f"{counted(told['finished'], 'run')} finished{failed}; {duration(told['seconds'])} of computing")
    if told["starts"]:
        console.print()
        console.print(_starts(told["starts"]))


def _precision(told: Row) -> str:
    if not told["precision"]:
        return ""
    return f" at most, until {told['precision']['outcome']} is known to within +/-{told['precision']['target']:g}"


def _starts(starts: list[Row]) -> Any:
    shown = table("Began (UTC)", "Took", "Where", "By", "Ended", "Runs", left=5)
    for start in starts:
        began, ended = _time(start["began"]), _time(start["ended"])
        took = duration((ended - began).total_seconds()) if began and ended else DASH
        runs = f"{start['kept'] - start['found']:,}" if start["kept"] is not None else DASH
        shown.add_row(f"{began:%Y-%m-%d %H:%M}", took, start["place"], start["engine"], _how(start), runs)
    return shown


def _how(start: Row) -> str:
    """Return how a start ended, cut where an error says much; ``--json`` has all of it."""
    how = str(start["how"] or "killed, or still at work")
    return how if len(how) <= MOST_LETTERS else f"{how[: MOST_LETTERS - 3]}..."


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

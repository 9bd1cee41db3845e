"""`drop-one`: what a policy loses without each of its practices, and what it would gain from more of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Days, FilePath, Quiet, Replicates, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import HTML, PICTURES, check_outputs, write_figure, write_page
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.report.footnotes import THE_LARGEST_OF_SEVERAL
from adoptsim.report.words import change, counted, is_known, span, with_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

Row = dict[str, Any]
HEADS = {"dropped": "Leave out", "raised": "Bring to full strength", "added": "Add at full strength"}
Given = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or the path of a file.")]


def drop_one(
    scenario: Given,
    replicates: Replicates = 64,
    days: Days = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the changes here (.png, .svg, .pdf).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Leave out or add one practice: what changes.

    Runs a scenario, then without each of its practices in turn, then with each brought to full strength, or added: what
    is lost, what would be gained, and what of it is beyond luck.
    """
    from adoptsim.commands.run import load

    asked = load(scenario, days)
    check_outputs({"--plot": (plot, PICTURES), "--report": (report, HTML)})
    from adoptsim.analysis import one_change

    tell_if_first(quiet)
    with progress(asked.name, one_change.n_runs(asked, replicates), quiet=quiet) as tell:
        changes = one_change.drop_one(asked, replicates=replicates, seed=seed, threads=threads, progress=tell)
    if plot is not None:
        from adoptsim.report.figures import figure_one_change

        write_figure(figure_one_change(changes), plot)
    summary = changes.summary()
    if report is not None:
        from adoptsim.report.pages.one_change import one_change_page

        typed = as_typed("drop-one", scenario, replicates=replicates, days=days, seed=seed, report="report.html")
        page = one_change_page(changes, given=scenario, days=days, verdict=_verdict(summary), command=typed)
        write_page(page, report)
    if as_json:
        print_json(summary)
        return
    print_one_change(out(), summary)
    for what, file in (("plot", plot), ("report", report)):
        if file is not None:
            say(f"{what}: {file}")


def print_one_change(console: Console, summary: Row) -> None:
    """Print what is lost and gained; ``summary`` as `adoptsim.analysis.one_change.OneChange.summary` gives it."""
    console.print(summary["title"] or summary["scenario"], style="bold")
    console.print(" ".join(_verdict(summary)))
    for what, head in HEADS.items():
        if summary[what]:
            _print_rows(console, head, summary[what])
    console.print(
        f"Changes in percentage points, hours in hours a person and month; paired 95 % intervals, bold: leaves out 0. "
        f"{counted(summary['replicates'], 'run')} each with the same people and luck, seed {summary['seed']}. "
        f"Contributors: share of staff in the last month. All are judged on the same day. {THE_LARGEST_OF_SEVERAL}",
        style="dim",
    )


def _print_rows(console: Console, head: str, rows: Sequence[Row]) -> None:
    from rich.text import Text

    from adoptsim.commands.shares import points, title_of

    shown = table(head, "lasts", "change (95 %)", "contributors (95 %)", "hours")
    for row in rows:
        differences = row["difference"]
        hours = Text(change(differences["hours_per_person_month"]["mean"], None, None))
        cells = points(differences["reached"]), points(differences["contributors"])
        shown.add_row(title_of(row["practice"]), with_unit(row["reached"]["mean"], "share"), *cells, hours)
    console.print(shown, end="")


def _verdict(summary: Row) -> list[str]:
    """Return in sentences how the policy fares, what it rests on, and what would help most."""
    reached = summary["policy"]["reached"]
    if not is_known(reached["mean"]):
        return ["The runs end before critical mass can be judged; only contributors and hours are compared."]
    chance = f"{with_unit(reached['mean'], 'share')} ({span(reached['low'], reached['high'], 'share')})"
    lost = [row for row in summary["dropped"] if _moves(row, -1)]
    more = sorted([*summary["raised"], *summary["added"]], key=lambda row: -row["difference"]["reached"]["mean"])
    gained = [row for row in more if _moves(row, 1)]
    parts = [f"As it is, it lasts in {chance} of runs."]
    if lost:
        parts.append(f"It rests most on {_name(lost[0])}: without it {_chance_then(lost[0])}.")
    elif summary["dropped"]:
        parts.append("Leaving out any one practice does not lower that beyond luck.")
    if gained:
        parts.append(f"What would help most is more of {_name(gained[0])}: {_chance_then(gained[0])}.")
    elif more:
        parts.append(f"More of any one does not raise it beyond luck{_in_contributors(more)}.")
    return parts


def _moves(row: Row, direction: int) -> bool:
    """Return whether a change of the chance is beyond luck and goes one way."""
    reached = row["difference"]["reached"]
    return bool(reached["beyond_luck"]) and reached["mean"] * direction > 0


def _in_contributors(more: Sequence[Row]) -> str:
    """Return what raises contributors most where nothing raises the chance."""
    best = max(more, key=lambda row: row["difference"]["contributors"]["mean"])
    gain = best["difference"]["contributors"]
    if not gain["beyond_luck"] or gain["mean"] <= 0:
        return ""
    text = change(gain["mean"], gain["low"], gain["high"], "share").replace(" (", " points (", 1)
    return f"; contributors rise most with more of {_name(best)}: {text}"


def _chance_then(row: Row) -> str:
    return with_unit(row["reached"]["mean"], "share")


def _name(row: Row) -> str:
    from adoptsim.domain.practices import PRACTICES

    title = PRACTICES[row["practice"]].title
    return f"{title[0].lower()}{title[1:]} ({row['number']})"

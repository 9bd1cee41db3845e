"""`order`: in which order to introduce the practices of a scenario, and whether that matters at all."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Days, FilePath, Quiet, Replicates, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import HTML, PICTURES, check_outputs, write_figure, write_page
from adoptsim.commands.run import Given, load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.report.footnotes import about_ordering
from adoptsim.report.words import span, with_unit

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from adoptsim.analysis.introductions import Calendar

COLUMNS = {"best": "best", "usual": "the report's", "worst": "worst found"}


class By(StrEnum):
    """What an order is judged by."""

    AVERAGE = "average"
    CONTRIBUTORS = "contributors"
    REACHED = "reached"


def order(
    scenario: Given,
    hours: Annotated[
        float | None,
        typer.Option(
            min=0.1, max=100_000.0, help="Hours a month for introducing practices; 60 when absent.", show_default=False
        ),
    ] = None,
    calendar: Annotated[
        FilePath,
        typer.Option(
            help="What introducing takes (.yaml: hours_a_month, introduce); see docs/files.md.", show_default=False
        ),
    ] = None,
    by: Annotated[
        By,
        typer.Option(
            help="Judge by contributors averaged over the whole time, by those of the last month, or by critical mass."
        ),
    ] = By.AVERAGE,
    replicates: Replicates = 64,
    days: Days = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the best order of practices.

    Finds the best order in which to introduce a scenario's practices with so many hours a month, and what the worst order
    loses: whether order matters at all. Up to five practices all orders are tried (seconds); ten take some minutes.
    """
    asked = load(scenario, days)
    check_outputs({"--plot": (plot, PICTURES), "--report": (report, HTML)})
    from adoptsim.analysis.introductions import in_use
    from adoptsim.analysis.ordering import best_order, most_runs

    chosen = _calendar(calendar, hours)
    tell_if_first(quiet)
    with progress(f"orders of {asked.name}", most_runs(len(in_use(asked)), replicates), quiet=quiet) as tell:
        found = best_order(asked, chosen, measure=by.value, replicates=replicates, seed=seed, threads=threads, progress=tell)
    summary = found.summary()
    if plot is not None:
        from adoptsim.report.figures import figure_ordering

        write_figure(figure_ordering(found), plot)
    if report is not None:
        from adoptsim.report.pages.ordering import ordering_page

        path = None if calendar is None else str(calendar)
        options: dict[str, Any] = {"hours": hours, "calendar": path, "by": by.value, "days": days}
        typed = as_typed("order", scenario, **options, replicates=replicates, seed=seed, report="report.html")
        write_page(ordering_page(found, given=scenario, days=days, calendar=path, command=typed), report)
    if as_json:
        from adoptsim.analysis.ordering_words import headline, sentences

        print_json(summary | {"headline": headline(summary), "sentences": sentences(summary)})
        return
    _show(out(), summary, chosen)
    for what, file in (("plot", plot), ("report", report)):
        if file is not None:
            say(f"{what}: {file}")


def _calendar(path: Path | None, hours: float | None) -> Calendar:
    from adoptsim.analysis.introductions import Calendar

    calendar = Calendar() if path is None else Calendar.load(path)
    return calendar if hours is None else calendar.model_copy(update={"hours_a_month": hours})


def _show(console: Console, summary: dict[str, Any], calendar: Calendar) -> None:
    from adoptsim.analysis.ordering_words import headline, sentences, title

    console.print(f"{headline(summary)}.", style="bold")
    for said in sentences(summary):
        console.print(said)
    console.print()
    shown = table("Introduce in this order", "hours", "in force on day", "in the report's order", "in the worst found")
    starts = {name: {row["practice"]: row["start"] for row in each["order"]} for name, each in summary["orders"].items()}
    for place, row in enumerate(summary["orders"]["best"]["order"], 1):
        practice = row["practice"]
        days = [f"{starts[name][practice]}" for name in COLUMNS]
        shown.add_row(f"{place:>2}. {title(practice)}", f"{calendar.effort(practice).hours:g}", *days)
    shown.add_section()
    for measure, label in (
        ("average", "contributors, whole time"),
        ("contributors", "contributors, last month"),
        ("reached", "chance of critical mass"),
    ):
        shown.add_row(label, "", *(_cell(summary["orders"][name][measure]) for name in COLUMNS))
    console.print(shown, end="")
    console.print(about_ordering(summary), style="dim")


def _cell(interval: dict[str, Any]) -> str:
    return f"{with_unit(interval['mean'], 'share')} ({span(interval['low'], interval['high'], 'share').removesuffix(' %')})"

"""`order`: in which order to introduce the practices of a scenario, and whether that matters at all."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Days, FilePath, Quiet, Replicates, Seed, Threads
from adoptsim.commands.outputs import PICTURES, check_outputs, write_figure
from adoptsim.commands.run import Given, load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.commands.words import counted, span, with_unit

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
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the best order of practices.

    Finds the best order in which to introduce a scenario's practices with so many hours a month, and what the worst order
    loses: whether order matters at all. Up to five practices all orders are tried (seconds); ten take some minutes.
    """
    asked = load(scenario, days)
    check_outputs({"--plot": (plot, PICTURES)})
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
    if as_json:
        from adoptsim.analysis.ordering_words import headline, sentences

        print_json(summary | {"headline": headline(summary), "sentences": sentences(summary)})
        return
    _show(out(), summary, chosen)
    if plot is not None:
        say(f"plot: {plot}")


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
    console.print(_footnote(summary), style="dim")


def _cell(interval: dict[str, Any]) -> str:
    return f"{with_unit(interval['mean'], 'share')} ({span(interval['low'], interval['high'], 'share').removesuffix(' %')})"


def _footnote(summary: dict[str, Any]) -> str:
    how = "all orders tried" if summary["exhaustive"] else f"{summary['tried']:,} of {summary['possible']:,} orders tried"
    what = f"{summary['scenario']}, {summary['hours_a_month']:g} hours a month for introducing"
    return (
        f"{what}; {how}, {summary['runs']:,} runs. What is reported was measured with luck that no search had seen: "
        f"{counted(summary['replicates'], 'run')} of each with the same people and luck, paired 95 % intervals, "
        f"seed {summary['seed']}. How long a practice takes to introduce is assumed; --calendar FILE.yaml gives your own."
    )

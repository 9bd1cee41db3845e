"""`enough`: what each of the ten practices adds here, and the cheapest and the smallest bundle that is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import HTML, PICTURES, check_outputs, write_figure, write_page
from adoptsim.commands.run import Given, load
from adoptsim.commands.terminal import out, print_json, progress, say, tell_if_first
from adoptsim.report.enough_words import chance_words, failed_words, hours_words, how_enough, none_enough
from adoptsim.report.words import listed, marks

if TYPE_CHECKING:
    from rich.console import Console

Row = dict[str, Any]
LEAST_REPLICATES = 6
"""Of fewer runs not even a bundle that always lasts is sure to last in half of them."""


def enough(
    scenario: Given,
    full: Annotated[bool, typer.Option("--full", help="Count every practice at full strength, not as it is used.")] = False,
    replicates: Annotated[
        int, typer.Option(min=LEAST_REPLICATES, max=MOST_REPLICATES, help="Runs of each of the 1,024 bundles.")
    ] = 12,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw what each practice adds here (.png, .svg, .pdf).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the cheapest bundle that is enough here.

    Runs all 1,024 bundles of the ten practices in the scenario's organisation: those it uses as it uses them, others at full
    strength. Says what each adds, and which bundle is the cheapest and which the smallest that is sure to last in half of
    runs; bundles that seem to be are tried again with fresh luck, or luck would choose.
    """
    asked = load(scenario, None)
    check_outputs({"--plot": (plot, PICTURES), "--report": (report, HTML)})
    tell_if_first(quiet)
    from adoptsim.analysis.enough import enough as work_out
    from adoptsim.domain.practices import PRACTICES

    with progress("all bundles", replicates << len(PRACTICES), quiet=quiet) as tell:
        telling = None if tell is None else lambda done, _: tell(done)
        shares, found = work_out(asked, full=full, replicates=replicates, seed=seed, threads=threads, progress=telling)
    summary = {"scenario": asked.name, "full": full, "seed": seed, "shares": shares.summary()} | found.summary()
    if plot is not None:
        from adoptsim.report.figures import figure_shares

        write_figure(figure_shares(shares), plot)
    if report is not None:
        from adoptsim.report.pages.enough import enough_page

        words = as_typed("enough", scenario, replicates=replicates, seed=seed, report="report.html")
        typed = words.replace(" --replicates", " --full --replicates", 1) if full else words
        page = enough_page(asked, found, summary, given=scenario, command=typed)
        write_page(page, report)
    if as_json:
        print_json(summary)
        return
    _show(out(), summary, asked.title or asked.name)
    for what, file in (("plot", plot), ("report", report)):
        if file is not None:
            say(f"{what}: {file}")


def _show(console: Console, summary: Row, title: str) -> None:
    from adoptsim.commands.shares import print_shares

    console.print(title, style="bold")
    for name in ("cheapest", "smallest"):
        if summary[name] is not None:
            _print_bundle(console, f"The {name} bundle that is enough", summary[name])
    if summary["cheapest"] is None:
        console.print(none_enough(summary))
    console.print(f"{how_enough(summary)}\n", style="dim")
    print_shares(console, summary["shares"])


def _print_bundle(console: Console, title: str, bundle: Row) -> None:
    from adoptsim.domain.practices import PRACTICES

    spent = bundle["hours_by_role"]
    console.print(title, style="bold")
    numbers = [PRACTICES[name].number for name in bundle["practices"]]
    console.print(f"  {marks(numbers)}   lasts in {chance_words(bundle['reached'])} of runs")
    by_role = listed(f"{role} {amount:,.0f}" for role, amount in spent.items())
    console.print(f"  {hours_words(bundle)} hours a month; by role: {by_role}")
    if bundle["failed"]:
        console.print(f"  {failed_words(bundle)}", style="dim")

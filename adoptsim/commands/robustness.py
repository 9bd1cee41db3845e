"""`robustness`: policies over all plausible worlds; which beats which where, and where one reaches critical mass.

Beside `compare` and not a switch of it: there one set of assumptions and many figures, here many sets and one question,
of one policy too, and few runs in each world, whose luck has to be taken out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Days, FilePath, Quiet, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import CSV, HTML, PICTURES, check_outputs, write_figure, write_frame, write_page
from adoptsim.commands.run import load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.report.footnotes import about_robustness
from adoptsim.report.words import counted, number, span, with_unit

if TYPE_CHECKING:
    from rich.console import Console

REPLICATES = 4


def robustness(
    scenarios: Annotated[list[str], typer.Argument(metavar="A [B C...]", help="Scenarios, by name or path.")],
    ensemble: Annotated[
        FilePath, typer.Option(help="Parameter sets (.csv), a row each; those that ship when absent.", show_default=False)
    ] = None,
    worlds: Annotated[
        int | None, typer.Option(min=2, max=100_000, help="How many of the sets; all when absent.", show_default=False)
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=2, max=10_000, help="Runs of each policy in each world, each with its own luck.")
    ] = REPLICATES,
    margin: Annotated[
        float,
        typer.Option(min=0.0, max=0.5, help="Contributors, as a share of staff, below which neither policy is better."),
    ] = 0.01,
    days: Days = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    csv: Annotated[FilePath, typer.Option(help="Write a row a world, policy and run here (.csv).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Rank policies over all plausible worlds.

    Simulates policies under every plausible set of parameters, in each with the same people and luck: in how many one beats
    the other and reaches critical mass, and what of the differences is luck.
    """
    asked = [load(name, days) for name in scenarios]
    wanted = {"--plot": (plot, PICTURES), "--csv": (csv, CSV), "--report": (report, HTML)}
    check_outputs(wanted, reads={"the ensemble": ensemble})
    from adoptsim.analysis.robustness import load_worlds, some_worlds
    from adoptsim.analysis.robustness import robustness as simulate_all

    chosen = some_worlds(load_worlds(ensemble), worlds)
    tell_if_first(quiet)
    with progress(counted(len(chosen), "world"), len(chosen) * len(asked) * replicates, quiet=quiet) as tell:
        found = simulate_all(asked, chosen, replicates=replicates, seed=seed, threads=threads, margin=margin, progress=tell)
    summary = found.summary()
    if csv is not None:
        write_frame(found.frame, csv)
    if plot is not None:
        from adoptsim.report.figures import figure_robustness

        write_figure(figure_robustness(found), plot)
    if report is not None:
        from adoptsim.report.pages.robustness import robustness_page

        sets = None if ensemble is None else str(ensemble)
        options: dict[str, Any] = {"ensemble": sets, "worlds": worlds, "replicates": replicates, "margin": margin}
        typed = as_typed("robustness", *scenarios, **options, days=days, seed=seed, report="report.html")
        page = robustness_page(found, given=scenarios, days=days, worlds=worlds, ensemble=sets, command=typed)
        write_page(page, report)
    if as_json:
        from adoptsim.analysis.robustness_words import headline, sentences

        print_json(summary | {"headline": headline(summary), "sentences": sentences(summary)})
        return
    _show(out(), summary)
    for what, path in (("plot", plot), ("csv", csv), ("report", report)):
        if path is not None:
            say(f"{what}: {path}")


def _show(console: Console, summary: dict[str, Any]) -> None:
    from adoptsim.analysis.robustness_words import headline, sentences

    console.print(headline(summary)[:1].upper() + headline(summary)[1:] + ".", style="bold")
    shown = table(
        "Policy", "worlds where it reaches\ncritical mass", "chance", "contributors", "best in", "hours a person\nand month"
    )
    rows = {row["scenario"]: row for row in summary["policies"]}
    for name in summary["ranking"]:
        row = rows[name]
        shares = (row["worlds_reached"], row["reached"], row["contributors"], row["places"][0])
        hours = row["hours_per_person_month"]
        cells = [f"{with_unit(each['mean'], 'share')} ({_span(each)})" for each in shares]
        shown.add_row(name, *cells, f"{number(hours['mean'])} ({span(hours['low'], hours['high'])})")
    console.print(shown, end="")
    for sentence in sentences(summary):
        console.print(sentence)
    console.print(f"\n{about_robustness(summary)}", style="dim")


def _span(interval: dict[str, Any]) -> str:
    return span(interval["low"], interval["high"], "share").removesuffix(" %")

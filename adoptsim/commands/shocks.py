"""`shocks`: a living network meets a reorganisation, a leader who leaves, a punishment, a viral complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Days, FilePath, Quiet, Replicates, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import CSV, HTML, PICTURES, check_outputs, write_figure, write_frame, write_page
from adoptsim.commands.run import load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.domain.errors import InputError, Problem
from adoptsim.report.footnotes import about_shocks

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from adoptsim.domain.scenario import Scenario, Shock


def shocks(
    scenarios: Annotated[list[str], typer.Argument(metavar="A [B C...]", help="Scenarios, by name or path.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="reorganisation, leader_leaves, punishment or viral_complaint; may be given several times. The scenario's "
            "own, or all four, when absent.",
            show_default=False,
        ),
    ] = None,
    day: Annotated[
        int | None,
        typer.Option(min=1, max=2519, help="Working day on which it strikes; 252 when absent.", show_default=False),
    ] = None,
    size: Annotated[
        float | None,
        typer.Option(
            min=0.0, max=1.0, help="Share struck or reached, of one --kind; its own when absent.", show_default=False
        ),
    ] = None,
    replicates: Replicates = 64,
    days: Days = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the courses with and without here (.png, .svg, .pdf).")] = None,
    csv: Annotated[FilePath, typer.Option(help="Write a row a scenario, shock and run here (.csv).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """See what shocks do to a living network.

    Simulates scenarios with a shock and without, with the same people and luck: how likely the network collapses, how deep
    the dip is, and how long it takes to come back.
    """
    asked = [load(name, days) for name in scenarios]
    struck = _asked_for(asked, kind, day, size)
    check_outputs({"--plot": (plot, PICTURES), "--csv": (csv, CSV), "--report": (report, HTML)})
    from adoptsim.analysis.shocks import shocks as simulate_all

    tell_if_first(quiet)
    with progress("shocks", len(asked) * replicates, quiet=quiet, unit="replicates") as tell:
        found = simulate_all(asked, struck, replicates=replicates, seed=seed, threads=threads, progress=tell)
    summary = found.summary()
    if csv is not None:
        write_frame(found.frame, csv)
    if plot is not None:
        from adoptsim.report.figures import figure_shocks

        write_figure(figure_shocks(found), plot)
    if report is not None:
        from adoptsim.report.pages.shocks import shocks_page

        options: dict[str, Any] = {"kind": tuple(kind) if kind else None, "day": day, "size": size, "days": days}
        typed = as_typed("shocks", *scenarios, **options, replicates=replicates, seed=seed, report="report.html")
        write_page(shocks_page(found, given=scenarios, days=days, own=struck is None, command=typed), report)
    if as_json:
        from adoptsim.analysis.shocks_words import headline, pair_sentence, sentence

        rows = summary["shocks"]
        said = [*map(sentence, rows), *map(pair_sentence, summary["pairs"])]
        print_json({"headline": headline(rows)} | summary | {"sentences": said})
        return
    _show(out(), summary)
    for what, path in (("plot", plot), ("csv", csv), ("report", report)):
        if path is not None:
            say(f"{what}: {path}")


def _asked_for(
    scenarios: list[Scenario], kinds: list[str] | None, day: int | None, size: float | None
) -> list[Shock] | None:
    """Return the shocks that the options name, or None for each scenario's own; what cannot be raises ``InputError``."""
    from adoptsim.domain.scenario import Shock, nearest
    from adoptsim.domain.shocks import SHOCKS

    unknown = [name for name in kinds or () if name not in SHOCKS]
    if unknown:
        raise InputError(*(Problem(f"{name!r} is no shock{nearest(name, SHOCKS)}", "--kind") for name in unknown))
    if size is not None and len(set(kinds or SHOCKS)) != 1:
        raise InputError(Problem("means another thing for each kind; give one --kind beside it", "--size"))
    if size == 0.0:
        raise InputError(Problem("0 is no shock; give a share above 0", "--size"))
    named = {} if day is None else {"day": day}
    own = kinds is None and day is None
    wanted = [Shock(kind=name, size=size, **named) for name in dict.fromkeys(kinds or SHOCKS)]
    for scenario in scenarios:
        _check_days(scenario, scenario.shocks if own and scenario.shocks else wanted)
    return None if own else wanted


def _check_days(scenario: Scenario, wanted: Any) -> None:
    """Refuse a shock that would strike after the last simulated day."""
    last = scenario.horizon.days - 1
    late = [shock.day for shock in wanted if shock.day > last]
    if late:
        right = f"give a day from 1 to {last}, or more --days" if last else "give more --days"
        raise InputError(Problem(f"{late[0]} is after the last day of {scenario.name}; {right}", "--day"))


def _show(console: Console, summary: dict[str, Any]) -> None:
    """Print the finding, a sentence a scenario and shock, and the figures."""
    from rich.text import Text

    from adoptsim.analysis.shocks_words import headline, pair_sentence, sentence, size_words
    from adoptsim.domain.shocks import SHOCKS

    rows = summary["shocks"]
    console.print(f"{headline(rows)}.", style="bold")
    kinds = list(dict.fromkeys((row["kind"], row["day"], row["size"]) for row in rows))
    for name, day, size in kinds:
        same = _of_kind(rows, (name, day, size))
        console.print(Text.assemble("\n", (SHOCKS[name].title, "bold"), f" on day {day} ({size_words(same[0])})"))
        for row in same:
            console.print(Text.assemble("  ", (row["scenario"], "bold"), f": {sentence(row)}"))
        for pair in _of_kind(summary["pairs"], (name, day, size)):
            console.print(f"  {pair_sentence(pair)}")
    console.print()
    console.print(_table(rows, kinds), end="")
    console.print(f"\n{about_shocks(summary)}", style="dim")


def _table(rows: list[dict[str, Any]], kinds: list[tuple[str, int, float]]) -> Table:
    from rich.text import Text

    from adoptsim.analysis.shocks_words import percent
    from adoptsim.domain.shocks import SHOCKS

    shown = table("", "collapse", "at worst", "back after", "not back", "voice", "at the end")
    for kind in kinds:
        shown.add_row(Text(SHOCKS[kind[0]].title, style="bold"))
        for row in _of_kind(rows, kind):
            if not row["living_runs"]:
                shown.add_row(f"  {row['scenario']}", *["-"] * 6)
                continue
            back, never = row["days_until_back"]["mean"], percent(row["never_back"]["mean"])
            days = f"over {row['days_after']}" if back is None else f"{back:.0f}"
            collapse, worst, voice, last = (_cell(row[name]) for name in ("collapse", "lowest", "voice", "last_month"))
            shown.add_row(f"  {row['scenario']}", collapse, worst, days, never, voice, last)
    return shown


def _of_kind(rows: list[dict[str, Any]], kind: tuple[str, int, float]) -> list[dict[str, Any]]:
    return [row for row in rows if (row["kind"], row["day"], row["size"]) == kind]


def _cell(interval: dict[str, Any]) -> str:
    from adoptsim.analysis.shocks_words import percent

    if interval["low"] is None:
        return percent(interval["mean"])
    return f"{percent(interval['mean'])}\n{100 * interval['low']:.0f}-{100 * interval['high']:.0f}"

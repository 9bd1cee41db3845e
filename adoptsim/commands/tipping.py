"""`tipping`: how many must begin for a network to live by itself, how many may leave, and what moves that edge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import CSV, HTML, PICTURES, check_outputs, write_figure, write_frame, write_page
from adoptsim.commands.run import load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.domain.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from adoptsim.analysis.hysteresis import Hysteresis
    from adoptsim.analysis.phase import Phase
    from adoptsim.analysis.tipping import Tipping
    from adoptsim.domain.scenario import Scenario
    from adoptsim.report.html import Page

REPLICATES = 64
"""Of organisations like the usual one half have an edge, and some thirty tell whether it is sharp."""
LEAST_REPLICATES = 6  # fewer give no 95 % interval of a median
LEAST_DAYS = 273  # leavers go after a year, and a month tells who contributes


def tipping(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or the path of a file.")],
    replicates: Annotated[
        int | None,
        typer.Option(
            min=LEAST_REPLICATES,
            max=MOST_REPLICATES,
            help="Organisations, each with its own edge (64); of --phase, most runs of a point (16).",
            show_default=False,
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            min=LEAST_DAYS, max=2520, help="Working days that the network is left alone (1008).", show_default=False
        ),
    ] = None,
    organisation: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MOST_REPLICATES,
            help="Keep the people and ties of this replicate; runs differ in luck alone.",
            show_default=False,
        ),
    ] = None,
    phase: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="A B",
            help="Instead, where it lives over two of: start, strength, a practice, lever or parameter; or A=LOW:HIGH.",
            show_default=False,
        ),
    ] = None,
    hysteresis: Annotated[
        str | None,
        typer.Option(
            metavar="A",
            help="Instead, raise and lower one of: strength, a practice, a lever; or A=LOW:HIGH.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    csv: Annotated[FilePath, typer.Option(help="Write what was found here, a row a run or point (.csv).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the tipping point of an organisation.

    Without launch support: how many must begin as contributors for its network to live by itself, by who they are,
    and how many may leave before a living network dies.
    """
    asked = load(scenario, None)
    check_outputs({"--plot": (plot, PICTURES), "--csv": (csv, CSV), "--report": (report, HTML)})
    _check_modes(phase, hysteresis, organisation, days)
    modes = {"replicates": replicates, "organisation": organisation, "phase": phase, "hysteresis": hysteresis}
    typed = as_typed("tipping", scenario, **modes, days=days, seed=seed, report="report.html")
    how: dict[str, Any] = {"seed": seed, "threads": threads}
    alone = {} if days is None else {"days": days}
    outputs: dict[str, Any] = {"plot": plot, "csv": csv, "report": report, "as_json": as_json, "quiet": quiet}
    outputs["asked"] = {"given": scenario, "command": typed}
    if phase is not None:
        _phase(asked, phase, how | alone, replicates, **outputs)
    elif hysteresis is not None:
        _hysteresis(asked, hysteresis, how, replicates, **outputs)
    else:
        _edges(asked, how | alone | {"organisation": organisation}, replicates, **outputs)


def _check_modes(phase: tuple[str, str] | None, hysteresis: str | None, organisation: int | None, days: int | None) -> None:
    if phase is not None and hysteresis is not None:
        raise InputError(Problem("is another question than --phase; ask one at a time", "--hysteresis"))
    if organisation is not None and (phase is not None or hysteresis is not None):
        raise InputError(Problem("is for tipping points alone; leave it out here", "--organisation"))
    if hysteresis is not None and days is not None:
        message = "is not for --hysteresis, which holds each level for 6 months and again for 24; leave it out here"
        raise InputError(Problem(message, "--days"))


def _edges(scenario: Scenario, how: dict[str, Any], replicates: int | None, *, quiet: bool, **outputs: Any) -> None:
    from adoptsim.analysis.tipping import tipping as search
    from adoptsim.analysis.tipping_words import verdict

    n = replicates if replicates is not None else REPLICATES
    tell_if_first(quiet)
    with progress("tipping", n, quiet=quiet, unit="searches") as tell:
        found = search(scenario, replicates=n, progress=tell, **how)
    page = _page("tipping_page", found)
    if _write(found, page, "figure_tipping", {"verdict": " ".join(verdict(found))}, **outputs):
        _show_edges(found)


def _phase(scenario: Scenario, targets: tuple[str, str], how: dict[str, Any], most: int | None, **outputs: Any) -> None:
    from adoptsim.analysis.living import left_alone
    from adoptsim.analysis.phase import FIRST_RUNS, MOST_RUNS
    from adoptsim.analysis.phase import phase as search
    from adoptsim.analysis.phase_words import phase_verdict
    from adoptsim.analysis.settings import check_axis, read_axis

    quiet = outputs.pop("quiet")
    axes = read_axis(targets[0], "--phase"), read_axis(targets[1], "--phase")
    if axes[0].target == axes[1].target:
        raise InputError(Problem(f"{targets[1]} is given twice; give two different settings", "--phase"))
    for axis in axes:
        check_axis(left_alone(scenario), axis, "--phase")
    if most is not None and most < FIRST_RUNS:
        said = f"{most} is fewer than the {FIRST_RUNS} runs that every point of --phase has; give {FIRST_RUNS} or more"
        raise InputError(Problem(said, "--replicates"))
    tell_if_first(quiet)
    with progress("phase diagram", 1, quiet=quiet) as tell:
        found = search(scenario, axes, most_runs=most or MOST_RUNS, progress=tell, **how)
    page = _page("phase_page", found, targets=targets, most_runs=most or MOST_RUNS)
    if _write(found, page, "figure_phase", {"verdict": phase_verdict(found)}, **outputs):
        _show_phase(found)


def _hysteresis(scenario: Scenario, target: str, how: dict[str, Any], replicates: int | None, **outputs: Any) -> None:
    from adoptsim.analysis.hysteresis import HELD_DAYS, REPLICATES
    from adoptsim.analysis.hysteresis import hysteresis as search
    from adoptsim.analysis.living import left_alone
    from adoptsim.analysis.phase_words import hysteresis_verdict
    from adoptsim.analysis.settings import check_axis, check_moves_within_a_run, read_axis

    quiet = outputs.pop("quiet")
    axis = read_axis(target, "--hysteresis")
    check_moves_within_a_run(axis, "--hysteresis")
    check_axis(left_alone(scenario), axis, "--hysteresis")
    n = replicates or REPLICATES
    tell_if_first(quiet)
    with progress("up and down", len(HELD_DAYS) * n, quiet=quiet) as tell:
        found = search(scenario, axis, replicates=n, progress=tell, **how)
    page = _page("hysteresis_page", found, target=target)
    if _write(found, page, "figure_hysteresis", {"verdict": " ".join(hysteresis_verdict(found))}, **outputs):
        _show_hysteresis(found)


def _page(name: str, found: Any, **more: Any) -> Callable[..., Page]:
    """Return how the report of what was found is made, when one is asked for."""

    def make(**asked: Any) -> Page:
        import adoptsim.report.pages.tipping as pages

        page: Page = getattr(pages, name)(found, **asked, **more)
        return page

    return make


def _write(
    found: Any,
    page: Callable[..., Page],
    figure: str,
    verdict: dict[str, str],
    *,
    plot: Path | None,
    csv: Path | None,
    report: Path | None,
    asked: dict[str, str],
    as_json: bool,
) -> bool:
    """Write the files and the JSON that are asked for; return whether the answer is still to be shown."""
    if csv is not None:
        frame: pd.DataFrame = found.frame
        write_frame(frame, csv)
    if plot is not None:
        import adoptsim.report.figures as figures

        drawn: Figure = getattr(figures, figure)(found)
        write_figure(drawn, plot)
    if report is not None:
        write_page(page(**asked), report)
    if as_json:
        print_json(verdict | found.summary())
    elif plot or csv or report:
        say("   ".join(f"{what}: {path}" for what, path in (("plot", plot), ("table", csv), ("report", report)) if path))
    return not as_json


def _show_edges(found: Tipping) -> None:
    from adoptsim.analysis.tipping import ABOVE, BELOW, MOST_LEAVERS
    from adoptsim.analysis.tipping_words import PLACES, about, edge_words, share_words, verdict

    first, *rest = verdict(found)
    console = out()
    console.print(first, style="bold")
    console.print("\n".join(rest))
    shown = table("Who begins", "needed (95 %)", "live with nobody", "die whoever begins")
    for name in found.placements:
        shown.add_row(
            PLACES[name],
            edge_words(found.edge(BELOW, name)),
            share_words(found.share_beyond(BELOW, 0.0, name).value),
            share_words(found.share_never(BELOW, name).value),
        )
    console.print()
    console.print(shown, end="")
    living = len(found.brackets(ABOVE))
    if living:
        shown = table("Who leaves", "kills (95 %)", "lived before", f"survive {share_words(MOST_LEAVERS)} leaving")
        survive = share_words(found.share_never(ABOVE).value)
        shown.add_row("all at once", edge_words(found.edge(ABOVE)), f"{living} of {found.replicates}", survive)
        console.print(shown, end="")
    console.print(about(found), style="dim")


def _show_phase(found: Phase) -> None:
    from adoptsim.analysis.phase_words import level_words, phase_about, phase_row, phase_verdict

    console = out()
    console.print(phase_verdict(found), style="bold")
    console.print()
    across, along = found.axes
    shown = table(_title(along.name), _title(across.name), left=2)
    for edge in found.edges():
        shown.add_row(level_words(along, edge.level), phase_row(found, edge))
    console.print(shown, end="")
    console.print(phase_about(found), style="dim")


def _show_hysteresis(found: Hysteresis) -> None:
    from adoptsim.analysis.phase_words import gap_cell, hysteresis_about, hysteresis_verdict, level_words, share_cell

    first, *rest = hysteresis_verdict(found)
    console = out()
    console.print(first, style="bold")
    console.print("\n".join(rest))
    shown = table(_title(found.axis.name), "raised", "lowered again", "gap, points")
    for step, level in enumerate(found.levels):
        up, down = (share_cell(found.branch(values, step)) for values in (found.up, found.down))
        shown.add_row(level_words(found.axis, level), up, down, gap_cell(found.gap(step)))
    console.print()
    console.print(shown, end="")
    console.print(hysteresis_about(found), style="dim")


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]

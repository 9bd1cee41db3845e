"""`tipping`: how many must begin for a network to live by itself, and how many may leave before it dies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, Seed, Threads
from adoptsim.commands.outputs import CSV, PICTURES, check_outputs, write_figure, write_frame
from adoptsim.commands.run import load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first

if TYPE_CHECKING:
    from adoptsim.analysis.tipping import Tipping

LEAST_REPLICATES = 6  # fewer give no 95 % interval of a median


def tipping(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or the path of a file.")],
    replicates: Annotated[
        int, typer.Option(min=LEAST_REPLICATES, max=MOST_REPLICATES, help="Organisations, each with its own edge.")
    ] = 32,
    days: Annotated[int, typer.Option(min=273, max=2520, help="Working days that the network is left alone.")] = 1008,
    organisation: Annotated[
        int | None,
        typer.Option(min=0, max=MOST_REPLICATES, help="Keep this replicate's people and ties; runs differ in luck alone."),
    ] = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    csv: Annotated[FilePath, typer.Option(help="Write a row a run and edge here (.csv).")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the tipping point of an organisation.

    Without launch support: how many must begin as contributors for its network to live by itself, by where they sit,
    and how many may leave before a living network dies.
    """
    asked = load(scenario, None)
    check_outputs({"--plot": (plot, PICTURES), "--csv": (csv, CSV)})
    tell_if_first(quiet)
    from adoptsim.analysis.tipping import tipping as search

    how: dict[str, Any] = {"replicates": replicates, "days": days, "organisation": organisation}
    with progress("tipping", replicates, quiet=quiet, unit="searches") as tell:
        found = search(asked, seed=seed, threads=threads, progress=tell, **how)
    if csv is not None:
        write_frame(found.frame, csv)
    if plot is not None:
        from adoptsim.report.figures import figure_tipping

        write_figure(figure_tipping(found), plot)
    if as_json:
        from adoptsim.analysis.tipping_words import verdict

        print_json({"verdict": " ".join(verdict(found))} | found.summary())
        return
    _show(found)
    if plot or csv:
        say("   ".join(f"{what}: {path}" for what, path in (("plot", plot), ("table", csv)) if path))


def _show(found: Tipping) -> None:
    from adoptsim.analysis.tipping import ABOVE, BELOW
    from adoptsim.analysis.tipping_words import PLACES, about, edge_words, share_words, verdict

    console = out()
    first, *rest = verdict(found)
    console.print(first, style="bold")
    for sentence in rest:
        console.print(sentence)
    console.print()
    shown = table("From below: who begins", "needed (95 %)", "live by themselves", "never live")
    for name in found.placements:
        shown.add_row(
            PLACES[name],
            edge_words(found.edge(BELOW, name)),
            share_words(found.share_beyond(BELOW, 0.0, name).value),
            share_words(found.share_never(BELOW, name).value),
        )
    console.print(shown, end="")
    shown = table("From above", "leavers that kill (95 %)", "living networks", "survive any")
    shown.add_row(
        "leave at once",
        edge_words(found.edge(ABOVE)),
        f"{len(found.brackets(ABOVE))} of {found.replicates}",
        share_words(found.share_never(ABOVE).value) if found.brackets(ABOVE) else "",
    )
    console.print(shown, end="")
    console.print(about(found), style="dim")

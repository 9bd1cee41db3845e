"""`sweep` and `results`: ask the same question many times; rank, export and draw what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, Threads
from adoptsim.commands.outputs import CSV, PARQUET, PICTURES, check_outputs, write_figure, write_frame
from adoptsim.commands.terminal import out, print_json, progress, say, tell_if_first
from adoptsim.commands.words import counted, duration

if TYPE_CHECKING:
    import pandas as pd

TOP = 15
Given = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="A shipped experiment's name, or the path of a file.")]
Database = Annotated[Path, typer.Argument(metavar="FILE.db", help="What a sweep has written.")]
Top = Annotated[int, typer.Option(min=1, max=1_000_000, help="How many of the best to show.")]


def sweep(
    experiment: Given,
    out_file: Annotated[
        FilePath,
        typer.Option("--out", help="The sweep's file (.db); beside you, named after the experiment, when absent."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="Which luck, instead of the experiment's.")] = None,
    threads: Threads = None,
    replicates: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_REPLICATES, help="Runs of each point, instead of the experiment's."),
    ] = None,
    top: Top = TOP,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run an experiment, or go on with it.

    Runs an experiment, or goes on where it stopped; then ranks what came of it and draws the picture.
    """
    from adoptsim.sweeps.experiment import Experiment

    asked = Experiment.load(experiment)
    file = out_file or Path(f"{asked.name}.db")
    picture = file.with_suffix(".png")
    check_outputs({"--out": (file, ()), "picture": (picture, PICTURES)})
    tell_if_first(quiet)
    total = asked.n_points * (replicates or asked.replicates)
    if not quiet:
        _announce(asked, total, file)
    frame = _run(asked, file, total, quiet, seed=seed, threads=threads, replicates=replicates)
    _tell(frame, file, picture, top, as_json=as_json)


def _announce(experiment: Any, total: int, file: Path) -> None:
    takes = f", about {duration(experiment.expected_minutes * 60)}" if experiment.expected_minutes else ""
    begins = "goes on in" if file.exists() else "kept in"
    say(f"{experiment.name}: {experiment.n_points:,} points, {counted(total, 'run')}{takes}; {begins} {file}")


def _run(experiment: Any, file: Path, total: int, quiet: bool, **how: int | None) -> pd.DataFrame:
    from adoptsim.sweeps.runner import sweep as run_sweep

    with progress(experiment.name, total, quiet=quiet) as tell:
        return run_sweep(experiment, out=file, progress=tell, **how)


def results(
    file: Database,
    top: Top = TOP,
    csv: Annotated[FilePath, typer.Option(help="Write a row a point here (.csv).")] = None,
    parquet: Annotated[FilePath, typer.Option(help="Write a row a point here (.parquet).")] = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    as_json: AsJson = False,
) -> None:
    """Rank, export and draw what a sweep found.

    Works while the sweep still runs, too.
    """
    check_outputs({"--csv": (csv, CSV), "--parquet": (parquet, PARQUET), "--plot": (plot, PICTURES)})
    from adoptsim.sweeps.results import load_results

    frame = load_results(file)
    for path in (csv, parquet):
        if path is not None:
            write_frame(frame.reset_index(), path)
            say(f"table: {path}")
    _tell(frame, file, plot, top, as_json=as_json)


def _tell(frame: pd.DataFrame, file: Path, picture: Path | None, top: int, *, as_json: bool) -> None:
    """Draw the picture if there is something to draw, then print the report."""
    from adoptsim.commands.bundles import print_report, sweep_report
    from adoptsim.report.figures import figure_bundles
    from adoptsim.sweeps.results import load_runs

    has_runs = bool(frame.attrs["finished"])
    drawn = picture if has_runs else None
    if drawn is not None:
        write_figure(figure_bundles(frame), drawn)
    report = sweep_report(frame, load_runs(file) if has_runs else None, top)
    report |= {"file": str(file), "picture": str(drawn) if drawn else None}
    if as_json:
        print_json(report)
        return
    print_report(out(), report)
    say(f"\nResults: {file}" + (f"   Picture: {drawn}" if drawn else ""))
    if report.get("failed"):
        say(f"{counted(report['failed'], 'run')} failed; the same sweep, started again, tries them once more.")

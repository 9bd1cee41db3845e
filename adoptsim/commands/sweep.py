"""`sweep` and `results`: ask the same question many times; rank, export and draw what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, ReportFile, Threads, as_typed
from adoptsim.commands.outputs import CSV, HTML, PARQUET, PICTURES, check_outputs, write_figure, write_frame, write_page
from adoptsim.commands.terminal import out, print_json, say, stopped_says, tell_if_first
from adoptsim.domain.errors import InputError, Problem
from adoptsim.report.words import counted, duration

if TYPE_CHECKING:
    import pandas as pd

TOP = 15
SOME_FAILED = 1


class Cost(StrEnum):
    """Whose hours count."""

    all = "all"
    practices = "practices"
    leaders = "leaders"
    champions = "champions"
    employees = "employees"
    organisers = "organisers"


class Rows(StrEnum):
    """What a row of an exported table is."""

    points = "points"
    runs = "runs"
    days = "days"
    failures = "failures"


class RankBy(StrEnum):
    """What points are ranked by."""

    chance = "chance"
    lowest = "lowest"


class Tried(NamedTuple):
    """That the least of what seems enough is to be tried again with fresh luck, and in how many threads."""

    threads: int | None


Given = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="A shipped experiment's name, or the path of a file.")]
Database = Annotated[Path, typer.Argument(metavar="FILE.db", help="What a sweep has written.")]
Top = Annotated[int, typer.Option(min=1, max=1_000_000, help="How many of the best to show.")]
MaybeTop = Annotated[int | None, typer.Option(min=1, max=1_000_000, help=f"How many of the best to show ({TOP}).")]


def sweep(
    experiment: Given,
    out_file: Annotated[
        FilePath,
        typer.Option("--out", help="The sweep's file (.db); beside you, named after the experiment, when absent."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Which luck, instead of the experiment's.")] = None,
    threads: Threads = None,
    replicates: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_REPLICATES, help="Runs of each point, instead of the experiment's."),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(help="Stop each point when its difference to the base scenario is known to within this (+/-)."),
    ] = None,
    precision_of: Annotated[
        str | None, typer.Option(help="The measure whose difference is meant; reached if absent.")
    ] = None,
    series: Annotated[bool, typer.Option("--series", help="Keep the days of every run too.")] = False,
    time_limit: Annotated[
        float | None, typer.Option(help="Give a run up after so many seconds; it counts as failed.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on a Dask cluster: tcp://..., tls://... or a scheduler file.")
    ] = None,
    dask_ca: Annotated[FilePath, typer.Option(help="Of tls://: the certificate of who signs (.pem).")] = None,
    dask_cert: Annotated[FilePath, typer.Option(help="Of tls://: our certificate (.pem).")] = None,
    dask_key: Annotated[FilePath, typer.Option(help="Of tls://: our key (.pem).")] = None,
    top: Top = TOP,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run an experiment, or go on with it.

    Runs an experiment, or goes on where it stopped; then ranks what came of it and draws the picture. Ends with 1 if any
    run failed, so that a script notices; the others are there, and the same command tries the failed ones once more.
    """
    from adoptsim.sweeps.experiment import Experiment

    asked = Experiment.load(experiment)
    file = out_file or Path(f"{asked.name}.db")
    picture = file.with_suffix(".png")
    check_outputs({"--out": (file, ()), "picture": (picture, PICTURES)})
    tell_if_first(quiet)
    by_precision = precision is not None or asked.precision is not None
    if not quiet:
        _announce(asked, None if by_precision else replicates or asked.replicates, file)
    how: dict[str, Any] = {"seed": seed, "threads": threads, "replicates": replicates, "dask": dask}
    how |= {"precision": precision, "precision_of": precision_of, "series": series, "time_limit": time_limit}
    certificates = (dask_ca, dask_cert, dask_key)
    if any(certificates):
        from adoptsim.sweeps.cluster import Certificates

        how["certificates"] = Certificates(*certificates)
    frame = _run(asked, file, quiet, how)
    with stopped_says(lambda: _kept(file)):
        _tell(frame, file, picture, top, as_json=as_json, again=Tried(threads))
    if frame.attrs["failed"]:
        raise typer.Exit(SOME_FAILED)


def _kept(file: Path) -> str:
    see = as_typed("results", file)
    return f"stopped after the sweep, which is kept in {file}: start it again for the rest, or see it with {see}"


def _announce(experiment: Any, replicates: int | None, file: Path) -> None:
    takes = f", about {duration(experiment.expected_minutes * 60)}" if experiment.expected_minutes else ""
    begins = "goes on in" if file.exists() else "kept in"
    many = counted(experiment.n_points * replicates, "run") if replicates else "as many runs as the precision takes"
    say(f"{experiment.name}: {counted(experiment.n_points, 'point')}, {many}{takes}; {begins} {file}")


def _run(experiment: Any, file: Path, quiet: bool, how: dict[str, Any]) -> pd.DataFrame:
    from adoptsim.commands.watching import watching
    from adoptsim.sweeps.runner import sweep as run_sweep

    with watching(experiment.name, quiet=quiet) as watch:
        return run_sweep(experiment, out=file, watch=watch, **how)


def results(
    file: Database,
    top: MaybeTop = None,
    rank_by: Annotated[
        RankBy | None,
        typer.Option(help="Rank by the chance to last (when absent), or by contributors in the department with fewest."),
    ] = None,
    probability: Annotated[
        float | None,
        typer.Option(
            min=0.0, max=1.0, help="Least lower bound of the chance to last for a bundle to be enough; 0.5 when absent."
        ),
    ] = None,
    cost: Annotated[
        Cost | None, typer.Option(help="Whose hours count where bundles are compared by cost; all when absent.")
    ] = None,
    csv: Annotated[FilePath, typer.Option(help="Write a table here (.csv).")] = None,
    parquet: Annotated[FilePath, typer.Option(help="Write a table here (.parquet).")] = None,
    rows: Annotated[
        Rows | None,
        typer.Option(
            help="What a row of these tables is: a point (when absent), a run, a day of a run (of --series), a failed run."
        ),
    ] = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    plot_shares: Annotated[FilePath, typer.Option(help="Draw here what each practice adds (Shapley values).")] = None,
    plot_frontier: Annotated[FilePath, typer.Option(help="Draw here what more hours buy.")] = None,
    plot_interactions: Annotated[FilePath, typer.Option(help="Draw here which practices need each other.")] = None,
    report: ReportFile = None,
    provenance: Annotated[
        bool, typer.Option("--provenance", help="Say instead where the numbers come from: who, when, with what.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Rank, export and draw what a sweep found.

    Works while the sweep still runs, too. Of a finished sweep with practices on and off in every combination it also
    says which bundle is the cheapest that is enough, and what each practice adds.
    """
    more = {"--plot-shares": plot_shares, "--plot-frontier": plot_frontier, "--plot-interactions": plot_interactions}
    pictures = {option: (path, PICTURES) for option, path in {"--plot": plot, **more}.items()}
    tables = {"--csv": (csv, CSV), "--parquet": (parquet, PARQUET)}
    check_outputs({**tables, "--report": (report, HTML), **pictures}, reads={"the sweep": file})
    if rows is not None and csv is None and parquet is None:
        raise InputError(Problem("says what a row of a table is; give --csv or --parquet too, or leave it out", "--rows"))
    if provenance:
        told = {"--top": top, "--rank-by": rank_by, "--probability": probability, "--cost": cost}
        _refuse_beside_provenance(told | {"--plot": plot, **more, "--report": report})
    from adoptsim.sweeps.results import load_results

    frame = load_results(file)
    _export(frame, file, rows or Rows.points, [path for path in (csv, parquet) if path is not None])
    if provenance:
        _tell_provenance(file, as_json=as_json)
        return
    _tell(
        frame,
        file,
        plot,
        top or TOP,
        as_json=as_json,
        probability=probability,
        cost=cost.value if cost else None,
        rank_by=(rank_by or RankBy.chance).value,
        more=more,
        page=report,
    )


def _refuse_beside_provenance(given: Mapping[str, object]) -> None:
    said = "is for what the sweep found, and --provenance says instead where it comes from; leave one of them out"
    useless = [Problem(said, option) for option, value in given.items() if value is not None]
    if useless:
        raise InputError(*useless)


def _export(frame: pd.DataFrame, file: Path, rows: Rows, paths: Sequence[Path]) -> None:
    """Write a table of points, runs, days or failures to each path."""
    from adoptsim.sweeps.results import load_failures, load_runs, load_series, storable

    loaders: dict[Rows, Callable[[Path], pd.DataFrame]] = {
        Rows.points: lambda _: frame.reset_index(),
        Rows.runs: load_runs,
        Rows.days: load_series,
        Rows.failures: load_failures,
    }
    if not paths:
        return
    wanted = loaders[rows](file)
    for path in paths:
        write_frame(storable(wanted) if path.suffix.lower() in PARQUET else wanted, path)
        say(f"table: {path}")


def _tell_provenance(file: Path, *, as_json: bool) -> None:
    from adoptsim.commands.provenance import print_provenance
    from adoptsim.sweeps.provenance import load_provenance

    told = load_provenance(file)
    if as_json:
        print_json(told)
    else:
        print_provenance(out(), told)


def _tell(
    frame: pd.DataFrame,
    file: Path,
    picture: Path | None,
    top: int,
    *,
    as_json: bool,
    probability: float | None = None,
    cost: str | None = None,
    rank_by: str = "chance",
    more: Mapping[str, Path | None] = MappingProxyType({}),
    page: Path | None = None,
    again: Tried | None = None,
) -> None:
    """Draw the pictures if there is something to draw, then print the report."""
    from adoptsim.commands.answer import add_answer, answer_figures, answer_of, tried_again
    from adoptsim.commands.bundles import print_report, sweep_report
    from adoptsim.report.figures import figure_bundles
    from adoptsim.sweeps.results import SUFFICIENT, over_worlds

    runs = _runs_of(file, frame)
    least = SUFFICIENT if probability is None else probability
    answer = answer_of(file, runs, probability=least, cost=cost or Cost.all.value) if runs is not None else None
    _refuse_useless(frame, answer, probability, cost)
    if answer is not None and runs is not None and again is not None:
        answer = tried_again(answer, file, runs, probability=least, threads=again.threads)
    drawn = answer_figures(answer, more)
    if picture is not None and frame.attrs["finished"]:
        drawn[picture] = figure_bundles(frame, least)
    for path, figure in drawn.items():
        write_figure(figure, path)
    report = sweep_report(over_worlds(frame), runs, top, least, rank_by)
    if answer is not None:
        add_answer(report, answer)
    if page is not None:
        how = {"probability": probability, "cost": cost}
        command = as_typed("results", f"{frame.attrs['experiment']}.db", **how, report="report.html")
        _write_report(frame, file, report, answer, command, page)
    if "precision" in frame.attrs:
        report["precision"] = frame.attrs["precision"]
    report |= {"file": str(file), "picture": str(picture) if picture in drawn else None}
    if as_json:
        print_json(report)
        return
    print_report(out(), report)
    say("   ".join([f"\nResults: {file}", *(f"Picture: {path}" for path in reversed(drawn))]))
    if spent := frame.attrs.get("precision"):
        say(_spent(spent))
    if report.get("failed"):
        say(f"{counted(report['failed'], 'run')} failed; the same sweep, started again, tries them once more.")


def _refuse_useless(frame: pd.DataFrame, answer: Any, probability: float | None, cost: str | None) -> None:
    """Refuse what a sweep of its kind has no use for."""
    from adoptsim.commands.answer import NO_HOURS, NOT_ALL_BUNDLES
    from adoptsim.sweeps.results import on_off_factors, over_worlds

    problems = []
    if cost is not None and (answer is None or answer.frontier is None):
        problems.append(Problem(NOT_ALL_BUNDLES if answer is None else NO_HOURS, "--cost"))
    if probability is not None and not on_off_factors(over_worlds(frame)):
        problems.append(Problem("is for bundles, and the sweep has nothing on and off; leave it out", "--probability"))
    if problems:
        raise InputError(*problems)


def _runs_of(file: Path, frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the runs of a sweep of every combination, as far as they are asked; None of others, which may be very many."""
    from adoptsim.analysis.hours import MEASURED
    from adoptsim.analysis.levels import OUTCOMES
    from adoptsim.analysis.shares import VALUES
    from adoptsim.sweeps.results import load_runs, on_off_factors

    levels = [frame[name].nunique() for name in frame.attrs["factors"]]
    if not frame.attrs["finished"] or not (on_off_factors(frame) or prod(levels) == len(frame)):
        return None
    return load_runs(file, (*OUTCOMES, *VALUES, *MEASURED))


def _write_report(frame: pd.DataFrame, file: Path, report: dict[str, Any], answer: Any, command: str, page: Path) -> None:
    """Write what a sweep found as a page."""
    from adoptsim.report.pages.asked import Asked
    from adoptsim.report.pages.sweep import sweep_page

    if not frame.attrs["finished"]:
        raise InputError(Problem("no run of the sweep is finished yet, so there is nothing to report", "--report"))
    write_page(sweep_page(frame, report, answer.frontier if answer else None, Asked.read(file), command=command), page)
    say(f"report: {page}")


def _spent(spent: Mapping[str, Any]) -> str:
    """Return what a precision has taken, and saved against as many replicates of each point, in a sentence or two."""
    most = f"of at most {spent['most']:,} a point"
    text = f"Precision +/-{spent['target']:g} in {spent['outcome']}: {counted(spent['used'], 'run')} {most}"
    text += f" and {spent['beside']:,} of the base scenario beside" if spent["beside"] else ""
    saved = f"{abs(spent['saved']):,} {'fewer' if spent['saved'] >= 0 else 'more'}"
    text += f"; {saved} than with {counted(spent['fixed'], 'replicate')} of each"
    if spent["not_reached"]:
        text += f"; {counted(spent['not_reached'], 'point')} had the most and are still not known so well"
    return f"{text}."

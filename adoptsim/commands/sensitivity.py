"""`sensitivity`: which practices and parameters move the outcome, all varied together."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, ReportFile, Threads, as_typed
from adoptsim.commands.outputs import CSV, HTML, PICTURES, check_outputs, write_figure, write_frame, write_page
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.domain.errors import InputError, Problem
from adoptsim.report.sensitivity_cells import BY_LUCK, MAIN, has_alone, sized
from adoptsim.report.words import counted, duration

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from adoptsim.report.pages.sensitivity_python import Weighed
    from adoptsim.sweeps.experiment import Experiment

TOP = 20
KEEP = 12
SIGNS = {"raises": "+", "lowers": "-", "": " "}


class Method(StrEnum):
    """How factors are weighed: a screening of many, or shares of the variance of fewer."""

    MORRIS = "morris"
    SOBOL = "sobol"


def sensitivity(
    experiment: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="A shipped experiment's name, or the path of a file.")
    ],
    method: Annotated[
        Method | None,
        typer.Option(help="morris screens many factors; sobol shares out the variance. As the design has it when absent."),
    ] = None,
    trajectories: Annotated[
        int | None, typer.Option(min=2, max=65_536, help="Of Morris (also before Sobol), instead of the experiment's.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=2, max=65_536, help="Of Sobol, a power of two: points are samples * (factors + 2).")
    ] = None,
    keep: Annotated[
        int, typer.Option(min=0, max=1_000, help="Sobol: how many factors beside the practices; a screening picks them.")
    ] = KEEP,
    replicates: Annotated[
        int | None, typer.Option(min=2, max=MOST_REPLICATES, help="Runs of each point, instead of the experiment's.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**32 - 1, help="Which points and luck, instead of the experiment's.")
    ] = None,
    threads: Threads = None,
    out_file: Annotated[
        FilePath, typer.Option("--out", help="The sweep's file (.db), where it goes on; beside you when absent.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="How many factors to show.")] = TOP,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    csv: Annotated[FilePath, typer.Option(help="Write a row a factor and outcome here (.csv).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Rank practices and parameters by how much they move the outcome.

    Varies all that an experiment varies, together, and goes on where it stopped. Sobol of more than --keep factors
    beside the practices begins with a Morris screening that picks them.
    """
    wanted = {"--plot": (plot, PICTURES), "--csv": (csv, CSV), "--report": (report, HTML)}
    check_outputs({"--out": (out_file, ())} | wanted)
    from adoptsim.analysis.sensitivity import designed, method_of, without
    from adoptsim.sweeps.experiment import Experiment

    asked = Experiment.load(experiment)
    chosen = str(method or method_of(asked))
    others = [name for name in asked.vary if not name.startswith("practices.")]
    screens = chosen == Method.SOBOL and len(others) > keep
    _check_counts(chosen, screens, trajectories, samples)
    if screens:  # what is wrong with the second step is said before the first begins
        designed(without(asked, others[keep:]), chosen, samples=samples, replicates=replicates)
    tell_if_first(quiet)
    file = out_file or Path(f"{asked.name}-{chosen}.db")
    how: dict[str, Any] = {"threads": threads, "quiet": quiet}
    asking: dict[str, Any] = {"replicates": replicates, "seed": seed}
    if screens:
        asked = _after_screening(asked, _screening_file(file), keep, asking | {"samples": trajectories}, how)
    number = trajectories if chosen == Method.MORRIS else samples
    frame = _run(asked, chosen, file, asking | {"samples": number}, how)
    _write(frame, plot, csv)
    if report is not None:
        from adoptsim.report.pages.sensitivity_python import Weighed

        first = _screening_file(file) if screens else None
        counts = {"trajectories": trajectories, "samples": samples, "keep": keep if screens else None}
        same = {"method": method and str(method), **counts, **asking}
        typed = as_typed("sensitivity", experiment, **same, out=out_file, top=top, report="report.html")
        _write_page(frame, Weighed(experiment, chosen, file, first, **counts, **asking), top, typed, report)
    if as_json:
        written = {"picture": str(plot) if plot else None, "report": str(report) if report else None}
        print_json(_report(frame) | {"file": str(file)} | written)
        return
    _print(out(), frame, top)
    named = {"Picture": plot, "Table": csv}
    say("   ".join([f"\nRuns: {file}", *(f"{what}: {path}" for what, path in named.items() if path)]))
    if report is not None:
        say(f"report: {report}")


def _check_counts(method: str, screens: bool, trajectories: int | None, samples: int | None) -> None:
    """Refuse a number that the method has no use for."""
    if method == Method.MORRIS and samples is not None:
        raise InputError(Problem("is for sobol; of morris give --trajectories", "--samples"))
    if method == Method.SOBOL and not screens and trajectories is not None:
        raise InputError(Problem("is for morris, and sobol needs no screening here; give --samples", "--trajectories"))


def _screening_file(file: Path) -> Path:
    return file.with_name(f"{file.stem.removesuffix('-sobol')}-morris.db")


def _after_screening(asked: Experiment, file: Path, keep: int, asking: dict[str, Any], how: dict[str, Any]) -> Experiment:
    """Return the experiment with the practices and the ``keep`` other factors that a screening ranks first."""
    from adoptsim.analysis.sensitivity import screened

    found = _run(asked, Method.MORRIS, file, asking, how)
    if found.empty:
        raise InputError(Problem("the screening finds no outcome that anything moves; vary more, or more of it", "vary"))
    return screened(asked, found, keep)


def _run(asked: Experiment, method: str, file: Path, asking: dict[str, Any], how: dict[str, Any]) -> pd.DataFrame:
    from adoptsim.analysis.sensitivity import designed, model_runner
    from adoptsim.analysis.sensitivity import sensitivity as weigh

    made = designed(asked, method, **asking)
    total = made.n_points * made.replicates
    what = f"{asked.name}, {method}"
    if not how["quiet"]:
        takes = asked.expected_minutes if made.design == asked.design and made.samples == asked.samples else None
        about = f", about {duration(takes * 60)}" if takes else ""
        begins = "goes on in" if file.exists() else "kept in"
        many = f"{counted(len(made.vary), 'factor')}, {made.n_points:,} points, {counted(total, 'run')}"
        say(f"{what}: {many}{about}; {begins} {file}")
    with progress(what, total, quiet=how["quiet"]) as tell:
        return weigh(made, model_runner(out=file, threads=how["threads"], progress=tell))


def _write(frame: pd.DataFrame, plot: Path | None, csv: Path | None) -> None:
    if csv is not None:
        write_frame(frame, csv)
    if plot is not None:
        from adoptsim.report.figures import figure_sensitivity

        write_figure(figure_sensitivity(frame), plot)


def _write_page(frame: pd.DataFrame, asked: Weighed, top: int, command: str, page: Path) -> None:
    """Write what was found as a page."""
    from adoptsim.report.pages.asked import Asked
    from adoptsim.report.pages.sensitivity import sensitivity_page

    write_page(sensitivity_page(frame, asked, Asked.read(asked.file), top=top, command=command), page)


def _report(frame: pd.DataFrame) -> dict[str, Any]:
    """Return what was found as plain data: each outcome with its factors, largest first."""
    from adoptsim.analysis.sensitivity_words import OUTCOME_WORDS, findings, target_words

    attrs = frame.attrs
    names = ("experiment", "title", "scenario", "method", "samples", "points", "replicates", "runs", "seed")
    outcomes: dict[str, Any] = {}
    for outcome, said in zip(OUTCOME_WORDS, findings(frame), strict=True):
        rows = frame[frame["outcome"] == outcome].drop(columns="outcome").to_dict("records")
        ranked = [row | {"name": target_words(row["target"], attrs["vary"][row["target"]]).name} for row in rows]
        why = attrs["undefined"].get(outcome)
        outcomes[outcome] = {"mean": attrs["mean"][outcome], "finding": said, "undefined": why, "factors": ranked}
    return {name: attrs[name] for name in names} | {"factors": len(attrs["targets"]), "outcomes": outcomes}


def _print(console: Console, frame: pd.DataFrame, top: int) -> None:
    """Print the findings in words, then the factors, ranked by their larger part in either outcome."""
    from adoptsim.analysis.sensitivity_words import CAVEAT, DIRECTION_WORDS, LUCK_WORDS, findings, how_to_read

    console.print(frame.attrs["title"] or frame.attrs["experiment"], style="bold")
    for finding in findings(frame):
        console.print(f"\n{finding}")
    if frame.empty:
        return
    shown = _ranked(console, frame, top)
    console.print(how_to_read(frame.attrs["method"]), style="dim")
    console.print(DIRECTION_WORDS.format(up="+", down="-"), style="dim")
    console.print(LUCK_WORDS, style="dim")
    console.print(CAVEAT, style="dim")
    left = len(frame.attrs["targets"]) - shown
    if left > 0:
        console.print(f"{left} more: --top {shown + left}, or --csv FILE.csv", style="dim")


def _ranked(console: Console, frame: pd.DataFrame, top: int) -> int:
    """Print the table; return how many factors it has."""
    from adoptsim.analysis.sensitivity import importance
    from adoptsim.analysis.sensitivity_words import OUTCOME_WORDS, target_words

    outcomes = [outcome for outcome in OUTCOME_WORDS if outcome not in frame.attrs["undefined"]]
    by_target = {outcome: frame[frame["outcome"] == outcome].set_index("target") for outcome in outcomes}
    shown = table("", "Factor", *(OUTCOME_WORDS[outcome] for outcome in outcomes), left=2)
    targets = list(importance(frame).index[:top])
    for place, target in enumerate(targets, start=1):
        words = target_words(target, frame.attrs["vary"][target])
        name = f"{words.mark:>2} {words.name}" if words.is_practice else words.name
        cells = [_cell(frame.attrs["method"], by_target[outcome].loc[target]) for outcome in outcomes]
        shown.add_row(f"{place:>3}", name, *cells)
    console.print()
    console.print(shown, end="")
    return len(targets)


def _cell(method: str, row: Any) -> str:
    """Return a size with its interval and direction; in plain words where luck would do as much."""
    if not row["beyond_luck"]:
        return f"{BY_LUCK}  "
    main, span = sized(row, MAIN[method])
    alone = "\nalone {} ({})  ".format(*sized(row, "S1")) if has_alone(method, row) else ""
    return f"{main} ({span}) {SIGNS[row['direction']]}{alone}"

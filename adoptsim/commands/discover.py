"""`discover`: the conditions under which a policy holds or fails, as a sentence."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, ReportFile, Threads, as_typed
from adoptsim.commands.outputs import HTML, PICTURES, check_outputs, write_figure, write_page
from adoptsim.commands.terminal import out, print_json, progress, say, stopped_says, table, tell_if_first
from adoptsim.domain.errors import InputError, Problem
from adoptsim.report.footnotes import about_discovery
from adoptsim.report.words import counted, duration

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from adoptsim.analysis.discovery import Box, Discovery
    from adoptsim.report.pages.discovery_python import Kind
    from adoptsim.sweeps.experiment import Experiment

CONDITIONS = "where-it-holds"  # as in adoptsim.analysis.conditions, which --help need not wait for
DATABASES = (".db", ".sqlite", ".sqlite3")
WORLD_REPLICATES = 4


class Over(StrEnum):
    """What a scenario meets: organisations of all kinds, or all plausible sets of parameters."""

    CONDITIONS = "conditions"
    WORLDS = "worlds"


class Cases(NamedTuple):
    """What conditions are sought in: factors, whether each case holds, and where it comes from."""

    factors: pd.DataFrame
    holds: Any
    facts: dict[str, Any]


def discover(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help=f"A sweep's file (.db), an experiment, or a scenario that is tried under the conditions of {CONDITIONS}.",
        ),
    ],
    over: Annotated[
        Over | None,
        typer.Option(
            help="Of a scenario: conditions that a manager can know (when absent), or worlds (plausible parameters).",
            show_default=False,
        ),
    ] = None,
    holds: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="A case holds if at least this share of its runs reach critical mass.")
    ] = 0.5,
    boxes: Annotated[int, typer.Option(min=1, max=5, help="How many sets of conditions at most.")] = 1,
    ensemble: Annotated[
        FilePath, typer.Option(help="Parameter sets for worlds (.csv); those that ship when absent.", show_default=False)
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_REPLICATES, help="Runs of each case, instead of the experiment's.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**32 - 1, help="Which luck, instead of the experiment's.", show_default=False)
    ] = None,
    threads: Threads = None,
    out_file: Annotated[
        FilePath,
        typer.Option("--out", help="The sweep's file (.db), where it goes on; beside you when absent.", show_default=False),
    ] = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the picture here (.png, .svg, .pdf).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say where a policy holds, and where it fails.

    Finds the conditions under which critical mass is reached or missed (scenario discovery by PRIM, tested against
    chance) and says them in a sentence.
    """
    read = {"the sweep or the experiment": Path(what), "the ensemble": ensemble}
    wanted = {"--out": (out_file, ()), "--plot": (plot, PICTURES), "--report": (report, HTML)}
    check_outputs(wanted, reads=read)
    kind = _kind(what, over)
    _check_used(kind, {"--over": over, "--ensemble": ensemble, "--replicates": replicates, "--out": out_file})
    from adoptsim.analysis.discovery import discover as find
    from adoptsim.analysis.discovery import most_prim_runs, need_ema

    need_ema()
    how: dict[str, Any] = {"replicates": replicates, "seed": seed, "threads": threads, "quiet": quiet}
    cases = _cases(kind, what, holds, ensemble, out_file, how)
    _check(cases)
    luck = cases.facts["seed"] if seed is None else seed
    with (
        stopped_says(lambda: _kept(cases.facts.get("file"))),
        progress("looking for conditions", most_prim_runs(boxes), quiet=quiet, unit="searches") as tell,
    ):
        found = find(cases.factors, cases.holds, most_boxes=boxes, seed=luck, progress=tell)
    if plot is not None:
        from adoptsim.report.figures import figure_discovery

        write_figure(figure_discovery(found, cases.facts["title"]), plot)
    if report is not None:
        options: dict[str, Any] = {"over": over.value if over is Over.WORLDS else None, "holds": holds, "boxes": boxes}
        options |= {"ensemble": ensemble, "replicates": replicates, "seed": seed, "out": out_file}
        _write_page(found, cases.facts, kind, what, options, report)
    if as_json:
        written = {"picture": str(plot) if plot else None, "report": str(report) if report else None}
        print_json(_report(found, cases.facts) | written)
        return
    _show(out(), found, cases.facts)
    for name, file in (("plot", plot), ("report", report)):
        if file is not None:
            say(f"{name}: {file}")


def _kept(file: str | None) -> str:
    return f"stopped after the sweep, which is kept in {file}: go on with {as_typed('discover', file)}" if file else ""


def _kind(what: str, over: Over | None) -> Kind:
    """Return what is given: a sweep's file, an experiment, or a scenario under conditions or in worlds."""
    if Path(what).suffix.lower() in DATABASES:
        return "sweep"
    if over == Over.WORLDS:
        return "worlds"
    return "experiment" if _is_experiment(what) else "scenario"


def _check_used(kind: Kind, given: dict[str, Any]) -> None:
    """Refuse what is given and would change nothing."""
    typed = [option for option, value in given.items() if value is not None]
    if kind == "sweep":
        said = "is for an experiment or a scenario; a sweep's file has its runs already: leave it out"
        useless = typed
    elif kind == "worlds":
        said = "is for a sweep, and worlds are not kept in a file; leave it out, or --over worlds"
        useless = [option for option in typed if option == "--out"]
    else:
        said = "is for --over worlds; leave it out, or give that too"
        useless = [option for option in typed if option == "--ensemble"]
    if useless:
        raise InputError(*(Problem(said, option) for option in useless))


def _cases(kind: Kind, what: str, holds: float, ensemble: Path | None, out_file: Path | None, how: dict[str, Any]) -> Cases:
    """Return the cases of a sweep's file, of an experiment, or of a scenario under conditions or in worlds."""
    if kind == "sweep":
        return _of_file(Path(what), holds)
    if kind == "worlds":
        return _of_worlds(what, holds, ensemble, how)
    from adoptsim.analysis.conditions import conditions_around
    from adoptsim.sweeps.experiment import Experiment

    asked = Experiment.load(what) if kind == "experiment" else conditions_around(what)
    return _of_experiment(asked, out_file or Path(f"{asked.name}.db"), holds, how)


def _is_experiment(what: str) -> bool:
    """Return whether an experiment is named, not a scenario: its file names a scenario, or says what it varies."""
    from adoptsim import files
    from adoptsim.files.tree import parse_yaml

    name = str(files.split_own(what)[0])
    path = Path(name).expanduser()
    if name in files.shipped("experiments") or not path.is_file():
        return name in files.shipped("experiments")
    try:
        return not {"scenario", "vary"}.isdisjoint(parse_yaml(files.read_text(path)).values)
    except InputError:  # said again, with the file's name, by whoever loads it
        return False


def _of_experiment(asked: Experiment, file: Path, holds: float, how: dict[str, Any]) -> Cases:
    from adoptsim.sweeps.runner import sweep

    tell_if_first(how["quiet"])
    total = asked.n_points * (how["replicates"] or asked.replicates)
    if not how["quiet"]:
        takes = f", about {duration(asked.expected_minutes * 60)}" if asked.expected_minutes else ""
        begins = "goes on in" if file.exists() else "kept in"
        say(f"{asked.name}: {counted(asked.n_points, 'case')}, {counted(total, 'run')}{takes}; {begins} {file}")
    with progress(asked.name, total, quiet=how["quiet"]) as tell:
        sweep(asked, out=file, progress=tell, **{name: how[name] for name in ("replicates", "seed", "threads")})
    return _of_file(file, holds)


def _of_file(file: Path, holds: float) -> Cases:
    from adoptsim.analysis.discovery import cases_of
    from adoptsim.sweeps.results import load_runs

    runs = load_runs(file)
    attrs = runs.attrs
    factors, flags = cases_of(runs, attrs["factors"], holds)
    names = ("experiment", "title", "scenario", "seed", "replicates", "finished", "runs")
    return Cases(factors, flags, {name: attrs[name] for name in names} | {"holds_at": holds, "file": str(file)})


def _of_worlds(what: str, holds: float, ensemble: Path | None, how: dict[str, Any]) -> Cases:
    import pandas as pd

    from adoptsim import files
    from adoptsim.analysis.robustness import load_worlds, robustness

    scenario, worlds = files.Scenario.load(what), load_worlds(ensemble)
    replicates, seed = how["replicates"] or WORLD_REPLICATES, 1 if how["seed"] is None else how["seed"]
    tell_if_first(how["quiet"])
    with progress(scenario.name, len(worlds) * replicates, quiet=how["quiet"]) as tell:
        found = robustness([scenario], worlds, replicates=replicates, seed=seed, threads=how["threads"], progress=tell)
    reached = found.sample.values["reached"][0].mean(axis=1)
    facts: dict[str, Any] = {
        "experiment": None,
        "title": f"In which plausible worlds does {scenario.name} hold?",
        "scenario": scenario.name,
    }
    facts |= {"seed": seed, "replicates": replicates, "holds_at": holds, "finished": reached.size * replicates}
    return Cases(pd.DataFrame(worlds).add_prefix("parameters."), reached >= holds, facts | {"runs": facts["finished"]})


def _check(cases: Cases) -> None:
    from adoptsim.analysis.discovery import LEAST_CASES

    least = 4 * LEAST_CASES
    if len(cases.factors) < least:
        said = f"{counted(len(cases.factors), 'case')} are too few to find conditions in; give {least} or more"
        raise InputError(Problem(said, "samples", cases.facts.get("file", "")))


def _write_page(found: Discovery, facts: dict[str, Any], kind: Kind, what: str, options: dict[str, Any], page: Path) -> None:
    """Write what was found as a page; ``options``: as they were asked for."""
    from adoptsim import files
    from adoptsim.report.pages.asked import Asked
    from adoptsim.report.pages.discovery import discovery_page
    from adoptsim.report.pages.discovery_python import Question, discovery_python

    sets = None if options["ensemble"] is None else str(options["ensemble"])
    same = {name: options[name] for name in ("replicates", "seed", "boxes")}
    question = Question(kind, what, file=facts.get("file", ""), ensemble=sets, **same)
    asked = Asked({}, files.Scenario.load(what)) if kind == "worlds" else Asked.read(Path(facts["file"]))
    typed = as_typed("discover", what, **options, report="report.html")
    write_page(discovery_page(found, facts, asked, python=discovery_python(question, facts), command=typed), page)


def _report(found: Discovery, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what was found as plain data."""
    from adoptsim.analysis.condition_words import legend, measures, noun_of, sentence

    share = found.share
    limits = [limit for box in found.boxes for limit in box.limits]
    return {
        name: facts.get(name) for name in ("experiment", "scenario", "title", "seed", "replicates", "holds_at", "file")
    } | {
        "cases": len(found.holds),
        "holds": {"mean": share.value, "low": share.low, "high": share.high},
        "sentence": sentence(found, noun_of(found.factors)),
        "of_interest": found.of_interest,
        "boxes": [_box(found, box) for box in found.boxes],
        "measures": measures(found),
        "legend": legend(limits),
        "why_none": found.why_none,
    }


def _box(found: Discovery, box: Box) -> dict[str, Any]:
    from adoptsim.analysis.condition_words import condition

    interval = {name: getattr(box.counts, name) for name in ("density", "coverage", "elsewhere")}
    return {
        "limits": [limit._asdict() | {"words": condition(limit)} for limit in box.limits],
        "counts": box.counts._asdict(),
        "mass": box.counts.mass,
        **{name: {"mean": each.value, "low": each.low, "high": each.high} for name, each in interval.items()},
        "p_value": box.p_value,
        "checked_density": box.checked_density,
        "checked_coverage": box.checked_coverage,
    }


def _show(console: Console, found: Discovery, facts: dict[str, Any]) -> None:
    from adoptsim.analysis.condition_words import legend, measures, noun_of, sentence

    console.print(facts["title"] or facts["experiment"] or facts["scenario"], style="bold")
    console.print(f"\n{sentence(found, noun_of(found.factors))}\n")
    if found.why_none:
        console.print(f"No condition: {found.why_none}.")
    if found.boxes:
        shown = table("Condition", "limit", "give or take", "found again", "quasi-p", left=1)
        for box in found.boxes:
            _rows(shown, box)
        console.print(shown, end="")
    for said in measures(found):
        console.print(said)
    limits = [limit for box in found.boxes for limit in box.limits]
    for line in legend(limits):
        console.print(line, style="dim")
    console.print(f"\n{about_discovery(found, facts)}", style="dim")


def _rows(shown: Any, box: Box) -> None:
    from adoptsim.analysis.condition_words import condition_cells

    for limit in box.limits:
        shown.add_row(*condition_cells(limit))
    shown.add_section()

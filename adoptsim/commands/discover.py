"""`discover`: the conditions under which a policy holds or fails, as a sentence."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from adoptsim.commands.options import MOST_REPLICATES, AsJson, FilePath, Quiet, Threads, as_typed
from adoptsim.commands.outputs import PICTURES, check_outputs, write_figure
from adoptsim.commands.terminal import out, print_json, progress, say, stopped_says, table, tell_if_first
from adoptsim.domain.errors import InputError, Problem
from adoptsim.report.words import counted, duration, span

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from adoptsim.analysis.discovery import Box, Discovery
    from adoptsim.sweeps.experiment import Experiment

CONDITIONS = "where-it-holds"
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
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say where a policy holds, and where it fails.

    Finds the conditions under which critical mass is reached or missed (scenario discovery by PRIM, tested against
    chance) and says them in a sentence.
    """
    read = {"the sweep or the experiment": Path(what), "the ensemble": ensemble}
    check_outputs({"--out": (out_file, ()), "--plot": (plot, PICTURES)}, reads=read)
    _check_used(what, over, {"--ensemble": ensemble, "--replicates": replicates, "--threads": threads, "--out": out_file})
    from adoptsim.analysis.discovery import discover as find
    from adoptsim.analysis.discovery import most_prim_runs, need_ema

    need_ema()
    how: dict[str, Any] = {"replicates": replicates, "seed": seed, "threads": threads, "quiet": quiet}
    cases = _cases(what, over, holds, ensemble, out_file, how)
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
    if as_json:
        print_json(_report(found, cases.facts) | {"picture": str(plot) if plot else None})
        return
    _show(out(), found, cases.facts)
    if plot is not None:
        say(f"plot: {plot}")


def _kept(file: str | None) -> str:
    return f"stopped after the sweep, which is kept in {file}: go on with {as_typed('discover', file)}" if file else ""


def _check_used(what: str, over: Over | None, given: dict[str, Any]) -> None:
    """Refuse what is given and would change nothing."""
    if _is_database(what):
        said = "is for an experiment or a scenario; a sweep's file has its runs already: leave it out"
        useless = [option for option, value in {"--over": over, **given}.items() if value is not None]
    elif over == Over.WORLDS:
        said = "is for a sweep, and worlds are not kept in a file; leave it out, or --over worlds"
        useless = ["--out"] if given["--out"] is not None else []
    else:
        said = "is for --over worlds; leave it out, or give that too"
        useless = ["--ensemble"] if given["--ensemble"] is not None else []
    if useless:
        raise InputError(*(Problem(said, option) for option in useless))


def _is_database(what: str) -> bool:
    return Path(what).suffix.lower() in DATABASES


def _cases(
    what: str, over: Over | None, holds: float, ensemble: Path | None, out_file: Path | None, how: dict[str, Any]
) -> Cases:
    """Return the cases of a sweep's file, of an experiment, or of a scenario under conditions or in worlds."""
    if _is_database(what):
        return _of_file(Path(what), holds)
    if over == Over.WORLDS:
        return _of_worlds(what, holds, ensemble, how)
    asked = _experiment(what)
    file = out_file or Path(f"{asked.name}.db")
    return _of_experiment(asked, file, holds, how)


def _experiment(what: str) -> Experiment:
    """Return an experiment, or that of the shipped conditions around a scenario."""
    from adoptsim import files
    from adoptsim.sweeps.experiment import Experiment

    given, own = files.split_own(what)
    name = str(given)
    if name in files.shipped("experiments") or _is_experiment(name):
        return Experiment.load(what)
    scenario, conditions = files.Scenario.load(name), Experiment.load(CONDITIONS)
    base = name if name in files.shipped("scenarios") else str(files.locate(name, "scenarios").absolute())
    title = f"In which organisations does {scenario.name} hold?"
    asked = conditions.model_copy(update={"name": f"{scenario.name}-where", "title": title, "scenario": base})
    return asked if own is None else asked.set_in(own)


def _is_experiment(what: str) -> bool:
    """Return whether a file names a scenario or says what it varies: no scenario does."""
    from adoptsim.files import read_text
    from adoptsim.files.tree import parse_yaml

    path = Path(what).expanduser()
    if not path.is_file():
        return False
    try:
        return not {"scenario", "vary"}.isdisjoint(parse_yaml(read_text(path)).values)
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
    console.print(f"\n{_footnote(found, facts)}", style="dim")


def _rows(shown: Any, box: Box) -> None:
    from adoptsim.analysis.condition_words import condition

    for limit in box.limits:
        at = limit.high if limit.high is not None else limit.low
        number = "" if at is None else f"{at:.3g}"
        error = f"{1.96 * limit.uncertainty:.2g}" if limit.uncertainty else ""
        shown.add_row(condition(limit), number, error, f"{100 * limit.found_again:.0f} %", f"{limit.quasi_p:.1g}")
    shown.add_section()


def _footnote(found: Discovery, facts: dict[str, Any]) -> str:
    share = found.share
    done = f" ({facts['finished']:,} of {facts['runs']:,} runs so far)" if facts["finished"] < facts["runs"] else ""
    cases = (
        f"{counted(len(found.holds), 'case')} of {facts['scenario']} with {counted(facts['replicates'], 'run')} each{done}"
    )
    levers = (
        " Levers are meant as they are before the practices." if any("levers." in name for name in found.factors) else ""
    )
    return (
        f"{cases}; a case holds if critical mass is reached in at least {100 * facts['holds_at']:.0f} % of its runs "
        f"({span(share.low, share.high, 'share')} of cases do, 95 % interval).{levers} Conditions by PRIM; where nothing "
        f"is to be found, some are named in at most one set of cases in twenty. Give or take: 95 %, from random parts."
    )

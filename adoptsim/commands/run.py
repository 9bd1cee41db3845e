"""`run`: one scenario, many replicates; the verdict in words, then the key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Days, FilePath, Quiet, Replicates, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import CSV, HTML, PICTURES, TABLES, check_outputs, write_figure, write_frame, write_page
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.commands.unheard import print_unheard
from adoptsim.report.key_figures import key_figures
from adoptsim.report.spent_words import spent_sentences
from adoptsim.report.words import MEASURES, counted, span, with_unit

if TYPE_CHECKING:
    from pathlib import Path

    from adoptsim.domain.scenario import Scenario
    from adoptsim.simulation import Result

Given = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or the path of a file.")]


def run(
    scenario: Given,
    replicates: Replicates = 64,
    days: Days = None,
    seed: Seed = 1,
    threads: Threads = None,
    csv: Annotated[FilePath, typer.Option(help="Write a row a run and day here (.csv).")] = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the course of it here (.png, .svg, .pdf).")] = None,
    report: ReportFile = None,
    log: Annotated[FilePath, typer.Option(help="Write a row a contribution here (.csv, .parquet).")] = None,
    log_visits: Annotated[FilePath, typer.Option(help="Write a row a visitor and day here (.csv, .parquet).")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a scenario: does it last.

    Simulates a scenario many times and says whether contribution outlasts the launch, with key figures and their
    95 % intervals.
    """
    asked = load(scenario, days)
    wanted = {
        "--csv": (csv, CSV),
        "--plot": (plot, PICTURES),
        "--report": (report, HTML),
        "--log": (log, TABLES),
        "--log-visits": (log_visits, TABLES),
    }
    check_outputs(wanted)
    from adoptsim.simulation import simulate

    tell_if_first(quiet)
    with progress(asked.name, replicates, quiet=quiet) as tell:
        result = simulate(
            asked, replicates=replicates, seed=seed, threads=threads, log=bool(log or log_visits), progress=tell
        )
    written = _write(result, csv=csv, plot=plot, log=log, log_visits=log_visits)
    found = _report(result)
    if report is not None:
        _write_report(result, found, scenario, days, report)
        written["report"] = str(report)
    found |= {"written": written}
    if as_json:
        print_json(found)
        return
    _show(found, asked)
    for what, path in written.items():
        say(f"{what}: {path}")


def load(name_or_path: str, days: int | None = None) -> Scenario:
    """Return a scenario, over another number of days if asked; launch support still ends when it ended.

    Raises ``InputError`` if a practice would only begin after the last day.
    """
    from adoptsim import files
    from adoptsim.domain.errors import InputError, Problem

    scenario = files.Scenario.load(name_or_path)
    if days is None:
        return scenario
    changed = scenario.model_copy(update={"horizon": scenario.horizon.model_copy(update={"days": days})})
    late = [Problem(problem.message, ".".join(map(str, problem.path)), "--days") for problem in files.late_starts(changed)]
    if late:
        raise InputError(*late)
    return changed


def needed_days(scenario: Scenario) -> int:
    """Return over how many days a run must go to show whether critical mass holds."""
    return scenario.support_end + scenario.critical_mass.after_support_days + 1


def _report(result: Result) -> dict[str, Any]:
    from adoptsim.analysis.spent import spent
    from adoptsim.analysis.unheard import unheard
    from adoptsim.report.verdict import judge, verdict_sentences

    summary = result.summary() | {"unheard": unheard(result), "spent": spent(result)}
    reached = summary["critical_mass"]["reached"]
    sentences = verdict_sentences(summary, needed_days(result.scenario))
    return summary | {"verdict": {"word": judge(reached["low"], reached["high"]).word, "sentences": sentences}}


def _write(result: Result, **paths: Path | None) -> dict[str, str]:
    """Write the files that were asked for; return what was written where."""
    wanted = {name: path for name, path in paths.items() if path is not None}
    for name, path in wanted.items():
        if name == "plot":
            from adoptsim.report.figures import figure_run

            write_figure(figure_run(result), path)
            continue
        frame = result.frame if name == "csv" else result.log if name == "log" else result.visit_log
        assert frame is not None  # logs are kept when one is asked for
        write_frame(frame, path)
    return {name: str(path) for name, path in wanted.items()}


def _write_report(result: Result, found: dict[str, Any], given: str, days: int | None, path: Path) -> None:
    from adoptsim.report.pages.run import run_page

    how = {"replicates": len(result.replicates), "days": days, "seed": result.seed, "report": "report.html"}
    write_page(run_page(result, found, given=given, days=days, command=as_typed("run", given, **how)), path)


def _show(report: dict[str, Any], scenario: Scenario) -> None:
    from rich.text import Text

    console = out()
    console.print(scenario.title or scenario.name, style="bold")
    heading, rest = report["verdict"]["sentences"].split(":", 1)
    console.print(Text.assemble((heading, style_of(report["verdict"]["word"])), f":{rest}"))
    shown = table("Key figure", "mean", "95 % interval")
    for name, values in key_figures(report).items():
        label, kind = MEASURES[name]
        shown.add_row(label, with_unit(values["mean"], kind), span(values["low"], values["high"], kind))
    console.print(shown, end="")
    console.print(f"{spent_sentences(report['spent'])}\n", highlight=False)
    print_unheard(console, report["unheard"])
    console.print(
        f"{counted(report['replicates'], 'run')} of {report['people']:,} people over {report['days']} working days, "
        f"seed {report['seed']}. Figures of the last 21 days, hours of all; voice is ideas and concerns; "
        f"trust, safety and responsiveness go from 0 to 1.",
        style="dim",
    )


def style_of(word: str) -> str:
    """Return the colour of a verdict."""
    return {"certain": "bold green", "likely": "green", "unlikely": "red", "certain_not": "bold red"}.get(word, "yellow")

"""`compare`: several scenarios under the same people and luck; which differences are beyond luck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Days, FilePath, Quiet, Replicates, ReportFile, Seed, Threads, as_typed
from adoptsim.commands.outputs import HTML, PICTURES, check_outputs, write_figure, write_page
from adoptsim.commands.run import load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.commands.unheard import print_unheard_differences
from adoptsim.report.compare_words import difference_in_words
from adoptsim.report.key_figures import key_figures
from adoptsim.report.words import MEASURES, change, counted, with_unit

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

Several = Annotated[
    list[str], typer.Argument(metavar="A B [C...]", help="Two or more scenarios, by name or path; A is the measure.")
]


def compare(
    scenarios: Several,
    replicates: Replicates = 64,
    days: Days = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw them side by side here (.png, .svg, .pdf).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios, with the same luck.

    Simulates scenarios with the same people and the same luck: what differs, and what of it is beyond luck.
    """
    if len(scenarios) < 2:
        raise typer.BadParameter("give at least two scenarios to compare", param_hint="'A B [C...]'")
    asked = [load(name, days) for name in scenarios]
    check_outputs({"--plot": (plot, PICTURES), "--report": (report, HTML)})
    from adoptsim.compare import compare as simulate_all

    tell_if_first(quiet)
    with progress("comparing", replicates * len(asked), quiet=quiet) as tell:
        comparison = simulate_all(asked, replicates=replicates, seed=seed, threads=threads, progress=tell)
    from adoptsim.analysis.unheard import unheard_differences

    summary = comparison.summary() | {"seed": seed, "replicates": replicates, "unheard": unheard_differences(comparison)}
    if plot is not None:
        from adoptsim.report.figures import figure_compare

        write_figure(figure_compare(comparison.results), plot)
    if report is not None:
        from adoptsim.report.pages.compare import compare_page

        how = {"replicates": replicates, "days": days, "seed": seed, "report": "report.html"}
        command = as_typed("compare", *scenarios, **how)
        write_page(compare_page(comparison, summary, given=scenarios, days=days, command=command), report)
    if as_json:
        print_json(summary)
        return
    _show(summary)
    for what, path in {"plot": plot, "report": report}.items():
        if path is not None:
            say(f"{what}: {path}")


def _show(summary: dict[str, Any]) -> None:
    console = out()
    console.print(_table(summary), end="")
    for difference in summary["differences"]:
        console.print(difference_in_words(difference, summary["baseline"]))
    print_unheard_differences(console, summary["unheard"], summary["names"])
    console.print(f"\n{_footnote(summary)}", style="dim")


def _table(summary: dict[str, Any]) -> Table:
    figures = [key_figures(result) for result in summary["results"]]
    others = summary["names"][1:]
    beside = len(others) == 1  # two scenarios leave room for the difference in a column of its own
    columns = [*others, "difference (95 %)"] if beside else others
    shown = table("Key figure", summary["baseline"], *columns)
    for measure, (label, kind) in MEASURES.items():
        cells: list[str | Text] = [label, with_unit(figures[0][measure]["mean"], kind)]
        for values, difference in zip(figures[1:], summary["differences"], strict=True):
            value, shift = with_unit(values[measure]["mean"], kind), _difference(difference[measure], kind)
            cells += [value, shift] if beside else [_stacked(value, shift)]
        shown.add_row(*cells)
    return shown


def _stacked(value: str, difference: Text) -> Text:
    from rich.text import Text

    return Text.assemble(f"{value}\n", difference)


def _difference(values: dict[str, Any], kind: Any) -> Text:
    from rich.text import Text

    text = change(values["mean"], values["low"], values["high"], kind)
    return Text(text, style="bold" if values["beyond_luck"] else "dim")


def _footnote(summary: dict[str, Any]) -> str:
    people = "the same people and the same luck" if summary["same_people"] else "the same luck, but not the same people"
    return (
        f"{counted(summary['replicates'], 'run')} each with {people}, seed {summary['seed']}. Differences (shares in "
        f"points) with paired 95 % intervals; bold: the interval leaves out 0. Of twenty such, one may by "
        f"chance. A run without any voice counts in none of its shares."
    )

"""`explain`: why a scenario does what it does, from what each practice adds down to one person's story."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import (
    MOST_REPLICATES,
    AsJson,
    Days,
    FilePath,
    Quiet,
    Replicates,
    ReportFile,
    Seed,
    Threads,
    as_typed,
)
from adoptsim.commands.outputs import HTML, PICTURES, check_outputs, write_figure, write_page
from adoptsim.commands.run import Given, load
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.report.words import change, counted, duration, number, span, with_unit

if TYPE_CHECKING:
    from rich.console import Console

    from adoptsim.analysis.explain import Progress
    from adoptsim.domain.scenario import Scenario

SECONDS_A_PERSON_DAY = 65e-9
"""About what a run costs on one processor: only to say beforehand how long it takes."""
SHOWN_MONTHS = (1, 3, 6, 12, 24, 48, 96)
MOST_DEPARTMENTS = 5
HEADING = "bold"


def explain(
    scenario: Given,
    against: Annotated[str | None, typer.Option(help="The scenario to hold it against, by name or path.")] = None,
    without: Annotated[
        str | None,
        typer.Option(help="Hold it against itself without this practice (name or number); its most valuable when absent."),
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="Whose story to tell, by id; the most instructive when absent.", show_default=False)
    ] = None,
    run: Annotated[
        int | None,
        typer.Option(min=0, help="Which run to tell of; the middle one by effect when absent.", show_default=False),
    ] = None,
    shares: Annotated[bool, typer.Option(help="Work out what each practice adds: the longest part.")] = True,
    share_replicates: Annotated[
        int | None,
        typer.Option(min=2, max=MOST_REPLICATES, help="Runs of each bundle for that; fewer the more practices."),
    ] = None,
    replicates: Replicates = 16,
    days: Days = None,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw the spread and the story here (.png, .svg, .pdf).")] = None,
    report: ReportFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say why: what each practice adds, where runs part.

    Says why a scenario does what it does: what each practice adds; where it first parts from another scenario under the
    same people and luck; how that difference spreads; and one person's story in both.
    """
    asked = load(scenario, days)
    other = load(against, days) if against is not None else None
    check_outputs({"--plot": (plot, PICTURES), "--report": (report, HTML)})
    tell_if_first(quiet)
    if not quiet:
        _announce(asked, other, replicates, share_replicates, threads, shares=shares)
    from adoptsim.analysis.explain import explain as work_out

    with _stages(quiet) as tell:
        explanation = work_out(
            asked,
            against=other,
            without=without,
            person=person,
            run=run,
            replicates=replicates,
            shares=shares,
            share_replicates=share_replicates,
            seed=seed,
            threads=threads,
            progress=tell,
        )
    summary = explanation.summary()
    if plot is not None:
        from adoptsim.report.figures import figure_explain

        write_figure(figure_explain(explanation), plot)
    if report is not None:
        from adoptsim.report.pages.explain import explain_page

        asked_for: dict[str, Any] = {"against": against, "without": without, "person": person, "run": run}
        many: dict[str, Any] = {"share_replicates": share_replicates, "replicates": replicates}
        typed = as_typed("explain", scenario, **asked_for, **many, days=days, seed=seed, report="report.html")
        typed += "" if shares else " --no-shares"
        options = asked_for | many | ({} if shares else {"shares": False})
        write_page(explain_page(explanation, given=scenario, days=days, options=options, command=typed), report)
    if as_json:
        print_json(summary)
        return
    print_explanation(out(), summary, asked.title or asked.name)
    for what, file in (("plot", plot), ("report", report)):
        if file is not None:
            say(f"{what}: {file}")


@contextmanager
def _stages(quiet: bool) -> Iterator[Progress | None]:
    """Give a function that is told of one piece of work after another, each with a progress of its own."""
    if quiet:
        yield None
        return
    current: list[Any] = ["", None]

    def end() -> None:
        if current[1] is not None:
            current[1].__exit__(None, None, None)

    def tell(what: str, unit: str, done: int, total: int) -> None:
        if what != current[0]:
            end()
            shown = progress(what, total, quiet=False, unit=unit)
            current[:] = [what, shown]
            current.append(shown.__enter__())
        current[-1](done)

    try:
        yield tell
    finally:
        end()


def _announce(
    asked: Scenario,
    other: Scenario | None,
    replicates: int,
    share_replicates: int | None,
    threads: int | None,
    *,
    shares: bool,
) -> None:
    """Say how many runs there will be, and about how long they take."""
    from adoptsim.analysis.bundles import practices_in_use
    from adoptsim.analysis.explain import n_share_replicates
    from adoptsim.simulation import n_threads

    n_used = len(practices_in_use(asked))
    bundles = (share_replicates or n_share_replicates(asked)) << n_used if shares and n_used else 0
    pairs = replicates * (2 + (2 if other is not None else 1 + n_used))
    leave_out = " (leave that out with --no-shares)" if bundles > pairs else ""
    say(f"explain {asked.name}: {bundles:,} runs for what each practice adds{leave_out}, {pairs:,} others")
    if asked.organisation.people_file is None:
        cost = asked.organisation.people * asked.horizon.days * SECONDS_A_PERSON_DAY / n_threads(threads)
        say(f"It takes about {duration(max(1.0, (bundles + pairs) * cost))}.")


def print_explanation(console: Console, summary: dict[str, Any], title: str) -> None:
    """Print the answer from the whole down to one person."""
    console.print(title, style=HEADING)
    if summary["shares"] is not None:
        from adoptsim.commands.shares import print_shares

        print_shares(console, summary["shares"])
        console.print()
    _print_against(console, summary)
    if summary["first_parting"] is None:
        console.print("The two never part: every decision of every person is the same to the end.")
        return
    _print_parting(console, summary["first_parting"])
    _print_spread(console, summary["spread"])
    _print_story(console, summary["story"])


def _print_against(console: Console, summary: dict[str, Any]) -> None:
    against, gained = summary["against"], summary["against"]["contributors_gained"]
    text = change(gained["mean"], gained["low"], gained["high"], "share")
    chosen = f": {against['how']}" if against["how"] != "asked for" else ""
    console.print(f"The same people and luck, {against['name']}{chosen}", style=HEADING)
    console.print(f"Contributors in the last month: {text} points of staff, over {counted(summary['replicates'], 'run')}.\n")


def _print_parting(console: Console, parting: dict[str, Any]) -> None:
    console.print("Where the two first part", style=HEADING)
    console.print(f"{parting['in_words']} Both drew the same number ({parting['purpose']}); what it leads to differs.")
    console.print(f"In run {parting['replicate']}: the middle one by contributors gained, unless asked for.\n", style="dim")


def _print_spread(console: Console, spread: dict[str, Any]) -> None:
    console.print("How the difference spreads", style=HEADING)
    shown = table("Parted from the other run", "on day (95 %)", "in runs", left=1)
    for row in spread["milestones"]:
        day = row["day"]
        cell = _with_span(number(day["mean"], places=0), day, "amount") if row["runs"] else "never"
        shown.add_row(row["what"], cell, f"{row['runs']} of {spread['runs']}")
    console.print(shown, end="")
    months = table("By the end of month", "staff (95 %)", "departments (95 %)", left=1)
    for month in SHOWN_MONTHS:
        if month <= len(spread["months"]):
            row = spread["months"][month - 1]
            months.add_row(str(month), *(_share(row[what]) for what in ("people", "departments")))
    console.print(months, end="")
    _print_departments(console, spread)
    console.print(
        "Parted: from the first day on which somebody looks, speaks, keeps silent, replies or reacts in one run and not in "
        "the other. Days are means of the runs in which it comes to that. Departments: with anybody who has parted.\n",
        style="dim",
    )


def _print_departments(console: Console, spread: dict[str, Any]) -> None:
    """Print where the difference arrives first and last, where the departments are the organisation's own."""
    rows = spread["departments"]
    if not rows:
        return
    shown = table("Department", "people", "reached on day (95 %)", "staff parted at the end", left=1)
    few = rows if len(rows) <= 2 * MOST_DEPARTMENTS else [*rows[:MOST_DEPARTMENTS], None, *rows[-MOST_DEPARTMENTS:]]
    for row in few:
        if row is None:
            shown.add_row("...", "", "", "")
            continue
        day = _with_span(number(row["day"]["mean"], places=0), row["day"], "amount") if row["runs"] else "never"
        shown.add_row(row["department"], str(row["people"]), day, _share(row["share"]))
    console.print(shown, end="")


def _share(values: dict[str, Any]) -> str:
    return _with_span(with_unit(values["mean"], "share"), values, "share")


def _with_span(text: str, values: dict[str, Any], kind: Any) -> str:
    """Return a mean with its interval, days as whole numbers."""
    if values["low"] is None:
        return text
    bounds = f"{values['low']:.0f}-{values['high']:.0f}" if kind == "amount" else span(values["low"], values["high"], kind)
    return f"{text} ({bounds})"


def _print_story(console: Console, story: dict[str, Any]) -> None:
    console.print("One person's story", style=HEADING)
    console.print(f"{story['in_a_sentence']}\n")
    if story["parted"] is not None:
        _print_turns(console, story)
    from adoptsim.analysis.story import capital

    chosen = "" if story["chosen"] == "asked for" else f" Chosen: {story['chosen']}."
    parted = f"The record first differs on day {story['parted']}. " if story["parted"] is not None else ""
    console.print(f"{parted}{capital(story['who'])}, {story['place']}; run {story['replicate']}.{chosen}", style="dim")


def _print_turns(console: Console, story: dict[str, Any]) -> None:
    """Print the turning points of both runs side by side."""
    from adoptsim.analysis.story import turns_by_day

    shown = table("Day", story["first"]["run"], story["second"]["run"], left=3)
    for day, sides in turns_by_day(story):
        shown.add_row(str(day), *("\n".join(side) for side in sides))
    shown.add_section()
    shown.add_row("end", story["first"]["ending"], story["second"]["ending"])
    for column in shown.columns[1:]:
        column.overflow = "fold"
        column.ratio = 1
    console.print(shown, end="")

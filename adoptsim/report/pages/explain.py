"""The report of why: what each practice adds, where two runs part, how that spreads, and one person's story in both."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.analysis.explain import Explanation
from adoptsim.analysis.story import capital, turns_by_day
from adoptsim.report.drawing import BLUE, SMALL, SOFT, note, plain_axes
from adoptsim.report.explain import SIDES, draw_days, draw_spread, month_ticks
from adoptsim.report.html import Cell, Fact, Key, Page, Picture, Section, Table
from adoptsim.report.pages.bundles import shares_section
from adoptsim.report.pages.parts import (
    critical_mass_point,
    grounds_section,
    made_by,
    policies_section,
    python_of,
    quoted,
    repeat_section,
    scenario_code,
    stacked,
    text_dash,
    value_words,
)
from adoptsim.report.pages.pictures import both, page_axes
from adoptsim.report.pages.run import loading
from adoptsim.report.words import change, counted, span
from adoptsim.simulation import model_version

Row = dict[str, Any]
SHOWN_MONTHS = (1, 3, 6, 12, 24, 48, 96)
MOST_DEPARTMENTS = 10
MOST_TURNS = 40


def explain_page(found: Explanation, *, given: str, days: int | None, options: dict[str, Any], command: str) -> Page:
    """Return the report of an explanation; ``options``: of `adoptsim.explain`, as they were asked for."""
    summary, scenario, other = found.summary(), found.scenario, found.other
    shares = [] if summary["shares"] is None else [shares_section(summary["shares"])]
    parted = summary["first_parting"] is not None
    facts = {"Model version": model_version(), "Seed": found.seed, "Pairs of runs": f"{summary['replicates']:,}"}
    sections = [
        *shares,
        *([_parting(summary), _spread(found, summary), _story(found, summary)] if parted else [_never()]),
        policies_section({scenario.name: scenario, _name_of(found): other.scenario}, found.people),
        grounds_section(critical_mass_point(scenario)),
        repeat_section(command, _python(found, given, days, options), facts, _sources(found)),
    ]
    return Page(
        kind="Report on why",
        title=scenario.title or scenario.name,
        verdict=_verdict(summary),
        tone="open",
        facts=_facts(summary),
        story=scenario.story,
        sections=sections,
        made_by=made_by(model_version()),
    )


def _name_of(found: Explanation) -> str:
    """Return what the other scenario is called beside this one."""
    return found.other.name.removeprefix("under ")


def _sources(found: Explanation) -> list[Any]:
    """Return the scenarios that can be run again; one without a practice follows from the other."""
    own = [scenario_code(found.scenario)]
    return own if found.other.practice is not None else [*own, scenario_code(found.other.scenario)]


def _verdict(summary: Row) -> list[str]:
    """Return what the difference is worth, and how far it spreads from one decision."""
    against = summary["against"]
    gained = against["contributors_gained"]
    text = change(gained["mean"], gained["low"], gained["high"], "share")
    says = f"Beside the same people {against['name']}, {text} points of staff contribute in the last month."
    if summary["first_parting"] is None:
        return [says, "The two never part: every decision of every person is the same to the end."]
    ends = value_words(summary["spread"]["months"][-1]["people"], "share")
    begins = f"It begins with one decision on day {summary['first_parting']['day']} of the run that is told"
    return [says, f"{begins}, and in the end {ends} of staff have another history."]


def _facts(summary: Row) -> list[Fact]:
    gained = summary["against"]["contributors_gained"]
    value, _, bounds = change(gained["mean"], gained["low"], gained["high"], "share").partition(" ")
    facts = [Fact(value, bounds.strip("()"), f"points of contributors gained over the same people {_against(summary)}")]
    months = summary["spread"]["months"]
    if months and summary["first_parting"] is not None:
        last = months[-1]["people"]
        share, _, within = value_words(last, "share").partition(" (")
        facts.append(Fact(share, within.rstrip(")"), "of staff have another history in the end"))
    return facts


def _against(summary: Row) -> str:
    return str(summary["against"]["name"])


def _never() -> Section:
    return Section("Where the two part", ["Nowhere: every decision of every person is the same in both."])


def _parting(summary: Row) -> Section:
    parting = summary["first_parting"]
    lead = f"{parting['in_words']} Both drew the same number ({parting['purpose']}); what it leads to differs."
    how = f"In run {parting['replicate']}: the middle one by contributors gained, unless asked for."
    return Section("Where the two first part", [lead, how])


def _spread(found: Explanation, summary: Row) -> Section:
    spread = summary["spread"]
    months = [
        [Cell(str(month)), *(stacked(spread["months"][month - 1][what]) for what in ("people", "departments"))]
        for month in SHOWN_MONTHS
        if month <= len(spread["months"])
    ]
    milestones = [
        [Cell(row["what"]), _day_cell(row), Cell(f"{row['runs']} of {spread['runs']}")] for row in spread["milestones"]
    ]
    tables = [
        Table("Parted from the other run", ("", "on day (95 %)", "in runs"), milestones),
        Table("Reached by the end of a month", ("month", "staff", "departments"), months),
    ]
    if spread["departments"]:
        tables.append(_departments(spread))
    lead = (
        "Parted: from the first day on which somebody looks, speaks, keeps silent, replies or reacts in one run and not in "
        "the other. Days are means of the runs in which it comes to that. Departments: with anybody who has parted."
    )
    return Section("How the difference spreads", [lead], pictures=[_reached(found, summary)], tables=tables)


def _day_cell(row: Row) -> Cell:
    """Return a mean of days with its interval, in whole days."""
    values = row["day"]
    if not row["runs"]:
        return Cell("never")
    bounds = "" if values["low"] is None else text_dash(f"{values['low']:.0f}-{values['high']:.0f}")
    return Cell(f"{values['mean']:.0f}", bounds)


def _departments(spread: Row) -> Table:
    rows = [
        [Cell(row["department"]), Cell(f"{row['people']:,}"), _day_cell(row)]
        for row in spread["departments"][:MOST_DEPARTMENTS]
    ]
    return Table("Departments that it reaches first", ("department", "people", "on day (95 %)"), rows)


def _reached(found: Explanation, summary: Row) -> Picture:
    def draw(axes: Axes, is_narrow: bool) -> None:
        draw_spread(plain_axes(axes), found.spread, named=False)
        month_ticks(axes, found.spread.days, fewer=is_narrow)
        axes.set_xlabel("month", fontsize=SMALL, color=SOFT)
        note(axes, "reached by the difference", (0, 1), (-30, 12), xycoords="axes fraction")

    last = summary["spread"]["months"][-1]
    ends = {what: span(last[what]["low"], last[what]["high"], "share") for what in ("people", "departments")}
    words = f"In the end the difference has reached {ends['people']} of staff, and {ends['departments']} of departments."
    keys = [Key("line", BLUE, "staff"), Key("line", SOFT, "departments with anybody reached")]
    shades = "Lines: the median run; shades: the middle half, and all of the runs."
    return Picture("spread", words, *both(draw, (7.3, 3.2), (3.75, 2.8)), keys, shades)


def _story(found: Explanation, summary: Row) -> Section:
    story = summary["story"]
    names = story["first"]["run"], story["second"]["run"]
    turns = turns_by_day(story)
    rows = [[Cell(str(day)), *(Cell("; ".join(side)) for side in sides)] for day, sides in turns[:MOST_TURNS]]
    rows.append([Cell("end"), Cell(story["first"]["ending"]), Cell(story["second"]["ending"])])
    chosen = "" if story["chosen"] == "asked for" else f" Chosen: {story['chosen']}."
    parted = f"The record first differs on day {story['parted']}. " if story["parted"] is not None else ""
    lead = f"{parted}{capital(story['who'])}, {story['place']}; run {story['replicate']}.{chosen}"
    left = "" if len(turns) <= MOST_TURNS else f"{counted(len(turns) - MOST_TURNS, 'later day')} left out."
    table = Table("Turning points", ("day", *map(capital, names)), rows, words=3, note=left)
    return Section("One person's story", [lead], pictures=[_days(found)], tables=[table])


def _days(found: Explanation) -> Picture:
    """Return one person's days in both runs."""
    story = found.story

    def drawn(width: float, left: float, *, fewer: bool) -> Figure:
        figure, axes = page_axes((width, 3.5), left=left, right=0.5, top=0.15, bottom=0.5)
        draw_days(axes, story)
        month_ticks(axes, found.spread.days, fewer=fewer)
        axes.set_xlabel("month", fontsize=SMALL, color=SOFT)
        return figure

    keys = [Key("dot", color, history.run) for history, color in zip((story.first, story.second), SIDES, strict=True)]
    words = f"Every day on which {story.who} does something, in both runs. {story.in_a_sentence}"
    return Picture("days", words, drawn(7.3, 1.45, fewer=False), drawn(3.75, 1.45, fewer=True), keys)


def _python(found: Explanation, given: str, days: int | None, options: dict[str, Any]) -> str:
    against = options.get("against")
    loads = [loading("scenario", given, days)]
    if against is not None:
        loads.append(loading("other", against, days))
    told = {name: value for name, value in options.items() if value is not None and name != "against"}
    said = [f"{name}={quoted(value) if isinstance(value, str) else value!r}" for name, value in told.items()]
    how = ", ".join(["scenario", *(["against=other"] if against is not None else []), *said, f"seed={found.seed}"])
    return python_of(*loads, f"found = ad.explain({how})", "print(found.summary())")

"""The report of an order: in which order to introduce practices, and whether that matters at all."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from adoptsim.analysis.introductions import Calendar
from adoptsim.analysis.ordering import Ordering
from adoptsim.analysis.ordering_words import MEASURE_WORDS, headline, sentences
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.drawing import BLUE, PALE_BLUE, SMALL, SOFT
from adoptsim.report.footnotes import about_ordering
from adoptsim.report.html import Cell, Fact, Key, Page, Picture, Point, Section, Table
from adoptsim.report.ordering import draw_calendar
from adoptsim.report.pages.parts import (
    critical_mass_point,
    grounds_section,
    made_by,
    practices_section,
    python_of,
    quoted,
    repeat_section,
    scenario_code,
    share_bar,
    shift_cell,
    stacked,
)
from adoptsim.report.pages.pictures import page_axes
from adoptsim.report.pages.run import loading
from adoptsim.report.words import change
from adoptsim.simulation import OrganisationSource, model_version

Row = dict[str, Any]
ORDERS = {"best": "best", "usual": "the report's", "worst": "worst found"}
MEASURES = {
    "average": "contributors, whole time",
    "contributors": "contributors, last month",
    "reached": "chance of critical mass",
}
ROW_HEIGHT = 0.3  # inches


def ordering_page(found: Ordering, *, given: str, days: int | None, calendar: str | None, command: str) -> Page:
    """Return the report of an order; ``calendar``: the file it was asked for with, if any."""
    summary, scenario = found.summary(), found.scenario
    said = sentences(summary)
    people = OrganisationSource(scenario.organisation, found.seed).organisation(0).n_people
    facts = {"Model version": model_version(), "Seed": found.seed, "Runs": f"{found.runs:,}"}
    sections = [
        Section("In which order", pictures=[_picture(found)], tables=[_orders(found, summary)]),
        Section("What an order loses", said[1:], tables=[_losses(summary), _measures(summary)]),
        Section("What a place earlier is worth", tables=[_places(summary)]),
        practices_section(scenario, people),
        grounds_section(critical_mass_point(scenario), Point("How orders were tried.", about_ordering(summary))),
        repeat_section(command, _python(found, given, days, calendar), facts, [scenario_code(scenario)]),
    ]
    return Page(
        kind="Report on an order",
        title=scenario.title or scenario.name,
        verdict=[f"{headline(summary)}.", said[0]],
        tone="open",
        facts=_facts(summary),
        story=scenario.story,
        sections=sections,
        made_by=made_by(model_version()),
    )


def _facts(summary: Row) -> list[Fact]:
    measure = summary["measure"]
    lost = {
        "the worst order found": summary["orders"]["worst"]["regret"][measure],
        "the report's order, 1 to 10": summary["orders"]["usual"]["regret"][measure],
        "one drawn by lot": summary["by_lot"],
    }
    facts = []
    for what, values in lost.items():
        value, _, bounds = change(values["mean"], values["low"], values["high"], "share").partition(" ")
        facts.append(Fact(value.lstrip("+"), bounds.strip("()").replace("+", ""), f"points lost by {what}"))
    return facts


def _orders(found: Ordering, summary: Row) -> Table:
    starts = {name: {row["practice"]: row["start"] for row in each["order"]} for name, each in summary["orders"].items()}
    rows = [
        [
            Cell(f"{place}. {PRACTICES[row['practice']].title}"),
            Cell(f"{found.calendar.effort(row['practice']).hours:g}"),
            *(Cell(f"{starts[name][row['practice']]:,}") for name in ORDERS),
        ]
        for place, row in enumerate(summary["orders"]["best"]["order"], 1)
    ]
    columns = ("best order", "hours", *(f"day: {name}" for name in ORDERS.values()))
    note = "Hours: what introducing takes. Day: the working day on which the practice is in force."
    return Table("From which day each practice is in force", columns, rows, note=note)


def _losses(summary: Row) -> Table:
    measure = summary["measure"]
    lost = {
        "The report's, 1 to 10": summary["orders"]["usual"]["regret"][measure],
        "Drawn by lot, on average": summary["by_lot"],
        "Worst found": summary["orders"]["worst"]["regret"][measure],
    }
    return _bars(f"Points short of the best order: {MEASURE_WORDS[measure]}", "order", lost)


def _places(summary: Row) -> Table:
    worth = sorted(summary["place_earlier"].items(), key=lambda item: -item[1]["mean"])
    named = {f"{PRACTICES[name].number} {PRACTICES[name].title}": values for name, values in worth}
    together = "; all of them together hold in 95 % of cases"
    return _bars("Points that a place earlier is worth, at the cost of the others", "practice", named, together)


def _bars(caption: str, head: str, values: dict[str, Row], together: str = "") -> Table:
    bounds = [bound for row in values.values() for bound in row.values() if bound is not None]
    least, most = min(0.0, *bounds), max(0.005, *bounds)
    rows = [[Cell(name), Cell(bar=share_bar(row, least=least, most=most)), shift_cell(row)] for name, row in values.items()]
    note = f"Percentage points; the line in a bar is the 95 % interval{together}, bold where it leaves out 0."
    return Table(caption, (head, "", "points (95 %)"), rows, note=note)


def _measures(summary: Row) -> Table:
    rows = [
        [Cell(label[:1].upper() + label[1:]), *(stacked(summary["orders"][name][measure]) for name in ORDERS)]
        for measure, label in MEASURES.items()
    ]
    return Table("What each order gives", ("", *ORDERS.values()), rows)


def _picture(found: Ordering) -> Picture:
    """Return when each practice is introduced and in force in the best order."""
    order = found.found.best

    def drawn(width: float, left: float, *, numbers_only: bool) -> Any:
        height = ROW_HEIGHT * len(order) + 0.75
        figure, axes = page_axes((width, height), left=left, right=0.12, top=0.15, bottom=0.6)
        draw_calendar(axes, found, order, BLUE)
        if numbers_only:
            _only_numbers(axes)
        axes.set_xlabel("month", fontsize=SMALL, color=SOFT)
        return figure

    wide, narrow = drawn(7.3, 2.9, numbers_only=False), drawn(3.75, 0.45, numbers_only=True)
    names = ", then ".join(f"{PRACTICES[name].number} {PRACTICES[name].title}" for name in order)
    keys = [Key("band", PALE_BLUE, "being introduced"), Key("band", BLUE, "in force")]
    words = f"The best order found, with {found.calendar.hours_a_month:g} hours a month for introducing: {names}."
    return Picture("calendar", words, wide, narrow, keys)


def _only_numbers(axes: Axes) -> None:
    """Leave of each practice's name its number, where there is no room for more."""
    for text in axes.texts:
        text.set_text(text.get_text().split()[0])


def _python(found: Ordering, given: str, days: int | None, calendar: str | None) -> str:
    made = f"Calendar.load(Path({quoted(calendar)}))" if calendar else "Calendar()"
    hours = f'.model_copy(update={{"hours_a_month": {found.calendar.hours_a_month!r}}})'
    usual = found.calendar.hours_a_month == Calendar().hours_a_month and calendar is None
    how = f"measure={quoted(found.measure)}, replicates={found.summary()['replicates']}, seed={found.seed}"
    return python_of(
        loading("scenario", given, days),
        f"calendar = {made}{'' if usual else hours}",
        f"found = ad.best_order(scenario, calendar, {how})",
        "print(found.summary())",
        imports=["from pathlib import Path", "from adoptsim.analysis.introductions import Calendar"],
    )

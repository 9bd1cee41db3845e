"""The report of shocks: whether networks collapse, how far they fall, and how long it takes to come back."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from adoptsim.analysis.shocks import Shaken, Shocks
from adoptsim.analysis.shocks_words import days_span, headline, pair_sentence, percent, sentence, size_words
from adoptsim.domain.shocks import SHOCKS
from adoptsim.report.drawing import ORANGE, SOFT, note
from adoptsim.report.footnotes import about_shocks
from adoptsim.report.html import Cell, Fact, Key, Page, Picture, Point, Section, Table
from adoptsim.report.pages.parts import (
    grounds_section,
    made_by,
    policies_section,
    python_of,
    repeat_section,
    scenario_code,
    share_bar,
    stacked,
    text_dash,
    value_words,
)
from adoptsim.report.pages.pictures import both
from adoptsim.report.pages.run import loading
from adoptsim.report.shocks import draw_panel, most_of
from adoptsim.report.words import listed
from adoptsim.simulation import OrganisationSource, model_version

Row = dict[str, Any]
MOST_FACTS, MOST_PICTURES = 4, 4
"""The shocks that bring down most runs, then those that cost most."""


def shocks_page(found: Shocks, *, given: list[str], days: int | None, own: bool, command: str) -> Page:
    """Return the report of shocks to one scenario or several.

    ``given``: the scenarios as they were asked for; ``own``: each was struck by its own shocks.
    """
    summary = found.summary()
    rows = summary["shocks"]
    scenarios = {row.scenario.name: row.scenario for row in found.rows}
    first = next(iter(scenarios.values()))
    people = OrganisationSource(first.organisation, found.seed).organisation(0).n_people
    facts = {"Model version": model_version(), "Seed": found.seed, "Runs of each": f"{rows[0]['runs']:,}"}
    sections = [
        Section("How likely the network is to collapse", [_struck(rows)], tables=[_collapses(rows)]),
        Section(
            "What each shock does",
            [*map(pair_sentence, summary["pairs"])],
            points=[_point(row) for row in rows],
            tables=[_figures(rows)],
        ),
        Section("The courses, with the shock and without", pictures=_pictures(found)),
        policies_section(scenarios, people),
        grounds_section(Point("What the figures mean.", about_shocks(summary).replace("\n", " "))),
        repeat_section(
            command, _python(found, given, days, own=own), facts, [scenario_code(each) for each in scenarios.values()]
        ),
    ]
    return Page(
        kind="Report on shocks",
        title=listed(each.title or name for name, each in scenarios.items()),
        verdict=[f"{headline(rows)}.", _second(rows)],
        tone="open",
        facts=_facts(rows),
        story=first.story if len(scenarios) == 1 else "",
        sections=sections,
        made_by=made_by(model_version()),
    )


def _name(row: Row, *, among: list[Row]) -> str:
    title = SHOCKS[row["kind"]].title
    return f"{row['scenario']}: {title}" if len({each["scenario"] for each in among}) > 1 else title


def _second(rows: list[Row]) -> str:
    """Return how many of the shocks bring anything down."""
    living = [row for row in rows if row["living_runs"]]
    if not living:
        return "A network that dies by itself has nothing to lose: start from a policy that lasts."
    known = [row for row in living if row["collapse"]["mean"]]
    n, what = len(living), "shock" if len(living) == 1 else "shocks"
    if not known:
        return f"That holds for all {n} {what} that were tried." if n > 1 else "One shock was tried."
    worst = max(known, key=lambda row: row["collapse"]["mean"])
    return f"{len(known)} of {n} {what} that were tried bring some run down; {_name(worst, among=rows)} most."


def _facts(rows: list[Row]) -> list[Fact]:
    living = sorted((row for row in rows if row["living_runs"]), key=lambda row: -row["collapse"]["mean"])
    if living and living[0]["collapse"]["mean"] > 0.0:
        found = [(row["collapse"], f"collapse: {_name(row, among=rows)}") for row in living]
    else:
        deepest = sorted(living, key=lambda row: row["lowest"]["mean"])
        found = [(_lost(row["lowest"]), f"of contributors lost at worst: {_name(row, among=rows)}") for row in deepest]
    return [
        Fact(percent(values["mean"]), text_dash(value_words(values, "share").partition("(")[2].rstrip(")")), what)
        for values, what in found[:MOST_FACTS]
    ]


def _lost(lowest: Row) -> Row:
    """Return what is lost where so much is left; nothing is where more is."""
    left = {"mean": lowest["mean"], "low": lowest["high"], "high": lowest["low"]}
    return {name: None if share is None else max(0.0, 1.0 - share) for name, share in left.items()}


def _struck(rows: list[Row]) -> str:
    """Return what strikes when, and how large it is."""
    kinds = {(row["kind"], row["day"], row["size"]): row for row in rows}
    said = (f"{SHOCKS[kind].title} on day {day} ({size_words(row)})" for (kind, day, _), row in kinds.items())
    return f"{'; '.join(said)}."


def _collapses(rows: list[Row]) -> Table:
    cells = [
        [
            Cell(_name(row, among=rows)),
            Cell(bar=share_bar(row["collapse"]) if row["living_runs"] else None),
            stacked(row["collapse"]) if row["living_runs"] else Cell("no living run"),
        ]
        for row in rows
    ]
    return Table("Living runs that collapse, from 0 to 100 %", ("shock", "", "collapse (95 %)"), cells)


def _point(row: Row) -> Point:
    return Point(f"{SHOCKS[row['kind']].title}, {row['scenario']}:", sentence(row))


def _figures(rows: list[Row]) -> Table:
    living = [row for row in rows if row["living_runs"]]
    cells = [
        [
            Cell(_name(row, among=rows)),
            stacked(row["lowest"]),
            Cell(_back(row), text_dash(days_span(row))),
            *(stacked(row[what]) for what in ("never_back", "voice", "last_month")),
        ]
        for row in living
    ]
    columns = ("shock", "at worst", "back after, days", "not back", "voice", "at the end")
    return Table("Of what it would be without the shock", columns, cells)


def _back(row: Row) -> str:
    back = row["days_until_back"]["mean"]
    return f"over {row['days_after']}" if back is None else f"{back:.0f}"


def _pictures(found: Shocks) -> list[Picture]:
    living = [row for row in found.rows if row.living.any()]
    deepest = sorted(living, key=lambda row: (-row.collapse.value, row.lowest.value))[:MOST_PICTURES]
    return [_picture(row, place) for place, row in enumerate(row for row in living if any(row is each for each in deepest))]


def _picture(row: Shaken, place: int) -> Picture:
    """Return the course of one scenario through one shock."""
    told = row.summary()

    def draw(axes: Axes, is_narrow: bool) -> None:
        draw_panel(axes, row, most_of(row), is_left=True, is_last=True)
        axes.texts[-1].remove()  # the caption stands in words below
        what = "employees who contribute" if is_narrow else "employees who contributed within a month"
        note(axes, what, (0, 1), (-30, 12), xycoords="axes fraction")

    keys = [Key("line", ORANGE, "with the shock"), Key("dashed", SOFT, "without it")]
    title = f"{SHOCKS[row.shock.kind].title}, {row.scenario.name}"
    shades = "Lines: the median living run; shades: the middle half."
    return Picture(f"shock-{place}", f"{title}: {sentence(told)}", *both(draw, (7.3, 2.6), (3.75, 2.5)), keys, shades)


def _python(found: Shocks, given: list[str], days: int | None, *, own: bool) -> str:
    names = [f"scenario_{place + 1}" for place in range(len(given))]
    loads = [loading(name, asked, days) for name, asked in zip(names, given, strict=True)]
    struck = list(dict.fromkeys((row.shock.kind, row.shock.day, row.shock.size) for row in found.rows))
    shocks = ", ".join(f'Shock(kind="{kind}", day={day}, size={size!r})' for kind, day, size in struck)
    how = f"replicates={len(found.rows[0].living)}, seed={found.seed}"
    return python_of(
        *loads,
        f"struck = {None if own else f'[{shocks}]'}",
        f"found = shocks([{', '.join(names)}], struck, {how})",
        "print(found.summary())",
        imports=["from adoptsim.analysis.shocks import shocks", "from adoptsim.domain.scenario import Shock"],
    )

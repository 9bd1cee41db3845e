"""The report of policies over plausible worlds: which is best where, and where one reaches critical mass."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.analysis.robustness import Robustness
from adoptsim.analysis.robustness_words import headline, sentences
from adoptsim.report.drawing import BLUE, INK, ORANGE, SMALL, SOFT, plain_axes
from adoptsim.report.footnotes import about_robustness
from adoptsim.report.html import Cell, Fact, Key, Page, Picture, Point, Section, Table
from adoptsim.report.pages.parts import (
    critical_mass_point,
    grounds_section,
    made_by,
    policies_section,
    python_of,
    quoted,
    repeat_section,
    scenario_code,
    share_bar,
    shift_cell,
    stacked,
    text_dash,
    value_words,
)
from adoptsim.report.pages.pictures import page_axes
from adoptsim.report.pages.run import loading
from adoptsim.report.robustness import MOST_SHOWN, draw_worlds
from adoptsim.report.words import listed, with_unit
from adoptsim.simulation import OrganisationSource, model_version

Row = dict[str, Any]
MOST_FACTS = 4
ROW_HEIGHT = 0.6  # inches


def robustness_page(
    found: Robustness, *, given: list[str], days: int | None, worlds: int | None, ensemble: str | None, command: str
) -> Page:
    """Return the report of policies over worlds; ``worlds`` and ``ensemble`` as they were asked for."""
    summary = found.summary()
    scenarios = {scenario.name: scenario for scenario in found.scenarios}
    first, said = found.scenarios[0], sentences(summary)
    people = OrganisationSource(first.organisation, found.seed).organisation(0).n_people
    facts = {"Model version": model_version(), "Seed": found.seed, "Worlds": f"{found.n_worlds:,}"}
    facts |= {"Runs of each in each": f"{found.n_replicates:,}"}
    python = _python(found, given, days, worlds, ensemble)
    pairs = [Section("Which beats which", said[len(scenarios) :], tables=[_pairs(summary)])] if summary["pairs"] else []
    sections = [
        Section("Where each reaches critical mass", said[: len(scenarios)], tables=[_reached(summary)]),
        Section("Contributors in every world", pictures=[_picture(found)], tables=[_policies(summary)]),
        *pairs,
        policies_section(scenarios, people),
        grounds_section(critical_mass_point(first), Point("What a world is.", about_robustness(summary))),
        repeat_section(command, python, facts, [scenario_code(each) for each in scenarios.values()]),
    ]
    says = headline(summary)
    return Page(
        kind="Report on robustness",
        title=listed(each.title or name for name, each in scenarios.items()),
        verdict=[f"{says[:1].upper()}{says[1:]}.", said[0]],
        tone="open",
        facts=_facts(summary),
        story=first.story if len(scenarios) == 1 else "",
        sections=sections,
        made_by=made_by(model_version()),
    )


def _ranked(summary: Row) -> list[Row]:
    rows = {row["scenario"]: row for row in summary["policies"]}
    return [rows[name] for name in summary["ranking"]]


def _facts(summary: Row) -> list[Fact]:
    facts = []
    for row in _ranked(summary)[:MOST_FACTS]:
        value, _, bounds = value_words(row["worlds_reached"], "share").partition(" (")
        facts.append(Fact(value, bounds.rstrip(")"), f"of plausible worlds: {row['scenario']} reaches critical mass"))
    return facts


def _reached(summary: Row) -> Table:
    rows = [
        [Cell(row["scenario"]), Cell(bar=share_bar(row["worlds_reached"], mark=0.5)), stacked(row["worlds_reached"])]
        for row in _ranked(summary)
    ]
    note = "A policy reaches critical mass in a world where its chance is at least one half; bars from 0 to 100 %."
    return Table("Worlds in which it does, best policy first", ("policy", "", "worlds (95 %)"), rows, note=note)


def _policies(summary: Row) -> Table:
    rows = [
        [
            Cell(row["scenario"]),
            *(stacked(values) for values in (row["reached"], row["contributors"], row["places"][0])),
            stacked(row["hours_per_person_month"], "amount"),
        ]
        for row in _ranked(summary)
    ]
    columns = ("policy", "chance", "contributors", "best in", "hours a person and month")
    return Table("Over all worlds, best first", columns, rows, note="Below each: 95 % interval over worlds.")


def _pairs(summary: Row) -> Table:
    rows = [
        [
            Cell(f"{pair['scenario']} against {pair['other']}"),
            Cell(bar=share_bar(pair["ahead"], mark=0.5)),
            Cell(
                with_unit(pair["ahead"]["mean"], "share"), text_dash(f"behind {with_unit(pair['behind']['mean'], 'share')}")
            ),
            shift_cell(pair["difference"]),
        ]
        for pair in summary["pairs"]
    ]
    columns = ("", "", "worlds ahead", "contributors, points")
    return Table("In how many worlds the first beats the second, from 0 to 100 %", columns, rows)


def _picture(found: Robustness) -> Picture:
    """Return the contributors of every world, a row a policy."""
    order = found.ranking[:MOST_SHOWN]

    def drawn(width: float, left: float, *, is_narrow: bool) -> Figure:
        height = ROW_HEIGHT * max(2, len(order)) + 0.75
        figure, axes = page_axes((width, height), left=left, right=0.15, top=0.2, bottom=0.5)
        plain_axes(axes, grid=None).set(ylim=(max(2, len(order)) - 0.5, -0.5), yticks=[])
        draw_worlds(axes, found, order)
        _trimmed(axes, [found.names[policy] for policy in order], is_narrow=is_narrow)
        return figure

    shown = "; ".join(f"{found.names[policy]} {100 * found.mean('contributors', policy).value:.0f} %" for policy in order)
    words = f"Staff who contribute in the last month, a dot a world. Mean over worlds: {shown}."
    keys = [Key("dot", BLUE, "a world"), Key("dot", INK, "the mean over worlds, with its interval")]
    keys.append(Key("dashed", ORANGE, "critical mass"))
    longest = max(len(found.names[policy]) for policy in order)
    wide = drawn(7.3, min(2.4, 0.35 + 0.085 * longest), is_narrow=False)
    return Picture("worlds", words, wide, drawn(3.75, 0.15, is_narrow=True), keys)


def _trimmed(axes: Axes, names: list[str], *, is_narrow: bool) -> None:
    """Leave out what the page says beside the picture; without room beside, put names above their rows."""
    for text in list(axes.texts):
        if text.get_text() not in names:
            text.remove()
        elif is_narrow:
            text.set(ha="left", va="bottom", position=(0, 13))
    heading = "staff who contribute in the last month"
    axes.set_xlabel(heading, fontsize=SMALL, color=SOFT)


def _python(found: Robustness, given: list[str], days: int | None, worlds: int | None, ensemble: str | None) -> str:
    names = [f"scenario_{place + 1}" for place in range(len(given))]
    loads = [loading(name, asked, days) for name, asked in zip(names, given, strict=True)]
    how = f"replicates={found.n_replicates}, seed={found.seed}, margin={found.margin!r}"
    source = f"Path({quoted(ensemble)})" if ensemble else ""
    return python_of(
        *loads,
        f"worlds = some_worlds(load_worlds({source}), {worlds})",
        f"found = ad.robustness([{', '.join(names)}], worlds, {how})",
        "print(found.summary())",
        imports=["from pathlib import Path", "from adoptsim.analysis.robustness import load_worlds, some_worlds"],
    )

"""The report of several scenarios under the same people and luck."""

from __future__ import annotations

from typing import Any

from adoptsim.compare import Comparison
from adoptsim.report.compare_words import difference_in_words
from adoptsim.report.html import Cell, Page, Section, Table
from adoptsim.report.key_figures import key_figures
from adoptsim.report.pages.parts import (
    critical_mass_point,
    fact,
    grounds_section,
    made_by,
    practices_beside,
    python_of,
    repeat_section,
    scenario_code,
    share_bar,
    stacked,
    text_dash,
    value_words,
)
from adoptsim.report.pages.pictures import adoption
from adoptsim.report.pages.run import loading
from adoptsim.report.unheard_words import HOW, unheard_label
from adoptsim.report.words import MEASURES, change, listed, with_unit

Row = dict[str, Any]
MOST_FACTS = 4


def compare_page(comparison: Comparison, summary: Row, *, given: list[str], days: int | None, command: str) -> Page:
    """Return the report of a comparison; ``summary``: what ``adoptsim compare --json`` prints of it."""
    names = list(comparison.names)
    figures = [key_figures(result) for result in summary["results"]]
    people = comparison.results[0].people
    sections = [
        Section("Who contributes over time", pictures=[adoption(comparison.results, names)]),
        Section("How often each reaches critical mass", tables=[_chances(names, figures)]),
        Section(f"Against {names[0]}", _sentences(summary), tables=[_differences(summary, figures)]),
        Section("Who is unheard", tables=[_unheard(summary["unheard"], names)]),
        practices_beside(dict(zip(names, (result.scenario for result in comparison.results), strict=True)), people),
        grounds_section(critical_mass_point(comparison.results[0].scenario)),
        repeat_section(
            command,
            _python(summary, given, days),
            _facts(summary),
            [scenario_code(result.scenario) for result in comparison.results],
        ),
    ]
    return Page(
        kind="Report on a comparison",
        title=listed(names),
        verdict=_verdict(summary, figures),
        tone="open",
        facts=[
            fact(values["reached"], "reached", f"{name}: critical mass reached")
            for name, values in list(zip(names, figures, strict=True))[:MOST_FACTS]
        ],
        story="",
        sections=sections,
        made_by=made_by(summary["results"][0]["model_version"]),
    )


def _verdict(summary: Row, figures: list[Row]) -> list[str]:
    """Return in two sentences which is best and by how much, and what that changes and costs."""
    names, chances = summary["names"], [values["reached"]["mean"] for values in figures]
    if any(chance is None for chance in chances):
        return ["Too short to say which of them lasts: the runs end before it shows.", _gain(summary, 0)]
    staff = [values["contributors"]["mean"] for values in figures]
    best = max(range(len(names)), key=lambda place: (chances[place], staff[place]))
    if chances[0] == chances[best]:
        other = max(range(1, len(names)), key=lambda place: (chances[place], staff[place]))
        first = f"None lasts more often than {names[0]}, which does in {_chance(figures[0])} of runs"
        return [f"{first}; {names[other]} does in {_chance(figures[other])}.", _gain(summary, other - 1)]
    tied = [name for name, chance in zip(names, chances, strict=True) if chance == chances[best]]
    by_luck = "" if summary["differences"][best - 1]["reached"]["beyond_luck"] else ", a difference that luck could make"
    says = f"{listed(tied)} {'lasts' if len(tied) == 1 else 'last'} most often, in {_chance(figures[best])} of runs"
    return [f"{says}; {names[0]} lasts in {_chance(figures[0])}{by_luck}.", _gain(summary, best - 1)]


def _chance(values: Row) -> str:
    return value_words(values["reached"], "share")


def _gain(summary: Row, place: int) -> str:
    """Return by how many contributors and hours a scenario differs from the baseline."""
    found = summary["differences"][place]
    staff, hours = (_change(found[name], name) for name in ("contributors", "hours_per_person_month"))
    return (
        f"Against {summary['baseline']}, {found['scenario']} means {staff} points of staff who contribute, and {hours} "
        "hours a person and month."
    )


def _change(values: Row, name: str) -> str:
    return change(values["mean"], values["low"], values["high"], MEASURES[name].kind)


def _chances(names: list[str], figures: list[Row]) -> Table:
    rows = [
        [Cell(name), Cell(bar=share_bar(values["reached"])), stacked(values["reached"])]
        for name, values in zip(names, figures, strict=True)
    ]
    return Table("Chance of critical mass, from 0 to 100 %", ("scenario", "", "chance (95 %)"), rows)


def _sentences(summary: Row) -> list[str]:
    return [difference_in_words(difference, summary["baseline"]) for difference in summary["differences"]]


def _differences(summary: Row, figures: list[Row]) -> Table:
    rows = []
    for measure, (label, kind) in MEASURES.items():
        cells = [Cell(label), Cell(with_unit(figures[0][measure]["mean"], kind))]
        for values, difference in zip(figures[1:], summary["differences"], strict=True):
            found = difference[measure]
            cells.append(
                Cell(with_unit(values[measure]["mean"], kind), _change(found, measure), strong=found["beyond_luck"])
            )
        rows.append(cells)
    return Table("Key figures, with the difference below each", ("", *summary["names"]), rows, note=_how(summary))


def _how(summary: Row) -> str:
    people = "the same people and the same luck" if summary["same_people"] else "the same luck, but not the same people"
    return (
        f"{summary['replicates']:,} runs each with {people}. Differences, shares in points, with paired 95 % intervals; "
        "bold: the interval leaves out 0. Of twenty such, one may by chance. A run without any voice counts in none of "
        "its shares."
    )


def _unheard(found: Row, names: list[str]) -> Table:
    rows = []
    for name in found["results"][0]:
        cells = [
            Cell(unheard_label(name, found["lowest_role"])),
            Cell(with_unit(found["results"][0][name]["mean"], "share")),
        ]
        for values, difference in zip(found["results"][1:], found["differences"], strict=True):
            shift = difference[name]
            text = change(shift["mean"], shift["low"], shift["high"], "share")
            cells.append(Cell(with_unit(values[name]["mean"], "share"), text, strong=shift["beyond_luck"]))
        rows.append(cells)
    note = f"{HOW} The role is the one of which fewest contribute under {names[0]}."
    return Table("The worst off, with the difference below each", ("", *names), rows, note=note)


def _facts(summary: Row) -> dict[str, object]:
    first = summary["results"][0]
    return {
        "Model version": first["model_version"],
        "Seed": summary["seed"],
        "Runs of each": f"{summary['replicates']:,}",
        "Working days": text_dash(" / ".join(dict.fromkeys(f"{result['days']:,}" for result in summary["results"]))),
        "People": " / ".join(dict.fromkeys(f"{result['people']:,}" for result in summary["results"])),
    }


def _python(summary: Row, given: list[str], days: int | None) -> str:
    names = [f"scenario_{place + 1}" for place in range(len(given))]
    loads = [loading(name, asked, days) for name, asked in zip(names, given, strict=True)]
    how = f"replicates={summary['replicates']}, seed={summary['seed']}"
    return python_of(
        *loads,
        f"comparison = compare([{', '.join(names)}], {how})",
        "print(comparison.summary())",
        imports=["from adoptsim.compare import compare"],
    )

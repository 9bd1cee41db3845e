"""The report of one scenario."""

from __future__ import annotations

from typing import Any

from adoptsim.domain.scenario import Scenario
from adoptsim.report.html import Cell, Page, Section, Table
from adoptsim.report.key_figures import key_figures
from adoptsim.report.pages.parts import (
    TONES,
    critical_mass_point,
    fact,
    grounds_section,
    made_by,
    practices_section,
    python_of,
    quoted,
    repeat_section,
    scenario_code,
    text_dash,
    unheard_section,
    value_cells,
    value_words,
)
from adoptsim.report.pages.pictures import adoption
from adoptsim.report.words import MEASURES
from adoptsim.simulation import Result

LARGE = ("reached", "contributors", "hours_per_person_month")


def run_page(result: Result, report: dict[str, Any], *, given: str, days: int | None, command: str) -> Page:
    """Return the report of a result.

    Parameters
    ----------
    report
        What ``adoptsim run --json`` prints of it.
    given, days
        The scenario's name or path as it was asked for, and another number of days if one was.
    """
    scenario, figures = result.scenario, key_figures(report)
    sections = [
        Section("Who contributes over time", pictures=[adoption([result], [scenario.name])]),
        Section("Key figures", tables=[_table(figures)]),
        unheard_section(report["unheard"]),
        practices_section(scenario, result.people),
        grounds_section(critical_mass_point(scenario)),
        repeat_section(command, _python(scenario, report, given, days), _facts(report), [scenario_code(scenario)]),
    ]
    return Page(
        kind="Report on one scenario",
        title=scenario.title or scenario.name,
        verdict=_verdict(report),
        tone=TONES.get(report["verdict"]["word"], "open"),
        facts=[fact(figures[name], name) for name in LARGE],
        story=scenario.story,
        sections=sections,
        made_by=made_by(report["model_version"]),
    )


def _verdict(report: dict[str, Any]) -> list[str]:
    """Return the verdict in two sentences: whether it lasts; who contributes in the end, at what cost."""
    first = report["verdict"]["sentences"].split(" Contributors: ", 1)[0]
    contributors = value_words(report["final"]["contributors"], "share")
    hours = value_words(report["hours_per_person_month"], "amount")
    return [
        text_dash(first),
        f"In the last month {contributors} of staff contribute; it takes {hours} hours a person and month, platform and "
        "practices together.",
    ]


def _table(figures: dict[str, Any]) -> Table:
    rows = [[Cell(label), *value_cells(figures[name], kind)] for name, (label, kind) in MEASURES.items()]
    note = (
        "Figures of the last 21 working days, hours of the whole run. Voice is ideas and concerns; trust, safety and "
        "responsiveness go from 0 to 1."
    )
    return Table("At the end", ("", "mean", "95 % interval"), rows, note=note)


def _facts(report: dict[str, Any]) -> dict[str, object]:
    return {
        "Model version": report["model_version"],
        "Seed": report["seed"],
        "Runs": f"{report['replicates']:,}",
        "Working days": f"{report['days']:,}",
        "People": f"{report['people']:,}",
    }


def loading(name: str, given: str, days: int | None) -> str:
    """Return Python that loads a scenario under a name, over another number of days if asked."""
    load = f"{name} = ad.Scenario.load({quoted(given)})"
    if days is None:
        return load
    return f'{load}\n{name} = {name}.model_copy(update={{"horizon": {name}.horizon.model_copy(update={{"days": {days}}})}})'


def _python(scenario: Scenario, report: dict[str, Any], given: str, days: int | None) -> str:
    return python_of(
        loading("scenario", given, days),
        f"result = ad.simulate(scenario, replicates={report['replicates']}, seed={report['seed']})",
        "print(result.summary())",
        "print(ad.unheard(result))",
    )

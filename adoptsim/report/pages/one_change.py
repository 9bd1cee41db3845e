"""The report of a policy and its neighbours: what is lost without each practice, what more of one would bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adoptsim.analysis.one_change import OneChange
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.footnotes import THE_LARGEST_OF_SEVERAL
from adoptsim.report.html import Cell, Fact, Page, Section, Table
from adoptsim.report.pages.parts import (
    critical_mass_point,
    grounds_section,
    made_by,
    practices_section,
    python_of,
    repeat_section,
    scenario_code,
    shift_cell,
    stacked,
    value_words,
)
from adoptsim.report.pages.run import loading
from adoptsim.report.words import counted
from adoptsim.simulation import OrganisationSource, model_version

Row = dict[str, Any]
HEADS = {"dropped": "Left out", "raised": "Brought to full strength", "added": "Added at full strength"}


def one_change_page(found: OneChange, *, given: str, days: int | None, verdict: Sequence[str], command: str) -> Page:
    """Return the report of a policy changed in one practice; ``verdict``: its sentences, the first two to begin with."""
    summary, scenario = found.summary(), found.scenario
    people = OrganisationSource(scenario.organisation, found.seed).organisation(0).n_people
    facts = {"Model version": model_version(), "Seed": found.seed, "Runs of each": f"{found.n_replicates:,}"}
    python = python_of(
        loading("scenario", given, days),
        f"found = ad.drop_one(scenario, replicates={found.n_replicates}, seed={found.seed})",
        "print(found.summary())",
    )
    tables = [_changes(head, summary[what]) for what, head in HEADS.items() if summary[what]]
    lead = f"{counted(found.n_replicates, 'run')} of each with the same people and luck, all judged on the same day. "
    lead += THE_LARGEST_OF_SEVERAL
    return Page(
        kind="Report on a policy, practice by practice",
        title=scenario.title or scenario.name,
        verdict=verdict[:2],
        tone="open",
        facts=_facts(summary),
        story=scenario.story,
        sections=[
            Section("What one practice less or more changes", [*verdict[2:], lead], tables=tables),
            practices_section(scenario, people),
            grounds_section(critical_mass_point(scenario)),
            repeat_section(command, python, facts, [scenario_code(scenario)]),
        ],
        made_by=made_by(model_version()),
    )


def _facts(summary: Row) -> list[Fact]:
    facts = []
    for name, what in (
        ("reached", "of runs reach critical mass and last"),
        ("contributors", "of staff contribute at the end"),
    ):
        if summary["policy"][name]["mean"] is not None:
            value, _, bounds = value_words(summary["policy"][name], "share").partition(" (")
            facts.append(Fact(value, bounds.rstrip(")"), what))
    return facts


def _changes(head: str, changes: Sequence[Row]) -> Table:
    rows = [
        [
            Cell(f"{row['number']} {PRACTICES[row['practice']].title}"),
            stacked(row["reached"]),
            *(shift_cell(row["difference"][name]) for name in ("reached", "contributors")),
            shift_cell(row["difference"]["hours_per_person_month"], "amount"),
        ]
        for row in changes
    ]
    columns = ("practice", "lasts then", "change, points", "contributors, points", "hours a person and month")
    return Table(head, columns, rows, note="Below each: paired 95 % interval, bold where it leaves out 0.")

"""Sections and phrases that several reports share: who is unheard, what was asked, what it rests on, how to repeat it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adoptsim import files
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MONTH_DAYS, PracticeUse, Scenario
from adoptsim.report.assumptions import GROUNDS, INTERVALS, READ_AS
from adoptsim.report.html import Bar, Cell, Code, Fact, Point, Section, Table
from adoptsim.report.unheard_words import COLUMNS, HOW, ROLES
from adoptsim.report.words import DASH, MEASURES, UNKNOWN, Kind, change, counted, span, with_unit

Row = Mapping[str, Any]
UNHEARD_OF: Row = {"mean": None, "low": None, "high": None}
TONES = {"certain": "good", "likely": "good", "certain_not": "bad", "unlikely": "bad"}


def text_dash(text: str) -> str:
    """Return ranges of numbers with the dash that print has for them."""
    return text.replace(DASH, "\u2013") if text != DASH else "\u2013"


def value_words(values: Row, kind: Kind) -> str:
    """Return a mean with its interval: '31 % (28-34 %)'."""
    bounds = span(values["low"], values["high"], kind)
    return with_unit(values["mean"], kind) + (f" ({text_dash(bounds)})" if bounds != UNKNOWN else "")


def value_cells(values: Row, kind: Kind) -> tuple[Cell, Cell]:
    """Return a mean and its interval in two cells."""
    if values["mean"] is None:
        return Cell("\u2013"), Cell("")
    bounds = span(values["low"], values["high"], kind)
    return Cell(with_unit(values["mean"], kind)), Cell(text_dash(bounds) if bounds != UNKNOWN else "")


def stacked(values: Row, kind: Kind = "share") -> Cell:
    """Return a mean with its interval below it, in one cell."""
    if values["mean"] is None:
        return Cell("\u2013")
    bounds = span(values["low"], values["high"], kind)
    return Cell(with_unit(values["mean"], kind), text_dash(bounds) if bounds != UNKNOWN else "")


def shift_cell(values: Row, kind: Kind = "share") -> Cell:
    """Return a difference with its interval below it, bold where that leaves out 0."""
    low, high = values["low"], values["high"]
    beyond = low is not None and high is not None and (low > 0.0 or high < 0.0)
    value, _, bounds = change(values["mean"], low, high, kind).partition(" ")
    return Cell(value, bounds.strip("()"), strong=beyond)


def share_bar(values: Row, *, least: float = 0.0, most: float = 1.0, mark: float | None = None) -> Bar | None:
    """Return a share with its interval as a bar; nothing where it is not known."""
    value = values.get("mean", values.get("probability"))
    if value is None:
        return None
    low, high = (math.nan if bound is None else bound for bound in (values["low"], values["high"]))
    return Bar(value, low, high, least, most, mark)


def fact(values: Row, name: str, what: str = "") -> Fact:
    """Return a key figure as a large number."""
    label, kind = MEASURES[name]
    bounds = span(values["low"], values["high"], kind)
    return Fact(with_unit(values["mean"], kind), text_dash(bounds) if bounds != UNKNOWN else "", what or label)


def unheard_section(found: Row) -> Section:
    """Return who contributes and whose voice is kept back or answered, by role, and the worst-off department."""
    rows = [
        [
            Cell(name),
            *(stacked(found["roles"][role].get(measure, UNHEARD_OF)) for measure in COLUMNS),
        ]
        for role, name in ROLES.items()
        if found["roles"][role]["contributors"]["mean"] is not None
    ]
    worst = found["worst_department"]
    rows.append([Cell("Worst-off department"), stacked(worst["contributors"]), Cell("\u2013"), Cell("\u2013")])
    columns = ("", "contribute", "voice kept back", "voice answered")
    note = f"{_named(worst['named'])}{HOW} Voice: ideas and concerns of the whole run. Below each: 95 % interval."
    return Section("Who is heard, and who is not", tables=[Table("Shares by role", columns, rows, note=note)])


def _named(named: Row | None) -> str:
    """Return which department it is, where departments are the organisation's own."""
    if named is None:
        return ""
    chosen = ", chosen by every second run and measured in the others" if named["measured_apart"] else ""
    who = f"{named['department']} ({named['people']} people)"
    return f"Fewest contribute in {who}: {value_words(named['contributors'], 'share')}, chance included{chosen}. "


def practices_section(scenario: Scenario, people: int) -> Section:
    """Return the organisation and its practices in time."""
    rows = [
        [
            Cell(f"{PRACTICES[name].number} {PRACTICES[name].title}"),
            Cell(_strength(use)),
            Cell(_when(use.start, scenario.practice_end(name), scenario.horizon.days)),
        ]
        for name, use in in_use(scenario).items()
    ]
    tables = [Table("Practices in use", ("practice", "strength", "working days"), rows)] if rows else []
    none = [] if rows else ["No practice is in use."]
    return Section("What was simulated", [about_organisation(scenario, people), *none], tables=tables)


def practices_beside(scenarios: Mapping[str, Scenario], people: int) -> Section:
    """Return the practices of several scenarios side by side, by what each is called."""
    uses = {name: in_use(scenario) for name, scenario in scenarios.items()}
    rows = [
        [Cell(f"{practice.number} {practice.title}"), *(_use_cell(scenarios[name], key) for name in scenarios)]
        for key, practice in sorted(PRACTICES.items(), key=lambda item: item[1].number)
        if any(key in used for used in uses.values())
    ]
    lead = [f"{name}: {about_organisation(scenario, people)}" for name, scenario in scenarios.items()]
    same = len({text.partition(": ")[2] for text in lead}) == 1
    shown = [lead[0].partition(": ")[2]] if same else lead
    note = "Strength, with the working days below."
    tables = [Table("Practices in use", ("practice", *scenarios), rows, note=note)] if rows else []
    return Section("What was simulated", shown, tables=tables)


def policies_section(scenarios: Mapping[str, Scenario], people: int) -> Section:
    """Return what was simulated: of one scenario its practices in time, of several side by side."""
    if len(scenarios) > 1:
        return practices_beside(scenarios, people)
    return practices_section(next(iter(scenarios.values())), people)


def in_use(scenario: Scenario) -> dict[str, PracticeUse]:
    """Return the practices that are used, by number."""
    used = {name: use for name, use in scenario.practices.items() if use.intensity > 0}
    return dict(sorted(used.items(), key=lambda item: PRACTICES[item[0]].number))


def _use_cell(scenario: Scenario, practice: str) -> Cell:
    use = in_use(scenario).get(practice)
    if use is None:
        return Cell("\u2013")
    return Cell(_strength(use), _when(use.start, scenario.practice_end(practice), scenario.horizon.days))


def _strength(use: PracticeUse) -> str:
    way = "misused" if use.misused else use.variant or ""
    where = f"in {counted(len(use.departments), 'department')}" if use.departments else ""
    return ", ".join(part for part in (with_unit(use.intensity, "share"), way, where) if part)


def about_organisation(scenario: Scenario, people: int) -> str:
    """Return who is simulated for how long."""
    whose = "from the organisation's own files" if scenario.organisation.people_file else "generated"
    return (
        f"An organisation of {people:,} people, {whose}, over {scenario.horizon.days:,} working days "
        f"({scenario.horizon.days / MONTH_DAYS:.0f} months). {_changed(scenario)}"
    ).strip()


def _when(start: int, end: int, days: int) -> str:
    return f"{start}\u2013end" if end >= days else f"{start}\u2013{end}"


def _changed(scenario: Scenario) -> str:
    parts = [
        counted(len(scenario.levers), "lever"),
        counted(len(scenario.parameters), "parameter"),
    ]
    moved = [part for part in parts if not part.startswith("0 ")]
    return f"Not at their defaults: {' and '.join(moved)}, listed in the scenario below." if moved else ""


def critical_mass_words(scenario: Scenario) -> str:
    """Return when critical mass counts as reached."""
    rule = scenario.critical_mass
    return (
        f": at least {with_unit(rule.threshold, 'share')} of staff have posted, replied or reacted within the last "
        f"{MONTH_DAYS} working days, for {rule.held_days} working days, and still do {rule.after_support_days} working days "
        f"after launch support has ended (day {scenario.support_end})."
    )


def grounds_section(*more: Point) -> Section:
    """Return how numbers are to be read, and what is calibrated, taken from evidence or assumed."""
    return Section(
        "Method and assumptions",
        [
            "An agent-based simulation: every person decides, working day by working day, whether to look, to speak up, "
            "to answer or to stay silent, by habit, trust, safety and by whether anything comes of it.",
        ],
        [*more, *(Point(*ground) for ground in (INTERVALS, *GROUNDS, READ_AS))],
    )


def critical_mass_point(scenario: Scenario) -> Point:
    """Return when critical mass counts as reached, as a line of a list."""
    return Point("Critical mass", critical_mass_words(scenario))


def repeat_section(command: str, python: str, facts: Mapping[str, object], sources: Sequence[Code]) -> Section:
    """Return how to get the same numbers again: the command, the same in Python, what it hangs on, and the inputs."""
    rows = [[Cell(name), Cell(str(value))] for name, value in facts.items()]
    return Section(
        "Do it again",
        ["The same command with the same version of the model gives the same numbers, on any number of processors."],
        tables=[Table("What the numbers hang on", ("", "value"), rows, words=2)],
        codes=[Code("Command", command), Code("The same in Python", python), *sources],
    )


def scenario_code(scenario: Scenario, title: str = "Scenario") -> Code:
    """Return a scenario as the YAML that can be saved and run again; files of an organisation lie beside it."""
    return Code(f"{title}: {scenario.name}.yaml", files.scenario_text(scenario, folder_of_files(scenario)), folded=True)


def folder_of_files(scenario: Scenario) -> Path:
    """Return where an organisation's own files lie, so that a report names no folder of anybody's machine."""
    return Path(scenario.organisation.people_file or "x").absolute().parent


def python_of(*lines: str, imports: Sequence[str] = ()) -> str:
    """Return a little program."""
    return "\n".join(["import adoptsim as ad", *imports, "", *lines]) + "\n"


def quoted(text: str) -> str:
    """Return text as a Python string."""
    return json.dumps(text, ensure_ascii=False)


def made_by(model_version: str) -> str:
    """Return what made a report."""
    return f"Made by adoptsim, an agent-based simulator. Model {model_version}."

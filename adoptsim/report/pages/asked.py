"""What a sweep was asked, as a report says it: the experiment, its base scenario, and what is varied in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adoptsim import files
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.scenario import Scenario
from adoptsim.report.drawing import factor_title
from adoptsim.report.html import Cell, Code, Point, Section, Table
from adoptsim.report.pages.parts import critical_mass_point, practices_section
from adoptsim.sweeps.store import read_meta, reading

Row = dict[str, Any]
ON_OFF = [False, True]
MOST_LEVELS, MOST_VARIED = 8, 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sweep's file says of the question: the experiment as plain data, and its base scenario."""

    experiment: Row
    scenario: Scenario

    @property
    def vary(self) -> list[tuple[str, Any]]:
        """What is varied or not known, with its levels or its range."""
        parts = (self.experiment.get(part) for part in ("vary", "uncertain"))
        return [item for part in parts if isinstance(part, dict) for item in part.items()]

    @classmethod
    def read(cls, path: Path) -> Asked:
        """Return what is asked in a file; an input of another version of the model raises a validation error."""
        with reading(path) as connection:
            meta = read_meta(connection)
        return cls(json.loads(meta["experiment"]), Scenario.model_validate_json(meta["scenario"]))


def base_critical_mass(asked: Asked) -> Point:
    """Return when critical mass counts as reached; where that is varied, of which scenario this is said."""
    point = critical_mass_point(asked.scenario)
    is_varied = any(target.startswith("critical_mass.") for target, _ in asked.vary)
    return Point(f"{point.word} in the base scenario, varied here", point.text) if is_varied else point


def simulated_section(asked: Asked, people: int) -> Section:
    """Return the organisation, the practices of the base scenario, and what is varied."""
    base = practices_section(asked.scenario, people)
    rows = [
        [Cell(" ".join(reversed(factor_title(name))).strip(), _meaning(name)), Cell(_levels(varied))]
        for name, varied in asked.vary
    ]
    table = Table("What is varied", ("", "levels"), rows, words=2)
    lead = [*base.lead[:1], *([] if base.tables else ["Beside what is varied, no practice is in use."])]
    if len(rows) > MOST_VARIED:
        listed = f"What is varied, {len(rows):,} factors, is listed in the experiment below."
        return Section(base.title, [*lead, listed], tables=base.tables)
    return Section(base.title, lead, tables=[*base.tables, table])


def _levels(varied: Any) -> str:
    """Return what a factor takes: its levels, or its range."""
    if varied == ON_OFF:
        return "without, with"
    if isinstance(varied, dict):
        return _range(varied)
    if len(varied) > MOST_LEVELS:
        return f"{len(varied):,} levels, from {level_words(min(varied))} to {level_words(max(varied))}"
    return ", ".join(level_words(level) for level in varied)


def _range(varied: Row) -> str:
    """Return a range as text: '0.02 to 0.5, log-uniform'; of another form, its fields."""
    if "low" not in varied or "high" not in varied:
        return " ".join(f"{name} {level_words(value)}" for name, value in varied.items() if value is not None)
    scale = "" if varied.get("scale") in (None, "uniform") else f", {varied['scale']}"
    whole = ", whole numbers" if varied.get("whole") else ""
    return f"{level_words(varied['low'])} to {level_words(varied['high'])}{scale}{whole}"


def _meaning(target: str) -> str:
    """Return what a lever or parameter means; nothing of others."""
    section, _, key = target.partition(".")
    tables: dict[str, Row] = {"levers": {**LEVERS}, "parameters": {**PARAMETERS}}
    row = tables.get(section, {}).get(key)
    return "" if row is None else str(row.meaning)


def level_words(level: Any) -> str:
    """Return a level as text."""
    return f"{level:.4g}" if isinstance(level, float) else str(level)


def experiment_code(asked: Asked) -> Code:
    """Return the experiment as YAML beside its base scenario."""
    fields = {name: value for name, value in asked.experiment.items() if value not in (None, "")}
    if fields.get("vary"):
        fields["vary"] = {name: "on_off" if varied == ON_OFF else varied for name, varied in fields["vary"].items()}
    if asked.scenario.name not in files.shipped("scenarios"):
        fields["scenario"] = f"{asked.scenario.name}.yaml"
    return Code(f"Experiment: {fields['name']}.yaml", files.yaml_text(fields), folded=True)

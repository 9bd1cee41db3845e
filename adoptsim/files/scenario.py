"""Scenarios as YAML: read, written, and described to editors."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

import adoptsim.domain.scenario as domain
from adoptsim.domain.levers import LEVERS, Lever
from adoptsim.domain.parameters import GRADES, PARAMETERS, Parameter
from adoptsim.domain.practices import EVIDENCE_GRADES, PRACTICES, Practice
from adoptsim.files.catalogue import locate
from adoptsim.files.models import parse_model, read_model
from adoptsim.files.own import in_own, name_in_own, split_own
from adoptsim.files.text import write_text
from adoptsim.files.wording import FieldProblem

_ORGANISATION_FILES = ("people_file", "ties_file")
_LINE_WIDTH = 100


class Scenario(domain.Scenario):
    """One question to the model, which can be loaded from YAML and saved."""

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Self:
        """Return a shipped scenario or that of a file; paths in it are read from its own folder.

        ``NAME@FOLDER`` sets it in the organisation of the folder's people.csv and ties.csv. Raises ``InputError`` with
        everything that is wrong with the file.
        """
        name_or_path, own = split_own(name_or_path)
        path = locate(name_or_path, "scenarios")
        loaded = read_model(path, cls, "scenarios", also=late_starts)._with_files_in(path.absolute().parent)
        return loaded if own is None else loaded.set_in(own)

    @classmethod
    def parse(cls, text: str, *, file: str = "") -> Self:
        """Return the scenario of YAML text; ``file`` is what messages call it."""
        return parse_model(text, cls, file=file, also=late_starts)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the scenario as YAML, whole or not at all; only what differs from the defaults is written."""
        target = Path(path)
        write_text(target, scenario_text(self, target.absolute().parent))

    def set_in(self, folder: Path) -> Self:
        """Return the scenario in the organisation of a folder's files, named after both."""
        changes = {"name": name_in_own(self.name, folder), "organisation": in_own(self.organisation, folder)}
        return self.model_copy(update=changes)

    def _with_files_in(self, folder: Path) -> Self:
        given = {key: name for key in _ORGANISATION_FILES if (name := getattr(self.organisation, key)) is not None}
        absolute = {key: os.path.normpath(folder / os.path.expanduser(name)) for key, name in given.items()}
        return self.model_copy(update={"organisation": self.organisation.model_copy(update=absolute)})


def load_scenario(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Return a shipped scenario or that of a file."""
    return Scenario.load(name_or_path)


def scenario_text(scenario: domain.Scenario, folder: Path) -> str:
    """Return the YAML of a scenario: only what differs from the defaults, files below the folder as paths from there."""
    return yaml_text(_written(scenario, folder))


def late_starts(scenario: domain.Scenario) -> Iterator[FieldProblem]:
    """Yield the practices and shocks that would only begin after the last simulated day."""
    days = scenario.horizon.days
    for name, use in scenario.practices.items():
        if use.start >= days:
            message = f"{use.start} is after the last simulated day; give a day from 0 to {days - 1}, or more horizon.days"
            yield FieldProblem(("practices", name, "start"), message, because=("horizon", "days"))
    for place, shock in enumerate(scenario.shocks):
        if shock.day >= days:
            message = f"{shock.day} is after the last simulated day; give a day from 1 to {days - 1}, or more horizon.days"
            yield FieldProblem(("shocks", place, "day"), message, because=("horizon", "days"))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, by which editors complete and check."""
    schema = domain.Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for name, known in (("levers", LEVERS), ("parameters", PARAMETERS)):
        schema["properties"][name] |= _closed({key: _number_schema(entry) for key, entry in known.items()})
    use = {"anyOf": [{"type": "boolean"}, {"type": "number", "minimum": 0, "maximum": 1}, {"$ref": "#/$defs/PracticeUse"}]}
    schema["properties"]["practices"] |= _closed(
        {
            name: use | {"title": practice.title, "description": _of_practice(practice)}
            for name, practice in PRACTICES.items()
        }
    )
    return schema


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _number_schema(entry: Lever | Parameter) -> dict[str, Any]:
    bounds = {"minimum": entry.low, "maximum": entry.high, "default": entry.default}
    plausible = f"plausible {entry.low:g} to {entry.high:g}"
    source = f"source: {entry.source} ({entry.grade}: {GRADES[entry.grade]})"
    return {"type": "number", "description": f"{entry.meaning} ({entry.unit}); {plausible}; {source}", **bounds}


def _of_practice(practice: Practice) -> str:
    evidence = f"{practice.evidence}: {EVIDENCE_GRADES[practice.evidence]}"
    return f"{practice.says} Moves {', '.join(practice.to)}. Source: {practice.source} ({evidence})"


def _written(scenario: domain.Scenario, folder: Path) -> dict[str, Any]:
    """Return what of a scenario has to be written: what differs from the defaults, in the short form."""
    fields = scenario.model_dump(exclude_defaults=True)
    written = {"name": scenario.name} | {name: value for name, value in fields.items() if value != {}}
    if scenario.practices:
        written["practices"] = {name: _short(use) for name, use in fields["practices"].items()}
    if scenario.shocks:
        written["shocks"] = list(fields["shocks"])
    if "organisation" in written:
        written["organisation"] = {key: _relative(key, value, folder) for key, value in fields["organisation"].items()}
    return written


def _short(use: dict[str, Any]) -> Any:
    """Return the shorthand of a practice's use where there is one."""
    if not use:
        return True
    if set(use) == {"intensity"}:
        return use["intensity"]
    return {key: list(value) if isinstance(value, tuple) else value for key, value in use.items()}


def _relative(key: str, value: Any, folder: Path) -> Any:
    """Return a file below the folder as a path from there, so that the folder can move as a whole."""
    if key not in _ORGANISATION_FILES or not Path(value).is_relative_to(folder):
        return value
    return Path(value).relative_to(folder).as_posix()


def yaml_text(fields: dict[str, Any]) -> str:
    """Return YAML as a person would write it: in order, block style, stories of several lines as blocks."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width = _LINE_WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump({name: _as_block(value) for name, value in fields.items()}, stream)
    return stream.getvalue()


def _as_block(value: Any) -> Any:
    """Return text of several lines as a literal block, if a block keeps it as it is."""
    if not isinstance(value, str) or "\n" not in value:
        return value
    lines = value.split("\n")
    plain = all(line.isprintable() and line == line.strip() for line in lines) and lines[0] and not value.endswith("\n\n")
    return LiteralScalarString(value) if plain else value

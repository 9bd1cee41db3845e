"""The scenario that a point stands for: the base with the point's levels put in, validated as if written so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import PracticeUse, Scenario
from adoptsim.sweeps.ranges import Level
from adoptsim.sweeps.targets import unknown_target

S = TypeVar("S", bound=Scenario)


def apply_point(base: S, point: Mapping[str, Level]) -> S:
    """Return the base scenario with a point's levels put in, validated.

    A practice at intensity 0 is left out, so that a point is the same scenario as one written without the practice.
    What the base says of a practice (its start, where) is kept. Raises ``InputError`` that names the target.
    """
    fields = {name: getattr(base, name) for name in type(base).model_fields}
    changed: dict[str, dict[str, Any]] = {}
    for target, level in point.items():
        section, _, below = target.partition(".")
        if unknown := unknown_target(target):
            raise InputError(_problem(target, unknown))
        changed.setdefault(section, {})[below] = level
    for section, levels in changed.items():
        change = _use_practices if section == "practices" else _replace_values
        fields[section] = change(fields[section], levels)
    return _validated(type(base), fields, point)


def _use_practices(uses: Mapping[str, PracticeUse], levels: Mapping[str, Level]) -> dict[str, Any]:
    """Return the uses as plain fields, with levels of NAME and NAME.key put in."""
    changed: dict[str, Any] = dict(uses)
    details = {path: level for path, level in levels.items() if "." in path}
    for name in (path for path in levels if "." not in path):
        changed[name] = _fields_of(uses.get(name)) | {"intensity": _intensity(levels[name])}
    for path, level in details.items():
        name, key = path.split(".")
        if name not in changed and key != "intensity":
            message = f"the base scenario does not use {name}; vary practices.{name} too, or use it there"
            raise InputError(_problem(f"practices.{path}", message))
        changed[name] = _fields_of(changed.get(name)) | {key: level}
    return changed


def _fields_of(use: PracticeUse | dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(use, PracticeUse):
        return {key: getattr(use, key) for key in PracticeUse.model_fields}
    return use or {}


def _intensity(level: Level) -> Level:
    return float(level) if isinstance(level, bool) else level


def _replace_values(values: Any, levels: Mapping[str, Level]) -> dict[str, Any]:
    """Return a section's fields, or a table of numbers, with levels put in."""
    return (dict(values) if isinstance(values, dict) else values.model_dump()) | dict(levels)


def _validated(kind: type[S], fields: dict[str, Any], point: Mapping[str, Level]) -> S:
    try:
        scenario = kind.model_validate(fields, strict=True)
    except ValidationError as error:
        raise InputError(*_named(files.wrong_fields(error, kind), point)) from None
    late = _named(files.late_starts(scenario), point)
    if late:
        raise InputError(*late)
    off = {target.split(".")[1] for target in point if target.startswith("practices.")}
    used = {name: use for name, use in scenario.practices.items() if use.intensity > 0 or name not in off}
    return scenario.model_copy(update={"practices": used}) if len(used) < len(scenario.practices) else scenario


def _named(problems: Iterable[files.FieldProblem], point: Mapping[str, Level]) -> list[Problem]:
    """Return problems of a scenario under the target that brought them, as the experiment spells it."""
    named = []
    for problem in problems:
        path = ".".join(map(str, problem.path))
        target = max((known for known in point if f"{path}.".startswith(f"{known}.")), key=len, default=path)
        named.append(_problem(target, problem.message))
    return named


def _problem(target: str, message: str) -> Problem:
    return Problem(message, f"vary.{target}")

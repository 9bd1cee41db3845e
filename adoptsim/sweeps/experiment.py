"""An experiment: a base scenario, what is varied in it, and the points of its design. It computes nothing else.

A *target* names what is varied, with dots: ``practices.safe_space`` (its intensity), ``practices.safe_space.start``,
``levers.answer_prob``, ``parameters.reward_rate``, ``organisation.people``, ``critical_mass.threshold``. A *level* is
one of the values it takes. A *point* gives each target one level.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Self, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import (
    CriticalMass,
    FieldsError,
    Horizon,
    OrganisationSpec,
    PracticeUse,
    Scenario,
    Start,
    Strict,
    nearest,
)

Level = bool | int | float | str | None | tuple[str, ...]
Point = dict[str, Level]
S = TypeVar("S", bound=Scenario)

MOST_POINTS = 1_000_000
MOST_LEVELS = 1_000
MOST_REPLICATES = 100_000
ON_OFF = "on_off"
_SECTIONS: dict[str, type[Strict]] = {  # of a scenario, whose fields can be varied
    "organisation": OrganisationSpec,
    "horizon": Horizon,
    "start": Start,
    "critical_mass": CriticalMass,
}
_NOT_VARIED = ("organisation.people_file", "organisation.ties_file")  # they belong together: two experiments instead


@cache
def known_targets() -> tuple[str, ...]:
    """Return everything that can be varied."""
    names = [f"practices.{name}" for name in PRACTICES]
    names += [f"practices.{name}.{key}" for name in PRACTICES for key in PracticeUse.model_fields]
    names += [f"levers.{name}" for name in LEVERS] + [f"parameters.{name}" for name in PARAMETERS]
    for section, kind in _SECTIONS.items():
        names += [f"{section}.{key}" for key in kind.model_fields]
    return tuple(name for name in names if name not in _NOT_VARIED and not name.endswith(".departments"))


def _levels(value: Any) -> Any:
    """Accept ``on_off`` for not at all and at full intensity, and a list for a tuple."""
    if value == ON_OFF and isinstance(value, str):
        return (False, True)
    return tuple(value) if isinstance(value, list) else value


class Experiment(Strict):
    """The same question asked many times, with something varied."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="short name, lower case with hyphens")
    title: str = Field("", max_length=200)
    question: str = Field("", max_length=4000, description="what is asked, in plain words")
    expected_minutes: float | None = Field(None, gt=0.0, le=1e6, allow_inf_nan=False, description="how long it takes, about")
    scenario: str = Field(min_length=1, max_length=4000, description="base scenario: a shipped name or a path")
    vary: dict[str, Annotated[tuple[Any, ...], BeforeValidator(_levels)]] = Field(
        description="targets and the levels of each, a list or on_off"
    )
    design: str = Field("full_factorial", description="how points are chosen among the levels")
    replicates: int = Field(16, ge=1, le=MOST_REPLICATES, description="runs of each point, each with its own luck")
    seed: int = Field(1, ge=0, lt=2**32, description="which luck")
    measure: tuple[str, ...] | None = Field(None, min_length=1, description="names of measures to keep; all when absent")

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Self:
        """Return a shipped experiment or that of a file, tried on its base scenario.

        A path to the base scenario is read from the experiment's own folder and becomes absolute. Raises
        ``InputError`` with everything that is wrong with the experiment, or with its base scenario.
        """
        path = files.locate(name_or_path, "experiments")
        folder = str(path.absolute().parent)
        loaded = files.read_model(path, cls, "experiments", also=lambda found: _misfits(found, folder))
        return loaded.model_copy(update={"scenario": _base_of(loaded.scenario, folder)})

    def base(self) -> files.Scenario:
        """Return the base scenario."""
        return files.Scenario.load(self.scenario)

    @property
    def n_points(self) -> int:
        """Return the number of points of the full design."""
        return math.prod(len(levels) for levels in self.vary.values())

    @field_validator("vary")
    @classmethod
    def _can_be_varied(cls, vary: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
        problems = [((target,), problem) for target, levels in vary.items() for problem in _wrong_levels(target, levels)]
        if problems:
            raise FieldsError(problems)
        if not vary:
            raise ValueError("is empty; give at least one target, such as practices.safe_space: on_off")
        n_points = math.prod(map(len, vary.values()))
        if n_points > MOST_POINTS:
            raise ValueError(f"makes {n_points:,} points; give fewer levels, at most {MOST_POINTS:,} points")
        return vary

    @field_validator("design")
    @classmethod
    def _known_design(cls, design: str) -> str:
        if design not in DESIGNS:
            raise ValueError(f"unknown design {design!r}{nearest(design, DESIGNS)}")
        return design

    @model_validator(mode="after")
    def _details_of_what_is_used(self) -> Self:
        clashes = [name for name in PRACTICES if {f"practices.{name}", f"practices.{name}.intensity"} <= set(self.vary)]
        if clashes:
            message = "is the same as the practice itself; keep one of the two"
            raise FieldsError([(("vary", f"practices.{name}.intensity"), message) for name in clashes])
        return self


def full_factorial(experiment: Experiment) -> list[Point]:
    """Return every combination; the first target changes slowest, the last fastest; first all first levels."""
    targets = list(experiment.vary)
    return [dict(zip(targets, levels, strict=True)) for levels in itertools.product(*experiment.vary.values())]


DESIGNS: dict[str, Callable[[Experiment], list[Point]]] = {"full_factorial": full_factorial}
"""How points are chosen, by name; each is a function of the experiment alone and always gives the same order."""


def design_points(experiment: Experiment) -> list[Point]:
    """Return the points of an experiment in their fixed order."""
    return DESIGNS[experiment.design](experiment)


def apply_point(base: S, point: Mapping[str, Level]) -> S:
    """Return the base scenario with a point's levels put in, validated.

    A practice at intensity 0 is left out, so that a point is the same scenario as one written without the practice.
    What the base says of a practice (its start, where) is kept. Raises ``InputError`` that names the target.
    """
    fields = {name: getattr(base, name) for name in type(base).model_fields}
    changed: dict[str, dict[str, Any]] = {}
    for target, level in point.items():
        section, _, below = target.partition(".")
        if target not in known_targets():
            raise InputError(_problem(target, f"unknown target {target!r}{nearest(target, known_targets())}"))
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


def _wrong_levels(target: str, levels: tuple[Any, ...]) -> Iterator[str]:
    """Yield what is wrong with a target or its levels, before any base scenario is asked."""
    if target not in known_targets():
        yield f"unknown target {target!r}{nearest(target, known_targets())}"
    elif not 1 <= len(levels) <= MOST_LEVELS:
        yield f"has {len(levels):,} levels; give from 1 to {MOST_LEVELS:,}"
    elif any(isinstance(level, dict) for level in levels):
        yield "a level is a mapping; give numbers, true or false, or text"
    elif len({level if isinstance(level, int | float) else repr(level) for level in levels}) < len(levels):
        yield "a level is given twice; keep one"


def _base_of(scenario: str, folder: str) -> str:
    """Return a shipped name as it is, and a path as absolute, from the experiment's folder."""
    if scenario in files.shipped("scenarios"):
        return scenario
    path = os.path.normpath(os.path.join(folder, os.path.expanduser(scenario)))
    return path if files.is_path(scenario) or ("\0" not in path and os.path.exists(path)) else scenario


def _misfits(experiment: Experiment, folder: str) -> Iterator[files.FieldProblem]:
    """Yield what does not fit the base scenario, trying each level once beside the first levels of the others."""
    try:
        base = files.Scenario.load(_base_of(experiment.scenario, folder))
    except InputError as error:
        yield from (files.FieldProblem(("scenario",), str(problem)) for problem in error.problems)
        return
    first = {target: levels[0] for target, levels in experiment.vary.items()}
    seen: set[str] = set()
    for target, levels in experiment.vary.items():
        for level in levels:
            for problem in _misfit(base, {**first, target: level}):
                if str(problem) not in seen:
                    seen.add(str(problem))
                    yield files.FieldProblem(("vary", problem.field.removeprefix("vary.")), problem.message)


def _misfit(base: files.Scenario, point: Point) -> tuple[Problem, ...]:
    try:
        apply_point(base, point)
    except InputError as error:
        return error.problems
    return ()

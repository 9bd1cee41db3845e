"""An experiment: a base scenario, what is varied in it, and the points of its design. It computes nothing else.

A *target* names what is varied, with dots: ``practices.safe_space`` (its intensity), ``practices.safe_space.start``,
``levers.answer_prob``, ``parameters.reward_rate``, ``organisation.people``, ``critical_mass.threshold``. A *level* is
one of the values it takes: of a list, or within a range. A *point* gives each target one level.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Self, TypeVar, get_args

from pydantic import Field, ValidationError, field_validator, model_validator

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
from adoptsim.sweeps.designs import DESIGNS, MOST_SAMPLES, Point
from adoptsim.sweeps.ranges import Level, Range, Varied, read_varied, tried_levels

S = TypeVar("S", bound=Scenario)

MOST_POINTS = 1_000_000
MOST_LEVELS = 1_000
MOST_REPLICATES = 100_000
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


def _is_whole(target: str) -> bool:
    """Return whether a target takes whole numbers only."""
    section, _, key = target.partition(".")
    fields = _SECTIONS[section].model_fields if section in _SECTIONS else PracticeUse.model_fields
    field = fields.get(key.rpartition(".")[2])
    return field is not None and int in (field.annotation, *get_args(field.annotation))


class Experiment(Strict):
    """The same question asked many times, with something varied."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="short name, lower case with hyphens")
    title: str = Field("", max_length=200)
    question: str = Field("", max_length=4000, description="what is asked, in plain words")
    answer: str = Field("", max_length=4000, description="what was found with these settings, in plain words")
    expected_minutes: float | None = Field(None, gt=0.0, le=1e6, allow_inf_nan=False, description="how long it takes, about")
    scenario: str = Field(min_length=1, max_length=4000, description="base scenario: a shipped name or a path")
    vary: dict[str, Varied] = Field(
        description="targets, and of each its levels (a list or on_off) or its range ({low, high} or plausible)"
    )
    design: str = Field("full_factorial", description="how points are chosen among the levels and within the ranges")
    samples: int | None = Field(
        None,
        ge=2,
        le=MOST_SAMPLES,
        description="how often a design draws: points of latin_hypercube, trajectories of morris, base points of saltelli",
    )
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
        """Return the number of points of the design."""
        return DESIGNS[self.design].n_points(self)

    @field_validator("vary", mode="before")
    @classmethod
    def _read_vary(cls, given: Any) -> Any:
        """Return the targets with levels or ranges as values; what is no mapping of names is left to the type's check."""
        if not isinstance(given, dict) or not all(isinstance(target, str) for target in given):
            return given
        vary: dict[str, Varied] = {}
        problems: list[tuple[tuple[str, ...], str]] = []
        for target, value in given.items():
            try:
                vary[target] = read_varied(target, value, is_whole=_is_whole(target))
            except ValueError as error:
                problems.append(((target,), _unknown_target(target) or str(error)))
        wrong = [((target,), problem) for target, varied in vary.items() for problem in _wrong_levels(target, varied)]
        if problems or wrong:
            raise FieldsError([*problems, *wrong])
        if not vary:
            raise ValueError("is empty; give at least one target, such as practices.safe_space: on_off")
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

    @model_validator(mode="after")
    def _design_can_use_what_is_varied(self) -> Self:
        design = DESIGNS[self.design]
        problems: list[tuple[tuple[str, ...], str]] = []
        if design.samples is None:
            drawing = " or ".join(name for name, other in DESIGNS.items() if other.samples is not None)
            message = f"is a range, and {self.design} takes every level; give levels, or a design that draws: {drawing}"
            problems += [(("vary", target), message) for target, varied in self.vary.items() if isinstance(varied, Range)]
            if self.samples is not None:
                problems.append((("samples",), f"is for designs that draw ({drawing}), not for {self.design}; leave it out"))
        elif design.needs_power_of_two and self.samples is not None and self.samples.bit_count() != 1:
            near = 1 << (self.samples.bit_length() - 1)
            problems.append((("samples",), f"{self.samples} is not a power of two; give {near} or {2 * near}"))
        if not problems and self.n_points > MOST_POINTS:
            many = f"makes {self.n_points:,} points; give fewer levels or samples, at most {MOST_POINTS:,} points"
            problems.append((("vary",), many))
        if problems:
            raise FieldsError(problems)
        return self


def design_points(experiment: Experiment) -> list[Point]:
    """Return the points of an experiment in their fixed order."""
    return DESIGNS[experiment.design].points(experiment)


def apply_point(base: S, point: Mapping[str, Level]) -> S:
    """Return the base scenario with a point's levels put in, validated.

    A practice at intensity 0 is left out, so that a point is the same scenario as one written without the practice.
    What the base says of a practice (its start, where) is kept. Raises ``InputError`` that names the target.
    """
    fields = {name: getattr(base, name) for name in type(base).model_fields}
    changed: dict[str, dict[str, Any]] = {}
    for target, level in point.items():
        section, _, below = target.partition(".")
        if unknown := _unknown_target(target):
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


def _unknown_target(target: str) -> str:
    """Return what to say of a target that cannot be varied, nothing of one that can."""
    return "" if target in known_targets() else f"unknown target {target!r}{nearest(target, known_targets())}"


def _wrong_levels(target: str, levels: Varied) -> Iterator[str]:
    """Yield what is wrong with a target or its levels, before any base scenario is asked."""
    if unknown := _unknown_target(target):
        yield unknown
    elif isinstance(levels, Range):
        return
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
    first = {target: tried_levels(varied)[0] for target, varied in experiment.vary.items()}
    seen: set[str] = set()
    for target, varied in experiment.vary.items():
        for level in tried_levels(varied):
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

"""An experiment: a base scenario, what is varied in it, and the points of its design. It computes nothing else.

A *target* names what is varied, with dots: ``practices.safe_space`` (its intensity), ``practices.safe_space.start``,
``levers.answer_prob``, ``parameters.reward_rate``, ``organisation.people``, ``critical_mass.threshold``. A *level* is
one of the values it takes: of a list, or within a range. A *point* gives each target one level: those of ``vary``, which
are decided, and those of ``uncertain``, which are not known. A set of what is not known is a *world*.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import FieldsError, Strict, nearest
from adoptsim.sweeps.consistency import wrong_designs, wrong_together
from adoptsim.sweeps.designs import DESIGNS, MOST_SAMPLES, POINTS, RESOLUTION, RESOLUTIONS, Point
from adoptsim.sweeps.measures import MEASURES, REACHED
from adoptsim.sweeps.ranges import Level, Varied, tried_levels
from adoptsim.sweeps.scenarios import apply_point
from adoptsim.sweeps.tables import MOST_POINTS, Columns, ensemble_columns, frame_columns, table_of
from adoptsim.sweeps.targets import known_targets, read_vary
from adoptsim.sweeps.worlds import PAIRED, Sampling, n_worlds, with_worlds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DESIGNS", "Experiment", "Level", "apply_point", "design_points", "known_targets"]

MOST_REPLICATES = 100_000
MOST_ROWS_TRIED = 1_000  # of a table, when an experiment is loaded; the others when it is run
ENSEMBLE = "ensemble"
TABLE = ".csv"


class Experiment(Strict):
    """The same question asked many times, with something varied."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="short name, lower case with hyphens")
    title: str = Field("", max_length=200)
    question: str = Field("", max_length=4000, description="what is asked, in plain words")
    answer: str = Field("", max_length=4000, description="what was found with these settings, in plain words")
    expected_minutes: float | None = Field(None, gt=0.0, le=1e6, allow_inf_nan=False, description="how long it takes, about")
    scenario: str = Field(min_length=1, max_length=4000, description="base scenario: a shipped name or a path")
    design: str = Field("full_factorial", description="how points are chosen among the levels and within the ranges")
    vary: dict[str, Varied] = Field(
        {},
        description="what is decided: targets, and of each its levels (a list or on_off) or its range ({low, high} or "
        "plausible)",
    )
    points: str | None = Field(
        None, max_length=4000, description="instead of vary and design: a CSV file, a column a target, a row a point"
    )
    samples: int | None = Field(
        None,
        ge=2,
        le=MOST_SAMPLES,
        description="how often a design draws: points, trajectories of morris, base points of saltelli",
    )
    resolution: int | None = Field(
        None,
        ge=RESOLUTIONS[0],
        le=RESOLUTIONS[-1],
        description=f"of fractional_factorial, {RESOLUTION} when absent: what is not mixed up with what",
    )
    uncertain_design: str = Field("latin_hypercube", description="how worlds are chosen")
    uncertain: dict[str, Varied] | str | None = Field(
        None,
        description="what is not known: targets with ranges or levels, a CSV file of worlds, or ensemble: the shipped "
        "plausible sets of parameters",
    )
    worlds: int | None = Field(
        None, ge=2, le=MOST_SAMPLES, description="how many worlds; all of a table, as many as its design draws otherwise"
    )
    sampling: Sampling = Field(
        "product", description="product: every point in every world; paired: each point in a world of its own"
    )
    replicates: int = Field(16, ge=1, le=MOST_REPLICATES, description="runs of each point, each with its own luck")
    precision: float | None = Field(
        None,
        gt=0.0,
        allow_inf_nan=False,
        description="each point stops when half the interval of its difference to the base scenario is as small",
    )
    precision_of: str = Field(REACHED, description="the measure whose difference is meant")
    seed: int = Field(1, ge=0, lt=2**32, description="which luck")
    measure: tuple[str, ...] | None = Field(None, min_length=1, description="names of measures to keep; all when absent")

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Self:
        """Return a shipped experiment or that of a file, tried on its base scenario.

        Paths to the base scenario and to tables are read from the experiment's own folder; tables are read in.
        ``NAME@FOLDER`` asks it of the organisation of the folder's people.csv and ties.csv. Raises ``InputError`` with
        everything that is wrong with the experiment, its tables, or its base scenario.
        """
        name_or_path, own = files.split_own(name_or_path)
        path = files.locate(name_or_path, "experiments")
        folder = str(path.absolute().parent)
        loaded = files.read_model(path, cls, "experiments", also=lambda found: _misfits(found, folder))
        whole = loaded.with_tables(folder).model_copy(update={"scenario": _base_of(loaded.scenario, folder)})
        return whole if own is None else whole.set_in(own)

    def set_in(self, folder: Path) -> Self:
        """Return the experiment in the organisation of a folder's files, named after both.

        What is generated otherwise is not varied. Raises ``InputError`` where nothing would be left to vary.
        """
        generated = {f"organisation.{name}" for name in files.GENERATED_ONLY}
        vary = {target: levels for target, levels in self.vary.items() if target not in generated}
        uncertain = self.uncertain
        if isinstance(uncertain, dict):
            uncertain = {target: levels for target, levels in uncertain.items() if target not in generated} or None
        if (self.vary and not vary) or not (vary or uncertain):
            message = f"varies only what an organisation of your own has already: {', '.join(self.vary or self.targets)}"
            raise InputError(Problem(message, "vary" if self.vary else "uncertain", self.name))
        base = f"{files.split_own(self.scenario)[0]}{files.AT}{folder}"
        name = files.name_in_own(self.name, folder)
        changes = {"name": name, "scenario": base, "vary": vary, "uncertain": uncertain, "answer": ""}
        no_worlds = {"worlds": None, "sampling": "product"} if uncertain is None else {}
        return self.model_copy(update=changes | no_worlds)

    @classmethod
    def from_frame(cls, points: pd.DataFrame, *, scenario: str, name: str = "points", **fields: Any) -> Self:
        """Return an experiment of a pandas frame's points: a column a target, a row a point.

        Parameters
        ----------
        fields
            Other fields of an experiment, such as ``uncertain`` or ``replicates``.

        Raises
        ------
        InputError
            With everything that is wrong with the frame or the fields.
        """
        return cls.made(name=name, scenario=scenario, design=POINTS, vary=frame_columns(points), **fields)

    @classmethod
    def made(cls, **fields: Any) -> Self:
        """Return an experiment of these fields; as the class itself, with plain messages in an ``InputError``."""
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            wrong = files.wrong_fields(error, cls)
            raise InputError(*(Problem(each.message, ".".join(map(str, each.path))) for each in wrong)) from None

    def with_tables(self, folder: str = ".") -> Self:
        """Return the experiment with its tables read in; raises ``InputError``."""
        changes: dict[str, Any] = {}
        if self.points is not None:
            changes |= {"design": POINTS, "points": None, "vary": table_of(self.points, folder).columns}
        if isinstance(self.uncertain, str):
            changes |= {"uncertain_design": POINTS, "uncertain": _world_columns(self.uncertain, folder)}
        if not changes:
            return self
        return self.made(**{name: getattr(self, name) for name in type(self).model_fields} | changes)

    def base(self) -> files.Scenario:
        """Return the base scenario."""
        return files.Scenario.load(self.scenario)

    @property
    def n_points(self) -> int:
        """Return the number of points of the design."""
        read = self.with_tables()
        policies = DESIGNS[read.design].n_points(read)
        return policies if read.sampling == PAIRED else policies * n_worlds(read)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return everything that is varied, what is decided first."""
        read = self.with_tables()
        return (*read.vary, *(read.uncertain or ()))

    @field_validator("vary", mode="before")
    @classmethod
    def _read_vary(cls, given: Any, info: ValidationInfo) -> Any:
        """Return the targets with levels or ranges as values; what is no mapping of names is left to the type's check."""
        if not isinstance(given, dict) or not all(isinstance(target, str) for target in given):
            return given
        return read_vary(given, is_table=info.data.get("design") == POINTS)

    @field_validator("uncertain", mode="before")
    @classmethod
    def _read_uncertain(cls, given: Any, info: ValidationInfo) -> Any:
        if given is None or (isinstance(given, str) and (given == ENSEMBLE or given.casefold().endswith(TABLE))):
            return given
        if not isinstance(given, dict) or not given or not all(isinstance(target, str) for target in given):
            raise ValueError("gives no worlds; give targets with ranges or levels, ensemble, or a CSV file of worlds")
        return read_vary(given, is_table=info.data.get("uncertain_design") == POINTS)

    @field_validator("design", "uncertain_design")
    @classmethod
    def _known_design(cls, design: str) -> str:
        if design not in DESIGNS:
            raise ValueError(f"unknown design {design!r}{nearest(design, DESIGNS)}")
        return design

    @field_validator("measure")
    @classmethod
    def _known_measures(cls, measure: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for name in measure or ():
            if name not in MEASURES:
                raise ValueError(f"unknown measure {name!r}{nearest(name, MEASURES)}")
        return measure

    @field_validator("precision_of")
    @classmethod
    def _known_measure(cls, measure: str) -> str:
        if measure not in MEASURES:
            raise ValueError(f"unknown measure {measure!r}{nearest(measure, MEASURES)}")
        return measure

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = [*wrong_together(self)]
        if not problems:
            problems = [*wrong_designs(self)]
        if not problems and self.points is None and not isinstance(self.uncertain, str) and self.n_points > MOST_POINTS:
            many = f"makes {self.n_points:,} points; give fewer levels or samples, at most {MOST_POINTS:,} points"
            problems = [(("vary",), many)]
        if problems:
            raise FieldsError(problems)
        return self


def _world_columns(uncertain: str, folder: str) -> Columns:
    return ensemble_columns() if uncertain == ENSEMBLE else table_of(uncertain, folder).columns


def design_points(experiment: Experiment) -> list[Point]:
    """Return the points of an experiment in their fixed order."""
    read = experiment.with_tables()
    return with_worlds(read, DESIGNS[read.design].points(read))


def _base_of(scenario: str, folder: str) -> str:
    """Return a shipped name as it is, and a path as absolute, from the experiment's folder."""
    if scenario in files.shipped("scenarios"):
        return scenario
    path = os.path.normpath(os.path.join(folder, os.path.expanduser(scenario)))
    name, own = files.split_own(scenario, folder)
    if own is not None:
        return f"{_base_of(str(name), folder)}{files.AT}{os.path.normpath(own)}"
    return path if files.is_path(scenario) or ("\0" not in path and os.path.exists(path)) else scenario


def _misfits(experiment: Experiment, folder: str) -> Iterator[files.FieldProblem]:
    """Yield what does not fit the base scenario, trying each level once beside the first levels of the others."""
    try:
        base = files.Scenario.load(_base_of(experiment.scenario, folder))
    except InputError as error:
        yield from (files.FieldProblem(("scenario",), str(problem)) for problem in error.problems)
        return
    seen: set[str] = set()
    for part, tried in (("vary", experiment.vary), ("uncertain", experiment.uncertain)):
        if isinstance(tried, dict):
            yield from _wrong_of_part(base, part, tried, experiment, seen)
    yield from _wrong_tables(base, experiment, folder)


def _wrong_of_part(
    base: files.Scenario, part: str, varied: Mapping[str, Varied], experiment: Experiment, seen: set[str]
) -> Iterator[files.FieldProblem]:
    every = {**experiment.vary, **(experiment.uncertain if isinstance(experiment.uncertain, dict) else {})}
    first = {target: tried_levels(levels)[0] for target, levels in every.items()}
    for target, levels in varied.items():
        for level in tried_levels(levels):
            for problem in _misfit(base, {**first, target: level}):
                if str(problem) not in seen:
                    seen.add(str(problem))
                    yield files.FieldProblem((part, problem.field.removeprefix("vary.")), problem.message)


def _wrong_tables(base: files.Scenario, experiment: Experiment, folder: str) -> Iterator[files.FieldProblem]:
    """Yield what is wrong with the tables that an experiment names: as files, and row by row."""
    for field in ("points", "uncertain"):
        named = getattr(experiment, field)
        if not isinstance(named, str):
            continue
        try:
            lines: Iterable[int] = itertools.count(1)
            if named == ENSEMBLE:
                columns = ensemble_columns()
            else:
                table = table_of(named, folder)
                columns, lines = table.columns, table.lines
        except InputError as error:
            yield from (files.FieldProblem((field,), str(problem)) for problem in error.problems)
            continue
        yield from _wrong_rows(base, field, named, columns, lines)


def _wrong_rows(
    base: files.Scenario, field: str, file: str, columns: Columns, lines: Iterable[int]
) -> Iterator[files.FieldProblem]:
    rows = zip(zip(*columns.values(), strict=True), lines, strict=False)
    for levels, line in itertools.islice(rows, MOST_ROWS_TRIED):
        for problem in _misfit(base, dict(zip(columns, levels, strict=True))):
            where = Problem(problem.message, problem.field.removeprefix("vary."), file, line)
            yield files.FieldProblem((field,), str(where))


def _misfit(base: files.Scenario, point: Point) -> tuple[Problem, ...]:
    try:
        apply_point(base, point)
    except InputError as error:
        return error.problems
    return ()

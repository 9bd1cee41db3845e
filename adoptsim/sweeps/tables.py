"""Points that somebody else has chosen: from a CSV file, a pandas frame, or the ensemble, as levels by target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.practices import PRACTICES
from adoptsim.files.ensemble import read_ensemble
from adoptsim.files.points import PointTable, read_points
from adoptsim.sweeps.targets import target_of

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 1_000_000
Columns = dict[str, tuple[Any, ...]]


def table_of(path: str, folder: str) -> PointTable:
    """Return the points of a CSV file, from an experiment's folder. Raises ``InputError`` with file, line and column."""
    table = read_points(Path(folder) / Path(path).expanduser(), target_of, MOST_POINTS)
    return PointTable(_switched(table.columns), table.lines)


def ensemble_columns() -> Columns:
    """Return the shipped sets of parameters; raises ``InputError`` where none ship."""
    members = read_ensemble()
    if not members:
        raise InputError(
            Problem("no ensemble ships with this version; give a table of worlds (.csv) or ranges", "uncertain")
        )
    return {f"parameters.{name}": tuple(member[name] for member in members) for name in members[0]}


def frame_columns(frame: pd.DataFrame) -> Columns:
    """Return a frame's levels by target; raises ``InputError`` with all columns that stand for nothing."""
    targets, problems = [], []
    for name in map(str, frame.columns):
        target, wrong = target_of(name)
        if wrong or target in targets:
            problems.append(Problem(wrong or f"column {name!r} is there twice; keep one", "points"))
        targets.append(target)
    problems += [
        Problem("a value is missing; give a level in every row", f"points.{name}")
        for name, missing in zip(map(str, frame.columns), frame.isna().any().tolist(), strict=True)
        if missing
    ]
    if not problems and frame.empty:
        problems = [Problem("has no points; give a row a point and a column a target", "points")]
    if problems:
        raise InputError(*problems)
    levels = [tuple(_plain(value) for value in frame.iloc[:, place].tolist()) for place in range(len(targets))]
    return _switched(dict(zip(targets, levels, strict=True)))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _switched(columns: Columns) -> Columns:
    """Return columns with practices that are 0 or 1 throughout as off and on."""
    return {target: _as_switch(target, levels) for target, levels in columns.items()}


def _as_switch(target: str, levels: Sequence[Any]) -> tuple[Any, ...]:
    if target.removeprefix("practices.") in PRACTICES and all(level in (0, 1) for level in levels):
        return tuple(bool(level) for level in levels)
    return tuple(levels)

"""From a YAML file to a validated model: every problem of the file at once, each with its line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from adoptsim.domain.errors import InputError, Problem
from adoptsim.files.catalogue import Kind, locate
from adoptsim.files.text import display, read_text
from adoptsim.files.tree import Path, Tree, field_name, parse_yaml
from adoptsim.files.wording import FieldProblem, wrong_fields

M = TypeVar("M", bound=BaseModel)
Check = Callable[[M], Iterable[FieldProblem]]
_MOST_ROUNDS = 8
_STAND_IN = "stand-in"  # for a name that is missing, so that the rest can be checked
MOST_SHOWN = 20


def _no_check(model: BaseModel) -> Iterable[FieldProblem]:
    return ()


def read_model(name_or_path: str | os.PathLike[str], model: type[M], kind: Kind, *, also: Check[M] = _no_check) -> M:
    """Return the model that a shipped name or a YAML file stands for.

    Parameters
    ----------
    name_or_path, model, kind
        What to read, the pydantic model it must fit, and which shipped folder names refer to.
    also
        What else must hold of a model whose fields are right; yields what is wrong.

    Raises
    ------
    InputError
        With everything that is wrong with the file.
    """
    path = locate(name_or_path, kind)
    return parse_model(read_text(path), model, file=display(path), also=also)


def parse_model(text: str, model: type[M], *, file: str = "", also: Check[M] = _no_check) -> M:
    """Return the model that YAML text stands for; as `read_model`, with ``file`` for messages only."""
    tree = parse_yaml(text, file)
    validated, found = _validate(tree.values, model, also)
    if found or validated is None:
        located = sorted((_located(problem, tree) for problem in found), key=lambda problem: problem.line or 0)
        raise InputError(*limited(located))
    return validated


def limited(problems: Iterable[Problem]) -> list[Problem]:
    """Return the first problems and, if there are more, a last one that says how many."""
    every = list(problems)
    if len(every) <= MOST_SHOWN:
        return every
    return [*every[:MOST_SHOWN], Problem(f"and {len(every) - MOST_SHOWN:,} more problems")]


def _located(problem: FieldProblem, tree: Tree) -> Problem:
    return Problem(problem.message, field_name(problem.path), tree.file, tree.line_of(problem.path))


def _validate(values: Mapping[str, Any], model: type[M], also: Check[M]) -> tuple[M | None, list[FieldProblem]]:
    """Return the model and every problem of the values.

    A validator of several fields is not asked while one of them is wrong. So wrong values are taken out and the rest
    is asked again; what then depends on a value that was taken out is no problem of its own.
    """
    found: list[FieldProblem] = []
    left: Any = values
    for _ in range(_MOST_ROUNDS):
        try:
            validated = model.model_validate(left, strict=True)
        except ValidationError as error:
            fresh = [problem for problem in wrong_fields(error, model) if not _follows(problem, found)]
            missing = {tuple(detail["loc"]) for detail in error.errors() if detail["type"] == "missing"}
            for path in [problem.path for problem in fresh] + sorted(missing, key=str):
                left = _without(left, path, is_missing=path in missing)
            if not fresh and not missing:
                return None, found
            found += fresh
        else:
            return validated, found + [problem for problem in also(validated) if not _follows(problem, found)]
    return None, found


def _follows(problem: FieldProblem, found: list[FieldProblem]) -> bool:
    """Return whether a problem only follows from a value that has already been taken out."""
    return any(
        problem.path == old.path[: len(problem.path)]
        or (problem.because and problem.because == old.path[: len(problem.because)])
        for old in found
    )


def _without(values: Any, path: Path, *, is_missing: bool) -> Any:
    """Return the values without the one at a path (with a stand-in if it is missing); the original stays as it is.

    A list is taken out whole, and so is a shorthand, where the path goes below the value that stands there.
    """
    if not path or not isinstance(values, Mapping):
        return values
    name, below = path[0], path[1:]
    others = {key: value for key, value in values.items() if key != name}
    if below and isinstance(values.get(name), Mapping):
        return {**others, name: _without(values[name], below, is_missing=is_missing)}
    return {**others, name: _STAND_IN} if is_missing else others

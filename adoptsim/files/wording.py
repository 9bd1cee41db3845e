"""What is wrong with a value, in plain English: the value, the fault, and what would be right.

Everything is read from the model's own declaration (bounds, choices, descriptions), so a new field needs no words here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from adoptsim.domain.scenario import FieldsError, nearest
from adoptsim.files.text import printable

Path = tuple[str | int, ...]
MOST_MESSAGE = 600


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong at a path of a model; ``because`` is another path that it depends on, if any."""

    path: Path
    message: str
    because: Path = ()


def wrong_fields(error: ValidationError, model: type[BaseModel]) -> Iterator[FieldProblem]:
    """Yield the problems of a failed validation in the order of the model's fields."""
    for detail in error.errors(include_url=False):
        path = tuple(detail["loc"])
        cause = detail.get("ctx", {}).get("error")
        if detail["type"] == "too_short" and detail["input"]:
            continue  # pydantic counts the entries that are left: each wrong one is a problem already
        if isinstance(cause, FieldsError):
            for below, message in cause.problems:
                yield FieldProblem((*path, *below), printable(message, MOST_MESSAGE), because=cause.because)
        else:
            yield FieldProblem(path, _message(model, path, detail, cause))


def shown(value: Any) -> str:
    """Return a value as it would be written in YAML, or what kind of thing it is."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{printable(value)}'"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else "a number of more than 15 digits"
    if isinstance(value, float):
        return f"{value:g}"
    return "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, list | tuple) else "this"


def _message(model: type[BaseModel], path: Path, detail: Any, cause: Exception | None) -> str:
    if cause is not None:
        return printable(cause, MOST_MESSAGE)
    if detail["type"] == "extra_forbidden":
        owner = _annotation(model, path[:-1])[0]
        known = owner.model_fields if isinstance(owner, type) and issubclass(owner, BaseModel) else {}
        return f"there is no field {printable(path[-1])!r} here{nearest(str(path[-1]), known)}"
    annotation, info = _annotation(model, path)
    if detail["type"] == "missing":
        return f"is missing; {_right(annotation, info)}"
    value = detail["input"]
    right = _right(annotation, info)
    if detail["type"] == "string_type" and isinstance(value, int | float):
        right = f"put it in quotes: '{shown(value)}'"
    elif detail["type"] in _NUMBER_FAULTS and _is_quoted_number(value):
        right = "leave the quotes out"
    if detail["type"] == "literal_error" and isinstance(value, str):
        near = nearest(value, map(str, get_args(annotation)))
        right = f"{near.removeprefix('; ')} {right}" if near.startswith("; did you mean") else right
    return f"{shown(value)} {_fault(detail, info)}; {right}"


_NUMBER_FAULTS = ("int_type", "float_type")


def _is_quoted_number(value: Any) -> bool:
    return isinstance(value, str) and value.strip().replace(".", "", 1).isdigit()


_FAULTS = {
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_type": "is not a number",
    "finite_number": "is not a finite number",
    "bool_type": "is neither true nor false",
    "string_type": "is not text",
    "string_pattern_mismatch": "does not fit",
    "literal_error": "is not one of the choices",
    "too_short": "is empty",
    "model_type": "is not a mapping",
    "dict_type": "is not a mapping",
    "tuple_type": "is not a list",
    "list_type": "is not a list",
}


def _fault(detail: Any, info: FieldInfo | None) -> str:
    """Return what is wrong with the value, as the end of a sentence that begins with it."""
    kind, bounds = detail["type"], detail.get("ctx", {})
    if isinstance(detail["input"], float) and not math.isfinite(detail["input"]):
        return "is not a finite number"
    day = "day " if _is_day(info) else ""
    if kind == "greater_than_equal":
        return f"is {'before' if day else 'below'} {day}{bounds['ge']:g}"
    if kind == "less_than_equal":
        return f"is {'after' if day else 'above'} {day}{bounds['le']:g}"
    if kind == "greater_than":
        return f"is not above {bounds['gt']:g}"
    if kind == "less_than":
        return f"is not below {bounds['lt']:g}"
    if kind == "string_too_long":
        return f"is {len(detail['input']):,} characters long"
    return _FAULTS.get(kind, "cannot be used here")


def _right(annotation: Any, info: FieldInfo | None) -> str:
    """Return what would be right, as an imperative."""
    meaning = f" ({info.description})" if info is not None and info.description else ""
    if get_origin(annotation) is Literal:
        return f"give one of {', '.join(str(choice) for choice in get_args(annotation))}"
    if annotation is bool:
        return f"give true or false{meaning}"
    if annotation in (int, float):
        kind = "a day" if _is_day(info) else "a whole number" if annotation is int else "a number"
        return f"give {kind}{_span(info)}{meaning}"
    if annotation is str:
        most = _bounds(info).get("max_length")
        return f"give text{f' of at most {most:g} characters' if most else ''}{meaning}"
    if get_origin(annotation) in (tuple, list):
        return f"give a list such as [a, b]{meaning}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _right_mapping(annotation)
    return f"give 'name: value' lines{meaning}"


def _right_mapping(model: type[BaseModel]) -> str:
    if "intensity" in model.model_fields:  # what is used at an intensity has a shorthand
        return f"give true, false, a share from 0 to 1, or lines of {', '.join(model.model_fields)}"
    return f"give 'name: value' lines of {', '.join(model.model_fields)}"


def _is_day(info: FieldInfo | None) -> bool:
    return info is not None and (info.description or "").startswith("working day on")


def _bounds(info: FieldInfo | None) -> dict[str, float]:
    """Return the bounds declared with a field: ``ge``, ``gt``, ``le``, ``lt``, ``max_length``."""
    found: dict[str, float] = {}
    for constraint in info.metadata if info is not None else ():
        for name in ("ge", "gt", "le", "lt", "max_length"):
            if isinstance(bound := getattr(constraint, name, None), int | float):
                found[name] = bound
    return found


def _span(info: FieldInfo | None) -> str:
    bounds = _bounds(info)
    low = f"from {bounds['ge']:,g}" if "ge" in bounds else f"above {bounds['gt']:,g}" if "gt" in bounds else ""
    link = "to" if low.startswith("from") else "and up to" if low else "up to"
    high = f"{link} {_exact(bounds['le'])}" if "le" in bounds else ""
    return "".join(f" {part}" for part in (low, high) if part)


def _exact(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


def _annotation(model: type[BaseModel], path: Path) -> tuple[Any, FieldInfo | None]:
    """Return the type declared at a path, optional and annotated types unwrapped, and its field if it is one."""
    current: Any = model
    info: FieldInfo | None = None
    for part in path:
        info, arguments = None, get_args(current)
        if isinstance(current, type) and issubclass(current, BaseModel):
            info = current.model_fields.get(str(part))
            current = info.annotation if info is not None else Any
        elif get_origin(current) is dict:
            current = arguments[1]
        else:
            current = arguments[0] if get_origin(current) in (tuple, list) and arguments else Any
        current = _plain(current)
    return current, info


def _plain(annotation: Any) -> Any:
    """Return the type without ``Annotated`` and without ``| None``."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        return _plain(kinds[0]) if len(kinds) == 1 else annotation
    return annotation

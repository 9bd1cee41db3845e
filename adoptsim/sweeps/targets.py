"""What can be varied at all, and whether what an experiment says of it can be meant. Asks no base scenario."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import (
    CriticalMass,
    FieldsError,
    Horizon,
    OrganisationSpec,
    PracticeUse,
    Start,
    Strict,
    nearest,
)
from adoptsim.sweeps.ranges import Range, Varied, read_varied

MOST_LEVELS = 1_000
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


def unknown_target(target: str) -> str:
    """Return what to say of a target that cannot be varied, nothing of one that can."""
    return "" if target in known_targets() else f"unknown target {target!r}{nearest(target, known_targets())}"


def target_of(name: str) -> tuple[str, str]:
    """Return the target that a column's name stands for, and what is wrong with it: parameters need no prefix."""
    for prefix, table in (("parameters", PARAMETERS), ("practices", PRACTICES)):
        if name in table:
            return f"{prefix}.{name}", ""
    near = (*known_targets(), *PARAMETERS, *PRACTICES)
    return name, "" if name in known_targets() else f"unknown target {name[:60]!r}{nearest(name, near)}"


def read_vary(given: dict[str, Any], *, is_table: bool) -> dict[str, Varied]:
    """Return targets with levels or ranges as values; a table's levels may be many, and the same again and again.

    Raises ``FieldsError`` with everything that is wrong.
    """
    vary: dict[str, Varied] = {}
    problems: list[tuple[tuple[str, ...], str]] = []
    for target, value in given.items():
        try:
            vary[target] = read_varied(target, value, is_whole=_is_whole(target))
        except ValueError as error:
            problems.append(((target,), unknown_target(target) or str(error)))
    for target, varied in vary.items():
        problems += [((target,), problem) for problem in _wrong_levels(target, varied, is_table=is_table)]
    if problems:
        raise FieldsError(problems)
    return vary


def _is_whole(target: str) -> bool:
    """Return whether a target takes whole numbers only."""
    section, _, key = target.partition(".")
    fields = _SECTIONS[section].model_fields if section in _SECTIONS else PracticeUse.model_fields
    field = fields.get(key.rpartition(".")[2])
    return field is not None and int in (field.annotation, *get_args(field.annotation))


def _wrong_levels(target: str, levels: Varied, *, is_table: bool) -> Iterator[str]:
    """Yield what is wrong with a target or its levels."""
    if unknown := unknown_target(target):
        yield unknown
    elif isinstance(levels, Range):
        return
    elif any(isinstance(level, dict) for level in levels):
        yield "a level is a mapping; give numbers, true or false, or text"
    elif is_table:
        return
    elif not 1 <= len(levels) <= MOST_LEVELS:
        yield f"has {len(levels):,} levels; give from 1 to {MOST_LEVELS:,}"
    elif len({level if isinstance(level, int | float) else repr(level) for level in levels}) < len(levels):
        yield "a level is given twice; keep one"

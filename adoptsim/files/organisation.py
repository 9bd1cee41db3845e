"""An organisation from its own people.csv and ties.csv: read once, checked whole, placed anew for each replicate.

Ids are opaque: nothing is done with them but compare them. Weights of ties are checked and not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.organisation import Organisation, PersonRecord, build_organisation, find_manager_cycle
from adoptsim.domain.scenario import MOST_PEOPLE, OrganisationSpec, nearest
from adoptsim.files.table import Chunk, Problems, Table, open_table
from adoptsim.files.text import check_file, display, printable

LEAST_PEOPLE = 2
MOST_TIES = 100_000_000
_ROLES = ("employee", "leader", "champion")  # champions are chosen by the practice: here they are employees
_NAMED_IN_CYCLE = 10

Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """What the two files say: people in their order, and ties as rows of indices into them, int64[ties, 2]."""

    people: tuple[PersonRecord, ...]
    ties: Pairs


def read_organisation(spec: OrganisationSpec, *, seed: int, replicate: int) -> Organisation:
    """Return the organisation of a scenario's files; see `read_records` and `build_from_records` for the two halves."""
    return build_from_records(read_records(spec), spec, seed=seed, replicate=replicate)


def build_from_records(records: Records, spec: OrganisationSpec, *, seed: int, replicate: int) -> Organisation:
    """Return the organisation; for further replicates `place_people` is enough where the records have managers."""
    try:
        return build_organisation(
            records.people,
            records.ties,
            seed=seed,
            replicate=replicate,
            leader_share=spec.leader_share,
            champion_placement=spec.champion_placement,
            seed_placement=spec.seed_placement,
        )
    except ValueError as error:
        raise InputError(Problem(str(error), "organisation", spec.people_file or "")) from None


def read_records(spec: OrganisationSpec) -> Records:
    """Return what the files of a scenario say.

    Raises
    ------
    InputError
        With what is wrong with both files, the first twenty problems of them.
    """
    people_path, ties_path = _paths(spec)
    problems = Problems()
    people = _People(display(people_path))
    ties = None
    with _noted(problems):
        _read_people(people_path, people, problems)
    with _noted(problems):
        ties = _read_ties(ties_path, people, problems)
    if problems.count or ties is None:
        raise InputError(*problems.listed())
    return Records(tuple(people.records), ties)


def content_digest(spec: OrganisationSpec) -> str:
    """Return a hash of both files' bytes, wherever they lie; empty for a generated organisation."""
    if spec.people_file is None or spec.ties_file is None:
        return ""
    whole = hashlib.sha256()
    for name, path in zip(("people_file", "ties_file"), _paths(spec), strict=True):
        check_file(path, field=f"organisation.{name}")
        try:
            with path.open("rb") as stream:
                whole.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            reason = (error.strerror or "the system refuses").lower()
            raise InputError(Problem(f"cannot be read: {reason}", f"organisation.{name}", display(path))) from None
    return whole.hexdigest()[:16]


@contextlib.contextmanager
def _noted(problems: Problems) -> Iterator[None]:
    """Note the problems of a file that cannot be read at all, so that the other file is read too."""
    try:
        yield
    except InputError as error:
        for problem in error.problems:
            problems.note(problem)


def _paths(spec: OrganisationSpec) -> tuple[Path, Path]:
    if spec.people_file is None or spec.ties_file is None:
        message = "no people_file and ties_file are given; without them an organisation is generated"
        raise InputError(Problem(message, "organisation"))
    return Path(spec.people_file), Path(spec.ties_file)


# --- people ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _People:
    """People as they are read; ``position`` and ``lines`` are kept for ties and for messages."""

    file: str
    records: list[PersonRecord] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    position: dict[str, int] = field(default_factory=dict)
    were_read: bool = False


def _read_people(path: Path, people: _People, problems: Problems) -> None:
    table = open_table(path, ("id", "manager", "department"), ("role",), problems, name="organisation.people_file")
    if table is None:
        return
    before = problems.count
    for chunk in table.chunks(problems):
        for line, row in zip(chunk.lines, chunk.rows, strict=True):
            _read_person(table, line, row, people, problems)
        if len(people.records) > MOST_PEOPLE:
            problems.add(f"lists more than {MOST_PEOPLE:,} people; give at most so many", file=table.file)
            return
    # with a list that broke off, nobody can be said to be missing from it
    people.were_read = table.file not in problems.unfinished and len(people.records) >= LEAST_PEOPLE
    if problems.count == before and len(people.records) < LEAST_PEOPLE:
        count = len(people.records)
        problems.add(f"lists {count} {'person' if count == 1 else 'people'}; give at least {LEAST_PEOPLE}", file=table.file)
    _check_managers(people, problems)


def _read_person(table: Table, line: int, row: list[str], people: _People, problems: Problems) -> None:
    column = table.column
    person, department = row[column["id"]].strip(), row[column["department"]].strip()
    role = row[column["role"]].strip().casefold() if "role" in column else ""
    first = people.position.setdefault(person, len(people.records))
    if not person:
        problems.add("is empty; each person needs an id of their own", "id", table.file, line)
    elif first < len(people.records):
        message = f"{printable(person)!r} is listed before, on line {people.lines[first]}; each id stands for one person"
        problems.add(message, "id", table.file, line)
    if not department:
        problems.add("is empty; give each person a department", "department", table.file, line)
    if role and role not in _ROLES:
        problems.add(f"{printable(role)!r} is not a role{nearest(role, _ROLES)}, or nothing", "role", table.file, line)
    is_leader = role == "leader" if role else None
    people.records.append(
        PersonRecord(id=person, department=department, manager=row[column["manager"]].strip(), is_leader=is_leader)
    )
    people.lines.append(line)


def _check_managers(people: _People, problems: Problems) -> None:
    """Note managers who are not listed, and every circle of managers."""
    manager = np.full(len(people.records), -1, np.int64)
    for number, person in enumerate(people.records):
        if not person.manager or person.manager == person.id:
            continue
        if person.manager in people.position:
            manager[number] = people.position[person.manager]
        else:
            message = f"{printable(person.manager)!r} is not listed as a person; list them, or leave the cell empty"
            problems.add(message, "manager", people.file, people.lines[number])
    while (cycle := find_manager_cycle(manager)) is not None:
        names = [printable(people.records[number].id) for number in [*cycle, cycle[0]]]
        more = f" -> and {len(names) - _NAMED_IN_CYCLE} more" if len(names) > _NAMED_IN_CYCLE else ""
        message = f"managers go round in a circle: {' -> '.join(names[:_NAMED_IN_CYCLE])}{more}"
        problems.add(f"{message}; leave the highest one's manager empty", "manager", people.file, people.lines[cycle[0]])
        manager[cycle] = -1
        if len(problems.kept) < problems.count:
            return


# --- ties ------------------------------------------------------------------------------------------------------


def _read_ties(path: Path, people: _People, problems: Problems) -> Pairs | None:
    table = open_table(path, ("source", "target"), ("weight",), problems, name="organisation.ties_file")
    if table is None:
        return None
    before = problems.count
    parts: list[Pairs] = []
    for chunk in table.chunks(problems):
        parts.append(_pairs_of(table, chunk, people, problems))
        _check_weights(table, chunk, problems)
        if sum(map(len, parts)) > MOST_TIES:
            problems.add(f"lists more than {MOST_TIES:,} ties; give at most so many", file=table.file)
            return None
    pairs = np.concatenate([np.empty((0, 2), np.int64), *parts])
    if problems.count == before and people.were_read and not (pairs[:, 0] != pairs[:, 1]).any():
        problems.add("lists no tie between two different people; give at least one", file=table.file)
    return pairs


def _pairs_of(table: Table, chunk: Chunk, people: _People, problems: Problems) -> Pairs:
    """Return a chunk's ties as rows of indices, -1 for those who are not listed, who are noted."""
    columns = {name: [row[table.column[name]].strip() for row in chunk.rows] for name in ("source", "target")}
    find = people.position.get
    pairs = np.array([[find(person, -1) for person in column] for column in columns.values()], np.int64).T
    for number, end in np.argwhere(pairs < 0).tolist():
        name = "target" if end else "source"
        person = columns[name][number]
        if not person:
            problems.add("is empty; give the id of a person", name, table.file, chunk.lines[number])
        elif people.were_read:
            message = f"{printable(person)!r} is not listed in {people.file}; list them, or leave the tie out"
            problems.add(message, name, table.file, chunk.lines[number])
    return pairs


def _check_weights(table: Table, chunk: Chunk, problems: Problems) -> None:
    """Note weights that are no number above 0; an empty one is none given."""
    if "weight" not in table.column:
        return
    place = table.column["weight"]
    for line, row in _not_plain_weights(chunk, place):
        problems.add(f"{printable(row[place])!r} is not a number above 0", "weight", table.file, line)


def _not_plain_weights(chunk: Chunk, place: int) -> Iterator[tuple[int, Any]]:
    for line, row in zip(chunk.lines, chunk.rows, strict=True):
        text = row[place].strip()
        try:
            # a decimal comma, as spreadsheets write it beside semicolons
            value = float(text.replace(",", ".")) if text else 1.0
        except ValueError:
            yield line, row
            continue
        if not (value > 0 and math.isfinite(value)):
            yield line, row

"""A table of points from a CSV file: a column a target, a row a point. What stands in a cell is checked by who uses it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adoptsim.domain.errors import InputError
from adoptsim.files.table import MOST_CSV_BYTES, Problems, csv_fault
from adoptsim.files.text import check_file, check_text, display, printable, undecodable

_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class PointTable:
    """The columns of a table of points by target, and the line of each row."""

    columns: dict[str, tuple[Any, ...]]
    lines: tuple[int, ...]


def read_points(path: Path, target_of: Callable[[str], tuple[str, str]], most: int) -> PointTable:
    """Return a table of points; lines that begin with ``#`` are remarks.

    Parameters
    ----------
    target_of
        Gives of a column's name the target it stands for and what is wrong with it, if anything.
    most
        How many rows there may be.

    Raises
    ------
    InputError
        With everything that is wrong with the file, each with its line and column.
    """
    check_file(path, most_bytes=MOST_CSV_BYTES)
    check_text(path)
    problems, file = Problems(), display(path)
    targets: list[str] = []
    rows: list[list[Any]] = []
    lines: list[int] = []
    try:
        for line, cells in _rows(path):
            if not targets:
                targets = _header(cells, line, target_of, problems, file)
                if problems.count:
                    break
            elif len(rows) >= most:
                problems.add(f"more than {most:,} points; give fewer", file=file, line=line)
                break
            else:
                rows.append(_row(cells, targets, line, problems, file))
                lines.append(line)
    except csv.Error as error:
        problems.add(csv_fault(error), file=file)
    except UnicodeDecodeError:
        problems.note(undecodable(path))
    if not problems.count and not rows:
        problems.add("has no points; give a first row of targets and a row a point", file=file)
    if problems.count:
        raise InputError(*problems.listed())
    return PointTable(dict(zip(targets, zip(*rows, strict=True), strict=True)), tuple(lines))


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and cells of each row that says something."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = next((line for line in stream if line.strip() and not line.startswith("#")), "")
        delimiter = max(_DELIMITERS, key=first.count)
        stream.seek(0)
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        for row in reader:
            if any(map(str.strip, row)) and not row[0].startswith("#"):
                yield reader.line_num, [cell.strip() for cell in row]


def _header(
    cells: list[str], line: int, target_of: Callable[[str], tuple[str, str]], problems: Problems, file: str
) -> list[str]:
    targets = []
    for name in cells:
        target, wrong = target_of(name) if name else ("", "a column has no name; give the target it stands for")
        if wrong or target in targets:
            wrong = wrong or f"column {printable(name)!r} is there twice; keep one"
            problems.add(wrong, "header", file, line)
        targets.append(target)
    return targets


def _row(cells: list[str], targets: list[str], line: int, problems: Problems, file: str) -> list[Any]:
    if len(cells) != len(targets):
        problems.add(f"the row has {len(cells)} cells and the header {len(targets)}", file=file, line=line)
        return []
    for target, cell in zip(targets, cells, strict=True):
        if not cell:
            problems.add("the cell is empty; give a level in every row", target, file, line)
    return [_level(cell) for cell in cells]


def _level(cell: str) -> bool | int | float | str:
    """Return what a cell says: on or off, a number, or text."""
    if cell.casefold() in _WORDS:
        return _WORDS[cell.casefold()]
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell

"""CSV files row by row with their line numbers: commas, semicolons or tabs, with or without a byte order mark."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from pathlib import Path
from typing import TextIO

from adoptsim.domain.errors import Problem
from adoptsim.domain.scenario import nearest
from adoptsim.files.models import MOST_SHOWN
from adoptsim.files.text import check_file, check_text, display, printable, undecodable

MOST_CSV_BYTES = 2_000_000_000
CHUNK_ROWS = 1_024  # few enough to stay in cache and young: the garbage collector walks what grows old
_DELIMITERS = ",;\t|"
_MOST_HEADER = 100_000  # characters; more is no header


@dataclass(slots=True)
class Problems:
    """What is wrong with an organisation's files: the first are kept, all are counted."""

    kept: list[Problem] = field(default_factory=list)
    count: int = 0
    unfinished: set[str] = field(default_factory=set)  # files that could not be read to their end

    def add(self, message: str, name: str = "", file: str = "", line: int | None = None) -> None:
        """Note one problem."""
        self.note(Problem(message, name, file, line))

    def note(self, problem: Problem) -> None:
        """Note one problem."""
        self.count += 1
        if len(self.kept) < MOST_SHOWN:
            self.kept.append(problem)

    def listed(self) -> list[Problem]:
        """Return what to show: the first problems and how many more there are."""
        more = self.count - len(self.kept)
        return self.kept + ([Problem(f"and {more:,} more problems")] if more else [])


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table, each with at least the cells that are asked for, and the line each ends on."""

    lines: Sequence[int]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file whose header is known: ``column`` gives the place of each column that was asked for and is there."""

    path: Path
    file: str
    delimiter: str
    width: int
    column: dict[str, int]

    def chunks(self, problems: Problems) -> Iterator[Chunk]:
        """Yield the rows in chunks, blank ones left out; what cannot be read ends the table and is noted."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
                next(reader, None)
                before = reader.line_num
                while rows := list(islice(reader, CHUNK_ROWS)):
                    yield self._chunk(rows, before, reader.line_num, problems)
                    before = reader.line_num
        except csv.Error as error:
            problems.unfinished.add(self.file)
            problems.add(csv_fault(error), file=self.file, line=reader.line_num)
        except UnicodeDecodeError:
            problems.unfinished.add(self.file)
            problems.note(undecodable(self.path))

    def _chunk(self, rows: list[list[str]], before: int, after: int, problems: Problems) -> Chunk:
        """Return the rows that were read after line ``before`` up to line ``after``."""
        needed = max(self.column.values()) + 1
        lengths = set(map(len, rows))
        lines: Sequence[int] = range(before + 1, after + 1)
        if len(lines) != len(rows):  # some cells hold line ends
            lines = list(accumulate((1 + sum(cell.count("\n") for cell in row) for row in rows), initial=before))[1:]
        if needed <= min(lengths) and max(lengths) <= self.width and all(row[0].strip() for row in rows):
            return Chunk(lines, rows)  # the usual case, at a fraction of the cost
        kept = [(line, row) for line, row in zip(lines, rows, strict=True) if any(map(str.strip, row))]
        for line, row in kept:
            if len(row) > self.width and any(row[self.width :]):
                cells = f"the row has {len(row)} cells and the header {self.width}"
                problems.add(f"{cells}; put a cell that holds a comma in quotes", file=self.file, line=line)
        return Chunk([line for line, _ in kept], [row + [""] * (needed - len(row)) for _, row in kept])


def open_table(path: Path, needed: Sequence[str], optional: Sequence[str], problems: Problems, *, name: str) -> Table | None:
    """Return the table of a file, or note why it is none; columns are found by their names, whatever their order.

    Raises ``InputError`` where there is no readable text file; ``name`` is the setting that gave the path.
    """
    check_file(path, field=name, most_bytes=MOST_CSV_BYTES)
    check_text(path, field=name)
    file = display(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            delimiter, header, line = _header(stream)
    except UnicodeDecodeError:
        problems.note(undecodable(path))
        return None
    except csv.Error as error:
        problems.add(csv_fault(error), "header", file, 1)
        return None
    known = [*needed, *optional]
    complaints = list(_wrong_header(header, needed, known))
    for message in complaints:
        problems.add(message, "header", file, line)
    if complaints:
        return None
    return Table(path, file, delimiter, len(header), {column: header.index(column) for column in known if column in header})


def _header(stream: TextIO) -> tuple[str, list[str], int]:
    """Return the delimiter, the names in the first row (lower case) and its line."""
    first = stream.readline(_MOST_HEADER)
    delimiter = max(_DELIMITERS, key=first.count)
    row = next(csv.reader([first], delimiter=delimiter, strict=True), [])
    return delimiter, [cell.strip().casefold() for cell in row], 1


def _wrong_header(header: list[str], needed: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    spare = [name for name in header if name and name not in known]
    for column in needed:
        if column not in header:
            near = nearest(column, spare) if spare else ""
            found = near.replace("; did you mean", "; rename") if "did you mean" in near else ""
            hint = found.replace("?", f" to {column!r}") if found else f"; the first row must be: {', '.join(needed)}"
            yield f"there is no column {column!r}{printable(hint, 200)}"
    for column in known:
        if header.count(column) > 1:
            yield f"column {column!r} is there {header.count(column)} times; keep one"


def csv_fault(error: csv.Error) -> str:
    """Return in plain words why a file is no table."""
    said = str(error)
    if "unexpected end of data" in said:
        return "a quotation mark is opened and not closed"
    if "expected after" in said:
        return "a quotation mark stands inside a cell; double it, or leave quotes out"
    if "field larger" in said:
        return "a cell is longer than 131,072 characters; is a quotation mark not closed?"
    return f"is not a table: {printable(said, 100)}"

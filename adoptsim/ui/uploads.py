"""Files that somebody brings: told apart, read by the readers of `files`, and refused in words. Nothing in them is run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.files.text import display, printable
from adoptsim.ui.organisations import Organisations, OwnOrganisation
from adoptsim.ui.setting import check_size, without_files
from adoptsim.version import __version__

MOST_BYTES = 20_000_000
MOST_FILES = 3
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_MADE_WITH = re.compile(r"^#\s*adoptsim (\d+)\.(\d+)", re.MULTILINE)
_TABLES = {".csv", ".tsv", ".txt"}
_SCENARIOS = {".yaml", ".yml"}
_KINDS = {
    "people": ({"manager", "department"}, {"id", "role"}, ("people", "staff", "person")),
    "ties": ({"source", "target"}, {"weight"}, ("tie", "edge", "contact", "network")),
}
"""Columns that only one of the two tables has, others of its own, and what its file may be called."""


@dataclass(frozen=True)
class Brought:
    """What came of files: a scenario, an organisation, and remarks for the reader."""

    scenario: files.Scenario | None = None
    own: OwnOrganisation | None = None
    remarks: tuple[str, ...] = ()


def check_offer(offered: Iterable[Mapping[str, object]]) -> list[tuple[str, int]]:
    """Return the name and size of each file that is wanted; raises ``InputError`` before anything is sent."""
    names = [(plain_name(str(each.get("name"))), int(str(each.get("size", 0)))) for each in offered]
    if not 1 <= len(names) <= MOST_FILES:
        raise InputError(
            Problem(f"{len(names)} files; choose people.csv and ties.csv, a scenario's YAML file, or all three")
        )
    problems = [problem for name, size in names for problem in _refused(name, size)]
    if problems:
        raise InputError(*problems)
    return names


def _refused(name: str, size: int) -> Iterable[Problem]:
    ending = Path(name).suffix.lower()
    if ending not in _TABLES | _SCENARIOS:
        yield Problem(f"ends in {ending!r}; give a table as .csv or a scenario as .yaml", file=name)
    elif size > MOST_BYTES:
        message = f"has {size / 1e6:,.0f} MB; give at most {MOST_BYTES / 1e6:g} MB here, or use adoptsim run for more"
        yield Problem(message, file=name)


def plain_name(name: str) -> str:
    """Return a file's name without folders and without what no message should repeat."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w .()+-]", "_", last)[-80:].strip(" .") or "file"


def kind_of(path: Path) -> str:
    """Return ``scenario``, ``people`` or ``ties``; raises ``InputError`` for a table that is neither."""
    if path.suffix.lower() in _SCENARIOS:
        return "scenario"
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        columns = {cell.strip(' "').casefold() for cell in re.split(r"[,;\t|]", stream.readline(10_000).strip())}
    fits = {kind: 2 * len(columns & sure) + len(columns & maybe) for kind, (sure, maybe, _) in _KINDS.items()}
    best = max(fits, key=lambda kind: fits[kind])
    if fits[best]:
        return best
    for kind, (_, _, called) in _KINDS.items():
        if any(word in path.stem.casefold() for word in called):
            return kind
    message = "its first row names neither people (id, manager, department) nor ties (source, target)"
    raise InputError(Problem(message, "header", path.name, 1))


def take(paths: Mapping[str, Path], organisations: Organisations) -> Brought:
    """Return what files by kind hold; raises ``InputError`` with everything wrong with them, by the names they came with."""
    try:
        return _taken(paths, organisations)
    except InputError as error:
        raise InputError(*(_by_name(problem, paths.values()) for problem in error.problems)) from None


def _taken(paths: Mapping[str, Path], organisations: Organisations) -> Brought:
    own, remarks = None, []
    scenario = _scenario(paths["scenario"], has_tables="people" in paths) if "scenario" in paths else None
    if "scenario" in paths and _is_newer(paths["scenario"]):
        remarks.append(f"{paths['scenario'].name} was made with a newer version of adoptsim: its numbers may differ here.")
    if "people" in paths:
        own = organisations.add(paths["people"], paths["ties"])
        remarks += [remark for kind in ("people", "ties") for remark in _formulas(paths[kind])]
    if scenario is not None and own is not None:
        scenario = scenario.model_copy(update={"organisation": own.within(scenario.organisation)})
    return Brought(scenario, own, tuple(remarks))


def _scenario(path: Path, *, has_tables: bool) -> files.Scenario:
    """Return the scenario of a file; it may name no files of this machine, only those that came with it."""
    try:
        scenario = files.Scenario.parse(files.read_text(path), file=path.name)
    except InputError as error:
        newer = "it was made with a newer version of adoptsim; update this one" if _is_newer(path) else ""
        hint = [Problem(f"{newer} (this is {__version__})", file=path.name)] if newer else []
        raise InputError(*hint, *error.problems) from None
    spec = scenario.organisation
    if spec.people_file is not None and not has_tables:
        message = "names files; choose them together with the scenario: people.csv and ties.csv"
        raise InputError(Problem(message, "organisation.people_file", path.name))
    check_size(scenario, path.name)
    return scenario.model_copy(update={"organisation": without_files(spec)})


def _is_newer(path: Path) -> bool:
    """Return whether a scenario file says that it was made with a later release than this one."""
    found = _MADE_WITH.search(path.read_bytes()[:2000].decode("utf-8", errors="replace"))
    return found is not None and (int(found[1]), int(found[2])) > tuple(map(int, __version__.split(".")[:2]))


def _formulas(path: Path) -> Iterable[str]:
    """Yield a remark if cells begin as formulas do: they are read as text, and are nothing else here."""
    count, first = 0, ""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, line in enumerate(stream, start=1):
            for cell in re.split(r"[,;\t|]", line.rstrip("\r\n")):
                if cell.lstrip(' "').startswith(FORMULA):
                    count, first = count + 1, first or f"line {number}, {printable(cell, 30)!r}"
    if count:
        cells = "one cell begins" if count == 1 else f"{count:,} cells begin"
        yield f"{path.name}: {cells} as a formula does ({first}). It is read as plain text; nothing in it is run."


def _by_name(problem: Problem, paths: Iterable[Path]) -> Problem:
    """Return a problem with files called as they were when they came."""
    message, file = problem.message, problem.file
    for path in paths:
        for there in (str(path), display(path)):
            message, file = message.replace(there, path.name), file.replace(there, path.name)
    is_table = Path(file).suffix.lower() in _TABLES  # nobody gave the setting that would name it
    return replace(problem, message=message, file=file, field="" if is_table and "." in problem.field else problem.field)


def safe_cells(rows: Iterable[Iterable[object]]) -> list[list[object]]:
    """Return rows in which no text begins as a formula does: spreadsheets show an apostrophe's text as it is."""
    return [[f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row] for row in rows]

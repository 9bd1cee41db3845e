"""Files that a command is asked to write: checked before the work begins, and written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from adoptsim.domain.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from adoptsim.report.html import Page

TABLES = (".csv", ".parquet")
CSV = (".csv",)
PARQUET = (".parquet",)
PICTURES = (".png", ".svg", ".pdf")
HTML = (".html", ".htm")


def check_outputs(
    wanted: Mapping[str, tuple[Path | None, tuple[str, ...]]], *, reads: Mapping[str, Path | None] = MappingProxyType({})
) -> None:
    """Raise ``InputError`` with everything that keeps files from being written; by option: file, allowed endings.

    ``reads``: files by what they are that must not be written over.
    """
    problems = []
    asked = {option: (path, endings) for option, (path, endings) in wanted.items() if path is not None}
    for option, (path, endings) in asked.items():
        problems += [Problem(message, option, str(path)) for message in _obstacles(path, endings)]
        same = [other for other, (there, _) in asked.items() if there.absolute() == path.absolute()]
        if option in same[1:]:
            problems.append(Problem(f"is also the file of {same[0]}; give each its own", option, str(path)))
        problems += [
            Problem(f"is {what} that is read, and would be lost; give another file", option, str(path))
            for what, read in reads.items()
            if read is not None and path.resolve() == read.resolve()
        ]
    if problems:
        raise InputError(*problems)


def _obstacles(path: Path, endings: tuple[str, ...]) -> Iterator[str]:
    folder = path.absolute().parent
    if endings and path.suffix.lower() not in endings:
        yield f"ends in {path.suffix!r}; give a file that ends in {' or '.join(endings)}"
    elif path.suffix.lower() == ".parquet" and not find_spec("pyarrow"):
        yield "Parquet needs pyarrow: pip install pyarrow; or give a file that ends in .csv"
    if path.is_dir():
        yield "is a folder; give a file in it"
    elif not folder.is_dir():
        yield f"there is no folder {folder}; make it first, or give another"
    elif not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        yield "cannot be written: no permission; give another place"


@contextmanager
def _in_one_go(path: Path) -> Iterator[Path]:
    """Give a name beside the file to write to; it takes the file's place when all is written."""
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet, by the ending."""
    with _in_one_go(path) as part:
        if path.suffix.lower() == ".parquet":
            frame.to_parquet(part, index=False)
        else:
            frame.to_csv(part, index=False)


def write_figure(figure: Figure, path: Path) -> None:
    """Write a picture in the format of its ending."""
    with _in_one_go(path) as part:
        figure.savefig(part, dpi=150)


def write_page(page: Page, path: Path) -> None:
    """Write a report as one HTML file."""
    from adoptsim.report.html import render

    with _in_one_go(path) as part:
        part.write_bytes(render(page).encode("utf-8"))

"""The plausible sets of parameters that travel with the package: read here; made and checked by ``adoptsim.validation``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.scenario import nearest

Member = Mapping[str, float]
SHIPPED = Path(__file__).resolve().parent.parent / "validation" / "ensemble.csv"


def read_ensemble(path: Path = SHIPPED) -> list[Member] | None:
    """Return the members, one a row with a column a parameter; None where there is no file.

    Raises ``InputError`` for unknown parameters and values that are no numbers.
    """
    if not path.exists():
        return None
    import pandas as pd

    frame = pd.read_csv(path, comment="#")
    names = [str(name) for name in frame]
    problems = [
        Problem(f"is no parameter{nearest(name, PARAMETERS)}", name, path.name) for name in names if name not in PARAMETERS
    ]
    numbers = frame.apply(pd.to_numeric, errors="coerce")
    empty = {name: int(numbers[name].isna().argmax()) for name in names if numbers[name].isna().any()}
    lines = row_lines(path) if empty else {}
    problems += [Problem("has a value that is no number", name, path.name, lines.get(row)) for name, row in empty.items()]
    if problems:
        raise InputError(*problems)
    return [{str(name): float(value) for name, value in row.items()} for row in numbers.to_dict("records")]


def row_lines(path: Path) -> dict[int, int]:
    """Return the line of each row, the first being 0: below remarks, blank lines and the header."""
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        says = [line for line, text in enumerate(stream, start=1) if text.partition("#")[0].strip()]
    return dict(enumerate(says[1:]))

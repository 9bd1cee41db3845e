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
    problems += [Problem("has a value that is no number", name, path.name) for name in names if numbers[name].isna().any()]
    if problems:
        raise InputError(*problems)
    return [{str(name): float(value) for name, value in row.items()} for row in numbers.to_dict("records")]

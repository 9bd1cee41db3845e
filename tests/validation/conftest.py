"""Small logs written as lines, as a platform's export would hold them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from adoptsim.validation.activity import Activity, activities

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def told() -> Callable[..., Activity]:
    """Return a function from lines 'day person kind thread' and visits 'day person' to what was done.

    A post's thread is its own number, its place among the lines.
    """

    def read(*lines: str, visits: str = "", people: int = 5, days: int = 42, **columns: list[object]) -> Activity:
        rows = [line.split() for line in lines]
        log = pd.DataFrame(
            {
                "day": [int(row[0]) for row in rows],
                "person": [row[1] for row in rows],
                "kind": [row[2] for row in rows],
                "thread": [int(row[3]) if len(row) > 3 else place for place, row in enumerate(rows)],
                "id": range(len(rows)),
            }
            | columns
        )
        seen = [pair.split() for pair in visits.split(",") if pair.strip()]
        visit_log = pd.DataFrame({"day": [int(pair[0]) for pair in seen], "person": [pair[1] for pair in seen]})
        return activities(log, visit_log, people=people, days=days)[0]

    return read


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Return the folder of the published data; without it the test is skipped."""
    if not DATA.is_dir():
        pytest.skip(f"published data not here: {DATA}")
    return DATA

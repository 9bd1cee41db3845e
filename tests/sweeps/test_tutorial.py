"""The tutorial runs from its first cell to its last, and what is stored in it is what its cells show."""

from __future__ import annotations

from pathlib import Path

import pytest
from sweeps.tutorial import TUTORIAL, run, texts

for needed in ("nbclient", "nbformat", "ipykernel", "distributed", "SALib", "pyarrow"):
    pytest.importorskip(needed, reason=f"{needed} is not installed: pip install -e '.[test]'")

pytestmark = [pytest.mark.timeout(290), pytest.mark.filterwarnings("ignore")]
VARIES = "varies"  # a cell's tag: it shows times, versions or a picture


def test_the_tutorial_runs_and_shows_what_is_stored_in_it(tmp_path: Path) -> None:
    import nbformat

    stored, shown = nbformat.read(TUTORIAL, as_version=4), run(tmp_path)
    cells = [pair for pair in zip(stored.cells, shown.cells, strict=True) if pair[0].cell_type == "code"]
    assert all(cell.outputs or again.outputs == [] for cell, again in cells)
    for cell, again in cells:
        if VARIES not in cell.metadata.get("tags", ()):
            assert texts(cell) == texts(again), "python tests/sweeps/tutorial.py stores what the cells show now"

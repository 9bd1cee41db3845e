"""Runs the tutorial from its first cell to its last: ``python tests/sweeps/tutorial.py`` stores what the cells show."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"
CELL_SECONDS = 240
NOT_KEPT = ("execution",)  # of a cell's metadata: times


def run(folder: Path) -> Any:
    """Return the notebook with what its cells show when they are run in an empty folder."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(TUTORIAL, as_version=4)
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": paths, "PYTHONPATH": str(TUTORIAL.parents[1]), "COLUMNS": "100"}
    client = NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)
    for cell in notebook.cells:
        for name in NOT_KEPT:
            cell.metadata.pop(name, None)
    return notebook


def texts(cell: Any) -> list[str]:
    """Return what a cell shows as text."""
    if cell.cell_type != "code":
        return []
    found = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return ["".join(found).strip()]


if __name__ == "__main__":
    import nbformat

    with tempfile.TemporaryDirectory() as made:
        nbformat.write(run(Path(made)), TUTORIAL)

"""The docs that follow from the model's tables: write them, or say which no longer fit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adoptsim.commands.terminal import say

STALE = 1


def docs(
    folder: Annotated[Path, typer.Option("--out", help="The folder to write to, or to check.")] = Path("docs"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 if a file doesn't fit the model.")
    ] = False,
) -> None:
    """Write the model's full description and the table of its numbers.

    odd.md (the ODD protocol) and parameters.md are made from the tables that the model itself reads.
    """
    from adoptsim import files
    from adoptsim.commands.outputs import check_outputs
    from adoptsim.report.documents import DOCUMENTS, made

    texts = {folder / name: made(name) for name in DOCUMENTS}
    if check:
        _check(texts)
        return
    check_outputs({str(path): (path, ()) for path in texts})
    for path, text in texts.items():
        files.write_text(path, text)
        say(f"Written: {path}")


def _check(texts: dict[Path, str]) -> None:
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        fault = "no longer fits the model" if path.is_file() else "is missing"
        say(f"{path} {fault}; run: adoptsim docs --out {path.parent}")
    if stale:
        raise typer.Exit(STALE)

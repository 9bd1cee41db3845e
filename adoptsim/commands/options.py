"""Options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

MOST_REPLICATES = 100_000
MOST_THREADS = 1024

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Which luck; the same seed gives the same numbers.")]
Replicates = Annotated[int, typer.Option(min=1, max=MOST_REPLICATES, help="Runs of each, each with its own luck.")]
Threads = Annotated[
    int | None,
    typer.Option(min=1, max=MOST_THREADS, help="How many at a time; one a processor when absent.", show_default=False),
]
Days = Annotated[
    int | None,
    typer.Option(min=1, max=2520, help="Working days to simulate, instead of the scenario's.", show_default=False),
]
FilePath = Path | None

"""Options that several commands share, declared once."""

from __future__ import annotations

import shlex
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
ReportFile = Annotated[FilePath, typer.Option("--report", help="Write a report that anybody can read here (.html).")]


def as_typed(command: str, *arguments: object, **options: object) -> str:
    """Return a command line that can be pasted: arguments, then the options that are not None with their values."""
    words = ["adoptsim", command, *map(str, arguments)]
    for name, value in options.items():
        if value is not None:
            values = value if isinstance(value, tuple) else (value,)
            words += [f"--{name.replace('_', '-')}", *map(str, values)]
    return shlex.join(words)

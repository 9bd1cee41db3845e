"""A sweep's progress as people see it: one line that changes on a terminal, else a line a tenth, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adoptsim.commands.terminal import say
from adoptsim.report.progress import more_words, progress_lines

if TYPE_CHECKING:
    from adoptsim.sweeps.status import Status

Watch = Callable[["Status"], None]


@contextmanager
def watching(what: str, *, quiet: bool) -> Iterator[Watch | None]:
    """Give a function that is told how far a sweep is."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(what) as watch:
            yield watch
    else:
        yield progress_lines(lambda line: say(f"{what}: {line}"))


@contextmanager
def _bar(what: str) -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns: list[Any] = [TextColumn("{task.description}", markup=False), BarColumn(bar_width=20), MofNCompleteColumn()]
    columns.append(TextColumn("{task.fields[more]}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None, more="")

        def watch(status: Status) -> None:
            more = ", ".join(more_words(status))
            shown.update(task, completed=status.done + status.failed, total=status.total, more=more)

        yield watch

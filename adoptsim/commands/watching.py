"""A sweep's progress as people see it: one line that changes on a terminal, else a line a tenth, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adoptsim.commands.terminal import LINES_OF_PROGRESS, say
from adoptsim.commands.words import duration

if TYPE_CHECKING:
    from adoptsim.sweeps.status import Status

Watch = Callable[["Status"], None]
FIRST_GUESS = 0.02  # of all runs: before, how long it takes is anybody's guess


@contextmanager
def watching(what: str, *, quiet: bool) -> Iterator[Watch | None]:
    """Give a function that is told how far a sweep is."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(what) as watch:
            yield watch
    else:
        yield _lines(what)


def status_words(status: Status) -> str:
    """Return how far a sweep is: done, failed, rate, time left, and who leads."""
    share = 100 * (status.done + status.failed) // max(1, status.total)
    return ", ".join([f"{status.done:,} of {status.total:,} runs ({share} %)", *_more(status)])


def _more(status: Status) -> list[str]:
    """Return what is told beside the number of runs."""
    words = []
    if status.failed:
        words.append(f"{status.failed:,} failed")
    if status.rate == status.rate:
        words.append(f"{status.rate:,.0f} runs/s" if status.rate >= 10 else f"{status.rate:.1f} runs/s")
        over = status.done + status.failed
        if over < status.total and over >= FIRST_GUESS * status.total:
            words.append(f"about {duration(status.seconds_left)} left")
    if status.leader is not None:
        leader = status.leader
        words.append(f"leads: {leader.words} (lasts in {leader.probability:.0%} of {leader.runs:,})")
    return words


def _lines(what: str) -> Watch:
    """Return a teller that prints a line whenever another tenth is done."""
    told = [-1]

    def watch(status: Status) -> None:
        tenth = (status.done + status.failed) * LINES_OF_PROGRESS // max(1, status.total)
        if tenth > max(told[0], 0):
            say(f"{what}: {status_words(status)}")
        told[0] = max(told[0], tenth)

    return watch


@contextmanager
def _bar(what: str) -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns: list[Any] = [TextColumn("{task.description}", markup=False), BarColumn(bar_width=20), MofNCompleteColumn()]
    columns.append(TextColumn("{task.fields[more]}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None, more="")

        def watch(status: Status) -> None:
            more = ", ".join(_more(status))
            shown.update(task, completed=status.done + status.failed, total=status.total, more=more)

        yield watch

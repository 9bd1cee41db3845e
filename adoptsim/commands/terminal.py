"""What every command shares on the way out: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from adoptsim.report.words import duration

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

LINES_OF_PROGRESS = 10


class Tell(Protocol):
    """Is told how many are done, and of how many if that has become known only now."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Take notice."""


def out() -> Console:
    """Return the console of results. Text of users is printed as it is, never read as markup."""
    from rich.console import Console

    class Quiet(Console):
        """A console whose reader may leave early, as ``head`` does."""

        def on_broken_pipe(self) -> None:
            leave_quietly()

    return Quiet(highlight=False, markup=False, emoji=False)


def leave_quietly() -> NoReturn:
    """End the program without a word: nobody reads its output any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(0)


def table(*columns: str, title: str = "", left: int = 1) -> Table:
    """Return an empty table: the first ``left`` columns are words, the others numbers."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", title_style="bold", pad_edge=False)
    for place, name in enumerate(columns):
        made.add_column(name, justify="left" if place < left else "right", header_style="bold")
    return made


def say(text: str = "") -> None:
    """Print a line of what is not the result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object; what is not a number becomes null."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: NaN and infinity as None, arrays and tuples as lists."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


@contextmanager
def progress(what: str, total: int, *, quiet: bool, unit: str = "runs") -> Iterator[Tell | None]:
    """Give a function that is told how many are done: a bar on a terminal, else one line per 10 %."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(what, total, unit) as tell:
            yield tell
    else:
        yield _lines(what, total, unit)


@contextmanager
def _bar(what: str, total: int, unit: str) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many a second."""

        def render(self, task: Any) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f} {unit}/s" if speed else "", style="dim")

    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), Rate(), TextColumn("left:"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total)
        yield lambda done, total=None: shown.update(task, completed=done, total=total)


def _lines(what: str, expected: int, unit: str) -> Tell:
    """Return a teller that prints a line whenever another tenth is done."""
    began, told = time.monotonic(), [0, -1]  # tenths told of, how many were done before this run

    def tell(done: int, total: int | None = None) -> None:
        total = max(1, total or expected)
        if told[1] < 0:
            told[1] = max(0, done - 1)
        tenth = done * LINES_OF_PROGRESS // total
        if tenth <= told[0]:
            return
        told[0] = tenth
        rate = (done - told[1]) / max(1e-9, time.monotonic() - began)
        speed = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        left = f", about {duration((total - done) / rate)} left" if done < total else ""
        say(f"{what}: {done:,} of {total:,} {unit} ({done * 100 // total} %), {speed} {unit}/s{left}")

    return tell


@contextmanager
def stopped_says(text: Callable[[], str]) -> Iterator[None]:
    """Let Ctrl-C say what is kept by then and how to go on, where nobody below has said so."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(str(stop) or text()) from None


def tell_if_first(quiet: bool) -> None:
    """Say that the model is being compiled, if no compiled form of it is stored on this machine."""
    from pathlib import Path

    from adoptsim.engine.day import run_days

    stats = getattr(run_days, "stats", None)  # plain Python, when compiling is switched off, has none
    if not quiet and stats is not None and not any(Path(stats.cache_path).glob("*.nbi")):
        say("First run on this machine: preparing the model, about 20 s.")

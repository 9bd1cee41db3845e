"""How far a sweep is, in words: for the command line's log and for a notebook."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from adoptsim.report.words import duration

if TYPE_CHECKING:
    from adoptsim.sweeps.status import Status

TENTHS = 10
LONG_SECONDS = 60.0  # to hear nothing
MOST_SILENT_SECONDS = 600.0  # of a sweep of days a tenth is far apart
FIRST_GUESS = 0.02  # of all runs: before, how long it takes is anybody's guess


def status_words(status: Status) -> str:
    """Return how far a sweep is: done, failed, rate, time left, and who leads."""
    share = 100 * (status.done + status.failed) // max(1, status.total)
    return ", ".join([f"{status.done:,} of {status.total:,} runs ({share} %)", *more_words(status)])


def more_words(status: Status) -> list[str]:
    """Return what is told beside the number of runs."""
    words = []
    if status.missing:
        words.append(f"{status.missing}: nothing is done until there are")
    if status.silent_seconds >= LONG_SECONDS:
        words.append(f"nothing back for {duration(status.silent_seconds)}")
    if status.failed:
        words.append(f"{status.failed:,} failed")
    if status.rate == status.rate:
        words.append(f"{status.rate:,.0f} runs/s" if status.rate >= 10 else f"{status.rate:.1f} runs/s")
        over = status.done + status.failed
        if over < status.total and over >= FIRST_GUESS * status.total:
            words.append(f"about {duration(status.seconds_left)} left")
    if status.leader is not None:
        leader = status.leader
        words.append(f"leads: {leader.words} (lasts in {100 * leader.probability:.0f} % of {leader.runs:,})")
    return words


def progress_lines(
    write: Callable[[str], object] | None = None, clock: Callable[[], float] = time.monotonic
) -> Callable[[Status], None]:
    """Return what a sweep's ``watch`` takes: it writes a line whenever another tenth is done, or ten minutes have passed.

    Parameters
    ----------
    write
        Takes each line; a line of standard output when absent.
    """
    tell = write or (lambda line: sys.stdout.write(f"{line}\n"))
    told, told_at = -1, clock()

    def watch(status: Status) -> None:
        nonlocal told, told_at
        tenth = (status.done + status.failed) * TENTHS // max(1, status.total)
        is_due = tenth > max(told, 0) or clock() - told_at >= MOST_SILENT_SECONDS
        told = max(told, tenth)
        if is_due:
            told_at = clock()
            tell(status_words(status))

    return watch

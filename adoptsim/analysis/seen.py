"""Which threads somebody saw on a day: the engine keeps no record of it, but the draws can be asked again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.parameters import PARAMETER
from adoptsim.engine.draws import PURPOSE_FEED, PURPOSE_READ, draw
from adoptsim.engine.read import THREAD_DAY, attention, days_in_feed
from adoptsim.engine.state import CURSOR, DELETED, MARK, SLOT, THREAD, WAITING, World

Rows = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


def plainly(function: Any) -> Any:
    """Return a compiled function as the Python that it was made of."""
    return getattr(function, "py_func", function)


def open_threads(world: World) -> Rows:
    """Return the threads that are open at the end of a day, int32[threads, THREAD], in order of creation."""
    return np.array(world.thread[world.slot[SLOT.alive, : world.cursor[CURSOR.alive]]])


def threads_of_the_morning(before: Rows, after: Rows, day: int) -> Rows:
    """Return the threads that could be seen on a day as readers found them: before leaders dealt with any.

    ``before``, ``after``: `open_threads` at the end of the day before and of this one.
    """
    new = after[after[:, THREAD.day] == day]
    new[:, THREAD.last_activity] = new[:, THREAD.appears]
    new[:, THREAD.outcome], new[:, THREAD.replies] = WAITING, 0
    rows = np.concatenate((before, new))
    return rows[rows[:, THREAD.appears] <= day]


def seen_by(world: World, person: int, day: int, rows: Rows, parameters: Floats) -> Iterator[npt.NDArray[np.int32]]:
    """Yield the threads that a person saw on a day, rows of `threads_of_the_morning`."""
    if not world.mark[MARK.visited, person]:
        return
    contacts = set(world.neighbours[world.indptr[person] : world.indptr[person + 1]].tolist())
    for row in rows:
        quiet = day - int(row[THREAD.last_activity])
        author = int(row[THREAD.author])
        if author == person or quiet > plainly(days_in_feed)(parameters):
            continue
        left = plainly(attention)(parameters, max(0, quiet))
        chance = left * parameters[PARAMETER.contact_attention] if author in contacts else 1.0
        if author not in contacts and not _is_shown(world, person, day, row, left * parameters[PARAMETER.open_reach]):
            continue
        if draw(world.key, person, day, PURPOSE_READ, _item(row))[0] < chance:
            yield row


def _item(row: Rows) -> int:
    """Return the name of a thread in draws."""
    return int(row[THREAD.author]) + int(row[THREAD.day]) * THREAD_DAY


def _is_shown(world: World, person: int, day: int, row: Rows, reach: float) -> bool:
    """Return whether the feed's walk through the staff, from a drawn start by a drawn stride, comes by somebody."""
    n_people = world.place.shape[1]
    start, stride, _, _ = draw(world.key, int(row[THREAD.author]), day, PURPOSE_FEED, _item(row))
    first, step = math.floor(start * n_people), 1 + math.floor(stride * (n_people - 1))
    steps = np.arange(min(n_people - 1, math.floor(reach + 0.5)), dtype=np.int64)
    return bool(((first + steps * step) % n_people == person).any())


def was_taken_down(row: Rows) -> bool:
    """Return whether what a thread said is gone."""
    return int(row[THREAD.outcome]) >= DELETED

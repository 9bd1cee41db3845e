"""The finished runs of a sweep's file, some thousand at a time: however many there are, few are in memory at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

OF_A_RUN = ("point", "replicate")
BATCH_RUNS = 8_192  # in a frame, about; a point is never divided
FETCHED_RUNS = 1_024  # in Python's own numbers, which take four times the room


def outcomes_in(connection: sqlite3.Connection) -> list[str]:
    """Return the outcomes that a file keeps of each run."""
    names = [row[1] for row in connection.execute("PRAGMA table_info(run)")]
    return names[names.index("finished") + 1 :]


def run_batches(connection: sqlite3.Connection, outcomes: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Yield point, replicate and outcomes of the finished runs, whole points in the design's order; at least one frame."""
    ((n_points,),) = connection.execute("SELECT count(*) FROM point")
    ((n_runs,),) = connection.execute("SELECT count(*) FROM run")
    step = max(1, BATCH_RUNS * n_points // max(1, n_runs))
    is_first = True
    for first in range(0, n_points, step):
        frame = runs_between(connection, outcomes, first, first + step)
        if len(frame):
            yield frame
            is_first = False
    if is_first:
        yield runs_between(connection, outcomes, 0, 0)


def runs_between(connection: sqlite3.Connection, outcomes: Sequence[str], first: int, end: int) -> pd.DataFrame:
    """Return the finished runs of points ``first`` to before ``end``, in order of point and replicate."""
    quoted = "".join(f', "{name}"' for name in outcomes)
    query = f"SELECT point, replicate{quoted} FROM point JOIN run USING (point_key)"
    cursor = connection.execute(f"{query} WHERE point >= ? AND point < ? ORDER BY point, replicate", (first, end))
    values = _array(cursor, len(OF_A_RUN) + len(outcomes))
    frame = pd.DataFrame(values, columns=[*OF_A_RUN, *outcomes])
    return frame.astype(dict.fromkeys(OF_A_RUN, np.int64))


def _array(cursor: sqlite3.Cursor, width: int) -> npt.NDArray[np.float64]:
    """Return rows of numbers, float64[rows, width]; what is not there is NaN."""
    parts = [np.empty((0, width))]
    while rows := cursor.fetchmany(FETCHED_RUNS):
        parts.append(np.array(rows, dtype=np.float64))
    return np.concatenate(parts)

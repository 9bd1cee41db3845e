"""A sweep's file: one SQLite database. The only place that knows its tables; what it has acknowledged stays.

Tables, version 2:

- ``meta``: name, value: what was asked, by which model, on which machine.
- ``point``: the design in its order; ``point_key`` stands for the resolved scenario, model version and seed.
- ``run``: a finished run, one REAL column an outcome (NULL: not measured). Runs belong to keys, not to places in the
  design, so that a grown design finds them again, and points that are the same scenario share them.
- ``failure``: runs that raised or took too long, tried again when the sweep is resumed.
- ``series``: the days of a run, where they are kept, as `adoptsim.sweeps.series` packs them.
- ``baseline``: of each point the key it is compared to, where a precision is asked for.
- ``start``: every start of the program on this file: when, where, with what, and how it ended.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from adoptsim.domain.errors import InputError, Problem
from adoptsim.sweeps.lock import locked
from adoptsim.sweeps.plan import KEY_LENGTH, Job, Plan
from adoptsim.sweeps.runs import Failure, Finished, Run, differences

SCHEMA_VERSION = 2
APPLICATION_ID = 0x61645357  # "adSW": what tells a sweep from any other SQLite file
WAIT_SECONDS = 30.0
_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE point (point INTEGER PRIMARY KEY, point_key TEXT NOT NULL, factors TEXT NOT NULL,"
    " n_practices INTEGER NOT NULL)",
    "CREATE TABLE failure (run_key TEXT PRIMARY KEY, point_key TEXT NOT NULL, replicate INTEGER NOT NULL,"
    " error TEXT NOT NULL, traceback TEXT NOT NULL, failed REAL NOT NULL) WITHOUT ROWID",
)
_START_TABLE = (
    "CREATE TABLE IF NOT EXISTS start (start INTEGER PRIMARY KEY, began TEXT NOT NULL, ended TEXT, how TEXT,"
    " place TEXT NOT NULL, engine TEXT NOT NULL, command TEXT NOT NULL, versions TEXT NOT NULL,"
    " found INTEGER NOT NULL, kept INTEGER)"
)
_TABLES_SINCE_2 = (
    "CREATE TABLE IF NOT EXISTS series (run_key TEXT PRIMARY KEY, days BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS baseline (point INTEGER PRIMARY KEY, point_key TEXT NOT NULL)",
    _START_TABLE,
)
_RUN_TABLE = (
    "CREATE TABLE run (run_key TEXT PRIMARY KEY, point_key TEXT NOT NULL, replicate INTEGER NOT NULL,"
    " seconds REAL NOT NULL, finished REAL NOT NULL, {columns})"
)
_OF_A_START = ("began", "place", "engine", "command")
_RUN_COLUMNS = 5  # of a run's row, before its outcomes


class Store:
    """An open sweep file, or a sweep in memory; made by `open_store`."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path | None, held: contextlib.ExitStack, *, made_here: bool = False
    ) -> None:
        self.connection, self.path, self._held, self._made_here = connection, path, held, made_here
        self.is_new = not _tables(connection)
        self.measures = () if self.is_new else _measures(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        is_refused = self._made_here and isinstance(error, InputError) and self._holds_nothing()
        with contextlib.suppress(sqlite3.Error):  # one file again, without its log; not while others read
            self.connection.execute("PRAGMA busy_timeout = 0")
            self.connection.execute("PRAGMA journal_mode = DELETE")
        self.connection.close()
        if is_refused and self.path is not None:  # such as by a cluster that is not there: as if nothing had been asked
            self.path.resolve().unlink(missing_ok=True)
        self._held.close()

    def _holds_nothing(self) -> bool:
        """Return whether there is no run yet, not even a failed one."""
        with contextlib.suppress(sqlite3.Error):
            return self.is_new or not (len(self.finished()) or self.n_failed())
        return False

    def create(self, meta: Mapping[str, str], measures: Sequence[str], plan: Plan) -> None:
        """Write the tables, what was asked and the design, all at once or not at all."""
        columns = ", ".join(f"{_quoted(name)} REAL" for name in measures)
        with self._writing() as connection:
            for statement in (*_TABLES, *_TABLES_SINCE_2, _RUN_TABLE.format(columns=columns)):
                connection.execute(statement)
            connection.execute("CREATE INDEX run_of_point ON run (point_key, replicate)")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            _write_design(connection, meta, plan)
        self.is_new, self.measures = False, tuple(measures)

    def redesign(self, meta: Mapping[str, str], plan: Plan) -> None:
        """Replace the design by a grown one; finished runs stay."""
        with self._writing() as connection:
            for statement in _TABLES_SINCE_2:  # a file of version 1 has none
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("DELETE FROM point")
            connection.execute("DELETE FROM baseline")
            connection.execute("DELETE FROM meta WHERE name = 'ended'")
            _write_design(connection, meta, plan)

    def add(self, results: Iterable[Run | Failure]) -> None:
        """Write a chunk of results at once: on return they are on the disk.

        A run that comes twice stays once; raises ``InputError`` if the second has other bits.
        """
        now, results = time.time(), list(results)
        runs = [result for result in results if isinstance(result, Run)]
        failures = [result for result in results if isinstance(result, Failure)]
        places = ", ".join("?" * (_RUN_COLUMNS + len(self.measures)))
        with self._writing() as connection:
            for run in runs:
                key = run.job.run_key
                row = (key, *run.job, run.seconds, now, *run.values)
                if connection.execute(f"INSERT OR IGNORE INTO run VALUES ({places})", row).rowcount == 0:
                    self._check_same(run)
                elif run.days is not None:
                    connection.execute("INSERT OR REPLACE INTO series VALUES (?, ?)", (key, run.days))
                connection.execute("DELETE FROM failure WHERE run_key = ?", (key,))
            connection.executemany(
                "INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?, ?)",
                [(failure.job.run_key, *failure.job, failure.error, failure.traceback, now) for failure in failures],
            )

    def note(self, name: str, value: str) -> None:
        """Write down one thing about the sweep."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def begin(self, about: Mapping[str, str]) -> None:
        """Write down a start of the program: ``began``, ``place``, ``engine``, ``command``; the rest are versions."""
        versions = {name: value for name, value in about.items() if name not in _OF_A_START}
        with self._writing() as connection:
            connection.execute(_START_TABLE)  # an older file has none
            row = (*(about[name] for name in _OF_A_START), json.dumps(versions))
            connection.execute(
                "INSERT INTO start (began, place, engine, command, versions, found)"
                " VALUES (?, ?, ?, ?, ?, (SELECT count(*) FROM run))",
                row,
            )

    def end(self, when: str, how: str) -> None:
        """Write down how the last start has ended."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE start SET ended = ?, how = ?, kept = (SELECT count(*) FROM run)"
                " WHERE start = (SELECT max(start) FROM start)",
                (when, how),
            )

    def _check_same(self, run: Run) -> None:
        """Raise ``InputError`` unless a run that is there already has the same bits."""
        row = self.connection.execute("SELECT * FROM run WHERE run_key = ?", (run.job.run_key,)).fetchone()
        if found := differences(self.measures, self._run(row), run):
            message = f"replicate {run.job.replicate} of a point was done twice and gave different numbers ({found[0]})"
            raise InputError(
                Problem(f"{message}; machines or versions differ: see that all workers are alike", file=str(self.path or ""))
            )

    def _run(self, row: Sequence[Any]) -> Run:
        """Return the run of a row, with its days if they are kept."""
        query = "SELECT days FROM series WHERE run_key = ?"
        has_days = "series" in _tables(self.connection)  # a file of version 1 has none
        (days,) = (has_days and self.connection.execute(query, row[:1]).fetchone()) or (None,)
        return Run(Job(row[1], row[2]), row[3], tuple(map(_number, row[_RUN_COLUMNS:])), days)

    def meta(self) -> dict[str, str]:
        """Return what the file says of itself."""
        return read_meta(self.connection)

    def point_keys(self) -> list[str]:
        """Return the keys of the design's points, in their order."""
        return [key for (key,) in self.connection.execute("SELECT point_key FROM point ORDER BY point")]

    def most_replicates(self) -> int:
        """Return how many replicates the point with most of them has."""
        (most,) = self.connection.execute("SELECT COALESCE(MAX(replicate) + 1, 0) FROM run").fetchone()
        return int(most)

    def finished(self) -> Finished:
        """Return all runs that need not be done again."""
        return Finished(self.connection.execute("SELECT point_key, replicate FROM run"))

    def known(self, measure: str) -> Iterator[tuple[Job, float]]:
        """Yield every finished run with one of its outcomes."""
        for point_key, replicate, value in self.connection.execute(
            f"SELECT point_key, replicate, {_quoted(measure)} FROM run"
        ):
            yield Job(point_key, replicate), _number(value)

    def n_failed(self) -> int:
        """Return how many runs have failed and not been mended."""
        ((n,),) = self.connection.execute("SELECT count(*) FROM failure")
        return int(n)

    def some_runs(self, n: int, among: Container[str]) -> list[Run]:
        """Return up to ``n`` finished runs of some points, of different points if there are: others at each start."""
        ((starts,),) = self.connection.execute("SELECT count(*) FROM start")
        pivot = hashlib.sha256(str(starts).encode()).hexdigest()[:KEY_LENGTH]  # keys are hashes: what follows is any of them
        query = "SELECT * FROM run WHERE run_key {} ? ORDER BY run_key LIMIT ?"
        found = [self.connection.execute(query.format(side), (pivot, 20 * n)).fetchall() for side in (">=", "<")]
        rows = [row for row in [*found[0], *found[1]] if row[1] in among]
        first = {row[1]: row for row in reversed(rows)}
        ahead = [row for row in rows if first[row[1]] is row]
        others = [row for row in rows if first[row[1]] is not row]
        return [self._run(row) for row in [*ahead, *others][:n]]

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            if self.connection.in_transaction:  # Ctrl-C came between BEGIN or COMMIT and the line after it
                self.connection.execute("ROLLBACK")
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                if self.connection.in_transaction:  # a full disk has ended it already
                    self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            message = f"cannot be written: {error}; make room or give another place, then start the sweep again"
            raise InputError(Problem(f"{message}: it goes on from what is kept", file=str(self.path or ""))) from error


def open_store(path: str | os.PathLike[str] | None) -> Store:
    """Return the sweep's file, made if it isn't there, locked until it is closed; None keeps a sweep in memory only.

    Raises
    ------
    InputError
        If the file is no sweep, another process writes it, or it cannot be written here.
    """
    held = contextlib.ExitStack()
    if path is None:
        return Store(_connect(":memory:"), None, held)
    where = Path(path).expanduser()
    _check_place(where)
    held.enter_context(locked(where))
    try:
        made_here = not where.exists()
        connection = _connect(str(where))
        held.callback(connection.close)
        _check_is_sweep(connection, where, may_be_new=True)
        connection.execute("PRAGMA journal_mode = WAL")  # others may read while this writes
        connection.execute("PRAGMA synchronous = FULL")  # measured: 2 ms a chunk, and not even a power cut loses one
        return Store(connection, where, held, made_here=made_here)
    except sqlite3.Error as error:
        held.close()
        raise _unusable(where, error) from None
    except BaseException:
        held.close()
        raise


@contextlib.contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[sqlite3.Connection]:
    """Open a sweep's file for reading only, also while a sweep writes it; raises ``InputError``.

    All that is read is of one moment: of when the first of it was.
    """
    where = Path(path).expanduser()
    if not where.is_file():
        what = "is a folder, not a sweep's file" if where.is_dir() else "there is no such file; give a sweep's file"
        raise InputError(Problem(what, file=str(where)))
    try:
        connection = _connect_to_read(where)
    except sqlite3.Error as error:
        raise _unusable(where, error) from None
    try:
        connection.execute("BEGIN")
        _check_is_sweep(connection, where)
        yield connection
    finally:
        connection.close()


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what a sweep's file says of itself."""
    return dict(connection.execute("SELECT name, value FROM meta"))


def read_starts(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return every start of the program on a file: how many runs it ``found`` and ``kept``; None where it was killed."""
    if "start" not in _tables(connection):
        return []
    names = ("began", "ended", "how", "place", "engine", "command", "versions", "found", "kept")
    rows = connection.execute(f"SELECT {', '.join(map(_quoted, names))} FROM start ORDER BY start")
    starts = [dict(zip(names, row, strict=True)) for row in rows]
    return [start | {"versions": json.loads(start["versions"])} for start in starts]


def _connect(where: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(where, timeout=WAIT_SECONDS, isolation_level=None, uri=uri)


def _connect_to_read(where: Path) -> sqlite3.Connection:
    """Return a connection for reading; where no log can be kept (a read-only folder), the file as it lies."""
    address = f"{where.absolute().as_uri()}?mode=ro"
    connection = _connect(address, uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        connection.close()
        if where.with_name(f"{where.name}-wal").exists():
            raise
        return _connect(f"{address}&immutable=1", uri=True)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _check_place(where: Path) -> None:
    if where.is_dir():
        raise InputError(Problem("is a folder; give the name of a file in it", file=str(where)))
    if not where.parent.is_dir():
        raise InputError(Problem(f"there is no folder {where.parent}; make it first", file=str(where)))
    if where.exists() and not where.is_file():
        raise InputError(Problem("is no ordinary file; give another name", file=str(where)))


def _check_is_sweep(connection: sqlite3.Connection, where: Path, *, may_be_new: bool = False) -> None:
    """Refuse any other database, and a sweep of a later version."""
    try:
        tables = _tables(connection)
        ((application,),) = connection.execute("PRAGMA application_id")
        ((version,),) = connection.execute("PRAGMA user_version")
    except sqlite3.Error as error:
        raise _unusable(where, error) from None
    if not tables and application == 0:
        if may_be_new:
            return
        raise InputError(Problem("holds nothing yet; start its sweep first", file=str(where)))
    if application != APPLICATION_ID:
        raise InputError(Problem("is a database, but not a sweep's; give another file", file=str(where)))
    if version > SCHEMA_VERSION:
        raise InputError(Problem("was written by a later adoptsim; use that one or a later one", file=str(where)))


def _unusable(where: Path, error: sqlite3.Error) -> InputError:
    if "not a database" in str(error):
        return InputError(Problem("is not a sweep's file; give another name", file=str(where)))
    return InputError(Problem(f"cannot be used: {error}", file=str(where)))


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _measures(connection: sqlite3.Connection) -> tuple[str, ...]:
    return tuple(row[1] for row in connection.execute("PRAGMA table_info(run)"))[_RUN_COLUMNS:]


def _write_design(connection: sqlite3.Connection, meta: Mapping[str, str], plan: Plan) -> None:
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())
    connection.executemany(
        "INSERT INTO point VALUES (?, ?, ?, ?)",
        ((place, point.key, json.dumps(point.factors), point.n_practices) for place, point in enumerate(plan.points)),
    )
    connection.executemany(
        "INSERT INTO baseline VALUES (?, ?)",
        ((place, plan.baselines[point.key]) for place, point in enumerate(plan.points) if point.key in plan.baselines),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _number(value: float | None) -> float:
    return float("nan") if value is None else value

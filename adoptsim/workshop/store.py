"""A workshop's file: one SQLite database. The only place that knows its tables; what it has acknowledged stays.

Tables, version 1:

- ``meta``: name, value: the workshop as it began, with the scenarios that it speaks of, the code, the trainer's secret, the
  key that signs cookies, the port, and whether it began as a rehearsal.
- ``event``: what has happened, in order. The state is the fold of it. ``request`` is unique: an action counts once.

The file holds nicknames and answers, and nothing else about people; only its owner can read it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from adoptsim.domain.errors import InputError, Problem
from adoptsim.files import Scenario
from adoptsim.sweeps.lock import locked
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.state import Event, State, event_fields, event_of, fold

SCHEMA_VERSION = 1
APPLICATION_ID = 0x61645752  # "adWR": what tells a workshop from any other SQLite file
WAIT_SECONDS = 30.0
CODE_DIGITS = 6
_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE event (number INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,"
    " request TEXT UNIQUE)",
)
_BESIDE = ("", "-wal", "-shm")
_SECRETS = ("id", "code", "secret", "projector_key", "signing_key")

Entry = tuple[Event, float, str]
"""An event, its time (seconds), and the action that made it happen ("" for none)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What stays the same when a workshop is started again. Its text never shows a secret."""

    id: str
    code: str
    secret: str
    projector_key: str
    signing_key: str

    def __repr__(self) -> str:
        return f"Identity({self.id})"


def new_identity() -> Identity:
    """Return the identity of a workshop that has never been."""
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    return Identity(secrets.token_hex(4), code, secrets.token_urlsafe(18), secrets.token_urlsafe(9), secrets.token_hex(32))


@dataclass(frozen=True)
class Kept:
    """A workshop as its file keeps it; ``began`` seconds."""

    plan: Workshop
    began: float
    entries: tuple[Entry, ...]
    path: Path

    @property
    def state(self) -> State:
        """Return the room as it stands."""
        return fold(self.entries, State(since=self.began))


class Store:
    """An open workshop file, or a workshop in memory; made by `open_store`. Not for several threads at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None, held: contextlib.ExitStack) -> None:
        self._connection, self.path, self._held = connection, path, held
        self._meta = dict(connection.execute("SELECT name, value FROM meta"))
        self.identity = Identity(*(self._meta[name] for name in _SECRETS))
        self.plan = _plan_in(self._meta, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with contextlib.suppress(sqlite3.Error):  # one file again, without its log; not while others read
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        self._held.close()

    @property
    def port(self) -> int | None:
        """Return the port of the last start."""
        return int(self._meta["port"]) if "port" in self._meta else None

    @property
    def is_rehearsal(self) -> bool:
        """Return whether the room began with simulated people."""
        return "rehearsal" in self._meta

    def note_port(self, port: int) -> None:
        """Keep the port, so that phones find the server where they left it."""
        with _writing(self._connection, self.path) as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('port', ?)", (str(port),))
        self._meta["port"] = str(port)

    def append(self, entries: Sequence[Entry]) -> None:
        """Write what has happened, all of it or nothing: on return it is on the disk. Raises ``InputError``."""
        rows = [(at, *_written(event), request or None) for event, at, request in entries]
        with _writing(self._connection, self.path) as connection:
            connection.executemany("INSERT INTO event (at, kind, body, request) VALUES (?, ?, ?, ?)", rows)

    def state(self) -> State:
        """Return the room as it stands."""
        return fold(self.entries(), State(since=float(self._meta["began"])))

    def entries(self) -> list[Entry]:
        """Return everything that has happened."""
        return _entries(self._connection, self.path)


def open_store(path: str | os.PathLike[str] | None, plan: Workshop, *, rehearsal: bool = False) -> Store:
    """Return the workshop's file, made if it isn't there, locked until it is closed; None keeps nothing.

    A file that is there goes on with the workshop as it began; ``store.plan`` may differ from the one given.
    ``rehearsal``: simulated people will come in, whom a room of real ones is spared.

    Raises
    ------
    InputError
        If the file is no workshop's or another's, a process runs it, it cannot be written here, or a rehearsal would go on
        in a room that began as none.
    """
    held = contextlib.ExitStack()
    if path is None:
        return _made(_connect(":memory:"), None, plan, held, rehearsal)
    where = Path(path).expanduser()
    _check_place(where)
    held.enter_context(locked(where, "workshop"))
    try:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(where, os.O_CREAT | os.O_EXCL, 0o600))  # its log takes these rights too
        connection = _connect(str(where))
        held.callback(connection.close)
        is_new = _check(connection, where, may_be_new=True)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # not even a power cut loses what was acknowledged
        store = _made(connection, where, plan, held, rehearsal) if is_new else Store(connection, where, held)
    except sqlite3.Error as error:
        held.close()
        raise _unusable(where, error) from None
    except OSError as error:
        held.close()
        reason = (error.strerror or "the system refuses").lower()
        raise InputError(Problem(f"cannot write here: {reason}; give another place with --file", file=str(where))) from None
    except BaseException:
        held.close()
        raise
    if store.plan.name != plan.name:
        held.close()
        message = f"holds the workshop {store.plan.name!r}, not {plan.name!r}; give another file with --file"
        raise InputError(Problem(message, file=str(where)))
    if rehearsal and not store.is_rehearsal:
        held.close()
        message = (
            "holds a workshop, and simulated people would come into it; "
            "rehearse without --file, and nothing is kept, or give a new file"
        )
        raise InputError(Problem(message, file=str(where)))
    return store


def read(path: str | os.PathLike[str]) -> Kept:
    """Return a workshop as its file keeps it, also while it runs; raises ``InputError``."""
    where = _existing(path)
    try:
        connection = _connect(f"{where.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise _unusable(where, error) from None
    with contextlib.closing(connection):
        try:
            _check(connection, where)
            meta = dict(connection.execute("SELECT name, value FROM meta"))
            return Kept(_plan_in(meta, where), float(meta["began"]), tuple(_entries(connection, where)), where)
        except sqlite3.Error as error:
            raise _unusable(where, error) from None


def erase(path: str | os.PathLike[str]) -> Path:
    """Remove a workshop's file with everything in it; nothing else is ever removed. Raises ``InputError``."""
    where = _existing(path)
    with locked(where, "workshop"):
        try:
            with contextlib.closing(_connect(f"{where.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                _check(connection, where)
        except sqlite3.Error as error:
            raise _unusable(where, error) from None
        for ending in _BESIDE:
            where.with_name(where.name + ending).unlink(missing_ok=True)
    return where


def _made(
    connection: sqlite3.Connection, where: Path | None, plan: Workshop, held: contextlib.ExitStack, rehearsal: bool
) -> Store:
    """Write a new workshop, all of it or nothing."""
    identity = new_identity()
    meta = {name: getattr(identity, name) for name in _SECRETS}
    scenarios = {name: scenario.model_dump(mode="json") for name, scenario in plan.scenarios().items()}
    meta |= {"plan": plan.model_dump_json(), "scenarios": json.dumps(scenarios), "began": repr(time.time())}
    meta |= {"rehearsal": "yes"} if rehearsal else {}
    with _writing(connection, where):
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    return Store(connection, where, held)


@contextlib.contextmanager
def _writing(connection: sqlite3.Connection, where: Path | None) -> Iterator[sqlite3.Connection]:
    try:
        if connection.in_transaction:  # what broke off before this
            connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has ended it already
                connection.execute("ROLLBACK")
            raise
    except sqlite3.OperationalError as error:
        message = f"cannot be written: {error}; make room on the disk, then go on"
        raise InputError(Problem(message, file=str(where or ""))) from error


def _written(event: Event) -> tuple[str, str]:
    kind, body = event_fields(event)
    return kind, json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _entries(connection: sqlite3.Connection, where: Path | None) -> list[Entry]:
    rows = connection.execute("SELECT at, kind, body, request FROM event ORDER BY number")
    try:
        return [(event_of(kind, json.loads(body)), at, request or "") for at, kind, body, request in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(Problem(f"holds something this adoptsim does not know: {error}", file=str(where or ""))) from None


def _plan_in(meta: dict[str, str], where: Path | None) -> Workshop:
    try:
        plan = Workshop.model_validate_json(meta["plan"])
        kept = {name: Scenario.model_validate(fields) for name, fields in json.loads(meta.get("scenarios", "{}")).items()}
        return plan.with_scenarios(kept)
    except (KeyError, ValueError):  # pydantic's is one too
        message = "was written by another version of adoptsim; use that one, or give another file"
        raise InputError(Problem(message, file=str(where or ""))) from None


def _connect(where: str, *, uri: bool = False) -> sqlite3.Connection:
    # one thread at a time writes, but not always the same
    return sqlite3.connect(where, timeout=WAIT_SECONDS, isolation_level=None, uri=uri, check_same_thread=False)


def _check_place(where: Path) -> None:
    if where.is_dir():
        raise InputError(Problem("is a folder; give the name of a file in it", file=str(where)))
    if not where.parent.is_dir():
        raise InputError(Problem(f"there is no folder {where.parent}; make it first", file=str(where)))
    if where.exists() and not where.is_file():
        raise InputError(Problem("is no ordinary file; give another name", file=str(where)))


def _existing(path: str | os.PathLike[str]) -> Path:
    where = Path(path).expanduser()
    if not where.is_file():
        what = "is a folder, not a workshop's file" if where.is_dir() else "there is no such file; give a workshop's file"
        raise InputError(Problem(what, file=str(where)))
    return where


def _check(connection: sqlite3.Connection, where: Path, *, may_be_new: bool = False) -> bool:
    """Return whether a database is empty; refuse any that is no workshop's, and one of a later version."""
    try:
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
        ((application,),) = connection.execute("PRAGMA application_id")
        ((version,),) = connection.execute("PRAGMA user_version")
    except sqlite3.Error as error:
        raise _unusable(where, error) from None
    if not tables and application == 0 and may_be_new:
        return True
    if application != APPLICATION_ID:
        raise InputError(Problem("is not a workshop's file; give another", file=str(where)))
    if version > SCHEMA_VERSION:
        raise InputError(Problem("was written by a later adoptsim; use that one or a later one", file=str(where)))
    return False


def _unusable(where: Path, error: sqlite3.Error) -> InputError:
    if "not a database" in str(error):
        return InputError(Problem("is not a workshop's file; give another name", file=str(where)))
    return InputError(Problem(f"cannot be used: {error}", file=str(where)))

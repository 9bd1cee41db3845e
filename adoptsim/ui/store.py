"""Saved scenarios and uploaded organisations in one database: a SQLite file, or a team's PostgreSQL by URL."""

from __future__ import annotations

import os
import sqlite3
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from adoptsim.domain.errors import InputError, Problem

FORMAT = 1
NAME_LENGTH = 40
PATIENCE_SECONDS = 5
IN_MEMORY = "sqlite://"

_tables = sql.MetaData()
_format = sql.Table("adoptsim_ui_format", _tables, sql.Column("format", sql.Integer, primary_key=True))
_scenarios = sql.Table(
    "adoptsim_ui_scenarios",
    _tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("name", sql.String(NAME_LENGTH), nullable=False, unique=True),
    sql.Column("link", sql.Text, nullable=False),
    sql.Column("fork_of", sql.ForeignKey("adoptsim_ui_scenarios.id", ondelete="SET NULL")),
    sql.Column("verdict", sql.String(80), nullable=False),
    sql.Column("saved", sql.DateTime(timezone=True), nullable=False),
)
_organisations = sql.Table(
    "adoptsim_ui_organisations",
    _tables,
    sql.Column("digest", sql.String(16), primary_key=True),
    sql.Column("people_csv", sql.LargeBinary, nullable=False),
    sql.Column("ties_csv", sql.LargeBinary, nullable=False),
    sql.Column("saved", sql.DateTime(timezone=True), nullable=False),
)


class StoreError(InputError):
    """What is saved can't be reached, or not as was asked; everything else goes on."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved scenario: ``link`` as in the address of the page, ``fork_of`` the name of the one it was made from."""

    id: int
    name: str
    link: str
    fork_of: str
    verdict: str
    saved: datetime


class Store:
    """What is saved, for everybody who uses the same database; safe from any thread."""

    def __init__(self, url: sql.URL) -> None:
        self._url = url
        more: dict[str, Any] = {"pool_pre_ping": True}
        if url.get_backend_name() == "sqlite" and not url.database:
            more = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        elif url.get_backend_name() == "postgresql":
            more["connect_args"] = {"connect_timeout": PATIENCE_SECONDS}
        self._engine = sql.create_engine(url, **more)
        weakref.finalize(self, self._engine.dispose)  # a store that nobody holds any more lets go of the database by itself
        if url.get_backend_name() == "sqlite":
            sql.event.listen(self._engine, "connect", _prepare_sqlite)
        try:
            self._prepare()
        except InputError:
            self.close()
            raise

    @property
    def where(self) -> str:
        """Return in words where things are saved, without a password."""
        if self._url.get_backend_name() == "sqlite":
            return str(self._url.database) if self._url.database else "memory, until the page is closed"
        return f"the database {self._url.database} at {self._url.host or 'this machine'}"

    @property
    def is_of_a_team(self) -> bool:
        """Return whether others may read it from elsewhere."""
        return self._url.get_backend_name() != "sqlite"

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # -- scenarios

    def saved(self) -> list[Saved]:
        """Return all saved scenarios, the newest first."""
        parent = _scenarios.alias()
        columns = [_scenarios.c[name] for name in ("id", "name", "link", "verdict", "saved")]
        asked = sql.select(*columns, sql.func.coalesce(parent.c.name, "").label("fork_of"))
        asked = asked.outerjoin(parent, parent.c.id == _scenarios.c.fork_of).order_by(_scenarios.c.id.desc())
        with self._reached() as connection:
            return [Saved(**row._asdict()) for row in connection.execute(asked)]

    def save(self, name: str, link: str, *, fork_of: int | None = None, verdict: str = "") -> int:
        """Save a scenario under a name that none has, and return its number; raises ``StoreError`` where one has it.

        ``fork_of``: the number of the one it was made from; if that was removed meanwhile, it is a fork of none.
        """
        parent = sql.select(_scenarios.c.id).where(_scenarios.c.id == fork_of).scalar_subquery()
        row = {"name": name, "link": link, "fork_of": parent, "verdict": verdict, "saved": datetime.now(UTC)}
        with self._reached(taken=name) as connection:
            return int(connection.execute(sql.insert(_scenarios).values(row).returning(_scenarios.c.id)).scalar_one())

    def rename(self, number: int, name: str) -> None:
        """Give a saved scenario another name."""
        with self._reached(taken=name) as connection:
            connection.execute(sql.update(_scenarios).where(_scenarios.c.id == number).values(name=name))

    def remove(self, number: int) -> None:
        """Remove a saved scenario; its forks stay."""
        with self._reached() as connection:
            connection.execute(sql.delete(_scenarios).where(_scenarios.c.id == number))

    # -- organisations

    def add_organisation(self, digest: str, people_csv: bytes, ties_csv: bytes) -> None:
        """Keep an organisation's two files under their hash; the same files again change nothing."""
        files = {"people_csv": zlib.compress(people_csv), "ties_csv": zlib.compress(ties_csv)}
        there = sql.select(_organisations.c.digest).where(_organisations.c.digest == digest)
        with self._reached() as connection:
            if connection.execute(there).first() is None:
                connection.execute(sql.insert(_organisations).values(digest=digest, saved=datetime.now(UTC), **files))

    def organisation(self, digest: str) -> tuple[bytes, bytes] | None:
        """Return the people and the ties that have this hash, if they are here."""
        asked = sql.select(_organisations.c.people_csv, _organisations.c.ties_csv).where(_organisations.c.digest == digest)
        with self._reached() as connection:
            row = connection.execute(asked).first()
        return None if row is None else (zlib.decompress(row.people_csv), zlib.decompress(row.ties_csv))

    def has_organisation(self, digest: str) -> bool:
        """Return whether an organisation's files are here."""
        asked = sql.select(_organisations.c.digest).where(_organisations.c.digest == digest)
        with self._reached() as connection:
            return connection.execute(asked).first() is not None

    def forget_organisation(self, digest: str) -> None:
        """Remove an organisation's files."""
        with self._reached() as connection:
            connection.execute(sql.delete(_organisations).where(_organisations.c.digest == digest))

    # -- the database

    def _prepare(self) -> None:
        found = None
        with self._reached() as connection:
            _tables.create_all(connection)
            found = connection.execute(sql.select(_format.c.format)).scalar()
            if found is None:
                connection.execute(sql.insert(_format).values(format=FORMAT))
        if found is not None and found > FORMAT:
            message = f"{self.where} was made with a newer version of adoptsim (format {found}, this one reads {FORMAT})"
            raise StoreError(Problem(message))

    @contextmanager
    def _reached(self, *, taken: str = "") -> Iterator[sql.Connection]:
        """Give a connection whose changes are kept if nothing goes wrong; ``taken``: the name that may not be free."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            if taken:  # or else somebody wrote the same in the same moment, which is as good
                raise StoreError(Problem(f"a saved scenario is called “{taken}” already; give another name")) from None
        except SQLAlchemyError as error:
            raise StoreError(Problem(f"{self.where} can't be used: {_reason(error)}")) from None


def _reason(error: SQLAlchemyError) -> str:
    """Return the database's own words, in one line."""
    said = str(getattr(error, "orig", None) or error).strip()
    return " ".join(said.split("\n", 1)[0].split())[:200]


def _prepare_sqlite(connection: Any, _: Any) -> None:
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and not tables & set(_tables.tables):
            raise sqlite3.DatabaseError("it is another program's database; give a file of its own")
        for pragma in (f"busy_timeout = {1000 * PATIENCE_SECONDS}", "journal_mode = WAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except Exception:
        connection.close()  # a file that is no database: nobody else would close it
        raise


def open_store(place: str | Path) -> Store:
    """Return the store of a file or a database's URL; raises ``InputError`` where there can be none."""
    text = str(place)
    if "\0" in text:
        raise InputError(Problem("holds what no file's name may hold", "--store"))
    if "://" not in text:
        path = Path(os.path.expanduser(text)).absolute()
        if os.path.isdir(path):
            raise InputError(Problem("is a folder; give a file in it", "--store", str(path)))
        if not os.path.isdir(path.parent):
            raise InputError(Problem(f"there is no folder {path.parent}; make it first", "--store", str(path)))
        return Store(sql.URL.create("sqlite", database=str(path)))
    return Store(_known_url(text))


def _known_url(text: str) -> sql.URL:
    try:
        url = sql.make_url(text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres://") else text)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        message = "is no address of a database; give a file, or postgresql://user@host/name"
        raise InputError(Problem(message, "--store")) from None
    if backend not in {"sqlite", "postgresql"}:
        raise InputError(Problem(f"{backend} is not known here; give a file, or postgresql://user@host/name", "--store"))
    if backend == "sqlite":
        return url.set(drivername="sqlite")
    if not find_spec("psycopg"):
        raise InputError(Problem("PostgreSQL needs psycopg: pip install 'adoptsim[postgres]'", "--store"))
    return url.set(drivername="postgresql+psycopg")

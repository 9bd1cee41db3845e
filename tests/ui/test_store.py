"""What is saved: the same in a SQLite file and in a team's PostgreSQL, and never in the way of the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from adoptsim.domain.errors import InputError
from adoptsim.ui.store import FORMAT, IN_MEMORY, Store, StoreError, open_store
from tests.ui import postgres


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    programs = postgres.programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    if find_spec("psycopg") is None:
        pytest.skip("no psycopg here: pip install 'adoptsim[postgres]'")
    with postgres.running(programs) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give an empty place of each kind."""
    if request.param == "sqlite":
        yield str(tmp_path / "scenarios.db")
        return
    url = request.getfixturevalue("database")
    yield url
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema public cascade; create schema public")


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


def test_what_is_saved_is_there_again_after_the_server_ended(place: str):
    first = open_store(place)
    first.save("Lean", "v=1&now=lean-bundle", verdict="Likely to last: 82 % (71-90 %)")
    first.close()
    again = open_store(place)
    (found,) = again.saved()
    again.close()
    assert (found.name, found.link, found.verdict) == ("Lean", "v=1&now=lean-bundle", "Likely to last: 82 % (71-90 %)")


def test_a_fork_knows_what_it_was_made_from_even_under_another_name(store: Store):
    lean = store.save("Lean", "a")
    store.save("Lean with answers", "b", fork_of=lean)
    store.rename(lean, "Slim")
    assert {each.name: each.fork_of for each in store.saved()} == {"Slim": "", "Lean with answers": "Slim"}


def test_forks_stay_when_what_they_were_made_from_is_removed(store: Store):
    lean = store.save("Lean", "a")
    store.save("Fork", "b", fork_of=lean)
    store.remove(lean)
    store.save("Late fork", "b", fork_of=lean)
    assert [(each.name, each.fork_of) for each in store.saved()] == [("Late fork", ""), ("Fork", "")]


def test_a_name_that_is_taken_is_said_and_nothing_is_lost(store: Store):
    store.save("Mine", "a")
    store.save("Other", "b")
    with pytest.raises(StoreError, match="“Mine” already"):
        store.save("Mine", "c")
    with pytest.raises(StoreError, match="“Mine” already"):
        store.rename(next(each.id for each in store.saved() if each.name == "Other"), "Mine")
    assert {each.name: each.link for each in store.saved()} == {"Mine": "a", "Other": "b"}


@pytest.mark.parametrize("name", ["'; drop table adoptsim_ui_scenarios; --", "Ünïcode 🙂 “quoted”", "=1+1", "x" * 40])
def test_a_name_is_text_and_nothing_else(store: Store, name: str):
    store.save("Fork", "b", fork_of=store.save(name, "v=1&now=typical"))
    assert {each.name: each.fork_of for each in store.saved()} == {name: "", "Fork": name}


def test_several_people_save_at_once(store: Store):
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: store.save(f"Scenario {number}", "a"), range(40)))
    assert len(store.saved()) == 40


def test_several_people_bring_the_same_files_at_once(store: Store):
    with ThreadPoolExecutor(6) as people:
        list(people.map(lambda _: store.add_organisation("0123456789abcdef", b"people" * 500_000, b"ties"), range(6)))
    assert store.organisation("0123456789abcdef") == (b"people" * 500_000, b"ties")


def test_an_organisation_comes_back_byte_by_byte_until_it_is_deleted(store: Store):
    people, ties = b"id,manager,department\n\xc3\xa4\x00\xff", b"source,target\n"
    for _ in range(2):
        store.add_organisation("0123456789abcdef", people, ties)
    assert store.organisation("0123456789abcdef") == (people, ties)
    store.forget_organisation("0123456789abcdef")
    assert store.organisation("0123456789abcdef") is None


def test_a_store_of_a_newer_version_is_refused(place: str):
    import sqlalchemy as sql

    opened = open_store(place)
    with opened._engine.begin() as connection:
        connection.execute(sql.text("update adoptsim_ui_format set format = :newer"), {"newer": FORMAT + 1})
    opened.close()
    with pytest.raises(StoreError, match="newer version"):
        open_store(place)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path: Path):
    path = tmp_path / "notes.db"
    path.write_text("These are notes, not a database.\n" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(path)
    assert path.read_text().startswith("These are notes")


def test_another_programs_database_is_refused_and_left_as_it_was(tmp_path: Path):
    path = tmp_path / "sweep.db"
    with sqlite3.connect(path) as other:
        other.execute("create table run (run_key text)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program's"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_database_that_cannot_be_reached_is_said_without_its_password():
    if find_spec("psycopg") is None:
        pytest.skip("no psycopg here: pip install 'adoptsim[postgres]'")
    with pytest.raises(StoreError) as said:
        open_store("postgresql://anna:secret@127.0.0.1:9/team")
    assert "the database team at 127.0.0.1" in str(said.value)
    assert "secret" not in str(said.value)


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("mysql://host/team", "not known here"),
        ("://", "no address of a database"),
        ("/no/such/folder/scenarios.db", "make it first"),
        (".", "is a folder"),
        ("~nobody-of-this-name/scenarios.db", "make it first"),
        ("x" * 300, "can't be used"),
        ("a\0b", "no file's name"),
        ("sqlite+nothing:////no/such/folder/scenarios.db", "can't be used"),
    ],
)
def test_a_place_that_can_be_none_is_refused_in_words(place: str, says: str):
    with pytest.raises(InputError, match=says):
        open_store(place)


def test_a_store_that_is_locked_for_long_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adoptsim.ui.store.PATIENCE_SECONDS", 0)
    store = open_store(tmp_path / "scenarios.db")
    holder = sqlite3.connect(tmp_path / "scenarios.db")
    holder.execute("begin exclusive")
    with pytest.raises(StoreError, match="locked"):
        store.save("Mine", "a")
    holder.rollback()
    holder.close()
    store.save("Mine", "a")
    store.close()


def test_memory_is_a_place_too():
    store = open_store(IN_MEMORY)
    store.save("Mine", "a")
    assert [each.name for each in store.saved()] == ["Mine"]

"""The workshop's file: what is acknowledged stays, and nothing else is touched."""

from __future__ import annotations

import sqlite3
import stat
import sys
from pathlib import Path

import pytest
from workshop.rooms import PLAN, ROOM, A, done, go, people, played, reckoned, use

from adoptsim.domain.errors import InputError
from adoptsim.workshop import store
from adoptsim.workshop.actions import Action, Decide, Guess, Join, Lead
from adoptsim.workshop.state import Guessed, Joined, State

ACTIONS: tuple[Action, ...] = (
    *people("Ana", "Zoë 👩‍🔬"),
    *go("predict", 0),
    Guess("ana", 0, "lasts", "yes", request="ana 1"),
    Lead("next"),
    Decide("ana", 0, use(A), 0, request="ana 2"),
    Lead("next", request="trainer 1"),
)


def keep(file: store.Store, state: State, *actions: Action) -> State:
    for action in actions:
        state, entries = done(state, action)
        file.append(entries)
    return state


def test_a_file_that_is_opened_again_goes_on_where_it_was_with_the_same_code_secrets_and_port(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        before, identity = keep(file, file.state(), *ACTIONS), file.identity
        file.note_port(4321)
    with store.open_store(tmp_path / "x.db", PLAN) as again:
        assert again.state() == before
        assert again.identity == identity
        assert again.port == 4321


def test_what_was_written_can_be_read_before_the_file_is_closed(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        before = keep(file, file.state(), *ACTIONS)
        assert store.read(tmp_path / "x.db").state == before  # by another connection, from its log


def test_a_drawn_curve_is_kept_as_it_was_drawn(tmp_path: Path):
    curve = (0.0, 20.0, 10.5, 5.0, 3.0)
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        file.append([(Joined("ana", "Ana", "Blue"), 0.0, ""), (Guessed("ana", 0, "course", curve), 1.0, "")])
    assert store.read(tmp_path / "x.db").state.guesses_on(0, "course") == [curve]


def test_results_are_kept(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        state = keep(file, file.state(), *ACTIONS)
        state = keep(file, state, reckoned(state))
    assert store.read(tmp_path / "x.db").state.outcome == state.outcome


def test_two_workshops_have_nothing_secret_in_common():
    one, other = store.new_identity(), store.new_identity()
    assert not {one.secret, one.signing_key, one.projector_key, one.id} & {
        other.secret,
        other.signing_key,
        other.projector_key,
        other.id,
    }
    assert len(one.secret) >= 22
    assert len(one.code) == 6
    assert one.secret not in repr(one)


def test_an_action_can_be_written_once_only_whatever_the_room_thinks(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        state = played(*ACTIONS[:4])
        _, entries = done(state, ACTIONS[4])
        file.append(entries)
        with pytest.raises(sqlite3.IntegrityError):
            file.append(entries)


def test_a_full_disk_is_told_and_what_was_kept_before_stays_and_it_goes_on_after_room_is_made(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        state = keep(file, file.state(), *ACTIONS)
        ((pages,),) = file._connection.execute("PRAGMA page_count")
        file._connection.execute(f"PRAGMA max_page_count = {pages}")
        large = reckoned(state, body={"teams": ["x" * 100_000]})
        with pytest.raises(InputError, match="cannot be written"):
            keep(file, state, large)
        assert file.state() == state
        file._connection.execute("PRAGMA max_page_count = 100000")
        assert keep(file, state, large) == file.state()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_its_owner_can_read_it(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        keep(file, file.state(), *ACTIONS)
        for path in tmp_path.glob("x.db*"):
            if not path.name.endswith(".lock"):
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_file_that_cannot_be_opened_is_not_erased_and_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "x.db").write_bytes(b"")

    def refuse(*given: object, **more: object) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(store, "_connect", refuse)
    with pytest.raises(InputError, match="cannot be used: unable to open"):
        store.erase(tmp_path / "x.db")
    assert (tmp_path / "x.db").is_file()


def test_two_servers_do_not_run_one_workshop(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN), pytest.raises(InputError, match="is running this workshop"):
        store.open_store(tmp_path / "x.db", PLAN)


def test_a_changed_workshop_goes_on_as_it_began(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN):
        pass
    with store.open_store(tmp_path / "x.db", PLAN.model_copy(update={"title": "Another title"})) as again:
        assert again.plan == PLAN.with_scenarios(PLAN.scenarios())


def test_another_workshops_file_is_refused(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN):
        pass
    with pytest.raises(InputError, match="holds the workshop 'small', not 'other'"):
        store.open_store(tmp_path / "x.db", PLAN.model_copy(update={"name": "other"}))
    with store.open_store(tmp_path / "x.db", PLAN):
        pass


def foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE accounts (id)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("make", [foreign, lambda path: path.write_text("not a database, but long enough to look at")])
def test_what_is_no_workshop_is_neither_opened_nor_read_nor_erased(tmp_path: Path, make):
    path = tmp_path / "x.db"
    make(path)
    before = path.read_bytes()
    for use_it in (lambda: store.open_store(path, PLAN), lambda: store.read(path), lambda: store.erase(path)):
        with pytest.raises(InputError, match="not a workshop's file"):
            use_it()
    assert path.read_bytes() == before


def test_a_file_of_a_later_version_and_one_with_unknown_events_are_refused(tmp_path: Path):
    path = tmp_path / "x.db"
    with store.open_store(path, PLAN) as file:
        file._connection.execute("INSERT INTO event (at, kind, body) VALUES (1, 'flown', '{}')")
        with pytest.raises(InputError, match="does not know"):
            file.state()
        file._connection.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="later adoptsim"):
        store.read(path)


def test_erasing_leaves_nothing_of_a_workshop_and_everything_beside_it(tmp_path: Path):
    path = tmp_path / "x.db"
    (tmp_path / "x.db.notes").write_text("mine")
    file = store.open_store(path, PLAN)
    keep(file, file.state(), *ACTIONS)
    with pytest.raises(InputError, match="is running"):
        store.erase(path)
    file.__exit__(None, None, None)
    store.erase(path)
    assert [left.name for left in tmp_path.iterdir()] == ["x.db.notes"]


def test_a_workshop_in_memory_keeps_nothing_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with store.open_store(None, PLAN) as file:
        assert keep(file, file.state(), *ACTIONS) == file.state()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "why"), [("", "is a folder"), ("no/such/x.db", "there is no folder")])
def test_a_place_that_cannot_be_is_told(tmp_path: Path, name: str, why: str):
    with pytest.raises(InputError, match=why):
        store.open_store(tmp_path / name, PLAN)


def test_whoever_reads_a_file_has_the_plan_people_and_times(tmp_path: Path):
    with store.open_store(tmp_path / "x.db", PLAN) as file:
        keep(file, file.state(), Join("ana", "Ana", None))
    kept = store.read(tmp_path / "x.db")
    assert (kept.plan, [person.nickname for person in kept.state.present()]) == (
        PLAN.with_scenarios(PLAN.scenarios()),
        ["Ana"],
    )
    assert ROOM.step(kept.state).phase == "lobby"

"""A sweep's file is one SQLite file, which refuses what it is not and keeps what it has taken."""

from __future__ import annotations

import os
import sqlite3
import zlib
from pathlib import Path

import numpy as np
import pytest
from sweeps.sweeping import small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.sweeps import store as store_module
from adoptsim.sweeps.plan import Job, Plan, make_plan
from adoptsim.sweeps.provenance import describe
from adoptsim.sweeps.runs import Failure, Run
from adoptsim.sweeps.store import open_store, reading

MEASURES = ("reached", "contributors")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return make_plan(small_experiment(tmp_path))


@pytest.fixture
def out(tmp_path: Path, plan: Plan) -> Path:
    """Return a sweep's file that has two runs."""
    path = tmp_path / "some.db"
    with open_store(path) as store:
        store.create(describe(plan, MEASURES), MEASURES, plan)
        store.add([Run(job, 0.01, (1.0, float("nan"))) for job in list(plan.jobs())[:2]])
    return path


def test_what_was_added_is_found_again(out: Path, plan: Plan) -> None:
    with open_store(out) as store:
        assert store.measures == MEASURES
        finished = store.finished()
        assert len(finished) == 2
        assert all((job in finished) == (place < 2) for place, job in enumerate(plan.jobs()))
        reached, contributors = store.some_runs(1, {next(plan.jobs()).point_key})[0].values
        assert reached == 1.0
        assert contributors != contributors
        assert store.point_keys() == [point.key for point in plan.points]


def test_a_run_that_comes_twice_stays_once_and_must_be_the_same(out: Path, plan: Plan) -> None:
    first = next(plan.jobs())
    with open_store(out) as store:
        store.add([Run(first, 0.5, (1.0, float("nan")))])
        assert len(store.finished()) == 2
        with pytest.raises(InputError, match="done twice and gave different numbers"):
            store.add([Run(first, 0.5, (0.0, 0.0))])


def test_a_chunk_is_written_whole_or_not_at_all(out: Path, plan: Plan) -> None:
    third, fourth = list(plan.jobs())[2:4]
    with open_store(out) as store:
        with pytest.raises(InputError, match="cannot be written"):
            store.add([Run(third, 0.1, (1.0, 0.5)), Run(fourth, 0.1, (1.0,))])
        assert third not in store.finished()


def test_an_interrupt_right_after_a_transaction_began_does_not_stop_the_next_write(out: Path, plan: Plan) -> None:
    """Ctrl-C can come between two lines: after BEGIN has been carried out and before anybody is there to undo it."""
    third = list(plan.jobs())[2]
    with open_store(out) as store:
        store.connection.execute("BEGIN IMMEDIATE")
        store.add([Run(third, 0.1, (1.0, 0.5))])
        assert third in store.finished()


def test_a_success_removes_the_failure(out: Path, plan: Plan) -> None:
    job = list(plan.jobs())[3]
    with open_store(out) as store:
        store.add([Failure(job, "ValueError: no", "Traceback")])
        assert store.connection.execute("SELECT error FROM failure").fetchall() == [("ValueError: no",)]
        assert job not in store.finished()
        store.add([Run(job, 0.1, (0.0, 0.2))])
        assert store.connection.execute("SELECT * FROM failure").fetchall() == []


def test_a_run_key_depends_on_everything_that_decides_the_run(tmp_path: Path) -> None:
    plans = [
        make_plan(small_experiment(tmp_path)),
        make_plan(small_experiment(tmp_path), seed=0),
        make_plan(small_experiment(tmp_path, base={"horizon": {"days": 61}})),
        make_plan(small_experiment(tmp_path, base={"parameters": {"reward_rate": 0.06}})),
    ]
    keys = [Job(plan.points[0].key, replicate).run_key for plan in plans for replicate in (0, 1)]
    assert len(set(keys)) == len(keys)
    same = make_plan(small_experiment(tmp_path, title="said otherwise", replicates=9))
    assert Job(same.points[0].key, 1).run_key == keys[1]


def test_organisation_files_count_by_what_they_hold(tmp_path: Path) -> None:
    def key_in(folder: Path, people: str) -> str:
        folder.mkdir()
        (folder / "people.csv").write_text(people)
        (folder / "ties.csv").write_text("source,target\na,b\n")
        files = {"people_file": str(folder / "people.csv"), "ties_file": str(folder / "ties.csv")}
        return make_plan(small_experiment(folder, base={"organisation": files})).points[0].key

    people = "id,manager,department\na,,x\nb,a,x\n"
    here, there = key_in(tmp_path / "here", people), key_in(tmp_path / "there", people)
    assert here == there != key_in(tmp_path / "changed", people + "c,a,x\n")


def test_others_read_while_a_sweep_writes(out: Path, plan: Plan) -> None:
    with open_store(out) as store:
        store.add([Run(list(plan.jobs())[2], 0.1, (0.0, 0.1))])
        with reading(out) as connection:
            assert connection.execute("SELECT count(*) FROM run").fetchone() == (3,)
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                connection.execute("DELETE FROM run")


def test_a_closed_sweep_is_one_file_without_its_log(out: Path) -> None:
    assert sorted(path.name for path in out.parent.glob("some.db*")) == ["some.db"]
    with reading(out) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_file_of_an_interrupted_beginning_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "begun.db"
    with open_store(path) as store:
        assert store.is_new
    with open_store(path) as store:
        assert store.is_new
    with pytest.raises(InputError, match=r"begun\.db: holds nothing yet"), reading(path):
        pass


@pytest.mark.parametrize("opened", [open_store, reading])
def test_what_is_no_sweep_is_refused(tmp_path: Path, opened) -> None:  # type: ignore[no-untyped-def]
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("this is a letter, and a rather long one at that: " * 50)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    cases = {text: "is not a sweep's file", other: "is a database, but not a sweep's", tmp_path: "is a folder"}
    for path, message in cases.items():
        with pytest.raises(InputError, match=message), opened(path):
            pass
    assert text.read_text().startswith("this is a letter")


def test_a_missing_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        open_store(tmp_path / "none" / "some.db")
    with pytest.raises(InputError, match="there is no such file"), reading(tmp_path / "none.db"):
        pass


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot write here: permission denied"):
        open_store(tmp_path / "some.db")
    tmp_path.chmod(0o700)


def test_a_later_version_is_refused(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "SCHEMA_VERSION", 0)
    with pytest.raises(InputError, match="written by a later adoptsim"), reading(out):
        pass


def test_a_full_disk_is_told_and_loses_nothing(out: Path, plan: Plan) -> None:
    with open_store(out) as store:
        (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
        store.connection.execute(f"PRAGMA max_page_count = {pages}")
        many = [Failure(job, "x" * 5000, "y" * 5000) for job in plan.jobs()]
        with pytest.raises(InputError, match=r"cannot be written: database or disk is full; make room"):
            store.add(many)
        assert len(store.finished()) == 2


def test_a_run_that_comes_twice_with_other_days_is_told(tmp_path: Path, plan: Plan) -> None:
    first, path = next(plan.jobs()), tmp_path / "days.db"
    days = np.arange(6, dtype="<f4")
    with open_store(path) as store:
        store.create(describe(plan, MEASURES, ("members", "visitors")), MEASURES, plan)
        store.add([Run(first, 0.1, (1.0, 0.5), zlib.compress(days.tobytes(), 1))])
        store.add([Run(first, 0.1, (1.0, 0.5), zlib.compress(days.tobytes(), 9))])  # packed otherwise, but the same days
        with pytest.raises(InputError, match=r"gave different numbers \(its days are others\)"):
            store.add([Run(first, 0.1, (1.0, 0.5), zlib.compress((days + 1).tobytes()))])


def test_other_runs_are_chosen_at_each_start(tmp_path: Path) -> None:
    plan, path, chosen = make_plan(small_experiment(tmp_path, replicates=50)), tmp_path / "some.db", set()
    about = dict.fromkeys(("began", "place", "engine", "command"), "")
    with open_store(path) as store:
        store.create(describe(plan, MEASURES), MEASURES, plan)
        store.add([Run(job, 0.01, (1.0, 0.5)) for job in plan.jobs()])
        for _ in range(8):
            store.begin(about)
            some = [run.job for run in store.some_runs(2, plan)]
            assert some == [run.job for run in store.some_runs(2, plan)]
            assert some[0].point_key != some[1].point_key
            chosen |= {*some}
    assert len(chosen) > 8

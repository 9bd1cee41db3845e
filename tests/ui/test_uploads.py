"""Own files: told apart, read, and refused in words that name file and field; nothing in them is run."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.ui import folders, shared
from adoptsim.ui.link import MOST_UNPACKED, LinkError, decode, encode, packed
from adoptsim.ui.organisations import Organisations
from adoptsim.ui.setting import digest_of, starting_point
from adoptsim.ui.state import State
from adoptsim.ui.store import IN_MEMORY, StoreError, open_store
from adoptsim.ui.uploading import PIECE_BYTES, Uploading
from adoptsim.ui.uploads import MOST_BYTES, Brought, plain_name, safe_cells
from tests.ui.brought import PEOPLE, people_csv, ties_csv, write

SCENARIO = "name: ours\ntitle: Ours\nstory: A story.\npractices: {safe_space: 0.333}\nhorizon: {days: 300}\n"


def send(paths: list[Path], uploading: Uploading | None = None) -> tuple[Uploading, Brought | None]:
    """Send files as a browser does, piece by piece, and read them."""
    uploading = uploading or Uploading()
    uploading.offer([{"name": path.name, "size": path.stat().st_size} for path in paths])
    while (due := uploading.told()["next"]) is not None:
        content = paths[due[0]].read_bytes()[due[1] : due[1] + PIECE_BYTES]
        data = base64.b64encode(content).decode()
        uploading.piece({"number": uploading.number, "file": due[0], "offset": due[1], "data": data})
    brought = None if uploading.problems else uploading.read(shared.organisations())
    return uploading, brought


def said(uploading: Uploading) -> str:
    return "\n".join([*uploading.problems, *uploading.remarks])


# -- good files


def test_people_and_ties_become_an_organisation_of_these_people(tmp_path: Path):
    _, brought = send(write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv()))
    assert brought is not None
    assert brought.own is not None
    assert (brought.own.n_people, brought.own.n_departments, brought.own.n_ties) == (PEOPLE, 4, 8 * PEOPLE)


def test_files_are_told_apart_by_their_columns_whatever_they_are_called(tmp_path: Path):
    _, brought = send(write(tmp_path, a_csv=ties_csv(), b_csv=people_csv()))
    assert brought is not None
    assert brought.own is not None


def test_a_table_waits_for_its_other_half(tmp_path: Path):
    people, ties = write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv())
    uploading, brought = send([people])
    assert brought is None
    assert "Now choose ties.csv" in said(uploading)
    _, brought = send([ties], uploading)
    assert brought is not None


def test_a_scenario_becomes_a_starting_point(tmp_path: Path):
    _, brought = send(write(tmp_path, ours_yaml=SCENARIO))
    assert brought is not None
    assert brought.scenario == files.Scenario.parse(SCENARIO)


def test_a_file_of_several_pieces_arrives_whole(tmp_path: Path):
    long = people_csv() + "".join(f"q{number},p0,{'D' * 200}\n" for number in range(4000))
    (path, ties) = write(tmp_path, people_csv=long, ties_csv=ties_csv())
    assert path.stat().st_size > 2 * PIECE_BYTES
    _, brought = send([path, ties])
    assert brought is not None
    assert brought.own is not None
    assert brought.own.n_people == PEOPLE + 4000


def test_a_scenario_may_name_the_tables_that_come_with_it(tmp_path: Path):
    text = SCENARIO + "organisation: {people_file: people.csv, ties_file: ties.csv, leader_share: 0.1}\n"
    _, brought = send(write(tmp_path, ours_yaml=text, people_csv=people_csv(), ties_csv=ties_csv()))
    assert brought is not None
    assert brought.scenario is not None
    assert brought.own is not None
    assert digest_of(brought.scenario.organisation) == brought.own.digest
    assert brought.scenario.organisation.leader_share == 0.1


# -- bad files


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("people.csv", "id,manager,department\np1,px,A\np2,,A\n", "people.csv:2, manager: 'px' is not listed"),
        ("people.csv", "id,boss,department\np1,,A\n", "people.csv:1, header: there is no column 'manager'"),
        ("people.csv", "", "people.csv: is empty"),
        ("people.csv", "PK\x03\x04", "people.csv: is a workbook"),
        ("people.csv", 'id,manager,department\n"p1,,A\n', "people.csv:"),
        ("notes.csv", "a,b\n1,2\n", "names neither people"),
        ("ours.yaml", "name: ours\npractices: {safe_spaces: 1}\n", "ours.yaml:2, practices.safe_spaces: unknown practice"),
        ("ours.yaml", "name: ours\nshines: 1\n", "ours.yaml:2, shines: there is no field"),
        ("ours.yaml", "- 1\n- 2\n", "ours.yaml:1: holds a list"),
        ("ours.yaml", "name: ours\norganisation: {people: 1000000}\n", "more than the page simulates"),
        ("ours.yaml", "a: !!python/object/apply:os.system ['true']\n", "ours.yaml:1"),
        ("ours.yaml", "name: &a [*a, *a]\n", "ours.yaml:1"),
        ("photo.png", "x", "ends in '.png'"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_field(tmp_path: Path, name: str, text: str, says: str):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    other = write(tmp_path, ties_csv="source,target\np1,p2\n") if name == "people.csv" else []
    uploading, brought = send([path, *other])
    assert brought is None
    assert says in said(uploading)
    assert tempfile.gettempdir() not in said(uploading)


def test_a_scenario_cannot_read_files_of_the_server(tmp_path: Path):
    text = SCENARIO + "organisation: {people_file: /etc/passwd, ties_file: /etc/passwd}\n"
    uploading, brought = send(write(tmp_path, ours_yaml=text))
    assert brought is None
    assert "organisation.people_file: names files" in said(uploading)


def test_a_scenario_of_a_newer_version_says_so(tmp_path: Path):
    uploading, brought = send(write(tmp_path, ours_yaml="# adoptsim 99.1+abc\n" + SCENARIO + "weather: mild\n"))
    assert brought is None
    assert "newer version of adoptsim" in said(uploading)
    assert "weather: there is no field" in said(uploading)
    uploading, brought = send(write(tmp_path, ours_yaml="# adoptsim 99.1+abc\n" + SCENARIO))
    assert brought is not None
    assert "its numbers may differ" in said(uploading)


def test_a_file_of_200_mb_is_refused_before_any_of_it_is_sent():
    uploading = Uploading()
    uploading.offer([{"name": "people.csv", "size": 200_000_000}])
    assert uploading.told()["next"] is None
    assert f"has 200 MB; give at most {MOST_BYTES / 1e6:g} MB" in said(uploading)


def test_formulas_are_text_and_the_reader_is_told(tmp_path: Path):
    people = people_csv().replace("p59,", "=HYPERLINK(1),") + '"@SUM(1+1)",p0,D1\n'
    ties = ties_csv().replace("p59,", "=HYPERLINK(1),").replace(",p59\n", ",=HYPERLINK(1)\n")
    uploading, brought = send(write(tmp_path, people_csv=people, ties_csv=ties))
    assert brought is not None
    assert brought.own is not None
    assert brought.own.n_people == PEOPLE + 1
    assert "people.csv: 2 cells begin as a formula does (line 61, '=HYPERLINK(1)')" in said(uploading)
    assert "nothing in it is run" in said(uploading)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1"])
def test_no_text_leaves_as_a_formula_and_numbers_stay_numbers(cell: str):
    assert safe_cells([[cell, -1.5, "plain"]]) == [[f"'{cell}", -1.5, "plain"]]


# -- what a browser may send that is no file


@pytest.mark.parametrize("offered", [None, "x", [1], [{}], [{"name": "a.csv", "size": "many"}], [{"name": "a.csv"}] * 9])
def test_an_offer_that_is_none_is_refused_in_words(offered: Any):
    uploading = Uploading()
    uploading.offer(offered if isinstance(offered, list) else [])
    assert uploading.problems


def test_what_was_refused_or_offered_over_leaves_the_disk_and_a_half_that_waits_stays(tmp_path: Path):
    (people,) = write(tmp_path, people_csv=people_csv())
    uploading, _ = send([people])
    uploading.offer([{"name": "ties.csv", "size": 9}])
    uploading.offer([{"name": "ties.csv", "size": 9}])
    assert uploading._folder is not None
    here = [path.name for path in uploading._folder.rglob("*") if path.is_file()]
    assert sorted(here) == ["people.csv", "ties.csv"]
    uploading.offer([{"name": "ties.exe", "size": 9}])
    assert uploading.problems
    assert not [path for path in uploading._folder.rglob("*") if path.is_file()]


def test_a_name_too_long_for_the_disk_is_said():
    uploading = Uploading()
    uploading.offer([{"name": "\U00020000" * 80 + ".csv", "size": 9}])
    assert uploading.problems


def test_files_that_are_being_read_are_left_alone_by_another_offer(tmp_path: Path):
    paths = write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv())
    uploading = Uploading()
    offer = [{"name": path.name, "size": path.stat().st_size} for path in paths]
    assert not uploading.offer(offer)
    for place, path in enumerate(paths):
        data = base64.b64encode(path.read_bytes()).decode()
        uploading.piece({"number": uploading.number, "file": place, "offset": 0, "data": data})
    assert uploading.told()["checking"]
    assert not uploading.offer([{"name": "other.csv", "size": 10}])
    brought = uploading.read(shared.organisations())
    assert brought is not None
    assert brought.own is not None
    assert uploading.offer([{"name": "people.csv", "size": 0}])  # empty: it is here at once


def test_more_than_was_offered_is_not_taken(tmp_path: Path):
    uploading = Uploading()
    uploading.offer([{"name": "people.csv", "size": 10}])
    data = base64.b64encode(b"x" * 11).decode()
    assert not uploading.piece({"number": uploading.number, "file": 0, "offset": 0, "data": data})
    assert "choose it again" in said(uploading)


def test_pieces_that_are_not_due_change_nothing():
    uploading = Uploading()
    uploading.offer([{"name": "people.csv", "size": 10}])
    for event in ({}, {"number": 1, "file": 0, "offset": 5, "data": "eHg="}, {"number": 7, "file": 0, "offset": 0}):
        assert not uploading.piece(event)
    assert uploading.told()["next"] == [0, 0]


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\people.csv", "<img onerror=x>.csv", "a\nb.csv", "..", ""])
def test_a_name_is_never_a_path_nor_markup(name: str):
    plain = plain_name(name)
    assert plain
    assert not set(plain) & set("/\\<>\n")
    assert plain not in {".", ".."}


# -- in the link


def brought_state(tmp_path: Path) -> State:
    _, brought = send(write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv()))
    assert brought is not None
    assert brought.own is not None
    return State().in_organisation(brought.own.within(State().now.scenario.organisation))


def test_own_files_are_in_the_link_by_their_hash_and_not_by_their_contents(tmp_path: Path):
    state = brought_state(tmp_path)
    query = encode(state)
    assert f"o{digest_of(state.now.scenario.organisation)}" in query
    assert len(query) < 80
    assert decode(query, _found)[0] == state


def test_the_kind_of_organisation_counts_and_stays_in_the_link_where_own_files_name_no_leader(tmp_path: Path):
    state = brought_state(tmp_path).moved({"what": "kind", "value": "steep"})
    again = decode(encode(state), _found)[0]
    assert again.now.scenario.organisation.leader_share == 0.08
    assert again == state
    assert any(part.startswith("Kind ") for part in state.now.moved)


def _found(digest: str) -> Any:
    own = shared.organisations().find(digest)
    return None if own is None else own.within(State().now.scenario.organisation)


def test_a_machine_without_the_files_says_so_and_opens_the_rest(tmp_path: Path):
    query = encode(brought_state(tmp_path).moved({"what": "trust", "value": 70}))
    shared.save_in(IN_MEMORY)
    state, _, remark = decode(query, _found)
    assert "which this machine doesn't have" in remark
    assert state.now.scenario.organisation == starting_point("typical").organisation
    assert state.now.scenario.levers["culture_trust"] == 0.7


def test_a_link_to_deleted_files_asks_for_them_and_finds_them_when_they_are_brought_again(tmp_path: Path):
    paths = write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv())
    organisations, somebody = Organisations(open_store(IN_MEMORY)), Somebody()
    own = organisations.add(*paths)
    organisations.enter(somebody)
    somebody.digests = {own.digest}
    organisations.forget(own.digest)
    assert organisations.find(own.digest) is None
    assert organisations.known(own.digest) == own  # who works with it goes on
    organisations.add(*paths)
    assert organisations.find(own.digest) == own
    organisations.leave(somebody)
    assert organisations.find(own.digest) == own  # it was not deleted again
    organisations.store.close()


class Somebody:
    """Somebody who has organisations open."""

    def __init__(self) -> None:
        self.digests: set[str] = set()

    def own_digests(self) -> set[str]:
        return self.digests


def test_deleted_files_leave_the_disk_when_the_last_who_works_with_them_goes(tmp_path: Path):
    organisations, first, last = Organisations(open_store(IN_MEMORY)), Somebody(), Somebody()
    own = organisations.add(*write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv()))
    for each in (first, last):
        organisations.enter(each)
        each.digests = {own.digest}
    organisations.forget(own.digest)
    organisations.leave(first)
    assert own.folder.exists()
    organisations.leave(last)
    assert not own.folder.exists()
    organisations.store.close()


def test_what_a_colleague_deleted_in_a_shared_store_is_found_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    here, there = (Organisations(open_store(tmp_path / "scenarios.db")) for _ in range(2))
    paths = write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv())
    own = here.add(*paths)
    there.forget(own.digest)
    assert here.find(own.digest) is None
    there.add(*paths)
    assert here.find(own.digest) == own

    def gone(_: str) -> bool:
        raise StoreError(Problem("the database is asleep"))

    monkeypatch.setattr(here.store, "has_organisation", gone)
    assert here.find(own.digest) == own  # what is known goes on
    for each in (here, there):
        each.store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="folders bear no mark there")
def test_what_a_killed_server_left_is_removed_and_what_a_living_one_uses_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(folders, "NEW_SECONDS", -1.0)
    code = "import os, sys; from adoptsim.ui.folders import private_folder; print(private_folder('x'), flush=True); "
    told: dict[str, Any] = {"env": os.environ | {"TMPDIR": str(tmp_path)}, "stdout": subprocess.PIPE, "text": True}
    killed = subprocess.run([sys.executable, "-c", f"{code}os._exit(1)"], **told).stdout
    living = [sys.executable, "-c", f"{code}sys.stdin.read()"]
    with subprocess.Popen(living, stdin=subprocess.PIPE, **told) as server:
        assert server.stdout is not None
        used = Path(server.stdout.readline().strip())
        assert Path(killed.strip()).exists()
        folders.sweep()
        assert used.exists()
        assert not Path(killed.strip()).exists()
        server.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_starts_again_finds_the_files_in_its_store(tmp_path: Path):
    place = str(tmp_path / "scenarios.db")
    shared.save_in(place)
    state = brought_state(tmp_path)
    shared.organisations().store.close()
    again = Organisations(open_store(place))
    own = again.find(digest_of(state.now.scenario.organisation))
    assert own is not None
    assert own.n_people == PEOPLE
    assert Path(own.within(state.now.scenario.organisation).people_file or "").read_text() == people_csv()
    again.store.close()


def test_a_brought_scenario_is_in_the_link_whole(tmp_path: Path):
    text = SCENARIO + "parameters: {habit_rate: 0.06}\nlevers: {culture_trust: 0.41}\n"
    scenario = files.Scenario.parse(text)
    state = State().bringing(scenario).moved({"what": "start", "name": "safe_space", "value": 3}).keeping("Ours")
    again = decode(encode(state))[0]
    assert again.now.scenario.digest() == state.now.scenario.digest()
    assert again.now.first.digest() == scenario.digest()
    assert again.now.moved == state.now.moved
    assert again.kept[0].plan == again.now
    assert encode(again) == encode(state)


def test_a_brought_scenario_cannot_make_the_server_read_files_or_run_for_hours():
    scenario = files.Scenario.parse(SCENARIO)
    sly = scenario.organisation.model_copy(update={"people_file": "/etc/passwd", "ties_file": "/etc/passwd"})
    text = packed(scenario.model_copy(update={"organisation": sly}))
    state, _, remark = decode(f"v=1&own={text}&now=own-1", _found)
    assert state.now.scenario.organisation.people_file is None
    assert "doesn't have" in remark
    huge = scenario.model_copy(update={"organisation": scenario.organisation.model_copy(update={"people": 1_000_000})})
    with pytest.raises(LinkError, match="more than the page simulates"):
        decode(f"v=1&own={packed(huge)}&now=own-1")


@pytest.mark.parametrize("own", ["", "x", "eJw", "%00", "%C3%A9", base64.b64encode(b"not packed").decode()])
def test_a_link_whose_scenario_is_cut_off_is_said(own: str):
    with pytest.raises(LinkError):
        decode(f"v=1&own={own}&now=own-1")


def test_a_packed_bomb_is_not_unpacked():
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"#" * 50 * MOST_UNPACKED, 9)).decode().rstrip("=")
    with pytest.raises(LinkError):
        decode(f"v=1&own={bomb}&now=own-1")


def test_an_organisation_with_a_mistake_is_not_kept(tmp_path: Path):
    people, ties = write(tmp_path, people_csv="id,manager,department\np1,,A\np2,px,A\n", ties_csv="source,target\np1,p2\n")
    with pytest.raises(InputError):
        shared.organisations().add(people, ties)
    assert shared.organisations()._known == {}

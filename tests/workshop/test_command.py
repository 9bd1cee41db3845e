"""`adoptsim workshop` as somebody at a terminal meets it, up to where it serves."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from workshop.rooms import PLAN
from workshop.test_room import ANA, BEN
from workshop.test_store import keep

from adoptsim import cli, files
from adoptsim.workshop import opening, serving
from adoptsim.workshop.store import open_store, read


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(files.yaml_text(PLAN.model_dump(mode="json", exclude_defaults=True)))
    return tmp_path


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Serve nothing, but note what would be."""
    noted: list[dict[str, Any]] = []

    def note(store: Any, found: Any, listening: socket.socket, host: str, show: str, rehearse: int) -> None:
        noted.append({"found": found, "port": listening.getsockname()[1], "host": host, "show": show, "people": rehearse})
        listening.close()

    monkeypatch.setattr(serving, "serve", note)
    return noted


def test_it_starts_on_this_machine_alone_and_says_how_to_let_phones_in(calls: list[Any], capsys: pytest.CaptureFixture[str]):
    assert cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"]) == 130
    said = capsys.readouterr().err
    assert calls[0]["found"].url.startswith("http://127.0.0.1:")
    assert "--host 0.0.0.0" in said
    assert "Anybody in this network" not in said
    assert "to go on: adoptsim workshop small.yaml\n" in said
    assert "small.workshop.db" in said


def test_a_host_that_others_reach_is_told_with_what_that_means(
    calls: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opening, "address_of_this_machine", lambda host: "192.168.1.20")
    assert cli.main(["workshop", "small.yaml", "--port", "0", "--no-open", "--host", "0.0.0.0"]) == 130
    said = capsys.readouterr().err
    assert "Anybody in this network" in said
    assert "Nothing is encrypted" in said
    assert "in no network" not in said
    assert calls[0]["found"].url.startswith("http://192.168.1.20:")
    assert "to go on: adoptsim workshop small.yaml --host 0.0.0.0" in said


def test_a_machine_that_no_phone_can_reach_is_told_so(
    calls: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opening, "address_of_this_machine", lambda host: "127.0.0.1")
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open", "--host", "0.0.0.0"])
    assert "no phone can reach it. Join one, or switch on a hotspot" in capsys.readouterr().err


def test_the_same_command_goes_on_with_the_same_port_code_and_links(calls: list[Any], capsys: pytest.CaptureFixture[str]):
    for _ in range(2):
        cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"])
        with open_store("small.workshop.db", PLAN) as store:
            if store.state().version == 0:
                keep(store, store.state(), ANA, BEN)
    assert calls[0] == calls[1]
    assert "Going on where it was (lobby): 2 people have joined." in capsys.readouterr().err


def test_the_trainer_is_told_what_can_be_done_when_all_is_over(calls: list[Any]):
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"])
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open", "--rehearse", "3"])
    commands = [command for _, command in calls[0]["found"].afterwards]
    assert [command.split()[-2:] for command in commands] == [
        ["--report", "workshop.html"],
        ["--csv", "workshop-tables"],
        ["small.workshop.db", "--erase"],
    ]
    for command in commands:
        assert cli.main(command.split()[1:]) == 0
    assert calls[1]["found"].afterwards == ()


def test_json_is_one_object_with_every_link(capsys: pytest.CaptureFixture[str]):
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open", "--json", "--quiet"])
    printed = capsys.readouterr()
    assert set(json.loads(printed.out)) == {"participants", "code", "facilitator", "projector"}


def test_the_browser_is_shown_the_trainers_page_unless_it_is_not_wanted(calls: list[Any]):
    cli.main(["workshop", "small.yaml", "--port", "0"])
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"])
    assert "/facilitator?secret=" in calls[0]["show"]
    assert calls[1]["show"] == ""


def test_a_rehearsal_keeps_nothing(calls: list[Any], here: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["workshop", "small.yaml", "--port", "0", "--no-open", "--rehearse", "30"]) == 130
    assert calls[0]["people"] == 30
    said = capsys.readouterr().err
    assert "30 simulated people" in said
    assert "nothing of it is kept" in said
    assert not list(here.glob("*.db*"))


def test_a_scenario_is_a_workshop_of_one_round(calls: list[Any], here: Path):
    assert cli.main(["workshop", "launch-only", "--port", "0", "--no-open"]) == 130
    assert (here / "launch-only.workshop.db").is_file()


def test_changed_words_go_on_as_the_room_began_and_that_is_told(here: Path, capsys: pytest.CaptureFixture[str]):
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"])
    text = (here / "small.yaml").read_text()
    (here / "small.yaml").write_text(text.replace("A small workshop", "A smaller workshop"))
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"])
    assert "goes on as it began" in capsys.readouterr().err


OWN = "name: own\ntitle: {}\nstory: An organisation.\norganisation: {{people: 40}}\n"


@pytest.fixture
def own(here: Path, calls: list[Any]) -> Path:
    """Return the scenario of a workshop that has begun."""
    plan = PLAN.model_dump(mode="json", exclude_defaults=True)
    plan["rounds"][0]["scenario"] = "own.yaml"
    (here / "own.yaml").write_text(OWN.format("As it began"))
    (here / "small.yaml").write_text(files.yaml_text(plan))
    assert cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"]) == 130
    return here / "own.yaml"


def test_a_changed_scenario_changes_no_room_that_has_begun_and_that_is_told(own: Path, capsys: pytest.CaptureFixture[str]):
    cli.main(["workshop", "small.yaml", "--no-open"])
    assert "goes on as it began" not in capsys.readouterr().err
    own.write_text(OWN.format("Otherwise"))
    cli.main(["workshop", "small.yaml", "--no-open"])
    assert "goes on as it began" in capsys.readouterr().err
    assert read("small.workshop.db").plan.scenario(0).title == "As it began"


@pytest.mark.parametrize("gone", ["own.yaml", "small.yaml"])
def test_a_room_goes_on_whatever_has_become_of_its_plan(
    own: Path, here: Path, calls: list[Any], gone: str, capsys: pytest.CaptureFixture[str]
):
    (here / gone).unlink()
    assert cli.main(["workshop", "small.yaml", "--no-open"]) == 130
    assert "So the room goes on as it began, from small.workshop.db." in capsys.readouterr().err
    assert calls[0] == calls[1]
    assert cli.main(["workshop", "small.yaml", "--csv", "out"]) == 0
    assert cli.main(["workshop", "small.yaml", "--erase"]) == 0
    assert cli.main(["workshop", "small.yaml", "--no-open"]) == 2


def test_the_command_to_go_on_asks_for_the_same_seed_and_runs(here: Path, capsys: pytest.CaptureFixture[str]):
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open", "--seed", "7", "--replicates", "16"])
    assert "to go on: adoptsim workshop small.yaml --seed 7 --replicates 16\n" in capsys.readouterr().err
    cli.main(["workshop", "small.yaml", "--no-open", "--seed", "7", "--replicates", "16"])
    assert "goes on as it began" not in capsys.readouterr().err


def test_more_runs_than_a_plan_can_have_are_refused_before_anything_is_kept(here: Path):
    assert cli.main(["workshop", "small.yaml", "--port", "0", "--no-open", "--replicates", "1025"]) == 2
    assert not list(here.glob("*.db*"))


def test_erasing_removes_the_file_and_says_so(here: Path, capsys: pytest.CaptureFixture[str]):
    cli.main(["workshop", "small.yaml", "--port", "0", "--no-open"])
    assert cli.main(["workshop", "small.yaml", "--erase"]) == 0
    assert "every nickname and answer" in capsys.readouterr().err
    assert [path.name for path in here.iterdir()] == ["small.yaml"]
    assert cli.main(["workshop", "--file", "small.workshop.db", "--erase"]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_what_came_of_it_is_written(here: Path, capsys: pytest.CaptureFixture[str]):
    with open_store("small.workshop.db", PLAN) as store:
        keep(store, store.state(), ANA, BEN)
    arguments = ["workshop", "small.yaml", "--csv", "out", "--report", "report.html", "--json"]
    assert cli.main(arguments) == 0
    written = json.loads(capsys.readouterr().out)["written"]
    assert "report.html" in written
    assert all((here / path).is_file() for path in written)


def test_the_list_names_every_shipped_workshop(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["workshop", "--list"]) == 0
    shown = capsys.readouterr().out
    assert cli.main(["workshop", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["workshops"]
    assert [plan["name"] for plan in listed] == files.shipped("workshops")
    assert all(plan["name"] in shown for plan in listed)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "adoptsim workshop --list"),
        (["no-such-workshop"], "no workshop is called"),
        (["small.yaml", "--file", "no/such/x.db"], "there is no folder"),
        (["small.yaml", "--host", "203.0.113.7", "--port", "0"], "can't listen on 203.0.113.7"),
    ],
)
def test_wrong_use_is_told_in_a_line(arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["workshop", *arguments, "--no-open"]) == 2
    said = capsys.readouterr().err
    assert why in said
    assert "Traceback" not in said


def test_a_port_in_use_is_told_and_the_workshop_can_start_elsewhere(calls: list[Any], capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert cli.main(["workshop", "small.yaml", "--no-open", "--port", str(taken.getsockname()[1])]) == 2
    assert "give another with --port" in capsys.readouterr().err
    assert cli.main(["workshop", "small.yaml", "--no-open", "--port", "0"]) == 130


def test_simulated_people_come_into_no_room_that_began_without_them(
    calls: list[Any], here: Path, capsys: pytest.CaptureFixture[str]
):
    start = ["workshop", "small.yaml", "--port", "0", "--no-open", "--file", "room.db"]
    assert cli.main(start) == 130
    before = read("room.db")
    assert cli.main([*start, "--rehearse", "3"]) == 2
    assert "rehearse without --file, and nothing is kept" in capsys.readouterr().err
    assert len(calls) == 1
    assert read("room.db") == before
    for _ in range(2):  # a file of its own goes on as a rehearsal
        assert cli.main([*start[:-1], "rehearsal.db", "--rehearse", "3"]) == 130
    assert [call["people"] for call in calls] == [0, 3, 3]

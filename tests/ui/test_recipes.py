"""What somebody takes along gives the page's own numbers."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adoptsim import cli, files
from adoptsim.live import LiveSimulation, joined
from adoptsim.simulation import Result, simulate
from adoptsim.ui import shared
from adoptsim.ui.recipes import (
    all_taken,
    command_for,
    compare_command,
    compare_download,
    compare_python,
    download,
    python_for,
    scenario_yaml,
    taken,
)
from adoptsim.ui.setting import starting_point
from adoptsim.ui.state import Plan, State
from tests.ui.brought import people_csv, ties_csv, write

RUNS = 4


def small() -> Plan:
    """Return a plan of fifty people and a practice moved in every way."""
    state = State().started("launch-only").moved({"what": "people", "value": 50}).moved({"what": "trust", "value": 62})
    for what, value in (("intensity", 45), ("start", 2), ("end", 14), ("misused", True)):
        state = state.moved({"what": what, "name": "safe_space", "value": value})
    return state.now


def page_result(plan: Plan) -> Result:
    return joined([LiveSimulation(threads=1).part(plan.scenario, 0)])


def test_the_scenario_loads_back_and_is_the_same_question(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(scenario_yaml(taken(small()).scenario), encoding="utf-8")
    assert files.Scenario.load(path).digest() == small().scenario.digest()


@pytest.mark.parametrize("plan", [small(), Plan("no-support", starting_point("no-support"))], ids=["changed", "shipped"])
def test_the_python_gives_the_numbers_of_the_page(plan: Plan, capsys: pytest.CaptureFixture[str]):
    if plan.scenario.organisation.people > 50:
        plan = Plan(plan.start, plan.scenario)
    text = python_for(plan, RUNS).replace("print(result.summary())", "")
    found: dict[str, Any] = {}
    exec(text, found)
    assert found["result"].summary()["final"] == page_result(plan).summary()["final"]


def test_the_command_gives_the_numbers_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    plan, result = small(), page_result(small())
    name, content = download("yaml", plan, result)
    (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    program, *arguments = command_for(plan, RUNS).split()
    assert program == "adoptsim"
    assert cli.main([*arguments, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["final"] == result.summary()["final"]


def test_a_title_with_quotes_does_not_break_the_python():
    plan = small()
    odd = Plan(plan.start, plan.scenario.model_copy(update={"story": "It's '''quoted''' and \\ slashed"}))
    text = python_for(odd, RUNS)
    compile(text, "recipe", "exec")


def test_downloads_are_what_they_say():
    plan, result = small(), page_result(small())
    name, content = download("csv", plan, result)
    frame = pd.read_csv(io.BytesIO(content))
    assert name.endswith(".csv")
    assert len(frame) == RUNS * plan.scenario.horizon.days
    assert download("png", plan, result)[1].startswith(b"\x89PNG")
    assert b"<svg" in download("svg", plan, result)[1]


ODD = r"$\q$ or \1 <"
"""A title that a drawing might take for a formula, and a pattern for its own signs."""


@pytest.mark.parametrize("kind", ["png", "svg", "html"])
def test_a_title_is_text_in_every_picture_and_report(kind: str):
    plan = small()
    titled = plan.changed_to(plan.scenario.model_copy(update={"title": ODD}))
    brought = Plan(titled.start, titled.scenario, titled.scenario)
    result = page_result(brought)
    for _, content in (
        download(kind, brought, result),
        compare_download(kind, [brought, brought], [ODD, f"{ODD}!"], [result, result]),
    ):
        assert content


def test_parts_joined_are_the_runs_at_once():
    live, plan = LiveSimulation(threads=1), small()
    together = joined([live.part(plan.scenario, 0), live.part(plan.scenario, 1)])
    at_once = simulate(plan.scenario, replicates=8, threads=1)
    assert together.summary() == at_once.summary()
    assert (together.counts == at_once.counts).all()


# -- several scenarios, and own files


def own_plan(folder: Path) -> Plan:
    """Return a plan with people from files."""
    people, ties = write(folder, people_csv=people_csv(), ties_csv=ties_csv())
    own = shared.organisations().add(people, ties)
    return State().started("launch-only").in_organisation(own.within(State().now.scenario.organisation)).now


def unpack(content: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)


def test_the_command_gives_the_numbers_of_ones_own_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    plan = own_plan(tmp_path)
    result = page_result(plan)
    name, content = download("yaml", plan, result)
    assert name == "launch-only-changed.zip"
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    unpack(content, tmp_path / "out")
    _, *arguments = command_for(plan, RUNS).split()
    assert cli.main([*arguments, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["final"] == result.summary()["final"]
    found: dict[str, Any] = {}
    exec(python_for(plan, RUNS).replace("print(result.summary())", ""), found)
    assert found["result"].summary()["final"] == result.summary()["final"]


def test_the_compare_command_and_its_python_give_the_numbers_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    fifty = State().started("no-support").moved({"what": "people", "value": 50}).now
    plans, titles = [small(), fifty, small()], ["Mine", "Now", "Mine"]
    results = [page_result(plan) for plan in plans]
    scenarios = all_taken(plans, titles)
    monkeypatch.chdir(tmp_path)
    unpack(compare_download("zip", plans, titles, results)[1], tmp_path)
    _, *arguments = compare_command(scenarios, RUNS).split()
    assert cli.main([*arguments, "--json", "--quiet"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [each["final"] for each in printed["results"]] == [result.summary()["final"] for result in results]
    found: dict[str, Any] = {}
    exec(compare_python(scenarios, RUNS).replace("print(comparison.summary())", ""), found)
    assert [each.summary()["final"] for each in found["comparison"].results] == [
        each["final"] for each in printed["results"]
    ]


def test_files_of_one_name_are_told_apart(tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    people, ties = write(other, people_csv=people_csv(30), ties_csv=ties_csv(30))
    own = shared.organisations().add(people, ties)
    first = own_plan(tmp_path)
    second = State(now=first).in_organisation(own.within(first.scenario.organisation)).now
    names = [each.scenario.name for each in all_taken([first, second], ["Same", "Same"])]
    assert len(set(names)) == 2
    unpack(compare_download("zip", [first, second], ["Same", "Same"], [page_result(small())] * 2)[1], tmp_path / "out")
    loaded = [files.Scenario.load(tmp_path / "out" / f"{name}.yaml") for name in names]
    assert [len(files.read_records(each.organisation).people) for each in loaded] == [60, 30]


def test_a_table_for_spreadsheets_holds_numbers_and_no_formula():
    plans, titles = [small(), small()], ["=1+1", "Now"]
    results = [page_result(plan) for plan in plans]
    _, content = compare_download("csv", plans, titles, results)
    frame = pd.read_csv(io.BytesIO(content))
    assert list(frame["scenario"].unique()) == ["'=1+1", "Now"]
    assert frame["value"].dtype == float
    assert not any(str(name).startswith(("=", "+", "-", "@")) for name in frame.columns)


def test_reports_say_how_to_get_their_numbers_again():
    plan = small()
    result = page_result(plan)
    name, content = download("html", plan, result)
    assert name == "launch-only-changed.html"
    assert f"adoptsim run launch-only-changed.yaml --replicates {RUNS} --seed 1" in content.decode()
    _, content = compare_download("html", [plan, plan], ["One", "Two"], [result, result])
    assert "adoptsim compare one.yaml two.yaml" in content.decode()

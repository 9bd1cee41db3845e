"""What somebody takes along gives the page's own numbers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adoptsim import cli, files
from adoptsim.live import LiveSimulation, joined
from adoptsim.simulation import Result, simulate
from adoptsim.ui.recipes import command_for, download, python_for, scenario_of, scenario_yaml
from adoptsim.ui.setting import starting_point
from adoptsim.ui.state import Plan, State

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
    path.write_text(scenario_yaml(scenario_of(small())), encoding="utf-8")
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
    import json

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


def test_parts_joined_are_the_runs_at_once():
    live, plan = LiveSimulation(threads=1), small()
    together = joined([live.part(plan.scenario, 0), live.part(plan.scenario, 1)])
    at_once = simulate(plan.scenario, replicates=8, threads=1)
    assert together.summary() == at_once.summary()
    assert (together.counts == at_once.counts).all()

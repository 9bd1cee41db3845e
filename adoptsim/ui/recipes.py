"""Taking it with you: the command and the Python that give the page's numbers, and files to download."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from adoptsim import files
from adoptsim.simulation import SEED, Result
from adoptsim.ui.setting import named, starting_point
from adoptsim.ui.state import Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIME = {".yaml": "application/yaml", ".csv": "text/csv", ".png": "image/png", ".svg": "image/svg+xml"}


def scenario_of(plan: Plan, title: str = "") -> files.Scenario:
    """Return a plan's scenario as a file would hold it: a shipped one as it is, a changed one under its own name."""
    if not title and plan.scenario == starting_point(plan.start):
        return plan.scenario
    return named(plan.scenario, title or f"{plan.start} changed").model_copy(update={"title": title or plan.title})


def scenario_yaml(scenario: files.Scenario) -> str:
    """Return a scenario as the text of a file that loads back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        scenario.save(path)
        return path.read_text(encoding="utf-8")


def command_for(plan: Plan, runs: int) -> str:
    """Return the command that prints the page's numbers; a changed scenario's file is downloaded first."""
    scenario = scenario_of(plan)
    what = plan.start if scenario == starting_point(plan.start) else f"{scenario.name}.yaml"
    return f"adoptsim run {what} --replicates {runs} --seed {SEED}"


def python_for(plan: Plan, runs: int) -> str:
    """Return the Python that gives the page's numbers; nothing else is needed."""
    scenario = scenario_of(plan)
    if scenario == starting_point(plan.start):
        loading = f'scenario = ad.Scenario.load("{plan.start}")'
    else:
        loading = f"scenario = ad.Scenario.parse('''\n{_quotable(scenario_yaml(scenario))}''')"
    return (
        f"import adoptsim as ad\n\n{loading}\n"
        f"result = ad.simulate(scenario, replicates={runs}, seed={SEED})\nprint(result.summary())\n"
    )


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'''", "\\'\\'\\'")


def download(kind: str, plan: Plan, result: Result) -> tuple[str, bytes]:
    """Return the name and content of a file: the scenario, its daily series, or the picture of its course."""
    scenario = scenario_of(plan)
    if kind == "yaml":
        return f"{scenario.name}.yaml", scenario_yaml(scenario).encode()
    if kind == "csv":
        return f"{scenario.name}.csv", result.frame.to_csv(index=False).encode()
    return f"{scenario.name}.{kind}", _picture(_named_result(result, scenario), kind)


def _named_result(result: Result, scenario: files.Scenario) -> Result:
    from dataclasses import replace

    return replace(result, scenario=scenario)


def _picture(result: Result, kind: str) -> bytes:
    from adoptsim.report.figures import figure_run

    figure: Figure = figure_run(result)
    stream = io.BytesIO()
    figure.savefig(stream, format=kind, dpi=150)
    return stream.getvalue()

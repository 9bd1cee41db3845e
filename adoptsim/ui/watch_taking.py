"""What one takes along from the page Watch: the scenario, the log of one future, and how to repeat that. Pure."""

from __future__ import annotations

import csv
import io

from adoptsim.simulation import SEED, simulate
from adoptsim.ui.recipes import loading, scenario_file, taken
from adoptsim.ui.state import Plan
from adoptsim.ui.uploads import safe_cells

KINDS = {"yaml": "Scenario", "log": "Posts and replies of this future (CSV)"}


def command_for(plan: Plan, future: int) -> str:
    """Return the command that writes the same future's log; futures before it come along, their numbers tell them apart."""
    return f"adoptsim run {taken(plan).asked} --replicates {future + 1} --seed {SEED} --log log.csv"


def python_for(plan: Plan, future: int) -> str:
    """Return the Python that steps through the same future."""
    return (
        "import adoptsim as ad\nfrom adoptsim.mesa_model import AdoptionModel\n\n"
        f"scenario = {loading(taken(plan))}\nmodel = AdoptionModel(scenario, seed={SEED}, replicate={future})\n"
        "while model.running:\n    model.step()\nprint(model.datacollector.get_model_vars_dataframe())\n"
    )


def watch_file(kind: str, plan: Plan, future: int) -> tuple[str, bytes]:
    """Return the name and content of a file."""
    if kind == "yaml":
        return scenario_file(plan)
    scenario = taken(plan).scenario
    log = simulate(scenario, replicates=[future], seed=SEED, log=True).log
    assert log is not None  # it was asked for
    stream = io.StringIO()
    csv.writer(stream).writerows(safe_cells([list(log.columns), *log.itertuples(index=False)]))
    return f"{scenario.name}-future-{future + 1}.csv", stream.getvalue().encode("utf-8-sig")

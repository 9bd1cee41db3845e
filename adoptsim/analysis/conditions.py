"""The conditions that a manager can know beforehand, around any scenario: cases to discover where it holds."""

from __future__ import annotations

from adoptsim import files
from adoptsim.sweeps.experiment import Experiment

CONDITIONS = "where-it-holds"


def conditions_around(scenario: str) -> Experiment:
    """Return the experiment that tries a scenario, by name or path, under the shipped conditions."""
    given, own = files.split_own(scenario)
    name = str(given)
    base, conditions = files.Scenario.load(name), Experiment.load(CONDITIONS)
    path = name if name in files.shipped("scenarios") else str(files.locate(name, "scenarios").absolute())
    title = f"In which organisations does {base.name} hold?"
    asked = conditions.model_copy(update={"name": f"{base.name}-where", "title": title, "scenario": path})
    return asked if own is None else asked.set_in(own)

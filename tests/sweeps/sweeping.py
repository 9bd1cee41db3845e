"""Small sweeps for tests: a small organisation, a short time, a few points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from adoptsim.files import Scenario
from adoptsim.sweeps.experiment import Experiment

ON_OFF = (False, True)
SMALL = {
    "organisation": {"people": 60},
    "horizon": {"days": 60, "support_until": 30},
    "critical_mass": {"threshold": 0.1, "held_days": 10, "after_support_days": 10},
}


def small_experiment(folder: Path, *practices: str, replicates: int = 3, **changes: Any) -> Experiment:
    """Return an experiment that switches practices on and off in a small organisation."""
    base = folder / "base.yaml"
    Scenario.model_validate({"name": "base"} | SMALL | changes.pop("base", {})).save(base)
    named = practices or ("safe_space", "critical_mass")
    vary = {f"practices.{name}": ON_OFF for name in named}
    return Experiment.made(**{"name": "small", "scenario": str(base), "vary": vary, "replicates": replicates} | changes)


def as_csv(frame: pd.DataFrame) -> str:
    """Return a frame as the CSV text that `export` writes."""
    return str(frame.to_csv(index=False, lineterminator="\n"))


def stop_after(runs: int) -> Callable[[int, int], None]:
    """Return a progress callback that presses Ctrl-C once so many runs are done."""

    def progress(done: int, total: int) -> None:
        if done >= runs:
            raise KeyboardInterrupt

    return progress

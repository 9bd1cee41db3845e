"""Small sweeps for tests: a small organisation, a short time, a few points."""

from __future__ import annotations

import subprocess
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


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate that signs itself, and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*request, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key

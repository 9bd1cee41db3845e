"""What a sweep by precision found: each point against the base scenario in its world, and what that has taken."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from adoptsim.sweeps.precision import gain

GAIN = ["gain", "gain_low", "gain_high"]


def gains(connection: sqlite3.Connection, runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return of each point the paired difference to its baseline, over the replicates that both have finished."""
    query = f'SELECT baseline.point, replicate, "{outcome}" FROM baseline JOIN run USING (point_key)'
    before = pd.DataFrame(connection.execute(query).fetchall(), columns=["point", "replicate", "before"])
    pairs = runs[["point", "replicate", outcome]].merge(before.astype({"before": np.float64}), on=["point", "replicate"])
    rows = {point: tuple(gain(outcome, group[outcome], group["before"])) for point, group in pairs.groupby("point")}
    return pd.DataFrame.from_dict(rows, orient="index", columns=GAIN, dtype=np.float64)


def spent(frame: pd.DataFrame, attrs: Mapping[str, Any]) -> dict[str, int]:
    """Return how many runs a precision has taken and saved, and how many points had the most without reaching it."""
    asked = attrs["precision"]
    wide = (frame["gain_high"] - frame["gain_low"]) / 2.0 > asked["target"]
    used = attrs["finished"] - attrs["baseline_runs"]
    return {
        "used": used,
        "saved": attrs["keys"] * asked["most"] - used,
        "beside": attrs["baseline_runs"],
        "not_reached": int((wide & (frame["n"] >= asked["most"])).sum()),
    }

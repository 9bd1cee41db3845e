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
    """Return of some points the paired difference to their baselines, over the replicates that both have finished."""
    query = f'SELECT baseline.point, replicate, "{outcome}" FROM baseline JOIN run USING (point_key)'
    between = (int(runs["point"].min()), int(runs["point"].max())) if len(runs) else (0, -1)
    found = connection.execute(f"{query} WHERE baseline.point BETWEEN ? AND ?", between).fetchall()
    kinds = {"point": np.int64, "replicate": np.int64, "before": np.float64}
    before = pd.DataFrame(found, columns=list(kinds)).astype(kinds)
    pairs = runs[["point", "replicate", outcome]].merge(before, on=["point", "replicate"])
    rows = {point: tuple(gain(outcome, group[outcome], group["before"])) for point, group in pairs.groupby("point")}
    return pd.DataFrame.from_dict(rows, orient="index", columns=GAIN, dtype=np.float64)


def spent(frame: pd.DataFrame, attrs: Mapping[str, Any]) -> dict[str, int]:
    """Return how many runs a precision has taken, and how many points had the most without reaching it.

    ``saved``: how many fewer than the ``fixed`` replicates of each point would have been; below 0 where it has taken more.
    """
    asked = attrs["precision"]
    wide = (frame["gain_high"] - frame["gain_low"]) / 2.0 > asked["target"]
    used, fixed = attrs["finished"] - attrs["baseline_runs"], asked.get("fixed") or asked["most"]
    return {
        "used": used,
        "fixed": fixed,
        "saved": attrs["keys"] * fixed - attrs["finished"],
        "beside": attrs["baseline_runs"],
        "not_reached": int((wide & (frame["n"] >= asked["most"])).sum()),
    }

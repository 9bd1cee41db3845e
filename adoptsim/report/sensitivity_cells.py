"""Sizes of a sensitivity analysis as text: with their intervals, in per cent or points, on a terminal and in a report."""

from __future__ import annotations

from typing import Any

from adoptsim.report.words import decimals

MAIN = {"morris": "mu_star", "sobol": "ST"}
BY_LUCK = "by luck"


def sized(row: Any, name: str) -> tuple[str, str]:
    """Return an index and its interval, in per cent or points: '24', '12-36'."""
    value, low, high = (100 * max(0.0, float(row[column])) for column in (name, f"{name}_low", f"{name}_high"))
    places = decimals("share", value / 100)
    return f"{value:.{places}f}", f"{low:.{places}f}-{high:.{places}f}"


def has_alone(method: str, row: Any) -> bool:
    """Return whether what a factor does alone is told: of Sobol', and above zero."""
    return method == "sobol" and bool(row["S1_low"] > 0)

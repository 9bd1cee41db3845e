"""A result's key figures by name, as every place shows them."""

from __future__ import annotations

from typing import Any


def key_figures(summary: dict[str, Any]) -> dict[str, dict[str, float | None]]:
    """Return the measures of a summary by name, each with mean, low and high."""
    reached = summary["critical_mass"]["reached"]
    first = {"reached": {"mean": reached["probability"], "low": reached["low"], "high": reached["high"]}}
    figures: dict[str, dict[str, float | None]] = first | summary["final"]
    return figures | {"hours_per_person_month": summary["hours_per_person_month"]}

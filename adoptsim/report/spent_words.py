"""What time is spent on and what comes of it, in two sentences. Pure."""

from __future__ import annotations

from typing import Any

from adoptsim.report.words import UNKNOWN, listed, span, with_unit

WHOSE = {"employee": "employees", "champion": "champions", "leader": "leaders"}


def spent_sentences(found: dict[str, Any]) -> str:
    """Return hours by role and what comes of a hundred of them."""
    hours = found["hours"]
    platform = listed(f"{_amount(hours[role]['mean'])} {whose}" for role, whose in WHOSE.items())
    return (
        f"Hours a person and month on the platform: {platform}; for the practices {_amount(hours['practices']['mean'])}. "
        f"For 100 of all these hours leaders answer {_counted(found['answered_per_100_hours'])} ideas and concerns and act "
        f"on {_counted(found['acted_per_100_hours'])}."
    )


def _amount(value: float | None) -> str:
    return with_unit(value, "amount")


def _counted(values: dict[str, float | None]) -> str:
    bounds = span(values["low"], values["high"], "amount")
    return _amount(values["mean"]) + (f" ({bounds})" if bounds != UNKNOWN else "")

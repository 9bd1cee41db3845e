"""What differs between scenarios, in sentences: what matters most, and what is beyond luck."""

from __future__ import annotations

from typing import Any

from adoptsim.report.words import MEASURES, change, listed

HEADLINES = {
    "reached": "chance of critical mass",
    "contributors": "contributors",
    "hours_per_person_month": "hours a person and month",
}


def difference_in_words(difference: dict[str, Any], baseline: str) -> str:
    """Return what matters most of a difference, and which of its measures differ beyond luck."""
    parts = [f"{what} {_points(difference[name], MEASURES[name].kind)}" for name, what in HEADLINES.items()]
    return f"{difference['scenario']} against {baseline}: {'; '.join(parts)}. {_beyond_luck(difference)}"


def _points(values: dict[str, Any], kind: Any) -> str:
    text = change(values["mean"], values["low"], values["high"], kind)
    return text.replace(" (", " points (", 1) if kind == "share" else text


def _beyond_luck(difference: dict[str, Any]) -> str:
    """Return which measures differ beyond luck; if most do, which don't."""
    moved = [name for name in MEASURES if difference[name]["beyond_luck"]]
    rest = [name for name in MEASURES if name not in moved]
    if not moved:
        return "No difference is beyond luck; more --replicates would show smaller ones."
    if not rest:
        return "All differences are beyond luck."
    if len(rest) < len(moved):
        return f"Beyond luck: all differences but {listed(_small(MEASURES[name].label) for name in rest)}."
    return f"Beyond luck: {listed(_direction(name, difference) for name in moved)}."


def _direction(measure: str, difference: dict[str, Any]) -> str:
    return f"{_small(MEASURES[measure].label)} {'up' if difference[measure]['mean'] > 0 else 'down'}"


def _small(label: str) -> str:
    return label[0].lower() + label[1:]

"""What the order of practices is worth, in plain words. Pure: sentences from a summary of an ordering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adoptsim.domain.practices import PRACTICES

Summary = Mapping[str, Any]
HARDLY = 0.02
"""Of staff who contribute: what no manager would notice; below it the order hardly matters."""
MEASURE_WORDS = {
    "average": "staff who contribute, averaged over the whole time",
    "contributors": "staff who contribute in the last month",
    "reached": "the chance of critical mass",
}


def points(interval: Mapping[str, Any]) -> str:
    """Return a difference of shares in points: '1.6 points (1.4 to 1.8)'."""
    mean, low, high = (100 * float(interval[name]) for name in ("mean", "low", "high"))
    return f"{mean:.1f} points ({low:.1f} to {high:.1f})"


def headline(summary: Summary) -> str:
    """Return whether order matters, in a sentence."""
    worst = summary["orders"]["worst"]["regret"][summary["measure"]]
    if worst["low"] <= 0.0:
        return "No order can be told from another here"
    if worst["high"] < HARDLY:
        return "The order hardly matters here"
    if worst["low"] > HARDLY:
        return "The order matters"
    return "The order may matter a little"


def sentences(summary: Summary) -> list[str]:
    """Return what the worst order, the report's and one drawn by lot lose, and what belongs first and last."""
    measure, orders = summary["measure"], summary["orders"]
    worst, usual = orders["worst"]["regret"], orders["usual"]["regret"]
    one = "The worst of all orders" if summary["exhaustive"] else f"The worst order found, of {summary['tried']:,} tried,"
    last = "" if measure == "contributors" else f"; in the last month it is {points(worst['contributors'])}"
    said = [
        f"{one} falls {points(worst[measure])} short of the best in {MEASURE_WORDS[measure]}{last}.",
        f"The order of the report (1 to 10) loses {points(usual[measure])}, "
        f"one drawn by lot {points(summary['by_lot'])} on average.",
    ]
    if measure != "reached" and worst["reached"]["low"] > 0.0:
        said.append(
            f"Critical mass, asked some months after launch support has ended, is reached {points(worst['reached'])} less "
            f"often in the worst order than in the best."
        )
    return said + _what_first(summary)


def _what_first(summary: Summary) -> list[str]:
    """Return what gains most by coming early, and what loses least by coming late, where beyond chance."""
    worth = summary["place_earlier"]
    first, last = max(worth, key=lambda name: worth[name]["mean"]), min(worth, key=lambda name: worth[name]["mean"])
    if headline(summary).startswith("No order") or worth[first]["low"] <= 0.0 or worth[last]["high"] >= 0.0:
        return []
    gain = f"{100 * worth[first]['mean']:.2f} points a place earlier"
    return [
        f"What gains most by coming early: {title(first)} ({gain}, at the cost of others); what can wait: {title(last)}."
    ]


def title(practice: str) -> str:
    """Return a practice as it stands within a sentence: '7 act on contributions'."""
    row = PRACTICES[practice]
    return f"{row.number} {row.title[:1].lower()}{row.title[1:]}"

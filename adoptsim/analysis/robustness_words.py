"""What holds over plausible worlds, in plain words. Pure: sentences from a summary of robustness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Summary = Mapping[str, Any]
SURE, LIKELY = 0.95, 0.5
TOO_WIDE = 0.4
"""An interval of a share of worlds wider than this leaves open whether it is few, half or most of them."""


def in_ten(share: float) -> str:
    """Return a share as people say it: 'none', 'fewer than 1 in 20', '9 of 10', 'more than 19 in 20', 'all'."""
    if share <= 0.0 or share >= 1.0:
        return "none" if share <= 0.0 else "all"
    if min(share, 1.0 - share) < 1.0 - SURE:
        return "fewer than 1 in 20" if share < LIKELY else "more than 19 in 20"
    return f"{min(9, max(1, round(10 * share)))} of 10"


def percent(share: float) -> str:
    """Return a share in per cent; what is not quite none or all is not rounded to it."""
    if 0.0 < share < 0.005 or 0.995 < share < 1.0:
        return "under 1 %" if share < LIKELY else "over 99 %"
    return f"{100 * share:.0f} %"


def between(interval: Mapping[str, Any]) -> str:
    """Return an interval of a share: '88-96 %'."""
    return f"{100 * interval['low']:.0f}-{100 * interval['high']:.0f} %"


def headline(summary: Summary) -> str:
    """Return what matters most in a sentence: which policy is best, and how sure that is."""
    best = next(row for row in summary["policies"] if row["scenario"] == summary["ranking"][0])
    worlds = best["worlds_reached"]
    if len(summary["ranking"]) == 1:
        return f"{best['scenario']} {_reaches(worlds)}"
    first = best["places"][0]
    if summary["pairs"][0]["difference"]["low"] <= 0.0 or _is_open(first):
        second = summary["ranking"][1]
        whether = f"whether {best['scenario']} or {second} is best is too close to call"
        return f"{whether} (the first in {between(first)} of plausible worlds); {best['scenario']} {_reaches(worlds)}"
    return f"{best['scenario']} is best in {_of_worlds(first)}, and {_reaches(worlds)}"


def _reaches(worlds: Mapping[str, Any]) -> str:
    """Return in how many worlds a policy reaches critical mass, or that this is too close to call."""
    if _is_open(worlds):
        return f"reaches critical mass in {between(worlds)} of plausible worlds, which is too close to call"
    return f"reaches critical mass in {_of_worlds(worlds)}"


def _is_open(share: Mapping[str, Any]) -> bool:
    """Return whether an interval is so wide that its middle says nothing."""
    return bool(share["high"] - share["low"] > TOO_WIDE)


def _of_worlds(share: Mapping[str, Any]) -> str:
    value = share["mean"]
    if value <= 0.0 or value >= 1.0:
        return f"{'no' if value <= 0.0 else 'every'} plausible world ({between(share)})"
    return f"{in_ten(value)} plausible worlds ({between(share)})"


def sentences(summary: Summary) -> list[str]:
    """Return the findings: each policy's chances, who beats whom, how the ranking holds, what is luck."""
    said = [_policy(row) for row in summary["policies"]]
    said += [_pair(pair, summary["margin"]) for pair in summary["pairs"]]
    if len(summary["ranking"]) > 2:
        same = summary["same_ranking"]
        order = ", then ".join(summary["ranking"])
        said.append(f"Ranking: {order}; exactly so in {percent(same['mean'])} of worlds ({between(same)}).")
    return said


def _policy(row: Mapping[str, Any]) -> str:
    worlds, chance = row["worlds_reached"], row["reached"]
    return (
        f"{row['scenario']} reaches critical mass more often than not in {percent(worlds['mean'])} of worlds "
        f"({between(worlds)}); its chance over all worlds is {percent(chance['mean'])} ({between(chance)}).{_luck(row)}"
    )


def _luck(row: Mapping[str, Any]) -> str:
    spread = row["spread"]["contributors"]
    share = spread["share_of_worlds"]
    if share != share:
        return ""
    bounds = between({"low": spread["share_low"], "high": spread["share_high"]})
    return f" Of how its runs differ, {percent(share)} ({bounds}) is what is unknown about people, the rest luck."


def _pair(pair: Mapping[str, Any], margin: float) -> str:
    ahead, behind = pair["ahead"], pair["behind"]
    points = f"{100 * margin:g} point{'' if margin == 0.01 else 's'}"
    rest = [f"{percent(pair['level'])} within {points}"] if pair["level"] >= 0.005 else []
    rest += [f"behind in {percent(behind['mean'])}"] if behind["mean"] > 0.0 else []
    gained = pair["difference"]
    return (
        f"{pair['scenario']} beats {pair['other']} in {percent(ahead['mean'])} of worlds ({between(ahead)})"
        f"{''.join(f', {part}' for part in rest)}: contributors {100 * gained['mean']:+.1f} points "
        f"({100 * gained['low']:+.1f} to {100 * gained['high']:+.1f})."
    )

"""What the page Why draws, as plain data: bars, bundles, edges and shares, each with its verdict. Reads findings. Pure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adoptsim.analysis.enough import AGAIN, Confirmed, Enough
from adoptsim.analysis.shares import Shares
from adoptsim.analysis.tipping import ABOVE, BELOW, Tipping
from adoptsim.analysis.tipping_words import edge_words, headline, whose
from adoptsim.analysis.tipping_words import verdict as tipping_verdict
from adoptsim.compare import beyond_luck
from adoptsim.domain.intervals import Interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.report.unheard_words import ROLES
from adoptsim.report.words import change, counted, listed, number, span, with_unit

Row = dict[str, Any]
HEADS = {"reached": "Chance to last", "contributors": "Staff who contribute"}
LEAST_SCALE = 0.05
"""The bars' axis reaches at least so far, so that noise doesn't look like an effect."""
BIN = 0.025
"""Edges of this share of staff stand in one column of dots."""
ROLE_WORDS = {"leaders": "senior leaders", "champions": "champions", "employees": "employees", "organisers": "organisers"}
MOST_DEPARTMENTS = 8
LEAST_RUNS = 6
"""Fewer edges have no interval and make no picture; the words tell of them."""


# --- what each practice adds -------------------------------------------------------------------------------------


def adds(shares: Shares, scenario: Scenario, *, full: bool, least: int = 0) -> Row:
    """Return the bars of both values, the practice that adds most first; under ``least`` runs it is a first look."""
    values = {name: shares.worth[name] for name in HEADS}
    scales = {name: _scale([worth.share[place] for place in range(len(shares.practices))]) for name, worth in values.items()}
    rows = [
        {
            "name": PRACTICES[name].title,
            "number": PRACTICES[name].number,
            **_use(scenario, name, full=full),
            "bars": {value: _bar(worth.share[place], *scales[value]) for value, worth in values.items()},
        }
        for place, name in ((place, shares.practices[place]) for place in shares.ranked)
    ]
    totals = {
        value: {
            "from": with_unit(worth.none.value, "share"),
            "to": with_unit(worth.whole.value, "share"),
            "text": _points(worth.total),
        }
        for value, worth in values.items()
    }
    heads = [{"value": value, "title": title, "zero": _at(0.0, *scales[value])} for value, title in HEADS.items()]
    says = _adds_says(shares)
    if shares.n_replicates < least:
        says = f"So far, with {shares.n_replicates} of {least} runs: {says[:1].lower()}{says[1:]}"
    said = {"says": says, "text": _adds_text(rows)}
    return said | {"heads": heads, "rows": rows, "totals": totals, "runs": shares.n_replicates}


def _use(scenario: Scenario, name: str, *, full: bool) -> Row:
    own = scenario.practices.get(name)
    if own is None or own.intensity == 0.0:
        return {"used": False, "use": "not in use"}
    strength = 1.0 if full else own.intensity
    return {"used": True, "use": f"{100 * strength:.0f} %" + (", done badly" if own.misused else "")}


def _scale(found: list[Interval]) -> tuple[float, float]:
    known = [part for interval in found for part in interval if part == part]
    return min(0.0, *known, 0.0), max(LEAST_SCALE, *known, LEAST_SCALE)


def _at(value: float, low: float, high: float) -> float:
    """Return where a value lies on an axis, in percent."""
    return round(100.0 * (value - low) / (high - low), 2)


def _bar(share: Interval, low: float, high: float) -> Row:
    known = share.value == share.value
    value = share.value if known else 0.0
    ends = sorted((0.0, value))
    bounds = (share.low, share.high) if share.low == share.low else (value, value)
    return {
        "text": _points(share) if known else "not known",
        "short": number(share.value, "share", sign=True),
        "left": _at(ends[0], low, high),
        "wide": round(_at(ends[1], low, high) - _at(ends[0], low, high), 2),
        "from": _at(bounds[0], low, high),
        "to": _at(bounds[1], low, high),
        "less": value < 0,
        "sure": known and beyond_luck(share),
    }


def _points(interval: Interval) -> str:
    return change(*interval, "share")


def _adds_says(shares: Shares) -> str:
    reached, contributors = shares.worth["reached"], shares.worth["contributors"]
    if reached.total.value != reached.total.value:
        return "The simulated time ends before it shows whether contribution outlasts the launch."
    first = shares.ranked[0]
    all_of = f"all ten last in {with_unit(reached.whole.value, 'share')} of runs, none of them in " + with_unit(
        reached.none.value, "share"
    )
    if beyond_luck(reached.share[first]) and reached.share[first].value > 0:
        title, most = PRACTICES[shares.practices[first]].title, number(reached.share[first].value, "share", places=0)
        return f"{title} adds most: {most} of {number(reached.total.value, 'share', places=0)} points. Together {all_of}."
    best = max(range(len(shares.practices)), key=lambda place: contributors.share[place].value)
    found = contributors.share[best]
    if beyond_luck(found) and found.value > 0:
        most = f"{PRACTICES[shares.practices[best]].title} adds most contributors: {_points(found)} points"
        return f"No practice adds to the chance to last beyond luck. {most}."
    return f"No practice adds anything beyond luck: {all_of}."


def _adds_text(rows: list[Row]) -> str:
    said = (f"{row['name']} {row['bars']['reached']['text']}" for row in rows)
    return f"What each practice adds to the chance to last, in percentage points: {'; '.join(said)}."


# --- what is enough ----------------------------------------------------------------------------------------------


def enough(found: Enough, scenario: Scenario, *, full: bool, runs: int) -> Row:
    """Return the cheapest and the smallest bundle in words, and all bundles by hours and chance."""
    cheapest, smallest = found.cheapest, found.smallest
    same = cheapest is not None and smallest is not None and cheapest.practices == smallest.practices
    shown = [] if cheapest is None else [_bundle("Cheapest and smallest" if same else "Cheapest", cheapest, scenario)]
    if smallest is not None and not same:
        shown.append(_bundle("Smallest", smallest, scenario))
    weak = not full and any(use.intensity < 1.0 for use in scenario.practices.values() if use.intensity > 0)
    return {
        "says": _enough_says(found),
        "bundles": shown,
        "hint": weak and cheapest is None,
        "chart": _scatter(found),
        "how": f"Looked for among 1,024 bundles, {counted(runs, 'run')} each. Enough: in {AGAIN} runs with fresh luck "
        f"the lower bound of its chance to last is at least {with_unit(found.frontier.probability, 'share')}. The chance "
        f"itself is that of as many more runs, which had no part in the choice.",
    }


def _enough_says(found: Enough) -> str:
    best = f"{with_unit(found.best.value, 'share')} ({span(found.best.low, found.best.high, 'share')})"
    if found.best.value != found.best.value:
        return "The simulated time ends before it shows which bundle is enough."
    if not found.frontier.reached.any():
        return "No bundle of these practices lasts in any run."
    if found.cheapest is None:
        return f"No bundle of these practices is sure to last in half of the runs. The best lasts in {best}."
    n, hours = len(found.cheapest.practices), found.cheapest.hours
    if n == 0:
        return "No practice is needed: contribution lasts without any."
    return (
        f"{counted(n, 'practice')} {'is' if n == 1 else 'are'} enough, for about {hours.value:,.0f} hours a month "
        f"in the whole organisation."
    )


def _bundle(title: str, found: Confirmed, scenario: Scenario) -> Row:
    chance = f"{with_unit(found.reached.value, 'share')} ({span(found.reached.low, found.reached.high, 'share')})"
    hours = f"{found.hours.value:,.0f} hours a month ({found.hours.low:,.0f}-{found.hours.high:,.0f})"
    spent = listed(f"{ROLE_WORDS[role]} {amount:,.0f}" for role, amount in found.by_role.items() if amount >= 0.5)
    return {
        "title": title,
        "practices": [
            {"number": PRACTICES[name].number, "name": PRACTICES[name].title, "used": name in scenario.practices}
            for name in found.practices
        ],
        "chance": f"lasts in {chance} of runs",
        "hours": hours,
        "roles": f"By role: {spent}." if spent else "",
        "failed": f"{counted(found.failed, 'bundle')} before it did not hold up." if found.failed else "",
    }


def _scatter(found: Enough) -> Row:
    """Return every bundle by hours and chance; those that no other beats; and which is the cheapest that is enough."""
    hours, reached = found.frontier.hours, found.frontier.reached
    if np.isnan(reached).any() or not reached.any():
        return {"points": [], "frontier": [], "most": 1.0, "text": "", "chosen": None}
    most = float(hours.max())
    _, kept = np.unique(np.stack([np.round(hours / most, 2), np.round(reached, 2)]), axis=1, return_index=True)
    frontier = [(bundle.hours.value, bundle.reached.value) for bundle in found.frontier.bundles]
    chosen = None if found.cheapest is None else [found.cheapest.hours.value / most, found.cheapest.reached.value]
    return {
        "points": [[round(float(hours[at]) / most, 3), round(float(reached[at]), 3)] for at in kept],
        "frontier": [[round(spent / most, 3), round(chance, 3)] for spent, chance in frontier],
        "chosen": chosen,
        "enough": found.frontier.probability,
        "most": most,
        "text": _scatter_text(found, most),
    }


def _scatter_text(found: Enough, most: float) -> str:
    last = found.frontier.bundles[-1]
    rises = f"{with_unit(last.reached.value, 'share')} at {last.hours.value:,.0f} hours"
    return (
        f"All 1,024 bundles by hours a month and chance to last. They take up to {most:,.0f} hours; the line joins those "
        f"that no other beats in both, and rises to {rises}."
    )


# --- the tipping point -------------------------------------------------------------------------------------------


def tipping(found: Tipping) -> Row:
    """Return from which share of starters it lives and of leavers it dies: a dot a run, and the middle one."""
    first, *rest = tipping_verdict(found)
    says = headline(found) if _is_known(found.edge(BELOW)) else _not_known(found)
    sides = [
        _side(found, BELOW, "How many must begin", "need nobody", "die even so"),
        _side(found, ABOVE, "How many may leave at once", "", "live even so"),
    ]
    return {
        "says": f"{says}.",
        "more": " ".join([first, *rest]),
        "sides": [side for side in sides if side["n"] >= LEAST_RUNS],
        "runs": found.replicates,
        "years": round(found.days / 252),
        "text": " ".join(side["text"] for side in sides if side["n"] >= LEAST_RUNS),
    }


def _is_known(edge: Interval) -> bool:
    """Return whether an edge is more than a place between nobody and everybody."""
    return not (edge.low <= 0.0 < edge.value < math.inf and math.isinf(edge.high))


def _not_known(found: Tipping) -> str:
    middles = [bracket.middle for bracket in found.brackets(BELOW)]
    alone, never = sum(middle == 0.0 for middle in middles), sum(math.isinf(middle) for middle in middles)
    return (
        f"Where {whose(found).lower()} tips isn't known from {counted(len(middles), 'run')}: {alone} need nobody to begin, "
        f"{never} die however many do"
    )


def _side(found: Tipping, side: str, title: str, nobody: str, never: str) -> Row:
    middles = np.array([bracket.middle for bracket in found.brackets(side)])
    inside = middles[np.isfinite(middles) & (middles > 0.0)]
    columns, counts = np.unique(np.floor(inside / BIN), return_counts=True)
    edge = found.edge(side)
    parts = (edge.value, edge.low, edge.high) if _is_known(edge) else (math.inf, math.inf, math.inf)
    bounds = [bound if math.isfinite(bound) else None for bound in parts]
    n_never, n_nobody = int(np.isinf(middles).sum()), int((middles == 0.0).sum())
    said = [f"{n} {what}" for n, what in ((n_nobody, nobody), (n_never, never)) if n]
    at = {0.0: f"most {nobody}", math.inf: f"most {never}"}.get(edge.value, edge_words(edge))
    at = at if _is_known(edge) else "not known"
    return {
        "title": title,
        "n": len(middles),
        "columns": [[round(float((at + 0.5) * BIN), 4), int(n)] for at, n in zip(columns, counts, strict=True)],
        "nobody": {"n": n_nobody, "says": nobody},
        "never": {"n": n_never, "says": never},
        "edge": at,
        "value": bounds[0],
        "low": bounds[1],
        "high": bounds[2],
        "text": f"{title}: of {counted(len(middles), 'run')} {at}" + (f"; {listed(said)}." if said else "."),
    }


# --- who is unheard ----------------------------------------------------------------------------------------------


def unheard(found: Row) -> Row:
    """Return who contributes, whose voice is kept back and whose is answered, by role and department."""
    roles = [_role(ROLES[role].split(" (")[0], values) for role, values in found["roles"].items()]
    worst = found["worst_department"]
    rows = [row for row in roles if row["contributors"] is not None]
    rows.append(_role("Worst-off department", {"contributors": worst["contributors"]}))
    departments = [
        {"name": row["department"], "people": row["people"], "share": _share(row["contributors"])}
        for row in found["departments"]
    ]
    return {
        "says": _unheard_says(found),
        "rows": rows,
        "departments": departments[:MOST_DEPARTMENTS],
        "n_departments": len(departments),
        "text": "; ".join(f"{row['name']}: {row['contributors']['text']} contribute" for row in rows) + ".",
    }


def _role(name: str, values: Row) -> Row:
    return {"name": name} | {what: _share(values.get(what)) for what in ("contributors", "silence", "answered")}


def _share(values: Row | None) -> Row | None:
    if values is None or values["mean"] is None:
        return None
    bounds = {"low": values["mean"], "high": values["mean"]} | {k: v for k, v in values.items() if v is not None}
    text = with_unit(values["mean"], "share")
    return {
        "at": round(100.0 * values["mean"], 1),
        "low": round(100.0 * bounds["low"], 1),
        "high": round(100.0 * bounds["high"], 1),
        "short": text,
        "text": f"{text} ({span(values['low'], values['high'], 'share')})" if values["low"] is not None else text,
    }


def _unheard_says(found: Row) -> str:
    lowest, worst = found["lowest_role"], found["worst_department"]
    mine = found["roles"][lowest]
    parts = [f"{ROLES[lowest].split(' (')[0]} contribute least: {with_unit(mine['contributors']['mean'], 'share')} of them."]
    silence = mine.get("silence")
    if silence is not None and silence["mean"] is not None:
        parts.append(f"They keep back {with_unit(silence['mean'], 'share')} of their ideas and concerns.")
    if worst["named"] is not None:
        named = worst["named"]
        share = with_unit(named["contributors"]["mean"], "share")
        parts.append(f"Worst off is {named['department']} ({named['people']} people): {share} contribute.")
    else:
        parts.append(f"In the worst-off department {with_unit(worst['contributors']['mean'], 'share')} contribute.")
    return " ".join(parts)

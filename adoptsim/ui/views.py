"""What the page draws, as plain data: verdict, curve, key figures. Reads results; never simulates. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.compare import Comparison, beyond_luck
from adoptsim.domain.intervals import Interval
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.report.verdict import day_support_ends, judge
from adoptsim.report.words import MEASURES, Kind, change, span, with_unit
from adoptsim.simulation import Result
from adoptsim.ui.reality import reality

Floats = npt.NDArray[np.float64]
FIRST_FIGURES = (
    "contributors",
    "silence_share",
    "answered_share",
    "acted_share",
    "trust",
    "safety",
    "hours_per_person_month",
)
MORE_FIGURES = ("members", "posts_per_person_month", "responsiveness")
AT_A_GLANCE = {
    "contributors": "Contributors",
    "silence_share": "Kept silent",
    "answered_share": "Answered",
    "trust": "Trust",
    "safety": "Safety",
    "hours_per_person_month": "Hours a head",
}
"""What stands above the curve, in a word or two."""
BETTER_LESS = frozenset({"silence_share", "hours_per_person_month"})
BAND, MIDDLE = (0.025, 0.975), (0.25, 0.75)
STEP_DAYS = 5
HEADLINES = {"open": "Too close to call yet", "unknown": "Too short to say"}
"""Where the page says it shorter than the command line."""
UNDECIDED = frozenset({"open", "toss_up"})
MISSING = {
    "silence_share": "no ideas came up",
    "answered_share": "nobody spoke up",
    "acted_share": "nobody spoke up",
    "reached": "too short to tell",
}
"""Why a figure isn't known."""


def verdict(result: Result, before: Result | None, *, of: int = 0) -> dict[str, Any]:
    """Return the verdict: its word, how it is said, and how every single run went; ``of``: how many runs there will be."""
    chance = result.interval("reached")
    word, says = _headline(result, so_far=len(result.replicates) < of)
    return {
        "word": word,
        "says": says,
        "chance": ""
        if chance.value != chance.value
        else f"{with_unit(chance.value, 'share')} ({span(chance.low, chance.high, 'share')})",
        "sentence": _sentence(result),
        "runs": _runs(result),
        "before": None if before is None else _runs(before),
        "change": "" if before is None else _chance_change(before, result),
    }


def _headline(result: Result, *, so_far: bool) -> tuple[str, str]:
    """Return the verdict's word and headline; of the first runs only what they support already."""
    chance = result.interval("reached")
    found = judge(chance.low, chance.high)
    says = HEADLINES.get(found.word, found.says)
    if not so_far or found.word == "unknown":
        return found.word, says
    if found.word in UNDECIDED:
        runs = _runs(result)
        return "coming", f"So far {sum(runs)} of {len(runs)} futures last"
    return found.word, f"So far: {says[:1].lower()}{says[1:]}"


def _sentence(result: Result) -> str:
    chance, n = result.interval("reached"), len(result.replicates)
    if chance.value != chance.value:
        return "The simulated time ends before it shows whether contribution outlasts the launch."
    hits = round(chance.value * n)
    times = "None" if hits == 0 else "All" if hits == n else str(hits)
    share = f"{with_unit(chance.value, 'share')} ({span(chance.low, chance.high, 'share')})"
    says = f"{times} of {n} runs reach critical mass and keep it: {share}."
    days = result.outcome["reached_day"]
    known = days[~np.isnan(days)]
    if not len(known):
        return says
    return f"{says} They have it from about month {_month(float(np.median(known)))} on."


def _month(day: float) -> int:
    return int(day // MONTH_DAYS) + 1


def _runs(result: Result) -> list[int]:
    """Return 1 for each run that lasts, 0 for each that doesn't, those that last first."""
    reached = result.outcome["reached"]
    return sorted((int(value) for value in reached[~np.isnan(reached)]), reverse=True)


def _chance_change(before: Result, after: Result) -> str:
    difference = Comparison((before, after)).difference("reached", 1)
    if difference.value != difference.value:
        return ""
    return f"{_change(*difference, 'share')} against the baseline, under the same luck."


def curve(result: Result) -> dict[str, Any]:
    """Return contributors as a share of staff over months: the median, the middle half, and 95 % of the runs."""
    share = result.contributor_share
    days = np.unique(np.append(np.arange(0, share.shape[1], STEP_DAYS), share.shape[1] - 1))
    low, first, middle, third, high = np.quantile(share[:, days], (BAND[0], MIDDLE[0], 0.5, MIDDLE[1], BAND[1]), axis=0)
    return {
        "month": _rounded((days + 1) / MONTH_DAYS),
        "low": _rounded(low),
        "first": _rounded(first),
        "middle": _rounded(middle),
        "third": _rounded(third),
        "high": _rounded(high),
    }


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), 4) for value in values]


def chart(result: Result, before: Result | None) -> dict[str, Any]:
    """Return what the chart of one scenario draws, and what it shows in words."""
    scenario, end = result.scenario, day_support_ends([result.scenario])
    return {
        "now": curve(result),
        "before": None if before is None else curve(before),
        "threshold": scenario.critical_mass.threshold,
        "support": None if end is None else round(end / MONTH_DAYS, 2),
        "months": round(scenario.horizon.days / MONTH_DAYS, 2),
        "text": chart_words(result, before),
    }


def chart_words(result: Result, before: Result | None) -> str:
    """Return what the chart shows, for who can't see it."""
    share = result.contributor_share
    middle = np.median(share, axis=0)
    peak, threshold = int(np.argmax(middle)), result.scenario.critical_mass.threshold
    low, high = np.quantile(share[:, -1], BAND)
    above = np.flatnonzero(middle >= threshold)
    crossing = (
        f"crosses the critical-mass line of {with_unit(threshold, 'share')} in month {_month(above[0])}"
        if len(above)
        else f"stays below the critical-mass line of {with_unit(threshold, 'share')}"
    )
    parts = [
        f"Staff who contribute, month by month. The median run {crossing}, has its highest share, "
        f"{_percent(middle[peak])}, in month {_month(peak)} and ends at {_percent(middle[-1])}",
        f"; 95 % of the runs end between {_percent(low)} and {_percent(high)}.",
    ]
    if (end := day_support_ends([result.scenario])) is not None:
        parts.append(f" Launch support ends after month {round(end / MONTH_DAYS)}.")
    if before is not None:
        parts.append(f" The baseline's median run ends at {_percent(float(np.median(before.contributor_share[:, -1])))}.")
    return "".join(parts)


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def figures(result: Result, before: Result | None) -> list[dict[str, Any]]:
    """Return the key figures, each with its interval, against the baseline in pairs where there is one."""
    return [_figure(name, result, before) for name in (*FIRST_FIGURES, *MORE_FIGURES)]


def _figure(name: str, result: Result, before: Result | None) -> dict[str, Any]:
    label, kind = MEASURES[name]
    now = result.interval(name)
    row: dict[str, Any] = {
        "name": name,
        "label": label,
        "short": AT_A_GLANCE.get(name, ""),
        "more": name in MORE_FIGURES,
        "now": with_unit(now.value, kind),
        "span": _span(now, kind),
        "at": _place(now.value, kind),
        "low": _place(now.low, kind),
        "high": _place(now.high, kind),
        "before": "",
        "was": None,
        "change": "",
        "moved": "",
        "missing": "" if now.value == now.value else MISSING.get(name, "can't be told"),
    }
    if before is None:
        return row
    was, difference = before.interval(name), Comparison((before, result)).difference(name, 1)
    return row | {
        "before": with_unit(was.value, kind),
        "was": _place(was.value, kind),
        "change": _change(difference.value, difference.low, difference.high, kind),
        "moved": _moved(name, difference, kind),
    }


def _span(interval: Interval, kind: Kind) -> str:
    """Return an interval in words, and nothing where it isn't known: the figure beside it says so already."""
    return span(interval.low, interval.high, kind) if interval.low == interval.low else ""


def _change(value: float, low: float, high: float, kind: Kind) -> str:
    """Return a difference with its interval, shares in points; nothing where it isn't known."""
    if value != value:
        return ""
    text = change(value, low, high, kind)
    return text.replace(" (", " points (", 1) if kind == "share" else text


def _moved(name: str, difference: Interval, kind: Kind) -> str:
    """Return whether a difference beyond luck is for the better or the worse; one that rounds to nothing is neither."""
    if not beyond_luck(difference) or change(difference.value, None, None, kind).strip("0.") == "":
        return ""
    return "better" if (difference.value > 0) != (name in BETTER_LESS) else "worse"


def _place(value: float, kind: Kind) -> float | None:
    """Return where a share or level lies from 0 to 1; other amounts have no scale."""
    return None if kind == "amount" or value != value else round(min(1.0, max(0.0, value)), 4)


def unbroken(told: Any) -> Any:
    """Return plain data in whose texts no line ends between a number and its percent sign."""
    if isinstance(told, str):
        return told.replace(" %", "\u00a0%")
    if isinstance(told, dict):
        return {key: unbroken(value) for key, value in told.items()}
    return [unbroken(each) for each in told] if isinstance(told, list) else told


def answered(results: Sequence[Result], of: int) -> dict[str, Any]:
    """Return all that is drawn of an answer: of the last result, against the first if there are two."""
    now, before = results[-1], results[0] if len(results) > 1 else None
    told = {
        "verdict": verdict(now, before, of=of),
        "chart": chart(now, before),
        "figures": figures(now, before),
        "reality": reality(now),
    }
    drawn: dict[str, Any] = unbroken(told)
    return drawn


def compared(results: list[Result], titles: list[str], *, of: int = 0) -> dict[str, Any]:
    """Return several scenarios side by side: curves, chances, figures and differences to the first."""
    comparison = Comparison(tuple(results))
    told = {
        "titles": titles,
        "same_people": comparison.same_people,
        "curves": [curve(result) for result in results],
        "verdicts": [verdict(result, None, of=of) for result in results],
        "threshold": results[0].scenario.critical_mass.threshold,
        "months": round(max(result.scenario.horizon.days for result in results) / MONTH_DAYS, 2),
        "rows": [_compared_row(name, comparison) for name in ("reached", *FIRST_FIGURES, *MORE_FIGURES)],
        "text": _compared_words(results, titles),
    }
    drawn: dict[str, Any] = unbroken(told) | {"titles": titles}
    return drawn


def _compared_row(name: str, comparison: Comparison) -> dict[str, Any]:
    label, kind = MEASURES[name]
    cells = []
    for place, result in enumerate(comparison.results):
        value = result.interval(name)
        missing = "" if value.value == value.value else MISSING.get(name, "can't be told")
        cell = {"now": with_unit(value.value, kind), "span": _span(value, kind) or missing, "change": "", "moved": ""}
        if place:
            difference = comparison.difference(name, place)
            cell["change"] = _change(difference.value, difference.low, difference.high, kind)
            cell["moved"] = _moved(name, difference, kind)
        cells.append(cell)
    return {"label": label, "cells": cells, "unit": "points" if kind == "share" else ""}


def _compared_words(results: list[Result], titles: list[str]) -> str:
    ends = [
        f"{title} ends at {_percent(float(np.median(result.contributor_share[:, -1])))}"
        for title, result in zip(titles, results, strict=True)
    ]
    return f"Staff who contribute, month by month, median runs: {'; '.join(ends)}."

"""The verdict on a scenario in words: how likely contribution outlasts the launch. Pure; thresholds are data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from adoptsim.domain.scenario import Scenario
from adoptsim.report.words import counted, span, with_unit


class Verdict(NamedTuple):
    """A word, what is said, and between which bounds the whole 95 % interval of the probability must lie."""

    word: str
    says: str
    above: float
    below: float


VERDICTS = (
    Verdict("certain", "Almost certain to last", 0.90, 1.0),
    Verdict("likely", "Likely to last", 0.55, 1.0),
    Verdict("certain_not", "Almost certain not to last", 0.0, 0.10),
    Verdict("unlikely", "Unlikely to last", 0.0, 0.45),
    Verdict("toss_up", "A toss-up", 0.0, 1.0),
)
"""The first that fits holds; that the interval must lie inside keeps few runs from sounding sure."""
OPEN = Verdict("open", "Too few runs to say", 0.0, 1.0)
UNKNOWN = Verdict("unknown", "Too short to say", 0.0, 1.0)
WIDEST_TOSS_UP = 0.45
"""A wider interval around one half does not say that it is a toss-up, only that too little is known."""


def judge(low: float | None, high: float | None) -> Verdict:
    """Return the verdict on a probability known to lie between two bounds; without bounds nothing is known."""
    if low is None or high is None or low != low or high != high:
        return UNKNOWN
    found = next(verdict for verdict in VERDICTS if low >= verdict.above and high <= verdict.below)
    return OPEN if found.word == "toss_up" and high - low > WIDEST_TOSS_UP else found


def verdict_sentences(summary: dict[str, Any], needed_days: int) -> str:
    """Return the verdict on the summary of a result; ``needed_days``: what it takes to tell."""
    reached, final = summary["critical_mass"]["reached"], summary["final"]
    verdict = judge(reached["low"], reached["high"])
    parts = [f"{verdict.says}: {_reason(summary, needed_days)}."]
    contributors, hours = final["contributors"], summary["hours_per_person_month"]
    parts.append(
        f"Contributors: {with_unit(contributors['mean'], 'share')} of staff in the last month"
        f"{_between(contributors, 'share')}."
    )
    parts.append(f"It takes {with_unit(hours['mean'])} hours a person and month, platform and practices together.")
    return " ".join(parts)


def _reason(summary: dict[str, Any], needed_days: int) -> str:
    critical = summary["critical_mass"]
    reached, n = critical["reached"], summary["replicates"]
    if reached["probability"] is None:
        return (
            f"{counted(summary['days'], 'working day')} end before day {needed_days - 1}, "
            f"when it shows whether contribution outlasts the launch; give at least {needed_days}"
        )
    times = round(reached["probability"] * n)
    interval = f"{with_unit(reached['probability'], 'share')}, {span(reached['low'], reached['high'], 'share')}"
    when = f", the median run on day {critical['day']:.0f}" if critical["day"] is not None else ""
    return f"critical mass reached in {times} of {counted(n, 'run')} ({interval}){when}"


def _between(interval: dict[str, float | None], kind: Any) -> str:
    return f" ({span(interval['low'], interval['high'], kind)})" if interval["low"] is not None else ""


def day_support_ends(scenarios: Iterable[Scenario]) -> int | None:
    """Return the working day on which launch support ends, of the first scenario that has any; None where nothing ends."""
    for scenario in scenarios:
        if any(use.intensity > 0 and scenario.ends(name) for name, use in scenario.practices.items()):
            return scenario.support_end
    return None

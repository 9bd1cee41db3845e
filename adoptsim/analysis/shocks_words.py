"""What shocks do, in plain words. Pure: sentences from a summary of shocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.shocks import SHOCKS

Row = Mapping[str, Any]
LEAST_PAIRS = 6
NO_TRACE = 0.02
"""Contributors lost or won, as a share, below which a shock is said to leave no trace."""


def headline(rows: Sequence[Row]) -> str:
    """Return what matters most in a sentence: what brings whom down, and if nothing does, what costs most."""
    living = [row for row in rows if row["living_runs"]]
    if not living:
        return "No network lives, so no shock can bring one down"
    worst = max(living, key=lambda row: row["collapse"]["mean"])
    if worst["collapse"]["mean"] > 0.0:
        runs = f"{collapses(worst)} of {worst['living_runs']} living runs of {worst['scenario']}"
        return _capital(f"{SHOCKS[worst['kind']].called} brings down {runs} ({between(worst['collapse'])})")
    deepest = min(living, key=lambda row: row["lowest"]["mean"])
    lost = 1.0 - deepest["lowest"]["mean"]
    if lost < NO_TRACE:
        return "No network collapses, and no shock costs contributors"
    cost = f"costs {deepest['scenario']} most, {percent(lost)} of contributors"
    return f"No network collapses; {SHOCKS[deepest['kind']].called} {cost}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def collapses(row: Row) -> int:
    """Return how many runs collapse."""
    return round(float(row["collapse"]["mean"]) * int(row["living_runs"]))


def sentence(row: Row) -> str:
    """Return what one shock does to one scenario: collapse, depth, time to come back, and what is left of it."""
    if not row["living_runs"]:
        return "no run lives, so there is nothing to bring down."
    times = collapses(row)
    how_many = f"{times or 'none'} of {row['living_runs']} living runs collapse{'s' if times == 1 else ''}"
    parts = [f"{how_many} ({between(row['collapse'])})", _dip(row), _back(row), _voice(row), _afterwards(row)]
    return f"{'; '.join(part for part in parts if part)}."


def pair_sentence(pair: Row) -> str:
    """Return what one scenario suffers more or less than another from the same shock, in pairs."""
    names = f"{pair['scenario']} against {pair['other']}"
    if pair["living_runs"] < LEAST_PAIRS:
        return f"{names}: too few replicates in which both live ({pair['living_runs']}) to compare them."
    collapse, lost = (_compared(pair[name], what) for name, what in (("collapse", "collapse"), ("lost", "lost")))
    return f"{names}, in {pair['living_runs']} pairs of living runs: {collapse}; {lost}."


def _compared(change: Row, what: str) -> str:
    """Return a paired difference in points of collapse, or of staff lost as contributors, as far as it is beyond luck."""
    low, mean, high = (100 * change[name] for name in ("low", "mean", "high"))
    bounds = f"{mean:+.1f} points, {low:+.1f} to {high:+.1f}"
    if low <= 0.0 <= high:
        how = (
            "no difference beyond luck in how often it collapses"
            if what == "collapse"
            else "none in what is lost at the end"
        )
        return f"{how} ({bounds})"
    word = "more" if mean > 0.0 else "less"
    return f"collapses {word} often ({bounds})" if what == "collapse" else f"loses {word} contributors by the end ({bounds})"


def _dip(row: Row) -> str:
    lowest = row["lowest"]
    lost = 1.0 - lowest["mean"]
    if lost < NO_TRACE or (lowest["high"] or 0.0) >= 1.0:
        return "contributors hardly fall"
    span = f" ({percent_span(1.0 - lowest['high'], 1.0 - lowest['low'])})" if lowest["low"] is not None else ""
    return f"{percent(lost)} fewer contribute at worst{span}, {lowest['days_after']} days after"


def _back(row: Row) -> str:
    back, never = row["days_until_back"], row["never_back"]["mean"]
    share = percent(DEFINITION.recovered_share)
    if back["mean"] is None:
        return f"most runs are not back at {share} of what it would be within {row['days_after']} days"
    if back["mean"] == 0.0 and not never:
        return ""
    median = f"the median run is back at {share} of what it would be after {back['mean']:.0f} days ({days_span(row)})"
    said = f"most runs never fall below {share} of what they would be" if back["mean"] == 0.0 else median
    return f"{said}, {percent(never)} are not by the end" if never else said


def _voice(row: Row) -> str:
    voice = row["voice"]
    if voice["low"] is None or (voice["low"] <= 1.0 + NO_TRACE and voice["high"] >= 1.0 - NO_TRACE):
        return ""
    fewer = voice["mean"] < 1.0
    bounds = (1.0 - voice["high"], 1.0 - voice["low"]) if fewer else (voice["low"] - 1.0, voice["high"] - 1.0)
    how_many = f"{percent(abs(voice['mean'] - 1.0))} {'fewer' if fewer else 'more'} ideas and concerns"
    return f"{how_many} in the three months after ({percent_span(*bounds)})"


def _afterwards(row: Row) -> str:
    last = row["last_month"]
    if last["low"] is None or last["low"] <= 1.0 + NO_TRACE:
        return ""
    return f"in the last month {percent(last['mean'] - 1.0)} more contribute"


def caption(row: Row) -> str:
    """Return the same in a few words, above a panel."""
    if not row["living_runs"]:
        return "no living run"
    lost, times, back = 1.0 - row["lowest"]["mean"], collapses(row), row["days_until_back"]["mean"]
    fate = f"{times or 'none'} of {row['living_runs']} collapse{'s' if times == 1 else ''}"
    if lost < NO_TRACE:
        risen = f"+{percent(row['last_month']['mean'] - 1.0)} at the end" if _afterwards(row) else "hardly a dip"
        return f"{fate}; {risen}"
    when = "" if back == 0.0 else "; most not back" if back is None else f"; back in {back:.0f} days"
    return f"{fate}; {percent(-lost)}{when}"


def days_span(row: Row) -> str:
    """Return the interval of the days until back; what lies beyond the end of the run is only known to be more."""
    low, high = (row["days_until_back"][bound] for bound in ("low", "high"))
    most = f"over {row['days_after']}"
    return most if low is None else f"{low:.0f} to {most if high is None else f'{high:.0f}'}"


def percent(share: float) -> str:
    """Return a share in per cent; what is not quite none or all is not rounded to it."""
    if 0.0 < share < 0.005 or 0.995 < share < 1.0:
        return "under 1 %" if share < 0.5 else "over 99 %"
    return f"{100 * share:.0f} %"


def percent_span(low: float, high: float) -> str:
    """Return an interval of a share, which nothing takes below 0: '4-9 %'."""
    return f"{max(0.0, 100 * low):.0f}-{max(0.0, 100 * high):.0f} %"


def between(interval: Mapping[str, Any]) -> str:
    """Return the bounds of a share: '0-6 %'."""
    return percent_span(interval["low"], interval["high"])


def size_words(row: Row) -> str:
    """Return how large a shock is: '30 %: share of staff without reports who change places'."""
    return f"{percent(row['size'])}: {SHOCKS[row['kind']].size_says}"

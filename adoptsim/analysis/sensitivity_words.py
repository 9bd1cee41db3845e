"""What a sensitivity analysis found, in plain words: targets by the names of the tables, findings as sentences."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from adoptsim.analysis.sensitivity import importance
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.sweeps.ranges import Range, Varied

OUTCOME_WORDS = {"reached": "Chance of critical mass", "contributors": "Staff who contribute"}
MOST_NAMED = 3
_TABLES: dict[str, Any] = {"parameters": PARAMETERS, "levers": LEVERS}
CAVEAT = (
    "Every number moves within its plausible range whatever the others are, so many of these organisations fit no "
    "measured one: read it as where knowledge or effort would count most, not as sizes of effects to expect."
)


class TargetWords(NamedTuple):
    """What people call a target: its name, its number or symbol, what it means, from where to where it moves."""

    name: str
    mark: str
    meaning: str
    extent: str
    is_practice: bool


def target_words(target: str, varied: Varied) -> TargetWords:
    """Return what people call a target."""
    section, _, key = target.partition(".")
    extent = _extent(varied)
    name, _, detail = key.partition(".")
    if section == "practices" and name in PRACTICES:
        practice = PRACTICES[name]
        aspect = f": {detail.replace('_', ' ')}" if detail else ""
        return TargetWords(practice.title + aspect, str(practice.number), "practice", extent, True)
    row: Any = _TABLES.get(section, {}).get(key)
    plain = key.replace("_", " ")
    if row is None:
        return TargetWords(f"{section.replace('_', ' ')}: {plain}", "", "", extent, False)
    return TargetWords(plain[:1].upper() + plain[1:], getattr(row, "symbol", ""), row.meaning, extent, False)


def _extent(varied: Varied) -> str:
    if isinstance(varied, Range):
        return f"{varied.low:g} to {varied.high:g}"
    if set(varied) == {False, True}:
        return "off or on"
    return f"{_level(varied[0])} to {_level(varied[-1])}" if len(varied) > 1 else _level(varied[0])


def _level(level: Any) -> str:
    return f"{level:g}" if isinstance(level, int | float) and not isinstance(level, bool) else str(level)


def matters_most(frame: pd.DataFrame) -> str:
    """Return the finding in a sentence: what is first, and the first practice if that is another."""
    vary, real = frame.attrs["vary"], set(frame.loc[frame["beyond_luck"].astype(bool), "target"])
    if frame.empty:
        return "Nothing that was varied moves the outcome"
    targets = [str(target) for target in importance(frame).index if target in real]
    if not targets:
        return "Nothing that was varied can be told from luck"
    first = target_words(targets[0], vary[targets[0]])
    practices = [target for target in targets if target.startswith("practices.")]
    says = f"{first.name} matters most"
    if first.is_practice or not practices:
        return says
    return f"{says}; of the practices, {lower(target_words(practices[0], vary[practices[0]]).name)}"


def findings(frame: pd.DataFrame) -> list[str]:
    """Return the finding of each outcome, or why there is none, a paragraph each."""
    undefined = frame.attrs["undefined"]
    return [_finding(frame, outcome, undefined.get(outcome, "")) for outcome in OUTCOME_WORDS]


def _finding(frame: pd.DataFrame, outcome: str, why_not: str) -> str:
    title = OUTCOME_WORDS[outcome]
    if why_not:
        return f"{title}: {why_not}."
    rows = frame[frame["outcome"] == outcome]
    real = rows[rows["beyond_luck"]]
    if real.empty:
        more = "give more replicates, or more " + ("samples" if frame.attrs["method"] == "sobol" else "trajectories")
        return f"{title}: nothing that was varied can be told from luck; {more}."
    practices = [target for target in real["target"] if target.startswith("practices.")]
    others = [target for target in real["target"] if not target.startswith("practices.")]
    n_practices = sum(target.startswith("practices.") for target in rows["target"])
    parts = [f"{title}, {_percent(frame.attrs['mean'][outcome])} on average: {_counted(real, rows)}"]
    if n_practices:
        parts.append(f"{_how_many(len(practices), n_practices)} practices" + _named(practices, frame, rows))
    if len(rows) > n_practices:
        parts.append(f"{_how_many(len(others), len(rows) - n_practices)} other numbers" + _named(others, frame, rows))
    return "; ".join(parts) + "."


def _counted(real: pd.DataFrame, rows: pd.DataFrame) -> str:
    return f"{len(real)} of {len(rows)} factors move it by more than luck would"


def _how_many(found: int, of: int) -> str:
    return f"{'all' if found == of else 'none' if found == 0 else found} of the {of}"


def _named(targets: list[str], frame: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Return the first few with their sizes: ', most of all act on contributions (24 points), ...'."""
    if not targets:
        return ""
    sizes = rows.set_index("target")
    method = frame.attrs["method"]
    named = [
        f"{lower(target_words(target, frame.attrs['vary'][target]).name)} ({size_words(method, sizes.loc[target])})"
        for target in targets[:MOST_NAMED]
    ]
    return f", most of all {', '.join(named)}"


def lower(name: str) -> str:
    """Return a name as it stands within a sentence."""
    return name[:1].lower() + name[1:]


def size_words(method: str, row: Any) -> str:
    """Return a size with its unit: '24 points' of Morris, '31 % of the variance' of Sobol'."""
    if method == "sobol":
        return f"{_percent(row['ST'])} of the variance"
    points = 100 * row["mu_star"]
    return f"{points:.0f} points" if points >= 9.5 else f"{points:.1f} points"


def how_to_read(method: str) -> str:
    """Return what the numbers of a method are, in a sentence or two."""
    if method == "sobol":
        return (
            "In per cent: the share of all differences between points (their variance) that involves the factor, alone or "
            "with others; alone: without the others, where that is above zero. Intervals: 95 %, bootstrap."
        )
    return (
        "How many percentage points the outcome moves on average, up or down, when a practice is switched or a number goes "
        "from one end of its range to the other (Morris' mu*). Intervals: 95 %, bootstrap over trajectories."
    )


DIRECTION_WORDS = "{up} more of it raises the outcome, {down} lowers it, neither: now this, now that."
LUCK_WORDS = (
    "By luck: cannot be told from zero here; a factor that does nothing passes for more than luck once in a hundred."
)


def _percent(share: float) -> str:
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.5 or value == 0 else f"{value:.1f} %"

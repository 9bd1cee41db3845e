"""What people can move on the page, as data: a scenario as it stands, and the scenario after one change. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.practices import EVIDENCE_GRADES, PRACTICES, Practice
from adoptsim.domain.scenario import MONTH_DAYS, PracticeUse, Scenario
from adoptsim.report.words import listed

SIZES = (50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000)
CLIMATE = {"trust": "culture_trust", "safety": "culture_safety"}
"""What the page calls the levers of the climate that people start from."""
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Bring people in", ("critical_mass", "other_voice_platforms", "organisations_purpose")),
    ("Show that leaders listen", ("leadership_and_champions", "act_on_contributions", "negative_comments")),
    ("Make it safe to speak", ("culture_of_voice", "safe_space", "trust_employees", "social_media_policy")),
)
FIRST = "typical"
"""The starting point of somebody who hasn't chosen one."""


@cache
def starting_point(name: str) -> files.Scenario:
    """Return a shipped scenario; another name raises ``InputError``."""
    if name not in files.shipped("scenarios"):
        known = ", ".join(files.shipped("scenarios"))
        raise InputError(Problem(f"no starting point is called {name[:60]!r}; there are {known}"))
    return files.Scenario.load(name)


def starting_points() -> list[dict[str, str]]:
    """Return the shipped scenarios for a list to choose from, the typical one first."""
    names = sorted(files.shipped("scenarios"), key=lambda name: (name != FIRST, name))
    return [
        {
            "name": name,
            "title": starting_point(name).title.rstrip("."),
            "story": " ".join(starting_point(name).story.split()),
            "lesson": " ".join(starting_point(name).lesson.split()),
        }
        for name in names
    ]


def controls(scenario: Scenario) -> dict[str, Any]:
    """Return where every control stands: whole percent, months and people."""
    return {
        "people": scenario.organisation.people,
        "support": round(scenario.horizon.support_until / MONTH_DAYS),
        "months": round(scenario.horizon.days / MONTH_DAYS),
        "practices": {name: _use(scenario, name) for name in PRACTICES},
    } | {name: _percent(level(scenario, name)) for name in CLIMATE}


def level(scenario: Scenario, name: str) -> float:
    """Return the level of trust or safety, 0 to 1, that people start from without any practice."""
    lever = CLIMATE[name]
    return scenario.levers.get(lever, LEVERS[lever].default)


def _use(scenario: Scenario, name: str) -> dict[str, Any]:
    use = scenario.practices.get(name, PracticeUse(intensity=0.0))
    return {
        "intensity": _percent(use.intensity),
        "start": round(use.start / MONTH_DAYS),
        "end": None if use.end is None else round(use.end / MONTH_DAYS),
        "misused": use.misused,
    }


def _percent(share: float) -> int:
    return round(100.0 * share)


def changed(scenario: files.Scenario, change: Mapping[str, Any]) -> files.Scenario:
    """Return the scenario after one change: ``{"what": ..., "name": ..., "value": ...}``.

    Raises ``InputError`` for what can't be: the page never sends it, but a link or a script may.
    """
    what, value = str(change.get("what")), change.get("value")
    if what == "people":
        return _with(scenario, "organisation", scenario.organisation.model_copy(update={"people": _whole(value, 20, 5000)}))
    if what == "support":
        days = _whole(value, 1, 24) * MONTH_DAYS
        return _with(scenario, "horizon", scenario.horizon.model_copy(update={"support_until": days}))
    if what in CLIMATE:
        return with_level(scenario, what, _whole(value, 5, 95))
    if what in {"intensity", "start", "end", "misused"}:
        return _with_practice(scenario, str(change.get("name")), what, value)
    raise InputError(Problem(f"nothing here is called {what[:40]!r}"))


def with_level(scenario: files.Scenario, name: str, percent: int) -> files.Scenario:
    """Return the scenario with another level of trust or safety to start from."""
    lever = CLIMATE[name]
    levers = {key: kept for key, kept in scenario.levers.items() if key != lever}
    if percent / 100.0 != LEVERS[lever].default:
        levers[lever] = percent / 100.0
    return _with(scenario, "levers", levers)


def _with_practice(scenario: files.Scenario, name: str, what: str, value: Any) -> files.Scenario:
    if name not in PRACTICES:
        raise InputError(Problem(f"no practice is called {name[:40]!r}"))
    months = round(scenario.horizon.days / MONTH_DAYS)
    given: dict[str, Any] = {}
    if what == "intensity":
        given = {"intensity": _whole(value, 0, 100) / 100.0}
    elif what == "start":
        given = {"start": _whole(value, 0, months - 1) * MONTH_DAYS}
    elif what == "end":
        given = {"end": None if value is None else _whole(value, 1, months) * MONTH_DAYS}
    elif what == "misused":
        given = {"misused": bool(value)} | ({"variant": None} if value else {})
    return with_use(scenario, name, given)


def with_use(scenario: files.Scenario, name: str, given: Mapping[str, Any]) -> files.Scenario:
    """Return the scenario with a practice used in another way; one without any intensity is left out."""
    before = scenario.practices.get(name, PracticeUse(intensity=0.0))
    fields = before.model_dump() | dict(given)
    if fields["end"] is not None and fields["end"] <= fields["start"]:
        late = "start" in given and "end" not in given
        fields |= {"end": None} if late else {"start": max(0, fields["end"] - MONTH_DAYS)}
    try:
        use = PracticeUse(**fields)
    except ValidationError as error:
        raise InputError(Problem(f"{PRACTICES[name].title}: {error.errors()[0]['msg']}")) from None
    uses = dict(scenario.practices) | {name: use}
    if use == PracticeUse(intensity=0.0):
        uses.pop(name)
    return _with(scenario, "practices", {key: uses[key] for key in PRACTICES if key in uses})


def _whole(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(Problem(f"{str(value)[:40]} can't be; give a whole number from {low} to {high}"))
    return round(value)


def _with(scenario: files.Scenario, name: str, value: Any) -> files.Scenario:
    return scenario.model_copy(update={name: value})


def named(scenario: files.Scenario, title: str) -> files.Scenario:
    """Return the scenario under a title of its own, for files and pictures; numbers don't depend on it."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "scenario"
    return scenario.model_copy(update={"name": name, "title": title[:200], "story": "", "lesson": ""})


def differences(before: Scenario, after: Scenario) -> list[str]:
    """Return in words what differs between two scenarios, a phrase for each control that was moved."""
    one, other = controls(before), controls(after)
    parts = [
        f"{label} {_shown(one[key], unit)} → {_shown(other[key], unit)}"
        for key, label, unit in (
            ("people", "People", ""),
            ("trust", "Starting trust", " %"),
            ("safety", "Starting safety", " %"),
            ("support", "Launch support", " months"),
        )
        if one[key] != other[key]
    ]
    for name, practice in PRACTICES.items():
        use, then = one["practices"][name], other["practices"][name]
        said = [words for key in use if use[key] != then[key] for words in (_moved(key, use[key], then[key]),)]
        if said:
            parts.append(f"{practice.title} {listed(said)}")
    return parts


def _shown(value: int, unit: str) -> str:
    return f"{value:,}{unit}"


def _moved(key: str, before: Any, after: Any) -> str:
    if key == "intensity":
        return f"{before} % → {after} %"
    if key == "start":
        return f"from month {after}"
    if key == "end":
        return "to its usual end" if after is None else f"until month {after}"
    return "done badly" if after else "done well"


def about(practice: Practice) -> dict[str, Any]:
    """Return what the page tells of a practice: what it is, what it costs, and on what evidence."""
    return {
        "name": practice.name,
        "number": practice.number,
        "title": practice.title,
        "says": practice.says,
        "misuse": practice.misuse_says,
        "standing": practice.standing,
        "costs": _costs(practice),
        "grade": practice.evidence,
        "evidence": EVIDENCE_GRADES[practice.evidence],
        "source": practice.source,
        "moves": [
            {
                "what": LEVERS[lever].meaning,
                "from": _amount(LEVERS[lever].default),
                "to": _amount(value),
                "unit": LEVERS[lever].unit,
            }
            for lever, value in practice.to.items()
        ],
    }


def _amount(value: float) -> str:
    return f"{value:g}"


def _costs(practice: Practice) -> str:
    hours = practice.hours
    parts = (
        (hours.per_leader, "a leader"),
        (hours.per_champion, "a champion"),
        (hours.per_person, "an employee"),
        (hours.fixed, "for the organisation as a whole"),
    )
    said = listed(f"{_amount(amount)} {whose}" for amount, whose in parts if amount)
    return f"Hours a month at full strength: {said}."


def practice_groups() -> list[dict[str, Any]]:
    """Return the ten practices in their groups."""
    return [{"title": title, "practices": [about(PRACTICES[name]) for name in names]} for title, names in GROUPS]

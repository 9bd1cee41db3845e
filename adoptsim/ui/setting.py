"""What people can move on the page, as data: a scenario as it stands, and the scenario after one change. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.practices import EVIDENCE_GRADES, PRACTICES, Practice
from adoptsim.domain.scenario import MONTH_DAYS, OrganisationSpec, PracticeUse, Scenario
from adoptsim.report.words import listed

SIZES = (50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000)
MOST_OWN_PEOPLE = 20_000
MOST_PERSON_DAYS = 504 * MOST_OWN_PEOPLE
"""What the page simulates at most in one run: more would keep everybody waiting."""
CLIMATE = {"trust": "culture_trust", "safety": "culture_safety"}
"""What the page calls the levers of the climate that people start from."""
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Bring people in", ("critical_mass", "other_voice_platforms", "organisations_purpose")),
    ("Show that leaders listen", ("leadership_and_champions", "act_on_contributions", "negative_comments")),
    ("Make it safe to speak", ("culture_of_voice", "safe_space", "trust_employees", "social_media_policy")),
)
KINDS: dict[str, tuple[str, str, dict[str, float]]] = {
    "office": (
        "Office",
        "as measured",
        {"mean_degree": 32.0, "leader_share": 0.05},
    ),
    "close": ("Close-knit", "more contacts", {"mean_degree": 40.0, "leader_share": 0.05}),
    "scattered": ("Scattered sites", "half the contacts", {"mean_degree": 15.0, "leader_share": 0.05}),
    "flat": ("Flat", "few senior leaders", {"mean_degree": 32.0, "leader_share": 0.02}),
    "steep": ("Steep", "many senior leaders", {"mean_degree": 32.0, "leader_share": 0.08}),
}
"""Kinds of generated organisations: what each is called, what it means, and what it sets within the plausible range."""
KIND_FIELDS = ("mean_degree", "leader_share")
UNMOVED = ("ramp", "departments", "variant")
"""What the page leaves of a practice as its starting point has it."""
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
        "own": digest_of(scenario.organisation),
        "people": scenario.organisation.people,
        "kind": kind_of(scenario.organisation),
        "support": round(scenario.horizon.support_until / MONTH_DAYS),
        "most_support": _most_support(scenario),
        "months": _months(scenario),
        "practices": {name: _use(scenario, name) for name in PRACTICES},
    } | {name: _percent(level(scenario, name)) for name in CLIMATE}


def kind_of(spec: OrganisationSpec) -> str:
    """Return which kind an organisation is; empty for one that is like none of them."""
    own = {name: getattr(spec, name) for name in KIND_FIELDS}
    return next((kind for kind, (_, _, fields) in KINDS.items() if fields == own), "")


def organisation_kinds() -> list[dict[str, str]]:
    """Return the kinds of organisations for a list to choose from."""
    return [{"name": name, "title": title, "says": says} for name, (title, says, _) in KINDS.items()]


def _months(scenario: Scenario) -> int:
    return round(scenario.horizon.days / MONTH_DAYS)


def _most_support(scenario: Scenario) -> int:
    """Return up to which month support may be moved: later nothing would show whether it lasts."""
    return max(1, _months(scenario) - 4, round(scenario.horizon.support_until / MONTH_DAYS))


def digest_of(spec: OrganisationSpec) -> str:
    """Return the hash of an organisation's own files, which their folder is called by; empty for a generated one."""
    return "" if spec.people_file is None else Path(spec.people_file).parent.name


def without_files(spec: OrganisationSpec) -> OrganisationSpec:
    """Return how a generated organisation is described in the place of somebody's own."""
    return spec.model_copy(update={"people_file": None, "ties_file": None})


def check_size(scenario: Scenario, file: str = "") -> None:
    """Raise ``InputError`` where a scenario is more than people could wait for."""
    people, days = scenario.organisation.people, scenario.horizon.days
    if scenario.organisation.people_file is None and (people > MOST_OWN_PEOPLE or people * days > MOST_PERSON_DAYS):
        message = f"{people:,} people over {days:,} days is more than the page simulates; use adoptsim run"
        raise InputError(Problem(message, "organisation.people", file))


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


def changed(scenario: files.Scenario, change: Mapping[str, Any], first: files.Scenario | None = None) -> files.Scenario:
    """Return the scenario after one change: ``{"what": ..., "name": ..., "value": ...}``; ``first``: its starting point.

    Controls stand at whole percent and months: one that is back where the starting point shows it is back exactly there.
    Raises ``InputError`` for what can't be: the page never sends it, but a link or a script may.
    """
    what, value, first = str(change.get("what")), change.get("value"), first or scenario
    if what == "people":
        size = {"people": _whole(value, 20, 5000)}
        return _with(scenario, "organisation", without_files(scenario.organisation).model_copy(update=size))
    if what == "kind":
        return _with(scenario, "organisation", scenario.organisation.model_copy(update=_kind_fields(str(value), first)))
    if what == "support":
        month, own = _whole(value, 1, max(_months(scenario), _most_support(scenario))), first.horizon.support_until
        days = own if month == round(own / MONTH_DAYS) else month * MONTH_DAYS
        return _in_time(_with(scenario, "horizon", scenario.horizon.model_copy(update={"support_until": days})))
    if what in CLIMATE:
        percent = _whole(value, 5, 95)
        return with_level(scenario, what, percent, first if percent == _percent(level(first, what)) else None)
    if what in {"intensity", "start", "end", "misused"}:
        return _with_practice(scenario, str(change.get("name")), what, value, first)
    raise InputError(Problem(f"nothing here is called {what[:40]!r}"))


def _kind_fields(kind: str, first: files.Scenario) -> dict[str, float]:
    """Return what a kind sets; without a name, as the starting point has it."""
    if kind == "":
        return {name: getattr(first.organisation, name) for name in KIND_FIELDS}
    if kind not in KINDS:
        raise InputError(Problem(f"no kind of organisation is called {kind[:40]!r}; there are {', '.join(KINDS)}"))
    return KINDS[kind][2]


def with_level(scenario: files.Scenario, name: str, percent: int, like: files.Scenario | None = None) -> files.Scenario:
    """Return the scenario with another level of trust or safety to start from; ``like``: exactly as another one has it."""
    lever = CLIMATE[name]
    levers = {key: kept for key, kept in scenario.levers.items() if key != lever}
    if like is not None:
        levers |= {lever: like.levers[lever]} if lever in like.levers else {}
    elif percent / 100.0 != LEVERS[lever].default:
        levers[lever] = percent / 100.0
    return _with(scenario, "levers", levers)


def _with_practice(scenario: files.Scenario, name: str, what: str, value: Any, first: files.Scenario) -> files.Scenario:
    if name not in PRACTICES:
        raise InputError(Problem(f"no practice is called {name[:40]!r}"))
    months, own, shown = _months(scenario), first.practices.get(name), _use(first, name)
    given: dict[str, Any] = {}
    if what == "intensity":
        given = {"intensity": _whole(value, 0, 100)}
    elif what == "start":
        given = {"start": _whole(value, 0, months - 1)}
    elif what == "end":
        given = {"end": None if value is None else _whole(value, 1, months)}
    elif what == "misused":
        given = {"misused": bool(value)}
    if own is not None and given[what] == shown[what]:
        given = {what: getattr(own, what)}
    elif what == "intensity":
        given = {what: given[what] / 100.0}
    elif what in {"start", "end"} and given[what] is not None:
        given = {what: given[what] * MONTH_DAYS}
    return with_use(scenario, name, given, first)


def with_use(scenario: files.Scenario, name: str, given: Mapping[str, Any], first: files.Scenario) -> files.Scenario:
    """Return the scenario with a practice used in another way; one without any intensity is left out.

    What the page can't move stays as the starting point has it, so that a link need not say it; what is done badly has no
    variant.
    """
    absent = PracticeUse(intensity=0.0)
    own = first.practices.get(name, absent)
    fields = scenario.practices.get(name, absent).model_dump() | {key: getattr(own, key) for key in UNMOVED} | dict(given)
    if fields["misused"]:
        fields["variant"] = None
    if fields["end"] is not None and fields["end"] <= fields["start"]:
        late = "start" in given and "end" not in given
        fields |= {"end": None} if late else {"start": max(0, fields["end"] - MONTH_DAYS)}
    try:
        use = PracticeUse(**fields)
    except ValidationError as error:
        raise InputError(Problem(f"{PRACTICES[name].title}: {error.errors()[0]['msg']}")) from None
    uses = dict(scenario.practices) | {name: use}
    is_nothing = not (use.intensity or use.start or use.end or use.misused)
    if is_nothing and use != first.practices.get(name):
        uses.pop(name)
    return _in_time(_with(scenario, "practices", {key: uses[key] for key in PRACTICES if key in uses}))


def _in_time(scenario: files.Scenario) -> files.Scenario:
    """Return the scenario with what ends with launch support begun a month before that at the latest, as files demand."""
    support = scenario.horizon.support_until
    begun = {
        name: use.model_copy(update={"start": max(0, support - MONTH_DAYS)})
        for name, use in scenario.practices.items()
        if scenario.ends(name) and use.end is None and use.start >= support
    }
    return _with(scenario, "practices", dict(scenario.practices) | begun) if begun else scenario


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
        if one[key] != other[key] and not (key == "people" and other["own"])
    ]
    if one["kind"] != other["kind"]:
        parts.append(f"Kind {_kind_title(one['kind'])} → {_kind_title(other['kind'])}")
    if one["own"] != other["own"]:
        parts = ["People from own files" if other["own"] else f"{other['people']:,} generated people", *parts]
    for name, practice in PRACTICES.items():
        use, then = one["practices"][name], other["practices"][name]
        said = [words for key in use if use[key] != then[key] for words in (_moved(key, use[key], then[key]),)]
        if said:
            parts.append(f"{practice.title} {listed(said)}")
    return parts


def _kind_title(kind: str) -> str:
    return KINDS[kind][0] if kind else "of its own"


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

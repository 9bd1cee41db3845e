"""Views by hand: what a plan usually holds, and all that a plan may hold at once."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from adoptsim.domain.practices import PRACTICES
from tests.workshop import examples

LONG = "The organisation as it is, without anything that anybody has ever thought of doing for it"
NASTY = "<img src=x onerror=alert(1)>"
TEAMS = {
    "Blue": "#0072b2",
    "Orange": "#c4520a",
    "Green": "#00795a",
    "Purple": "#8e3f8c",
    "Communications team 1": "#111111",
    NASTY[:20]: "#ffee00",
}
SCREENS = {"lobby": 1, "introduce": 2, "predict": 1, "decide": 1, "reveal": 4, "debrief": 5, "ended": 1}
PROJECTED = [(phase, screen) for phase, most in SCREENS.items() for screen in range(1, most + 1)]
"""Phases and their screens, as many as there can be; turned too far, the last is shown."""
View = dict[str, Any]


def usual(role: str, phase: str) -> View:
    """Return a view with what a plan usually holds."""
    view = deepcopy(examples.view(role, phase))
    for guess in view.get("results", {}).get("guesses", ()):
        guess.setdefault("edges", [10 * n for n in range(11)] if guess["kind"] == "contributors" else [])
        guess.setdefault("options", examples.QUESTIONS[0]["options"] if guess["kind"] == "lasts" else [])
        guess["simulated"].setdefault("index", 1)
    return view


def crowded(role: str, phase: str) -> View:
    """Return a view with six teams, ten practices, five questions, long names and 100 people."""
    view, names = usual(role, phase), list(TEAMS)
    view["teams"] = [
        {"key": name, "name": name, "colour": colour, "members": 17, "decided": False} for name, colour in TEAMS.items()
    ]
    if "me" in view:
        view["me"] = {"nickname": NASTY[:24], "team": names[5], "mates": [NASTY, *["A name of 24 letters, ok"] * 12]}
    if "people" in view:
        view["notes"] = [LONG] * 6
        view["people"] = [
            {"id": f"p{n}", "nickname": NASTY, "team": names[n % 6], "guessed": True, "here": n % 7 > 0} for n in range(100)
        ]
    if "story" in view:
        view["story"] = [f"{LONG}. {LONG}."] * 4
    if "questions" in view:
        asked = (view["questions"] * 2)[:5]
        view["questions"] = [each | {"key": f"q{n}", "text": f"{LONG}: {each['text']}"} for n, each in enumerate(asked)]
    if "decision" in view:
        view["decision"] |= {"budget": 330.0, "practices": _ten(hours=137.0, plain=LONG, strength=None, start=None)}
    if "results" in view:
        view["results"] = _crowded_results(view["results"])
    if "debrief" in view:
        view["debrief"] |= {
            "why": [{"team": name, "name": name, "values": _ten(value=0.04, low=-0.02, high=0.1)} for name in names],
            "winner": {"team": names[4], "name": names[4], "text": LONG},
            "story": [LONG] * 8,
            "questions": [f"{LONG}?"] * 5,
        }
    return view


def _ten(**more: Any) -> list[View]:
    return [{"key": key, "name": each.title, **more} for key, each in PRACTICES.items()]


def _crowded_results(results: View) -> View:
    one = results["teams"][0] | {"computer": True, "practices": _ten(strength="full", start=6)}
    choices = [{"key": key, "text": each.title} for key, each in PRACTICES.items()]
    practice = {
        "key": "practice",
        "kind": "practice",
        "text": LONG,
        "unit": "",
        "labels": [each["text"] for each in choices],
        "counts": [40, 3, 0, 7, 12, 9, 14, 15, 0, 0],
        "options": choices,
        "mine": "safe_space",
        "simulated": {"value": 0.1, "low": 0.0, "high": 0.2, "index": 9, "label": choices[9]["text"]},
    }
    number = results["guesses"][1] | {"text": LONG}
    number["simulated"]["value"] = 99.0
    return results | {
        "teams": [one | {"team": name, "name": name} for name in TEAMS],
        "shown": [one | {"key": f"s{n}", "name": LONG[: 60 - n]} for n in range(2)],
        "winner": list(TEAMS)[4],
        "guesses": [practice, number],
    }

"""A view of every role in every phase, by hand: what pages may rely on, and what `views` is held against."""

from __future__ import annotations

from typing import Any

ROLES = ("participant", "projector", "facilitator")
PHASES = ("lobby", "introduce", "predict", "decide", "reveal", "debrief", "ended")
DAYS = list(range(0, 504, 21))
NAMES = {"blue": "Blue", "orange": "Orange", "green": "Green", "purple": "Purple"}
COLOURS = {"blue": "#0072b2", "orange": "#d55e00", "green": "#009e73", "purple": "#8e44ad"}
MENU = (
    ("critical_mass", "Reach critical mass", "A launch that brings many in at once.", 16.0),
    ("leadership_and_champions", "Leadership and champions", "Senior managers take part; champions reply and invite.", 40.0),
    ("act_on_contributions", "Act on contributions", "Leaders answer, act on some, and say why not on others.", 24.0),
    ("safe_space", "A safe space", "No reprisals for honest views, said and shown.", 5.0),
    ("social_media_policy", "A social media policy", "A short policy says what is fine and what is not.", 16.0),
)
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "key": "lasts",
        "kind": "lasts",
        "text": "Will people still contribute a year after launch support has ended?",
        "options": [{"key": "yes", "text": "Yes, it lasts"}, {"key": "no", "text": "No, it dies"}],
        "unit": "",
        "low": None,
        "high": None,
        "months": [],
    },
    {
        "key": "contributors",
        "kind": "contributors",
        "text": "How many of every 100 staff contribute in month 24?",
        "options": [],
        "unit": "% of staff",
        "low": 0.0,
        "high": 100.0,
        "months": [],
    },
    {
        "key": "practice",
        "kind": "practice",
        "text": "Which practice matters most?",
        "options": [{"key": key, "text": name} for key, name, _, _ in MENU],
        "unit": "",
        "low": None,
        "high": None,
        "months": [],
    },
)


def view(role: str, phase: str) -> dict[str, Any]:
    """Return what a role is told in a phase, in the middle of it."""
    shown = _every(role, phase) | _of_role(role, phase)
    if role == "participant":
        del shown["counts"]["here"]
    makers = {"introduce": _introduce, "predict": _predict, "decide": _decide, "reveal": _reveal, "debrief": _debrief}
    return shown | makers.get(phase, lambda _: {})(role)


def _every(role: str, phase: str) -> dict[str, Any]:
    return {
        "version": 42,
        "now": 1_790_000_120.0,
        "role": role,
        "workshop": {"id": "1a2b3c4d", "name": "example", "title": "Ten practices, five coins", "minutes": 60},
        "phase": phase,
        "round": None if phase in ("lobby", "ended") else {"number": 1, "of": 2, "title": "One organisation, four plans"},
        "open": phase in ("predict", "decide"),
        "screen": 1,
        "computing": False,
        "problem": "",
        "clock": {"since": 1_790_000_000.0, "minutes": 5.0},
        "teams": [
            {"key": key, "name": name, "colour": COLOURS[key], "members": members, "decided": decided, "computer": False}
            for (key, name), members, decided in zip(NAMES.items(), (3, 3, 2, 2), (True, False, True, False), strict=True)
        ],
        "counts": {"joined": 10, "here": 9, "guessed": 7, "decided": 2, "deciding": 4},
    }


def _of_role(role: str, phase: str) -> dict[str, Any]:
    if role == "participant":
        return {"me": {"nickname": "Ana <b>", "team": "blue", "mates": ["Ben", "Zoë"]}}
    join = {"join": {"code": "482913", "url": "http://192.168.1.20:8770/", "qr": "/qr.svg"}}
    if role == "projector":
        return join
    return join | {
        "people": [
            {"id": f"p{n}", "nickname": nick, "team": team, "guessed": n % 3 != 0, "here": n != 4}
            for n, (nick, team) in enumerate([("Ana <b>", "blue"), ("Ben", "blue"), ("Zoë", "blue"), ("Cem", "orange")] * 2)
        ],
        "actions": {"lobby": ["next", "remove", "move"], "predict": ["next", "back", "close", "remove", "move"]}.get(
            phase, ["next", "back", "remove", "move"]
        ),
        "next": {"text": "Close the predictions and let teams decide"},
        "back": None if phase == "lobby" else {"text": "Back to the introduction"},
        "notes": ["Ask two people to say why before anybody sees a number."],
        "rounds": [
            {"number": n, "title": title, "phases": ["introduce", "predict", "decide", "reveal", "debrief"]}
            for n, title in ((1, "One organisation, four plans"), (2, "The same, without support"))
        ],
        "projector_url": "http://192.168.1.20:8770/projector?key=example",
        "afterwards": [{"text": "Remove it:", "command": "adoptsim workshop --file example.workshop.db --erase"}],
    }


def _introduce(role: str) -> dict[str, Any]:
    return {
        "story": [
            "Northgate Services has 600 people in eleven places. Last spring it bought a social network.",
            "The launch was loud. By winter the only posts came from the communications team.",
        ]
    }


def _predict(role: str) -> dict[str, Any]:
    own = {"lasts": "yes", "contributors": None, "practice": None}
    if role == "participant":
        return {"questions": [question | {"answer": own[question["key"]]} for question in QUESTIONS]}
    return {"questions": [question | {"answered": n} for n, question in zip((9, 8, 7), QUESTIONS, strict=True)]}


def _decide(role: str) -> dict[str, Any]:
    menu: list[dict[str, Any]] = [
        {"key": key, "name": name, "plain": plain, "hours": hours} for key, name, plain, hours in MENU
    ]
    shown: dict[str, Any] = {
        "budget": 60.0,
        "unit": "hours a month",
        "strengths": [{"key": "half", "name": "Half", "factor": 0.5}, {"key": "full", "name": "Full", "factor": 1.0}],
        "starts": [0, 3, 6],
        "practices": menu,
    }
    if role == "participant":
        for row in menu:
            row |= {"strength": None, "start": None}
        menu[0] |= {"strength": "full", "start": 0}
        menu[2] |= {"strength": "half", "start": 3}
        shown |= {"spent": 28.0, "revision": 1, "submitted_by": "Ben"}
    return {"decision": shown}


def _results(role: str) -> dict[str, Any]:
    shares = {"blue": 0.94, "orange": 0.31, "green": 0.05, "purple": 0.62}
    teams = []
    for key, share in shares.items():
        mean = [round(share * 0.4 * (1 - 0.9 ** (n + 1)), 4) for n in range(len(DAYS))]
        teams.append(
            {
                "team": key,
                "name": NAMES[key],
                "practices": [
                    {"key": MENU[0][0], "name": MENU[0][1], "strength": "full", "start": 0},
                    {"key": MENU[2][0], "name": MENU[2][1], "strength": "half", "start": 3},
                ],
                "critical_mass": {"share": share, "low": max(0.0, share - 0.08), "high": min(1.0, share + 0.06)},
                "contributors": {"mean": mean[-1], "low": mean[-1] * 0.8, "high": mean[-1] * 1.2},
                "curve": {
                    "days": DAYS,
                    "mean": mean,
                    "low": [round(m * 0.7, 4) for m in mean],
                    "high": [round(m * 1.3, 4) for m in mean],
                },
                "hours": 28.0,
                "computer": key == "purple",
            }
        )
    mine = {"mine": "yes"} if role == "participant" else {}
    mine_number = {"mine": 40.0} if role == "participant" else {}
    return {
        "threshold": 0.25,
        "end_of_support": 189,
        "days": 504,
        "teams": teams,
        "winner": "blue",
        "winners": ["blue"],
        "level": [],
        "guesses": [
            {
                "key": "lasts",
                "kind": "lasts",
                "text": QUESTIONS[0]["text"],
                "unit": "",
                "labels": ["Yes, it lasts", "No, it dies"],
                "counts": [7, 3],
                "simulated": {"value": 0.31, "low": 0.21, "high": 0.43, "label": "No, it dies"},
                **mine,
            },
            {
                "key": "contributors",
                "kind": "contributors",
                "text": QUESTIONS[1]["text"],
                "unit": "% of staff",
                "labels": [f"{n}–{n + 10}" for n in range(0, 100, 10)],
                "counts": [1, 0, 2, 3, 2, 1, 1, 0, 0, 0],
                "simulated": {
                    "value": 12.0,
                    "low": 9.0,
                    "high": 15.0,
                    "label": "12 % of staff",
                    "interval": "9 to 15",
                    "short": "12 %",
                },
                **mine_number,
            },
        ],
    }


def _reveal(role: str) -> dict[str, Any]:
    return {"results": _results(role)}


def _debrief(role: str) -> dict[str, Any]:
    values = [
        {"key": key, "name": name, "value": value, "low": value - 0.06, "high": value + 0.06}
        for (key, name, _, _), value in zip(MENU[:3], (0.41, 0.38, 0.15), strict=True)
    ]
    return {
        "results": _results(role),
        "debrief": {
            "computing": False,
            "why": [{"team": key, "name": name, "values": values} for key, name in NAMES.items()],
            "winner": {"team": "blue", "name": "Blue", "text": "Blue answered what people wrote, and began with it."},
            "story": ["Person 212 posted on day 31 and was answered two days later.", "She posted eleven times more."],
            "questions": [
                "What surprised you?",
                "Which practice did you leave out, and why?",
                "What will you do on Monday?",
            ],
        },
    }

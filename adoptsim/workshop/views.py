"""What each role is told of a room, as JSON: pure, and the only place that decides who may see what.

A key that a role or phase has no right to, or no use for, is absent. Text that people have typed is text, never HTML.

Every view
----------
``version`` int, grows with every change; ``now`` seconds, the server's clock when it was sent; ``role`` "participant",
"projector" or "facilitator"; ``workshop`` {id, name, title, minutes}, of which ``id`` is another where another room has
begun at the same address, so that pages begin anew; ``phase`` "lobby", "introduce", "predict", "decide",
"reveal", "debrief" or "ended"; ``round`` {number from 1, of, title} or null in the lobby and at the end; ``open`` whether
answers are taken now; ``screen`` int from 1, the picture of the phase that the trainer has turned to; ``computing``
whether the round's results are being computed (they begin when answers close); ``problem`` "" or why they could not be
(the projector is told only that they could not, phones by neither ``results`` nor ``computing``);
``clock`` {since, minutes}: when the phase began (seconds, as ``now``) and how long it is meant to take;
``teams`` [{key, name, colour, members int, decided bool, computer bool}], of which ``decided`` says that one of its people
has, ``computer`` that a lot was drawn for it; ``counts`` {joined, guessed, decided, deciding} and, but for participants,
``here``: else every phone would be told whenever one of them is laid aside.

By phase
--------
``story`` [paragraphs] (introduce). ``questions`` (predict) [{key, kind, text, options [{key, text}], unit, low, high,
months, answer}]: a question with options is picked, one without is a number from low to high, one with months a curve: a
number for each of them; ``answer`` is the participant's
own, null before; absent elsewhere, where ``answered`` int says how many have. ``decision`` (decide) {budget, unit,
strengths [{key, name, factor}], starts [months], practices [{key, name, plain, hours}]}; a participant's practices also
have ``strength`` (key or null: not chosen) and ``start`` (month or null), and beside them ``spent``, ``revision`` int
(0: nobody has decided), ``submitted_by`` nickname or "". ``hours`` are at full strength; half costs half.
``results`` (reveal, debrief; absent while computing) {threshold, end_of_support (day), days, replicates, seed,
teams [{team, name, practices [{key, name, strength, start}], critical_mass {share, low, high}, contributors {mean, low,
high}, curve {days [], mean [], low [], high []}, hours, computer bool}], winner (team key or null),
winners [team keys: those with the winner's decision] and level [those behind it by no more than luck], shown [{key, name,
critical_mass, contributors, curve, hours}] (policies that the plan sets beside),
guesses [{key, kind, text, unit, options [{key, text}], labels [], counts [], edges [] (numbers only), simulated {value,
low, high, label, index, of numbers interval and short, of practices tied [other labels that luck can't tell from it]},
mine}]}; a round without decisions has one entry with team null. What is drawn has ``months`` and ``drawn`` [[number]],
nobody's name, and ``simulated`` a ``curve`` as a team's. Shares are 0 to 1, but guesses and what is simulated beside them
are in the question's unit; ``label``, ``interval`` and ``short`` are its words. A curve's band holds nine of ten runs,
other bounds are 95 % intervals. ``mine`` is the participant's own answer, null if there is none.
``debrief`` (debrief) {computing bool, measure, why [{team, name, values [{key, name, value, low, high}]}], winner {team,
name, text} or null, story [lines], questions [three]}; a value is what a practice adds to ``measure``.

By role
-------
Participant: ``me`` {nickname, team, mates [nicknames]}, or null: show the form to join (``notice`` says why, or is "");
who has not joined is told nothing beyond what every view has.
Projector and facilitator: ``join`` {code, url, qr (path of a picture)}. Facilitator: ``people`` [{id, nickname, team,
guessed, here}], ``actions`` [names that do something now], ``next`` {text} and ``back`` {text} or null, ``notes`` [lines],
``rounds`` [{number, title, phases}], ``projector_url`` (a link that opens the projector's page on another machine),
``afterwards`` [{text, command}] (none in a rehearsal, of which nothing is kept).

HTTP
----
Pages: ``/`` (participant.html; ``?code=`` from the QR picture), ``/projector`` (projector.html), ``/facilitator``
(facilitator.html), ``/refused`` text where the secret is wrong (refused.html), ``/static/NAME`` (anything beside them).
``GET /api/view?role=ROLE`` gives the view, ``GET /api/stream?role=ROLE`` the same again and again: events ``view``;
when EventSource closes for good (server restarted), make a new one after a second.
POSTs are JSON with an ``id`` of the action (a fresh random UUID a click; send the same again when no answer came: it
counts once): ``/api/join`` {id, code, nickname, team (key or null: the smallest, where newcomers go while
teams decide)}, also for another team later;
``/api/guess`` {id, round, key, value}; ``/api/decide`` {id, round, revision (that was shown), practices {key: {strength,
start}}}; ``/api/facilitator`` {id, action, and of the page that was shown round and phase}: next, back, close, open,
reset_team {team}, remove {person}, move {person, team}, show {screen}.
Answers: 200 {ok: true, version}; else {error: plain words}: 400 not understood, 401 join first, 403 wrong code or secret,
409 not now or changed meanwhile, 413 too large, 429 too often, 507 could not be kept (nothing was counted).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from adoptsim.domain.practices import PRACTICES
from adoptsim.workshop.questions import CURVE_MONTHS, Question
from adoptsim.workshop.room import ENDED, LOBBY, Room
from adoptsim.workshop.state import Person, State

Role = Literal["participant", "projector", "facilitator"]
ROLES: tuple[Role, ...] = get_args(Role)
View = dict[str, Any]
_UNITS = {"hours": "hours a month"}
_FORWARD = {
    "introduce": "Tell the story",
    "predict": "Ask for predictions",
    "decide": "Let the teams decide",
    "reveal": "Show what happens",
    "debrief": "Find out why",
    ENDED: "End the workshop",
}
_BACKWARD = {
    LOBBY: "Back to the start",
    "introduce": "Back to the story",
    "predict": "Back to the predictions",
    "decide": "Back to the decisions",
    "reveal": "Back to what happened",
    "debrief": "Back to the discussion",
}
_SAID_ELSEWHERE = "The trainer's page says why."
_REMOVED = "The trainer has taken you out of the room. You can join again with the code."


@dataclass(frozen=True, slots=True)
class Links:
    """Where the room is found; ``projector`` holds a key, so only the trainer is told.

    ``afterwards``: what can be done with the room's file, and by which command.
    """

    code: str
    url: str
    projector: str
    qr: str = "/qr.svg"
    afterwards: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a view says besides the room's own state: who is connected, what is being computed, which room it is."""

    links: Links
    here: Collection[str] = field(default=frozenset())
    computing: bool = False
    problem: str = ""
    id: str = ""


def view(
    room: Room, state: State, role: Role, around: Surroundings, person: str = "", everybody: View | None = None
) -> View:
    """Return what a role is told; ``person`` is the participant who asks, ``everybody`` as `for_everybody` returns it."""
    shown = (for_everybody(room, state, around) if everybody is None else everybody) | {"role": role}
    if role != "participant":
        trainers = _facilitator(room, state, around) if role == "facilitator" else {}
        links = {"code": around.links.code, "url": around.links.url, "qr": around.links.qr}
        here = sum(one.id in around.here for one in state.present())
        problem = around.problem and (around.problem if role == "facilitator" else _SAID_ELSEWHERE)
        shown |= {"problem": problem, "join": links, "counts": shown["counts"] | {"here": here}}
        return shown | trainers | _of_phase(room, state, None)
    known = state.people.get(person)
    if known is None or known.removed:
        return shown | {"me": None, "notice": _REMOVED if known else ""}
    mates = [other.nickname for other in room.members(state)[known.team] if other is not known]
    me = {"nickname": known.nickname, "team": known.team, "mates": mates}
    return shown | {"me": me} | _of_phase(room, state, known)


def for_everybody(room: Room, state: State, around: Surroundings) -> View:
    """Return what every role is told."""
    plan, (number, phase) = room.plan, room.step(state)
    members = room.members(state)
    playing = room.playing(state, number) if number in room.menus and number is not None else ()
    made = {team: decision for (team, of), decision in state.decisions.items() if of == number}
    by_lot = {team for team, decision in made.items() if decision.is_computers}
    decided = set(made) - by_lot
    return {
        "version": state.version,
        "workshop": {"id": around.id, "name": plan.name, "title": plan.title, "minutes": plan.minutes},
        "phase": phase,
        "round": None
        if number is None
        else {"number": number + 1, "of": len(plan.rounds), "title": plan.rounds[number].title},
        "open": state.open,
        "screen": state.screen,
        "computing": around.computing and (number, "results") not in state.outcome,
        "problem": "",
        "clock": {"since": state.since, "minutes": _minutes(room, state)},
        "teams": [
            {
                "key": team.name,
                "name": team.name,
                "colour": team.colour,
                "members": len(members[team.name]),
                "decided": team.name in decided,
                "computer": team.name in by_lot,
            }
            for team in plan.teams
        ],
        "counts": {
            "joined": len(state.present()),
            "guessed": sum(_has_guessed(room, state, person) for person in state.present()),
            "decided": len(decided),
            "deciding": len(playing),
        },
    }


def _minutes(room: Room, state: State) -> int:
    number, phase = room.step(state)
    if number is None:
        return room.plan.opening if phase == LOBBY else room.plan.closing
    return int(getattr(room.plan.rounds[number].minutes, phase))


def _has_guessed(room: Room, state: State, person: Person) -> bool:
    """Return whether somebody has answered every question of the round."""
    number = room.step(state).round
    if number is None:
        return False
    questions = room.plan.rounds[number].predict
    return bool(questions) and all((person.id, number, question.key) in state.guesses for question in questions)


# --- by phase: what a participant is told, and with None for a person, what everybody may see -------------------------


def _of_phase(room: Room, state: State, person: Person | None) -> View:
    number, phase = room.step(state)
    made = _PHASES.get(phase)
    return {} if made is None or number is None else made(room, state, number, person)


def _story(room: Room, state: State, number: int, person: Person | None) -> View:
    return {"story": list(room.stories.get(number, ()))}


def _questions(room: Room, state: State, number: int, person: Person | None) -> View:
    shown = []
    for question in room.plan.rounds[number].predict:
        own: View = (
            {"answered": len(state.guesses_on(number, question.key))}
            if person is None
            else {"answer": state.guesses.get((person.id, number, question.key))}
        )
        shown.append(_question(question) | own)
    return {"questions": shown}


def _question(question: Question) -> View:
    is_picked = bool(question.labels)
    return {
        "key": question.key,
        "kind": question.kind,
        "text": question.text,
        "options": _options(question),
        "unit": question.shown_unit,
        "low": None if is_picked else question.low,
        "high": None if is_picked else question.high,
        "months": list(CURVE_MONTHS) if question.kind == "curve" else [],
    }


def _options(question: Question) -> list[View]:
    return [{"key": key, "text": text} for key, text in question.labels.items()]


def _decision(room: Room, state: State, number: int, person: Person | None) -> View:
    menu = room.menus[number]
    rows: list[View] = [
        {"key": key, "name": PRACTICES[key].title, "plain": PRACTICES[key].says, "hours": hours}
        for key, hours in menu.prices.items()
    ]
    shown: View = {
        "budget": menu.budget,
        "unit": _UNITS.get(menu.unit, menu.unit),
        "strengths": [{"key": key, "name": key.capitalize(), "factor": factor} for key, factor in menu.strengths.items()],
        "starts": list(menu.starts),
        "practices": rows,
    }
    if person is None:
        return {"decision": shown}
    made = state.decisions.get((person.team, number))
    chosen = made.practices if made else {}
    for row in rows:
        use = chosen.get(row["key"])
        row |= {"strength": use.strength if use else None, "start": use.start if use else None}
    who = "" if made is None else state.people[made.person].nickname if made.person else "The computer"
    return {"decision": shown | {"spent": menu.cost(chosen), "revision": made.revision if made else 0, "submitted_by": who}}


def _results(room: Room, state: State, number: int, person: Person | None) -> View:
    """Return the outcome, if it is known, with everybody's own answers: theirs alone."""
    known = state.outcome.get((number, "results"))
    if known is None:
        return {}
    questions = {question.key: question for question in room.plan.rounds[number].predict}
    guesses = []
    for guess in known.get("guesses", ()):
        own = {} if person is None else {"mine": state.guesses.get((person.id, number, guess["key"]))}
        guesses.append({**guess, "options": _options(questions[guess["key"]]), **own})
    return {"results": {**known, "guesses": guesses}}


def _debrief(room: Room, state: State, number: int, person: Person | None) -> View:
    known: Mapping[str, Any] | None = state.outcome.get((number, "debrief"))
    waiting = {"why": [], "winner": None, "story": [], "questions": list(room.plan.rounds[number].debrief)}
    found = {**waiting, **(known or {}), "computing": known is None}
    return _results(room, state, number, person) | {"debrief": found}


_PHASES: dict[str, Callable[[Room, State, int, Person | None], View]] = {
    "introduce": _story,
    "predict": _questions,
    "decide": _decision,
    "reveal": _results,
    "debrief": _debrief,
}


# --- the trainer ------------------------------------------------------------------------------------------------------


def _facilitator(room: Room, state: State, around: Surroundings) -> View:
    number, phase = room.step(state)
    notes = "" if number is None else str(getattr(room.plan.rounds[number].notes, phase))
    return {
        "people": [
            {
                "id": person.id,
                "nickname": person.nickname,
                "team": person.team,
                "guessed": _has_guessed(room, state, person),
                "here": person.id in around.here,
            }
            for person in state.present()
        ],
        "actions": list(room.possible(state)),
        "next": _next(room, state),
        "back": _back(room, state),
        "notes": [line.strip() for line in notes.splitlines() if line.strip()],
        "rounds": [
            {"number": place, "title": each.title, "phases": list(each.phases)}
            for place, each in enumerate(room.plan.rounds, start=1)
        ],
        "projector_url": around.links.projector,
        "afterwards": [{"text": text, "command": command} for text, command in around.links.afterwards],
    }


def _next(room: Room, state: State) -> dict[str, str] | None:
    if state.step + 1 >= len(room.course):
        return None
    here, then = room.step(state), room.course[state.step + 1]
    if then.round is not None and then.round != here.round:
        return {"text": f"Start round {then.round + 1} of {len(room.plan.rounds)}"}
    closing = {"predict": "Close the predictions: ", "decide": "Close the decisions: "}.get(here.phase, "")
    words = _FORWARD[then.phase]
    closes = closing if state.open else ""
    return {"text": f"{closes}{words[0].lower()}{words[1:]}" if closes else words}


def _back(room: Room, state: State) -> dict[str, str] | None:
    return {"text": _BACKWARD[room.course[state.step - 1].phase]} if state.step else None

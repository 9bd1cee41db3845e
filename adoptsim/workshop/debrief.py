"""What came of a workshop, after the event, from the file that kept it: tables as CSV, and a page to hand on.

Nicknames are the only personal data; what somebody typed is neither a formula in a table nor markup on a page.
"""

from __future__ import annotations

import csv
import io
import re
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from adoptsim import files
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.assumptions import GROUNDS, INTERVALS, READ_AS
from adoptsim.report.html import Bar, Cell, Fact, Page, Picture, Point, Section, Table, render
from adoptsim.report.words import change, counted, listed, span, with_unit
from adoptsim.simulation import model_version
from adoptsim.workshop.facts import answer_of, drawn_of, printed
from adoptsim.workshop.pictures import course_figure, course_words
from adoptsim.workshop.plan import Round
from adoptsim.workshop.questions import CURVE_MONTHS, Question
from adoptsim.workshop.reckon import winners
from adoptsim.workshop.state import State
from adoptsim.workshop.store import Kept
from adoptsim.workshop.words import plain

WIDE, TEXT = (7.3, 3.4), 9.0  # inches, points
_FORMULA = re.compile(r"(^|[;,\t\r\n|])(\s*)([=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212])")
"""What a spreadsheet may take for a formula: at the beginning, or behind what some of them take for a cell's end."""
TABLES: dict[str, tuple[str, ...]] = {
    "guesses": ("round", "question", "text", "nickname", "team", "answer", "unit"),
    "decisions": ("round", "team", "decided_by", "practice", "strength", "start_month"),
    "results": (
        *("round", "team", "lasts", "lasts_low", "lasts_high", "contributors", "contributors_low", "contributors_high"),
        *("hours_a_month", "computer", "winner", "as_near_as_luck_can_tell"),
    ),
    "answers": ("round", "question", "text", "unit", "simulated", "low", "high", "label", "answered"),
    "why": ("round", "team", "practice", "adds", "low", "high"),
}
"""Tables by name with their columns; shares are 0 to 1, but guesses and answers are in the unit of the question."""


def write_csv(kept: Kept, folder: Path) -> list[Path]:
    """Write the tables of a workshop into a folder, which is made if need be, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {"guesses": _guesses, "decisions": _decisions, "results": _results, "answers": _answers, "why": _why}
    written = []
    for name, columns in TABLES.items():
        path = folder / f"{name}.csv"
        files.write_text(path, _csv_text(columns, rows[name](kept)))
        written.append(path)
    return written


def _csv_text(columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return stream.getvalue()


def _harmless(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1\2'\3", value) if isinstance(value, str) else value


def _guesses(kept: Kept) -> Iterator[Sequence[Any]]:
    state = kept.state
    questions = {(number, each.key): each for number, turn in enumerate(kept.plan.rounds) for each in turn.predict}
    people = {person.id: person for person in state.present()}
    for (who, number, key), value in state.guesses.items():
        if who in people and (number, key) in questions:
            question, person = questions[number, key], people[who]
            answer = " ".join(f"{each:g}" for each in value) if isinstance(value, tuple) else value
            yield number + 1, key, question.text, person.nickname, person.team, answer, question.shown_unit


def _decisions(kept: Kept) -> Iterator[Sequence[Any]]:
    state = kept.state
    for (team, number), made in sorted(state.decisions.items(), key=lambda item: (item[0][1], item[0][0])):
        person = state.people.get(made.person)
        who = person.nickname if person is not None else "the computer"
        for name in (name for name in PRACTICES if name in made.practices):
            choice = made.practices[name]
            yield number + 1, team, who, name, choice.strength, choice.start
        if not made.practices:  # that is a decision too
            yield number + 1, team, who, "none", "", ""


def _results(kept: Kept) -> Iterator[Sequence[Any]]:
    for number, found in _outcomes(kept.state, "results"):
        for team in found["teams"]:
            mass, end = team["critical_mass"], team["contributors"]
            numbers = (mass["share"], mass["low"], mass["high"], end["mean"], end["low"], end["high"], team["hours"])
            yield (
                number + 1,
                team["name"],
                *numbers,
                team["computer"],
                team["team"] is not None and team["team"] in winners(found),
                team["team"] in found.get("level", ()),
            )


def _answers(kept: Kept) -> Iterator[Sequence[Any]]:
    for number, found in _outcomes(kept.state, "results"):
        for guess in found["guesses"]:
            right = guess["simulated"]
            about = (guess["key"], guess["text"], guess["unit"])
            yield number + 1, *about, right["value"], right["low"], right["high"], right["label"], sum(guess["counts"])


def _why(kept: Kept) -> Iterator[Sequence[Any]]:
    for number, found in _outcomes(kept.state, "debrief"):
        for team in found["why"]:
            for row in team["values"]:
                yield number + 1, team["name"], row["key"], row["value"], row["low"], row["high"]


def _outcomes(state: State, part: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield a part of the outcome of each round that has come so far, in order."""
    for (number, name), body in sorted(state.outcome.items(), key=lambda item: item[0]):
        if name == part:
            yield number, body


# --- the page ------------------------------------------------------------------------------------------------------


def write_report(kept: Kept, path: Path) -> None:
    """Write what came of a workshop as one page that needs no network."""
    files.write_text(path, render(page(kept)))


def page(kept: Kept) -> Page:
    """Return what came of a workshop as a page: each round that was played, then how to read it."""
    plan, state = kept.plan, kept.state
    results, reasons = dict(_outcomes(state, "results")), dict(_outcomes(state, "debrief"))
    sections = [section for number in results for section in _sections(kept, number, results[number], reasons.get(number))]
    lessons = [Point("\u2022", lesson.says) for lesson in plan.lessons]
    if lessons:
        sections.append(Section("What the workshop teaches", points=lessons))
    sections.append(Section("How to read the numbers", points=[Point(*ground) for ground in (INTERVALS, *GROUNDS, READ_AS)]))
    day = time.strftime("%d %B %Y", time.localtime(kept.began)).lstrip("0")
    return Page(
        kind=f"What came of a workshop, {day}",
        title=plan.title,
        verdict=[_verdict(number, found) for number, found in results.items()] or ["No round has been played to its end."],
        tone="open",
        facts=[
            Fact(f"{len(state.present())}", "", "people took part"),
            Fact(f"{len(results)} of {len(plan.rounds)}", "", "rounds were played"),
            Fact(f"{len(list(_guesses(kept)))}", "", "guesses"),
        ],
        story=plan.story,
        sections=sections,
        made_by=f"adoptsim {model_version()} · seed {plan.seed} · {plan.replicates} runs of each",
    )


def _verdict(number: int, found: Mapping[str, Any]) -> str:
    """Return in a sentence what came of a round."""
    by_team = {team["team"]: team for team in found["teams"]}
    best = by_team[found["winner"]] if found["winner"] is not None else found["teams"][0]
    lasts = with_unit(best["critical_mass"]["share"], "share")
    if found["winner"] is None:
        return f"Round {number + 1}: contribution lasts in {lasts} of runs."
    names = [by_team[team]["name"] for team in winners(found)]
    level = [by_team[team]["name"] for team in found.get("level", ())]
    if len(names) > 1:
        won = f"{listed(names)} decided the same and share the first place; their network lasts in {lasts} of runs"
    else:
        won = f"{names[0]} {'is ahead' if level else 'won'}; its network lasts in {lasts} of runs"
    luck = f"; {listed(level)} {'is' if len(level) == 1 else 'are'} behind by no more than luck" if level else ""
    return f"Round {number + 1}: {won}{luck}."


def _sections(kept: Kept, number: int, found: Mapping[str, Any], reasons: Mapping[str, Any] | None) -> Iterator[Section]:
    turn = kept.plan.rounds[number]
    colours: dict[str | None, str] = {team.name: team.colour for team in kept.plan.teams}
    drawn = drawn_of(found, colours)
    picture = Picture(
        f"round{number + 1}",
        course_words(drawn),
        course_figure(drawn, size=WIDE, text=TEXT),
        note=f"Lines: means of {found['replicates']} runs under the same people and luck; shades: nine of ten runs.",
    )
    tables = [_teams_table(found)]
    if found["winner"] is not None:
        tables.append(_decided_table(found))
    if found["guesses"]:
        tables.append(_guesses_table(kept.state, number, turn, found))
    yield Section(f"Round {number + 1}: {turn.title}", list(turn.introduce), pictures=[picture], tables=tables)
    if reasons is not None:
        yield _reasons(number, reasons)


def _teams_table(found: Mapping[str, Any]) -> Table:
    rows = [
        [
            Cell(team["name"]),
            Cell(with_unit(mass["share"], "share"), _bounds(mass)),
            Cell(bar=Bar(mass["share"] or 0.0, mass["low"] or 0.0, mass["high"] or 0.0, 0.0, 1.0)),
            Cell(with_unit(end["mean"], "share"), _bounds(end)),
            Cell(plain(team["hours"])),
        ]
        for team in (*found["teams"], *({"team": None, "practices": []} | each for each in found["shown"]))
        for mass, end in [(team["critical_mass"], team["contributors"])]
    ]
    columns = ("", "lasts in", "", "contribute at the end", "hours a month")
    return Table("What happened, all under the same people and luck", columns, rows)


def _decided_table(found: Mapping[str, Any]) -> Table:
    rows = [[Cell(team["name"]), Cell(_decided(team))] for team in found["teams"]]
    return Table("What teams decided", ("", "practices"), rows, words=2)


def _decided(team: Mapping[str, Any]) -> str:
    names = [f"{PRACTICES[row['key']].number} {row['name']}{_how(row)}" for row in team["practices"]]
    decided = "; ".join(names) or "nothing"
    return f"{decided} (drawn by lot by the computer)" if team["computer"] else decided


def _how(row: Mapping[str, Any]) -> str:
    parts = [row["strength"] if row["strength"] != "full" else "", f"from month {row['start']}" if row["start"] else ""]
    said = ", ".join(part for part in parts if part)
    return f" ({said})" if said else ""


def _bounds(values: Mapping[str, Any]) -> str:
    return printed(span(values["low"], values["high"], "share"))


def _guesses_table(state: State, number: int, turn: Round, found: Mapping[str, Any]) -> Table:
    simulated = {guess["key"]: guess for guess in found["guesses"]}
    rows = []
    for question in turn.predict:
        answer = answer_of(question, simulated[question.key]["simulated"])
        room = room_in_words(question, state.guesses_on(number, question.key))
        rows.append([Cell(question.text), Cell(room), Cell(answer.short, answer.interval)])
    return Table("What the room guessed", ("", "the room", "the simulation"), rows, words=3)


def room_in_words(question: Question, given: Sequence[Any]) -> str:
    """Return what a room has guessed: how many chose what, or the middle and the range."""
    if not given:
        return "nobody answered"
    if question.labels:
        by_count = sorted(
            ((sum(value == key for value in given), label) for key, label in question.labels.items()), reverse=True
        )
        most, label = by_count[0]
        return f"{most} of {counted(len(given), 'person', 'people')}: {label}"
    if question.kind == "curve":
        ends = [curve[-1] for curve in given]
        said = f"{statistics.median(ends):.4g} {question.shown_unit}, from {min(ends):.4g} to {max(ends):.4g}"
        return f"{counted(len(given), 'curve')}; in month {CURVE_MONTHS[-1]} in the middle {said}"
    low, middle, high = min(given), statistics.median(given), max(given)
    return f"in the middle {middle:.4g} {question.shown_unit}, from {low:.4g} to {high:.4g}"


def _reasons(number: int, reasons: Mapping[str, Any]) -> Section:
    """Return why: what practices added, the winner, one person's story, and the questions."""
    rows = [
        [Cell(team["name"]), Cell(row["name"]), Cell(*_points(row))] for team in reasons["why"] for row in team["values"]
    ]
    lead = [reasons["winner"]["text"]] if reasons["winner"] is not None else []
    story = [Point("", line) for line in reasons["story"]]
    asked = listed([f"\u201c{question}\u201d" for question in reasons["questions"]])
    points = [*story, *([Point("To discuss", f": {asked}")] if reasons["questions"] else [])]
    note = f"{reasons['measure'][:1].upper()}{reasons['measure'][1:]}, in percentage points; below: 95 % interval."
    tables = [Table("What each practice added", ("", "practice", "adds"), rows, words=2, note=note)] if rows else []
    return Section(f"Round {number + 1}: why", lead, points, tables=tables)


def _points(row: Mapping[str, Any]) -> tuple[str, str]:
    value, _, bounds = change(row["value"], row["low"], row["high"], "share").partition(" ")
    return value, bounds.strip("()")

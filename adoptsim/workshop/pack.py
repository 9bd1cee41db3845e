"""A workshop on paper, from its plan and the model as it is now: running order, slides, handout, answers, paper fallback."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adoptsim import files
from adoptsim.domain.intervals import Interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.html import templates
from adoptsim.report.words import span, with_unit
from adoptsim.workshop.facts import Answer, Facts, RoundFacts, practice_rows, printed
from adoptsim.workshop.lessons import Finding
from adoptsim.workshop.pictures import course, options, scale
from adoptsim.workshop.plan import Lesson, Workshop
from adoptsim.workshop.questions import CURVE_MONTHS, LEVELS, MEASURES, is_share
from adoptsim.workshop.scorecard import Level, in_words

Clock = tuple[int, int]
SLIDE, SLIDE_TEXT = (10.2, 4.75), 13.0  # inches, points
SHEET, SHEET_TEXT = (7.0, 2.5), 8.5
OPTIONS_SLIDE, OPTIONS_SHEET = (10.2, 4.3), (5.6, 1.9)
SCALE = (7.0, 1.5)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the pack: its file, what it is called and what it is for; its template has its name and ``.j2``."""

    file: str
    title: str
    says: str


PARTS = (
    Part("running-order.html", "Running order", "For the trainer: minute by minute, what to say and what to look for."),
    Part("slides.html", "Slides", "For the projector, or to print one a page: stories, questions, what happened."),
    Part("handout.html", "Handout", "For everybody: own guesses, the ten practices, a sheet for each team; no answers."),
    Part("answers.html", "Answer sheet", "For the trainer: simulated numbers, the best decisions, what lessons rest on."),
    Part(
        "paper.html", "Paper fallback", "For when nothing works: tallies, points for each practice, a scale to read them on."
    ),
)
INDEX = Part("index.html", "Pack", "What is in it.")
DEFAULT_NOTES = {
    "introduce": "Read the story, or let somebody read it. Take questions about what is done, none about what will happen.",
    "predict": "Everybody guesses alone. Ask two people for their reasons before anybody sees a number.",
    "decide": "Teams decide. Say when two minutes are left.",
    "reveal": "First what happened, then what the room had guessed. Let people explain before you do.",
    "debrief": "What each practice added, one person's story, then the questions.",
}
IN_THE_ROOM = {
    "introduce": "The story on the screen.",
    "predict": "Everybody guesses on their own phone.",
    "decide": "Teams choose practices within the budget.",
    "reveal": "What happened, all under the same luck; guesses beside it.",
    "debrief": "What each practice added, one person's story, questions.",
}


def write_pack(facts: Facts, folder: Path) -> list[Path]:
    """Write all parts of a workshop's pack into a folder and return their paths, the overview first."""
    drawn = [_pictures(each) for each in facts.rounds]
    written = []
    for part in (INDEX, *PARTS):
        path = folder / part.file
        files.write_text(path, _rendered(part, facts, drawn))
        written.append(path)
    return written


def _pictures(facts: RoundFacts) -> dict[str, Any]:
    """Return a round's drawings by where they stand; nothing is drawn twice under one name."""
    of = f"r{facts.number + 1}"
    asked = {answer.question.key: answer for answer in facts.answers if answer.values}
    return {
        "slide": course(facts.drawn, f"{of}-slide", size=SLIDE, text=SLIDE_TEXT),
        "sheet": course(facts.drawn, f"{of}-sheet", size=SHEET, text=SHEET_TEXT),
        "options_slide": {
            key: options(each, f"{of}-options-{key}", size=OPTIONS_SLIDE, text=SLIDE_TEXT) for key, each in asked.items()
        },
        "options_sheet": {
            key: options(each, f"{of}-options-{key}-sheet", size=OPTIONS_SHEET, text=SHEET_TEXT)
            for key, each in asked.items()
        },
        "scale": scale(facts.card, f"{of}-scale", size=SCALE, text=SHEET_TEXT) if facts.card else "",
    }


def _rendered(part: Part, facts: Facts, drawn: Sequence[Mapping[str, Any]]) -> str:
    pages = itertools.count(1)
    return (
        templates("adoptsim.workshop")
        .get_template(f"{part.file}.j2")
        .render(
            pack=facts,
            what=part.title.lower(),
            parts=PARTS,
            pictures=drawn,
            lessons=lessons_held(facts.lessons),
            findings=facts.lessons,
            order=running_order(facts.workshop),
            next_page=lambda: next(pages),
            keys={practice.number: name for name, practice in PRACTICES.items()},
            **_WORDS,
        )
    )


def lessons_held(found: Sequence[Finding]) -> list[tuple[Lesson, bool]]:
    """Return each lesson with whether all of its claims hold, in order."""
    lessons: dict[int, tuple[Lesson, bool]] = {}
    for each in found:
        _, so_far = lessons.get(id(each.lesson), (each.lesson, True))
        lessons[id(each.lesson)] = (each.lesson, so_far and each.holds)
    return list(lessons.values())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the running order: when it begins, how long it takes, what it is, and what happens in the room.

    ``heading`` names the round that begins with it.
    """

    heading: str
    clock: str
    minutes: int
    what: str
    room: str


def running_order(workshop: Workshop) -> list[Row]:
    """Return the workshop minute by minute; phases that take no time are left out."""
    steps = [("", workshop.opening, "Welcome", "People join with a code or the picture, in teams of about equal size.")]
    for number, turn in enumerate(workshop.rounds, start=1):
        title = f"Round {number}: {turn.title}" if len(workshop.rounds) > 1 else ""
        for phase in turn.phases:
            heading = title if phase == turn.phases[0] else ""
            steps.append((heading, getattr(turn.minutes, phase), phase.capitalize(), IN_THE_ROOM[phase]))
    steps.append(
        ("The end" if len(workshop.rounds) > 1 else "", workshop.closing, "Close", "One sentence each: what I take home.")
    )
    began = itertools.accumulate((minutes for _, minutes, _, _ in steps), initial=0)
    return [
        Row(heading, f"{at // 60}:{at % 60:02d}", minutes, what, room)
        for at, (heading, minutes, what, room) in zip(began, steps, strict=False)
        if minutes
    ]


# --- words ----------------------------------------------------------------------------------------------------------


def budget(round_: RoundFacts) -> str:
    """Return what a team may spend, as a heading."""
    decide = round_.turn.decide
    assert decide is not None
    amount = f"{decide.budget:g}"
    if decide.unit == "hours":
        return f"You have {amount} hours of staff time a month. Which practices?"
    if decide.unit == "coins":
        return f"You have {amount} coins, and each practice costs one. Which practices?"
    return f"You may put {amount} things right. Which?"


def rules(round_: RoundFacts) -> str:
    """Return what a team may choose, in a sentence or two."""
    decide = round_.turn.decide
    assert decide is not None
    parts = []
    if decide.unit == "changes":
        parts.append("A change works from the first day, at full strength. What you leave alone stays as in the story.")
    if len(decide.strengths) > 1:
        named = ", ".join(f"{name} ({value:.0%})".replace("%", " %") for name, value in decide.strengths.items())
        parts.append(f"Strengths: {named}; the price follows the strength.")
    if len(decide.starts) > 1:
        months = ", ".join(f"month {start}" if start else "the first day" for start in sorted(decide.starts))
        parts.append(f"A practice may begin on {months}; its price a month is the same.")
    return " ".join(parts)


def price_words(round_: RoundFacts, price: float) -> str:
    """Return a practice's price where prices differ."""
    decide = round_.turn.decide
    return f"{price:g} h" if decide is not None and decide.unit == "hours" else ""


def level_words(round_: RoundFacts, level: Level) -> str:
    """Return how a practice is used, as the head of a column."""
    decide = round_.turn.decide
    assert decide is not None
    strength = level.strength if len(decide.strengths) > 1 else "yes" if len(decide.starts) == 1 else "from"
    if len(decide.starts) == 1:
        return strength
    when = f"month {level.start}" if level.start else "first day"
    return f"{strength}, {when}" if strength != "from" else f"from {when}"


def finding(round_: RoundFacts) -> str:
    """Return what became of the story's organisation, as a heading."""
    own = round_.drawn.courses[0]
    lasts, end = own["critical_mass"]["share"], own["contributors"]["mean"]
    ends = f"at the end {with_unit(end, 'share')} of staff contribute"
    if lasts == 0.0:
        return f"{own['name']}: it never lasts; {ends}"
    return f"{own['name']}: it lasts in {with_unit(lasts, 'share')} of runs; {ends}"


def claim_words(found: Finding, workshop: Workshop) -> str:
    """Return what a claim measures, of what and against what, and what is claimed."""
    claim = found.claim

    def called(name: str) -> str:
        return f"\u201c{workshop.title_of(name)}\u201d"

    says = f"{MEASURES[claim.measure]}: {called(claim.of)}"
    if claim.than:
        says += f" over {called(claim.than)}"
    if claim.more_than is not None:
        says += f", more than {called(claim.more_than.of)} over {called(claim.more_than.than)}"
    bounds = {"above": claim.above, "below": claim.below}
    claimed = " and ".join(f"{word} {_bound(claim.measure, value)}" for word, value in bounds.items() if value is not None)
    return f"{says[:1].upper()}{says[1:]}; claimed {claimed}"


def _bound(measure: str, value: float) -> str:
    return f"{100 * value:g}\u00a0%" if is_share(measure) and value else f"{value:g}"


def found_words(found: Finding) -> str:
    """Return what was found with its interval."""
    value, low, high = found.found
    claim = found.claim
    if is_share(claim.measure) and not claim.than:
        return f"{with_unit(value, 'share')} ({printed(span(low, high, 'share'))})"
    scale_by, places = (100.0, 0) if is_share(claim.measure) else (1.0, 2 if claim.measure in LEVELS else 3)
    sign = "+" if claim.than else ""
    shown = [f"{bound * scale_by:{sign}.{places}f}" for bound in (value, low, high)]
    points = " points" if is_share(claim.measure) else ""
    return f"{shown[0]}{points} ({shown[1]} to {shown[2]})"


def tally(answer: Answer) -> list[tuple[str, bool]]:
    """Return the lines of a tally with which of them the simulation is in."""
    question = answer.question
    if question.labels:
        right = (answer.short, *answer.tied)
        return [(label, label in right or _is_yes_no(label, answer.short)) for label in question.labels.values()]
    edges = [question.low + (question.high - question.low) * place / 5 for place in range(6)]
    value = float(answer.short.split()[0])
    when = f"in month {CURVE_MONTHS[-1]} " if question.kind == "curve" else ""
    lines = []
    for low, high in itertools.pairwise(edges):
        last = high == edges[-1]
        lines.append(
            (f"{when}{low:g} to {'' if last else 'below '}{high:g}", low <= value < high or (last and value >= high))
        )
    return lines


def _is_yes_no(label: str, short: str) -> bool:
    return short in ("Yes", "No") and label.startswith(short)


def chance(share: float) -> str:
    """Return how often something lasts, roughly, as it is said aloud."""
    if share < 0.01:
        return "never"
    if share < 0.05:
        return "hardly ever"
    if share > 0.95:
        return "nearly always"
    return f"about {10 * share:.0f} in 10" if share >= 0.095 else "under 1 in 10"


_WORDS: dict[str, Any] = {
    "minutes_of": lambda turn, phase: getattr(turn.minutes, phase),
    "note_of": lambda turn, phase: getattr(turn.notes, phase) or DEFAULT_NOTES[phase],
    "rows": practice_rows,
    "budget": budget,
    "rules": rules,
    "price_words": price_words,
    "level_words": level_words,
    "finding": finding,
    "claim_words": claim_words,
    "found_words": found_words,
    "tally": tally,
    "chance": chance,
    "decision_words": in_words,
    "share": lambda value: with_unit(value, "share"),
    "bounds": lambda values: printed(span(values["low"], values["high"], "share")),
    "interval": lambda found: printed(span(Interval(*found).low, Interval(*found).high, "share")),
}
"""Functions that templates call."""

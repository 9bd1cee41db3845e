"""What a workshop's pack says in numbers: simulated now, with the plan's seed; every number on paper comes from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.report.words import counted, listed, span, with_unit
from adoptsim.simulation import model_version
from adoptsim.workshop.decisions import hours_of_all, prices
from adoptsim.workshop.lessons import Finding, findings
from adoptsim.workshop.luck import luck_of
from adoptsim.workshop.plan import Round, Workshop, months
from adoptsim.workshop.questions import Question
from adoptsim.workshop.reckon import results
from adoptsim.workshop.scorecard import ScoreCard, score_card
from adoptsim.workshop.words import bounds_in_unit, in_unit, points

Tell = Callable[[str], None]
LESSON_RUNS = 2
"""Lessons are held against so many times the runs of a reveal: none of 64 is no proof that fewer than 5 % last."""


@dataclass(frozen=True)
class Answer:
    """A question with what the model answers: in few words, with its interval, and all options where there are some.

    ``tied``: the options that are as good as the one in ``short``, as near as luck can tell.
    """

    question: Question
    short: str
    interval: str
    values: tuple[Mapping[str, Any], ...]
    tied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """Courses of contributors for a picture, and the lines that it is read by; ``days``: how many are simulated."""

    courses: tuple[Mapping[str, Any], ...]
    threshold: float
    end_of_support: int
    days: int


@dataclass(frozen=True)
class RoundFacts:
    """A round in numbers: the story's course with policies beside it, the answers, and a score card where teams decide."""

    number: int
    turn: Round
    story: tuple[str, ...]
    drawn: Drawn
    answers: tuple[Answer, ...]
    prices: Mapping[str, float]
    card: ScoreCard | None


@dataclass(frozen=True)
class Facts:
    """A workshop in numbers; ``stamp`` stands on every page."""

    workshop: Workshop
    version: str
    rounds: tuple[RoundFacts, ...]
    lessons: tuple[Finding, ...]
    hours: Mapping[str, int]
    people: int
    called: str
    """How the workshop is named in a command: a shipped one by its name, others by their file."""

    @property
    def months(self) -> int:
        """Return how many months are simulated."""
        return months(self.workshop.scenario(0))

    @property
    def support_months(self) -> int:
        """Return after how many months launch support ends."""
        return round(self.workshop.scenario(0).horizon.support_until / MONTH_DAYS)

    @property
    def lasts(self) -> str:
        """Return what it means that contribution lasts."""
        rule = self.workshop.scenario(0).critical_mass
        held, after = (counted(round(days / MONTH_DAYS), "month") for days in (rule.held_days, rule.after_support_days))
        return (
            f"{with_unit(rule.threshold, 'share')} of staff have posted, replied or reacted within the last month, "
            f"for {held}, and still do {after} after the launch support has ended"
        )

    @property
    def stamp(self) -> str:
        """Return where the numbers come from."""
        return f"adoptsim {self.version} · seed {self.workshop.seed} · {self.workshop.replicates} runs of each"


def gather(workshop: Workshop, *, called: str = "", threads: int | None = None, tell: Tell = lambda what: None) -> Facts:
    """Return a workshop in numbers; ``called`` as in `Facts`, ``tell`` is told what is being simulated."""
    tell("the lessons")
    lessons = findings(workshop, replicates=LESSON_RUNS * workshop.replicates, threads=threads)
    rounds = []
    for number, turn in enumerate(workshop.rounds):
        tell(f"round {number + 1}, {turn.title}")
        rounds.append(_round_facts(workshop, number, threads))
    hours = hours_of_all(workshop.scenario(0), workshop.seed)
    people = luck_of(workshop.scenario(0).organisation, workshop.seed).people
    return Facts(workshop, model_version(), tuple(rounds), tuple(lessons), hours, people, called or workshop.name)


def _round_facts(workshop: Workshop, number: int, threads: int | None) -> RoundFacts:
    turn = workshop.rounds[number]
    found = results(workshop, number, {}, {}, threads=threads)
    by_key = {guess["key"]: guess["simulated"] for guess in found["guesses"]}
    return RoundFacts(
        number=number,
        turn=turn,
        story=story_of_round(workshop, number),
        drawn=drawn_of(found),
        answers=tuple(answer_of(question, by_key[question.key]) for question in turn.predict),
        prices=prices(workshop, number),
        card=score_card(workshop, number, threads=threads) if turn.decide is not None else None,
    )


def drawn_of(found: Mapping[str, Any], colours: Mapping[str | None, str] | None = None) -> Drawn:
    """Return what a round's results draw: teams in their colours, then the policies that the plan shows beside."""
    own = [team | {"colour": (colours or {}).get(team["team"])} for team in found["teams"]]
    return Drawn((*own, *found["shown"]), found["threshold"], found["end_of_support"], found["days"])


def story_of_round(workshop: Workshop, number: int) -> tuple[str, ...]:
    """Return the story of a round, a paragraph each; the scenario's own where the plan has none."""
    turn = workshop.rounds[number]
    own = workshop.scenario(number).story
    return turn.introduce or ((own,) if own else ())


def answer_of(question: Question, simulated: Mapping[str, Any]) -> Answer:
    """Return what the model answers to a question, in words."""
    low, high = simulated["low"], simulated["high"]
    if question.kind == "lasts":
        interval = f"it lasts in {with_unit(simulated['value'], 'share')} of runs ({printed(span(low, high, 'share'))})"
        return Answer(question, "Yes" if simulated["index"] == 0 else "No", interval, ())
    if question.kind == "practice":
        bounds = printed(span(low, high, "share")).removesuffix(" %")
        interval = f"{points(simulated['value'])} of 100 staff more contribute with it ({bounds})"
        if simulated["tied"]:
            interval += f"; as near as luck can tell: {listed(simulated['tied'])}"
        return Answer(question, simulated["label"], interval, tuple(simulated["values"]), tuple(simulated["tied"]))
    unit = question.shown_unit
    in_hundred = unit.startswith("%")
    short = in_unit(question, simulated["value"]) + (" of 100" if in_hundred else f" {unit}".rstrip())
    bounds = bounds_in_unit(question, max(low, question.low), high, "\u2013")
    return Answer(question, short, f"95 % interval {bounds}", ())


def printed(text: str) -> str:
    """Return a range of numbers with the dash that print has for it."""
    return text.replace("-", "\u2013")


def practice_rows(names: Mapping[str, float]) -> list[tuple[int, str, str, float]]:
    """Return practices as rows: number, title, what it says, price."""
    return [(PRACTICES[name].number, PRACTICES[name].title, PRACTICES[name].says, price) for name, price in names.items()]

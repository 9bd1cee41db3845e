"""A workshop as its file says: rounds, questions, what teams may decide, lessons. Validated, frozen; simulates nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, PrivateAttr, field_validator, model_validator

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MONTH_DAYS, FieldsError, PracticeUse, Scenario, Strict, nearest
from adoptsim.files import FieldProblem
from adoptsim.workshop.names import too_short, wrong_names
from adoptsim.workshop.questions import KEY, MEASURES, Question, known_practices

Phase = Literal["introduce", "predict", "decide", "reveal", "debrief"]
PHASES: tuple[Phase, ...] = get_args(Phase)
Paragraph = Annotated[str, Field(min_length=1, max_length=1200)]
MOST_TEAMS = 6


class Minutes(Strict):
    """How long each phase of a round takes."""

    introduce: int = Field(2, ge=0, le=120, description="minutes for the story")
    predict: int = Field(3, ge=0, le=120, description="minutes for everybody's own guess")
    decide: int = Field(0, ge=0, le=120, description="minutes for the teams' decision")
    reveal: int = Field(3, ge=0, le=120, description="minutes for what happened")
    debrief: int = Field(5, ge=0, le=120, description="minutes for why, and the three questions")

    @property
    def total(self) -> int:
        """Return the minutes of the whole round."""
        return sum(getattr(self, phase) for phase in PHASES)


class Notes(Strict):
    """What the trainer reads in each phase; nobody else sees it."""

    introduce: str = Field("", max_length=1200, description="what to say while the story is shown")
    predict: str = Field("", max_length=1200, description="what to say while people guess")
    decide: str = Field("", max_length=1200, description="what to say while teams decide")
    reveal: str = Field("", max_length=1200, description="what to point at")
    debrief: str = Field("", max_length=1200, description="what to draw out")


class Decide(Strict):
    """What teams may decide: practices within a budget. What the round's scenario does goes on and costs nothing."""

    budget: float = Field(gt=0, le=100_000, allow_inf_nan=False, description="what a team may spend, in the unit")
    unit: Literal["hours", "coins", "changes"] = Field(
        "hours",
        description="hours: what practices take of staff's time in a month; coins or changes: one a practice",
    )
    practices: tuple[str, ...] = Field(
        (), max_length=10, description="practices on offer; all that the scenario doesn't use well when absent"
    )
    strengths: dict[Annotated[str, Field(pattern=KEY)], float] = Field(
        default_factory=lambda: {"full": 1.0}, min_length=1, description="names of strengths and what they mean, up to 1"
    )
    starts: tuple[int, ...] = Field((0,), min_length=1, max_length=6, description="months in which a practice may begin")

    @field_validator("practices")
    @classmethod
    def _practices_are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_practices(names)

    @field_validator("strengths")
    @classmethod
    def _strengths_are_shares(cls, values: dict[str, float]) -> dict[str, float]:
        wrong = {name: value for name, value in values.items() if not 0.0 < value <= 1.0}
        if wrong:
            raise FieldsError(
                [((name,), f"{value:g} is no strength; give a number above 0 and up to 1") for name, value in wrong.items()]
            )
        return values

    @field_validator("starts")
    @classmethod
    def _starts_are_months(cls, months: tuple[int, ...]) -> tuple[int, ...]:
        wrong = [(place, month) for place, month in enumerate(months) if not 0 <= month <= 120 or month in months[:place]]
        if wrong:
            raise FieldsError(
                [((place,), f"{month} is no month to begin in; give each month once, from 0") for place, month in wrong]
            )
        return months


class Round(Strict):
    """One turn: a story, guesses, decisions, what happened, why."""

    title: str = Field(min_length=1, max_length=80, description="what it is called on the screen")
    scenario: str = Field(
        min_length=1, max_length=4096, description="what the story tells: a scenario's name or path, or a policy"
    )
    introduce: tuple[Paragraph, ...] = Field(
        (), max_length=6, description="the story, a paragraph each; the scenario's when absent"
    )
    predict: tuple[Question, ...] = Field((), max_length=5, description="what everybody guesses")
    decide: Decide | None = Field(None, description="what teams decide; without it nobody decides")
    debrief: tuple[Paragraph, ...] = Field((), max_length=5, description="questions to discuss")
    minutes: Minutes = Field(Minutes(), description="how long each phase takes")
    notes: Notes = Field(Notes(), description="what the trainer reads in each phase")
    show: tuple[str, ...] = Field(
        (), max_length=4, description="policies of this file, or scenarios, that are shown beside at the reveal"
    )

    @model_validator(mode="after")
    def _has_something_to_do(self) -> Self:
        keys = [question.key for question in self.predict]
        twice = [place for place, key in enumerate(keys) if key in keys[:place]]
        if twice:
            raise FieldsError(
                [(("predict", place, "key"), f"{keys[place]!r} is used twice in this round") for place in twice]
            )
        if not self.predict and self.decide is None:
            raise ValueError("nothing to guess and nothing to decide; give predict or decide")
        if self.decide is not None and not self.minutes.decide:
            raise FieldsError([(("minutes", "decide"), "teams decide in this round; give the minutes they have")])
        return self

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Return the phases of this round, in order: no guesses without questions, no decisions without a choice."""
        left_out = {"predict": not self.predict, "decide": self.decide is None}
        return tuple(phase for phase in PHASES if not left_out.get(phase))


class Policy(Strict):
    """A policy that questions and lessons speak of: a scenario with practices added or left out."""

    title: str = Field(min_length=1, max_length=80, description="what it is called on the screen")
    scenario: str = Field(min_length=1, max_length=4096, description="shipped scenario or path that it begins from")
    add: tuple[str, ...] = Field((), max_length=10, description="practices at full strength from the first day")
    half: tuple[str, ...] = Field((), max_length=10, description="practices at half strength from the first day")
    without: tuple[str, ...] = Field((), max_length=10, description="practices that are left out")

    @field_validator("add", "half", "without")
    @classmethod
    def _practices_are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_practices(names)


class Contrast(Strict):
    """Two policies, the first against the second."""

    of: str = Field(min_length=1, max_length=64, description="policy of this file, or a scenario")
    than: str = Field(min_length=1, max_length=64, description="what it is held against")


class Claim(Strict):
    """What a lesson rests on: a measure of one policy beyond a bound, or beyond that of another, at 95 %."""

    measure: str = Field(description="outcome that is measured")
    of: str = Field(min_length=1, max_length=64, description="policy of this file, or a scenario")
    than: str = Field(
        "", max_length=64, description="measured against this policy or scenario, under the same people and luck"
    )
    more_than: Contrast | None = Field(None, description="and the difference is held against that of two others")
    above: float | None = Field(None, allow_inf_nan=False, description="the lower bound is above this")
    below: float | None = Field(None, allow_inf_nan=False, description="the upper bound is below this")

    @field_validator("measure")
    @classmethod
    def _measure_is_known(cls, name: str) -> str:
        if name not in MEASURES:
            raise ValueError(f"unknown measure {name!r}{nearest(name, MEASURES)}")
        return name

    @model_validator(mode="after")
    def _claims_something(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("claims nothing; give above or below")
        if self.more_than is not None and not self.than:
            raise FieldsError([(("than",), "a difference is held against another; say what the first is measured against")])
        return self

    @property
    def names(self) -> dict[str, str]:
        """Return the policies that it speaks of, by field."""
        own = {"of": self.of} | ({"than": self.than} if self.than else {})
        other = self.more_than
        return own | ({"more_than.of": other.of, "more_than.than": other.than} if other is not None else {})


class Lesson(Strict):
    """What a workshop teaches, in a sentence, and what must hold of the model for it."""

    says: str = Field(min_length=1, max_length=400, description="the lesson, in a sentence")
    claims: tuple[Claim, ...] = Field(min_length=1, max_length=12, description="what must hold, all of it")


class Team(Strict):
    """A team: its name and colour."""

    name: str = Field(min_length=1, max_length=20, description="what it is called")
    colour: str = Field(pattern=r"^#[0-9a-fA-F]{6}$", description="its colour, such as '#0072b2'")


TEAMS = (
    Team(name="Blue", colour="#0072b2"),
    Team(name="Orange", colour="#c4520a"),
    Team(name="Green", colour="#00795a"),
    Team(name="Purple", colour="#8e3f8c"),
)
"""Four colours that colour-blind eyes tell apart (after Okabe & Ito 2008), each dark enough for words on white."""


class Workshop(Strict):
    """A room that predicts, decides and finds out why."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="short name, lower case with hyphens")
    title: str = Field(min_length=1, max_length=80, description="what it is called where people read it")
    minutes: int = Field(ge=5, le=480, description="how long it takes, opening and closing included")
    audience: str = Field("", max_length=400, description="for whom, and what they should know before")
    story: str = Field("", max_length=2000, description="what it is about, in a paragraph")
    opening: int = Field(3, ge=0, le=60, description="minutes until everybody has joined")
    closing: int = Field(2, ge=0, le=60, description="minutes for the last word")
    seed: int = Field(1, ge=0, le=2**32 - 1, description="which luck; the same seed gives the same numbers")
    replicates: int = Field(64, ge=8, le=1024, description="runs of each policy")
    teams: tuple[Team, ...] = Field(TEAMS, min_length=1, max_length=MOST_TEAMS, description="teams that decide")
    policies: dict[Annotated[str, Field(pattern=KEY)], Policy] = Field(
        default_factory=dict, description="policies that questions and lessons speak of, by short name"
    )
    lessons: tuple[Lesson, ...] = Field((), max_length=8, description="what it teaches; each is held against the model")
    rounds: tuple[Round, ...] = Field(min_length=1, max_length=8, description="rounds, in order")
    _kept: dict[str, files.Scenario] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _minutes_add_up(self) -> Self:
        needed = self.opening + sum(each.minutes.total for each in self.rounds) + self.closing
        if needed != self.minutes:
            parts = " + ".join(str(each.minutes.total) for each in self.rounds)
            right = f"opening {self.opening}, rounds {parts} and closing {self.closing} add up to {needed}"
            raise FieldsError([(("minutes",), f"{self.minutes} minutes are promised, but {right}")])
        names = [team.name for team in self.teams]
        if len(set(names)) < len(names):
            raise FieldsError([(("teams",), "two teams have the same name; give each its own")])
        return self

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Self:
        """Return a shipped workshop, that of a file, or the workshop of one round that a scenario makes.

        Raises ``InputError`` with everything that is wrong with the file.
        """
        if _is_scenario(name_or_path):
            return cls.of_scenario(name_or_path)
        path = files.locate(name_or_path, "workshops")
        folder = path.absolute().parent

        def also(workshop: Self) -> Iterator[FieldProblem]:
            return wrong_names(workshop._with_paths_from(folder))

        return files.read_model(path, cls, "workshops", also=also)._with_paths_from(folder)

    @classmethod
    def of_scenario(cls, name_or_path: str | os.PathLike[str]) -> Self:
        """Return a workshop of one round about a scenario: will it last, how many, which practice; then decide."""
        scenario = files.Scenario.load(name_or_path)
        path = files.locate(name_or_path, "scenarios")
        if short := too_short(scenario):
            raise InputError(Problem(short, file=str(name_or_path)))
        shipped = isinstance(name_or_path, str) and name_or_path in files.shipped("scenarios")
        return cls.model_validate(_one_round(scenario, scenario.name if shipped else str(path.absolute())))

    def _with_paths_from(self, folder: Path) -> Self:
        """Return the workshop with scenarios that are given as paths read from a folder."""

        def there(reference: str) -> str:
            return os.path.normpath(folder / os.path.expanduser(reference)) if files.is_path(reference) else reference

        rounds = tuple(each.model_copy(update={"scenario": there(each.scenario)}) for each in self.rounds)
        policies = {name: each.model_copy(update={"scenario": there(each.scenario)}) for name, each in self.policies.items()}
        return self.model_copy(update={"rounds": rounds, "policies": policies})

    def scenarios(self) -> dict[str, files.Scenario]:
        """Return every scenario that the workshop speaks of, by its name or path in it; raises ``InputError``."""
        spoken = [name for each in self.rounds for name in (each.scenario, *each.show, *(one.of for one in each.predict))]
        spoken += [name for lesson in self.lessons for claim in lesson.claims for name in claim.names.values()]
        direct = [name for name in spoken if name and name not in self.policies]
        return {name: self._loaded(name) for name in (*direct, *(policy.scenario for policy in self.policies.values()))}

    def with_scenarios(self, kept: Mapping[str, files.Scenario]) -> Self:
        """Return the workshop with scenarios as they were when it began, whatever has become of their files since."""
        settled = self.model_copy()
        settled._kept = dict(kept)
        return settled

    def _loaded(self, reference: str) -> files.Scenario:
        return self._kept.get(reference) or files.Scenario.load(reference)

    def scenario(self, number: int) -> files.Scenario:
        """Return the scenario of a round, counted from 0."""
        return self.policy(self.rounds[number].scenario)

    def policy(self, name: str, number: int = 0) -> files.Scenario:
        """Return what a question or claim speaks of: a policy of this file, a scenario, or a round's own for no name."""
        if not name:
            return self.scenario(number)
        if name not in self.policies:
            return self._loaded(name)
        policy = self.policies[name]
        base = self._loaded(policy.scenario)
        kept = {key: use for key, use in base.practices.items() if key not in policy.without}
        added = {key: PracticeUse() for key in policy.add} | {key: PracticeUse(intensity=0.5) for key in policy.half}
        return base.model_copy(update={"practices": kept | added, "title": policy.title, "story": "", "lesson": ""})

    def title_of(self, name: str, number: int = 0) -> str:
        """Return what people call a policy."""
        if name in self.policies:
            return self.policies[name].title
        scenario = self.policy(name, number)
        return scenario.title or scenario.name


def offered(decide: Decide, scenario: Scenario) -> tuple[str, ...]:
    """Return the practices on offer, in the report's order: those named, or all that the scenario doesn't use well."""
    if decide.practices:
        return tuple(name for name in PRACTICES if name in decide.practices)
    return tuple(name for name in PRACTICES if not is_well_used(scenario.practices.get(name)))


def is_well_used(use: PracticeUse | None) -> bool:
    """Return whether a practice is in use at full strength and as it is meant."""
    return use is not None and use.intensity >= 1.0 and not use.misused and use.variant is None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a workshop file, by which editors complete and check."""
    return {**Workshop.model_json_schema(), "$schema": "https://json-schema.org/draft/2020-12/schema"}


# --- what needs more than the file's own fields -------------------------------------------------------------------


def _is_scenario(name_or_path: str | os.PathLike[str]) -> bool:
    """Return whether a name or file stands for a scenario: a shipped one, or a YAML file with no field of a workshop."""
    if isinstance(name_or_path, str) and name_or_path in files.shipped("workshops"):
        return False
    if isinstance(name_or_path, str) and name_or_path in files.shipped("scenarios"):
        return True
    text = files.read_text(files.locate(name_or_path, "workshops"))
    own = set(Workshop.model_fields) - set(Scenario.model_fields)
    return not any(line.partition(":")[0] in own for line in text.splitlines())


def _one_round(scenario: Scenario, reference: str) -> dict[str, Any]:
    """Return the fields of a workshop of one round about a scenario."""
    title = scenario.title or scenario.name
    unused = tuple(name for name in PRACTICES if not is_well_used(scenario.practices.get(name)))
    questions = [
        {"key": "lasts", "kind": "lasts", "text": "Will contribution last after the launch support has ended?"},
        {"key": "contributors", "kind": "contributors", "text": f"How many contribute in month {months(scenario)}?"},
        {"key": "practice", "kind": "practice", "text": "Which practice matters most?", "options": tuple(PRACTICES)},
    ]
    return {
        "name": scenario.name,
        "title": title[:80],
        "minutes": 30,
        "story": scenario.story[:2000],
        "opening": 3,
        "closing": 2,
        "rounds": (
            {
                "title": title[:80],
                "scenario": reference,
                "predict": tuple(questions),
                "decide": {"budget": 5.0, "unit": "coins", "practices": unused or tuple(PRACTICES)},
                "debrief": (
                    "What did the winning team have that the others did not?",
                    "What surprised you, and what had you assumed?",
                    "Which one thing would you change in your own organisation next month?",
                ),
                "minutes": {"introduce": 3, "predict": 4, "decide": 7, "reveal": 4, "debrief": 7},
            },
        ),
    }


def months(scenario: Scenario) -> int:
    """Return how many months a scenario simulates."""
    return max(1, round(scenario.horizon.days / MONTH_DAYS))

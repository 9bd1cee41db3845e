"""How long it takes to introduce a practice, and which day each is in force in an order. A table and its arithmetic.

One team introduces one practice after the other, with so many hours a month. A practice is in force when its hours are spent
and its days have passed since its first hour: the next one is begun meanwhile.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator

from adoptsim import files
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MONTH_DAYS, FieldsError, PracticeUse, Scenario, Strict, nearest

HOURS_A_MONTH = 60.0
"""Of those who introduce practices; design: a little more than a third of a full-time post."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """What it takes to introduce a practice: ``days`` at least, ``hours`` of those who do it; ``source`` says why."""

    days: int
    hours: float
    source: str


# fmt: off
INTRODUCTIONS: dict[str, Introduction] = {
    "culture_of_voice": Introduction(126, 120, "design: half a year; climate moves slowly (Detert & Edmondson 2011)"),
    "other_voice_platforms": Introduction(42, 40, "design: two months to tie in meetings, surveys and forums"),
    "leadership_and_champions": Introduction(63, 80, "design: a quarter to win leaders, and to find and train champions"),
    "trust_employees": Introduction(21, 16, "design: a decision, and a month to brief line managers"),
    "social_media_policy": Introduction(42, 40, "design: two months to draft and to consult (Acas guidance)"),
    "safe_space": Introduction(63, 40, "design: a quarter until a promise has been shown to hold"),
    "act_on_contributions": Introduction(42, 60, "design: two months to free leaders' time and settle who answers what"),
    "negative_comments": Introduction(21, 24, "design: a month of training for those who answer"),
    "organisations_purpose": Introduction(42, 40, "design: two months to tie use to the work of each department"),
    "critical_mass": Introduction(21, 60, "design: a month to prepare the launch"),
}
# fmt: on


class Effort(Strict):
    """What introducing one practice takes, where it is not as usual."""

    days: int = Field(ge=0, le=1260, description="working days from the first hour until it is in force, at least")
    hours: float = Field(ge=0.0, le=100_000.0, allow_inf_nan=False, description="hours of those who introduce it")


class Calendar(Strict):
    """What introducing takes, and how many hours a month there are for it."""

    hours_a_month: float = Field(HOURS_A_MONTH, gt=0.0, le=100_000.0, allow_inf_nan=False, description="for introducing")
    introduce: dict[str, Effort] = Field(default_factory=dict, description="practices that take another effort than usual")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the calendar of a file. Raises ``InputError`` with everything that is wrong with it."""
        return files.read_model(path, cls, "scenarios")

    @field_validator("introduce")
    @classmethod
    def _known(cls, introduce: dict[str, Effort]) -> dict[str, Effort]:
        unknown = [name for name in introduce if name not in PRACTICES]
        if unknown:
            raise FieldsError([((name,), f"unknown practice {name!r}{nearest(name, PRACTICES)}") for name in unknown])
        return introduce

    def effort(self, practice: str) -> Effort:
        """Return what introducing a practice takes."""
        usual = INTRODUCTIONS[practice]
        return self.introduce.get(practice) or Effort(days=usual.days, hours=usual.hours)

    def days_for(self, hours: float) -> float:
        """Return how many working days it takes until so many hours are spent."""
        return hours / self.hours_a_month * MONTH_DAYS

    def starts(self, order: Sequence[str]) -> dict[str, int]:
        """Return the working day on which each practice is in force, in the order in which they are introduced."""
        spent, found = 0.0, {}
        for practice in order:
            effort = self.effort(practice)
            begun, spent = self.days_for(spent), spent + effort.hours
            found[practice] = math.ceil(max(self.days_for(spent), begun + effort.days) - 1e-9)
        return found


def in_order(scenario: Scenario, starts: Mapping[str, int]) -> Scenario:
    """Return the scenario with its practices begun on these days; what ends lasts as long as it did."""
    return scenario.model_copy(
        update={
            "practices": {
                name: _moved(scenario, name, use, starts[name]) if name in starts else use
                for name, use in scenario.practices.items()
            }
        }
    )


def _moved(scenario: Scenario, name: str, use: PracticeUse, start: int) -> PracticeUse:
    lasts = max(1, scenario.practice_end(name) - use.start)
    return use.model_copy(update={"start": start, "end": start + lasts if scenario.ends(name) else None})


def in_use(scenario: Scenario) -> list[str]:
    """Return the practices that a scenario uses, by their number: the order in which the report names them."""
    return [name for name in PRACTICES if name in scenario.practices and scenario.practices[name].intensity > 0.0]

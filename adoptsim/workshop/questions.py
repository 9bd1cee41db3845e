"""What people are asked before they are shown: questions, what answers they take, and outcomes by name."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import FieldsError, Strict, nearest
from adoptsim.report.words import listed

Kind = Literal["lasts", "contributors", "practice", "number", "curve"]
KEY = r"^[a-z0-9][a-z0-9_-]{0,39}$"
CURVE_MONTHS = (0, 6, 12, 18, 24)
"""Months in which a drawn curve of contributors has its points."""
YES_NO = {"yes": "Yes, it will last", "no": "No, it will fade"}
MEASURES: dict[str, str] = {
    "reached": "runs in which contribution lasts",
    "contributors": "staff who contribute in the last month",
    "members": "staff who ever looked",
    "visited_six_months": "staff who looked within the first six months",
    "contributed_six_months": "staff who contributed within the first six months",
    "silence_share": "ideas and concerns kept back",
    "answered_share": "ideas and concerns that leaders answered",
    "acted_share": "ideas and concerns that leaders acted on",
    "voice_per_person_month": "ideas and concerns a person and month",
    "posts_per_person_month": "posts a person and month",
    "responsiveness": "felt responsiveness of leaders",
    "safety": "psychological safety",
    "trust": "trust in leaders",
}
"""What a question or a claim may be about: outcomes of a run, and what they are called in a sentence."""
LEVELS = ("responsiveness", "safety", "trust")
AMOUNTS = ("voice_per_person_month", "posts_per_person_month")


def is_share(measure: str) -> bool:
    """Return whether a measure is a share, which people read in per cent."""
    return measure not in LEVELS and measure not in AMOUNTS


def known_practices(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the practices; an unknown one, and one given twice, raises ``FieldsError``."""
    problems: list[tuple[tuple[str | int, ...], str]] = [
        ((place,), f"unknown practice {name!r}{nearest(name, PRACTICES)}")
        for place, name in enumerate(names)
        if name not in PRACTICES
    ]
    problems += [((place,), f"{name} is given twice") for place, name in enumerate(names) if name in names[:place]]
    if problems:
        raise FieldsError(problems)
    return names


class Question(Strict):
    """What everybody guesses before it is shown; ``of``: what it is asked of, the round's own scenario when empty."""

    key: str = Field(pattern=KEY, description="short name, lower case")
    kind: Kind = Field(description="what is guessed")
    text: str = Field(min_length=1, max_length=300, description="the question as people read it")
    of: str = Field("", max_length=64, description="a policy of this file or a scenario; the round's scenario when absent")
    options: tuple[str, ...] = Field((), max_length=10, description="practices to choose from; only for kind practice")
    measure: str = Field("contributors", description="outcome that is guessed; only for kind number")
    unit: str = Field("", max_length=40, description="unit as people read it")
    low: float = Field(0.0, allow_inf_nan=False, description="least that can be guessed; only for kind number, in its unit")
    high: float = Field(
        100.0, allow_inf_nan=False, description="most that can be guessed; only for kind number, in its unit"
    )

    @field_validator("options")
    @classmethod
    def _options_are_practices(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_practices(names)

    @field_validator("measure")
    @classmethod
    def _measure_is_known(cls, name: str) -> str:
        if name not in MEASURES:
            raise ValueError(f"unknown measure {name!r}{nearest(name, MEASURES)}")
        return name

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "practice" and len(self.options) < 2:
            raise FieldsError([(("options",), "a question about practices needs two or more to choose from")])
        if self.kind != "practice" and self.options:
            raise FieldsError([(("options",), f"only a question of kind practice has options, not one of kind {self.kind}")])
        if self.kind != "number" and self.measure != "contributors":
            raise FieldsError([(("measure",), "only a question of kind number has a measure; leave it out")])
        if self.high <= self.low:
            raise FieldsError([(("high",), f"{self.high:g} is not above low, {self.low:g}")])
        return self

    @property
    def labels(self) -> dict[str, str]:
        """Return what there is to choose from, by value; empty where a number is guessed."""
        if self.kind == "lasts":
            return dict(YES_NO)
        return {name: PRACTICES[name].title for name in self.options}

    @property
    def shown_unit(self) -> str:
        """Return the unit as people read it."""
        if self.unit or self.labels:
            return self.unit
        return "% of staff" if self.kind in ("contributors", "curve") else "%" if is_share(self.measure) else ""

    @property
    def per_unit(self) -> float:
        """Return by what a simulated outcome is multiplied to be in the unit: shares are guessed in per cent."""
        return 1.0 if self.labels or not is_share(self.measure) else 100.0

    def checked(self, value: Any) -> str | float | tuple[float, ...]:
        """Return a guess as it is kept; raises ``InputError`` for what is no answer to the question."""
        if self.labels:
            if not isinstance(value, str) or value not in self.labels:
                raise InputError(Problem(f"choose one of {', '.join(self.labels)}", self.key))
            return value
        if self.kind != "curve":
            return self._number(value)
        if not isinstance(value, list | tuple) or len(value) != len(CURVE_MONTHS):
            months = listed(map(str, CURVE_MONTHS))
            raise InputError(Problem(f"give a number for each of months {months}", self.key))
        return tuple(self._number(each) for each in value)

    def _number(self, value: Any) -> float:
        low, high = self.low, self.high
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InputError(Problem(f"give a number from {low:g} to {high:g}", self.key))
        return float(value)

"""What is asked: an organisation, practices in time, changed numbers, a horizon. Validated, frozen, no files read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.levers import LEVERS, Lever
from adoptsim.domain.parameters import PARAMETERS, Parameter
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.shocks import ShockName
from adoptsim.domain.structure import STRUCTURE

MONTH_DAYS: int = DEFINITION.month_days
MOST_DAYS = 2520
MOST_PEOPLE = 1_000_000

Placement = Literal["random", "connected", "departments", "cluster"]
SeedPlacement = Literal["scattered", "interested", "connected", "departments", "cluster"]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


class FieldsError(ValueError):
    """Everything that is wrong with one field; ``problems`` holds (path below the field, what is wrong).

    ``because`` is another field that it depends on, if any.
    """

    def __init__(self, problems: Sequence[tuple[tuple[str | int, ...], str]], because: tuple[str | int, ...] = ()) -> None:
        self.problems, self.because = tuple(problems), because
        super().__init__("; ".join(f"{'.'.join(map(str, path))}: {message}" for path, message in self.problems))


class Strict(BaseModel):
    """A frozen model that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class OrganisationSpec(Strict):
    """Who is there: generated to a size, or read from the organisation's own files."""

    people: int = Field(
        STRUCTURE.people, ge=20, le=MOST_PEOPLE, description="people to generate; ignored when people_file is given"
    )
    people_file: str | None = Field(None, description="CSV of id, manager, department, optional role")
    ties_file: str | None = Field(None, description="CSV of source, target, optional weight")
    mean_degree: float = Field(
        STRUCTURE.mean_degree, ge=2.0, le=500.0, allow_inf_nan=False, description="mean number of contacts (email-Eu: 32)"
    )
    leader_share: float = Field(
        STRUCTURE.leader_share, gt=0.0, le=0.5, allow_inf_nan=False, description="share of staff who are senior leaders"
    )
    champion_placement: Placement = Field("random", description="where champions sit in the network")
    seed_placement: SeedPlacement = Field("scattered", description="who comes first of those whom a launch brings in")
    same_for_all_replicates: bool = Field(False, description="generate one organisation and keep it for all replicates")

    @model_validator(mode="after")
    def _files_go_together(self) -> Self:
        if self.ties_file is not None and self.people_file is None:
            raise ValueError("ties_file needs a people_file beside it; give both or neither")
        if self.people_file is not None and self.ties_file is None:
            raise ValueError("people_file needs a ties_file beside it; give both or neither")
        return self


class PracticeUse(Strict):
    """How a practice is used: how strongly, when, where, and whether in the way it goes wrong."""

    intensity: Share = Field(1.0, description="0 is without, 1 is at full strength")
    start: int = Field(0, ge=0, le=MOST_DAYS, description="working day on which it begins")
    ramp: int = Field(0, ge=0, le=MOST_DAYS, description="working days it takes to reach its intensity")
    end: int | None = Field(
        None, ge=1, le=MOST_DAYS, description="working day on which it ends; launch support ends by itself"
    )
    departments: tuple[str, ...] | None = Field(None, min_length=1, description="names of departments; all when absent")
    misused: bool = Field(False, description="use it in the way it goes wrong")
    variant: str | None = Field(None, description="a named variant of the practice")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end is not None and self.end <= self.start:
            right = f"give a day from {self.start + 1} to {MOST_DAYS}"
            message = f"{self.end} is not after the start on day {self.start}; {right}"
            raise FieldsError([(("end",), message)])
        return self


def _practice_shorthand(value: Any) -> Any:
    """Accept ``true``, ``false`` or a number for a practice used from day 0 on."""
    if isinstance(value, bool):
        return {"intensity": 1.0 if value else 0.0}
    return {"intensity": value} if isinstance(value, int | float) else value


class Horizon(Strict):
    """How long is simulated, and when launch support ends."""

    days: int = Field(DEFINITION.horizon_days, ge=1, le=MOST_DAYS, description=f"working days; a month has {MONTH_DAYS}")
    support_until: int = Field(
        DEFINITION.support_days, ge=1, le=MOST_DAYS, description="working day on which launch support ends"
    )


class Start(Strict):
    """A network that is not empty on day 0, for tipping points."""

    contributors: Share = Field(0.0, description="share of staff who are active contributors on day 0")


class Leavers(Strict):
    """People who stop using the platform for good, all on one day, for the tipping point from above."""

    share: Share = Field(0.0, description="share of staff, leaders apart, who leave")
    day: int = Field(0, ge=0, le=MOST_DAYS, description="working day on which they leave")


class Shock(Strict):
    """Something that strikes the organisation overnight, before one working day."""

    kind: ShockName = Field(description="what strikes")
    day: int = Field(DEFINITION.shock_day, ge=1, le=MOST_DAYS, description="working day on which it strikes")
    size: float | None = Field(
        None, gt=0.0, le=1.0, allow_inf_nan=False, description="share struck or reached; the kind's own when absent"
    )


class CriticalMass(Strict):
    """When critical mass counts as reached."""

    threshold: float = Field(
        DEFINITION.critical_share,
        gt=0.0,
        le=1.0,
        allow_inf_nan=False,
        description=f"contributors ({MONTH_DAYS} days) as a share of staff",
    )
    held_days: int = Field(DEFINITION.held_days, ge=1, le=MOST_DAYS, description="working days at or above the threshold")
    after_support_days: int = Field(
        DEFINITION.after_support_days, ge=0, le=MOST_DAYS, description="still so this long after support has ended"
    )


def _problems_of_use(name: str, use: PracticeUse) -> Iterable[tuple[tuple[str, ...], str]]:
    """Yield what is wrong with the use of a practice, beyond its fields."""
    if name not in PRACTICES:
        yield (name,), f"unknown practice {name!r}{nearest(name, PRACTICES)}"
        return
    known = PRACTICES[name].variants
    if use.variant is not None and use.variant not in known:
        allowed = f"known: {', '.join(known)}" if known else "this practice has none; leave it out"
        yield (name, "variant"), f"unknown variant {use.variant!r}; {allowed}"
    elif use.variant is not None and use.misused:
        yield (name, "misused"), f"true beside variant {use.variant!r}; give either a variant or misused, not both"


def _in_range(kind: str, values: dict[str, float], table: Mapping[str, Lever] | Mapping[str, Parameter]) -> dict[str, float]:
    """Return the values; an unknown name and a value outside its plausible range raise ``FieldsError``."""
    problems: list[tuple[tuple[str, ...], str]] = []
    for name, value in values.items():
        if name not in table:
            problems.append(((name,), f"unknown {kind} {name!r}{nearest(name, table)}"))
        elif not table[name].low <= value <= table[name].high:  # so written, NaN is refused too
            low, high, unit = table[name].low, table[name].high, table[name].unit
            where = "above" if value > high else "below" if value < low else "not within"
            bound = f"{high:g}" if value > high else f"{low:g}" if value < low else f"{low:g} to {high:g}"
            problems.append(((name,), f"{value:g} is {where} {bound}; give a number from {low:g} to {high:g} ({unit})"))
    if problems:
        raise FieldsError(problems)
    return values


class Scenario(Strict):
    """One question to the model."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="short name, lower case with hyphens")
    title: str = Field("", max_length=200, description="what it is called where people read it")
    story: str = Field("", max_length=4000, description="what is done, in a paragraph")
    lesson: str = Field("", max_length=1000, description="what one learns from it")
    organisation: OrganisationSpec = Field(OrganisationSpec(), description="who is there")
    practices: dict[str, Annotated[PracticeUse, BeforeValidator(_practice_shorthand)]] = Field(
        default_factory=dict, description="practices in use: true, an intensity from 0 to 1, or when, where and how"
    )
    levers: dict[str, float] = Field(
        default_factory=dict, description="levers' values without practices, where not the default"
    )
    parameters: dict[str, float] = Field(default_factory=dict, description="parameters, where not the default")
    horizon: Horizon = Field(Horizon(), description="how long is simulated, and when launch support ends")
    start: Start = Field(Start(), description="a network that is not empty on day 0")
    leavers: Leavers = Field(Leavers(), description="people who stop using the platform for good")
    shocks: tuple[Shock, ...] = Field((), description="what strikes the organisation, each on one day")
    critical_mass: CriticalMass = Field(CriticalMass(), description="when critical mass counts as reached")

    @field_validator("practices")
    @classmethod
    def _known_practices(cls, uses: dict[str, PracticeUse]) -> dict[str, PracticeUse]:
        problems = [problem for name, use in uses.items() for problem in _problems_of_use(name, use)]
        if problems:
            raise FieldsError(problems)
        return uses

    @field_validator("levers")
    @classmethod
    def _levers_in_range(cls, values: dict[str, float]) -> dict[str, float]:
        return _in_range("lever", values, LEVERS)

    @field_validator("parameters")
    @classmethod
    def _parameters_in_range(cls, values: dict[str, float]) -> dict[str, float]:
        return _in_range("parameter", values, PARAMETERS)

    @field_validator("shocks")
    @classmethod
    def _one_of_a_kind_a_day(cls, shocks: tuple[Shock, ...]) -> tuple[Shock, ...]:
        struck = [(shock.kind, shock.day) for shock in shocks]
        twice = [place for place, each in enumerate(struck) if each in struck[:place]]
        if twice:
            says = "day {} has a {} already; give another day"
            raise FieldsError([((place, "day"), says.format(shocks[place].day, shocks[place].kind)) for place in twice])
        return shocks

    @model_validator(mode="after")
    def _begin_before_support_ends(self) -> Self:
        support = self.horizon.support_until
        right = f"give a day from 0 to {support - 1}, an end of its own, or more horizon.support_until"
        late = [
            (("practices", name, "start"), f"{use.start} is not before launch support ends on day {support}; {right}")
            for name, use in self.practices.items()
            if self.ends(name) and use.end is None and use.start >= support
        ]
        if late:
            raise FieldsError(late, because=("horizon", "support_until"))
        return self

    @property
    def support_end(self) -> int:
        """Working day from which the network is on its own: when the last practice that ends has ended.

        It may lie beyond the last simulated day: then nothing shows whether contribution outlasts the launch.
        """
        used = [name for name, use in self.practices.items() if use.intensity > 0]
        return max((self.practice_end(name) for name in used if self.ends(name)), default=self.horizon.support_until)

    def ends(self, name: str) -> bool:
        """Return whether a practice in use ends some day, even after the last simulated one; others stand for good."""
        return self.practices[name].end is not None or not PRACTICES[name].standing

    def practice_end(self, name: str) -> int:
        """Return the working day on which a practice in use ends; standing ones last to the horizon."""
        end = self.practices[name].end
        if end is not None:
            return end
        return self.horizon.days if PRACTICES[name].standing else self.horizon.support_until

    def resolved(self) -> dict[str, Any]:
        """Return all inputs that decide the history, in canonical form: names and stories left out."""
        return self.model_dump(mode="json", exclude={"name", "title", "story", "lesson"})

    def digest(self) -> str:
        """Return a hash of the resolved inputs."""
        return hashlib.sha256(json.dumps(self.resolved(), sort_keys=True).encode()).hexdigest()[:16]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return '; did you mean ...?' for the nearest known name, or what is known, a dozen names at most."""
    names = list(known)
    close = get_close_matches(name[:100], names, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"; known: {', '.join(names[:12])}{more}" if names else ""

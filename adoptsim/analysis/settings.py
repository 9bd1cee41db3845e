"""What a phase diagram or a hysteresis moves: anything of a scenario left alone, by name, over a range.

``start``: the share who begin; ``strength``: all standing practices together, as a multiple of the scenario's
intensities; else a target as experiments name it (``practices.safe_space``, ``levers.answer_prob``,
``parameters.prompt_rate``), of which the last part is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario, nearest
from adoptsim.sweeps.experiment import apply_point, known_targets
from adoptsim.sweeps.ranges import Range, plausible_range

START, STRENGTH = "start", "strength"
STARTED = "start.contributors"
MOST_STRENGTH = 2.0


@dataclass(frozen=True, slots=True)
class Axis:
    """What is moved, and from where to where."""

    target: str
    range: Range

    @property
    def name(self) -> str:
        """What people call it."""
        if self.target == STARTED:
            return "share who begin"
        if self.target == STRENGTH:
            return "strength of the practices"
        section, _, key = self.target.partition(".")
        return (
            f"{PRACTICES[key].title[0].lower()}{PRACTICES[key].title[1:]}"
            if section == "practices"
            else key.replace("_", " ")
        )

    @property
    def label(self) -> str:
        """What stands beside its axis."""
        if self.target == STARTED:
            return "Staff who begin as contributors"
        if self.target == STRENGTH:
            return "Strength of the standing practices (1: as in the scenario)"
        section, _, key = self.target.partition(".")
        if section == "practices":
            return f"{PRACTICES[key].title} (intensity)"
        row = (LEVERS if section == "levers" else PARAMETERS)[key]
        return f"{self.name[0].upper()}{self.name[1:]}: {row.meaning} ({row.unit})"

    @property
    def is_share(self) -> bool:
        """Whether its values read best as per cent."""
        return self.target == STARTED


def read_axis(text: str, field: str) -> Axis:
    """Return the axis of ``TARGET`` or ``TARGET=LOW:HIGH``; raises ``InputError`` under the option's name."""
    given, has_bounds, bounds = text.partition("=")
    target = _target(given.strip(), field)
    if not has_bounds:
        return Axis(target, _usual_range(target, field))
    low, high = _bounds(bounds, field)
    scale = _usual_range(target, field).scale if low > 0.0 and target not in (STARTED, STRENGTH) else "uniform"
    return Axis(target, Range(low, high, scale if scale != "logit-uniform" or high < 1.0 else "uniform"))


def _target(name: str, field: str) -> str:
    """Return the full name of a target."""
    if name in (START, STARTED):
        return STARTED
    if name == STRENGTH:
        return STRENGTH
    movable = [target for target in known_targets() if _can_move(target)]
    found = [target for target in movable if name in (target, target.partition(".")[2])]
    if len(found) == 1:
        return found[0]
    short = [START, STRENGTH, *movable, *(target.partition(".")[2] for target in movable)]
    raise InputError(Problem(f"{name[:100]!r} can't be moved{nearest(name, short)}", field))


def _can_move(target: str) -> bool:
    section, _, key = target.partition(".")
    return section in ("practices", "levers", "parameters") and "." not in key


def _usual_range(target: str, field: str) -> Range:
    if target == STARTED:
        return Range(0.0, 0.6)
    if target == STRENGTH:
        return Range(0.0, MOST_STRENGTH)
    try:
        return plausible_range(target)
    except ValueError as error:
        raise InputError(Problem(f"{target}: {error}", field)) from None


def _bounds(text: str, field: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    try:
        bounds = float(low), float(high)
    except ValueError:
        raise InputError(Problem(f"{text[:100]!r} is not a range; give LOW:HIGH, such as 0:0.5", field)) from None
    if not 0.0 <= bounds[0] < bounds[1] < float("inf"):
        raise InputError(Problem(f"{text[:100]!r} is no range; give LOW below HIGH, neither below 0", field))
    return bounds


def check_axis(scenario: Scenario, axis: Axis, field: str) -> None:
    """Raise ``InputError`` if the scenario, left alone, doesn't take both ends of the axis, or if nothing hangs on it."""
    if message := _moves_nothing(scenario, axis):
        raise InputError(Problem(message, field))
    for level in (axis.range.low, axis.range.high):
        try:
            with_level(scenario, axis.target, level)
        except InputError as error:
            raise InputError(*(Problem(f"{axis.target}: {each.message}", field) for each in error.problems)) from None


def _moves_nothing(scenario: Scenario, axis: Axis) -> str | None:
    """Return why an axis would move nothing in a scenario left alone, with what can be given instead."""
    name = axis.target.removeprefix("practices.")
    if name in PRACTICES and not PRACTICES[name].standing:
        stand = ", ".join(other for other, practice in PRACTICES.items() if practice.standing)
        return (
            f"{name} is launch support, which ends, and a network is left alone here without it; give {START} (the share "
            f"who begin) or a practice that stays: {stand}"
        )
    if axis.target == STRENGTH and not any(use.intensity > 0.0 for use in scenario.practices.values()):
        other = f"give {START}, a practice or a lever"
        return f"{STRENGTH} multiplies the practices that stay, and {scenario.name} has none; {other}"
    return None


def check_moves_within_a_run(axis: Axis, field: str) -> None:
    """Raise ``InputError`` for what is fixed when a run begins: only levers can move, by themselves or by practices."""
    if axis.target == STARTED or axis.target.startswith("parameters."):
        message = f"{axis.target} is settled when a run begins; give strength, a practice or a lever"
        raise InputError(Problem(message, field))


def with_levels(scenario: Scenario, levels: Mapping[str, float]) -> Scenario:
    """Return the scenario with several things set, each as it is said: a practice's own level is not multiplied."""
    for target in sorted(levels, key=lambda target: target != STRENGTH):
        scenario = with_level(scenario, target, levels[target])
    return scenario


def with_level(scenario: Scenario, target: str, level: float) -> Scenario:
    """Return the scenario with one thing set; practices at intensity 0 stay, so that a run can move them."""
    if target != STRENGTH:
        section, _, name = target.partition(".")
        if section == "practices" and name in scenario.practices and 0.0 <= level <= 1.0:
            return _with_intensities(scenario, {name: level})
        return apply_point(scenario, {target: level})
    return _with_intensities(scenario, {name: min(1.0, use.intensity * level) for name, use in scenario.practices.items()})


def _with_intensities(scenario: Scenario, intensities: dict[str, float]) -> Scenario:
    uses = {name: scenario.practices[name].model_copy(update={"intensity": value}) for name, value in intensities.items()}
    return scenario.model_copy(update={"practices": scenario.practices | uses})

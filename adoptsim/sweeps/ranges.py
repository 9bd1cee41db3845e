"""What a target may take: a few levels, or anything within a range. Either gives a level for a place from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import nearest

Level = bool | int | float | str | None | tuple[str, ...]
Levels = tuple[Any, ...]  # of Level: what fits a target is checked with the base scenario
Scale = Literal["uniform", "log-uniform", "logit-uniform"]
SCALES: tuple[Scale, ...] = get_args(Scale)
ON_OFF, PLAUSIBLE = "on_off", "plausible"
_TO: dict[Scale, Callable[[float], float]] = {
    "uniform": lambda value: value,
    "log-uniform": math.log,
    "logit-uniform": lambda value: math.log(value / (1.0 - value)),
}
_BACK: dict[Scale, Callable[[float], float]] = {
    "uniform": lambda value: value,
    "log-uniform": math.exp,
    "logit-uniform": lambda value: 1.0 / (1.0 + math.exp(-value)),
}


@dataclass(frozen=True, slots=True)
class Range:
    """Anything from ``low`` to ``high``, each place on the ``scale`` as likely; whole numbers between whole bounds.

    A place gets the nearest of these, so that either end has about half the chance of its neighbour.
    """

    low: int | float
    high: int | float
    scale: Scale = "uniform"
    whole: bool = False

    def level(self, place: float) -> int | float:
        """Return the level at a place from 0 (``low``) to 1 (``high``)."""
        if place in (0.0, 1.0):
            return self.high if place else self.low  # to the last bit
        low, high = _TO[self.scale](self.low), _TO[self.scale](self.high)
        level = _BACK[self.scale](low + place * (high - low))
        return round(level) if self.whole else min(self.high, max(self.low, level))


Varied = Levels | Range


def nearest_level(varied: Varied, place: float) -> Any:
    """Return the level at a place of a grid that holds both ends: of levels the nearest, spread evenly from 0 to 1."""
    if isinstance(varied, Range):
        return varied.level(place)
    return varied[round(place * (len(varied) - 1))]


def drawn_level(varied: Varied, place: float) -> Any:
    """Return the level at a place drawn from 0 to 1: each of several levels is equally likely."""
    if isinstance(varied, Range):
        return varied.level(place)
    return varied[min(int(place * len(varied)), len(varied) - 1)]


def tried_levels(varied: Varied) -> Levels:
    """Return the levels by which to see whether a target takes them: all, or both ends of a range."""
    return (varied.low, varied.high) if isinstance(varied, Range) else varied


def read_varied(target: str, given: Any, *, is_whole: bool = False) -> Varied:
    """Return levels or a range from what an experiment says of a target.

    Parameters
    ----------
    given
        A list of levels; ``on_off``; a mapping of low, high and perhaps scale; ``plausible``: the target's own range.
    is_whole
        Whether the target takes whole numbers only.

    Raises
    ------
    ValueError
        With what is wrong and what would be right.
    """
    if isinstance(given, Range):
        return given
    if isinstance(given, str) and given == ON_OFF:
        return (False, True)
    if isinstance(given, str) and given == PLAUSIBLE:
        return plausible_range(target)
    if isinstance(given, Mapping):
        return _range(given, is_whole=is_whole)
    if isinstance(given, list | tuple):
        return tuple(given)
    raise ValueError("gives no levels; give a list such as [0.1, 0.2], on_off, a range {low: 0.1, high: 0.2}, or plausible")


def plausible_range(target: str) -> Range:
    """Return the range that the tables call plausible; raises ``ValueError`` where they don't."""
    section, _, name = target.partition(".")
    if section == "parameters" and name in PARAMETERS:
        row = PARAMETERS[name]
        return Range(row.low, row.high, row.prior)
    if section == "levers" and name in LEVERS:
        lever = LEVERS[name]
        return Range(lever.low, lever.high, "log-uniform" if lever.link == "log" else "logit-uniform")
    if section == "practices" and name in PRACTICES:
        return Range(0.0, 1.0)
    raise ValueError("no table gives a plausible range of this; give {low: ..., high: ...}")


def _range(given: Mapping[Any, Any], *, is_whole: bool) -> Range:
    unknown = [str(key) for key in given if key not in ("low", "high", "scale", "whole")]
    if unknown:
        raise ValueError(f"a range has no {unknown[0]!r}{nearest(unknown[0], ('low', 'high', 'scale'))}")
    low: Any = given.get("low")
    high: Any = given.get("high")
    scale = given.get("scale", "uniform")
    if not (_is_number(low) and _is_number(high)):
        raise ValueError("a range needs two numbers; give {low: 0.1, high: 0.2}")
    if not low < high:
        raise ValueError(f"{low:g} to {high:g} is no range; give low below high")
    if scale not in SCALES:
        raise ValueError(f"unknown scale {scale!r}; give one of {', '.join(SCALES)}")
    if scale != "uniform" and (low <= 0 or (scale == "logit-uniform" and high >= 1)):
        least = "above 0" if scale == "log-uniform" else "above 0 and below 1"
        raise ValueError(f"{low:g} to {high:g} has no {scale} scale; give bounds {least}, or scale: uniform")
    return Range(low, high, scale, whole=is_whole and isinstance(low, int) and isinstance(high, int))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300

"""Whether the fields of an experiment go together: yields (path, what is wrong). Asks no base scenario, reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from adoptsim.domain.practices import PRACTICES
from adoptsim.sweeps.designs import DESIGNS, POINTS
from adoptsim.sweeps.ranges import Range, Varied
from adoptsim.sweeps.worlds import PAIRED

if TYPE_CHECKING:
    from adoptsim.sweeps.experiment import Experiment

Wrong = tuple[tuple[str, ...], str]


def wrong_together(asked: Experiment) -> Iterator[Wrong]:
    """Yield which fields do not go together."""
    if asked.points is not None and (asked.vary or asked.design not in (POINTS, "full_factorial")):
        yield ("points",), "is given beside vary or a design; give one of the two"
    if not asked.vary and asked.points is None and asked.uncertain is None:
        yield ("vary",), "is empty; give at least one target, such as practices.safe_space: on_off"
    moved = {"vary": set(asked.vary), "uncertain": set(asked.uncertain if isinstance(asked.uncertain, dict) else ())}
    for name in PRACTICES:
        practice, intensity = f"practices.{name}", f"practices.{name}.intensity"
        for part, targets in moved.items():
            if intensity in targets and any(practice in every for every in moved.values()):
                yield (part, intensity), "is the same as the practice itself; keep one of the two"
    yield from _wrong_worlds(asked)


def _wrong_worlds(asked: Experiment) -> Iterator[Wrong]:
    """Yield what does not fit what is not known."""
    if asked.uncertain is None:
        for name in ("worlds", "sampling"):
            if getattr(asked, name) != type(asked).model_fields[name].default:
                yield (name,), "is for what is not known; give uncertain too, or leave it out"
    elif asked.sampling == PAIRED and not (asked.vary or asked.points):
        yield ("sampling",), "nothing is decided, so there is nothing to pair worlds with; leave it out, or give vary"
    if isinstance(asked.uncertain, dict):
        for target in asked.uncertain:
            if target in asked.vary:
                yield ("uncertain", target), "is decided in vary, so it is not uncertain; keep one of the two"


def wrong_designs(asked: Experiment) -> Iterator[Wrong]:
    """Yield where a design and what is varied do not fit."""
    if asked.points is None:
        yield from _wrong_design(asked.design, "vary", asked.vary, asked.samples, "samples")
    if isinstance(asked.uncertain, dict):
        yield from _wrong_design(asked.uncertain_design, "uncertain", asked.uncertain, asked.worlds, "worlds")
    if asked.resolution is not None and asked.design != "fractional_factorial":
        yield ("resolution",), f"is for fractional_factorial, not for {asked.design}; leave it out"
    if asked.design == "fractional_factorial":
        for target, varied in asked.vary.items():
            if isinstance(varied, tuple) and len(varied) != 2:
                yield (
                    ("vary", target),
                    f"has {len(varied)} levels, and a fraction takes two of each; give a low and a high",
                )
        if not asked.vary:
            yield ("design",), "a fraction needs something to vary; give vary"


def _wrong_design(
    name: str, part: str, vary: Mapping[str, Varied], samples: int | None, samples_name: str
) -> Iterator[Wrong]:
    design, drawing = DESIGNS[name], " or ".join(each for each, other in DESIGNS.items() if other.samples is not None)
    if not design.takes_ranges:
        message = f"is a range, and {name} takes every level; give levels, or a design that draws: {drawing}"
        yield from (((part, target), message) for target, varied in vary.items() if isinstance(varied, Range))
    if design.samples is None and name != POINTS and samples is not None:
        yield (samples_name,), f"is for designs that draw ({drawing}), not for {name}; leave it out"
    if design.samples is not None and not vary:
        yield ("design",), f"{name} draws levels, and nothing is decided; leave it out, or give vary"
    if design.needs_power_of_two and samples is not None and samples.bit_count() != 1:
        near = 1 << (samples.bit_length() - 1)
        yield (samples_name,), f"{samples} is not a power of two; give {near} or {2 * near}"
    if name == POINTS and len({len(levels) for levels in vary.values() if isinstance(levels, tuple)}) > 1:
        yield (part,), "its columns are not equally long; give a level of each target in every row"

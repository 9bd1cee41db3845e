"""What a phase diagram and a hysteresis found, in plain words."""

from __future__ import annotations

import math

from adoptsim.analysis.hysteresis import HELD_DAYS, SLOWEST_DAYS, Hysteresis, delay_left
from adoptsim.analysis.phase import Edge, Phase
from adoptsim.analysis.settings import STARTED, Axis
from adoptsim.analysis.tipping_words import share_words, span_words
from adoptsim.domain.intervals import Interval
from adoptsim.domain.scenario import MONTH_DAYS


def level_words(axis: Axis, level: float) -> str:
    """Return a value of an axis as people say it."""
    return share_words(level) if axis.is_share else f"{level:.3g}"


def phase_verdict(found: Phase) -> str:
    """Return where the edge runs."""
    across, along = found.axes
    crossed = [edge for edge in found.edges() if not math.isinf(edge.at.value)]
    if not crossed:
        return f"No edge along the {across.name} in this range: {_without_edge(found)}."
    parts = [
        f"at {level_words(across, edge.at.value)} where the {along.name} is {level_words(along, edge.level)}"
        for edge in dict.fromkeys((crossed[0], crossed[-1]))
    ]
    more = "less" if crossed[0].falls else "more"
    return f"The edge along the {across.name} lies {', and '.join(parts)}; with {more} of it most networks live."


def _without_edge(found: Phase) -> str:
    alive = [found.share(place).value >= 0.5 for place in found.lives]
    if all(alive):
        return "most networks live everywhere in it"
    if not any(alive):
        return "most networks die everywhere in it"
    return f"whether most networks live hangs on the {found.axes[1].name} alone"


def phase_row(found: Phase, edge: Edge) -> str:
    """Return where the edge lies at one level of the second axis."""
    across = found.axes[0]
    if math.isinf(edge.at.value):
        return "lives on the whole range" if (edge.at.value < 0) != edge.falls else "dies on the whole range"
    low, high = (
        level_words(across, across.range.low if bound < 0 else across.range.high if bound > 0 else bound)
        if math.isinf(bound)
        else level_words(across, bound)
        for bound in (edge.at.low, edge.at.high)
    )
    side = "up to" if edge.falls else "from"
    open_end = " or beyond" if math.isinf(edge.at.high) or math.isinf(edge.at.low) else ""
    return f"lives {side} {level_words(across, edge.at.value)} ({low} to {high}{open_end})"


def phase_about(found: Phase) -> str:
    """Return what was simulated."""
    starts = "" if STARTED in (axis.target for axis in found.axes) else f"begun by {share_words(found.start)} of staff; "
    return (
        f"{len(found.lives)} points, {found.runs:,} runs, most where it is unclear whether more than half live; {starts}"
        f"no launch; {found.days:,} working days; seed {found.seed}. In brackets: where the 95 % interval of P(lives) "
        "passes one half. Strength 1: as in the scenario."
    )


def hysteresis_verdict(found: Hysteresis) -> list[str]:
    """Return whether the way back differs from the way there, by how much, and whether that may be mere delay."""
    gap, axis, widest = found.mean_gap(), found.axis, found.widest()
    if not gap.low > 0.0:
        return [f"No hysteresis to be seen: lowering {axis.name} takes the same way back (mean gap {_points(gap)})."]
    wide = found.gap(widest)
    first = (
        f"The way back is another: at the same {axis.name} the network is livelier after a rise and fall than before it, "
        f"by {_points(gap)} of employees on average, by {_points(wide)} at {level_words(axis, found.levels[widest])}."
    )
    return [first, _delay(found)]


def _delay(found: Hysteresis) -> str:
    """Return whether the gap is more than mere delay could be: held longer, delay shrinks."""
    quick, slow = (held // MONTH_DAYS for held in HELD_DAYS)
    left = f"{100 * delay_left() * found.mean_gap().value:.1f} points"
    network = f"a network that goes two thirds of its way within {SLOWEST_DAYS // MONTH_DAYS} months"
    held = f"That is with each level held for {quick} months; held for {slow}, the gap is {_points(found.mean_gap(1))}"
    if found.beyond_delay().low > 0.0:
        return f"{held}. It is not mere delay, which would leave {left} of it at most in {network}."
    return f"{held}. It may be slow delay, which could leave {left} of it in {network}."


def hysteresis_about(found: Hysteresis) -> str:
    """Return what was simulated."""
    levels, starters = len(found.levels), share_words(found.scenario.start.contributors)
    quick, slow = ((2 * levels - 1) * held / MONTH_DAYS / 12 for held in HELD_DAYS)
    return (
        f"{found.up.shape[1]} organisations; {levels} levels up and down again within one run of {quick:.1f} years, each "
        f"held for {HELD_DAYS[0]} working days (again for {HELD_DAYS[1]}, {slow:.0f} years); no launch, begun by {starters} "
        f"of staff; seed {found.seed}. Employees who contribute in the last month of a level, with 95 % intervals; gaps in "
        "pairs. Strength 1: as in the scenario."
    )


def share_cell(share: Interval) -> str:
    """Return a share with its interval as a cell: '12 % (8-16 %)'."""
    return f"{share_words(share.value)} ({span_words(share.low, share.high)})"


def gap_cell(gap: Interval) -> str:
    """Return a difference of shares in points: '+5 (+2 to +8)'."""
    value, low, high = (100 * part for part in gap)
    return f"{value:+.0f} ({low:+.0f} to {high:+.0f})"


def _points(gap: Interval) -> str:
    value, low, high = (100 * part for part in gap)
    return f"{value:.1f} points ({low:.1f} to {high:.1f})"

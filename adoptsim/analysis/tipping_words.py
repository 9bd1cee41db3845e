"""What a search for tipping points found, in plain words: the verdict first, a sentence a finding."""

from __future__ import annotations

import math

import numpy as np

from adoptsim.analysis.edge import Bracket
from adoptsim.analysis.living import LEAVING_DAY
from adoptsim.analysis.tipping import ABOVE, BELOW, INTERESTED, MARGIN, MOST_LEAVERS, EdgeTest, Tipping
from adoptsim.domain.intervals import Interval, wilson
from adoptsim.domain.scenario import MONTH_DAYS

DEMANDED = 0.8
"""Of the runs a few points below an edge, so many die for sure, and above it live: then it is called one."""
LEAST_TESTED = 5
PLACES = {
    "scattered": "scattered at random",
    "interested": "those with most to say",
    "connected": "the best connected",
    "departments": "department by department",
    "cluster": "a cluster of contacts",
}
"""Who begins, in words."""
WITH = PLACES | {"scattered": "people drawn at random", "departments": "one department after another"}
"""The same after 'with'."""


def share_words(share: float) -> str:
    """Return a share of staff or runs as people say it."""
    if 0.0 < share < 0.005:
        return "under 1 %"
    if 0.995 < share < 1.0:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def span_words(low: float, high: float) -> str:
    """Return an interval of shares: '11-18 %', '11 % to never'; nothing where there is none."""
    if math.isnan(low) or math.isnan(high):
        return "too few runs for an interval"
    if math.isinf(low):
        return "never"
    if math.isinf(high):
        return f"{share_words(low)} to never"
    return f"{100 * low:.0f}-{100 * high:.0f} %"


def edge_words(edge: Interval) -> str:
    """Return an edge with its interval as a cell of a table: '14 % (11-18 %)'."""
    if math.isnan(edge.value):
        return "no living network"
    value = "never" if math.isinf(edge.value) else "nobody" if edge.value == 0.0 else share_words(edge.value)
    is_same = edge.low == edge.high and edge.value in (0.0, math.inf)
    return value if is_same else f"{value} ({span_words(edge.low, edge.high)})"


def verdict(found: Tipping) -> list[str]:
    """Return the finding in words: from below, how it spreads, whether it is an edge, who should begin; from above."""
    said = (from_below, spread, sharpness, places, sharpness_by_interest, from_above)
    return [part for part in (say(found) for say in said) if part]


def headline(found: Tipping) -> str:
    """Return the finding in a line."""
    edge = found.edge(BELOW)
    if edge.value == 0.0:
        return f"{whose(found)} lives by itself, with nobody to begin"
    if math.isinf(edge.value):
        return f"{whose(found)} has no tipping point: left alone, it dies however many begin"
    return f"{whose(found)} tips at about {share_words(edge.value)} of staff ({_confident(edge)})"


def whose(found: Tipping) -> str:
    """Return what the finding is about: one organisation, or as many as there are runs."""
    if found.organisation is not None:
        return "This organisation"
    return "Your organisation" if found.scenario.organisation.people_file else "An organisation like this"


def drawn_anew(found: Tipping) -> bool:
    """Return whether every run has an organisation of its own."""
    spec = found.scenario.organisation
    return found.organisation is None and spec.people_file is None and not spec.same_for_all_replicates


def from_below(found: Tipping) -> str:
    """Return how many must begin."""
    edge, who = found.edge(BELOW), whose(found)
    if edge.value == 0.0:
        by_itself = _runs(found.share_beyond(BELOW, 0.0))
        return f"{who} needs nobody to begin: left alone, without any launch, its network lives by itself {by_itself}."
    if math.isinf(edge.value):
        never = _runs(found.share_never(BELOW))
        return f"{who} has no tipping point: left alone, its network dies even if everybody begins, {never}."
    return (
        f"{who} tips at about {share_words(edge.value)} of staff ({_confident(edge)}): left alone, begun by fewer "
        f"contributors its network dies; begun by more it lives by itself."
    )


def spread(found: Tipping) -> str:
    """Return how the edges of runs differ."""
    by_itself, never = found.share_beyond(BELOW, 0.0), found.share_never(BELOW)
    low, high = found.quartiles(BELOW)
    what = "organisations" if drawn_anew(found) else "runs"
    parts = []
    if by_itself.value == 1.0 or never.value == 1.0:
        return ""
    if low < high:
        middle = f"the middle half of the {what} tip between {share_words(low)} and "
        parts.append(middle + ("never" if math.isinf(high) else share_words(high)))
    if by_itself.value > 0.0:
        parts.append(f"{share_words(by_itself.value)} live with nobody to begin")
    if never.value > 0.0:
        parts.append(f"{share_words(never.value)} die however many begin")
    return f"{_capital('; '.join(parts))}." if parts else ""


def sharpness(found: Tipping) -> str:
    """Return whether it is an edge: what a few points more or fewer do in one and the same organisation; in how many."""
    test = found.tests.get(found.placement)
    if found.n_with_edge() == 0 and test is None:
        return "So there is no edge to test: how many begin decides nothing here."
    return "" if test is None else _sharpness_of(found, test)


def sharpness_by_interest(found: Tipping) -> str:
    """Return whether it is an edge where those with most to say begin; nothing where the scenario has them begin anyway."""
    test = found.tests.get(INTERESTED)
    if test is None or found.placement == INTERESTED:
        return ""
    return f"Where {PLACES[INTERESTED]} begin: {_uncapital(_sharpness_of(found, test))}"


def _sharpness_of(found: Tipping, test: EdgeTest) -> str:
    below, above = (len(test.tested(offset)) for offset in (-MARGIN, MARGIN))
    points, is_one = f"{100 * MARGIN:.0f} points", found.organisation is not None
    lives = test.share(MARGIN)
    dies = Interval(*(1.0 - share for share in np.array(test.share(-MARGIN))[[0, 2, 1]]))
    dying, living = f"{_with_span(dies)} of runs with fresh luck die", f"{points} above, {_with_span(lives)} live"
    least = 1 if is_one else LEAST_TESTED
    if below < least or above < least:
        n, which = (below, "fewer") if below < least else (above, "more")
        room = (
            f"only {n} of {found.replicates} have an edge with room for {points} {which}, too few to say how sharp edges are"
        )
        room = f"its own tipping point has no room for {points} {which}" if is_one else room
        known = [f"{points} below, {dying}"] * (below >= least) + [living] * (above >= least)
        return _capital("; ".join([room, *known])) + "."
    return (
        f"{_is_edge(dies, lives)}{'' if is_one else _tested_in(found, below, above)}: started {points} below "
        f"{'its own' if is_one else 'their own'} tipping point, {dying}; {living}."
    )


def _is_edge(dies: Interval, lives: Interval) -> str:
    """Return what the shares of runs that die below and live above say, as far as they are known."""
    if min(dies.low, lives.low) >= DEMANDED:
        return "With the same people and ties it is an edge"
    if min(dies.high, lives.high) < DEMANDED:
        return "Luck blurs it even with the same people and ties"
    return "With the same people and ties it may be an edge, but that is too close to call"


def _tested_in(found: Tipping, below: int, above: int) -> str:
    """Return in how many organisations it could be tested."""
    what = "organisations" if drawn_anew(found) else "runs"
    of = f"of the {found.replicates} {what}"
    if below == above:
        return f", tested in {below} {of}"
    return f", tested in {below} {of} from below and {above} from above (some edges have no room for it)"


def from_above(found: Tipping) -> str:
    """Return how many may leave."""
    edge = found.edge(ABOVE)
    when = f"after {LEAVING_DAY // MONTH_DAYS} months"
    if math.isnan(edge.value):
        return "There is no living network that leavers could kill."
    if math.isinf(edge.value):
        survive = _runs(found.share_never(ABOVE))
        return f"Once living, it survives even if {share_words(MOST_LEAVERS)} of staff leave at once {when}, {survive}."
    return (
        f"Once living, it survives until about {share_words(edge.value)} of staff leave the platform at once {when} "
        f"({_confident(edge)})."
    )


def places(found: Tipping) -> str:
    """Return which placement needs fewest to begin, if pairs of runs tell it from the scenario's own."""
    others = [name for name in found.placements if name != found.placement]
    better = {name: fewer_share(found.brackets(BELOW, name), found.brackets(BELOW)) for name in others}
    sure = [name for name in others if better[name].low > 0.5]
    if not sure:
        return ""
    best = min(sure, key=lambda name: (found.edge(BELOW, name).value, -better[name].value))
    edge = found.edge(BELOW, best)
    tips = f"it tips at {share_words(edge.value)} ({span_words(edge.low, edge.high)})"
    tips = "most need nobody" if edge.value == 0.0 else "most die all the same" if math.isinf(edge.value) else tips
    return (
        f"It matters who begins: with {PLACES[best]}, {tips}; fewer are needed than with {WITH[found.placement]} in "
        f"{share_words(better[best].value)} of the runs in which it makes a difference."
    )


def fewer_share(own: list[Bracket], other: list[Bracket]) -> Interval:
    """Return in which share of the pairs that differ the first edge is the lower, with Wilson's interval."""
    pairs = [(one.middle, two.middle) for one, two in zip(own, other, strict=True) if one != two]
    return wilson(sum(one < two for one, two in pairs), len(pairs))


def about(found: Tipping) -> str:
    """Return what was simulated and what living means, for below a table."""
    n, days = found.replicates, found.days
    who = f"{n:,} runs with the people and ties of replicate {found.organisation}, each with its own luck"
    if found.organisation is None:
        known = "runs with your people and ties, each with their temperaments drawn anew and its own luck"
        who = f"{n:,} {'organisations, each with its own people and luck' if drawn_anew(found) else known}"
    return (
        f"{who}; seed {found.seed}; {found.people:,} people; {days:,} working days with the standing practices alone. "
        "A network lives if, in the last month, it has at least half of the contributing employees that it has when "
        "everybody begins; never under 7.5 %, and half of critical mass is always enough."
    )


def _runs(share: Interval) -> str:
    return f"in {share_words(share.value)} of runs ({span_words(share.low, share.high)})"


def _with_span(share: Interval) -> str:
    return share_words(share.value) + ("" if math.isnan(share.low) else f" ({span_words(share.low, share.high)})")


def _confident(edge: Interval) -> str:
    words = span_words(edge.low, edge.high)
    return words if math.isnan(edge.low) else f"95 %: {words}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]

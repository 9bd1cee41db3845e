"""Shocks: what may strike a living network on one day, as a table of words; their numbers are parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ShockName = Literal["reorganisation", "leader_leaves", "punishment", "viral_complaint"]


@dataclass(frozen=True, slots=True)
class ShockKind:
    """One kind of shock; ``size`` is the parameter that says how large one is unless the scenario does."""

    name: ShockName
    title: str
    called: str
    says: str
    size: str
    size_says: str
    size_short: str
    source: str


_TABLE = (
    ShockKind(
        "reorganisation",
        "Reorganisation",
        "a reorganisation",
        "People change places: department, line manager and contacts become those of another's place; their habit and "
        "trust suffer.",
        "reorganised_share",
        "share of those who manage nobody who change places",
        "of non-managers move",
        "Morgan & Zeffane 2003; Wood, Tam & Guerrero Witt 2005",
    ),
    ShockKind(
        "leader_leaves",
        "A leader leaves",
        "the loss of leaders",
        "The senior leaders who have contributed most leave; their inboxes wait until successors, new to the network, come.",
        "departing_leader_share",
        "share of senior leaders who leave, at least one",
        "of leaders go, at least one",
        "design",
    ),
    ShockKind(
        "punishment",
        "A visible punishment",
        "a visible punishment",
        "Somebody who voiced an idea or concern is punished for it, and others hear of it.",
        "punishment_reach",
        "share of staff who hear of it, besides the contacts of the one punished",
        "of staff and all contacts hear",
        "Milliken et al. 2003; Slovic 1993",
    ),
    ShockKind(
        "viral_complaint",
        "A viral complaint",
        "a viral complaint",
        "A complaint goes round: who hears of it looks, and has something critical to say.",
        "complaint_reach",
        "share of staff who hear of it",
        "of staff hear",
        "Madsen & Johansen 2019; Brady et al. 2017",
    ),
)

SHOCKS: dict[str, ShockKind] = {kind.name: kind for kind in _TABLE}
assert tuple(SHOCKS) == get_args(ShockName)

"""Levers: what an organisation can move. Declared once; validation, sliders, samplers and docs read this table.

A lever has a default (its value without any practice), a plausible range and a *link*. Effects of practices add on
the link scale, as in a generalised linear model, so no lever leaves its range and the order of practices is
irrelevant.
"""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from adoptsim.domain.parameters import Grade

Link = Literal["logit", "log"]


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever: ``default`` without practices, plausible ``low`` to ``high``, ``link`` on which effects add."""

    name: str
    symbol: str
    default: float
    low: float
    high: float
    unit: str
    link: Link
    meaning: str
    source: str
    grade: Grade


_PROB = "probability"
_DESIGN = "design assumption"

# fmt: off
_CLIMATE = (  # practices 1 and 6
    Lever("culture_trust", "T_cult", 0.50, 0.05, 0.95, "0-1", "logit",
          "level that trust in leaders drifts to (and starts from)", "Joo et al. 2023: climate follows leadership; level by design", "I"),
    Lever("culture_safety", "S_cult", 0.50, 0.05, 0.95, "0-1", "logit",
          "level that psychological safety drifts to (and starts from)", "Frazier et al. 2017; level by design", "I"),
    Lever("loss_weight", "lambda", 2.5, 1.0, 5.0, "x", "log",
          "how much more a loss of trust or safety weighs than a gain", "Slovic 1993: trust is lost 2-5 times faster than gained", "R"),
)
_PLATFORMS = (  # practice 2
    Lever("offline_prompt_prob", "o", 0.0004, 0.0001, 0.08, _PROB + " a day", "logit",
          "a meeting, survey or forum points a person to the platform that day", _DESIGN, "D"),
    Lever("echo_rate", "l_e", 0.05, 0.01, 8.0, "posts a leader and month", "log",
          "answers given elsewhere that a leader echoes on the platform", _DESIGN, "D"),
)
_LEADING = (  # practice 3
    Lever("leader_post_rate", "l_p", 0.5, 0.05, 8.0, "posts a leader and month", "log",
          "how often a leader posts", "design; plausible 0-8", "D"),
    Lever("broadcast_share", "l_b", 0.70, 0.05, 0.95, "share", "logit",
          "leaders' posts that announce instead of inviting an exchange", "Dromey 2016: most use is top-down updates", "I"),
    Lever("leader_reply_factor", "l_r", 0.5, 0.1, 4.0, "x", "log",
          "leaders' readiness to reply in threads, against an employee's", "Catz 2013, Riemer et al. 2015 (direction)", "I"),
    Lever("champion_share", "f_champ", 0.0004, 0.0001, 0.10, "share of staff", "logit",
          "staff who are champions", "design; plausible 0-.05", "D"),
    Lever("champion_reply_factor", "ch_r", 3.0, 1.0, 8.0, "x", "log",
          "a champion's readiness to reply, against an employee's", _DESIGN, "D"),
    Lever("champion_invite_rate", "ch_i", 0.5, 0.05, 10.0, "invitations a champion and month", "log",
          "personal invitations by champions to contacts who never came", _DESIGN, "D"),
)
_TRUSTING = (  # practice 4
    Lever("premoderation_prob", "mod_p", 0.10, 0.002, 0.95, _PROB, "logit",
          "an employee's post is held for review before it appears", _DESIGN, "D"),
    Lever("moderation_delay", "mod_d", 2.0, 1.0, 10.0, "working days", "log", "how long a held post waits", _DESIGN, "D"),
    Lever("moderation_deletion_prob", "mod_x", 0.10, 0.002, 0.9, _PROB, "logit",
          "a held critical post is deleted", "design; plausible 0-.2 a critical post", "D"),
    Lever("surveillance", "W", 0.30, 0.02, 0.95, "0-1", "logit", "how watched people feel on the platform", "Dromey 2016: control", "I"),
    Lever("permission", "P_cult", 0.45, 0.05, 0.95, "0-1", "logit",
          "line managers' tolerance of time spent posting", "Dromey 2016: fear of time-wasting", "I"),
    Lever("leisure_permitted", "Z", 0.70, 0.01, 0.99, _PROB, "logit",
          "a leisure post is tolerated", "Huang, Singh & Ghose: banning leisure lowers work posts", "V"),
)
_POLICY = (  # practice 5
    Lever("sanction_uncertainty", "U", 0.50, 0.05, 0.95, "0-1", "logit",
          "doubt about what may be said and what follows", "Dromey 2016, Acas guidance", "I"),
    Lever("abuse_prob", "ab", 0.06, 0.005, 0.3, _PROB, "logit", "a critical post is abusive", _DESIGN, "D"),
)
_SAFE_SPACE = (  # practice 6
    Lever("sanction_prob", "n_s", 0.03, 0.001, 0.30, _PROB, "logit",
          "a critical post that a leader handles brings its author a visible sanction", "design; plausible 0-.2", "D"),
    Lever("anonymity_prob", "an", 0.005, 0.001, 0.95, _PROB, "logit",
          "a voice post is made anonymously", "Detert & Burris 2016: two-edged", "I"),
)
_ACTING = (  # practice 7
    Lever("inbox_capacity", "C", 0.5, 0.02, 10.0, "items a leader and day", "log", "contributions a leader can deal with", _DESIGN, "D"),
    Lever("answer_prob", "L_ans", 0.10, 0.01, 0.70, _PROB, "logit",
          "a leader who deals with a contribution answers it", "cap .69: answers to superiors' mail (Michalski 2020 data)", "C"),
    Lever("action_prob", "L_act", 0.05, 0.005, 0.50, _PROB, "logit",
          "a leader who deals with a contribution acts on it and says so", "design; plausible 0-.5", "D"),
    Lever("explanation_prob", "L_exp", 0.05, 0.01, 0.80, _PROB, "logit",
          "what is neither acted on nor answered gets an explanation", "Acas blog 2016 (direction)", "I"),
)
_CRITICISM = (  # practice 8
    Lever("defensive_prob", "n_d", 0.30, 0.01, 0.80, _PROB, "logit", "a critical post meets a defensive answer", "Catz 2013 (direction)", "I"),
    Lever("leader_deletion_prob", "n_x", 0.05, 0.002, 0.60, _PROB, "logit", "a leader has a critical post deleted", "design; plausible 0-.2", "D"),
)
_PURPOSE = (  # practice 9
    Lever("relevance_prob", "rel", 0.45, 0.05, 0.90, _PROB, "logit", "a work post is relevant to a given reader", _DESIGN, "D"),
    Lever("purpose_fit", "F", 0.45, 0.05, 0.95, "0-1", "logit", "how clearly use serves the organisation's purpose", "Dromey 2016", "I"),
)
_LAUNCH = (  # practice 10
    Lever("seed_share", "s_0", 0.0004, 0.0001, 0.90, "share of staff", "logit", "staff brought in together at the launch", _DESIGN, "D"),
    Lever("invitation_prob", "inv", 0.0005, 0.0001, 0.10, _PROB + " a day", "logit", "a person who never came is invited and looks", _DESIGN, "D"),
    Lever("reminder_prob", "rem", 0.001, 0.0002, 0.20, _PROB + " a day", "logit", "a lapsed member is reminded and looks", _DESIGN, "D"),
)
# fmt: on

LEVER_GROUPS: dict[str, tuple[Lever, ...]] = {
    "Climate": _CLIMATE,
    "Other voice platforms": _PLATFORMS,
    "Leaders and champions": _LEADING,
    "Trust in employees": _TRUSTING,
    "Social media policy": _POLICY,
    "Safe space": _SAFE_SPACE,
    "Acting on contributions": _ACTING,
    "Negative comments": _CRITICISM,
    "Purpose": _PURPOSE,
    "Critical mass": _LAUNCH,
}
LEVERS: dict[str, Lever] = {lever.name: lever for rows in LEVER_GROUPS.values() for lever in rows}

LeverIndex = namedtuple("LeverIndex", list(LEVERS))  # type: ignore[misc]
LEVER: Any = LeverIndex(*range(len(LEVERS)))
"""Column of each lever in the engine's table, by name: ``table[day, group, LEVER.answer_prob]``."""

Floats = npt.NDArray[np.float64]


def to_link(lever: Lever, value: float) -> float:
    """Return ``value`` on the lever's link scale."""
    return math.log(value / (1.0 - value)) if lever.link == "logit" else math.log(value)


def from_link(lever: Lever, scaled: Floats) -> Floats:
    """Return values in the lever's own unit from values on its link scale, any shape."""
    return 1.0 / (1.0 + np.exp(-scaled)) if lever.link == "logit" else np.exp(scaled)

"""What people live through and see on the platform, and how much it counts: a table, not code.

Weights are in events: 1 is one full experience for (+) or against (-). ``seen`` rows are weighted by
``observed_weight``. Losses of trust and safety weigh more by the lever ``loss_weight``. Directions have sources; sizes
are design assumptions relative to a plain answer (1): half to twice of each is as plausible.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.parameters import PARAMETER, Grade

THOUSANDTHS = 1000
"""Evidence is summed in whole thousandths of an event, so that the order of a day's events cannot matter."""

COLUMNS = (
    "responsiveness_up",
    "responsiveness_down",
    "trust_up",
    "trust_down",
    "safety_up",
    "safety_down",
    "reward_up",
    "reward_down",
)


@dataclass(frozen=True, slots=True)
class Experience:
    """One kind of experience: signed weights on what it teaches."""

    name: str
    meaning: str
    responsiveness: float = 0.0
    trust: float = 0.0
    safety: float = 0.0
    reward: float = 0.0
    seen: bool = False
    source: str = ""
    grade: Grade = "I"


_KING = "King 2015: no response lowers later efficacy"
_SUPPORT = "Madsen & Johansen 2019: visible coworker support makes a spiral of voice"
_DETERT = "Detert & Burris 2016; Sherf et al. 2021"
_JOYCE = "Joyce & Kraut 2006"

# fmt: off
_TABLE = (
    Experience("own_waiting", "own voice has not been dealt with yet", source="teaches nothing yet", grade="D"),  # rows 0-8 follow the order of the outcomes of a thread
    Experience("own_answered", "own voice is answered by a leader", responsiveness=1.0, trust=0.5, safety=0.3, source=_DETERT),
    Experience("own_acted", "own voice is acted on, and said so", responsiveness=1.6, trust=1.0, safety=0.5, source=_DETERT),
    Experience("own_explained", "a leader explains why not", responsiveness=0.8, trust=0.6, safety=0.3, source="Acas blog 2016"),
    Experience("own_ignored", "a leader looks at own voice and does nothing", responsiveness=-1.0, trust=-0.2, source=_KING),
    Experience("own_aged_out", "own voice ages out unseen in the inbox", responsiveness=-1.0, trust=-0.2, source=_KING),
    Experience("own_defensive", "own criticism meets a defensive answer", responsiveness=-0.6, trust=-0.6, safety=-0.8, source="Catz 2013"),
    Experience("own_deleted", "own criticism is deleted, in review or by a leader", responsiveness=-1.0, trust=-1.0, safety=-1.2, source="Wikipedia reverts: about 15 % lower survival"),
    Experience("own_sanctioned", "own criticism brings a visible sanction", responsiveness=-1.0, trust=-1.5, safety=-3.0, source="Slovic 1993; Detert & Burris 2016"),
    Experience("seen_waiting", "somebody's voice has no answer, a day or more after it appeared", responsiveness=-0.4, seen=True, source=_KING),  # rows 9-17 likewise
    Experience("seen_answered", "somebody's voice was answered, or an answer given elsewhere is echoed", responsiveness=1.0, trust=0.5, safety=0.3, seen=True, source=_DETERT),
    Experience("seen_acted", "somebody's voice was acted on", responsiveness=1.6, trust=1.0, safety=0.5, seen=True, source=_DETERT),
    Experience("seen_explained", "somebody was told why not", responsiveness=0.8, trust=0.6, safety=0.3, seen=True, source="Acas blog 2016"),
    Experience("seen_ignored", "somebody's voice was ignored", responsiveness=-0.4, seen=True, source=_KING),
    Experience("seen_aged_out", "somebody's voice aged out", responsiveness=-0.4, seen=True, source=_KING),
    Experience("seen_defensive", "somebody's criticism met a defensive answer", responsiveness=-0.6, trust=-0.6, safety=-0.8, seen=True, source="Catz 2013"),
    Experience("seen_deleted", "somebody's criticism was deleted", responsiveness=-1.0, trust=-1.0, safety=-1.2, seen=True, source="Dromey 2016 (control)"),
    Experience("seen_sanctioned", "somebody was sanctioned", responsiveness=-1.0, trust=-1.5, safety=-3.0, seen=True, source="Slovic 1993"),
    Experience("seen_support", "a critical thread with replies that has not been taken down", safety=0.5, seen=True, source=_SUPPORT),
    Experience("seen_abuse", "an abusive post", safety=-0.5, seen=True, source="Catz 2013 (direction)"),
    Experience("seen_anonymous", "an anonymous post", safety=-0.25, seen=True, source="Detert & Burris 2016: signals that openness is unsafe"),
    Experience("seen_replied", "a thread with replies", reward=1.0, seen=True, source=_JOYCE),
    Experience("seen_unreplied", "a thread without replies, a day or more after it appeared", reward=-1.0, seen=True, source=_JOYCE),
    Experience("own_replied", "the first reply to an own thread", reward=1.0, source=_JOYCE),
    Experience("own_replied_by_leader", "the same, from a leader that day", reward=1.0, source="Riemer et al. 2015: times leader_answer_weight"),
    Experience("own_reaction", "the first reaction to an own thread without replies", reward=0.5, source="design", grade="D"),
    Experience("own_unreplied", "neither reply nor reaction within the reward window", reward=-1.0, source=_JOYCE),
    Experience("own_moved", "own place changes in a reorganisation", trust=-1.5, source="Morgan & Zeffane 2003: reorganisation corrodes trust in management"),
)
# fmt: on

EXPERIENCES: dict[str, Experience] = {experience.name: experience for experience in _TABLE}
ExperienceIndex = namedtuple("ExperienceIndex", list(EXPERIENCES))  # type: ignore[misc]
EXPERIENCE: Any = ExperienceIndex(*range(len(EXPERIENCES)))


def experience_table(parameters: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Return the weights as int32[experiences, 8] in thousandths, gains and losses apart (columns ``COLUMNS``)."""
    table = np.zeros((len(EXPERIENCES), len(COLUMNS)), dtype=np.int32)
    for row, experience in enumerate(EXPERIENCES.values()):
        scale = float(parameters[PARAMETER.observed_weight]) if experience.seen else 1.0
        if experience.name == "own_replied_by_leader":
            scale = float(parameters[PARAMETER.leader_answer_weight])
        for column, weight in enumerate((experience.responsiveness, experience.trust, experience.safety, experience.reward)):
            table[row, 2 * column + (weight < 0)] = round(abs(weight) * scale * THOUSANDTHS)
    return table

"""The patterns of real networks that the model must show, as data: what is measured, on what, and what was observed.

Numbers 1 to 12 are those of pattern-oriented modelling in the design's record of evidence (Grimm et al. 2005); 13 is its
bound on reply reinforcement; from 14 on nothing is judged and nothing was ever fitted. A newcomer adds a row here.
Grades: V read in the source, C computed from data, R recalled from the literature, I our inference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["range", "sign", "shape", "report"]
Compare = Literal["", "difference", "lives"]
Scale = Literal["plain", "ratio"]

HALF_YEAR, TWO_YEARS, MONTH_WINDOW = 126, 504, 21
SUPPORT_END = 189  # day on which the shipped scenarios' launch support ends
SINCE_SUPPORT = TWO_YEARS - SUPPORT_END
NETWORK = "generated"
"""The case of what is measured on generated organisations, without any simulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One thing that is measured.

    ``kind``: a *range* that was observed, a *sign*, or a *shape* that our own bounds describe: the mean over replicates
    lies from ``low`` to ``high``; of a sign, the 95 % interval lies beyond the one bound given. A *report* is not judged.
    ``compare``: the *difference* to the case ``against``, in pairs; or whether a run *lives*: whether it ends above half
    of the mean of ``against``. ``scale``: ratios are averaged as logarithms. ``window``: working days up to the last
    (what is measured at first says so). ``observed``: name of the statistic computed from published data.
    """

    number: int
    name: str
    says: str
    estimator: str
    case: str
    window: int
    low: float | None
    high: float | None
    kind: Kind
    source: str
    grade: str
    must_hold: bool = True
    fitted: bool = False
    against: str = ""
    compare: Compare = ""
    scale: Scale = "plain"
    observed: str = ""


SWOOP = "SWOOP Analytics 2016-2022: 97 organisations"
SUPERSET = "a workplace chat: Apache Superset's example data"
EMAIL_EU = "email-Eu-core: Leskovec et al. 2007"
MANUFACTURER = "a manufacturer's e-mail: Michalski 2020"
SLASHDOT = "Superset data; Slashdot"


def _typical(
    number: int, name: str, says: str, bounds: tuple[float | None, float | None], source: str, grade: str, **more: object
) -> Pattern:
    """Return a row on the last half year of the typical organisation; the estimator has the row's name."""
    given = {"estimator": name, "case": "typical", "window": HALF_YEAR, "kind": "range", "fitted": True} | more
    low, high = bounds
    return Pattern(number=number, name=name, says=says, low=low, high=high, source=source, grade=grade, **given)  # type: ignore[arg-type]


# fmt: off
_FITTED = (
    _typical(1, "looked", "staff who looked within six months", (0.80, 0.85), SWOOP, "V"),
    _typical(1, "only_read", "staff who looked and contributed nothing within six months", (0.50, 0.62), SWOOP, "V"),
    _typical(1, "contributed", "staff who posted, replied or reacted within six months", (0.20, 0.25), SWOOP, "V"),
    _typical(2, "interactions", "posts, replies and reactions a person and month", (0.7, 1.4), SWOOP, "C"),
    _typical(3, "weekly_posters", "those who write in a week, of those who look in it", (0.18, 0.40), SUPERSET, "C"),
    _typical(3, "daily_visitors", "those who look on a day, of those who look in its week", (0.25, 0.50), SUPERSET, "C"),
    _typical(4, "gini_of_posters", "Gini coefficient of messages among those who write", (0.57, 0.76), SLASHDOT, "C"),
    _typical(4, "top_tenth_of_posters", "messages by the busiest tenth of those who write", (0.50, 0.65), SLASHDOT, "C"),
    _typical(4, "wrote_once", "one-time writers among those who write", (0.19, 0.55), SLASHDOT, "C"),
    _typical(5, "answered", "threads that somebody else answers", (0.45, 0.72), "Superset data; Usenet: Joyce & Kraut 2006", "C"),
    _typical(5, "median_messages", "messages in an answered thread, median", (2.0, 6.0), "Superset data; Usenet", "C"),
    _typical(5, "long_tail", "messages in an answered thread, mean over median", (1.0, None), "Superset data; Usenet", "C"),
    _typical(7, "managers_over_staff", "messages of people with reports, over those without", (1.0, None), MANUFACTURER, "C",
             window=TWO_YEARS, kind="sign", scale="ratio"),
    _typical(7, "leaders_over_managers", "messages of senior leaders, over other managers'", (1.0, None), MANUFACTURER, "C",
             window=TWO_YEARS, kind="sign", scale="ratio"),
)


PATTERNS: dict[str, Pattern] = {row.name: row for row in _FITTED}

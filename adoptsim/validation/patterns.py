"""The patterns of real networks that the model must show, as data: what is measured, on what, and what was observed.

Numbers 1 to 12 are those of pattern-oriented modelling in the design's record of evidence (Grimm et al. 2005); 13 is its
bound on reply reinforcement; 14 is only reported: nothing was ever fitted on it. A newcomer adds a row here.
Grades: V read in the source, C computed from data, R recalled from the literature, I our inference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from adoptsim.domain.definitions import DEFINITION

Kind = Literal["range", "sign", "shape", "report"]
Compare = Literal["", "difference", "lives"]
Unit = Literal["share", "amount"]
Scale = Literal["plain", "ratio"]
Fit = Literal["not fitted", "kept while fitting", "fitted"]
"""What was done with a row when defaults were chosen: nothing; held where it was; numbers were moved for it."""

HALF_YEAR, TWO_YEARS, MONTH_WINDOW = 126, 504, 21
CHAT_WINDOW = 105  # the chat's opening posts cover 148 calendar days
SUPPORT_END = 189  # day on which the shipped scenarios' launch support ends
SINCE_LEAVING = TWO_YEARS - 252  # the cases' leavers go after a year
SINCE_SUPPORT = TWO_YEARS - SUPPORT_END
TITLES = {
    1: "Look, read, contribute",
    2: "How much",
    3: "How regularly",
    4: "Inequality among writers",
    5: "Threads",
    6: "Life cycles",
    7: "Messages by rank",
    8: "Networks",
    9: "Tipping, from both sides",
    10: "Voice and silence",
    11: "What policies change",
    12: "Top-down use",
    13: "Reinforcement by replies",
    14: "Beyond the list: not judged",
}
"""What each number is about."""
NETWORK = "generated"
"""The case of what is measured on generated organisations, without any simulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One thing that is measured.

    ``kind``: a *range* that was observed, a *sign*, or a *shape* that our own bounds describe: the mean over replicates
    lies from ``low`` to ``high``; of a sign, the 95 % interval lies beyond the one bound given. A *report* isn't judged.
    ``compare``: the *difference* to the case ``against``, in pairs; or whether a run *lives*: whether it ends with at
    least half of the mean of ``against``, and with the least share of which a network lives. ``scale``: ratios are averaged
    as logarithms. ``unit``: a share of a whole, or any other amount. ``window``: working days up to the last (what is
    measured at first says so). ``dataset``: the published file that the same statistic is computed from, by the same
    function (its value is in `observed.json`).
    """

    number: int
    name: str
    label: str
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
    fitted: Fit = "not fitted"
    against: str = ""
    compare: Compare = ""
    scale: Scale = "plain"
    unit: Unit = "share"
    dataset: str = ""


CHAT_DAYS, CHAT_THREADS = "superset_slack_daily.csv", "superset_slack_roots.csv"
MAIL, REPORTS, TIES = "manufacturing_email.csv.gz", "manufacturing_reports_to.csv", "email_eu_core_edges.csv.gz"
SWOOP = "SWOOP Analytics 2016-2022: 97 organisations"
SUPERSET = "a workplace chat: Apache Superset's example data"
EMAIL_EU = "email-Eu-core: Leskovec et al. 2007"
MANUFACTURER = "a manufacturer's e-mail: Michalski 2020"
SLASHDOT = "Superset data (opening posts); Slashdot (comments)"
LIFE_CYCLES = "Superset data; Altimeter"
HUANG = "Huang, Singh & Ghose: 2,396 employees"
CENTOLA = "Centola et al. 2018; Markus 1987"
CATZ = "Catz 2013; Riemer et al. 2015"
CHESNEY = "Chesney & Lawson 2015"
SHERF = "Sherf, Parke & Isaakyan 2021: rho = -.15"
DETERT = "Detert & Burris 2016"
DROMEY = "Dromey 2016"
JOYCE = "Joyce & Kraut 2006: 1.62 on Usenet; elsewhere 1.0-1.4"
USENET = "Superset data; Usenet: Joyce & Kraut 2006"


Bounds = tuple[float | None, float | None]


def _typical(number: int, name: str, label: str, says: str, bounds: Bounds, source: str, grade: str, **more: Any) -> Pattern:
    """Return a row on the last half year of the typical organisation; the estimator has the row's name."""
    given = {"estimator": name, "case": "typical", "window": HALF_YEAR, "kind": "range", "fitted": "fitted"} | more
    return _row(number, name, label, says, bounds, source, grade, **given)


def _row(number: int, name: str, label: str, says: str, bounds: Bounds, source: str, grade: str, **more: Any) -> Pattern:
    low, high = bounds
    return Pattern(number=number, name=name, label=label, says=says, low=low, high=high, source=source, grade=grade, **more)


_NOT_ASKED_FOR: Mapping[str, Any] = MappingProxyType({"must_hold": False, "fitted": "not fitted"})
"""Of rows that neither the fit nor the draw of plausible sets has seen as they are now."""
_AIMED_AT: Mapping[str, Any] = MappingProxyType({"must_hold": False, "fitted": "fitted"})
"""Of rows that the fit was drawn towards, but need not hold: the draw of plausible sets doesn't see them."""
_REPORTED: Mapping[str, Any] = MappingProxyType({"kind": "report", **_NOT_ASKED_FOR})


_BY_RANK: Mapping[str, Any] = MappingProxyType(
    {"window": TWO_YEARS, "kind": "sign", "scale": "ratio", "unit": "amount", "fitted": "kept while fitting"}
)


# fmt: off
_FITTED = (
    _typical(1, "looked", "looked within six months", "staff who looked at least once in the last six months",
             (0.80, 0.85), SWOOP, "V"),
    _typical(1, "only_read", "only read", "staff who looked and contributed nothing in the last six months",
             (0.50, 0.62), SWOOP, "V"),
    _typical(1, "contributed", "contributed", "staff who posted, replied or reacted in the last six months",
             (0.20, 0.25), SWOOP, "V"),
    _typical(2, "interactions", "interactions a head and month", "posts, replies and reactions a person and month",
             (0.7, 1.4), SWOOP, "C", unit="amount"),
    _typical(3, "weekly_posters", "writers, of a week's visitors", "those who write in a week, of those who look in it",
             (0.18, 0.40), SUPERSET, "C", dataset=CHAT_DAYS),
    _typical(3, "daily_visitors", "a day's, of a week's visitors",
             "those who look on a working day, of those who look in its week",
             (0.41, 0.57), f"{SUPERSET}; nine tenths of its months", "C", dataset=CHAT_DAYS),
    _typical(4, "gini_of_posters", "Gini coefficient of messages",
             "Gini coefficient of messages (posts and replies) among those who write",
             (0.57, 0.76), SLASHDOT, "C", unit="amount"),
    _typical(4, "top_tenth_of_posters", "messages by the busiest tenth",
             "messages (posts and replies) by the busiest tenth of those who write",
             (0.50, 0.65), SLASHDOT, "C"),
    _typical(4, "wrote_once", "wrote one message only", "writers of a single message (post or reply) among those who write",
             (0.19, 0.55), SLASHDOT, "C"),
    _typical(4, "gini_of_openers", "Gini coefficient of threads",
             "Gini coefficient of opening posts among those who open threads",
             (0.57, 0.76), SUPERSET, "C", window=CHAT_WINDOW, unit="amount", dataset=CHAT_THREADS, **_AIMED_AT),
    _typical(4, "top_tenth_of_openers", "threads by the busiest tenth",
             "opening posts by the busiest tenth of those who open threads",
             (0.50, 0.65), SUPERSET, "C", window=CHAT_WINDOW, dataset=CHAT_THREADS, **_AIMED_AT),
    _typical(4, "opened_once", "opened one thread only", "those who open a single thread among those who open any",
             (0.19, 0.55), SUPERSET, "C", window=CHAT_WINDOW, dataset=CHAT_THREADS, **_NOT_ASKED_FOR),
    _typical(5, "answered", "answered by somebody else", "threads that somebody else answers",
             (0.45, 0.72), USENET, "C", dataset=CHAT_THREADS),
    _typical(5, "median_messages", "messages in them, median", "messages in an answered thread, median",
             (2.0, 6.0), USENET, "C", unit="amount", dataset=CHAT_THREADS),
    _typical(5, "long_tail", "mean over median", "messages in an answered thread, mean over median",
             (1.0, None), USENET, "C", kind="shape", unit="amount", dataset=CHAT_THREADS),
    _typical(5, "mean_messages", "messages in them, mean", "messages in an answered thread, mean",
             (5.5, 8.0), USENET, "C", unit="amount", dataset=CHAT_THREADS, **_AIMED_AT),
    _typical(7, "managers_over_staff", "managers over staff",
             "messages of people with reports, over those without",
             (1.0, None), MANUFACTURER, "C", dataset=MAIL, **_BY_RANK),
    _typical(7, "leaders_over_others", "leaders over everybody else",
             "messages of senior leaders, over everybody else's",
             (1.0, None), MANUFACTURER, "C", dataset=MAIL, **_BY_RANK),
    _typical(7, "leaders_over_managers", "leaders over managers",
             "messages of senior leaders, over other managers'",
             (0.54, 1.69), f"{MANUFACTURER}; 95 % over accounts", "C", dataset=MAIL,
             **{**_BY_RANK, "kind": "range", **_NOT_ASKED_FOR}),
)


def _network(name: str, label: str, bounds: Bounds, dataset: str, unit: Unit = "amount") -> Pattern:
    """Return a row on generated organisations of the size of email-Eu-core; the estimator has the row's name."""
    source = MANUFACTURER if dataset == REPORTS else EMAIL_EU
    says = f"{label}, in generated organisations of 1,005 people"
    return _row(8, name, label, says, bounds, source, "C", estimator=name, case=NETWORK, window=0, kind="range",
                fitted="fitted", unit=unit, dataset=dataset)


_NETWORKS = (
    _network("within_share", "ties within departments", (0.32, 0.36), TIES, "share"),
    _network("clustering", "contacts tied to each other", (0.34, 0.46), TIES, "share"),
    _network("mean_path", "steps between two people", (2.4, 2.8), TIES),
    _network("density_ratio", "ties within over across", (8.0, 14.0), TIES),
    _network("span", "reports of a manager", (3.7, 5.3), REPORTS),
    _network("degree_spread", "spread of contacts (sd/mean)", (0.9, 1.3), TIES),
)


SHAPES_FITTED = (6, 9)
"""Defaults were chosen so that networks live and die, and tip, as observed; the other shapes were kept where they were."""


def _shape(number: int, name: str, label: str, says: str, bounds: Bounds, estimator: str, case: str, window: int,
           source: str, grade: str, **more: Any) -> Pattern:
    """Return a row whose bounds are our own words for a shape."""
    fitted = "fitted" if number in SHAPES_FITTED else "kept while fitting"
    given = {"estimator": estimator, "case": case, "window": window, "kind": "shape", "fitted": fitted} | more
    return _row(number, name, label, says, bounds, source, grade, **given)


_LIVE = (
    f"in the last month {100 * DEFINITION.living_share:g} % or more of staff below senior leaders contribute, and half as "
    "many as on average in those"
)


def _lives(percent: int, bounds: Bounds, label: str) -> Pattern:
    says = f"runs that {percent} % of staff begin and that live: {_LIVE} that 60 % begin"
    return _shape(9, f"lives_from_{percent}", f"{label}: {percent} % begin", says, bounds, "last_month_below_leaders",
                  f"seed-{percent}", MONTH_WINDOW, CENTOLA, "V", against="seed-60", compare="lives")


def _survives(percent: int, bounds: Bounds, label: str) -> Pattern:
    says = f"runs that {percent} % of staff leave after a year and that live: {_LIVE} that nobody leaves"
    return _shape(9, f"survives_{percent}", f"{label}: {percent} % go", says, bounds, "last_month_below_leaders",
                  f"leavers-{percent}", MONTH_WINDOW, CHESNEY, "V", against="seed-60", compare="lives")


_SHAPES = (
    _shape(6, "never_starts", "no support: busiest month", "without support: contributors in the busiest month",
           (0.0, 0.10), "busiest_month", "no-support", TWO_YEARS, LIFE_CYCLES, "C"),
    _shape(6, "booms_and_fades", "launch only: last over best",
           "launch alone: contributors of the last month, of the best month under support",
           (0.0, 0.5), "left_of_peak", "launch-only", SINCE_SUPPORT, LIFE_CYCLES, "C"),
    _shape(6, "is_sustained", "all ten: last over month 9",
           "all ten practices: contributors of the last month, of the last month of support",
           (0.9, None), "left_of_start", "all-ten", SINCE_SUPPORT + MONTH_WINDOW, LIFE_CYCLES, "C"),
    _shape(6, "is_large", "all ten: last month", "all ten practices: contributors in the last month",
           (0.25, None), "last_month", "all-ten", MONTH_WINDOW, LIFE_CYCLES, "C"),
    _lives(5, (0.0, 0.25), "small seed lives"),
    _lives(10, (0.0, 0.5), "below the edge"),
    _lives(40, (0.5, 1.0), "above the edge"),
    _lives(60, (0.75, 1.0), "large seed lives"),
    _survives(10, (0.5, 1.0), "few leave"),
    _shape(9, "unravels", "most leave: 60 % go",
           "a year after 60 % of staff left: contributors, of those before (0.4 is those who stay going on)",
           (None, 0.35), "left_of_start", "leavers-60", SINCE_LEAVING + MONTH_WINDOW, CHESNEY, "V"),
    _shape(10, "voice_and_silence", "correlation over people",
           "correlation of voice and silence over people, given how often they could have either",
           (-0.4, 0.4), "voice_and_silence", "typical", TWO_YEARS, SHERF, "V", unit="amount", fitted="fitted"),
    _shape(12, "broadcast_looked", "looked", "leaders only announce: staff who looked in the last six months",
           (0.6, None), "looked", "broadcast", HALF_YEAR, DROMEY, "V"),
    _shape(12, "broadcast_contributed", "contributed", "leaders only announce: staff who contributed in the last six months",
           (None, 0.2), "contributed", "broadcast", HALF_YEAR, DROMEY, "V"),
    _shape(12, "broadcast_only_read", "only read", "leaders only announce: staff who looked and contributed nothing",
           (0.5, None), "only_read", "broadcast", HALF_YEAR, DROMEY, "V"),
    _shape(13, "reply_reinforcement", "writing again, if answered",
           "odds of writing again after a first post that was answered, over one that was not",
           (1.0, 2.0), "reply_reinforcement", "typical", TWO_YEARS, JOYCE, "V", scale="ratio", unit="amount",
           fitted="fitted"),  # what a reply teaches was lowered to keep it well inside
)


def _contrast(number: int, name: str, label: str, says: str, bounds: Bounds, estimator: str, cases: tuple[str, str],
              window: int, source: str, unit: Unit = "amount", fitted: Fit = "kept while fitting") -> Pattern:
    """Return a row on the sign of the difference between two cases under the same people and luck."""
    return _row(number, name, label, says, bounds, source, "V", estimator=estimator, case=cases[0], against=cases[1],
                compare="difference", window=window, kind="sign", unit=unit, fitted=fitted)


_MORE, _LESS = (0.0, None), (None, 0.0)
_SIGNS = (
    _contrast(10, "acting_raises_voice", "voice, if acted on",
              "ideas and concerns a hundred people and month, with practice 7 against without",
              _MORE, "voice", ("acting", "typical"), HALF_YEAR, SHERF),
    _contrast(10, "safety_lowers_silence", "silence, if space is safe",
              "voice that stays silent, with practice 6 against without",
              _LESS, "silence", ("safe", "typical"), HALF_YEAR, SHERF, "share"),
    _contrast(11, "banning_leisure", "work posts, if leisure banned",
              "work posts a hundred people and month, leisure posts banned",
              _LESS, "work_posts", ("no-leisure", "typical"), TWO_YEARS, HUANG),
    _contrast(11, "anonymity_now", "criticism first, if anonymous",
              "critical posts a hundred people and month in the first half year, most voice anonymous",
              _MORE, "critical_at_first", ("anonymous", "typical"), HALF_YEAR, DETERT),
    _contrast(11, "anonymity_later", "safety later, if anonymous",
              "psychological safety in the last month, most voice anonymous",
              _LESS, "safety", ("anonymous", "typical"), MONTH_WINDOW, DETERT),
    _contrast(11, "answers_beat_broadcasts", "answers against announcements",
              "employees who contributed in the last six months, if leaders answer instead of announcing",
              _MORE, "employees_contributed", ("answering", "announcing"), HALF_YEAR, CATZ, "share",
              fitted="fitted"),  # what an announcement is worth was lowered until it held
)
_BEYOND = (
    _typical(14, "answered_same_day", "first answers on the same day", "first answers that come on the day of the post",
             (None, None), SUPERSET, "C", **_REPORTED),
    _typical(14, "answered_next_day", "first answers by the next day",
             "first answers that come on the day of the post or the next",
             (None, None), SUPERSET, "C", **_REPORTED),
    _typical(14, "persistence", "open threads next month too",
             "those who open threads in a month who do in the next month too",
             (None, None), SUPERSET, "C", dataset=CHAT_THREADS, **_REPORTED),
    _typical(14, "return_after_a_pause", "back after a month away",
             "those who open threads, none for a month, and one in the next",
             (None, None), SUPERSET, "C", dataset=CHAT_THREADS, **_REPORTED),
)
# fmt: on

PATTERNS: dict[str, Pattern] = {
    row.name: row for row in sorted((*_FITTED, *_NETWORKS, *_SHAPES, *_SIGNS, *_BEYOND), key=lambda row: row.number)
}

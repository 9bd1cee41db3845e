"""What evidence lets one expect of each practice and of its misuse: signs as data, each with its source; nothing computed.

A sign stands here only where the design's record of evidence, or a mechanism that it names, gives one. All other effects
are reported with their intervals and no expectation. Grades as in ``parameters.py``.

123 signs were written down before the first run. After it three were taken back: that a launch whose posts are controlled
lowers safety (who keeps silent meets no deletion), and that dealing well with criticism raises criticism in the first six
months, added and removed (it acts through what criticism has met, so later). Two signs on the misused launch were
contradicted; there the misuse's size was wrong (see ``practices.py``), and the signs stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from adoptsim.domain.parameters import Grade
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import PracticeUse

Sign = Literal[-1, 1]


@dataclass(frozen=True, slots=True)
class Setting:
    """One change to a shipped scenario: a practice there is ``use``d so afterwards, or not at all (None).

    ``starts_without``: the comparison begins without the practice even where the scenario has it, so that the launch has
    one: against no support.
    """

    name: str
    title: str
    says: str
    scenario: str
    use: PracticeUse | None
    starts_without: bool = False


LAUNCH, ALL_TEN = "launch-only", "all-ten"
ADDED, REMOVED, MISUSED, MISUSED_IN_TEN = "added", "removed", "misused", "misused_in_ten"
# fmt: off
_TABLE = (
    Setting(ADDED, "Added to a launch",
            "a launch and the practice, against the launch alone (the launch itself: against no support)",
            LAUNCH, PracticeUse(), starts_without=True),
    Setting(REMOVED, "Removed from all ten", "all ten without the practice, against all ten", ALL_TEN, None),
    Setting(MISUSED, "Misused beside a launch",
            "a launch and the practice gone wrong, against the launch alone (the launch itself: against a good one)",
            LAUNCH, PracticeUse(misused=True)),
    Setting(MISUSED_IN_TEN, "Misused among all ten", "all ten, the practice gone wrong, against all ten used well",
            ALL_TEN, PracticeUse(misused=True)),
)
# fmt: on
SETTINGS: dict[str, Setting] = {setting.name: setting for setting in _TABLE}


@dataclass(frozen=True, slots=True)
class Expectation:
    """In one setting an outcome goes up (1) or down (-1), with its source and the source's grade."""

    setting: str
    practice: str
    outcome: str
    sign: Sign
    source: str
    grade: Grade


def _signed(setting: str, practice: str, raises: str, lowers: str, source: str, grade: Grade) -> Iterator[Expectation]:
    signs: tuple[tuple[Sign, str], ...] = ((1, raises), (-1, lowers))
    for sign, names in signs:
        for outcome in names.split():
            yield Expectation(setting, practice, outcome, sign, source, grade)


def _used(practice: str, raises: str, lowers: str, source: str, grade: Grade) -> list[Expectation]:
    """Return what using a practice raises and lowers; taking it away does the reverse."""
    return [
        *_signed(ADDED, practice, raises, lowers, source, grade),
        *_signed(REMOVED, practice, lowers, raises, source, grade),
    ]


def _misused(practice: str, raises: str, lowers: str, source: str, grade: Grade) -> list[Expectation]:
    """Return what a misuse raises and lowers, both against not doing it at all and against doing it well."""
    return [
        expectation
        for setting in (MISUSED, MISUSED_IN_TEN)
        for expectation in _signed(setting, practice, raises, lowers, source, grade)
    ]


def _worse_than_well(practice: str, raises: str, lowers: str, source: str, grade: Grade) -> list[Expectation]:
    """Return what a misuse raises and lowers against doing it well; against not doing it at all nothing is known."""
    return list(_signed(MISUSED_IN_TEN, practice, raises, lowers, source, grade))


JOO = "Joo et al. 2023: safety follows trust and leaders; safety and silence r = -.464"
SAFE = "Sherf, Parke & Isaakyan 2021: safety inhibits silence; Frazier et al. 2017; Joo et al. 2023: r = -.464"
IMPACT = "Sherf, Parke & Isaakyan 2021: perceived impact drives voice"
KING = "King 2015: no response to voice lowers later efficacy"
BURRIS = "Detert & Burris 2016: fear and futility keep voice back"
TWO_EDGED = "Detert & Burris 2016: anonymity raises criticism now, and signals that openness is unsafe"
CATZ = "Catz 2013: reciprocity and affirmation raise participation, aggressiveness lowers it"
HP = "HP 2009: recent activity of managers goes with starting or resuming; Riemer et al. 2015"
HUANG = "Huang, Singh & Ghose: readership drives posting; banning leisure posts lowers work posts"
REVERTS = "Wikipedia: about 15 % lower survival a revert; Detert & Burris 2016"
CONTROL = "Dromey 2016: a bottom-up tool run top-down and controlled"
POLICY = "Dromey 2016 and Acas guidance: a clear policy leaves less doubt about sanctions, a restrictive one is a threat"
OTHERS = "Dromey 2016: complement the other channels, don't replace them"
MASS = "Markus 1987; Oliver, Marwell & Teixeira 1985: the start-up problem, and discontinuance"
COST = "book-keeping: a practice takes hours, and what it brings about takes more"

# fmt: off
EXPECTED = (
    *_used("culture_of_voice", "trust safety", "silence_share", JOO, "V"),
    *_used("culture_of_voice", "voice", "", "Detert & Edmondson 2011; trust in leaders goes with voice", "V"),
    *_misused("culture_of_voice", "silence_share", "trust safety voice", JOO, "V"),

    *_used("other_voice_platforms", "contributors_average responsiveness", "", OTHERS, "I"),
    *_misused("other_voice_platforms", "", "trust", OTHERS, "I"),
    *_worse_than_well("other_voice_platforms", "", "contributors_average responsiveness", OTHERS, "I"),

    *_used("leadership_and_champions", "contributors_average work_posts", "", HP, "V"),
    *_worse_than_well("leadership_and_champions", "", "contributors contributors_average work_posts",
                      f"{CATZ}; Dromey 2016: top-down use has access and little contribution", "V"),

    *_used("trust_employees", "work_posts", "", HUANG, "V"),
    *_used("trust_employees", "contributors_average", "silence_share", CONTROL, "I"),
    *_misused("trust_employees", "", "work_posts", HUANG, "V"),
    *_misused("trust_employees", "silence_share", "contributors_average early_criticism", CONTROL, "I"),
    # beside a launch those who are kept silent meet no deletion: nothing to learn from
    *_worse_than_well("trust_employees", "", "safety", REVERTS, "I"),

    *_used("social_media_policy", "early_criticism", "silence_share", POLICY, "I"),
    *_misused("social_media_policy", "silence_share", "safety", POLICY, "I"),

    *_used("safe_space", "safety early_criticism", "silence_share", SAFE, "V"),
    *_misused("safe_space", "", "safety", TWO_EDGED, "V"),
    *_signed(MISUSED, "safe_space", "early_criticism", "", TWO_EDGED, "V"),

    *_used("act_on_contributions", "answered_share responsiveness", "", KING, "V"),
    *_used("act_on_contributions", "voice", "", IMPACT, "V"),
    *_used("act_on_contributions", "trust", "", "Frazier et al. 2017; Acas blog 2016: say how contributions are used", "I"),
    *_misused("act_on_contributions", "", "answered_share responsiveness", KING, "V"),
    *_worse_than_well("act_on_contributions", "", "voice", IMPACT, "V"),

    *_used("negative_comments", "trust safety", "silence_share", f"{CATZ}; Madsen & Johansen 2019", "I"),
    *_misused("negative_comments", "silence_share", "trust safety", REVERTS, "I"),

    *_used("organisations_purpose", "contributors_average work_posts", "", HUANG, "I"),
    *_misused("organisations_purpose", "", "work_posts", HUANG, "V"),

    *_used("critical_mass", "contributors_average work_posts", "", MASS, "V"),
    *_misused("critical_mass", "", "contributors_average", MASS, "I"),

    *(row for practice in PRACTICES for row in _used(practice, "hours_per_person_month", "", COST, "D")),
)
# fmt: on

EXPECTATIONS: dict[tuple[str, str, str], Expectation] = {(row.setting, row.practice, row.outcome): row for row in EXPECTED}
"""By setting, practice and outcome."""

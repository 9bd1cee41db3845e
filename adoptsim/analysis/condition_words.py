"""Conditions as people say them: of each lever and starting point, a phrase; of any other factor, its name and meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

import pandas as pd

from adoptsim.analysis.discovery import Box, Discovery, Limit
from adoptsim.analysis.robustness_words import in_ten, percent
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES

Kind = Literal["level", "share", "count", "amount"]


class State(NamedTuple):
    """A level that is under or above a number: 'trust is under 0.3'."""

    subject: str
    unit: str = ""


class Act(NamedTuple):
    """What is done to fewer or more than a number: 'leaders answer fewer than 1 in 5 posts'."""

    subject: str
    kind: Kind
    what: str


# fmt: off
PHRASES: dict[str, State | Act] = {
    "levers.culture_trust": State("trust"),
    "levers.culture_safety": State("safety"),
    "levers.loss_weight": State("the weight of a loss of trust against a gain"),
    "levers.offline_prompt_prob": Act("meetings and surveys point to the platform on", "share", "days"),
    "levers.echo_rate": Act("a leader echoes", "amount", "answers from elsewhere a month"),
    "levers.leader_post_rate": Act("a leader posts", "amount", "times a month"),
    "levers.broadcast_share": Act("leaders only announce in", "share", "of their posts"),
    "levers.leader_reply_factor": State("leaders' readiness to reply", "times an employee's"),
    "levers.champion_share": Act("champions are", "share", "staff"),
    "levers.champion_reply_factor": State("champions' readiness to reply", "times an employee's"),
    "levers.champion_invite_rate": Act("a champion invites", "amount", "colleagues a month"),
    "levers.premoderation_prob": Act("moderators hold", "share", "posts for review"),
    "levers.moderation_delay": State("the wait of a held post", "working days"),
    "levers.moderation_deletion_prob": Act("moderators delete", "share", "critical posts that they hold"),
    "levers.surveillance": State("the feeling of being watched"),
    "levers.permission": State("line managers' tolerance of time spent there"),
    "levers.leisure_permitted": Act("line managers tolerate", "share", "leisure posts"),
    "levers.sanction_uncertainty": State("doubt about what may be said"),
    "levers.abuse_prob": Act("abuse is in", "share", "critical posts"),
    "levers.sanction_prob": Act("leaders punish", "share", "critical posts"),
    "levers.anonymity_prob": Act("names are hidden in", "share", "ideas and concerns"),
    "levers.inbox_capacity": Act("a leader has time for", "amount", "posts a day"),
    "levers.answer_prob": Act("leaders answer", "share", "posts"),
    "levers.action_prob": Act("leaders act on", "share", "posts"),
    "levers.explanation_prob": Act("leaders explain", "share", "times why nothing is done"),
    "levers.defensive_prob": Act("a defensive answer meets", "share", "critical posts"),
    "levers.leader_deletion_prob": Act("leaders delete", "share", "critical posts"),
    "levers.relevance_prob": Act("readers find", "share", "work posts relevant"),
    "levers.purpose_fit": State("fit with the organisation's purpose"),
    "levers.seed_share": Act("the launch brings in", "share", "staff"),
    "levers.invitation_prob": Act("an invitation reaches, on a day,", "share", "of those who never came"),
    "levers.reminder_prob": Act("a reminder reaches, on a day,", "share", "of those who stay away"),
    "organisation.people": Act("there are", "count", "people"),
    "organisation.mean_degree": Act("people have", "count", "contacts"),
    "organisation.leader_share": Act("senior leaders are", "share", "staff"),
    "start.contributors": Act("those who contribute at the start are", "share", "staff"),
    "horizon.support_until": State("the end of launch support", "working days from the start"),
    "critical_mass.threshold": State("the share that counts as critical mass"),
}
# fmt: on
_STEPS = sorted(
    {Fraction(1, n) for n in (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100, 200, 500, 1000)}
    | {Fraction(k, 10) for k in range(1, 10)}
    | {Fraction(2, 3), Fraction(3, 4), Fraction(19, 20)}
)
"""Shares that people say: one in so many, so many in ten, and a few more."""
PLAINLY = 0.9  # of the cases inside: as many fail or hold that it need not be said how many


def condition(limit: Limit) -> str:
    """Return a condition as people say it: 'trust is under 0.3'."""
    section, _, key = limit.factor.partition(".")
    if limit.levels is not None:
        return f"{_plain(key or section)} is {_either(limit.levels)}"
    if section == "practices":
        return _practice(key, limit)
    phrase = PHRASES.get(limit.factor) or _from_table(section, key)
    if isinstance(phrase, Act):
        return f"{phrase.subject} {_how_many(limit, phrase.kind)} {phrase.what}"
    return f"{phrase.subject} is {_between(limit)}{f' {phrase.unit}' if phrase.unit else ''}"


def condition_cells(limit: Limit) -> tuple[str, str, str, str, str]:
    """Return a condition for a table: in words, its limit, give or take, how often it was found again, its quasi-p."""
    at = limit.high if limit.high is not None else limit.low
    error = f"{1.96 * limit.uncertainty:.2g}" if limit.uncertainty else ""
    again = f"{100 * limit.found_again:.0f} %"
    return condition(limit), "" if at is None else f"{at:.3g}", error, again, f"{limit.quasi_p:.1g}"


def factor_words(factor: str) -> str:
    """Return what people call a factor: 'trust', 'leaders answer ... posts'."""
    section, _, key = factor.partition(".")
    phrase = PHRASES.get(factor) or _from_table(section, key)
    return f"{phrase.subject} ... {phrase.what}" if isinstance(phrase, Act) else phrase.subject


def _from_table(section: str, key: str) -> State:
    """Return the phrase of a factor without one of its own: its name and meaning, and its unit where that says something."""
    if section == "parameters" and key in PARAMETERS:
        row = PARAMETERS[key]
        unit = "" if row.unit in ("0-1", "x", "r", "share", "probability") or row.unit.startswith("logit") else row.unit
        return State(f"{_plain(key)} ({row.meaning.split(';')[0]})", unit)
    return State(f"{_plain(section)} {_plain(key)}".strip())


def _practice(key: str, limit: Limit) -> str:
    """Return a condition on a practice: in place or not, how strong, when."""
    name, _, detail = key.partition(".")
    title = f"'{PRACTICES[name].title}'" if name in PRACTICES else f"'{_plain(name)}'"
    if detail and detail != "intensity":
        return f"the {_plain(detail)} of {title} is {_between(limit)}"
    if limit.low is not None and limit.low == 0.5 and limit.high is None:
        return f"{title} is in place"
    if limit.high is not None and limit.high == 0.5 and limit.low is None:
        return f"{title} is not in place"
    return f"the strength of {title} is {_between(limit)} (1 is full)"


def _between(limit: Limit) -> str:
    low, high = limit.low, limit.high
    if low is not None and high is not None:
        return f"between {_rounded(low, limit)} and {_rounded(high, limit)}"
    return f"under {_rounded(high, limit)}" if high is not None else f"above {_rounded(low or 0.0, limit)}"


def _how_many(limit: Limit, kind: Kind) -> str:
    low, high = limit.low, limit.high

    def said(value: float) -> str:
        return share_words(value) if kind == "share" else _rounded(value, limit)

    if low is not None and high is not None:
        return f"{said(low)} to {said(high)}"
    return f"fewer than {said(high)}" if high is not None else f"more than {said(low or 0.0)}"


def _rounded(value: float, limit: Limit) -> str:
    """Return the roundest number within a limit's 95 % interval: one digit, a five as the second, or two digits."""
    if value == 0.0:
        return "0"
    power = 10.0 ** math.floor(math.log10(abs(value)))
    for step in (power, 0.5 * power):
        near = round(value / step) * step
        if abs(near - value) <= 1.96 * limit.uncertainty:
            return number_words(near)
    return number_words(value)


def share_words(share: float) -> str:
    """Return a share as people say it: '1 in 5', '3 in 10'; the nearest that is said, in proportion."""
    near = min(_STEPS, key=lambda step: abs(_odds(float(step)) - _odds(share)))
    return f"{near.numerator} in {near.denominator:,}"


def _odds(share: float) -> float:
    inside = min(max(share, 1e-6), 1.0 - 1e-6)
    return math.log(inside / (1.0 - inside))


def number_words(value: float) -> str:
    """Return a number with two significant digits, large ones with their thousands apart."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:g}"


def _plain(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")


def _either(levels: Sequence[str]) -> str:
    *first, last = levels
    return f"{', '.join(first)} or {last}" if first else last


def conditions(box: Box) -> str:
    """Return a box's conditions as one phrase, the most telling first."""
    said = [condition(limit) for limit in box.limits]
    *first, last = said
    return f"{', '.join(first)} and {last}" if first else last


def sentence(found: Discovery, noun: str = "plausible organisations") -> str:
    """Return the answer: 'Holds in 9 of 10 plausible organisations; fails where trust is under 0.3 and ...'."""
    share = found.share.value
    many = "no" if share == 0.0 else "all" if share == 1.0 else in_ten(share)
    opening = f"Holds in {many} {noun}"
    if share in (0.0, 1.0):
        return f"{opening}."
    if not found.boxes:
        return f"{opening}; no condition was found that tells where it {found.of_interest}."
    parts = [f"{_how_often(found.of_interest, box)} where {conditions(box)}" for box in found.boxes]
    return f"{opening}; {'; of the others, '.join(parts)}."


def _how_often(verb: str, box: Box) -> str:
    density = box.counts.density.value
    return verb if density >= PLAINLY else f"{verb} in {in_ten(density)}"


def measures(found: Discovery) -> list[str]:
    """Return, box by box, how dense, how complete and how stable it is, a sentence or two each."""
    return [_measured(found, box) for box in found.boxes]


def _measured(found: Discovery, box: Box) -> str:
    counts, verb = box.counts, found.of_interest
    density, coverage, elsewhere = counts.density, counts.coverage, counts.elsewhere
    named = f"{'failures' if verb == 'fails' else 'successes'}"
    again = percent(min(limit.found_again for limit in box.limits))
    return (
        f"Where {conditions(box)} ({percent(counts.mass)} of all) it {verb} in {percent(density.value)} "
        f"({_span(density)}), elsewhere in {percent(elsewhere.value)} ({_span(elsewhere)}); {percent(coverage.value)} "
        f"({_span(coverage)}) of all {named} lie there. On cases kept apart from the search such conditions met "
        f"{percent(box.checked_density)} {named} and covered {percent(box.checked_coverage)}; "
        f"each was found again in {again} or more of random parts. By chance alone: p = {box.p_value:.2g}."
    )


def _span(interval: tuple[float, float, float]) -> str:
    return f"{100 * interval[1]:.0f}-{100 * interval[2]:.0f} %"


def legend(limits: Sequence[Limit]) -> list[str]:
    """Return what the factors of conditions mean exactly, and their units, from the tables of levers and parameters."""
    said = []
    for factor in dict.fromkeys(limit.factor for limit in limits):
        section, _, key = factor.partition(".")
        row = (LEVERS if section == "levers" else PARAMETERS if section == "parameters" else {}).get(key)
        if row is not None:
            said.append(f"{factor}: {row.meaning} ({row.unit})")
    return said


def noun_of(factors: Sequence[str]) -> str:
    """Return what cases are: combinations where practices vary, else organisations, worlds where only people do."""
    if any(factor.startswith("practices.") for factor in factors):
        return "combinations"
    if all(factor.startswith("parameters.") for factor in factors):
        return "plausible worlds"
    return "plausible organisations"


def limit_frame(found: Discovery) -> pd.DataFrame:
    """Return one row a condition, as numbers."""
    return pd.DataFrame(
        [{"box": place} | limit._asdict() for place, box in enumerate(found.boxes, 1) for limit in box.limits]
    )

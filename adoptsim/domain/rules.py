"""The behavioural rules: small pure functions of numbers, each with its source. They hold no number of their own.

``register_jitable`` leaves a function as it is in Python and lets the engine's compiled code call it: the plain
reference model and the engine run the same lines. All arithmetic is in double precision and in a fixed order, so both
give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar, cast

from numba.extending import register_jitable

Rule = TypeVar("Rule", bound=Callable[..., float])


def rule(function: Rule) -> Rule:
    """Return a function as it is, and let compiled code call it."""
    return cast("Rule", register_jitable(function))


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), a probability."""
    return 1.0 / (1.0 + math.exp(-x))


@rule
def any_of(p: float, q: float) -> float:
    """Return the probability that at least one of two independent causes acts."""
    return 1.0 - (1.0 - p) * (1.0 - q)


@rule
def learn(expected: float, up: float, down: float) -> float:
    """Return an expectation [0, 1] after evidence of weight ``up`` for it and ``down`` against it.

    (x + up) / (1 + up + down): Rescorla & Wagner's (1972) step of rate (up + down) / (1 + up + down) towards
    up / (up + down). Unlike repeated single steps it doesn't depend on the order of a day's events.
    """
    return (expected + up) / (1.0 + up + down)


@rule
def drift(level: float, target: float, rate: float) -> float:
    """Return a level moved towards its target by ``rate`` a day (Detert & Edmondson 2011: baselines persist)."""
    return level + rate * (target - level)


@rule
def raised(x: float, power: float) -> float:
    """Return x to a power; a square is multiplied out, which is quicker and exact to the last bit on every machine."""
    return x * x if power == 2.0 else x**power


@rule
def share_of_need(found: float, needed: float) -> float:
    """Return found / (found + needed), in [0, 1): half where as much is found as needed."""
    return found / (found + needed)


@rule
def visit_value(relevant_items: float, half: float, steepness: float) -> float:
    """Return the worth of a visit [0, 1): n^h / (n^h + K^h), accelerating at first (Oliver, Marwell & Teixeira 1985)."""
    return share_of_need(raised(relevant_items, steepness), raised(half, steepness))


@rule
def first_visit_prob(first_visit: float, imitation: float, share_using: float, invitation: float, offline: float) -> float:
    """Return a day's chance of a first visit: Bass (1969) hazard p + qF, or an invitation, or an offline prompt."""
    return any_of(any_of(first_visit + imitation * share_using, invitation), offline)


@rule
def return_visit_prob(
    habit: float,
    momentum: float,
    share_contributing: float,
    leader: float,
    nudge: float,
    offline: float,
    habit_visit: float,
    contact_visit: float,
) -> float:
    """Return a day's chance that a member looks: habit, or yesterday's visit, or contacts, or leaders, or prompts.

    ``momentum``: the chance that a visit brings the next day's, else 0: people do things in runs, with long pauses between
    (Barabási 2005). ``leader``, ``nudge`` and ``offline`` are chances of their own too.
    """
    by_self = any_of(any_of(habit_visit * habit, momentum), contact_visit * share_contributing)
    return any_of(by_self, any_of(any_of(leader, nudge), offline))


@rule
def activation(base: float, reward: float, proof: float, support: float, climate: float) -> float:
    """Return the chance that a prompt moves a visitor to speak: a logistic of summed drives (Sherf et al. 2021).

    ``reward``: expected replies; ``proof``: contacts active over the threshold (Granovetter 1978); ``support``: purpose,
    permission, managers and leaders seen active (HP 2009); ``climate``: perceived responsiveness and trust.
    """
    return logistic(base + reward + proof + support + climate)


@rule
def social_proof(share_active: float, threshold: float, spread: float) -> float:
    """Return proof [-1, 1] from contacts who contribute: 0 at one's own threshold, soft by ``spread`` (Granovetter 1978)."""
    return 2.0 * logistic((share_active - threshold) / spread) - 1.0


@rule
def passes_gate(base: float, safety: float, control: float, penalty: float) -> float:
    """Return the chance that voice is not withheld: inhibition by lack of safety, control, criticism (Sherf et al. 2021)."""
    return logistic(base + safety - control - penalty)


@rule
def standard_score(level: float, mean: float, sd: float) -> float:
    """Return (level - mean) / sd."""
    return (level - mean) / sd


@rule
def reply_prob(base: float, drive: float, interest: float) -> float:
    """Return the chance to reply to a thread seen: at most one, proportional to the reader's drive and to interest."""
    return min(1.0, base * drive * interest)

"""Random numbers as a pure function of (seed, replicate, person, day, purpose, item): Philox4x32-10.

Salmon, Moraes, Dror & Shaw 2011. The policy never enters, so the same person has the same luck on the same day under
every policy, and no result depends on threads, order or chunks. One call gives four numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.engine.compiled import compiled, entry

# What a draw is for: the third word of the counter. Numbers are part of the history: add, never renumber.
PURPOSE_VISIT = np.uint64(1)  # looks, on four days from the one named
PURPOSE_SPEAK = np.uint64(2)  # kind, moved, critical, withheld (voice: at the gate; leisure: where it is not tolerated)
PURPOSE_APPEAR = np.uint64(3)  # anonymous, abusive, held, deleted in moderation
PURPOSE_READ = np.uint64(4)  # sees, relevant, replies, reacts; item: the thread
PURPOSE_CONVERSE = np.uint64(5)  # author answers this reader's reply; item: the thread
PURPOSE_LEADER_POST = np.uint64(6)  # posts, broadcast, echo
PURPOSE_CAPACITY = np.uint64(7)  # fraction of an item a leader can deal with today
PURPOSE_ARRIVAL = np.uint64(8)  # order of arrival in an inbox; item: the thread
PURPOSE_OUTCOME = np.uint64(9)  # negative treatment, acts, answers, explains; item: the thread
PURPOSE_INVITE = np.uint64(10)  # champion invites, whom
PURPOSE_FEED = np.uint64(11)  # where the feed starts, its stride; item: the thread
PURPOSE_TRAIT = np.uint64(12)  # setup: traits of people; item: which
PURPOSE_LEAVE = np.uint64(13)  # leaves for good; the day is left out: who leaves at 10 % also leaves at 20 %
PURPOSE_PROMPT = np.uint64(14)  # has something to say, on four days from the one named
PURPOSE_SHOCK = np.uint64(15)  # is struck, and what else a shock of this kind decides; item: the kind
PURPOSE_COMPLAINT = np.uint64(16)  # of a viral complaint: anonymous, abusive, held, deleted in moderation

PURPOSE_NAMES: dict[int, str] = {
    1: "visit",
    2: "speaking",
    3: "moderation",
    4: "reading and replying",
    5: "conversation",
    6: "leader's post",
    7: "leader's capacity",
    8: "order in the inbox",
    9: "leader's answer",
    10: "champion's invitation",
    11: "feed",
    12: "traits",
    13: "leaving",
    14: "prompt",
    15: "shock",
    16: "viral complaint",
}

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_ROUNDS = 10
NO_ITEM = np.uint64(0)
DRAWN_DAYS = 4
"""A block's four numbers serve four days where everybody needs one a day."""
_UNIT = 2.0**-32

Words = npt.NDArray[np.uint32]


def philox_words(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """Return four 32-bit words for a 128-bit counter and a 64-bit key, all uint64 scalars or arrays of one shape."""
    for _ in range(_ROUNDS):
        a = c0 * _M0
        b = c2 * _M1
        c0, c1, c2, c3 = (b >> _HALF) ^ c1 ^ k0, b & _LOW, (a >> _HALF) ^ c3 ^ k1, a & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


_philox = compiled(philox_words)


@compiled
def uniform(word: Any) -> float:
    """Return a 32-bit word as a number in [0, 1)."""
    return np.float64(word) * _UNIT


@entry
def draw(key: Any, person: Any, day: Any, purpose: Any, item: Any) -> tuple[float, float, float, float]:
    """Return four uniform numbers in [0, 1) for (key = uint64[2] of seed and replicate, person, day, purpose, item)."""
    a, b, c, d = _philox(np.uint64(person), np.uint64(day), np.uint64(purpose), np.uint64(item), key[0], key[1])
    return uniform(a), uniform(b), uniform(c), uniform(d)


@compiled
def _round(x0: Any, x1: Any, x2: Any, x3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """Return four words, each in the low half of a uint64, after one round; only the keys' low halves count."""
    a = x0 * _M0
    b = x2 * _M1
    return ((b >> _HALF) ^ x1 ^ k0) & _LOW, b & _LOW, ((a >> _HALF) ^ x3 ^ k1) & _LOW, a & _LOW


@compiled
def _ten_rounds(x0: Any, x1: Any, x2: Any, x3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """Return the Philox words of a counter.

    The ten rounds are written out: only then does the compiler work on several counters at once (2 ns each, against 3
    for a loop over rounds around the loop over counters, and 18 for one call after another).
    """
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0, k1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(1) * _W0, k1 + np.uint64(1) * _W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(2) * _W0, k1 + np.uint64(2) * _W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(3) * _W0, k1 + np.uint64(3) * _W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(4) * _W0, k1 + np.uint64(4) * _W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(5) * _W0, k1 + np.uint64(5) * _W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(6) * _W0, k1 + np.uint64(6) * _W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(7) * _W0, k1 + np.uint64(7) * _W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + np.uint64(8) * _W0, k1 + np.uint64(8) * _W1)
    return _round(x0, x1, x2, x3, k0 + np.uint64(9) * _W0, k1 + np.uint64(9) * _W1)


@compiled
def scramble(words: Words, n: Any, key: Any) -> None:
    """Replace ``n`` counters, one a column of uint32[4, >= n], by their Philox words, in place."""
    k0, k1 = key[0], key[1]
    c0, c1, c2, c3 = words[0], words[1], words[2], words[3]
    for i in range(np.uint64(n)):
        x0, x1, x2, x3 = _ten_rounds(np.uint64(c0[i]), np.uint64(c1[i]), np.uint64(c2[i]), np.uint64(c3[i]), k0, k1)
        c0[i], c1[i], c2[i], c3[i] = np.uint32(x0), np.uint32(x1), np.uint32(x2), np.uint32(x3)


@compiled
def draw_for_all(words: Words, day: Any, purpose: Any, key: Any) -> None:
    """Fill uint32[4, people] with everybody's random words of a day for a purpose, without an item."""
    k0, k1, day, purpose, none = key[0], key[1], np.uint64(day), np.uint64(purpose), np.uint64(0)
    c0, c1, c2, c3 = words[0], words[1], words[2], words[3]
    for person in range(np.uint64(words.shape[1])):
        x0, x1, x2, x3 = _ten_rounds(person, day, purpose, none, k0, k1)
        c0[person], c1[person], c2[person], c3[person] = np.uint32(x0), np.uint32(x1), np.uint32(x2), np.uint32(x3)


def draw_key(seed: int, replicate: int) -> npt.NDArray[np.uint64]:
    """Return the key, uint64[2], of one replicate of one seed, each a whole number from 0 to 2^32 - 1."""
    if not (0 <= seed < 2**32 and 0 <= replicate < 2**32):
        raise ValueError(f"seed {seed}, replicate {replicate}: give whole numbers from 0 to {2**32 - 1}")
    return np.array([seed, replicate], dtype=np.uint64)


def draws_of_all(
    key: npt.NDArray[np.uint64], n_people: int, day: int, purpose: np.uint64, item: np.uint64 = NO_ITEM
) -> npt.NDArray[np.float64]:
    """Return what ``draw`` gives each person, float64[4, n_people]."""
    people = np.arange(n_people, dtype=np.uint64)
    zero = np.zeros_like(people)
    words = philox_words(people, zero + np.uint64(day), zero + purpose, zero + item, zero + key[0], zero + key[1])
    return np.stack(words).astype(np.float64) * _UNIT


def trait_uniforms(key: npt.NDArray[np.uint64], n_people: int, item: int) -> npt.NDArray[np.float64]:
    """Return four uniform numbers in (0, 1) a person for setup, float64[4, n_people]."""
    people = np.arange(n_people, dtype=np.uint64)
    zero = np.zeros_like(people)
    words = philox_words(people, zero, zero + PURPOSE_TRAIT, zero + np.uint64(item), zero + key[0], zero + key[1])
    return (np.stack(words).astype(np.float64) + 0.5) * _UNIT

"""Sets of people as a bit each in uint64 words: small enough to stay close at hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from adoptsim.engine.compiled import compiled

_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, dtype=np.uint8)
_PLACES[[(((1 << place) * 0x03F79D71B4CB0A89) % 2**64) >> 58 for place in range(64)]] = np.arange(64)


@compiled
def trailing_zeros(bits: Any) -> Any:
    """Return the place of the lowest bit set in a uint64 other than 0 (Leiserson, Prokop & Randall 1998)."""
    lowest = bits & (~bits + np.uint64(1))
    return np.uint64(_PLACES[(lowest * _DE_BRUIJN) >> np.uint64(58)])


@compiled
def has_bit(words: Any, person: Any) -> Any:
    """Return 1 for a person (uint32) in the set, 0 for others."""
    return (words[person >> np.uint32(6)] >> np.uint64(person & np.uint32(63))) & np.uint64(1)

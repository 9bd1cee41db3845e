"""The keyed draws in whole numbers of plain Python: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011)."""

from __future__ import annotations

from collections.abc import Sequence

_WORD = 2**32


def philox(counter: Sequence[int], key: Sequence[int]) -> tuple[int, int, int, int]:
    """Return the four words for a counter of four words and a key of two."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(c0 * 0xD2511F53, _WORD)
        high1, low1 = divmod(c2 * 0xCD9E8D57, _WORD)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % _WORD, (k1 + 0xBB67AE85) % _WORD
    return c0, c1, c2, c3


def plain_draw(key: Sequence[int], person: int, day: int, purpose: int, item: int) -> tuple[float, float, float, float]:
    """Return four numbers in [0, 1): what the compiled draw must give."""
    a, b, c, d = philox((person, day, purpose, item), [int(word) for word in key])
    return a / _WORD, b / _WORD, c / _WORD, d / _WORD

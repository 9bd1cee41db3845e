"""Nicknames: what people type becomes a short, visible, single line that no page or file can stumble over."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

LONGEST = 24
_MOST_MARKS = 2
_LOOKS_EMPTY = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""
_JOINER = "\u200d"


def cleaned(typed: str) -> str:
    """Return a nickname as it is kept, "" if nothing visible is left.

    Out go control and format characters (bidirectional overrides among them), halves of surrogate pairs, characters that
    show nothing, and marks piled on one letter; what is left is composed (NFC) and cut to a length.
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", typed[: 50 * LONGEST]):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind[0] == "Z" or letter in "\t\n\r":
            kept.append(" ")
        elif letter == _JOINER and kept and unicodedata.category(kept[-1][-1]) in ("So", "Sk", "Mn"):
            kept.append(letter)  # between the parts of an emoji
        elif kind[0] != "C" and letter not in _LOOKS_EMPTY and marks <= _MOST_MARKS:
            kept.append(letter)
    cut = " ".join("".join(kept).split())[:LONGEST]
    shown = cut.rstrip(f" {_JOINER}")
    return shown if any(unicodedata.category(letter)[0] in "LNPS" for letter in shown) else ""


def unlike(wanted: str, taken: Collection[str]) -> str:
    """Return a nickname unlike those taken: the second Ana is "Ana 2"; big and small letters are the same."""
    same = {_folded(name) for name in taken}
    name, number = wanted, 1
    while _folded(name) in same:
        number += 1
        ending = f" {number}"
        name = wanted[: LONGEST - len(ending)].rstrip() + ending
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()

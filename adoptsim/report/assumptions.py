"""What an answer rests on, in words that every report and the README share."""

from __future__ import annotations

from typing import NamedTuple


class Ground(NamedTuple):
    """A kind of ground, and what stands on it; the two make a sentence."""

    kind: str
    says: str


GROUNDS = (
    Ground(
        "Calibrated",
        "are the shares of readers and contributors, how unequal they are, how many threads are answered, and that a "
        "network begun by few dies where one begun by many lives.",
    ),
    Ground(
        "Taken from evidence",
        ", direction and rough size, are the effects of trust, safety and of leaders on voice: they rest on survey "
        "correlations, not on experiments; no log data tie them to posting.",
    ),
    Ground(
        "Assumed",
        "are most sizes of the ten practices' effects: their directions have sources, which each practice names, and "
        "adoptsim effects shows them.",
    ),
)
INTERVALS = Ground(
    "An interval",
    "covers luck: who is in the organisation, and what happens to them. It does not cover what is unknown about people.",
)
READ_AS = Ground(
    "So",
    "read it as what follows from these assumptions, use it to compare policies and to find what matters, and don't read a "
    "probability as a forecast for your organisation.",
)

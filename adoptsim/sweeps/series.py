"""A run's days as a compressed blob: named daily counts and levels, float32, one series after the other."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from adoptsim.engine.state import COUNTS, LEVELS, World

SERIES = (
    "members",
    "visitors",
    "contributors",
    "posts_idea",
    "posts_concern",
    "silence_idea",
    "silence_concern",
    "answered",
    "acted",
    "trust",
    "safety",
    "responsiveness",
)
"""What is kept of each day unless somebody says otherwise."""
KNOWN_SERIES = (*COUNTS, *(name for name in LEVELS if name not in COUNTS))
_STRENGTH = 6


def packed(world: World, names: tuple[str, ...]) -> bytes:
    """Return a finished run's days: float32[series, days], little-endian; counts below 16,777,216 are exact."""
    rows = [world.counts[:, COUNTS.index(n)] if n in COUNTS else world.climate[:, LEVELS.index(n)] for n in names]
    return zlib.compress(np.stack(rows).astype("<f4").tobytes(), _STRENGTH)


def unpacked(blob: bytes, n_series: int) -> npt.NDArray[np.float32]:
    """Return the days of a blob, float32[days, series]."""
    return np.frombuffer(zlib.decompress(blob), dtype="<f4").reshape(n_series, -1).T


def same_days(one: bytes, other: bytes) -> bool:
    """Return whether two blobs hold the same days to the last bit, however they are compressed."""
    before, again = (np.frombuffer(zlib.decompress(blob), dtype="<f4") for blob in (one, other))
    return bool(np.array_equal(before, again, equal_nan=True))

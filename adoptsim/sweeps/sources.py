"""The source files that decide a run, each with its hash: to say what has changed where the model has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_MODEL = ("domain/*.py", "engine/*.py", "simulation.py")  # what the model's version is a hash of
READING = ("files/organisation.py", "files/table.py")
"""What turns people and ties into pairs: decides the runs of organisations from files, and is not in the model's version."""
MOST_NAMED = 6


@cache
def source_hashes() -> dict[str, str]:
    """Return a short hash of every source file that decides a run, by its path in the package."""
    paths = sorted(path for pattern in (*_MODEL, *READING) for path in _PACKAGE.glob(pattern))
    return {path.relative_to(_PACKAGE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in paths}


def reading_hash() -> str:
    """Return a hash of the files that read people and ties."""
    together = json.dumps([source_hashes()[name] for name in READING])
    return hashlib.sha256(together.encode()).hexdigest()[:12]


def differing(before: Mapping[str, str], now: Mapping[str, str], among: Iterable[str]) -> list[str]:
    """Return the files of some that differ, came or went; nothing where nothing is known of before."""
    return [name for name in sorted(among) if before and before.get(name) != now.get(name)]


def named(files: list[str]) -> str:
    """Return files in words, not all of very many."""
    more = f" and {len(files) - MOST_NAMED} more" if len(files) > MOST_NAMED else ""
    return ", ".join(files[:MOST_NAMED]) + more

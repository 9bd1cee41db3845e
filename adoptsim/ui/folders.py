"""Temporary folders that only this user reads; they go with the server, or when the next one starts if it was killed."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

PREFIX = "adoptsim-ui-"
NEW_SECONDS = 60.0
"""A folder as young as this may be one that another server is just about to mark as its own."""


def private_folder(purpose: str) -> Path:
    """Return a new, empty folder."""
    return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=_root()))


@cache
def _root() -> Path:
    """Return the folder that all others of this process lie in; the system forgets its mark when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with suppress(OSError):
        _mark(folder)  # stays open, and with it the mark
    return folder


def sweep() -> None:
    """Remove what servers left that were killed; what a living one has marked as its own stays."""
    if sys.platform == "win32":
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            about = folder.lstat()
            if about.st_uid != os.getuid() or time.time() - about.st_mtime < NEW_SECONDS:
                continue
            mark = _mark(folder)
            shutil.rmtree(folder, ignore_errors=True)
            if mark is not None:
                os.close(mark)


def _mark(folder: Path) -> int | None:
    """Mark a folder as used by this process; raises ``OSError`` where another one uses it."""
    if sys.platform == "win32":
        return None
    import fcntl

    mark = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(mark)
        raise
    return mark

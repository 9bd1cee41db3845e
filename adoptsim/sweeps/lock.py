"""One writer a sweep: a lock file beside the sweep's, which the system releases however its holder ends."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from adoptsim.domain.errors import InputError, Problem

_MOST_TRIES = 100
_HELD: set[int] = set()
"""Open lock files of this process."""


@contextlib.contextmanager
def locked(path: Path, what: str = "sweep") -> Iterator[None]:
    """Hold the lock of a sweep's file, or of ``what`` it is; raises ``InputError`` that names the process that holds it.

    It lies beside the file itself, whatever links lead there, so that two names of one file have one lock.
    """
    real = path.resolve()
    beside = real.with_name(f"{real.name}.lock")
    held = _take(beside, path, what)
    _HELD.add(held)
    try:
        _say_who(held)
        yield
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
        _HELD.discard(held)
        os.close(held)


def _let_go() -> None:
    """Close the locks that a forked child has got with everything else: it could outlive us and hold them."""
    while _HELD:
        os.close(_HELD.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _take(beside: Path, path: Path, what: str) -> int:
    """Return an open, locked file; one that its last holder has removed meanwhile is no lock: try again."""
    for _ in range(_MOST_TRIES):
        try:
            opened = os.open(beside, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            reason = (error.strerror or "the system refuses").lower()
            raise InputError(Problem(f"cannot write here: {reason}; give another place for it", file=str(path))) from None
        if not _lock(opened):
            who = os.read(opened, 200).decode(errors="replace").strip() or "another process"
            os.close(opened)
            message = f"{who} is running this {what}; wait for it, stop it, or give another file"
            raise InputError(Problem(message, file=str(path)))
        if _is_still(opened, beside):
            return opened
        os.close(opened)
    raise InputError(Problem("its lock file is made and removed all the time; give another file", file=str(path)))


def _lock(opened: int) -> bool:
    """Lock an open file without waiting; return whether that worked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(opened, 4096, os.SEEK_SET)  # beyond the text, which others may read
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
            os.lseek(opened, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.lseek(opened, 0, os.SEEK_SET)
        return False
    return True


def _is_still(opened: int, beside: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(opened), beside.stat())
    return False


def _say_who(held: int) -> None:
    os.ftruncate(held, 0)
    os.write(held, f"process {os.getpid()} on {platform.node() or 'this machine'}\n".encode())

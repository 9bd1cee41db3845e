"""Text in and out of files: what cannot be read or written becomes an ``InputError`` that says what to do."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from adoptsim.domain.errors import InputError, Problem

MOST_YAML_BYTES = 1_000_000
MOST_NAME_LENGTH = 60  # of what people wrote, when a message repeats it
_SNIFFED_BYTES = 4096

# What a file that is no text begins with, and what to do about it.
_NOT_TEXT = (
    (b"PK\x03\x04", "is a workbook or a zip archive, not text; in Excel, save it as 'CSV UTF-8'"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"\xff\xfe", "is UTF-16 text; save it as UTF-8 (in Excel: 'CSV UTF-8')"),
    (b"\xfe\xff", "is UTF-16 text; save it as UTF-8 (in Excel: 'CSV UTF-8')"),
)


def printable(text: object, most: int = MOST_NAME_LENGTH) -> str:
    """Return what people wrote in a form that is safe in a message: one line, of limited length."""
    clean = "".join(mark if mark.isprintable() else "?" for mark in str(text)[: most + 1])
    return clean if len(clean) <= most else clean[: most - 3] + "..."


def display(path: Path) -> str:
    """Return a path as people would write it: from where they are, if it lies below."""
    with contextlib.suppress(ValueError, OSError):
        path = path.relative_to(Path.cwd())
    return printable(path, 300)


def check_file(path: Path, *, field: str = "", most_bytes: int | None = None) -> None:
    """Raise ``InputError`` unless the path is an ordinary file of no more than ``most_bytes``."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(Problem(f"there is no such file{_beside(path)}", field, display(path))) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InputError(Problem(f"cannot be read: {_reason(error)}", field, display(path))) from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(Problem("is a folder; give a file", field, display(path)))
    if not stat.S_ISREG(status.st_mode):
        raise InputError(Problem("is not an ordinary file", field, display(path)))
    if most_bytes is not None and status.st_size > most_bytes:
        message = f"is {status.st_size / 1e6:,.1f} MB; give a file of at most {most_bytes / 1e6:g} MB"
        raise InputError(Problem(message, field, display(path)))


def check_text(path: Path, *, field: str = "") -> None:
    """Raise ``InputError`` if the file is empty or its beginning is not that of a text."""
    try:
        with path.open("rb") as stream:
            beginning = stream.read(_SNIFFED_BYTES)
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {_reason(error)}", field, display(path))) from None
    if not beginning.removeprefix(b"\xef\xbb\xbf").strip():
        raise InputError(Problem("is empty", field, display(path)))
    for magic, message in _NOT_TEXT:
        if beginning.startswith(magic):
            raise InputError(Problem(message, field, display(path)))
    if b"\0" in beginning:
        line = beginning.count(b"\n", 0, beginning.index(b"\0")) + 1
        raise InputError(Problem("is binary, not text; save it as UTF-8 text", field, display(path), line))


def read_text(path: Path, *, most_bytes: int = MOST_YAML_BYTES) -> str:
    """Return the text of a small UTF-8 file, without a byte order mark."""
    check_file(path, most_bytes=most_bytes)
    check_text(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)  # the file may have grown since it was measured
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {_reason(error)}", file=display(path))) from None
    try:
        return content[:most_bytes].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(undecodable(path)) from None


def undecodable(path: Path) -> Problem:
    """Return the problem of a file that is not UTF-8, with the line of the first byte that isn't."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                wrong = line[error.start]
                message = f"byte 0x{wrong:02x} is not UTF-8 text; save the file as UTF-8 (in Excel: 'CSV UTF-8')"
                return Problem(message, file=display(path), line=number)
    return Problem("is not UTF-8 text; save it as UTF-8", file=display(path))


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: a crash leaves the old one."""
    written: str | None = None
    try:
        content = text.encode("utf-8")
        handle, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(written, _mode_of(path))
        os.replace(written, path)
    except (OSError, ValueError) as error:  # ValueError: not encodable, or a NUL in the path
        if written is not None:
            Path(written).unlink(missing_ok=True)
        raise InputError(Problem(f"cannot be written: {_reason(error)}", file=display(path))) from None


def _mode_of(path: Path) -> int:
    """Return the permissions of the file that is replaced; those of a new file otherwise (mkstemp's are private)."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _reason(error: Exception) -> str:
    """Return the operating system's words, or what a name that is no path has in it."""
    if isinstance(error, OSError):
        return (error.strerror or "the system refuses").lower()
    return "it holds a character that cannot be written"


def _beside(path: Path) -> str:
    """Return '; did you mean ...?' with the nearest name in the same folder, if one is near."""
    names: Iterable[str] = ()
    with contextlib.suppress(OSError, ValueError):
        names = [entry.name for entry in path.parent.iterdir()]
    close = get_close_matches(path.name, names, n=1, cutoff=0.7)
    return f"; did you mean {printable(close[0])!r}?" if close else ""

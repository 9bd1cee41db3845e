"""One visitor's files on their way to the server, piece by piece; nothing is believed that the browser says of them."""

from __future__ import annotations

import base64
import binascii
import itertools
import shutil
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.ui.folders import private_folder
from adoptsim.ui.organisations import Organisations
from adoptsim.ui.uploads import Brought, check_offer, kind_of, take

PIECE_BYTES = 384 * 1024
_OTHER = {"people": "ties", "ties": "people"}
_CALLED = {"people": "people.csv (id, manager, department)", "ties": "ties.csv (source, target)"}


@dataclass
class Arriving:
    """One file on its way: its size as it was offered, and how many bytes are here."""

    path: Path
    size: int
    here: int = 0


class Uploading:
    """What somebody offered and how much of it is here; a table without its other half waits for it."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._folder: Path | None = None
        self._waiting: dict[str, Path] = {}
        self._arriving: tuple[Arriving, ...] = ()  # replaced as a whole: another thread may be drawing what it says
        self.number = 0
        self.problems: list[str] = []
        self.remarks: list[str] = []
        self.is_checking = False

    def told(self) -> dict[str, Any]:
        """Return what the page is told: which piece to send next, and what was said of the files."""
        arriving = self._arriving
        size = sum(each.size for each in arriving)
        return {
            "number": self.number,
            "next": self._next(),
            "piece": PIECE_BYTES,
            "share": sum(each.here for each in arriving) / size if size else 0.0,
            "checking": self.is_checking,
            "problems": self.problems,
            "remarks": self.remarks,
        }

    @property
    def is_complete(self) -> bool:
        """Return whether all that was offered is here."""
        return bool(self._arriving) and self._next() is None

    def offer(self, offered: Any) -> bool:
        """Hear which files somebody chose; return whether all is here now, as it is of empty ones.

        ``problems`` says why they aren't wanted. While files are being read others are left alone: they would remove them.
        """
        if self.is_checking:
            return False
        self._clear()
        self.number, self.problems, self.remarks, self.is_checking = next(self._numbers), [], [], False
        try:
            wanted = check_offer([each for each in offered if isinstance(each, Mapping)])
            folder = self._room() / str(self.number)
            arriving = tuple(Arriving(folder / str(place) / name, size) for place, (name, size) in enumerate(wanted))
            for each in arriving:
                each.path.parent.mkdir(parents=True)
                each.path.touch()
        except (InputError, TypeError, ValueError, OSError) as error:  # a full disk, a name too long for it
            self.refuse(error)
            return False
        self._arriving = arriving
        self.is_checking = self.is_complete
        return self.is_checking

    def piece(self, event: Mapping[str, Any]) -> bool:
        """Take the piece that is due; return whether all is here now. Anything else is left alone."""
        due = self._next()
        if due is None or event.get("number") != self.number or [event.get("file"), event.get("offset")] != due:
            return False
        file = self._arriving[due[0]]
        try:
            content = base64.b64decode(str(event.get("data")), validate=True)
        except binascii.Error:
            content = b""
        if not 0 < len(content) <= min(PIECE_BYTES, file.size - file.here):
            self.refuse(InputError(Problem("could not be read to its end; choose it again", file=file.path.name)))
            return False
        try:
            with file.path.open("ab") as stream:
                stream.write(content)
        except OSError as error:
            self.refuse(error)
            return False
        file.here += len(content)
        self.is_checking = self.is_complete
        return self.is_checking

    def read(self, organisations: Organisations) -> Brought | None:
        """Return what all files hold; None, with ``problems`` or ``remarks``, where that can't be or isn't all yet."""
        try:
            paths = self._by_kind()
            missing = [_OTHER[kind] for kind in paths if kind in _OTHER and _OTHER[kind] not in paths]
            if missing:
                self._waiting = paths
                self.remarks = [f"{paths[_OTHER[missing[0]]].name} is here. Now choose {_CALLED[missing[0]]} too."]
                return None
            brought = take(paths, organisations)
        except (InputError, OSError) as error:  # the system may refuse, or somebody leave while their files are read
            self.refuse(error)
            return None
        finally:
            self.is_checking = False
        self._waiting, self.remarks = {}, list(brought.remarks)
        self.close()
        return brought

    def refuse(self, error: Exception) -> None:
        """Say why files can't be used, and forget them."""
        waiting, self._waiting, self.is_checking = self._waiting, {}, False
        self._clear(*waiting.values())
        said = [str(problem) for problem in error.problems] if isinstance(error, InputError) else []
        self.problems = said or ["These files can't be read; choose them again."]

    def close(self) -> None:
        """Remove what was received."""
        folder, self._folder, self._arriving = self._folder, None, ()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _clear(self, *more: Path) -> None:
        """Remove what came before and is no half that waits for its other one: who offers again and again fills no disk."""
        for path in (*more, *(each.path for each in self._arriving)):
            if path not in self._waiting.values():
                path.unlink(missing_ok=True)
        self._arriving = ()

    def _next(self) -> list[int] | None:
        """Return the file and the byte from which a piece is due; empty files are done at once."""
        return next(([place, each.here] for place, each in enumerate(self._arriving) if each.here < each.size), None)

    def _by_kind(self) -> dict[str, Path]:
        paths = dict(self._waiting)
        given: dict[str, Path] = {}
        for path in (each.path for each in self._arriving):
            kind = kind_of(path)
            if kind in given:
                raise InputError(Problem(f"and {given[kind].name} both hold {kind}; choose one of each", file=path.name))
            given[kind] = path
        return paths | given

    def _room(self) -> Path:
        if self._folder is None:
            self._folder = private_folder("upload")
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

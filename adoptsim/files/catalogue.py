"""What travels with the package: scenarios, experiments and workshops by name, in the source tree and in a wheel."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Literal

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import nearest
from adoptsim.files.text import printable

Kind = Literal["scenarios", "experiments", "workshops"]
_FOLDERS: dict[Kind, str] = {"scenarios": "scenarios", "experiments": "experiments", "workshops": "scenarios/workshops"}
ENDINGS = (".yaml", ".yml")


def folder_of(kind: Kind) -> Path:
    """Return where shipped files lie: inside an installed package, or beside the package in the source tree."""
    package = Path(str(resources.files("adoptsim")))
    installed = package / "_shipped" / _FOLDERS[kind]
    return installed if installed.is_dir() else package.parent / _FOLDERS[kind]


def shipped(kind: Kind) -> list[str]:
    """Return the names of the shipped files of a kind, sorted."""
    return sorted(path.stem for path in folder_of(kind).glob("*.yaml"))


def locate(name_or_path: str | os.PathLike[str], kind: Kind) -> Path:
    """Return the file of a shipped name or path; a path has a folder or an ending, or is an object of ``pathlib``.

    Raises ``InputError`` for a name that is neither shipped nor a file here; a path is not looked at.
    """
    text = os.fspath(name_or_path)
    names = shipped(kind)
    if isinstance(name_or_path, str) and text in names:
        return folder_of(kind) / f"{text}.yaml"
    if not isinstance(name_or_path, str) or is_path(text):
        return Path(os.path.expanduser(text))
    if text and "\0" not in text and os.path.exists(text):
        return Path(text)
    if not text:
        raise InputError(Problem(f"no name is given; known {kind}: {', '.join(names)}"))
    raise InputError(
        Problem(f"no {kind[:-1]} is called {printable(text)!r}{nearest(text, names)}; or give the path of a YAML file")
    )


def is_path(text: str) -> bool:
    """Return whether text can only be a path, not a name: it has a folder or an ending."""
    return text.endswith(ENDINGS) or any(separator in text for separator in ("/", os.sep, os.altsep) if separator)

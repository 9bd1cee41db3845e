"""A scenario or experiment set in an organisation of one's own: `NAME@FOLDER`, a folder with people.csv and ties.csv."""

from __future__ import annotations

import os
import re
from pathlib import Path

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.files.text import display

AT = "@"
PEOPLE, TIES = "people.csv", "ties.csv"
GENERATED_ONLY = ("people", "mean_degree")
"""What files say themselves: it is not generated, so it can't be varied either."""
MOST_LETTERS = 64
"""Of a name."""


def split_own(name_or_path: str | os.PathLike[str], within: str = "") -> tuple[str | os.PathLike[str], Path | None]:
    """Return a name or path, and the folder of the organisation it is set in, if any; ``within``: where paths begin.

    A file whose own name holds the sign is a file, and a folder's path may hold it too. Raises ``InputError`` where the
    folder does not hold both files.
    """
    if not isinstance(name_or_path, str) or AT not in name_or_path or "\0" in name_or_path:
        return name_or_path, None
    if os.path.exists(os.path.join(within, name_or_path)):
        return name_or_path, None
    signs = [place for place, letter in enumerate(name_or_path) if letter == AT]
    splits = [(name_or_path[:place], name_or_path[place + 1 :]) for place in signs]
    name, given = next((split for split in splits if all(split) and not _missing(split[1], within)), splits[-1])
    missing = _missing(given, within)
    if not name or not given or missing:
        told = f"{' and '.join(missing)} there" if given and name else f"names no {'scenario' if given else 'folder'}"
        right = f"give NAME{AT}FOLDER, a scenario or experiment and a folder with {PEOPLE} and {TIES}"
        raise InputError(
            Problem(f"{told}; {right}", file=display(_folder(given, within)) if given and name else name_or_path)
        )
    return name, _folder(given, within).absolute()


def _folder(given: str, within: str) -> Path:
    return Path(os.path.join(within, os.path.expanduser(given)))


def _missing(given: str, within: str) -> list[str]:
    return [f"no {file}" for file in (PEOPLE, TIES) if not os.path.isfile(_folder(given, within) / file)]


def in_own(spec: OrganisationSpec, folder: Path) -> OrganisationSpec:
    """Return an organisation read from a folder; who champions are and where a launch begins stays as it was."""
    generated = {name: OrganisationSpec.model_fields[name].default for name in GENERATED_ONLY}
    return spec.model_copy(update=generated | {"people_file": str(folder / PEOPLE), "ties_file": str(folder / TIES)})


def name_in_own(name: str, folder: Path) -> str:
    """Return the name of a scenario or experiment that is set in a folder's organisation."""
    where = re.sub(r"[^a-z0-9]+", "-", folder.name.casefold()).strip("-") or "own"
    return f"{name}-in-{where}"[:MOST_LETTERS].rstrip("-")

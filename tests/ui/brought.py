"""Files as somebody would bring them."""

from __future__ import annotations

from pathlib import Path

PEOPLE = 60


def people_csv(people: int = PEOPLE) -> str:
    """Return a tree of people in four departments and a board."""
    rows = [f"p{number},{f'p{(number - 1) // 6}' if number else ''},D{number % 4}" for number in range(people)]
    return "\n".join(["id,manager,department", *rows]) + "\n"


def ties_csv(people: int = PEOPLE) -> str:
    """Return a ring in which everybody knows the next eight."""
    rows = [f"p{number},p{(number + step) % people}" for number in range(people) for step in range(1, 9)]
    return "\n".join(["source,target", *rows]) + "\n"


def write(folder: Path, **texts: str) -> list[Path]:
    """Write files, ``people_csv`` as people.csv."""
    paths = [folder / name.replace("_csv", ".csv").replace("_yaml", ".yaml") for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths

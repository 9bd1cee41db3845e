"""What a page lets somebody take along: files, the command, the Python. The card is the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adoptsim.simulation import SEED
from adoptsim.ui.desk import Desk
from adoptsim.ui.sealed import Sealed, part

MakeFile = Callable[[str], tuple[str, bytes]]


@dataclass(frozen=True)
class Offer:
    """What a page of its own kind offers: files by kind, made by ``make``; and texts to repeat it with."""

    kinds: dict[str, str]
    recipes: list[dict[str, str]]
    make: MakeFile
    ready: bool = True


@part("take.vue", "recipes", "steps", "file")
def Take(
    kinds: list[dict[str, str]],
    recipes: Sealed,
    steps: Sealed,
    place: int,
    began: bool,
    ready: bool,
    seed: int,
    file: Sealed,
    event_fetch: Any = None,
    event_go: Any = None,
) -> None:
    """Offer downloads, the command and the Python, and the log of changes."""


def take_along(desk: Desk, offer: Offer | None = None) -> None:
    """Draw the card: what the page offers, or what the desk does of its own answers."""
    told = dict(desk.shown().take)
    fetch: Callable[[Any], None] = desk.fetch
    if offer is not None:
        told |= {"kinds": kinds_of(offer.kinds), "recipes": offer.recipes, "ready": offer.ready}
        fetch = _fetching(desk, offer)
    told |= {name: Sealed(told[name]) for name in ("recipes", "steps", "file")}
    Take(seed=SEED, **told, event_fetch=fetch, event_go=desk.go)


def kinds_of(kinds: dict[str, str]) -> list[dict[str, str]]:
    """Return kinds of files as the card lists them."""
    return [{"kind": kind, "title": title} for kind, title in kinds.items()]


def _fetching(desk: Desk, offer: Offer) -> Callable[[Any], None]:
    def fetch(kind: Any) -> None:
        if offer.ready and kind in offer.kinds:
            desk.make_file(lambda: offer.make(str(kind)))

    return fetch

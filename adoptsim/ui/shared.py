"""What all pages of a server share: simulations that were computed, and what is saved. It knows nobody's state."""

from __future__ import annotations

from functools import cache

from adoptsim.live import LiveSimulation
from adoptsim.ui.organisations import Organisations
from adoptsim.ui.store import IN_MEMORY, open_store

LIVE = LiveSimulation()
_place = IN_MEMORY


def save_in(place: str) -> Organisations:
    """Save in this file or database from now on; raises ``InputError`` where that can't be."""
    global _place
    _place = place
    organisations.cache_clear()
    return organisations()


@cache
def organisations() -> Organisations:
    """Return the uploaded organisations; their ``store`` has the saved scenarios too."""
    return Organisations(open_store(_place))

"""Each test saves in a memory of its own."""

from __future__ import annotations

import pytest

from adoptsim.ui import shared
from adoptsim.ui.store import IN_MEMORY


@pytest.fixture(autouse=True)
def _own_store() -> None:
    """Save where no other test looks."""
    shared.save_in(IN_MEMORY)

"""A workshop that is served, with nobody in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from workshop.serving import Served, served


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """Serve a workshop whose file lies in the test's folder."""
    with served(tmp_path / "x.db") as running:
        yield running

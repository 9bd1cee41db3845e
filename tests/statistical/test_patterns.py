"""Patterns of real networks hold in the model, measured on its own log as they were on the data.

Bounds, windows and sources stand in the package's table of patterns; means over 64 replicates at a fixed seed,
as `adoptsim validate` takes them.
"""

from __future__ import annotations

import pytest

from adoptsim.validation.check import validate
from adoptsim.validation.patterns import PATTERNS

pytestmark = pytest.mark.statistical
REPLICATES = 64
SEED = 1
MUST_HOLD = [name for name, row in PATTERNS.items() if row.must_hold]


@pytest.fixture(scope="module")
def checked():
    return {row.pattern.name: row for row in validate(replicates=REPLICATES, seed=SEED)}


@pytest.mark.parametrize("name", MUST_HOLD)
def test_the_pattern_holds(name, checked):
    row = checked[name]
    assert row.holds, f"{row.pattern.says}: {row.simulated} should lie in {row.pattern.low} to {row.pattern.high}"


def test_the_higher_in_rank_the_more_is_written(checked):
    """Staff, other people with reports, senior leaders: both steps beyond luck."""
    for name in ("managers_over_staff", "leaders_over_managers"):
        assert checked[name].simulated.low > 1.0

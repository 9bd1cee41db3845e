"""Shipped scenarios, simulated once for all tests that look at them."""

from __future__ import annotations

from functools import cache

import pytest

import adoptsim as ad
from adoptsim.simulation import OrganisationSource

REPLICATES = 24
SEED = 20160501


@cache
def _source(spec):
    return OrganisationSource(spec, SEED)


@cache
def _simulated(name):
    scenario = ad.Scenario.load(name)
    return ad.simulate(scenario, replicates=REPLICATES, seed=SEED, source=_source(scenario.organisation))


@pytest.fixture(scope="session")
def simulated():
    """Return a function from a shipped scenario's name to its result, all under the same people and luck."""
    return _simulated


@pytest.fixture(scope="session")
def simulate_with():
    """Return a function that simulates a changed scenario under the same people and luck as the shipped ones."""

    def run(base, replicates=REPLICATES, **changes):
        scenario = ad.Scenario.load(base)
        changed = scenario.model_copy(update=changes)
        return ad.simulate(changed, replicates=replicates, seed=SEED, source=_source(changed.organisation))

    return run

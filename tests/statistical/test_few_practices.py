"""Some bundles of few practices sustain themselves, most do not: over a sample drawn once of all with one to five."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.domain.intervals import proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.simulation import OrganisationSource

pytestmark = pytest.mark.statistical
SEED = 20160501
FEW, BUNDLES, REPLICATES = 5, 40, 6
SURE = 0.999


@pytest.fixture(scope="module")
def lasting():
    """Return by bundle, drawn from all of one to five practices, in which share of its runs it reached critical mass."""
    every = [names for n in range(1, FEW + 1) for names in combinations(PRACTICES, n)]
    drawn = np.random.default_rng(SEED).choice(len(every), BUNDLES, replace=False)
    source = OrganisationSource(ad.Scenario(name="few").organisation, SEED)

    def share(names):
        asked = ad.Scenario(name="few", practices=dict.fromkeys(names, True))
        return ad.simulate(asked, replicates=REPLICATES, seed=SEED, source=source).outcome["reached"].mean()

    return {every[number]: share(every[number]) for number in drawn}


def test_most_bundles_of_few_practices_do_not_sustain_themselves(lasting):
    shares = np.array(list(lasting.values()))
    assert proportion_interval(shares >= 0.5, SURE).high < 0.5
    assert proportion_interval(shares > 0.0, SURE).high < 0.6, "most of them never do"


def test_some_bundles_of_few_practices_sustain_themselves(lasting, simulated):
    assert sum(share >= 0.5 for share in lasting.values()) >= 3
    lean = simulated("lean-bundle")
    assert len(lean.scenario.practices) <= FEW
    assert proportion_interval(lean.outcome["reached"], SURE).low > 0.2

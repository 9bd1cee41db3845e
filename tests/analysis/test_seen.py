"""What somebody saw, worked out again from the draws, is what the engine counted: thread by thread."""

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.seen import open_threads, seen_by, threads_of_the_morning
from adoptsim.domain.practices import PRACTICES
from adoptsim.engine.state import MARK, TALLY
from adoptsim.simulation import Simulator

LIVELY = {"prompt_rate": 0.8, "lurker_share": 0.4, "activation_base": 2.0, "open_reach": 60.0}
POLICIES = {
    "all ten": dict.fromkeys(PRACTICES, 1.0),
    "held for review": {"critical_mass": 1.0, "trust_employees": {"misused": True}},
}


@pytest.mark.parametrize("policy", POLICIES)
def test_everybody_saw_as_many_threads_as_the_engine_counted(policy):
    scenario = ad.Scenario(
        name="x",
        organisation={"people": 60},
        practices=POLICIES[policy],
        parameters=LIVELY,
        start={"contributors": 0.6},
        horizon={"days": 50, "support_until": 30},
    )
    simulator = Simulator(scenario, seed=4)
    world, levers = simulator.start(0, room=8)
    before, total = open_threads(world), 0
    for day in range(50):
        simulator.advance(world, levers, day, day + 1)
        after = open_threads(world)
        rows = threads_of_the_morning(before, after, day)
        for person in np.flatnonzero(world.mark[MARK.visited]):
            seen = len(list(seen_by(world, int(person), day, rows, simulator.parameters)))
            assert seen == world.tally[TALLY.seen, person]
            total += seen
        before = after
    assert total > 200

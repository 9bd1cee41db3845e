"""Limits with known answers: what the model must give when all but one mechanism is switched off."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import norm

from adoptsim import files
from adoptsim.domain.levers import LEVER
from adoptsim.domain.organisation import PersonRecord, build_organisation
from adoptsim.domain.parameters import PARAMETER, PARAMETERS
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.day import run_days
from adoptsim.engine.state import COUNT, LEVEL, MARK, TALLY, TRAIT
from adoptsim.simulation import Simulator


def complete_organisation(n: int):
    """Return an organisation in which everybody is tied to everybody."""
    people = [PersonRecord(id=str(i), department="all", manager=None if i == 0 else "0") for i in range(n)]
    ties = np.array(np.triu_indices(n, 1)).T
    return build_organisation(people, ties, seed=1, leader_share=1.5 / n)


def lonely_start(n: int, days: int, changed: dict[str, float], replicate: int = 0, organisation=None):
    """Return a simulator and its world on a complete graph, parameters changed beyond their plausible range."""
    scenario = Scenario(name="limit", organisation={"people": max(20, n)}, horizon={"days": days, "support_until": 1})
    simulator = Simulator(scenario, seed=7)
    simulator.source._kept[replicate] = organisation if organisation is not None else complete_organisation(n)
    for name, value in changed.items():
        simulator.parameters[getattr(PARAMETER, name)] = value
    simulator._same_policy = simulator._policy_for(simulator.source.organisation(replicate))
    policy = simulator._same_policy
    for table in (policy.table, policy.before):
        for lever in (
            "offline_prompt_prob",
            "invitation_prob",
            "seed_share",
            "leader_post_rate",
            "echo_rate",
            "reminder_prob",
        ):
            table[..., getattr(LEVER, lever)] = 0.0
    world, policy = simulator.start(replicate, room=16)
    return simulator, world, policy


QUIET = {"prompt_rate": 0.0, "reply_base": 0.0, "react_base": 0.0, "reachable_share": 1.0}


def test_without_learning_and_imitation_first_visits_are_exponential():
    """400 people, p = .06 a month, 8 replicates: mean within 5 standard errors of 1 - (1 - p/21)^t everywhere."""
    shares = []
    organisation = complete_organisation(400)
    for replicate in range(8):
        simulator, world, policy = lonely_start(
            400, 252, QUIET | {"imitation_rate": 0.0, "first_visit_rate": 0.06}, replicate, organisation
        )
        run_days(world, simulator.parameters, simulator.effects, policy.table, policy.before, 0, 252)
        shares.append(world.counts[:, COUNT.members] / 400)
    expected = 1.0 - (1.0 - 0.06 / 21) ** np.arange(1, 253)
    error = np.sqrt(expected * (1 - expected) / (8 * 400)) + 1e-9
    assert np.all(np.abs(np.mean(shares, axis=0) - expected) < 5 * error)


def test_imitation_alone_on_a_complete_graph_is_the_bass_curve():
    """600 people who stay users once they have come, p = .02 and q = .5 a month: within .04 of dF/dt = (p + qF)(1 - F)."""
    organisation = complete_organisation(600)
    changed = QUIET | {
        "imitation_rate": 0.5,
        "first_visit_rate": 0.02,
        "trial_habit": 1.0,
        "habit_rate": 0.0,
        "habit_visit_prob": 1.0,
    }
    shares = []
    for replicate in range(12):
        simulator, world, policy = lonely_start(600, 420, changed, replicate, organisation)
        run_days(world, simulator.parameters, simulator.effects, policy.table, policy.before, 0, 420)
        shares.append(world.counts[:, COUNT.members] / 600)
    day = np.arange(1, 421)
    bass = solve_ivp(lambda _, f: (0.02 + 0.5 * f) / 21 * (1 - f), (0, 420), [0.0], t_eval=day, rtol=1e-8).y[0]
    assert bass[-1] > 0.95
    assert np.max(np.abs(np.mean(shares, axis=0) - bass)) < 0.04


def test_visits_in_runs_are_a_chain_of_two_states():
    """400 members, 240 days, habit .1 a day and .5 after a visit: again with 1 - .9 * .5, there on .1 / (.1 + .45) of days.

    Within 5 standard errors, of days counted as if they were a third as many: they hang together.
    """
    n, habit, momentum = 400, 0.1, 0.5
    changed = QUIET | {"habit_rate": 0.0, "habit_visit_prob": habit, "next_day_visit_prob": momentum}
    changed |= {"contact_visit_prob": 0.0, "leader_visit_prob": 0.0, "champion_visit_prob": 0.0}
    simulator, world, policy = lonely_start(n, 260, changed)
    world.mark[MARK.membership] = 2
    world.level[LEVEL.habit] = 1.0
    looked = []
    for day in range(260):
        run_days(world, simulator.parameters, simulator.effects, policy.table, policy.before, day, day + 1)
        looked.append(world.mark[MARK.visited] == 1)
    there = np.array(looked[20:])
    before, after = there[:-1], there[1:]
    again = 1.0 - (1.0 - habit) * (1.0 - momentum)
    for found, expected in (
        (after[before], again),
        (after[~before], habit),
        (there, habit / (habit + 1.0 - again)),
    ):
        assert abs(found.mean() - expected) < 5 * np.sqrt(expected * (1 - expected) / (found.size / 3))


def granovetter_fixed_point(sd: float) -> float:
    """Return where r(t + 1) = F(r(t)) comes to rest from nobody, thresholds normal with mean .25."""
    share = 0.0
    for _ in range(10_000):
        share = float(norm.cdf(share, 0.25, sd))
    return share


@pytest.mark.parametrize("sd", [0.10, 0.16])
def test_thresholds_alone_come_to_rest_at_granovetters_fixed_point(sd):
    """600 people who look daily and always have something to say: below the jump (sd .122) a few, above it nearly all."""
    n = 600
    organisation = complete_organisation(n)
    changed = {
        "prompt_rate": 500.0,
        "propensity_sd": 0.0,
        "reply_base": 0.0,
        "react_base": 0.0,
        "reachable_share": 1.0,
        "habit_rate": 0.0,
        "habit_visit_prob": 1.0,
        "activation_base": 0.0,
        "reward_weight": 0.0,
        "responsiveness_slope": 0.0,
        "trust_slope": 0.0,
        "purpose_weight": 0.0,
        "permission_weight": 0.0,
        "leisure_spillover": 0.0,
        "manager_active_weight": 0.0,
        "leader_active_weight": 0.0,
        "proof_weight": 60.0,
        "threshold_softness": 1e-4,
        "leisure_share": 0.0,
        "question_share": 1.0,
        "open_reach": 0.0,
        "contact_attention": 0.0,
    }
    simulator, world, policy = lonely_start(n, 90, changed, 0, organisation)
    world.mark[MARK.membership] = 2
    world.level[LEVEL.habit] = 1.0
    world.trait[TRAIT.prompt_prob] = 1.0
    # evenly spaced quantiles instead of a sample: the fixed point is then exact to 1/n
    world.trait[TRAIT.threshold] = norm.ppf((np.arange(n) + 0.5) / n, 0.25, sd)
    run_days(world, simulator.parameters, simulator.effects, policy.table, policy.before, 0, 90)
    assert world.counts[-1, COUNT.contributors] / n == pytest.approx(granovetter_fixed_point(sd), abs=0.02)


def test_zero_capacity_gives_zero_answers():
    scenario = Scenario(name="limit", practices={"critical_mass": True}, horizon={"days": 126, "support_until": 100})
    simulator = Simulator(scenario, seed=3)
    policy = simulator._same_policy
    assert policy is not None
    policy.table[..., LEVER.inbox_capacity] = 0.0
    world = simulator.run(0)
    totals = world.counts.sum(axis=0)
    assert totals[COUNT.needing_answer] > 0
    assert totals[COUNT.answered : COUNT.ignored + 1].sum() == 0
    assert totals[COUNT.aged_out] > 0


def test_nobody_reachable_means_nobody_comes():
    simulator, world, policy = lonely_start(100, 60, {"reachable_share": 0.0})
    leaders = int(world.place[3].sum())
    run_days(world, simulator.parameters, simulator.effects, policy.table, policy.before, 0, 60)
    assert world.counts[-1, COUNT.members] <= leaders
    assert (world.tally[TALLY.visits][world.place[3] == 0] == 0).all()


@pytest.mark.parametrize("name", ["all-ten", "broadcast"])
@pytest.mark.parametrize("end", ["low", "high"])
def test_no_state_leaves_its_range_at_the_ends_of_all_plausible_ranges(name, end):
    """Every parameter at one end of its range, looked at once a month for two years."""
    ends = {each.name: getattr(each, end) for each in PARAMETERS.values()}
    simulator = Simulator(files.Scenario.load(name).model_copy(update={"parameters": ends}), seed=5)
    world, policy = simulator.start(0, room=16)
    for day in range(0, 504, 21):
        simulator.advance(world, policy, day, day + 21)
        assert world.level.min() >= 0.0
        assert world.level.max() <= 1.0
        assert world.mark[MARK.membership].min() >= 0
    assert world.climate.min() >= 0.0
    assert world.climate.max() <= 1.0
    assert 0 < world.counts[:, COUNT.members].max() <= 500

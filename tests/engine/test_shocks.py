"""Shocks do what they say: who is struck, what it teaches, what waits; and leave everything else as it was."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from reference.cases import LIVELY

import adoptsim as ad
from adoptsim.domain.shocks import SHOCKS
from adoptsim.engine.shocks import strike, with_places_of_its_own
from adoptsim.engine.state import COUNT, LEADER, LEFT, LEVEL, MARK, PLACE, SLOT, TALLY, THREAD, World
from adoptsim.simulation import OrganisationSource, Simulator

DAY, DAYS = 60, 120
SOURCE = OrganisationSource(ad.Scenario(name="x", organisation={"people": 150}).organisation, 4)


def simulator(*shocks: dict[str, Any], **changes: Any) -> Simulator:
    fields = {
        "name": "lively",
        "organisation": {"people": 150},
        "parameters": LIVELY | changes.pop("parameters", {}),
        "levers": {"inbox_capacity": 4.0, "answer_prob": 0.6},
        "start": {"contributors": 0.6},
        "horizon": {"days": DAYS, "support_until": 30},
        "shocks": shocks,
    }
    return Simulator(ad.Scenario.model_validate(fields | changes), seed=4, source=SOURCE)


def on_the_eve(run: Simulator) -> tuple[World, Any]:
    world, policy = run.start(0, room=4)
    run.advance(world, policy, 0, DAY)
    return world, policy


def struck(kind: str, size: float | None = None, **changes: Any) -> tuple[Simulator, World, World, Any]:
    """Return a simulator with a shock, the world on the eve of it, the same after it struck, and the levers."""
    run = simulator({"kind": kind, "day": DAY, "size": size}, **changes)
    world, policy = on_the_eve(run)
    before = World(*(array.copy() for array in world))
    strike(world, run.scenario, run.parameters, run.effects, policy.table, DAY)
    return run, before, world, policy


def contacts(world: World, person: int) -> set[int]:
    return set(world.neighbours[world.indptr[person] : world.indptr[person + 1]].tolist())


@pytest.mark.parametrize("kind", SHOCKS)
def test_until_a_shock_strikes_nothing_differs_and_afterwards_something_does(kind):
    calm, shaken = simulator().run(0), simulator({"kind": kind, "day": DAY, "size": 0.8}).run(0)
    for name in ("counts", "climate"):
        one, other = getattr(calm, name), getattr(shaken, name)
        assert np.array_equal(one[:DAY], other[:DAY])
        assert not np.array_equal(one[DAY:], other[DAY:])


@pytest.mark.parametrize("kind", SHOCKS)
def test_a_run_in_parts_is_struck_as_one_in_one_go(kind):
    run = simulator({"kind": kind, "day": DAY}, parameters={"vacancy_days": 20.0})
    world, policy = run.start(0, room=4)
    for day in range(DAYS):
        run.advance(world, policy, day, day + 1)
    for name in ("level", "mark", "tally", "counts", "climate", "departments"):
        assert np.array_equal(getattr(world, name), getattr(run.run(0), name))


def test_a_punishment_lowers_safety_of_those_who_hear_of_it_and_of_nobody_else():
    """On the day itself nothing else differs: what is heard is learned at its end."""
    _, before, after, policy = struck("punishment", 0.3)
    heard = (after.evidence != before.evidence).any(axis=1)
    calm = simulator()
    calm.advance(before, policy, DAY, DAY + 1)
    calm.advance(after, policy, DAY, DAY + 1)
    safer, shaken = before.level[LEVEL.safety], after.level[LEVEL.safety]
    assert 0.2 < heard.mean() < 0.6
    assert (shaken[heard] < safer[heard]).all()
    assert np.array_equal(shaken[~heard], safer[~heard])


def test_contacts_of_the_one_punished_hear_of_it_however_few_others_do():
    _, before, after, _ = struck("punishment", 0.001)
    gained = after.evidence.sum(axis=1) - before.evidence.sum(axis=1)
    punished = int(np.argmax(gained))  # what is lived through weighs more than what is seen
    assert contacts(after, punished) <= set(np.flatnonzero(gained).tolist())
    threads = after.thread[after.slot[SLOT.alive, : after.cursor[0]]]
    assert punished in threads[:, THREAD.author]


def test_who_hears_of_a_small_punishment_also_hears_of_a_large_one():
    small, large = ({*np.flatnonzero(struck("punishment", size)[2].evidence.any(axis=1))} for size in (0.2, 0.7))
    assert small < large


def test_inboxes_of_leaders_who_left_wait_until_their_successors_come():
    run, _, world, policy = struck("leader_leaves", 1.0, parameters={"vacancy_days": 20.0})
    leaders = world.leader[LEADER.person]
    calm = simulator(parameters={"vacancy_days": 20.0})
    calm.advance(world, policy, DAY, DAY + 20)
    away = world.counts[DAY : DAY + 20]
    dealt = [COUNT.answered, COUNT.acted, COUNT.explained, COUNT.ignored, COUNT.defensive, COUNT.sanctioned]
    assert away[:, COUNT.needing_answer].sum() > 0
    assert away[:, dealt].sum() == away[:, COUNT.leader_posts].sum() == away[:, COUNT.visits_leader].sum() == 0
    assert away[:, COUNT.aged_out].sum() > 0
    assert (world.mark[MARK.membership, leaders] == LEFT).all()
    run.advance(world, policy, DAY + 20, DAYS)
    assert world.counts[DAY + 20 :, dealt].sum() > 0


def test_the_leader_who_leaves_is_the_one_who_has_contributed_most():
    _, before, after, _ = struck("leader_leaves")
    (gone,) = after.leader[LEADER.person, after.leader[LEADER.away_until] > DAY]
    leaders = before.leader[LEADER.person]
    total = before.tally[[TALLY.posts, TALLY.replies, TALLY.reactions]].sum(axis=0)
    assert total[gone] == total[leaders].max()


def test_a_leader_who_leaves_lowers_answers():
    calm = simulator()
    shaken = simulator({"kind": "leader_leaves", "day": DAY, "size": 0.5})
    answers = [
        sum(run.run(k).counts[DAY:, [COUNT.answered, COUNT.acted, COUNT.explained]].sum() for k in range(4))
        for run in (shaken, calm)
    ]
    assert answers[0] < 0.9 * answers[1]


def test_a_reorganisation_keeps_the_shape_of_the_organisation():
    _, before, after, _ = struck("reorganisation", 0.5)
    assert sorted(np.diff(after.indptr)) == sorted(np.diff(before.indptr))
    ties = {(i, j) for i in range(150) for j in contacts(after, i)}
    assert len(ties) == len(after.neighbours)
    assert all((j, i) in ties and i != j for i, j in ties)
    for row in (PLACE.department, PLACE.manager):
        assert Counter(after.place[row].tolist()) == Counter(before.place[row].tolist())
    assert sorted(after.place[PLACE.roster]) == list(range(150))
    assert (np.diff(after.place[PLACE.department, after.place[PLACE.roster]]) >= 0).all()


def test_who_leads_or_manages_keeps_the_place_and_a_larger_reorganisation_moves_those_of_a_smaller_too():
    moved = []
    for size in (0.2, 0.6):
        _, before, after, _ = struck("reorganisation", size)
        moved.append(set(np.flatnonzero(after.level[LEVEL.habit] < before.level[LEVEL.habit]).tolist()))
        managers = before.place[PLACE.manager]
        stays = (before.place[PLACE.is_leader] == 1) | (np.bincount(managers[managers >= 0], minlength=150) > 0)
        assert np.array_equal(after.place[:4, stays], before.place[:4, stays])
        assert not moved[-1] & set(np.flatnonzero(stays).tolist())
    assert moved[0] < moved[1]


def test_a_reorganisation_leaves_the_organisation_of_other_runs_alone():
    organisation, parameters = SOURCE.organisation(0), simulator().parameters
    ties, traits = organisation.neighbours.copy(), SOURCE.traits(0, parameters)[0].copy()
    struck("reorganisation", 1.0)
    assert np.array_equal(organisation.neighbours, ties)
    assert np.array_equal(SOURCE.traits(0, parameters)[0], traits)
    calm = simulator()
    world, _ = calm.start(0)
    assert with_places_of_its_own(world, calm.scenario) is world


def test_a_viral_complaint_brings_voice_and_fills_inboxes():
    _, before, after, _ = struck("viral_complaint", 1.0)
    said = after.counts[DAY]
    assert said[COUNT.posts_concern] > 5
    assert said[COUNT.posts_concern] == said[COUNT.critical_posts] == said[COUNT.needing_answer]
    assert (after.mark[MARK.nudge] > before.mark[MARK.nudge]).sum() > 50
    shaken = simulator({"kind": "viral_complaint", "day": DAY, "size": 1.0}, levers={"inbox_capacity": 0.05}).run(0)
    calm = simulator(levers={"inbox_capacity": 0.05}).run(0)
    assert shaken.counts[DAY + 3, COUNT.waiting] > calm.counts[DAY + 3, COUNT.waiting] + 5


def test_nobody_opens_two_threads_a_day():
    _, _, world, _ = struck("viral_complaint", 1.0, parameters={"complaint_urge": 4.0})
    threads = world.thread[world.slot[SLOT.alive, : world.cursor[0]]]
    named = list(zip(threads[:, THREAD.author].tolist(), threads[:, THREAD.day].tolist(), strict=True))
    assert len(named) == len(set(named)) > 20


def test_a_mesa_model_is_struck_too():
    scenario = simulator(*({"kind": kind, "day": 20 + n} for n, kind in enumerate(SHOCKS))).scenario
    model = ad.AdoptionModel(scenario, seed=4)
    for _ in range(60):
        model.step()
    assert np.array_equal(model.world.counts[:60], ad.simulate(scenario, replicates=1, seed=4).counts[0][:60])

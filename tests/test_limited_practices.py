"""A practice limited to departments reaches its share of the people there, wherever they stand in the order of all."""

from __future__ import annotations

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.domain.placement import rank_among
from adoptsim.engine.state import COUNT, LEADER_ROLE, MARK, TRAIT
from adoptsim.simulation import OrganisationSource, Simulator

PILOT = "department 3"
PLACES = ("random", "connected", "departments", "cluster")
SEED_PLACES = ("scattered", "interested", *PLACES[1:])


def simulator(*, champions: str = "random", seeds: str = "scattered", source: OrganisationSource | None = None, **practices):
    organisation = {"people": 500, "champion_placement": champions, "seed_placement": seeds}
    scenario = ad.Scenario(
        name="pilot", organisation=organisation, practices=practices, horizon={"days": 1, "support_until": 1}
    )
    return Simulator(scenario, seed=1, source=source)


def pilot_of(asked: Simulator, replicate: int) -> np.ndarray:
    organisation = asked.source.organisation(replicate)
    return organisation.department == organisation.department_names.index(PILOT)


@pytest.mark.parametrize("placement", SEED_PLACES)
def test_a_launch_in_one_department_brings_in_the_same_share_of_it_in_every_replicate(placement):
    asked = simulator(seeds=placement, critical_mass={"departments": [PILOT]})
    for replicate in range(6):
        world, there = asked.start(replicate)[0], pilot_of(asked, replicate)
        first = world.trait[TRAIT.seed_rank, there] < 0.25
        assert first.sum() == pytest.approx(0.25 * there.sum(), abs=0.51)
        come = asked.run(replicate).counts[0, COUNT.members]
        assert 0 < come <= first.sum() + 8, "nobody but them, and who comes by chance"


@pytest.mark.parametrize("placement", PLACES)
def test_champions_of_one_department_are_a_share_of_its_people_and_nobody_who_lurks(placement):
    asked = simulator(champions=placement, leadership_and_champions={"departments": [PILOT]})
    for replicate in range(6):
        world, there = asked.start(replicate)[0], pilot_of(asked, replicate)
        volunteers = there & (world.trait[TRAIT.champion_rank] < 0.04)
        assert volunteers.sum() == pytest.approx(0.04 * there.sum(), abs=0.51)
        assert not world.trait[TRAIT.reluctance, volunteers].any()
        assert (world.mark[MARK.role, volunteers] != LEADER_ROLE).all()
        assert world.mark[MARK.role].tolist().count(1) == volunteers.sum()


def test_who_comes_first_in_a_department_is_who_comes_first_there_in_the_whole_organisation():
    limited = simulator(critical_mass={"departments": [PILOT]})
    everywhere = simulator(critical_mass=True, source=limited.source)
    there = pilot_of(limited, 0)
    ranks = [each.start(0)[0].trait[TRAIT.seed_rank, there] for each in (limited, everywhere)]
    assert np.array_equal(*map(np.argsort, ranks))


@pytest.mark.parametrize("departments", [None, [PILOT]])
def test_a_launch_for_all_does_not_depend_on_another_practice_s_departments(departments):
    asked = simulator(critical_mass=True, safe_space={"departments": departments})
    traits, _ = asked.source.traits(0, asked.parameters)
    assert asked.start(0)[0].trait is traits


def test_a_rank_among_a_crowd_keeps_the_order_and_lets_some_come_last():
    rank = np.array([0.9, 0.1, 0.5, 0.3, 0.7], np.float32)
    crowd = np.array([0, 1, 0, 0, 1])
    assert rank_among(rank, crowd).tolist() == np.array([5 / 6, 1 / 4, 3 / 6, 1 / 6, 3 / 4], np.float32).tolist()
    last = np.array([0, 2, 0, 1, 0])
    assert rank_among(rank, crowd, last).tolist() == np.array([3 / 6, 3 / 4, 1 / 6, 5 / 6, 1 / 4], np.float32).tolist()


def test_a_department_that_not_every_replicate_has_is_refused_with_what_to_do():
    missing = {"safe_space": {"departments": ["department 99"]}}
    with pytest.raises(ad.InputError, match=r"safe_space.departments: no department is called department 99;") as one:
        simulator(**missing).start(0)
    assert "differ in how many departments they have" in str(one.value)
    assert "same_for_all_replicates: true" in str(one.value)
    fixed = ad.Scenario(name="x", organisation={"same_for_all_replicates": True}, practices=missing)
    with pytest.raises(ad.InputError) as other:
        Simulator(fixed).start(0)
    assert "replicate" not in str(other.value)

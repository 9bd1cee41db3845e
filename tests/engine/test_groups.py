"""Who is heard: shares by role come from each person's own record; the worst-off department is not made by chance."""

from types import SimpleNamespace

import numpy as np
import pytest

from adoptsim.domain.scenario import OrganisationSpec, Scenario
from adoptsim.engine.groups import GROUPS, by_role, group_codes, shrunk_shares, worst_department
from adoptsim.engine.state import (
    CHAMPION_ROLE,
    COUNT,
    DEPARTMENT,
    LEADER_ROLE,
    MARK,
    NEVER,
    OFFICE,
    PLACE,
    TALLY,
)
from adoptsim.simulation import Simulator

LAST_DAY = 29


def hand_built(*people: dict[str, int]) -> SimpleNamespace:
    """Return a finished world of people with their role, manager and tallies; others have never done anything."""
    n = len(people)
    mark, place = np.zeros((len(MARK), n), dtype=np.uint8), np.zeros((len(PLACE), n), dtype=np.int32)
    tally = np.zeros((len(TALLY), n), dtype=np.int32)
    tally[TALLY.last_contribution] = NEVER
    for i, person in enumerate(people):
        place[PLACE.manager, i], mark[MARK.role, i] = person.get("manager", -1), person.get("role", 0)
        for name in set(person) - {"manager", "role"}:
            tally[getattr(TALLY, name), i] = person[name]
    return SimpleNamespace(mark=mark, place=place, tally=tally, counts=np.zeros((LAST_DAY + 1, len(COUNT))))


def test_everybody_is_in_one_group_and_the_highest_role_counts():
    world = hand_built({"role": LEADER_ROLE}, {"manager": 0, "role": CHAMPION_ROLE}, {"manager": 1}, {"manager": 2})
    assert [GROUPS[code] for code in group_codes(world)] == ["leader", "champion", "manager", "employee"]


def test_shares_by_role_are_counted_from_each_person_s_record():
    world = hand_built(
        {"role": LEADER_ROLE, "last_contribution": LAST_DAY},
        {"manager": 0, "last_contribution": LAST_DAY - 20, "silences": 3, "voiced": 1, "answered": 1},
        {"manager": 1, "last_contribution": LAST_DAY - 21, "silences": 1, "voiced": 4, "answered": 1},
        {"manager": 1, "silences": 3},
    )
    found = by_role(world)
    assert (found["contributors_leader"], found["contributors_manager"], found["contributors_employee"]) == (1, 1, 0)
    assert (found["silence_manager"], found["silence_employee"]) == (0.75, 0.5)
    assert (found["answered_manager"], found["answered_employee"]) == (1.0, 0.25)
    assert np.isnan(found["contributors_champion"])


def test_voice_by_role_adds_up_to_the_daily_record():
    practices = dict.fromkeys(("critical_mass", "act_on_contributions", "leadership_and_champions"), 1.0)
    scenario = Scenario(
        name="x",
        practices=practices,
        organisation=OrganisationSpec(people=120),
        horizon={"days": 120, "support_until": 60},
    )
    world = Simulator(scenario, seed=2).run(0)
    totals, tally = world.counts.sum(axis=0), world.tally.sum(axis=1)
    answered = sum(totals[getattr(COUNT, name)] for name in ("answered", "acted", "explained", "defensive"))
    assert tally[TALLY.voiced] == totals[COUNT.posts_idea] + totals[COUNT.posts_concern] > 0
    assert tally[TALLY.answered] == answered > 0


def test_departments_that_differ_by_chance_alone_are_drawn_to_the_share_of_all():
    sizes = np.full(20, 10.0)
    parts = np.array([1, 2, 3, 2] * 5)  # a spread smaller than that of twenty binomial counts
    np.testing.assert_allclose(shrunk_shares(parts, sizes), 0.2)


def test_departments_of_one_mind_keep_their_own_share():
    np.testing.assert_allclose(shrunk_shares([0, 30, 0, 30], [30, 30, 30, 30]), [0, 1, 0, 1])


def test_a_small_department_is_drawn_further_than_a_large_one_of_the_same_share():
    small, large, *_ = shrunk_shares([0, 0, 60, 20], [5, 100, 100, 100])
    assert 0.0 < large < small < 80 / 305


@pytest.mark.parametrize(("parts", "sizes"), [([0, 0], [5, 9]), ([5, 9], [5, 9]), ([3], [9]), ([1, 0], [1, 1])])
def test_where_nothing_tells_groups_apart_all_have_the_share_of_all(parts, sizes):
    np.testing.assert_allclose(shrunk_shares(parts, sizes), sum(parts) / sum(sizes))


def test_the_lowest_of_many_small_shares_is_not_taken_for_a_worst_off_department():
    """Twenty departments in which everybody contributes with a chance of .2: the lowest share seen is near 0."""
    luck = np.random.default_rng(5)
    sizes = luck.integers(5, 40, 20)
    parts = luck.binomial(sizes, 0.2, size=(400, 20))
    assert (parts / sizes).min(axis=1).mean() < 0.06
    assert np.mean([shrunk_shares(row, sizes).min() for row in parts]) > 0.16


def test_a_department_too_small_to_tell_is_never_the_worst_off():
    starts = np.array([0, 4, 40, 80])
    office = np.zeros((len(OFFICE), 4))
    office[OFFICE.start] = starts
    departments = np.zeros((1, 3, len(DEPARTMENT)))
    departments[0, :, DEPARTMENT.contributors] = [0, 36, 8]
    departments[0, :, DEPARTMENT.safety] = [0.1, 0.6, 0.4]
    found = worst_department(SimpleNamespace(office=office, departments=departments))
    assert 8 / 40 <= found["worst_department_contributors"] < 0.25
    assert found["worst_department_safety"] == 0.4

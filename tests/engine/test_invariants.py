"""What must hold in every run of the engine: states stay in range, the books close, and the seed decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from reference.cases import CASES, Case
from reference.compare import engine_days
from reference.strategies import runs

from adoptsim.domain.experiences import experience_table
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.parameters import PARAMETERS, parameter_values
from adoptsim.domain.policy import make_policy
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.day import run_days
from adoptsim.engine.draws import draw_key
from adoptsim.engine.start import draw_traits, make_world, reset
from adoptsim.engine.state import COUNT, CURSOR, DEPARTMENT, IDEA, KINDS, OUTCOMES, SLOT, THREAD
from adoptsim.engine.visit import ALL_CONTACTS

Run = tuple[Scenario, Organisation, int, int]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
ANSWERS = ("answered", "acted", "explained", "defensive")
LIVELY = CASES["leaders have all the time"]
RECORD = ("level", "mark", "tally", "counts", "climate", "departments")


def total(counts: Any, *names: str) -> int:
    """Return the sum over days of some counts."""
    return int(sum(counts[:, getattr(COUNT, name)].sum() for name in names))


def last_world(case: Case, *, seed: int | None = None, room: int = 8, held: Mapping[str, float] | None = None) -> Any:
    """Return the world at the end of a case."""
    seed = case.seed if seed is None else seed
    *_, world = engine_days(case.scenario(), case.organisation(), seed=seed, room=room, held=held)
    return world


def same_history(one: Any, other: Any) -> bool:
    """Return whether people and record are the same to the bit."""
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in RECORD)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(runs())
def test_states_stay_within_range_and_books_close_every_day(run: Run) -> None:
    scenario, organisation, seed, replicate = run
    for day, world in enumerate(engine_days(scenario, organisation, seed=seed, replicate=replicate), start=-1):
        assert np.isfinite(world.level).all()
        assert world.level.min() >= 0.0
        assert world.level.max() <= 1.0
        if day >= 0:
            assert_prompts_close(world.counts[: day + 1])
            assert_voice_closes(world, day)


def assert_prompts_close(counts: Any) -> None:
    """Every prompt is posted, held back, not followed, barred, or meets nobody."""
    posts = [f"posts_{kind}" for kind in KINDS]
    ends = total(counts, *posts, "silence_idea", "silence_concern", "unmoved", "leisure_barred", "absent")
    assert total(counts, "prompts") == ends


def assert_voice_closes(world: Any, day: int) -> None:
    """Every voice post has an outcome, or waits in an inbox, or is still held; moderation's deletions count as such."""
    counts = world.counts[: day + 1]
    threads = world.thread[world.slot[SLOT.alive, : world.cursor[CURSOR.alive]]]
    held = int(((threads[:, THREAD.kind] >= IDEA) & (threads[:, THREAD.appears] > day)).sum())
    assert total(counts, "needing_answer") == total(counts, "posts_idea", "posts_concern")
    assert total(counts, "needing_answer") == total(counts, *OUTCOMES[1:]) + counts[-1, COUNT.waiting] + held


@pytest.mark.parametrize("name", CASES)
def test_departments_add_up_to_the_whole(name: str) -> None:
    world = last_world(CASES[name])
    sums = world.departments.sum(axis=(0, 1))
    assert sums[DEPARTMENT.silence] == total(world.counts, "silence_idea", "silence_concern")
    assert sums[DEPARTMENT.answered] == total(world.counts, *ANSWERS)
    assert world.departments[-1, :, DEPARTMENT.contributors].sum() == world.counts[-1, COUNT.contributors]


def test_no_capacity_gives_no_answers() -> None:
    world = last_world(LIVELY, held={"inbox_capacity": 0.0})
    assert total(world.counts, "needing_answer") > 0
    assert total(world.counts, *ANSWERS, "ignored", "sanctioned") == 0


def test_leaders_deal_with_no_more_than_their_capacity() -> None:
    """A capacity of 0.3 a day is at most one item a leader and day, whatever waits."""
    world = last_world(LIVELY, held={"inbox_capacity": 0.3})
    dealt_with = sum(world.counts[:, getattr(COUNT, name)] for name in (*ANSWERS, "ignored", "sanctioned"))
    assert 0 < dealt_with.max() <= world.leader.shape[1]


def test_another_seed_gives_another_history() -> None:
    assert not same_history(last_world(LIVELY, seed=1), last_world(LIVELY, seed=2))


def test_room_for_threads_changes_nothing() -> None:
    assert same_history(last_world(LIVELY, room=8), last_world(LIVELY, room=13))


def test_a_practice_without_intensity_changes_nothing() -> None:
    idle = Case(contributors=LIVELY.contributors, parameters=LIVELY.parameters, practices={"critical_mass": 0.0})
    none = Case(contributors=LIVELY.contributors, parameters=LIVELY.parameters)
    assert same_history(last_world(idle), last_world(none))


@pytest.mark.parametrize("name", ["all ten practices", "held for two weeks", "seven people by hand"])
def test_a_run_in_one_go_and_again_after_reset_equals_a_run_day_by_day(name: str) -> None:
    case = CASES[name]
    scenario, organisation = case.scenario(), case.organisation()
    parameters = parameter_values(scenario.parameters)
    policy = make_policy(scenario, organisation.department_names, np.diff(organisation.department_start))
    key = draw_key(case.seed, 0)
    traits, membership = draw_traits(organisation, parameters, key)
    world = make_world(organisation, traits, policy.group_of_department, key, case.days, room=8)
    for _ in range(2):
        reset(world, parameters, policy.table[0], membership, case.contributors)
        run_days(world, parameters, experience_table(parameters), policy.table, policy.before, 0, case.days)
        assert same_history(world, last_world(case))


def test_nobody_who_would_come_is_passed_over_for_a_share_of_contacts_that_rounds_above_one():
    degree = np.arange(1, 1_000_000)
    share = degree * (1.0 / degree).astype(np.float32).astype(np.float64)
    assert 1.0 < share.max() <= ALL_CONTACTS
    assert PARAMETERS["imitation_rate"].low >= 0.0  # so more contacts never mean a smaller chance

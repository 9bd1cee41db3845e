"""The compiled engine gives the history of the plain Mesa model: every person, every day, to the bit."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from reference.cases import CASES
from reference.compare import differences, engine_days, run_together
from reference.plain_draws import philox, plain_draw
from reference.plain_model import PlainModel, release
from reference.strategies import runs
from reference.timing import seconds_per_person_day

from adoptsim.domain.organisation import Organisation
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.state import COUNTS

Run = tuple[Scenario, Organisation, int, int]


@cache
def totals_of(name: str) -> Counter[str]:
    """Return the totals of a named case, compared day by day on the way."""
    case = CASES[name]
    return run_together(case.scenario(), case.organisation(), seed=case.seed, replicate=case.replicate)


@pytest.mark.parametrize("name", CASES)
def test_engine_gives_the_plain_model_s_history(name: str) -> None:
    totals_of(name)


def test_named_cases_reach_every_count() -> None:
    """Otherwise two models that both never do something would pass for equal."""
    totals: Counter[str] = Counter()
    for name in CASES:
        totals.update(totals_of(name))
    assert [name for name in COUNTS if totals[name] == 0] == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(runs())
def test_engine_gives_the_plain_model_s_history_whatever_the_scenario(run: Run) -> None:
    scenario, organisation, seed, replicate = run
    run_together(scenario, organisation, seed=seed, replicate=replicate)


def test_plain_philox_gives_the_published_words() -> None:
    """The known answers that the authors publish with Random123, philox4x32-10."""
    zeros, ones = philox((0, 0, 0, 0), (0, 0)), philox((2**32 - 1,) * 4, (2**32 - 1,) * 2)
    assert zeros == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    assert ones == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)


def test_engine_gives_the_plain_model_s_history_with_draws_in_plain_python() -> None:
    case = CASES["all ten practices"]
    plainly = run_together(case.scenario(), case.organisation(), seed=case.seed, draw=plain_draw)
    assert plainly == totals_of("all ten practices")


def test_a_difference_in_the_last_bit_of_one_person_is_named() -> None:
    case = CASES["all ten practices"]
    plain = PlainModel(case.scenario(), case.organisation(), seed=case.seed, replicate=case.replicate)
    world = next(engine_days(case.scenario(), case.organisation(), seed=case.seed))
    assert list(differences(world, plain, -1)) == []
    before = plain.people[3].trust
    plain.people[3].trust = before + 2.0**-25
    release(plain)
    assert list(differences(world, plain, -1)) == [("person 3", "trust", before, before + 2.0**-25)]


def test_plain_model_tells_its_cost() -> None:
    assert 1e-7 < seconds_per_person_day(40, 10) < 1e-2

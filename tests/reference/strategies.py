"""Hypothesis strategies: small organisations, and scenarios that use practices in every way a file may say."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from adoptsim.domain.levers import LEVERS
from adoptsim.domain.organisation import Organisation, generate_organisation
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Horizon, Leavers, PracticeUse, Scenario, Shock, Start
from adoptsim.domain.shocks import SHOCKS

SEEDS = st.integers(0, 2**32 - 1)
REPLICATES = st.integers(0, 1000)
LIVELY = {"prompt_rate": (0.2, 0.8), "activation_base": (0.0, 2.0), "value_half": (0.2, 1.0)}
"""Ranges in which even a small network has something going on: in a silent one there is little to compare."""
LEAST_DAYS, MOST_DAYS = 40, 130


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Return a generated organisation of 20 to 60 people."""
    return generate_organisation(
        draw(st.integers(20, 60)),
        seed=draw(SEEDS),
        replicate=draw(REPLICATES),
        mean_degree=draw(st.floats(2.0, 40.0)),
        leader_share=draw(st.floats(0.01, 0.5)),
        champion_placement=draw(st.sampled_from(("random", "connected", "departments", "cluster"))),
        seed_placement=draw(st.sampled_from(("scattered", "interested", "connected", "departments", "cluster"))),
    )


@st.composite
def practice_uses(draw: st.DrawFn, name: str, departments: tuple[str, ...], days: int, support: int) -> PracticeUse:
    """Return a use of a practice: when, how strongly, where, in which variant, perhaps gone wrong."""
    start = draw(st.integers(0, days))
    end = draw(st.none() | st.integers(start + 1, start + days))
    if end is None and not PRACTICES[name].standing:
        start = min(start, support - 1)
    variant = draw(st.sampled_from((None, *PRACTICES[name].variants)))
    chosen = st.lists(st.sampled_from(departments), min_size=1, unique=True).map(tuple)
    return PracticeUse(
        intensity=draw(st.floats(0.0, 1.0)),
        start=start,
        ramp=draw(st.integers(0, 60)),
        end=end,
        departments=draw(st.none() | chosen),
        misused=variant is None and draw(st.booleans()),
        variant=variant,
    )


def _values_within(draw: st.DrawFn, table: Any) -> dict[str, float]:
    names = draw(st.lists(st.sampled_from(tuple(table)), max_size=8, unique=True))
    return {name: draw(st.floats(table[name].low, table[name].high)) for name in sorted(names)}


@st.composite
def shocks(draw: st.DrawFn, days: int) -> Shock:
    """Return a shock on any day but the first, of any size or its kind's own."""
    size = draw(st.none() | st.floats(0.01, 1.0))
    return Shock(kind=draw(st.sampled_from(tuple(SHOCKS))), day=draw(st.integers(1, days - 1)), size=size)


@st.composite
def scenarios(draw: st.DrawFn, departments: tuple[str, ...]) -> Scenario:
    """Return a scenario; most begin lively."""
    days = draw(st.integers(LEAST_DAYS, MOST_DAYS))
    names = draw(st.lists(st.sampled_from(tuple(PRACTICES)), unique=True))
    support = draw(st.integers(1, days))
    contributors = draw(st.sampled_from((0.8, 0.4, 0.15, 0.0)))
    lively = {name: draw(st.floats(low, high)) for name, (low, high) in LIVELY.items()}
    return Scenario(
        name="drawn",
        practices={name: draw(practice_uses(name, departments, days, support)) for name in names},
        levers=_values_within(draw, LEVERS),
        parameters=lively | _values_within(draw, PARAMETERS),
        horizon=Horizon(days=days, support_until=support),
        start=Start(contributors=contributors),
        shocks=tuple(draw(st.lists(shocks(days), max_size=4, unique_by=lambda shock: (shock.kind, shock.day)))),
        leavers=Leavers(share=draw(st.sampled_from((0.0, 0.0, 0.3, 0.9))), day=draw(st.integers(0, days - 1))),
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[Scenario, Organisation, int, int]:
    """Return (scenario, organisation, seed, replicate)."""
    organisation = draw(organisations())
    return draw(scenarios(organisation.department_names)), organisation, draw(SEEDS), draw(REPLICATES)

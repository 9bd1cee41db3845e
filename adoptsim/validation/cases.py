"""What is simulated to see a pattern: shipped scenarios, and what is changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from adoptsim import files
from adoptsim.domain.scenario import Scenario

NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Case:
    """A shipped scenario with intensities of practices, levers and the share who begin as contributors changed.

    ``standing`` gives every practice of the scenario that lasts this intensity, and leaves the launch out.
    """

    name: str
    says: str
    scenario: str
    practices: Mapping[str, float] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)
    seed_share: float = 0.0
    standing: float | None = None


def _seeded(percent: int) -> Case:
    return Case(
        f"seed-{percent}",
        f"{percent} % of staff contribute on day 0; the lean bundle's practices at half strength, no launch",
        "lean-bundle",
        seed_share=percent / 100.0,
        standing=0.5,
    )


_TABLE = (
    Case("typical", "the typical organisation", "typical"),
    Case("no-support", "no practice at all", "no-support"),
    Case("launch-only", "a launch and nothing else", "launch-only"),
    Case("all-ten", "all ten practices", "all-ten"),
    Case("broadcast", "leaders announce, and control", "broadcast"),
    # pattern 9: from below. The twin from above (a living network, a share of staff leaves) belongs here, as
    # Case("leavers-10", ...), once a scenario can make people leave.
    _seeded(5),
    _seeded(10),
    _seeded(40),
    _seeded(60),
    # patterns 10 and 11: the typical organisation with one thing changed
    Case("acting", "typical, contributions acted on at full strength", "typical", practices={"act_on_contributions": 1.0}),
    Case("safe", "typical, a safe space at full strength", "typical", practices={"safe_space": 1.0}),
    Case("no-leisure", "typical, leisure posts banned", "typical", levers={"leisure_permitted": 0.02}),
    Case("anonymous", "typical, most voice anonymous", "typical", levers={"anonymity_prob": 0.8}),
    Case(
        "announcing",
        "typical, leaders announce five times a month",
        "typical",
        levers={"leader_post_rate": 2.0, "broadcast_share": 0.95},
    ),
)

CASES: dict[str, Case] = {case.name: case for case in _TABLE}


@cache
def _shipped(name: str) -> Scenario:
    """Return a shipped scenario, read once: a calibration asks for it thousands of times."""
    return files.Scenario.load(name)


def scenario_of(case: Case, parameters: Mapping[str, float] = NOTHING) -> Scenario:
    """Return the scenario of a case under changed parameters."""
    base = _shipped(case.scenario)
    uses = base.practices
    if case.standing is not None:
        launch = {name for name in uses if base.practice_end(name) < base.horizon.days}
        uses = {
            name: use.model_copy(update={"intensity": case.standing}) for name, use in uses.items() if name not in launch
        }
    uses = uses | {name: uses[name].model_copy(update={"intensity": value}) for name, value in case.practices.items()}
    return base.model_copy(
        update={
            "practices": uses,
            "levers": base.levers | dict(case.levers),
            "parameters": base.parameters | dict(parameters),
            "start": base.start.model_copy(update={"contributors": case.seed_share}) if case.seed_share else base.start,
        }
    )

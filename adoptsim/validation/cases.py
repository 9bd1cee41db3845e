"""What is simulated to see a pattern: shipped scenarios, and what is changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from adoptsim import files
from adoptsim.domain.scenario import PracticeUse, Scenario

FULL, NONE = PracticeUse(), PracticeUse(intensity=0.0)
LEAVING_DAY = 252
NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Case:
    """A shipped scenario with practices, levers and the share who begin as contributors changed.

    ``standing`` gives every practice of the scenario that lasts this intensity, and leaves the launch out;
    ``leaver_share`` of staff leave for good after a year.
    """

    name: str
    says: str
    scenario: str
    practices: Mapping[str, PracticeUse] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)
    seed_share: float = 0.0
    standing: float | None = None
    leaver_share: float = 0.0


def _left_alone(seed: int, leavers: int = 0) -> Case:
    """Return a network without a launch that so many per cent of staff begin, and so many leave after a year."""
    began = f"{seed} % of staff contribute on day 0; the lean bundle's practices at 36 % of their strength, no launch"
    return Case(
        f"leavers-{leavers}" if leavers else f"seed-{seed}",
        f"{began}; after a year {leavers} % leave" if leavers else began,
        "lean-bundle",
        seed_share=seed / 100.0,
        standing=0.36,
        leaver_share=leavers / 100.0,
    )


_TABLE = (
    Case("typical", "the typical organisation", "typical"),
    Case("no-support", "no practice at all", "no-support"),
    Case("launch-only", "a launch and nothing else", "launch-only"),
    Case("all-ten", "all ten practices", "all-ten"),
    Case("broadcast", "leaders announce, and control", "broadcast"),
    # pattern 9, from below and from above
    _left_alone(5),
    _left_alone(10),
    _left_alone(40),
    _left_alone(60),
    _left_alone(60, leavers=10),
    _left_alone(60, leavers=60),
    # patterns 10 and 11: the typical organisation with one thing changed
    Case("acting", "typical, contributions acted on at full strength", "typical", practices={"act_on_contributions": FULL}),
    Case("safe", "typical, a safe space at full strength", "typical", practices={"safe_space": FULL}),
    Case("no-leisure", "typical, leisure posts banned", "typical", levers={"leisure_permitted": 0.02}),
    Case("anonymous", "typical, most voice anonymous", "typical", levers={"anonymity_prob": 0.8}),
    Case(
        "answering",
        "typical, leaders spend their hours on answers, and post as rarely as without any practice",
        "typical",
        practices={"act_on_contributions": FULL, "leadership_and_champions": NONE},
    ),
    Case(
        "announcing",
        "typical, leaders spend their hours on announcements, and answer as rarely as without any practice",
        "typical",
        practices={"act_on_contributions": NONE, "leadership_and_champions": PracticeUse(misused=True)},
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
    return base.model_copy(
        update={
            "practices": uses | dict(case.practices),
            "levers": base.levers | dict(case.levers),
            "parameters": base.parameters | dict(parameters),
            "start": base.start.model_copy(update={"contributors": case.seed_share}),
            "leavers": base.leavers.model_copy(update={"share": case.leaver_share, "day": LEAVING_DAY}),
        }
    )

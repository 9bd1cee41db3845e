"""Named cases that reach what random ones may miss: each is a scenario in an organisation, with a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adoptsim.domain.organisation import Organisation, PersonRecord, build_organisation, generate_organisation
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.domain.shocks import SHOCKS

LIVELY = {"prompt_rate": 0.8, "activation_base": 1.5, "value_half": 0.8, "trial_habit": 0.6}
DEPARTMENTS = ("department 1", "department 3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A scenario's fields and the settings of a generated organisation; ``people`` 0: the one made by hand."""

    people: int = 40
    seed: int = 1
    replicate: int = 0
    days: int = 90
    contributors: float = 0.0
    leavers: float = 0.0
    shocks: tuple[dict[str, Any], ...] = ()
    practices: dict[str, Any] = field(default_factory=dict)
    levers: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def scenario(self) -> Scenario:
        """Return the scenario."""
        return Scenario.model_validate(
            {
                "name": "case",
                "practices": self.practices,
                "levers": self.levers,
                "parameters": self.parameters,
                "horizon": {"days": self.days, "support_until": max(1, self.days // 2)},
                "start": {"contributors": self.contributors},
                "leavers": {"share": self.leavers, "day": self.days // 2},
                "shocks": self.shocks,
            }
        )

    def organisation(self) -> Organisation:
        """Return the organisation."""
        if self.people == 0:
            return organisation_by_hand(self.seed)
        return generate_organisation(self.people, seed=self.seed, replicate=self.replicate, **self.settings)


def organisation_by_hand(seed: int) -> Organisation:
    """Return seven people: Ada leads all, Bo his own department, Ed has no contact, Flo is reached by Ada alone."""
    people = [
        PersonRecord(id="ada", department="sales", is_leader=True),
        PersonRecord(id="ed", department="sales", manager="ada"),
        PersonRecord(id="flo", department="sales", manager="ada"),
        PersonRecord(id="bo", department="works", manager="ada", is_leader=True),
        PersonRecord(id="cy", department="works", manager="bo"),
        PersonRecord(id="di", department="works", manager="bo"),
        PersonRecord(id="gus", department="stores", manager="bo"),
    ]
    ties = [("ada", "flo"), ("ada", "bo"), ("bo", "cy"), ("bo", "di"), ("cy", "di"), ("gus", "di")]
    return build_organisation(people, ties, seed=seed)


_LIVE: dict[str, Any] = {"contributors": 0.8, "parameters": LIVELY}
CASES: dict[str, Case] = {
    "nothing is done": Case(days=130),
    "all ten practices": Case(people=50, practices=dict.fromkeys(PRACTICES, True), days=130),
    "all ten gone wrong": Case(practices={name: {"misused": True} for name in PRACTICES}, **_LIVE),
    "launch in mid-run": Case(practices={"critical_mass": {"start": 30, "ramp": 25, "end": 70}}, parameters=LIVELY),
    "launch twice as wide in some departments": Case(
        practices={"critical_mass": {"intensity": 0.6}, "safe_space": {"start": 20, "departments": DEPARTMENTS}},
        parameters=LIVELY,
    ),
    "a launch and champions of some departments only": Case(
        people=60,
        settings={"champion_placement": "cluster", "seed_placement": "departments"},
        practices={
            "critical_mass": {"departments": DEPARTMENTS, "start": 10},
            "leadership_and_champions": {"departments": ("department 3",)},
        },
        parameters=LIVELY,
    ),
    "a seed share that was always there brings in nobody": Case(levers={"seed_share": 0.5}, parameters=LIVELY),
    "everybody anonymous": Case(
        people=60,
        days=130,
        levers={"anonymity_prob": 0.95, "abuse_prob": 0.3, "sanction_prob": 0.3, "culture_safety": 0.9},
        **_LIVE,
    ),
    "held, and deleted when critical": Case(
        levers={"premoderation_prob": 0.95, "moderation_deletion_prob": 0.9, "moderation_delay": 3.4}, **_LIVE
    ),
    "held for two weeks": Case(levers={"premoderation_prob": 0.9, "moderation_delay": 10.0}, **_LIVE),
    "critics are sanctioned": Case(
        levers={"sanction_prob": 0.3, "leader_deletion_prob": 0.3, "defensive_prob": 0.3, "inbox_capacity": 4.0},
        **_LIVE,
    ),
    "leaders have no time": Case(
        levers={"inbox_capacity": 0.02}, contributors=0.8, parameters=LIVELY | {"inbox_patience": 5.0}
    ),
    "leaders have all the time": Case(levers={"inbox_capacity": 10.0, "answer_prob": 0.7, "action_prob": 0.3}, **_LIVE),
    "leisure is banned": Case(levers={"leisure_permitted": 0.01}, **_LIVE),
    "many champions invite": Case(
        people=60,
        days=130,
        levers={"champion_share": 0.10, "champion_invite_rate": 10.0},
        contributors=0.4,
        parameters=LIVELY,
    ),
    "leaders echo and announce": Case(levers={"echo_rate": 8.0, "leader_post_rate": 8.0}, parameters=LIVELY),
    "every second person leads": Case(settings={"leader_share": 0.5}, **_LIVE),
    "everybody knows everybody": Case(people=20, settings={"mean_degree": 19.0}, **_LIVE),
    "hardly anybody knows anybody": Case(settings={"mean_degree": 1.0}, **_LIVE),
    "the feed shows all to all": Case(contributors=0.8, parameters=LIVELY | {"open_reach": 400.0, "attention_decay": 1.0}),
    "the feed shows nothing": Case(contributors=0.8, parameters=LIVELY | {"open_reach": 0.0}),
    "seven people by hand": Case(
        people=0, seed=3, levers={"champion_share": 0.10, "champion_invite_rate": 10.0}, days=130, **_LIVE
    ),
    "half of the staff leaves": Case(leavers=0.5, levers={"champion_share": 0.10}, **_LIVE),
    "half of the staff changes places": Case(shocks=({"kind": "reorganisation", "day": 40, "size": 0.5},), **_LIVE),
    "places are changed twice, under practices of some departments": Case(
        people=60,
        shocks=({"kind": "reorganisation", "day": 30}, {"kind": "reorganisation", "day": 45, "size": 1.0}),
        practices={
            "leadership_and_champions": {"departments": DEPARTMENTS},
            "culture_of_voice": {"departments": DEPARTMENTS, "start": 20, "ramp": 30},
        },
        **_LIVE,
    ),
    "a leader leaves and is replaced": Case(
        shocks=({"kind": "leader_leaves", "day": 30},),
        levers={"inbox_capacity": 4.0, "answer_prob": 0.7},
        contributors=0.8,
        parameters=LIVELY | {"vacancy_days": 20.0},
    ),
    "all leaders leave, one by one and at once": Case(
        settings={"leader_share": 0.2},
        shocks=({"kind": "leader_leaves", "day": 20}, {"kind": "leader_leaves", "day": 35, "size": 1.0}),
        contributors=0.8,
        parameters=LIVELY | {"vacancy_days": 30.0},
    ),
    "somebody is punished": Case(shocks=({"kind": "punishment", "day": 40, "size": 0.4},), **_LIVE),
    "nobody has voiced, so nobody is punished": Case(shocks=({"kind": "punishment", "day": 1},)),
    "a complaint goes viral": Case(
        shocks=({"kind": "viral_complaint", "day": 40, "size": 1.0},),
        levers={"culture_safety": 0.9, "premoderation_prob": 0.4, "moderation_deletion_prob": 0.4, "anonymity_prob": 0.3},
        contributors=0.8,
        parameters=LIVELY | {"complaint_urge": 4.0},
    ),
    "everything strikes on one day": Case(
        shocks=tuple({"kind": kind, "day": 42, "size": 0.6} for kind in SHOCKS), leavers=0.2, **_LIVE
    ),
    "everything strikes by hand": Case(
        people=0, seed=3, shocks=tuple({"kind": kind, "day": 30 + n} for n, kind in enumerate(SHOCKS)), **_LIVE
    ),
    "a single day": Case(days=1, **_LIVE),
}

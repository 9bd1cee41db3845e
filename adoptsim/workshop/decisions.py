"""What a team's decision means for the model, and what practices take of staff's time. No run is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MONTH_DAYS, PracticeUse, Scenario
from adoptsim.workshop.luck import luck_of
from adoptsim.workshop.plan import Decide, Workshop, offered

Practices = Mapping[str, Mapping[str, Any]]
"""What a team has decided: by practice the name of a ``strength`` and the month of its ``start``."""


def hours_a_month(name: str, people: int, leaders: int) -> int:
    """Return what a practice at full strength takes of all staff's time together, in whole hours a month."""
    hours, champions = PRACTICES[name].hours, people * PRACTICES[name].to.get("champion_share", 0.0)
    by_role = hours.per_leader * leaders + hours.per_champion * champions + hours.per_person * people
    return round(by_role + hours.fixed)


def hours_of_all(scenario: Scenario, seed: int) -> dict[str, int]:
    """Return what each practice takes in a scenario's organisation, in whole hours a month at full strength."""
    organisation = luck_of(scenario.organisation, seed).source.organisation(0)
    leaders = int(organisation.is_leader.sum())
    return {name: hours_a_month(name, organisation.n_people, leaders) for name in PRACTICES}


def prices(workshop: Workshop, number: int) -> dict[str, float]:
    """Return the practices on offer in a round with the price of each at full strength, in the unit of the budget."""
    decide, scenario = workshop.rounds[number].decide, workshop.scenario(number)
    if decide is None:
        return {}
    names = offered(decide, scenario)
    if decide.unit != "hours":
        return dict.fromkeys(names, 1.0)
    hours = hours_of_all(scenario, workshop.seed)
    return {name: float(hours[name]) for name in names}


def policy_of(scenario: Scenario, decide: Decide, practices: Practices) -> Scenario:
    """Return the scenario with what a team has decided; a practice that the scenario uses badly is put right."""
    chosen = {
        name: PracticeUse(intensity=decide.strengths[use["strength"]], start=int(use["start"]) * MONTH_DAYS)
        for name, use in practices.items()
    }
    return scenario.model_copy(update={"practices": dict(scenario.practices) | chosen})


def hours_beyond(policy: Scenario, scenario: Scenario, hours: Mapping[str, int]) -> float:
    """Return what a policy takes of staff's time beyond what the scenario does, in hours a month."""
    added = {name: use for name, use in policy.practices.items() if scenario.practices.get(name) != use}
    return sum(hours[name] * use.intensity for name, use in added.items())


def hours_of(decide: Decide, practices: Practices, hours: Mapping[str, int]) -> float:
    """Return what a decision takes of staff's time, in hours a month; the scenario's own practices left out."""
    return sum(hours[name] * decide.strengths[use["strength"]] for name, use in practices.items())

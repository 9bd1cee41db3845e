"""What a day of the plain model costs: the yardstick of the engine's speed."""

from __future__ import annotations

import time

from adoptsim.domain.organisation import generate_organisation
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario

from .plain_model import PlainModel, release


def seconds_per_person_day(n_people: int, days: int, *, seed: int = 1) -> float:
    """Return seconds a person and day of the plain model with all ten practices, setting up left out."""
    everything = {"practices": dict.fromkeys(PRACTICES, True), "horizon": {"days": days}}
    plan = Scenario.model_validate({"name": "all-ten"} | everything)
    organisation = generate_organisation(n_people, seed=seed, replicate=0)
    model = PlainModel(plan, organisation, seed=seed, replicate=0)
    model.luck(0, 0, 0)  # the first call loads the compiled draw
    start = time.perf_counter()
    for _ in range(days):
        model.step()
    spent = time.perf_counter() - start
    release(model)
    return spent / (n_people * days)

"""What time is spent on and what comes of it: hours by role against ideas and concerns answered and acted on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.intervals import mean_interval
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.engine.state import COUNT, ROLES
from adoptsim.simulation import Result, as_dict

Floats = npt.NDArray[np.float64]
HOURS = 100.0
ANSWERED = (COUNT.answered, COUNT.acted, COUNT.explained, COUNT.defensive)
"""What a leader answers in whatever way; what is acted on is among it."""


def spent(result: Result) -> dict[str, Any]:
    """Return hours a person and month by role on the platform and for practices, and what leaders did for 100 of all hours.

    Leaders' hours include dealing with contributions; practices' are everybody's who makes them happen. Of the whole run.
    """
    where = (*ROLES, "practices")
    return {
        "hours": {name: as_dict(result.interval(f"hours_{name}")) for name in where},
        "answered_per_100_hours": as_dict(mean_interval(_per_hours(result, ANSWERED))),
        "acted_per_100_hours": as_dict(mean_interval(_per_hours(result, (COUNT.acted,)))),
    }


def _per_hours(result: Result, kinds: tuple[int, ...]) -> Floats:
    """Return how many contributions met one of some outcomes for 100 hours, by run; NaN where no hour was spent."""
    done = result.counts[:, :, list(kinds)].sum(axis=(1, 2))
    months = result.scenario.horizon.days / MONTH_DAYS
    hours = result.outcome["hours_per_person_month"] * result.people * months
    return np.asarray(np.divide(HOURS * done, hours, out=np.full(len(hours), np.nan), where=hours > 0))

"""Whose hours a bundle takes: time on the platform and the practices' own work, put together by role."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.bundles import Bundles
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.policy import make_policy
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario

Floats = npt.NDArray[np.float64]
WHOSE = ("leaders", "champions", "employees", "organisers")
"""Organisers do the practices' fixed work; whoever they are, it is counted as theirs."""
PLATFORM = {"leaders": "hours_leader", "champions": "hours_champion", "employees": "hours_employee"}
MEASURED = (*PLATFORM.values(), "hours_practices", "hours_per_person_month")


def hours_by_role(bundles: Bundles, scenario: Scenario, organisation: Organisation) -> dict[str, Floats]:
    """Return whose hours each bundle takes, an hour a person of the organisation and month.

    Parameters
    ----------
    scenario
        With every practice of the bundles in use; other practices it uses are in every bundle.
    organisation
        Any replicate's: only the number of people, of leaders and of people in departments count.

    Returns
    -------
    dict
        float64[2**n, replicates] by role; together all hours. What leaders, employees and organisers do for practices
        follows from the practices; the rest is the champions'.
    """
    asked = _asked(bundles, scenario, organisation)
    hours = {whose: asked[whose][:, None] for whose in WHOSE if whose != "champions"}
    hours["champions"] = np.maximum(0.0, bundles.outcome["hours_practices"] - sum(hours.values()))  # no -0.0 by rounding
    shape = bundles.outcome["hours_practices"].shape
    platform = {whose: bundles.outcome[name] for whose, name in PLATFORM.items()}
    return {whose: np.asarray(np.broadcast_to(hours[whose] + platform.get(whose, 0.0), shape)) for whose in WHOSE}


def _asked(bundles: Bundles, scenario: Scenario, organisation: Organisation) -> dict[str, Floats]:
    """Return what the practices ask of each role but champions, float64[2**n]: an hour a person and month of the run."""
    policy = make_policy(scenario, organisation.department_names, np.diff(organisation.department_start))
    leaders = organisation.is_leader.sum() / organisation.n_people
    asked = {whose: np.zeros(bundles.whole + 1) for whose in WHOSE if whose != "champions"}
    every = np.arange(bundles.whole + 1)
    for name, intensity in policy.intensity.items():
        each, share = PRACTICES[name].hours, policy.share_of_staff[name]
        is_on = (every >> bundles.practices.index(name)) & 1 if name in bundles.practices else np.ones_like(every)
        strength = float(intensity.mean()) * is_on
        asked["leaders"] += strength * share * each.per_leader * leaders
        asked["employees"] += strength * share * each.per_person
        asked["organisers"] += strength * each.fixed / organisation.n_people
    return asked

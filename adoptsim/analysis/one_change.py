"""A policy changed in one thing: each practice in use left out, each other one added; paired with the policy itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adoptsim.analysis.bundles import practices_in_use, run_policies
from adoptsim.analysis.shares import difference
from adoptsim.compare import beyond_luck
from adoptsim.domain.intervals import Interval, mean_interval, proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import PracticeUse, Scenario
from adoptsim.simulation import REPLICATES, SEED, as_dict

MEASURES = ("reached", "contributors", "hours_per_person_month")


@dataclass(frozen=True)
class Change:
    """One practice left out or added: the policy's probability of critical mass then, and by how much measures change."""

    practice: str
    reached: Interval
    difference: dict[str, Interval]

    def summary(self) -> dict[str, Any]:
        """Return the change as plain data."""
        changes = {name: as_dict(found) | {"beyond_luck": beyond_luck(found)} for name, found in self.difference.items()}
        return {
            "practice": self.practice,
            "number": PRACTICES[self.practice].number,
            "reached": as_dict(self.reached),
            "difference": changes,
        }


@dataclass(frozen=True)
class OneChange:
    """A policy and its neighbours: ``dropped`` with the greatest loss first, ``added`` with the greatest gain first."""

    scenario: Scenario
    n_replicates: int
    seed: int
    policy: dict[str, Interval]
    dropped: tuple[Change, ...]
    added: tuple[Change, ...]

    def summary(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "seed": self.seed,
            "replicates": self.n_replicates,
            "threshold": self.scenario.critical_mass.threshold,
            "policy": {name: as_dict(found) for name, found in self.policy.items()},
            "dropped": [change.summary() for change in self.dropped],
            "added": [change.summary() for change in self.added],
        }


def drop_one(
    scenario: Scenario,
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> OneChange:
    """Return what changes if one practice is left out, or one more is added at full strength from the first day.

    ``progress`` is called, from the threads, with the number of runs done, of 11 times ``replicates``.
    """
    used = practices_in_use(scenario)
    names = [*used, *(name for name in PRACTICES if name not in used)]
    policies = [scenario, *(_changed(scenario, name, is_used=name in used) for name in names)]
    outcome = run_policies(scenario, policies, replicates, seed=seed, threads=threads, progress=progress)
    changes = {
        name: Change(
            name,
            proportion_interval(outcome["reached"][place]),
            {measure: difference(measure, outcome[measure][place], outcome[measure][0]) for measure in MEASURES},
        )
        for place, name in enumerate(names, start=1)
    }
    return OneChange(
        scenario=scenario,
        n_replicates=replicates,
        seed=seed,
        policy={name: (proportion_interval if name == "reached" else mean_interval)(outcome[name][0]) for name in MEASURES},
        dropped=tuple(sorted((changes[name] for name in used), key=_gain)),
        added=tuple(sorted((changes[name] for name in names if name not in used), key=_gain, reverse=True)),
    )


def _changed(scenario: Scenario, practice: str, *, is_used: bool) -> Scenario:
    """Return the scenario without a practice it uses, or with one that it doesn't."""
    others = {name: use for name, use in scenario.practices.items() if name != practice}
    if is_used:
        return scenario.model_copy(update={"practices": others})
    return scenario.model_copy(update={"practices": others | {practice: PracticeUse()}})


def _gain(change: Change) -> tuple[float, float]:
    """Return what ranks a change: the probability, then contributors; one that cannot be judged by contributors alone."""
    reached = change.difference["reached"].value
    return (reached if reached == reached else 0.0, change.difference["contributors"].value)

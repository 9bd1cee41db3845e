"""A policy changed in one thing: a practice in use left out or at full strength, or another added; in pairs with it."""

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
    """One practice changed: the policy's probability of critical mass then, and by how much measures change."""

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
    """A policy and its neighbours.

    ``dropped``: each practice in use left out, the greatest loss first. ``raised``: each that is used at less than full
    strength brought to it; ``added``: each other one at full strength from the first day; the greatest gain first.
    """

    scenario: Scenario
    n_replicates: int
    seed: int
    policy: dict[str, Interval]
    dropped: tuple[Change, ...]
    raised: tuple[Change, ...]
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
            "raised": [change.summary() for change in self.raised],
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
    """Return what changes if one practice is left out, brought to full strength, or added.

    ``progress`` is called, from the threads, with the number of runs done of `n_runs`.
    """
    changed = _neighbours(scenario)
    policies = [scenario, *changed.values()]
    outcome = run_policies(scenario, policies, replicates, seed=seed, threads=threads, progress=progress)
    found: dict[str, list[Change]] = {"dropped": [], "raised": [], "added": []}
    for place, (how, name) in enumerate(changed, start=1):
        differences = {measure: difference(measure, outcome[measure][place], outcome[measure][0]) for measure in MEASURES}
        found[how].append(Change(name, proportion_interval(outcome["reached"][place]), differences))
    level = {name: proportion_interval if name == "reached" else mean_interval for name in MEASURES}
    return OneChange(
        scenario=scenario,
        n_replicates=replicates,
        seed=seed,
        policy={name: level[name](outcome[name][0]) for name in MEASURES},
        dropped=tuple(sorted(found["dropped"], key=_gain)),
        raised=tuple(sorted(found["raised"], key=_gain, reverse=True)),
        added=tuple(sorted(found["added"], key=_gain, reverse=True)),
    )


def n_runs(scenario: Scenario, replicates: int) -> int:
    """Return how many runs `drop_one` makes."""
    return (1 + len(_neighbours(scenario))) * replicates


def _neighbours(scenario: Scenario) -> dict[tuple[str, str], Scenario]:
    """Return the scenario changed in one practice, by how and which."""
    used = practices_in_use(scenario)
    others = {name: {key: use for key, use in scenario.practices.items() if key != name} for name in PRACTICES}
    uses = {("dropped", name): others[name] for name in used}
    weak = [name for name in used if scenario.practices[name].intensity < 1.0 and not scenario.practices[name].misused]
    for name in weak:
        uses["raised", name] = others[name] | {name: scenario.practices[name].model_copy(update={"intensity": 1.0})}
    for name in PRACTICES:
        if name not in used:
            uses["added", name] = others[name] | {name: PracticeUse()}
    return {which: scenario.model_copy(update={"practices": practices}) for which, practices in uses.items()}


def _gain(change: Change) -> tuple[float, float]:
    """Return what ranks a change: the probability, then contributors; one that cannot be judged by contributors alone."""
    reached = change.difference["reached"].value
    return (reached if reached == reached else 0.0, change.difference["contributors"].value)

"""Hysteresis: whether a setting raised slowly and lowered again within one run leads the network back the same way.

The only thing that changes within a run is the table of the levers by day: the setting moves in steps, each held for
some months, and the state goes on from step to step. Done again at twice the pace: a gap that is mere delay grows then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.living import LEAST_LIVING, left_alone, living_share
from adoptsim.analysis.settings import Axis, with_level
from adoptsim.domain.intervals import Interval, mean_interval
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.policy import Policy
from adoptsim.domain.scenario import MONTH_DAYS, Scenario
from adoptsim.engine.state import CURSOR
from adoptsim.simulation import MOST_ROOM, SEED, OrganisationSource, Simulator, as_dict, model_version
from adoptsim.validation.measure import in_parallel

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
REPLICATES = 32
STEPS = 9
HELD_DAYS = 6 * MONTH_DAYS
PACES = (1, 2)
"""How much faster than ``HELD_DAYS`` a step; the first is the answer, the others tell delay from hysteresis."""


@dataclass(frozen=True)
class Hysteresis:
    """Both branches: ``up`` and ``down``, float64[paces, replicates, STEPS], by the level from low to high.

    Shares of employees who contributed in the last month of a step.
    """

    scenario: Scenario
    seed: int
    axis: Axis
    levels: Floats
    up: Floats
    down: Floats
    held_days: int = HELD_DAYS

    def branch(self, values: Floats, step: int, pace: int = 0) -> Interval:
        """Return the mean share of a step with its interval."""
        return _within(mean_interval(values[pace, :, step]), 0.0, 1.0)

    def gap(self, step: int, pace: int = 0) -> Interval:
        """Return by how much the way down lies above the way up at a level, in pairs."""
        return mean_interval(self.down[pace, :, step] - self.up[pace, :, step])

    def mean_gap(self, pace: int = 0) -> Interval:
        """Return the gap on average over the levels: the area between the branches over the width of the range."""
        area = np.trapezoid(self.down[pace] - self.up[pace], np.linspace(0.0, 1.0, len(self.levels)), axis=1)
        return mean_interval(area)

    def widest(self) -> int:
        """Return the step with the largest gap."""
        return int(np.argmax([self.gap(step).value for step in range(len(self.levels))]))

    def living(self, values: Floats) -> list[float]:
        """Return the share of runs that live at each level."""
        return [float(share) for share in (values[0] >= LEAST_LIVING).mean(axis=0)]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return one row a pace, replicate, level and direction."""
        import pandas as pd

        rows = [
            {
                "held_days": self.held_days // faster,
                "replicate": run,
                self.axis.target: level,
                "direction": direction,
                "share": values[pace, run, step],
            }
            for pace, faster in enumerate(PACES)
            for direction, values in (("up", self.up), ("down", self.down))
            for run in range(values.shape[1])
            for step, level in enumerate(self.levels)
        ]
        return pd.DataFrame(rows)

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim tipping --hysteresis`` prints, as plain data."""
        steps = [
            {
                "level": float(level),
                "up": as_dict(self.branch(self.up, step)),
                "down": as_dict(self.branch(self.down, step)),
                "gap": as_dict(self.gap(step)),
                "living_up": self.living(self.up)[step],
                "living_down": self.living(self.down)[step],
            }
            for step, level in enumerate(self.levels)
        ]
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replicates": self.up.shape[1],
            "target": self.axis.target,
            "held_days": self.held_days,
            "model_version": model_version(),
            "mean_gap": as_dict(self.mean_gap()),
            "mean_gap_at_twice_the_pace": as_dict(self.mean_gap(1)),
            "steps": steps,
        }


def hysteresis(
    scenario: Scenario,
    axis: Axis,
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Hysteresis:
    """Return both branches of a scenario left alone while one setting rises and falls; begun by the scenario's starters."""
    levels = [float(axis.range.level(step / (STEPS - 1))) for step in range(STEPS)]
    way = [*levels, *levels[-2::-1]]
    source = OrganisationSource(scenario.organisation, seed)
    stairs = [Staircase(scenario, axis.target, way, HELD_DAYS // pace, seed=seed, source=source) for pace in PACES]
    tasks = [(pace, run) for pace in range(len(PACES)) for run in range(replicates)]
    found = in_parallel(lambda task: stairs[task[0]].shares(task[1]), tasks, threads, progress)
    shares = np.array(found).reshape(len(PACES), replicates, len(way))
    down = shares[:, :, : STEPS - 2 : -1]  # from low to high as well; the top step belongs to both
    return Hysteresis(scenario, seed, axis, np.array(levels), shares[:, :, :STEPS], down)


class Staircase(Simulator):
    """A scenario left alone whose levers move in steps within a run."""

    def __init__(
        self,
        scenario: Scenario,
        target: str,
        way: Sequence[float],
        held_days: int,
        *,
        seed: int,
        source: OrganisationSource,
    ) -> None:
        alone = left_alone(scenario, held_days * len(way))
        begun = alone.model_copy(update={"start": scenario.start})
        super().__init__(begun, seed=seed, source=source)
        self.held_days = held_days
        self.steps = [Simulator(with_level(begun, target, level), seed=seed, source=source) for level in way]

    def policy(self, organisation: Organisation) -> Policy:
        """Return the levers by day: those of each step for as long as it is held."""
        policies = [step.policy(organisation) for step in self.steps]
        table = np.repeat(np.stack([policy.table[0] for policy in policies]), self.held_days, axis=0)
        first = policies[0]
        return Policy(table, first.before, first.group_of_department, {}, {})

    def shares(self, replicate: int) -> list[float]:
        """Return the share of employees who contribute in the last month of each step."""
        room = 1
        while room <= MOST_ROOM:
            world, policy = self.start(replicate, room=room)
            shares = []
            for first in range(0, len(policy.table), self.held_days):
                self.advance(world, policy, first, first + self.held_days)
                shares.append(living_share(world, first + self.held_days))
            if not world.cursor[CURSOR.overflow]:
                return shares
            room *= 2
        raise RuntimeError(f"replicate {replicate} of {self.scenario.name}: more threads than memory was made for")


def _within(interval: Interval, low: float, high: float) -> Interval:
    return Interval(interval.value, *(float(bound) for bound in np.clip((interval.low, interval.high), low, high)))

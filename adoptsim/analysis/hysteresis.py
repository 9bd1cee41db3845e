"""Hysteresis: whether a setting raised slowly and lowered again within one run leads the network back the same way.

The only thing that changes within a run is the table of the levers by day: the setting moves in steps, each held for
some months, and the state goes on from step to step. Done again at a quarter of the pace: a gap that is mere delay shrinks
then, by at least as much as `delay_left` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
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
HELD_DAYS = (6 * MONTH_DAYS, 24 * MONTH_DAYS)
"""How long a level is held: the first is the answer, the second tells delay from hysteresis."""
SLOWEST_DAYS = 24 * MONTH_DAYS
"""The longest that a network is taken to need for two thirds of its way (design): left alone, it is still in four years."""


@dataclass(frozen=True)
class Hysteresis:
    """Both branches: ``up`` and ``down``, float64[len(HELD_DAYS), replicates, STEPS], by the level from low to high.

    Shares of employees who contributed in the last month of a step.
    """

    scenario: Scenario
    seed: int
    axis: Axis
    levels: Floats
    up: Floats
    down: Floats

    def branch(self, values: Floats, step: int, pace: int = 0) -> Interval:
        """Return the mean share of a step with its interval."""
        return _within(mean_interval(values[pace, :, step]), 0.0, 1.0)

    def gap(self, step: int, pace: int = 0) -> Interval:
        """Return by how much the way down lies above the way up at a level, in pairs."""
        return mean_interval(self.down[pace, :, step] - self.up[pace, :, step])

    def mean_gap(self, pace: int = 0) -> Interval:
        """Return the gap on average over the levels: the area between the branches over the width of the range."""
        return mean_interval(mean_gaps(self.up[pace], self.down[pace]))

    def beyond_delay(self) -> Interval:
        """Return by how much the slow gap exceeds what the quick one would leave of mere delay, in pairs.

        Above 0 for sure: no delay of the slowest plausible kind explains the gap (see `delay_left`).
        """
        quick, slow = (mean_gaps(up, down) for up, down in zip(self.up, self.down, strict=True))
        return mean_interval(slow - delay_left() * quick)

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
                "held_days": held_days,
                "replicate": run,
                self.axis.target: level,
                "direction": direction,
                "share": values[pace, run, step],
            }
            for pace, held_days in enumerate(HELD_DAYS)
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
            "held_days": HELD_DAYS[0],
            "model_version": model_version(),
            "mean_gap": as_dict(self.mean_gap()),
            "slow": {
                "held_days": HELD_DAYS[1],
                "mean_gap": as_dict(self.mean_gap(1)),
                "delay_would_leave": delay_left() * self.mean_gap().value,
                "beyond_delay": as_dict(self.beyond_delay()),
            },
            "steps": steps,
        }


def mean_gaps(up: Floats, down: Floats) -> Floats:
    """Return the gap of each run on average over the levels, of float64[..., STEPS] up and down."""
    return np.asarray(np.trapezoid(down - up, np.linspace(0.0, 1.0, up.shape[-1]), axis=-1))


def first_order(held_days: int, settling_days: float, settles_at: Floats) -> tuple[Floats, Floats]:
    """Return both branches of mere delay, float64[STEPS] each: x' = (e - x) / settling_days, begun at 0.

    ``settles_at``: e of each level, where the network would stay if the level were held for ever.
    """
    stays, share, shares = np.exp(-held_days / settling_days), 0.0, []
    for goal in [*settles_at, *settles_at[-2::-1]]:
        share = goal + (share - goal) * stays
        shares.append(share)
    return np.array(shares[: len(settles_at)]), np.array(shares[: len(settles_at) - 2 : -1])


@cache
def delay_left() -> float:
    """Return the most that mere delay can leave of the quick gap when levels are held as long as in the slow one.

    Of any network that moves towards a level's own share, higher at higher levels, at rates that do not hang on where it is,
    none slower than `SLOWEST_DAYS`. What such a network does is a sum of answers to single steps up, so its gap is a sum of
    theirs, and the ratio of the sums is at most the largest of the ratios; slower rates give larger ones.
    """
    ratios = []
    for first in range(STEPS):
        step = (np.arange(STEPS) >= first).astype(np.float64)
        quick, slow = (float(mean_gaps(*first_order(held, SLOWEST_DAYS, step))) for held in HELD_DAYS)
        ratios.append(slow / quick)
    return max(ratios)


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
    stairs = [Staircase(scenario, axis.target, way, held, seed=seed, source=source) for held in HELD_DAYS]
    tasks = [(pace, run) for pace in reversed(range(len(HELD_DAYS))) for run in range(replicates)]  # the long ones first
    found = in_parallel(lambda task: stairs[task[0]].shares(task[1]), tasks, threads, progress)
    shares = np.array(found).reshape(len(HELD_DAYS), replicates, len(way))[::-1]
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

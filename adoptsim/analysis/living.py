"""What it means that a network lives by itself: the scenario left alone, its runs, and the share that tells.

Law of the module: a run is named by a number. Numbers below ``LUCKS_APART`` are the replicates of ``simulate``; adding
multiples of it gives the same people and ties other luck.
"""

from __future__ import annotations

import copy
import threading

import numpy as np
import numpy.typing as npt

from adoptsim.domain.scenario import MONTH_DAYS, OrganisationSpec, PracticeUse, Scenario, SeedPlacement
from adoptsim.engine.state import LEFT, MARK, MEMBER, PLACE, TALLY, World
from adoptsim.simulation import OrganisationSource, Simulator

LEAST_LIVING = 0.075
"""Employees who contribute in a month, below which no network lives. Among networks of the shipped scenarios, begun by
nobody to everybody and left alone for four years, hardly any has between 6 and 9 %: dead ones less, living ones more."""
OF_WHAT_EVERYBODY_BEGINS = 0.5
OF_CRITICAL_MASS = 0.5
"""A network lives with half of the contributors that it has when everybody begins, and always with half of critical mass."""
EVERYBODY = 1.0
ALONE_DAYS = 1008
"""Four years: after two, networks that die in the end still have the last of their contributors."""
LEAVING_DAY = 252
LUCKS_APART = 2**20


def left_alone(scenario: Scenario, days: int = ALONE_DAYS) -> Scenario:
    """Return the scenario without its launch and whatever else ends: its standing practices alone, from day 0 on."""
    standing = {
        name: _from_the_start(use, days)
        for name, use in scenario.practices.items()
        if scenario.practice_end(name) >= scenario.horizon.days
    }
    return scenario.model_copy(
        update={
            "practices": standing,
            "horizon": scenario.horizon.model_copy(update={"days": days}),
            "start": scenario.start.model_copy(update={"contributors": 0.0}),
            "leavers": scenario.leavers.model_copy(update={"share": 0.0, "day": LEAVING_DAY}),
        }
    )


def _from_the_start(use: PracticeUse, days: int) -> PracticeUse:
    return use.model_copy(update={"start": 0, "ramp": 0, "end": days})


def living_share(world: World, end: int) -> float:
    """Return the share of employees still there who contributed in the month before working day ``end``.

    Leaders are left out: they post on duty wherever practices make them, and would make a dead network look alive.
    """
    staff = (world.place[PLACE.is_leader] == 0) & (world.mark[MARK.membership] != LEFT)
    return _mean(world.tally[TALLY.last_contribution][staff] >= end - MONTH_DAYS)


def ever_looked(world: World) -> float:
    """Return the share of employees who have looked and not left."""
    return _mean(world.mark[MARK.membership][world.place[PLACE.is_leader] == 0] == MEMBER)


def _mean(flags: npt.NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 0.0


class SamePeople(OrganisationSource):
    """Organisations by replicate; run numbers that differ by ``LUCKS_APART`` share one, with the same people in it."""

    def organisation(self, replicate: int):  # type: ignore[no-untyped-def]
        """Return the organisation of a run."""
        return super().organisation(replicate % LUCKS_APART)

    def traits(self, replicate: int, parameters):  # type: ignore[no-untyped-def]
        """Return the traits and membership of a run's people."""
        return super().traits(replicate % LUCKS_APART, parameters)


class Trials:
    """Runs of a scenario left alone, begun by any share of staff, with any share leaving later; from any thread."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int,
        days: int = ALONE_DAYS,
        source: SamePeople | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self._stop = stop
        alone = left_alone(scenario, days)
        self.days, self.critical_share = days, scenario.critical_mass.threshold
        self._levels: dict[int, float] = {}
        self.simulator = Simulator(alone, seed=seed, source=source or SamePeople(alone.organisation, seed))

    def share(self, run: int, *, start: float, leavers: float = 0.0) -> float:
        """Return the share of employees still there who contribute in the last month."""
        simulator = copy.copy(self.simulator)  # shares the practices by day and the organisations, which stay the same
        alone = simulator.scenario
        simulator.scenario = alone.model_copy(
            update={
                "start": alone.start.model_copy(update={"contributors": start}),
                "leavers": alone.leavers.model_copy(update={"share": leavers}),
            }
        )
        return living_share(simulator.run(run, stop=self._stop), self.days)

    def level(self, run: int) -> float:
        """Return the share when everybody begins, the most that this run's people and luck make of the practices."""
        if run not in self._levels:
            self._levels[run] = self.share(run, start=EVERYBODY)
        return self._levels[run]

    def lives(self, run: int, *, start: float, leavers: float = 0.0) -> bool:
        """Return whether the network lives at the end."""
        whole = start == EVERYBODY and leavers == 0.0
        share = self.level(run) if whole else self.share(run, start=start, leavers=leavers)
        return share >= living_threshold(self.level(run), self.critical_share)


def living_threshold(level: float, critical_share: float) -> float:
    """Return the share of employees from which a network lives, whose ``level`` is its share when everybody begins."""
    return max(LEAST_LIVING, min(OF_WHAT_EVERYBODY_BEGINS * level, OF_CRITICAL_MASS * critical_share))


def placed(spec: OrganisationSpec, placement: SeedPlacement) -> OrganisationSpec:
    """Return the organisation with those who begin placed otherwise: the same people and ties."""
    return spec.model_copy(update={"seed_placement": placement})

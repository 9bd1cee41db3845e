"""Two scenarios of one organisation under one luck, watched day by day. Watching neither draws nor writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from adoptsim.domain.organisation import Organisation
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.state import CURSOR, MARK, TALLY, World
from adoptsim.simulation import MOST_ROOM, OrganisationSource, Simulator


class Watcher(Protocol):
    """Is shown both worlds after every day, and says when it has seen enough."""

    def __call__(self, day: int, first: World, second: World) -> bool:
        """Look at the end of a day; day -1 is before the first. Return whether that was enough."""


Seen = TypeVar("Seen", bound=Watcher)


class Pair:
    """Two scenarios that share organisation, parameters and days, so that the same people meet the same luck."""

    def __init__(self, first: Scenario, second: Scenario, *, seed: int) -> None:
        """Raise ``ValueError`` when the two differ in more than policy: then nothing is paired."""
        if _people_and_time(first) != _people_and_time(second):
            raise ValueError("the scenarios differ in more than policy: organisation, parameters and days must be the same")
        self.first, self.second, self.seed = first, second, seed
        self.source = OrganisationSource(first.organisation, seed)
        self.simulators = tuple(Simulator(scenario, seed=seed, source=self.source) for scenario in (first, second))

    @property
    def days(self) -> int:
        """Return over how many working days both go."""
        return self.first.horizon.days

    def organisation(self, replicate: int) -> Organisation:
        """Return the organisation that both meet."""
        return self.source.organisation(replicate)

    def watch(self, replicate: int, make: Callable[[], Seen], *, n_log: int = 0) -> Seen:
        """Return a watcher that has seen both runs of a replicate; room for threads grows until it is enough.

        ``make`` is called for each attempt: a watcher has seen one attempt only.
        """
        room = 1
        while room <= MOST_ROOM:
            watcher = make()
            if self._shown(replicate, watcher, room, n_log):
                return watcher
            room *= 2
        raise RuntimeError(f"replicate {replicate} of {self.first.name}: more threads than memory was made for")

    def _shown(self, replicate: int, watcher: Watcher, room: int, n_log: int) -> bool:
        """Show every day to a watcher; return whether there was room for all threads."""
        started = [simulator.start(replicate, room=room, n_log=n_log) for simulator in self.simulators]
        worlds = [world for world, _ in started]
        enough = watcher(-1, *worlds)
        for day in range(self.days):
            if enough:
                break
            for simulator, (world, policy) in zip(self.simulators, started, strict=True):
                simulator.advance(world, policy, day, day + 1)
            if any(world.cursor[CURSOR.overflow] for world in worlds):
                return False
            enough = watcher(day, *worlds)
        return True


def _people_and_time(scenario: Scenario) -> tuple[Any, ...]:
    return scenario.organisation, scenario.parameters, scenario.horizon.days


def differs_today(first: World, second: World) -> npt.NDArray[np.bool_]:
    """Return whose record of the day differs, shape (N,).

    The record: whether somebody looked, what became of something to say, and contributions so far. What people feel
    and expect is not in it: a practice may move that in everybody on its first day, and nobody would see it.
    """
    one, other = first.mark, second.mark
    looked = one[MARK.visited] != other[MARK.visited]
    spoke = (one[MARK.spoke] != other[MARK.spoke]) & (one[MARK.visited] == 1)
    contributed = (first.tally[TALLY.posts : TALLY.reactions + 1] != second.tally[TALLY.posts : TALLY.reactions + 1]).any(0)
    return np.asarray(looked | spoke | contributed)

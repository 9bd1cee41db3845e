"""Runs that all of a workshop's policies share: the same people and the same luck, each run made once and kept."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from adoptsim.domain.scenario import OrganisationSpec, Scenario
from adoptsim.engine.state import COUNT
from adoptsim.simulation import OrganisationSource, Simulator, Stopped, n_threads

Floats = npt.NDArray[np.float64]
MOST_KEPT = 20_000  # some 5 kB each
KEPT_LUCKS = 4


class Run(NamedTuple):
    """One finished run: its outcomes by name, and contributors as a share of staff, float32[days]."""

    outcome: dict[str, float]
    contributors: npt.NDArray[np.float32]


class Luck:
    """Runs of policies for one organisation under one seed; what has been run is not run again."""

    def __init__(self, spec: OrganisationSpec, seed: int) -> None:
        self.source, self.seed = OrganisationSource(spec, seed), seed
        self._kept: dict[tuple[str, int], Run] = {}
        self._lock = threading.Lock()

    @property
    def people(self) -> int:
        """Return how many people the organisation has."""
        return self.source.organisation(0).n_people

    def run(
        self,
        wanted: Iterable[tuple[Scenario, Sequence[int]]],
        *,
        stop: threading.Event | None = None,
        threads: int | None = None,
    ) -> None:
        """Make the runs of policies, each for some replicates, that have not been made; ``Stopped`` once asked to stop."""
        stop = stop or threading.Event()
        jobs: dict[tuple[str, int], Simulator] = {}
        for scenario, replicates in wanted:
            key = scenario.digest()
            missing = [number for number in replicates if (key, number) not in self._kept]
            simulator = Simulator(scenario, seed=self.seed, source=self.source) if missing else None
            jobs |= {(key, number): simulator for number in missing if simulator is not None}
        # replicate by replicate: an organisation is made once and serves all policies while it is at hand
        in_order = sorted(jobs, key=lambda job: job[1])
        with ThreadPoolExecutor(n_threads(threads), thread_name_prefix="workshop") as pool:
            for job, run in zip(in_order, pool.map(lambda job: _one(jobs[job], job[1], stop), in_order), strict=True):
                self._keep(job, run)
        if stop.is_set():
            raise Stopped

    def outcome(self, scenario: Scenario, name: str, replicates: Sequence[int]) -> Floats:
        """Return an outcome of runs that have been made, float64[replicates]."""
        key = scenario.digest()
        return np.array([self._kept[key, number].outcome[name] for number in replicates])

    def contributors(self, scenario: Scenario, replicates: Sequence[int]) -> Floats:
        """Return contributors as a share of staff in runs that have been made, float64[replicates, days]."""
        key = scenario.digest()
        return np.stack([self._kept[key, number].contributors for number in replicates]).astype(np.float64)

    def _keep(self, job: tuple[str, int], run: Run | None) -> None:
        if run is None:
            return
        with self._lock:
            self._kept[job] = run

    def forget(self) -> None:
        """Forget all runs once they are many; called between rounds only."""
        with self._lock:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()


def _one(simulator: Simulator, replicate: int, stop: threading.Event) -> Run | None:
    """Return one run; None once asked to stop."""
    if stop.is_set():
        return None
    try:
        world = simulator.run(replicate, stop=stop)
    except Stopped:
        return None
    share = world.counts[:, COUNT.contributors] / world.place.shape[1]
    return Run(simulator.outcomes(world), share.astype(np.float32))


@lru_cache(maxsize=KEPT_LUCKS)
def luck_of(spec: OrganisationSpec, seed: int) -> Luck:
    """Return the luck that an organisation has under a seed; the same object for whoever asks."""
    return Luck(spec, seed)

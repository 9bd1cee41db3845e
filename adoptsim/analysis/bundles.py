"""All bundles of some practices with what came of them, replicate by replicate: from a sweep, or run for a scenario."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.outcomes import outcomes
from adoptsim.simulation import KEPT_PEOPLE, SEED, OrganisationSource, Simulator, n_threads

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Progress = Callable[[int], None]
PREFIX = "practices."


@dataclass(frozen=True)
class Bundles:
    """All 2**n bundles of n practices, under the same people and luck.

    Bit i of a bundle's number says whether ``practices[i]`` is in it; ``outcome[name]`` is float64[2**n, replicates];
    ``always``: other practices, in place whatever the bundle.
    """

    practices: tuple[str, ...]
    outcome: dict[str, Floats]
    always: tuple[str, ...] = ()

    @property
    def n_replicates(self) -> int:
        """Return how many replicates each bundle has."""
        return int(self.outcome["reached"].shape[1])

    @property
    def whole(self) -> int:
        """Return the number of the bundle that has every practice."""
        return (1 << len(self.practices)) - 1

    def members(self, bundle: int) -> tuple[str, ...]:
        """Return the practices in a bundle."""
        return tuple(name for bit, name in enumerate(self.practices) if bundle >> bit & 1)

    def in_place(self, bundle: int) -> tuple[str, ...]:
        """Return the practices in place with a bundle, those of every bundle among them, in the practices' order."""
        known = {*self.members(bundle), *self.always}
        return tuple(name for name in PRACTICES if name in known)


def bundles_of_sweep(runs: pd.DataFrame) -> Bundles | None:
    """Return the bundles of a sweep that switches practices on and off in every combination and nothing else, or None.

    ``runs`` as `adoptsim.sweeps.results.load_runs` has it. Replicates that some bundle has not finished are left out.
    """
    factors = list(runs.attrs["factors"])
    names = [name.removeprefix(PREFIX) for name in factors]
    if not all(name in PRACTICES and runs[factor].dtype == bool for name, factor in zip(names, factors, strict=True)):
        return None
    order = sorted(range(len(names)), key=lambda place: PRACTICES[names[place]].number)
    bits = runs[[factors[place] for place in order]].to_numpy(dtype=np.int64)
    bundle = bits @ (1 << np.arange(len(order)))
    sizes = runs.groupby("replicate").size()
    complete = sizes.index[sizes == 1 << len(order)]
    if complete.empty or len(np.unique(bundle)) != 1 << len(order):
        return None
    kept = runs.assign(bundle=bundle)[runs["replicate"].isin(complete)].sort_values(["bundle", "replicate"], kind="stable")
    first = runs.columns.get_loc("replicate")
    measured = runs.columns[int(first) + 1 :]  # type: ignore[arg-type]  # one column is called so
    shape = (1 << len(order), len(complete))
    outcome = {str(name): kept[name].to_numpy(dtype=np.float64).reshape(shape) for name in measured}
    always = tuple(name for name in runs.attrs["base_practices"] if name not in names)
    return Bundles(tuple(names[place] for place in order), outcome, always)


def practices_in_use(scenario: Scenario) -> tuple[str, ...]:
    """Return the practices that a scenario uses, in the practices' own order."""
    return tuple(name for name in PRACTICES if name in scenario.practices and scenario.practices[name].intensity > 0)


def with_only(scenario: Scenario, practices: Sequence[str]) -> Scenario:
    """Return a scenario with some of its practices, each used as before, and none of the others."""
    return scenario.model_copy(update={"practices": {name: scenario.practices[name] for name in practices}})


def run_bundles(
    scenario: Scenario,
    *,
    replicates: int | Sequence[int],
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Bundles:
    """Return all bundles of the practices in use, each practice used as the scenario uses it.

    ``progress`` is called with the number of runs done, of 2**n times ``replicates``; see `run_policies`.
    """
    used = practices_in_use(scenario)
    bundles = Bundles(used, {})
    wanted = [with_only(scenario, bundles.members(bundle)) for bundle in range(bundles.whole + 1)]
    found = run_policies(scenario, wanted, replicates, seed=seed, threads=threads, progress=progress, stop=stop)
    return Bundles(used, found)


def run_policies(
    scenario: Scenario,
    policies: Sequence[Scenario],
    replicates: int | Sequence[int],
    *,
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> dict[str, Floats]:
    """Return the outcomes of policies for a scenario's organisation, float64[policies, replicates] by name.

    All have the same people and luck, and all are judged on the day on which the scenario is: a practice that is left
    out does not move the end of launch support. ``replicates``: how many, or which. Raises ``Stopped`` soon after
    ``stop`` is set.
    """
    numbers = range(replicates) if isinstance(replicates, int) else replicates
    work = _Work(scenario, seed, progress, stop)
    size = max(1, KEPT_PEOPLE // work.source.organisation(0).n_people)
    blocks = [numbers[first : first + size] for first in range(0, len(numbers), size)]
    with ThreadPoolExecutor(n_threads(threads), thread_name_prefix="bundles") as pool:
        waiting = [[pool.submit(work.runs, policy, block) for policy in policies] for block in blocks]
        try:
            found = [[future.result() for future in block] for block in waiting]
        except BaseException:
            work.stop.set()
            _cancel(waiting)
            raise
    names = list(found[0][0][0])
    by_block = [{name: np.array([[run[name] for run in runs] for runs in block]) for name in names} for block in found]
    return {name: np.concatenate([block[name] for block in by_block], axis=1) for name in names}


def _cancel(waiting: Sequence[Sequence[Future[list[dict[str, float]]]]]) -> None:
    for block in waiting:
        for future in block:
            future.cancel()


class _Work:
    """What the threads share: the organisations, the day of judgement, the count of runs done, the sign to stop."""

    def __init__(self, scenario: Scenario, seed: int, tell: Progress | None, stop: threading.Event | None) -> None:
        self.source = OrganisationSource(scenario.organisation, seed)
        self.check_day = scenario.support_end + scenario.critical_mass.after_support_days
        self.stop = stop or threading.Event()
        self._seed, self._tell, self._done, self._lock = seed, tell, 0, threading.Lock()

    def runs(self, policy: Scenario, replicates: Sequence[int]) -> list[dict[str, float]]:
        """Return the outcomes of one policy; raises ``Stopped`` once asked to stop."""
        simulator = Simulator(policy, seed=self._seed, source=self.source)
        return [self._one(simulator, replicate) for replicate in replicates]

    def _one(self, simulator: Simulator, replicate: int) -> dict[str, float]:
        world, rule = simulator.run(replicate, stop=self.stop), simulator.scenario.critical_mass
        values = outcomes(world, threshold=rule.threshold, held_days=rule.held_days, check_day=self.check_day)
        values |= simulator.hours(world)
        with self._lock:
            self._done += 1
            if self._tell is not None:
                self._tell(self._done)
        return values

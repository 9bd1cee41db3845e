"""Patterns measured on simulations: each case simulated once, with a log only where somebody reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.network import NetworkStatistics, describe_network
from adoptsim.domain.organisation import generate_organisation
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.engine.state import CURSOR, ROLES, World
from adoptsim.records import role_codes
from adoptsim.simulation import SEED, OrganisationSource, Simulator, n_threads
from adoptsim.validation import estimators, lasting, record, threads
from adoptsim.validation.activity import Activity, activity_of
from adoptsim.validation.cases import CASES, NOTHING, scenario_of
from adoptsim.validation.networks import NETWORK_ESTIMATORS, PEOPLE
from adoptsim.validation.patterns import NETWORK, PATTERNS, Pattern

T = TypeVar("T")
R = TypeVar("R")
Floats = npt.NDArray[np.float64]
Sources = dict[OrganisationSpec, OrganisationSource]
REPLICATES = 24
EVENTS_A_PERSON_DAY, VISITS_A_PERSON_DAY = 1 / 3, 1 / 2
"""Room made for a log; a run that needs more is repeated with what it needs."""


def _by_name(*functions: Callable[..., float]) -> dict[str, Callable[..., float]]:
    return {function.__name__: function for function in functions}


LOG_ESTIMATORS: dict[str, Callable[[Activity, int], float]] = _by_name(
    estimators.looked,
    estimators.only_read,
    estimators.contributed,
    estimators.employees_contributed,
    estimators.interactions,
    estimators.weekly_posters,
    estimators.daily_visitors,
    estimators.gini_of_posters,
    estimators.top_tenth_of_posters,
    estimators.wrote_once,
    estimators.gini_of_openers,
    estimators.top_tenth_of_openers,
    estimators.opened_once,
    estimators.managers_over_staff,
    estimators.leaders_over_others,
    estimators.leaders_over_managers,
    threads.answered,
    threads.median_messages,
    threads.mean_messages,
    threads.long_tail,
    threads.answered_same_day,
    threads.answered_next_day,
    threads.reply_reinforcement,
    lasting.last_month,
    lasting.last_month_below_leaders,
    lasting.busiest_month,
    lasting.left_of_peak,
    lasting.left_of_start,
    lasting.persistence,
    lasting.return_after_a_pause,
)
"""What can be estimated from any platform's export, by name."""

RECORD_ESTIMATORS: dict[str, Callable[[World, int], float]] = _by_name(
    record.work_posts,
    record.voice,
    record.silence,
    record.critical_at_first,
    record.safety,
    record.voice_and_silence,
)
"""What only the model's own record holds, by name."""

Wanted = tuple[str, int]
"""An estimator's name and its window."""


def measure(
    parameters: Mapping[str, float] = NOTHING,
    rows: Iterable[Pattern] | None = None,
    replicates: int | Mapping[str, int] = REPLICATES,
    seed: int = SEED,
    sources: Sources | None = None,
    workers: int | None = 1,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Floats]:
    """Return each pattern's value by replicate, float64[replicates] by the pattern's name.

    Parameters
    ----------
    parameters
        Values that replace defaults; they are not checked against their ranges.
    rows
        Which patterns; all when absent. Only what they need is simulated.
    replicates
        How many of every case, or by the case's name.
    sources
        Organisations by specification, filled and used again: give the same one for every set of parameters. They
        belong to one seed.
    workers
        How many threads; None: one a processor.
    progress
        Called with the number of runs done.
    """
    rows = list(PATTERNS.values()) if rows is None else list(rows)
    wanted = wanted_by(rows)
    tasks = [(name, replicate) for name in wanted for replicate in range(replicates_of(name, replicates))]
    runs = _Runs(parameters, wanted, seed, {} if sources is None else sources)
    values: dict[str, list[dict[Wanted, float]]] = defaultdict(list)
    for (name, _), found in zip(tasks, in_parallel(runs.one, tasks, workers, progress), strict=True):
        values[name].append(found)
    return {row.name: values_of(row, values) for row in rows}


def in_parallel(
    function: Callable[[T], R], tasks: Iterable[T], workers: int | None, progress: Callable[[int], None] | None
) -> list[R]:
    """Return what a function makes of each task, in order; when stopped, what has not begun never does."""
    done: list[R] = []
    with ThreadPoolExecutor(n_threads(workers)) as pool:
        try:
            for result in pool.map(function, tasks):
                done.append(result)  # one by one, to tell of each
                if progress is not None:
                    progress(len(done))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return done


def replicates_of(case: str, replicates: int | Mapping[str, int]) -> int:
    """Return how many replicates of a case."""
    return replicates if isinstance(replicates, int) else replicates[case]


def runs_of(rows: Iterable[Pattern], replicates: int | Mapping[str, int]) -> int:
    """Return how many runs measuring these rows takes."""
    return sum(replicates_of(name, replicates) for name in wanted_by(rows))


def wanted_by(rows: Iterable[Pattern]) -> dict[str, set[Wanted]]:
    """Return what to estimate, by case."""
    wanted: dict[str, set[Wanted]] = defaultdict(set)
    for row in rows:
        for case in (row.case, row.against) if row.against else (row.case,):
            wanted[case].add((row.estimator, row.window))
    return wanted


def values_of(row: Pattern, values: Mapping[str, list[dict[Wanted, float]]]) -> Floats:
    """Return a row's value by replicate: as estimated, as a difference in pairs, or as lives (1) or not (0)."""
    key = (row.estimator, row.window)
    own = np.array([found[key] for found in values[row.case]])
    if not row.against:
        return own
    other = np.array([found[key] for found in values[row.against]])
    if row.compare == "lives":  # where everything dies, half of that is no life
        return np.asarray(own >= max(DEFINITION.living_share, other.mean() / 2.0), dtype=np.float64)
    n = min(len(own), len(other))
    return np.asarray(own[:n] - other[:n])


class _Runs:
    """Runs cases of one set of parameters, from any thread."""

    def __init__(self, parameters: Mapping[str, float], wanted: dict[str, set[Wanted]], seed: int, sources: Sources) -> None:
        self.wanted, self.seed = wanted, seed
        self.simulators = {name: self._simulator(name, parameters, sources) for name in wanted if name != NETWORK}

    def _simulator(self, name: str, parameters: Mapping[str, float], sources: Sources) -> Simulator:
        scenario = scenario_of(CASES[name], parameters)
        spec = scenario.organisation
        return Simulator(scenario, seed=self.seed, source=sources.setdefault(spec, OrganisationSource(spec, self.seed)))

    def one(self, task: tuple[str, int]) -> dict[Wanted, float]:
        """Return what is wanted of one replicate of a case."""
        name, replicate = task
        wanted = self.wanted[name]
        if name == NETWORK:
            network = _network(self.seed, replicate)
            return {(estimator, window): NETWORK_ESTIMATORS[estimator](network) for estimator, window in wanted}
        world = self._run(name, replicate)
        found = {key: RECORD_ESTIMATORS[key[0]](world, key[1]) for key in wanted if key[0] in RECORD_ESTIMATORS}
        logged = [key for key in wanted if key[0] in LOG_ESTIMATORS]
        if logged:
            activity = self._activity(self.simulators[name], replicate, world)
            found |= {key: LOG_ESTIMATORS[key[0]](activity, key[1]) for key in logged}
        return found

    def _run(self, name: str, replicate: int) -> World:
        """Return a finished replicate, with all of its log where something is estimated from it."""
        simulator = self.simulators[name]
        if not any(estimator in NEEDS_LOG for estimator, _ in self.wanted[name]):
            return simulator.run(replicate)
        person_days = simulator.source.organisation(replicate).n_people * simulator.scenario.horizon.days
        n_log, n_visit_log = int(person_days * EVENTS_A_PERSON_DAY), int(person_days * VISITS_A_PERSON_DAY)
        world = simulator.run(replicate, n_log=n_log, n_visit_log=n_visit_log)
        events, visits = int(world.cursor[CURSOR.logged]), int(world.cursor[CURSOR.visits_logged])
        if events > n_log or visits > n_visit_log:
            world = simulator.run(replicate, n_log=events, n_visit_log=visits)
        return world._replace(log=world.log[:events], visit_log=world.visit_log[:visits])

    @staticmethod
    def _activity(simulator: Simulator, replicate: int, world: World) -> Activity:
        roles = role_codes(world, simulator.champion_share(replicate))
        return activity_of(world, simulator.source.organisation(replicate), roles == ROLES.index("employee"))


NEEDS_LOG = frozenset({*LOG_ESTIMATORS, "voice_and_silence"})


@lru_cache(maxsize=256)
def _network(seed: int, replicate: int) -> NetworkStatistics:
    """Return what a generated organisation's network is like; no parameter of behaviour changes it."""
    return describe_network(generate_organisation(PEOPLE, seed=seed, replicate=replicate))

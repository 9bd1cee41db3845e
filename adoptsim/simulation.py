"""One scenario, many replicates: the engine run in parallel, its outcomes with intervals."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adoptsim import files
from adoptsim.domain.experiences import experience_table
from adoptsim.domain.intervals import Interval, mean_interval, proportion_interval
from adoptsim.domain.levers import LEVER
from adoptsim.domain.organisation import Organisation, generate_organisation
from adoptsim.domain.parameters import PARAMETER, parameter_values
from adoptsim.domain.placement import rank_among
from adoptsim.domain.policy import Policy, make_policy
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MONTH_DAYS, OrganisationSpec, Scenario
from adoptsim.engine.compiled import source_digest
from adoptsim.engine.day import run_days
from adoptsim.engine.draws import draw_key
from adoptsim.engine.outcomes import outcomes
from adoptsim.engine.shocks import days_of_shocks, strike, with_places_of_its_own
from adoptsim.engine.start import draw_traits, make_world, reset
from adoptsim.engine.state import COUNT, COUNTS, CURSOR, LEVELS, ROLES, TRAIT, World
from adoptsim.records import department_frame, log_frame, only_record, visit_frame
from adoptsim.version import __version__

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Traits = npt.NDArray[np.float32]
REPLICATES = 64
SEED = 1
KEPT_PEOPLE = 1_000_000
"""Organisations and traits are kept up to about this many people in all."""
MOST_ROOM = 64
UNSTOPPED_PERSON_DAYS = 1_000_000  # less than a second
UNBOUNDED = frozenset(
    {
        "answer_delay",
        "inbox_waiting",
        "interactions_per_person_month",
        "interactions_six_months",
        "posts_per_person_month",
        "reached_day",
        "voice_per_person_month",
    }
)
"""Outcomes that are neither shares nor levels: they may be above 1."""
FINAL = (
    "contributors",
    "members",
    "posts_per_person_month",
    "answered_share",
    "acted_share",
    "silence_share",
    "trust",
    "safety",
    "responsiveness",
)


def model_version() -> str:
    """Return what names the model's behaviour: the release and a hash of every source that decides a history."""
    return f"{__version__}+{source_digest()}"


class Stopped(Exception):  # noqa: N818  # nothing has gone wrong
    """A run that was asked to stop before its end."""


def most_possible(outcome: str) -> float:
    """Return the largest value an outcome can have: 1 for shares and levels. None can be negative."""
    return float("inf") if outcome in UNBOUNDED or outcome.startswith("hours") else 1.0


class OrganisationSource:
    """Organisations by replicate, drawn or read once and shared by all policies that are compared."""

    def __init__(self, spec: OrganisationSpec, seed: int) -> None:
        self.spec, self.seed = spec, seed
        self._kept: dict[int, Organisation] = {}
        self._traits: dict[tuple[int, bytes], tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]] = {}
        self._lock = threading.Lock()

    def organisation(self, replicate: int) -> Organisation:
        """Return the organisation of one replicate: the same for every policy."""
        drawn = 0 if self.spec.same_for_all_replicates else replicate
        with self._lock:
            if drawn not in self._kept:
                made = self._make(drawn)
                self._keep(self._kept, drawn, made, made.n_people)
            return self._kept[drawn]

    def traits(self, replicate: int, parameters: Floats) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
        """Return the people's traits and membership before day 0, kept for the next policy."""
        organisation, name = self.organisation(replicate), (replicate, parameters.tobytes())
        with self._lock:
            if name not in self._traits:
                drawn = draw_traits(organisation, parameters, draw_key(self.seed, replicate))
                self._keep(self._traits, name, drawn, organisation.n_people)
            return self._traits[name]

    @cached_property
    def _records(self) -> files.Records:
        """The organisation's own files, read once for all replicates."""
        return files.read_records(self.spec)

    def _make(self, replicate: int) -> Organisation:
        spec = self.spec
        if spec.people_file is not None:
            return files.build_from_records(self._records, spec, seed=self.seed, replicate=replicate)
        return generate_organisation(
            spec.people,
            seed=self.seed,
            replicate=replicate,
            mean_degree=spec.mean_degree,
            leader_share=spec.leader_share,
            champion_placement=spec.champion_placement,
            seed_placement=spec.seed_placement,
        )

    @staticmethod
    def _keep(kept: dict[Any, Any], name: Any, value: Any, people: int) -> None:
        while len(kept) >= max(1, KEPT_PEOPLE // people):
            kept.pop(next(iter(kept)))
        kept[name] = value


def placed_among(traits: Traits, organisation: Organisation, policy: Policy) -> Traits:
    """Return the traits with the ranks of champions and seeds taken among people under the same course of their lever.

    Where no practice that moves it is limited to departments, that is everybody, and nothing changes. Leaders come last
    among champions, and before them those who lurk: volunteers don't.
    """
    if policy.table.shape[1] == 1:
        return traits
    held_back = np.where(organisation.is_leader, 2, traits[TRAIT.reluctance] > 0)
    placed = traits
    for lever, row, last in (("champion_share", TRAIT.champion_rank, held_back), ("seed_share", TRAIT.seed_rank, None)):
        crowd = policy.crowd_of_department(lever)[organisation.department]
        if crowd.max() > 0:
            placed = placed.copy() if placed is traits else placed
            placed[row] = rank_among(traits[row], crowd, last)
    return placed


class Simulator:
    """One scenario under one seed, ready to run any replicate from any thread."""

    def __init__(self, scenario: Scenario, *, seed: int = SEED, source: OrganisationSource | None = None) -> None:
        self.scenario, self.seed = scenario, seed
        self.source = source or OrganisationSource(scenario.organisation, seed)
        self.parameters = parameter_values(scenario.parameters)
        self.effects = experience_table(self.parameters)
        self._same_policy = self._policy_for(self.source.organisation(0)) if not self._by_department else None

    @property
    def _by_department(self) -> bool:
        return any(use.departments is not None for use in self.scenario.practices.values())

    def _policy_for(self, organisation: Organisation) -> Policy:
        sizes = np.diff(organisation.department_start)
        return make_policy(self.scenario, organisation.department_names, sizes)

    def policy(self, organisation: Organisation) -> Policy:
        """Return the levers by day; only practices limited to departments make them differ between organisations."""
        if self._same_policy is None:
            return self._policy_for(organisation)
        groups = np.zeros(organisation.n_departments, dtype=np.int64)
        same = self._same_policy
        return Policy(same.table, same.before, groups, same.intensity, same.share_of_staff)

    def start(self, replicate: int, *, room: int = 1, n_log: int = 0, n_visit_log: int = 0) -> tuple[World, Policy]:
        """Return one replicate before day 0, and its levers by day."""
        organisation = self.source.organisation(replicate)
        policy = self.policy(organisation)
        traits, membership = self.source.traits(replicate, self.parameters)
        world = make_world(
            organisation,
            placed_among(traits, organisation, policy),
            policy.group_of_department,
            draw_key(self.seed, replicate),
            self.scenario.horizon.days,
            room=room,
            n_log=n_log,
            n_visit_log=n_visit_log,
        )
        world = with_places_of_its_own(world, self.scenario)
        reset(world, self.parameters, policy.table[0], membership, self.scenario.start.contributors)
        return world, policy

    def run(self, replicate: int, *, n_log: int = 0, n_visit_log: int = 0, stop: threading.Event | None = None) -> World:
        """Return one replicate after its last day; room for threads grows until it is enough.

        Raises ``Stopped`` soon after ``stop`` is set.
        """
        room = 1
        while room <= MOST_ROOM:
            world, policy = self.start(replicate, room=room, n_log=n_log, n_visit_log=n_visit_log)
            self._run_all_days(world, policy, stop)
            if not world.cursor[CURSOR.overflow]:
                return world
            room *= 2
        raise RuntimeError(f"replicate {replicate} of {self.scenario.name}: more threads than memory was made for")

    def _run_all_days(self, world: World, policy: Policy, stop: threading.Event | None) -> None:
        """Run every day, those of a large organisation in parts: compiled code can't be stopped while it runs."""
        days = self.scenario.horizon.days
        part = days if stop is None else max(1, UNSTOPPED_PERSON_DAYS // world.place.shape[1])
        for first in range(0, days, part):
            if stop is not None and stop.is_set():
                raise Stopped
            end = min(first + part, days)
            self.advance(world, policy, first, end)

    def advance(self, world: World, policy: Policy, first: int, end: int) -> None:
        """Run working days ``first`` to before ``end``; what strikes does so overnight, before the day it is due."""
        struck = days_of_shocks(self.scenario, self.parameters)
        for begin, stop in itertools.pairwise(sorted({first, end, *(day for day in struck if first < day < end)})):
            if begin in struck:
                strike(world, self.scenario, self.parameters, self.effects, policy.table, begin)
            run_days(world, self.parameters, self.effects, policy.table, policy.before, begin, stop)

    def run_logged(self, replicate: int) -> World:
        """Return one finished replicate with its whole log: run once to count events, once to write them."""
        counted = self.run(replicate).cursor
        return self.run(replicate, n_log=int(counted[CURSOR.logged]), n_visit_log=int(counted[CURSOR.visits_logged]))

    def champion_share(self, replicate: int) -> Floats:
        """Return the share of staff who are champions, float64[days, groups]."""
        table = self.policy(self.source.organisation(replicate)).table
        return np.asarray(table[:, :, LEVER.champion_share])

    def outcomes(self, world: World) -> dict[str, float]:
        """Return the outcomes of a finished replicate by name, hours among them."""
        rule = self.scenario.critical_mass
        check_day = self.scenario.support_end + rule.after_support_days
        values = outcomes(world, threshold=rule.threshold, held_days=rule.held_days, check_day=check_day)
        return values | self.hours(world)

    def hours(self, world: World) -> dict[str, float]:
        """Return hours a person and month over the whole run: on the platform by role, and for the practices."""
        totals = world.counts.sum(axis=0)
        minutes = {role: self._minutes(totals, row) for row, role in enumerate(ROLES)}
        handled = totals[COUNT.answered : COUNT.sanctioned + 1].sum() - totals[COUNT.aged_out]
        minutes["leader"] += float(handled * self.parameters[PARAMETER.item_minutes])
        people, months = world.place.shape[1], len(world.counts) / MONTH_DAYS
        hours = {f"hours_{role}": value / 60.0 / people / months for role, value in minutes.items()}
        hours["hours_practices"] = self._practice_hours(world) / people / months
        return hours | {"hours_per_person_month": sum(hours.values())}

    def _minutes(self, totals: npt.NDArray[np.int64], role: int) -> float:
        spent = (
            ("post_minutes", "posts"),
            ("reply_minutes", "replies"),
            ("read_minutes", "reads"),
            ("visit_minutes", "visits"),
        )
        return sum(
            float(self.parameters[getattr(PARAMETER, minutes)] * totals[getattr(COUNT, f"{kind}_employee") + role])
            for minutes, kind in spent
        )

    def _practice_hours(self, world: World) -> float:
        people, leaders = world.place.shape[1], int(world.place[3].sum())
        champions = world.counts[:, COUNT.champions]
        policy, total = self.policy(self.source.organisation(int(world.key[1]))), 0.0
        for name, intensity in policy.intensity.items():
            hours = PRACTICES[name].hours
            by_day = hours.fixed + policy.share_of_staff[name] * (hours.per_leader * leaders + hours.per_person * people)
            total += float((intensity * (by_day + hours.per_champion * champions)).sum()) / MONTH_DAYS
        return total


@dataclass(frozen=True)
class Result:
    """What the replicates of one scenario gave: ``outcome[name]`` float64[replicates], and everything day by day."""

    scenario: Scenario
    seed: int
    replicates: Sequence[int]
    people: int
    outcome: dict[str, Floats]
    counts: npt.NDArray[np.int64]
    climate: Floats
    departments: list[Floats]
    log: pd.DataFrame | None = None
    visit_log: pd.DataFrame | None = None

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return one row a replicate and day: all daily counts and levels."""
        import pandas as pd

        n_runs, n_days = self.counts.shape[:2]
        rows = pd.DataFrame(
            {"replicate": np.repeat(np.asarray(self.replicates), n_days), "day": np.tile(np.arange(n_days), n_runs)}
        )
        counts = pd.DataFrame(self.counts.reshape(-1, len(COUNTS)), columns=list(COUNTS))
        levels = pd.DataFrame(self.climate.reshape(-1, len(LEVELS)), columns=list(LEVELS))
        return pd.concat([rows, counts, levels], axis=1)

    @cached_property
    def department_frame(self) -> pd.DataFrame:
        """Return one row a replicate, month and department (generated organisations differ between replicates)."""
        return department_frame(self.replicates, self.departments)

    @cached_property
    def contributor_share(self) -> Floats:
        """Return contributors (21 days) as a share of staff, float64[replicates, days]."""
        return np.asarray(self.counts[:, :, COUNT.contributors] / self.people)

    def interval(self, name: str) -> Interval:
        """Return an outcome over the replicates: Wilson for ``reached``, Student otherwise, within what is possible."""
        if name == "reached":
            return proportion_interval(self.outcome[name])
        value, low, high = mean_interval(self.outcome[name])
        return Interval(value, *(float(bound) for bound in np.clip((low, high), 0.0, most_possible(name))))

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim run`` prints, as plain data."""
        reached, days = self.interval("reached"), self.outcome["reached_day"]
        known = days[~np.isnan(days)]
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replicates": len(self.replicates),
            "days": self.scenario.horizon.days,
            "people": self.people,
            "model_version": model_version(),
            "critical_mass": {
                "threshold": self.scenario.critical_mass.threshold,
                "reached": {
                    "probability": _plain(reached.value),
                    "low": _plain(reached.low),
                    "high": _plain(reached.high),
                },
                "day": float(np.median(known)) if len(known) else None,
            },
            "final": {name: as_dict(self.interval(name)) for name in FINAL},
            "hours_per_person_month": as_dict(self.interval("hours_per_person_month")),
        }


def _plain(value: float) -> float | None:
    """Return a number that JSON knows: None for NaN."""
    return None if value != value else value


def as_dict(interval: Interval) -> dict[str, float | None]:
    """Return an interval as {mean, low, high}."""
    return {"mean": _plain(interval.value), "low": _plain(interval.low), "high": _plain(interval.high)}


def n_threads(asked: int | None = None) -> int:
    """Return how many threads to use: as asked, or one a processor that this process may use."""
    if asked is not None:
        return asked
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def simulate(
    scenario: Scenario,
    *,
    replicates: int | Sequence[int] = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    log: bool = False,
    source: OrganisationSource | None = None,
    progress: Callable[[int], None] | None = None,
    stop: threading.Event | None = None,
) -> Result:
    """Return the result of simulating a scenario; the same whatever the number of threads.

    Raises ``Stopped`` soon after ``stop`` is set; what is logged isn't stopped.

    Parameters
    ----------
    replicates
        How many, or which (their numbers are part of the luck).
    log
        Keep the event log and the log of visits, as frames.
    progress
        Called with the number of replicates done, from the threads that did them.
    """
    wanted = [int(number) for number in (range(int(replicates)) if np.ndim(replicates) == 0 else replicates)]  # type: ignore[arg-type,union-attr]
    if not wanted or (threads is not None and threads < 1):
        raise ValueError(f"replicates {replicates}, threads {threads}: give at least one of each")
    simulator = Simulator(scenario, seed=seed, source=source)
    done = _Counter(progress)

    def one(replicate: int) -> tuple[dict[str, float], World]:
        world = simulator.run_logged(replicate) if log else simulator.run(replicate, stop=stop)
        done.add()
        return simulator.outcomes(world), only_record(world, log)

    with ThreadPoolExecutor(n_threads(threads)) as pool:
        finished = list(pool.map(one, wanted))
    worlds = [world for _, world in finished]
    organisations = [simulator.source.organisation(replicate) for replicate in wanted] if log else []
    return Result(
        scenario=scenario,
        seed=seed,
        replicates=wanted,
        people=simulator.source.organisation(wanted[0]).n_people,
        outcome={name: np.array([values[name] for values, _ in finished]) for name in finished[0][0]},
        counts=np.stack([world.counts for world in worlds]),
        climate=np.stack([world.climate for world in worlds]),
        departments=[world.departments for world in worlds],
        log=log_frame(wanted, worlds, [simulator.champion_share(k) for k in wanted], organisations) if log else None,
        visit_log=visit_frame(wanted, worlds, organisations) if log else None,
    )


class _Counter:
    """Counts finished replicates over threads."""

    def __init__(self, tell: Callable[[int], None] | None) -> None:
        self._tell, self._n, self._lock = tell, 0, threading.Lock()

    def add(self) -> None:
        """Count one more and tell."""
        if self._tell is None:
            return
        with self._lock:
            self._n += 1
            self._tell(self._n)

"""What shocks do to a living network: does it collapse, how deep is the dip, how long until it is back. In pairs.

Every run with a shock is held against itself without: the same people and luck up to the shock, and the same luck after.
Only *living* runs count, in which enough employees contribute on the eve of the shock and, without it, still at the end:
else the shock is not to blame. Leaders are left out: they post on duty, and would make a dead network look alive.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.special import bdtr

from adoptsim.compare import paired_proportion_difference
from adoptsim.domain.definitions import DEFINITION
from adoptsim.domain.intervals import CONFIDENCE, NOTHING, Interval, mean_interval, paired_difference, proportion_interval
from adoptsim.domain.parameters import parameter_values
from adoptsim.domain.policy import Policy
from adoptsim.domain.scenario import MONTH_DAYS, OrganisationSpec, Scenario, Shock
from adoptsim.domain.shocks import SHOCKS
from adoptsim.engine.outcomes import held_from
from adoptsim.engine.shocks import size_of, with_places_of_its_own
from adoptsim.engine.state import ACTIVE_DAYS, COUNT, CURSOR, PLACE, TALLY, World
from adoptsim.simulation import MOST_ROOM, REPLICATES, SEED, OrganisationSource, Simulator, as_dict, n_threads

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
INFINITE = float("inf")
VOICE_DAYS = 3 * MONTH_DAYS
"""How long after a shock voice is counted: long enough for few posts a day, short enough for the shock to be felt."""


@dataclass(frozen=True)
class Shaken:
    """A scenario with one shock (``struck``) beside itself without (``calm``), each float64[replicates, days].

    ``calm`` and ``struck`` hold the share of employees who contributed within the last month, the other two how many ideas
    and concerns were posted that day.
    """

    scenario: Scenario
    shock: Shock
    calm: Floats
    struck: Floats
    calm_voice: Floats
    struck_voice: Floats

    @cached_property
    def living(self) -> Flags:
        """Return which runs live: on the eve of the shock, and without it at the end."""
        least = DEFINITION.living_share
        return np.asarray((self.calm[:, self.shock.day - 1] >= least) & (self.calm[:, -1] >= least))

    @cached_property
    def collapsed(self) -> Floats:
        """Return 1 for runs that collapse, 0 for others, NaN for those that didn't live."""
        falls = self.struck[:, -1] < DEFINITION.collapse_share * self.calm[:, -1]
        return np.where(self.living, falls.astype(np.float64), np.nan)

    @property
    def collapse(self) -> Interval:
        """Return the probability of collapse, of living runs."""
        return proportion_interval(self.collapsed)

    @cached_property
    def days_back(self) -> Floats:
        """Return after how many days each run is back: 0 if never shaken, infinite if not before the end, NaN if dead."""
        rows = zip(self.living, self.struck[:, self.shock.day :], self.calm[:, self.shock.day :], strict=True)
        return np.array([back_after(struck, calm) if lives else np.nan for lives, struck, calm in rows])

    @property
    def back(self) -> Interval:
        """Return the median time to come back, in working days; infinite bounds lie beyond the end of the runs."""
        return median_time(self.days_back[self.living], self.calm.shape[1] - self.shock.day)

    @property
    def never_back(self) -> Interval:
        """Return the share of living runs that are not back by the end."""
        return proportion_interval(np.where(self.living, np.isinf(self.days_back), np.nan))

    @cached_property
    def lowest_after(self) -> int:
        """Return how many days after the shock the average course lies lowest against that without it."""
        if not self.living.any():
            return 0
        struck, calm = (course[self.living, self.shock.day :].mean(axis=0) for course in (self.struck, self.calm))
        return int(np.argmin(struck / np.maximum(calm, np.finfo(np.float64).tiny)))

    @property
    def lowest(self) -> Interval:
        """Return contributors on that day, of those without the shock."""
        return self._of_calm(self.shock.day + self.lowest_after)

    @property
    def last(self) -> Interval:
        """Return contributors in the last month, of those without the shock."""
        return self._of_calm(self.calm.shape[1] - 1)

    @property
    def voice(self) -> Interval:
        """Return ideas and concerns posted in the months after the shock, of those without it."""
        after = slice(self.shock.day, self.shock.day + VOICE_DAYS)
        struck, calm = (each[self.living, after].sum(axis=1) for each in (self.struck_voice, self.calm_voice))
        return ratio(struck, calm)

    def _of_calm(self, day: int) -> Interval:
        return ratio(self.struck[self.living, day], self.calm[self.living, day])

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim shocks`` prints of it, as plain data."""
        return {
            "scenario": self.scenario.name,
            "kind": self.shock.kind,
            "day": self.shock.day,
            "size": self.shock.size,
            "runs": len(self.living),
            "living_runs": int(self.living.sum()),
            "days_after": self.calm.shape[1] - self.shock.day,
            "collapse": as_dict(self.collapse),
            "lowest": as_dict(self.lowest) | {"days_after": self.lowest_after},
            "days_until_back": {name: _finite(value) for name, value in as_dict(self.back).items()},
            "never_back": as_dict(self.never_back),
            "last_month": as_dict(self.last),
            "voice": as_dict(self.voice),
        }

    def rows(self) -> dict[str, Any]:
        """Return one row a run as columns."""
        n = len(self.living)
        return {
            "scenario": [self.scenario.name] * n,
            "kind": [self.shock.kind] * n,
            "day": [self.shock.day] * n,
            "size": [self.shock.size] * n,
            "replicate": np.arange(n),
            "living": self.living,
            "collapsed": self.collapsed,
            "days_until_back": self.days_back,
            "before": self.calm[:, self.shock.day - 1],
            "last_without": self.calm[:, -1],
            "last_with": self.struck[:, -1],
        }


@dataclass(frozen=True)
class Pair:
    """Two scenarios under the same shock, people and luck, replicate by replicate, where both live."""

    one: Shaken
    other: Shaken

    @property
    def living(self) -> Flags:
        """Return in which replicates both live."""
        return self.one.living & self.other.living

    @property
    def collapse(self) -> Interval:
        """Return how much likelier the first collapses than the second."""
        return paired_proportion_difference(self.one.collapsed[self.living], self.other.collapsed[self.living])

    @property
    def lost(self) -> Interval:
        """Return how much more contributors the first has lost in the last month, as a share of employees."""
        one, other = ((each.calm - each.struck)[self.living, -1] for each in (self.one, self.other))
        return paired_difference(one, other)

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "scenario": self.one.scenario.name,
            "other": self.other.scenario.name,
            "kind": self.one.shock.kind,
            "day": self.one.shock.day,
            "size": self.one.shock.size,
            "living_runs": int(self.living.sum()),
            "collapse": as_dict(self.collapse),
            "lost": as_dict(self.lost),
        }


@dataclass(frozen=True)
class Shocks:
    """Scenarios, each with every shock by itself, in the order asked."""

    rows: tuple[Shaken, ...]
    seed: int

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return one row a scenario, shock and run; days until back are infinite where a run is not back by the end."""
        import pandas as pd

        return pd.concat([pd.DataFrame(row.rows()) for row in self.rows], ignore_index=True)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Return every two scenarios of the same people that the same shock has struck."""
        return tuple(
            Pair(one, other)
            for one, other in itertools.combinations(self.rows, 2)
            if one.shock == other.shock and one.scenario.organisation == other.scenario.organisation
        )

    def summary(self) -> dict[str, Any]:
        """Return everything found as plain data."""
        return {
            "seed": self.seed,
            "shocks": [row.summary() for row in self.rows],
            "pairs": [pair.summary() for pair in self.pairs],
        }


def shocks(
    scenarios: Sequence[Scenario],
    struck: Sequence[Shock] | None = None,
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Shocks:
    """Return what each shock, by itself, does to each scenario; all under the same people and luck.

    Parameters
    ----------
    struck
        The shocks; when absent those of each scenario, and where it has none, one of every kind. A shock without a size has
        that of the scenario's parameters.
    progress
        Called with the number of replicates done: each without a shock, and with every one of its scenario's.
    """
    sources: dict[OrganisationSpec, OrganisationSource] = {}
    done, rows = count(1), []
    with ThreadPoolExecutor(n_threads(threads)) as pool:
        for scenario in scenarios:
            source = sources.setdefault(scenario.organisation, OrganisationSource(scenario.organisation, seed))
            alone = [scenario.model_copy(update={"shocks": (shock,)}) for shock in shocks_for(scenario, struck)]
            calm = Simulator(scenario.model_copy(update={"shocks": ()}), seed=seed, source=source)
            simulators = [Simulator(each, seed=seed, source=source) for each in alone]

            def one(replicate: int, calm: Simulator = calm, simulators: list[Simulator] = simulators) -> Floats:
                courses = _courses(calm, simulators, replicate)
                if progress is not None:
                    progress(next(done))
                return courses

            courses = np.stack(list(pool.map(one, range(replicates))), axis=2)
            calm_share, calm_voice = courses[0]
            rows += [
                Shaken(each, each.shocks[0], calm_share, share, calm_voice, voice)
                for each, (share, voice) in zip(alone, courses[1:], strict=True)
            ]
    return Shocks(tuple(rows), seed)


def shocks_for(scenario: Scenario, struck: Sequence[Shock] | None) -> list[Shock]:
    """Return the shocks that a scenario is to meet, each with its size."""
    asked = struck or scenario.shocks or [Shock(kind=kind) for kind in SHOCKS]
    parameters = parameter_values(scenario.parameters)
    return [shock.model_copy(update={"size": size_of(shock, parameters)}) for shock in asked]


def _courses(calm: Simulator, struck: Sequence[Simulator], replicate: int) -> Floats:
    """Return one replicate without a shock and with each, float64[1 + shocks, 2, days]: contributors, voice of the day."""
    room = 1
    while room <= MOST_ROOM:
        courses = _attempt(calm, struck, replicate, room)
        if courses is not None:
            return courses
        room *= 2
    raise RuntimeError(f"replicate {replicate} of {calm.scenario.name}: more threads than memory was made for")


def _attempt(calm: Simulator, struck: Sequence[Simulator], replicate: int, room: int) -> Floats | None:
    """Return the courses, or None if there was too little room for threads; shocked runs begin where they part."""
    world, policy = calm.start(replicate, room=room)
    courses = np.empty((1 + len(struck), 2, calm.scenario.horizon.days))
    for day in range(courses.shape[2]):
        for course, simulator in zip(courses[1:], struck, strict=True):
            if simulator.scenario.shocks[0].day == day:
                twin = with_places_of_its_own(World(*(array.copy() for array in world)), simulator.scenario)
                course[:, :day] = courses[0, :, :day]
                _go_on(simulator, twin, policy, day, course)
                if twin.cursor[CURSOR.overflow]:
                    return None
        calm.advance(world, policy, day, day + 1)
        courses[0, :, day] = _seen(world, day)
    return None if world.cursor[CURSOR.overflow] else courses


def _go_on(simulator: Simulator, world: World, policy: Policy, first: int, course: Floats) -> None:
    """Fill the rest of a course from day ``first`` on."""
    for day in range(first, course.shape[1]):
        simulator.advance(world, policy, day, day + 1)
        course[:, day] = _seen(world, day)


def _seen(world: World, day: int) -> tuple[float, int]:
    """Return the share of employees who contributed within the month that ends with ``day``, and that day's voice."""
    employee = world.place[PLACE.is_leader] == 0
    contributing = (world.tally[TALLY.last_contribution][employee] > day - ACTIVE_DAYS).sum()
    counts = world.counts[day]
    return float(contributing / max(1, employee.sum())), int(counts[COUNT.posts_idea] + counts[COUNT.posts_concern])


def back_after(struck: Floats, calm: Floats) -> float:
    """Return how many days from the first on until a course is back, and stays so for a month.

    Back means: at least ``recovered_share`` of the course without the shock. 0 if it never falls below; infinite if it is
    not back by the end.
    """
    is_back = struck >= DEFINITION.recovered_share * calm
    if is_back.all():
        return 0.0
    falls = int(np.argmin(is_back))
    found = held_from(is_back[falls:], MONTH_DAYS)
    return INFINITE if found < 0 else float(falls + found)


def median_time(days: npt.ArrayLike, watched: float) -> Interval:
    """Return the median of times of which infinite ones are censored at ``watched`` (Kaplan & Meier 1958).

    The interval is that of order statistics: exact, whatever the times, since all are watched for as long.
    """
    times = np.sort(np.asarray(days, dtype=np.float64))
    n, seen = len(times), np.isfinite(times)
    if n == 0:
        return NOTHING
    data = stats.CensoredData(uncensored=times[seen], right=np.full(int((~seen).sum()), watched))
    survival = stats.ecdf(data).sf
    under = survival.quantiles[survival.probabilities <= 0.5]
    value = float(under[0]) if len(under) else INFINITE
    below = bdtr(np.arange(n), n, 0.5) <= (1.0 - CONFIDENCE) / 2.0
    skipped = int(below.sum())
    low, high = (float(times[skipped - 1]), float(times[n - skipped])) if skipped else (0.0, INFINITE)
    return Interval(value, low, high)


def ratio(parts: Floats, wholes: Floats) -> Interval:
    """Return the ratio of two means of pairs with its linearised Student interval (Cochran 1977, chapter 6)."""
    if len(wholes) == 0 or wholes.sum() == 0.0:
        return NOTHING
    value, whole = float(parts.sum() / wholes.sum()), float(wholes.mean())
    _, low, high = mean_interval(parts - value * wholes)
    return Interval(value, max(0.0, value + low / whole) if low == low else low, value + high / whole)


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isinf(value) else value

"""Which bundle of the ten practices is enough here: the cheapest and the smallest, found among all and tried again.

Law of the module: what is said of a bundle's chance comes from runs that have not chosen it: the best of a thousand is
flattered by luck.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adoptsim.analysis.bundles import Bundles, run_bundles, run_policies, with_only
from adoptsim.analysis.frontier import Floats, Frontier, cost_frontier
from adoptsim.analysis.hours import hours_by_role
from adoptsim.analysis.shares import Shares, shares_of
from adoptsim.domain.intervals import Interval, mean_interval, proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import PracticeUse, Scenario
from adoptsim.simulation import SEED, OrganisationSource, as_dict

REPLICATES = 12
"""Runs of each of 1,024 bundles: about a minute for 500 people on two cores."""
PROBABILITY = 0.5
"""Enough is what is sure, by the lower bound of its interval, to last in so many runs."""
SCREENED, MOST_SCREENED = 16, 64
"""More runs of those bundles that may be enough, and of so many by hours and by size at most."""
AGAIN, MOST_TRIED = 64, 16
"""Runs with fresh luck that decide, for so many of the least bundles and then for the one that has lasted most often; as
many more, which have decided nothing, give the chance of the one that is enough."""
FRESH = 1_000_000
"""The number of the first replicate that no bundle is chosen by in the first look."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Confirmed:
    """A bundle that is enough: ``reached`` in runs that had no part in the choice, ``first`` in those that chose it.

    ``hours`` a month of the whole organisation, ``by_role`` of each role; ``failed``: how many that came before it were
    not enough when they were tried again.
    """

    practices: tuple[str, ...]
    first: Interval
    reached: Interval
    hours: Interval
    by_role: dict[str, float]
    failed: int

    def summary(self) -> dict[str, Any]:
        """Return the bundle as plain data."""
        intervals = {name: as_dict(getattr(self, name)) for name in ("first", "reached", "hours")}
        return {"practices": list(self.practices), "hours_by_role": self.by_role, "failed": self.failed} | intervals


@dataclass(frozen=True)
class Enough:
    """What all bundles say: the frontier of hours and chance, how many are enough, and the least of them, if any is.

    ``n_sufficient``: bundles that are enough in the first look and the second together, of the `MOST_SCREENED` cheapest and
    as many smallest that are looked at again; ``best``: the chance, with fresh luck, of the bundle that had lasted most
    often before, ``best_practices``.
    """

    frontier: Frontier
    n_sufficient: int
    best: Interval
    best_practices: tuple[str, ...]
    cheapest: Confirmed | None
    smallest: Confirmed | None

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "probability": self.frontier.probability,
            "sufficient": self.n_sufficient,
            "best": as_dict(self.best),
            "best_practices": list(self.best_practices),
            "runs_again": AGAIN,
            "cheapest": self.cheapest.summary() if self.cheapest else None,
            "smallest": self.smallest.summary() if self.smallest else None,
        }


@dataclass(frozen=True)
class Again:
    """The least of the bundles that seem to be enough in their own runs, of those that hold with fresh luck.

    ``cheapest`` and ``smallest``: None where neither the `MOST_TRIED` first held nor the one that lasted most often.
    """

    cheapest: Confirmed | None
    smallest: Confirmed | None

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "runs_again": AGAIN,
            "most_tried": MOST_TRIED,
            "cheapest": self.cheapest.summary() if self.cheapest else None,
            "smallest": self.smallest.summary() if self.smallest else None,
        }


def all_ten(scenario: Scenario, *, full: bool = False) -> Scenario:
    """Return the scenario with every practice in use: those it uses as it uses them, or all ``full``; others in full.

    So that it can be said of each what it adds, or would add, and which bundle of all would be enough.
    """

    def use(name: str) -> PracticeUse:
        own = scenario.practices.get(name)
        if own is None or own.intensity == 0.0:
            return PracticeUse()
        return own.model_copy(update={"intensity": 1.0}) if full else own

    return scenario.model_copy(update={"practices": {name: use(name) for name in PRACTICES}})


def enough(
    scenario: Scenario,
    *,
    full: bool = False,
    replicates: int = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[Shares, Enough]:
    """Return what each of the ten practices adds here, and the least that is enough; see `all_ten`.

    ``progress`` is called with the number of runs done, and of all as far as that is known.
    """
    game = all_ten(scenario, full=full)
    total = replicates << len(PRACTICES)
    tell = None if progress is None else lambda done: progress(done, total)
    bundles = run_bundles(game, replicates=replicates, seed=seed, threads=threads, progress=tell)
    return shares_of(bundles), enough_of(game, bundles, seed=seed, threads=threads)


def enough_of(
    scenario: Scenario,
    bundles: Bundles,
    *,
    probability: float = PROBABILITY,
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Enough:
    """Return the least that is enough of all bundles of a scenario's practices; raises ``Stopped`` when asked to stop."""
    organisation = OrganisationSource(scenario.organisation, seed).organisation(0)
    by_role = hours_by_role(bundles, scenario, organisation)
    frontier = cost_frontier(bundles, by_role, organisation.n_people, probability=probability)
    reached = bundles.outcome["reached"]
    look = _Look(scenario, bundles, {"seed": seed, "threads": threads, "stop": stop}, progress)
    likely = _shortlist([bundle for bundle, flags in enumerate(reached) if flags.mean() >= probability], frontier.hours)
    chances = look.together(likely)
    sure = sorted((each for each in likely if chances[each].low >= probability), key=lambda each: frontier.hours[each])

    is_known = not np.isnan(reached).any()
    luckiest = int(np.argmax(reached.mean(axis=1))) if is_known else 0
    best = max(chances, key=lambda each: chances[each].value, default=luckiest)
    chances.setdefault(best, proportion_interval(reached[best]))
    last = [best] if is_known and reached[best].any() else []

    def confirmed(candidates: Sequence[int]) -> Confirmed | None:
        found = look.first_again([*candidates[:MOST_TRIED], *last], probability)
        return None if found is None else _priced(bundles, organisation.n_people, by_role, chances, *found)

    cheapest, smallest = confirmed(sure), confirmed(sorted(sure, key=int.bit_count))
    return Enough(
        frontier=frontier,
        n_sufficient=len(sure),
        best=look.again(best) if last else chances[best],
        best_practices=bundles.in_place(best),
        cheapest=cheapest or smallest,
        smallest=smallest or cheapest,
    )


def again(
    scenario: Scenario, bundles: Bundles, *, probability: float = PROBABILITY, seed: int = SEED, threads: int | None = None
) -> Again:
    """Return the cheapest and the smallest bundle that seem enough and are so with fresh luck, too.

    Quick where `enough_of` is thorough: no bundle is looked at that is not sure of ``probability`` in its own runs.
    ``scenario``: with all practices of the bundles in use.
    """
    organisation = OrganisationSource(scenario.organisation, seed).organisation(0)
    by_role = hours_by_role(bundles, scenario, organisation)
    hours = bundles.outcome["hours_per_person_month"].mean(axis=1)
    chances = {bundle: proportion_interval(flags) for bundle, flags in enumerate(bundles.outcome["reached"])}
    sure = sorted((each for each in chances if chances[each].low >= probability), key=lambda each: hours[each])
    look = _Look(scenario, bundles, {"seed": seed, "threads": threads}, None)

    surest = sorted(sure, key=lambda each: -chances[each].value)[:1]

    def first_of(candidates: Sequence[int]) -> Confirmed | None:
        found = look.first_again([*candidates[:MOST_TRIED], *surest], probability)
        return None if found is None else _priced(bundles, organisation.n_people, by_role, chances, *found)

    return Again(first_of(sure), first_of(sorted(sure, key=lambda each: len(bundles.in_place(each)))))


def _shortlist(likely: list[int], hours: Floats) -> list[int]:
    """Return the cheapest and the smallest of too many bundles."""
    by_hours = sorted(likely, key=lambda bundle: hours[bundle])
    by_size = sorted(by_hours, key=int.bit_count)
    return sorted({*by_hours[:MOST_SCREENED], *by_size[:MOST_SCREENED]})


class _Look:
    """Looks at some of the bundles again; at each once."""

    def __init__(self, scenario: Scenario, bundles: Bundles, how: dict[str, Any], tell: Progress | None) -> None:
        self._scenario, self._bundles, self._how, self._tell = scenario, bundles, how, tell
        self._again: dict[tuple[int, int], Interval] = {}
        self._done = self._total = 0

    def together(self, likely: Sequence[int]) -> dict[int, Interval]:
        """Return the chances of bundles over the first runs and some more."""
        if not likely:
            return {}
        self._total = len(likely) * SCREENED + (MOST_TRIED + 3) * AGAIN
        more = self._reached(likely, range(FRESH, FRESH + SCREENED))
        both = zip(likely, self._bundles.outcome["reached"][likely], more, strict=True)
        return {bundle: proportion_interval(np.concatenate(flags)) for bundle, *flags in both}

    def first_again(self, candidates: Sequence[int], probability: float) -> tuple[int, Interval, int] | None:
        """Return the first bundle that is enough with fresh luck, its chance after that, and how many before it were not."""
        for failed, bundle in enumerate(dict.fromkeys(candidates)):
            if self.again(bundle).low >= probability:
                return bundle, self.again(bundle, block=1), failed
        return None

    def again(self, bundle: int, block: int = 0) -> Interval:
        """Return a bundle's chance with fresh luck: of the first block of it, which decides, or of another."""
        if (bundle, block) not in self._again:
            first = FRESH + SCREENED + block * AGAIN
            self._again[bundle, block] = proportion_interval(self._reached([bundle], range(first, first + AGAIN))[0])
        return self._again[bundle, block]

    def _reached(self, bundles: Sequence[int], replicates: range) -> Floats:
        policies = [with_only(self._scenario, self._bundles.in_place(bundle)) for bundle in bundles]
        before, tell = self._done, self._tell
        progress = None if tell is None else lambda done: tell(min(before + done, self._total), self._total)
        self._done += len(policies) * len(replicates)
        return run_policies(self._scenario, policies, replicates, progress=progress, **self._how)["reached"]


def _priced(
    bundles: Bundles,
    people: int,
    by_role: dict[str, Floats],
    chances: dict[int, Interval],
    bundle: int,
    reached: Interval,
    failed: int,
) -> Confirmed:
    hours = people * bundles.outcome["hours_per_person_month"][bundle]
    return Confirmed(
        practices=bundles.in_place(bundle),
        first=chances[bundle],
        reached=reached,
        hours=mean_interval(hours),
        by_role={whose: float(people * np.mean(found[bundle])) for whose, found in by_role.items()},
        failed=failed,
    )


def joined_bundles(parts: Sequence[Bundles]) -> Bundles:
    """Return bundles of the same practices over other replicates each as one."""
    first = parts[0]
    outcome = {name: np.concatenate([part.outcome[name] for part in parts], axis=1) for name in first.outcome}
    return Bundles(first.practices, outcome, first.always)


def only_measured(bundles: Bundles, names: Sequence[str]) -> Bundles:
    """Return the bundles with some outcomes only: what is kept for many scenarios has to be small."""
    return Bundles(bundles.practices, {name: bundles.outcome[name] for name in names}, bundles.always)

"""The tipping point of an organisation: from which share of starters its network lives, from which of leavers it dies.

Edge tracking (Skufca, Yorke & Eckhardt 2006): every organisation's own edge is found by bisection between a run that
dies and one that lives, under the same luck; nobody who begins at a small share is missing at a larger one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.edge import BEYOND_FROM_THE_START, NEVER_BEYOND, TOLERANCE, Bracket, bisect, finite, median_edge
from adoptsim.analysis.living import (
    ALONE_DAYS,
    EVERYBODY,
    LEAST_LIVING,
    LEAVING_DAY,
    LUCKS_APART,
    SamePeople,
    Trials,
    placed,
)
from adoptsim.domain.intervals import NOTHING, Interval, mean_interval, proportion_interval, wilson
from adoptsim.domain.scenario import Scenario, SeedPlacement
from adoptsim.simulation import SEED, as_dict, model_version
from adoptsim.validation.measure import in_parallel

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
Task = tuple[str, SeedPlacement, int]
"""From which side, where those who begin sit, which run."""
REPLICATES = 32
BELOW, ABOVE = "below", "above"
PLACEMENTS: tuple[SeedPlacement, ...] = get_args(SeedPlacement)
INTERESTED: SeedPlacement = "interested"
MOST_LEAVERS = 0.9
MARGIN = 0.05
OFFSETS = (-2 * MARGIN, -MARGIN, MARGIN, 2 * MARGIN)
EDGES_TESTED = 32
"""So many organisations are tested with fresh luck, of those that have an edge."""
LUCKS = 9
"""Runs of an organisation that place its edge, and again as many on either side that test it; odd, so one is the middle."""
LUCKS_OF_ONE = 45
"""Runs that test the edge on either side where there is only one organisation: fewer could not be sure of four fifths."""


@dataclass(frozen=True, slots=True)
class Found:
    """The edge of one run: on which side, where those who begin sit, and between which shares it lies."""

    side: str
    placement: SeedPlacement
    run: int
    bracket: Bracket


@dataclass(frozen=True, slots=True)
class EdgeTest:
    """How sharp an edge is: runs with fresh luck, begun so many points beside the organisation's own edge.

    ``edges`` float64[organisations]; ``lives`` float64[organisations, len(OFFSETS)], shares of the ``runs_each`` runs that
    live; NaN where so many fewer than the edge would be fewer than nobody.
    """

    edges: Floats
    lives: Floats
    runs_each: int = LUCKS

    def share(self, offset: float) -> Interval:
        """Return the share of runs that live, over organisations of which each counts once.

        The interval is Student's over organisations, and at least as wide as Wilson's over all their runs.
        """
        lives = self.tested(offset)
        if len(lives) == 0:
            return NOTHING
        over_runs = wilson(round(self.runs_each * float(lives.sum())), self.runs_each * len(lives))
        value, low, high = mean_interval(lives)
        return Interval(value, max(0.0, np.nanmin((low, over_runs.low))), min(1.0, np.nanmax((high, over_runs.high))))

    def tested(self, offset: float) -> Floats:
        """Return the share of runs that live, of each organisation that was tested so far beside its edge."""
        lives: Floats = self.lives[:, OFFSETS.index(offset)]
        return lives[~np.isnan(lives)]


@dataclass(frozen=True)
class Tipping:
    """Everything found: ``found`` holds an edge a run, side and placement; ``tests``, by placement, how sharp edges are."""

    scenario: Scenario
    seed: int
    days: int
    people: int
    replicates: int
    organisation: int | None
    found: tuple[Found, ...]
    tests: Mapping[SeedPlacement, EdgeTest] = field(default_factory=dict)

    def brackets(self, side: str, placement: SeedPlacement | None = None) -> list[Bracket]:
        """Return the edges of all runs, in order of the run's number; of leavers, of those that lived before they left."""
        placement = placement or self.placement
        edges = [each.bracket for each in self.found if (each.side, each.placement) == (side, placement)]
        return [edge for edge in edges if edge != BEYOND_FROM_THE_START] if side == ABOVE else edges

    @property
    def placement(self) -> SeedPlacement:
        """Where the scenario has those who begin."""
        return self.scenario.organisation.seed_placement

    @property
    def placements(self) -> list[SeedPlacement]:
        """Return the placements tried, the scenario's own first."""
        return list(dict.fromkeys(each.placement for each in self.found if each.side == BELOW))

    def edge(self, side: str, placement: SeedPlacement | None = None) -> Interval:
        """Return the middle edge over runs with its 95 % interval: 0 for beyond from the start, infinite for never."""
        return median_edge(self.brackets(side, placement))

    def share_beyond(self, side: str, share: float, placement: SeedPlacement | None = None) -> Interval:
        """Return the share of runs that are beyond their edge at a share of staff, with Wilson's interval.

        Of below: that live when begun by so many. Of above: that die when so many leave.
        """
        brackets = self.brackets(side, placement)
        return wilson(sum(bracket.middle <= share for bracket in brackets), len(brackets))

    def n_with_edge(self, placement: SeedPlacement | None = None) -> int:
        """Return how many runs have an edge from below: they neither live with nobody to begin nor die whoever begins."""
        return sum(has_edge(bracket) for bracket in self.brackets(BELOW, placement))

    def share_never(self, side: str, placement: SeedPlacement | None = None) -> Interval:
        """Return the share of runs without an edge because even the largest share isn't enough."""
        return proportion_interval([bracket == NEVER_BEYOND for bracket in self.brackets(side, placement)])

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return one row a run, side and placement: ``low`` and ``high`` hold the edge; empty where never beyond."""
        import pandas as pd

        rows = [
            {
                "side": each.side,
                "placement": each.placement,
                "organisation": each.run % LUCKS_APART,
                "luck": each.run // LUCKS_APART,
                "low": each.bracket.low,
                "high": each.bracket.high,
            }
            for each in self.found
        ]
        return pd.DataFrame(rows).replace(np.inf, np.nan)

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim tipping`` prints, as plain data; an infinite edge is null."""
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replicates": self.replicates,
            "organisation": self.organisation,
            "days": self.days,
            "people": self.people,
            "model_version": model_version(),
            "least_living": LEAST_LIVING,
            "from_below": {placement: self._side(BELOW, placement) for placement in self.placements},
            "from_above": self._side(ABOVE, self.placement) | {"leaving_day": LEAVING_DAY},
            "same_organisation": {placement: self._tested(placement) for placement in self.tests},
        }

    def _tested(self, placement: SeedPlacement) -> dict[str, Any]:
        test = self.tests[placement]
        lives = [
            {**as_dict(test.share(offset)), "offset": offset, "organisations": len(test.tested(offset))}
            for offset in OFFSETS
        ]
        return {"runs_each": test.runs_each, "with_edge": self.n_with_edge(placement), "lives": lives}

    def _side(self, side: str, placement: SeedPlacement) -> dict[str, Any]:
        edge = self.edge(side, placement)
        middle = edge.value if np.isfinite(edge.value) else 0.0
        return {
            "runs": len(self.brackets(side, placement)),
            "edge": finite(edge),
            "quartiles": [bound if np.isfinite(bound) else None for bound in self.quartiles(side, placement)],
            "beyond_from_the_start": as_dict(self.share_beyond(side, 0.0, placement)),
            "never_beyond": as_dict(self.share_never(side, placement)),
            "beyond_at_margin_below": as_dict(self.share_beyond(side, middle - MARGIN, placement)),
            "beyond_at_margin_above": as_dict(self.share_beyond(side, middle + MARGIN, placement)),
        }

    def quartiles(self, side: str, placement: SeedPlacement | None = None) -> tuple[float, float]:
        """Return between which edges the middle half of the runs lies."""
        middles = np.array([bracket.middle for bracket in self.brackets(side, placement)])
        if len(middles) == 0:
            return float("nan"), float("nan")
        low, high = np.quantile(middles, (0.25, 0.75), method="nearest")
        return float(low), float(high)


def tipping(
    scenario: Scenario,
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    days: int = ALONE_DAYS,
    organisation: int | None = None,
    placements: Sequence[SeedPlacement] = PLACEMENTS,
    tolerance: float = TOLERANCE,
    test: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Tipping:
    """Return the tipping point of a scenario left alone, from below by placement and from above.

    Parameters
    ----------
    replicates
        How many runs: organisations, each with its own luck, or lucks of one ``organisation``.
    organisation
        The replicate whose people and ties are kept for all runs; each run has people of its own when absent.
    placements
        Who begins; the scenario's own place is always tried.
    test
        Whether to try with fresh luck how sharp the edges are, of the scenario's own place and of the most interested: half
        of the work.
    progress
        Called with the number of searches done, and of all.
    stop
        When it is set, ``Stopped`` is raised soon.
    """
    own = scenario.organisation.seed_placement
    wanted = tuple(dict.fromkeys((own, *placements)))
    search = _Search(scenario, wanted, seed=seed, days=days, tolerance=tolerance, stop=stop)
    runs = _runs(replicates, organisation)
    tasks: list[Task] = [(BELOW, placement, run) for placement in wanted for run in runs]
    tasks += [(ABOVE, own, run) for run in runs]
    tested = [placement for placement in wanted if placement in (own, INTERESTED)] if test else []
    n_each = min(EDGES_TESTED, replicates) if organisation is None else 1
    total = len(tasks) + n_each * len(tested)

    def tell(before: int) -> Callable[[int], None] | None:
        return None if progress is None else lambda done: progress(before + done, total)

    found = tuple(in_parallel(search.find, tasks, threads, tell(0)))
    tests = {
        placement: _test_edges(search, found, placement, organisation, threads, tell(len(tasks) + n_each * number))
        for number, placement in enumerate(tested)
    }
    return Tipping(
        scenario=search.scenario,
        seed=seed,
        days=days,
        people=search.people,
        replicates=replicates,
        organisation=organisation,
        found=found,
        tests={placement: sharp for placement, sharp in tests.items() if sharp is not None},
    )


def _runs(replicates: int, organisation: int | None) -> list[int]:
    if organisation is None:
        return list(range(replicates))
    return [organisation + luck * LUCKS_APART for luck in range(replicates)]


class _Search:
    """Searches for edges of one scenario, from any thread."""

    def __init__(
        self,
        scenario: Scenario,
        placements: Sequence[SeedPlacement],
        *,
        seed: int,
        days: int,
        tolerance: float,
        stop: threading.Event | None,
    ) -> None:
        specs = {placement: placed(scenario.organisation, placement) for placement in placements}
        self.trials = {
            placement: Trials(
                scenario.model_copy(update={"organisation": spec}),
                seed=seed,
                days=days,
                source=SamePeople(spec, seed),
                stop=stop,
            )
            for placement, spec in specs.items()
        }
        self.scenario, self.tolerance = scenario, tolerance
        self.people = self.trials[placements[0]].simulator.source.organisation(0).n_people

    def find(self, task: Task) -> Found:
        """Return the edge of a run from one side."""
        side, placement, run = task
        trials = self.trials[placement]
        if side == BELOW:
            return Found(*task, self._bisect(lambda share: trials.lives(run, start=share), EVERYBODY))
        return Found(*task, self._bisect(lambda share: not trials.lives(run, start=EVERYBODY, leavers=share), MOST_LEAVERS))

    def _bisect(self, is_beyond: Callable[[float], bool], top: float) -> Bracket:
        return bisect(is_beyond, top=top, tolerance=self.tolerance)

    def test(self, task: Task, runs_each: int) -> tuple[float, list[float]] | None:
        """Return an organisation's own edge, and how many of its runs with fresh luck live beside it; None without one.

        None of these lucks is that of the search over all, and those that place the edge do not test it.
        """
        side, placement, organisation = task
        lucks = range(1, LUCKS + 1), range(LUCKS + 1, LUCKS + 1 + runs_each)
        placing, testing = ([organisation + luck * LUCKS_APART for luck in each] for each in lucks)
        edge = median_edge([self.find((side, placement, run)).bracket for run in placing]).value
        if not 0.0 < edge < EVERYBODY:
            return None
        return edge, [self._living(placement, testing, edge + offset) for offset in OFFSETS]

    def _living(self, placement: SeedPlacement, runs: Sequence[int], share: float) -> float:
        """Return how many of the runs live when begun by a share; NaN where no such share of staff can be."""
        if not 0.0 <= share <= EVERYBODY:
            return float("nan")
        return float(np.mean([self.trials[placement].lives(run, start=share) for run in runs]))


def has_edge(bracket: Bracket) -> bool:
    """Return whether there is an edge: neither nobody is enough, nor is everybody too few."""
    return 0.0 < bracket.middle < EVERYBODY


def _test_edges(
    search: _Search,
    found: Sequence[Found],
    placement: SeedPlacement,
    organisation: int | None,
    threads: int | None,
    tell: Callable[[int], None] | None,
) -> EdgeTest | None:
    """Return how sharp the edges of the first organisations that have one are; None where none has."""
    edges = (each for each in found if (each.side, each.placement) == (BELOW, placement))
    with_edge = [each.run for each in edges if has_edge(each.bracket)]
    asked = with_edge[:EDGES_TESTED] if organisation is None else [organisation]
    runs_each = LUCKS if organisation is None else LUCKS_OF_ONE
    tasks = [(BELOW, placement, run) for run in asked]
    tried = in_parallel(lambda task: search.test(task, runs_each), tasks, threads, tell)
    tests = [test for test in tried if test is not None]
    if not tests:
        return None
    return EdgeTest(np.array([edge for edge, _ in tests]), np.array([lives for _, lives in tests]), runs_each)

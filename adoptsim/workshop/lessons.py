"""What a workshop claims, held against the model: every claim with its 95 % interval, over replicates and seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adoptsim.compare import paired_proportion_difference
from adoptsim.domain.intervals import Interval, mean_interval, proportion_interval
from adoptsim.domain.scenario import Scenario
from adoptsim.workshop.luck import luck_of
from adoptsim.workshop.plan import Claim, Lesson, Workshop

Floats = npt.NDArray[np.float64]
Measured = Callable[[str], Floats]


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim of a lesson with what the model gives."""

    lesson: Lesson
    claim: Claim
    found: Interval

    @property
    def holds(self) -> bool:
        """Return whether the whole interval lies where the claim says; what has no bounds claims nothing."""
        above = self.claim.above is None or self.found.low > self.claim.above
        below = self.claim.below is None or self.found.high < self.claim.below
        return above and below


def findings(
    workshop: Workshop, *, seeds: Iterable[int] | None = None, replicates: int | None = None, threads: int | None = None
) -> list[Finding]:
    """Return every claim of a workshop with its interval over the replicates of all seeds; the workshop's own by default."""
    wanted = range(replicates or workshop.replicates)
    lucks = tuple(seeds) if seeds is not None else (workshop.seed,)
    claims = [(lesson, claim) for lesson in workshop.lessons for claim in lesson.claims]
    policies = {name: workshop.policy(name) for _, claim in claims for name in claim.names.values()}
    for seed in lucks:
        for policy in policies.values():
            luck_of(policy.organisation, seed).run([(policy, wanted)], threads=threads)

    def found(claim: Claim) -> Interval:
        return held(claim, lambda name: outcome(policies[name], claim.measure, lucks, wanted))

    return [Finding(lesson, claim, found(claim)) for lesson, claim in claims]


def outcome(policy: Scenario, measure: str, seeds: Sequence[int], replicates: Sequence[int]) -> Floats:
    """Return an outcome of runs that have been made, seed by seed, float64[seeds * replicates]."""
    return np.concatenate([luck_of(policy.organisation, seed).outcome(policy, measure, replicates) for seed in seeds])


def held(claim: Claim, measured: Measured) -> Interval:
    """Return what a claim is about with its interval; ``measured`` gives a policy's outcome by replicate."""
    if not claim.than:
        return (proportion_interval if claim.measure == "reached" else mean_interval)(measured(claim.of))
    if claim.more_than is not None:
        other = measured(claim.more_than.of) - measured(claim.more_than.than)
        return mean_interval(measured(claim.of) - measured(claim.than) - other)
    if claim.measure == "reached":
        return paired_proportion_difference(measured(claim.of), measured(claim.than))
    return mean_interval(measured(claim.of) - measured(claim.than))

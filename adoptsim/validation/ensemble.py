"""The ensemble: plausible sets of parameters that travel with the package, each checked against all patterns."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adoptsim.files.ensemble import SHIPPED, Member, read_ensemble
from adoptsim.simulation import SEED
from adoptsim.validation.cases import CASES
from adoptsim.validation.check import Row, interval_of, lies_within
from adoptsim.validation.measure import Floats, Sources, in_parallel, measure, runs_of
from adoptsim.validation.patterns import NETWORK, PATTERNS, Pattern

__all__ = [
    "SHIPPED",
    "EnsembleCheck",
    "Member",
    "check_ensemble",
    "ensemble_runs",
    "in_the_long_run",
    "judged_at",
    "read_ensemble",
]

REPLICATES_A_MEMBER = (
    dict.fromkeys(CASES, 3)
    | dict.fromkeys([name for name in CASES if name.startswith(("seed-", "leavers-"))], 4)
    | {"typical": 12, "no-support": 2, "all-ten": 2, NETWORK: 8}
)
"""Few, or two hundred members would take minutes: most of the case that is measured against ranges; of seeds and leavers,
whose chance to live is asked, four (of three that all die, the interval still reaches above one half); of what hardly
differs between replicates, or costs most, two. A member takes about 0.65 s of one processor: all ten practices on make runs
that cost six times as much as others."""
SLIGHTLY = 1e-9
SHARE_THAT_MUST = 0.9
"""Of members, for which each pattern that must hold does."""


@dataclass(frozen=True, slots=True)
class EnsembleCheck:
    """How many members of an ensemble show the patterns."""

    members: int
    share: Mapping[str, float]
    """By pattern, of the members for which it holds."""
    all_share: float
    """Of the members for which all patterns hold that must."""

    @property
    def least(self) -> tuple[str, float]:
        """Return the pattern that must hold and does for fewest members, and for which share of them."""
        return min(
            ((name, share) for name, share in self.share.items() if PATTERNS[name].must_hold), key=lambda each: each[1]
        )

    @property
    def holds(self) -> bool:
        """Return whether every pattern that must hold does for enough members."""
        return self.least[1] >= SHARE_THAT_MUST


def ensemble_runs(members: int) -> int:
    """Return how many runs the check of so many members takes."""
    return members * runs_of(PATTERNS.values(), REPLICATES_A_MEMBER)


def in_the_long_run(pattern: Pattern, values: Floats, defaults: Floats | None) -> float:
    """Return the mean of few replicates corrected for their luck, by what the defaults gave in the same and in more.

    The ratio and the difference estimators of survey sampling (Cochran 1977, chapters 6 and 7), of what can't be negative
    and of what can: the first makes the error of a mean of eight replicates two to four times smaller, measured on parameter
    sets around the defaults.
    """
    mean = interval_of(pattern, values).value
    if defaults is None or len(defaults) <= len(values):
        return mean
    same, many = interval_of(pattern, defaults[: len(values)]).value, interval_of(pattern, defaults).value
    if pattern.compare or (pattern.low or 0.0) < 0.0:
        return mean + many - same
    return mean * many / same if same > 0 else mean


def judged_at(pattern: Pattern, values: Floats, defaults: Floats | None) -> float:
    """Return what few replicates are judged by: the corrected mean; of signs and chances what is nearest to the range.

    A chance of four runs is known to a quarter or so, and whether a small difference is above 0 hardly at all. Both are held
    against a set only where their 95 % interval lies outside the range.
    """
    if pattern.kind != "sign" and pattern.compare != "lives":
        return in_the_long_run(pattern, values, defaults)
    found = interval_of(pattern, values)
    low = -math.inf if pattern.low is None else pattern.low
    high = math.inf if pattern.high is None else pattern.high
    beyond = SLIGHTLY if pattern.kind == "sign" else 0.0  # a sign is not 0
    return min(max(found.value, min(low + beyond, found.high)), max(high - beyond, found.low))


def check_ensemble(
    members: Sequence[Member],
    defaults: Sequence[Row] = (),
    seed: int = SEED,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> EnsembleCheck:
    """Return for how many members each pattern holds, judged by few replicates (`judged_at`).

    All members meet the same organisations and luck; ``progress`` is called with the number of members done. Where the
    check of the ``defaults`` under the same seed is given, it tells how lucky those few replicates are.
    """
    sources: Sources = {}
    known = {row.pattern.name: row.values for row in defaults}
    judged = [pattern for pattern in PATTERNS.values() if pattern.kind != "report"]

    def one(member: Member) -> dict[str, bool]:
        values = measure(member, judged, REPLICATES_A_MEMBER, seed, sources)
        return {
            pattern.name: lies_within(pattern, judged_at(pattern, values[pattern.name], known.get(pattern.name)))
            for pattern in judged
        }

    found = in_parallel(one, members, workers, progress)
    must = [pattern.name for pattern in judged if pattern.must_hold]
    share = {pattern.name: sum(each[pattern.name] for each in found) / len(found) for pattern in judged}
    return EnsembleCheck(len(found), share, sum(all(each[name] for name in must) for each in found) / len(found))

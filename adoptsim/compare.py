"""Several scenarios under the same people and luck: differences to the first, in pairs. Computes; prints nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from adoptsim.domain.intervals import CONFIDENCE, NOTHING, Interval, paired_difference
from adoptsim.domain.scenario import OrganisationSpec, Scenario
from adoptsim.simulation import FINAL, REPLICATES, SEED, OrganisationSource, Result, as_dict, simulate

MEASURES = ("reached", *FINAL, "hours_per_person_month")


@dataclass(frozen=True)
class Comparison:
    """Results of several scenarios, replicate by replicate with the same luck; the first is the baseline."""

    results: tuple[Result, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return what each scenario is called here: its name, numbered where two have the same."""
        names = [result.scenario.name for result in self.results]
        seen: Counter[str] = Counter()
        return tuple(name if seen.update([name]) or seen[name] == 1 else f"{name} ({seen[name]})" for name in names)

    @property
    def same_people(self) -> bool:
        """Return whether all scenarios ask for the same organisation."""
        return len({result.scenario.organisation for result in self.results}) == 1

    def difference(self, measure: str, other: int) -> Interval:
        """Return by how much a measure of the scenario in place ``other`` exceeds the baseline's, in pairs."""
        after, before = self.results[other].outcome[measure], self.results[0].outcome[measure]
        if measure == "reached":
            return paired_proportion_difference(after, before)
        return paired_difference(after, before)

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim compare`` prints, as plain data."""
        others = range(1, len(self.results))
        return {
            "baseline": self.names[0],
            "names": list(self.names),
            "same_people": self.same_people,
            "results": [result.summary() for result in self.results],
            "differences": [
                {"scenario": self.names[other]} | {measure: self._as_dict(measure, other) for measure in MEASURES}
                for other in others
            ],
        }

    def _as_dict(self, measure: str, other: int) -> dict[str, Any]:
        difference = self.difference(measure, other)
        return as_dict(difference) | {"beyond_luck": beyond_luck(difference)}


def beyond_luck(difference: Interval) -> bool:
    """Return whether an interval excludes 0; one without bounds excludes nothing."""
    return difference.low > 0.0 or difference.high < 0.0


def paired_proportion_difference(after: npt.ArrayLike, before: npt.ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Return the difference of two shares of the same replicates with its adjusted Wald interval (Bonett & Price 2012).

    Unlike Student's interval it has a width when all pairs agree. Pairs of which one is missing are left out.
    """
    change = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    change = change[~np.isnan(change)]
    n = len(change)
    if n == 0:
        return NOTHING
    gained, lost = ((change > 0).sum() + 1) / (n + 2), ((change < 0).sum() + 1) / (n + 2)
    half = float(ndtri(0.5 + confidence / 2.0)) * float((gained + lost - (gained - lost) ** 2) / (n + 2)) ** 0.5
    centre = float(gained - lost)
    return Interval(float(change.mean()), max(-1.0, centre - half), min(1.0, centre + half))


def compare(
    scenarios: Sequence[Scenario],
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Return the comparison of two or more scenarios; ``progress`` is called with the number of runs done in all."""
    if len(scenarios) < 2:
        raise ValueError(f"{len(scenarios)} scenario to compare; give at least two")
    sources: dict[OrganisationSpec, OrganisationSource] = {}
    results = []
    for place, scenario in enumerate(scenarios):
        spec = scenario.organisation
        tell = None if progress is None else _beginning_at(place * replicates, progress)
        source = sources.setdefault(spec, OrganisationSource(spec, seed))
        results.append(simulate(scenario, replicates=replicates, seed=seed, threads=threads, source=source, progress=tell))
    return Comparison(tuple(results))


def _beginning_at(first: int, progress: Callable[[int], None]) -> Callable[[int], None]:
    return lambda done: progress(first + done)

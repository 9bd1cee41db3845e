"""Effects of the ten practices and of their misuse, in pairs under the same people and luck, against what is expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from adoptsim import files
from adoptsim.domain.intervals import Interval, mean_interval, paired_difference
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import REPLICATES, SEED, OrganisationSource, Simulator
from adoptsim.validation.cases import NOTHING
from adoptsim.validation.effects_expected import EXPECTATIONS, SETTINGS, Expectation, Setting
from adoptsim.validation.effects_outcomes import OUTCOMES, Outcome
from adoptsim.validation.measure import Floats, in_parallel

CONFIRMED, CONTRADICTED, NOT_SETTLED = VERDICTS = ("confirmed", "contradicted", "not settled")
Change = tuple[str, str]
"""A setting and a practice."""
ALL: tuple[Change, ...] = tuple((setting, practice) for setting in SETTINGS for practice in PRACTICES)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a practice changes in one outcome in one setting: means before and after, and the paired difference.

    ``pairs``: replicates in which the outcome is known on both sides.
    """

    setting: Setting
    practice: str
    outcome: Outcome
    before: float
    after: float
    difference: Interval
    pairs: int
    expected: Expectation | None

    @property
    def beyond_luck(self) -> bool:
        """Return whether the 95 % interval leaves out 0."""
        return self.difference.low > 0.0 or self.difference.high < 0.0

    @property
    def verdict(self) -> str | None:
        """Return what the interval says of the expected sign; None where none is stated."""
        if self.expected is None:
            return None
        if not self.beyond_luck:
            return NOT_SETTLED
        return CONFIRMED if self.difference.value * self.expected.sign > 0 else CONTRADICTED

    def row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        expected = {"sign": None, "source": None, "grade": None} if self.expected is None else asdict(self.expected)
        return {
            "setting": self.setting.name,
            "number": PRACTICES[self.practice].number,
            "practice": self.practice,
            "outcome": self.outcome.name,
            "before": self.before,
            "after": self.after,
            "difference": self.difference.value,
            "low": self.difference.low,
            "high": self.difference.high,
            "pairs": self.pairs,
            "beyond_luck": self.beyond_luck,
            "expected": expected["sign"],
            "verdict": self.verdict,
            "source": expected["source"],
            "grade": expected["grade"],
        }


def tally(found: Iterable[Effect]) -> dict[str, int]:
    """Return how many effects of which a sign is expected have which verdict."""
    verdicts = [effect.verdict for effect in found]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}


def scenarios_of(setting: str, practice: str, parameters: Mapping[str, float] = NOTHING) -> tuple[Scenario, Scenario]:
    """Return the scenarios before and after the change that a setting makes to a practice."""
    made = SETTINGS[setting]
    base = files.Scenario.load(made.scenario)
    without = {name: use for name, use in base.practices.items() if name != practice}
    before = without if made.starts_without else base.practices
    after = without if made.use is None else without | {practice: made.use}
    changed = {"parameters": base.parameters | dict(parameters)}
    return base.model_copy(update=changed | {"practices": before}), base.model_copy(update=changed | {"practices": after})


def _distinct(pairs: Mapping[Change, tuple[Scenario, Scenario]]) -> dict[str, Scenario]:
    """Return every scenario once, by its digest."""
    return {scenario.digest(): scenario for pair in pairs.values() for scenario in pair}


def runs_of(replicates: int, changes: Iterable[Change] = ALL) -> int:
    """Return how many runs the effects of some changes take."""
    return len(_distinct({change: scenarios_of(*change) for change in changes})) * replicates


def effects(
    replicates: int = REPLICATES,
    seed: int = SEED,
    *,
    changes: Iterable[Change] = ALL,
    parameters: Mapping[str, float] = NOTHING,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Effect]:
    """Return the effects of some changes, or of all, on every outcome.

    Each scenario is simulated once; all meet the same organisations and luck. ``progress`` is called with the number of
    runs done; ``parameters`` replace defaults and are not checked against their ranges.
    """
    pairs = {change: scenarios_of(*change, parameters) for change in changes}
    seen = _observe(_distinct(pairs), replicates, seed, workers, progress)
    found = []
    for change, (before, after) in pairs.items():
        values = seen[before.digest()], seen[after.digest()]
        found += [_effect(*change, outcome, *values) for outcome in OUTCOMES.values()]
    return found


def _observe(
    scenarios: Mapping[str, Scenario],
    replicates: int,
    seed: int,
    workers: int | None,
    progress: Callable[[int], None] | None,
) -> dict[str, dict[str, Floats]]:
    """Return by scenario and outcome what each replicate gave, float64[replicates]."""
    source = OrganisationSource(next(iter(scenarios.values())).organisation, seed)
    simulators = {name: Simulator(scenario, seed=seed, source=source) for name, scenario in scenarios.items()}

    def one(task: tuple[str, int]) -> list[float]:
        simulator, replicate = simulators[task[0]], task[1]
        world = simulator.run(replicate)
        outcomes = simulator.outcomes(world)
        return [outcome.of(world, outcomes) for outcome in OUTCOMES.values()]

    # replicates on the outside: an organisation is drawn once and met by all scenarios while it is kept
    tasks = [(name, replicate) for replicate in range(replicates) for name in scenarios]
    values = np.array(in_parallel(one, tasks, workers, progress)).reshape(replicates, len(scenarios), len(OUTCOMES))
    return {
        name: {outcome: values[:, row, column] for column, outcome in enumerate(OUTCOMES)}
        for row, name in enumerate(scenarios)
    }


def _effect(
    setting: str, practice: str, outcome: Outcome, before: Mapping[str, Floats], after: Mapping[str, Floats]
) -> Effect:
    first, second = before[outcome.name], after[outcome.name]
    return Effect(
        SETTINGS[setting],
        practice,
        outcome,
        mean_interval(first).value,
        mean_interval(second).value,
        paired_difference(second, first),
        int((~np.isnan(second - first)).sum()),
        EXPECTATIONS.get((setting, practice, outcome.name)),
    )

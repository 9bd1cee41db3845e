"""What is seen of a run when a practice's effect is asked for: outcomes as data, each read from the run's own record.

Shares and posts are over the whole run: where a network has died, a month's are those of a handful.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from adoptsim.engine.state import COUNT, World
from adoptsim.validation import record
from adoptsim.validation.estimators import share
from adoptsim.validation.patterns import HALF_YEAR

DO, FEEL = "What people do", "What they meet, feel and spend"
Seen = Callable[[World, Mapping[str, float]], float]
ANSWERS = [COUNT.answered, COUNT.acted, COUNT.explained, COUNT.defensive]
SETTLED = slice(COUNT.answered, COUNT.sanctioned + 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing seen of a run: ``of`` its record and its outcomes by name.

    ``kind``: a share or level, shown in points of a hundred, or an amount; ``unit``: of what is shown.
    """

    name: str
    group: str
    label: str
    says: str
    kind: Literal["share", "level", "amount"]
    unit: str
    of: Seen

    @property
    def scale(self) -> float:
        """Return what a number is multiplied with to be shown."""
        return 1.0 if self.kind == "amount" else 100.0


def _final(name: str) -> Seen:
    """Return what reads an outcome that every run has."""
    return lambda _, outcomes: outcomes[name]


def _all_days(estimator: Callable[[World, int], float]) -> Seen:
    """Return what applies an estimator of the record to the whole run."""
    return lambda world, _: estimator(world, len(world.counts))


def _contributors_average(world: World, _: Mapping[str, float]) -> float:
    return share(float(world.counts[:, COUNT.contributors].mean()), float(world.place.shape[1]))


def _early_criticism(world: World, _: Mapping[str, float]) -> float:
    first = world.counts[:HALF_YEAR].sum(axis=0)
    return share(first[COUNT.critical_posts], first[COUNT.critical_posts] + first[COUNT.silence_critical])


def _answered_share(world: World, _: Mapping[str, float]) -> float:
    totals = world.counts.sum(axis=0)
    return share(totals[ANSWERS].sum(), totals[SETTLED].sum())


# fmt: off
_TABLE = (
    Outcome("contributors", DO, "Contributors, last month", "staff who contributed in the last 21 days of the run",
            "share", "points", _final("contributors")),
    Outcome("contributors_average", DO, "Contributors, on average", "staff who contributed in 21 days, mean over all days",
            "share", "points", _contributors_average),
    Outcome("work_posts", DO, "Work posts", "posts a month, but leisure and leaders' own",
            "amount", "per 100 people", _all_days(record.work_posts)),
    Outcome("voice", DO, "Voice", "ideas and concerns posted a month",
            "amount", "per 100 people", _all_days(record.voice)),
    Outcome("early_criticism", DO, "Criticism spoken out", "of the criticism people are moved to in the first six months",
            "share", "points", _early_criticism),
    Outcome("silence_share", DO, "Silence", "of the voice that people are moved to, what they keep back",
            "share", "points", _all_days(record.silence)),
    Outcome("answered_share", FEEL, "Voice answered", "of the voice that leaders have settled, what they answered",
            "share", "points", _answered_share),
    Outcome("responsiveness", FEEL, "Felt responsiveness", "learned chance that leaders answer or act, on the last day",
            "level", "points of 100", _final("responsiveness")),
    Outcome("trust", FEEL, "Trust in leaders", "mean over staff, on the last day",
            "level", "points of 100", _final("trust")),
    Outcome("safety", FEEL, "Psychological safety", "mean over staff, on the last day",
            "level", "points of 100", _final("safety")),
    Outcome("hours_per_person_month", FEEL, "Hours", "a month, on the platform and for the practices",
            "amount", "per person", _final("hours_per_person_month")),
)
# fmt: on
OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in _TABLE}
"""In the order in which they are shown."""

"""Why a scenario does what it does: beside another under the same luck, from the whole down to one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.bundles import practices_in_use, run_policies, with_only
from adoptsim.analysis.divergence import Divergence, parting_of
from adoptsim.analysis.pairs import Pair
from adoptsim.analysis.people import find_person
from adoptsim.analysis.shares import Shares, practice_shares
from adoptsim.analysis.spread import Spread, spread_of
from adoptsim.analysis.story import Story, story_of
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.intervals import Interval, mean_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario, nearest
from adoptsim.simulation import SEED, as_dict

Floats = npt.NDArray[np.float64]
REPLICATES = 16
SHARE_RUNS = 4_096
LEAST_TO_HALVE = 8  # runs, of which half choose whom to compare with and half measure
"""Runs of all bundles by default: under a minute for 500 people on two cores."""
MEASURE = "contributors"
"""What is lost without a practice is counted in contributors of the last month: a probability saturates."""

Progress = Callable[[str, str, int, int], None]
"""Is told what is being done, in which unit, how many of it are done, and of how many."""


@dataclass(frozen=True)
class Other:
    """What a scenario is held against: ``lost`` is what contributors fall by without a practice, if one is left out."""

    scenario: Scenario
    name: str
    practice: str | None
    how: str
    gain: Interval

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"name": self.name, "practice": self.practice, "how": self.how, "contributors_gained": as_dict(self.gain)}


@dataclass(frozen=True)
class Explanation:
    """Why: each practice's share, where two runs part, how that spreads, and one person's story in both."""

    scenario: Scenario
    other: Other
    seed: int
    people: int
    parting: Divergence | None
    spread: Spread
    story: Story
    shares: Shares | None

    def summary(self) -> dict[str, Any]:
        """Return what ``adoptsim explain`` prints, as plain data."""
        return {
            "scenario": self.scenario.name,
            "against": self.other.summary(),
            "seed": self.seed,
            "replicates": len(self.spread.replicates),
            "people": self.people,
            "days": self.scenario.horizon.days,
            "shares": self.shares.summary() if self.shares is not None else None,
            "first_parting": _parting(self),
            "spread": self.spread.summary(),
            "story": self.story.summary(),
        }


def _parting(explanation: Explanation) -> dict[str, Any] | None:
    """Return the first decision that differs in the run that is told, and what it says."""
    found = explanation.parting
    if found is None:
        return None
    names = [history.run for history in (explanation.story.first, explanation.story.second)]
    fields = {name: getattr(found, name) for name in Divergence.__slots__}
    return fields | {"in_words": found.in_words(*names)}


def explain(
    scenario: Scenario,
    *,
    against: Scenario | None = None,
    without: str | None = None,
    person: str | int | None = None,
    run: int | None = None,
    replicates: int = REPLICATES,
    shares: bool = True,
    share_replicates: int | None = None,
    seed: int = SEED,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Return why a scenario does what it does, beside another under the same people and luck.

    Parameters
    ----------
    against, without
        What to hold it against: another scenario of the same organisation, or itself without a practice (its name). By
        default itself without its most valuable practice.
    person
        Whose story to tell; by default the most instructive one.
    run
        Which replicate the first parting and the story are from; by default the one in the middle by contributors gained.
    shares, share_replicates
        Whether to share out what the practices add, from runs of all their bundles, and how many runs of each.

    Raises
    ------
    InputError
        If there is nothing to hold it against, or nobody of that id.
    """
    _see_that_it_can_be_told(replicates, run)
    tell = progress or (lambda what, unit, done, total: None)
    other, gained = find_other(scenario, against, without, replicates, seed=seed, threads=threads, progress=tell)
    pair = Pair(scenario, other.scenario, seed=seed)
    told = run if run is not None else middle_run(gained)
    whom = None if person is None else find_person(pair.organisation(told), str(person))
    spreading = partial(_told, tell, "how the difference spreads", "pairs", replicates)
    spread = spread_of(pair, range(replicates), threads=threads, progress=spreading)
    names = f"under {scenario.name}", other.name
    return Explanation(
        scenario=scenario,
        other=other,
        seed=seed,
        people=spread.people,
        parting=parting_of(pair, told),
        spread=spread,
        story=story_of(pair, told, names, whom),
        shares=_shares(scenario, share_replicates, seed, threads, tell) if shares and practices_in_use(scenario) else None,
    )


def n_share_replicates(scenario: Scenario) -> int:
    """Return how many runs of each bundle the shares are worked out from by default."""
    return max(2, min(REPLICATES, SHARE_RUNS >> len(practices_in_use(scenario))))


def _shares(scenario: Scenario, wanted: int | None, seed: int, threads: int | None, tell: Progress) -> Shares:
    n = wanted or n_share_replicates(scenario)
    total = n << len(practices_in_use(scenario))
    sharing = partial(_told, tell, "what each practice adds", "runs", total)
    return practice_shares(scenario, replicates=n, seed=seed, threads=threads, progress=sharing)


def _told(tell: Progress, what: str, unit: str, total: int, done: int) -> None:
    tell(what, unit, done, total)


def find_other(
    scenario: Scenario,
    against: Scenario | None,
    without: str | None,
    replicates: int,
    *,
    seed: int,
    threads: int | None,
    progress: Progress,
) -> tuple[Other, Floats]:
    """Return what a scenario is held against, and the contributors gained over it, float64[replicates]."""
    candidates, how = _candidates(scenario, against, without)
    total = (1 + len(candidates)) * replicates
    found = run_policies(
        scenario,
        [scenario, *(candidate for _, candidate in candidates)],
        replicates,
        seed=seed,
        threads=threads,
        progress=partial(_told, progress, "what to hold it against", "runs", total),
    )[MEASURE]
    gained = found[0] - found[1:]
    choosing, measuring = _halves(len(candidates), replicates)
    best = int(gained[:, choosing].mean(axis=1).argmax())
    practice, other = candidates[best]
    name = f"under {other.name}" if practice is None else f"without {practice_title(practice)}"
    return Other(other, name, practice, how, mean_interval(gained[best, measuring])), gained[best]


def _halves(candidates: int, replicates: int) -> tuple[slice, slice]:
    """Return which runs choose among candidates and which measure the chosen one: the best of ten is flattered by luck."""
    if candidates == 1 or replicates < LEAST_TO_HALVE:
        return slice(None), slice(None)
    return slice(0, None, 2), slice(1, None, 2)


def _candidates(
    scenario: Scenario, against: Scenario | None, without: str | None
) -> tuple[list[tuple[str | None, Scenario]], str]:
    """Return what a scenario might be held against, each with the practice that is left out, and how one is chosen."""
    if against is not None and without is not None:
        raise InputError(Problem("give --against or --without, not both"))
    if against is not None:
        _see_that_they_pair(scenario, against)
        return [(None, against)], "asked for"
    used = practices_in_use(scenario)
    if not used:
        message = "no practice is in use, so none can be left out; name another scenario with --against"
        raise InputError(Problem(message, "practices"))
    leave_out = used if without is None else (practice_named(without, used),)
    how = "of those in use, the one whose loss costs most contributors" if without is None else "asked for"
    return [(name, with_only(scenario, [kept for kept in used if kept != name])) for name in leave_out], how


def practice_title(name: str) -> str:
    """Return a practice as a sentence names it: 'practice 7 (Act on contributions)'."""
    return f"practice {PRACTICES[name].number} ({PRACTICES[name].title})"


def practice_named(asked: str, used: tuple[str, ...]) -> str:
    """Return a practice in use by its name or number. Raises ``InputError``."""
    by_number = {str(practice.number): name for name, practice in PRACTICES.items()}
    name = by_number.get(asked, asked)
    if name not in PRACTICES:
        raise InputError(Problem(f"unknown practice {asked!r}{nearest(name, PRACTICES)}", "--without"))
    if name not in used:
        raise InputError(
            Problem(f"{name} is not in use, so nothing changes without it; in use: {', '.join(used)}", "--without")
        )
    return name


def middle_run(gained: Floats) -> int:
    """Return the replicate in the middle by what was gained: neither the luckiest nor the unluckiest."""
    return int(np.argsort(gained, kind="stable")[(len(gained) - 1) // 2])


def _see_that_it_can_be_told(replicates: int, run: int | None) -> None:
    if run is not None and not 0 <= run < replicates:
        raise InputError(Problem(f"{run} is none of the runs; give a number from 0 to {replicates - 1}", "--run"))


def _see_that_they_pair(scenario: Scenario, against: Scenario) -> None:
    """Raise ``InputError`` where two scenarios differ in more than policy."""
    differ = [name for name in ("organisation", "parameters") if getattr(scenario, name) != getattr(against, name)]
    differ += ["horizon.days"] if scenario.horizon.days != against.horizon.days else []
    if differ:
        same = "must be the same, or the same luck meets other people"
        raise InputError(*(Problem(f"{scenario.name} and {against.name} differ; it {same}", name) for name in differ))

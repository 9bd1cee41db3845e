"""Why a round went as it did: what each practice of a team added, what the winner had, one person's story. Draws nothing."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.explain import middle_run
from adoptsim.analysis.pairs import Pair
from adoptsim.analysis.resampling import bootstrap_intervals
from adoptsim.analysis.shapley import shapley_values
from adoptsim.analysis.story import History, Story, capital, story_of
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import PracticeUse, Scenario
from adoptsim.report.words import listed, span, with_unit
from adoptsim.simulation import Stopped
from adoptsim.workshop.luck import Luck, luck_of
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.reckon import Decisions, ahead_by, ranked, team_policies, winners

Floats = npt.NDArray[np.float64]
MEASURE = "what each practice adds to the share of staff who contribute in the last month, averaged over all orders"
MOST_EXACT = 6
"""Members of a bundle up to which all 2**k subsets are run; beyond, orders are drawn."""
RUNS = 1_200
"""Runs for all teams together, about: some ten seconds on two cores, while the reveal is shown."""
LEAST_REPLICATES, MOST_REPLICATES = 6, 32
ORDERS_SEED = 20160101
MOST_TURNS = 7


def debrief(
    workshop: Workshop,
    number: int,
    decisions: Decisions,
    results: Mapping[str, Any],
    *,
    stop: threading.Event | None = None,
) -> dict[str, Any]:
    """Return what a round's debrief shows, as plain data in the shape of ``views``; ``results`` as `reckon.results`."""
    policies = team_policies(workshop, number, decisions)
    why = _why(workshop, number, decisions, policies, stop)
    first, second = _to_compare(workshop, number, policies, results)
    if stop is not None and stop.is_set():
        raise Stopped
    return {
        "computing": False,
        "measure": MEASURE,
        "why": why,
        "winner": _winner(workshop, policies, results) if results["winner"] is not None else None,
        "story": _story(workshop, first, second),
        "questions": list(workshop.rounds[number].debrief),
    }


# --- what each practice adds ----------------------------------------------------------------------------------------


def _why(
    workshop: Workshop,
    number: int,
    decisions: Decisions,
    policies: Mapping[str | None, Scenario],
    stop: threading.Event | None,
) -> list[dict[str, Any]]:
    base = workshop.scenario(number)
    luck = luck_of(base.organisation, workshop.seed)
    games = {team: _game(base, team, decisions, policy) for team, policy in policies.items()}
    n = _n_replicates(games.values())
    luck.run((job for game in games.values() for job in game.jobs(n)), stop=stop)
    return [
        {"team": team, "name": _name(team, policies[team]), "values": game.values(luck, n)} for team, game in games.items()
    ]


def _game(base: Scenario, team: str | None, decisions: Decisions, policy: Scenario) -> Game:
    """Return what is shared out: a team's own practices beyond what the story does, or all in use if nobody decides."""
    chosen = decisions[team]["practices"] if team is not None else policy.practices
    return Game(policy, tuple(name for name in PRACTICES if name in chosen), base.practices if team is not None else {})


def _name(team: str | None, policy: Scenario) -> str:
    return team or policy.title or policy.name


class Game:
    """A policy as a game: its members are practices, the value of some of them is what the policy gives with only these."""

    def __init__(self, policy: Scenario, members: tuple[str, ...], without: Mapping[str, PracticeUse]) -> None:
        """``without``: what the organisation does with no member; a member takes the place of a misuse."""
        self.members, self._policy, self._without = members, policy, without
        self.is_exact = len(members) <= MOST_EXACT

    def with_only(self, bundle: int) -> Scenario:
        """Return the policy with only the members whose bits are set."""
        chosen = {name: self._policy.practices[name] for bit, name in enumerate(self.members) if bundle >> bit & 1}
        return self._policy.model_copy(update={"practices": dict(self._without) | chosen})

    def bundles(self, replicate: int) -> list[list[int]]:
        """Return the bundles that a replicate is run with: all, or those along a drawn order and along its reverse."""
        k = len(self.members)
        if self.is_exact:
            return [list(range(1 << k))]
        order = np.random.default_rng([ORDERS_SEED, replicate]).permutation(k)
        return [_along(order), _along(order[::-1])]

    def jobs(self, n: int) -> list[tuple[Scenario, Sequence[int]]]:
        """Return the runs that n replicates need."""
        if self.is_exact:
            return [(self.with_only(bundle), range(n)) for bundle in range(1 << len(self.members))]
        by_bundle: dict[int, list[int]] = {}
        for replicate in range(n):
            for bundle in {bundle for row in self.bundles(replicate) for bundle in row}:
                by_bundle.setdefault(bundle, []).append(replicate)
        return [(self.with_only(bundle), replicates) for bundle, replicates in by_bundle.items()]

    def shares(self, luck: Luck, n: int) -> Floats:
        """Return what each member adds by replicate, float64[members, n]: Shapley (1953), or its estimate by orders.

        An order and its reverse a replicate (Castro, Gómez & Tejada 2009) give an estimate without bias, so that the
        spread over replicates holds what the drawing of orders adds.
        """
        if self.is_exact:
            game = [
                luck.outcome(self.with_only(bundle), "contributors", range(n)) for bundle in range(1 << len(self.members))
            ]
            return shapley_values(np.array(game))
        return np.stack([self._of_one(luck, replicate) for replicate in range(n)], axis=1)

    def _of_one(self, luck: Luck, replicate: int) -> Floats:
        added = np.zeros(len(self.members))
        for row in self.bundles(replicate):
            worth = [luck.outcome(self.with_only(bundle), "contributors", [replicate])[0] for bundle in row]
            for before, after, gain in zip(row[:-1], row[1:], np.diff(worth), strict=True):
                added[(before ^ after).bit_length() - 1] += gain / 2.0
        return added

    def values(self, luck: Luck, n: int) -> list[dict[str, Any]]:
        """Return what each member adds with its 95 % interval over replicates, the largest first."""
        if not self.members:
            return []
        shares = bootstrap_intervals(self.shares(luck, n))
        rows = [
            {
                "key": name,
                "name": self._title(name),
                "value": _plain(share.value),
                "low": _plain(share.low),
                "high": _plain(share.high),
            }
            for name, share in zip(self.members, shares, strict=True)
        ]
        return sorted(rows, key=lambda row: -float(row["value"] or 0.0))

    def _title(self, name: str) -> str:
        use = self._policy.practices[name]
        return f"{PRACTICES[name].title}{', misused' if use.misused else ''}"


def _along(order: Sequence[int] | npt.NDArray[np.int64]) -> list[int]:
    """Return the bundles from nobody to all along an order of joining."""
    bundles = [0]
    for member in order:
        bundles.append(bundles[-1] | 1 << int(member))
    return bundles


def _n_replicates(games: Collection[Game]) -> int:
    """Return how many replicates keep the runs of all games to about `RUNS`; teams share subsets, and so runs."""
    needed = len({(scenario.digest(), number) for game in games for scenario, numbers in game.jobs(1) for number in numbers})
    return int(np.clip(RUNS // max(1, needed), LEAST_REPLICATES, MOST_REPLICATES))


def _plain(value: float) -> float | None:
    return None if value != value else round(float(value), 6)


# --- the winner ----------------------------------------------------------------------------------------------------


def _winner(workshop: Workshop, policies: Mapping[str | None, Scenario], results: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the best team did; who decided the same shares its place and its name there."""
    first = winners(results)
    best, *others = ranked(results["teams"])
    same = [team["name"] for team in others if team["team"] in first]
    others = [team for team in others if team["team"] not in first]
    lines = [_lasts(best)]
    if same:
        lines.append(f"{listed(same)} decided the same.")
    if others:
        lines.append(_against(workshop, policies, best, others[0]))
        if alone := _only_here(best, others):
            lines.append(f"Only {listed([best['name'], *same])} {'have' if same else 'has'} {listed(alone)}.")
    return {"team": best["team"], "name": listed([best["name"], *same]), "text": " ".join(lines)}


def _lasts(team: Mapping[str, Any]) -> str:
    mass, end = team["critical_mass"], team["contributors"]
    return (
        f"{team['name']}'s network lasts in {with_unit(mass['share'], 'share')} of runs "
        f"({span(mass['low'], mass['high'], 'share')}); at the end {with_unit(end['mean'], 'share')} of staff "
        f"({span(end['low'], end['high'], 'share')}) contribute."
    )


def _against(
    workshop: Workshop, policies: Mapping[str | None, Scenario], best: Mapping[str, Any], next_best: Mapping[str, Any]
) -> str:
    if best["critical_mass"]["share"] == next_best["critical_mass"]["share"]:  # then contributors decide who is ahead
        end = with_unit(next_best["contributors"]["mean"], "share")
        compared = f"{next_best['name']}, the next, lasts as often, and at the end {end} contribute"
    else:
        share = with_unit(next_best["critical_mass"]["share"], "share")
        compared = f"{next_best['name']}, the next, lasts in {share}"
    is_ahead = ahead_by(workshop, policies, best, next_best).low > 0.0
    return f"{compared}: {'the difference is more than luck' if is_ahead else 'as near as luck can put them'}."


def _only_here(best: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what only the best team has, at any strength."""
    elsewhere = {row["key"] for team in others for row in team["practices"]}
    return [f"“{row['name']}”" for row in best["practices"] if row["key"] not in elsewhere]


# --- one person's story ---------------------------------------------------------------------------------------------


def _to_compare(
    workshop: Workshop, number: int, policies: Mapping[str | None, Scenario], results: Mapping[str, Any]
) -> tuple[Scenario, Scenario]:
    """Return whose runs one person's story is told of: the best team's and the worst's, named as people know them."""
    teams = ranked(results["teams"])
    own = workshop.scenario(number)
    first = _called(policies[teams[0]["team"]], teams[0]["name"])
    last = _called(policies[teams[-1]["team"]], teams[-1]["name"])
    if first.digest() != last.digest():
        return first, last
    if first.digest() != own.digest():
        return first, _called(own, "what the story told")
    return first, _without_all(own)


def _called(scenario: Scenario, name: str) -> Scenario:
    return scenario.model_copy(update={"title": name})


def _without_all(scenario: Scenario) -> Scenario:
    """Return the scenario as an organisation that does nothing."""
    return scenario.model_copy(update={"practices": {}, "title": "no practice at all"})


def _story(workshop: Workshop, first: Scenario, second: Scenario) -> list[str]:
    """Return one person's story in both runs, a line each: who, turning points and end of each run."""
    if first.digest() == second.digest():
        return []
    luck, replicates = luck_of(first.organisation, workshop.seed), range(min(16, workshop.replicates))
    luck.run([(first, replicates), (second, replicates)])
    gained = luck.outcome(first, "contributors", replicates) - luck.outcome(second, "contributors", replicates)
    pair = Pair(first, second, seed=workshop.seed)
    story = story_of(pair, replicates[middle_run(gained)], (f"under {first.title}", f"under {second.title}"))
    return [_who(story), *_told(story.first), *_told(story.second)]


def _who(story: Story) -> str:
    parted = "" if story.parted is None else f" On day {story.parted} the two histories part for this person."
    return f"{capital(story.who)}, with {story.place}: the same person and the same luck in both.{parted}"


def _told(history: History) -> list[str]:
    turns = [f"Day {turn.day}: {turn.text}." for turn in history.turns[:MOST_TURNS]]
    return [f"{capital(history.run)}:", *turns, f"In all: {history.ending}."]

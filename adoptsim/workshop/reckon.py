"""What happened in a round: every team under the same people and luck, and the room's guesses beside. Writes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.compare import paired_proportion_difference
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.intervals import Interval, mean_interval, proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import PracticeUse, Scenario
from adoptsim.workshop.decisions import hours_beyond, hours_of, hours_of_all, policy_of, prices
from adoptsim.workshop.luck import Luck, luck_of
from adoptsim.workshop.plan import Workshop, is_well_used
from adoptsim.workshop.questions import CURVE_MONTHS, MEASURES, Question, is_share
from adoptsim.workshop.words import bounds_in_unit, in_unit

__all__ = ["gains", "prepare", "prices", "results", "simulated_answer"]
Floats = npt.NDArray[np.float64]
BAND = (0.05, 0.95)
"""Nine of ten runs lie between the bounds of a curve."""
CURVE_STEP = 5  # working days from point to point
BINS = 10
OPTION_REPLICATES = 48
"""Runs of each option of a question about practices, at most: ten options in some seconds."""
DECIMALS = 4

Decisions = Mapping[str, Mapping[str, Any]]
"""By team: ``practices`` {key: {strength, start}} and whether the ``computer`` has decided."""


def results(
    workshop: Workshop,
    number: int,
    decisions: Decisions,
    guesses: Mapping[str, Sequence[Any]],
    *,
    stop: threading.Event | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """Return what a round's reveal shows, as plain data in the shape of ``views``.

    Parameters
    ----------
    number
        Which round, from 0.
    decisions
        Of each team that takes part; of none in a round without decisions.
    guesses
        By question what people have answered.
    """
    turn, scenario = workshop.rounds[number], workshop.scenario(number)
    luck, replicates = luck_of(scenario.organisation, workshop.seed), range(workshop.replicates)
    luck.forget()
    policies = team_policies(workshop, number, decisions)
    beside = {name: workshop.policy(name) for name in turn.show}
    wanted = [*policies.values(), *(each for each in beside.values() if each.organisation == scenario.organisation)]
    luck.run(((policy, replicates) for policy in wanted), stop=stop, threads=threads)
    hours = hours_of_all(scenario, workshop.seed)
    teams = [_team(workshop, number, team, decisions.get(team or "", {}), policies[team]) for team in policies]
    return {
        "threshold": scenario.critical_mass.threshold,
        "end_of_support": scenario.horizon.support_until,
        "days": scenario.horizon.days,
        "replicates": len(replicates),
        "seed": workshop.seed,
        "teams": teams,
        **_places(workshop, policies, teams),
        "guesses": [_guessed(workshop, number, question, guesses.get(question.key, ()), stop) for question in turn.predict],
        "shown": [
            {"key": name, "name": workshop.title_of(name), "hours": hours_beyond(policy, scenario, hours)}
            | _outcome(luck_of(policy.organisation, workshop.seed), policy, replicates)
            for name, policy in beside.items()
        ],
    }


def prepare(workshop: Workshop, number: int, *, stop: threading.Event | None = None) -> None:
    """Make the runs of a round that no decision changes: those its questions are about."""
    for question in workshop.rounds[number].predict:
        simulated_answer(workshop, number, question, stop=stop)


def team_policies(workshop: Workshop, number: int, decisions: Decisions) -> dict[str | None, Scenario]:
    """Return what each team's organisation does; without decisions the round's own scenario, of no team."""
    decide, scenario = workshop.rounds[number].decide, workshop.scenario(number)
    if decide is None or not decisions:
        return {None: scenario}
    return {team: policy_of(scenario, decide, made["practices"]) for team, made in decisions.items()}


# --- teams ----------------------------------------------------------------------------------------------------------


def _team(workshop: Workshop, number: int, team: str | None, made: Mapping[str, Any], policy: Scenario) -> dict[str, Any]:
    turn, scenario = workshop.rounds[number], workshop.scenario(number)
    luck, chosen = luck_of(scenario.organisation, workshop.seed), made.get("practices", {})
    hours = hours_of_all(scenario, workshop.seed)
    return {
        "team": team,
        "name": team or scenario.title or scenario.name,
        "practices": [
            {"key": name, "name": PRACTICES[name].title} | dict(chosen[name]) for name in PRACTICES if name in chosen
        ],
        **_outcome(luck, policy, range(workshop.replicates)),
        "hours": hours_of(turn.decide, chosen, hours) if turn.decide is not None else 0.0,
        "computer": bool(made.get("computer", False)),
    }


def _outcome(luck: Luck, policy: Scenario, replicates: range) -> dict[str, Any]:
    """Return whether contribution lasts, how many contribute at the end, and their course with a band."""
    luck.run([(policy, replicates)])
    course = luck.contributors(policy, replicates)
    days = sorted({*range(0, course.shape[1], CURVE_STEP), course.shape[1] - 1})
    low, high = np.quantile(course[:, days], BAND, axis=0)
    lasts = proportion_interval(luck.outcome(policy, "reached", replicates))
    end = _clipped(mean_interval(luck.outcome(policy, "contributors", replicates)))
    curve = {"mean": course[:, days].mean(axis=0), "low": low, "high": high}
    return {
        "critical_mass": {"share": _plain(lasts.value), "low": _plain(lasts.low), "high": _plain(lasts.high)},
        "contributors": _as_dict(end, "mean"),
        "curve": {"days": days} | {name: np.round(values, DECIMALS).tolist() for name, values in curve.items()},
    }


def ranked(teams: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the teams, best first: by how often contribution lasts, then by contributors."""

    def place(team: Mapping[str, Any]) -> tuple[float, float]:
        return team["critical_mass"]["share"] or 0.0, team["contributors"]["mean"] or 0.0

    return sorted(teams, key=place, reverse=True)


def winners(found: Mapping[str, Any]) -> Sequence[str]:
    """Return who won a round; more than one where they have decided the same."""
    names: Sequence[str] = found.get("winners") or [found["winner"]]  # a room that began under an earlier version has one
    return names


def _places(
    workshop: Workshop, policies: Mapping[str | None, Scenario], teams: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return who won: the best, all that share its place by the same decision, and whom luck alone may have put behind."""
    if not teams or teams[0]["team"] is None:
        return {"winner": None, "winners": [], "level": []}
    best, *others = ranked(teams)
    own = policies[best["team"]].digest()
    same = {team["team"] for team in others if policies[team["team"]].digest() == own}
    level = [
        team["team"]
        for team in others
        if team["team"] not in same and not ahead_by(workshop, policies, best, team).low > 0.0
    ]
    return {
        "winner": best["team"],
        "winners": [best["team"], *(t["team"] for t in others if t["team"] in same)],
        "level": level,
    }


def ahead_by(
    workshop: Workshop, policies: Mapping[str | None, Scenario], best: Mapping[str, Any], other: Mapping[str, Any]
) -> Interval:
    """Return by how much a team is ahead of another: by how often it lasts, or, where that is alike, by contributors."""
    alike = best["critical_mass"]["share"] == other["critical_mass"]["share"]
    difference = beyond_luck_at_the_end if alike else beyond_luck
    return difference(workshop, policies[best["team"]], policies[other["team"]])


def beyond_luck(workshop: Workshop, first: Scenario, second: Scenario) -> Interval:
    """Return by how much more often the first policy lasts than the second, in pairs of runs that have been made."""
    luck, replicates = luck_of(first.organisation, workshop.seed), range(workshop.replicates)
    after, before = (luck.outcome(policy, "reached", replicates) for policy in (first, second))
    return paired_proportion_difference(after, before)


def beyond_luck_at_the_end(workshop: Workshop, first: Scenario, second: Scenario) -> Interval:
    """Return how many more contribute in the last month under the first policy, in pairs of runs that have been made."""
    luck, replicates = luck_of(first.organisation, workshop.seed), range(workshop.replicates)
    after, before = (luck.outcome(policy, "contributors", replicates) for policy in (first, second))
    return mean_interval(after - before)


# --- guesses --------------------------------------------------------------------------------------------------------


def _guessed(
    workshop: Workshop, number: int, question: Question, given: Sequence[Any], stop: threading.Event | None
) -> dict[str, Any]:
    """Return a question with how the room has answered, and what the simulation says."""
    simulated = simulated_answer(workshop, number, question, stop=stop)
    if question.kind == "curve":
        policy = workshop.policy(question.of or workshop.rounds[number].scenario)
        run = _outcome(luck_of(policy.organisation, workshop.seed), policy, range(workshop.replicates))
        simulated["curve"] = run["curve"]
        drawn = [list(curve) for curve in given]
        counted = {"labels": [], "counts": [len(given)], "months": list(CURVE_MONTHS), "drawn": drawn}
    elif question.labels:
        counted = _counted_by_label(question, given)
    else:
        counted = _counted_by_bin(question, given)
        simulated["index"] = _bin_of(question, simulated["value"])
    about = {"key": question.key, "kind": question.kind, "text": question.text, "unit": question.shown_unit}
    return about | counted | {"simulated": simulated}


def _counted_by_label(question: Question, given: Sequence[Any]) -> dict[str, Any]:
    counts = [sum(value == key for value in given) for key in question.labels]
    return {"labels": list(question.labels.values()), "counts": counts}


def _counted_by_bin(question: Question, given: Sequence[Any]) -> dict[str, Any]:
    edges = np.linspace(question.low, question.high, BINS + 1)
    counts = np.bincount([_bin_of(question, value) for value in given], minlength=BINS)
    labels = [f"{low:.4g}–{high:.4g}" for low, high in pairwise(edges)]
    return {"labels": labels, "counts": counts.tolist(), "edges": np.round(edges, DECIMALS).tolist()}


def _bin_of(question: Question, value: float) -> int:
    """Return in which bin a number lies; what is beyond the scale lies in the last."""
    place = int((value - question.low) / (question.high - question.low) * BINS)
    return min(max(place, 0), BINS - 1)


def simulated_answer(
    workshop: Workshop, number: int, question: Question, *, stop: threading.Event | None = None
) -> dict[str, Any]:
    """Return what the simulation answers: ``value`` with bounds, and the ``label`` that is right."""
    policy = workshop.policy(question.of or workshop.rounds[number].scenario)
    if question.kind == "practice":
        return _answer_of_practices(workshop, question, policy, stop)
    luck, replicates = luck_of(policy.organisation, workshop.seed), range(workshop.replicates)
    luck.run([(policy, replicates)], stop=stop)
    if question.kind == "lasts":
        lasts = proportion_interval(luck.outcome(policy, "reached", replicates))
        index = 0 if lasts.value >= 0.5 else 1
        return _as_dict(lasts, "value") | {"index": index, "label": list(question.labels.values())[index]}
    measured = luck.outcome(policy, question.measure, replicates)
    found = proportion_interval(measured) if question.measure == "reached" else mean_interval(measured)
    if np.isnan(found.low):
        what = f"{MEASURES[question.measure]} cannot be known here: hardly a run has any; ask something else"
        raise InputError(Problem(what, f"rounds[{number}].predict, {question.key}"))
    found = _clipped(found) if is_share(question.measure) else found
    scaled = Interval(*(bound * question.per_unit for bound in found))
    said = in_unit(question, scaled.value)
    words = {"label": f"{said} {question.shown_unit}".strip(), "interval": bounds_in_unit(question, scaled.low, scaled.high)}
    return _as_dict(scaled, "value") | words | {"short": f"{said} %" if question.shown_unit.startswith("%") else said}


def _answer_of_practices(
    workshop: Workshop, question: Question, policy: Scenario, stop: threading.Event | None
) -> dict[str, Any]:
    """Return which practice matters most: whose loss costs most contributors, or whose use adds most.

    ``tied`` names the others that luck alone may have put behind it.
    """
    found = gains(workshop, policy, question.options, stop=stop)
    values = [
        {"key": name, "name": PRACTICES[name].title} | _as_dict(mean_interval(gain), "value") for name, gain in found.items()
    ]
    index = max(range(len(values)), key=lambda place: values[place]["value"])
    first = found[values[index]["key"]]
    tied = [
        PRACTICES[name].title
        for name, gain in found.items()
        if gain is not first and not mean_interval(first - gain).low > 0
    ]
    best = {key: values[index][key] for key in ("value", "low", "high")}
    return best | {"index": index, "label": values[index]["name"], "tied": tied, "values": values}


def gains(
    workshop: Workshop, policy: Scenario, options: Sequence[str], *, stop: threading.Event | None = None
) -> dict[str, Floats]:
    """Return by practice the contributors of the last month that hang on it, shares of staff, float64[replicates].

    What is lost without a practice that the policy uses as it is meant; what is gained where it doesn't.
    """
    luck, replicates = luck_of(policy.organisation, workshop.seed), range(min(workshop.replicates, OPTION_REPLICATES))
    changed = dict(_changed(policy, options))
    luck.run([(policy, replicates), *((other, replicates) for other, _ in changed.values())], stop=stop)
    own = luck.outcome(policy, "contributors", replicates)
    return {name: sign * (luck.outcome(other, "contributors", replicates) - own) for name, (other, sign) in changed.items()}


def _changed(policy: Scenario, options: Sequence[str]) -> Iterator[tuple[str, tuple[Scenario, int]]]:
    """Yield each practice with the policy without it (-1), or with it used well (+1)."""
    for name in options:
        uses = dict(policy.practices)
        if is_well_used(uses.get(name)):
            del uses[name]
            yield name, (policy.model_copy(update={"practices": uses}), -1)
        else:
            yield name, (policy.model_copy(update={"practices": uses | {name: PracticeUse()}}), 1)


# --- plain data -----------------------------------------------------------------------------------------------------


def _plain(value: float) -> float | None:
    return None if value != value else round(float(value), 6)


def _as_dict(interval: Interval, name: str) -> dict[str, Any]:
    return {name: _plain(interval.value), "low": _plain(interval.low), "high": _plain(interval.high)}


def _clipped(interval: Interval) -> Interval:
    """Return the interval of a share within what is possible."""
    return Interval(interval.value, max(0.0, interval.low), min(1.0, interval.high))

"""Which bundle is enough, in sentences: the same on a terminal and in a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adoptsim.domain.practices import PRACTICES
from adoptsim.report.words import counted, is_known, listed, number, span, with_unit

Row = Mapping[str, Any]
NONE_ADDS = "No practice adds to the chance of critical mass beyond luck."
MOST_NAMED = 3  # practices by name within a sentence; of more, the numbers


def verdict(summary: Row) -> list[str]:
    """Return in two sentences which bundle is the cheapest that is enough, and the smallest or what adds most.

    ``summary``: what `adoptsim.analysis.enough.Enough.summary` gives, with ``shares``, those of
    `adoptsim.analysis.shares.Shares.summary`.
    """
    cheapest, smallest = summary["cheapest"], summary["smallest"]
    if cheapest is None:
        judged = is_known(summary["best"]["mean"])
        otherwise = NONE_ADDS if judged else "Only what each practice adds to contributors is told."
        return [none_enough(summary), *(strongest(summary["shares"]) or [otherwise])]
    first = f"The cheapest bundle that is enough takes {_hours(cheapest)} and {_lasts(cheapest)}"
    if smallest["practices"] != cheapest["practices"]:
        has = f"The smallest {size_words(len(smallest['practices']))}, takes {_hours(smallest)} and "
        return [first, f"{has}{_lasts(smallest)}"]
    return [
        first,
        *(strongest(summary["shares"]) or [f"It is the smallest, too: it {size_words(len(cheapest['practices']))}."]),
    ]


def none_enough(summary: Row) -> str:
    """Return that no bundle is enough, and what the best reaches."""
    best, asked = summary["best"], with_unit(summary["probability"], "share")
    if not is_known(best["mean"]):
        return "No bundle can be enough: the runs end before critical mass can be judged."
    if not comes_near(summary):
        return f"No bundle is sure to last in {asked} of runs; none lasts in any."
    return (
        f"No bundle is sure to last in {asked} of runs; the best lasts in {chance_words(best)}, with "
        f"{practices_words(summary['best_practices'])}."
    )


def comes_near(summary: Row) -> bool:
    """Return whether a bundle lasted in any run of the first look: then the best was tried again with fresh luck."""
    mean = summary["best"]["mean"]
    return is_known(mean) and (mean > 0.0 or bool(summary["best_practices"]))


def how_enough(summary: Row) -> str:
    """Return when a bundle counts as enough."""
    return (
        f"Enough: in {summary['runs_again']} runs with fresh luck the lower bound of its chance to last is at least "
        f"{with_unit(summary['probability'], 'share')}. The chance itself is that of as many more runs, which had no "
        f"part in the choice."
    )


def failed_words(bundle: Row) -> str:
    """Return how many bundles that came before one were not enough; nothing of none."""
    return f"{counted(bundle['failed'], 'bundle')} before it did not hold up with fresh luck" if bundle["failed"] else ""


def strongest(shares: Row) -> list[str]:
    """Return which practice adds most to the chance to last; nothing where nothing is added beyond luck."""
    reached = shares["values"]["reached"]
    first, total = reached["practices"][0], reached["total"]["mean"]
    if not first["share"]["low"] or first["share"]["low"] <= 0.0:
        return []
    points = f"{number(first['share']['mean'], 'share', places=0)} of the {number(total, 'share', places=0)} points"
    title = PRACTICES[first["practice"]].title
    return [f"{title} adds most: {points} between none of the practices and all."]


def size_words(n_practices: int) -> str:
    """Return how large a bundle is: 'has 3 practices'."""
    return "needs no practice at all" if n_practices == 0 else f"has {counted(n_practices, 'practice')}"


def chance_words(reached: Row) -> str:
    """Return a chance with its interval: '72 % (60-81 %)'."""
    return f"{with_unit(reached['mean'], 'share')} ({span(reached['low'], reached['high'], 'share')})"


def hours_words(bundle: Row) -> str:
    """Return a bundle's hours a month with their interval: '420 (410-431)'."""
    hours = bundle["hours"]
    return f"{hours['mean']:,.0f} ({hours['low']:,.0f}-{hours['high']:,.0f})"


def practices_words(practices: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return practices within a sentence: by name and number, of more than ``most`` only by number."""
    if not practices:
        return "no practice at all"
    known = sorted((PRACTICES[name].number, PRACTICES[name].title) for name in practices)
    if len(known) > most:
        return f"practices {listed(str(n) for n, _ in known)}"
    return listed(f"{title[:1].lower()}{title[1:]} ({n})" for n, title in known)


def _lasts(bundle: Row) -> str:
    chance = chance_words(bundle["reached"])
    return f"lasts in {chance} of runs with fresh luck: {practices_words(bundle['practices'])}."


def _hours(bundle: Row) -> str:
    return f"{bundle['hours']['mean']:,.0f} hours a month"

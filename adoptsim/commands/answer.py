"""The answer of a sweep of all bundles: verdict, shares and frontier, together as a report's part and as pictures.

Law of the module: the best of a thousand is flattered by luck, so a bundle is said to be enough only by runs that have not
chosen it; from a file alone it seems so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.report.enough_words import size_words, strongest
from adoptsim.report.words import counted, with_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from adoptsim.analysis.enough import Again
    from adoptsim.analysis.frontier import Frontier
    from adoptsim.analysis.shares import Shares

Row = dict[str, Any]
NOT_ALL_BUNDLES = "needs a finished sweep that has practices on and off in every combination and varies nothing else"
NO_HOURS = "needs the hours and whether critical mass is reached of every bundle; the sweep has not measured both"


@dataclass(frozen=True)
class Answer:
    """What each practice adds, and what more hours buy; no frontier where hours or critical mass were not measured.

    ``again``: the least that is enough with fresh luck; None where nothing was run for it, as from a file alone.
    """

    shares: Shares
    frontier: Frontier | None
    again: Again | None = None


def answer_of(file: Path, runs: pd.DataFrame, *, probability: float, cost: str) -> Answer | None:
    """Return the answer of a sweep of all bundles; None of any other sweep, or of one that is not finished."""
    from adoptsim.analysis.bundles import bundles_of_sweep
    from adoptsim.analysis.shares import shares_of
    from adoptsim.analysis.sweep_bundles import sweep_frontier

    bundles = bundles_of_sweep(runs)
    if bundles is None:
        return None
    return Answer(shares_of(bundles), sweep_frontier(file, bundles, probability=probability, cost=cost))


def tried_again(answer: Answer, file: Path, runs: pd.DataFrame, *, probability: float, threads: int | None) -> Answer:
    """Return the answer with the least of what seems enough tried again with fresh luck: some seconds of runs."""
    from adoptsim.analysis.bundles import bundles_of_sweep
    from adoptsim.analysis.sweep_bundles import sweep_again

    bundles = bundles_of_sweep(runs)
    if bundles is None or answer.frontier is None or answer.frontier.cheapest is None:
        return answer
    return replace(answer, again=sweep_again(file, bundles, probability=probability, threads=threads))


def add_answer(report: Row, answer: Answer) -> None:
    """Put verdict, shares and frontier into a sweep's report."""
    report["shares"] = answer.shares.summary()
    report["frontier"] = answer.frontier.summary() if answer.frontier else None
    report["again"] = answer.again.summary() if answer.again else None
    report["verdict"] = verdict(report)


def verdict(report: Row) -> str:
    """Return in three sentences how many bundles are enough, what the least of them need, and which practice adds most."""
    frontier, smallest = report["frontier"], report["smallest_sufficient"]
    asked = with_unit(report["sufficient_probability"], "share")
    sentences = []
    if smallest:
        enough = f"{frontier['sufficient']:,} of {counted(report['points'], 'bundle')}" if frontier else "Some bundles"
        sentences.append(f"{enough} seem enough: sure to last in at least {asked} of runs by the runs that chose them.")
        sentences.append(_least_again(report["again"]) if report.get("again") else _least(smallest, frontier))
    else:
        most = frontier["bundles"][-1]["reached"]["mean"] if frontier else report["ranked"][0]["reached"]["probability"]
        sentences.append(f"None of {counted(report['points'], 'bundle')} is sure to last in at least {asked} of runs.")
        sentences.append(f"The best lasts in {with_unit(most, 'share')}.")
    return " ".join([*sentences, *strongest(report["shares"])])


def _least_again(again: Row) -> str:
    """Return what the least bundles need that are enough with fresh luck, too."""
    cheapest, smallest = again["cheapest"], again["smallest"]
    if cheapest is None and smallest is None:
        return f"None of the least of them held when tried again with fresh luck ({again['runs_again']} runs each)."
    smallest = smallest or cheapest
    priced = cheapest or smallest
    return (
        f"Tried again with fresh luck, the smallest that holds {size_words(len(smallest['practices']))}; the cheapest has "
        f"{len(priced['practices'])} and takes {priced['hours']['mean']:,.0f} hours a month."
    )


def _least(smallest: list[Row], frontier: Row | None) -> str:
    """Return what the least bundles need by the runs that have chosen them."""
    least = min(len(row["practices"]) for row in smallest)
    return (
        f"The smallest {size_words(least)}{_and_cheapest(frontier)}: rather too good, as luck helped to choose them; the "
        f"sweep, started again, tries them with fresh luck."
    )


def _and_cheapest(frontier: Row | None) -> str:
    if frontier is None or frontier["cheapest"] is None:
        return ""
    cheapest = frontier["cheapest"]
    hours = f"{cheapest['hours']['mean']:,.0f}"
    return f"; the cheapest has {len(cheapest['practices'])} and takes {hours} hours a month"


def answer_figures(answer: Answer | None, wanted: Mapping[str, Path | None]) -> dict[Path, Figure]:
    """Return the pictures that are asked for, by option; one that this sweep cannot give raises ``InputError``."""
    asked = {option: path for option, path in wanted.items() if path is not None}
    if asked and answer is None:
        raise InputError(*(Problem(NOT_ALL_BUNDLES, option) for option in asked))
    if "--plot-frontier" in asked and answer is not None and answer.frontier is None:
        raise InputError(Problem(NO_HOURS, "--plot-frontier"))
    return {path: _figure(option, answer) for option, path in asked.items() if answer is not None}


def _figure(option: str, answer: Answer) -> Figure:
    from adoptsim.report.figures import figure_frontier, figure_interactions, figure_shares

    if option == "--plot-frontier":
        assert answer.frontier is not None
        return figure_frontier(answer.frontier)
    return (figure_shares if option == "--plot-shares" else figure_interactions)(answer.shares)

"""What was simulated and how its words are meant, for below a table: the same on a terminal and in a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adoptsim.analysis.shocks_words import percent
from adoptsim.domain.definitions import DEFINITION
from adoptsim.report.words import counted, span

if TYPE_CHECKING:
    from adoptsim.analysis.discovery import Discovery

Summary = Mapping[str, Any]
THE_LARGEST_OF_SEVERAL = "The largest of several, measured in the runs that rank them, is a little flattered by luck."


def about_shocks(summary: Summary) -> str:
    """Return what the figures of shocks are shares of, and when a run lives and collapses."""
    rows = summary["shocks"]
    runs = counted(rows[0]["runs"], "run")
    living = ", ".join(dict.fromkeys(f"{row['scenario']} {row['living_runs']}" for row in rows))
    share = percent(DEFINITION.recovered_share)
    least, half = f"{100 * DEFINITION.living_share:g} %", percent(DEFINITION.collapse_share)
    columns = (
        "Everything of what it would be without the shock. At worst: contributors when the average lies lowest; back after: "
        f"working days until {share} contribute again, 0 if never fewer, median (Kaplan-Meier); voice: ideas and concerns "
        "of the three months after; at the end: contributors of the last month."
    )
    return (
        f"{columns}\n{runs} of each with the same people and luck, seed {summary['seed']}; living: {living}. A run lives if "
        f"at least {least} of employees, everybody but senior leaders, contribute within a month, on the eve of the shock "
        f"and, without it, at the end; it collapses if in the last month fewer than {half} contribute of those who would. "
        f"Below figures and in parentheses: 95 % intervals."
    )


def about_ordering(summary: Summary) -> str:
    """Return how many orders were tried, and how what is reported was measured."""
    how = "all orders tried" if summary["exhaustive"] else f"{summary['tried']:,} of {summary['possible']:,} orders tried"
    what = f"{summary['scenario']}, {summary['hours_a_month']:g} hours a month for introducing"
    return (
        f"{what}; {how}, {summary['runs']:,} runs. What is reported was measured with luck that no search had seen: "
        f"{counted(summary['replicates'], 'run')} of each with the same people and luck, paired 95 % intervals, "
        f"seed {summary['seed']}. How long a practice takes to introduce is assumed; --calendar FILE.yaml gives your own."
    )


def about_robustness(summary: Summary) -> str:
    """Return what a world is, and when one policy beats another in it."""
    points = f"{100 * summary['margin']:g} point{'' if summary['margin'] == 0.01 else 's'}"
    runs = f"{counted(summary['replicates'], 'run')} of each policy in each"
    return (
        f"{counted(summary['worlds'], 'world')} (plausible sets of parameters), {runs}, seed {summary['seed']}; within a "
        f"world the same people and the same luck for all. A policy beats another in a world where it has more "
        f"contributors, by {points} of staff or more, with luck taken out (estimated from how runs differ within a "
        f"world). In parentheses 95 % intervals over worlds. The sets that ship show the patterns of real networks and lie "
        f"near the defaults: what lies further off, and might be so, is not counted."
    )


def about_discovery(found: Discovery, facts: Summary) -> str:
    """Return what a case is, when it holds, and how conditions were found; ``facts``: where the cases come from."""
    share = found.share
    done = f" ({facts['finished']:,} of {facts['runs']:,} runs so far)" if facts["finished"] < facts["runs"] else ""
    cases = (
        f"{counted(len(found.holds), 'case')} of {facts['scenario']} with {counted(facts['replicates'], 'run')} each{done}"
    )
    levers = (
        " Levers are meant as they are before the practices." if any("levers." in name for name in found.factors) else ""
    )
    return (
        f"{cases}; a case holds if critical mass is reached in at least {100 * facts['holds_at']:.0f} % of its runs "
        f"({span(share.low, share.high, 'share')} of cases do, 95 % interval).{levers} Conditions by PRIM; where nothing "
        f"is to be found, some are named in at most one set of cases in twenty. Give or take: 95 %, from random parts."
    )

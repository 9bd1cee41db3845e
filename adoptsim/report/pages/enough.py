"""The report of all bundles of the ten practices: the cheapest and the smallest that is enough, and what each adds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from adoptsim.analysis.bundles import with_only
from adoptsim.analysis.enough import Confirmed, Enough, all_ten
from adoptsim.analysis.frontier import Frontier, Priced
from adoptsim.domain.intervals import Interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.report.enough_words import comes_near, failed_words, hours_words, how_enough, practices_words, verdict
from adoptsim.report.html import Cell, Fact, Page, Point, Section, Table
from adoptsim.report.pages.bundles import frontier_section, shares_section, strongest_fact
from adoptsim.report.pages.parts import (
    critical_mass_point,
    grounds_section,
    made_by,
    practices_beside,
    python_of,
    repeat_section,
    scenario_code,
    share_bar,
    stacked,
    text_dash,
    value_words,
)
from adoptsim.report.pages.run import loading
from adoptsim.report.words import counted, is_known
from adoptsim.simulation import OrganisationSource, model_version

Row = dict[str, Any]
NOT_AGAIN = (
    "what looks best of many is flattered by it. All stand where the first runs put them, the one in the ring too; only the "
    "bundles at the top were tried again with fresh luck."
)


def enough_page(scenario: Scenario, found: Enough, summary: Row, *, given: str, command: str) -> Page:
    """Return the report of what is enough for a scenario; ``summary``: what ``adoptsim enough --json`` prints of it."""
    game = all_ten(scenario, full=summary["full"])
    people = OrganisationSource(scenario.organisation, summary["seed"]).organisation(0).n_people
    named = _named(summary)
    compared = {name: with_only(game, practices) for name, practices in named.items()}
    is_judged = is_known(summary["best"]["mean"])
    sections = [
        *([_bundles(summary)] if comes_near(summary) else []),
        shares_section(summary["shares"]),
        *([_hours(found.frontier, found.cheapest)] if is_judged and len(found.frontier.bundles) > 1 else []),
        practices_beside({"all ten": game} | compared, people),
        grounds_section(critical_mass_point(scenario), *_method(summary)),
        repeat_section(command, _python(summary, given), _facts_of(summary, people), [scenario_code(scenario)]),
    ]
    return Page(
        kind="Report on what is enough",
        title=scenario.title or scenario.name,
        verdict=verdict(summary),
        tone="good" if summary["cheapest"] else "bad" if is_judged else "open",
        facts=_facts(summary) if comes_near(summary) else [],
        story=scenario.story,
        sections=sections,
        made_by=made_by(model_version()),
    )


def _named(summary: Row) -> dict[str, list[str]]:
    """Return the bundles that are spoken of, by what they are called."""
    cheapest, smallest = summary["cheapest"], summary["smallest"]
    if cheapest is None:
        return {"best": summary["best_practices"]} if comes_near(summary) else {}
    if smallest["practices"] == cheapest["practices"]:
        return {"cheapest and smallest": cheapest["practices"]}
    return {"cheapest": cheapest["practices"], "smallest": smallest["practices"]}


def _facts(summary: Row) -> list[Fact]:
    cheapest = summary["cheapest"]
    value, _, bounds = value_words(summary["best"] if cheapest is None else cheapest["reached"], "share").partition(" (")
    what = "of runs: the best bundle lasts, with fresh luck" if cheapest is None else "of runs: the cheapest lasts"
    facts = [Fact(value, bounds.rstrip(")"), what)]
    if cheapest is not None:
        hours = cheapest["hours"]
        span = f"{hours['low']:,.0f}\u2013{hours['high']:,.0f}"
        facts.append(Fact(f"{hours['mean']:,.0f}", span, "hours a month for the cheapest that is enough"))
        n = len(summary["smallest"]["practices"])
        facts.append(Fact(f"{n}", f"of {len(PRACTICES)}", "practices in the smallest that is enough"))
    return [*facts, *strongest_fact(summary["shares"])]


def _bundles(summary: Row) -> Section:
    """Return the bundles with their chance with fresh luck, and whose hours they take."""
    named = _named(summary)
    found = {name: summary[name.partition(" ")[0]] for name in named if name != "best"}
    chances = {name: bundle["reached"] for name, bundle in found.items()} or {"best": summary["best"]}
    rows = [
        [Cell(_called(name)), Cell(bar=share_bar(reached, mark=summary["probability"])), stacked(reached)]
        for name, reached in chances.items()
    ]
    caption = "Chance to last with fresh luck, from 0 to 100 %"
    table = Table(caption, ("bundle", "", "chance (95 %)"), rows, note="Dashed: the chance that is asked for.")
    n = summary["sufficient"]
    seemed = [f"Before they were tried with fresh luck, {counted(n, 'bundle')} seemed enough."] if n else []
    failed = [f"{_called(name)}: {failed_words(bundle)}." for name, bundle in found.items() if bundle["failed"]]
    return Section(
        "The bundles that are enough" if found else "The bundle that comes nearest",
        [" ".join([how_enough(summary), *seemed, *failed])],
        [Point(f"{_called(name)}:", f"{practices_words(named[name], len(PRACTICES))}.") for name in named],
        tables=[table, _by_role(found)] if found else [table],
    )


def _called(name: str) -> str:
    return f"The {name}"


def _by_role(found: dict[str, Row]) -> Table:
    """Return whose hours each bundle takes, a row a role."""
    roles = next(iter(found.values()))["hours_by_role"]
    rows = [[Cell(role), *(Cell(f"{bundle['hours_by_role'][role]:,.0f}") for bundle in found.values())] for role in roles]
    sums = (hours_words(bundle).rstrip(")").partition(" (") for bundle in found.values())
    rows.append([Cell("all of them together", strong=True), *(Cell(value, text_dash(span)) for value, _, span in sums)])
    note = "Of the whole organisation, on the platform and for the practices, averaged over the whole time."
    return Table("Hours a month, and whose they are", ("role", *found), rows, note=note)


def _hours(frontier: Frontier, cheapest: Confirmed | None) -> Section:
    """Return what more hours buy, with a ring around the bundle that held with fresh luck, at its place among all."""
    ringed = None
    if cheapest is not None:
        place = sum(1 << bit for bit, name in enumerate(PRACTICES) if name in cheapest.practices)
        chance = Interval(float(frontier.reached[place]), np.nan, np.nan)
        ringed = Priced(cheapest.practices, chance, cheapest.hours, cheapest.by_role, np.nan)
    marked = replace(frontier, cheapest=ringed)
    return frontier_section(marked, frontier.summary(), NOT_AGAIN)


def _method(summary: Row) -> list[Point]:
    used = "every practice at full strength" if summary["full"] else "those in use as the scenario uses them, others in full"
    return [
        Point("The bundles", f": all {1 << len(PRACTICES):,} of the ten practices, {used}, under the same people and luck."),
        Point("Enough", f"{how_enough(summary).removeprefix('Enough')} The best of a thousand is flattered by luck."),
    ]


def _facts_of(summary: Row, people: int) -> dict[str, object]:
    return {
        "Model version": model_version(),
        "Seed": summary["seed"],
        "Runs of each bundle": f"{summary['shares']['replicates']:,}",
        "Runs with fresh luck": f"{summary['runs_again']:,}",
        "People": f"{people:,}",
    }


def _python(summary: Row, given: str) -> str:
    how = f"full={summary['full']}, replicates={summary['shares']['replicates']}, seed={summary['seed']}"
    return python_of(
        loading("scenario", given, None),
        f"shares, found = ad.enough(scenario, {how})",
        "print(found.summary())",
        "print(shares.summary())",
    )

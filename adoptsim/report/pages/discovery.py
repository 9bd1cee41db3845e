"""The report of scenario discovery: where a policy holds or fails, how sure that is, and what it was found in."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from adoptsim.analysis.condition_words import (
    condition,
    condition_cells,
    conditions,
    factor_words,
    legend,
    measures,
    noun_of,
    sentence,
)
from adoptsim.analysis.discovery import Box, Discovery
from adoptsim.report.discovery import COLOURS, OTHERS, PALE, draw_cases, draw_limits, verb_of
from adoptsim.report.drawing import INK
from adoptsim.report.footnotes import about_discovery
from adoptsim.report.html import Cell, Fact, Key, Page, Picture, Point, Section, Table
from adoptsim.report.pages.asked import Asked, base_critical_mass, experiment_code, simulated_section
from adoptsim.report.pages.parts import (
    grounds_section,
    made_by,
    practices_section,
    repeat_section,
    scenario_code,
    share_bar,
    stacked,
    value_words,
)
from adoptsim.report.pages.pictures import page_axes
from adoptsim.report.words import counted, listed
from adoptsim.simulation import OrganisationSource, as_dict, model_version

Row = dict[str, Any]
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth")
LETTERS = {False: 80, True: 38}  # of a condition on a line, on a wide and on a narrow picture
LINE = 0.18  # inches
PRIM = (
    "Conditions are sought by PRIM (Friedman & Fisher 1999): it peels a twentieth of the cases away at a time, so that "
    "those of interest, the rarer of holding and failing, become denser, and keeps the box that the cases speak for most. "
    "The same search in cases whose outcomes are shuffled says what chance would do."
)


def discovery_page(found: Discovery, facts: Row, asked: Asked, *, python: str, command: str) -> Page:
    """Return the report of where a policy holds.

    Parameters
    ----------
    facts
        Where the cases come from, as ``adoptsim discover --json`` prints it.
    asked
        The experiment whose cases they are; without one, where they are worlds, its scenario alone.
    """
    scenario = asked.scenario
    people = OrganisationSource(scenario.organisation, facts["seed"]).organisation(0).n_people
    simulated = simulated_section(asked, people) if asked.vary else practices_section(scenario, people)
    method = [Point("A case.", about_discovery(found, facts)), Point("The search.", PRIM)]
    codes = [*([experiment_code(asked)] if asked.experiment else []), scenario_code(scenario, "Base scenario")]
    return Page(
        kind="Report on where a policy holds",
        title=facts["title"] or facts["experiment"] or facts["scenario"],
        verdict=[sentence(found, noun_of(found.factors)), _second(found, facts)],
        tone="open",
        facts=_facts(found),
        story=asked.experiment.get("question") or scenario.story,
        sections=[
            *(_found_sections(found) if found.boxes else []),
            simulated,
            grounds_section(base_critical_mass(asked), *method),
            repeat_section(command, python, _hangs_on(found, facts), codes),
        ],
        made_by=made_by(model_version()),
    )


def _second(found: Discovery, facts: Row) -> str:
    """Return how many cases hold; where no condition was found, why."""
    if found.why_none:
        return f"No condition: {found.why_none}."
    share = value_words(as_dict(found.share), "share")
    at_least = f"at least {100 * facts['holds_at']:.0f} % of its runs"
    return f"{share} of {counted(len(found.holds), 'case')} hold; a case does if it reaches critical mass in {at_least}."


def _facts(found: Discovery) -> list[Fact]:
    facts = [(found.share, f"of {noun_of(found.factors)}: it holds")]
    if found.boxes:
        counts, verb = found.boxes[0].counts, found.of_interest
        facts += [(counts.density, f"of cases under the conditions: it {verb}")]
        facts += [(counts.elsewhere, f"of cases elsewhere: it {verb}")]
        facts += [(counts.coverage, f"of cases in which it {verb} lie under the conditions")]
    told = ((value_words(as_dict(share), "share").partition(" ("), what) for share, what in facts)
    return [Fact(value, bounds.rstrip(")"), what) for (value, _, bounds), what in told]


def _found_sections(found: Discovery) -> list[Section]:
    limits = [limit for box in found.boxes for limit in box.limits]
    exact = (line.partition(": ") for line in legend(limits))
    exactly = [Point(f"{factor_words(name)}:", f"{meaning}.") for name, _, meaning in exact]
    drawn = [_limits_picture(found), *_cases_picture(found)]
    return [
        Section("The conditions", tables=[_conditions(found, place) for place in range(len(found.boxes))]),
        Section("Within their ranges, and case by case", pictures=drawn),
        Section("How well they tell", measures(found), exactly, tables=[_rates(found, box) for box in found.boxes]),
    ]


def _conditions(found: Discovery, place: int) -> Table:
    rows = [[Cell(text) for text in condition_cells(limit)] for limit in found.boxes[place].limits]
    where = f"Where {verb_of(found)}: all of these together"
    caption = f"{ORDINALS[place]} set. {where}" if len(found.boxes) > 1 else where
    note = (
        "Found again: the share of random parts of the cases in which the search comes upon it, too. Quasi-p: how easily "
        "the other conditions alone would do as well by chance."
    )
    columns = ("condition", "limit", "give or take", "found again", "quasi-p")
    return Table(caption, columns, rows, note=note if place == len(found.boxes) - 1 else "")


def _rates(found: Discovery, box: Box) -> Table:
    counts, verb = box.counts, "fail" if found.of_interest == "fails" else "hold"
    named = {f"where {conditions(box)}": counts.density, "elsewhere": counts.elsewhere}
    rows = [[Cell(where), Cell(bar=share_bar(as_dict(share))), stacked(as_dict(share))] for where, share in named.items()]
    return Table(f"Cases that {verb}, from 0 to 100 %", ("", "", f"{verb} (95 %)"), rows)


def _at_both(draw: Callable[[bool], Figure]) -> tuple[Figure, Figure]:
    return draw(False), draw(True)


def _limits_picture(found: Discovery) -> Picture:
    """Return each condition as a part of its range."""
    limits = [limit for box in found.boxes for limit in box.limits]

    def draw(is_narrow: bool) -> Figure:
        lines = max(len(textwrap.wrap(condition(limit), LETTERS[is_narrow])) for limit in limits)
        size = (3.75 if is_narrow else 7.3, (0.6 + LINE * lines) * len(limits) + 0.1)
        figure, axes = page_axes(size, left=0.05, right=0.05, top=0.05, bottom=0.05)
        draw_limits(axes, found, limits, LETTERS[is_narrow])
        axes.set_ylim(len(limits) - 0.5, -0.5 - 0.09 * (lines - 1))
        return figure

    says = f"Where {verb_of(found)}: {listed(condition(limit) for limit in limits)}."
    keys = [Key("line", COLOURS[found.of_interest], f"where {verb_of(found)}"), Key("line", "#dfe3e8", "the whole range")]
    keys.append(Key("line", INK, "the limit, give or take"))
    how = "Ranges are drawn as evenly as the cases met them."
    return Picture("limits", says, *_at_both(draw), keys, how)


def _cases_picture(found: Discovery) -> list[Picture]:
    """Return all cases by the two most telling conditions; nothing where no condition is of a number."""
    box = found.boxes[0]
    named: list[str] = []

    def draw(is_narrow: bool) -> Figure:
        size = (3.75, 3.5) if is_narrow else (7.3, 4.2)
        figure, axes = page_axes(size, left=0.55, right=0.12, top=0.12, bottom=0.5)
        named[:] = draw_cases(axes, found, box) or []
        return figure

    drawn = _at_both(draw)
    if not named:
        return []
    verb, other = ("fails", "holds") if found.of_interest == "fails" else ("holds", "fails")
    keys = [Key("dot", COLOURS[verb], f"a case that {verb}"), Key("dot", OTHERS, f"a case that {other}")]
    keys.append(Key("band", PALE[verb], "under the conditions drawn"))
    by, counts = listed(map(factor_words, dict.fromkeys(named))), box.counts
    many = f"{counts.of_interest:,} of {counts.n:,} {'fail' if verb == 'fails' else 'hold'}"
    says = f"A dot is a case, by {by}: {many}."
    return [Picture("cases", says, *drawn, keys)]


def _hangs_on(found: Discovery, facts: Row) -> Row:
    return {
        "Model version": model_version(),
        "Seed": facts["seed"],
        "Cases": f"{len(found.holds):,}",
        "Runs of each case": f"{facts['replicates']:,}",
        "A case holds from": f"{100 * facts['holds_at']:.0f} % of its runs",
    }

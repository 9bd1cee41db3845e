"""The report of a sweep: the answer where it has all bundles, else the points ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adoptsim import files
from adoptsim.analysis.frontier import Frontier
from adoptsim.report.drawing import factor_title
from adoptsim.report.factors import figure_factors
from adoptsim.report.html import Cell, Fact, Page, Picture, Section, Table
from adoptsim.report.pages.asked import Asked, base_critical_mass, experiment_code, level_words, simulated_section
from adoptsim.report.pages.bundles import frontier_section, practice_numbers, shares_section, strongest_fact
from adoptsim.report.pages.parts import (
    grounds_section,
    made_by,
    python_of,
    quoted,
    repeat_section,
    scenario_code,
    share_bar,
    stacked,
    value_words,
)
from adoptsim.report.pages.pictures import chances
from adoptsim.report.unheard_words import HOW, WORST_OFF
from adoptsim.report.words import counted, with_unit

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
MOST_BUNDLES, MOST_RANKED, MOST_UNHEARD = 12, 15, 6
SWEEP_AGAIN = "what looks best of many is flattered by it. Sweep again with another seed before you rely on one bundle."


def sweep_page(frame: pd.DataFrame, report: Row, frontier: Frontier | None, asked: Asked, *, command: str) -> Page:
    """Return the report of a sweep.

    Parameters
    ----------
    report
        What ``adoptsim results --json`` prints of it.
    command
        That reads the file and makes the report.
    """
    has_answer = bool(report.get("verdict"))
    found = _answer(frame, report, frontier) if has_answer else _points(frame, report)
    sections = [
        *found,
        simulated_section(asked, report["people"]),
        grounds_section(base_critical_mass(asked)),
        _repeat(report, asked, command, frame.attrs.get("precision")),
    ]
    return Page(
        kind="Report on a sweep",
        title=report.get("title") or report["experiment"],
        verdict=_verdict(report),
        tone="good" if report["smallest_sufficient"] else "bad" if has_answer else "open",
        facts=_facts(report),
        story=asked.experiment.get("question", ""),
        sections=sections,
        made_by=made_by(report["model_version"]),
    )


def _verdict(report: Row) -> list[str]:
    """Return the first two sentences of the answer; of other sweeps, the best and the worst point."""
    if report.get("verdict"):
        sentences = report["verdict"].split(". ")
        return [f"{sentence.removesuffix('.')}." for sentence in sentences[:2]]
    best, n = report["ranked"][0], counted(report["points"], "point")
    so_far = (
        "" if report["finished"] == report["runs"] else f"So far, with {report['finished']:,} of {report['runs']:,} runs: "
    )
    says = f"{so_far}the best of {n} lasts in {_chance(best)} of runs."
    staff = value_words(best["contributors"], "share") if "contributors" in best else "an unknown share"
    return [says[:1].upper() + says[1:], f"There {staff} of staff contribute in the last month: {_name(best)}."]


def _facts(report: Row) -> list[Fact]:
    frontier = report.get("frontier")
    if not frontier:
        return []
    facts = [Fact(f"{frontier['sufficient']:,}", f"of {report['points']:,}", "bundles seem enough")]
    if frontier["cheapest"] is not None:
        hours = frontier["cheapest"]["hours"]
        span = f"{hours['low']:,.0f}\u2013{hours['high']:,.0f}"
        facts.append(Fact(f"{hours['mean']:,.0f}", span, "hours a month for the cheapest of them"))
    return [*facts, *strongest_fact(report["shares"])]


def _answer(frame: pd.DataFrame, report: Row, frontier: Frontier | None) -> list[Section]:
    sections = [Section("How likely each bundle is to last", pictures=[chances(frame, report["sufficient_probability"])])]
    if report["smallest_sufficient"]:
        sections.append(_smallest(report))
    sections.append(shares_section(report["shares"]))
    if frontier is not None and len(frontier.bundles) > 1:
        sections.append(frontier_section(frontier, report["frontier"], SWEEP_AGAIN))
    return [*sections, *_unheard(report)]


def _unheard(report: Row) -> list[Section]:
    """Return how the worst-off department fares under the best bundles; nothing where it was not measured."""
    rows = [
        [
            Cell(practice_numbers(row["practices"])),
            *(stacked(values) for values in (_mean(row["reached"]), row["contributors"], row[WORST_OFF])),
        ]
        for row in report["ranked"][:MOST_UNHEARD]
        if WORST_OFF in row and "contributors" in row
    ]
    if not rows:
        return []
    columns = ("practices", "chance", "contribute, all staff", "worst-off department")
    table = Table(f"The best {len(rows)} bundles, with 95 % intervals", columns, rows, note=HOW)
    return [Section("Who is unheard", tables=[table])]


def _smallest(report: Row) -> Section:
    rows = report["smallest_sufficient"]
    asked = report["sufficient_probability"]
    kept = [
        [
            Cell(practice_numbers(row["practices"])),
            Cell(bar=share_bar(row["reached"], mark=asked)),
            stacked(_mean(row["reached"])),
        ]
        for row in rows[:MOST_BUNDLES]
    ]
    more = f" {len(rows) - MOST_BUNDLES:,} more are in the file." if len(rows) > MOST_BUNDLES else ""
    lead = (
        f"Bundles with a chance of surely at least {with_unit(asked, 'share')}, from which nothing can be left out: no "
        f"smaller bundle among their practices is sure.{more}"
    )
    note = "The practices by number; their names stand in the next table. Dashed: what is asked."
    table = Table("Chance of critical mass, from 0 to 100 %", ("practices", "", "chance (95 %)"), kept, note=note)
    return Section("The smallest bundles that seem enough", [lead], tables=[table])


def _points(frame: pd.DataFrame, report: Row) -> list[Section]:
    """Return the best points, and the picture of what is varied."""
    rows = [
        [Cell(_name(row)), Cell(bar=share_bar(row["reached"])), stacked(_mean(row["reached"]))]
        for row in report["ranked"][:MOST_RANKED]
    ]
    caption = f"The best {len(rows)} of {report['points']:,} points; chance of critical mass, from 0 to 100 %"
    ranked = Section("The best points", tables=[Table(caption, ("point", "", "chance (95 %)"), rows)])
    if report["finished"] < report["runs"]:
        return [ranked]
    least, most = (with_unit(bound, "share") for bound in (frame["reached"].min(), frame["reached"].max()))
    words = f"Over all points the chance of critical mass goes from {least} to {most}."
    return [Section("What moves the chance", pictures=[Picture("factors", words, figure_factors(frame))]), ranked]


def _chance(row: Row) -> str:
    return value_words(_mean(row["reached"]), "share")


def _mean(reached: Row) -> Row:
    return {"mean": reached["probability"], "low": reached["low"], "high": reached["high"]}


def _name(row: Row) -> str:
    """Return a point in words: the practices in place, the other factors' levels."""
    levels = [f"{factor_title(name)[0]} {level_words(level)}" for name, level in row["levels"].items()]
    bundle = f"practices {practice_numbers(row['practices'])}" if row["practices"] else ""
    return "; ".join([*([bundle] if bundle else []), *levels]) or "no practice"


def _repeat(report: Row, asked: Asked, command: str, precision: Row | None) -> Section:
    name = report["experiment"]
    given = name if name in files.shipped("experiments") else f"{name}.yaml"
    how: Row = {"seed": report["seed"], "replicates": report["replicates"]}
    if precision is not None:
        how |= {"precision": precision["target"], "precision_of": precision["outcome"]}
    typed = " ".join(f"--{option.replace('_', '-')} {value}" for option, value in how.items())
    commands = f"adoptsim sweep {given} {typed} --out {name}.db\n{command}"
    where = ", ".join(f"{option}={value!r}" for option, value in {"out": f"{name}.db", **how}.items())
    python = python_of(
        f"experiment = ad.Experiment.load({quoted(given)})",
        f"table = ad.sweep(experiment, {where})",
        "print(table)",
    )
    facts = {
        "Model version": report["model_version"],
        "Seed": report["seed"],
        "Runs of each point": f"{'' if precision is None else 'at most '}{report['replicates']:,}",
        "Points": f"{report['points']:,}",
        "Runs finished": f"{report['finished']:,} of {report['runs']:,}",
        "People": f"{report['people']:,}",
    }
    return repeat_section(commands, python, facts, [experiment_code(asked), scenario_code(asked.scenario, "Base scenario")])

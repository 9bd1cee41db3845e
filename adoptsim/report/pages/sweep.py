"""The report of a sweep: the answer where it has all bundles, else the points ranked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from adoptsim import files
from adoptsim.analysis.frontier import Frontier
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.report.drawing import factor_title
from adoptsim.report.factors import figure_factors
from adoptsim.report.html import Cell, Code, Fact, Page, Picture, Point, Section, Table
from adoptsim.report.pages.parts import (
    critical_mass_point,
    grounds_section,
    made_by,
    practices_section,
    python_of,
    quoted,
    repeat_section,
    scenario_code,
    share_bar,
    shift_cell,
    stacked,
    value_words,
)
from adoptsim.report.pages.pictures import MOST_NAMED, chances, what_hours_buy
from adoptsim.report.unheard_words import HOW, WORST_OFF
from adoptsim.report.words import change, counted, with_unit
from adoptsim.sweeps.store import read_meta, reading

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
ON_OFF = [False, True]
MOST_LEVELS = 8
MOST_BUNDLES, MOST_RANKED, MOST_UNHEARD = 12, 15, 6
SHARE_WORDS = {"reached": "Chance of critical mass", "contributors": "Contributors in the last month"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sweep's file says of the question: the experiment as plain data, and its base scenario."""

    experiment: Row
    scenario: Scenario

    @property
    def vary(self) -> list[tuple[str, Any]]:
        """What is varied or not known, with its levels or its range."""
        parts = (self.experiment.get(part) for part in ("vary", "uncertain"))
        return [item for part in parts if isinstance(part, dict) for item in part.items()]

    @classmethod
    def read(cls, path: Path) -> Asked:
        """Return what is asked in a file; an input of another version of the model raises a validation error."""
        with reading(path) as connection:
            meta = read_meta(connection)
        return cls(json.loads(meta["experiment"]), Scenario.model_validate_json(meta["scenario"]))


def _critical_mass(asked: Asked) -> Point:
    """Return when critical mass counts as reached; where that is varied, of which scenario this is said."""
    point = critical_mass_point(asked.scenario)
    is_varied = any(target.startswith("critical_mass.") for target, _ in asked.vary)
    return Point(f"{point.word} in the base scenario, varied here", point.text) if is_varied else point


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
        _simulated(report, asked),
        grounds_section(_critical_mass(asked)),
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
    strongest = report["shares"]["values"]["reached"]["practices"][0]
    if strongest["share"]["mean"] is not None:
        share, title = strongest["share"], PRACTICES[strongest["practice"]].title
        bounds = change(share["mean"], share["low"], share["high"], "share").partition(" ")
        facts.append(Fact(bounds[0], bounds[2].strip("()"), f"points from the strongest practice: {title}"))
    return facts


def _answer(frame: pd.DataFrame, report: Row, frontier: Frontier | None) -> list[Section]:
    sections = [Section("How likely each bundle is to last", pictures=[chances(frame, report["sufficient_probability"])])]
    if report["smallest_sufficient"]:
        sections.append(_smallest(report))
    sections.append(shares_section(report["shares"]))
    if frontier is not None and len(frontier.bundles) > 1:
        sections.append(_frontier(frontier, report["frontier"]))
    return [*sections, *_unheard(report)]


def _unheard(report: Row) -> list[Section]:
    """Return how the worst-off department fares under the best bundles; nothing where it was not measured."""
    rows = [
        [
            Cell(_numbers(row["practices"])),
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
            Cell(_numbers(row["practices"])),
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


def shares_section(shares: Row) -> Section:
    """Return what each practice adds, of a summary of shares."""
    lead = (
        "What each practice adds, as a mean over all orders in which the practices could come (Shapley values). The "
        f"shares add up to the whole. {counted(shares['replicates'], 'run')} a bundle, with the same people and luck."
    )
    tables = [_share_table(name, worth) for name, worth in shares["values"].items() if worth["total"]["mean"] is not None]
    return Section("What each practice adds", [lead], tables=tables)


def _share_table(name: str, worth: Row) -> Table:
    shares = [row["share"] for row in worth["practices"]]
    bounds = [value for share in shares for value in share.values() if value is not None]
    least, most = min(0.0, *bounds), max(0.05, *bounds)
    rows = [
        [
            Cell(f"{row['number']} {PRACTICES[row['practice']].title}"),
            Cell(bar=share_bar(row["share"], least=least, most=most)),
            shift_cell(row["share"]),
        ]
        for row in worth["practices"]
    ]
    rows.append([Cell("All of them together", strong=True), Cell(), shift_cell(worth["total"])])
    levels = [with_unit(worth[what]["mean"], "share") for what in ("none", "whole")]
    caption = f"{SHARE_WORDS[name]}: {levels[0]} without them, {levels[1]} with all"
    note = "Percentage points; the line in a bar is the 95 % interval, bold where it leaves out 0."
    return Table(caption, ("practice", "", "points (95 %)"), rows, note=note)


def _frontier(frontier: Frontier, summary: Row) -> Section:
    rows = [
        [
            Cell(ascii_uppercase[place] if place < MOST_NAMED else ""),
            Cell(_numbers(bundle["practices"])),
            stacked(bundle["reached"]),
            Cell(f"{bundle['hours']['mean']:,.0f}", _whose(bundle["hours_by_role"])),
        ]
        for place, bundle in enumerate(summary["bundles"])
    ]
    note = (
        "Luck decides part of the list: what looks best of many is flattered by it. Sweep again with another seed before "
        "you rely on one bundle. Below the hours: whose they are."
    )
    table = Table("Bundles that no other beats", ("", "practices", "chance", "hours a month"), rows, words=2, note=note)
    return Section("What more hours buy", pictures=[what_hours_buy(frontier)], tables=[table])


def _whose(by_role: Row) -> str:
    return ", ".join(f"{role} {hours:,.0f}" for role, hours in by_role.items() if round(hours))


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
    levels = [f"{factor_title(name)[0]} {_level(level)}" for name, level in row["levels"].items()]
    bundle = f"practices {_numbers(row['practices'])}" if row["practices"] else ""
    return "; ".join([*([bundle] if bundle else []), *levels]) or "no practice"


def _level(level: Any) -> str:
    return f"{level:.4g}" if isinstance(level, float) else str(level)


def _numbers(practices: list[str]) -> str:
    return " ".join(str(number) for number in sorted(PRACTICES[name].number for name in practices)) or "none"


def _simulated(report: Row, asked: Asked) -> Section:
    """Return the organisation, the practices of the base scenario, and what is varied."""
    base = practices_section(asked.scenario, report["people"])
    rows = [[Cell(" ".join(reversed(factor_title(name))).strip()), Cell(_levels(varied))] for name, varied in asked.vary]
    table = Table("What is varied", ("", "levels"), rows, words=2)
    lead = [*base.lead[:1], *([] if base.tables else ["Beside what is varied, no practice is in use."])]
    return Section(base.title, lead, tables=[*base.tables, table])


def _levels(varied: Any) -> str:
    """Return what a factor takes: its levels, or its range."""
    if varied == ON_OFF:
        return "without, with"
    if isinstance(varied, dict):
        return " ".join(f"{name} {_level(value)}" for name, value in varied.items() if value is not None)
    if len(varied) > MOST_LEVELS:
        return f"{len(varied):,} levels, from {_level(min(varied))} to {_level(max(varied))}"
    return ", ".join(_level(level) for level in varied)


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
    return repeat_section(commands, python, facts, [_experiment_code(asked), scenario_code(asked.scenario, "Base scenario")])


def _experiment_code(asked: Asked) -> Code:
    """Return the experiment as YAML beside its base scenario."""
    fields = {name: value for name, value in asked.experiment.items() if value not in (None, "")}
    if fields.get("vary"):
        fields["vary"] = {name: "on_off" if varied == ON_OFF else varied for name, varied in fields["vary"].items()}
    if asked.scenario.name not in files.shipped("scenarios"):
        fields["scenario"] = f"{asked.scenario.name}.yaml"
    return Code(f"Experiment: {fields['name']}.yaml", files.yaml_text(fields), folded=True)

"""What a report says of all bundles of practices: what each practice adds, and what more hours buy."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

from adoptsim.analysis.frontier import Frontier
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.html import Cell, Fact, Section, Table
from adoptsim.report.pages.parts import share_bar, shift_cell, stacked
from adoptsim.report.pages.pictures import MOST_NAMED, what_hours_buy
from adoptsim.report.words import change, counted, with_unit

Row = dict[str, Any]
SHARE_WORDS = {"reached": "Chance of critical mass", "contributors": "Contributors in the last month"}


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


def frontier_section(frontier: Frontier, summary: Row, warning: str) -> Section:
    """Return what more hours buy, as a picture and a table; ``warning``: how far a bundle on the list can be relied on."""
    rows = [
        [
            Cell(ascii_uppercase[place] if place < MOST_NAMED else ""),
            Cell(practice_numbers(bundle["practices"])),
            stacked(bundle["reached"]),
            Cell(f"{bundle['hours']['mean']:,.0f}", whose_hours(bundle["hours_by_role"])),
        ]
        for place, bundle in enumerate(summary["bundles"])
    ]
    note = f"Luck decides part of the list: {warning} Below the hours: whose they are."
    table = Table("Bundles that no other beats", ("", "practices", "chance", "hours a month"), rows, words=2, note=note)
    return Section("What more hours buy", pictures=[what_hours_buy(frontier)], tables=[table])


def whose_hours(by_role: Row) -> str:
    """Return the hours of each role: 'leaders 12, employees 340'."""
    return ", ".join(f"{role} {hours:,.0f}" for role, hours in by_role.items() if round(hours))


def practice_numbers(practices: list[str]) -> str:
    """Return practices as their numbers: '3 7 10'."""
    return " ".join(str(number) for number in sorted(PRACTICES[name].number for name in practices)) or "none"


def strongest_fact(shares: Row) -> list[Fact]:
    """Return what the strongest practice adds as a large number; nothing where that is nothing or not known."""
    strongest = shares["values"]["reached"]["practices"][0]
    share, title = strongest["share"], PRACTICES[strongest["practice"]].title
    if not share["mean"]:
        return []
    value, _, bounds = change(share["mean"], share["low"], share["high"], "share").partition(" ")
    return [Fact(value, bounds.strip("()"), f"points from the strongest practice: {title}")]

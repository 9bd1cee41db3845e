"""What more hours buy, in words and as a table: the cheapest bundle that is enough, and those that no other beats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adoptsim.commands.terminal import table
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.words import counted, listed, marks, span, with_unit

if TYPE_CHECKING:
    from rich.console import Console

Row = dict[str, Any]
COST_WORDS = {
    "all": "of all {people:,} people, on the platform and for the practices",
    "practices": "for the practices, use of the platform apart",
    "leaders": "of senior leaders",
    "champions": "of champions",
    "employees": "of employees who are neither leaders nor champions",
    "organisers": "of those who organise the practices",
}
"""Whose hours count, by the name that `--cost` takes; follows "hours a month"."""
ROLE_HEADS = {
    "leaders": "Lead-\ners",
    "champions": "Cham-\npions",
    "employees": "Em-\nployees",
    "organisers": "Organ-\nisers",
}
MOST_HOURS = 10_000  # that fit a column; above, thousands are shown


def print_cheapest(console: Console, frontier: Row, again: Row | None = None) -> None:
    """Print the cheapest bundle that is enough, with its hours by role; where none can be, say why.

    With ``again``, the cheapest that held with fresh luck, if any; else the one that the sweep's own runs have chosen.
    """
    asked, cheapest = with_unit(frontier["probability"], "share"), frontier["cheapest"]
    if cheapest is None:
        if frontier["surest_possible"] < frontier["probability"]:
            console.print(_out_of_reach(frontier), style="yellow")
        return
    if again is not None and again["cheapest"] is not None:
        _print_again(console, again, asked, _whose(frontier))
        return
    console.print("The cheapest bundle that seems enough", style="bold")
    console.print(f"The lower bound of its chance to last is at least {asked} in the runs that chose it.", style="dim")
    console.print(f"  {marks(cheapest['numbers'])}   lasted in {chance(cheapest['reached'])} of runs")
    console.print(f"  {_hours(cheapest['hours'])} hours a month {_whose(frontier)}{_by_role(cheapest)}")
    if frontier["as_cheap"]:
        others = counted(frontier["as_cheap"], "other is", "others are")
        console.print(f"  Of the {frontier['sufficient']:,} bundles that seem enough {others} not dearer beyond luck.")
    if again is not None:
        console.print(
            f"  Neither the {again['most_tried']} cheapest nor the surest of them held with fresh luck.", style="yellow"
        )


def _print_again(console: Console, again: Row, asked: str, whose: str) -> None:
    """Print the cheapest bundle that held with fresh luck."""
    cheapest = again["cheapest"]
    console.print("The cheapest bundle that is enough", style="bold")
    said = f"Enough: the lower bound of its chance to last is at least {asked}, in the sweep and in {again['runs_again']}"
    console.print(f"{said} runs with fresh luck. Its chance is that of as many more, which had no part in it.", style="dim")
    numbers = sorted(PRACTICES[name].number for name in cheapest["practices"])
    console.print(
        f"  {marks(numbers)}   lasts in {chance(cheapest['reached'])} of runs with fresh luck; in the sweep in "
        f"{with_unit(cheapest['first']['mean'], 'share')}"
    )
    console.print(f"  {_hours(cheapest['hours'])} hours a month {whose}{_by_role(cheapest)}")
    if cheapest["failed"]:
        failed = counted(cheapest["failed"], "cheaper bundle")
        console.print(f"  {failed} that seemed enough did not hold with fresh luck.", style="dim")


def print_frontier(console: Console, frontier: Row) -> None:
    """Print the bundles that no other beats in both hours and chance, fewest hours first; nothing of one alone."""
    if len(frontier["bundles"]) < 2:
        return
    roles = list(frontier["bundles"][0]["hours_by_role"])
    most = max(bundle["hours"]["high"] for bundle in frontier["bundles"])
    unit = 1.0 if not most >= MOST_HOURS else 1000.0
    shown = table("What more hours buy", "Lasts (95 %)", "Hours", *(ROLE_HEADS[role] for role in roles), left=1)
    for column in shown.columns:
        column.no_wrap = True
    for bundle in frontier["bundles"]:
        spent = [bundle["hours"]["mean"], *(bundle["hours_by_role"][role] for role in roles)]
        cells = (f"{hours / unit:,.{0 if unit == 1.0 else 1}f}" for hours in spent)
        shown.add_row(marks(bundle["numbers"]), chance(bundle["reached"]).replace(" %)", ")"), *cells)
    console.print(shown, end="")
    console.print(_note(frontier, "Hours" if unit == 1.0 else "Thousand hours"), style="dim")


def chance(reached: Row) -> str:
    """Return a probability with its interval."""
    return f"{with_unit(reached['mean'], 'share')} ({span(reached['low'], reached['high'], 'share')})"


def _hours(hours: Row) -> str:
    return f"{hours['mean']:,.0f} ({hours['low']:,.0f}-{hours['high']:,.0f})"


def _whose(frontier: Row) -> str:
    return COST_WORDS[frontier["cost"]].format(people=frontier["people"])


def _by_role(bundle: Row) -> str:
    spent = bundle["hours_by_role"]
    return f"\n  by role: {listed(f'{role} {hours:,.0f}' for role, hours in spent.items())}" if spent else ""


def _out_of_reach(frontier: Row) -> str:
    """Return what to do where no number of successes could have been enough."""
    surest = with_unit(frontier["surest_possible"], "share")
    return f"With so few runs a bundle no lower bound can be above {surest}: ask for less, or sweep with more --replicates."


def _note(frontier: Row, hours: str) -> str:
    stays = [bundle["on_frontier"] for bundle in frontier["bundles"]]
    return (
        f"No other bundle lasts as often for fewer hours, or more often for as few. {hours} a month {_whose(frontier)}, "
        f"averaged over the whole time. Luck decides part of the list: with the runs resampled, a bundle stays on it in "
        f"{span(min(stays), max(stays), 'share')} of draws. What looks best of many is flattered by luck: try it again with "
        f"another --seed before you rely on it."
    )

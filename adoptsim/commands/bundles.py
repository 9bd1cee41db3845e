"""What a sweep found, as plain data and as tables: bundles ranked, the smallest that suffice, each practice's part."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from adoptsim.commands.levels import factor_name, level_words, levels_verdict, print_levels, rows_of_effects, with_span
from adoptsim.commands.terminal import table
from adoptsim.domain.practices import PRACTICES
from adoptsim.report.words import change, marks, mass_words, number, with_unit

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

Row = dict[str, Any]
PREFIX = "practices."
MEANS = ("contributors", "worst_department_contributors", "hours_per_person_month")
MOST_SUFFICIENT = 10
MOST_LEVEL_COLUMNS = 8  # more do not fit a terminal; the CSV has them all
MOST_LETTERS = 32
"""Of all columns' names together; of longer ones letters stand over the columns."""
BAR_WIDTH = 7
FROM_ATTRS = (
    "experiment",
    "title",
    "scenario",
    "people",
    "threshold",
    "seed",
    "replicates",
    "model_version",
    "runs",
    "finished",
    "failed",
)


def sweep_report(
    frame: pd.DataFrame, runs: pd.DataFrame | None, top: int, probability: float, rank_by: str = "chance"
) -> Row:
    """Return what is told of a sweep: the best points, the smallest sufficient bundles, each practice's effect.

    ``probability``: what the lower bound of a bundle's chance to last must be at least for it to be sufficient;
    ``rank_by``: one of the results' RANKINGS.
    """
    from adoptsim.sweeps.results import on_off_factors, practice_effects, rank, smallest_sufficient

    report: Row = {name: frame.attrs[name] for name in FROM_ATTRS if name in frame.attrs}
    report |= {"points": len(frame), "sufficient_probability": probability}
    report |= {"ranked_by": rank_by, "ranked": rows_of(rank(frame, rank_by).head(top))}
    report |= {"smallest_sufficient": [], "effects": []}
    if on_off_factors(frame) and report.get("finished"):
        report["smallest_sufficient"] = rows_of(smallest_sufficient(frame, probability))
        if runs is not None:
            effects = practice_effects(runs).to_dict("records")
            report["effects"] = [_effect(row) for row in effects]
    if runs is not None and report["finished"] == report["runs"]:
        _add_levels(report, runs)
    return report


def _add_levels(report: Row, runs: pd.DataFrame) -> None:
    """Put what each level changes into a sweep's report, where the sweep has every combination."""
    from adoptsim.analysis.levels import factor_effects

    if effects := factor_effects(runs):
        report |= {"levels": rows_of_effects(effects), "levels_verdict": levels_verdict(effects)}


def _effect(row: dict[Hashable, Any]) -> Row:
    factor = str(row["factor"])
    return {"factor": factor, "mean": row["effect"], "low": row["low"], "high": row["high"], "pairs": row["n_pairs"]}


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Return points as plain data: which practices are in place, the other factors' levels, what came of it."""
    factors, always = frame.attrs["factors"], frame.attrs.get("base_practices", [])
    return [_row(values, factors, always) for values in frame.to_dict("records")]


def _in_place(values: dict[Hashable, Any], factors: Iterable[str], always: Iterable[str]) -> list[str]:
    """Return the practices in place at a point: varied and not nothing, or in the base scenario and not varied."""
    varied = {name.removeprefix(PREFIX): values[name] for name in factors if name.removeprefix(PREFIX) in PRACTICES}
    return [name for name in PRACTICES if varied.get(name, name in always)]


def _row(values: dict[Hashable, Any], factors: Iterable[str], always: Iterable[str]) -> Row:
    on = {name: values[name] for name in factors if _is_switch(name, values[name])}
    reached = {"probability": values["reached"], "low": values["reached_low"], "high": values["reached_high"]}
    means = {
        name: {"mean": values[name], "low": values[f"{name}_low"], "high": values[f"{name}_high"]}
        for name in MEANS
        if name in values
    }
    return {
        "practices": _in_place(values, factors, always),
        "levels": {name: values[name] for name in factors if name not in on},
        "runs": values["n"],
        "reached": reached,
        **means,
    }


def _is_switch(name: str, level: Any) -> bool:
    """Return whether a factor is a practice that is on or off."""
    return name.removeprefix(PREFIX) in PRACTICES and isinstance(level, bool)


def numbers_of(names: Iterable[str]) -> list[int]:
    """Return the practices' numbers, ascending."""
    return sorted(PRACTICES[name].number for name in names)


def print_report(console: Console, report: Row) -> None:
    """Print what a sweep found, the answer first where it has all bundles; then the points ranked."""
    console.print(report.get("title") or report.get("experiment", ""), style="bold")
    if report["finished"] < report["runs"]:
        console.print(f"So far: {report['finished']:,} of {report['runs']:,} runs.", style="yellow")
    if report.get("verdict"):
        _print_answer(console, report)
        _print_ranked(console, report)
        return
    if report.get("levels"):
        console.print(f"{report['levels_verdict']}\n")
        print_levels(console, report["levels"])
    elif report["effects"]:
        _print_effects(console, report["effects"])
    _print_ranked(console, report)
    _print_sufficient(console, report)


def _print_answer(console: Console, report: Row) -> None:
    """Print verdict, cheapest bundle, what more hours buy, what each practice adds, and the smallest bundles."""
    from adoptsim.commands.frontier import print_cheapest, print_frontier
    from adoptsim.commands.shares import print_shares

    console.print(f"{report['verdict']}\n")
    if report["frontier"]:
        print_cheapest(console, report["frontier"], report.get("again"))
        print_frontier(console, report["frontier"])
        console.print()
    print_shares(console, report["shares"])
    console.print()
    if report["smallest_sufficient"]:
        _print_sufficient(console, report)
        console.print()


def _print_ranked(console: Console, report: Row) -> None:
    rows = report["ranked"]
    level_names = _varied(rows)
    has_bundles = _has_bundles(report) and not level_names
    bundle = ["Practices in place"] if has_bundles else []
    lowest = ["Worst off"] if report["ranked_by"] == "lowest" else []
    heads = _heads(level_names)
    shown = table("", *bundle, *heads, *lowest, "Lasts (95 %)", "Contributors", "Hours", left=2)
    shown.columns[1].no_wrap = has_bundles
    for column in shown.columns[-3:]:
        column.no_wrap = True
    for place, row in enumerate(rows, start=1):
        cells = [f"{place:>3}", *([marks(numbers_of(row["practices"]))] if has_bundles else [])]
        cells += [level_words(row["levels"][name]) for name in level_names]
        cells += [_mean_cell(row, "worst_department_contributors")] if lowest else []
        shown.add_row(*cells, *_outcome_cells(row))
    console.print(shown, end="")
    note = "Worst off: contributors in the department where they are fewest, chance taken out. " if lowest else ""
    note += f"Lasts: {mass_words(report)} and stay after the launch. "
    note += f"Hours: a person and month. The best {len(rows)} of {report['points']:,}."
    console.print(note, style="dim")
    if heads != [factor_name(name) for name in level_names]:
        console.print("\n".join(f"{head}: {factor_name(name)}" for head, name in zip(heads, level_names, strict=True)))
    if has_bundles and not report["effects"]:
        console.print(_legend())


def _heads(factors: list[str]) -> list[str]:
    """Return what stands over the factors' columns: their names, or letters where they would not fit."""
    names = [factor_name(factor) for factor in factors]
    return names if sum(map(len, names)) <= MOST_LETTERS else list(ascii_lowercase[: len(names)])


def _varied(rows: list[Row]) -> list[str]:
    """Return the factors that get a column: those that differ between rows, where they are few."""
    names = [name for name in rows[0]["levels"] if len({str(row["levels"][name]) for row in rows}) > 1] if rows else []
    return names if len(names) <= MOST_LEVEL_COLUMNS else []


def _has_bundles(report: Row) -> bool:
    """Return whether practices are switched on and off, so that rows are bundles."""
    return any(effect["factor"].removeprefix(PREFIX) in PRACTICES for effect in report["effects"])


def _outcome_cells(row: Row) -> list[str]:
    reached, hours = row["reached"], row.get("hours_per_person_month", {"mean": None})
    chance = with_span(reached["probability"], reached["low"], reached["high"])
    return [chance, _mean_cell(row, "contributors"), number(hours["mean"])]


def _mean_cell(row: Row, name: str) -> str:
    """Return an outcome's mean with its interval; unknown where it was not measured."""
    values = row.get(name, {"mean": None, "low": None, "high": None})
    return with_span(values["mean"], values["low"], values["high"])


def _legend() -> str:
    return "\n".join(_factor_title(PREFIX + name) for name in PRACTICES)


def _print_effects(console: Console, effects: list[Row]) -> None:
    """Print what each practice adds to the chance of critical mass, with a bar for the eye."""
    shown = table("What each adds to the chance", "points (95 %)", "", left=1)
    shown.columns[2].justify = "left"
    bar = "\u2501" if console.encoding.startswith("utf") else "="
    largest = max((abs(effect["mean"]) for effect in effects if effect["mean"] == effect["mean"]), default=0.0)
    for effect in effects:
        mean, known = effect["mean"], effect["mean"] == effect["mean"]
        length = round(BAR_WIDTH * abs(mean) / largest) if known and largest else 0
        text = change(mean, effect["low"], effect["high"], "share")
        shown.add_row(_factor_title(effect["factor"]), text, _bar(length * bar, mean >= 0))
    console.print(shown, end="")
    console.print("On average over all combinations of the others, with the same people and luck.\n", style="dim")


def _bar(drawn: str, is_gain: bool) -> Any:
    from rich.text import Text

    return Text(drawn, style="green" if is_gain else "red")


def _factor_title(factor: str) -> str:
    name = factor.removeprefix(PREFIX)
    return f"{PRACTICES[name].number:>2} {PRACTICES[name].title}" if name in PRACTICES else factor


def _print_sufficient(console: Console, report: Row) -> None:
    rows = report["smallest_sufficient"]
    if not _has_bundles(report):
        return
    chance = with_unit(report["sufficient_probability"], "share")
    if not rows:
        console.print(f"No bundle is sure to be enough: no interval lies above {chance}.", style="bold")
        return
    console.print("The smallest bundles that seem enough", style="bold")
    console.print(
        f"Sure of at least {chance} by the runs that chose them, of which no smaller bundle among them is.", style="dim"
    )
    for row in rows[:MOST_SUFFICIENT]:
        reached = row["reached"]
        chance = with_span(reached["probability"], reached["low"], reached["high"])
        levels = "".join(f", {factor_name(name)} {level_words(level)}" for name, level in row["levels"].items())
        console.print(f"  {marks(numbers_of(row['practices']))}   {chance}{levels}")
    if len(rows) > MOST_SUFFICIENT:
        console.print(f"  and {len(rows) - MOST_SUFFICIENT} more: adoptsim results FILE.db --json")

"""What each level of a factorial sweep changes, as sentences and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from adoptsim.domain.practices import PRACTICES
from adoptsim.report.words import UNKNOWN, change, listed, number, span, with_unit

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from adoptsim.analysis.levels import Alone, FactorEffect
    from adoptsim.domain.intervals import Interval

Row = dict[str, Any]
WIDTHS = (18, 19, 22, 12, 7)
MOST_NAMED = 3
"""Factors with a sentence each."""


def rows_of_effects(effects: Sequence[FactorEffect]) -> list[Row]:
    """Return what factors change as plain data."""
    return [
        {
            "factor": effect.factor,
            "best": _plain(effect.best),
            "worst": _plain(effect.worst),
            "contrast": effect.contrast._asdict(),
            "alone": None if effect.alone is None else _alone_row(effect.alone),
            "levels": [
                {"level": _plain(each.level), "value": _fields(each.value), "change": _fields(each.change)}
                for each in effect.levels
            ],
        }
        for effect in effects
    ]


def _alone_row(alone: Alone) -> Row:
    levels = {name: _plain(getattr(alone, name)) for name in ("level", "best", "worst")}
    return {"factor": alone.factor, **levels, "contrast": alone.contrast._asdict()} | {
        "contributors": None if alone.contributors is None else alone.contributors._asdict()
    }


def levels_verdict(effects: Sequence[FactorEffect]) -> str:
    """Return in a few sentences what matters for the chance to last, what hardly does, and what the runs leave open."""
    hardly = [each for each in effects if each.is_hardly_any]
    sure = [each for each in effects if each.is_sure and each not in hardly]
    open_ones = [each for each in effects if not each.is_sure and each not in hardly]
    sentences = [_strong(each, is_first=place == 0 and len(effects) > 1) for place, each in enumerate(sure[:MOST_NAMED])]
    if rest := sure[MOST_NAMED:]:
        sentences.append(f"Less, but beyond luck: {_names(rest)}.")
    if hardly:
        most = number(max(each.contrast.high for each in hardly), "share")
        sentences.append(f"At most {most} points: {_names(hardly)}.")
    if open_ones:
        sentences.append(f"No difference beyond luck: {_names(open_ones)}.")
    sentences += [_moves_more(each, each.alone) for each in effects if each.alone and each.alone.contrast.low > 0.0]
    return " ".join(sentences)


def _moves_more(effect: FactorEffect, alone: Alone) -> str:
    """Return what a factor moves beyond luck that is not what it is named for."""
    points, bounds = _points(alone.contrast)
    better, worse = level_words(alone.best), level_words(alone.worst)
    return (
        f"{factor_name(effect.factor)} also says who would volunteer: where {factor_name(alone.factor).lower()} is "
        f"{level_words(alone.level)}, {better} instead of {worse} adds {points} points ({bounds})."
    )


def _strong(effect: FactorEffect, *, is_first: bool) -> str:
    points, bounds = _points(effect.contrast)
    if effect.alone is not None:
        contributors = ""
        if effect.alone.contributors is not None:
            contributors = "; to contributors {} points ({})".format(*_points(effect.alone.contributors, sign=True))
        return (
            f"{factor_name(effect.alone.factor)} adds {points} points more to the chance to last where "
            f"{factor_name(effect.factor).lower()} is {level_words(effect.best)} than where it is "
            f"{level_words(effect.worst)} ({bounds}){contributors}."
        )
    most = " matters most" if is_first else ""
    better, worse = level_words(effect.best), level_words(effect.worst)
    told = f"{better} instead of {worse} adds {points} points to the chance to last ({bounds})."
    return f"{factor_name(effect.factor)}{most}: {told}"


def _points(change: Interval, *, sign: bool = False) -> tuple[str, str]:
    """Return a difference of shares in points, and its bounds: '28', '16 to 40'."""
    value, low, high = (number(part, "share", sign=sign) for part in change)
    return value, f"{low} to {high}"


def _names(effects: Sequence[FactorEffect]) -> str:
    return listed(_compared(each) for each in effects)


def _compared(effect: FactorEffect) -> str:
    """Return the factor's name, with what is compared where that is not the chance itself."""
    name = factor_name(effect.factor)
    return name if effect.alone is None else f"{name} (in what {factor_name(effect.alone.factor).lower()} adds)"


def factor_name(factor: str) -> str:
    """Return what people call a factor: 'Trust your employees (4)', 'A safe space (6), start', 'Answer probability'."""
    section, key, *detail = f"{factor}.".split(".")[:-1]
    if section == "practices" and key in PRACTICES:
        name = f"{PRACTICES[key].title} ({PRACTICES[key].number})"
        return f"{name}, {' '.join(detail).replace('_', ' ')}" if detail else name
    return key.removesuffix("_prob").replace("_", " ").capitalize() + (" probability" if key.endswith("_prob") else "")


def level_words(level: Any) -> str:
    """Return a level as people read it."""
    if isinstance(level, bool | np.bool_):
        return "yes" if level else "no"
    return f"{level:g}" if isinstance(level, float | int | np.number) else str(level)


def print_levels(console: Console, rows: Sequence[Row]) -> None:
    """Print each factor's levels with what they give and what they change; ``rows`` as `rows_of_effects` gives them."""
    has_contributors = "contributors" in rows[0]["levels"][0]["value"]
    heads = ["", "Lasts (95 %)", "change (95 %)", *(["contributors", "change"] if has_contributors else [])]
    console.print(_lines([heads]), style="dim")
    for row in rows:
        console.print(factor_name(row["factor"]), style="bold")
        levels = enumerate(row["levels"])
        console.print(_lines([level_words(each["level"]), *_cells(each, is_first=not place)] for place, each in levels))
    text = "Each on average over all the others; changes against the first level, the same people and luck.\n"
    for row in rows:
        if row["alone"]:
            other = factor_name(row["alone"]["factor"]).lower()
            text = f"{text}{factor_name(row['factor'])}: changes of what {other} adds.\n"
    console.print(text, style="dim")


def _lines(rows: Iterable[Sequence[str]]) -> Table:
    """Return rows in columns that stand at the same place in every table."""
    from rich.table import Table

    lines = Table.grid(padding=(0, 1))
    for place, width in enumerate(WIDTHS):
        lines.add_column(width=width, justify="right" if place else "left")
    for row in rows:
        lines.add_row(*(f"  {cell}" if place == 0 else cell for place, cell in enumerate(row)))
    return lines


def _cells(level: Row, *, is_first: bool) -> list[str]:
    lasts, changed = level["value"]["reached"], level["change"]["reached"]
    cells = [with_span(lasts["value"], lasts["low"], lasts["high"])]
    cells.append("" if is_first else change(changed["value"], changed["low"], changed["high"], "share"))
    if "contributors" in level["value"]:
        cells.append(with_unit(level["value"]["contributors"]["value"], "share"))
        cells.append("" if is_first else number(level["change"]["contributors"]["value"], "share", sign=True))
    return cells


def with_span(value: float | None, low: float | None, high: float | None) -> str:
    """Return a share with its interval, where that is known."""
    bounds = span(low, high, "share")
    return with_unit(value, "share") + (f" ({bounds})" if bounds != UNKNOWN else "")


def _fields(intervals: dict[str, Interval]) -> Row:
    return {name: interval._asdict() for name, interval in intervals.items()}


def _plain(level: Any) -> Any:
    """Return a level as JSON knows it."""
    return level.item() if isinstance(level, np.generic) else level

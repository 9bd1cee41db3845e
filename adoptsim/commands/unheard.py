"""Who is unheard, as short tables: shares by role and in the worst-off department, of one scenario or of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adoptsim.commands.terminal import table
from adoptsim.report.unheard_words import COLUMNS, HOW, ROLES, unheard_label
from adoptsim.report.words import DASH, UNKNOWN, change, span, with_unit

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Row = dict[str, Any]
NO_VOICE = {"mean": None, "low": None, "high": None}


def print_unheard(console: Console, found: Row) -> None:
    """Print shares by role, and the worst-off department last."""
    shown = table("Who is heard", *COLUMNS.values())
    for role, name in ROLES.items():
        values = found["roles"][role]
        if values["contributors"]["mean"] is not None:
            shown.add_row(name, *(_cell(values.get(measure, NO_VOICE)) for measure in COLUMNS))
    worst = found["worst_department"]
    shown.add_section()
    shown.add_row("Worst-off department", _cell(worst["contributors"]), "", "")
    console.print(shown, end="")
    console.print(f"{_named(worst['named'])}{HOW} Voice: ideas and concerns of the whole run.\n", style="dim")


def _named(named: Row | None) -> str:
    """Return which department it is, where departments are the organisation's own."""
    if named is None:
        return ""
    chosen = ", chosen by every second run and measured in the others" if named["measured_apart"] else ""
    who = f"{named['department']} ({named['people']} people)"
    return f"Fewest contribute in {who}: {_cell(named['contributors'])}, chance included{chosen}. "


def _cell(values: Row) -> str:
    """Return a share with its interval."""
    if values["mean"] is None:
        return DASH
    bounds = span(values["low"], values["high"], "share")
    return with_unit(values["mean"], "share") + (f" ({bounds})" if bounds != UNKNOWN else "")


def print_unheard_differences(console: Console, found: Row, names: list[str]) -> None:
    """Print what each scenario changes for the worst off of the first."""
    beside = len(names) == 2
    columns = [*names[1:], "difference (95 %)"] if beside else names[1:]
    shown = table("Who is unheard", names[0], *columns)
    for name in found["results"][0]:
        cells: list[str | Text] = [unheard_label(name, found["lowest_role"]), _mean(found["results"][0][name])]
        for values, difference in zip(found["results"][1:], found["differences"], strict=True):
            value, shift = _mean(values[name]), _shift(difference[name])
            cells += [value, shift] if beside else [_stacked(value, shift)]
        shown.add_row(*cells)
    console.print(shown, end="")
    console.print(f"{HOW} The role is the one of which fewest contribute under {names[0]}.", style="dim")


def _mean(values: Row) -> str:
    return with_unit(values["mean"], "share") if values["mean"] is not None else DASH


def _shift(values: Row) -> Text:
    from rich.text import Text

    text = change(values["mean"], values["low"], values["high"], "share")
    return Text(text, style="bold" if values["beyond_luck"] else "dim")


def _stacked(value: str, shift: Text) -> Text:
    from rich.text import Text

    return Text.assemble(f"{value}\n", shift)

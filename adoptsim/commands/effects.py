"""`effects`: what each practice and its misuse changes, one at a time, and whether that is what evidence expects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.look import practice_called
from adoptsim.commands.options import AsJson, FilePath, Quiet, Replicates, Seed, Threads
from adoptsim.commands.outputs import CSV, PICTURES, check_outputs, write_figure, write_frame
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.report.words import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from adoptsim.validation.effects import Effect
    from adoptsim.validation.effects_outcomes import Outcome

SIGNS = {1: "+", -1: "-"}
WAYS = {1: "up", -1: "down"}
SHOWN = {"confirmed": ("yes", "green"), "contradicted": ("NO", "bold red"), "not settled": ("open", "yellow")}
MOST_DECIMALS = 3
NAMES, CELL = 28, 14
"""Letters that the practices take on a line, and a column of numbers."""


def effects(
    name: Annotated[
        str | None, typer.Argument(metavar="PRACTICE", help="Only this one, by name or number.", show_default=False)
    ] = None,
    replicates: Replicates = 64,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw all effects here (.png, .svg, .pdf).")] = None,
    csv: Annotated[FilePath, typer.Option(help="Write all effects here, a row each (.csv).")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what each practice changes, one at a time.

    Each practice added to a launch, removed from all ten, and misused in both: paired differences with 95 % intervals,
    beside the sign that evidence expects.
    """
    check_outputs({"--plot": (plot, PICTURES), "--csv": (csv, CSV)})
    only = None if name is None else practice_called(name).name
    from adoptsim.validation.effects import ALL, runs_of
    from adoptsim.validation.effects import effects as simulate_all

    changes = [change for change in ALL if only in (None, change[1])]
    tell_if_first(quiet)
    with progress("effects", runs_of(replicates, changes), quiet=quiet) as tell:
        found = simulate_all(replicates, seed, changes=changes, workers=threads, progress=tell)
    if csv is not None:
        import pandas as pd

        write_frame(pd.DataFrame([effect.row() for effect in found]), csv)
    if plot is not None:
        from adoptsim.report.figures import figure_effects

        write_figure(figure_effects(found), plot)
    if as_json:
        print_json(_report(found) | {"replicates": replicates, "seed": seed})
        return
    _show(found, replicates, seed)
    for what, path in {"plot": plot, "csv": csv}.items():
        if path is not None:
            say(f"{what}: {path}")


def _report(found: Sequence[Effect]) -> dict[str, Any]:
    """Return everything as plain data."""
    from adoptsim.simulation import model_version
    from adoptsim.validation.effects import tally
    from adoptsim.validation.effects_expected import SETTINGS
    from adoptsim.validation.effects_outcomes import OUTCOMES

    return {
        "model_version": model_version(),
        "settings": {name: {"title": setting.title, "says": setting.says} for name, setting in SETTINGS.items()},
        "outcomes": {
            name: {"label": outcome.label, "says": outcome.says, "kind": outcome.kind} for name, outcome in OUTCOMES.items()
        },
        "verdicts": tally(found),
        "effects": [effect.row() for effect in found],
    }


# --- as tables ---------------------------------------------------------------------------------------------------


def _show(found: Sequence[Effect], replicates: int, seed: int) -> None:
    from adoptsim.validation.effects_outcomes import OUTCOMES

    console = out()
    for setting, members in groupby(found, key=lambda effect: effect.setting):
        console.print(setting.title, style="bold")
        console.print(f"{setting.says[0].upper()}{setting.says[1:]}.\n", style="dim")
        of_setting = list(members)
        for _, columns in groupby(OUTCOMES.values(), key=lambda outcome: outcome.group):
            for part in _fitting(list(columns), console.width):
                _print_table(console, of_setting, part)
    for line in _in_words(found):
        console.print(line)
    console.print(
        f"\n{counted(replicates, 'run')} each with the same people and the same luck, seed {seed}. Bold: the paired 95 % "
        f"interval leaves out 0; of twenty such, one may by chance. Below it the expected sign, and whether it holds. "
        f"Points are of a hundred.",
        style="dim",
    )


def _fitting(columns: Sequence[Outcome], width: int) -> Iterator[Sequence[Outcome]]:
    """Yield the columns in parts of about one size that fit a line of so many letters."""
    parts = math.ceil(len(columns) / max(1, (width - NAMES) // CELL))
    size = math.ceil(len(columns) / parts)
    for first in range(0, len(columns), size):
        yield columns[first : first + size]


def _print_table(console: Console, effects: Sequence[Effect], columns: Sequence[Outcome]) -> None:
    from adoptsim.domain.practices import PRACTICES

    shown = table("", columns[0].group, *(f"{outcome.label}\n{outcome.unit}" for outcome in columns), left=2)
    cells = {(effect.practice, effect.outcome.name): _cell(effect) for effect in effects}
    for name in dict.fromkeys(effect.practice for effect in effects):
        numbers = (cells[name, outcome.name] for outcome in columns)
        shown.add_row(f"{PRACTICES[name].number:>2}", PRACTICES[name].title, *numbers)
    console.print(shown)


def _cell(effect: Effect) -> Text:
    """Return a difference with its interval, and below it the expected sign with the verdict."""
    from rich.text import Text

    text = Text(_difference(effect), style="bold" if effect.beyond_luck else "dim")
    if effect.expected is None or effect.verdict is None:
        return text
    word, style = SHOWN[effect.verdict]
    return Text.assemble(text, "\n", (f"{SIGNS[effect.expected.sign]} {word}", style))


def _difference(effect: Effect) -> str:
    """Return '+12.3 ±0.5', with as many decimals as the interval bears."""
    value, low, high = (effect.outcome.scale * part for part in effect.difference)
    if value != value:
        return "n/a"
    half = (high - low) / 2.0
    places = min(MOST_DECIMALS, max(0, -math.floor(math.log10(half)))) if half > 0 else 1
    shown = f"{value:+.{places}f}"
    return f"{shown} ±{half:.{places}f}" if half == half else shown


# --- in words ----------------------------------------------------------------------------------------------------


def _in_words(found: Sequence[Effect]) -> Iterator[str]:
    """Yield how many effects go as expected, and each that does not."""
    from adoptsim.validation.effects import CONFIRMED, CONTRADICTED, NOT_SETTLED, tally

    verdicts = tally(found)
    yield (
        f"{verdicts[CONFIRMED]} of {counted(sum(verdicts.values()), 'effect')} with an expected sign go that way beyond "
        f"luck, {verdicts[CONTRADICTED] or 'none'} the other way, {verdicts[NOT_SETTLED] or 'none'} not settled."
    )
    for verdict, heading in {CONTRADICTED: "Against what evidence expects:", NOT_SETTLED: "Not settled:"}.items():
        if verdicts[verdict]:
            yield f"\n{heading}"
            yield from (f"- {_sentence(effect)}" for effect in found if effect.verdict == verdict)
    if verdicts[NOT_SETTLED]:
        yield "\nMore runs settle more; of one practice: adoptsim effects NAME --replicates 1000"


def _sentence(effect: Effect) -> str:
    from adoptsim.domain.practices import PRACTICES

    assert effect.expected is not None  # what has a verdict has an expectation
    practice = PRACTICES[effect.practice]
    return (
        f"{effect.setting.title}, {practice.number} {practice.title}: {effect.outcome.label} {_difference(effect)} "
        f"({effect.outcome.unit}); expected {WAYS[effect.expected.sign]} ({effect.expected.source})"
    )

"""What there is: practices, scenarios, experiments, a line each or one whole; and the schema of a scenario file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson
from adoptsim.commands.terminal import out, print_json, table
from adoptsim.report.words import counted, duration

if TYPE_CHECKING:
    from rich.console import Console

    from adoptsim.domain.practices import Practice
    from adoptsim.domain.scenario import PracticeUse, Scenario
    from adoptsim.sweeps.experiment import Experiment

Name = Annotated[str | None, typer.Argument(help="Show this one whole.", show_default=False)]
INDENT = 2
MOST_LEVELS_SHOWN = 8
TEXT_WIDTH = 100


def practices(name: Name = None, as_json: AsJson = False) -> None:
    """List the practices, or show one whole.

    One practice, by name or number, comes with the levers it moves, what it costs, and on what evidence.
    """
    from adoptsim.domain.practices import EVIDENCE_GRADES, PRACTICES

    chosen = list(PRACTICES.values()) if name is None else [practice_called(name)]
    if as_json:
        print_json({"practices": [asdict(practice) for practice in chosen], "evidence_grades": EVIDENCE_GRADES})
    elif name is None:
        _list_practices(chosen)
    else:
        _show_practice(chosen[0])


def practice_called(name: str) -> Practice:
    """Return the practice of a name or number; another raises ``InputError`` with the nearest."""
    from adoptsim.domain.errors import InputError, Problem
    from adoptsim.domain.practices import PRACTICES
    from adoptsim.domain.scenario import nearest

    by_number = {str(practice.number): practice for practice in PRACTICES.values()}
    found = PRACTICES.get(name) or by_number.get(name)
    if found is None:
        raise InputError(Problem(f"no practice is called {name!r}{nearest(name, PRACTICES)}"))
    return found


def _list_practices(chosen: list[Practice]) -> None:
    from adoptsim.domain.practices import EVIDENCE_GRADES

    shown = table("", "Practice", "Name in files", "Evidence", left=3)
    for practice in chosen:
        shown.add_row(f"{practice.number:>2}", practice.title, practice.name, practice.evidence)
    console = out()
    console.print(shown)
    for grade, meaning in EVIDENCE_GRADES.items():
        console.print(f"{grade}  {meaning}", style="dim")
    console.print("\nOne whole: adoptsim practices NAME")


def _show_practice(practice: Practice) -> None:
    from adoptsim.domain.practices import EVIDENCE_GRADES

    console = out()
    _heading(console, f"{practice.number}. {practice.title}", practice.name)
    _paragraph(console, practice.says)
    _print_effects(console, "At full intensity it moves", practice.to)
    for variant, effects in practice.variants.items():
        _print_effects(console, f"Variant {variant}", effects)
    _print_effects(console, "Misused", practice.misuse, practice.misuse_says)
    console.print("\nCosts", style="bold")
    _paragraph(console, _costs(practice), gap=False)
    console.print("\nEvidence", style="bold")
    _paragraph(console, f"{practice.evidence}: {EVIDENCE_GRADES[practice.evidence]}. {practice.source}.", gap=False)
    lasting = "goes on" if practice.standing else "ends by itself"
    console.print(f"\nWhen launch support ends, it {lasting} unless a scenario says otherwise.")


def _print_effects(console: Console, heading: str, effects: Any, says: str = "") -> None:
    from adoptsim.domain.levers import LEVERS

    console.print(f"\n{heading}", style="bold")
    if says:
        _paragraph(console, says, gap=False)
    shown = table("Lever", "from", "to", "What it is")
    shown.columns[3].justify = "left"
    for name, value in effects.items():
        lever = LEVERS[name]
        shown.add_row(name, f"{lever.default:g}", f"{value:g}", f"{lever.meaning} ({lever.unit})")
    console.print(shown)


def _costs(practice: Practice) -> str:
    hours = practice.hours
    parts = (
        (hours.per_leader, "a leader"),
        (hours.per_champion, "a champion"),
        (hours.per_person, "an employee"),
        (hours.fixed, "for the organisation as a whole"),
    )
    return "Hours a month: " + ", ".join(f"{amount:g} {whose}" for amount, whose in parts if amount) + "."


def _heading(console: Console, title: str, name: str) -> None:
    from rich.text import Text

    console.print(Text.assemble((title, "bold"), (f"  ({name})", "dim")))


def _lines(console: Console, rows: list[tuple[str, str]]) -> None:
    """Print short words and what belongs to them, aligned."""
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for row in rows:
        grid.add_row(*row)
    console.print(Padding(grid, (0, 0, 0, INDENT)))


def _paragraph(console: Console, text: str, *, gap: bool = True) -> None:
    from rich.padding import Padding

    width = min(TEXT_WIDTH, console.width)
    console.print(Padding(" ".join(text.split()), (1 if gap else 0, 0, 0, INDENT)), width=width)


def scenarios(name: Name = None, as_json: AsJson = False) -> None:
    """List the scenarios, or show one whole.

    One scenario, by name or path, comes with its story, its lesson and what it sets.
    """
    from adoptsim import files

    chosen = [files.Scenario.load(each) for each in (files.shipped("scenarios") if name is None else [name])]
    if as_json:
        print_json({"scenarios": [scenario.model_dump(mode="json") for scenario in chosen]})
    elif name is None:
        _list_titles([(scenario.name, scenario.title) for scenario in chosen], "Scenario")
        out().print("One whole: adoptsim scenarios NAME. What happens in it: adoptsim run NAME")
    else:
        _show_scenario(chosen[0])


def _list_titles(rows: list[tuple[str, str]], heading: str) -> None:
    shown = table(heading, "", left=2)
    for name, title in rows:
        shown.add_row(name, title)
    out().print(shown)


def _show_scenario(scenario: Scenario) -> None:
    console = out()
    _heading(console, scenario.title or scenario.name, scenario.name)
    if scenario.story:
        _paragraph(console, scenario.story)
    if scenario.lesson:
        console.print("\nLesson", style="bold")
        _paragraph(console, scenario.lesson, gap=False)
    console.print("\nPractices", style="bold")
    _lines(console, _practices_in_use(scenario))
    console.print("\nSettings", style="bold")
    _lines(console, _settings(scenario))


def _practices_in_use(scenario: Scenario) -> list[tuple[str, str]]:
    from adoptsim.domain.practices import PRACTICES

    used = sorted(scenario.practices.items(), key=lambda item: PRACTICES[item[0]].number)
    lines = [
        (f"{PRACTICES[name].number:>2}", f"{PRACTICES[name].title}{_use(use, scenario.practice_end(name), scenario)}")
        for name, use in used
        if use.intensity > 0
    ]
    return lines or [("none", "")]


def _use(use: PracticeUse, end: int, scenario: Scenario) -> str:
    """Return how a practice is used, where it isn't from the first day on, everywhere and at full strength."""
    parts = [
        f"at {use.intensity:.0%}".replace("%", " %") if use.intensity < 1 else "",
        f"from day {use.start}" if use.start else "",
        f"growing over {counted(use.ramp, 'day')}" if use.ramp else "",
        f"until day {end}" if end < scenario.horizon.days else "",
        f"in {', '.join(use.departments)}" if use.departments else "",
        f"variant {use.variant}" if use.variant else "",
        "misused" if use.misused else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f": {said}" if said else ""


def _settings(scenario: Scenario) -> list[tuple[str, str]]:
    organisation, rule, horizon = scenario.organisation, scenario.critical_mass, scenario.horizon
    people = organisation.people_file or f"{organisation.people:,} people"
    lines = [
        (
            "Organisation",
            f"{people}, {organisation.mean_degree:g} contacts each, {organisation.leader_share:.0%} leaders",
        ),
        ("Time", f"{horizon.days} working days ({horizon.days / 21:.0f} months)"),
        ("Support", f"launch support until day {scenario.support_end}"),
        (
            "Critical mass",
            f"{rule.threshold:.0%} of staff contribute for {rule.held_days} days, and still "
            f"{rule.after_support_days} days after support has ended",
        ),
    ]
    if scenario.start.contributors:
        lines.append(("At the start", f"{scenario.start.contributors:.0%} of staff contribute"))
    changed = scenario.levers | scenario.parameters
    if changed:
        lines.append(("Changed", ", ".join(f"{name} = {value:g}" for name, value in changed.items())))
    return [(what, text.replace("%", " %")) for what, text in lines]


def experiments(name: Name = None, as_json: AsJson = False) -> None:
    """List the experiments, or show one whole.

    One experiment, by name or path, comes with its question and what it varies.
    """
    from adoptsim import files
    from adoptsim.sweeps.experiment import Experiment

    chosen = [Experiment.load(each) for each in (files.shipped("experiments") if name is None else [name])]
    if as_json:
        rows = [experiment.model_dump(mode="json") | {"points": experiment.n_points} for experiment in chosen]
        print_json({"experiments": rows})
    elif name is None:
        _list_titles([(experiment.name, experiment.title) for experiment in chosen], "Experiment")
        out().print("One whole: adoptsim experiments NAME. Run it: adoptsim sweep NAME, or adoptsim sensitivity NAME")
    else:
        _show_experiment(chosen[0])


def _show_experiment(experiment: Experiment) -> None:
    console = out()
    _heading(console, experiment.title or experiment.name, experiment.name)
    if experiment.question:
        _paragraph(console, experiment.question)
    if experiment.answer:
        _paragraph(console, f"Found: {experiment.answer}")
    minutes = experiment.expected_minutes
    takes = f", about {duration(minutes * 60)}" if minutes else ""
    runs = experiment.n_points * experiment.replicates
    console.print(
        f"\n{experiment.n_points:,} points of {counted(experiment.replicates, 'run')}, {runs:,} runs{takes}; "
        f"base scenario {experiment.scenario}, design {experiment.design}, seed {experiment.seed}"
    )
    shown = table("Varied", "Levels", left=2)
    for target, levels in experiment.vary.items():
        shown.add_row(target, _levels(levels))
    unknown = experiment.uncertain if isinstance(experiment.uncertain, dict) else {}
    for target, levels in unknown.items():
        shown.add_row(f"{target} (not known)", _levels(levels))
    console.print(shown)


def _levels(levels: Any) -> str:
    """Return the levels of a target in words, the first few of many, or its range."""
    if not isinstance(levels, tuple):
        return f"{levels.low:g} to {levels.high:g}" + ("" if levels.scale == "uniform" else f", {levels.scale}")
    if levels == (False, True):
        return "off, on"
    shown = [f"{level:g}" if isinstance(level, float) else str(level) for level in levels[:MOST_LEVELS_SHOWN]]
    more = len(levels) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def schema(
    file: Annotated[Path | None, typer.Argument(help="Write it here instead.", show_default=False)] = None,
    workshop: Annotated[bool, typer.Option("--workshop", help="Of workshop files instead.")] = False,
) -> None:
    """Print the schema of scenario files.

    By this JSON Schema editors complete and check a scenario, or a workshop, while one types.
    """
    from adoptsim import files
    from adoptsim.commands.outputs import check_outputs
    from adoptsim.commands.terminal import say
    from adoptsim.workshop.plan import json_schema

    found = json_schema() if workshop else files.json_schema()
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    if file is None:
        typer.echo(text, nl=False)
        return
    check_outputs({"FILE": (file, ())})
    files.write_text(file, text)
    say(f"Schema: {file}")

"""The report of a sensitivity analysis: what moves the outcomes, ranked, and how to read that."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.analysis.sensitivity import importance
from adoptsim.analysis.sensitivity_words import (
    CAVEAT,
    DIRECTION_WORDS,
    LUCK_WORDS,
    OUTCOME_WORDS,
    TargetWords,
    findings,
    how_to_read,
    matters_most,
    target_words,
)
from adoptsim.report.drawing import BLUE, FAINT, INK, ORANGE, SMALL, SOFT, note
from adoptsim.report.html import Cell, Fact, Key, Page, Picture, Point, Section, Table
from adoptsim.report.pages.asked import Asked, base_critical_mass, experiment_code, simulated_section
from adoptsim.report.pages.parts import grounds_section, made_by, repeat_section, scenario_code, text_dash
from adoptsim.report.pages.pictures import page_axes
from adoptsim.report.pages.sensitivity_python import Weighed, sensitivity_python
from adoptsim.report.sensitivity import ARROWS, LUCK, design_words, draw_panel, panel_note, shown_targets
from adoptsim.report.sensitivity_cells import BY_LUCK, MAIN, has_alone, sized
from adoptsim.report.words import counted
from adoptsim.simulation import OrganisationSource, model_version

Row = dict[str, Any]
MOST_FACTS = 4
LETTERS = 31  # of a name left of its row
UNITS = {"morris": "percentage points, on average", "sobol": "of the outcome's variance, in total"}
FACT_UNITS = {"morris": "points", "sobol": "% of the variance"}


def sensitivity_page(frame: pd.DataFrame, weighed: Weighed, asked: Asked, *, top: int, command: str) -> Page:
    """Return the report of what moves the outcomes.

    Parameters
    ----------
    frame
        As `adoptsim.analysis.sensitivity.sensitivity` gives it.
    weighed
        How it was asked for; ``asked``: what the sweep's file says of the question.
    top
        How many factors the table has.
    """
    attrs, scenario = frame.attrs, asked.scenario
    people = OrganisationSource(scenario.organisation, attrs["seed"]).organisation(0).n_people
    facts = {"Model version": model_version(), "Seed": attrs["seed"], "Points": f"{attrs['points']:,}"}
    facts |= {"Runs of each point": f"{attrs['replicates']:,}", "Factors": f"{len(attrs['targets']):,}"}
    codes = [experiment_code(asked), scenario_code(scenario, "Base scenario")]
    ranked = [] if frame.empty else [_pictured(frame), Section("Ranked", tables=[_ranked(frame, top)])]
    return Page(
        kind="Report on what matters",
        title=attrs["title"] or attrs["experiment"],
        verdict=[f"{matters_most(frame)}.", _first_sentence(frame)],
        tone="open",
        facts=_facts(frame),
        story=asked.experiment.get("question", ""),
        sections=[
            Section("What was found", findings(frame)),
            *ranked,
            *([] if frame.empty else [_reading(frame)]),
            simulated_section(asked, people),
            grounds_section(base_critical_mass(asked), Point("The design.", f"{design_words(frame)}.")),
            repeat_section(command, sensitivity_python(weighed), facts, codes),
        ],
        made_by=made_by(model_version()),
    )


def _telling(frame: pd.DataFrame) -> str:
    """Return the first outcome that something moves beyond luck; where nothing is, the first that has an index."""
    real = set(frame.loc[frame["beyond_luck"].astype(bool), "outcome"])
    known = [outcome for outcome in OUTCOME_WORDS if outcome not in frame.attrs["undefined"]] or [*OUTCOME_WORDS]
    return next((outcome for outcome in known if outcome in real), known[0])


def _first_sentence(frame: pd.DataFrame) -> str:
    """Return how many factors move the outcome, as its finding says first."""
    said = dict(zip(OUTCOME_WORDS, findings(frame), strict=True))[_telling(frame)]
    return f"{said.partition('; ')[0].rstrip('.')}."


def _outcomes(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the factors of each outcome that has any, by target."""
    known = (outcome for outcome in OUTCOME_WORDS if outcome not in frame.attrs["undefined"])
    return {outcome: frame[frame["outcome"] == outcome].set_index("target") for outcome in known}


def _facts(frame: pd.DataFrame) -> list[Fact]:
    """Return the largest effects on the outcome that is told of first."""
    if frame.empty:
        return []
    outcome, method, facts = _telling(frame), frame.attrs["method"], []
    table = _outcomes(frame)[outcome]
    for target, row in table[table["beyond_luck"].astype(bool)].head(MOST_FACTS).iterrows():
        value, span = sized(row, MAIN[method])
        name = target_words(str(target), frame.attrs["vary"][target]).name
        facts.append(Fact(value, text_dash(span), f"{FACT_UNITS[method]}, {OUTCOME_WORDS[outcome].lower()}: {name}"))
    return facts


def _ranked(frame: pd.DataFrame, top: int) -> Table:
    """Return the factors, ranked by their larger part in either outcome."""
    tables, method, vary = _outcomes(frame), frame.attrs["method"], frame.attrs["vary"]
    targets = [str(target) for target in importance(frame).index[:top]]
    rows = []
    for place, target in enumerate(targets, start=1):
        words = target_words(target, vary[target])
        cells = [_size(method, table.loc[target]) for table in tables.values()]
        rows.append([Cell(f"{place}"), Cell(_name(words), _about(words)), *cells])
    left = len(frame.attrs["targets"]) - len(targets)
    more = f" {counted(left, 'factor')} more that {'matters' if left == 1 else 'matter'} less: --top {left + len(targets)}."
    unit = "percentage points" if method == "morris" else "per cent of the variance"
    return Table(
        f"In {unit}, with 95 % intervals",
        ("", "factor", *(OUTCOME_WORDS[outcome] for outcome in tables)),
        rows,
        words=2,
        note=f"{_direction()}{more if left else ''}",
    )


def _name(words: TargetWords) -> str:
    return f"{words.mark} {words.name}" if words.is_practice else words.name


def _about(words: TargetWords) -> str:
    return words.extent if words.is_practice or not words.meaning else f"{words.meaning}, {words.extent}"


def _size(method: str, row: Any) -> Cell:
    if not row["beyond_luck"]:
        return Cell(BY_LUCK)
    value, span = sized(row, MAIN[method])
    alone = "; alone {} ({})".format(*sized(row, "S1")) if has_alone(method, row) else ""
    return Cell(f"{ARROWS.get(row['direction'], '')} {value}".strip(), text_dash(f"{span}{alone}"))


def _direction() -> str:
    return DIRECTION_WORDS.format(up=ARROWS["raises"], down=ARROWS["lowers"])


def _reading(frame: pd.DataFrame) -> Section:
    points = [
        Point("The numbers.", how_to_read(frame.attrs["method"])),
        Point("The direction.", _direction()),
        Point("Luck.", LUCK_WORDS),
        Point("Caution.", CAVEAT),
    ]
    return Section("How to read it", points=points)


def _pictured(frame: pd.DataFrame) -> Section:
    """Return the factors that matter most, a row each, with a panel an outcome on one order for both."""
    targets = shown_targets(frame)
    rows = [target_words(target, frame.attrs["vary"][target]) for target in targets]

    def draw(width: float, left: float, high: float, *, is_narrow: bool) -> Figure:
        size = (width, high * len(rows) + 0.87)
        figure, first = page_axes(size, left=left, right=0.1, top=0.32, bottom=0.55)
        place, tables = first.get_position(), _outcomes(frame)
        wide = (place.width - 0.25 / width * (len(tables) - 1)) / len(tables)
        for column, (outcome, table) in enumerate(tables.items()):
            at = (place.x0 + column * (wide + 0.25 / width), place.y0, wide, place.height)
            axes = first if column == 0 else figure.add_axes(at)
            axes.set_position(at)
            draw_panel(axes, table.loc[targets], rows, frame.attrs["method"])
            axes.set_xlabel("")
            axes.patch.set_visible(False)
            if is_narrow:
                _room_for_names(axes, len(rows))
            axes.set_xlim(0, 1.22 * axes.get_xlim()[1])
            note(axes, OUTCOME_WORDS[outcome], (0, 1), (0, 10), xycoords="axes fraction", color=INK, fontweight="bold")
        _named(first, rows, is_narrow=is_narrow)
        figure.text(left / width, 0.12 / size[1], UNITS[frame.attrs["method"]], fontsize=SMALL, color=SOFT)
        return figure

    longest = min(LETTERS, max(len(_name(words)) for words in rows))
    wide, narrow = draw(7.3, min(3.0, 0.25 + 0.09 * longest), 0.32, is_narrow=False), draw(3.75, 0.1, 0.52, is_narrow=True)
    said = "; ".join(f"{OUTCOME_WORDS[outcome]}: {panel_note(frame, outcome)}" for outcome in _outcomes(frame))
    left = len(frame.attrs["targets"]) - len(rows)
    more = f"{counted(left, 'factor')} that {'matters' if left == 1 else 'matter'} less not shown." if left else ""
    picture = Picture("factors", f"{matters_most(frame)}. {said}.", wide, narrow, _keys(), f"{_direction()} {more}".strip())
    return Section("What moves the outcomes", pictures=[picture])


def _keys() -> list[Key]:
    return [
        Key("square", BLUE, "practice: off or on"),
        Key("ring", ORANGE, "other number, over its plausible range"),
        Key("band", LUCK, "what luck alone would show; pale: cannot be told from luck"),
    ]


def _room_for_names(axes: Axes, n_rows: int) -> None:
    """Leave room above the first row, and no line that would cross a name."""
    axes.set_ylim(n_rows - 0.5, -0.75)
    for line in list(axes.lines):
        if line.get_color() == FAINT:
            line.remove()


def _named(axes: Axes, rows: list[TargetWords], *, is_narrow: bool) -> None:
    """Write each row's name left of it; without room there, above it."""
    for place, words in enumerate(rows):
        how: Row = {"color": INK, "fontweight": "bold" if words.is_practice else "normal", "zorder": 6}
        if is_narrow:
            note(axes, _name(words), (0, place), (0, 11), va="bottom", **how)
        else:
            name = textwrap.fill(_name(words), LETTERS)
            note(axes, name, (0, place), (-10, 0), xycoords=("axes fraction", "data"), ha="right", linespacing=1.05, **how)

"""The reports of tipping points, of a phase diagram and of a hysteresis."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping

from matplotlib.axes import Axes

from adoptsim.analysis.hysteresis import Hysteresis
from adoptsim.analysis.living import EVERYBODY
from adoptsim.analysis.phase import Phase
from adoptsim.analysis.phase_words import (
    gap_cell,
    hysteresis_about,
    hysteresis_verdict,
    level_words,
    phase_about,
    phase_row,
    phase_verdict,
    share_cell,
)
from adoptsim.analysis.settings import STARTED
from adoptsim.analysis.tipping import ABOVE, BELOW, MOST_LEAVERS, Tipping
from adoptsim.analysis.tipping_words import PLACES, about, edge_words, share_words, verdict
from adoptsim.domain.scenario import Scenario
from adoptsim.report.drawing import BLUE, INK, ORANGE, PALE_BLUE, SMALL, SOFT, note
from adoptsim.report.html import Bar, Cell, Key, Page, Picture, Point, Section, Table
from adoptsim.report.hysteresis import draw_branches
from adoptsim.report.pages.parts import (
    grounds_section,
    made_by,
    practices_section,
    python_of,
    quoted,
    repeat_section,
    scenario_code,
)
from adoptsim.report.pages.pictures import both, page_axes
from adoptsim.report.phase import draw_field, draw_scale
from adoptsim.report.tipping import draw_curve
from adoptsim.simulation import OrganisationSource, model_version

PALE_ORANGE = "#f7dcc8"
LINE = 60
READ_AXIS = "from adoptsim.analysis.settings import read_axis"


def tipping_page(found: Tipping, *, given: str, command: str) -> Page:
    """Return the report of the tipping points of a scenario."""
    sentences = verdict(found)
    options = "" if found.organisation is None else f", organisation={found.organisation}"
    python = python_of(
        f"scenario = ad.Scenario.load({quoted(given)})",
        f"found = ad.tipping(scenario, replicates={found.replicates}, seed={found.seed}, days={found.days}{options})",
        "print(found.summary())",
    )
    sections = [
        Section("How many must begin", sentences[2:], pictures=[_curve(found, BELOW)]),
        Section("Who begins", tables=[_places(found)]),
    ]
    if found.brackets(ABOVE):
        sections.append(Section("How many may leave", pictures=[_curve(found, ABOVE)]))
    facts = {"Seed": found.seed, "Organisations": f"{found.replicates:,}", "Working days": f"{found.days:,}"}
    last = _last(found.scenario, found.people, about(found), command, python, facts)
    return _page("Report on a tipping point", found.scenario, sentences, [*sections, *last])


def phase_page(found: Phase, *, given: str, command: str, targets: tuple[str, str], most_runs: int) -> Page:
    """Return the report of a phase diagram; ``targets`` as they were asked for."""
    python = python_of(
        f"scenario = ad.Scenario.load({quoted(given)})",
        f"axes = tuple(read_axis(name, {quoted('--phase')}) for name in ({', '.join(map(quoted, targets))}))",
        f"found = phase(scenario, axes, most_runs={most_runs}, seed={found.seed}, days={found.days})",
        "print(found.summary())",
        imports=["from adoptsim.analysis.phase import phase", READ_AXIS],
    )
    across, along = found.axes
    rows = [[Cell(level_words(along, edge.level)), Cell(phase_row(found, edge))] for edge in found.edges()]
    table = Table("The edge, row by row", (_capital(along.name), _capital(across.name)), rows, words=2)
    begin = f"Begun by {share_words(found.start)} of staff, then left alone."
    started = STARTED in (axis.target for axis in found.axes)
    verdicts = [phase_verdict(found), "Left alone, without launch support, from then on." if started else begin]
    people = OrganisationSource(found.scenario.organisation, found.seed).organisation(0).n_people
    facts = {"Seed": found.seed, "Runs": f"{found.runs:,} at {len(found.lives)} points", "Working days": f"{found.days:,}"}
    sections = [
        Section("Where networks live, and where they die", pictures=[_phase(found)], tables=[table]),
        *_last(found.scenario, people, phase_about(found), command, python, facts),
    ]
    return _page("Report on a phase diagram", found.scenario, verdicts, sections)


def hysteresis_page(found: Hysteresis, *, given: str, command: str, target: str) -> Page:
    """Return the report of a setting that is raised and lowered again; ``target`` as it was asked for."""
    n = found.up.shape[1]
    python = python_of(
        f"scenario = ad.Scenario.load({quoted(given)})",
        f"axis = read_axis({quoted(target)}, {quoted('--hysteresis')})",
        f"found = hysteresis(scenario, axis, replicates={n}, seed={found.seed})",
        "print(found.summary())",
        imports=["from adoptsim.analysis.hysteresis import hysteresis", READ_AXIS],
    )
    sentences = hysteresis_verdict(found)
    rows = [
        [
            Cell(level_words(found.axis, level)),
            *(Cell(share_cell(found.branch(values, step))) for values in (found.up, found.down)),
            Cell(gap_cell(found.gap(step))),
        ]
        for step, level in enumerate(found.levels)
    ]
    table = Table("Employees who contribute", (_capital(found.axis.name), "raised", "lowered again", "gap, points"), rows)
    people = OrganisationSource(found.scenario.organisation, found.seed).organisation(0).n_people
    sections = [
        Section("The way there and the way back", pictures=[_hysteresis(found)], tables=[table]),
        *_last(
            found.scenario,
            people,
            hysteresis_about(found),
            command,
            python,
            {"Seed": found.seed, "Runs": f"{n:,}"},
        ),
    ]
    return _page("Report on a way there and back", found.scenario, sentences, sections)


def _page(kind: str, scenario: Scenario, sentences: list[str], sections: list[Section]) -> Page:
    return Page(
        kind=kind,
        title=scenario.title or scenario.name,
        verdict=sentences[:2],
        tone="open",
        facts=[],
        story=scenario.story,
        sections=sections,
        made_by=made_by(model_version()),
    )


def _last(
    scenario: Scenario, people: int, what: str, command: str, python: str, facts: Mapping[str, object]
) -> list[Section]:
    """Return the sections that close every report of this kind."""
    return [
        practices_section(scenario, people),
        grounds_section(Point("A network that lives.", what)),
        repeat_section(command, python, {"Model version": model_version(), **facts}, [scenario_code(scenario)]),
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _curve(found: Tipping, side: str) -> Picture:
    """Return what lives by the share who begin, or who leave."""
    is_below = side == BELOW
    top, color, pale = (EVERYBODY, BLUE, PALE_BLUE) if is_below else (MOST_LEAVERS, ORANGE, PALE_ORANGE)
    who, what = ("begin as contributors", "live") if is_below else ("leave the platform", "survive")

    def draw(axes: Axes, is_narrow: bool) -> None:
        draw_curve(axes, found, side, top, color)
        axes.set_xlabel(f"staff who {who}", fontsize=SMALL, color=SOFT)
        note(axes, f"networks that {what}", (0, 1), (-30, 12), xycoords="axes fraction")

    edge = edge_words(found.edge(side))
    words = (
        f"The share of networks that {what}, by the share of staff who {who}; half of them {what} at {edge}."
        if math.isfinite(found.edge(side).value)
        else f"The share of networks that {what}, by the share of staff who {who}."
    )
    keys = [
        Key("line", color, f"networks that {what}"),
        Key("band", pale, "95 % interval"),
        Key("dot", INK, "the middle edge, with its interval"),
    ]
    return Picture(f"from-{side}", words, *both(draw, (7.3, 3.3), (3.75, 3.0)), keys)


def _places(found: Tipping) -> Table:
    rows = []
    for name in found.placements:
        edge = found.edge(BELOW, name)
        value, low, high = (min(bound, EVERYBODY) for bound in edge)
        bar = None if math.isnan(edge.value) or edge.value < 0 else Bar(value, low, high, 0.0, EVERYBODY)
        never = share_words(found.share_never(BELOW, name).value)
        rows.append([Cell(_capital(PLACES[name])), Cell(bar=bar), Cell(edge_words(edge), f"die whoever begins: {never}")])
    caption = "Staff who must begin for the network to live, from none to all"
    return Table(caption, ("who begins", "", "needed (95 %)"), rows)


def _phase(found: Phase) -> Picture:
    wide, wide_axes = page_axes((7.3, 5.4), left=0.85, right=0.95, top=0.15, bottom=0.65)
    narrow, narrow_axes = page_axes((3.75, 3.7), left=0.75, right=0.15, top=0.15, bottom=0.65)
    for axes in (wide_axes, narrow_axes):
        draw_field(axes, found)
    wide_axes.set_ylabel(textwrap.fill(found.axes[1].label, LINE), fontsize=SMALL, color=INK)
    narrow_axes.set_ylabel(textwrap.fill(_capital(found.axes[1].name), LINE // 2), fontsize=SMALL, color=INK)
    narrow_axes.set_xlabel(_capital(found.axes[0].name), fontsize=SMALL, color=INK)
    every_other_tick(narrow_axes)
    draw_scale(wide.add_axes((0.9, 0.3, 0.027, 0.4)))
    keys = [
        Key("dot", BLUE, "most networks live"),
        Key("dot", ORANGE, "most die"),
        Key("line", INK, "the edge: half of them live"),
    ]
    across, along = found.axes
    words = f"Where networks live. Across: {across.label}; up: {along.label}. {phase_verdict(found)}"
    text = f"{found.runs:,} runs at {len(found.lives)} points; a larger dot has more runs, where the side was not clear."
    return Picture("phase", words, wide, narrow, keys, text)


def every_other_tick(axes: Axes) -> None:
    """Leave out every second tick of the axis across, where there is no room for all."""
    words = [label.get_text() for label in axes.get_xticklabels()]
    axes.set_xticks(axes.get_xticks()[::2], words[::2])


def _hysteresis(found: Hysteresis) -> Picture:
    def draw(axes: Axes, is_narrow: bool) -> None:
        draw_branches(axes, found)
        axes.set_xlabel(found.axis.label, fontsize=SMALL, color=SOFT)
        if is_narrow:
            every_other_tick(axes)

    last = len(found.levels) - 1
    begin, top, end = (
        share_words(found.branch(way, step).value) for way, step in ((found.up, 0), (found.up, last), (found.down, 0))
    )
    words = (
        f"Raised, employees who contribute go from {begin} to {top}; lowered again, back to {end}. Bands: 95 % intervals."
    )
    keys = [Key("line", BLUE, "raised"), Key("line", ORANGE, "lowered again")]
    return Picture("hysteresis", words, *both(draw, (7.3, 3.8), (3.75, 3.3)), keys)

"""The model's tables as Markdown, each row as it is declared: what the docs are made of. Reads the tables, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adoptsim.domain.definitions import DEFINITIONS
from adoptsim.domain.experiences import EXPERIENCES, Experience
from adoptsim.domain.levers import LEVER_GROUPS, LEVERS, Lever
from adoptsim.domain.parameters import PARAMETER_GROUPS, Parameter
from adoptsim.domain.practices import EVIDENCE_GRADES, PRACTICES, Practice
from adoptsim.domain.shocks import SHOCKS
from adoptsim.domain.structure import STRUCTURE_NUMBERS
from adoptsim.validation.patterns import PATTERNS, Pattern

_STATES = ("responsiveness", "trust", "safety", "reward")


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def number(value: float | None) -> str:
    """Return a number as people write it; nothing for none."""
    return "" if value is None else f"{value:g}"


def _span(low: float | None, high: float | None) -> str:
    """Return a range in words, open where there is no bound."""
    if low is None:
        return f"up to {number(high)}" if high is not None else ""
    return f"{number(low)} to {number(high)}" if high is not None else f"{number(low)} or more"


def _in_groups(tables: Mapping[str, str]) -> str:
    return "\n\n".join(f"**{title}**\n\n{table}" for title, table in tables.items())


def _parameter_table(rows: Iterable[Parameter]) -> str:
    heads = ("name", "symbol", "meaning", "default", "unit", "plausible range", "prior", "source", "grade")
    return markdown(heads, (_parameter_cells(row) for row in rows))


def _parameter_cells(row: Parameter) -> tuple[str, ...]:
    name, span = f"`{row.name}`", _span(row.low, row.high)
    return name, row.symbol, row.meaning, number(row.default), row.unit, span, row.prior, row.source, row.grade


def parameters() -> str:
    """Return the parameters by group."""
    return _in_groups({title: _parameter_table(rows) for title, rows in PARAMETER_GROUPS.items()})


def structure() -> str:
    """Return the numbers of the generated organisation."""
    return _parameter_table(STRUCTURE_NUMBERS.values())


def _lever_cells(row: Lever) -> tuple[str, ...]:
    name, span = f"`{row.name}`", _span(row.low, row.high)
    return name, row.symbol, row.meaning, number(row.default), row.unit, span, row.source, row.grade, row.link


def levers() -> str:
    """Return the levers by group."""
    heads = ("name", "symbol", "meaning", "default", "unit", "plausible range", "source", "grade", "scale")
    return _in_groups({title: markdown(heads, map(_lever_cells, rows)) for title, rows in LEVER_GROUPS.items()})


def definitions() -> str:
    """Return what is agreed."""
    heads = ("name", "symbol", "meaning", "value", "unit", "why this one")
    rows = DEFINITIONS.values()
    return markdown(
        heads, ((f"`{row.name}`", row.symbol, row.meaning, number(row.value), row.unit, row.source) for row in rows)
    )


def _experience_cells(row: Experience) -> tuple[str, ...]:
    weights = (getattr(row, state) for state in _STATES)
    return (f"`{row.name}`", row.meaning, *(f"{weight:+g}" if weight else "" for weight in weights), row.source, row.grade)


def experiences() -> str:
    """Return what each experience teaches."""
    return markdown(("experience", "what it is", *_STATES, "source", "grade"), map(_experience_cells, EXPERIENCES.values()))


def practices() -> str:
    """Return the practices, each whole."""
    return "\n\n".join(_practice(practice) for practice in PRACTICES.values())


def _practice(practice: Practice) -> str:
    ways = {"full": practice.to} | {f"variant {name}": to for name, to in practice.variants.items()}
    ways["misused"] = practice.misuse
    names = list(dict.fromkeys(name for way in ways.values() for name in way))
    rows = [(f"`{name}`", number(LEVERS[name].default), *(number(way.get(name)) for way in ways.values())) for name in names]
    hours = practice.hours
    costs = {
        "a leader": hours.per_leader,
        "a champion": hours.per_champion,
        "an employee": hours.per_person,
        "for the organisation": hours.fixed,
    }
    lasts = "goes on" if practice.standing else "ends"
    return "\n\n".join(
        (
            f"**{practice.number}. {practice.title}** (`{practice.name}`). {practice.says} Misused: {practice.misuse_says}",
            markdown(("lever", "without", *ways), rows),
            f"Hours a month: {', '.join(f'{number(amount)} {whose}' for whose, amount in costs.items() if amount)}. "
            f"Evidence {practice.evidence}: {practice.source}. It {lasts} when launch support ends.",
        )
    )


def patterns() -> str:
    """Return the patterns that the model is held against."""
    heads = ("pattern", "name", "what is measured", "scenario", "should be", "kind", "must hold", "source", "grade")
    return markdown(heads, map(_pattern_cells, PATTERNS.values()))


def _pattern_cells(row: Pattern) -> tuple[str, ...]:
    case = f"{row.case} against {row.against}" if row.against else row.case
    must = "yes" if row.must_hold else "no"
    name, span = f"`{row.name}`", _span(row.low, row.high) or "not judged"
    return str(row.number), name, row.says, case, span, f"{row.kind}, {row.fitted}", must, row.source, row.grade


def shocks() -> str:
    """Return the kinds of shocks."""
    rows = ((f"`{row.name}`", row.says, row.size_says, f"`{row.size}`", row.source) for row in SHOCKS.values())
    return markdown(("kind", "what happens", "its size", "default", "source"), rows)


def listed(names: Iterable[str]) -> str:
    """Return names one after another."""
    return ", ".join(f"`{name}`" for name in names)


def grades(meanings: Mapping[str, str]) -> str:
    """Return what letters mean, in a sentence."""
    return "; ".join(f"{grade} {meaning}" for grade, meaning in meanings.items())


def evidence_grades() -> str:
    """Return what the grades of practices mean."""
    return grades(EVIDENCE_GRADES)

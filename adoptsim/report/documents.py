"""The docs that are made from the model's tables: prose in ``templates/``, every number and table filled in by name."""

from __future__ import annotations

from importlib import resources
from string import Template

from adoptsim.domain.definitions import DEFINITIONS
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import GRADES, PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.structure import STRUCTURE_NUMBERS
from adoptsim.engine.state import COUNTS, DEPARTMENT_COUNTS
from adoptsim.report import tables

DOCUMENTS = ("odd.md", "parameters.md")
SPOKEN = ("a ", "minutes", "working days", "relevant items", "items", "persons a day", "people", "ties a person", "reports")
"""Units that are said after a number in a sentence; shares, factors and scales are not."""


class Prose(Template):
    """Text with ``$name`` for a number with its name, and ``${value.name}`` for the number alone."""

    braceidpattern = r"(?:value\.)?[a-z_]+"


def template(document: str) -> str:
    """Return the text of a document before anything is filled in."""
    return resources.files("adoptsim.report").joinpath("templates", document).read_text(encoding="utf-8")


def made(document: str) -> str:
    """Return a document as it should be; a name that no table has raises ``KeyError``."""
    return Prose(template(document)).substitute(_numbers() | _tables())


def _numbers() -> dict[str, str]:
    """Return every number of every table: ``name`` with its name and unit, ``value.name`` bare."""
    known: dict[str, str] = {}
    rows = [(row.name, row.default, row.unit) for row in (*PARAMETERS.values(), *STRUCTURE_NUMBERS.values())]
    for name, value, unit in [*rows, *((row.name, row.value, row.unit) for row in DEFINITIONS.values())]:
        said = f" {unit}" if unit.startswith(SPOKEN) else ""
        known[name], known[f"value.{name}"] = f"`{name}` = {value:g}{said}", f"{value:g}"
    return known


def _tables() -> dict[str, str]:
    return {
        "parameters": tables.parameters(),
        "levers": tables.levers(),
        "practices": tables.practices(),
        "experiences": tables.experiences(),
        "structure": tables.structure(),
        "definitions": tables.definitions(),
        "patterns": tables.patterns(),
        "shocks": tables.shocks(),
        "grades": tables.grades({str(grade): meaning for grade, meaning in GRADES.items()}),
        "evidence_grades": tables.evidence_grades(),
        "counts": tables.listed(COUNTS),
        "department_counts": tables.listed(DEPARTMENT_COUNTS),
        "n_practices": str(len(PRACTICES)),
        "n_levers": str(len(LEVERS)),
        "support_practices": tables.listed(name for name, practice in PRACTICES.items() if not practice.standing),
    }

"""The docs say what the model does: made from its tables, in the order of its day, and never stale."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from adoptsim.domain import rules
from adoptsim.domain.definitions import DEFINITIONS
from adoptsim.domain.experiences import EXPERIENCES
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import OrganisationSpec, Scenario
from adoptsim.domain.shocks import SHOCKS
from adoptsim.domain.structure import STRUCTURE_NUMBERS
from adoptsim.engine import state
from adoptsim.engine.draws import PURPOSE_NAMES
from adoptsim.report.documents import DOCUMENTS, Prose, made, template
from adoptsim.simulation import simulate
from adoptsim.validation.patterns import PATTERNS

ROOT = Path(__file__).parents[2]
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialization",
    "Input data",
    "Submodels",
)
CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)
INTERNAL = {"found", "next_in_inbox", "log_id", "first_visit", "prompts", "spoke", "visited", "contributed", "touched"}
INTERNAL |= {"feed_start", "feed_step"}
"""Columns that only help along within a day, or keep books."""
NUMBERS = {**PARAMETERS, **LEVERS, **STRUCTURE_NUMBERS, **DEFINITIONS}


@pytest.fixture(scope="module")
def odd() -> str:
    return made("odd.md")


def section(text: str, title: str) -> str:
    """Return what stands under a heading, up to the next of its kind."""
    return re.split(r"^## \d ", text, flags=re.MULTILINE)[1 + ELEMENTS.index(title)]


def rule_names() -> list[str]:
    tree = ast.parse(Path(rules.__file__).read_text(encoding="utf-8"))
    marked = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.decorator_list]
    return [each.name for each in marked]


def calls_of_a_day() -> list[str]:
    """Return the functions that ``run_days`` calls, in the order of its lines."""
    tree = ast.parse((ROOT / "adoptsim/engine/day.py").read_text(encoding="utf-8"))
    day = next(each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "run_days")
    calls = [each for each in ast.walk(day) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    named = [(each.lineno, each.func.id) for each in calls if isinstance(each.func, ast.Name)]
    return [name for _, name in sorted(named) if name not in {"range", "_any_lever_moved"}]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_docs_fit_the_model(document: str) -> None:
    assert (ROOT / "docs" / document).read_text(encoding="utf-8") == made(document), "run: adoptsim docs"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_number_of_the_model_is_typed_into_the_prose(document: str) -> None:
    """Left are 0, 1 and 2 of formulas, powers of two, years of publications, and numbers of headings and lists."""
    text = template(document)
    headings, references = r"^#+ [\d.]+ |^ *\d+\. ", r"\(7\.\d+\)|\(6\)|defined in 7\.\d+\."
    for allowed in (headings, references, r"\bz\d\b|\bu\d\b", r"2\^\d+", "Philox4x32-10", r"\b(19|20)\d\d\b"):
        text = re.sub(allowed, "", text, flags=re.MULTILINE)
    assert sorted(set(re.findall(r"\d*\.?\d+", text)) - {"0", "1", "2"}) == []


def test_the_description_has_the_elements_of_the_protocol_in_its_order(odd: str) -> None:
    assert re.findall(r"^## \d (.*)$", odd, flags=re.MULTILINE) == list(ELEMENTS)


def test_the_description_speaks_of_every_design_concept(odd: str) -> None:
    assert re.findall(r"^\*\*(.*)\.\*\*", section(odd, "Design concepts"), flags=re.MULTILINE) == list(CONCEPTS)


def test_the_phases_are_those_of_the_day_in_its_order(odd: str) -> None:
    schedule = section(odd, "Process overview and scheduling")
    steps = re.findall(r"^\d+\. (.*(?:\n    .*)*)", schedule, flags=re.MULTILINE)
    calls = calls_of_a_day()
    named = [name for step in steps for name in re.findall(r"`([a-z_]+)`", step) if name in calls]
    assert len(calls) > 15
    assert named == calls


@pytest.mark.parametrize("name", rule_names())
def test_every_rule_is_described_with_its_source(odd: str, name: str) -> None:
    assert re.search(rf"`{name}[`(]", odd)
    cited = re.findall(r"[(&] ?([A-Z][a-z]+)[^()]*?\(?((?:19|20)\d\d)", inspect.getdoc(getattr(rules, name)) or "")
    for author, year in cited:
        assert re.search(rf"{author}[^;]{{0,40}}{year}", odd), (author, year)


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_has_its_place_in_the_description(name: str) -> None:
    assert re.search(rf"[`$(* ]{name}\b|value\.{name}\b", template("odd.md"))


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_stands_in_the_table_with_its_source(name: str) -> None:
    row = next(
        line for line in made("parameters.md").splitlines() if line.startswith(f"| `{name}` |") and "without" not in line
    )
    entry = NUMBERS[name]
    default = getattr(entry, "default", None) or getattr(entry, "value", 0.0)
    assert {f"{default:g}", entry.symbol, entry.meaning, entry.unit, entry.source} <= {
        cell.strip() for cell in row.split("|")
    }


def test_every_name_in_the_description_is_one_of_the_model(odd: str) -> None:
    known = set(NUMBERS) | set(EXPERIENCES) | set(PRACTICES) | set(PATTERNS) | set(rule_names()) | set(calls_of_a_day())
    for columns in (state.LEVEL, state.MARK, state.TALLY, state.TRAIT, state.PLACE, state.THREAD):
        known |= set(columns._fields)
    known |= set(SHOCKS)
    known |= {*state.COUNTS, *state.DEPARTMENT_COUNTS, *one_day_s_outcomes(), "share_using", "share_contributing"}
    used = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", " ".join(re.findall(r"`([^`]+)`", odd))))
    assert sorted(used - known) == []


def one_day_s_outcomes() -> list[str]:
    scenario = Scenario(name="x", organisation=OrganisationSpec(people=20), horizon={"days": 1, "support_until": 1})
    return list(simulate(scenario, replicates=1).outcome)


def test_every_outcome_is_defined(odd: str) -> None:
    assert [name for name in one_day_s_outcomes() if f"`{name}`" not in odd] == []


def test_every_state_variable_is_described(odd: str) -> None:
    fields = [name for kind in (state.LEVEL, state.MARK, state.TALLY, state.TRAIT, state.THREAD) for name in kind._fields]
    entities = section(odd, "Entities, state variables and scales")
    assert [name for name in fields if name not in INTERNAL and f"`{name}`" not in entities] == []


def test_every_purpose_of_a_draw_is_listed_under_its_number(odd: str) -> None:
    listed = re.findall(r"^(\d+)\. ([^:(]+?)(?: \(.*?)?:", section(odd, "Design concepts"), flags=re.MULTILINE)
    assert {int(number): name for number, name in listed} == PURPOSE_NAMES


def test_a_name_that_no_table_has_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_number"):
        Prose("with $no_such_number").substitute(made="x")

"""No number of the model stands in code: what is left carries out the arithmetic, and is listed here with its reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "adoptsim"
TABLES = {"definitions", "experiences", "levers", "parameters", "practices", "structure"}
EDGES = {"errors", "intervals", "scenario"}
"""Neither rules nor state: what messages, intervals and a scenario's fields are bounded by."""
OF_FORMULAS = {0, 1, 2, 0.5}
LEFT = {
    "bits": {64: "bits", 63: "bits", 0x03F79D71B4CB0A89: "every six neighbouring bits once, as published"},
    "compiled": {12: "characters of a hash"},
    "draws": {},  # Philox as published: its test has the authors' known answers
    "learn": {16: "people looked at together, of speed", 64: "bits"},
    "measures": {65536: "levels are summed as whole parts of this size"},
    "network": {0.005: "how the search for missing ties goes on", 4: "likewise", 8: "likewise", 16: "likewise"}
    | {200: "people from whom paths are measured, for description only", 4096: "rows at a time, of memory"},
    "organisation": {5: "streams of random numbers, ids named in a message", 8: "room for streams", 64: "bits", 60: "bits"}
    | {20: "fewest people", 1_000_000: "most people"},
    "policy": {12: "departments named in a message"},
    "read": {2**20: "names a thread"},
    "speak": {3: "code", 4: "code"},
    "start": {64: "room for threads, bits", 4: "room for threads", 10: "room for threads", 3: "rows of scratch"},
    "state": {512: "people a block, of memory", 5: "codes", 9: "codes", 3: "code", 10_000: "a day before all days"},
    "visit": {64: "bits"},
}
FILES = sorted(
    path
    for folder in ("engine", "domain")
    for path in (PACKAGE / folder).glob("*.py")
    if path.stem not in {"__init__", "draws", *TABLES, *EDGES}
)


def numbers_in(path: Path) -> set[float]:
    """Return the numbers written in a file, but those of formulas and of places in an array."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    places = {id(part) for each in ast.walk(tree) if isinstance(each, ast.Subscript) for part in ast.walk(each.slice)}
    written = [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in places]
    values = [each.value for each in written if isinstance(each.value, int | float) and not isinstance(each.value, bool)]
    return set(values) - OF_FORMULAS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_number_of_the_model_stands_in_code(path: Path) -> None:
    new = numbers_in(path) - set(LEFT.get(path.stem, {}))
    assert new == set(), "a number of the model belongs in a table of adoptsim/domain; one of the arithmetic, in LEFT"


def test_a_number_put_into_a_rule_is_noticed(tmp_path: Path) -> None:
    rule = tmp_path / "rule.py"
    rule.write_text("MONTH = 21.0\ndef rule(x, column):\n    return 0.7 * x[3] + 1.0\n")
    assert numbers_in(rule) == {21.0, 0.7}

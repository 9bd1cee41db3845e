"""YAML text to plain values, with the line of each; only the plain part of YAML, so that a file cannot surprise.

Refused: duplicate keys, anchors and aliases (a few lines of them can stand for gigabytes), tags, further documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from adoptsim.domain.errors import InputError, Problem
from adoptsim.files.text import printable

Path = tuple[str | int, ...]
MOST_ENTRIES = 20_000  # about a second of parsing; a scenario has a hundred
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Tree:
    """The values of a file, and where they stand."""

    values: dict[str, Any]
    file: str
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int | None:
        """Return the line of a value, or of the nearest thing it is part of."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def field_name(path: Path) -> str:
    """Return a path as people would say it: ``practices.safe_space.departments[1]``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{printable(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def parse_yaml(text: str, file: str = "") -> Tree:
    """Return the values of a YAML mapping, sequences as tuples; raises ``InputError`` with all that is wrong."""
    node = _compose(text, file)
    if node is None:
        raise InputError(Problem("is empty", file=file))
    if not isinstance(node, MappingNode):
        found = "a list" if isinstance(node, SequenceNode) else "a single value"
        raise InputError(Problem(f"holds {found}; give 'name: value' lines", file=file, line=_line(node)))
    reader = _Reader(file)
    values = reader.value_of(node, ())
    if reader.problems:
        raise InputError(*reader.problems)
    return Tree(values, file, reader.lines)


class _LimitedComposer(Composer):  # type: ignore[misc, unused-ignore]  # ruamel.yaml has no types
    """A composer that gives up on files far longer than any scenario."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        self.warn_double_anchors = False  # anchors are refused later, with their line
        self._entries = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise InputError(Problem(f"holds more than {MOST_ENTRIES:,} entries; is it the right file?"))
        return super().compose_node(parent, index)


def _compose(text: str, file: str) -> Node | None:
    """Return the tree of nodes; whatever the parser makes of broken text becomes a problem."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _LimitedComposer
    try:
        node: Node | None = yaml.compose(text)
    except InputError as error:
        raise InputError(Problem(error.problems[0].message, file=file)) from None
    except MarkedYAMLError as error:
        raise InputError(_syntax_problem(error, text, file)) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        raise InputError(Problem("holds a character that is not text; remove it", file=file, line=line)) from None
    except RecursionError:
        raise InputError(Problem("is nested too deeply", file=file)) from None
    except Exception:
        # broken escapes and directives reach Python's own errors (OverflowError, ValueError, AttributeError) in ruamel
        raise InputError(Problem("is not YAML; look for unclosed quotes and broken escapes", file=file)) from None
    return node


_SYNTAX = (
    (r"'\\t' that cannot start", "a tab stands where spaces should; indent with spaces"),
    (r"expected a single document|another document", "a second document begins; give one file for each"),
    (r"mapping values are not allowed", "a colon is not expected here; indent evenly, and quote text that holds ': '"),
    (r"undefined alias", "the alias (*) refers to nothing; quote text that begins with *"),
    (r"unexpected end of stream|end of stream.*quoted", "a quotation mark is opened and not closed"),
    (r"expected ',' or", "a bracket is opened and not closed, or a comma is missing"),
    (r"could not find expected ':'", "a colon is missing after a name"),
    (r"found character .* cannot start", "a special character begins a value; put the value in quotes"),
    (r"expected <block end>", "the indentation does not fit the lines above"),
    (r"unknown escape|expected escape", "a backslash in double quotes begins no known escape; use single quotes"),
)


def _syntax_problem(error: MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else None
    said = str(error.problem or error.context or "")
    if line is not None and any(re.match(r" *\t", written) for written in text.split("\n")[line - 1 : line]):
        said = "'\\t' that cannot start"  # whatever the parser makes of it
    for pattern, message in _SYNTAX:
        if re.search(pattern, said):
            return Problem(message, file=file, line=line)
    return Problem(f"is not YAML: {printable(said, 120)}", file=file, line=line)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


@dataclass
class _Reader:
    """Turns nodes into values and remembers lines and problems on the way."""

    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value_of(self, node: Node, path: Path) -> Any:
        self.lines.setdefault(path, _line(node))
        if node.anchor is not None:
            self._refuse(f"the anchor (&{printable(node.anchor)}) is not supported; write the value out", path, node)
            return None
        if isinstance(node, MappingNode) and node.tag == f"{_TAG}map":
            return dict(self._items(node, path))
        if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
            return tuple(self.value_of(child, (*path, number)) for number, child in enumerate(node.value))
        if isinstance(node, ScalarNode) and str(node.tag).removeprefix(_TAG) in _SCALARS:
            return self._scalar(node, path)
        self._refuse(f"the tag {printable(node.tag)} is not supported; leave it out", path, node)
        return None

    def _items(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        for key, child in node.value:
            if not isinstance(key, ScalarNode) or key.anchor is not None:
                self._refuse("a name must be plain text", path, key)
                continue
            name = str(key.value)
            if name in first:
                message = f"is given twice, first on line {first[name]}; keep one"
                self._refuse(message, (*path, name), key)
                continue
            first[name] = self.lines[*path, name] = _line(key)
            yield name, self.value_of(child, (*path, name))

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        text = str(node.value)
        try:
            return _SCALARS[str(node.tag).removeprefix(_TAG)](text)
        except ValueError:
            self._refuse(f"{printable(text)} cannot be read as a value; put text in quotes", path, node)
            return None

    def _refuse(self, message: str, path: Path, node: Node) -> None:
        self.problems.append(Problem(message, field_name(path), self.file, _line(node)))


def _whole(text: str) -> int:
    """Return a whole number; ``007`` is seven."""
    plain = text.replace("_", "")
    return int(plain, 0) if re.fullmatch(r"[+-]?0[xob].*", plain) else int(plain)


def _number(text: str) -> float:
    return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": _whole,
    "float": _number,
    "bool": lambda text: text.lower() in {"true", "yes", "on"},
    "null": lambda text: None,
    "timestamp": str,  # a date is text here: a department may be called 2024-01-01
    "merge": str,
    "value": str,
}

"""The whole state of a page as a link, and back: short, readable, with a version. Pure.

``v=1&m=<model>&now=launch-only,n800,p7:60&base=start&keep=lean-bundle,p10:40|Lean&runs=32``: a scenario is its starting
point and what was moved: ``n`` people, ``t`` and ``s`` starting trust and safety in percent, ``u`` months of support,
``p`` a practice's number, intensity, start and end in days, and ``x`` where it is done badly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MOST_DAYS, PracticeUse
from adoptsim.engine.compiled import source_digest
from adoptsim.ui.setting import CLIMATE, changed, controls, starting_point, with_use
from adoptsim.ui.state import BASES, MOST_KEPT, PAGES, RUNS, TITLE_LENGTH, Kept, Plan, State

VERSION = 1
LONGEST = 4000
"""Characters of a link that are read: nothing that the page makes is longer."""
_BY_NUMBER = {practice.number: name for name, practice in PRACTICES.items()}
_SHORT = {"trust": "t", "safety": "s"}
_TOKEN = re.compile(r"([nutsp])(\d{1,5})(.*)")


class LinkError(InputError):
    """A link that can't be read."""


def encode(state: State, before: Plan | None = None) -> str:
    """Return a state as a query string, without the question mark; ``before``: the state before the last change."""
    pairs: list[tuple[str, str]] = [("v", str(VERSION)), ("m", source_digest()), ("now", plan_text(state.now))]
    if state.base != "start":
        pairs.append(("base", state.base))
    if state.base == "before" and before is not None:
        pairs.append(("before", plan_text(before)))
    pairs += [("keep", f"{plan_text(kept.plan)}|{kept.title}") for kept in state.kept]
    if state.page != PAGES[0]:
        pairs.append(("page", state.page))
    if state.runs != RUNS[0]:
        pairs.append(("runs", str(state.runs)))
    return urlencode(pairs, quote_via=quote, safe=":,|")


def decode(query: str) -> tuple[State, Plan | None, str]:
    """Return the state of a query string, the state before its last change, and a remark for the reader.

    Raises ``LinkError`` with what is wrong.
    """
    query = query.lstrip("?")
    if not query:
        return State(), None, ""
    if len(query) > LONGEST:
        raise LinkError(Problem(f"it has {len(query):,} characters, more than any link this page makes"))
    fields = parse_qs(query, keep_blank_values=True)
    _check_version(fields)
    if "now" not in fields:
        raise LinkError(Problem("it doesn't say which scenario is meant"))
    state = State(
        now=plan_of(fields["now"][0]),
        base=_one_of(fields, "base", BASES, also=_is_kept),
        kept=tuple(_kept(text) for text in fields.get("keep", [])[:MOST_KEPT]),
        page=_one_of(fields, "page", PAGES),
        runs=int(_one_of(fields, "runs", tuple(map(str, RUNS)))),
    )
    if _is_kept(state.base) and state.kept_place is None:
        state = state.with_(base="start")
    before = plan_of(fields["before"][0]) if "before" in fields else None
    other = fields.get("m", [source_digest()])[0] != source_digest()
    return state, before, "This link was made with another version of the model: its numbers may differ." if other else ""


def _check_version(fields: dict[str, list[str]]) -> None:
    given = fields.get("v", [""])[0]
    if not given.isdecimal() or int(given) < 1:
        raise LinkError(Problem("it is no link of this page, or a part of it is missing"))
    if int(given) > VERSION:
        raise LinkError(
            Problem(f"it was made with a newer version of adoptsim (format {given[:6]}, this one reads {VERSION})")
        )


def _one_of(fields: dict[str, list[str]], name: str, known: tuple[str, ...], also: Any = None) -> str:
    value = fields.get(name, [known[0]])[0]
    if value in known or (also is not None and also(value)):
        return value
    raise LinkError(Problem(f"{name} is {value[:40]!r}; known are {', '.join(known)}"))


def _is_kept(base: str) -> bool:
    return base.startswith("kept-") and base[5:].isdecimal()


def _kept(text: str) -> Kept:
    plan, _, title = text.partition("|")
    return Kept(" ".join(title.split())[:TITLE_LENGTH] or "Unnamed", plan_of(plan))


def plan_text(plan: Plan) -> str:
    """Return a plan as text: its starting point and what was moved."""
    return ",".join((plan.start, *_tokens(plan)))


def _tokens(plan: Plan) -> Iterator[str]:
    first, now = starting_point(plan.start), plan.scenario
    one, other = controls(first), controls(now)
    if one["people"] != other["people"]:
        yield f"n{other['people']}"
    for name, short in _SHORT.items():
        if one[name] != other[name]:
            yield f"{short}{other[name]}"
    if one["support"] != other["support"]:
        yield f"u{other['support']}"
    for name, practice in PRACTICES.items():
        absent = PracticeUse(intensity=0.0)
        was, use = first.practices.get(name, absent), now.practices.get(name, absent)
        if was != use:
            end = "" if use.end is None else str(use.end)
            text = f"p{practice.number}:{round(100 * use.intensity)}:{use.start or ''}:{end}:{'x' if use.misused else ''}"
            yield text.rstrip(":")


def plan_of(text: str) -> Plan:
    """Return the plan of a text; raises ``LinkError``."""
    start, *tokens = text.split(",")
    try:
        scenario = starting_point(start)
        for token in tokens:
            scenario = _moved(scenario, token)
    except LinkError:
        raise
    except InputError as error:
        raise LinkError(*error.problems) from None
    return Plan(start, scenario)


def _moved(scenario: Any, token: str) -> Any:
    found = _TOKEN.fullmatch(token)
    if not found:
        raise LinkError(Problem(f"{token[:40]!r} says nothing that can be read"))
    kind, value, rest = found[1], int(found[2]), found[3]
    if kind == "p":
        return _with_practice(scenario, value, rest, token)
    if rest:
        raise LinkError(Problem(f"{token[:40]!r} says nothing that can be read"))
    what = {"n": "people", "u": "support"} | {short: name for name, short in _SHORT.items()}
    return changed(scenario, {"what": what[kind], "value": value})


def _with_practice(scenario: Any, practice: int, rest: str, token: str) -> Any:
    found = re.fullmatch(r":(\d{1,3})(?::(\d{0,4}))?(?::(\d{0,4}))?(?::(x?))?", rest)
    if practice not in _BY_NUMBER or not found or int(found[1]) > 100:
        raise LinkError(Problem(f"{token[:40]!r} is no practice's strength from 0 to 100, start and end"))
    name, days = _BY_NUMBER[practice], [int(text) if text else None for text in found.group(2, 3)]
    if (days[0] or 0) >= scenario.horizon.days or (days[1] or 1) > MOST_DAYS:
        raise LinkError(Problem(f"{token[:40]!r} begins or ends after the last day, {scenario.horizon.days}"))
    use = {"intensity": int(found[1]) / 100.0, "start": days[0] or 0, "end": days[1], "misused": found[4] == "x"}
    if use["misused"]:
        use["variant"] = None
    return with_use(scenario, name, use)


assert set(_SHORT) == set(CLIMATE)

"""The whole state of a page as a link, and back: short, readable, with a version.

``v=1&m=<model>&now=launch-only,n800,p7:60&base=start&keep=lean-bundle,p10:40|Lean&runs=32``: a scenario is its starting
point and what was moved: ``n`` people, ``k`` their kind, ``o`` the hash of own files, ``t`` and ``s`` starting trust and
safety in percent, ``u`` months of support, ``p`` a practice's number, intensity, start and end in days, and ``x`` where it
is done badly. ``full`` and ``exact`` are how the page Why is set.
A starting point that somebody brought is in the link whole, as ``own``, packed, and is called ``own-1``.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import MOST_DAYS, OrganisationSpec, PracticeUse
from adoptsim.engine.compiled import source_digest
from adoptsim.ui.setting import CLIMATE, changed, check_size, controls, digest_of, starting_point, with_use, without_files
from adoptsim.ui.state import BASES, EXACTNESS, MOST_KEPT, PAGES, RUNS, TITLE_LENGTH, Kept, Plan, State

VERSION = 1
LONGEST = 12_000
"""Characters of a link that are read: nothing that the page makes is longer."""
MOST_UNPACKED = 100_000
MOST_DIGITS = 6
_BY_NUMBER = {practice.number: name for name, practice in PRACTICES.items()}
_SHORT = {"trust": "t", "safety": "s"}
_TOKEN = re.compile(r"([nutsp])(\d{1,5})(.*)")
_KIND = re.compile(r"k([a-z]{1,20})")
_OWN = re.compile(r"o([0-9a-f]{16})")
_BROUGHT = re.compile(r"own-([1-9])")

Find = Callable[[str], OrganisationSpec | None]
"""Gives how an organisation with this hash is described, if it is here."""


class LinkError(InputError):
    """A link that can't be read."""


def encode(state: State, before: Plan | None = None) -> str:
    """Return a state as a query string, without the question mark; ``before``: the state before the last change."""
    before = before if state.base == "before" else None
    brought = _all_brought([state.now, *([before] if before else []), *(kept.plan for kept in state.kept)])
    pairs: list[tuple[str, str]] = [("v", str(VERSION)), ("m", source_digest())]
    pairs += [("own", packed(scenario)) for scenario in brought]
    pairs.append(("now", plan_text(state.now, brought)))
    if state.base != "start":
        pairs.append(("base", state.base))
    if before is not None:
        pairs.append(("before", plan_text(before, brought)))
    pairs += [("keep", f"{plan_text(kept.plan, brought)}|{kept.title}") for kept in state.kept]
    if state.page != PAGES[0]:
        pairs.append(("page", state.page))
    if state.runs != RUNS[0]:
        pairs.append(("runs", str(state.runs)))
    if state.full:
        pairs.append(("full", "1"))
    if state.exact:
        pairs.append(("exact", str(state.exact)))
    return urlencode(pairs, quote_via=quote, safe=":,|")


def decode(query: str, find: Find = lambda _: None) -> tuple[State, Plan | None, str]:
    """Return the state of a query string, the state before its last change, and a remark for the reader.

    Raises ``LinkError`` with what is wrong. An organisation that isn't here gives way to a generated one, with a remark.
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
    reader = _Reader(find, fields.get("own", []))
    state = State(
        now=reader.plan(fields["now"][0]),
        base=_one_of(fields, "base", BASES, also=_is_kept),
        kept=tuple(reader.kept(text) for text in fields.get("keep", [])[:MOST_KEPT]),
        page=_one_of(fields, "page", PAGES),
        runs=int(_one_of(fields, "runs", tuple(map(str, RUNS)))),
        full=_one_of(fields, "full", ("0", "1")) == "1",
        exact=int(_one_of(fields, "exact", tuple(map(str, EXACTNESS)))),
    )
    if _is_kept(state.base) and state.kept_place is None:
        state = state.with_(base="start")
    before = reader.plan(fields["before"][0]) if "before" in fields else None
    other = fields.get("m", [source_digest()])[0] != source_digest()
    remarks = ["This link was made with another version of the model: its numbers may differ."] if other else []
    return state, before, " ".join([*remarks, *reader.remarks()])


def _check_version(fields: dict[str, list[str]]) -> None:
    given = fields.get("v", [""])[0]
    if not _is_number(given) or int(given) < 1:
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
    return base.startswith("kept-") and _is_number(base[5:])


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


# -- writing


def _all_brought(plans: Iterable[Plan]) -> list[files.Scenario]:
    """Return each starting point that somebody brought, once."""
    found: list[files.Scenario] = []
    for plan in plans:
        if plan.brought is not None and plan.brought not in found:
            found.append(plan.brought)
    return found


def packed(scenario: files.Scenario) -> str:
    """Return a brought scenario as text of a link: story and lesson stay behind, own files are named by their hash."""
    digest = digest_of(scenario.organisation)
    named = {"people_file": digest, "ties_file": digest} if digest else {}
    spec = scenario.organisation.model_copy(update=named)
    bare = scenario.model_copy(update={"story": "", "lesson": "", "organisation": spec})
    text = files.scenario_text(bare, Path("/"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def plan_text(plan: Plan, brought: list[files.Scenario]) -> str:
    """Return a plan as text: its starting point and what was moved."""
    start = plan.start if plan.brought is None else f"own-{1 + brought.index(plan.brought)}"
    return ",".join((start, *_tokens(plan)))


def _tokens(plan: Plan) -> Iterator[str]:
    first, now = plan.first, plan.scenario
    one, other = controls(first), controls(now)
    if one["own"] != other["own"] and other["own"]:
        yield f"o{other['own']}"
    elif one["people"] != other["people"] or one["own"] != other["own"]:
        yield f"n{other['people']}"
    if one["kind"] != other["kind"]:  # of own people too: it says how many lead where their files mark no leader
        yield f"k{other['kind']}"
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
            percent = f"{round(100 * use.intensity, 6):g}"
            text = f"p{practice.number}:{percent}:{use.start or ''}:{end}:{'x' if use.misused else ''}"
            yield text.rstrip(":")


# -- reading


class _Reader:
    """Reads plans; notes which organisations aren't here."""

    def __init__(self, find: Find, brought: list[str]) -> None:
        self._find = find
        self._missing: list[str] = []
        self._brought = [self._unpacked(text) for text in brought[: MOST_KEPT + 2]]

    def remarks(self) -> Iterator[str]:
        """Yield what to tell about organisations that aren't here."""
        for digest in dict.fromkeys(self._missing):
            yield (
                f"This link means an organisation from its own files ({digest}), which this machine doesn't have. Bring "
                "people.csv and ties.csv under “Use your own files”, then open the link again. Until then generated people "
                "stand in for them."
            )

    def plan(self, text: str) -> Plan:
        """Return the plan of a text; raises ``LinkError``."""
        start, *tokens = text.split(",")
        try:
            plan = self._started(start)
            for token in tokens:
                plan = plan.changed_to(self._moved(plan.scenario, token, plan.first))
        except LinkError:
            raise
        except InputError as error:
            raise LinkError(*error.problems) from None
        return plan

    def kept(self, text: str) -> Kept:
        """Return a kept plan of a text."""
        plan, _, title = text.partition("|")
        return Kept(" ".join(title.split())[:TITLE_LENGTH] or "Unnamed", self.plan(plan))

    def _started(self, start: str) -> Plan:
        found = _BROUGHT.fullmatch(start)
        if not found:
            return Plan(start, starting_point(start))
        if int(found[1]) > len(self._brought):
            raise LinkError(Problem("the scenario that it starts from is missing"))
        scenario = self._brought[int(found[1]) - 1]
        return Plan(scenario.name, scenario, scenario)

    def _unpacked(self, text: str) -> files.Scenario:
        try:
            squeezed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            written = zlib.decompressobj().decompress(squeezed, MOST_UNPACKED).decode()
            scenario = files.Scenario.parse(written, file="the scenario in it")
            check_size(scenario)
        except InputError as error:
            raise LinkError(*(Problem(str(problem)) for problem in error.problems[:1])) from None
        except (zlib.error, ValueError):  # no base64, no UTF-8
            raise LinkError(Problem("the scenario in it can't be read; is the end of the link missing?")) from None
        spec = scenario.organisation
        if spec.people_file is None:
            return scenario
        return scenario.model_copy(update={"organisation": self._organisation(spec, spec.people_file)})

    def _organisation(self, spec: OrganisationSpec, digest: str) -> OrganisationSpec:
        """Return an organisation's description with the files of a hash; without them it is a generated one."""
        found = self._find(digest)
        if found is None:
            self._missing.append(digest[:16])
            return without_files(spec)
        own = {name: getattr(found, name) for name in ("people_file", "ties_file")}
        return spec.model_copy(update=own | {"same_for_all_replicates": False})

    def _moved(self, scenario: files.Scenario, token: str, first: files.Scenario) -> files.Scenario:
        own = _OWN.fullmatch(token)
        if own:
            return scenario.model_copy(update={"organisation": self._organisation(scenario.organisation, own[1])})
        kind = _KIND.fullmatch(token)
        if kind:
            return changed(scenario, {"what": "kind", "value": kind[1]}, first)
        found = _TOKEN.fullmatch(token)
        if not found:
            raise LinkError(Problem(f"{token[:40]!r} says nothing that can be read"))
        sign, value, rest = found[1], int(found[2]), found[3]
        if sign == "p":
            return _with_practice(scenario, value, rest, token, first)
        if rest:
            raise LinkError(Problem(f"{token[:40]!r} says nothing that can be read"))
        what = {"n": "people", "u": "support"} | {short: name for name, short in _SHORT.items()}
        return changed(scenario, {"what": what[sign], "value": value}, first)


def _with_practice(scenario: files.Scenario, practice: int, rest: str, token: str, first: files.Scenario) -> files.Scenario:
    found = re.fullmatch(r":(\d{1,3}(?:\.\d{1,6})?)(?::(\d{0,4}))?(?::(\d{0,4}))?(?::(x?))?", rest)
    if practice not in _BY_NUMBER or not found or float(found[1]) > 100:
        raise LinkError(Problem(f"{token[:40]!r} is no practice's strength from 0 to 100, start and end"))
    name, days = _BY_NUMBER[practice], [int(text) if text else None for text in found.group(2, 3)]
    if (days[0] or 0) >= scenario.horizon.days or (days[1] or 1) > MOST_DAYS:
        raise LinkError(Problem(f"{token[:40]!r} begins or ends after the last day, {scenario.horizon.days}"))
    use = {"intensity": round(float(found[1]) / 100.0, 8), "start": days[0] or 0, "end": days[1], "misused": found[4] == "x"}
    return with_use(scenario, name, use, first)


assert set(_SHORT) == set(CLIMATE)

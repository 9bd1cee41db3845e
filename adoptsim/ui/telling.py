"""What the parts of the page are told, as plain data made from values: no visitor, no clock, no computing. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adoptsim.report.words import listed
from adoptsim.ui.answering import Answer
from adoptsim.ui.organisations import OwnOrganisation
from adoptsim.ui.palette import COLOURS, DASHES
from adoptsim.ui.recipes import (
    COMPARE_KINDS,
    RUN_KINDS,
    all_taken,
    command_for,
    compare_command,
    compare_python,
    python_for,
)
from adoptsim.ui.setting import controls, kind_of
from adoptsim.ui.state import RUNS, TITLE_LENGTH, History, Plan, State


@dataclass(frozen=True)
class Column:
    """One scenario of the compare page; ``place`` among those kept, if it is one."""

    title: str
    plan: Plan
    place: int | None = None


def columns(state: State, baseline: Plan) -> list[Column]:
    """Return the baseline, the present scenario and all others kept, each once."""
    titles, place = {at: kept.title for at, kept in enumerate(state.kept)}, state.kept_place
    if place is not None:
        title = titles[place]
    else:
        title = "Before the last change" if state.base == "before" else baseline.first_title
    found = [Column(title, baseline, place)]
    if state.now.scenario not in [baseline.scenario, *(kept.plan.scenario for kept in state.kept)]:
        found.append(Column("Now", state.now))
    return found + [Column(kept.title, kept.plan, at) for at, kept in enumerate(state.kept) if at != place]


def standing(state: State, baseline: Plan, own: OwnOrganisation | None) -> dict[str, Any]:
    """Return where every control stands, and where it stood in the baseline."""
    now, brought = state.now, state.now.brought
    return controls(now.scenario) | {
        "start": "" if brought else now.start,
        "brought": brought and {"title": now.first_title, "story": brought.story, "lesson": brought.lesson},
        "first_kind": kind_of(now.first.organisation),
        "moved": now.moved,
        "base": controls(baseline.scenario),
        "own_files": own and f"{own.n_people:,} people in {own.n_departments:,} departments, {own.n_ties:,} ties",
    }


def status(answer: Answer | None, *, runs: int, is_computing: bool, is_current: bool) -> dict[str, Any]:
    """Return how far the computing is."""
    done = answer.runs if answer is not None and is_current else 0
    seconds = round(answer.seconds, 3) if answer is not None else 0.0
    return {"computing": is_computing, "runs": done, "of": runs, "seconds": seconds}


def answer_frame(state: State, baseline: Plan, *, is_computing: bool) -> dict[str, Any]:
    """Return what stands around an answer: its title, what it is held against, and how many runs it may have."""
    choices = [
        {"value": "start", "title": f"Starting point: {state.now.first_title}"},
        {"value": "before", "title": "Before the last change"},
        *({"value": f"kept-{place}", "title": f"Saved: {kept.title}"} for place, kept in enumerate(state.kept)),
    ]
    place = state.kept_place
    return {
        "title": headline(state.now),
        "computing": is_computing,
        "base": state.base,
        "bases": choices,
        "base_title": state.kept[place].title if place is not None else baseline.title,
        "runs": state.runs,
        "all_runs": RUNS,
    }


def headline(plan: Plan) -> str:
    """Return what a plan is called above its verdict."""
    moved = plan.moved
    if not moved:
        return plan.first_title
    return f"{plan.first_title}: {moved[0]}" if len(moved) == 1 else f"{plan.first_title}, with {len(moved)} changes"


def comparison(shown: list[Column], table: dict[str, Any] | None, *, is_computing: bool) -> dict[str, Any]:
    """Return what stands around scenarios side by side."""
    says = (
        f"Each is held against the first, {shown[0].title}: the baseline chosen on the Explore page."
        if len(shown) > 1
        else "Nothing to compare yet. On the Explore page change something, or save a scenario: it will stand here "
        "beside the others."
    )
    rows = [{"title": each.title, "place": each.place, "moved": what_it_is(each.plan)} for each in shown]
    looks = {"colours": COLOURS, "dashes": DASHES}
    return {"says": says, "shown": rows, "table": table, "computing": is_computing} | looks


def what_it_is(plan: Plan) -> str:
    """Return a plan's starting point, and what was moved."""
    return f"{plan.first_title}: {listed(plan.moved)}" if plan.moved else f"{plan.first_title}, as it is"


def suggestion(plan: Plan, taken: Iterable[str]) -> str:
    """Return a title for a plan that nothing saved has."""
    moved, names, n = plan.moved, set(taken), 2
    wanted = title = (moved[0] if len(moved) == 1 else plan.title)[:TITLE_LENGTH]
    while title in names:
        title, n = f"{wanted[: TITLE_LENGTH - 5]} ({n})", n + 1
    return title


def recipes(state: State, shown: list[Column]) -> list[dict[str, str]]:
    """Return the command and the Python for what the open page shows; nothing where there is nothing to compare."""
    if state.page == "compare":
        if len(shown) < 2:
            return []
        scenarios = all_taken([each.plan for each in shown], [each.title for each in shown])
        texts = compare_command(scenarios, state.runs), compare_python(scenarios, state.runs)
    else:
        texts = command_for(state.now, state.runs), python_for(state.now, state.runs)
    return as_recipes(*texts)


def as_recipes(command: str, python: str) -> list[dict[str, str]]:
    """Return a command and a Python text under their titles."""
    return [{"title": "The command for this", "text": command}, {"title": "The Python for this", "text": python}]


def kinds(state: State, shown: list[Column]) -> list[dict[str, str]]:
    """Return which files the open page offers; none where there is nothing to compare."""
    offered = RUN_KINDS if state.page != "compare" else COMPARE_KINDS if len(shown) > 1 else {}
    return [{"kind": kind, "title": title} for kind, title in offered.items()]


def steps(history: History) -> list[dict[str, Any]]:
    """Return what was changed, the newest first."""
    return [{"place": place, "says": says} for place, says in enumerate(history.log())][::-1]

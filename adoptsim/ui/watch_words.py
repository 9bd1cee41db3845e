"""What the page Watch says: of a day, of a person's two lives, of what a run may be held against. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adoptsim import files
from adoptsim.analysis.bundles import practices_in_use
from adoptsim.analysis.diary import ANSWERS, Event
from adoptsim.analysis.explain import practice_title
from adoptsim.analysis.people import department_name
from adoptsim.analysis.story import CONTRIBUTIONS, History, Story, capital
from adoptsim.domain.practices import PRACTICES
from adoptsim.engine.state import OUTCOMES
from adoptsim.ui.setting import starting_point, starting_points
from adoptsim.ui.state import Kept, Plan
from adoptsim.ui.watch_film import STANDINGS, Film

THIS = "in this future"
"""What the watched run is called in a story."""
FIRST_WITHOUT = "act_on_contributions"
"""The practice that is left out unless somebody chooses another."""
HEARD = frozenset(OUTCOMES[outcome] for outcome in ANSWERS)
"""Outcomes by which somebody's voice is heard: answered, acted on, or told why not."""
_CONTRIBUTES = STANDINGS.index("contributes")


def day_words(film: Film, day: int) -> str:
    """Return what is seen on a day: 'Day 62: 41 of 500 contributed in the last month; most in department 3 (9 of 24).'."""
    organisation = film.organisation
    contributes = film.standing(day) == _CONTRIBUTES
    by_department = np.bincount(organisation.department[contributes], minlength=organisation.n_departments)
    most = int(by_department.argmax())
    size = int((organisation.department == most).sum())
    where = ""
    if contributes.any():
        where = f"; most in {department_name(organisation, most)} ({by_department[most]:,} of {size:,})"
    return f"Day {day}: {int(contributes.sum()):,} of {film.people:,} contributed in the last month{where}."


def policy_of(scenario: files.Scenario, other: files.Scenario) -> files.Scenario:
    """Return the watched scenario with the practices of another: the same people, climate and events."""
    horizon = scenario.horizon.model_copy(update={"support_until": other.horizon.support_until})
    return _with(scenario, practices=dict(other.practices), horizon=horizon)


def others(plan: Plan, kept: Sequence[Kept]) -> dict[str, tuple[str, str, files.Scenario]]:
    """Return what a run may be held against: by key its title, what it is called in a story, and the scenario.

    Without each practice in use; the starting point, if something was moved; what was saved; what is shipped.
    """
    now, used = plan.scenario, practices_in_use(plan.scenario)
    found: dict[str, tuple[str, str, files.Scenario]] = {}
    for left_out in sorted(used, key=lambda name: name != FIRST_WITHOUT):
        practice = PRACTICES[left_out]
        rest = {name: use for name, use in now.practices.items() if name != left_out}
        title = f"Without practice {practice.number}: {practice.title}"
        found[f"without-{practice.number}"] = (title, f"without {practice_title(left_out)}", _with(now, practices=rest))
    for place, saved in enumerate(kept):
        found[f"kept-{place}"] = _practices_of(saved.plan.scenario, now, f"Saved: {saved.title}", saved.title)
    if plan.brought is not None:
        found["start"] = _practices_of(plan.first, now, f"Starting point: {plan.first_title}", plan.first_title)
    for start in starting_points():
        name, title = start["name"], start["title"]
        shown = f"Starting point: {title}" if name == plan.start else title
        found[name] = _practices_of(starting_point(name), now, shown, title)
    digest = now.digest()
    return {key: other for key, other in found.items() if other[2].digest() != digest}


def _practices_of(other: files.Scenario, now: files.Scenario, shown: str, title: str) -> tuple[str, str, files.Scenario]:
    return shown, f"with the practices of “{title}”", policy_of(now, other)


def _with(scenario: files.Scenario, **fields: Any) -> files.Scenario:
    return scenario.model_copy(update=fields)


def story_view(story: Story) -> dict[str, Any]:
    """Return a story as the page draws it."""
    return {
        "person": story.person,
        "who": capital(story.who),
        "place": story.place,
        "parted": story.parted,
        "chosen": "" if story.chosen == "asked for" else story.chosen,
        "lives": [_life(history) for history in (story.first, story.second)],
    }


def _life(history: History) -> dict[str, Any]:
    return {
        "run": capital(history.run),
        "ending": capital(history.ending),
        "turns": [{"day": turn.day, "says": capital(turn.text), "kind": _kind(turn.event)} for turn in history.turns],
        "looks": _days(history.events, "looks"),
        "speaks": _days(history.events, *CONTRIBUTIONS),
        "silent": _days(history.events, "silent"),
        "heard": sorted({event.day for event in history.events if event.what == "dealt_with" and event.outcome in HEARD}),
    }


def _kind(event: Event) -> str:
    return "speaks" if event.what in CONTRIBUTIONS else "answers" if event.what == "dealt_with" else event.what


def _days(events: Sequence[Event], *kinds: str) -> list[int]:
    return sorted({event.day for event in events if event.what in kinds})

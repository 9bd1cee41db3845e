"""Whether what a workshop's file names is there: scenarios, policies, months; says where it isn't."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import MONTH_DAYS, nearest
from adoptsim.files import FieldProblem
from adoptsim.workshop.questions import CURVE_MONTHS

if TYPE_CHECKING:
    from adoptsim.workshop.plan import Round, Workshop

Path = tuple[str | int, ...]


def wrong_names(workshop: Workshop) -> Iterator[FieldProblem]:
    """Yield what a workshop names that is not there; paths in it are absolute."""
    known = [*workshop.policies, *files.shipped("scenarios")]
    for number, turn in enumerate(workshop.rounds):
        yield from _of_round(workshop, turn, ("rounds", number), known)
    for name, policy in workshop.policies.items():
        yield from _of_scenario(policy.scenario, ("policies", name, "scenario"))
    for number, lesson in enumerate(workshop.lessons):
        for place, claim in enumerate(lesson.claims):
            for field, name in claim.names.items():
                yield from _of_policy(name, ("lessons", number, "claims", place, *field.split(".")), known)


def _of_round(workshop: Workshop, turn: Round, here: Path, known: Sequence[str]) -> Iterator[FieldProblem]:
    found = [] if turn.scenario in workshop.policies else list(_of_scenario(turn.scenario, (*here, "scenario")))
    yield from found
    for place, question in enumerate(turn.predict):
        if question.of:
            yield from _of_policy(question.of, (*here, "predict", place, "of"), known)
        elif question.kind == "curve" and not found and (short := _ends_before_the_curve(workshop, turn)):
            yield FieldProblem((*here, "predict", place, "kind"), short)
    for place, name in enumerate(turn.show):
        yield from _of_policy(name, (*here, "show", place), known)
    if turn.decide is not None and not found:
        yield from _late_starts(workshop, turn, (*here, "decide", "starts"))


def _ends_before_the_curve(workshop: Workshop, turn: Round) -> str:
    try:
        days = workshop.policy(turn.scenario).horizon.days
    except InputError:
        return ""  # said where the policy names its scenario
    needed = CURVE_MONTHS[-1] * MONTH_DAYS
    return (
        ""
        if days >= needed
        else f"a curve is drawn over {needed} days; the scenario ends on day {days}, so ask for a number"
    )


def _late_starts(workshop: Workshop, turn: Round, path: Path) -> Iterator[FieldProblem]:
    """Yield the months in which a launch would only begin after its support has ended."""
    assert turn.decide is not None
    try:
        support = workshop.policy(turn.scenario).horizon.support_until
    except InputError:
        return  # said where the policy names its scenario
    for place, month in enumerate(turn.decide.starts):
        if month * MONTH_DAYS >= support:
            last = (support - 1) // MONTH_DAYS
            yield FieldProblem((*path, place), f"{month} is after launch support has ended; give a month from 0 to {last}")


def _of_scenario(reference: str, path: Path) -> Iterator[FieldProblem]:
    """Yield what keeps a scenario from being read; what is wrong inside its file is said with that file."""
    try:
        scenario = files.Scenario.load(reference)
    except InputError as error:
        first = error.problems[0]
        yield FieldProblem(path, str(first) if first.file else first.message)
        return
    if short := too_short(scenario):
        yield FieldProblem(path, f"{reference} {short}")


def too_short(scenario: files.Scenario) -> str:
    """Return what is wrong with a scenario that ends before it can tell whether contribution lasts, "" if it does not."""
    days, support = scenario.horizon.days, max(scenario.horizon.support_until, scenario.support_end)
    needed = support + scenario.critical_mass.after_support_days + 1
    if days >= needed:
        return ""
    return f"ends before anybody can tell whether contribution lasts; give {needed} or more as horizon.days, not {days}"


def _of_policy(name: str, path: Path, known: Sequence[str]) -> Iterator[FieldProblem]:
    if name not in known:
        yield FieldProblem(path, f"no policy of this file and no scenario is called {name!r}{nearest(name, known)}")

"""Whether a sweep's file and what is asked now belong together; runs that are done again must be the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.sweeps.plan import Plan, canonical
from adoptsim.sweeps.provenance import MAKERS, describe, makers
from adoptsim.sweeps.runs import Failure, Run, differences
from adoptsim.sweeps.sources import READING, differing, named, source_hashes
from adoptsim.sweeps.store import Store

MOST_CHANGES = 8
_WORDS_ONLY = ("name", "title", "question", "answer", "expected_minutes", "replicates", "seed", "precision", "precision_of")
"""What an experiment's file says that decides no run."""
_ELSEWHERE = "go on where and as it was begun, or start a new sweep in another file"


def prepare(store: Store, plan: Plan, meta: Mapping[str, str]) -> None:
    """Make a new file for the plan, or see that an old one fits it and let its design grow.

    Parameters
    ----------
    meta
        What the file would say of itself if it were begun now: `adoptsim.sweeps.provenance.describe`.

    Raises
    ------
    InputError
        If the file's runs do not belong to this plan, with what has changed and what to do.
    """
    measures, series = json.loads(meta["measures"]), json.loads(meta["series"])
    if store.is_new:
        store.create(meta, measures, plan)
        return
    before = store.meta()
    reasons = list(_reasons(before, plan, measures, store.point_keys(), store.most_replicates()))
    if not reasons and json.loads(before.get("series", "[]")) != series:
        days = ", ".join(json.loads(before.get("series", "[]"))) or "none"
        reasons = [f"it keeps other days of its runs ({days}); ask for those, or give another file"]
    if reasons:
        raise InputError(*(Problem(reason, file=str(store.path or "")) for reason in reasons))
    grown = store.point_keys() != [point.key for point in plan.points] or int(before["replicates"]) != plan.replicates
    if grown or before.get("precision", "null") != meta["precision"]:
        kept = {name: before[name] for name in ("created", "command", "sources", *MAKERS) if name in before}
        store.redesign({**meta, **kept}, plan)


def check_same(store: Store, before: Run, again: Run | Failure) -> None:
    """Raise ``InputError`` unless a finished run, done again, has given the same bits."""
    if isinstance(again, Failure):
        message = f"a finished run, done again, fails: {again.error}"
        raise InputError(Problem(f"{message}; {_ELSEWHERE}", file=str(store.path or "")))
    different = differences(store.measures, before, again)
    if not different:
        return
    meta, here = store.meta(), makers()
    moved = [f"{name} {meta.get(name)} -> {here[name]}" for name in MAKERS if meta.get(name) != here[name]]
    cause = f"changed since: {', '.join(moved)}" if moved else "nothing in the versions explains it"
    message = (
        f"a finished run, done again, gives other numbers ({different[0]}; {len(different)} outcomes differ); {cause}; "
        f"{_ELSEWHERE}"
    )
    raise InputError(Problem(message, file=str(store.path or "")))


def _reasons(
    meta: Mapping[str, str], plan: Plan, measures: Sequence[str], keys: Sequence[str], most_replicates: int
) -> Iterator[str]:
    """Yield why the file's runs and the plan's do not belong together."""
    if other := _other_model(meta, plan):
        yield other
        return
    if int(meta["seed"]) != plan.seed:
        yield f"it was begun with seed {meta['seed']}, not {plan.seed}; give that seed, or another file"
        return
    if most_replicates > plan.replicates:
        precise = json.loads(meta.get("precision", "null"))
        many = f"up to {most_replicates:,}, by the precision it was begun with," if precise else f"{most_replicates:,}"
        yield f"it has {many} replicates a point; give as many or more than that, or another file"
    if json.loads(meta["measures"]) != list(measures):
        kept, asked = json.loads(meta["measures"]), set(measures)
        lacking = f", not {', '.join(name for name in measures if name not in kept)}" if asked - set(kept) else ""
        yield (
            f"of its runs it keeps {', '.join(kept)}{lacking}; ask for those (in `measure`, and a precision of one of them),"
            " or give another file"
        )
    if not set(keys) <= set(plan.by_key):
        changed = _changes(meta, plan)
        yield f"the experiment has changed: {changed}; a design may only grow: undo that, or give another file"


def _other_model(meta: Mapping[str, str], plan: Plan) -> str:
    """Return that the file's runs are of another model, with the source files that differ; nothing if they are not."""
    before, here = json.loads(meta.get("sources", "{}")), source_hashes()
    if meta["model_version"] != plan.model_version:
        found = differing(before, here, {*before, *here} - {*READING})
        what = f" (what differs: {named(found) or 'the release alone'})" if before else ""
        return (
            f"its runs are of model {meta['model_version']}, this is {plan.model_version}, and they must not be mixed{what};"
            " go on with the model it was begun with, or give another file (adoptsim results still reads this one)"
        )
    if plan.base.organisation.people_file is not None and (found := differing(before, here, READING)):
        return (
            f"what reads the organisation's files has changed since ({named(found)}), so its runs may be of other people"
            " and must not be mixed; go on with the version it was begun with, or give another file"
        )
    return ""


def _changes(meta: Mapping[str, str], plan: Plan) -> str:
    """Return what differs between the file's experiment and scenario and the plan's, field by field."""
    now = describe(plan, ())
    old, new = json.loads(meta["experiment"]), json.loads(now["experiment"])
    found = list(_differences({k: v for k, v in old.items() if k not in _WORDS_ONLY}, new, ""))
    found += _differences(json.loads(meta["scenario"]), json.loads(now["scenario"]), "scenario.")
    more = f" and {len(found) - MOST_CHANGES} more" if len(found) > MOST_CHANGES else ""
    return ", ".join(found[:MOST_CHANGES]) + more or "the organisation's files hold something else"


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], above: str) -> Iterator[str]:
    for name, was in old.items():
        now = new.get(name)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _differences({**dict.fromkeys(now), **was}, now, f"{above}{name}.")
        elif was != now:
            yield f"{above}{name} was {_short(was)} and is {_short(now)}"


def _short(value: Any) -> str:
    text = "not there" if value is None else canonical(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

"""Whether a sweep's file and what is asked now belong together; what the file keeps of what was asked."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from adoptsim import files
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.sweeps.plan import Plan, canonical
from adoptsim.sweeps.store import SCHEMA_VERSION, Run, Store
from adoptsim.version import __version__

MOST_CHANGES = 8
_MAKERS = ("adoptsim", "python", "numpy", "numba", "platform")
_WORDS_ONLY = ("name", "title", "question", "answer", "expected_minutes", "replicates", "seed", "precision", "precision_of")
"""What an experiment's file says that decides no run."""


def describe(plan: Plan, measures: Sequence[str], series: Sequence[str] = ()) -> dict[str, str]:
    """Return what a sweep's file keeps beside its runs, each as text."""
    asked = plan.experiment.model_dump(mode="json")
    return makers() | {
        "schema_version": str(SCHEMA_VERSION),
        "model_version": plan.model_version,
        "experiment": json.dumps(asked, ensure_ascii=False),  # factors in their order
        "experiment_digest": hashlib.sha256(canonical(asked).encode()).hexdigest(),
        "scenario": canonical(plan.base.model_dump(mode="json")),
        "people": str(_people(plan.base.organisation)),
        "seed": str(plan.seed),
        "replicates": str(plan.replicates),
        "measures": json.dumps(list(measures)),
        "series": json.dumps(list(series)),
        "precision": json.dumps(asdict(plan.precision) if plan.precision else None),
        "command": shlex.join(sys.argv),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _people(spec: OrganisationSpec) -> int:
    """Return how many people the base scenario's organisation has."""
    return spec.people if spec.people_file is None else len(files.read_records(spec).people)


def makers() -> dict[str, str]:
    """Return the versions of what computes a run, beside the model."""
    return {
        "adoptsim": __version__,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "platform": platform.platform(),
    }


def prepare(store: Store, plan: Plan, measures: Sequence[str], series: Sequence[str] = ()) -> None:
    """Make a new file for the plan, or see that an old one fits it and let its design grow.

    Raises
    ------
    InputError
        If the file's runs do not belong to this plan, with what has changed and what to do.
    """
    meta = describe(plan, measures, series)
    if store.is_new:
        store.create(meta, measures, plan)
        return
    before = store.meta()
    reasons = list(_reasons(before, plan, measures, store.point_keys()))
    if not reasons and json.loads(before.get("series", "[]")) != list(series):
        days = ", ".join(json.loads(before.get("series", "[]"))) or "none"
        reasons = [f"it keeps other days of its runs ({days}); ask for those, or give another file"]
    if reasons:
        raise InputError(*(Problem(reason, file=str(store.path or "")) for reason in reasons))
    grown = store.point_keys() != [point.key for point in plan.points] or int(before["replicates"]) != plan.replicates
    if grown or before.get("precision", "null") != meta["precision"]:
        kept = {name: before[name] for name in ("created", *_MAKERS)}
        store.redesign(meta | kept, plan)


def check_same(store: Store, before: Run, again: Run) -> None:
    """Raise ``InputError`` unless a finished run, done again, has given the same bits."""
    old, new = before.values, again.values
    different = [
        f"{name} was {was!r} and is {now!r}"
        for name, was, now in zip(store.measures, old, new, strict=True)
        if was != now and not (was != was and now != now)
    ]
    if not different:
        return
    meta, here = store.meta(), makers()
    moved = [f"{name} {meta.get(name)} -> {here[name]}" for name in _MAKERS if meta.get(name) != here[name]]
    cause = f"changed since: {', '.join(moved)}" if moved else "nothing in the versions explains it"
    message = (
        f"a finished run, done again, gives other numbers ({different[0]}; {len(different)} outcomes differ); {cause}. "
        "Resume where it was begun, or start a new sweep in another file"
    )
    raise InputError(Problem(message, file=str(store.path or "")))


def _reasons(meta: Mapping[str, str], plan: Plan, measures: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    """Yield why the file's runs and the plan's do not belong together."""
    if meta["model_version"] != plan.model_version:
        yield (
            f"its runs are of model {meta['model_version']}, this is {plan.model_version}, and they must not be mixed; "
            "go on with the model it was begun with, or give another file (adoptsim results still reads this one)"
        )
        return
    if int(meta["seed"]) != plan.seed:
        yield f"it was begun with seed {meta['seed']}, not {plan.seed}; give that seed, or another file"
        return
    if int(meta["replicates"]) > plan.replicates:
        yield f"it has {meta['replicates']} replicates a point; give as many or more than that, or another file"
    if json.loads(meta["measures"]) != list(measures):
        yield "it keeps other measures; leave `measure` as it was, or give another file"
    if not set(keys) <= set(plan.by_key):
        changed = _changes(meta, plan)
        yield f"the experiment has changed: {changed}; a design may only grow: undo that, or give another file"


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

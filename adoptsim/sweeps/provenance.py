"""Where a sweep comes from: what was asked, by which versions on which machine, and who has worked on it when."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.sweeps.plan import Plan, canonical
from adoptsim.sweeps.sources import source_hashes
from adoptsim.sweeps.store import SCHEMA_VERSION, Store, read_meta, read_starts, reading
from adoptsim.version import __version__

MAKERS = ("adoptsim", "python", "numpy", "numba", "platform")
"""What computes a run, beside the model."""
FINISHED, INTERRUPTED = "finished", "interrupted"


def describe(plan: Plan, measures: Sequence[str], series: Sequence[str] = ()) -> dict[str, str]:
    """Return what a sweep's file keeps beside its runs, each as text."""
    asked = plan.experiment.model_dump(mode="json")
    return makers() | {
        "schema_version": str(SCHEMA_VERSION),
        "model_version": plan.model_version,
        "sources": json.dumps(source_hashes()),
        "experiment": json.dumps(asked, ensure_ascii=False),  # factors in their order
        "experiment_digest": hashlib.sha256(canonical(asked).encode()).hexdigest(),
        "scenario": canonical(plan.base.model_dump(mode="json")),
        "people": str(_people(plan.base.organisation)),
        "seed": str(plan.seed),
        "replicates": str(plan.replicates),
        "measures": json.dumps(list(measures)),
        "series": json.dumps(list(series)),
        "precision": json.dumps(asdict(plan.precision) if plan.precision else None),
        "command": command(),
        "created": now(),
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


def command() -> str:
    """Return what this process was started with; a notebook's own command says nothing, so it is called what it is."""
    return "a Python notebook" if Path(sys.argv[0]).name.startswith("ipykernel") else shlex.join(sys.argv)


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def noted(store: Store, engine: str) -> Iterator[None]:
    """Write down that work on a file begins here, and how it ends; of a process that is killed the end stays open."""
    where = f"process {os.getpid()} on {platform.node() or 'this machine'}"
    store.begin({"began": now(), "place": where, "engine": engine, "command": command(), **makers()})
    try:
        yield
    except BaseException as error:
        with suppress(InputError):  # of a full disk the error itself tells
            is_stopped = isinstance(error, KeyboardInterrupt | SystemExit)
            store.end(now(), INTERRUPTED if is_stopped else f"{type(error).__name__}: {error}")
        raise
    store.end(now(), FINISHED)


def load_provenance(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return where a sweep's file comes from, as plain data.

    What was asked (``experiment``, ``scenario``, ``seed``, ``replicates``, ``measures``, ``series``, ``precision``), of
    which model, with which ``command`` and ``versions``, when it was ``created`` and ``ended`` (None: not yet), how many
    runs are ``finished`` and ``failed``, the ``seconds`` they took, and ``starts``: every time somebody began or went on,
    with when, where, how many runs were ``found`` and ``kept``, and how it ended (None: it was killed, or still runs).
    Raises ``InputError``.
    """
    with reading(path) as connection:
        meta, starts = read_meta(connection), read_starts(connection)
        ((finished, seconds),) = connection.execute("SELECT count(*), coalesce(sum(seconds), 0) FROM run")
        ((failed,),) = connection.execute("SELECT count(*) FROM failure")
    as_data = {name: json.loads(meta.get(name, "null")) for name in ("experiment", "scenario", "measures", "series")}
    return as_data | {
        "precision": json.loads(meta.get("precision", "null")),
        "model_version": meta["model_version"],
        "seed": int(meta["seed"]),
        "replicates": int(meta["replicates"]),
        "command": meta["command"],
        "versions": _versions(meta),
        "created": meta["created"],
        "ended": meta.get("ended"),
        "finished": finished,
        "failed": failed,
        "seconds": seconds,
        "starts": [start | {"versions": _versions(start.pop("versions"))} for start in starts],
    }


def _versions(found: Mapping[str, str]) -> dict[str, str]:
    return {name: found[name] for name in MAKERS if name in found}

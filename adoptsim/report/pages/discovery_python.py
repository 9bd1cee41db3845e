"""The Python that finds the same conditions again, by what they were found in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from adoptsim.report.pages.parts import python_of, quoted
from adoptsim.report.pages.run import loading

Kind = Literal["sweep", "experiment", "scenario", "worlds"]
SEARCH = ("from adoptsim.analysis.condition_words import limit_frame, measures, noun_of, sentence",)
TELLING = (
    "print(sentence(found, noun_of(found.factors)))",
    'print(*measures(found), sep="\\n")',
    "print(limit_frame(found).to_csv(index=False))",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: a sweep's file, an experiment, or a scenario under conditions or in worlds, as it was typed.

    ``file``: the sweep's; ``replicates`` and ``seed``: None where they are the experiment's.
    """

    kind: Kind
    what: str
    file: str = ""
    ensemble: str | None = None
    replicates: int | None = None
    seed: int | None = None
    boxes: int = 1


def discovery_python(asked: Question, facts: dict[str, Any]) -> str:
    """Return a program that gives the same conditions; ``facts``: the seed, the replicates and when a case holds."""
    cases = _of_worlds(asked, facts) if asked.kind == "worlds" else [*_sweeping(asked), *_of_file(asked, facts)]
    seed = facts["seed"] if asked.seed is None else asked.seed
    search = f"found = ad.discover(cases, holds, most_boxes={asked.boxes}, seed={seed})"
    return python_of(*cases, search, *TELLING, imports=[*_imports(asked), *SEARCH])


def _imports(asked: Question) -> Sequence[str]:
    if asked.kind == "worlds":
        path = [] if asked.ensemble is None else ["from pathlib import Path"]
        return [*path, "import pandas as pd", "from adoptsim.analysis.robustness import load_worlds"]
    around = ["from adoptsim.analysis.conditions import conditions_around"] if asked.kind == "scenario" else []
    return [*around, "from adoptsim.analysis.discovery import cases_of"]


def _sweeping(asked: Question) -> list[str]:
    """Return what makes the file; nothing where that was given."""
    if asked.kind == "sweep":
        return []
    load = "conditions_around" if asked.kind == "scenario" else "ad.Experiment.load"
    how = {"out": quoted(asked.file), "replicates": asked.replicates, "seed": asked.seed}
    typed = ", ".join(f"{name}={value}" for name, value in how.items() if value is not None)
    return [f"experiment = {load}({quoted(asked.what)})", f"ad.sweep(experiment, {typed})"]


def _of_file(asked: Question, facts: dict[str, Any]) -> list[str]:
    return [
        f"runs = ad.load_runs({quoted(asked.file)})",
        f'cases, holds = cases_of(runs, runs.attrs["factors"], {facts["holds_at"]!r})',
    ]


def _of_worlds(asked: Question, facts: dict[str, Any]) -> list[str]:
    source = "" if asked.ensemble is None else f"Path({quoted(asked.ensemble)})"
    return [
        loading("scenario", asked.what, None),
        f"worlds = load_worlds({source})",
        f"lived = ad.robustness([scenario], worlds, replicates={facts['replicates']}, seed={facts['seed']})",
        'cases = pd.DataFrame(worlds).add_prefix("parameters.")',
        f'holds = lived.sample.values["reached"][0].mean(axis=1) >= {facts["holds_at"]!r}',
    ]

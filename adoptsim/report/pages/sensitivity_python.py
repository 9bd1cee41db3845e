"""The Python that weighs the same factors again, after the same screening if there was one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adoptsim.report.pages.parts import python_of, quoted


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was asked, as it was typed; ``file`` keeps the runs, ``screening`` those of a screening before.

    Counts that are None are the experiment's.
    """

    given: str
    method: str
    file: Path
    screening: Path | None
    trajectories: int | None = None
    samples: int | None = None
    keep: int | None = None
    replicates: int | None = None
    seed: int | None = None


def sensitivity_python(asked: Weighed) -> str:
    """Return a program that gives the same findings and the same table."""
    load = f"experiment = ad.Experiment.load({quoted(asked.given)})"
    screening = []
    if asked.screening is not None:
        screening = [
            *_weighing("first", "morris", asked, asked.trajectories, asked.screening),
            f"experiment = screened(experiment, first, {asked.keep})",
        ]
    number = asked.trajectories if asked.method == "morris" else asked.samples
    names = ["designed", "model_runner", *(["screened"] if screening else []), "sensitivity"]
    return python_of(
        load,
        *screening,
        *_weighing("frame", asked.method, asked, number, asked.file),
        'print(*findings(frame), sep="\\n")',
        "print(frame.to_csv(index=False))",
        imports=[
            f"from adoptsim.analysis.sensitivity import {', '.join(names)}",
            "from adoptsim.analysis.sensitivity_words import findings",
        ],
    )


def _weighing(name: str, method: str, asked: Weighed, number: int | None, file: Path) -> list[str]:
    counts = {"samples": number, "replicates": asked.replicates, "seed": asked.seed}
    how = "".join(f", {what}={value}" for what, value in counts.items() if value is not None)
    return [
        f"design = designed(experiment, {quoted(method)}{how})",
        f"{name} = sensitivity(design, model_runner(out={quoted(str(file))}))",
    ]

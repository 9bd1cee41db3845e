"""What moves the outcome: practices and parameters of an experiment varied together, and ranked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError

from adoptsim import files
from adoptsim.analysis.sensitivity_methods import METHODS, Indices, morris_indices, sobol_indices, varies_enough
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.practices import PRACTICES
from adoptsim.sweeps.designs import morris_places, n_samples, need_salib, saltelli_places
from adoptsim.sweeps.experiment import Experiment
from adoptsim.sweeps.ranges import Range
from adoptsim.sweeps.results import load_failures, load_runs
from adoptsim.sweeps.runner import Progress, sweep

Floats = npt.NDArray[np.float64]
Runner = Callable[[Experiment], Mapping[str, Floats]]  # of each outcome, float64[points, replicates]
OUTCOMES = ("reached", "contributors")
MAIN = {"morris": "mu_star", "sobol": "ST"}
KEPT_PARAMETERS = 12  # beside the practices, of a screening
LEAST_REPLICATES = 2  # from one run a point nothing tells an effect from luck
PRACTICE = "practices."


def sensitivity(experiment: Experiment, run: Runner) -> pd.DataFrame:
    """Return how much each target moves each outcome, one row a target and outcome, largest first.

    Parameters
    ----------
    experiment
        With the design of a method, as `designed` gives it.
    run
        What gives the outcomes of its points; `model_runner` for the model.

    Returns
    -------
    pandas.DataFrame
        ``outcome``, ``target``, ``rank``; of Morris ``mu_star`` with ``mu_star_low`` and ``mu_star_high``, ``mu``,
        ``sigma``; of Sobol' ``S1`` and ``ST``, each with ``_low`` and ``_high``; ``luck``, what luck alone gives;
        ``beyond_luck``; ``direction``: raises, lowers or nothing. Outcomes without an index have no rows; ``attrs``
        say why in ``undefined``, and where the frame comes from.
    """
    method = method_of(experiment)
    values = run(experiment)
    tables, undefined = [], {}
    for outcome in OUTCOMES:
        reason = _why_undefined(method, experiment, values[outcome])
        if reason:
            undefined[outcome] = reason
            continue
        tables.append(_table(experiment, outcome, _indices(method, experiment, values[outcome])))
    columns = ["outcome", "target", "rank", MAIN[method], "luck", "beyond_luck", "direction"]
    frame = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    frame.attrs.update(_attrs(method, experiment, values) | {"undefined": undefined})
    return frame


def method_of(experiment: Experiment) -> str:
    """Return the method whose design an experiment has; Morris where it has another."""
    return next((method for method, design in METHODS.items() if design == experiment.design), "morris")


def designed(
    experiment: Experiment,
    method: str,
    *,
    samples: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
) -> Experiment:
    """Return the experiment with a method's design; what is not given is the experiment's, else the design's.

    Raises
    ------
    InputError
        If the method cannot use what the experiment varies, or SALib is missing.
    """
    need_salib()
    if experiment.uncertain is not None:  # every point in every world is no design of a method's
        said = "is crossed with what is varied, and sensitivity varies all in one design; move what is not known to vary"
        raise InputError(Problem(f"{said}, as ranges or levels, and leave out uncertain, worlds and sampling", "uncertain"))
    given = {"samples": samples, "replicates": replicates, "seed": seed}
    has_design = experiment.design == METHODS[method]
    changes = {"design": METHODS[method], "measure": OUTCOMES, "samples": experiment.samples if has_design else None}
    fields = {name: getattr(experiment, name) for name in Experiment.model_fields}
    fields |= changes | {name: value for name, value in given.items() if value is not None}
    try:
        made = Experiment.model_validate(fields)
    except ValidationError as error:
        wrong = files.wrong_fields(error, Experiment)
        raise InputError(*(Problem(each.message, ".".join(map(str, each.path))) for each in wrong)) from None
    problems = [
        Problem("has one level only, so nothing of it varies; give two or more, or leave it out", f"vary.{target}")
        for target, varied in made.vary.items()
        if not isinstance(varied, Range) and len(varied) < 2
    ]
    if made.replicates < LEAST_REPLICATES:
        problems.append(Problem(f"{made.replicates} is too few to tell an effect from luck; give 2 or more", "replicates"))
    if problems:
        raise InputError(*problems)
    return made


def screened(experiment: Experiment, screening: pd.DataFrame, n_parameters: int = KEPT_PARAMETERS) -> Experiment:
    """Return the experiment with its practices, and of what else it varies only what a screening found to matter most."""
    ranked = [target for target in importance(screening).index if not target.startswith(PRACTICE)]
    return without(experiment, ranked[n_parameters:])


def without(experiment: Experiment, targets: Collection[str]) -> Experiment:
    """Return the experiment with some targets left as the base scenario has them."""
    left = {target: varied for target, varied in experiment.vary.items() if target not in targets}
    return experiment.model_copy(update={"vary": left})


def importance(frame: pd.DataFrame) -> pd.Series:
    """Return each target's index as a share of its outcome's largest, the larger over the outcomes; most important first.

    What is beyond luck in no outcome comes after all that is, with its share all the same.
    """
    main = frame[MAIN[frame.attrs["method"]]]
    share = main / main.groupby(frame["outcome"]).transform("max")
    by_target = pd.DataFrame({"real": share.where(frame["beyond_luck"]), "any": share}).groupby(frame["target"], sort=False)
    largest = by_target.max().sort_values(["real", "any"], ascending=False, kind="stable", na_position="last")
    return largest["real"].fillna(largest["any"])


def model_runner(
    *, out: str | os.PathLike[str] | None = None, threads: int | None = None, progress: Progress | None = None
) -> Runner:
    """Return what runs the model as a sweep: kept in ``out``, where it goes on when it is started again.

    What it returns raises ``InputError`` when runs have failed, and ``SweepInterrupted`` on Ctrl-C.
    """

    def run(experiment: Experiment) -> Mapping[str, Floats]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(out) if out is not None else Path(folder) / f"{experiment.name}.db"
            sweep(experiment, out=file, threads=threads, progress=progress)
            return _values(file, experiment)

    return run


def _values(file: Path, experiment: Experiment) -> dict[str, Floats]:
    """Return each outcome of a finished sweep, float64[points, replicates]; NaN where it was not measured."""
    failures = load_failures(file)
    if len(failures):
        said = f"{len(failures):,} runs failed ({failures['error'].iloc[0]}), and a design with holes tells nothing"
        raise InputError(Problem(f"{said}; start it again to try them once more", file=str(file)))
    runs = load_runs(file)
    shape = (experiment.n_points, experiment.replicates)
    return {outcome: _matrix(runs, outcome, shape) for outcome in OUTCOMES}


def _matrix(runs: pd.DataFrame, outcome: str, shape: tuple[int, int]) -> Floats:
    matrix = np.full(shape, np.nan)
    kept = runs[runs["replicate"] < shape[1]]
    matrix[kept["point"].to_numpy(), kept["replicate"].to_numpy()] = kept[outcome].to_numpy()
    return matrix


def _why_undefined(method: str, experiment: Experiment, values: Floats) -> str:
    """Return why an outcome has no indices, nothing if it has."""
    if np.isnan(values).any():
        return "is not measured in every run: the simulated time ends too early; give more horizon.days"
    if np.ptp(values) == 0:
        return f"is {100 * values.flat[0]:.3g} % in every run, so nothing moves it, and there is nothing to rank"
    if not varies_enough(method, len(experiment.vary), values):
        return "hardly ever differs between points, so its variance cannot be divided; give more samples"
    return ""


def _indices(method: str, experiment: Experiment, values: Floats) -> Indices:
    n_targets, samples, seed = len(experiment.vary), n_samples(experiment), experiment.seed
    if method == "sobol":
        return sobol_indices(saltelli_places(n_targets, samples, seed), values, seed)
    return morris_indices(list(experiment.vary.values()), morris_places(n_targets, samples, seed), values, seed)


def _table(experiment: Experiment, outcome: str, found: Indices) -> pd.DataFrame:
    table = pd.DataFrame({"outcome": outcome, "target": list(experiment.vary), "rank": 0} | found.columns)
    table = table.assign(luck=found.luck.bound, beyond_luck=found.luck.is_beaten, direction=found.direction)
    table = table.sort_values(MAIN[method_of(experiment)], ascending=False, kind="stable", ignore_index=True)
    return table.assign(rank=range(1, len(table) + 1))


def _attrs(method: str, experiment: Experiment, values: Mapping[str, Floats]) -> dict[str, Any]:
    points, replicates = values[OUTCOMES[0]].shape
    return {
        "method": method,
        "experiment": experiment.name,
        "title": experiment.title,
        "scenario": Path(experiment.scenario).stem,
        "targets": list(experiment.vary),
        "vary": dict(experiment.vary),
        "samples": n_samples(experiment),
        "points": points,
        "replicates": replicates,
        "runs": points * replicates,
        "seed": experiment.seed,
        "mean": {outcome: float(np.mean(values[outcome])) for outcome in OUTCOMES},
        "practices": [target for target in experiment.vary if target.removeprefix(PRACTICE) in PRACTICES],
    }

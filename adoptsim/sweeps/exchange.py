"""Experiments and results as other packages have them: SALib's problem, the EMA Workbench's experiments and outcomes.

Neither package is needed for it: a SALib problem is a dictionary, and the Workbench's results are a frame and arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from adoptsim.domain.errors import InputError, Problem
from adoptsim.sweeps.experiment import Experiment
from adoptsim.sweeps.ranges import Range, Varied, drawn_level

Floats = npt.NDArray[np.float64]
_SALIB = {"uniform": "unif", "log-uniform": "logunif"}


def salib_problem_of(experiment: Experiment) -> dict[str, Any]:
    """Return the problem that SALib samples from: names, bounds and distributions of everything that is varied.

    Levels of a list become places from 0 to 1, each level an equal part; a logit scale becomes places too, since SALib has
    none. `experiment_of_salib` turns what SALib draws back into levels.
    """
    varied = _varied(experiment)
    bounds, kinds = [], []
    for each in varied.values():
        is_plain = isinstance(each, Range) and not each.whole and each.scale in _SALIB
        bounds.append([float(each.low), float(each.high)] if is_plain and isinstance(each, Range) else [0.0, 1.0])
        kinds.append(_SALIB[each.scale] if is_plain and isinstance(each, Range) else "unif")
    return {"num_vars": len(varied), "names": list(varied), "bounds": bounds, "dists": kinds}


def experiment_of_salib(experiment: Experiment, samples: npt.ArrayLike) -> Experiment:
    """Return the experiment with SALib's samples as its points, in their order, for SALib to analyse.

    Parameters
    ----------
    samples
        What one of SALib's samplers drew from `salib_problem_of`, float[points, targets].
    """
    varied, drawn = _varied(experiment), np.asarray(samples, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[1] != len(varied):
        shape = " x ".join(map(str, drawn.shape))
        raise InputError(Problem(f"samples are {shape}; give a row a point and {len(varied)} columns", "samples"))
    problem = salib_problem_of(experiment)
    columns = {
        target: [_level(each, value, bounds) for value in drawn[:, place].tolist()]
        for place, ((target, each), bounds) in enumerate(zip(varied.items(), problem["bounds"], strict=True))
    }
    fields = {name: getattr(experiment, name) for name in ("scenario", "replicates", "seed", "measure", "title", "question")}
    return Experiment.from_frame(pd.DataFrame(columns, dtype=object), name=experiment.name, **fields)


def _level(varied: Varied, value: float, bounds: list[float]) -> Any:
    """Return what a drawn number stands for: itself, or the level at a place from 0 to 1."""
    if isinstance(varied, Range) and not varied.whole and varied.scale in _SALIB:
        return min(bounds[1], max(bounds[0], value))
    return drawn_level(varied, min(1.0, max(0.0, value)))


def _varied(experiment: Experiment) -> Mapping[str, Varied]:
    read = experiment.with_tables()
    return {**read.vary, **(read.uncertain if isinstance(read.uncertain, dict) else {})}


def ema_results(runs: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Return (experiments, outcomes) as the EMA Workbench has them, one entry a point: means over its replicates.

    Parameters
    ----------
    runs
        As `adoptsim.sweeps.results.load_runs` has it.

    Returns
    -------
    tuple
        A frame with a column a target beside the Workbench's own ``scenario``, ``policy`` and ``model``, and by outcome
        float64[points].
    """
    factors, uncertain = runs.attrs["factors"], runs.attrs.get("uncertain", [])
    outcomes = [name for name in runs if name not in ("point", "replicate", *factors)]
    grouped = runs.groupby("point", sort=True)
    experiments = grouped[factors].first().reset_index(drop=True)
    decided = [name for name in factors if name not in uncertain]
    experiments["scenario"] = _numbered(experiments, uncertain)
    experiments["policy"] = _numbered(experiments, decided)
    experiments["model"] = runs.attrs["scenario"]
    means = grouped[outcomes].mean()
    return experiments, {str(name): means[name].to_numpy(dtype=np.float64) for name in outcomes}


def _numbered(frame: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Return which of the different combinations of some columns each row has, counted from 0 in their order."""
    if not columns:
        return pd.Series(0, index=frame.index)
    return frame.groupby(columns, sort=False, dropna=False).ngroup()

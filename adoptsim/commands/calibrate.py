"""`calibrate`: fits the open parameters to the patterns, and draws plausible sets of all parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, FilePath, Quiet, Seed, Threads
from adoptsim.commands.outputs import check_outputs
from adoptsim.commands.terminal import out, print_json, progress, say

if TYPE_CHECKING:
    from pathlib import Path

    from adoptsim.commands.terminal import Tell
    from adoptsim.validation.calibration import Progress, Target

CSV = (".csv",)
YAML = (".yaml", ".yml")


def calibrate(
    fit: Annotated[int, typer.Option(min=0, help="Parameter sets to try for better defaults; 0: keep the defaults.")] = 0,
    members: Annotated[int, typer.Option(min=0, help="Plausible sets to draw; 0: none.")] = 240,
    thin: Annotated[int, typer.Option(min=1, help="Steps of the walk between two sets that are kept.")] = 30,
    seed: Seed = 1,
    threads: Threads = None,
    out_fit: Annotated[FilePath, typer.Option("--out-fit", help="Write the fitted parameters here (.yaml).")] = None,
    out_ensemble: Annotated[FilePath, typer.Option("--out", help="Write the plausible sets here (.csv).")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fit parameters to the patterns; draw plausible sets.

    Looks from the defaults on for parameters that miss the patterns of real networks less (--fit), then walks through the
    sets that show every pattern that must hold. About 100 steps a minute on two cores: an hour and more for 240 sets.
    """
    check_outputs({"--out": (out_ensemble, CSV), "--out-fit": (out_fit, YAML)})
    _need_libraries()
    from adoptsim.domain.parameters import PARAMETERS
    from adoptsim.validation import calibration

    start = {name: each.default for name, each in PARAMETERS.items()}
    target = calibration.target_at(start, calibration.calibrated_patterns(), threads=threads)
    report: dict[str, Any] = {"seed": seed, "start_missed_by": target.distance(start)}
    if not quiet:
        say(f"The defaults miss the patterns by {report['start_missed_by']:.2f} (0: all hold).")
    if fit:
        start = _fitted(target, start, fit, seed, quiet, report)
        target = calibration.target_at(start, calibration.calibrated_patterns(), threads=threads)
        _write_values(start, out_fit, report)
    if members:
        _draw(target, start, members, thin, seed, threads, quiet, report, out_ensemble)
    if as_json:
        print_json(report)
        return
    for line in _lines(report):
        out().print(line, markup=False)


def _need_libraries() -> None:
    """Raise ``InputError`` with what to install where a library of the calibration is missing."""
    from importlib.util import find_spec

    from adoptsim.domain.errors import InputError, Problem

    missing = [name for name in ("optuna", "cmaes", "emcee") if find_spec(name) is None]
    if missing:
        raise InputError(
            Problem(f"needs {', '.join(missing)}; install with pip install 'adoptsim[calibration]'", "", "calibrate")
        )


def _fitted(
    target: Target, start: dict[str, float], trials: int, seed: int, quiet: bool, report: dict[str, Any]
) -> dict[str, float]:
    from adoptsim.validation.calibration import fit

    with progress("fit", trials, quiet=quiet) as tell:
        found, missed = fit(target, start, trials=trials, seed=seed, progress=_teller(tell))
    report |= {"fitted": found, "fitted_missed_by": missed}
    return {**start, **found}


def _draw(
    target: Target,
    start: dict[str, float],
    members: int,
    thin: int,
    seed: int,
    threads: int | None,
    quiet: bool,
    report: dict[str, Any],
    path: Path | None,
) -> None:
    from adoptsim.domain.errors import InputError, Problem
    from adoptsim.validation.calibration import WALKERS, sample

    steps = -(-members // WALKERS) * thin * WALKERS
    try:
        with progress("plausible sets", steps, quiet=quiet) as tell:
            sets, accepted = sample(
                target, start, members=members, thin=thin, seed=seed, threads=threads, progress=_teller(tell)
            )
    except ValueError as problem:
        raise InputError(Problem(str(problem), "--fit", "calibrate")) from None
    report |= {"members": len(sets), "accepted_share": accepted}
    if path is not None:
        made_by = f"adoptsim calibrate --members {members} --thin {thin} --seed {seed}"
        _write_ensemble(sets, path, made_by, accepted)
        report["written"] = {**report.get("written", {}), "ensemble": str(path)}


def _teller(tell: Tell | None) -> Progress | None:
    """Return what tells of each step, without its words."""
    return None if tell is None else lambda done, _: tell(done)


def _write_values(values: dict[str, float], path: Path | None, report: dict[str, Any]) -> None:
    """Write a set of parameters as YAML that ``validate --parameters`` reads."""
    if path is None:
        return
    from adoptsim.files import write_text

    write_text(path, "".join(f"{name}: {value:.6g}\n" for name, value in values.items()))
    report["written"] = {**report.get("written", {}), "fit": str(path)}


def _write_ensemble(sets: list[dict[str, float]], path: Path, made_by: str, accepted: float) -> None:
    """Write the sets, a row each, under comments that say how they were made."""
    from adoptsim.files import write_text
    from adoptsim.simulation import model_version

    comments = (
        f"# {len(sets)} sets of all parameters, drawn from their priors and consistent with every pattern that must hold",
        f"# {made_by}; model {model_version()}",
        f"# approximate Bayesian computation by Markov chain Monte Carlo; {accepted:.1%} of the steps accepted",
    )
    rows = [",".join(sets[0]), *(",".join(f"{value:.6g}" for value in each.values()) for each in sets)]
    write_text(path, "\n".join([*comments, *rows]) + "\n")


def _lines(report: dict[str, Any]) -> list[str]:
    lines = []
    if "fitted_missed_by" in report:
        lines.append(f"Fitted: missed by {report['fitted_missed_by']:.2f}, before {report['start_missed_by']:.2f}.")
    if "members" in report:
        lines.append(f"{report['members']} plausible sets; {report['accepted_share']:.1%} of the steps were accepted.")
    return lines + [f"{name}: {path}" for name, path in report.get("written", {}).items()]

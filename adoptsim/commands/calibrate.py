"""`calibrate`: fits the open parameters to the patterns, and draws plausible sets of all parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, FilePath, Quiet, Seed, Threads
from adoptsim.commands.outputs import check_outputs
from adoptsim.commands.terminal import out, print_json, progress, stopped_says
from adoptsim.domain.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adoptsim.commands.terminal import Tell
    from adoptsim.validation.calibration import Progress

CSV = (".csv",)
YAML = (".yaml", ".yml")
ROUGHLY = 2
"""Steps of the walk need to know what a parameter does no better than half the replicates of a fit tell."""


def calibrate(
    fit: Annotated[int, typer.Option(min=0, help="Rounds of moving the defaults towards the patterns; 0: keep them.")] = 0,
    members: Annotated[
        int, typer.Option(min=0, help="Sets to draw, of which those are kept that hold under other luck.")
    ] = 360,
    thin: Annotated[int, typer.Option(min=1, help="Steps of the walk between two sets that are written down.")] = 20,
    seed: Seed = 1,
    threads: Threads = None,
    out_fit: Annotated[FilePath, typer.Option("--out-fit", help="Write the fitted parameters here (.yaml).")] = None,
    out_ensemble: Annotated[FilePath, typer.Option("--out", help="Write the plausible sets here (.csv).")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fit parameters to the patterns; draw plausible sets.

    Moves the defaults by the least that brings every pattern well inside its range (--fit; a round takes about eight
    minutes on two cores), then walks through the sets that show every pattern that must hold, about 150 steps a minute.
    """
    check_outputs({"--out": (out_ensemble, CSV), "--out-fit": (out_fit, YAML)})
    _check_used(fit, members, out_fit, out_ensemble)
    _need_libraries()
    from adoptsim.domain.parameters import PARAMETERS

    start = {name: each.default for name, each in PARAMETERS.items()}
    report: dict[str, Any] = {"seed": seed}
    if fit:
        start |= _fitted(start, fit, threads, quiet, report)
        _write_values(start, out_fit, report)
    if members:
        with stopped_says(lambda: _kept(report)):
            _draw(start, members, thin, seed, threads, quiet, report, out_ensemble)
    if as_json:
        print_json(report)
        return
    for line in _lines(report):
        out().print(line, markup=False)


def _kept(report: dict[str, Any]) -> str:
    """Return what is in files by now; nothing if nothing is."""
    written = report.get("written", {})
    if not written:
        return ""
    unchecked = ", its sets not yet checked under other luck" if "ensemble" in written else ""
    return f"stopped; {' and '.join(written.values())} is kept{unchecked}; started again, it begins anew"


def _check_used(fit: int, members: int, out_fit: Path | None, out_ensemble: Path | None) -> None:
    """Refuse files for what is not made."""
    problems = []
    if out_ensemble is not None and not members:
        said = "is for the sets that --members draws, which is 0; give 1 or more, or leave it out"
        problems.append(Problem(said, "--out"))
    if out_fit is not None and not fit:
        said = "is for what --fit finds, which is 0; give 1 or more rounds, or leave it out"
        problems.append(Problem(said, "--out-fit"))
    if problems:
        raise InputError(*problems)


def _need_libraries() -> None:
    """Raise ``InputError`` with what to install where a library of the calibration is missing."""
    from importlib.util import find_spec

    missing = [name for name in ("emcee",) if find_spec(name) is None]
    if missing:
        raise InputError(
            Problem(f"needs {', '.join(missing)}; install with pip install 'adoptsim[calibration]'", "", "calibrate")
        )


def _fitted(
    start: dict[str, float], rounds: int, threads: int | None, quiet: bool, report: dict[str, Any]
) -> dict[str, float]:
    from adoptsim.validation import fitting
    from adoptsim.validation.calibration import calibrated_patterns
    from adoptsim.validation.priors import open_parameters

    rows = calibrated_patterns()
    values = fitting.values_under(rows)
    report["start_missed_by"] = fitting.missed(values(start).mean(axis=0), rows)
    sets = rounds * (2 * len(open_parameters()) + 1)
    with progress("fit", sets, quiet=quiet) as tell:
        found, missed = fitting.fit(values, rows, start, rounds=rounds, workers=threads, progress=tell)
    report |= {"fitted": found, "fitted_missed_by": missed}
    return found


def _draw(
    start: dict[str, float],
    members: int,
    thin: int,
    seed: int,
    threads: int | None,
    quiet: bool,
    report: dict[str, Any],
    path: Path | None,
) -> None:
    from adoptsim.validation import calibration, fitting
    from adoptsim.validation.priors import open_parameters

    rows = calibration.calibrated_patterns()
    names = list(open_parameters())
    with progress("what each parameter does", 2 * len(names), quiet=quiet) as tell:
        values = fitting.values_under(rows, calibration.OTHER_LUCK, ROUGHLY)
        effects = fitting.effects_at(values, fitting.places_of(start), threads, _counting(tell))
    steps = calibration.step_sizes(dict(zip(names, effects, strict=True)), rows)
    target = calibration.target_at(start, rows, threads=threads)
    total = -(-members // calibration.WALKERS) * thin * calibration.WALKERS
    try:
        with progress("walk", total, quiet=quiet) as tell:
            sets, accepted = calibration.sample(
                target, start, steps, members=members, thin=thin, seed=seed, threads=threads, progress=_teller(tell)
            )
    except ValueError as problem:
        raise InputError(Problem(str(problem), "--fit", "calibrate")) from None
    report |= {"drawn": len(sets), "accepted_share": accepted}
    made_by = f"adoptsim calibrate --members {members} --thin {thin} --seed {seed}"
    if path is not None:  # hours of work: kept before anything else is done
        _write_ensemble(sets, path, made_by, report)
    again = [calibration.target_at(start, rows, luck, calibration.CONFIRMED_BY, threads) for luck in calibration.OTHER_LUCK]
    with progress("under other luck", len(sets), quiet=quiet) as tell:
        kept = calibration.confirmed(sets, [target, *again], threads, tell)
    report["members"] = len(kept)
    if path is not None:
        _write_ensemble(kept, path, made_by, report)


def _counting(tell: Tell | None) -> Callable[[int], None]:
    """Return what tells of each one done, or nobody."""
    return (lambda done: None) if tell is None else lambda done: tell(done)


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


def _write_ensemble(sets: list[dict[str, float]], path: Path, made_by: str, report: dict[str, Any]) -> None:
    """Write the sets, a row each, under comments that say how they were made."""
    from adoptsim.files import write_text
    from adoptsim.simulation import model_version

    comments = (
        f"# {len(sets)} sets of all parameters, drawn from their priors and consistent with every pattern that must hold",
        f"# {made_by}; model {model_version()}",
        f"# approximate Bayesian computation by Markov chain Monte Carlo; {report['accepted_share']:.1%} of steps accepted",
        f"# {report['drawn']} sets drawn, of which "
        + (
            f"these {len(sets)} hold on average under three lucks"
            if "members" in report
            else "none is checked under other luck yet"
        ),
    )
    rows = [",".join(sets[0]), *(",".join(f"{value:.6g}" for value in each.values()) for each in sets)]
    write_text(path, "\n".join([*comments, *rows]) + "\n")
    report["written"] = {**report.get("written", {}), "ensemble": str(path)}


def _lines(report: dict[str, Any]) -> list[str]:
    lines = []
    if "fitted_missed_by" in report:
        lines.append(f"Fitted: missed by {report['fitted_missed_by']:.2f}, before {report['start_missed_by']:.2f}.")
    if "members" in report:
        drawn, accepted = report["drawn"], report["accepted_share"]
        lines.append(f"{report['members']} plausible sets, of {drawn} drawn; {accepted:.1%} of the steps were accepted.")
    return lines + [f"{name}: {path}" for name, path in report.get("written", {}).items()]

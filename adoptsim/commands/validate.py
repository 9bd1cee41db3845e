"""`validate`: the patterns of real networks against the model; ends with 1 where one that must hold does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, FilePath, Quiet, Replicates, Seed, Threads
from adoptsim.commands.outputs import PICTURES, check_outputs, write_figure
from adoptsim.commands.terminal import out, print_json, progress, say, table, tell_if_first
from adoptsim.report.words import DASH, change, counted, listed, number, span, with_unit

if TYPE_CHECKING:
    from rich.text import Text

    from adoptsim.domain.intervals import Interval
    from adoptsim.validation.check import Row
    from adoptsim.validation.ensemble import EnsembleCheck
    from adoptsim.validation.patterns import Pattern
    from adoptsim.validation.published import Observed

FAILED = 1


def validate(
    replicates: Replicates = 64,
    seed: Seed = 1,
    threads: Threads = None,
    plot: Annotated[FilePath, typer.Option(help="Draw all patterns here (.png, .svg, .pdf).")] = None,
    data: Annotated[FilePath, typer.Option(help="Folder of the published data: computes what they show anew.")] = None,
    write_observed: Annotated[
        FilePath,
        typer.Option(help="With --data: write it here (.json); this is how the shipped file is made."),
    ] = None,
    parameters: Annotated[
        FilePath, typer.Option(help="Parameter values to validate instead of the defaults (.yaml, .json).")
    ] = None,
    ensemble: Annotated[bool, typer.Option(help="Check the shipped ensemble of plausible parameters too.")] = True,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check the model against patterns of real networks.

    Measures on the model's own log what was measured in real networks, and says of each pattern what was observed, what
    the model gives, and whether that holds. Of the typical organisation, of which most patterns are, it takes four times the
    replicates. Ends with 1 where a pattern that must hold does not.
    """
    wanted = {"--plot": (plot, PICTURES), "--write-observed": (write_observed, (".json",))}
    check_outputs(wanted, reads={"the file of parameters": parameters})
    fresh = _fresh(data, write_observed)
    values = _given(parameters)
    from adoptsim.validation.check import validate as check

    tell_if_first(quiet)
    with progress("patterns", _n_runs(replicates), quiet=quiet) as tell:
        rows = check(values, replicates, seed, workers=threads, progress=tell)
    checked = _ensemble(rows, seed, threads, quiet) if ensemble and not values else None
    report = _report(rows, checked, fresh) | {"replicates": replicates, "seed": seed, "parameters": values}
    if plot is not None:
        from adoptsim.report.figures import figure_patterns

        write_figure(figure_patterns(rows), plot)
    if as_json:
        print_json(report)
    else:
        _show(rows, checked, fresh, asked=ensemble and not values)
        if plot is not None:
            say(f"plot: {plot}")
    if not report["holds"]:
        raise typer.Exit(FAILED)


def _fresh(data: Path | None, write: Path | None) -> Mapping[str, Observed] | None:
    """Return what the published data show, computed now, where their folder is given."""
    if data is None:
        if write is not None:
            raise typer.BadParameter("needs --data, the folder to compute it from", param_hint="--write-observed")
        return None
    from adoptsim.files import write_text
    from adoptsim.validation.published import as_json, compute_observed

    observed = compute_observed(data)
    if write is not None:
        write_text(write, as_json(observed))
        say(f"observed: {write}")
    return observed


def _given(path: Path | None) -> dict[str, float]:
    if path is None:
        return {}
    from adoptsim.validation.parameter_file import read_parameters

    return read_parameters(path)


def _n_runs(replicates: int) -> int:
    from adoptsim.validation.check import replicates_by_case
    from adoptsim.validation.measure import runs_of
    from adoptsim.validation.patterns import PATTERNS

    return runs_of(PATTERNS.values(), replicates_by_case(replicates))


def _ensemble(rows: Sequence[Row], seed: int, threads: int | None, quiet: bool) -> EnsembleCheck | None:
    from adoptsim.validation.ensemble import check_ensemble, read_ensemble

    members = read_ensemble()
    if members is None:
        return None
    with progress("ensemble", len(members), quiet=quiet, unit="members") as tell:
        return check_ensemble(members, rows, seed, workers=threads, progress=tell)


# --- as data -----------------------------------------------------------------------------------------------------


def _report(rows: Sequence[Row], checked: EnsembleCheck | None, fresh: Mapping[str, Observed] | None) -> dict[str, Any]:
    """Return everything as plain data."""
    from adoptsim.simulation import model_version

    failed = [row.pattern.name for row in rows if row.fails]
    return {
        "model_version": model_version(),
        "holds": not failed and (checked is None or checked.holds),
        "must_hold": sum(row.pattern.must_hold for row in rows),
        "failed": failed,
        "close": [row.pattern.name for row in rows if row.is_close],
        "patterns": [_as_dict(row, checked, fresh) for row in rows],
        "ensemble": None
        if checked is None
        else {"members": checked.members, "all_hold": checked.all_share, "holds": checked.holds},
    }


def _as_dict(row: Row, checked: EnsembleCheck | None, fresh: Mapping[str, Observed] | None) -> dict[str, Any]:
    from adoptsim.simulation import as_dict
    from adoptsim.validation.published import shipped_observed

    pattern = row.pattern
    data = (shipped_observed() if fresh is None else fresh).get(pattern.name)
    return {
        "number": pattern.number,
        "name": pattern.name,
        "says": pattern.says,
        "kind": pattern.kind,
        "case": pattern.case,
        "against": pattern.against or None,
        "window": pattern.window or None,
        "observed": {"low": pattern.low, "high": pattern.high, "source": pattern.source, "grade": pattern.grade},
        "data": None if data is None else {"value": data.value, "n": data.n, "of": data.of, "file": data.file},
        "simulated": as_dict(row.simulated),
        "must_hold": pattern.must_hold,
        "fitted": pattern.fitted,
        "holds": row.holds,
        "close": row.is_close,
        "ensemble_share": None if checked is None else checked.share.get(pattern.name),
    }


# --- in words ----------------------------------------------------------------------------------------------------


def observed_in_words(pattern: Pattern) -> str:
    """Return a pattern's bounds: '80-85 %', '25 % or more', 'below 0'."""
    low, high, unit = pattern.low, pattern.high, pattern.unit
    if low is not None and high is not None:
        return span(low, high, unit) if low >= 0 else f"{number(low)} to {number(high)}"
    bound = high if low is None else low
    if bound is None:
        return DASH
    if pattern.kind == "sign":
        return f"{'above' if high is None else 'below'} {bound:g}"
    return f"{with_unit(bound, unit)} or {'more' if high is None else 'less'}"


def simulated_in_words(pattern: Pattern, simulated: Interval) -> str:
    """Return a value with its interval; of a difference plus or minus, of shares in percentage points."""
    value, low, high = simulated
    if pattern.compare == "difference" or value < 0:
        text = change(value, None, None, pattern.unit)
        return f"{text} (±{number((high - low) / 2, pattern.unit)})" if low == low else text
    text = with_unit(value, pattern.unit)
    return f"{text} ({span(low, high, pattern.unit).removesuffix(' %')})" if low == low else text


def _holds(row: Row) -> Text:
    from rich.text import Text

    if row.holds is None:
        return Text(DASH, style="dim")
    if row.holds:
        return Text("yes", style="green")
    return Text("NO", style="bold red") if row.fails else Text("(no)", style="yellow")


def _show(rows: Sequence[Row], checked: EnsembleCheck | None, fresh: Mapping[str, Observed] | None, *, asked: bool) -> None:
    from rich.text import Text

    from adoptsim.validation.patterns import TITLES

    console = out()
    more = ["Data"] * (fresh is not None) + ["Ensemble"] * (checked is not None)
    shown = table("Pattern", "Observed", "Model (95 %)", "Holds", *more)
    shown.columns[0].no_wrap = True
    last = 0
    for row in rows:
        pattern = row.pattern
        if pattern.number != last:
            shown.add_row(Text(f"{pattern.number}  {TITLES[pattern.number]}", style="bold"))
            last = pattern.number
        cells: list[str | Text] = [f"   {pattern.label}", observed_in_words(pattern)]
        cells += [simulated_in_words(pattern, row.simulated), _holds(row)]
        if fresh is not None:
            cells.append(with_unit(fresh[pattern.name].value, pattern.unit) if pattern.name in fresh else DASH)
        if checked is not None:
            cells.append(with_unit(checked.share[pattern.name], "share") if pattern.name in checked.share else DASH)
        shown.add_row(*cells)
    console.print(shown, end="")
    for line in _verdict(rows, checked, asked=asked):
        console.print(line)


def _verdict(rows: Sequence[Row], checked: EnsembleCheck | None, *, asked: bool) -> list[str]:
    """Return the last lines: how many hold, which do not, and what the ensemble says."""
    must = [row for row in rows if row.pattern.must_hold]
    failed = [row.pattern.name for row in must if row.fails]
    lines = [f"{len(must) - len(failed)} of {counted(len(must), 'pattern')} that must hold do."]
    if failed:
        lines[0] += f" Not: {listed(failed)}."
    if any(row.holds is False and not row.pattern.must_hold for row in rows):
        lines.append("(no): outside what was observed, but need not hold.")
    close = [row.pattern.name for row in must if row.is_close]
    if close:
        lines.append(f"Hold, but not beyond luck (another seed may say otherwise): {listed(close)}.")
    if checked is not None:
        lines.append(_ensemble_in_words(checked))
    elif asked:
        lines.append("There is no ensemble of plausible parameters yet: only the defaults were checked.")
    return lines


def _ensemble_in_words(checked: EnsembleCheck) -> str:
    from adoptsim.validation.ensemble import SHARE_THAT_MUST

    name, share = checked.least
    enough = "enough" if checked.holds else "too few"
    return (
        f"Ensemble: every pattern that must hold does for at least {with_unit(share, 'share')} of "
        f"{counted(checked.members, 'member')} ({name}), {enough}: {with_unit(SHARE_THAT_MUST, 'share')} are needed. All of "
        f"them together do for {with_unit(checked.all_share, 'share')}. Members are judged by few runs and a weaker "
        "rule: a sign or a chance counts against one only where its interval lies outside."
    )

"""The command line: which commands there are, and how the program ends when something is wrong."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
import typer.core

from adoptsim.commands.benchmark import benchmark
from adoptsim.commands.calibrate import calibrate
from adoptsim.commands.compare import compare
from adoptsim.commands.discover import discover
from adoptsim.commands.docs import docs
from adoptsim.commands.drop_one import drop_one
from adoptsim.commands.effects import effects
from adoptsim.commands.enough import enough
from adoptsim.commands.explain import explain
from adoptsim.commands.look import experiments, practices, scenarios, schema
from adoptsim.commands.order import order
from adoptsim.commands.robustness import robustness
from adoptsim.commands.run import run
from adoptsim.commands.sensitivity import sensitivity
from adoptsim.commands.shocks import shocks
from adoptsim.commands.sweep import results, sweep
from adoptsim.commands.terminal import leave_quietly, say
from adoptsim.commands.tipping import tipping
from adoptsim.commands.ui import ui
from adoptsim.commands.validate import validate
from adoptsim.commands.workshop import workshop
from adoptsim.commands.workshop_pack import workshop_pack
from adoptsim.domain.errors import InputError
from adoptsim.version import __version__

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
DEBUG = "ADOPTSIM_DEBUG"
PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Look": (practices, scenarios, experiments, schema, docs),
    "Simulate": (
        ui,
        workshop,
        workshop_pack,
        run,
        compare,
        explain,
        enough,
        drop_one,
        robustness,
        order,
        sweep,
        results,
        sensitivity,
        discover,
        shocks,
        tipping,
        validate,
        calibrate,
        effects,
        benchmark,
    ),
}


class Commands(typer.core.TyperGroup):
    """All commands, and how they end when somebody presses Ctrl-C or stops reading (typer would end with 1)."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what stops it may say how to go on."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            say(f"adoptsim: {stop}" if str(stop) else "adoptsim: interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            leave_quietly()


# rich_markup_mode=None: rich's help costs 0.2 s more than plain text, measured
app = typer.Typer(
    cls=Commands,
    name="adoptsim",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Which practices make a social network for employee voice reach critical mass? An agent-based simulator.",
    epilog="Start with: adoptsim scenarios, then adoptsim run launch-only, then adoptsim sweep ten-practices",
)
for panel, commands in PANELS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"adoptsim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def _what_file(error: OSError | sqlite3.Error) -> str:
    """Return which file cannot be used, and why."""
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}"
    return f"the results file can't be used: {error}; it may have been changed by hand, or be no sweep's"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; whatever goes wrong is said in a line or two, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows a question mark
    try:
        app(arguments, prog_name="adoptsim")
    except SystemExit as end:
        return _after(end.code if isinstance(end.code, int) else DONE)
    except InputError as error:
        for problem in error.problems:
            say(f"adoptsim: {problem}")
        return WRONG_USE
    except KeyboardInterrupt:
        return INTERRUPTED
    except (OSError, sqlite3.Error) as error:
        if os.environ.get(DEBUG):
            raise
        say(f"adoptsim: {_what_file(error)}")
        return WRONG_USE
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        say(f"adoptsim: this should not happen: {type(error).__name__}: {error}")
        say(f"Please report it, with the traceback that {DEBUG}=1 in the environment shows.")
        return FAILED
    return _after(DONE)


def _after(code: int) -> int:
    """Return the exit code when everything is printed; a reader who has left is no failure."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()
    return code


if __name__ == "__main__":
    sys.exit(main())

"""`ui`: the page on which somebody changes practices and sees what follows, served on this machine."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from adoptsim.commands.options import Quiet
from adoptsim.commands.terminal import say

NEEDED = ("solara", "ipyvuetify", "sqlalchemy")
LOOPBACK, PORT = "127.0.0.1", 8765
Host = Annotated[str, typer.Option(help="Listen on this address; others than this machine's own are reachable by others.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Listen on this port; 0 takes a free one.")]
Saving = Annotated[
    str | None,
    typer.Option("--store", metavar="FILE|URL", help="Save scenarios in this SQLite file, or postgresql://user@host/name."),
]
Open = Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")]


def ui(host: Host = LOOPBACK, port: Port = PORT, store: Saving = None, open_: Open = True, quiet: Quiet = False) -> None:
    """Open the page: change practices, see what follows.

    Serves a page on this machine: practices as sliders, the verdict, the course with its uncertainty, comparisons.
    """
    from adoptsim.domain.errors import InputError, Problem

    missing = [name for name in NEEDED if not find_spec(name)]
    if missing:
        raise InputError(Problem(f"the page needs {' and '.join(missing)}: pip install 'adoptsim[ui]'"))
    from adoptsim.ui.server import bound, is_loopback, serve
    from adoptsim.ui.shared import save_in

    where = save_in(store or _own_store()).store.where
    listening = bound(host, port)
    url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    say(f"adoptsim is at {url}\nScenarios are saved in {where}. It runs until you press Ctrl-C.")
    if not is_loopback(host):
        say(
            f"Anybody who can reach {host} over the network can use it too, and see and remove what is saved there, without "
            "a password or encryption. "
            "Leave --host out to keep it to this machine."
        )
    if not quiet:
        from adoptsim.commands.terminal import tell_if_first

        tell_if_first(quiet)
    serve(listening, url, show=open_)


def _own_store() -> str:
    """Return the file in which somebody's scenarios are saved when nothing else is said."""
    from platformdirs import user_data_path

    from adoptsim.domain.errors import InputError, Problem

    try:
        return str(user_data_path("adoptsim", appauthor=False, ensure_exists=True) / "scenarios.db")
    except OSError as error:
        message = f"there is no place for saved scenarios: {error.strerror}; give a file with --store"
        raise InputError(Problem(message, "--store")) from None

"""`workshop`: a room that predicts, decides and finds out why; and what is left of one afterwards."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from adoptsim.commands.options import AsJson, FilePath, Quiet, as_typed
from adoptsim.commands.terminal import out, print_json, say, table
from adoptsim.commands.ui import LOOPBACK, Open

if TYPE_CHECKING:
    from adoptsim.workshop.plan import Workshop
    from adoptsim.workshop.store import Store

NEEDED = ("segno", "starlette", "uvicorn")
Name = Annotated[
    str | None, typer.Argument(help="A shipped workshop, a workshop's or a scenario's file.", show_default=False)
]
Host = Annotated[str, typer.Option(help="Listen on this address; 0.0.0.0 lets phones in the same network join.")]
Port = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        help="Listen on this port; 0 takes a free one. A workshop that goes on keeps its own.",
        show_default=False,
    ),
]
File = Annotated[FilePath, typer.Option("--file", help="Keep the workshop here; NAME.workshop.db when absent.")]
Rehearse = Annotated[int, typer.Option(min=0, max=300, help="Let so many simulated people take part, to rehearse.")]
ListThem = Annotated[bool, typer.Option("--list", help="List the shipped workshops.")]
Erase = Annotated[bool, typer.Option("--erase", help="Remove the workshop's file, with everything in it.")]
Csv = Annotated[FilePath, typer.Option("--csv", help="Write what came of the workshop into this folder, as CSV.")]
Report = Annotated[FilePath, typer.Option("--report", help="Write what came of the workshop here, to hand on (.html).")]
Seed = Annotated[
    int | None, typer.Option(min=0, max=2**32 - 1, help="Which luck; the workshop's when absent.", show_default=False)
]
Replicates = Annotated[
    int | None,
    typer.Option(min=8, max=1024, help="Runs of each policy; the workshop's when absent.", show_default=False),
]


def workshop(
    name: Name = None,
    list_: ListThem = False,
    host: Host = LOOPBACK,
    port: Port = None,
    file: File = None,
    rehearse: Rehearse = 0,
    seed: Seed = None,
    replicates: Replicates = None,
    csv: Csv = None,
    report: Report = None,
    erase: Erase = False,
    open_: Open = True,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a workshop: a room predicts, decides and finds out why.

    Serves a page for you, one for the projector and one for each phone. Interrupt it and run the same command again to
    go on. Afterwards --csv and --report write what came of it, --erase removes it.
    """
    if list_:
        _list(as_json)
        return
    if csv is not None or report is not None or erase:
        _afterwards(_kept_file(name, file), csv, report, erase, as_json)
        return
    plan = _plan_or_begun(name, seed, replicates, file)
    where = file if file is not None or rehearse else _file_of(plan)
    again = as_typed("workshop", name, host=None if host == LOOPBACK else host, file=file, seed=seed, replicates=replicates)
    _serve(plan, where, host, port, rehearse, again, show=open_, as_json=as_json, quiet=quiet)


def _list(as_json: bool) -> None:
    from adoptsim import files
    from adoptsim.workshop.plan import Workshop

    plans = [Workshop.load(one) for one in files.shipped("workshops")]
    if as_json:
        kept = ("name", "title", "minutes", "audience", "story")
        print_json({"workshops": [{key: getattr(plan, key) for key in kept} for plan in plans]})
        return
    shown = table("Workshop", "Title", "Minutes", left=2)
    for plan in sorted(plans, key=lambda plan: plan.minutes):
        shown.add_row(plan.name, plan.title, str(plan.minutes))
    out().print(shown)
    out().print("Run one: adoptsim workshop NAME --host 0.0.0.0. Rehearse it alone: adoptsim workshop NAME --rehearse 30")


def _plan(name: str | None, seed: int | None, replicates: int | None) -> Workshop:
    from adoptsim.domain.errors import InputError, Problem
    from adoptsim.workshop.plan import Workshop

    if name is None:
        raise InputError(Problem("no workshop is given; adoptsim workshop --list names those there are"))
    changes = {key: value for key, value in (("seed", seed), ("replicates", replicates)) if value is not None}
    return Workshop.load(name).model_copy(update=changes)


def _plan_or_begun(name: str | None, seed: int | None, replicates: int | None, file: Path | None) -> Workshop:
    """Return the plan, or that of the room that has begun where its own file or a scenario's can't be read any more."""
    from adoptsim.domain.errors import InputError
    from adoptsim.workshop import store

    try:
        return _plan(name, seed, replicates)
    except InputError as error:
        kept = file if file is not None else _likely_file(name)
        if kept is None or not kept.is_file():
            raise
        plan = store.read(kept).plan
        if name is not None:
            say(f"{error}")
            say(f"So the room goes on as it began, from {kept}.")
        return plan


def _likely_file(name: str | None) -> Path | None:
    """Return where a workshop is kept whose plan can't be read, by the name that it has or may have had."""
    if name is None:
        return None
    plan = Path(name)
    told = re.search(r"^name: *([a-z0-9-]+) *$", plan.read_text(errors="replace"), re.M) if plan.is_file() else None
    return Path(f"{told[1] if told else plan.stem}.workshop.db")


def _file_of(plan: Workshop) -> Path:
    return Path(f"{plan.name}.workshop.db")


def _kept_file(name: str | None, file: Path | None) -> Path:
    return file if file is not None else _file_of(_plan_or_begun(name, None, None, None))


def _afterwards(where: Path, csv: Path | None, report: Path | None, erase: bool, as_json: bool) -> None:
    """Write what came of a workshop, then erase it if that is asked for."""
    from adoptsim.workshop import store

    written: list[Path] = []
    if csv is not None or report is not None:
        from adoptsim.workshop.debrief import write_csv, write_report

        kept = store.read(where)
        written += write_csv(kept, csv) if csv is not None else []
        if report is not None:
            write_report(kept, report)
            written.append(report)
    erased = store.erase(where) if erase else None
    if as_json:
        print_json({"written": [str(path) for path in written], "erased": None if erased is None else str(erased)})
        return
    for path in written:
        say(f"Written: {path}")
    if erased is not None:
        say(f"Erased: {erased}, with every nickname and answer in it.")


def _serve(
    plan: Workshop,
    where: Path | None,
    host: str,
    port: int | None,
    rehearse: int,
    again: str,
    *,
    show: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    from adoptsim.domain.errors import InputError, Problem

    missing = [name for name in NEEDED if not find_spec(name)]
    if missing:
        raise InputError(Problem(f"a workshop needs {' and '.join(missing)}: pip install 'adoptsim[ui]'"))
    from adoptsim.ui.server import bound
    from adoptsim.workshop.opening import PORT, facilitator_link, links
    from adoptsim.workshop.serving import serve
    from adoptsim.workshop.store import open_store

    with open_store(where, plan, rehearsal=bool(rehearse)) as store:
        listening = bound(host, port or store.port or (PORT if port is None else 0))
        listened = listening.getsockname()[1]
        store.note_port(listened)
        found = links(store.identity, host, listened, _what_is_left(where))
        own = facilitator_link(store.identity, listened, host)
        if as_json:
            code = store.identity.code
            print_json({"participants": found.url, "code": code, "facilitator": own, "projector": found.projector})
            out().file.flush()
        if not quiet:
            _say_where(plan, store, found, own, host, rehearse)
        serve(store, found, listening, host, own if show else "", rehearse)
    if where is not None:
        after = as_typed("workshop", file=where)
        say(f"What came of it: {after} --report workshop.html; to remove it: {after} --erase")
        raise KeyboardInterrupt(f"the workshop is kept in {where}; to go on: {again}")
    raise KeyboardInterrupt("the rehearsal has ended; nothing of it is kept")


def _what_is_left(where: Path | None) -> tuple[tuple[str, str], ...]:
    """Return what can be done with a workshop's file when all is over, and by which command."""
    if where is None:
        return ()
    after = as_typed("workshop", file=where)
    return (
        ("What came of it, as a page to hand on:", f"{after} --report workshop.html"),
        ("Guesses, decisions and results as tables:", f"{after} --csv workshop-tables"),
        ("Remove it, with every nickname and answer in it:", f"{after} --erase"),
    )


def _say_where(plan: Workshop, store: Store, found: Any, own: str, host: str, rehearse: int) -> None:
    from adoptsim.ui.server import is_loopback
    from adoptsim.workshop.room import Room

    state = store.state()
    code = f"{found.code[:3]} {found.code[3:]}"
    say(f"{plan.title}, {plan.minutes} minutes")
    say(f"  You          {own}")
    say("               Whoever has this link leads the room: keep it off the projector.")
    say(f"  Projector    {found.projector}")
    say(f"  Participants {found.url}  code {code}")
    if store.path is not None:
        say(f"  Kept in      {store.path}")
    if state.version:
        people, (number, phase) = len(state.present()), Room(store.plan, {}).step(state)
        where = phase if number is None else f"round {number + 1}, {phase}"
        say(f"Going on where it was ({where}): {people} {'person has' if people == 1 else 'people have'} joined.")
    if rehearse:
        say(f"{rehearse} simulated people come in and take part; you lead.")
    if store.plan != plan.with_scenarios(plan.scenarios()):
        differs = "Plan, scenarios, seed or replicates are not those with which this began"
        say(f"{differs}; the room goes on as it began. Afresh: --file NEW.db")
    if is_loopback(host):
        say("Only this machine reaches it. To let phones in the same network join: --host 0.0.0.0")
    elif is_loopback(urlsplit(found.url).hostname or ""):
        say(
            "This machine is in no network, so no phone can reach it. Join one, or switch on a hotspot of your own, which "
            "needs no internet; then press Ctrl-C and start it again."
        )
    else:
        say(
            "Anybody in this network can open the participants' page, and with the code join. Nothing is encrypted, so "
            "choose a network that you trust, or a hotspot of your own. If this machine is in several networks and phones "
            "don't find it, give its address in theirs with --host."
        )
    say("It runs until you press Ctrl-C.")

"""`workshop-pack`: a workshop on paper, with numbers simulated now."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Quiet, Threads
from adoptsim.commands.terminal import out, print_json, say, tell_if_first
from adoptsim.report.words import counted

if TYPE_CHECKING:
    from adoptsim.workshop.facts import Facts

Which = Annotated[str, typer.Argument(metavar="NAME", help="A shipped workshop, a workshop file, or a scenario.")]


def workshop_pack(
    name: Which,
    to: Annotated[Path | None, typer.Option("--out", help="Folder to write to; NAME-pack here when absent.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Which luck; the workshop's when absent.")] = None,
    replicates: Annotated[
        int | None, typer.Option(min=8, max=1024, help="Runs of each; the workshop's when absent.")
    ] = None,
    threads: Threads = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a workshop's pack for paper and projector.

    Running order, slides, handout, answer sheet and a paper fallback as HTML that prints on A4, with numbers simulated now.
    """
    from adoptsim.workshop.facts import gather
    from adoptsim.workshop.pack import lessons_held, write_pack
    from adoptsim.workshop.plan import Workshop

    given = {"seed": seed, "replicates": replicates}
    workshop = Workshop.load(name).model_copy(update={key: value for key, value in given.items() if value is not None})
    folder = _folder(to if to is not None else Path(f"{workshop.name}-pack"))
    tell_if_first(quiet)
    tell = (lambda what: None) if quiet else lambda what: say(f"simulating {what}")
    facts = gather(workshop, called=shlex.quote(name), threads=threads, tell=tell)
    written = write_pack(facts, folder)
    failed = [lesson.says for lesson, holds in lessons_held(facts.lessons) if not holds]
    if as_json:
        print_json(_summary(facts, written))
    else:
        out().print(f"{counted(len(written), 'page')} in {folder}; begin with {written[0]}")
    for lesson in failed:
        say(f"Not shown by these runs of the model: {lesson}")


def _folder(folder: Path) -> Path:
    """Return the folder, made if it is not there; raises ``InputError`` where it can't be."""
    from adoptsim.domain.errors import InputError, Problem

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Problem(f"cannot be made a folder: {error.strerror or error}", "--out", str(folder))) from None
    return folder


def _summary(facts: Facts, written: list[Path]) -> dict[str, Any]:
    from adoptsim.simulation import as_dict
    from adoptsim.workshop.pack import lessons_held

    return {
        "workshop": facts.workshop.name,
        "seed": facts.workshop.seed,
        "replicates": facts.workshop.replicates,
        "model_version": facts.version,
        "files": [str(path) for path in written],
        "lessons": [
            {
                "says": lesson.says,
                "holds": holds,
                "claims": [
                    found.claim.model_dump(mode="json") | {"found": as_dict(found.found), "holds": found.holds}
                    for found in facts.lessons
                    if found.lesson is lesson
                ],
            }
            for lesson, holds in lessons_held(facts.lessons)
        ],
        "rounds": [
            {
                "title": each.turn.title,
                "answers": [{"key": one.question.key, "short": one.short, "interval": one.interval} for one in each.answers],
            }
            for each in facts.rounds
        ],
    }

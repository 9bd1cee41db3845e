"""Every question of a strategist, asked of organisations by the commands of the README, with answers and times.

Run as: python experiments/questions.py [FOLDER...] --work FOLDER --out docs/questions.md. Each FOLDER holds people.csv and
ties.csv of an organisation that is asked beside the generated one. About an hour for two organisations on two free cores.
What was answered is kept in the work folder: stopped and started again, it goes on with the question it was at. The page is
written after every answer and says itself what is still to be asked; nothing in it is by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from adoptsim import files
from adoptsim.simulation import model_version

GENERATED = "A generated organisation of 500 people"
WIDTH = 100
LIMIT_MINUTES = 5


class Question(NamedTuple):
    """A question, the command that answers it, and how many lines of its output are the answer; 0: all before a table.

    ``fewer``: options that an organisation from files is asked with, where twice the people would take over five minutes.
    """

    text: str
    command: str
    lines: int = 0
    fewer: str = ""


QUESTIONS = (
    Question("Does a launch last, and what does a policy add to it?", "compare launch-only lean-bundle all-ten", 8),
    Question("How many must begin, and how many may leave? Does it matter who begins?", "tipping typical"),
    Question("And where nothing is done for it?", "tipping no-support"),
    Question(
        "Where do networks live, by who begins and how strong the practices are?", "tipping typical --phase start strength"
    ),
    Question("Does it come back the way it went?", "tipping typical --hysteresis strength"),
    Question(
        "Which bundles of the ten practices are enough, and what does each practice add?",
        "sweep ten-practices",
        fewer="--replicates 12",
    ),
    Question("What of my policy could I leave out, what should I add?", "drop-one lean-bundle"),
    Question("In which order should the practices be introduced?", "order lean-bundle"),
    Question("Does the time of each practice matter?", "sweep order-of-practices"),
    Question("How many champions, and where?", "sweep champions-how-many-and-where"),
    Question("A pilot, or everywhere at once?", "sweep pilot-or-big-bang"),
    Question("Should leaders answer, or announce?", "sweep leaders-answer-or-broadcast"),
    Question("Which misuses kill a network that would live?", "sweep what-kills-it"),
    Question("Which policy is best whatever people are like?", "robustness launch-only lean-bundle all-ten"),
    Question("In which organisations does a policy hold?", "discover where-it-holds"),
    Question("What happens when something strikes?", "shocks all-ten lean-bundle"),
    Question("Why: where do two futures part, and for whom?", "explain all-ten --without 7 --no-shares"),
    Question("Who is unheard under the best bundles?", "results ten-practices.db --rank-by lowest --top 3", 4),
    Question("Which few practices keep a launched network alive?", "sweep smallest-bundles", fewer="--replicates 16"),
    Question("What matters most, practices or what we do not know?", "sensitivity what-matters", fewer="--trajectories 8"),
)


class Answer(NamedTuple):
    """What a command said, and what that took: seconds by the clock and of all processors together; how busy it was.

    ``load``: of the machine, a processor, before the command began.
    """

    command: str
    text: str
    seconds: float
    processor_seconds: float
    load: float
    version: str


Answers = Mapping[Path | None, Sequence[tuple[Question, Answer]]]
BUSY = 0.5
"""Of each processor, from which on a time is not that of a free machine."""


def asked_of(question: Question, folder: Path | None) -> str:
    """Return a command as it is typed for an organisation of one's own."""
    if folder is None:
        return question.command
    shipped = {*files.shipped("scenarios"), *files.shipped("experiments")}
    words = [f"{word}@{folder.name}" if word in shipped else word for word in question.command.split()]
    own = re.sub(r"\bten-practices\.db\b", f"{files.name_in_own('ten-practices', folder)}.db", " ".join(words))
    return f"{own} {question.fewer}".strip()


def answered(question: Question, folder: Path | None, work: Path) -> Answer:
    """Return what the command says, run as anybody would in a folder; what was answered before is not asked again."""
    typed = asked_of(question, folder)
    kept = work / f"{re.sub(r'[^A-Za-z0-9@.]+', '-', typed)}.json"
    if kept.exists():
        answer = Answer(**json.loads(kept.read_text(encoding="utf-8")))
        if answer.version == model_version():
            return answer
    answer = _ask(typed, question.lines, work)
    files.write_text(kept, json.dumps(answer._asdict(), indent=1))
    return answer


def _ask(typed: str, lines: int, work: Path) -> Answer:
    if typed.startswith("sweep"):
        _begin_anew(typed, work)
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "adoptsim.cli", *typed.split(), *([] if typed.startswith("results") else ["-q"])],
        cwd=work,
        env={**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"adoptsim {typed}: {done.stderr}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    sys.stderr.write(f"{seconds:7.1f} s  {spent:7.1f} s  adoptsim {typed}\n")
    return Answer(typed, first_of(done.stdout, lines), seconds, spent, load, model_version())


def _begin_anew(typed: str, work: Path) -> None:
    """Remove what a sweep that was stopped has left, so that its time is that of the whole."""
    name, _, folder = typed.split()[1].partition("@")
    stem = files.name_in_own(name, Path(folder)) if folder else name
    for left in work.glob(f"{stem}.*"):
        if left.suffix != ".json":
            left.unlink()


def first_of(text: str, lines: int) -> str:
    """Return the answer at the head of an output: so many lines that are not empty, or all before the first table."""
    every = [line.rstrip() for line in text.splitlines()]
    if lines:
        return "\n".join([line for line in every if line][:lines])
    head: list[str] = []
    for place, line in enumerate(every):
        if not line and head and any("\u2500" in later or "Lasts (" in later for later in every[place : place + 4]):
            break
        head.append(line)
    return "\n".join(head).strip("\n")


def document(answers: Answers) -> str:
    """Return the answers as a page."""
    return "\n".join(_lines(answers)) + "\n"


def _lines(answers: Answers) -> Iterator[str]:
    every = [answer for found in answers.values() for _, answer in found]
    busy = [answer for answer in every if answer.load > BUSY]
    cores = os.cpu_count() or 1
    yield "# Every question, answered"
    yield ""
    yield f"Made by `python experiments/questions.py FOLDER --out docs/questions.md`, model {model_version()}. Each answer"
    yield "is the head of what the command prints; tables and all other intervals follow there. Times: by the clock on"
    yield f"{cores} cores, and of all processors together: divided by {cores}, what so many free cores take at least."
    yield f"Aim: each in less than {LIMIT_MINUTES} minutes."
    if busy:
        yield f"The machine had other work when {len(busy)} of the {len(every)} answers were found: they are marked busy."
    for folder, found in answers.items():
        yield from ("", f"## {folder.name if folder else GENERATED}", "")
        yield from _summary(found)
        for question, answer in found:
            yield from ("", *_entry(question, answer, is_own=folder is not None))


def _summary(found: Sequence[tuple[Question, Answer]]) -> Iterator[str]:
    """Yield which command was the slowest, and which questions are still to be asked."""
    if found:
        slowest = max(found, key=lambda each: each[1].seconds)[1]
        yield f"The slowest: `adoptsim {slowest.command}`, {slowest.seconds:,.0f} s."
    missing = QUESTIONS[len(found) :]
    if missing:
        yield f"Still to be asked: {len(missing)} of {len(QUESTIONS)} questions, from '{missing[0].text}' on."


def _entry(question: Question, answer: Answer, *, is_own: bool) -> Iterator[str]:
    took = f"{answer.seconds:,.0f} s, {answer.processor_seconds:,.0f} s of processor time"
    if answer.load > BUSY:
        took += ", busy"
    yield from (f"### {question.text}", "", f"`adoptsim {answer.command}` ({took})", "")
    if is_own and question.fewer:
        yield f"With `{question.fewer}`, fewer runs than usual, to stay within {LIMIT_MINUTES} minutes: intervals are wider."
        yield ""
    yield from ("```text", answer.text, "```")


def main() -> None:
    """Ask everything, and write or print the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="people.csv and ties.csv of organisations to ask beside")
    parser.add_argument("--out", type=Path, help="write the page here (.md)")
    parser.add_argument("--work", type=Path, default=Path("questions"), help="keep answers and sweeps in this folder")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    for folder in given.folders:
        link = given.work / folder.name
        if not link.exists():
            link.symlink_to(folder.absolute())
    answers: dict[Path | None, list[tuple[Question, Answer]]] = {folder: [] for folder in [None, *given.folders]}
    for question in QUESTIONS:
        for folder, found in answers.items():
            found.append((question, answered(question, folder, given.work)))
            if given.out is not None:
                files.write_text(given.out, document(answers))
    if given.out is None:
        sys.stdout.write(document(answers))


if __name__ == "__main__":
    main()

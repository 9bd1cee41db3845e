"""Files of every kind, damaged by a seeded hand: each is read as before or refused with its name and the place in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import OrganisationSpec
from adoptsim.files import Scenario, read_organisation
from adoptsim.simulation import Simulator
from adoptsim.sweeps.experiment import Experiment
from adoptsim.sweeps.plan import make_plan

FEW_PEOPLE, FEW_POINTS = 2_000, 500  # more are only read, not begun
WHOLE = {
    "scenario.yaml": "name: s\norganisation: {people: 120}\npractices:\n  safe_space: {start: 21}\n"
    "levers: {inbox_capacity: 0.3}\n",
    "experiment.yaml": "name: e\nscenario: no-support\n"
    "vary:\n  practices.safe_space: on_off\n  levers.answer_prob: [0.1, 0.2]\n"
    "uncertain: {parameters.reward_rate: plausible}\nworlds: 4\nreplicates: 2\n",
    "points.csv": "practices.safe_space,reward_rate\non,0.1\noff,0.2\n",
    "people.csv": "id,manager,department\nann,,top\nbob,ann,sales\ncyd,ann,sales\ndee,bob,sales\n",
    "ties.csv": "source,target,weight\nann,bob,1\nbob,cyd,2\n",
}
TABLE = "name: t\nscenario: no-support\npoints: points.csv\n"
OF_THE_WHOLE_FILE = ("is empty", "lists ")  # no tie, or too few people
SPICE = (b"\x00", b"\xff", b"\t", b"\n", b":", b"- ", b"'", b'"', b"{", b"[", b"&a ", b"*a", b"!!", b",", b".nan", b"9" * 30)


@dataclass
class Found:
    """What came of damaged files; ``nowhere``: refusals that do not say where."""

    refused: int = 0
    read: int = 0
    nowhere: list[str] = field(default_factory=list)


def mutate(folder: Path, n: int, seed: int) -> Found:
    """Damage ``n`` files, one after the other, and use each; whatever is raised but an ``InputError`` comes through."""
    luck, found = random.Random(seed), Found()
    for name, text in {**WHOLE, "table.yaml": TABLE}.items():
        (folder / name).write_text(text)
    for turn in range(n):
        name = list(WHOLE)[turn % len(WHOLE)]
        content = damaged(WHOLE[name].encode(), luck)
        (folder / name).write_bytes(content)
        try:
            USES[name](folder)
            found.read += 1
        except InputError as error:
            found.refused += 1
            lost = [str(problem) for problem in error.problems if not says_where(problem, name)]
            found.nowhere += [f"{content!r}: {each}" for each in lost]
        (folder / name).write_text(WHOLE[name])
    return found


def says_where(problem: Problem, name: str) -> bool:
    """Return whether a problem names its file and, unless it is one of the whole file, the field or line."""
    is_of_all = problem.message.startswith(OF_THE_WHOLE_FILE)
    is_rest = problem.message.startswith("and ") and problem.message.endswith("more problems")
    return is_rest or (name in str(problem) and bool(problem.field or problem.line or is_of_all))


def damaged(content: bytes, luck: random.Random) -> bytes:
    """Return content with up to four bytes or pieces changed."""
    for _ in range(luck.randint(1, 4)):
        place, piece = luck.randrange(len(content) + 1), luck.choice([*SPICE, luck.randbytes(2)])
        cut = luck.choice([0, 0, 1, len(piece), 5])
        content = content[:place] + luck.choice([piece, b""]) + content[place + cut :]
    return content


def _use_scenario(folder: Path) -> None:
    scenario = Scenario.load(folder / "scenario.yaml")
    if scenario.organisation.people <= FEW_PEOPLE:
        Simulator(scenario, seed=1).start(0)


def _use_experiment(folder: Path, name: str = "experiment.yaml") -> None:
    experiment = Experiment.load(folder / name)
    if experiment.n_points <= FEW_POINTS:
        make_plan(experiment)


def _use_organisation(folder: Path) -> None:
    spec = OrganisationSpec(people_file=str(folder / "people.csv"), ties_file=str(folder / "ties.csv"))
    read_organisation(spec, seed=1, replicate=0)


USES: dict[str, Callable[[Path], None]] = {
    "scenario.yaml": _use_scenario,
    "experiment.yaml": _use_experiment,
    "points.csv": lambda folder: _use_experiment(folder, "table.yaml"),
    "people.csv": _use_organisation,
    "ties.csv": _use_organisation,
}

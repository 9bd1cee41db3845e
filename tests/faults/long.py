"""The hard tests at length: ``python tests/faults/long.py kill memory mutations overhead`` prints what it measured.

Minutes to an hour; not part of the test suite, which does the same things briefly.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from faults import harm

KILLS, POINTS, MUTATIONS = 30, 200_000, 2_000


def kill(folder: Path) -> str:
    """Kill the driver at 30 random moments; compare with a sweep that was left alone."""
    experiment, out, whole = harm.prepare(folder, 4_000), folder / "killed.db", folder / "whole.db"
    assert harm.run(experiment, whole).returncode == 0
    killed = harm.kill_again_and_again(experiment, out, KILLS, seed=7, most_seconds=1.0)
    same = harm.table(out) == harm.table(whole)
    return f"killed {killed.times} times, kept {killed.kept}; done twice: {killed.computed_twice}; same bytes: {same}"


def memory(folder: Path) -> str:
    """Pass many short points; say how much memory the driver takes as they pass."""
    import numpy as np
    import pandas as pd

    from adoptsim.sweeps.experiment import Experiment
    from adoptsim.sweeps.runner import sweep
    from adoptsim.sweeps.status import Status

    harm.prepare(folder, 1)
    n = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2].isdigit() else POINTS
    points = pd.DataFrame({"parameters.reward_rate": np.linspace(0.05, 0.3, n)})
    (folder / "base.yaml").write_text(harm.BASE.replace("days: 60, support_until: 30", "days: 20, support_until: 5"))
    experiment = Experiment.from_frame(points, scenario=str(folder / "base.yaml"), replicates=1)
    seen: list[tuple[int, float]] = []

    def watch(status: Status) -> None:
        if not seen or status.done >= seen[-1][0] + n // 10:
            seen.append((status.done, now_mb()))

    began = time.monotonic()
    sweep(experiment, out=folder / "many.db", watch=watch, threads=1)
    told = ", ".join(f"{done:,}: {mb:.0f} MB" for done, mb in seen)
    return f"{n:,} points in {time.monotonic() - began:.0f} s; resident memory by runs done: {told}"


def now_mb() -> float:
    """Return the memory in use now; where the system doesn't say, the most so far."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmRSS:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def mutations(folder: Path) -> str:
    """Damage files of all four kinds at random; whatever is raised is an InputError that names the file."""
    import random

    from adoptsim.domain.errors import InputError
    from adoptsim.files import Scenario, read_organisation
    from adoptsim.sweeps.experiment import Experiment

    people = "id,manager,department\nann,,top\nbob,ann,sales\ncyd,ann,sales\ndee,bob,sales\n"
    ties, luck, refused = "source,target,weight\nann,bob,1\nbob,cyd,2\n", random.Random(11), 0
    points = "practices.safe_space,reward_rate\non,0.1\noff,0.2\n"
    kinds: dict[str, tuple[str, Callable[[Path], object]]] = {
        "s.yaml": ("name: s\norganisation: {people: 120}\npractices:\n  safe_space: {start: 21}\n", Scenario.load),
        "e.yaml": ("name: e\nscenario: no-support\nvary:\n  practices.safe_space: on_off\n  levers.answer_prob: [0.1, 0.2]\n"
                   "uncertain: {parameters.reward_rate: plausible}\nworlds: 4\n", Experiment.load),
        "p.csv": (points, lambda path: Experiment.load(path.with_name("t.yaml"))),
        "people.csv": (people, lambda path: read_organisation(_spec(path.parent), seed=1, replicate=0)),
        "ties.csv": (ties, lambda path: read_organisation(_spec(path.parent), seed=1, replicate=0)),
    }  # fmt: skip
    for name, (text, _) in kinds.items():
        (folder / name).write_text(text)
    (folder / "t.yaml").write_text("name: t\nscenario: no-support\npoints: p.csv\n")
    for turn in range(MUTATIONS):
        name = list(kinds)[turn % len(kinds)]
        text, load = kinds[name]
        (folder / name).write_bytes(damaged(text.encode(), luck))
        try:
            load(folder / name)
        except InputError as error:
            refused += 1
            assert all(problem.file or problem.field or "more problems" in str(problem) for problem in error.problems), error
        (folder / name).write_text(text)
    return f"{MUTATIONS:,} damaged files: {refused:,} refused with file or field, the others were still good; no traceback"


def _spec(folder: Path):  # type: ignore[no-untyped-def]
    from adoptsim.domain.scenario import OrganisationSpec

    return OrganisationSpec(people_file=str(folder / "people.csv"), ties_file=str(folder / "ties.csv"))


def damaged(content: bytes, luck) -> bytes:  # type: ignore[no-untyped-def]
    """Return content with up to four bytes or pieces changed."""
    spice = (
        b"\x00",
        b"\xff",
        b"\t",
        b"\n",
        b":",
        b"- ",
        b"'",
        b'"',
        b"{",
        b"[",
        b"&a ",
        b"*a",
        b"!!",
        b",",
        b".nan",
        b"9" * 30,
    )
    for _ in range(luck.randint(1, 4)):
        place, piece = luck.randrange(len(content) + 1), luck.choice([*spice, luck.randbytes(2)])
        cut = luck.choice([0, 0, 1, len(piece), 5])
        content = content[:place] + luck.choice([piece, b""]) + content[place + cut :]
    return content


def overhead(folder: Path) -> str:
    """Compare a sweep's seconds with those of its runs alone, one thread, best of three each in turn."""
    from adoptsim.simulation import OrganisationSource, Simulator
    from adoptsim.sweeps.experiment import Experiment
    from adoptsim.sweeps.plan import make_plan
    from adoptsim.sweeps.runner import sweep

    full = Experiment.load("ten-practices")
    experiment = full.model_copy(update={"vary": dict(list(full.vary.items())[:5]), "replicates": 8})
    bare, swept = [], []
    for turn in range(3):
        plan = make_plan(experiment)
        source = OrganisationSource(plan.base.organisation, plan.seed)
        began = time.process_time()
        for point in plan.points:
            simulator = Simulator(plan.scenario(point.key), seed=plan.seed, source=source)
            for replicate in range(experiment.replicates):
                simulator.outcomes(simulator.run(replicate))
        bare.append(time.process_time() - began)
        began = time.process_time()
        sweep(experiment, out=folder / f"{turn}.db", threads=1)
        swept.append(time.process_time() - began)
    extra = min(swept) / min(bare) - 1.0
    return f"{len(plan.points) * 8} runs: bare {min(bare):.2f} s, sweep {min(swept):.2f} s of processor, {extra:+.1%}"


if __name__ == "__main__":
    for asked in [name for name in sys.argv[1:] if not name.isdigit()] or ["kill", "memory", "mutations", "overhead"]:
        with tempfile.TemporaryDirectory() as made:
            sys.stdout.write(f"{asked}: {globals()[asked](Path(made))}\n")

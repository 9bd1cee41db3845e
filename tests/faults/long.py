"""The hard tests at length: ``python tests/faults/long.py`` prints what it measured; names choose among them.

Ends with 1, and says why, if anything that is promised does not hold. Minutes to an hour; not part of the test suite,
which does the same things briefly. A number after a name is how many:
``kill 30 memory 200000 mutations 20000 overhead 10 interrupt 10``.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from faults import harm, mutate

from adoptsim.simulation import Simulator
from adoptsim.sweeps.experiment import Experiment
from adoptsim.sweeps.measures import MEASURES
from adoptsim.sweeps.plan import make_plan
from adoptsim.sweeps.runner import RUNS_DONE_AGAIN, sweep
from adoptsim.sweeps.status import Status
from adoptsim.sweeps.work import Worker, setting_of

MOST_GROWTH_MB = 32.0  # while runs pass, once the cache of traits is full
FULL_AFTER = 18_000  # runs of 60 people: traits of up to a million people are kept
MOST_OF_A_FRAME = 3.0  # what summing up may take, in sizes of the frame that is given back
MOST_OVERHEAD = 0.03
MOST_SECONDS_TO_STOP = 2.0


@dataclass(frozen=True)
class Measured:
    """What was measured, in words, and of each thing that is promised whether it held."""

    words: str
    held: Mapping[str, bool]


def kill(folder: Path, kills: int = 30) -> Measured:
    """Kill the driver at random moments; compare with a sweep that was left alone."""
    experiment, out, whole = harm.prepare(folder, 8_000), folder / "killed.db", folder / "whole.db"
    assert harm.run(experiment, whole).returncode == 0
    killed = harm.kill_again_and_again(experiment, out, kills, seed=7, most_seconds=3.0)
    same = harm.table(out) == harm.table(whole)
    words = (
        f"killed {killed.times} times, kept {killed.kept}; finished runs lost: {killed.lost}; done again to compare at each "
        f"start: {killed.compared}; begun twice by one process: {killed.twice}; same bytes: {same}"
    )
    held = {
        "the same bytes as an undisturbed sweep": same,
        "nothing that was finished is lost": killed.lost == 0 and killed.kept == sorted(killed.kept),
        "no run is done twice by one process": killed.twice == 0,
        f"at most {RUNS_DONE_AGAIN} finished runs are done again at a start": max(killed.compared) <= RUNS_DONE_AGAIN,
    }
    return Measured(words, held)


def memory(folder: Path, n: int = 200_000) -> Measured:
    """Pass many short points; say how much memory the driver takes as they pass, and when they are summed up."""
    import numpy as np
    import pandas as pd

    points = pd.DataFrame({"parameters.reward_rate": np.linspace(0.05, 0.3, n)})
    (folder / "base.yaml").write_text(harm.BASE.replace("days: 60, support_until: 30", "days: 20, support_until: 5"))
    experiment = Experiment.from_frame(points, scenario=str(folder / "base.yaml"), replicates=1)
    seen: list[tuple[int, float]] = []

    def watch(status: Status) -> None:
        if not seen or status.done >= seen[-1][0] + n // 10 or status.done == n:
            seen.append((status.done, memory_mb("VmRSS")))
        if status.done == n:
            Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here on

    began, used = time.monotonic(), time.process_time()
    frame = sweep(experiment, out=folder / "many.db", watch=watch, threads=1)
    peak, size = memory_mb("VmHWM"), frame.memory_usage(deep=True).sum() / 2**20
    assert (len(frame), frame["n"].sum()) == (n, n)
    told = ", ".join(f"{done:,}: {mb:.0f} MB" for done, mb in seen)
    took = f"{time.monotonic() - began:.0f} s ({time.process_time() - used:.0f} s of processor)"
    words = f"{n:,} points in {took}; resident memory by runs done: {told}; most while summing up: {peak:.0f} MB"
    first, last = next((mb for done, mb in seen if done >= FULL_AFTER), seen[-1][1]), seen[-1][1]
    grown, more = last - first, peak - last
    return Measured(
        f"{words}, of which {size:.0f} MB are the frame that is given back",
        {
            f"memory is flat while runs pass ({grown:+.0f} MB)": grown <= MOST_GROWTH_MB,
            f"summing up takes a few frames at most ({more:+.0f} MB)": more <= MOST_GROWTH_MB + MOST_OF_A_FRAME * size,
        },
    )


def memory_mb(what: str) -> float:
    """Return the memory in use now (VmRSS) or at most so far (VmHWM), MB."""
    return int(Path("/proc/self/status").read_text().split(f"{what}:")[1].split()[0]) / 1024


def mutations(folder: Path, n: int = 20_000) -> Measured:
    """Damage files of all kinds at random; whatever is raised says which file and where in it."""
    found = mutate.mutate(folder, n, seed=11)
    told = f"{found.refused:,} refused, {found.read:,} still good; refused without a place: {len(found.nowhere)}"
    held = {f"each refusal names file and place, unlike {found.nowhere[:3]}": not found.nowhere}
    return Measured(f"{n:,} damaged files: {told}; no traceback", held)


def overhead(folder: Path, practices: int = 10) -> Measured:
    """Compare the processor time of the whole default sweep with that of its runs alone, both taken within it.

    So others' load is in both. Alone is what a loop over points and replicates takes: simulators, runs, their outcomes, and
    freeing what they used; ten practices are the default sweep.
    """
    full = Experiment.load("ten-practices")
    experiment = full.model_copy(update={"vary": dict(list(full.vary.items())[:practices])})
    sweep(experiment.model_copy(update={"vary": dict(list(full.vary.items())[:2])}), threads=1)  # compiled and warm
    with _counting() as alone:
        began = time.process_time()
        sweep(experiment, out=folder / "o.db", threads=1)
        whole = time.process_time() - began
    runs = experiment.n_points * experiment.replicates
    bare = alone["seconds"] - runs * _own_seconds()
    each = f"{runs:,} runs of {1000 * bare / runs:.1f} ms"
    more = whole / bare - 1.0
    words = f"{each}: alone {bare:.2f} s, the sweep {whole:.2f} s of processor, {more:+.2%}"
    return Measured(words, {f"the sweep takes less than {MOST_OVERHEAD:.0%} more than its runs": more < MOST_OVERHEAD})


@contextlib.contextmanager
def _counting() -> Iterator[dict[str, float]]:
    """Add up the processor time of making simulators and of doing runs, in whichever thread."""
    spent, counted = {"seconds": 0.0}, {(Simulator, "__init__"), (Worker, "_one")}
    before = {(owner, name): getattr(owner, name) for owner, name in counted}

    def counts(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return function(*given, **named)
            finally:
                spent["seconds"] += time.thread_time() - began

        return call

    for (owner, name), function in before.items():
        setattr(owner, name, counts(function))
    yield spent
    for (owner, name), function in before.items():
        setattr(owner, name, function)


def _own_seconds(n: int = 20_000) -> float:
    """Return what the sweep itself takes of a run within `Worker._one`: all but running and measuring."""
    plan = make_plan(Experiment.load("ten-practices"))
    worker = Worker(setting_of(plan, MEASURES, (), None))
    values = dict.fromkeys(MEASURES, 0.5)
    nothing = SimpleNamespace(run=lambda replicate, stop: None, outcomes=lambda world: values)
    job = next(plan.jobs())
    began = time.thread_time()
    for _ in range(n):
        worker._one(nothing, job)  # type: ignore[arg-type]
    return (time.thread_time() - began) / n


def interrupt(folder: Path, times: int = 10) -> Measured:
    """Press Ctrl-C in the default sweep at random moments; say how long the command takes to end."""
    luck, seconds, used, out = random.Random(5), [], [], folder / "stopped.db"
    for _ in range(times):
        before = len(harm.finished(out))
        process = subprocess.Popen(
            harm.command(Path("ten-practices"), out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=harm.environment(),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a background job ignores it
        )
        while len(harm.finished(out)) <= before and process.poll() is None:
            time.sleep(0.05)
        time.sleep(luck.uniform(0.0, 2.0))
        began, spent = time.monotonic(), processor_seconds(process.pid)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.monotonic() - began)
        used.append(usage.ru_utime + usage.ru_stime - spent)
        assert os.waitstatus_to_exitcode(status) == 130, (status, said)
        assert "goes on from there" in said
    median = statistics.median
    busy = f"; {median(used):.2f} s of processor, at most {max(used):.2f} s; load {os.getloadavg()[0]:.0f}"
    words = f"{times} times Ctrl-C: ended after {median(seconds):.2f} s, at most {max(seconds):.2f} s{busy}"
    is_busy = os.getloadavg()[0] > (os.cpu_count() or 1)  # others' work is not what is measured
    most, what = (max(used), " of processor, as others are at work here") if is_busy else (max(seconds), "")
    return Measured(words, {f"ended within {MOST_SECONDS_TO_STOP:g} s{what}": most <= MOST_SECONDS_TO_STOP})


def processor_seconds(process: int) -> float:
    """Return what a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


HARD: dict[str, Callable[..., Measured]] = {each.__name__: each for each in (kill, memory, mutations, overhead, interrupt)}


def main(words: Sequence[str]) -> int:
    """Do what is named, all if nothing is; return 1 if anything that is promised did not hold."""
    code = 0
    words = words or list(HARD)
    for place, word in enumerate(words):
        if word.isdigit():
            continue
        many = [int(each) for each in words[place + 1 : place + 2] if each.isdigit()]
        with tempfile.TemporaryDirectory() as made:
            measured = HARD[word](Path(made), *many)
        sys.stdout.write(f"{word}: {measured.words}\n")
        for promise, held in measured.held.items():
            if not held:
                sys.stdout.write(f"{word}: DOES NOT HOLD: {promise}\n")
                code = 1
        sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

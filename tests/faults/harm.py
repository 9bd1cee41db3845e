"""What is done to a sweep to see that it holds: it is killed, or given no room. Briefly in tests, at length by hand."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

BASE = """name: base
organisation: {people: 60}
horizon: {days: 60, support_until: 30}
critical_mass: {threshold: 0.1, held_days: 10, after_support_days: 10}
"""
EXPERIMENT = """name: faults
scenario: base.yaml
replicates: %d
vary:
  practices.safe_space: on_off
  practices.critical_mass: on_off
  practices.trust_employees: on_off
"""
ROOM = 250_000  # bytes that a file may have, where there is little room
STARTED_SECONDS = 120
START_SECONDS = 3.0  # what starting takes, about
WHILE_STARTING = 0.25  # of all kills


def prepare(folder: Path, replicates: int) -> Path:
    """Write a small experiment; return its file."""
    (folder / "base.yaml").write_text(BASE)
    (folder / "x.yaml").write_text(EXPERIMENT % replicates)
    return folder / "x.yaml"


def command(experiment: Path, out: Path, *more: str) -> list[str]:
    """Return what runs a sweep from the command line."""
    return [sys.executable, "-m", "adoptsim.cli", "sweep", str(experiment), "--out", str(out), "--quiet", "--json", *more]


def run(experiment: Path, out: Path, *more: str, room: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run a sweep to its end; ``room``: bytes that any of its files may have."""

    def limit() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        command(experiment, out, *more), capture_output=True, text=True, check=False, env=environment(), preexec_fn=limit
    )


def environment() -> dict[str, str]:
    """Return the environment, with this package where this process has found it."""
    import adoptsim

    return os.environ | {"PYTHONPATH": str(Path(adoptsim.__file__).parent.parent)}


def table(out: Path) -> str:
    """Return the exported table of all runs as text."""
    from adoptsim.sweeps.results import load_runs

    return str(load_runs(out).to_csv(index=False, lineterminator="\n"))


def finished(out: Path) -> dict[str, float]:
    """Return when each run that is kept was finished."""
    if not out.exists():
        return {}
    with sqlite3.connect(f"{out.as_uri()}?mode=ro", uri=True) as connection:
        has_runs = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'run'").fetchone()
        found = dict(connection.execute("SELECT run_key, finished FROM run")) if has_runs else {}
    connection.close()
    return found


@dataclass
class Killed:
    """What came of a sweep that was killed again and again."""

    times: int = 0
    kept: list[int] = field(default_factory=list)
    """Finished runs after each kill."""
    compared: list[int] = field(default_factory=list)
    """Of each start: finished runs that were done again, to see that the bits are the same."""
    twice: int = 0
    """Runs that one process began twice."""
    lost: int = 0
    """Finished runs that were not there any more, or had been written again."""


def kill_again_and_again(experiment: Path, out: Path, times: int, seed: int, most_seconds: float) -> Killed:
    """Start the sweep and kill it (-9) at random moments, while it starts or after its first runs; then let it end."""
    luck, killed = random.Random(seed), Killed()
    for turn in range(times):
        before, noted = finished(out), out.with_suffix(f".{turn}.begun")
        process = subprocess.Popen(
            noted_command(noted, experiment, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
        )
        if luck.random() < WHILE_STARTING:
            time.sleep(luck.uniform(0.0, START_SECONDS))
        else:
            _wait_for_runs(process, out, len(before))
            time.sleep(luck.uniform(0.0, most_seconds))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed.times += 1
        process.wait()
        _count(killed, before, finished(out), noted)
    before, noted = finished(out), out.with_suffix(".last.begun")
    ended = subprocess.run(
        noted_command(noted, experiment, out), capture_output=True, text=True, check=False, env=environment()
    )
    assert ended.returncode == 0, ended.stderr
    _count(killed, before, finished(out), noted)
    return killed


def noted_command(noted: Path, experiment: Path, out: Path) -> list[str]:
    """Return what runs a sweep and writes down each run that it begins."""
    words = command(experiment, out)
    return [words[0], str(Path(__file__).with_name("noted.py")), str(noted), *words[words.index("sweep") :]]


def _wait_for_runs(process: subprocess.Popen[bytes], out: Path, n: int) -> None:
    until = time.monotonic() + STARTED_SECONDS
    while process.poll() is None and len(finished(out)) <= n and time.monotonic() < until:
        time.sleep(0.02)


def _count(killed: Killed, before: dict[str, float], after: dict[str, float], noted: Path) -> None:
    begun = noted.read_text().split() if noted.exists() else []
    killed.kept.append(len(after))
    killed.compared.append(len(before.keys() & set(begun)))
    killed.twice += len(begun) - len(set(begun))
    killed.lost += sum(after.get(key) != when for key, when in before.items())

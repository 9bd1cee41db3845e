"""Short versions of what ``python tests/faults/long.py`` does at length."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adoptsim.sweeps.runner import RUNS_DONE_AGAIN

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and limits that Windows does not have")
if sys.platform != "win32":
    from faults import harm, mutate


@pytest.mark.timeout(280)
def test_a_sweep_killed_at_random_moments_ends_with_the_same_bytes_and_does_nothing_twice(tmp_path: Path) -> None:
    experiment, out, whole = harm.prepare(tmp_path, 300), tmp_path / "killed.db", tmp_path / "whole.db"
    assert harm.run(experiment, whole).returncode == 0
    killed = harm.kill_again_and_again(experiment, out, times=3, seed=1, most_seconds=0.5)
    assert killed.times >= 1
    assert killed.kept == sorted(killed.kept)
    assert (killed.lost, killed.twice) == (0, 0)
    assert killed.compared[-1] == RUNS_DONE_AGAIN  # these two, on purpose, and no other
    assert max(killed.compared) <= RUNS_DONE_AGAIN
    assert harm.table(out) == harm.table(whole)


def test_a_full_disk_is_told_loses_nothing_and_the_sweep_goes_on_after_space_is_made(tmp_path: Path) -> None:
    experiment, out, whole = harm.prepare(tmp_path, 60), tmp_path / "full.db", tmp_path / "whole.db"
    assert harm.run(experiment, whole, "--series").returncode == 0
    full = harm.run(experiment, out, "--series", room=harm.ROOM)
    assert full.returncode == 2
    assert "full.db: cannot be written" in full.stderr
    assert "Traceback" not in full.stderr
    kept = harm.finished(out)
    assert 0 < len(kept) < 480
    assert harm.run(experiment, out, "--series").returncode == 0
    after = harm.finished(out)
    assert all(after[key] == when for key, when in kept.items())
    assert harm.table(out) == harm.table(whole)


def test_a_full_file_system_is_told_and_what_is_there_is_readable_until_space_is_made(tmp_path: Path) -> None:
    """A tmpfs of 300 kB, where we may mount one: the write fails in the middle of a commit."""
    room = tmp_path / "room"
    room.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(room)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only the administrator may mount a tmpfs")
    try:
        experiment, out, whole = harm.prepare(tmp_path, 60), room / "full.db", tmp_path / "whole.db"
        assert harm.run(experiment, whole, "--series").returncode == 0
        full = harm.run(experiment, out, "--series")
        assert full.returncode == 2
        assert "full.db: cannot be written: database or disk is full; make room" in full.stderr
        assert "Traceback" not in full.stderr
        kept = harm.finished(out)
        assert 0 < len(kept) < 480
        subprocess.run(["mount", "-o", "remount,size=20m", str(room)], check=True)
        assert harm.run(experiment, out, "--series").returncode == 0
        assert kept.items() <= harm.finished(out).items()
        assert harm.table(out) == harm.table(whole)
    finally:
        subprocess.run(["umount", str(room)], check=True)


def test_2000_damaged_files_are_read_or_refused_with_file_and_place_and_never_end_in_a_traceback(tmp_path: Path) -> None:
    found = mutate.mutate(tmp_path, 2_000, seed=1)
    assert found.nowhere == []
    assert found.refused + found.read == 2_000
    assert min(found.refused, found.read) > 100  # the damage is neither too great nor too little to tell anything


def test_the_hard_tests_end_with_1_and_say_what_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from faults import long

    monkeypatch.setitem(long.HARD, "memory", lambda folder, n: long.Measured(f"{n} points", {"flat": n < 5}))
    assert long.main(["memory", "4"]) == 0
    assert long.main(["memory", "4", "memory", "6"]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["memory: 6 points", "memory: DOES NOT HOLD: flat"]


def test_the_hard_tests_hold_in_short(tmp_path: Path) -> None:
    from faults import long

    for found in (long.memory(tmp_path, 2_000), long.mutations(tmp_path, 50)):
        assert found.held
        assert all(found.held.values()), found

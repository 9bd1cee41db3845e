"""Short versions of what ``python tests/faults/long.py`` does at length."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and limits that Windows does not have")
if sys.platform != "win32":
    from faults import harm


@pytest.mark.timeout(280)
def test_a_sweep_killed_at_random_moments_ends_with_the_same_bytes_and_does_nothing_twice(tmp_path: Path) -> None:
    experiment, out, whole = harm.prepare(tmp_path, 300), tmp_path / "killed.db", tmp_path / "whole.db"
    assert harm.run(experiment, whole).returncode == 0
    killed = harm.kill_again_and_again(experiment, out, times=3, seed=1, most_seconds=0.5)
    assert killed.times >= 1
    assert killed.computed_twice == 0
    assert killed.kept == sorted(killed.kept)
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

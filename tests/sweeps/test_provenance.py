"""A sweep's file says where its numbers come from: who asked for what, with which versions, and everybody who went on."""

from __future__ import annotations

import os
import platform
import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from sweeps.sweeping import as_csv, small_experiment, stop_after

from adoptsim.domain.errors import InputError
from adoptsim.simulation import model_version
from adoptsim.sweeps.provenance import load_provenance
from adoptsim.sweeps.results import load_results
from adoptsim.sweeps.runner import SweepInterrupted, sweep


def test_a_file_says_what_was_asked_and_what_has_computed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["adoptsim", "sweep", "my question.yaml"])
    experiment, out = small_experiment(tmp_path, seed=7), tmp_path / "small.db"
    sweep(experiment, out=out, threads=2)
    told = load_provenance(out)
    assert told["command"] == "adoptsim sweep 'my question.yaml'"
    assert told["experiment"]["vary"] == {name: [False, True] for name in experiment.vary}
    assert told["scenario"]["organisation"]["people"] == 60
    assert (told["seed"], told["replicates"], told["finished"], told["failed"]) == (7, 3, 12, 0)
    assert told["model_version"] == model_version()
    assert told["versions"]["numpy"] == np.__version__
    assert told["versions"]["platform"] == platform.platform()
    created, ended = (datetime.fromisoformat(told[name]) for name in ("created", "ended"))
    assert created <= ended
    assert told["seconds"] > 0.0


def test_a_notebook_is_called_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/lib/ipykernel_launcher.py", "-f", "/run/kernel-1.json"])
    sweep(small_experiment(tmp_path), out=tmp_path / "small.db")
    assert load_provenance(tmp_path / "small.db")["command"] == "a Python notebook"


def test_every_start_is_there_with_how_it_ended(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    with pytest.raises(SweepInterrupted):
        sweep(experiment, out=out, threads=1, progress=stop_after(4))
    assert load_provenance(out)["ended"] is None
    sweep(experiment, out=out, threads=2)
    first, second = load_provenance(out)["starts"]
    assert (first["how"], second["how"]) == ("interrupted", "finished")
    assert (first["engine"], second["engine"]) == ("1 thread", "2 threads")
    assert first["found"] == 0
    assert 4 <= first["kept"] == second["found"] < second["kept"] == 12
    assert first["place"].startswith(f"process {os.getpid()} on ")


def test_a_killed_process_leaves_its_start_open_and_the_lock_free(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)
    script = f"""
        import time
        from pathlib import Path
        from adoptsim.sweeps.provenance import noted
        from adoptsim.sweeps.store import open_store
        with open_store({str(out)!r}) as store, noted(store, "2 threads"):
            print("at work", flush=True)
            time.sleep(60)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "at work\n"
        with pytest.raises(InputError, match=f"process {other.pid} on .* is running this sweep; wait for it"):
            sweep(experiment, out=out)
        assert len(load_results(out)) == 4  # reading is allowed
        other.send_signal(signal.SIGKILL)
    assert as_csv(sweep(experiment, out=out)) == as_csv(sweep(experiment))
    starts = load_provenance(out)["starts"]
    assert [start["how"] for start in starts] == ["finished", None, "finished"]
    assert starts[1]["ended"] is None


def test_a_file_of_before_starts_were_kept_goes_on(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)
    with sqlite3.connect(out) as connection:
        connection.execute("DROP TABLE start")
    connection.close()
    assert load_provenance(out)["starts"] == []
    sweep(experiment, out=out)
    assert len(load_provenance(out)["starts"]) == 1


def test_a_grown_design_keeps_who_began_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "small.db"
    monkeypatch.setattr(sys, "argv", ["first"])
    sweep(small_experiment(tmp_path), out=out)
    monkeypatch.setattr(sys, "argv", ["second"])
    sweep(small_experiment(tmp_path, replicates=4), out=out)
    told = load_provenance(out)
    assert told["command"] == "first"
    assert [start["command"] for start in told["starts"]] == ["first", "second"]

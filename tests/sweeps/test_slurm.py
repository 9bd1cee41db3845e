"""The recipe for Slurm in docs/sweeps.md, with stand-ins for Slurm's own commands that start the jobs on this machine.

What Slurm itself does with a job is not tested: there is none here.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from sweeps.sweeping import as_csv, certificate, small_experiment

from adoptsim.sweeps.provenance import load_provenance
from adoptsim.sweeps.runner import sweep

ctrl_c = signal.getsignal(signal.SIGINT)
jobqueue = pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed: pip install dask-jobqueue")
signal.signal(signal.SIGINT, ctrl_c)  # the import has made Ctrl-C leave the program, for every test after this one
pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts"),
]
HERE: dict[str, Any] = {
    "scheduler_options": {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"},
    "worker_extra_args": ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"],
}
SBATCH = """#!/bin/sh
cp "$1" "$SLURM_STAND_IN/job.sh"
setsid sh "$SLURM_STAND_IN/job.sh" > "$SLURM_STAND_IN/job.log" 2>&1 &
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
for job in "$@"; do kill -- "-$job"; done
echo "$@" >> "$SLURM_STAND_IN/cancelled"
"""


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of stand-ins for Slurm's commands, first on the path."""
    for name, script in {"sbatch": SBATCH, "scancel": SCANCEL}.items():
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.setenv("SLURM_STAND_IN", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificates with openssl, which is not here")
def test_the_recipe_for_slurm_gives_the_same_bytes_through_its_jobs(slurm: Path) -> None:
    from distributed import Security

    cert, key = (str(path) for path in certificate(slurm, "group"))
    parts = {
        f"tls_{who}_{what}": path
        for who in ("client", "scheduler", "worker")
        for what, path in (("cert", cert), ("key", key))
    }
    security = Security(tls_ca_file=cert, require_encryption=True, **parts)
    experiment, out = small_experiment(slurm), slurm / "sweep.db"
    with jobqueue.SLURMCluster(
        cores=2, processes=1, memory="1GB", walltime="00:10:00", security=security, protocol="tls://", **HERE
    ) as cluster:
        cluster.scale(jobs=1)
        client = cluster.get_client()
        client.wait_for_workers(1, timeout=60)
        assert cluster.scheduler_address.startswith("tls://127.0.0.1:")
        assert as_csv(sweep(experiment, out=out, dask=client)) == as_csv(sweep(experiment))
        client.close()
    assert load_provenance(out)["starts"][0]["engine"].startswith("Dask at tls://127.0.0.1:")
    asked = (slurm / "job.sh").read_text()
    assert "#SBATCH --cpus-per-task=2" in asked
    assert "#SBATCH -t 00:10:00" in asked
    assert (slurm / "cancelled").exists()

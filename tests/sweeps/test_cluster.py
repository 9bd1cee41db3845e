"""A real Dask scheduler and two workers on this machine: the same bytes, whoever is killed, and clear words if all is lost.

Everything listens on 127.0.0.1 only, and everything that is started here is ended here.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sweeps.sweeping import as_csv, small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.sweeps import cluster, plan
from adoptsim.sweeps.engines import EngineLost
from adoptsim.sweeps.results import load_results
from adoptsim.sweeps.runner import sweep

pytest.importorskip("distributed", reason="the extra 'dask' is not installed: pip install distributed")
pytestmark = [pytest.mark.timeout(240), pytest.mark.filterwarnings("ignore")]
START_SECONDS = 60


@dataclass
class Started:
    """A scheduler and its workers, as processes."""

    address: str
    scheduler_file: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def start(folder: Path, tls: tuple[str, ...] = ()) -> Started:
    """Start a scheduler and two workers of one thread each, and wait until they are there."""
    listen = ["--host", "tls://127.0.0.1" if tls else "tcp://127.0.0.1", "--dashboard-address", "127.0.0.1:0", *tls]
    file, environment = folder / "scheduler.json", os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": folder}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(file), *listen]
    started = Started("", file, subprocess.Popen(command, **quiet))
    try:
        until = time.monotonic() + START_SECONDS
        while not file.exists() or not file.read_text().strip():
            assert time.monotonic() < until
            assert started.scheduler.poll() is None
            time.sleep(0.1)
        started.address = json.loads(file.read_text())["address"]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", started.address, "--nthreads", "1", "--no-nanny"]
        started.workers = [subprocess.Popen([*worker, *listen], **quiet) for _ in range(2)]
        _wait_for_workers(started, tls)
    except BaseException:
        started.end()
        raise
    return started


def _wait_for_workers(started: Started, tls: tuple[str, ...]) -> None:
    from distributed import Client, Security

    given = dict(zip(tls[::2], tls[1::2], strict=True))
    security = (
        Security(
            tls_ca_file=given["--tls-ca-file"],
            tls_client_cert=given["--tls-cert"],
            tls_client_key=given["--tls-key"],
            require_encryption=True,
        )
        if tls
        else None
    )
    with Client(started.address, security=security, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=START_SECONDS)


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Started]:
    """Give a running cluster."""
    started = start(tmp_path)
    try:
        yield started
    finally:
        started.end()


def test_a_cluster_gives_the_same_bytes_and_one_that_lost_a_worker_too(tmp_path: Path, dask: Started) -> None:
    experiment = small_experiment(tmp_path, "safe_space", "critical_mass", "trust_employees", replicates=60)
    whole = as_csv(sweep(experiment))
    assert as_csv(sweep(experiment, dask=dask.scheduler_file)) == whole
    killed: list[int] = []

    def kill_one(done: int, total: int) -> None:
        if not killed and done > total // 4:
            dask.workers[0].send_signal(signal.SIGKILL)
            killed.append(done)

    assert as_csv(sweep(experiment, dask=dask.address, progress=kill_one)) == whole
    assert killed
    assert dask.workers[0].wait() == -signal.SIGKILL


def test_a_scheduler_that_goes_is_told_and_the_sweep_goes_on_elsewhere(tmp_path: Path, dask: Started) -> None:
    experiment = small_experiment(tmp_path, "safe_space", "critical_mass", "trust_employees", replicates=60)
    out = tmp_path / "small.db"

    def kill_scheduler(done: int, total: int) -> None:
        if done > total // 4:
            dask.scheduler.kill()

    lost = r"the Dask scheduler at tcp://127\.0\.0\.1:\d+ is gone.* after \d+ of 480 runs; they are kept in .*small\.db"
    with pytest.raises(EngineLost, match=lost):
        sweep(experiment, out=out, dask=dask.address, progress=kill_scheduler)
    assert 0 < load_results(out)["n"].sum() < 480
    assert as_csv(sweep(experiment, out=out)) == as_csv(sweep(experiment))


def test_other_versions_are_told_before_the_first_run(
    tmp_path: Path, dask: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "model_version", lambda: "9.9")
    with pytest.raises(InputError, match=r"the scheduler: adoptsim .* there, 9\.9 here; install the same everywhere"):
        sweep(small_experiment(tmp_path), dask=dask.address)


def test_a_scheduler_without_workers_is_told(tmp_path: Path, dask: Started) -> None:
    for worker in dask.workers:
        worker.terminate()
        worker.wait()
    time.sleep(1.0)  # until the scheduler knows
    with pytest.raises(InputError, match="the scheduler has no workers; start some with: dask worker"):
        sweep(small_experiment(tmp_path), dask=dask.address)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificates with openssl, which is not here")
def test_an_encrypted_cluster_takes_certificates_and_nobody_without(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*request, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    started = start(tmp_path, ("--tls-ca-file", str(cert), "--tls-cert", str(cert), "--tls-key", str(key)))
    try:
        assert started.address.startswith("tls://")
        experiment = small_experiment(tmp_path)
        certificates = cluster.Certificates(cert, cert, key)
        assert as_csv(sweep(experiment, dask=started.address, certificates=certificates)) == as_csv(sweep(experiment))
        with pytest.raises(InputError, match="--dask-ca: tls:// needs it"):
            sweep(experiment, dask=started.address)
    finally:
        started.end()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers within"),
        ("http://127.0.0.1:1", "unknown scheme 'http'"),
        ("nowhere.json", "is neither an address"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, said: str
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match=said):
        sweep(small_experiment(tmp_path), dask=where)


def test_a_file_that_is_no_scheduler_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("{}")
    with pytest.raises(InputError, match=r"s\.json: is no scheduler file"):
        sweep(small_experiment(tmp_path), dask=tmp_path / "s.json")

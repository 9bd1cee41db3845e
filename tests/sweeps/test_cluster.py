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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sweeps.sweeping import as_csv, certificate, small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.sweeps import cluster, plan, runner
from adoptsim.sweeps.engines import EngineLost
from adoptsim.sweeps.provenance import load_provenance
from adoptsim.sweeps.results import load_results
from adoptsim.sweeps.runner import SweepInterrupted, sweep
from adoptsim.sweeps.status import Status

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
    another: Callable[[], subprocess.Popen[bytes]] = field(default=lambda: None)  # type: ignore[assignment,return-value]
    """Starts one more worker."""

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
        started.another = lambda: subprocess.Popen([*worker, *listen], **quiet)
        started.workers = [started.another() for _ in range(2)]
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


def test_a_client_that_somebody_has_connected_is_used_and_stays_open(tmp_path: Path, dask: Started) -> None:
    from distributed import Client

    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    with Client(dask.address, set_as_default=False) as client:
        assert as_csv(sweep(experiment, out=out, dask=client)) == as_csv(sweep(experiment))
        assert client.status == "running"
    assert load_provenance(out)["starts"][0]["engine"] == f"Dask at {dask.address}"


def test_ctrl_c_stops_a_sweep_on_a_cluster_too(tmp_path: Path, dask: Started) -> None:
    experiment, out, pressed = small_experiment(tmp_path, replicates=20_000), tmp_path / "small.db", []

    def press(done: int, total: int) -> None:
        if done > 500:
            pressed.append(time.monotonic())
            raise KeyboardInterrupt

    with pytest.raises(SweepInterrupted, match=r"of 80,000 runs; they are kept in"):
        sweep(experiment, out=out, dask=dask.address, progress=press)
    assert time.monotonic() - pressed[0] < 4.0  # chunks of a second that have begun end by themselves
    assert load_results(out)["n"].sum() > 500


def test_on_ctrl_c_the_chunks_under_way_on_a_cluster_are_kept(
    tmp_path: Path, dask: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, out, told = small_experiment(tmp_path, replicates=20_000), tmp_path / "small.db", list[int]()
    monkeypatch.setattr(runner, "STOP_SECONDS", 60.0)  # as long as a busy machine may take for them

    def press(done: int, total: int) -> None:
        told.append(done)
        if done > 500:
            raise KeyboardInterrupt

    with pytest.raises(SweepInterrupted):
        sweep(experiment, out=out, dask=dask.address, progress=press)
    assert load_results(out)["n"].sum() > told[-1]


def test_a_sweep_without_workers_says_so_and_waits_for_some(
    tmp_path: Path, dask: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = small_experiment(tmp_path, "safe_space", "critical_mass", "trust_employees", replicates=60)
    monkeypatch.setattr(runner, "SILENT_SECONDS", 0.5)
    killed = [False]

    def watch(status: Status) -> None:
        if status.done > 100 and not killed[0]:
            killed[0] = True
            for worker in dask.workers:
                worker.kill()
        if status.missing == "no workers" and len(dask.workers) == 2:
            dask.workers.append(dask.another())

    assert as_csv(sweep(experiment, dask=dask.address, watch=watch)) == as_csv(sweep(experiment))
    assert len(dask.workers) == 3


def test_a_sweep_that_goes_on_while_its_workers_die_does_not_hang(
    tmp_path: Path, dask: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    sweep(experiment, out=out)
    monkeypatch.setattr(runner, "SILENT_SECONDS", 0.5)
    check = cluster._check_versions

    def then_all_die(*given: Any) -> None:
        check(*given)
        for worker in dask.workers:
            worker.kill()
            worker.wait()

    def press(status: Status) -> None:
        if status.missing:
            raise KeyboardInterrupt

    monkeypatch.setattr(cluster, "_check_versions", then_all_die)
    with pytest.raises(SweepInterrupted, match="12 of 12 runs"):
        sweep(experiment, out=out, dask=dask.address, watch=press)


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


def stranger(folder: Path) -> cluster.Certificates:
    """Return certificates that the cluster knows nothing of."""
    cert, key = certificate(folder, "stranger")
    return cluster.Certificates(cert, cert, key)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificates with openssl, which is not here")
def test_an_encrypted_cluster_takes_certificates_and_nobody_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path, "ours")
    started = start(tmp_path, ("--tls-ca-file", str(cert), "--tls-cert", str(cert), "--tls-key", str(key)))
    try:
        assert started.address.startswith("tls://")
        experiment = small_experiment(tmp_path)
        certificates = cluster.Certificates(cert, cert, key)
        assert as_csv(sweep(experiment, dask=started.address, certificates=certificates)) == as_csv(sweep(experiment))
        with pytest.raises(InputError, match="--dask-ca: tls:// needs it"):
            sweep(experiment, dask=started.address)
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 3)
        for address, who in ((started.address.replace("tls://", "tcp://"), None), (started.address, stranger(tmp_path))):
            with pytest.raises(InputError, match="no Dask scheduler answers within 3 s"):
                sweep(experiment, dask=address, certificates=who)
    finally:
        started.end()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers within"),
        ("http://127.0.0.1:1", "unknown scheme 'http'"),
        ("nowhere.json", "is neither an address"),
        (5, "5 is no cluster; give an address"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, said: str
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match=said):
        sweep(small_experiment(tmp_path), dask=where)


def test_a_file_that_is_no_scheduler_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("{}")
    with pytest.raises(InputError, match=r"s\.json: is no scheduler file"):
        sweep(small_experiment(tmp_path), dask=tmp_path / "s.json")

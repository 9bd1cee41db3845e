"""One writer a file, by whatever name, and none that is dead."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from sweeps.sweeping import as_csv, small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.sweeps.runner import sweep
from adoptsim.sweeps.store import open_store


def test_two_names_of_one_file_have_one_lock(tmp_path: Path) -> None:
    out, link = tmp_path / "small.db", tmp_path / "other" / "link.db"
    link.parent.mkdir()
    link.symlink_to(out)
    with open_store(link), pytest.raises(InputError, match=r"small\.db: process \d+ on .* is running this sweep"):
        open_store(out)
    with open_store(out), pytest.raises(InputError, match=r"link\.db: process \d+ on .* is running this sweep"):
        open_store(link)
    assert not list(tmp_path.rglob("*.lock"))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="needs processes that are forked")
def test_forked_workers_of_a_killed_process_do_not_keep_its_lock(tmp_path: Path) -> None:
    experiment, out = small_experiment(tmp_path), tmp_path / "small.db"
    script = f"""
        import os, time
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context
        from adoptsim.sweeps.store import open_store
        with open_store({str(out)!r}), ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
            print(pool.submit(os.getpid).result(), flush=True)
            pool.submit(time.sleep, 60)
            time.sleep(60)
    """
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        worker = int(driver.stdout.readline())
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        try:
            assert Path(f"/proc/{worker}").exists() or sys.platform != "linux"  # an orphan, still at work
            assert as_csv(sweep(experiment, out=out)) == as_csv(sweep(experiment))
        finally:
            end(worker)


def end(process: int) -> None:
    """End a process that is nobody's child any more."""
    import os

    os.kill(process, signal.SIGKILL)
    while Path(f"/proc/{process}").exists() and "Z" not in Path(f"/proc/{process}/stat").read_text().split(") ")[1][:1]:
        time.sleep(0.05)

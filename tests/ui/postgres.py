"""A PostgreSQL of the tests' own, from this machine's package, on 127.0.0.1 in a temporary folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, if they are here."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Give the URL of an empty database that ends with the test."""
    who = {"user": USER, "group": USER} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="adoptsim-pg-"))
    if who:
        shutil.chown(folder, USER, USER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(name: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / name), *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60, **who
        )

    cluster = str(folder / "cluster")
    try:
        call("initdb", "-D", cluster, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "-N")
        how = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        call("pg_ctl", "-D", cluster, "-o", how, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", cluster, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""A Dask cluster as an engine: versions are compared before the first run, lost workers' chunks are done again by others.

Dask's transport is pickle without a password unless TLS is used: whoever can reach the scheduler can run code on it.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from adoptsim.domain.errors import InputError, Problem
from adoptsim.sweeps.engines import address_of
from adoptsim.sweeps.work import Results, Task, run_task, versions_here

CONNECT_SECONDS = 20
ENCRYPTED = ("tls://", "wss://")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files of a ``tls://`` connection: who signs, who we are, and our key."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def by_option(self) -> dict[str, Path | None]:
        """Return each by the option that gives it."""
        return {"--dask-ca": self.ca, "--dask-cert": self.cert, "--dask-key": self.key}


def check_certificates(where: Any, given: Certificates) -> None:
    """Raise ``InputError`` for certificates that nothing would use: those of anything but an address of TLS."""
    if where is None:
        said = "is for a cluster, and none is given; give --dask tls://HOST:PORT too, or leave it out"
    elif not isinstance(where, str | os.PathLike):
        said = f"is for an address, and {address_of(where)} is connected already; leave it out"
    elif (address := _place(os.fspath(where))[1]).startswith(ENCRYPTED):
        return
    else:
        said = f"is for tls://, and {address} is not encrypted; give --dask tls://HOST:PORT, or leave it out"
    useless = [Problem(said, option) for option, path in given.by_option.items() if path is not None]
    if useless:
        raise InputError(*useless)


@dataclass
class Cluster:
    """The workers of a Dask scheduler."""

    client: Any
    executor: Executor
    address: str
    chunk_seconds = 1.0  # a message costs 2 ms
    _slots: int = 1

    @property
    def slots(self) -> int:
        """Return how many threads all workers have now; as many as before while nobody answers."""
        with contextlib.suppress(OSError, ValueError):  # the connection is just breaking: `why_lost` will say so
            self._slots = max(1, sum(self.client.nthreads().values()))
        return self._slots

    def submit(self, task: Task) -> Future[Results]:
        """Hand out a chunk."""
        return self.executor.submit(run_task, task)

    def why_lost(self, error: BaseException | None) -> str:
        """Return whether the scheduler has gone, or cannot do what it is asked."""
        gone = f"the Dask scheduler at {self.address} is gone"
        if self.client.status != "running" or isinstance(error, CancelledError):
            return gone
        if error is None or type(error).__name__ == "KilledWorker":
            return ""
        if isinstance(error, OSError):
            return f"{gone} ({error})"
        return f"the Dask workers cannot do the runs: {type(error).__name__}: {error}"

    def missing(self) -> str:
        """Return that there are no workers, if so: chunks wait until some come."""
        with contextlib.suppress(OSError, ValueError):
            return "" if self.client.nthreads() else "no workers"
        return ""

    def stop(self, chunks: Iterable[Future[Results]]) -> list[Future[Results]]:
        """Return all: nobody here knows which have begun, and those end by themselves within about a second."""
        return [chunk for chunk in chunks if not chunk.cancelled()]


@contextlib.contextmanager
def connected(where: Any, versions: Mapping[str, str], certificates: Certificates | None = None) -> Iterator[Cluster]:
    """Connect to a scheduler and see that everybody there has the same versions.

    Parameters
    ----------
    where
        Address, scheduler file, or a ``distributed.Client`` that somebody has connected, and closes.

    Raises
    ------
    InputError
        If Dask is missing, nobody answers, or versions differ.
    """
    _need_dask()
    is_handed, name = not isinstance(where, str | os.PathLike), address_of(where)
    client = where if is_handed else _client(os.fspath(where), certificates or Certificates())
    try:
        _check_versions(client, versions, name)
        with client.get_executor(pure=False) as executor:
            yield Cluster(client, executor, name)
    finally:
        if not is_handed:
            with contextlib.suppress(Exception):  # a scheduler that is gone cannot be said goodbye
                client.close(timeout=2)


def _need_dask() -> None:
    if not find_spec("distributed"):
        message = "a Dask cluster needs distributed, which is not installed: pip install distributed"
        raise InputError(Problem(f"{message} (or adoptsim with its extra 'dask')"))


def _client(where: str, certificates: Certificates) -> Any:
    distributed: Any = import_module("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is wrong is said in our own words
    how, address = _place(where)
    security = _security(address, certificates)
    try:
        return distributed.Client(**how, timeout=CONNECT_SECONDS, security=security, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        message = f"no Dask scheduler answers within {CONNECT_SECONDS} s; is it running, and is the address right?"
        raise InputError(Problem(f"{message} ({type(error).__name__}: {error})", file=where)) from None


def _place(text: str) -> tuple[dict[str, Any], str]:
    """Return what the client is told: an address, or a scheduler file."""
    if "://" in text:
        scheme = text.partition("://")[0]
        if scheme not in ("tcp", "tls", "ucx", "ws", "wss", "inproc"):
            raise InputError(
                Problem(f"unknown scheme {scheme!r}; give tcp://HOST:PORT, tls://HOST:PORT or a scheduler file")
            )
        return {"address": text}, text
    path = Path(text).expanduser()
    if path.is_file():
        import json

        try:
            address = str(json.loads(path.read_text())["address"])
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(Problem("is no scheduler file of Dask's; give one, or tcp://HOST:PORT", file=text)) from None
        return {"scheduler_file": str(path)}, address
    raise InputError(Problem("is neither an address (tcp://HOST:PORT, tls://HOST:PORT) nor a scheduler file", file=text))


def _security(address: str, given: Certificates) -> Any:
    """Return the certificates as Dask wants them; None without TLS."""
    if not address.startswith(ENCRYPTED):
        return None
    problems = [
        Problem("tls:// needs it" if path is None else "there is no such file", option, str(path or ""))
        for option, path in given.by_option.items()
        if path is None or not path.is_file()
    ]
    if problems:
        raise InputError(*problems)
    distributed: Any = import_module("distributed")
    return distributed.Security(
        tls_ca_file=str(given.ca),
        tls_client_cert=str(given.cert),
        tls_client_key=str(given.key),
        require_encryption=True,
    )


def _check_versions(client: Any, here: Mapping[str, str], where: str) -> None:
    """Raise ``InputError`` unless scheduler and workers have this package, of this version."""
    try:
        there = {"the scheduler": client.run_on_scheduler(versions_here)} | client.run(versions_here, on_error="return")
    except Exception as error:  # whatever the other side raised while it looked for the package
        message = (
            f"the scheduler cannot use adoptsim ({type(error).__name__}: {error}); install adoptsim {here['adoptsim']} there"
        )
        raise InputError(Problem(message, file=where)) from None
    problems = []
    for who, found in there.items():
        if not isinstance(found, dict):
            problems.append(Problem(f"worker {who} cannot use adoptsim ({found}); install it there", file=where))
            continue
        differ = [
            f"{name} {found.get(name)} there, {version} here" for name, version in here.items() if found.get(name) != version
        ]
        if differ:
            problems.append(Problem(f"{who}: {', '.join(differ)}; install the same everywhere", file=where))
    if len(there) == 1:
        problems.append(Problem("the scheduler has no workers; start some with: dask worker ADDRESS", file=where))
    if problems:
        raise InputError(*problems)

"""Run one workshop's server until somebody stops it."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
import webbrowser
from collections.abc import Callable

from adoptsim.workshop.addresses import address_on_this_machine, names_of_this_machine, url_of
from adoptsim.workshop.host import Host
from adoptsim.workshop.opening import Simulation, room_of
from adoptsim.workshop.rehearse import rehearse as run_rehearsal
from adoptsim.workshop.server import Server
from adoptsim.workshop.store import Store
from adoptsim.workshop.views import Links

LOST_MILLISECONDS = 30_000


def serve(store: Store, found: Links, listening: socket.socket, host: str, show: str, rehearse: int) -> None:
    """Serve until Ctrl-C; ``show`` is opened in a browser, ``rehearse`` simulated people take part."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # phones that go away are no news
    _allow_many_connections()
    _give_lost_phones_up(listening)
    server = Server(Host(room_of(store.plan, store.identity.id), store, found, Simulation()), names_of_this_machine(host))
    if show:
        _when_started(server, lambda: webbrowser.open(show))
    if rehearse:
        here = url_of(address_on_this_machine(host), listening.getsockname()[1])
        _when_started(server, lambda: run_rehearsal(here, found.code, rehearse))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _when_started(server: Server, then: Callable[[], object]) -> None:
    def wait() -> None:
        while not server.started:
            time.sleep(0.05)
        then()

    threading.Thread(target=wait, daemon=True).start()


def _give_lost_phones_up(listening: socket.socket) -> None:
    """End connections to phones that have gone without a word; some systems would wait a quarter of an hour."""
    timeout = getattr(socket, "TCP_USER_TIMEOUT", None)
    if timeout is not None:
        with contextlib.suppress(OSError):
            listening.setsockopt(socket.IPPROTO_TCP, timeout, LOST_MILLISECONDS)


def _allow_many_connections() -> None:
    """Each phone keeps a connection open; some systems allow 256 by themselves."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        enough = 4096 if most == resource.RLIM_INFINITY else min(4096, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, most))

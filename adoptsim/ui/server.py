"""Serve the page on this machine: nothing is fetched from elsewhere, and nothing is told to anybody."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
import warnings
import webbrowser
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from adoptsim.domain.errors import InputError, Problem
from adoptsim.ui.folders import sweep

APP = "adoptsim.ui.app"
NOWHERE = "http://127.0.0.1:9/"
"""Instead of the network where Solara would look for what its assets lack: nobody answers there."""
SETTINGS = {
    "SOLARA_APP": APP,
    "SOLARA_ASSETS_CDN": NOWHERE,
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_FORCE_REFRESH": "true",  # after a restart of the server: the link holds all that was on the page
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "adoptsim",
}
ENDING_SECONDS = 2
MOST_MESSAGE = 2_000_000
"""Bytes of one message from a page: a piece of a file is the longest that it sends."""


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raises ``InputError`` where nothing can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # who comes while the page is being prepared waits, instead of being sent away
    except OSError as error:
        listening.close()
        reason = error.strerror or str(error)
        raise InputError(Problem(f"can't listen on {host}, port {port}: {reason}; give another with --port")) from None
    return listening


def guarded(app: Any, host: str) -> Any:
    """Return an application that answers its own page alone.

    A page of another site that is open in the same browser may call this machine's ports too: it gives itself away by
    its name, which stands in ``Origin``, or in ``Host`` where it has made its name mean this machine. ``host`` is where
    the server was told to listen; an address in figures can be made to mean nothing else.
    """
    names = frozenset() if is_loopback(host) else _names(host)  # asked once: whoever looks names up may be far away

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in {"http", "websocket"} or _is_own(dict(scope["headers"]), names):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This page answers under its own address only."})

    return guard


def _is_own(headers: dict[bytes, bytes], names: frozenset[str]) -> bool:
    """Return whether a request names this server, and comes from its own page if from any; ``names``: its own, if any."""
    asked, origin = headers.get(b"host", b"").decode("latin-1"), headers.get(b"origin", b"").decode("latin-1")
    try:
        name, its_own = urlsplit(f"//{asked}").hostname or "", not origin or urlsplit(origin).netloc == asked
    except ValueError:  # half an IPv6 address
        return False
    return its_own and (is_loopback(name) or (bool(names) and _is_reached_as(name, names)))


def _names(host: str) -> frozenset[str]:
    """Return what others may call a server besides an address: the host it was given, this machine's own names."""
    mine = socket.gethostname().lower()
    return frozenset({host.lower(), mine, f"{mine}.local", socket.getfqdn().lower()})


def _is_reached_as(name: str, names: frozenset[str]) -> bool:
    """Return whether others may call a server by this name: an address, or one of its own."""
    try:
        return bool(ip_address(name))
    except ValueError:
        return name.lower() in names


def serve(listening: socket.socket, url: str, *, show: bool) -> None:
    """Serve until somebody stops it; ``show`` opens the page in a browser when it is ready."""
    os.environ.update(SETTINGS)  # Solara reads its settings while it is imported
    import uvicorn
    from solara.server import settings
    from solara.server.starlette import app

    settings.main.mode = "production"
    logging.getLogger("solara").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # the page is in nobody's frame
    config = uvicorn.Config(
        guarded(app, urlsplit(url).hostname or ""),
        ws_max_size=MOST_MESSAGE,
        log_level="warning",
        lifespan="on",
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    server = uvicorn.Server(config)
    sweep()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)
    leaving = threading.Event()
    warming = threading.Thread(target=_warm_up, args=(leaving,), daemon=True)
    warming.start()
    if show:
        threading.Thread(target=_open, args=(server, url), daemon=True).start()
    try:
        server.run(sockets=[listening])
    finally:
        leaving.set()
        warming.join(ENDING_SECONDS)


def _end(*_: object) -> None:
    """End as any program does: what was uploaded is removed from this machine's temporary folder on the way out."""
    sys.exit(128 + signal.SIGTERM)


def _warm_up(leaving: threading.Event) -> None:
    """Compile the model and answer what the page asks first, before anybody comes."""
    from adoptsim.live import PART
    from adoptsim.simulation import Stopped
    from adoptsim.ui.shared import LIVE
    from adoptsim.ui.state import RUNS, State

    with suppress(Stopped):
        for number in range(RUNS[0] // PART):
            if leaving.is_set():
                return
            LIVE.part(State().now.scenario, number, stop=leaving)


def _open(server: object, url: str) -> None:
    while not getattr(server, "started", False):
        time.sleep(0.05)
    webbrowser.open(url)

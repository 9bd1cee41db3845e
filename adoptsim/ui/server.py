"""Serve the page on this machine: nothing is fetched from elsewhere, and nothing is told to anybody."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import warnings
import webbrowser
from contextlib import suppress
from ipaddress import ip_address

from adoptsim.domain.errors import InputError, Problem

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
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "adoptsim",
}
ENDING_SECONDS = 2


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


def serve(listening: socket.socket, url: str, *, show: bool) -> None:
    """Serve until somebody stops it; ``show`` opens the page in a browser when it is ready."""
    os.environ.update(SETTINGS)  # Solara reads its settings while it is imported
    import uvicorn
    from solara.server import settings
    from solara.server.starlette import app

    settings.main.mode = "production"
    logging.getLogger("solara").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # the page is in nobody's frame
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=ENDING_SECONDS)
    server = uvicorn.Server(config)
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

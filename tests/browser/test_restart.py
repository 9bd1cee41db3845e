"""A server that is started again: the page comes back by itself, as it was."""

from __future__ import annotations

import re
import socket
import subprocess
import sys

from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE
from tests.browser.page import SLIDER, SMALL, moved, settled


def started(port: int) -> subprocess.Popen[str]:
    """Serve the page on a port, and wait until it listens."""
    command = [sys.executable, "-m", "adoptsim.cli", "ui", "--port", str(port), "--no-open", "--store", "sqlite://"]
    server = subprocess.Popen(command, text=True, stderr=subprocess.PIPE)
    assert server.stderr is not None
    assert server.stderr.readline().startswith("adoptsim is at ")
    return server


def test_the_page_comes_back_as_it_was_when_the_server_was_started_again(browser: Browser):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = started(port)
    try:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script("localStorage.setItem('adoptsim-tour', 'seen')")
        page.goto(f"http://127.0.0.1:{port}/?{SMALL}")
        settled(page).locator(SLIDER).fill("70")
        moved(page, "p7:70")
        page.evaluate("window.from_before = true")
        server.kill()
        server.communicate()
        server = started(port)
        page.wait_for_function("window.from_before === undefined")
        settled(page)
        expect(page).to_have_url(re.compile("p7:70"))
        expect(page.locator(SLIDER)).to_have_value("70")
        expect(page.locator(".v-dialog--active, .v-overlay--active")).to_have_count(0)
        page.close()
    finally:
        server.kill()
        server.communicate()

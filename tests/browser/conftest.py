"""A server of its own and a Chromium found on the machine; without one the tests skip and say how to get it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.load import served

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 120_000
"""Milliseconds that a browser waits before a test fails: on a new machine the model is compiled first."""
NOT_OURS = "Failed to evaluate Vue script"
"""A warning about a misspelt word in a file of Solara's."""

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium of this machine."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        missing = "no Chromium here: apt-get install chromium fonts-dejavu-core"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[str, int]]:
    """Serve the page on a free port, as the command does; give its address and its process."""
    with served() as found:
        yield found


@pytest.fixture(scope="session")
def url(server: tuple[str, int]) -> str:
    """Return the page's address."""
    return server[0]


class Complaints(list[str]):
    """What a page should not do: errors, statuses of 400 and more, requests to another host."""

    def follow(self, page: Page, url: str) -> None:
        """Collect from a page."""
        page.on("pageerror", lambda error: self.append(f"error: {error}"))
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("response", lambda answer: self.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        page.on("request", lambda request: self._asked(request.url, url))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not text.startswith(NOT_OURS):
            self.append(f"{kind}: {text}")

    def _asked(self, asked: str, url: str) -> None:
        if not asked.startswith((url, "data:", "blob:")):
            self.append(f"elsewhere: {asked}")


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    """Open the page in a fresh browser; after the test, nothing must have gone wrong in it."""
    complaints, contexts = Complaints(), []

    def open_page(query: str = "", *, tour: bool = False, width: int = 1280, height: int = 720) -> Page:
        context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        if not tour:
            context.add_init_script("localStorage.setItem('adoptsim-tour', 'seen')")
        page = context.new_page()
        complaints.follow(page, url)
        page.goto(f"{url}?{query}" if query else url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert list(complaints) == []

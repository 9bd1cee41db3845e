"""Pages without a server: files from the folder, one view that never changes; what the views of a test show is drawn."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlparse

from playwright.sync_api import BrowserContext, Page, Route

from adoptsim.workshop import server

ORIGIN = "http://workshop.test"
PATHS = {"participant": "/", "projector": "/projector", "facilitator": "/facilitator"}
SIZES = {"participant": (390, 844), "projector": (1280, 720), "facilitator": (1280, 720)}
TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "html": "text/html"}
SQUARE = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h4v4H0zM5 5h4v4H5z'/></svg>"


class Standing:
    """A page whose view stands still until another is shown."""

    def __init__(self, context: BrowserContext) -> None:
        self._view: dict[str, Any] = {}
        context.route(f"{ORIGIN}/**", self._answer)
        context.add_init_script("if (location.protocol === 'http:') sessionStorage.clear()")
        self.page = context.new_page()

    def show(self, view: dict[str, Any]) -> Page:
        """Open the page of a view's role anew, without anything that was begun on it."""
        self._view = view
        self.page.goto(ORIGIN + PATHS[view["role"]])
        self.page.locator("main h1").first.wait_for()
        return self.page

    def _answer(self, route: Route) -> None:
        path = urlparse(route.request.url).path
        if path == "/api/stream":
            event = f"retry: 9000000\nevent: view\ndata: {json.dumps(self._view)}\n\n"
            route.fulfill(content_type="text/event-stream", body=event)
        elif path == "/api/view":
            route.fulfill(json=self._view)
        elif path == "/qr.svg":
            route.fulfill(content_type=TYPES["svg"], body=SQUARE)
        else:
            name = path.removeprefix("/static/") if path.startswith("/static/") else f"{self._view['role']}.html"
            file = server.PAGES / name
            route.fulfill(content_type=TYPES[file.suffix[1:]], body=file.read_text())

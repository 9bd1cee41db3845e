"""What the server lets in: whose request it is, from which page, how large and how often. Knows nothing of rounds."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Collection
from ipaddress import ip_address
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from adoptsim.workshop.actions import Refused

MOST_BYTES = 16_384
BODY_SECONDS = 10.0
LONGEST_ID, SHORTEST_ID = 64, 16
HEADERS = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"referrer-policy": b"same-origin",  # with none at all, some browsers hide the origin of actions too
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
_IN_AN_ID = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class Guard:
    """Answers requests that name another host, and puts the same headers on every answer."""

    def __init__(self, app: Asgi, names: Collection[str]) -> None:
        self._app, self._names = app, {name.lower() for name in names}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in HEADERS.items() if name not in given),
                ]
            await send(message)

        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        if not self._is_ours(host):
            answer = JSONResponse({"error": "This address is not the workshop's. Use the one on the screen."}, 421)
            await answer(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _is_ours(self, host: str) -> bool:
        """Return whether a host is an address or a name of this machine: a stranger's name that leads here is not."""
        name = _without_port(host).lower()
        if name in self._names or name.endswith(".local"):
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


class Seals:
    """Cookies that this workshop has given out: a name under a seal that only its key makes."""

    def __init__(self, key: str) -> None:
        self._key = bytes.fromhex(key)

    def sealed(self, kind: str, name: str) -> str:
        """Return a cookie's value."""
        return f"{name}.{self._seal(kind, name)}"

    def opened(self, kind: str, value: str) -> str:
        """Return the name in a cookie, "" if this workshop has not given it out."""
        name, _, seal = value.rpartition(".")
        return name if name and same(seal, self._seal(kind, name)) else ""

    def _seal(self, kind: str, name: str) -> str:
        return hmac.new(self._key, f"{kind}:{name}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def same(given: str, secret: str) -> bool:
    """Return whether what somebody gave is the secret, in the same time whatever it is."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


class Pace:
    """How often something may be done: ``burst`` at once, then ``a_second``, each name for itself."""

    MOST_NAMES = 5000

    def __init__(self, burst: float, a_second: float) -> None:
        self._burst, self._a_second = burst, a_second
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, name: str) -> bool:
        """Return whether one more would be allowed now."""
        return self._now(name) >= 1.0

    def count(self, name: str) -> None:
        """Count one."""
        if len(self._left) >= self.MOST_NAMES:  # those who have waited long enough are as good as new
            self._left = {one: left for one, left in self._left.items() if self._now(one) < self._burst}
        self._left[name] = (self._now(name) - 1.0, time.monotonic())

    def check(self, name: str) -> None:
        """Count one; raises ``Refused`` if it is one too many."""
        if not self.allows(name):
            raise Refused("That was too often. Wait a few seconds, then try again.", 429)
        self.count(name)

    def _now(self, name: str) -> float:
        left, at = self._left.get(name, (self._burst, 0.0))
        return min(self._burst, left + (time.monotonic() - at) * self._a_second)


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request from one of the workshop's own pages; raises ``Refused``."""
    origin = request.headers.get("origin", "")
    if origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        raise Refused("This was not sent from the workshop's own page.", 403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("Send JSON.", 415)
    found = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                found += part
                if len(found) > MOST_BYTES:
                    raise Refused("This is too large.", 413)
    except TimeoutError:
        raise Refused("This took too long to arrive. Try again.", 408) from None
    try:
        body = json.loads(found)
    except (ValueError, RecursionError):
        raise Refused("This is not JSON.", 400) from None
    if not isinstance(body, dict):
        raise Refused("Send a JSON object.", 400)
    return body


def action_id(body: dict[str, Any]) -> str:
    """Return the identity of an action; raises ``Refused`` for one that others could guess."""
    given = body.get("id")
    if not isinstance(given, str) or not SHORTEST_ID <= len(given) <= LONGEST_ID or not _IN_AN_ID.issuperset(given):
        raise Refused(f"Send an id of {SHORTEST_ID} to {LONGEST_ID} letters and digits with every action.", 400)
    return given


def text_of(body: dict[str, Any], name: str) -> str:
    """Return a text of the request; raises ``Refused``."""
    given = body.get(name)
    if not isinstance(given, str):
        raise Refused(f"{name} is missing.", 400)
    return given


def number_of(body: dict[str, Any], name: str) -> int:
    """Return a whole number of the request; raises ``Refused``."""
    given = body.get(name)
    if not isinstance(given, int) or isinstance(given, bool):
        raise Refused(f"{name} is missing.", 400)
    return given

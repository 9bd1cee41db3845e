"""The workshop over HTTP: pages, views, actions. Decides nothing: who somebody is says `guard`, what counts says `room`."""

from __future__ import annotations

import io
import logging
import secrets
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import segno
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from adoptsim.workshop.actions import Action, Decide, Guess, Join, Lead, Refused
from adoptsim.workshop.guard import Guard, Pace, Seals, action_id, body_of, number_of, same, text_of
from adoptsim.workshop.host import Host, NotKept
from adoptsim.workshop.views import ROLES, Role

PAGES = Path(__file__).with_name("pages")
ENDING_SECONDS = 2
COOKIE_SECONDS = 3 * 24 * 3600
MOST_STREAMS_EACH, MOST_STREAMS_STRANGERS = 6, 60
NEVER_KEPT = {"Cache-Control": "no-store"}
_REFUSED = "<!doctype html><meta charset=utf-8><title>Not open</title><p>Use the link that the terminal shows."
_DONE_TO = {"show": "screen", "reset_team": "team", "remove": "person"}
log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


class Site:
    """One workshop's pages and actions."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._identity = host.store.identity
        self._seals = Seals(self._identity.signing_key)
        self._wrong = Pace(burst=30, a_second=0.5)
        self._joins = Pace(burst=150, a_second=2)
        self._actions = Pace(burst=30, a_second=5)
        self._streams: Counter[str] = Counter()

    def app(self, names: set[str]) -> Guard:
        """Return the application; ``names`` by which this machine may be called, besides its addresses."""

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            async with self.host.running():
                yield

        routes = [
            Route("/", self._participant),
            Route("/projector", self._projector),
            Route("/facilitator", self._facilitator),
            Route("/refused", self._refused),
            Route("/qr.svg", _answering(self._qr)),
            Route("/api/view", _answering(self._view)),
            Route("/api/stream", _answering(self._stream)),
            Route("/api/join", _answering(self._join), methods=["POST"]),
            Route("/api/guess", _answering(self._guess), methods=["POST"]),
            Route("/api/decide", _answering(self._decide), methods=["POST"]),
            Route("/api/facilitator", _answering(self._lead), methods=["POST"]),
            Mount("/static", _Static(directory=PAGES)),
        ]
        return Guard(Starlette(routes=routes, lifespan=lifespan), names)

    # -- pages

    async def _participant(self, request: Request) -> Response:
        return _page("participant")

    async def _projector(self, request: Request) -> Response:
        return self._behind(request, "projector", "key", self._identity.projector_key)

    async def _facilitator(self, request: Request) -> Response:
        return self._behind(request, "facilitator", "secret", self._identity.secret)

    async def _refused(self, request: Request) -> Response:
        return _page("refused", 403)

    def _behind(self, request: Request, role: Role, name: str, secret: str) -> Response:
        """Return a page for who has its cookie. A right secret gives the cookie and leaves no trace in the history."""
        given = request.query_params.get(name)
        if given is None:
            return _page(role) if self._has(request, role) else _page("refused", 403)
        if not self._wrong.allows(_address(request)):
            return _page("refused", 429)
        if not same(given, secret):
            self._wrong.count(_address(request))
            return _page("refused", 403)
        # a redirect from elsewhere would come without the cookie, which only the workshop's own pages send
        there = escape(request.url.path)
        turn = f'<!doctype html><meta charset=utf-8><title>adoptsim</title><meta http-equiv=refresh content="0;url={there}">'
        answer = HTMLResponse(turn, headers={**NEVER_KEPT, "Referrer-Policy": "no-referrer"})
        self._give(answer, role, role)
        return answer

    async def _qr(self, request: Request) -> Response:
        if not self._has(request, "projector"):
            raise Refused("Open the projector's page first.", 403)
        links = self.host.links
        picture = segno.make(f"{links.url}?{urlencode({'code': links.code})}", error="m")
        drawn = io.BytesIO()
        picture.save(drawn, kind="svg", scale=10, border=2, xmldecl=False, omitsize=True, light="#fff")
        return Response(drawn.getvalue(), media_type="image/svg+xml", headers=NEVER_KEPT)

    # -- views

    async def _view(self, request: Request) -> Response:
        role = self._role(request)
        return JSONResponse(self.host.view(role, self._person(request)) | {"now": time.time()}, headers=NEVER_KEPT)

    async def _stream(self, request: Request) -> Response:
        role = self._role(request)
        person = self._person(request) if role == "participant" else ""
        whose = person or (role if role != "participant" else f"at {_address(request)}")
        most = MOST_STREAMS_EACH if person or role == "facilitator" else MOST_STREAMS_STRANGERS
        if self._streams[whose] >= most:
            raise Refused("This page is open too often. Close the others.", 429)
        headers = {**NEVER_KEPT, "X-Accel-Buffering": "no"}
        return StreamingResponse(self._counted(whose, role, person), media_type="text/event-stream", headers=headers)

    async def _counted(self, whose: str, role: Role, person: str) -> AsyncIterator[str]:
        self._streams[whose] += 1
        try:
            async for event in self.host.views(role, person):
                yield event
        finally:
            self._streams[whose] -= 1
            if not self._streams[whose]:
                del self._streams[whose]

    # -- actions

    async def _join(self, request: Request) -> Response:
        body = await body_of(request)
        known, here = self._person(request), self.host.state.people
        is_in = known in here and not here[known].removed
        if not is_in:
            self._check_code(request, text_of(body, "code"))
        team = body.get("team")
        if team is not None and not isinstance(team, str):
            raise Refused("team is wrong.", 400)
        name = f"join {action_id(body)}"
        if is_in:
            self._actions.check(known)
            state = await self.host.do(Join(known, "", team))
            return _done(state.version)
        if name not in self.host.state.seen:
            self._joins.check(_address(request))
        state = await self.host.do(Join(f"p{secrets.token_hex(6)}", text_of(body, "nickname"), team, name))
        answer = _done(state.version)
        self._give(answer, "person", state.seen[name])
        return answer

    def _check_code(self, request: Request, given: str) -> None:
        if not self._wrong.allows(_address(request)):
            raise Refused("Too many wrong codes. Wait a minute, then try again.", 429)
        digits = "".join(letter for letter in given if letter in "0123456789")
        if not same(digits, self._identity.code):
            self._wrong.count(_address(request))
            raise Refused("This is not the code. It has six digits and is on the screen.", 403)

    async def _guess(self, request: Request) -> Response:
        body, person = await self._from_participant(request)
        action = Guess(person, number_of(body, "round") - 1, text_of(body, "key"), body.get("value"), _name(person, body))
        return await self._do(action)

    async def _decide(self, request: Request) -> Response:
        body, person = await self._from_participant(request)
        practices = body.get("practices")
        if not isinstance(practices, dict):
            raise Refused("practices is missing.", 400)
        revision = number_of(body, "revision") if body.get("revision") is not None else None
        number = number_of(body, "round") - 1
        return await self._do(Decide(person, number, practices, revision, _name(person, body)))

    async def _lead(self, request: Request) -> Response:
        if not self._has(request, "facilitator"):
            raise Refused("Use the link that the terminal shows.", 403)
        body = await body_of(request)
        self._actions.check("facilitator")
        page = None
        if body.get("phase") is not None:
            number = body.get("round")
            page = (number_of(body, "round") - 1 if number is not None else None, text_of(body, "phase"))
        action = text_of(body, "action")
        what = body if action == "move" else body.get(_DONE_TO.get(action, ""))
        return await self._do(Lead(action, what, page, _name("facilitator", body)))

    async def _from_participant(self, request: Request) -> tuple[dict[str, Any], str]:
        person = self._person(request)
        if person not in self.host.state.people:
            raise Refused("Join the workshop first.", 401)
        body = await body_of(request)
        self._actions.check(person)
        return body, person

    async def _do(self, action: Action) -> Response:
        return _done((await self.host.do(action)).version)

    # -- who somebody is

    def _cookie(self, kind: str) -> str:
        return f"adoptsim_{self._identity.id}_{kind}"  # cookies know no ports: two workshops on a machine stay apart

    def _give(self, answer: Response, kind: str, name: str) -> None:
        sealed = self._seals.sealed(kind, name)
        answer.set_cookie(self._cookie(kind), sealed, max_age=COOKIE_SECONDS, httponly=True, samesite="strict")

    def _person(self, request: Request) -> str:
        return self._seals.opened("person", request.cookies.get(self._cookie("person"), ""))

    def _has(self, request: Request, role: Role) -> bool:
        """Return whether a request comes from a role's page; the trainer may see what the projector shows."""
        roles = (role, "facilitator") if role == "projector" else (role,)
        return any(self._seals.opened(one, request.cookies.get(self._cookie(one), "")) == one for one in roles)

    def _role(self, request: Request) -> Role:
        asked = request.query_params.get("role", "participant")
        for role in ROLES:
            if role == asked and (role == "participant" or self._has(request, role)):
                return role
        raise Refused("Use the link that the terminal shows.", 403)


class _Static(StaticFiles):
    """The pages' own files: asked for again each time, so that no phone keeps those of an older version."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        answer = super().file_response(*args, **more)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def _answering(handler: Handler) -> Handler:
    """Return a handler that says no in words."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as error:
            return JSONResponse({"error": str(error)}, error.status, headers=NEVER_KEPT)
        except NotKept:
            said = "The workshop's computer could not keep this, so it does not count. It is sent again by itself."
            return JSONResponse({"error": said}, 507, headers=NEVER_KEPT)
        except Exception as error:
            log.error("adoptsim: %s: %s: %s", request.url.path, type(error).__name__, error)
            return JSONResponse({"error": "Something went wrong on the workshop's computer."}, 500, headers=NEVER_KEPT)

    return answer


def _page(name: str, status: int = 200) -> Response:
    file = PAGES / f"{name}.html"
    if not file.is_file():
        return HTMLResponse(_REFUSED, status, headers=NEVER_KEPT)
    return FileResponse(file, status, headers=NEVER_KEPT)


def _done(version: int) -> JSONResponse:
    return JSONResponse({"ok": True, "version": version}, headers=NEVER_KEPT)


def _name(whose: str, body: dict[str, Any]) -> str:
    return f"{whose} {action_id(body)}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


class Server(uvicorn.Server):
    """A server that ends its pages' streams before it waits for them to end."""

    def __init__(self, host: Host, names: set[str]) -> None:
        config = uvicorn.Config(
            Site(host).app(names),
            access_log=False,  # addresses of pages hold secrets
            backlog=512,
            http="h11",
            lifespan="on",
            log_level="critical",
            proxy_headers=False,  # anybody can write such headers
            server_header=False,
            timeout_graceful_shutdown=ENDING_SECONDS,
            timeout_keep_alive=30,
            ws="none",
        )
        super().__init__(config)
        self._host = host

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, then connections."""
        self._host.close()
        await super().shutdown(sockets)

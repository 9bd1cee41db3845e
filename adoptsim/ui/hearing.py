"""What a part of the page may say to the server: that its own controls did something; and which part it is that speaks."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import ipyvue

_hear = ipyvue.VueTemplate._handle_event
_speaking: ContextVar[Any] = ContextVar("speaking", default=None)


def speaker() -> Any:
    """Return the part of the page whose event is being heard; None outside of events."""
    return _speaking.get()


def _hear_events_only(part: Any, sender: Any, content: dict[str, Any], buffers: Any) -> None:
    """Pass on what a part's own controls did; ipyvue would also make objects of any class that a message names."""
    if set(content) <= {"event", "data"}:
        token = _speaking.set(part)
        try:
            _hear(part, sender, content, buffers)
        finally:
            _speaking.reset(token)


def hear_events_only() -> None:
    """From now on hear nothing else, from whichever part."""
    ipyvue.VueTemplate._handle_event = _hear_events_only

"""What the page hands on to the browser as it is: the machinery between looks for parts in every list and would walk it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import solara


@dataclass(frozen=True, slots=True)
class Sealed:
    """Plain data that holds no part of a page; a curve of 500 numbers then costs nothing until it is sent."""

    value: Any


def part(path: str, *sealed: str) -> Callable[..., Any]:
    """Return a decorator for a part of the page drawn by a Vue file beside; ``sealed`` names what it is told sealed."""
    opened = {name: lambda told, _: told.value for name in sealed}
    found: Callable[..., Any] = solara.component_vue(path, vuetify=False, to_json=opened)
    return found

"""From a plan to a room with rules, a simulation that reckons it, and the addresses where it is found."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from adoptsim.workshop import reckon, why
from adoptsim.workshop.addresses import address_of_this_machine, address_on_this_machine, url_of
from adoptsim.workshop.menu import Menu
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.room import Room
from adoptsim.workshop.store import Identity
from adoptsim.workshop.views import Links

PORT = 8770


def room_of(plan: Workshop, lot: str = "") -> Room:
    """Return the room of a plan: its rules, its prices and its stories; ``lot`` as in `Room`."""
    menus, stories = {}, {}
    for number, each in enumerate(plan.rounds):
        told = each.introduce or _paragraphs(plan.scenario(number).story)
        stories[number] = tuple(told)
        if each.decide is not None:
            decide = each.decide
            menus[number] = Menu(
                decide.budget, decide.unit, reckon.prices(plan, number), dict(decide.strengths), decide.starts
            )
    return Room(plan, menus, stories, lot)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


class Simulation:
    """Reckons rounds by the model."""

    def prepare(self, plan: Workshop, number: int, *, stop: threading.Event) -> None:
        """Make the runs that no decision changes."""
        reckon.prepare(plan, number, stop=stop)

    def results(
        self, plan: Workshop, number: int, decisions: dict[str, Any], guesses: dict[str, Any], *, stop: threading.Event
    ) -> Mapping[str, Any]:
        """Return what happened."""
        return reckon.results(plan, number, decisions, guesses, stop=stop)

    def debrief(
        self, plan: Workshop, number: int, decisions: dict[str, Any], results: Mapping[str, Any], *, stop: threading.Event
    ) -> Mapping[str, Any]:
        """Return why."""
        return why.debrief(plan, number, decisions, results, stop=stop)


def links(identity: Identity, host: str, port: int, afterwards: tuple[tuple[str, str], ...] = ()) -> Links:
    """Return where a room is found; ``afterwards`` as in `Links`."""
    url = url_of(address_of_this_machine(host), port)
    return Links(identity.code, url, f"{url}projector?key={identity.projector_key}", afterwards=afterwards)


def facilitator_link(identity: Identity, port: int, host: str) -> str:
    """Return the trainer's link: it stays on this machine, if the server can be reached so."""
    return f"{url_of(address_on_this_machine(host), port)}facilitator?secret={identity.secret}"

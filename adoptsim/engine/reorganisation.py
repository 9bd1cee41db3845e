"""A reorganisation: people take over each other's places, with department, line manager and contacts.

The places stay as they are, so departments, the reporting tree and the network of ties keep their shape: who sits where
changes. Writes to arrays that the world must own (``with_places_of_its_own``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.engine.compiled import entry
from adoptsim.engine.learn import retarget
from adoptsim.engine.measures import set_roles
from adoptsim.engine.state import ACTIVE_DAYS, MARK, PLACE, TALLY, TRAIT, World

People = npt.NDArray[np.int64]


def change_places(
    world: World,
    levers: npt.NDArray[np.float64],
    wanted: npt.NDArray[np.bool_],
    order: npt.NDArray[np.float64],
    day: int,
) -> People:
    """Move those wanted who neither lead nor have reports, and return them.

    In ascending ``order``, float64[N], each takes the place of the next, the last that of the first; a single one stays.
    """
    n, manager = world.place.shape[1], world.place[PLACE.manager]
    has_reports = np.bincount(manager[manager >= 0], minlength=n) > 0
    able = np.flatnonzero(wanted & ~has_reports & (world.place[PLACE.is_leader] == 0))
    moved = able[np.argsort(order[able], kind="stable")]
    if len(moved) < 2:
        return moved[:0]
    seat, occupant = np.arange(n), np.arange(n)
    seat[moved], occupant[np.roll(moved, -1)] = np.roll(moved, -1), moved
    _reseat(world, seat)
    _retie(world, seat, occupant)
    _count_contributing_contacts(world, day)
    settle_in(world, levers)
    return moved


def _reseat(world: World, seat: People) -> None:
    """Give everybody what belongs to the place that they now have."""
    place = world.place
    for row in (PLACE.manager, PLACE.department, PLACE.group):
        place[row] = place[row, seat]
    place[PLACE.roster] = np.argsort(place[PLACE.department], kind="stable")
    for row in (TRAIT.permission_offset, TRAIT.inverse_degree):
        world.trait[row] = world.trait[row, seat]
    world.mark[MARK.leader_active] = world.mark[MARK.leader_active, seat]
    if len(world.segment) == len(seat):
        world.segment[:, 2] = place[PLACE.group]


def _retie(world: World, seat: People, occupant: People) -> None:
    """Rewrite the ties: everybody has those of the place, to whoever sits at its other ends now."""
    n, degree = len(seat), np.diff(world.indptr)
    ends = np.repeat(occupant, degree) * n + occupant[world.neighbours]
    ends.sort()
    world.neighbours[:] = ends % n
    world.indptr[1:] = np.cumsum(degree[seat])


def _count_contributing_contacts(world: World, day: int) -> None:
    """Count for everybody the contacts who count as contributors on the evening before ``day``."""
    contributes = world.tally[TALLY.last_contribution] > day - 1 - ACTIVE_DAYS
    total = np.concatenate(([0], np.cumsum(contributes[world.neighbours])))
    world.tally[TALLY.contacts_contributing] = total[world.indptr[1:]] - total[world.indptr[:-1]]


@entry
def settle_in(world: Any, levers: Any) -> None:
    """Let levels and roles be those of the places and levers that people are under now."""
    retarget(world, levers)
    set_roles(world, levers)

"""Where everybody stands in the picture: departments as discs packed around the middle, people in them by reporting tree.

Pure: the same organisation has the same picture. Lengths are in distances between neighbours.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adoptsim.domain.organisation import Organisation

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
RIM, GAP, SPREAD = 0.95, 0.55, 0.56
"""Room between the outermost people and their department's edge, between two departments, and that each person takes."""
WIDEST, NARROWEST = 2.6, 0.5
"""How many times as wide as high the whole may be."""
ROUND = 1.5
"""Exponent of the whole's outline: 2 is an ellipse, less leaves its corners free, where the page writes."""
TRIES = 3
PLACES = 20_000
"""Places that are tried for each department."""
LINKS_EACH = 2
"""Departments that a department is shown tied to: those with which it has most ties."""


@dataclass(frozen=True, eq=False)
class Layout:
    """``x``, ``y``: float32[N]; ``disc``: x, y and radius of each department, float64[D, 3]; ``links``: pairs, and ties."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    disc: Floats
    links: list[tuple[int, int, int]]


def layout_of(organisation: Organisation, aspect: float = 1.6) -> Layout:
    """Return where everybody stands in a picture ``aspect`` times as wide as high."""
    start = organisation.department_start
    disc = _fitted(np.sqrt(np.diff(start)) * SPREAD + RIM, min(max(aspect, NARROWEST), WIDEST))
    place = np.empty((organisation.n_people, 2))
    for department, (first, end) in enumerate(itertools.pairwise(start)):
        people = np.arange(first, end)
        place[people] = disc[department, :2] + _seats(organisation.manager, people)
    return Layout(place[:, 0].astype(np.float32), place[:, 1].astype(np.float32), disc, _links(organisation))


def _fitted(radius: Floats, aspect: float) -> Floats:
    """Return packed discs whose edges come near the aspect: of few tries the nearest."""
    stretch, found = aspect, []
    for _ in range(TRIES):
        disc = packed(radius, stretch)
        wide, high = ((disc[:, axis] + disc[:, 2]).max() - (disc[:, axis] - disc[:, 2]).min() for axis in (0, 1))
        off = float(aspect * high / wide)
        found.append((abs(np.log(off)), disc))
        stretch *= off
    return min(found, key=lambda each: each[0])[1]


def packed(radius: Floats, aspect: float) -> Floats:
    """Return x, y and radius of discs that don't overlap, float64[D, 3]: the largest in the middle.

    Each, from large to small, takes the first free place of a sunflower's from the middle outwards.
    """
    reach = 1.5 * np.sqrt(float(((radius + GAP) ** 2).sum())) + float(radius.max())
    turn, out = np.arange(PLACES) * GOLDEN_ANGLE, reach * np.sqrt(np.arange(PLACES) / PLACES)
    out /= (np.abs(np.cos(turn)) ** ROUND + np.abs(np.sin(turn)) ** ROUND) ** (1.0 / ROUND)
    x, y = out * np.cos(turn) * np.sqrt(aspect), out * np.sin(turn) / np.sqrt(aspect)
    room = np.full(PLACES, np.inf)
    disc = np.empty((len(radius), 3))
    for department in np.argsort(-radius, kind="stable"):
        place = int(np.argmax(room >= radius[department] + GAP))
        disc[department] = x[place], y[place], radius[department]
        np.minimum(room, np.hypot(x - x[place], y - y[place]) - radius[department], out=room)
    return disc


def _seats(manager: npt.NDArray[np.int32], people: Ints) -> Floats:
    """Return the seats of a department's people around its middle: heads inside, reports further out, on the same side."""
    seat = np.arange(len(people))
    angle, out = np.mod(seat * GOLDEN_ANGLE, 2.0 * np.pi), SPREAD * np.sqrt(seat)
    depth, order = _tree(manager, people)
    placed, taken = np.empty((len(people), 2)), 0
    for level in range(int(depth.max()) + 1):
        members = np.flatnonzero(depth == level)
        ring = np.arange(taken, taken + len(members))
        ring = ring[np.argsort(angle[ring], kind="stable")]
        taken += len(members)
        members = members[np.argsort(order[members], kind="stable")]
        placed[members] = np.column_stack((out[ring] * np.cos(angle[ring]), out[ring] * np.sin(angle[ring])))
    return np.asarray(placed - placed.mean(axis=0))


def _tree(manager: npt.NDArray[np.int32], people: Ints) -> tuple[Ints, Ints]:
    """Return how far each is below the department's heads, and each one's turn in a walk through the tree."""
    first, n = int(people[0]), len(people)
    reports: list[list[int]] = [[] for _ in range(n)]
    heads: list[int] = []
    for person in range(n):
        above = int(manager[first + person]) - first
        (reports[above] if 0 <= above < n else heads).append(person)
    depth, order = np.zeros(n, np.int64), np.zeros(n, np.int64)
    walk = [(head, 0) for head in reversed(heads)]
    for turn in range(n):
        person, below = walk.pop()
        depth[person], order[person] = below, turn
        walk += [(each, below + 1) for each in reversed(reports[person])]
    return depth, order


def _links(organisation: Organisation) -> list[tuple[int, int, int]]:
    """Return the strongest links between departments, with how many ties each stands for."""
    n = organisation.n_departments
    one = np.repeat(organisation.department, organisation.degree).astype(np.int64)
    other = organisation.department[organisation.neighbours].astype(np.int64)
    ties = np.bincount(one * n + other, minlength=n * n).reshape(n, n)
    np.fill_diagonal(ties, 0)
    strongest = np.argsort(-ties, axis=1, kind="stable")[:, :LINKS_EACH]
    pairs = {(min(a, b), max(a, b)) for a in range(n) for b in strongest[a].tolist() if ties[a, b] > 0}
    return [(a, b, int(ties[a, b])) for a, b in sorted(pairs)]

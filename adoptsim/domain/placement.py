"""Who takes which place: who leads where the data do not say, who champions, whom a launch brings in first.

Law of the module: a place is given by an order of the people; whoever takes the first n of it has placed n people.
A smaller share is therefore always contained in a larger one. The order is everybody's, whatever the policy; a practice
limited to departments takes the first of it among those whom it covers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adoptsim.domain.network import draw_reporting_tree

__all__ = [
    "ChampionPlacement",
    "SeedPlacement",
    "champion_rank",
    "interest_rank",
    "lead_by_ties",
    "lead_by_tree",
    "leaders_of_heads",
    "rank_among",
    "seed_rank",
]

ChampionPlacement = Literal["random", "connected", "departments", "cluster"]
SeedPlacement = Literal["scattered", "interested", "connected", "departments", "cluster"]

Ints = NDArray[np.int64]
# (department, indptr, neighbours, postponed, rng) -> order; the postponed come last
Order = Callable[[NDArray[np.int32], Ints, NDArray[np.uint32], NDArray[np.bool_], np.random.Generator], Ints]


def champion_rank(
    placement: ChampionPlacement,
    *,
    department: NDArray[np.int32],
    indptr: Ints,
    neighbours: NDArray[np.uint32],
    is_leader: NDArray[np.bool_],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return each person's place among would-be champions, (rank + 0.5) / N; leaders come last.

    "random"; "connected": most ties first; "departments": one of each department, then a second of each, and so on;
    "cluster": breadth first over ties from a drawn person.
    """
    order = _order(placement, _CHAMPION_ORDERS)(department, indptr, neighbours, is_leader, rng)
    return _relative_rank(np.concatenate((order[~is_leader[order]], order[is_leader[order]])))


def seed_rank(
    placement: SeedPlacement,
    *,
    department: NDArray[np.int32],
    indptr: Ints,
    neighbours: NDArray[np.uint32],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return each person's place among those brought in at launch, (rank + 0.5) / N.

    "scattered": random; "connected": most ties first; "departments": whole departments one after another (a pilot);
    "cluster": breadth first over ties from a drawn person; "interested": random as well, until it is known who has most
    to say (``interest_rank``).
    """
    nobody = np.zeros(len(department), np.bool_)
    return _relative_rank(_order(placement, _SEED_ORDERS)(department, indptr, neighbours, nobody, rng))


def interest_rank(propensity: NDArray[np.float64], is_leader: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return each person's place in the order of how much they have to say, (rank + 0.5) / N: most first, leaders last.

    The most interested are those who pay the costs of starting (Oliver, Marwell & Teixeira 1985; Marwell & Oliver 1993).
    Leaders post on duty, not because they have something to say.
    """
    return _relative_rank(np.lexsort((-propensity, is_leader)))


def rank_among(rank: NDArray[np.float32], crowd: Ints, last: Ints | None = None) -> NDArray[np.float32]:
    """Return each person's place among those of the same crowd, (rank + 0.5) / its size, in the order of ``rank``.

    So a share of a crowd is a share of its people, wherever they stand in the order of all. ``last`` puts
    some after the others of their crowd: those with a higher number later, in the same order.
    """
    order = np.lexsort((rank, np.zeros(len(rank)) if last is None else last, crowd))
    size = np.bincount(crowd)
    place = np.empty(len(rank))
    place[order] = np.arange(len(rank)) - np.repeat(np.cumsum(size) - size, size)
    return ((place + 0.5) / size[crowd]).astype(np.float32)


def _order(placement: str, orders: Mapping[str, Order]) -> Order:
    if placement not in orders:
        raise ValueError(f"placement {placement!r} is unknown; give one of: {', '.join(orders)}")
    return orders[placement]


def _relative_rank(order: Ints) -> NDArray[np.float32]:
    rank = np.empty(len(order), np.float64)
    rank[order] = (np.arange(len(order)) + 0.5) / len(order)
    return rank.astype(np.float32)


def _random(
    department: NDArray[np.int32],
    indptr: Ints,
    neighbours: NDArray[np.uint32],
    postponed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Ints:
    return rng.permutation(len(department))


def _connected(
    department: NDArray[np.int32],
    indptr: Ints,
    neighbours: NDArray[np.uint32],
    postponed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Ints:
    return np.lexsort((rng.random(len(department)), -np.diff(indptr)))


def _one_per_department(
    department: NDArray[np.int32],
    indptr: Ints,
    neighbours: NDArray[np.uint32],
    postponed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Ints:
    n_departments = int(department[-1]) + 1
    by_department = np.lexsort((rng.random(len(department)) + postponed, department))
    start = np.searchsorted(department, np.arange(n_departments))
    round_of = np.arange(len(department)) - start[department]
    return by_department[np.lexsort((rng.permutation(n_departments)[department], round_of))]


def _whole_departments(
    department: NDArray[np.int32],
    indptr: Ints,
    neighbours: NDArray[np.uint32],
    postponed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Ints:
    turn = rng.permutation(int(department[-1]) + 1)
    return np.lexsort((rng.random(len(department)), turn[department]))


def _cluster(
    department: NDArray[np.int32],
    indptr: Ints,
    neighbours: NDArray[np.uint32],
    postponed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Ints:
    """Return people breadth first from a drawn person, then from further drawn people until all are in."""
    is_taken = np.zeros(len(department), np.bool_)
    first_met = np.empty(len(department), np.int64)  # scratch: where in the list of contacts a person comes first
    waves: list[Ints] = []
    for start in rng.permutation(len(department)):
        if is_taken[start]:
            continue
        wave = np.array([start])
        while len(wave):
            is_taken[wave] = True
            waves.append(wave)
            wave = _next_wave(wave, indptr, neighbours, is_taken, first_met)
    return np.concatenate(waves)


def _next_wave(
    wave: Ints, indptr: Ints, neighbours: NDArray[np.uint32], is_taken: NDArray[np.bool_], first_met: Ints
) -> Ints:
    """Return the untaken contacts of a wave, each once, in the order in which they are met."""
    n_contacts = indptr[wave + 1] - indptr[wave]
    offset = np.repeat(indptr[wave] - (np.cumsum(n_contacts) - n_contacts), n_contacts)
    met = neighbours[offset + np.arange(len(offset))].astype(np.int64)
    met = met[~is_taken[met]]
    place = np.arange(len(met))
    first_met[met[::-1]] = place[::-1]  # the last assignment stays, that is the first meeting
    next_wave: Ints = met[first_met[met] == place]
    return next_wave


_CHAMPION_ORDERS: Mapping[str, Order] = {
    "random": _random,
    "connected": _connected,
    "departments": _one_per_department,
    "cluster": _cluster,
}
_SEED_ORDERS: Mapping[str, Order] = {
    "scattered": _random,
    "interested": _random,
    "connected": _connected,
    "departments": _whole_departments,
    "cluster": _cluster,
}


# --- leaders ---------------------------------------------------------------------------------------------------


def lead_by_tree(
    department: NDArray[np.int32], manager: NDArray[np.int32], is_leader: NDArray[np.bool_], n_leaders: int
) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Return (is_leader, leader of each department) in a given reporting tree without cycles.

    Where nobody is marked, those with reports lead who are nearest the top, and among these those with most people
    below. A department's leader is its own highest one, else the first above its highest person, else the highest
    of all.
    """
    depth, n_below = _depth_and_n_below(manager)
    order = np.lexsort((-n_below, depth, n_below == 0))
    if not is_leader.any():
        is_leader = np.zeros(len(manager), np.bool_)
        is_leader[order[:n_leaders]] = True
    first_leader = int(order[is_leader[order]][0])
    highest_leaders_first = order[np.lexsort((~is_leader[order], department[order]))]
    highest_first = order[np.argsort(department[order], kind="stable")]
    start = np.searchsorted(department, np.arange(int(department[-1]) + 1))
    answering = [
        own if is_leader[own] else _leader_above(highest, manager, is_leader, first_leader)
        for own, highest in zip(highest_leaders_first[start].tolist(), highest_first[start].tolist(), strict=True)
    ]
    return is_leader, np.array(answering, np.int32)


def lead_by_ties(
    department: NDArray[np.int32],
    degree: Ints,
    is_leader: NDArray[np.bool_],
    n_leaders: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]]:
    """Return (manager, is_leader, leader of each department) where no reporting tree is known.

    Where nobody is marked, the best connected lead. A tree is drawn within departments: leaders first, then those
    with more ties.
    """
    if not is_leader.any():
        is_leader = np.zeros(len(degree), np.bool_)
        is_leader[np.argsort(-degree, kind="stable")[:n_leaders]] = True
    person_at = np.lexsort((-degree, ~is_leader, department))  # position in the drawn tree -> person
    start = np.searchsorted(department, np.arange(int(department[-1]) + 2))
    heads = person_at[start[:-1]]
    department_order = np.lexsort((-degree[heads], ~is_leader[heads]))
    drawn = draw_reporting_tree(start, department_order, int(np.count_nonzero(is_leader[heads])), rng)
    manager = np.empty(len(degree), np.int32)
    manager[person_at] = np.where(drawn >= 0, person_at[drawn], -1)
    return manager, is_leader, leaders_of_heads(heads, manager, is_leader)


def leaders_of_heads(heads: Ints, manager: NDArray[np.int32], is_leader: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return who answers for each department of a drawn tree: its head, or the leader the head reports to."""
    return np.where(is_leader[heads], heads, manager[heads]).astype(np.int32)


def _depth_and_n_below(manager: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Return each person's steps to the top and number of people below, shapes (N,)."""
    upward = np.concatenate((manager.astype(np.int64), [-1]))  # the last entry lets -1 point at itself
    depth = (upward >= 0).astype(np.int64)
    while (upward >= 0).any():  # pointer doubling: chains of any length in log2 rounds
        depth += depth[upward]
        upward = upward[upward]
    superiors, below = manager.tolist(), [0] * len(manager)
    for person in np.argsort(-depth[:-1], kind="stable").tolist():
        if superiors[person] >= 0:
            below[superiors[person]] += below[person] + 1
    return depth[:-1], np.array(below, np.int64)


def _leader_above(person: int, manager: NDArray[np.int32], is_leader: NDArray[np.bool_], otherwise: int) -> int:
    while person >= 0 and not is_leader[person]:
        person = int(manager[person])
    return person if person >= 0 else otherwise

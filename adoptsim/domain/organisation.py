"""Who is there: people in departments, a reporting tree, senior leaders, and ties.

Law of the module: an organisation is a value. A generated one is a function of (seed, replicate) and its settings
alone, so every policy meets the same ones; one built from a user's data is that data, and only the places of
champions and of those brought in at launch are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped, unused-ignore]

from adoptsim.domain.network import draw_reporting_tree, draw_ties, find_manager_cycle, tie_codes, tie_table
from adoptsim.domain.placement import (
    ChampionPlacement,
    SeedPlacement,
    champion_rank,
    lead_by_ties,
    lead_by_tree,
    leaders_of_heads,
    seed_rank,
)
from adoptsim.domain.structure import STRUCTURE

__all__ = [
    "Organisation",
    "PersonRecord",
    "build_organisation",
    "find_manager_cycle",
    "generate_organisation",
    "place_people",
]

N_PEOPLE_MIN, N_PEOPLE_MAX = 20, 1_000_000  # of a generated organisation
NAMED_IN_ERRORS = 5  # offenders listed before "and n more"

# What a stream of random numbers is for; part of its key, so that e.g. another placement leaves the ties alone.
_DEPARTMENTS, _REPORTING, _TIES, _CHAMPIONS, _SEEDS = range(5)
_N_PURPOSES = 8


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Organisation:
    """People 0..N-1, ordered by department. Arrays are shared, not copied: read them, never write."""

    department: NDArray[np.int32]  # (N,) ascending
    department_names: tuple[str, ...]  # (D,)
    manager: NDArray[np.int32]  # (N,) person reported to, -1 at the top
    is_leader: NDArray[np.bool_]  # (N,) senior leader
    leader_of_department: NDArray[np.int32]  # (D,) the senior leader who answers for it
    indptr: NDArray[np.int64]  # (N + 1,) contacts of i: neighbours[indptr[i]:indptr[i + 1]], ascending
    neighbours: NDArray[np.uint32]  # (2 * ties,) symmetric, no self ties, no duplicates
    champion_rank: NDArray[np.float32]  # (N,) (rank + 0.5) / N; champion where below the champion share
    seed_rank: NDArray[np.float32]  # (N,) likewise; brought in at launch where below the seed share
    interested_first: bool = False  # the seed rank is to be that of interest, once traits are drawn
    labels: tuple[str, ...] | None = None  # (N,) the user's ids; None: the index

    @property
    def n_people(self) -> int:
        """Return N."""
        return len(self.department)

    @property
    def n_departments(self) -> int:
        """Return D."""
        return len(self.department_names)

    @property
    def department_start(self) -> NDArray[np.int64]:
        """Return the first person of each department and, last, N; shape (D + 1,)."""
        return np.searchsorted(self.department, np.arange(self.n_departments + 1))

    @property
    def degree(self) -> NDArray[np.int64]:
        """Return each person's number of ties, shape (N,)."""
        return np.diff(self.indptr)

    @property
    def reports(self) -> NDArray[np.int32]:
        """Return each person's number of direct reports, shape (N,)."""
        return np.bincount(self.manager[self.manager >= 0], minlength=self.n_people).astype(np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """One row of a user's list of people."""

    id: str
    department: str
    manager: str | None = None  # id; None, "" or the own id: nobody above
    is_leader: bool | None = None  # None: not said


# --- generated -------------------------------------------------------------------------------------------------


def generate_organisation(
    n_people: int,
    *,
    seed: int,
    replicate: int,
    mean_degree: float = STRUCTURE.mean_degree,
    leader_share: float = STRUCTURE.leader_share,
    department_size_median: float = STRUCTURE.department_size_median,
    department_size_mean: float = STRUCTURE.department_size_mean,
    champion_placement: ChampionPlacement = "random",
    seed_placement: SeedPlacement = "scattered",
) -> Organisation:
    """Return an organisation like those of pattern 8, drawn from (seed, replicate) alone.

    Each department's first person is its head; leaders are heads first (then deputies of the largest departments).
    """
    _check_settings(n_people, mean_degree, leader_share, department_size_median, department_size_mean)
    start = _department_starts(n_people, seed, replicate, department_size_median, department_size_mean)
    rng = _stream(seed, replicate, _REPORTING)
    n_leaders = max(1, round(leader_share * n_people))
    manager, is_leader = _draw_hierarchy(start, n_leaders, rng)
    codes = draw_ties(start, manager, mean_degree, _stream(seed, replicate, _TIES))
    indptr, neighbours = tie_table(codes, n_people)
    unplaced = Organisation(
        department=np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start)),
        department_names=_names(start),
        manager=manager,
        is_leader=is_leader,
        leader_of_department=leaders_of_heads(start[:-1], manager, is_leader),
        indptr=indptr,
        neighbours=neighbours,
        champion_rank=np.zeros(n_people, np.float32),
        seed_rank=np.zeros(n_people, np.float32),
    )
    return place_people(
        unplaced,
        seed=seed,
        replicate=replicate,
        champion_placement=champion_placement,
        seed_placement=seed_placement,
    )


def generated_department_names(n_people: int, *, seed: int, replicate: int) -> tuple[str, ...]:
    """Return the departments that a generated organisation of usual structure has, without drawing the rest of it."""
    median, mean = STRUCTURE.department_size_median, STRUCTURE.department_size_mean
    return _names(_department_starts(n_people, seed, replicate, median, mean))


def place_people(
    organisation: Organisation,
    *,
    seed: int,
    replicate: int = 0,
    champion_placement: ChampionPlacement = "random",
    seed_placement: SeedPlacement = "scattered",
) -> Organisation:
    """Return the organisation with the places of champions and seeds drawn anew; all else is shared with the old."""
    department, indptr, neighbours = organisation.department, organisation.indptr, organisation.neighbours
    champions = champion_rank(
        champion_placement,
        department=department,
        indptr=indptr,
        neighbours=neighbours,
        is_leader=organisation.is_leader,
        rng=_stream(seed, replicate, _CHAMPIONS),
    )
    seeds = seed_rank(
        seed_placement,
        department=department,
        indptr=indptr,
        neighbours=neighbours,
        rng=_stream(seed, replicate, _SEEDS),
    )
    interested_first = seed_placement == "interested"
    return replace(organisation, champion_rank=champions, seed_rank=seeds, interested_first=interested_first)


def _stream(seed: int, replicate: int, purpose: int) -> np.random.Generator:
    """Return the generator of one purpose; (seed, replicate, purpose) is the key of a Philox (Salmon et al. 2011)."""
    if not (0 <= seed < 2**64 and 0 <= replicate < 2**60):
        raise ValueError(f"seed {seed} or replicate {replicate} is not a whole number from 0 to 2**60")
    key = np.array([seed, replicate * _N_PURPOSES + purpose], np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def _check_settings(n_people: int, mean_degree: float, leader_share: float, median: float, mean: float) -> None:
    if not N_PEOPLE_MIN <= n_people <= N_PEOPLE_MAX:
        raise ValueError(f"n_people is {n_people}; give {N_PEOPLE_MIN} to {N_PEOPLE_MAX:,} people")
    if not mean_degree >= 1:
        raise ValueError(f"mean_degree is {mean_degree}; give at least 1 tie a person")
    _check_leader_share(leader_share)
    if not 1 <= median < mean:
        raise ValueError(f"department sizes have median {median} and mean {mean}; give 1 <= median < mean")


def _check_leader_share(leader_share: float) -> None:
    if not 0 < leader_share <= 0.5:
        raise ValueError(f"leader_share is {leader_share}; give a share above 0 and up to 0.5")


def _names(start: NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(f"department {number}" for number in range(1, len(start)))


def _department_starts(n_people: int, seed: int, replicate: int, median: float, mean: float) -> NDArray[np.int64]:
    return _draw_department_starts(n_people, median, mean, _stream(seed, replicate, _DEPARTMENTS))


def _draw_department_starts(n_people: int, median: float, mean: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return where departments of lognormal size start, and N last; shape (D + 1,).

    One size from each of D quantile ranges (stratified), so that replicates differ in who is large, less in how
    unequal they are; then scaled so that the sum is N.
    """
    n_departments = max(
        round(n_people / mean), min(STRUCTURE.departments_min, n_people // STRUCTURE.people_per_department_min)
    )
    sigma = np.sqrt(2.0 * np.log(mean / median))
    quantile = (rng.permutation(n_departments) + rng.random(n_departments)) / n_departments
    ends = np.cumsum(median * np.exp(sigma * ndtri(quantile * ndtr(STRUCTURE.department_size_z_max))))
    # distinct starts: what rounds to no people is no department
    return np.unique(np.concatenate(([0], np.rint(ends * (n_people / ends[-1])).astype(np.int64))))


def _draw_hierarchy(
    start: NDArray[np.int64], n_leaders: int, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return (manager, is_leader) of generated people: the heads of the largest departments lead."""
    sizes = np.diff(start)
    n_leading = min(n_leaders, len(sizes))
    order = np.argsort(-sizes, kind="stable")
    order = np.concatenate((rng.permutation(order[:n_leading]), order[n_leading:]))
    is_leader = np.zeros(start[-1], np.bool_)
    is_leader[start[:-1][order[:n_leading]]] = True
    if n_leaders > n_leading:
        place = np.arange(start[-1]) - np.repeat(start[:-1], sizes)
        deputies_first = np.lexsort((np.repeat(-sizes, sizes), place))
        is_leader[deputies_first[:n_leaders]] = True  # the heads come first of all
    return draw_reporting_tree(start, order, n_leading, rng), is_leader


# --- from the user's data --------------------------------------------------------------------------------------


def build_organisation(
    people: Sequence[PersonRecord],
    ties: Iterable[tuple[str, str]] | NDArray[np.integer],
    *,
    seed: int,
    replicate: int = 0,
    leader_share: float = STRUCTURE.leader_share,
    champion_placement: ChampionPlacement = "random",
    seed_placement: SeedPlacement = "scattered",
) -> Organisation:
    """Return the organisation of a user's data: people reordered by department, ties made mutual.

    `ties` are pairs of ids, or rows (source, target) of indices into `people`, shape (n, 2); direction, repetition
    and self ties are ignored. Where nobody is marked as a leader, the top `leader_share` of the reporting tree lead.
    Where nobody has a manager, the best connected lead and a reporting tree is drawn within departments, the better
    connected nearer its top.

    Raises ValueError on fewer than two people, repeated or unknown ids, and cycles of managers.
    """
    _check_leader_share(leader_share)
    position = _positions(people)  # in the caller's order
    names = tuple(dict.fromkeys(person.department for person in people))
    number = {name: i for i, name in enumerate(names)}
    listed_department = np.array([number[person.department] for person in people], np.int32)
    order = np.argsort(listed_department, kind="stable")
    place = np.empty(len(people), np.int64)  # of the caller's row in the organisation
    place[order] = np.arange(len(people))
    records = [people[row] for row in order.tolist()]
    department = listed_department[order]
    indptr, neighbours = tie_table(_codes_of(ties, position, place), len(people))
    manager = _managers_of(records, position, place)
    n_leaders = max(1, round(leader_share * len(people)))
    is_leader = np.array([bool(person.is_leader) for person in records], np.bool_)
    if (manager >= 0).any():
        is_leader, answering = lead_by_tree(department, manager, is_leader, n_leaders)
    else:
        rng = _stream(seed, replicate, _REPORTING)
        manager, is_leader, answering = lead_by_ties(department, np.diff(indptr), is_leader, n_leaders, rng)
    unplaced = Organisation(
        department=department,
        department_names=names,
        manager=manager,
        is_leader=is_leader,
        leader_of_department=answering,
        indptr=indptr,
        neighbours=neighbours,
        champion_rank=np.zeros(len(people), np.float32),
        seed_rank=np.zeros(len(people), np.float32),
        labels=tuple(person.id for person in records),
    )
    return place_people(
        unplaced,
        seed=seed,
        replicate=replicate,
        champion_placement=champion_placement,
        seed_placement=seed_placement,
    )


def _positions(people: Sequence[PersonRecord]) -> dict[str, int]:
    """Return the row of each id."""
    if len(people) < 2:
        raise ValueError(f"the organisation has {len(people)} people; at least 2 are needed")
    position = {person.id: row for row, person in enumerate(people)}
    if len(position) < len(people):
        ids = [person.id for person in people]
        repeated = dict.fromkeys(id_ for row, id_ in enumerate(ids) if position[id_] != row)
        raise ValueError(f"ids listed more than once: {_listed(repeated)}; each person needs an id of their own")
    return position


def _codes_of(
    ties: Iterable[tuple[str, str]] | NDArray[np.integer], position: dict[str, int], place: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the tie codes in the organisation's order of people."""
    if isinstance(ties, np.ndarray):
        rows = ties.reshape(-1, 2)
        outside = np.unique(rows[(rows < 0) | (rows >= len(place))])
        if len(outside):
            raise ValueError(f"ties name rows outside 0 to {len(place) - 1}: {_listed(map(str, outside.tolist()))}")
    else:
        pairs = list(ties)
        unknown = dict.fromkeys(id_ for pair in pairs for id_ in pair if id_ not in position)
        if unknown:
            raise ValueError(f"ties name people who are not listed: {_listed(unknown)}")
        rows = np.array([(position[one], position[other]) for one, other in pairs], np.int64).reshape(-1, 2)
    return tie_codes(place[rows[:, 0]], place[rows[:, 1]], len(place))


def _managers_of(records: Sequence[PersonRecord], position: dict[str, int], place: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return each person's manager in the organisation's order of people."""
    named = [person.manager if person.manager != person.id else None for person in records]
    unknown = dict.fromkeys(id_ for id_ in named if id_ and id_ not in position)
    if unknown:
        raise ValueError(f"managers who are not listed: {_listed(unknown)}; list them as people or leave them empty")
    manager = np.array([place[position[id_]] if id_ else -1 for id_ in named], np.int32)
    cycle = find_manager_cycle(manager)
    if cycle is not None:
        loop = " -> ".join(records[person].id for person in [*cycle, cycle[0]])
        raise ValueError(f"managers go round in a circle: {loop}; leave the manager of the highest of them empty")
    return manager


def _listed(ids: Iterable[str]) -> str:
    """Return the first few ids as text, with the number of the others."""
    all_ids = list(ids)
    more = len(all_ids) - NAMED_IN_ERRORS
    return ", ".join(all_ids[:NAMED_IN_ERRORS]) + (f" and {more} more" if more > 0 else "")

"""The two networks of an organisation: who reports to whom, and who is tied to whom.

Law of the module: plain arrays in, plain arrays out; every draw comes from the generator that is handed in.
People are indices 0..N-1, ordered by department; a tie is one number, lower * N + higher, so that a set of ties
is a sorted array of such codes.

Ties arise in four steps, so that pattern 8 holds at N = 1005 (e-mail ties of a research institution, email-Eu-core:
Leskovec et al. 2007; Yin et al. 2017): reporting lines; ties within departments (degree-corrected block model,
Karrer & Newman 2011); ties across departments through working groups in which everyone knows everyone (affiliation
model, Breiger 1974; Newman, Strogatz & Watts 2001), without which there is far too little clustering; and random
ties across departments for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped, unused-ignore]

from adoptsim.domain.structure import STRUCTURE

__all__ = [
    "NetworkStatistics",
    "describe_network",
    "draw_reporting_tree",
    "draw_ties",
    "find_manager_cycle",
    "tie_codes",
    "tie_table",
]

# How the search for missing ties goes on: of the method, not of organisations
CALLS_PER_TIE = (2.0, 4.0, 8.0, 16.0)  # per tie still missing, round by round: many are there already
FILL_TOLERANCE = 0.005  # of the ties wanted, so that no round is spent on a handful

Codes = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


# --- reporting -------------------------------------------------------------------------------------------------


def draw_reporting_tree(
    department_start: Ints, department_order: Ints, n_leading: int, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Return each position's manager (position, -1 at the top), shape (N,).

    The first position of a department is its head. Heads form a tree in `department_order`: the first is the top,
    the first `n_leading` (the senior leaders) report among themselves, the others to these in turn. Below its head
    a department is filled breadth first by drawn spans, so a manager always precedes the people reporting to them.
    """
    sizes = np.diff(department_start)
    heads = department_start[:-1]
    rank = np.arange(len(heads))
    superior = np.where(rank < n_leading, 0, (rank - n_leading) % n_leading)
    superior[1:n_leading] = np.searchsorted(np.cumsum(_draw_spans(n_leading, rng)), rank[1:n_leading])
    spans = _draw_spans(int(department_start[-1]), rng)
    # heads who lead other heads leave most of their own department to deputies, or their span doubles
    spans[heads[department_order[superior[1:]]]] = STRUCTURE.span_min
    cumulative = np.concatenate(([0], np.cumsum(spans)))
    start = np.repeat(heads, sizes)
    place = np.arange(department_start[-1]) - start
    manager = np.searchsorted(cumulative[1:], cumulative[start] + place).astype(np.int32)
    manager[heads[department_order]] = heads[department_order[superior]]
    manager[heads[department_order[0]]] = -1
    return manager


def _draw_spans(n: int, rng: np.random.Generator) -> Ints:
    """Return how many people `n` managers would have under them, from ``span_min`` to ``span_max``."""
    spans: Ints = np.minimum(STRUCTURE.span_min - 1 + rng.geometric(STRUCTURE.span_stop_prob, n), STRUCTURE.span_max)
    return spans


def find_manager_cycle(manager: NDArray[np.integer]) -> list[int] | None:
    """Return the people of one reporting cycle in order (each reports to the next), or None if there is none."""
    upward = np.concatenate((np.asarray(manager, np.int64), [-1]))  # the last entry lets -1 point at itself
    for _ in range(len(manager).bit_length()):
        upward = upward[upward]  # after k rounds: the superior 2**k steps up
    trapped = np.flatnonzero(upward[:-1] >= 0)
    if not len(trapped):
        return None
    cycle = [int(upward[trapped[0]])]
    while (superior := int(manager[cycle[-1]])) != cycle[0]:
        cycle.append(superior)
    return cycle


# --- ties ------------------------------------------------------------------------------------------------------


def tie_codes(source: NDArray[np.integer], target: NDArray[np.integer], n_people: int) -> Codes:
    """Return the sorted distinct codes of undirected ties; self ties are dropped."""
    one, other = np.asarray(source, np.int64), np.asarray(target, np.int64)
    codes = np.minimum(one, other) * n_people + np.maximum(one, other)
    return _distinct(codes[one != other])


def tie_table(codes: Codes, n_people: int) -> tuple[Ints, NDArray[np.uint32]]:
    """Return (indptr, neighbours): each person's contacts in ascending order, every tie in both its rows."""
    lower = codes // n_people
    both = _merged(codes, np.sort((codes - lower * n_people) * n_people + lower))
    person = both // n_people
    indptr = np.zeros(n_people + 1, np.int64)
    np.cumsum(np.bincount(person, minlength=n_people), out=indptr[1:])
    person *= n_people
    both -= person
    return indptr, both.astype(np.uint32)


def draw_ties(department_start: Ints, manager: NDArray[np.int32], mean_degree: float, rng: np.random.Generator) -> Codes:
    """Return the codes of about N * mean_degree / 2 ties; everybody is tied to manager and reports.

    The mean degree is at most ``tie_density_max`` * (N - 1).
    """
    n_people = len(manager)
    department = np.repeat(np.arange(len(department_start) - 1), np.diff(department_start))
    n_ties = min(mean_degree, STRUCTURE.tie_density_max * (n_people - 1)) * n_people / 2
    within_weight, across_weight = _draw_sociability(manager, rng)
    wanted_within = _wanted_within(department_start, n_ties)
    has_manager = np.flatnonzero(manager >= 0)
    codes = tie_codes(has_manager, manager[has_manager], n_people)
    is_within = department[codes // n_people] == department[codes % n_people]
    n_within = wanted_within.sum()
    n_across = n_ties - n_within - np.count_nonzero(~is_within)
    in_groups = _draw_in_groups(codes, STRUCTURE.group_share * n_across, department, across_weight, rng)

    def call_within(n_calls: float) -> Codes:
        return _call_within(n_calls, department_start, wanted_within, within_weight, rng)

    def call_across(n_calls: float) -> Codes:
        return _call_across(n_calls, department, across_weight, rng)

    codes = _filled(codes, n_within - np.count_nonzero(is_within), call_within, rng)
    return _filled(_merged(codes, in_groups), n_across - len(in_groups), call_across, rng)


def _filled(codes: Codes, n_wanted: float, call: Callable[[float], Codes], rng: np.random.Generator) -> Codes:
    """Return the ties with about `n_wanted` new ones that arise from calls; dense organisations may get fewer."""
    missing = n_wanted
    for calls_per_tie in CALLS_PER_TIE:
        if missing <= FILL_TOLERANCE * n_wanted:
            break
        new = _thin(_unknown(codes, call(calls_per_tie * missing)), missing, rng)
        codes = _merged(codes, new)
        missing -= len(new)
    return codes


def _draw_sociability(manager: NDArray[np.int32], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return two positive weights a person, for ties within and across departments; correlated lognormal."""
    lift = np.zeros(len(manager))
    lift[manager[manager >= 0]] = STRUCTURE.with_reports_lift
    common, own = rng.standard_normal((2, len(manager)))
    other = STRUCTURE.sociability_correlation * common + np.sqrt(1 - STRUCTURE.sociability_correlation**2) * own
    within = STRUCTURE.within_sociability_sd * np.minimum(common, STRUCTURE.sociability_z_max)
    across = STRUCTURE.across_sociability_sd * np.minimum(other, STRUCTURE.sociability_z_max)
    return np.exp(within + lift), np.exp(across + lift)


def _wanted_within(department_start: Ints, n_ties: float) -> Floats:
    """Return the number of ties wanted inside each department."""
    sizes = np.diff(department_start)
    pairs = sizes * (sizes - 1) / 2
    n_people = int(department_start[-1])
    pairs_within = pairs.sum() / (n_people * (n_people - 1) / 2)
    by_ratio = STRUCTURE.within_density_ratio_min * pairs_within
    share = max(STRUCTURE.within_share, by_ratio / (by_ratio + 1 - pairs_within))
    shape = pairs * sizes**-STRUCTURE.density_decline
    wanted: Floats = np.minimum(share * n_ties * shape / max(shape.sum(), 1.0), STRUCTURE.within_density_max * pairs)
    return wanted


def _call_within(n_calls: float, department_start: Ints, wanted: Floats, weight: Floats, rng: np.random.Generator) -> Codes:
    """Return the ties of calls within departments: both ends by weight, between departments as `wanted`."""
    sizes = np.diff(department_start)
    per_weight = wanted / np.add.reduceat(weight, department_start[:-1]) / wanted.sum()
    caller = np.repeat(np.arange(len(weight)), rng.poisson(n_calls * weight * np.repeat(per_weight, sizes)))
    start = np.repeat(department_start[:-1], sizes)[caller]
    stop = np.repeat(department_start[1:], sizes)[caller]
    return tie_codes(caller, _pick_by_weight(weight, start, stop, rng), len(weight))


def _draw_in_groups(known: Codes, n_wanted: float, department: Ints, weight: Floats, rng: np.random.Generator) -> Codes:
    """Return at most `n_wanted` new ties across departments, from working groups of people drawn by weight."""
    n_people = len(weight)
    least = STRUCTURE.group_size_min
    # small organisations have small groups, or one group would be the organisation
    size = min(STRUCTURE.group_size, least + n_people / STRUCTURE.people_per_group_member)
    n_places = max(n_wanted, 0.0) * STRUCTURE.group_surplus * 2.0 / size
    members = rng.permutation(np.repeat(np.arange(n_people), rng.poisson(n_places * weight / weight.sum())))
    group_sizes = least + rng.poisson(size - least, int(len(members) / size) + 1)
    group_start = np.concatenate(([0], np.minimum(np.cumsum(group_sizes), len(members))))
    first = np.repeat(group_start[:-1], np.diff(group_start))
    n_before = np.arange(group_start[-1]) - first  # members of the same group listed before this one
    later = np.repeat(np.arange(group_start[-1]), n_before)
    earlier = np.arange(len(later)) + np.repeat(first - (np.cumsum(n_before) - n_before), n_before)
    one, other = members[later], members[earlier]
    across = department[one] != department[other]
    return _thin(_unknown(known, tie_codes(one[across], other[across], n_people)), n_wanted, rng)


def _call_across(n_calls: float, department: Ints, weight: Floats, rng: np.random.Generator) -> Codes:
    """Return the ties of calls between any two people by weight, without those within departments."""
    n_people = len(weight)
    caller = np.repeat(np.arange(n_people), rng.poisson(n_calls * weight / weight.sum()))
    called = _pick_by_weight(weight, np.zeros_like(caller), np.full_like(caller, n_people), rng)
    across = department[caller] != department[called]
    return tie_codes(caller[across], called[across], n_people)


def _pick_by_weight(weight: Floats, start: Ints, stop: Ints, rng: np.random.Generator) -> Ints:
    """Return one person from each range start..stop-1, in proportion to weight."""
    cumulative = np.concatenate(([0.0], np.cumsum(weight)))
    mark = cumulative[start] + rng.random(len(start)) * (cumulative[stop] - cumulative[start])
    person = np.searchsorted(cumulative, mark, side="right") - 1
    # rounding can put a mark on the far edge of its range
    picked: Ints = np.minimum(np.maximum(person, start), stop - 1)
    return picked


def _merged(*sorted_codes: Codes) -> Codes:
    """Return sorted arrays as one; a stable sort merges sorted runs, 20 times quicker than sorting anew."""
    return np.sort(np.concatenate(sorted_codes), kind="stable")


def _distinct(codes: Codes) -> Codes:
    """Return the sorted distinct codes (np.unique, without its overhead on small arrays)."""
    codes = np.sort(codes)
    is_first = np.ones(len(codes), np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=is_first[1:])
    distinct: Codes = codes[is_first]
    return distinct


def _unknown(known: Codes, codes: Codes) -> Codes:
    """Return those codes that are not among the known; both sorted."""
    if not len(known):
        return codes
    place = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    unknown: Codes = codes[known[place] != codes]
    return unknown


def _thin(codes: Codes, n_wanted: float, rng: np.random.Generator) -> Codes:
    """Return at most `n_wanted` of the codes, each with the same chance to stay."""
    surplus = len(codes) - max(round(n_wanted), 0)
    if surplus <= 0:
        return codes
    keep = np.ones(len(codes), np.bool_)
    keep[rng.choice(len(codes), surplus, replace=False, shuffle=False)] = False
    return codes[keep]


# --- description -----------------------------------------------------------------------------------------------


class Networked(Protocol):
    """What `describe_network` looks at in an organisation."""

    @property
    def department_start(self) -> NDArray[np.int64]: ...
    @property
    def department(self) -> NDArray[np.int32]: ...
    @property
    def indptr(self) -> NDArray[np.int64]: ...
    @property
    def neighbours(self) -> NDArray[np.uint32]: ...
    @property
    def reports(self) -> NDArray[np.int32]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkStatistics:
    """The statistics of pattern 8; undirected ties, self ties left out."""

    n_people: int
    n_departments: int
    department_size_median: float
    department_size_mean: float
    mean_degree: float
    degree_sd: float
    within_share: float  # of ties, both ends in one department
    p_in: float  # of the pairs within departments, tied
    p_out: float  # of the pairs across departments, tied
    clustering: float  # mean local clustering, 0 for people with fewer than two ties
    mean_path: float  # steps between people who can reach each other
    span: float  # reports per person with reports
    with_reports_share: float  # of people

    @property
    def density_ratio(self) -> float:
        """Return p_in / p_out; nan without ties across departments."""
        return self.p_in / self.p_out if self.p_out > 0 else float("nan")


def describe_network(organisation: Networked, *, path_sample: int = 200) -> NetworkStatistics:
    """Return the network statistics; all exact, but the mean path from `path_sample` evenly spaced people."""
    sizes = np.diff(organisation.department_start)
    degree = np.diff(organisation.indptr)
    n_people, n_ends = len(degree), int(degree.sum())
    own_department = np.repeat(organisation.department, degree)
    n_within = int(np.count_nonzero(own_department == organisation.department[organisation.neighbours]))
    pairs_within = int((sizes * (sizes - 1)).sum())
    pairs_across = n_people * (n_people - 1) - pairs_within
    spans = organisation.reports[organisation.reports > 0]
    return NetworkStatistics(
        n_people=n_people,
        n_departments=len(sizes),
        department_size_median=float(np.median(sizes)),
        department_size_mean=float(sizes.mean()),
        mean_degree=float(degree.mean()),
        degree_sd=float(degree.std()),
        within_share=n_within / max(n_ends, 1),
        p_in=n_within / max(pairs_within, 1),
        p_out=(n_ends - n_within) / max(pairs_across, 1),
        clustering=_mean_clustering(organisation.indptr, organisation.neighbours),
        mean_path=_mean_path(organisation.indptr, organisation.neighbours, path_sample),
        span=float(spans.mean()) if len(spans) else 0.0,
        with_reports_share=len(spans) / n_people,
    )


def _adjacency(indptr: Ints, neighbours: NDArray[np.uint32]) -> sparse.csr_array:
    n_people = len(indptr) - 1
    ones = np.ones(len(neighbours), np.float32)
    return sparse.csr_array((ones, neighbours.astype(np.int32), indptr), shape=(n_people, n_people))


def _mean_clustering(indptr: Ints, neighbours: NDArray[np.uint32], chunk: int = 4096) -> float:
    """Return the mean share of a person's pairs of contacts who are tied (Watts & Strogatz 1998)."""
    ties = _adjacency(indptr, neighbours)
    pairs = np.diff(indptr) * (np.diff(indptr) - 1)  # ordered
    closed = np.zeros(len(pairs))
    for first in range(0, len(pairs), chunk):  # in chunks: all two-step paths at once would not fit in memory
        rows = ties[first : first + chunk]
        closed[first : first + chunk] = (rows @ ties).multiply(rows).sum(axis=1)
    return float(np.mean(closed / np.maximum(pairs, 1)))


def _mean_path(indptr: Ints, neighbours: NDArray[np.uint32], n_sources: int) -> float:
    """Return the mean distance from a sample of people to all they can reach; nan if they reach nobody."""
    ties = _adjacency(indptr, neighbours)
    n_people = len(indptr) - 1
    sources = np.unique(np.linspace(0, n_people - 1, min(n_sources, n_people)).astype(np.int64))
    frontier = np.zeros((n_people, len(sources)), np.bool_)
    frontier[sources, np.arange(len(sources))] = True
    seen, distance, total, n_reached = frontier.copy(), 0, 0, 0
    while frontier.any():
        frontier = (ties @ frontier.astype(np.float32) > 0) & ~seen
        seen |= frontier
        distance += 1
        total += distance * int(np.count_nonzero(frontier))
        n_reached += int(np.count_nonzero(frontier))
    return total / n_reached if n_reached else float("nan")

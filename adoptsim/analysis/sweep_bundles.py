"""A sweep's file as shares and a frontier. Reads the file, and the organisation for the hours by role.

Only `sweep_again` runs anything: the least of the bundles that seem enough, with luck that has not chosen them.
"""

from __future__ import annotations

import os

import numpy as np
from pydantic import ValidationError

from adoptsim.analysis.bundles import PREFIX, Bundles
from adoptsim.analysis.enough import Again, again
from adoptsim.analysis.frontier import ALL, Frontier, cost_frontier
from adoptsim.analysis.hours import MEASURED, WHOSE, Floats, hours_by_role
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.scenario import Scenario
from adoptsim.simulation import OrganisationSource
from adoptsim.sweeps.experiment import apply_point
from adoptsim.sweeps.results import SUFFICIENT
from adoptsim.sweeps.store import read_meta, reading


def sweep_frontier(
    path: str | os.PathLike[str], bundles: Bundles, *, probability: float = SUFFICIENT, cost: str = ALL
) -> Frontier | None:
    """Return what more hours buy, of a sweep of all bundles; None where hours or critical mass were not measured.

    Raises ``InputError`` if one role's hours are asked for and the organisation's files can't be read any more.
    """
    if not set(MEASURED) <= set(bundles.outcome) or np.isnan(bundles.outcome["reached"]).any():
        return None
    with reading(path) as connection:
        meta = read_meta(connection)
    try:
        by_role = _by_role(bundles, meta)
    except InputError:
        if cost in WHOSE:
            raise
        by_role = {}
    return cost_frontier(bundles, by_role, int(meta["people"]), probability=probability, cost=cost)


def sweep_again(
    path: str | os.PathLike[str], bundles: Bundles, *, probability: float = SUFFICIENT, threads: int | None = None
) -> Again:
    """Return which of the bundles that seem enough in a sweep are so with fresh luck, the cheapest and the smallest."""
    with reading(path) as connection:
        meta = read_meta(connection)
    whole, seed = _whole(bundles, meta), int(meta["seed"])
    return again(whole, bundles, probability=probability, seed=seed, threads=threads)


def _by_role(bundles: Bundles, meta: dict[str, str]) -> dict[str, Floats]:
    whole = _whole(bundles, meta)
    return hours_by_role(bundles, whole, OrganisationSource(whole.organisation, int(meta["seed"])).organisation(0))


def _whole(bundles: Bundles, meta: dict[str, str]) -> Scenario:
    """Return the sweep's scenario with all practices of its bundles in use."""
    try:
        base = Scenario.model_validate_json(meta["scenario"])
    except ValidationError:
        message = f"was written by another version of the model ({meta['model_version']}), so whose hours is not known"
        raise InputError(Problem(message)) from None
    return apply_point(base, {PREFIX + name: True for name in bundles.practices})

"""A finished replicate's record as tables: the event log, the visits, the departments month by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adoptsim.engine.log import LOG_COLUMNS, LOG_KINDS
from adoptsim.engine.state import DEPARTMENT_COUNTS, KINDS, PLACE, ROLES, TRAIT, World

if TYPE_CHECKING:
    import pandas as pd

EXPORT_COLUMNS = [
    "replicate",
    "day",
    "person",
    "role",
    "department",
    "kind",
    "content",
    "critical",
    "anonymous",
    "thread",
    "parent",
    "id",
]
KEPT = ("counts", "climate", "departments")
KEPT_FOR_LOG = ("log", "visit_log", "place", "trait")


def only_record(world: World, log: bool) -> World:
    """Return a world that holds on to its record only: a million people's state is not kept for each replicate."""
    kept = KEPT + KEPT_FOR_LOG if log else KEPT
    return world._replace(**{name: None for name in World._fields if name not in kept})


def _roles(world: World, champion_share: npt.NDArray[np.float64]) -> Any:
    """Return the role of each event's person on its day; ``champion_share``: float64[days, groups]."""
    day, person = world.log[:, 0], world.log[:, 1]
    share = champion_share[day, world.place[PLACE.group, person]]
    champion = world.trait[TRAIT.champion_rank, person] < share
    code = np.where(world.place[PLACE.is_leader, person] == 1, ROLES.index("leader"), champion.astype(int))
    return np.array(ROLES)[code]


def log_frame(
    replicates: Sequence[int], worlds: Sequence[World], champion_shares: Sequence[npt.NDArray[np.float64]]
) -> pd.DataFrame:
    """Return the event log: one row a contribution, as a platform's export would hold it."""
    import pandas as pd

    parts = []
    for replicate, world, champion_share in zip(replicates, worlds, champion_shares, strict=True):
        part = pd.DataFrame(world.log, columns=list(LOG_COLUMNS))
        part["replicate"], part["id"] = replicate, np.arange(len(part))
        part["role"], part["department"] = _roles(world, champion_share), world.place[PLACE.department, world.log[:, 1]]
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame["kind"] = np.array(LOG_KINDS)[frame["kind"]]
    frame["content"] = np.array(KINDS)[frame["content"]]
    frame["parent"] = frame["parent"].where(frame["parent"] >= 0).astype("Int64")
    return frame[EXPORT_COLUMNS]


def visit_frame(replicates: Sequence[int], worlds: Sequence[World]) -> pd.DataFrame:
    """Return the log of visits: one row a person and day."""
    import pandas as pd

    parts = [
        pd.DataFrame({"replicate": replicate, "day": world.visit_log[:, 0], "person": world.visit_log[:, 1]})
        for replicate, world in zip(replicates, worlds, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def department_frame(replicates: Sequence[int], departments: Sequence[npt.NDArray[np.float64]]) -> pd.DataFrame:
    """Return one row a replicate, month and department: sums over the month; contributors, trust and safety at its end."""
    import pandas as pd

    parts = []
    for replicate, sums in zip(replicates, departments, strict=True):
        part = pd.DataFrame(sums.reshape(-1, len(DEPARTMENT_COUNTS)), columns=list(DEPARTMENT_COUNTS))
        month, department = np.indices(sums.shape[:2]).reshape(2, -1)
        part.insert(0, "replicate", replicate)
        part.insert(1, "month", month)
        part.insert(2, "department", department)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)

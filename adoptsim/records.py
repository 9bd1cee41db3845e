"""A finished replicate's record as tables: the event log, the visits, the departments month by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.organisation import Organisation
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


def role_codes(world: World, champion_share: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the role of each event's person on its day, a place in ROLES; ``champion_share``: float64[days, groups]."""
    day, person = world.log[:, 0], world.log[:, 1]
    share = champion_share[day, world.place[PLACE.group, person]]
    champion = world.trait[TRAIT.champion_rank, person] < share
    return np.where(world.place[PLACE.is_leader, person] == 1, ROLES.index("leader"), champion.astype(np.int64))


def named(organisation: Organisation, person: Any, department: Any) -> tuple[Any, Any]:
    """Return people and departments as the organisation's own files call them; as numbers where it was generated."""
    if organisation.labels is None:
        return person, department
    return np.asarray(organisation.labels)[person], np.asarray(organisation.department_names)[department]


def log_frame(
    replicates: Sequence[int],
    worlds: Sequence[World],
    champion_shares: Sequence[npt.NDArray[np.float64]],
    organisations: Sequence[Organisation],
) -> pd.DataFrame:
    """Return the event log: one row a contribution, as a platform's export would hold it."""
    import pandas as pd

    parts = []
    for replicate, world, champion_share, organisation in zip(
        replicates, worlds, champion_shares, organisations, strict=True
    ):
        part = pd.DataFrame(world.log, columns=list(LOG_COLUMNS))
        person = world.log[:, 1]
        part["replicate"], part["id"] = replicate, np.arange(len(part))
        part["role"] = np.array(ROLES)[role_codes(world, champion_share)]
        part["person"], part["department"] = named(organisation, person, world.place[PLACE.department, person])
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame["kind"] = np.array(LOG_KINDS)[frame["kind"]]
    frame["content"] = np.array(KINDS)[frame["content"]]
    frame["parent"] = frame["parent"].where(frame["parent"] >= 0).astype("Int64")
    return frame[list(EXPORT_COLUMNS)]


def visit_frame(replicates: Sequence[int], worlds: Sequence[World], organisations: Sequence[Organisation]) -> pd.DataFrame:
    """Return the log of visits: one row a person and day."""
    import pandas as pd

    parts = []
    for replicate, world, organisation in zip(replicates, worlds, organisations, strict=True):
        person, _ = named(organisation, world.visit_log[:, 1], 0)
        parts.append(pd.DataFrame({"replicate": replicate, "day": world.visit_log[:, 0], "person": person}))
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

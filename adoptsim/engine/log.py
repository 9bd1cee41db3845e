"""The event log: what a platform's own export would hold. Written where asked for, never read by the day."""

from __future__ import annotations

from typing import Any

import numpy as np

from adoptsim.engine.compiled import compiled
from adoptsim.engine.state import CURSOR, LIST, THREAD

LOG_COLUMNS = ("day", "person", "kind", "content", "critical", "anonymous", "thread", "parent")
LOG_KINDS = ("post", "reply", "reaction")
LOG_POST, LOG_REPLY, LOG_REACTION = np.int64(0), np.int64(1), np.int64(2)
NO_PARENT = np.int64(-1)


@compiled
def log_event(log: Any, thread: Any, cursor: Any, day: Any, person: Any, kind: Any, slot: Any, parent: Any) -> Any:
    """Return the id of a contribution, its place in the log; rows beyond the log's length are counted, not kept."""
    row = cursor[CURSOR.logged]
    cursor[CURSOR.logged] += 1
    if row < log.shape[0]:
        log[row, 0], log[row, 1], log[row, 2], log[row, 3] = day, person, kind, thread[slot, THREAD.kind]
        log[row, 4], log[row, 5] = thread[slot, THREAD.critical], thread[slot, THREAD.anonymous]
        log[row, 6] = row if kind == LOG_POST else thread[slot, THREAD.log_id]
        log[row, 7] = parent
    return row


@compiled
def log_visits(world: Any, day: Any) -> None:
    """Add today's visitors to the log of visits."""
    visit_log = world.visit_log
    for v in range(world.cursor[CURSOR.visitors]):
        row = world.cursor[CURSOR.visits_logged]
        world.cursor[CURSOR.visits_logged] += 1
        if row < visit_log.shape[0]:
            visit_log[row, 0], visit_log[row, 1] = day, world.list[LIST.visitors, v]

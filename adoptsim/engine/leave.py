"""People who leave for good: who, and what of them remains. Nothing else ends a membership."""

from __future__ import annotations

from typing import Any

from adoptsim.engine.compiled import entry
from adoptsim.engine.draws import NO_ITEM, PURPOSE_LEAVE, draw
from adoptsim.engine.state import CURSOR, LEFT, MARK, MEMBER, PLACE, UNREACHABLE


@entry
def leave(world: Any, share: Any) -> None:
    """Let a share of staff, leaders apart, stop using the platform: they never look again (Chesney & Lawson 2015).

    What they wrote stays. Others see them as active until their last visit and contribution have grown old. The draw
    knows no day and no policy: those who leave at a small share also leave at a larger one.
    """
    membership, cursor = world.mark[MARK.membership], world.cursor
    for i in range(membership.shape[0]):
        leaves, _, _, _ = draw(world.key, i, 0, PURPOSE_LEAVE, NO_ITEM)
        if leaves < share and not world.place[PLACE.is_leader, i] and membership[i] != UNREACHABLE:
            cursor[CURSOR.members] -= membership[i] == MEMBER
            membership[i] = LEFT

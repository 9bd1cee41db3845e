"""The order of a day, and nothing else. Each phase is synchronous: it reads what earlier phases left."""

from __future__ import annotations

from typing import Any

from adoptsim.engine.compiled import compiled, entry
from adoptsim.engine.lead import appear, invite, lead, settle
from adoptsim.engine.learn import count_active, learn_all, retarget
from adoptsim.engine.log import log_visits
from adoptsim.engine.measures import add_to_departments, observe, observe_departments, set_roles
from adoptsim.engine.read import read
from adoptsim.engine.speak import speak
from adoptsim.engine.state import ACTIVE_DAYS, CURSOR
from adoptsim.engine.visit import bring_in_champions, bring_in_seeds, leaders_decide_to_post, visit


@compiled
def _any_lever_moved(levers: Any, yesterday: Any) -> Any:
    """Return whether a lever of any group differs from yesterday's."""
    for group in range(levers.shape[0]):
        for lever in range(levers.shape[1]):
            if levers[group, lever] != yesterday[group, lever]:
                return True
    return False


@entry
def run_days(world: Any, parameters: Any, effects: Any, lever_table: Any, before: Any, first: Any, end: Any) -> None:
    """Advance a replicate from working day ``first`` to before ``end``, one day after another.

    ``lever_table``: float64[days, groups, levers]; ``before``: float64[groups, levers], the levers before day 0.
    """
    for day in range(first, end):
        levers, yesterday = lever_table[day], before if day == 0 else lever_table[day - 1]
        counts, departments = world.counts[day], world.departments[day // ACTIVE_DAYS]
        world.cursor[CURSOR.contributors] = 0
        if day == 0 or _any_lever_moved(levers, yesterday):
            retarget(world, levers)
            set_roles(world, levers)
            bring_in_champions(world)
            bring_in_seeds(world, levers, yesterday)
        leaders_decide_to_post(world, levers, day)
        visit(world, parameters, levers, day, counts)
        speak(world, parameters, effects, levers, day, counts, departments)
        appear(world, day, departments)
        read(world, parameters, effects, levers, day, counts)
        lead(world, parameters, effects, levers, day, counts, departments)
        invite(world, levers, day)
        settle(world, parameters, effects, day, counts)
        learn_all(world, parameters, levers)
        count_active(world, day)
        observe(world, day, counts)
        add_to_departments(world, departments)
        log_visits(world, day)
        if (day + 1) % ACTIVE_DAYS == 0 or day + 1 == lever_table.shape[0]:
            observe_departments(world, day, departments)

"""What words mean in numbers: agreed, not estimated, so they have a reason instead of a range.

Nobody draws them; the engine, the scenario's defaults and the docs read this table.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Definition:
    """One agreed number; ``source`` says why this one."""

    name: str
    symbol: str
    value: float
    unit: str
    meaning: str
    source: str


# fmt: off
_TABLE = (
    Definition("month_days", "mo", 21, "working days", "a month; and the window in which somebody counts as using or contributing",
               "design: 252 working days a year"),
    Definition("half_year_days", "hy", 126, "working days", "window of the shares of people over six months", "SWOOP 2016-2022: shares over six months"),
    Definition("neutral_level", "x0", 0.5, "0-1", "level of a 0-1 state that neither drives nor hinders: the middle of the scale",
               "design: activation and gate are measured from here, so another value only moves a0 and g0"),
    Definition("horizon_days", "t_end", 504, "working days", "what a scenario simulates unless it says otherwise", "design: two years"),
    Definition("support_days", "t_sup", 189, "working days", "when launch support ends unless a scenario says otherwise", "design: nine months, so that what follows is seen as long"),
    Definition("critical_share", "c_mass", 0.25, "share of staff", "contributors (over a month) at which critical mass counts as reached; sweep it from .10 to .40",
               "Centola et al. 2018: a committed 25 % flips a convention"),
    Definition("held_days", "t_held", 63, "working days", "how long contributors must stay at that share", "design: three months"),
    Definition("after_support_days", "t_after", 63, "working days", "when, after the end of support, they must still be there", "design: three months"),
    Definition("shock_day", "t_shock", 252, "working days", "when a shock strikes unless it names its day", "design: after a year, three months on its own; a year is left to see what follows"),
    Definition("living_share", "c_live", 0.075, "share of employees", "a network lives if as many contribute (over a month), senior leaders left out", "design: of networks left alone hardly any lie between .06 and .09, dead ones less, living ones more"),
    Definition("collapse_share", "c_half", 0.5, "share", "a network collapses if in the last month fewer contribute than this share of what it would be, had no shock struck",
               "design: half"),
    Definition("recovered_share", "c_back", 0.9, "share", "it is back when as many contribute as this share of what it would be", "design: nine tenths"),
    Definition("least_department", "n_dep", 5, "people", "departments with fewer are left out when the worst-off is named, unless all are smaller",
               "design: shares of fewer people point at persons; the shares of larger ones are still drawn towards that of all"),
)
# fmt: on

DEFINITIONS: dict[str, Definition] = {row.name: row for row in _TABLE}

DefinitionValues = namedtuple("DefinitionValues", list(DEFINITIONS))  # type: ignore[misc]  # fields are data
DEFINITION: Any = DefinitionValues(*(row.value for row in DEFINITIONS.values()))
"""The values by name: ``DEFINITION.month_days``."""

"""Every number of the generated organisation, a row each as in ``parameters.py``; the code that generates it holds none.

A scenario sets the first three rows; the others are fitted to two real organisations and stay as they are.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from adoptsim.domain.parameters import Parameter

_EMAIL_EU = "email-Eu-core (Leskovec et al. 2007; Yin et al. 2017)"
_MANUFACTURER = "manufacturer's reporting lines (Michalski 2020)"

# fmt: off
_TABLE = (
    Parameter("people", "N", 500, 150, 5000, "people", "size of the organisation", "design", "D", "log-uniform"),
    Parameter("mean_degree", "k_mean", 32.0, 15.0, 40.0, "ties a person", "mean number of contacts; at most tie_density_max of all others", _EMAIL_EU, "C"),
    Parameter("leader_share", "f_lead", 0.05, 0.01, 0.08, "share of staff", "senior leaders, at least one", f"design; {_MANUFACTURER}: .078", "D"),
    # -- departments
    Parameter("department_size_median", "d_50", 15.0, 10.0, 20.0, "people", "median department size (lognormal)", _EMAIL_EU, "C"),
    Parameter("department_size_mean", "d_mean", 24.0, 21.0, 30.0, "people", "mean department size", _EMAIL_EU, "C"),
    Parameter("department_size_z_max", "d_z", 2.2, 2.0, 3.0, "sd of ln", "largest size drawn, in standard deviations above the median; there the largest has 109 people", _EMAIL_EU, "C"),
    Parameter("departments_min", "d_n", 5, 2, 8, "departments", "fewest departments of a small organisation", "design", "D"),
    Parameter("people_per_department_min", "d_min", 5, 3, 10, "people", "mean size of departments below which there are fewer of them", "design", "D"),
    # -- reporting tree
    Parameter("span_min", "sp_min", 2, 1, 3, "reports", "fewest reports of somebody who has any, where there are people left", _MANUFACTURER, "C"),
    Parameter("span_max", "sp_max", 13, 10, 20, "reports", "most reports of a person", _MANUFACTURER, "C"),
    Parameter("span_stop_prob", "sp_p", 0.24, 0.15, 0.35, "probability", "geometric tail of reports; mean 4.5 once departments run out of people", _MANUFACTURER, "C"),
    # -- ties
    Parameter("tie_density_max", "k_max", 0.4, 0.2, 0.6, "share of pairs", "densest organisation: the mean degree shrinks with small ones", "design", "D"),
    Parameter("within_share", "w_in", 0.34, 0.25, 0.45, "share of ties", "ties within departments", f"{_EMAIL_EU}: .336", "C"),
    Parameter("within_density_ratio_min", "p_ratio", 3.0, 1.0, 10.0, "x", "tie probability within against across departments, at least, in organisations too small for that share",
              "design", "D"),
    Parameter("within_density_max", "p_in_max", 0.8, 0.6, 1.0, "share of pairs", "densest department", f"{_EMAIL_EU}: dense departments have .4-.6", "I"),
    Parameter("density_decline", "p_exp", 0.6, 0.4, 0.8, "power", "tie probability in a department falls with its size to this power", f"{_EMAIL_EU}, weighted log-log fit", "C"),
    Parameter("within_sociability_sd", "sd_in", 0.95, 0.7, 1.2, "ln", "spread of sociability within departments (lognormal)", f"{_EMAIL_EU}, fitted to the spread of degree", "C"),
    Parameter("across_sociability_sd", "sd_out", 1.25, 1.0, 1.5, "ln", "the same across departments", f"{_EMAIL_EU}, fitted to the spread of degree", "C"),
    Parameter("sociability_correlation", "rho_s", 0.5, 0.2, 0.8, "r", "sociability within with across departments; the two degrees correlate .25", _EMAIL_EU, "C"),
    Parameter("sociability_z_max", "s_z", 3.1, 2.5, 4.0, "sd of ln", "the most sociable of a thousand, at any size; there the largest degree is 345", _EMAIL_EU, "C"),
    Parameter("with_reports_lift", "s_mgr", 0.27, 0.0, 0.5, "ln", "sociability of people with reports over others", "manufacturer's e-mail (Michalski 2020): 1.31 times the ties", "C"),
    # -- working groups across departments
    Parameter("group_size", "g_size", 17.0, 10.0, 25.0, "people", "mean members of a working group", f"{_EMAIL_EU}, fitted to clustering", "C"),
    Parameter("group_size_min", "g_min", 2, 2, 3, "people", "fewest members of a working group", "a tie needs two", "D"),
    Parameter("people_per_group_member", "g_ppl", 20.0, 10.0, 40.0, "people", "people of a small organisation for each member of a group beyond the fewest, or one group would be all", "design", "D"),
    Parameter("group_share", "g_share", 0.92, 0.8, 1.0, "share of ties across", "ties across departments that arise in working groups", f"{_EMAIL_EU}, fitted to clustering", "C"),
    Parameter("group_surplus", "g_extra", 1.25, 1.0, 1.5, "x", "group ties drawn for each wanted: some fall within departments or are there already", "design: enough that few are missing", "D"),
)
# fmt: on

STRUCTURE_NUMBERS: dict[str, Parameter] = {row.name: row for row in _TABLE}

StructureValues = namedtuple("StructureValues", list(STRUCTURE_NUMBERS))  # type: ignore[misc]  # fields are data
STRUCTURE: Any = StructureValues(*(row.default for row in STRUCTURE_NUMBERS.values()))
"""The values by name: ``STRUCTURE.group_size``."""

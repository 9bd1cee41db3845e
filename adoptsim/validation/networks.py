"""Statistics of who is tied to whom and who reports to whom, alike for generated and for observed organisations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adoptsim.domain.network import NetworkStatistics
from adoptsim.validation.activity import Ints

PEOPLE = 1005
"""Size at which generated organisations are compared with email-Eu-core, which has as many."""

NETWORK_ESTIMATORS: dict[str, Callable[[NetworkStatistics], float]] = {
    "within_share": lambda network: network.within_share,
    "clustering": lambda network: network.clustering,
    "mean_path": lambda network: network.mean_path,
    "density_ratio": lambda network: network.density_ratio,
    "span": lambda network: network.span,
    "degree_spread": lambda network: network.degree_sd / network.mean_degree,
}


def mean_span(reports: Ints) -> float:
    """Return the mean number of reports of people who have any."""
    return float(np.mean(reports[reports > 0]))

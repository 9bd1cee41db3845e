"""All pictures by name. Each returns a matplotlib ``Figure`` that no window knows: save it as PNG, SVG or PDF."""

from adoptsim.report.bundles import figure_bundles
from adoptsim.report.effects import figure_effects
from adoptsim.report.factors import figure_factors
from adoptsim.report.histories import figure_compare, figure_run
from adoptsim.report.patterns import figure_patterns
from adoptsim.report.sensitivity import figure_sensitivity

__all__ = [
    "figure_bundles",
    "figure_compare",
    "figure_effects",
    "figure_factors",
    "figure_patterns",
    "figure_run",
    "figure_sensitivity",
]

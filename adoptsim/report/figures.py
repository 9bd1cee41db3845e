"""All pictures by name. Each returns a matplotlib ``Figure`` that no window knows: save it as PNG, SVG or PDF."""

from adoptsim.report.bundles import figure_bundles
from adoptsim.report.discovery import figure_discovery
from adoptsim.report.effects import figure_effects
from adoptsim.report.explain import figure_explain
from adoptsim.report.factors import figure_factors
from adoptsim.report.frontier import figure_frontier
from adoptsim.report.histories import figure_compare, figure_run
from adoptsim.report.hysteresis import figure_hysteresis
from adoptsim.report.one_change import figure_one_change
from adoptsim.report.ordering import figure_ordering
from adoptsim.report.patterns import figure_patterns
from adoptsim.report.phase import figure_phase
from adoptsim.report.robustness import figure_robustness
from adoptsim.report.sensitivity import figure_sensitivity
from adoptsim.report.shares import figure_interactions, figure_shares
from adoptsim.report.shocks import figure_shocks
from adoptsim.report.tipping import figure_tipping

__all__ = [
    "figure_bundles",
    "figure_compare",
    "figure_discovery",
    "figure_effects",
    "figure_explain",
    "figure_factors",
    "figure_frontier",
    "figure_hysteresis",
    "figure_interactions",
    "figure_one_change",
    "figure_ordering",
    "figure_patterns",
    "figure_phase",
    "figure_robustness",
    "figure_run",
    "figure_sensitivity",
    "figure_shares",
    "figure_shocks",
    "figure_tipping",
]

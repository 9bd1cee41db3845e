"""Which practices make an enterprise social network for employee voice reach critical mass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adoptsim.version import __version__

if TYPE_CHECKING:
    from adoptsim.analysis.discovery import discover
    from adoptsim.analysis.divergence import first_divergence
    from adoptsim.analysis.enough import enough
    from adoptsim.analysis.explain import explain
    from adoptsim.analysis.one_change import drop_one
    from adoptsim.analysis.ordering import best_order
    from adoptsim.analysis.robustness import robustness
    from adoptsim.analysis.shares import practice_shares
    from adoptsim.analysis.tipping import tipping
    from adoptsim.analysis.unheard import unheard
    from adoptsim.domain.errors import InputError
    from adoptsim.files import Scenario
    from adoptsim.mesa_model import AdoptionModel, Champion, Employee, Leader
    from adoptsim.report.progress import progress_lines
    from adoptsim.simulation import Result, simulate
    from adoptsim.sweeps.experiment import Experiment
    from adoptsim.sweeps.provenance import load_provenance
    from adoptsim.sweeps.results import load_failures, load_results, load_runs, load_series
    from adoptsim.sweeps.runner import sweep

__all__ = [
    "AdoptionModel",
    "Champion",
    "Employee",
    "Experiment",
    "InputError",
    "Leader",
    "Result",
    "Scenario",
    "__version__",
    "best_order",
    "discover",
    "drop_one",
    "enough",
    "explain",
    "first_divergence",
    "load_failures",
    "load_provenance",
    "load_results",
    "load_runs",
    "load_series",
    "practice_shares",
    "progress_lines",
    "robustness",
    "simulate",
    "sweep",
    "tipping",
    "unheard",
]

_HOME = {
    "AdoptionModel": "adoptsim.mesa_model",
    "Champion": "adoptsim.mesa_model",
    "Employee": "adoptsim.mesa_model",
    "Experiment": "adoptsim.sweeps.experiment",
    "InputError": "adoptsim.domain.errors",
    "Leader": "adoptsim.mesa_model",
    "Result": "adoptsim.simulation",
    "Scenario": "adoptsim.files",
    "best_order": "adoptsim.analysis.ordering",
    "discover": "adoptsim.analysis.discovery",
    "drop_one": "adoptsim.analysis.one_change",
    "enough": "adoptsim.analysis.enough",
    "explain": "adoptsim.analysis.explain",
    "first_divergence": "adoptsim.analysis.divergence",
    "load_failures": "adoptsim.sweeps.results",
    "load_provenance": "adoptsim.sweeps.provenance",
    "load_results": "adoptsim.sweeps.results",
    "load_runs": "adoptsim.sweeps.results",
    "load_series": "adoptsim.sweeps.results",
    "practice_shares": "adoptsim.analysis.shares",
    "progress_lines": "adoptsim.report.progress",
    "robustness": "adoptsim.analysis.robustness",
    "simulate": "adoptsim.simulation",
    "sweep": "adoptsim.sweeps.runner",
    "tipping": "adoptsim.analysis.tipping",
    "unheard": "adoptsim.analysis.unheard",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: Mesa, numba and pandas take a second that ``--help`` can't spare."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module 'adoptsim' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

"""Mesa's view of the engine's state: the same arrays, the same compiled day."""

from adoptsim.mesa_model.agents import Champion, Employee, Leader
from adoptsim.mesa_model.model import AdoptionModel

__all__ = ["AdoptionModel", "Champion", "Employee", "Leader"]

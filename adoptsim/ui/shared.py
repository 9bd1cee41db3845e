"""What all pages of a server share: simulations that were computed. It knows nobody's state."""

from adoptsim.live import LiveSimulation

LIVE = LiveSimulation()

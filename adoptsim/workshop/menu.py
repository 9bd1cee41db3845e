"""What teams may choose in a round, and what it costs; prices come from the plan, a choice is within the budget or not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from adoptsim.workshop.state import Choice

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Menu:
    """What teams may choose in a round: the price of each practice at full strength, which add up to the budget at most."""

    budget: float
    unit: str
    prices: Mapping[str, float]
    strengths: Mapping[str, float]
    starts: tuple[int, ...]

    def cost(self, practices: Mapping[str, Choice]) -> float:
        """Return what a choice costs; a coin buys a practice at any strength."""
        by_strength = self.unit == "hours"
        parts = (
            self.prices[key] * (self.strengths[choice.strength] if by_strength else 1.0) for key, choice in practices.items()
        )
        return math.fsum(parts)

    def can_pay(self, practices: Mapping[str, Choice]) -> bool:
        """Return whether a choice is within the budget."""
        return self.cost(practices) <= self.budget * (1 + _ROUNDING)

    def by_lot(self, lot: str) -> dict[str, Choice]:
        """Return what is drawn for a team that doesn't choose; the same ``lot`` draws the same.

        Practices in a drawn order, at full strength and at once, as far as the budget goes.
        """
        strongest = max(self.strengths, key=lambda name: self.strengths[name])
        chosen: dict[str, Choice] = {}
        for key in sorted(self.prices, key=lambda key: sha256(f"{lot} {key}".encode()).digest()):
            more = {**chosen, key: Choice(strongest, min(self.starts))}
            chosen = more if self.can_pay(more) else chosen
        return {key: chosen[key] for key in self.prices if key in chosen}

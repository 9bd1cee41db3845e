"""AdoptionModel: a ``mesa.Model`` that owns the engine's state and advances it by the same compiled day as a sweep."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from adoptsim.domain.levers import LEVER
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.state import COUNT, CURSOR, LEVEL, LEVELS, PLACE, TRAIT
from adoptsim.files import Scenario as LoadableScenario
from adoptsim.mesa_model.agents import Champion, Employee, Leader, Person
from adoptsim.simulation import SEED, OrganisationSource, Simulator


class AdoptionModel(mesa.Model):
    """An organisation and its network as a Mesa model, a working day a step.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    seed, replicate
        The luck: the same numbers as in ``adoptsim.simulation`` give the same history, person by person. ``rng`` is
        Mesa's name for the seed and means the same.
    source
        Where organisations come from, to share one between models.

    Notes
    -----
    ``step()`` beyond the scenario's horizon raises ``RuntimeError``; ``running`` turns False on the last day. Agents are
    made when somebody asks for them: a model that is only stepped costs no objects.
    """

    def __init__(
        self,
        scenario: Scenario | str = "typical",
        seed: int | None = None,
        replicate: int = 0,
        source: OrganisationSource | None = None,
        rng: int | None = None,
    ) -> None:
        chosen = next((number for number in (seed, rng) if number is not None), SEED)
        super().__init__(rng=chosen)
        # not ``self.scenario``: Mesa from 3.5 on keeps that name for itself
        self.question = LoadableScenario.load(scenario) if isinstance(scenario, str) else scenario
        self.replicate = replicate
        self._simulator = Simulator(self.question, seed=chosen, source=source)
        self.world, self.policy = self._simulator.start(replicate)
        self.day = 0
        self._people: list[Person] = []
        reporters = {
            name: getattr(AdoptionModel, f"{name}_now") for name in ("members", "visitors", "contributors", *LEVELS[:3])
        }
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """Advance by one working day and collect."""
        if self.day >= self.question.horizon.days:
            raise RuntimeError(f"day {self.day} is the end of this scenario's horizon; give it more days to go on")
        self._simulator.advance(self.world, self.policy, self.day, self.day + 1)
        if self.world.cursor[CURSOR.overflow]:
            raise RuntimeError("more threads at once than room was made for")
        self.day += 1
        self.running = self.day < self.question.horizon.days
        self.datacollector.collect(self)

    @property
    def people(self) -> list[Person]:
        """All people in the order of the engine's rows, as agents."""
        if not self._people:
            self._people = [kind(self, person) for person, kind in enumerate(self._kinds())]
            # Mesa 3.3 counts ids in a dictionary of its class that would keep this model alive for ever
            if hasattr(mesa.Agent, "_ids"):
                mesa.Agent._ids.pop(self, None)
        return self._people

    @property
    def agents(self) -> Any:
        """All people as Mesa's AgentSet."""
        self.people  # noqa: B018  # makes them
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Mesa's AgentSets by class."""
        self.people  # noqa: B018
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """The classes of the people."""
        self.people  # noqa: B018
        return super().agent_types

    def _kinds(self) -> list[type[Person]]:
        """Return each person's class: champions are those who are champions at any time of the scenario."""
        place, group = self.world.place, self.world.place[PLACE.group]
        most = self.policy.table[:, :, LEVER.champion_share].max(axis=0)
        volunteers = self.world.trait[TRAIT.champion_rank] < most[group]
        codes = np.where(place[PLACE.is_leader] == 1, 2, volunteers.astype(int))
        return [(Employee, Champion, Leader)[code] for code in codes]

    def _today(self, column: int) -> float:
        day = max(0, self.day - 1)
        return float(self.world.counts[day, column] / self.world.place.shape[1])

    def members_now(self) -> float:
        """Return the share of staff who have ever looked."""
        return self._today(COUNT.members)

    def visitors_now(self) -> float:
        """Return the share of staff who looked today."""
        return self._today(COUNT.visitors)

    def contributors_now(self) -> float:
        """Return the share of staff who contributed in the last 21 days."""
        return self._today(COUNT.contributors)

    def trust_now(self) -> float:
        """Return mean trust in leaders."""
        return float(self.world.level[LEVEL.trust].mean())

    def safety_now(self) -> float:
        """Return mean psychological safety."""
        return float(self.world.level[LEVEL.safety].mean())

    def responsiveness_now(self) -> float:
        """Return mean perceived responsiveness."""
        return float(self.world.level[LEVEL.responsiveness].mean())

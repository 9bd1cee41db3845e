"""AdoptionModel: a ``mesa.Model`` that owns the engine's state and advances it by the same compiled day as a sweep."""

from __future__ import annotations

import os
import secrets
from typing import Any

import mesa
import numpy as np

from adoptsim.domain.levers import LEVER
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.state import COUNT, CURSOR, LEVEL, LEVELS, PLACE, TRAIT
from adoptsim.files import Scenario as LoadableScenario
from adoptsim.mesa_model.agents import Champion, Employee, Leader, Person
from adoptsim.simulation import OrganisationSource, Simulator

SEEDS = 2**31
"""A seed that nobody gave is below: short enough to be read out."""


class AdoptionModel(mesa.Model):
    """An organisation and its network as a Mesa model, a working day a step.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    seed, replicate
        The luck: the same numbers as in ``adoptsim.simulation`` give the same history, person by person. Without a seed
        each model draws its own, as Mesa's users expect, and keeps it as ``seed``, so that its history can be had again.
        ``rng`` is Mesa's name for the seed and means the same.
    source
        Where organisations come from, to share one between models.
    room, n_log
        For how many threads at once there is room, as a multiple of the usual; how many rows the event log has.

    Notes
    -----
    ``running`` turns False on the scenario's last day; ``step()`` does nothing from then on. Agents are made when somebody
    asks for them: a model that is only stepped costs no objects. ``mesa.batch_run`` takes values in lists,
    ``{"scenario": [scenario]}``, and seeds as ``{"seed": [1, 2]}``, from Mesa 3.5 on as its own ``rng=[1, 2]``. Reset in
    ``SolaraViz`` makes the model anew from its ``model_params``, so these name the scenario:
    ``SolaraViz(model, components, model_params={"scenario": scenario, "seed": 1})``.
    """

    def __init__(
        self,
        scenario: Scenario | str | os.PathLike[str] | None = None,
        seed: int | None = None,
        replicate: int = 0,
        source: OrganisationSource | None = None,
        rng: int | None = None,
        *,
        room: int = 1,
        n_log: int = 0,
    ) -> None:
        given = next((number for number in (seed, rng) if number is not None), None)
        self.seed = secrets.randbelow(SEEDS) if given is None else given
        super().__init__(rng=self.seed)
        # not ``self.scenario``: Mesa from 3.5 on keeps that name for itself
        self.question = _scenario_of(scenario)
        self.replicate = replicate
        self._simulator = Simulator(self.question, seed=self.seed, source=source)
        self.world, self.policy = self._simulator.start(replicate, room=room, n_log=n_log)
        self.day = 0
        self._people: list[Person] = []
        reporters: dict[str, Any] = {
            name: getattr(AdoptionModel, f"{name}_now") for name in ("members", "visitors", "contributors", *LEVELS[:3])
        }
        self.datacollector = mesa.DataCollector(model_reporters=reporters | {"seed": "seed"})

    @property
    def scenario(self) -> None:
        """Return None: at a Reset, Mesa from 3.5 on would put what it finds here in the place of our scenario."""
        return None

    @scenario.setter
    def scenario(self, of_mesa: Any) -> None:
        pass

    def step(self) -> None:
        """Advance by one working day and collect; after the last day, do nothing."""
        if self.day >= self.question.horizon.days:
            return  # Mesa's controllers take several steps at a time and look at ``running`` afterwards
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


def _scenario_of(given: Any) -> Scenario:
    """Return the scenario that was given, or that a name or path stands for."""
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | os.PathLike):
        return LoadableScenario.load(given)
    if given is None:
        right = 'give a scenario, or the name of one (to SolaraViz: model_params={"scenario": ...}, for its Reset)'
        raise TypeError(f"AdoptionModel has no scenario; {right}")
    right = 'give a scenario, or the name of one (to batch_run in a list: {"scenario": [scenario]})'
    raise TypeError(f"a {type(given).__name__} is no scenario; {right}")

"""One run as a film: the Mesa model stepped day by day, each day kept as three bytes a person. Observes; never writes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adoptsim.analysis.people import Names
from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.scenario import Scenario
from adoptsim.engine.groups import group_codes
from adoptsim.engine.log import LOG_COLUMNS, LOG_KINDS
from adoptsim.engine.outcomes import reached_critical_mass
from adoptsim.engine.state import ACTIVE_DAYS, COUNT, CURSOR, LEFT, LEVEL, MARK, NEVER, TALLY, UNREACHABLE, World
from adoptsim.mesa_model import AdoptionModel
from adoptsim.simulation import MOST_ROOM, SEED, OrganisationSource, Stopped

Bytes = npt.NDArray[np.uint8]
STANDINGS = ("no_access", "never", "lapsed", "reads", "contributes", "left")
"""What somebody is to the network: no way to reach it, never looked, not for a month, looked or contributed within one."""
ACTS = ("away", "looked", "reacted", "replied", "posted", "silent")
"""What somebody did today; of several the last in this order."""
PLANES = 3
"""Bytes a person and day: standing + 8 act + 64 role; trust and safety in percent."""
ARCS = ("reply", "answer")
"""Who turned to whom today: a colleague's reply, a senior leader's."""
SERIES: dict[str, tuple[int, ...]] = {
    "contributors": (COUNT.contributors,),
    "looked": (COUNT.visitors,),
    "posts": (COUNT.posts_employee, COUNT.posts_champion, COUNT.posts_leader),
    "replies": (COUNT.replies_employee, COUNT.replies_champion, COUNT.replies_leader),
    "reactions": (COUNT.reactions_employee, COUNT.reactions_champion, COUNT.reactions_leader),
    "silences": (COUNT.silence_idea, COUNT.silence_concern),
    "answers": (COUNT.answered, COUNT.acted, COUNT.explained),
}
"""Daily counts that the page shows, each the sum of some of the engine's."""
MOST_PERSON_DAYS = 5_100_000
"""Three bytes each are kept for as long as somebody watches: 15 MB."""
_DAY, _PERSON, _KIND, _, _, _, _THREAD, _PARENT = range(len(LOG_COLUMNS))
_REPLY = LOG_KINDS.index("reply")


@dataclass(frozen=True, eq=False)
class Film:
    """A finished run.

    ``frames``: uint8[days, PLANES, N]; ``arcs``: uint16[all, 3], who, to whom, place in ARCS, those of a day from
    ``offsets[day]`` to ``offsets[day + 1]``; ``lasts``: whether critical mass was reached and kept, None if the run is too
    short to tell.
    """

    scenario: Scenario
    replicate: int
    organisation: Organisation
    names: Names
    frames: Bytes
    arcs: npt.NDArray[np.uint16]
    offsets: npt.NDArray[np.uint32]
    series: dict[str, list[int]]
    lasts: bool | None

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return len(self.frames)

    @property
    def people(self) -> int:
        """Return how many people there are."""
        return int(self.frames.shape[2])

    def standing(self, day: int) -> Bytes:
        """Return everybody's place in STANDINGS at the end of a day."""
        return np.asarray(self.frames[day, 0] & 7)

    def act(self, day: int) -> Bytes:
        """Return everybody's place in ACTS on a day."""
        return np.asarray(self.frames[day, 0] >> 3 & 7)


def see_that_it_fits(people: int, days: int) -> None:
    """Raise ``InputError`` where a film would be too large to keep."""
    if people * days > MOST_PERSON_DAYS:
        most = MOST_PERSON_DAYS // days
        raise InputError(Problem(f"{people:,} people are too many to watch over {days:,} days; at most {most:,} can be"))


def film_of(
    scenario: Scenario,
    replicate: int,
    *,
    seed: int = SEED,
    source: OrganisationSource | None = None,
    stop: threading.Event | None = None,
) -> Film:
    """Return one run of a scenario; raises ``Stopped`` soon after ``stop`` is set, ``InputError`` if it is too large."""
    source = source or OrganisationSource(scenario.organisation, seed)
    organisation = source.organisation(replicate)
    see_that_it_fits(organisation.n_people, scenario.horizon.days)
    room = 1
    while room <= MOST_ROOM:
        n_log = organisation.n_people * scenario.horizon.days  # of untouched memory, which costs nothing
        model = AdoptionModel(scenario, seed=seed, replicate=replicate, source=source, room=room, n_log=n_log)
        camera = _Camera(model.world)
        if camera.shoot(model, stop):
            return camera.film(model, organisation)
        room *= 2
    raise RuntimeError(f"replicate {replicate} of {scenario.name}: more threads than memory was made for")


class _Camera:
    """Looks at a world after each day."""

    def __init__(self, world: World) -> None:
        self._frames: Bytes = np.zeros((len(world.counts), PLANES, world.place.shape[1]), np.uint8)
        self._tally = world.tally.copy()
        self._arcs: list[npt.NDArray[np.uint16]] = []
        self._logged = 0

    def shoot(self, model: AdoptionModel, stop: threading.Event | None) -> bool:
        """Step a model to its end; return whether it had room for all threads."""
        world = model.world
        while model.day < len(self._frames):
            if stop is not None and stop.is_set():
                raise Stopped
            try:
                model.step()
            except RuntimeError:
                if world.cursor[CURSOR.overflow]:
                    return False
                raise
            self._expose(model.day - 1, world)
        return True

    def _expose(self, day: int, world: World) -> None:
        frame, role = self._frames[day], world.mark[MARK.role].astype(np.uint8)
        frame[0] = _standing(day, world) | self._act(world) << 3 | role << 6
        for plane, row in ((1, LEVEL.trust), (2, LEVEL.safety)):
            np.rint(100.0 * world.level[row], out=frame[plane], casting="unsafe")
        self._arcs.append(self._arcs_of(world))
        self._tally[:] = world.tally

    def _act(self, world: World) -> Bytes:
        more = world.tally > self._tally
        did = [more[row] for row in (TALLY.silences, TALLY.posts, TALLY.replies, TALLY.reactions)]
        return np.select([*did, world.mark[MARK.visited] == 1], range(len(ACTS) - 1, 0, -1), 0).astype(np.uint8)

    def _arcs_of(self, world: World) -> npt.NDArray[np.uint16]:
        first, self._logged = self._logged, int(world.cursor[CURSOR.logged])
        rows = world.log[first : self._logged]
        rows = rows[rows[:, _KIND] == _REPLY]
        parent = np.where(rows[:, _PARENT] >= 0, rows[:, _PARENT], rows[:, _THREAD])
        whom, answers = world.log[parent, _PERSON], world.mark[MARK.role, rows[:, _PERSON]] == 2
        arcs = np.column_stack((rows[:, _PERSON], whom, answers)).astype(np.uint16)
        return np.asarray(arcs[arcs[:, 0] != arcs[:, 1]])

    def film(self, model: AdoptionModel, organisation: Organisation) -> Film:
        """Return what was seen."""
        world, scenario = model.world, model.question
        rule = scenario.critical_mass
        share = world.counts[:, COUNT.contributors] / world.place.shape[1]
        check_day = scenario.support_end + rule.after_support_days
        reached, _ = reached_critical_mass(share, rule.threshold, rule.held_days, check_day)
        return Film(
            scenario=scenario,
            replicate=model.replicate,
            organisation=organisation,
            names=Names(organisation, group_codes(world)),
            frames=self._frames,
            arcs=np.concatenate(self._arcs),
            offsets=np.cumsum([0, *map(len, self._arcs)]).astype(np.uint32),
            series={name: world.counts[:, list(columns)].sum(axis=1).tolist() for name, columns in SERIES.items()},
            lasts=None if np.isnan(reached) else bool(reached),
        )


def _standing(day: int, world: World) -> Bytes:
    """Return everybody's place in STANDINGS; who contributes is who counts as a contributor in every figure."""
    membership, last = world.mark[MARK.membership], day - ACTIVE_DAYS
    conditions: list[Any] = [
        world.tally[TALLY.last_contribution] > last,
        membership == LEFT,
        membership == UNREACHABLE,
        world.tally[TALLY.last_visit] > last,
        world.tally[TALLY.last_visit] > NEVER,
    ]
    codes = [STANDINGS.index(name) for name in ("contributes", "left", "no_access", "reads", "lapsed")]
    return np.select(conditions, codes, STANDINGS.index("never")).astype(np.uint8)

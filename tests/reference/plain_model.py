"""The model, plainly: one Mesa agent a person, one object a thread, one deque an inbox, and the order of a day.

It shares with the engine the scalar rules, the tables of numbers, the setting up of people and the keyed draws;
no loop, no array, no bookkeeping. States are rounded where an array in single precision would keep them, so that
both give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np

from adoptsim.domain.experiences import COLUMNS, EXPERIENCES, experience_table
from adoptsim.domain.levers import LeverIndex
from adoptsim.domain.organisation import Organisation
from adoptsim.domain.parameters import ParameterIndex, parameter_values
from adoptsim.domain.policy import make_policy
from adoptsim.domain.scenario import Scenario
from adoptsim.engine import draws
from adoptsim.engine.start import draw_traits
from adoptsim.engine.state import ACTIVE_DAYS, COUNTS, DEPARTMENT_COUNTS, MEMBER, TRAIT

from .leaders import PlainLeader
from .people import PlainEmployee, single
from .shocks import strike, take_over
from .threads import Thread

Draw = Callable[[Any, int, int, int, int], tuple[float, float, float, float]]
STEPS = 65536
"""Levels are averaged in whole 65,536ths."""


class PlainModel(mesa.Model):
    """One replicate of a scenario in an organisation; ``step`` is a working day."""

    def __init__(
        self, plan: Scenario, organisation: Organisation, *, seed: int, replicate: int, draw: Draw = draws.draw
    ) -> None:
        super().__init__(rng=seed % 2**32)  # Mesa's own generator is never used
        values = parameter_values(plan.parameters)
        sizes = np.diff(organisation.department_start)
        policy = make_policy(plan, organisation.department_names, sizes)
        self._key, self._draw = draws.draw_key(seed, replicate), draw
        self.day = 0
        self.n_days = plan.horizon.days
        self._leavers, self._shocks = plan.leavers, plan.shocks
        self.parameters: Any = ParameterIndex._make(values.tolist())
        self.effects = _effects(experience_table(values).tolist())
        self._levers_by_day = policy.table
        self._levers_before = _by_name(policy.before)
        self.levers = _by_name(policy.table[0])
        self.window = math.floor(self.parameters.reward_window + 0.5)
        self.threads: list[Thread] = []
        self.counts: dict[str, int] = dict.fromkeys(COUNTS, 0)
        self.climate: tuple[float, ...] = ()
        self.months: list[list[dict[str, float]]] = []
        self.people = self._make_people(organisation, policy.group_of_department.tolist(), values)
        self.leaders = [person for person in self.people if isinstance(person, PlainLeader)]
        self._take_places_among_equals("champion_share", "champion_rank", lambda person: person.turn_to_volunteer)
        self._take_places_among_equals("seed_share", "seed_rank", lambda person: 0)
        for person in self.people:
            if person.trait.start_rank < plan.start.contributors:
                person.start_as_contributor()
        self._recount_active(-1)

    def _make_people(self, organisation: Organisation, groups: list[int], values: Any) -> list[PlainEmployee]:
        """Return everybody, in order of person, with their contacts, managers and leaders."""
        traits, membership = draw_traits(organisation, values, self._key)
        make_trait = type(TRAIT)._make
        people: list[PlainEmployee] = []
        for number, department in enumerate(organisation.department.tolist()):
            make = PlainLeader if organisation.is_leader[number] else PlainEmployee
            trait = make_trait(traits[:, number].tolist())
            people.append(make(self, number, trait, int(membership[number]), department, groups[department]))
        for person in people:
            first, end = organisation.indptr[person.number : person.number + 2].tolist()
            person.contacts = [people[contact] for contact in organisation.neighbours[first:end].tolist()]
            manager = int(organisation.manager[person.number])
            person.manager = people[manager] if manager >= 0 else None
            head = people[int(organisation.leader_of_department[person.department])]
            assert isinstance(head, PlainLeader)
            person.head = head
        return people

    def _take_places_among_equals(self, lever: str, rank: str, turn: Callable[[PlainEmployee], int]) -> None:
        """Let ranks be places among those who meet the same values of a lever on all days; ``turn`` comes before rank."""
        column = LeverIndex._fields.index(lever)
        equals: dict[tuple[float, ...], list[PlainEmployee]] = {}
        for person in self.people:
            equals.setdefault(tuple(self._levers_by_day[:, person.group, column].tolist()), []).append(person)
        if len(equals) == 1:
            return
        for crowd in equals.values():
            crowd.sort(key=lambda person: (turn(person), getattr(person.trait, rank)))
            for place, person in enumerate(crowd):
                person.trait = person.trait._replace(**{rank: single((place + 0.5) / len(crowd))})

    def luck(self, person: int, day: int, purpose: Any, item: int = 0) -> tuple[float, float, float, float]:
        """Return four numbers in [0, 1) that belong to a person, a day, a purpose and an item."""
        return self._draw(self._key, person, day, int(purpose), item)

    # -- the day

    def step(self) -> None:
        """Live one working day; each phase reads what earlier phases left."""
        self._begin_day()
        for leader in self.leaders:
            leader.decide_to_post()
        for person in self.people:
            person.look()
        visitors = [person for person in self.people if person.visited]
        self._count_visits(visitors)
        for person in visitors:
            person.arrive()
            person.get_ready()
        for person in visitors:
            person.speak()
        self._deliver_voice()
        for thread in self.threads:
            if thread.is_in_feed(self.day, self.parameters):
                self._show(thread)
        for leader in self.leaders:
            leader.work_off_inbox()
        for person in visitors:
            person.invite()
        for thread in self.threads:
            thread.settle(self.day, self.window, self.counts)
        self.threads = [thread for thread in self.threads if not thread.is_over(self.day, self.window, self.parameters)]
        for person in self.people:
            person.learn()
        self._recount_active(self.day)
        self._observe(visitors)
        self.day += 1

    def _begin_day(self) -> None:
        """Let leavers go, start the day's record, let shocks strike, and let levers that have moved overnight take hold."""
        if self._leavers.share > 0.0 and self.day == self._leavers.day:
            for person in self.people:
                person.leave(self._leavers.share)
        self.counts = dict.fromkeys(COUNTS, 0)
        if self.day % ACTIVE_DAYS == 0:
            self.months.append([dict.fromkeys(DEPARTMENT_COUNTS, 0.0) for _ in range(self._n_departments)])
        take_over(self)
        for shock in self._shocks:
            if shock.day == self.day:
                strike(self, shock)
        before = self.levers if self.day > 0 else self._levers_before
        self.levers = _by_name(self._levers_by_day[self.day])
        if self.day > 0 and self.levers == before:
            return
        for person in self.people:
            person.tend_to_levels_of_today()
            person.be_brought_in(person.lever.seed_share, before[person.group].seed_share)

    @property
    def _n_departments(self) -> int:
        return 1 + max(person.department for person in self.people)

    @property
    def month(self) -> list[dict[str, float]]:
        """Return this month's sums, by department."""
        return self.months[-1]

    def kind_of(self, drawn: float) -> str:
        """Return what kind of thing there is to say."""
        parameters = self.parameters
        bound = 0.0
        for kind in ("question", "knowledge", "leisure", "idea"):
            bound += getattr(parameters, f"{kind}_share")
            if drawn < bound:
                return kind
        return "concern"

    def critical_prob(self, kind: str) -> float:
        """Return the chance that voice is critical."""
        return self.parameters.critical_idea_prob if kind == "idea" else self.parameters.critical_concern_prob

    def _deliver_voice(self) -> None:
        """Put the voice that appears today into its leaders' inboxes, in an order drawn by key."""
        arrivals = [t for t in self.threads if t.is_voice and t.appears == self.day and not t.never_seen]

        def order(thread: Thread) -> tuple[float, int]:
            author = thread.author.number
            return self.luck(author, self.day, draws.PURPOSE_ARRIVAL, thread.item)[0], author

        for thread in sorted(arrivals, key=order):
            assert thread.author.head is not None
            thread.author.head.inbox.append(thread)
            thread.in_inbox = 1
            self.month[thread.author.department]["needing_answer"] += 1

    def _show(self, thread: Thread) -> None:
        """Let a thread meet those who are there: the author's contacts, and others to whom the feed shows it today."""
        author, n = thread.author, len(self.people)
        left = thread.attention(self.day, self.parameters)
        reached = {author}
        for contact in author.contacts:
            if contact.visited:
                reached.add(contact)
                contact.may_see(thread, left * self.parameters.contact_attention)
        start, stride, _, _ = self.luck(author.number, self.day, draws.PURPOSE_FEED, thread.item)
        position, step = math.floor(start * n), 1 + math.floor(stride * (n - 1))
        for _ in range(min(n - 1, math.floor(left * self.parameters.open_reach + 0.5))):
            person = self.people[position]
            if person.visited and person not in reached:
                reached.add(person)
                person.may_see(thread, 1.0)
            position = (position + step) % n

    # -- who is active, and what is seen

    def _recount_active(self, day: int) -> None:
        """Count for everybody how many contacts are active at the end of ``day``, and note whether the leader is."""
        for person in self.people:
            if person.visited:
                person.last_visit = day
            if person.contributed:
                person.last_contribution, person.contributed = day, False
        for person in self.people:
            assert person.head is not None
            person.contacts_using = sum(contact.was_using(day) for contact in person.contacts)
            person.contacts_contributing = sum(contact.was_active(day) for contact in person.contacts)
            person.leader_active = int(person.head.was_active(day))

    def _count_visits(self, visitors: list[PlainEmployee]) -> None:
        """Count prompts, and those that arose in people who are not there."""
        prompts = sum(person.prompted for person in self.people)
        self.counts["prompts"] += prompts
        self.counts["absent"] = prompts - sum(person.prompted for person in visitors)
        self.counts["visitors"] = len(visitors)

    def _observe(self, visitors: list[PlainEmployee]) -> None:
        """Complete the day's record."""
        counts, people = self.counts, self.people
        counts["readers"] = sum(person.seen > 0 for person in visitors)
        counts["members"] = sum(person.membership == MEMBER for person in people)
        counts["using"] = sum(person.was_using(self.day) for person in people)
        counts["contributors"] = sum(person.was_active(self.day) for person in people)
        counts["champions"] = sum(person.role == "champion" for person in people)
        counts["waiting"] = sum(len(leader.inbox) for leader in self.leaders)
        levels = [_level([getattr(person, name) for person in people]) for name in ("trust", "safety", "responsiveness")]
        for person in visitors:
            self.month[person.department]["visits"] += 1
        for person in people:
            self.month[person.department]["contributor_days"] += person.last_contribution == self.day
        self.climate = tuple(mean for mean, _ in levels) + tuple(sd for _, sd in levels)
        if (self.day + 1) % ACTIVE_DAYS == 0 or self.day + 1 == self.n_days:
            self._observe_departments()

    def _observe_departments(self) -> None:
        """Write down each department's contributors and mean trust and safety."""
        for department, sums in enumerate(self.month):
            staff = [person for person in self.people if person.department == department]
            sums["contributors"] = sum(person.was_active(self.day) for person in staff)
            for person in staff:  # not sum(): from Python 3.12 on it compensates for rounding
                sums["trust"] += person.trust
                sums["safety"] += person.safety
            sums["trust"] /= len(staff)
            sums["safety"] /= len(staff)


def release(model: PlainModel) -> None:
    """Let a model be collected: Mesa before 3.4.2 keeps every model in a register of the class."""
    if hasattr(mesa.Agent, "_ids"):
        mesa.Agent._ids.pop(model, None)


def _by_name(table: Any) -> list[Any]:
    """Return one named tuple of levers a group, from float64[groups, levers]."""
    return [LeverIndex._make(row) for row in table.tolist()]


def _effects(table: list[list[int]]) -> dict[str, dict[str, int]]:
    """Return what each experience teaches, by name, in thousandths of an event."""
    rows = zip(EXPERIENCES, table, strict=True)
    return {name: {c: weight for c, weight in zip(COLUMNS, row, strict=True) if weight} for name, row in rows}


def _level(values: list[float]) -> tuple[float, float]:
    """Return mean and standard deviation over people of a state."""
    whole = [math.floor(value * STEPS) for value in values]
    mean = sum(whole) / len(whole)
    spread = sum(w * w for w in whole) / len(whole) - mean * mean
    return mean / STEPS, math.sqrt(max(0.0, spread)) / STEPS

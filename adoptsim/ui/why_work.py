"""Work that takes a minute, beside the answers: each part is told as soon as it is known, and kept by what was asked.

Law of the module: whoever waits for an answer on the Explore page goes first; nobody's work is another's business.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from adoptsim.analysis.bundles import Bundles, practices_in_use, run_bundles
from adoptsim.analysis.enough import REPLICATES as BUNDLE_RUNS
from adoptsim.analysis.enough import SCREENED, Enough, all_ten, enough_of, joined_bundles, only_measured
from adoptsim.analysis.hours import MEASURED
from adoptsim.analysis.living import ALONE_DAYS
from adoptsim.analysis.shares import VALUES, Shares, shares_of
from adoptsim.analysis.tipping import EDGES_TESTED, INTERESTED, LUCKS, PLACEMENTS, Tipping, tipping
from adoptsim.analysis.tipping import REPLICATES as TIPPING_RUNS
from adoptsim.analysis.unheard import by_department, unheard
from adoptsim.domain.scenario import Scenario
from adoptsim.live import PART, LiveSimulation, joined
from adoptsim.simulation import Stopped, simulate
from adoptsim.ui.shared import LIVE

LEVELS = (BUNDLE_RUNS, 32, 64)
"""Runs of each bundle; more than the first only when somebody asks."""
STEP = 4
"""Runs of each bundle after which what is known so far is told."""
UNHEARD_RUNS = 32
KEPT = 16
AT_ONCE = 2
QUIET_SECONDS = 0.15
"""Work goes on when nobody has waited for an answer for so long: between two parts of one answer it must not."""
LOOK_AGAIN, TOLD_AFTER = 0.01, 2.0
SECONDS_A_PERSON_DAY = 65e-9
"""Of one processor, until it is measured here."""
RUNS_A_SEARCH, LIKELY = 9, 100
"""About so many runs find an edge, and about so many bundles are looked at again: to say how long it takes."""
MEASURED_AFTER, LEAST_SHARE = 1.5, 0.02
"""From so many seconds and so much of a part on, its pace is taken from itself."""


class Question(NamedTuple):
    """What is asked: a scenario, and whether all ten practices count in full or those in use as they are."""

    scenario: Scenario
    full: bool = False

    @property
    def key(self) -> tuple[str, bool]:
        """Return what names the question: the same for scenarios that differ in their titles only."""
        whole = self.full and all_ten(self.scenario, full=True).digest() != all_ten(self.scenario, full=False).digest()
        return self.scenario.digest(), whole

    @property
    def game(self) -> Scenario:
        """Return the scenario with all ten practices, of which bundles are made."""
        return all_ten(self.scenario, full=self.full)


@dataclass(frozen=True, eq=False)
class Findings:
    """What is known so far; ``level`` is the place in `LEVELS` up to which all parts are done, -1 before the first."""

    question: Question
    people: int = 0
    unheard: dict[str, Any] | None = None
    tipping: Tipping | None = None
    tipping_level: int = -1
    bundles: Bundles | None = None
    shares: Shares | None = None
    enough: Enough | None = None
    enough_runs: int = 0
    level: int = -1

    @property
    def n_bundle_runs(self) -> int:
        """Return how many runs of each bundle there are."""
        return 0 if self.bundles is None else self.bundles.n_replicates


class GivingWay(threading.Event):
    """A sign to stop; looking at it waits while somebody waits for an answer."""

    def __init__(self, live: LiveSimulation) -> None:
        super().__init__()
        self.live, self.asked = live, threading.Event()
        self._since = math.inf

    @property
    def waits(self) -> bool:
        """Return whether it has given way for so long that somebody wonders."""
        return time.monotonic() - self._since > TOLD_AFTER

    def set(self) -> None:
        """Ask to stop."""
        self.asked.set()

    def is_set(self) -> bool:
        """Return whether to stop, when it is one's turn to go on."""
        if self.live.idle_seconds < QUIET_SECONDS:
            self._since = min(self._since, time.monotonic())
            while not self.asked.is_set() and self.live.idle_seconds < QUIET_SECONDS:
                self.asked.wait(LOOK_AGAIN)
            self._since = math.inf
        return self.asked.is_set()


class Meter:
    """How far work is and how long it still takes: parts by weight in person-days, paced by what was measured."""

    def __init__(self, weights: dict[str, float], pace: float) -> None:
        self.pace, self.part, self.share = pace, "", 0.0
        self._weights, self._over, self._began = weights, 0.0, 0.0

    def begin(self, part: str) -> None:
        """Go on to a part; the one before it is done."""
        self.end()
        self.part, self.share, self._began = part, 0.0, time.monotonic()

    def end(self) -> None:
        """Note that the part is done."""
        self._over += self._weights.pop(self.part, 0.0)

    def tell(self, done: int, total: int) -> None:
        """Note how much of the part is done."""
        self.share = max(self.share, done / max(1, total))

    @property
    def seconds_left(self) -> float:
        """Return how long it still takes, as far as the pace tells."""
        spent, here = time.monotonic() - self._began, self._weights.get(self.part, 0.0)
        rest = sum(list(self._weights.values())) - here
        is_known = self.share > LEAST_SHARE and spent > MEASURED_AFTER
        mine = spent * (1.0 / self.share - 1.0) if is_known else here * (1.0 - self.share) * self.pace
        return mine + rest * self.pace

    @property
    def done(self) -> float:
        """Return which share of the work is done."""
        here = self._weights.get(self.part, 0.0)
        whole = self._over + sum(list(self._weights.values()))
        return (self._over + self.share * here) / whole if whole else 0.0


class Job:
    """One visitor's work; ``ended`` is set when it is done, was stopped, or failed."""

    def __init__(self, office: Office, findings: Findings, level: int) -> None:
        self.office, self.findings, self.level = office, findings, level
        self.stop, self.ended = GivingWay(office.live), threading.Event()
        self.problem, self.waiting, self.was_stopped = "", True, False
        self.meter = Meter({}, office.pace)

    def cancel(self) -> None:
        """Ask to stop; who asked need not wait for it."""
        self.was_stopped = True
        self.stop.set()

    def work(self) -> None:
        """Do one part after another, the cheapest first."""
        try:
            with self.office.place(self.stop):
                self.waiting = False
                self.findings = self.office.kept(self.findings.question) or self.findings
                self.meter = Meter(_weights(self.findings, self.level, self.office.live), self.office.pace)
                for found in self._parts():
                    self.findings = found
                    self.office.keep(found)
        except Stopped:
            self.was_stopped = True
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        finally:
            self.ended.set()

    def _parts(self) -> Iterator[Findings]:
        found, how = self.findings, {"threads": self.office.live.threads, "seed": self.office.live.seed}
        if found.unheard is None:
            self.meter.begin("unheard")
            yield (found := self._heard(found))
        if found.tipping_level < self.level:
            self.meter.begin("tipping")
            yield (found := self._tipping(found, how))
        for first in range(found.n_bundle_runs, LEVELS[self.level], STEP):
            self.meter.begin(f"bundles {first}")
            began = time.monotonic()
            yield (found := self._bundles(found, range(first, first + STEP), how))
            self.office.note_pace((time.monotonic() - began) / _person_days(found.question.game, STEP << 10))
            self.meter.pace = self.office.pace
        if found.enough_runs < found.n_bundle_runs:
            self.meter.begin("enough")
            yield (found := self._enough(found, how))
        self.meter.end()
        yield replace(found, level=max(found.level, self.level))

    def _heard(self, found: Findings) -> Findings:
        live, scenario = self.office.live, found.question.scenario
        if live.is_kept(scenario, UNHEARD_RUNS):
            result = joined([live.part(scenario, number, stop=self.stop.asked) for number in range(UNHEARD_RUNS // PART)])
        else:
            numbers = range(UNHEARD_RUNS)
            tell = self._telling(UNHEARD_RUNS)
            how: dict[str, Any] = {"seed": live.seed, "threads": live.threads, "stop": self.stop, "progress": tell}
            result = simulate(scenario, replicates=numbers, **how)
        return replace(found, people=result.people, unheard=unheard(result) | {"departments": by_department(result)})

    def _tipping(self, found: Findings, how: dict[str, Any]) -> Findings:
        whole = self.level > 0
        places = PLACEMENTS if whole else ()
        edges = tipping(
            found.question.scenario, placements=places, test=whole, progress=self.meter.tell, stop=self.stop, **how
        )
        return replace(found, tipping=edges, tipping_level=self.level)

    def _bundles(self, found: Findings, replicates: range, how: dict[str, Any]) -> Findings:
        game, tell = found.question.game, self._telling(len(replicates) << len(practices_in_use(found.question.game)))
        some = run_bundles(game, replicates=replicates, progress=tell, stop=self.stop, **how)
        some = only_measured(some, [*VALUES, *MEASURED])
        bundles = some if found.bundles is None else joined_bundles([found.bundles, some])
        return replace(found, bundles=bundles, shares=shares_of(bundles))

    def _enough(self, found: Findings, how: dict[str, Any]) -> Findings:
        assert found.bundles is not None
        enough = enough_of(found.question.game, found.bundles, progress=self.meter.tell, stop=self.stop, **how)
        return replace(found, enough=enough, enough_runs=found.n_bundle_runs)

    def _telling(self, total: int) -> Callable[[int], None]:
        return lambda done: self.meter.tell(done, total)


def _person_days(scenario: Scenario, runs: int, days: int | None = None) -> float:
    people = scenario.organisation.people
    return float(runs * people * (days or scenario.horizon.days))


def _weights(found: Findings, level: int, live: LiveSimulation) -> dict[str, float]:
    """Return about how much there is to do in each part, in person-days."""
    scenario, weights = found.question.scenario, {}
    if found.unheard is None and not live.is_kept(scenario, UNHEARD_RUNS):
        weights["unheard"] = _person_days(scenario, UNHEARD_RUNS)
    if found.tipping_level < level:
        sides = (1 + len(PLACEMENTS)) if level else 2
        n_tested = len({scenario.organisation.seed_placement, INTERESTED}) if level else 0
        tests = n_tested * EDGES_TESTED * LUCKS * (RUNS_A_SEARCH + 4)
        weights["tipping"] = _person_days(scenario, sides * TIPPING_RUNS * RUNS_A_SEARCH + tests, ALONE_DAYS)
    for first in range(found.n_bundle_runs, LEVELS[level], STEP):
        weights[f"bundles {first}"] = _person_days(scenario, STEP << 10)
    if found.enough_runs < LEVELS[level]:
        weights["enough"] = _person_days(scenario, LIKELY * SCREENED)
    return weights


class Office:
    """Where everybody's work is done: so many jobs at once and no more, what was found kept for a while."""

    def __init__(self, live: LiveSimulation, *, at_once: int = AT_ONCE) -> None:
        self.live, self.pace = live, SECONDS_A_PERSON_DAY / live.threads
        self._places, self._lock = threading.BoundedSemaphore(at_once), threading.Lock()
        self._kept: OrderedDict[tuple[str, bool], Findings] = OrderedDict()

    def kept(self, question: Question) -> Findings | None:
        """Return what is known already."""
        with self._lock:
            return self._kept.get(question.key)

    def keep(self, found: Findings) -> None:
        """Keep what was found; the oldest goes."""
        with self._lock:
            key = found.question.key
            before = self._kept.get(key)
            if before is None or before.level <= found.level:
                self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def seconds_for(self, found: Findings, level: int) -> float:
        """Return about how long it takes to bring what was found to a level."""
        return self.pace * sum(_weights(found, level, self.live).values())

    def note_pace(self, seconds_a_person_day: float) -> None:
        """Remember how fast work goes on this machine."""
        self.pace = seconds_a_person_day

    def start(self, question: Question, level: int) -> Job:
        """Begin a job, in a thread of its own."""
        job = Job(self, self.kept(question) or Findings(question), level)
        threading.Thread(target=job.work, daemon=True, name="why").start()
        return job

    def place(self, stop: GivingWay) -> _Place:
        """Wait for a place among those who work at once; raises ``Stopped`` when asked to stop before."""
        return _Place(self._places, stop.asked)


class _Place:
    def __init__(self, places: threading.BoundedSemaphore, asked: threading.Event) -> None:
        self._places, self._asked = places, asked

    def __enter__(self) -> None:
        while not self._places.acquire(timeout=0.1):
            if self._asked.is_set():
                raise Stopped

    def __exit__(self, *_: object) -> None:
        self._places.release()


OFFICE = Office(LIVE)

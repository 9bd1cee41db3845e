"""One page's computing: the newest question is answered coarsely at once, then in full; older ones are dropped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from adoptsim.domain.scenario import Scenario
from adoptsim.live import PART, LiveSimulation, joined
from adoptsim.simulation import Result, Stopped

COARSE_RUNS = 8
COARSE_SECONDS = 0.1
"""A first answer is given after so many runs, or after fewer if they take longer than this."""
AGAIN_SECONDS = 0.4
"""How long an answer stands before a fuller one replaces it on the way to the full one."""


@dataclass(frozen=True, eq=False)
class Answer:
    """Results of all scenarios asked about, over the same runs; ``seconds`` since the question was asked.

    ``titles`` come back as they were asked with.
    """

    question: tuple[Scenario, ...]
    results: tuple[Result, ...]
    runs: int
    of: int
    seconds: float
    titles: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_full(self) -> bool:
        """Return whether nothing more is computed."""
        return self.runs >= self.of


class _Question(NamedTuple):
    scenarios: tuple[Scenario, ...]
    runs: int
    titles: tuple[str, ...]
    asked: float


class Answering:
    """Answers one page's questions in a thread of its own, which lives only while there is something to answer.

    A first, coarse answer is always given, or somebody who drags a slider without a pause would see none.
    """

    def __init__(self, live: LiveSimulation, tell: Callable[[Answer], None]) -> None:
        self._live, self._tell = live, tell
        self._lock = threading.Lock()
        self._next: _Question | None = None
        self._stop = threading.Event()
        self._told = self._busy = self._closed = False

    def ask(self, scenarios: Sequence[Scenario], runs: int, titles: Sequence[str] = ()) -> None:
        """Ask about scenarios; a question that has had its first answer is dropped for this one."""
        with self._lock:
            self._next = _Question(tuple(scenarios), runs, tuple(titles), time.perf_counter())
            if self._told:
                self._stop.set()
            if self._busy or self._closed:
                return
            self._busy = True
        threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        """Stop computing for good."""
        with self._lock:
            self._closed, self._next = True, None
            self._stop.set()

    def _work(self) -> None:
        while (question := self._take()) is not None:
            try:
                for answer in self._answers(question):
                    self._tell(answer)
            except Stopped:
                continue
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
                self._tell(Answer(question.scenarios, (), 0, question.runs, 0.0, question.titles, said))

    def _take(self) -> _Question | None:
        with self._lock:
            question, self._next = self._next, None
            self._told, self._stop = False, threading.Event()
            self._busy = question is not None and not self._closed
            return question if self._busy else None

    def _answers(self, question: _Question) -> Iterator[Answer]:
        scenarios, runs, titles, asked = question
        kept = all(self._live.is_kept(scenario, runs) for scenario in scenarios)
        parts: list[list[Result]] = [[] for _ in scenarios]
        told = asked
        for number in range(runs // PART):
            # everybody's first answer goes before anybody's full one; full ones in the order in which they were asked for
            rank = (number,) if number < COARSE_RUNS // PART else (COARSE_RUNS // PART, asked)
            for place, scenario in enumerate(scenarios):
                parts[place].append(self._live.part(scenario, number, stop=self._stop, rank=rank))
            done, now = (number + 1) * PART, time.perf_counter()
            first = not self._told and (done >= COARSE_RUNS or now - asked > COARSE_SECONDS)
            if done < runs and (kept or not (first or now - told > AGAIN_SECONDS)):
                continue
            told = now
            yield Answer(scenarios, tuple(map(joined, parts)), done, runs, now - asked, titles)
            self._note_told()

    def _note_told(self) -> None:
        """From now on a newer question stops this one."""
        with self._lock:
            self._told = True
            if self._next is not None:
                self._stop.set()
                raise Stopped

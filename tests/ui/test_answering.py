"""The newest question is answered first coarsely, then in full; older ones are dropped."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from adoptsim.domain.scenario import Scenario
from adoptsim.live import PART, Rank, Turns
from adoptsim.simulation import Stopped
from adoptsim.ui import answering
from adoptsim.ui.answering import COARSE_RUNS, Answer, Answering

RUNS = 32
PATIENCE = 20.0
"""Seconds that a test waits for a thread before it fails."""


class Part:
    """What stands for a part's result."""

    def __init__(self, scenario: Scenario, number: int) -> None:
        self.scenario, self.number = scenario, number


class SlowLive:
    """Stands for the simulation; each part waits until a test lets it go."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.ranks: list[Rank] = []
        self.gate = threading.Semaphore(0)
        self.arrived = threading.Semaphore(0)

    def part(self, scenario: Scenario, number: int, *, stop: threading.Event, rank: Rank) -> Any:
        self.asked.append((scenario.name, number))
        self.ranks.append(rank)
        self.arrived.release()
        assert self.gate.acquire(timeout=PATIENCE)
        if stop.is_set():
            raise Stopped
        return Part(scenario, number)

    def is_kept(self, scenario: Scenario, runs: int) -> bool:
        return False


class Heard:
    """Collects answers and lets a test wait for them."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.some = threading.Semaphore(0)

    def __call__(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.some.release()

    def wait(self) -> Answer:
        assert self.some.acquire(timeout=PATIENCE)
        return self.answers[-1]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> tuple[SlowLive, Heard, Answering]:
    monkeypatch.setattr(answering, "joined", lambda parts: parts)
    monkeypatch.setattr(answering, "COARSE_SECONDS", 1e9)
    monkeypatch.setattr(answering, "AGAIN_SECONDS", 1e9)
    live, heard = SlowLive(), Heard()
    return live, heard, Answering(live, heard)  # type: ignore[arg-type]


def let(live: SlowLive, parts: int) -> None:
    live.gate.release(parts)


ONE, TWO, THREE = (Scenario(name=name) for name in ("one", "two", "three"))


def test_a_coarse_answer_comes_before_the_full_one(desk: tuple[SlowLive, Heard, Answering]):
    live, heard, asking = desk
    asking.ask([ONE], RUNS)
    let(live, COARSE_RUNS // PART)
    assert (heard.wait().runs, heard.answers[-1].is_full) == (COARSE_RUNS, False)
    let(live, RUNS)
    assert heard.wait().is_full


def test_first_answers_go_before_full_ones_and_those_in_the_order_of_asking(desk: tuple[SlowLive, Heard, Answering]):
    live, heard, asking = desk
    asking.ask([ONE], RUNS)
    let(live, 1000)
    while not heard.wait().is_full:
        pass
    first, later = live.ranks[: COARSE_RUNS // PART], live.ranks[COARSE_RUNS // PART :]
    assert len(set(later)) == 1
    asking.ask([TWO], RUNS)
    while not heard.wait().is_full:
        pass
    assert max(first) < later[0] < live.ranks[-1]


def test_a_newer_question_stops_an_older_one_after_its_first_answer(desk: tuple[SlowLive, Heard, Answering]):
    live, heard, asking = desk
    asking.ask([ONE], RUNS)
    let(live, COARSE_RUNS // PART)
    heard.wait()
    asking.ask([TWO], RUNS)
    let(live, 1000)
    while not heard.wait().is_full:
        pass
    assert heard.answers[-1].question == (TWO,)
    assert sum(name == "one" for name, _ in live.asked) < RUNS // PART


def test_of_several_questions_in_a_row_only_the_last_is_looked_at(desk: tuple[SlowLive, Heard, Answering]):
    live, heard, asking = desk
    asking.ask([ONE], RUNS)
    assert live.arrived.acquire(timeout=PATIENCE)
    asking.ask([TWO], RUNS)
    asking.ask([THREE], RUNS)
    let(live, 1000)
    while not heard.wait().is_full:
        pass
    assert "two" not in {name for name, _ in live.asked}
    assert heard.answers[-1].question == (THREE,)


def test_what_goes_wrong_is_told_and_the_next_question_is_answered(desk: tuple[SlowLive, Heard, Answering]):
    live, heard, asking = desk
    good = live.part
    live.part = lambda *args, **more: 1 / 0  # type: ignore[method-assign]
    asking.ask([ONE], RUNS)
    assert "ZeroDivisionError" in heard.wait().problem
    live.part = good  # type: ignore[method-assign]
    asking.ask([TWO], RUNS)
    let(live, 1000)
    while not heard.wait().is_full:
        pass
    assert heard.answers[-1].problem == ""


def test_a_closed_page_computes_nothing_more(desk: tuple[SlowLive, Heard, Answering]):
    live, heard, asking = desk
    asking.ask([ONE], RUNS)
    assert live.arrived.acquire(timeout=PATIENCE)
    asking.close()
    asking.ask([TWO], RUNS)
    let(live, 1000)
    assert not heard.some.acquire(timeout=0.2)
    assert len(live.asked) == 1


def test_first_parts_go_before_others_who_wait():
    turns, ready = Turns(), threading.Barrier(2)
    order: list[Rank] = []
    release = threading.Event()

    def hold() -> None:
        with turns.turn((0,)):
            ready.wait()
            release.wait(PATIENCE)

    def take(rank: Rank) -> None:
        with turns.turn(rank):
            order.append(rank)

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    ready.wait()
    for rank in ((2, 7.0), (2, 3.0), (0,)):
        threads.append(threading.Thread(target=take, args=(rank,)))
        threads[-1].start()
        while len(turns._waiting) < len(threads) - 1:
            pass
    release.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [(0,), (2, 3.0), (2, 7.0)]

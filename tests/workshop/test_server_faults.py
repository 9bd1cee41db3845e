"""What can fail while a workshop is served: the disk, the simulation, the server itself; nothing acknowledged is lost."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from workshop.rooms import A, B, use
from workshop.serving import Quick, Served, at, decide, guess, served, until

from adoptsim.domain.errors import InputError, Problem
from adoptsim.simulation import Stopped

pytestmark = pytest.mark.timeout(120)


def test_what_cannot_be_kept_does_not_count_and_counts_once_when_it_is_sent_again(
    site: Served, monkeypatch: pytest.MonkeyPatch
):
    at(site, "predict")
    phone, append = site.joined("Ana"), site.host.store.append

    def full(entries: Any) -> None:
        raise InputError(Problem("cannot be written: database or disk is full"))

    monkeypatch.setattr(site.host.store, "append", full)
    before = site.host.state
    for _ in range(2):
        status, said = guess(phone, id="a" * 24)
        assert status == 507
        assert "does not count" in said["error"]
    assert site.host.state == before
    monkeypatch.setattr(site.host.store, "append", append)
    assert guess(phone, id="a" * 24)[0] == 200
    assert site.host.state.guesses_on(0, "lasts") == ["yes"]


def test_what_waits_together_is_written_together_so_a_slow_disk_holds_nobody_up_for_long(
    site: Served, monkeypatch: pytest.MonkeyPatch
):
    at(site, "predict")
    phones, append, written = [site.joined(f"P{number}") for number in range(40)], site.host.store.append, list[int]()

    def slow(entries: Any) -> None:
        time.sleep(0.1)
        append(entries)
        written.append(len(entries))

    monkeypatch.setattr(site.host.store, "append", slow)
    with ThreadPoolExecutor(len(phones)) as together:
        said = list(together.map(guess, phones))
    assert [status for status, _ in said] == [200] * len(phones)
    assert sum(written) == len(phones)
    assert len(written) < len(phones) / 2


def test_a_restart_goes_on_with_the_same_people_answers_and_links(tmp_path: Path):
    with served(tmp_path / "x.db") as site:
        at(site, "predict")
        phone, trainer = site.joined("Ana"), site.trainer()
        guess(phone)
        port, before, identity = site.port, phone.view(), site.identity
    with served(tmp_path / "x.db", port=port) as again:
        assert again.identity == identity
        after = phone.view()
        assert {**after, "now": 0} == {**before, "now": 0}
        assert trainer.view("facilitator")["people"][0]["guessed"] is False
        assert guess(phone, "no")[0] == 200


class Slow(Quick):
    """A simulation that goes on until it is stopped or let go."""

    def __init__(self) -> None:
        self.let_go, self.begun, self.stopped = threading.Event(), threading.Semaphore(0), 0

    def results(self, plan: Any, number: int, decisions: Any, guesses: Any, *, stop: threading.Event) -> Any:
        self.begun.release()
        while not self.let_go.wait(0.01):
            if stop.is_set():
                self.stopped += 1
                raise Stopped
        return super().results(plan, number, decisions, guesses, stop=stop)


def test_the_room_goes_on_while_the_simulation_runs_and_results_come_by_themselves(tmp_path: Path):
    slow = Slow()
    with served(tmp_path / "x.db", slow) as site:
        phone = site.joined("Ana")
        at(site, "reveal")
        assert slow.begun.acquire(timeout=10)
        shown = phone.view()
        assert (shown["computing"], "results" in shown) == (True, False)
        assert site.joined("Ben").view()["phase"] == "reveal"
        with phone.stream() as told:
            assert told()["computing"]
            slow.let_go.set()
            until(lambda: "results" in told())
        site.lead("next")
        until(lambda: phone.view()["debrief"]["story"] == ["It was so."])


def test_going_back_stops_the_simulation_and_the_next_one_takes_the_new_decision(tmp_path: Path):
    slow = Slow()
    with served(tmp_path / "x.db", slow) as site:
        phone = site.joined("Ana", "Blue")
        at(site, "decide")
        decide(phone, A)
        site.lead("close")
        assert slow.begun.acquire(timeout=10)
        site.lead("open")
        until(lambda: slow.stopped == 1)
        assert decide(phone, B, revision=phone.view()["decision"]["revision"])[0] == 200
        site.lead("next")
        slow.let_go.set()
        results = until(lambda: phone.view().get("results"))
        assert results["from"]["decisions"]["Blue"]["practices"] == use(B)


def test_a_simulation_that_fails_is_told_to_the_trainer_alone_and_can_be_tried_again(tmp_path: Path):
    class Failing(Quick):
        fails = True

        def results(self, *given: Any, **more: Any) -> Any:
            if self.fails:
                raise RuntimeError("out of luck")
            return super().results(*given, **more)

    failing = Failing()
    with served(tmp_path / "x.db", failing) as site:
        phone, trainer = site.joined("Ana"), site.trainer()
        at(site, "reveal")
        problem = until(lambda: trainer.view("facilitator")["problem"])
        assert "out of luck" in problem
        assert (phone.view()["problem"], phone.view()["computing"]) == ("", False)
        assert trainer.view("projector")["problem"] == "The trainer's page says why."
        failing.fails = False
        site.lead("back")
        site.lead("next")
        until(lambda: "results" in phone.view())
        assert trainer.view("facilitator")["problem"] == ""


def test_ending_stops_the_simulation(tmp_path: Path):
    slow = Slow()
    with served(tmp_path / "x.db", slow) as site:
        site.joined("Ana")
        at(site, "reveal")
        assert slow.begun.acquire(timeout=10)
    assert slow.stopped == 1


def test_a_simulation_that_a_restart_broke_off_begins_again(tmp_path: Path):
    slow = Slow()
    with served(tmp_path / "x.db", slow) as site:
        phone = site.joined("Ana", "Blue")
        at(site, "decide")
        decide(phone, A)
        site.lead("next")
        assert slow.begun.acquire(timeout=10)
    with served(tmp_path / "x.db", port=site.port):
        results = until(lambda: phone.view().get("results"))
    assert results["from"]["decisions"]["Blue"] == {"practices": use(A), "computer": False}

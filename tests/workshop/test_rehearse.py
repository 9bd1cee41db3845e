"""A room full of people and a server that dies: the command as a trainer starts it, and simulated phones."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adoptsim.workshop import rehearse as rehearsing
from adoptsim.workshop import store
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.rehearse import Phone, rehearse
from tests.workshop.pace import MOST_SECONDS, MOST_WAITED, PEOPLE, measured
from tests.workshop.program import Program, answer_all, aside, crowd, decide_once, following, played, program_in
from tests.workshop.rooms import STEPS
from tests.workshop.serving import until

pytestmark = [
    pytest.mark.timeout(280),
    pytest.mark.skipif(sys.platform == "win32", reason="needs signals that Windows does not have"),
]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with program_in(tmp_path / "room") as made:
        yield made


async def _killed_meanwhile(program: Program, doing: Awaitable[Any], enough: Callable[[], bool]) -> None:
    """Kill the server (-9) while people act, start it again by the same command, and let them end."""
    acting = asyncio.ensure_future(doing)
    while not enough():
        assert not acting.done(), acting.exception()
        await asyncio.sleep(0.01)
    before = program.found
    program.end(signal.SIGKILL)
    await asyncio.to_thread(program.start)
    assert program.found == before
    await acting


def test_a_hundred_people_join_guess_and_decide_and_each_action_counts_once_within_a_second(tmp_path: Path):
    """Each action counts once however busy this machine is; the pace has one more try, and needs a processor to be told."""
    for attempt in ("first", "second"):
        found = measured(tmp_path / attempt, PEOPLE)
        assert found.counted == {"joined": PEOPLE, "guessed": 3 * PEOPLE, "decided": PEOPLE}
        assert found.kept == (PEOPLE, 3 * PEOPLE, 4)
        if found.slowest < MOST_SECONDS:
            return
    if found.waited > MOST_WAITED:
        pytest.skip(f"each counted once; others keep the processors too busy to tell the pace: {found.in_words()}")
    raise AssertionError(found.in_words())


def test_a_server_killed_while_people_answer_and_while_teams_decide_loses_nothing_and_counts_nothing_twice(program: Program):
    program.start()
    deciders = 20

    async def room() -> list[Phone]:
        phones = await crowd(program, PEOPLE)
        streams = await following(phones)
        await asyncio.to_thread(program.go, "predict")
        answering = answer_all(phones, random.Random(2), within=3.0)
        await _killed_meanwhile(program, answering, lambda: program.events("guessed") > PEOPLE // 2)
        assert program.events("guessed") == 3 * PEOPLE
        await asyncio.to_thread(program.go, "decide")
        deciding = asyncio.gather(*(decide_once(phone) for phone in phones[:deciders]))
        await _killed_meanwhile(program, deciding, lambda: program.events("decided") > deciders // 4)
        assert program.events("decided") == deciders
        while {phone.view["phase"] for phone in phones} != {"decide"}:
            await asyncio.sleep(0.05)
        for task in streams:
            task.cancel()
        return phones

    phones = played(room())
    state = store.read(program.file).state
    assert len(state.present()) == len({phone.cookie for phone in phones}) == PEOPLE
    assert len(state.guesses) == 3 * PEOPLE
    assert len(state.decisions) == 4


def test_simulated_people_who_come_too_fast_come_again(monkeypatch: pytest.MonkeyPatch):
    answers = [429, 429, 200]

    async def post(phone: Phone, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        phone.view = {"phase": "ended"}
        return answers.pop(0), {}

    async def wait(seconds: float) -> None:
        pass

    monkeypatch.setattr(Phone, "post", post)
    monkeypatch.setattr(asyncio, "sleep", wait)
    aside(lambda: rehearse("http://127.0.0.1:1/", "123456", 1, thinking=0.0))
    assert not answers


def test_simulated_people_draw_curves_that_count():
    curve = Workshop.load("why-did-our-network-die").rounds[0].predict[1]
    drawn = rehearsing._guess({"options": [], "low": 0.0, "high": 100.0, "months": [0, 6, 12, 18, 24]}, random.Random(1))
    assert curve.checked(drawn) == tuple(drawn)


def test_simulated_people_play_a_whole_workshop(program: Program):
    program.start("--replicates", "8")
    assert program.found is not None
    url, code = program.found["participants"], program.found["code"]

    async def play() -> None:
        people = threading.Thread(target=lambda: rehearse(url, code, 12, thinking=0.05), daemon=True)
        people.start()
        trainer = program.trainer
        await _until(lambda: trainer.view("facilitator")["counts"]["joined"] == 12)
        for phase, number in STEPS[1:]:
            assert trainer.post("/api/facilitator", action="next")[0] == 200
            shown = trainer.view("facilitator")
            assert (shown["phase"], (shown["round"] or {}).get("number")) == (phase, None if number is None else number + 1)
            if phase == "predict":
                await _until(lambda: trainer.view("facilitator")["counts"]["guessed"] == 12)
            if phase == "decide":
                await _until(lambda: trainer.view("facilitator")["counts"]["decided"] == 4)
            if phase == "reveal":
                results = await _until(lambda: trainer.view("facilitator").get("results"))
                assert sum(results["guesses"][0]["counts"]) == 12
            if phase == "debrief":
                await _until(lambda: not trainer.view("facilitator")["debrief"]["computing"])
        await asyncio.to_thread(people.join, 30)
        assert not people.is_alive()

    played(play())
    state = store.read(program.file).state
    assert len(state.outcome) == 4
    assert {team for team, _ in state.decisions} == {"Blue", "Orange", "Green", "Purple"}
    assert not any(made.is_computers for made in state.decisions.values())


async def _until(holds: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(until, holds, 120.0)


def test_ctrl_c_ends_cleanly_and_says_how_to_go_on(program: Program):
    program.start()
    before = program.found
    assert program.trainer.view("facilitator")["phase"] == "lobby"
    code, said = program.end(signal.SIGINT)
    assert code == 130
    assert said.rstrip().endswith("to go on: adoptsim workshop small.yaml --file x.db")
    assert "Traceback" not in said
    assert sorted(path.name for path in program.folder.iterdir()) == ["small.yaml", "tiny.yaml", "x.db"]
    program.start()
    assert program.found == before
    assert "Traceback" not in program.end(signal.SIGINT)[1]


def test_a_full_disk_is_told_to_people_and_nothing_that_was_acknowledged_is_lost(program: Program):
    import resource

    program.start()
    phone = played(crowd(program, 1))[0]
    program.go("predict")
    assert program.process is not None
    size = max(path.stat().st_size for path in program.folder.iterdir())
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (size + 20_000, resource.RLIM_INFINITY))
    kept: list[int] = []

    async def answer(value: int, **more: Any) -> int:
        body = json.dumps({"id": f"{value:024}", "round": 1, "key": "share", "value": value % 100}).encode()
        return (await phone._ask("POST", "/api/guess", body))[0]

    async def fill() -> None:
        for value in range(1, 200):
            await asyncio.sleep(0.25 if value > 25 else 0.0)  # the pace that one phone may have
            status = await answer(value)
            if status == 507:
                return
            assert status == 200
            kept.append(value)
        raise AssertionError("the disk was never full")

    played(fill())
    assert store.read(program.file).state.guesses_on(0, "share") == [kept[-1]]
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    time.sleep(0.5)
    assert played(answer(kept[-1] + 1)) == 200
    assert "Traceback" not in program.end(signal.SIGINT)[1]
    assert store.read(program.file).state.guesses_on(0, "share") == [kept[-1] + 1]

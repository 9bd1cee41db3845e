"""What the page Why works out: part by part, giving way, stopped when asked, kept by scenario, never passed off as new."""

from __future__ import annotations

import io
import math
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adoptsim.analysis.edge import Bracket
from adoptsim.analysis.shares import practice_shares
from adoptsim.analysis.tipping import BELOW, Found, Tipping
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import PracticeUse
from adoptsim.live import LiveSimulation
from adoptsim.ui import answered, shared, why_taking, why_views, why_work
from adoptsim.ui.desk import Desk
from adoptsim.ui.setting import starting_point
from adoptsim.ui.state import EXACTNESS
from adoptsim.ui.why import PARTS, Room, left_in_words
from adoptsim.ui.why_work import LEVELS, STEP, Findings, GivingWay, Job, Meter, Office, Question
from tests.ui.brought import people_csv, ties_csv, write

PATIENCE = 60.0
"""Seconds that a test waits before it fails."""
THREE = ("act_on_contributions", "leadership_and_champions", "critical_mass")
QUERY = "v=1&now=launch-only,n50"


def few(scenario: Any, *, full: bool = False) -> Any:
    """Stand for all ten practices: eight bundles instead of 1,024."""
    own = {name: scenario.practices.get(name, PracticeUse()) for name in PRACTICES if name in THREE}
    return scenario.model_copy(update={"practices": own})


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why_work, "all_ten", few)


@pytest.fixture
def office() -> Office:
    return Office(LiveSimulation(threads=1), at_once=1)


@pytest.fixture
def question() -> Question:
    scenario = starting_point("launch-only")
    return Question(scenario.model_copy(update={"organisation": scenario.organisation.model_copy(update={"people": 50})}))


@pytest.fixture
def room(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(answered, "LIVE", office.live)
    desk = Desk(QUERY)
    room = Room(desk, office)
    room.desk = desk  # type: ignore[attr-defined]  # the room itself lets go of it
    yield room
    room.close()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"not within {PATIENCE} s"
        time.sleep(0.01)


def ended(job: Job) -> Findings:
    assert job.ended.wait(PATIENCE)
    assert job.problem == ""
    return job.findings


def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold the work at its second part until the event is set; what asks it to stop is heard all the same."""
    gate, original = threading.Event(), why_work.tipping

    def waiting(*args: Any, stop: GivingWay, **how: Any) -> Any:
        while not gate.is_set() and not stop.asked.wait(0.01):
            pass
        return original(*args, stop=stop, **how)

    monkeypatch.setattr(why_work, "tipping", waiting)
    return gate


# --- the work ----------------------------------------------------------------------------------------------------


def test_each_part_is_told_as_soon_as_it_is_known_the_cheapest_first(office: Office, question: Question):
    told: list[set[str]] = []
    keep = office.keep

    def listen(found: Findings) -> None:
        told.append({name for name in ("unheard", "tipping", "shares", "enough") if getattr(found, name) is not None})
        keep(found)

    office.keep = listen  # type: ignore[method-assign]
    found = ended(office.start(question, 0))
    assert [len(names) for names in told] == sorted(len(names) for names in told)
    assert told[:3] == [{"unheard"}, {"unheard", "tipping"}, {"unheard", "tipping", "shares"}]
    assert "enough" in told[-1]
    assert found.level == 0
    assert found.n_bundle_runs == LEVELS[0]


def test_the_shares_are_those_of_the_analysis_whatever_the_parts(office: Office, question: Question):
    found = ended(office.start(question, 0))
    assert found.shares is not None
    same = practice_shares(few(question.scenario), replicates=LEVELS[0], threads=1)
    for name, worth in same.worth.items():
        np.testing.assert_allclose([each.value for each in found.shares.worth[name].share], [e.value for e in worth.share])


def test_what_was_worked_out_comes_at_once(office: Office, question: Question, monkeypatch: pytest.MonkeyPatch):
    first = ended(office.start(question, 0))
    for name in ("tipping", "run_bundles", "simulate", "enough_of"):
        monkeypatch.setattr(why_work, name, None)
    again = ended(office.start(question, 0))
    assert again.shares is first.shares


def test_more_exact_adds_runs_and_repeats_none(office: Office, question: Question, monkeypatch: pytest.MonkeyPatch):
    ended(office.start(question, 0))
    asked: list[int] = []
    original = why_work.run_bundles

    def listen(*args: Any, replicates: range, **how: Any) -> Any:
        asked.extend(replicates)
        return original(*args, replicates=replicates, **how)

    monkeypatch.setattr(why_work, "run_bundles", listen)
    found = ended(office.start(question, 1))
    assert asked == list(range(LEVELS[0], LEVELS[1]))
    assert found.n_bundle_runs == LEVELS[1]
    assert found.tipping_level == 1


def test_who_stops_is_heard_within_a_second_and_keeps_what_was_found(
    office: Office, question: Question, monkeypatch: pytest.MonkeyPatch
):
    held(monkeypatch)
    job = office.start(question, 0)
    until(lambda: job.findings.unheard is not None)
    began = time.monotonic()
    job.cancel()
    assert job.ended.wait(1.0)
    assert time.monotonic() - began < 1.0
    assert job.was_stopped
    assert job.problem == ""
    assert (kept := office.kept(question)) is not None
    assert kept.unheard is not None


def test_no_more_work_at_once_than_there_is_room_for(office: Office, question: Question, monkeypatch: pytest.MonkeyPatch):
    gate = held(monkeypatch)
    first = office.start(question, 0)
    until(lambda: not first.waiting)
    other = office.start(Question(starting_point("no-support")), 0)
    time.sleep(0.2)
    assert other.waiting
    other.cancel()
    assert other.ended.wait(1.0)
    gate.set()
    ended(first)


def test_work_gives_way_while_somebody_waits_for_an_answer(office: Office):
    sign = GivingWay(office.live)
    looked = threading.Event()
    with office.live._turns.turn((0,)):
        threading.Thread(target=lambda: (sign.is_set(), looked.set()), daemon=True).start()
        assert not looked.wait(0.3)
    assert looked.wait(PATIENCE)
    with office.live._turns.turn((0,)):
        sign.set()
        assert sign.is_set()  # who is asked to stop waits for nobody


def test_work_that_fails_says_so_and_lets_the_rest_live(office: Office, question: Question, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: Any, **__: Any) -> None:
        raise MemoryError("too large")

    monkeypatch.setattr(why_work, "run_bundles", fail)
    job = office.start(question, 0)
    assert job.ended.wait(PATIENCE)
    assert job.problem == "MemoryError: too large"
    assert job.findings.tipping is not None
    monkeypatch.undo()


def test_the_bar_moves_forward_and_the_time_left_is_that_of_the_pace():
    meter = Meter({"a": 100.0, "b": 300.0}, pace=0.5)
    assert (meter.done, meter.seconds_left) == (0.0, 200.0)
    meter.begin("a")
    meter.tell(1, 2)
    assert (meter.done, meter.seconds_left) == (0.125, 175.0)
    meter.begin("b")
    assert (meter.done, meter.seconds_left) == (0.25, 150.0)
    meter.end()
    assert (meter.done, meter.seconds_left) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "a few seconds left"), (38, "about 40 s left"), (100, "about 2 min left"), (610, "about 10 min left")],
)
def test_the_time_left_is_said_no_more_exactly_than_it_is_known(seconds: float, words: str):
    assert left_in_words(seconds) == words


def test_practices_in_full_are_another_question_only_where_some_are_weak(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    weak, strong = starting_point("typical"), starting_point("launch-only")
    assert Question(weak, full=True).key != Question(weak).key
    assert Question(strong, full=True).key == Question(strong).key


# --- the page ----------------------------------------------------------------------------------------------------


def done(room: Room) -> dict[str, Any]:
    until(lambda: not room.is_working)
    return room.shown()


def test_the_first_visit_begins_and_every_part_has_verdict_words_and_command(room: Room):
    room.arrive()
    assert room.shown()["status"]["working"]
    shown = done(room)
    assert [part["state"] for part in shown["status"]["parts"]] == ["done"] * len(PARTS)
    assert set(shown["parts"]) == set(shown["recipes"]) == {name for name, _ in PARTS}
    for name, _ in PARTS:
        assert shown["parts"][name]["says"].endswith(".")
        assert shown["recipes"][name].startswith("adoptsim ")
        assert "launch-only-changed.yaml" in shown["recipes"][name]
        part = shown["parts"][name]
        if name != "enough" or part["chart"]["points"]:
            assert len(part.get("text") or part["chart"]["text"]) > 40
    assert shown["file"] == "launch-only-changed.yaml"
    assert shown["status"]["more"]["runs"] == LEVELS[1]


def test_what_stands_there_is_marked_when_the_scenario_has_changed(room: Room):
    room.arrive()
    before = done(room)
    room._desk().change({"what": "intensity", "name": "safe_space", "value": 70})  # type: ignore[union-attr]
    room.arrive()
    stale = room.shown()
    assert stale["status"]["stale"]
    assert stale["parts"] == before["parts"]
    assert stale["recipes"] == before["recipes"]
    room.begin()
    assert not room.shown()["status"]["stale"]
    done(room)
    assert b"safe_space" in room.scenario_file()[1]


def test_coming_back_to_a_scenario_that_is_known_takes_no_time(room: Room, monkeypatch: pytest.MonkeyPatch):
    room.arrive()
    first = done(room)
    room._desk().change({"what": "trust", "value": 80})  # type: ignore[union-attr]
    room.begin()
    done(room)
    for name in ("tipping", "run_bundles", "simulate", "enough_of"):
        monkeypatch.setattr(why_work, name, None)
    room._desk().undo()  # type: ignore[union-attr]
    room.arrive()
    again = done(room)
    assert again["parts"] == first["parts"]
    assert again["status"]["problem"] == ""


def test_stopping_shows_at_once_and_one_can_go_on(room: Room, monkeypatch: pytest.MonkeyPatch):
    gate = held(monkeypatch)
    room.arrive()
    until(lambda: "unheard" in room.shown()["parts"])
    room.cancel()
    shown = room.shown()
    assert shown["status"]["stopped"]
    assert not shown["status"]["working"]
    assert set(shown["parts"]) == {"unheard"}
    gate.set()
    room.begin()
    assert set(done(room)["parts"]) == {name for name, _ in PARTS}


def test_another_question_ends_the_work_on_the_one_before(room: Room, monkeypatch: pytest.MonkeyPatch):
    held(monkeypatch)
    room.arrive()
    first = room.job
    room.count_in_full(True)
    assert first is not None
    assert first.ended.wait(2.0)
    assert first.was_stopped


def test_the_end_of_a_visit_ends_its_work(room: Room, monkeypatch: pytest.MonkeyPatch):
    held(monkeypatch)
    room.arrive()
    room.close()
    assert room.job is not None
    assert room.job.ended.wait(2.0)


def test_between_parts_the_page_is_told_what_is_known_so_far(room: Room):
    seen: list[int] = []
    room.arrive()
    while room.is_working:
        adds = room.shown()["parts"].get("adds")
        seen.append(adds["runs"] if adds else 0)
        time.sleep(0.002)
    assert room.shown()["parts"]["adds"]["runs"] == LEVELS[0]
    assert set(seen) <= {0, *range(STEP, LEVELS[0] + 1, STEP)}
    assert seen == sorted(seen)


# -- what is taken along, and what the link holds


def test_every_file_that_is_offered_can_be_made(room: Room):
    room.arrive()
    done(room)
    offer = room.offer()
    assert set(offer.kinds) == set(why_taking.KINDS)
    for kind in offer.kinds:
        name, content = offer.make(kind)
        assert name.endswith({"yaml": ".yaml"}.get(kind, kind.split(".")[-1]))
        assert len(content) > 100


def test_the_switch_and_how_exact_it_is_are_in_the_link(room: Room, office: Office):
    room.arrive()
    done(room)
    room.more()
    done(room)
    room.count_in_full(True)
    shown = done(room)
    desk = room.desk  # type: ignore[attr-defined]
    assert "full=1" in desk.query
    assert shown["status"]["full"]
    room.more()
    done(room)
    assert f"exact={room.level}" in desk.query
    again = Desk(desk.query)
    other = Room(again, office)
    other.arrive()
    assert (other.full, other.level) == (True, room.level)
    other.close()


def test_there_are_as_many_degrees_of_exactness_in_a_link_as_on_the_page():
    assert len(why_work.LEVELS) == len(EXACTNESS)


def test_a_command_on_own_files_comes_with_them(room: Room, tmp_path: Path):
    paths = write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv())
    own = shared.organisations().add(*paths)
    desk = room.desk  # type: ignore[attr-defined]
    desk.history.record(desk.state.in_organisation(own.within(desk.state.now.scenario.organisation)))
    room.arrive()
    assert room.shown()["file"].endswith(".zip")
    name, content = room.scenario_file()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == {name.replace(".zip", ".yaml"), "people.csv", "ties.csv"}
    room.cancel()


def tipping_of(*middles: float) -> Tipping:
    """Return what was found of runs with these edges from below."""
    scenario = starting_point("typical")
    place = scenario.organisation.seed_placement
    found = tuple(Found(BELOW, place, run, Bracket(middle, middle)) for run, middle in enumerate(middles))
    return Tipping(scenario, 1, 1008, 500, len(middles), None, found)


def test_an_edge_between_nobody_and_never_is_said_not_to_be_known():
    shown = why_views.tipping(tipping_of(*[0.0] * 13, *[0.04, 0.12, 0.15, 0.18, 0.2, 0.34, 0.36, 0.4], *[math.inf] * 11))
    assert shown["says"].startswith("Where an organisation like this tips isn't known from 32 runs: 13 need nobody")
    (side,) = shown["sides"]
    assert (side["edge"], side["value"], side["low"]) == ("not known", None, None)


def test_an_edge_that_is_known_is_said():
    assert "tips at about 12 % of staff" in why_views.tipping(tipping_of(*[0.12] * 32))["says"]

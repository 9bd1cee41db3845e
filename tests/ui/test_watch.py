"""The page Watch without a browser: the film is the run, the picture is tidy, the words are true, the room is emptied."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adoptsim.domain.errors import InputError
from adoptsim.domain.organisation import PersonRecord, build_organisation, generate_organisation
from adoptsim.engine.state import COUNT
from adoptsim.files import Scenario
from adoptsim.simulation import Simulator, Stopped
from adoptsim.ui.setting import changed, starting_point
from adoptsim.ui.state import Kept, Plan
from adoptsim.ui.watch_film import ACTS, ARCS, STANDINGS, Film, film_of
from adoptsim.ui.watch_layout import GAP, layout_of
from adoptsim.ui.watch_room import MOST_DAYS_A_BLOCK, Room, scene, scene_bytes
from adoptsim.ui.watch_words import day_words, others, policy_of

PATIENCE = 60.0


def small(name: str = "lean-bundle", people: int = 60) -> Scenario:
    return changed(starting_point(name), {"what": "people", "value": people})


@pytest.fixture(scope="module")
def film() -> Film:
    return film_of(small(), 3)


# -- the film


@pytest.mark.parametrize(("name", "day"), [("lean-bundle", 189), ("no-support", None)])
def test_support_ends_where_something_that_ends_is_in_use(name: str, day: int | None):
    seen = film_of(changed(small(name), {"what": "people", "value": 20}), 0)
    assert scene(seen, layout_of(seen.organisation), "k")["support"] == day


def test_the_film_is_the_run_that_the_engine_makes(film: Film):
    world = Simulator(small()).run(3)
    assert film.series["contributors"] == world.counts[:, COUNT.contributors].tolist()
    assert film.series["looked"] == world.counts[:, COUNT.visitors].tolist()
    assert np.array_equal(film.frames[-1, 1], np.rint(100 * world.level[3]).astype(np.uint8))


def test_who_is_shown_as_contributing_is_who_counts_as_a_contributor(film: Film):
    shown = [int((film.standing(day) == STANDINGS.index("contributes")).sum()) for day in range(film.days)]
    assert shown == film.series["contributors"]
    assert max(shown) > 5


@pytest.mark.parametrize(("act", "counted"), [("silent", "silences"), ("posted", "posts")])
def test_who_is_shown_to_post_or_keep_silent_is_who_does(film: Film, act: str, counted: str):
    people = np.array([(film.act(day) == ACTS.index(act)).sum() for day in range(film.days)])
    times = np.array(film.series[counted])
    assert ((people > 0) == (times > 0))[people + times > 0].mean() > 0.95  # somebody may do both, or one of them twice
    assert (people <= times).all()
    assert times.sum() > 0


def test_everybody_who_looked_is_shown_to_have_been_there(film: Film):
    for day in range(0, film.days, 7):
        assert (film.act(day) > 0).sum() >= film.series["looked"][day]


def test_each_reply_has_a_line_unless_somebody_answers_themselves(film: Film):
    lines = np.diff(film.offsets)
    assert (lines <= film.series["replies"] + np.array(film.series["answers"])).all()
    assert lines.sum() > 0.5 * sum(film.series["replies"])
    assert set(film.arcs[:, 2].tolist()) <= set(range(len(ARCS)))
    assert (film.arcs[:, 0] != film.arcs[:, 1]).all()


def test_a_leaders_reply_comes_from_a_leader(film: Film):
    answers = film.arcs[film.arcs[:, 2] == ARCS.index("answer")]
    assert len(answers) > 0
    assert film.organisation.is_leader[answers[:, 0]].all()


def test_a_run_too_short_to_tell_does_not_say_that_it_lasts():
    short = small().model_copy(update={"horizon": small().horizon.model_copy(update={"days": 30})})
    assert film_of(short, 0).lasts is None


def test_what_would_not_fit_into_memory_is_refused_with_how_many_would():
    huge = small().model_copy(update={"organisation": small().organisation.model_copy(update={"people": 20_000})})
    with pytest.raises(InputError, match="at most 10,119 can be"):
        film_of(huge, 0)


def test_a_film_that_nobody_wants_any_more_is_not_finished():
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        film_of(small(), 0, stop=stop)


# -- the picture


@pytest.mark.parametrize("people", [20, 500, 3000])
def test_departments_do_not_overlap_and_hold_their_people(people: int):
    organisation = generate_organisation(people, seed=1, replicate=0)
    layout = layout_of(organisation)
    x, y, r = layout.disc.T
    apart = np.hypot(x[:, None] - x, y[:, None] - y) - r[:, None] - r
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 0.9 * GAP
    d = organisation.department
    assert (np.hypot(layout.x - x[d], layout.y - y[d]) < r[d]).all()


def test_nobody_stands_on_somebody_else():
    layout = layout_of(generate_organisation(500, seed=1, replicate=0))
    apart = np.hypot(layout.x[:, None] - layout.x, layout.y[:, None] - layout.y)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 0.5


def test_the_picture_takes_the_shape_that_the_screen_has():
    organisation = generate_organisation(500, seed=1, replicate=0)
    wide, high = layout_of(organisation, 2.0), layout_of(organisation, 0.7)
    assert np.ptp(wide.x) > 1.4 * np.ptp(wide.y)
    assert np.ptp(high.y) > 1.1 * np.ptp(high.x)


def test_people_stand_on_the_side_of_their_manager():
    organisation = generate_organisation(500, seed=1, replicate=0)
    layout, start = layout_of(organisation), organisation.department_start
    nearer = []
    for person in range(500):
        manager = int(organisation.manager[person])
        d = int(organisation.department[person])
        peers = {int(m) for m in organisation.manager[start[d] : start[d + 1]] if m >= start[d] and m != start[d]}
        if manager in peers and len(peers) > 1:
            away = {m: np.hypot(layout.x[person] - layout.x[m], layout.y[person] - layout.y[m]) for m in peers}
            nearer.append(away[manager] < np.mean([away[m] for m in peers if m != manager]))
    assert np.mean(nearer) > 0.75
    assert len(nearer) > 50


def test_departments_of_an_organisation_of_ones_own_are_called_by_their_names():
    people = [PersonRecord(id=f"p{n}", department=("Sales", "Research")[n % 2], manager=None) for n in range(20)]
    organisation = build_organisation(people, [("p0", "p1"), ("p1", "p2")], seed=1)
    assert len(layout_of(organisation).disc) == 2
    assert layout_of(organisation).links == [(0, 1, 2)]


# -- the words


def test_a_day_is_said_with_numbers_that_are_in_the_film(film: Film):
    day = int(np.argmax(film.series["contributors"]))
    said = day_words(film, day)
    assert said.startswith(f"Day {day}: {film.series['contributors'][day]} of 60 contributed in the last month; most in dep")


def test_a_day_on_which_nobody_contributes_names_no_department():
    silent = small("launch-only").model_copy(update={"practices": {}})
    film = film_of(silent, 0)
    assert 0 in film.series["contributors"]
    assert day_words(film, film.series["contributors"].index(0)).endswith("0 of 60 contributed in the last month.")


def test_a_run_is_held_against_itself_without_each_of_its_practices():
    plan = Plan("lean-bundle", small())
    found = others(plan, ())
    used = set(plan.scenario.practices)
    left_out = [used - set(other.practices) for key, (_, _, other) in found.items() if key.startswith("without-")]
    assert sorted(name for names in left_out for name in names) == sorted(used)
    assert next(iter(found)) == "without-7"


def test_what_is_held_against_a_run_has_the_same_people_and_climate():
    plan = Plan("typical", changed(small("typical"), {"what": "trust", "value": 80}))
    kept = (Kept("Mine", Plan("all-ten", starting_point("all-ten"))),)
    for _, _, other in others(plan, kept).values():
        for name in ("organisation", "parameters", "levers", "start", "shocks"):
            assert getattr(other, name) == getattr(plan.scenario, name)
        assert other.horizon.days == plan.scenario.horizon.days
        assert other.digest() != plan.scenario.digest()


def test_another_policy_brings_its_practices_and_the_end_of_its_support():
    other = changed(starting_point("all-ten"), {"what": "support", "value": 3})
    mixed = policy_of(small("launch-only"), other)
    assert mixed.practices == other.practices
    assert mixed.horizon.support_until == other.horizon.support_until


# -- the room


class Heard:
    """What a room has sent."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, tuple[Any, ...], list[bytes]]] = []

    def __call__(self, method: str, *args: Any, buffers: list[bytes] | None = None) -> None:
        self.messages.append((method, args, buffers or []))

    def of(self, method: str) -> list[tuple[tuple[Any, ...], list[bytes]]]:
        return [(args, buffers) for name, args, buffers in self.messages if name == method]

    def wait(self, method: str) -> tuple[tuple[Any, ...], list[bytes]]:
        wait_until(lambda: bool(self.of(method)))
        return self.of(method)[-1]


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, f"not within {PATIENCE} s"
        time.sleep(0.01)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def shown(heard: Heard, people: int = 60) -> Room:
    room = Room(heard)
    room.show(small(people=people), 0, "a", 1.6)
    heard.wait("scene")
    return room


def test_a_room_sends_the_scene_once_and_days_as_bytes(heard: Heard):
    room = shown(heard)
    (meta,), buffers = heard.wait("scene")
    assert (meta["key"], meta["people"], meta["days"]) == ("a", 60, 504)
    assert [len(part) for part in buffers[:4]] == [240, 240, 120, 120]
    room.block({"key": "a", "first": 21, "days": 21})
    (block,), (frames, arcs, offsets) = heard.wait("block")
    assert (block["first"], block["end"], len(block["words"])) == (21, 42, 21)
    assert len(frames) == 21 * 3 * 60
    assert np.frombuffer(offsets, np.uint32)[-1] * 6 == len(arcs)


@pytest.mark.parametrize("event", [{"first": -5, "days": 10**9}, {"first": 10**9, "days": -3}, {}])
def test_days_that_are_not_there_are_not_sent(heard: Heard, event: dict[str, int]):
    room = shown(heard)
    room.block(event)
    (block,), (frames, _, _) = heard.wait("block")
    assert 0 <= block["first"] < block["end"] <= 504
    assert block["end"] - block["first"] <= MOST_DAYS_A_BLOCK
    assert len(frames) == (block["end"] - block["first"]) * 3 * 60


def test_a_story_is_told_of_the_one_who_was_asked_about_in_both_lives(heard: Heard):
    room = shown(heard)
    choices = others(Plan("lean-bundle", small()), ())
    room.story({"person": 7, "other": "without-7"}, choices)
    (story,), _ = heard.wait("story")
    assert (story["person"], story["other"]) == (7, "without-7")
    assert [life["run"] for life in story["lives"]] == ["In this future", "Without practice 7 (Act on contributions)"]
    film = room.film
    assert film is not None
    looks = [day for day in range(film.days) if film.act(day)[7] > 0]
    assert story["lives"][0]["looks"] == looks  # the story is of the film that is watched


def test_nobody_asked_for_means_the_most_instructive_one(heard: Heard):
    room = shown(heard)
    room.story({"person": None, "other": "without-7"}, others(Plan("lean-bundle", small()), ()))
    (story,), _ = heard.wait("story")
    assert story["chosen"]


def test_a_policy_that_is_not_there_is_not_asked_about(heard: Heard):
    room = shown(heard)
    room.story({"person": 1, "other": "../../etc"}, others(Plan("lean-bundle", small()), ()))
    assert not heard.of("story")


def test_the_newest_question_wins(heard: Heard):
    room = Room(heard)
    for number in range(5):
        room.show(small(people=300), number, f"k{number}", 1.6)
    wait_until(lambda: any(args[0]["key"] == "k4" for args, _ in heard.of("scene")))
    assert len(heard.of("scene")) <= 2
    assert room.film is not None
    assert room.film.replicate == 4


def test_another_shape_of_the_screen_needs_no_other_film(heard: Heard):
    room = shown(heard)
    film = room.film
    room.show(small(), 0, "a", 0.6)
    wait_until(lambda: len(heard.of("scene")) == 2)
    assert room.film is film


def test_what_cannot_be_shown_is_said(heard: Heard):
    room = Room(heard)
    room.show(
        small().model_copy(update={"organisation": small().organisation.model_copy(update={"people": 50_000})}), 0, "a", 1
    )
    (says,), _ = heard.wait("problem")
    assert "too many to watch" in says


def test_the_film_goes_with_the_visitor(heard: Heard):
    room = shown(heard)
    film = weakref.ref(room.film)
    room.close()
    wait_until(lambda: gc.collect() >= 0 and film() is None)
    room.show(small(), 0, "b", 1.6)
    room.block({"first": 0, "days": 5})
    assert not heard.of("block")
    assert room.film is None


def test_a_watched_run_of_five_thousand_stays_within_its_memory():
    film = film_of(small(people=5000), 0)
    layout = layout_of(film.organisation)
    sent = sum(map(len, scene_bytes(film, layout)))
    assert film.frames.nbytes + film.arcs.nbytes < 15e6
    assert sent < 1.5e6
    assert scene(film, layout, "k")["people"] == 5000

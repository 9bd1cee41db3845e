"""What somebody has on the page: undo, saving, and a link that holds all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Horizon
from adoptsim.domain.structure import STRUCTURE_NUMBERS
from adoptsim.ui.link import VERSION, LinkError, decode, encode
from adoptsim.ui.setting import GROUPS, KIND_FIELDS, KINDS, changed, controls, differences, starting_point
from adoptsim.ui.state import MOST_KEPT, SAME_MOVE, History, State


class Clock:
    """A clock that tests set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def moved(state: State, name: str, value: int) -> State:
    return state.moved({"what": "intensity", "name": name, "value": value})


# -- controls


def test_every_practice_stands_in_exactly_one_group():
    assert sorted(name for _, names in GROUPS for name in names) == sorted(PRACTICES)


@pytest.mark.parametrize("name", files.shipped("scenarios"))
def test_a_shipped_scenario_differs_in_nothing_from_itself(name: str):
    assert differences(starting_point(name), starting_point(name)) == []


def test_a_moved_control_stands_where_it_was_moved_to():
    scenario = starting_point("launch-only")
    for change, key, value in (
        ({"what": "people", "value": 1000}, "people", 1000),
        ({"what": "trust", "value": 70}, "trust", 70),
        ({"what": "safety", "value": 35}, "safety", 35),
        ({"what": "support", "value": 6}, "support", 6),
    ):
        scenario = changed(scenario, change)
        assert controls(scenario)[key] == value


def test_a_practice_set_to_nothing_and_back_is_the_scenario_as_it_was():
    first = starting_point("launch-only")
    used = changed(first, {"what": "intensity", "name": "safe_space", "value": 40})
    assert used != first
    assert changed(used, {"what": "intensity", "name": "safe_space", "value": 0}) == first


def test_a_practice_never_ends_before_it_starts():
    scenario = starting_point("typical")
    for what, month in (("end", 6), ("start", 9), ("end", 2)):
        scenario = changed(scenario, {"what": what, "name": "safe_space", "value": month})
        use = scenario.practices["safe_space"]
        assert use.end is None or use.end > use.start


@pytest.mark.parametrize(
    "change",
    [
        {"what": "people", "value": 10**9},
        {"what": "people", "value": "many"},
        {"what": "trust", "value": None},
        {"what": "intensity", "name": "safe_space", "value": 101},
        {"what": "intensity", "name": "no_such", "value": 10},
        {"what": "__class__", "value": 1},
        {},
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, object]):
    with pytest.raises(InputError):
        changed(starting_point("typical"), change)


def test_a_practice_done_badly_and_then_well_again_is_what_it_was_also_by_the_link():
    state, name = State().started("champions-without-answers"), "leadership_and_champions"
    bad = state.moved({"what": "misused", "name": name, "value": True})
    assert bad.now.scenario.practices[name].variant is None
    assert decode(encode(bad))[0] == bad
    assert bad.moved({"what": "misused", "name": name, "value": False}) == state


def test_a_practice_taken_away_and_taken_up_again_is_what_the_link_says():
    name = "leadership_and_champions"
    state = moved(moved(State().started("champions-without-answers"), name, 0), name, 60)
    assert state.now.scenario.practices[name].variant == "champions_only"
    assert decode(encode(state))[0] == state


def test_support_reaches_as_far_as_its_slider_also_in_a_long_scenario():
    long = starting_point("typical").model_copy(update={"horizon": Horizon(days=1260, support_until=189)})
    most = controls(long)["most_support"]
    assert most == 56
    state = State().bringing(long).moved({"what": "support", "value": most})
    assert controls(state.now.scenario)["support"] == most
    assert decode(encode(state))[0].now.scenario.horizon == state.now.scenario.horizon


@pytest.mark.parametrize(
    "moves",
    [
        [{"what": "start", "name": "critical_mass", "value": 14}],
        [{"what": "start", "name": "critical_mass", "value": 8}, {"what": "support", "value": 3}],
        [
            {"what": "end", "name": "critical_mass", "value": 20},
            {"what": "start", "name": "critical_mass", "value": 15},
            {"what": "end", "name": "critical_mass", "value": None},
        ],
    ],
)
def test_a_launch_begins_before_its_support_ends_whatever_is_moved(moves: list[dict[str, object]], tmp_path: Path):
    state = State()
    for move in moves:
        state = state.moved(move)
    scenario = state.now.scenario
    assert scenario.practices["critical_mass"].start == scenario.horizon.support_until - 21
    assert files.Scenario.parse(files.scenario_text(scenario, tmp_path)).digest() == scenario.digest()
    assert decode(encode(state))[0].now.scenario == scenario


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_organisation_is_in_the_link_and_in_words_and_lies_in_the_plausible_range(kind: str):
    state = State().moved({"what": "people", "value": 300}).moved({"what": "kind", "value": kind})
    for name in KIND_FIELDS:
        number = STRUCTURE_NUMBERS[name]
        assert number.low <= getattr(state.now.scenario.organisation, name) <= number.high
    assert decode(encode(state))[0] == state
    assert (kind == "office") == (not any(part.startswith("Kind ") for part in state.now.moved))


def test_an_organisation_of_its_own_kind_can_be_had_back():
    first = starting_point("typical")
    mine = first.model_copy(update={"organisation": first.organisation.model_copy(update={"mean_degree": 21.0})})
    flat = State().bringing(mine).moved({"what": "kind", "value": "flat"})
    assert controls(mine)["kind"] == ""
    assert flat.moved({"what": "kind", "value": ""}).now.scenario == mine


def uneven() -> files.Scenario:
    """Return a starting point whose numbers lie between those that controls can show."""
    text = "practices: {safe_space: {intensity: 0.333, start: 50, end: 200}}\nhorizon: {support_until: 200}\n"
    return files.Scenario.parse(f"name: uneven\n{text}levers: {{culture_trust: 0.412, culture_safety: 0.5}}\n")


@pytest.mark.parametrize(
    ("move", "away"),
    [
        ({"what": "intensity", "name": "safe_space"}, 60),
        ({"what": "start", "name": "safe_space"}, 5),
        ({"what": "end", "name": "safe_space"}, 14),
        ({"what": "end", "name": "safe_space"}, None),
        ({"what": "support"}, 12),
        ({"what": "trust"}, 70),
        ({"what": "safety"}, 70),
    ],
)
def test_a_control_that_was_moved_away_and_back_is_exactly_where_it_was(move: dict[str, object], away: int | None):
    state = State().bringing(uneven())
    where = controls(uneven())
    where = where["practices"][move["name"]] if "name" in move else where
    moved_away = state.moved(move | {"value": away})
    assert moved_away != state
    assert moved_away.moved(move | {"value": where[move["what"]]}) == state


# -- history


def test_undo_and_redo_walk_the_same_way():
    history, states = History(clock=Clock()), [State()]
    for value in (10, 20, 30):
        states.append(moved(states[-1], "safe_space", value))
        history.record(states[-1])
    seen = [history.state]
    for _ in range(4):
        history.undo()
        seen.append(history.state)
    assert seen == [*reversed(states), states[0]]
    for _ in range(4):
        history.redo()
    assert history.state == states[-1]


def test_a_drag_is_one_step_and_two_drags_are_two():
    clock = Clock()
    history = History(clock=clock)
    for value in range(30, 60):
        clock.now += SAME_MOVE / 10
        history.record(moved(history.state, "safe_space", value), "safe_space")
    assert history.n_steps == 2
    clock.now += SAME_MOVE * 2
    history.record(moved(history.state, "safe_space", 90), "safe_space")
    assert history.n_steps == 3


def test_a_drag_that_ends_where_it_began_leaves_no_step():
    history = History(clock=Clock())
    for value in (40, 50, 26):
        history.record(moved(history.state, "safe_space", value), "safe_space")
    assert controls(history.state.now.scenario)["practices"]["safe_space"]["intensity"] == 26
    assert history.n_steps == 1
    assert history.state == State()


def test_a_change_after_undo_forgets_what_was_undone():
    history = History(clock=Clock())
    history.record(moved(history.state, "safe_space", 60))
    history.undo()
    history.record(moved(history.state, "safe_space", 80))
    history.redo()
    assert history.state.now.scenario.practices["safe_space"].intensity == 0.8


def test_the_log_says_in_words_what_each_step_changed():
    history = History(clock=Clock())
    history.record(moved(history.state, "safe_space", 60))
    history.record(history.state.keeping("Mine"))
    history.record(history.state.started("launch-only"))
    began, change, saved, start = history.log()
    assert "A typical organisation" in began
    assert change.startswith("A safe space ")
    assert change.endswith(" → 60 %")
    assert saved == "Saved “Mine”"
    assert start == "Starting point: Launch only"


# -- saved scenarios


def test_saved_titles_are_told_apart_and_room_is_limited():
    state = State()
    for _ in range(MOST_KEPT):
        state = state.keeping("Mine")
    assert len({kept.title for kept in state.kept}) == MOST_KEPT
    with pytest.raises(InputError):
        state.keeping("One more")


def test_a_removed_baseline_gives_way_to_the_starting_point_and_another_keeps_its_place():
    state = State().keeping("A").keeping("B").with_(base="kept-1")
    assert state.without(1).base == "start"
    after = state.without(0)
    assert after.kept_place is not None
    assert after.kept[after.kept_place].title == "B"


# -- links


def full_state() -> tuple[State, State]:
    before = moved(State().started("pilot-departments"), "act_on_contributions", 60)
    state = before.moved({"what": "start", "name": "act_on_contributions", "value": 3})
    state = state.moved({"what": "misused", "name": "safe_space", "value": True})
    state = state.moved({"what": "people", "value": 750}).moved({"what": "trust", "value": 62})
    state = state.keeping("Ünïcode, | & <b>bold</b>").keeping("Second").with_(base="before", page="compare", runs=64)
    state = state.with_(full=True, exact=2)
    return state, before


def test_a_link_holds_the_whole_state():
    state, before = full_state()
    again, was, remark = decode(encode(state, before.now))
    assert again == state
    assert was == before.now
    assert remark == ""


@pytest.mark.parametrize("name", files.shipped("scenarios"))
def test_a_link_holds_every_practice_of_every_starting_point_in_any_use(name: str):
    state = State().started(name)
    for practice in PRACTICES:
        state = moved(state, practice, 37).moved({"what": "end", "name": practice, "value": 11})
    assert decode(encode(state))[0] == state


def test_a_link_is_short():
    state, before = full_state()
    assert len(encode(state, before.now)) < 500
    assert len(encode(State())) < 60


def test_an_empty_link_is_a_fresh_start():
    assert decode("") == (State(), None, "")


def test_a_link_of_another_model_says_so():
    query = encode(State()).replace("&m=", "&m=0")
    assert "may differ" in decode(query)[2]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("nonsense", "no link of this page"),
        (f"v={VERSION + 1}&now=typical", "newer version"),
        (f"v={VERSION}", "which scenario"),
        (f"v={VERSION}&now=no-such", "no starting point"),
        (f"v={VERSION}&now=../../etc/passwd", "no starting point"),
        (f"v={VERSION}&now=typical,p7:101", "'p7:101'"),
        (f"v={VERSION}&now=typical,p11:10", "'p11:10'"),
        (f"v={VERSION}&now=typical,n3", "whole number"),
        (f"v={VERSION}&now=typical,p3:50:600", "after the last day"),
        (f"v={VERSION}&now=typical,quux", "'quux'"),
        (f"v={VERSION}&now=typical,kround", "no kind of organisation"),
        (f"v={VERSION}&now=typical&exact=9", "exact is"),
        (f"v={VERSION}&now=typical&page=admin", "page is 'admin'"),
        (f"v={VERSION}&now=typical&runs=1000000", "runs is"),
        (f"v={VERSION}&now=typical&keep={'x' * 20_000}", "characters"),
        (f"v={'1' * 5_000}&now=typical", "no link of this page"),
        (f"v={VERSION}&now=typical&base=kept-{'1' * 5_000}", "base is"),
    ],
)
def test_a_broken_link_says_what_is_wrong(query: str, says: str):
    with pytest.raises(LinkError, match=says):
        decode(query)


def test_a_baseline_that_is_not_in_the_link_becomes_the_starting_point():
    assert decode(f"v={VERSION}&now=typical&base=kept-3")[0].base == "start"

"""Who may do what when, and that no order of events breaks it."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop.rooms import MENU, PLAN, ROOM, STEPS, A, B, C, D, done, go, people, played, reckoned, refusal, use

from adoptsim.workshop.actions import Decide, Guess, Join, Lead, Refused
from adoptsim.workshop.menu import Menu
from adoptsim.workshop.nicknames import cleaned, unlike
from adoptsim.workshop.state import Choice, State, event_fields, event_of, fold

ANA, BEN = people("Ana", "Ben", team="Blue")
CEM = Join("cem", "Cem", "Orange")
PREDICTING = played(ANA, BEN, CEM, *go("predict", 0))
DECIDING = played(ANA, BEN, CEM, *go("decide", 0))
FULL = {A: Choice("full", 0)}


def decided(state: State, team: str = "Blue") -> dict[str, Choice]:
    return dict(state.decisions[team, 0].practices)


# --- joining


def test_people_are_spread_over_the_teams():
    state = played(*people("Ana", "Ben", "Cem", "Dan", "Eva"))
    assert [len(members) for members in ROOM.members(state).values()] == [2, 1, 1, 1]


def test_two_people_of_one_name_are_told_apart():
    state = played(*people("Ana"), Join("2", "ana", None), Join("3", "ANA ", None))
    assert [person.nickname for person in state.present()] == ["Ana", "ana 2", "ANA 3"]


def test_who_joins_a_second_team_from_one_phone_is_in_that_team_only():
    state = played(ANA, Join("ana", "", "Green"))
    assert [(person.nickname, person.team) for person in state.present()] == [("Ana", "Green")]


def test_nobody_changes_teams_while_teams_decide():
    assert "You are in team Blue" in refusal(DECIDING, Join("ana", "", "Orange"))


def test_who_comes_late_takes_part_at_once():
    state = played(Join("late", "Late", None), state=DECIDING)
    assert decided(played(Decide("late", 0, use(A), 0), state=state), "Green") == FULL


def test_who_comes_while_teams_decide_chooses_no_team_whose_decision_they_would_see():
    state = played(Decide("ana", 0, use(A), 0), Join("ana again", "Ana", "Orange"), state=DECIDING)
    assert state.people["ana again"].team == "Green"


def test_the_trainer_moves_somebody_even_while_teams_decide():
    state = played(Lead("move", {"person": "cem", "team": "Blue"}), state=DECIDING)
    assert decided(played(Decide("cem", 0, use(A), 0), state=state)) == FULL
    assert "no such team" in refusal(state, Lead("move", {"person": "cem", "team": "Red"}))
    for nobody in ({"person": "eve", "team": "Blue"}, {"person": [], "team": "Blue"}, {}, "cem", None):
        assert "Nobody here" in refusal(state, Lead("move", nobody))


@pytest.mark.parametrize("nickname", ["", "   ", "\u200b\u202e", "\u3164", "\ud800"])
def test_a_name_that_nobody_can_read_is_refused(nickname: str):
    assert "Give a name" in refusal(State(), Join("x", nickname, None))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana \n Maria\t", "Ana Maria"),
        ("nA\u202eb\u0000c\u200b", "nAbc"),
        ("Zoe\u0308", "Zoë"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("a\u200db", "ab"),
        ("z" + "\u0335" * 50, "z" + "\u0335" * 2),
        ("x" * 5000, "x" * 24),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_a_name_is_one_visible_line_and_otherwise_as_typed(typed: str, kept: str):
    assert played(Join("x", typed, None)).people["x"].nickname == kept


@given(st.text(st.characters(codec=None), max_size=40), st.lists(st.sampled_from(["Ana", "ana 2", "x" * 24, "ß", "SS"])))
def test_whatever_is_typed_a_name_is_short_visible_unlike_others_and_can_be_written(typed: str, taken_names: list[str]):
    name = cleaned(typed)
    assert cleaned(name) == name
    name.encode()
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name)
    told_apart = unlike(name or "Ana", taken_names)
    assert len(told_apart) <= 24
    assert told_apart.casefold() not in {taken.casefold() for taken in taken_names}


def test_a_room_has_room_for_so_many(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adoptsim.workshop.room.MOST_PEOPLE", 3)
    state = played(*people("Ana", "Ben", "Cem"))
    assert "full" in refusal(state, Join("x", "X", None))


def test_who_is_removed_is_out_with_their_answers_and_may_come_again():
    state = played(Guess("ana", 0, "lasts", "yes"), Lead("remove", "ana"), state=PREDICTING)
    assert state.guesses_on(0, "lasts") == []
    assert "Join the workshop first" in refusal(state, Guess("ana", 0, "lasts", "no"))
    assert played(Join("again", "Ana", None), state=state).people["again"].nickname == "Ana"


# --- guessing


def test_a_person_has_one_answer_to_a_question_the_last():
    state = played(Guess("ana", 0, "lasts", "yes"), Guess("ana", 0, "lasts", "no"), state=PREDICTING)
    assert state.guesses_on(0, "lasts") == ["no"]


def test_an_action_that_comes_twice_counts_once():
    guess = Guess("ana", 0, "lasts", "yes", request="ana 1")
    once = played(guess, state=PREDICTING)
    changed = played(Guess("ana", 0, "lasts", "no", request="ana 2"), state=once)
    assert played(guess, state=changed) == changed


@pytest.mark.parametrize(
    ("key", "value"),
    [("lasts", "perhaps"), ("lasts", True), ("lasts", None), ("share", -1), ("share", 100.5), ("share", "40"),
     ("share", float("nan")), ("share", 10**400), ("best", C), ("best", ["x"]), ("nothing", "yes")],
)  # fmt: skip
def test_what_is_no_answer_is_refused(key: str, value: Any):
    with pytest.raises(Refused) as no:
        ROOM.act(PREDICTING, Guess("ana", 0, key, value))
    assert no.value.status == 400


def test_answers_count_only_in_their_round_and_phase_and_while_they_are_open():
    guess = Guess("ana", 0, "lasts", "yes")
    assert "moved on" in refusal(DECIDING, guess)
    assert "moved on" in refusal(PREDICTING, replace(guess, round=1))
    assert "closed" in refusal(played(Lead("close"), state=PREDICTING), guess)
    assert played(Lead("close"), Lead("open"), guess, state=PREDICTING).guesses_on(0, "lasts") == ["yes"]


# --- deciding


def test_a_team_decides_together_and_the_second_to_press_is_told_of_the_first():
    state = played(Decide("ana", 0, use(A), 0), state=DECIDING)
    assert "Ana has changed" in refusal(state, Decide("ben", 0, use(B), 0))
    state = played(Decide("ben", 0, use(B), state.decisions["Blue", 0].revision), state=state)
    assert decided(state) == {B: Choice("full", 0)}


def test_a_decision_counts_for_ones_own_team_only():
    assert set(played(Decide("cem", 0, use(A), 0), state=DECIDING).decisions) == {("Orange", 0)}


@pytest.mark.parametrize(
    ("practices", "why"),
    [
        (use(A, B), "costs 21 hours, and the budget is 20"),
        (use("purpose"), "not on offer"),
        (use(A, strength="double"), "half or full"),
        (use(A, start=1), "month 0 or 3"),
        (use(A, start=True), "month 0 or 3"),
        ({A: "full"}, "half or full"),
        ({A: {"strength": ["full"], "start": 0}}, "half or full"),
    ],
)
def test_what_is_no_choice_is_refused(practices: dict[str, Any], why: str):
    assert why in refusal(DECIDING, Decide("ana", 0, practices, 0))


def test_a_team_that_decides_nothing_is_played_by_the_computer_within_the_budget():
    state = played(Decide("ana", 0, use(A), 0), Lead("next"), state=DECIDING)
    assert decided(state) == FULL
    assert state.decisions["Orange", 0].is_computers
    assert decided(state, "Orange") == MENU.by_lot(" 0 Orange")
    assert {team for team, _ in state.decisions} == {"Blue", "Orange"}


def test_an_empty_room_is_played_by_the_computer():
    assert [team for team, _ in played(*go("reveal", 0)).decisions] == ["Blue"]


def test_when_decisions_open_again_the_computer_steps_back_and_people_do_not():
    state = played(Decide("ana", 0, use(A), 0), Lead("next"), Lead("back"), state=DECIDING)
    assert set(state.decisions) == {("Blue", 0)}
    assert state.open


def test_a_reset_decision_is_nobodys_and_what_is_sent_from_an_old_page_does_not_count():
    state = played(Decide("ana", 0, use(A), 0), state=DECIDING)
    old = state.decisions["Blue", 0].revision
    state = played(Lead("reset_team", "Blue"), state=state)
    assert ("Blue", 0) not in state.decisions
    assert "reset your team's decision" in refusal(state, Decide("ben", 0, use(B), old))
    assert decided(played(Decide("ben", 0, use(B), 0), state=state)) == {B: Choice("full", 0)}


def test_a_coin_buys_a_practice_at_any_strength():
    coins = Menu(2.0, "coins", {A: 1.0, B: 1.0, C: 1.0}, {"half": 0.5, "full": 1.0}, (0,))
    assert coins.cost({A: Choice("half", 0), B: Choice("full", 0)}) == 2.0
    assert MENU.cost({A: Choice("half", 0), B: Choice("full", 0)}) == 13.0
    assert len(coins.by_lot("")) == 2


def test_the_computer_draws_by_lot_with_the_same_chance_for_equal_prices():
    coins = Menu(2.0, "coins", {A: 1.0, B: 1.0, C: 1.0, D: 1.0}, {"half": 0.5, "full": 1.0}, (3, 0))
    drawn = [coins.by_lot(f"room {n} Blue") for n in range(400)]
    assert coins.by_lot("room 7 Blue") == drawn[7]
    assert {len(choice) for choice in drawn} == {2}
    assert {use for choice in drawn for use in choice.values()} == {Choice("full", 0)}
    for key in coins.prices:  # half of all draws; five standard deviations of 400 are 50
        assert 150 < sum(key in choice for choice in drawn) < 250


def test_the_computer_draws_otherwise_for_another_team_round_and_room():
    teams = [replace(ROOM, lot=room)._computer_decides(played(ANA, CEM, *go("decide", 0))) for room in "abcdefgh"]
    assert len({json.dumps([event_fields(event) for event in events]) for events in teams}) > 2
    assert any(blue.practices != orange.practices for blue, orange in teams)


# --- the trainer


def test_the_course_goes_through_every_phase_and_a_round_without_a_choice_skips_it():
    assert [(step.phase, step.round) for step in ROOM.course] == STEPS


def test_two_presses_of_next_from_one_page_move_once():
    state = played(Lead("next", page=(None, "lobby")))
    assert "moved on" in refusal(state, Lead("next", page=(None, "lobby")))


def test_the_trainer_is_offered_what_does_something_and_nothing_else():
    assert ROOM.possible(State()) == ("next",)
    assert ROOM.possible(PREDICTING) == ("next", "back", "close", "show", "remove", "move")
    assert ROOM.possible(DECIDING) == ("next", "back", "close", "show", "reset_team", "remove", "move")
    assert "next" not in ROOM.possible(played(*go("ended", None)))
    assert "does nothing" in refusal(State(), Lead("back"))


def test_a_screen_is_turned_and_each_phase_begins_with_its_first():
    state = played(Lead("show", 3), state=PREDICTING)
    assert state.screen == 3
    assert played(Lead("next"), state=state).screen == 1
    assert "1 to 20" in refusal(state, Lead("show", 0))


def test_when_decisions_close_the_computer_has_decided_and_nothing_changes_until_the_reveal():
    closed = played(Lead("close"), state=DECIDING)
    assert {team for team, _ in closed.decisions} == {"Blue", "Orange"}
    assert ROOM.inputs(closed, 0) == ROOM.inputs(played(Lead("next"), state=closed), 0)


def test_a_team_that_comes_after_decisions_closed_changes_nothing_that_was_reckoned():
    closed = played(Lead("close"), state=DECIDING)
    known = played(reckoned(closed), Join("late", "Late", "Purple"), Lead("next"), state=closed)
    assert ROOM.inputs(known, 0) == ROOM.inputs(closed, 0)


# --- what the simulation says


def test_a_round_is_reckoned_when_answers_close_then_why_then_nothing_more():
    assert ROOM.due(DECIDING) is None
    state = played(Lead("close"), state=DECIDING)
    assert ROOM.due(state) == (0, "results")
    state = played(reckoned(state), state=state)
    assert ROOM.due(state) == (0, "debrief")
    assert ROOM.due(played(reckoned(state, "debrief"), state=state)) is None


def test_results_of_decisions_that_have_changed_do_not_count():
    closed = played(Decide("ana", 0, use(A), 0), Lead("close"), state=DECIDING)
    late = reckoned(closed)
    reopened = played(Lead("open"), state=closed)
    assert "not asked" in refusal(reopened, late)
    changed = played(Decide("ana", 0, use(B), None), Lead("close"), state=reopened)
    assert "changed meanwhile" in refusal(changed, late)


def test_going_back_before_the_reveal_takes_the_results_back():
    state = played(Lead("close"), state=DECIDING)
    state = played(reckoned(state), Lead("next"), state=state)
    assert played(Lead("next"), Lead("back"), state=state).outcome
    assert not played(Lead("back"), state=state).outcome


def test_a_round_passed_too_soon_is_reckoned_after_the_present_one():
    state = played(ANA, *go("reveal", 1))
    assert ROOM.due(state) == (1, "results")
    state = played(reckoned(state, number=1), reckoned(state, "debrief", number=1), state=state)
    assert ROOM.due(state) == (0, "results")


# --- whatever happens in whatever order

NOW = -1
"""As a round or revision: whatever the page shows at that moment."""
names = st.sampled_from(["ana", "ben", "cem", "dan"])
rounds = st.sampled_from([NOW, NOW, NOW, 0, 1])
requests = st.sampled_from(["", "", *(f"r{n}" for n in range(8))])
practices = st.sampled_from([A, B, C, D])
uses = st.fixed_dictionaries({"strength": st.sampled_from(["half", "full"]), "start": st.sampled_from([0, 3])})
answers = st.sampled_from(
    [("lasts", "yes"), ("lasts", "no"), ("share", 10), ("share", 90), ("best", A), ("best", B), ("best", 10)]
)
joins = st.builds(Join, names, st.sampled_from(["Ana", "Ben", "<b>"]), st.sampled_from([None, *ROOM.teams]), requests)
guesses = st.builds(lambda who, number, answer, name: Guess(who, number, *answer, name), names, rounds, answers, requests)
decisions = st.builds(
    Decide, names, rounds, st.dictionaries(practices, uses, max_size=3), st.sampled_from([NOW, NOW, None, 0, 3]), requests
)
leads = st.builds(Lead, st.sampled_from(["next", "next", "next", "back", "close", "open"]), request=requests)
others = st.one_of(
    st.builds(Lead, st.just("reset_team"), st.sampled_from(ROOM.teams)),
    st.builds(Lead, st.just("remove"), names),
    st.builds(Lead, st.just("move"), st.fixed_dictionaries({"person": names, "team": st.sampled_from(ROOM.teams)})),
    st.builds(Lead, st.just("show"), st.integers(0, 21)),
)
reckonings = st.tuples(st.sampled_from([0, 1]), st.sampled_from(["results", "debrief"]))
beginnings = st.sampled_from([[], [ANA, BEN, CEM, *go("predict", 0)], [ANA, BEN, CEM, *go("decide", 0)]])
middles = st.lists(
    st.one_of(joins, guesses, guesses, decisions, decisions, leads, others, reckonings), min_size=12, max_size=40
)
actions = st.builds(lambda beginning, middle: beginning + middle, beginnings, middles)


def taken(state: State, action: Any) -> tuple[State, list[Any]]:
    """Return what follows from an action, which the room may refuse."""
    try:
        return done(state, as_sent(state, action))
    except Refused:
        return state, []


def as_sent(state: State, action: Any) -> Any:
    """Return an action as it is sent by a page that shows the room as it stands."""
    if isinstance(action, tuple):
        return reckoned(state, action[1], number=action[0])
    here = ROOM.step(state).round or 0
    if isinstance(action, Guess | Decide) and action.round == NOW:
        action = replace(action, round=here)
    if isinstance(action, Decide) and action.revision == NOW:
        person = state.people.get(action.person)
        made = state.decisions.get((person.team, here)) if person else None
        action = replace(action, revision=made.revision if made else 0)
    return action


def check(state: State) -> None:
    here = ROOM.step(state)
    assert not state.open or here.phase in ("predict", "decide")
    for (team, number), made in state.decisions.items():
        assert team in ROOM.teams
        assert ROOM.menus[number].can_pay(made.practices)
    for person, number, key in state.guesses:
        assert person in state.people
        assert key in {question.key for question in PLAN.rounds[number].predict}
    for number, each in enumerate(PLAN.rounds):
        for question in each.predict:
            assert len(state.guesses_on(number, question.key)) <= len(state.present())
    for number, _ in state.outcome:
        assert (here.round if here.round is not None else 9) >= number
        assert here.round != number or here.phase in ("reveal", "debrief") or not state.open
    if here.round == 0 and here.phase in ("reveal", "debrief"):
        assert {team for team, number in state.decisions if number == 0}
    present = [person.nickname.casefold() for person in state.present()]
    assert len(set(present)) == len(present)


@settings(max_examples=400, deadline=None)
@given(actions)
def test_whatever_happens_the_room_keeps_its_rules_and_its_file_tells_the_same(course: list[Any]):
    state, kept = State(), []
    for action in course:
        state, entries = taken(state, action)
        kept += [(*event_fields(event), at, request) for event, at, request in entries]
        check(state)
    again = json.loads(json.dumps(kept))
    assert fold((event_of(kind, body), at, request) for kind, body, at, request in again) == state


@settings(max_examples=200, deadline=None)
@given(actions, st.randoms(use_true_random=False))
def test_whatever_is_sent_twice_counts_once(course: list[Any], luck: Any):
    state = State()
    for action in course:
        state, _ = taken(state, action)
        sent = [each for each in course if not isinstance(each, tuple) and each.request in state.seen]
        if sent:
            assert taken(state, luck.choice(sent))[0] == state


@settings(max_examples=200, deadline=None)
@given(actions)
def test_who_takes_part_when_decisions_close_has_one_decision(course: list[Any]):
    state = played(ANA, CEM)
    for action in course:
        before = state
        state, _ = taken(state, action)
        was_open = ROOM.step(before).phase == "decide" and before.open
        if was_open and (ROOM.step(state).phase == "reveal" or (state.step == before.step and not state.open)):
            members = ROOM.members(before)
            assert {team for team in ROOM.teams if members[team]} <= {team for team, _ in state.decisions}

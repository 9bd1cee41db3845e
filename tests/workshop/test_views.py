"""Who is told what: the shapes that pages rely on, and that nobody learns what is not yet theirs to know."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop import examples
from workshop.rooms import AROUND, ROOM, STEPS, A, B, C, D, go, people, played, reckoned, use
from workshop.test_room import actions, taken

from adoptsim.workshop.actions import Decide, Guess, Join, Lead
from adoptsim.workshop.state import State
from adoptsim.workshop.views import ROLES, view

ANA, BEN, CEM = Join("ana", "Ana", "Blue"), Join("ben", "Ben", "Blue"), Join("cem", "<img src=x onerror=alert(1)>", "Orange")
SOMEBODY = (ANA, BEN, CEM)
GUESSING = (Guess("ana", 0, "lasts", "yes"), Guess("ben", 0, "lasts", "no"), Guess("cem", 0, "share", 12),
            Guess("cem", 0, "lasts", "yes"))  # fmt: skip
DECIDING = (Decide("ana", 0, use(A), 0), Decide("cem", 0, use(B, D, strength="half", start=3), 0))


def told(state: State, role: Any, person: str = "") -> dict[str, Any]:
    return view(ROOM, state, role, AROUND, person)


def standing(phase: str) -> State:
    """Return a room in the middle of a phase of its first round, all that can be known known."""
    state = played(*SOMEBODY)
    if phase == "lobby":
        return state
    for step, number in STEPS[1:]:
        state = played(Lead("next"), state=state)
        if (step, number) == ("predict", 0):
            state = played(*GUESSING, state=state)
        if (step, number) == ("decide", 0):
            state = played(*DECIDING, state=state)
        if step == "reveal":
            state = played(reckoned(state, number=number or 0), state=state)
        if step == "debrief":
            state = played(reckoned(state, "debrief", {"why": [], "story": []}, number or 0), state=state)
        if step == phase:
            break
    return state


@pytest.mark.parametrize("phase", examples.PHASES)
@pytest.mark.parametrize("role", examples.ROLES)
def test_a_view_has_the_keys_of_its_example(role: str, phase: str):
    shown, example = told(standing(phase), role, "ana"), examples.view(role, phase)
    assert set(shown) | {"now"} == set(example)
    for part in ("round", "clock", "counts", "me", "join", "decision"):
        if isinstance(example.get(part), dict):
            assert set(shown[part]) == set(example[part]), part
    for part in ("teams", "questions", "people"):
        if example.get(part):
            assert set(shown[part][0]) == set(example[part][0]), part
    json.dumps(shown, allow_nan=False)


@pytest.mark.parametrize("phase", examples.PHASES)
def test_who_has_not_joined_is_told_no_more_than_that_there_is_a_workshop(phase: str):
    shown = told(standing(phase), "participant", "")
    assert set(shown) - {"me", "notice"} == set(told(standing("ended"), "participant", "ana")) - {"me"}
    assert shown["me"] is None


def test_only_the_trainer_and_the_projector_are_told_the_code_and_only_the_trainer_the_links_and_names():
    state = standing("predict")
    assert "123456" not in json.dumps(told(state, "participant", "ana"))
    assert "projector?key" not in json.dumps(told(state, "projector"))
    assert "Ana" not in json.dumps(told(state, "projector"))


def test_who_was_removed_is_told_so():
    state = played(Lead("remove", "ana"), state=standing("predict"))
    assert "out of the room" in told(state, "participant", "ana")["notice"]


def test_people_see_their_own_answers_and_how_many_have_answered():
    state = standing("predict")
    answers = {row["key"]: row["answer"] for row in told(state, "participant", "ana")["questions"]}
    assert answers == {"lasts": "yes", "share": None, "best": None}
    assert [row["answered"] for row in told(state, "projector")["questions"]] == [3, 1, 0]


def test_a_team_sees_its_own_decision():
    state = standing("decide")
    mine = told(state, "participant", "ben")["decision"]
    assert {row["key"]: row["strength"] for row in mine["practices"]} == {A: "full", B: None, C: None, D: None}
    assert (mine["submitted_by"], mine["spent"]) == ("Ana", 16.0)


def test_at_the_reveal_everybody_sees_the_results_and_their_own_answer_beside():
    state = standing("reveal")
    state = played(Join("dan", "Dan", None), state=state)
    own = {who: told(state, "participant", who)["results"]["guesses"][0]["mine"] for who in ("ana", "ben", "cem", "dan")}
    assert own == {"ana": "yes", "ben": "no", "cem": "yes", "dan": None}
    assert "mine" not in told(state, "projector")["results"]["guesses"][0]


def test_results_wait_for_the_simulation_and_for_the_reveal():
    deciding = played(Lead("close"), state=standing("decide"))
    known = played(reckoned(deciding), state=deciding)
    assert "results" not in told(known, "participant", "ana")
    revealed = played(Lead("next"), state=deciding)
    around = replace(AROUND, computing=True)
    shown = view(ROOM, revealed, "projector", around)
    assert "results" not in shown
    assert shown["computing"]


def test_the_trainers_button_says_what_it_does():
    assert told(State(), "facilitator")["next"] == {"text": "Start round 1 of 2"}
    assert told(standing("predict"), "facilitator")["next"]["text"] == "Close the predictions: let the teams decide"
    assert told(standing("debrief"), "facilitator")["next"] == {"text": "Start round 2 of 2"}
    assert told(standing("ended"), "facilitator")["next"] is None
    assert told(standing("predict"), "facilitator")["notes"] == ["Wait.", "Then wait again."]


def test_who_has_answered_everything_counts_as_having_guessed():
    more = (Guess("ana", 0, "share", 30), Guess("ana", 0, "best", A))
    state = played(*more, state=standing("predict"))
    assert told(state, "facilitator")["counts"]["guessed"] == 1


# --- nothing that others do shows before it may

OTHER_ANSWER = {"yes": "no", "no": "yes", 10: 90, 90: 10, A: B, B: A}
OTHER_PRACTICE = {A: C, C: A, B: D, D: B}  # of the same price


def otherwise(action: Any, me: str, my_team: str) -> Any:
    """Return what somebody else might have done instead, as good as what they did."""
    if isinstance(action, Guess) and action.person != me:
        return replace(action, value=OTHER_ANSWER[action.value])
    if isinstance(action, Decide):
        return replace(action, practices={OTHER_PRACTICE[key]: choice for key, choice in action.practices.items()})
    return action


@settings(max_examples=200, deadline=None)
@given(actions, st.sampled_from(["ana", "cem"]))
def test_before_the_reveal_a_view_is_the_same_whatever_others_guess_and_other_teams_decide(course: list[Any], me: str):
    one, other = played(*SOMEBODY), played(*SOMEBODY)
    for action in course:
        is_moved = isinstance(action, Lead) and action.action == "move" and action.what["person"] == me
        if is_moved or (isinstance(action, Join) and action.person == me):
            continue  # whoever changes teams may learn what the new one decides
        known = one.people.get(getattr(action, "person", "") or "")
        mine = known is not None and known.team == one.people[me].team
        one, _ = taken(one, action)
        other, _ = taken(other, action if isinstance(action, Decide) and mine else otherwise(action, me, ""))
        if one.step > STEPS.index(("decide", 0)):
            return
        assert told(one, "participant", me) == told(other, "participant", me)


@settings(max_examples=200, deadline=None)
@given(actions)
def test_before_the_reveal_projector_and_trainer_are_shown_no_answer_and_no_decision(course: list[Any]):
    one, other = played(*SOMEBODY), played(*SOMEBODY)
    for action in course:
        one, _ = taken(one, action)
        other, _ = taken(other, otherwise(action, "", ""))
        if one.step > STEPS.index(("decide", 0)):
            return
        for role in ("projector", "facilitator"):
            assert told(one, role) == told(other, role)


def test_every_role_is_known():
    assert set(ROLES) == set(examples.ROLES)
    assert played(*people("Ana"), *go("ended", None)).step == len(STEPS) - 1


def test_a_lot_is_no_decision_of_a_team():
    state = played(DECIDING[0], Lead("close"), state=played(*SOMEBODY, *go("decide", 0)))
    for role in ROLES:
        shown = told(state, role, "ana")
        said = {team["name"]: (team["decided"], team["computer"]) for team in shown["teams"][:2]}
        assert said == {"Blue": (True, False), "Orange": (False, True)}
        assert (shown["counts"]["decided"], shown["counts"]["deciding"]) == (1, 2)
    opened = told(played(Lead("open"), state=state), "facilitator")
    assert not any(team["computer"] for team in opened["teams"])

"""What a round gives: the model's own numbers, the same luck for all teams, every guess counted once."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import adoptsim as ad
from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import PracticeUse
from adoptsim.report.words import with_unit
from adoptsim.simulation import Stopped
from adoptsim.workshop import reckon, why
from adoptsim.workshop.decisions import hours_a_month, hours_beyond, hours_of, policy_of, prices
from adoptsim.workshop.lessons import findings
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.questions import Question
from adoptsim.workshop.reckon import simulated_answer
from adoptsim.workshop.words import bounds_in_unit, in_unit
from tests.workshop.small_round import decided, small_workshop

DECISIONS = {
    "Blue": decided("leadership_and_champions", "act_on_contributions"),
    "Orange": decided("safe_space"),
    "Green": decided("leadership_and_champions", "act_on_contributions"),
    "Purple": decided(computer=True),
}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return small_workshop(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def found(workshop):
    return reckon.results(workshop, 0, DECISIONS, {"lasts": ["yes", "no", "no"], "end": [0, 9.9, 10, 100], "best": []})


def by_name(found):
    return {team["name"]: team for team in found["teams"]}


def test_teams_that_decide_the_same_get_the_same(found):
    blue, green = by_name(found)["Blue"], by_name(found)["Green"]
    assert blue | {"team": "", "name": ""} == green | {"team": "", "name": ""}


def test_a_team_gets_what_the_model_gives_for_its_policy(workshop, found):
    policy = policy_of(workshop.scenario(0), workshop.rounds[0].decide, DECISIONS["Blue"]["practices"])
    result = ad.simulate(policy, replicates=8, seed=3)
    blue = by_name(found)["Blue"]
    assert blue["contributors"]["mean"] == pytest.approx(result.interval("contributors").value, abs=1e-6)
    assert blue["critical_mass"]["share"] == pytest.approx(result.interval("reached").value, abs=1e-6)
    assert blue["curve"]["mean"][-1] == pytest.approx(result.contributor_share[:, -1].mean(), abs=1e-4)


def test_what_a_team_leaves_alone_stays_misused_and_what_it_chooses_is_put_right(workshop):
    decide = workshop.rounds[0].decide
    left = policy_of(workshop.scenario(0), decide, decided("safe_space")["practices"]).practices
    right = policy_of(workshop.scenario(0), decide, decided("leadership_and_champions")["practices"]).practices
    assert left["leadership_and_champions"].misused
    assert not right["leadership_and_champions"].misused
    assert left["critical_mass"] == right["critical_mass"] == workshop.scenario(0).practices["critical_mass"]


def test_the_best_team_wins_and_without_teams_nobody_does(workshop, found):
    best = max(found["teams"], key=lambda team: (team["critical_mass"]["share"], team["contributors"]["mean"]))
    assert found["winner"] == best["team"]
    alone = reckon.results(workshop, 0, {}, {})
    assert (alone["winner"], alone["winners"], alone["level"]) == (None, [], [])
    assert [team["team"] for team in alone["teams"]] == [None]


def test_who_decides_the_same_shares_the_place_and_who_is_behind_by_luck_alone_is_named(workshop, found):
    assert found["winners"] == ["Blue", "Green"]
    policies = reckon.team_policies(workshop, 0, DECISIONS)
    behind = [by_name(found)[name] for name in ("Orange", "Purple")]
    near = [team["name"] for team in behind if not reckon.ahead_by(workshop, policies, by_name(found)["Blue"], team).low > 0]
    assert found["level"] == near
    text = why.debrief(workshop, 0, DECISIONS, found)["winner"]
    assert text["name"] == "Blue and Green"
    assert "Green decided the same. " in text["text"]
    assert "the next, lasts" in text["text"]
    luckless = {name: dict(team, computer=False) for name, team in DECISIONS.items() if name in ("Orange", "Purple")}
    luckless["Purple"] = luckless["Orange"] | {"practices": {"safe_space": {"strength": "full", "start": 11}}}
    assert reckon.results(workshop, 0, luckless, {})["level"] in (["Orange"], ["Purple"])


def test_guesses_are_counted_where_they_belong(found):
    lasts, end, best = found["guesses"]
    assert lasts["counts"] == [1, 2]
    assert end["counts"] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert best["counts"] == [0, 0]
    assert (
        end["edges"][end["simulated"]["index"]] <= end["simulated"]["value"] <= end["edges"][end["simulated"]["index"] + 1]
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 100)))
def test_every_guess_is_counted_exactly_once(workshop, given_):
    question = workshop.rounds[0].predict[1]
    assert sum(reckon._counted_by_bin(question, given_)["counts"]) == len(given_)


def test_a_question_about_practices_is_answered_by_runs_with_and_without(workshop, found):
    answer = found["guesses"][2]["simulated"]
    shown = {row["key"]: row["value"] for row in answer["values"]}
    base = workshop.scenario(0)
    before, after = (
        ad.simulate(policy, replicates=8, seed=3).outcome["contributors"].mean()
        for policy in (base, policy_of(base, workshop.rounds[0].decide, decided("safe_space")["practices"]))
    )
    assert shown["safe_space"] == pytest.approx(after - before, abs=1e-6)
    assert answer["value"] == max(shown.values())


def test_asked_to_stop_it_stops(workshop):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        reckon.results(workshop.model_copy(update={"seed": 99}), 0, DECISIONS, {}, stop=stop)


def test_what_stands_beside_the_teams_has_its_hours_too(workshop):
    scenario, hours = workshop.scenario(0), {"critical_mass": 50, "leadership_and_champions": 20, "safe_space": 5}
    half = {"safe_space": PracticeUse(intensity=0.5), "leadership_and_champions": PracticeUse()}
    beside = scenario.model_copy(update={"practices": dict(scenario.practices) | half})
    assert hours_beyond(beside, scenario, hours) == 22.5
    assert hours_beyond(scenario, scenario, hours) == 0.0


def test_hours_are_those_of_the_practices(workshop):
    assert hours_a_month("act_on_contributions", 500, 25) == 100
    assert hours_a_month("leadership_and_champions", 500, 25) == 155
    assert hours_a_month("critical_mass", 500, 25) == 55
    assert set(prices(workshop, 0).values()) == {1.0}
    bill = Workshop.load("ten-practices-five-coins")
    half = {"act_on_contributions": {"strength": "half", "start": 6}}
    assert prices(bill, 1)["act_on_contributions"] == 100.0
    assert hours_of(bill.rounds[1].decide, half, {"act_on_contributions": 100}) == 50.0


@pytest.mark.parametrize(("names", "is_exact"), [(("safe_space", "act_on_contributions"), True), (tuple("abcdefg"), False)])
def test_what_practices_add_sums_to_the_whole(workshop, names, is_exact):
    """Shapley values are efficient, exact and by orders; a to g stand for the first seven practices."""
    chosen = names if is_exact else tuple(ad.Scenario.load("all-ten").practices)[:7]
    policy = policy_of(workshop.scenario(0), workshop.rounds[0].decide, decided(*chosen)["practices"])
    game = why.Game(policy, chosen, workshop.scenario(0).practices)
    luck = why.luck_of(policy.organisation, 3)
    assert game.is_exact == is_exact
    luck.run([*game.jobs(3), (workshop.scenario(0), range(3)), (policy, range(3))])
    gained = luck.outcome(policy, "contributors", range(3)) - luck.outcome(workshop.scenario(0), "contributors", range(3))
    assert game.shares(luck, 3).sum(axis=0) == pytest.approx(gained, abs=1e-9)


def test_a_debrief_says_why_who_won_and_one_persons_story(workshop, found):
    debrief = why.debrief(workshop, 0, DECISIONS, found)
    assert [team["team"] for team in debrief["why"]] == list(DECISIONS)
    assert debrief["why"][3]["values"] == []
    assert debrief["winner"]["team"] == found["winner"]
    assert any(line.startswith("Day ") for line in debrief["story"])
    assert debrief["questions"] == ["What surprised you?"]


def test_a_team_alone_is_told_nothing_of_others(workshop):
    alone = {"Blue": decided("safe_space")}
    debrief = why.debrief(workshop, 0, alone, reckon.results(workshop, 0, alone, {}))
    assert "Only" not in debrief["winner"]["text"]


def test_where_two_last_as_often_contributors_say_who_is_ahead_by_more_than_luck(workshop, found):
    teams = by_name(found)
    level = [teams[name] | {"critical_mass": {"share": 0.0, "low": 0.0, "high": 0.3}} for name in ("Blue", "Purple")]
    blue, purple = level
    policies = reckon.team_policies(workshop, 0, DECISIONS)
    told = why._against(workshop, policies, blue, purple)
    assert told.startswith("Purple, the next, lasts as often, and at the end ")
    assert told.endswith("contribute: the difference is more than luck.")
    assert why._against(workshop, policies, purple, blue).endswith("as near as luck can put them.")


def test_a_share_is_told_within_what_is_possible_and_what_never_happens_is_told_as_that(workshop, monkeypatch):
    question = workshop.rounds[0].predict[1].model_copy(update={"kind": "number", "measure": "silence_share"})
    told = partial(simulated_answer, workshop, 0, question)
    monkeypatch.setattr(reckon.Luck, "outcome", lambda *given: np.array([0.0, 0.0, 0.01]))
    assert told()["low"] == 0.0 < told()["high"]
    monkeypatch.setattr(reckon.Luck, "outcome", lambda *given: np.full(3, np.nan))
    with pytest.raises(InputError, match="ask something else"):
        told()


def test_where_nobody_decides_the_storys_own_practices_are_shared_out(workshop):
    debrief = why.debrief(workshop, 0, {}, reckon.results(workshop, 0, {}, {}))
    (own,) = debrief["why"]
    assert {row["key"] for row in own["values"]} == {"critical_mass", "leadership_and_champions"}
    assert debrief["winner"] is None


def test_a_claim_is_held_against_its_whole_interval(workshop):
    held, flying = findings(workshop)
    assert held.holds
    assert not flying.holds
    answer = simulated_answer(workshop, 0, workshop.rounds[0].predict[1])
    assert flying.found.value == pytest.approx(answer["value"] / 100, abs=1e-6)


def test_a_simulated_answer_has_the_digits_that_reports_give_it(workshop, found):
    simulated = next(guess["simulated"] for guess in found["guesses"] if guess["key"] == "end")
    assert simulated["label"] == f"{with_unit(simulated['value'] / 100, 'share')} of staff"
    end, safety = workshop.rounds[0].predict[1], Question(key="s", kind="number", measure="safety", text="Safe?", high=1)
    assert [in_unit(end, value) for value in (5.84, 12.5, 36.4)] == ["5.8", "12", "36"]
    assert (in_unit(safety, 0.416), bounds_in_unit(end, 4.76, 6.81)) == ("0.42", "4.8 to 6.8")


def test_drawn_curves_are_held_against_the_runs_of_what_they_were_asked_of():
    plan = Workshop.load("why-did-our-network-die").model_copy(update={"replicates": 8})
    drawn = [(0.0, 20.0, 30.0, 40.0, 50.0), (5.0, 10.0, 5.0, 3.0, 2.0)]
    found = reckon._guessed(plan, 0, plan.rounds[0].predict[1], drawn, None)
    assert found["drawn"] == [list(curve) for curve in drawn]
    assert (found["counts"], found["months"]) == ([2], [0, 6, 12, 18, 24])
    curve, simulated = found["simulated"]["curve"], found["simulated"]
    assert curve["days"][-1] == 503
    assert all(low <= mean <= high for low, mean, high in zip(curve["low"], curve["mean"], curve["high"], strict=True))
    assert simulated["label"].endswith("% of staff")
    assert 100 * curve["mean"][-1] == pytest.approx(simulated["value"], abs=2.0)

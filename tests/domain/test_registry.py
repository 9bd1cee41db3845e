"""Every lever, practice, parameter and experience is complete; a new entry tests itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoptsim.domain.definitions import DEFINITION, DEFINITIONS
from adoptsim.domain.experiences import EXPERIENCES, experience_table
from adoptsim.domain.levers import LEVERS, from_link, to_link
from adoptsim.domain.parameters import GRADES, PARAMETERS, parameter_values
from adoptsim.domain.policy import effects_of, make_policy
from adoptsim.domain.practices import EVIDENCE_GRADES, PRACTICES
from adoptsim.domain.scenario import PracticeUse, Scenario
from adoptsim.domain.structure import STRUCTURE, STRUCTURE_NUMBERS
from adoptsim.engine.state import OUTCOMES


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda lever: lever.name)
def test_a_lever_has_a_default_in_its_range_and_says_where_it_comes_from(lever):
    assert 0 < lever.low < lever.high
    assert lever.low <= lever.default <= lever.high
    assert lever.link == "log" or lever.high < 1
    assert all((lever.symbol, lever.unit, lever.meaning, lever.source))
    assert lever.grade in GRADES


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda lever: lever.name)
def test_a_levers_link_and_its_inverse_undo_each_other(lever):
    for value in (lever.low, lever.default, lever.high):
        assert from_link(lever, np.array(to_link(lever, value))) == pytest.approx(value, rel=1e-12)


ROWS = [*PARAMETERS.values(), *STRUCTURE_NUMBERS.values()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_number_has_a_range_a_unit_a_source_and_a_grade(row):
    assert row.low <= row.default <= row.high
    assert row.low < row.high
    assert all((row.symbol, row.unit, row.meaning, row.source))
    assert row.grade in GRADES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_prior_is_logarithmic_only_over_orders_of_magnitude_and_always_for_such_rates(row):
    wide = row.low > 0 and row.high / row.low > 5
    assert row.prior in ("uniform", "log-uniform")
    assert wide or row.prior == "uniform"
    assert row.prior == "log-uniform" or not (wide and row.name.endswith(("_rate", "_factor", "_minutes")))


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=lambda definition: definition.name)
def test_a_definition_has_a_unit_a_meaning_and_a_reason(definition):
    assert all((definition.symbol, definition.unit, definition.meaning, definition.source))


def test_names_and_symbols_stand_for_one_number_each():
    rows = [*ROWS, *LEVERS.values(), *DEFINITIONS.values()]
    assert len({row.name for row in rows}) == len({row.symbol for row in rows}) == len(rows)


def test_the_scenario_s_defaults_are_those_of_the_tables():
    plain = Scenario(name="x")
    organisation, horizon, rule = plain.organisation, plain.horizon, plain.critical_mass
    assert (organisation.people, organisation.mean_degree, organisation.leader_share) == STRUCTURE[:3]
    assert (horizon.days, horizon.support_until) == (DEFINITION.horizon_days, DEFINITION.support_days)
    assert (rule.threshold, rule.held_days) == (DEFINITION.critical_share, DEFINITION.held_days)
    assert rule.after_support_days == DEFINITION.after_support_days


@pytest.mark.parametrize("experience", EXPERIENCES.values(), ids=lambda experience: experience.name)
def test_an_experience_says_what_it_is_and_where_its_direction_comes_from(experience):
    assert all((experience.meaning, experience.source))
    assert experience.grade in GRADES
    weights = [experience.responsiveness, experience.trust, experience.safety, experience.reward]
    assert any(weights) != (experience.name == "own_waiting")


def test_there_are_ten_practices_numbered_as_in_the_report():
    assert [practice.number for practice in PRACTICES.values()] == list(range(1, 11))


@pytest.mark.parametrize("practice", PRACTICES.values(), ids=lambda practice: practice.name)
def test_a_practice_moves_known_levers_inside_their_ranges_and_can_be_misused(practice):
    for effects in (practice.to, practice.misuse, *practice.variants.values()):
        assert effects
        for name, value in effects.items():
            assert LEVERS[name].low <= value <= LEVERS[name].high, name
            assert value != LEVERS[name].default, name
    assert dict(practice.to) != dict(practice.misuse)


@pytest.mark.parametrize("practice", PRACTICES.values(), ids=lambda practice: practice.name)
def test_a_practice_costs_hours_and_states_its_evidence(practice):
    hours = practice.hours
    assert hours.per_leader + hours.per_champion + hours.per_person + hours.fixed > 0
    assert practice.evidence in EVIDENCE_GRADES
    assert all((practice.title, practice.says, practice.misuse_says, practice.source))


def test_each_practice_has_its_own_place_in_the_loop():
    moved = {practice.name: set(practice.to) for practice in PRACTICES.values()}
    for name, levers in moved.items():
        others = set().union(*(other for key, other in moved.items() if key != name))
        assert levers - others, f"{name} moves nothing that no other practice moves"


def test_outcomes_lived_through_and_seen_stand_in_the_order_of_a_threads_outcomes():
    names = list(EXPERIENCES)
    assert names[:9] == [f"own_{outcome}" for outcome in OUTCOMES]
    assert names[9:18] == [f"seen_{outcome}" for outcome in OUTCOMES]


def test_what_is_seen_weighs_less_than_what_is_lived_through():
    table = experience_table(parameter_values())
    names = list(EXPERIENCES)
    own, seen = table[names.index("own_sanctioned")], table[names.index("seen_sanctioned")]
    assert (seen <= own).all()
    assert seen.sum() == pytest.approx(0.3 * own.sum(), rel=0.01)


DEPARTMENTS = ("a", "b", "c")


def levers_on(day, **practices):
    policy = make_policy(Scenario(name="x", practices=practices), DEPARTMENTS)
    return dict(zip(LEVERS, policy.table[day, 0], strict=True))


@pytest.mark.parametrize("practice", PRACTICES.values(), ids=lambda practice: practice.name)
def test_a_practice_at_full_intensity_moves_its_levers_to_the_stated_values(practice):
    levers = levers_on(0, **{practice.name: True})
    for name, value in practice.to.items():
        assert levers[name] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("practice", PRACTICES.values(), ids=lambda practice: practice.name)
def test_a_practice_at_zero_intensity_is_no_practice(practice):
    assert levers_on(0, **{practice.name: 0}) == levers_on(0)


@given(st.permutations(list(PRACTICES)))
def test_the_order_in_which_practices_are_written_changes_no_bit(order):
    wanted = make_policy(Scenario(name="x", practices=dict.fromkeys(PRACTICES, 0.7)), DEPARTMENTS).table
    assert np.array_equal(make_policy(Scenario(name="x", practices=dict.fromkeys(order, 0.7)), DEPARTMENTS).table, wanted)


@given(st.dictionaries(st.sampled_from(list(PRACTICES)), st.floats(0, 1)))
def test_no_lever_ever_leaves_its_scale(intensities):
    table = make_policy(Scenario(name="x", practices=intensities), DEPARTMENTS).table
    for column, lever in enumerate(LEVERS.values()):
        assert (table[:, :, column] > 0).all()
        assert lever.link == "log" or (table[:, :, column] < 1).all()


def test_half_effort_twice_is_full_effort_once():
    half = effects_of(PRACTICES["safe_space"], PracticeUse())
    assert levers_on(0, safe_space=0.5)["sanction_prob"] == pytest.approx(
        1 / (1 + np.exp(-(to_link(LEVERS["sanction_prob"], 0.03) + 0.5 * half["sanction_prob"])))
    )


def test_a_practice_ramps_up_and_ends():
    use = {"start": 10, "ramp": 10, "end": 40}
    answered = [levers_on(day, act_on_contributions=use)["answer_prob"] for day in (9, 10, 15, 19, 39, 40)]
    assert answered[0] == pytest.approx(LEVERS["answer_prob"].default)
    assert answered[0] < answered[1] < answered[2] < answered[3]
    assert answered[3] == answered[4] == pytest.approx(0.5)
    assert answered[5] == pytest.approx(LEVERS["answer_prob"].default)


def test_launch_support_ends_by_itself_and_standing_practices_go_on():
    scenario = Scenario(name="x", practices={"critical_mass": True, "safe_space": True})
    assert scenario.practice_end("critical_mass") == scenario.horizon.support_until == scenario.support_end
    assert scenario.practice_end("safe_space") == scenario.horizon.days


@pytest.mark.parametrize("end", [503, 504, 600])
def test_a_network_is_not_on_its_own_while_a_practice_that_ends_still_runs(end):
    """Also where the end lies on or after the last day: then nobody can say whether contribution outlasts the launch."""
    assert Scenario(name="x", practices={"critical_mass": {"end": end}, "safe_space": True}).support_end == end


def test_a_launch_that_would_begin_after_its_support_has_ended_is_refused():
    with pytest.raises(ValueError, match="200 is not before launch support ends on day 189; give a day from 0 to 188"):
        Scenario(name="x", practices={"critical_mass": {"start": 200}})
    for allowed in ({"start": 188}, {"start": 200, "end": 300}):
        Scenario(name="x", practices={"critical_mass": allowed, "safe_space": {"start": 200}})
    Scenario(name="x", practices={"critical_mass": {"start": 200}}, horizon={"support_until": 201})


def test_a_practice_limited_to_departments_moves_levers_there_only():
    policy = make_policy(Scenario(name="x", practices={"safe_space": {"departments": ["b"]}}), DEPARTMENTS)
    column = list(LEVERS).index("sanction_prob")
    by_department = policy.table[0, policy.group_of_department, column]
    assert by_department[1] < by_department[0] == by_department[2]
    assert policy.share_of_staff["safe_space"] == pytest.approx(1 / 3)

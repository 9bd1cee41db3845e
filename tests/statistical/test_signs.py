"""More of a lever never hurts where theory says it helps; where theory says it is two-edged, both edges show."""

from __future__ import annotations

import pytest

import adoptsim as ad
from adoptsim.domain.intervals import paired_difference
from adoptsim.domain.scenario import PracticeUse
from adoptsim.engine.state import COUNT

pytestmark = pytest.mark.statistical
ALMOST_SURE = 0.9999

HELPING = {
    "answer_prob": ((0.10, 0.30, 0.60), "responsiveness"),
    "culture_safety": ((0.35, 0.50, 0.65), "voice_per_person_month"),
    "inbox_capacity": ((0.05, 0.3, 2.0), "responsiveness"),
    "relevance_prob": ((0.30, 0.45, 0.62), "contributors"),
    "permission": ((0.25, 0.45, 0.65), "contributors"),
}


def clearly_more(after, before):
    """Return whether paired values are more, beyond luck."""
    return paired_difference(after, before, ALMOST_SURE).low > 0


def at_levels(simulate_with, lever, values):
    """Return results of a living network with one lever at each value, all under the same luck."""
    return [simulate_with("lean-bundle", levers={lever: value}) for value in values]


@pytest.mark.parametrize("lever", HELPING)
def test_more_of_what_should_help_never_hurts_and_helps_overall(simulate_with, lever):
    values, outcome = HELPING[lever]
    low, middle, high = (result.outcome[outcome] for result in at_levels(simulate_with, lever, values))
    assert paired_difference(middle, low, ALMOST_SURE).high > 0
    assert paired_difference(high, middle, ALMOST_SURE).high > 0
    assert paired_difference(high, low, ALMOST_SURE).low > 0


def test_anonymity_is_two_edged(simulate_with):
    open_, hidden = at_levels(simulate_with, "anonymity_prob", (0.005, 0.8))
    assert paired_difference(open_.outcome["silence_share"], hidden.outcome["silence_share"]).value > 0
    assert paired_difference(open_.outcome["safety"], hidden.outcome["safety"], ALMOST_SURE).low > 0


def test_banning_leisure_does_not_raise_work_posts(simulate_with):
    """Huang, Singh & Ghose: banning leisure posts lowers work posts."""
    banned, allowed = at_levels(simulate_with, "leisure_permitted", (0.02, 0.95))
    work = [COUNT.posts_question, COUNT.posts_knowledge, COUNT.posts_idea, COUNT.posts_concern]
    lower, higher = (result.counts[:, :, work].sum(axis=(1, 2)) for result in (banned, allowed))
    assert paired_difference(higher, lower, ALMOST_SURE).low > 0


def test_more_contributions_than_capacity_means_fewer_and_slower_answers(simulate_with):
    tight, ample = at_levels(simulate_with, "inbox_capacity", (0.03, 3.0))

    def answered(result):
        totals = result.counts.sum(axis=1)
        dealt_with = totals[:, COUNT.answered : COUNT.explained + 1].sum(axis=1) + totals[:, COUNT.defensive]
        return dealt_with / totals[:, COUNT.needing_answer], totals[:, COUNT.answer_delay] / dealt_with

    (few, slow), (many, quick) = answered(tight), answered(ample)
    assert paired_difference(many, few, ALMOST_SURE).low > 0
    assert paired_difference(slow, quick, ALMOST_SURE).low > 0


def test_responsiveness_and_safety_are_moved_by_different_practices(simulate_with):
    """Practice 7 acts on perceived responsiveness, practice 6 on safety and silence (Sherf et al. 2021: two processes).

    What each does beside a launch, and all other practices' signs: tests/validation/test_effects.py.
    """
    base = ad.Scenario.load("launch-only").practices
    answers, safe = (
        simulate_with("launch-only", practices=base | {name: PracticeUse()})
        for name in ("act_on_contributions", "safe_space")
    )

    def silence_share(result):
        silent = result.counts[:, :, COUNT.silence_idea : COUNT.silence_concern + 1].sum(axis=(1, 2))
        return silent / (silent + result.counts[:, :, COUNT.posts_idea : COUNT.posts_concern + 1].sum(axis=(1, 2)))

    assert clearly_more(answers.outcome["responsiveness"], safe.outcome["responsiveness"])
    assert clearly_more(safe.outcome["safety"], answers.outcome["safety"])
    assert clearly_more(silence_share(answers), silence_share(safe))


def test_an_own_answered_question_makes_posting_again_modestly_more_likely():
    """The direct effect of a reply on the log odds of speaking is b_R at the default expectation (OR 1.4)."""
    import math

    from adoptsim.domain.parameters import PARAMETER, parameter_values
    from adoptsim.domain.rules import learn

    values = parameter_values()
    rate, weight, start = (values[getattr(PARAMETER, name)] for name in ("reward_rate", "reward_weight", "initial_reward"))
    replied, unreplied = learn(start, rate, 0.0), learn(start, 0.0, rate)
    assert 1.0 < math.exp(weight * (replied - unreplied)) < 1.6

"""Each shipped scenario teaches what it says it teaches.

24 replicates at a fixed seed; comparisons are paired (the same people and luck) and judged by 99.99 % intervals unless a
test says otherwise, so a lesson that holds in expectation fails by chance about once in ten thousand seeds.
"""

from __future__ import annotations

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.domain.intervals import paired_difference
from adoptsim.domain.organisation import generate_organisation
from adoptsim.domain.scenario import PracticeUse
from adoptsim.engine.state import COUNT
from adoptsim.files import shipped

pytestmark = pytest.mark.statistical
SURE = 0.9999
SUPPORT_END = 189


def clearly_more(after, before):
    """Return whether paired values are more, beyond luck."""
    return paired_difference(after, before, SURE).low > 0


def silence_share(result):
    """Return the share of voice that stopped at the gate, over the whole run, float64[replicates]."""
    silent = result.counts[:, :, COUNT.silence_idea : COUNT.silence_concern + 1].sum(axis=(1, 2))
    spoken = result.counts[:, :, COUNT.posts_idea : COUNT.posts_concern + 1].sum(axis=(1, 2))
    return silent / (silent + spoken)


@pytest.mark.parametrize("name", shipped("scenarios"))
def test_every_shipped_scenario_has_a_title_a_story_and_a_lesson(name):
    scenario = ad.Scenario.load(name)
    assert scenario.name == name
    assert all((scenario.title, scenario.story, scenario.lesson))


def test_no_support_never_starts(simulated):
    result = simulated("no-support")
    assert result.outcome["reached"].sum() == 0
    assert result.contributor_share[:, 63:].mean() < 0.06
    assert result.contributor_share[:, -21:].mean() < 0.06


def test_launch_only_booms_and_fades(simulated):
    result, nothing = simulated("launch-only"), simulated("no-support")
    boom = result.contributor_share[:, :SUPPORT_END].max(axis=1)
    end = result.contributor_share[:, -21:].mean(axis=1)
    assert clearly_more(boom, nothing.contributor_share[:, :SUPPORT_END].max(axis=1))
    assert boom.mean() > 2 * end.mean()
    assert result.outcome["reached"].sum() == 0


def test_broadcast_has_access_without_contribution_and_voice_stays_silent(simulated):
    result, all_ten = simulated("broadcast"), simulated("all-ten")
    assert result.outcome["visited_six_months"].mean() > 0.7
    assert result.outcome["contributed_six_months"].mean() < 0.2
    assert result.outcome["reached"].sum() == 0
    assert clearly_more(silence_share(result), silence_share(all_ten))


def test_champions_without_answers_bring_people_in_but_voice_loses_heart(simulated):
    champions, lean, launch = simulated("champions-without-answers"), simulated("lean-bundle"), simulated("launch-only")
    assert clearly_more(*(result.contributor_share.mean(axis=1) for result in (champions, launch)))
    assert clearly_more(*(result.contributor_share.mean(axis=1) for result in (lean, champions)))
    assert clearly_more(lean.outcome["responsiveness"], champions.outcome["responsiveness"])
    assert clearly_more(lean.outcome["voice_per_person_month"], champions.outcome["voice_per_person_month"])


def test_answers_without_safety_are_believed_and_met_with_silence(simulated):
    unsafe, lean = simulated("answers-without-safety"), simulated("lean-bundle")
    assert clearly_more(unsafe.outcome["responsiveness"], simulated("launch-only").outcome["responsiveness"])
    assert clearly_more(lean.outcome["safety"], unsafe.outcome["safety"])
    assert clearly_more(silence_share(unsafe), silence_share(lean))


def test_safety_without_answers_lowers_silence_and_yet_voice_stays_rare(simulated):
    safe, unsafe = simulated("safety-without-answers"), simulated("answers-without-safety")
    assert clearly_more(silence_share(unsafe), silence_share(safe))
    assert clearly_more(simulated("all-ten").outcome["voice_per_person_month"], safe.outcome["voice_per_person_month"])
    assert clearly_more(unsafe.contributor_share[:, -21:].mean(axis=1), safe.contributor_share[:, -21:].mean(axis=1))
    assert safe.outcome["reached"].sum() == 0


def test_all_ten_stand_on_their_own_after_support():
    """160 replicates: at the probability measured, .93, fewer would often leave the lower bound under .8."""
    result = ad.simulate(ad.Scenario.load("all-ten"), replicates=160, seed=20160501)
    assert result.interval("reached").low > 0.8
    assert result.contributor_share[:, -21:].mean() > 0.25


@pytest.fixture(scope="module")
def lean_many():
    """Return the lean bundle's result over 64 replicates: near an even chance 24 say little."""
    return ad.simulate(ad.Scenario.load("lean-bundle"), replicates=64, seed=20160501)


def test_a_lean_bundle_is_often_enough(lean_many):
    """Enough: critical mass in more than half of all runs beyond luck, and contribution holds from the end of support on."""
    assert len(lean_many.scenario.practices) == 5
    assert 0.5 < lean_many.interval("reached").low < lean_many.interval("reached").high < 0.8
    assert lean_many.contributor_share[:, -21:].mean() > 0.9 * lean_many.contributor_share[:, SUPPORT_END].mean()


@pytest.mark.parametrize("name", ad.Scenario.load("lean-bundle").practices)
def test_without_any_one_of_its_practices_a_lean_bundle_lasts_less_often(lean_many, name):
    scenario = lean_many.scenario.model_copy(update={"practices": without(lean_many.scenario.practices, name)})
    fewer = ad.simulate(scenario, replicates=64, seed=20160501)
    assert paired_difference(lean_many.outcome["reached"], fewer.outcome["reached"]).low > 0


def test_starting_with_whole_departments_concentrates_contribution_at_first_and_changes_little_later(simulated):
    pilot, scattered = simulated("pilot-departments"), simulated("big-bang")
    assert pilot.scenario.practices == scattered.scenario.practices
    assert clearly_more(spread_over_departments(pilot, 0), spread_over_departments(scattered, 0))
    _, low, high = paired_difference(pilot.outcome["contributors"], scattered.outcome["contributors"])
    assert -0.05 < low < high < 0.05


def spread_over_departments(result, month):
    """Return the variance over staff of their department's share of contributors at a month's end, by replicate."""
    frame = result.department_frame
    spread = []
    for replicate in result.replicates:
        contributors = frame.loc[(frame["replicate"] == replicate) & (frame["month"] == month), "contributors"].to_numpy()
        sizes = np.diff(generate_organisation(500, seed=result.seed, replicate=replicate).department_start)
        share, mean = contributors / sizes, contributors.sum() / sizes.sum()
        spread.append(np.average((share - mean) ** 2, weights=sizes))
    return np.array(spread)


def test_anonymity_brings_out_criticism_first_and_then_less_safety_and_action(simulated, simulate_with):
    """Against the same network made safe: practice 6 as it is meant."""
    hidden = simulated("anonymity-stalls")
    safe = simulate_with("anonymity-stalls", practices=hidden.scenario.practices | {"safe_space": PracticeUse()})
    neither = simulate_with("anonymity-stalls", practices=without(hidden.scenario.practices, "safe_space"))
    first = slice(0, 126)

    def spoken(result):
        said, held_back = (
            result.counts[:, first, column].sum(axis=1) for column in (COUNT.critical_posts, COUNT.silence_critical)
        )
        return said / (said + held_back)

    assert clearly_more(spoken(hidden), spoken(neither))
    assert clearly_more(spoken(hidden), spoken(safe))
    assert clearly_more(safe.outcome["safety"], hidden.outcome["safety"])
    assert clearly_more(safe.outcome["acted_share"], hidden.outcome["acted_share"])


def without(practices, name):
    """Return practices in use but one."""
    return {other: use for other, use in practices.items() if other != name}


def test_the_typical_network_lives_and_hardly_ever_reaches_critical_mass(simulated):
    result = simulated("typical")
    assert result.interval("reached").value < 0.15
    looked, contributed = result.outcome["visited_six_months"], result.outcome["contributed_six_months"]
    assert looked.mean() > 0.5
    assert clearly_more(looked - contributed, contributed)
    assert contributed.mean() < 0.25
    assert clearly_more(
        result.contributor_share[:, -63:].mean(axis=1), simulated("no-support").contributor_share[:, -63:].mean(axis=1)
    )


def test_success_chokes_on_its_inbox(simulated):
    choking, all_ten = simulated("choking-success"), simulated("all-ten")
    assert clearly_more(choking.outcome["inbox_waiting"], all_ten.outcome["inbox_waiting"])
    assert clearly_more(all_ten.outcome["answered_share"], choking.outcome["answered_share"])
    assert clearly_more(all_ten.outcome["responsiveness"], choking.outcome["responsiveness"])
    totals = choking.counts.sum(axis=(0, 1))
    assert totals[COUNT.aged_out] > 0.5 * totals[COUNT.needing_answer]

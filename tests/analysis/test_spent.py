"""Hours by role add up to all hours, and what comes of them is what the log and the counts have."""

from __future__ import annotations

import pytest

import adoptsim as ad
from adoptsim.analysis.spent import spent
from adoptsim.report.spent_words import spent_sentences

PRACTICES = dict.fromkeys(("critical_mass", "leadership_and_champions", "act_on_contributions"), True)
BASE = {"organisation": {"people": 80}, "horizon": {"days": 84, "support_until": 60}, "start": {"contributors": 0.5}}


@pytest.fixture(scope="module")
def result():
    return ad.simulate(ad.Scenario(name="x", practices=PRACTICES, **BASE), replicates=3, seed=2)


def test_hours_by_role_and_for_practices_are_all_hours(result):
    hours = spent(result)["hours"]
    assert list(hours) == ["employee", "champion", "leader", "practices"]
    assert all(values["mean"] > 0 for values in hours.values())
    everything = result.summary()["hours_per_person_month"]["mean"]
    assert sum(values["mean"] for values in hours.values()) == pytest.approx(everything)


def test_a_hundred_hours_are_set_against_what_leaders_answered_and_acted_on(result):
    found, frame = spent(result), result.frame
    hours = result.outcome["hours_per_person_month"] * 80 * 4  # people, months
    for name, counted in (("answered", ["answered", "acted", "explained", "defensive"]), ("acted", ["acted"])):
        done = frame.groupby("replicate")[counted].sum().sum(axis=1).to_numpy()
        assert done.min() > 0
        assert found[f"{name}_per_100_hours"]["mean"] == pytest.approx((100 * done / hours).mean())


def test_sentences_hold_the_numbers_and_say_so_where_there_are_none():
    one = {"mean": 1.5, "low": None, "high": None}
    hours = {"employee": one, "champion": one, "leader": one, "practices": one}
    some = {"mean": 3.2, "low": 2.9, "high": 3.5}
    said = spent_sentences({"hours": hours, "answered_per_100_hours": some, "acted_per_100_hours": one | {"mean": None}})
    assert "1.50 employees, 1.50 champions and 1.50 leaders; for the practices 1.50." in said
    assert said.endswith("leaders answer 3.20 (2.90-3.50) ideas and concerns and act on n/a.")

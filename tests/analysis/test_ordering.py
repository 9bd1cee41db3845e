"""The order of practices: the calendar adds up, a known best order is found under noise, little is said of little."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.introductions import INTRODUCTIONS, Calendar, Effort, in_order, in_use
from adoptsim.analysis.ordering import (
    BY_LOT,
    FINAL,
    LOT_REPLICATES,
    RACED,
    Trials,
    best_order,
    check_calendar,
    draw_orders,
    find_orders,
    most_runs,
    place_earlier,
    race,
)
from adoptsim.analysis.ordering_words import headline, sentences
from adoptsim.domain.practices import PRACTICES

SMALL = {"organisation": {"people": 60}, "horizon": {"days": 330, "support_until": 63}}
WORTH = {"a": 9.0, "b": 1.0, "c": 5.0, "d": 2.0, "e": 7.0, "f": 3.0, "g": 0.5}
HOURS = {"a": 2.0, "b": 4.0, "c": 1.0, "d": 5.0, "e": 3.0, "f": 1.5, "g": 6.0}


def smith(order):
    """Return minus the weighted completion times: best by falling worth per hour (Smith 1956)."""
    done = itertools.accumulate(HOURS[item] for item in order)
    return -sum(WORTH[item] * when for item, when in zip(order, done, strict=True))


def noisy(sd: float):
    """Return Smith's objective as it shows in replicates: luck shared by all orders, and some of each order's own."""

    def objective(orders, replicates):
        shared = np.array([np.random.default_rng([1, k]).normal(0.0, 50.0) for k in replicates])
        own = [[np.random.default_rng([2, k, *map(ord, order)]).normal(0.0, sd) for k in replicates] for order in orders]
        return np.array([[smith(order)] for order in orders]) + shared + np.array(own)

    return objective


def by_ratio(items):
    return tuple(sorted(items, key=lambda item: -WORTH[item] / HOURS[item]))


def test_up_to_five_practices_every_order_is_tried_and_the_best_and_worst_found():
    items = tuple("abcde")
    found = find_orders(noisy(0.0), items)
    assert found.exhaustive
    assert len(found.tried) == 120
    assert found.best == by_ratio(items)
    assert found.worst == by_ratio(items)[::-1]


def test_more_are_searched_and_the_best_found_is_next_to_the_known_best_in_spite_of_noise():
    """The spread over all orders is about 40; luck of each order and replicate 8, shared luck 50."""
    items = tuple(WORTH)
    every = [smith(order) for order in itertools.permutations(items)]
    found = find_orders(noisy(8.0), items)
    assert not found.exhaustive
    assert len(found.tried) < 600
    assert np.mean([value > smith(found.best) for value in every]) < 0.01
    assert np.mean([value < smith(found.worst) for value in every]) < 0.01


def test_the_race_gives_its_leaders_luck_that_the_search_has_not_seen():
    seen: list[int] = []

    def objective(orders, replicates):
        seen.extend(replicates)
        return noisy(1.0)(orders, replicates)

    winner = race(objective, [("a", "b"), ("b", "a"), ("c", "g")], sign=1.0)
    assert winner == max([("a", "b"), ("b", "a"), ("c", "g")], key=smith)
    assert RACED <= min(seen) <= max(seen) < FINAL


def test_a_place_earlier_is_worth_what_it_is_by_the_known_objective():
    orders = list(itertools.permutations("abcd"))
    values = np.array([[-order.index("a") * 3.0 + order.index("b") for order in orders]] * 4)
    worth = place_earlier([orders] * 4, values)
    assert {item: each.value for item, each in worth.items()} == pytest.approx({"a": 2.5, "b": -1.5, "c": -0.5, "d": -0.5})
    assert all(each.low <= each.value <= each.high for each in worth.values())


def worths_without_any(rng):
    """Return the worths found where no place is worth anything, but in every replicate luck favours some practices."""
    orders = [draw_orders(tuple("abcdefg"), rng) for _ in range(LOT_REPLICATES)]
    favours = rng.normal(0.0, 1.0, (LOT_REPLICATES, 7))
    values = [
        [sum(favour * order.index(item) for item, favour in zip("abcdefg", favours[k], strict=True)) for order in drawn]
        for k, drawn in enumerate(orders)
    ]
    return place_earlier(orders, np.array(values) + rng.normal(0.0, 2.0, (LOT_REPLICATES, BY_LOT)))


def test_luck_that_all_orders_of_a_replicate_share_is_not_taken_for_the_worth_of_a_place():
    """Of 400 draws with a true worth of 0, all seven intervals hold it in 95 %; under 90 % has a chance below 1e-4."""
    rng = np.random.default_rng(5)
    holds = [all(each.low <= 0.0 <= each.high for each in worths_without_any(rng).values()) for _ in range(400)]
    assert np.mean(holds) >= 0.9


def test_what_comes_first_is_said_only_where_it_is_beyond_luck():
    sure, unsure = {"mean": 0.02, "low": 0.01, "high": 0.03}, {"mean": 0.02, "low": -0.01, "high": 0.05}
    late = {"mean": -0.02, "low": -0.03, "high": -0.01}
    lost = {"mean": 0.065, "low": 0.062, "high": 0.069}
    orders = {name: {"regret": dict.fromkeys(("average", "contributors", "reached"), lost)} for name in ("usual", "worst")}
    summary = {"measure": "average", "orders": orders, "by_lot": lost, "tried": 6, "exhaustive": True}

    def says_it(first):
        worth = {"safe_space": first, "trust_employees": late}
        return any("gains most by coming early" in said for said in sentences(summary | {"place_earlier": worth}))

    assert says_it(sure)
    assert not says_it(unsure)


def test_every_replicate_draws_orders_of_its_own_and_few_orders_are_all_tried():
    rng = np.random.default_rng(1)
    assert draw_orders(tuple("abcdef"), rng) != draw_orders(tuple("abcdef"), rng)
    assert set(draw_orders(tuple("abc"), rng)) == set(itertools.permutations("abc"))


def test_every_practice_has_a_time_to_introduce_with_its_reason():
    assert set(INTRODUCTIONS) == set(PRACTICES)
    assert all(each.days > 0 and each.hours > 0 and each.source for each in INTRODUCTIONS.values())


def test_a_practice_is_in_force_when_its_hours_are_spent_and_its_days_have_passed():
    short, slow = Effort(days=0, hours=30.0), Effort(days=100, hours=30.0)
    calendar = Calendar(hours_a_month=60.0, introduce={"safe_space": slow, "critical_mass": short, "trust_employees": short})
    assert calendar.starts(["critical_mass", "safe_space", "trust_employees"]) == {
        "critical_mass": 11,  # half a month of 21 days
        "safe_space": 111,  # begun after half a month, and then 100 days
        "trust_employees": 32,  # does not wait for it: the hours are free
    }


def test_more_hours_are_never_later():
    order = list(PRACTICES)
    few, many = Calendar(hours_a_month=40.0).starts(order), Calendar(hours_a_month=120.0).starts(order)
    assert all(many[name] <= few[name] for name in order)


def test_launch_support_lasts_as_long_wherever_the_launch_stands():
    moved = in_order(scenario("critical_mass", "safe_space"), {"critical_mass": 50, "safe_space": 80})
    assert moved.practices["critical_mass"].start == 50
    assert moved.practices["critical_mass"].end == 50 + 63
    assert moved.practices["safe_space"].end is None
    assert moved.support_end == 113


def test_a_launch_that_lasts_to_the_end_leaves_nothing_to_tell_by():
    asked = scenario("critical_mass", "safe_space")
    lasting = asked.practices["critical_mass"].model_copy(update={"end": asked.horizon.days})
    asked = asked.model_copy(update={"practices": asked.practices | {"critical_mass": lasting}})
    with pytest.raises(ad.InputError, match="after the last simulated day"):
        check_calendar(asked, Calendar(), ("critical_mass", "safe_space"))


def scenario(*practices: str) -> ad.Scenario:
    return ad.Scenario.model_validate({"name": "small", "practices": dict.fromkeys(practices, True)} | SMALL)


def test_all_orders_meet_the_same_luck_and_the_threads_play_no_part():
    asked = scenario("safe_space", "critical_mass")
    orders = [("safe_space", "critical_mass"), ("critical_mass", "safe_space")]
    instant = Calendar(introduce={name: Effort(days=0, hours=0.0) for name in orders[0]})
    values = Trials(asked, instant, threads=1).values(orders, [0, 1])
    assert (values["average"][0] == values["average"][1]).all()
    many = Trials(asked, instant, threads=2).values(orders, [0, 1])
    assert all((values[name] == many[name]).all() for name in values)


def test_where_introducing_takes_no_time_the_order_is_said_not_to_matter():
    asked = scenario("safe_space", "critical_mass", "trust_employees")
    instant = Calendar(introduce={name: Effort(days=0, hours=0.0) for name in PRACTICES})
    summary = best_order(asked, instant, replicates=4).summary()
    assert headline(summary) == "No order can be told from another here"
    assert summary["orders"]["worst"]["regret"]["average"]["mean"] == 0.0
    assert (summary["tried"], summary["possible"], summary["exhaustive"]) == (6, 6, True)


def test_the_report_s_order_stands_beside_the_best_with_its_regret():
    asked = scenario("safe_space", "critical_mass")
    found = best_order(asked, Calendar(hours_a_month=40.0), replicates=4)
    assert found.usual == tuple(in_use(asked)) == ("safe_space", "critical_mass")
    assert found.regret(found.found.best).value == 0.0
    assert found.runs <= most_runs(2, 4)
    assert sentences(found.summary())[1].startswith("The order of the report (1 to 10) loses ")


def regret(mean: float, low: float, high: float):
    each = {"mean": mean, "low": low, "high": high}
    return {"measure": "average", "orders": {"worst": {"regret": {"average": each}}}}


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((0.15, 0.12, 0.18), "The order matters"),
        ((0.015, 0.012, 0.018), "The order hardly matters here"),
        ((0.02, 0.005, 0.05), "The order may matter a little"),
        ((0.02, -0.01, 0.05), "No order can be told from another here"),
    ],
)
def test_the_headline_says_as_much_as_the_interval_allows(bounds, said):
    assert headline(regret(*bounds)) == said


def test_what_cannot_be_ordered_is_refused_with_what_would_be_right():
    with pytest.raises(ad.InputError, match="two or more"):
        best_order(scenario("safe_space"))
    with pytest.raises(ad.InputError, match=r"give more hours a month, or --days \d+"):
        best_order(scenario("safe_space", "critical_mass"), Calendar(hours_a_month=2.0))


@pytest.mark.parametrize("name", ["typical", "lean-bundle", "all-ten"])
def test_the_usual_calendar_fits_the_shipped_scenarios(name: str):
    asked = ad.Scenario.load(name)
    check_calendar(asked, Calendar(), tuple(in_use(asked)))


def test_a_calendar_is_read_from_a_file_and_its_mistakes_are_named(tmp_path: Path):
    file = tmp_path / "calendar.yaml"
    file.write_text("hours_a_month: 30\nintroduce:\n  safe_space: {days: 10, hours: 5}\n")
    assert Calendar.load(file).effort("safe_space") == Effort(days=10, hours=5.0)
    file.write_text("introduce:\n  save_space: {days: 10, hours: 5}\n")
    with pytest.raises(ad.InputError, match="safe_space"):
        Calendar.load(file)


def test_critical_mass_is_spoken_of_where_the_worst_order_reaches_it_less_often():
    each = {"mean": 0.065, "low": 0.062, "high": 0.069}
    rare = {"mean": 0.5, "low": 0.4, "high": 0.6}
    orders = {name: {"regret": {"average": each, "contributors": each, "reached": rare}} for name in ("usual", "worst")}
    worth = {"safe_space": {"mean": 0.0, "low": -1.0, "high": 1.0}}
    summary = {
        "measure": "average",
        "orders": orders,
        "by_lot": each,
        "tried": 6,
        "exhaustive": True,
        "place_earlier": worth,
    }
    assert any("is reached 50.0 points (40.0 to 60.0) less often in the worst order" in said for said in sentences(summary))
    orders["worst"]["regret"]["reached"] = {"mean": 0.1, "low": -0.1, "high": 0.3}
    assert not any("Critical mass" in said for said in sentences(summary))

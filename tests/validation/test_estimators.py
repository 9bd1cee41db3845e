"""Estimators give what one counts by hand, and the same for the engine's arrays and for a platform's export."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import adoptsim as ad
from adoptsim.domain.errors import InputError
from adoptsim.validation import estimators, lasting, threads
from adoptsim.validation.activity import LEADS, MANAGES, STAFF, Activity, activities, ranks_of
from adoptsim.validation.measure import LOG_ESTIMATORS, SEED, OrganisationSource, measure
from adoptsim.validation.patterns import PATTERNS

Told = Callable[..., Activity]
MONTH = 21


# -- who


def test_of_five_one_posts_one_reacts_one_only_looks(told: Told):
    activity = told("30 ann post", "31 bob reaction 0", visits="30 ann, 31 bob, 31 cyd, 35 cyd")
    assert estimators.looked(activity, MONTH) == 3 / 5
    assert estimators.contributed(activity, MONTH) == 2 / 5
    assert estimators.only_read(activity, MONTH) == 1 / 5


def test_what_was_before_the_window_does_not_count(told: Told):
    activity = told("20 ann post", "21 bob post", visits="20 ann, 21 bob")
    assert estimators.contributed(activity, MONTH) == 1 / 5
    assert estimators.looked(activity, MONTH) == 1 / 5
    assert estimators.interactions(activity, MONTH) == 1 / 5
    assert estimators.interactions(activity, 2 * MONTH) == 2 / 5 / 2


def test_weeks_end_on_every_day(told: Told):
    """Ann looks daily, Bob on day 0 only and posts: the six weeks of ten days have 2, 1, 1, 1, 1, 1 people in them."""
    activity = told("0 bob post", visits="0 bob," + ",".join(f"{day} ann" for day in range(10)), days=10)
    assert estimators.weekly_posters(activity, 10) == pytest.approx(1 / 7)
    assert estimators.daily_visitors(activity, 10) == pytest.approx(6 / 7)


def test_reactions_are_no_writing(told: Told):
    activity = told("0 bob post", "1 ann reaction 0", visits="0 bob, 1 ann", days=5)
    assert estimators.weekly_posters(activity, 5) == 1 / 2
    assert estimators.messages_by_poster(activity, 5).tolist() == [1]


# -- how unequally


@pytest.mark.parametrize(("amounts", "gini", "top"), [([2, 2, 2, 2], 0.0, 0.25), ([1, 1, 1, 9], 0.5, 0.75)])
def test_gini_and_top_tenth_by_hand(amounts: list[int], gini: float, top: float):
    assert estimators.gini(np.array(amounts)) == pytest.approx(gini)
    assert estimators.top_tenth(np.array(amounts)) == pytest.approx(top)


def test_the_top_tenth_of_twenty_are_two_and_of_nineteen_one():
    assert estimators.top_tenth(np.array([1] * 17 + [6, 6])) == pytest.approx(6 / 29)
    assert estimators.top_tenth(np.array([1] * 18 + [6, 6])) == pytest.approx(12 / 30)


def test_one_of_two_writers_wrote_once(told: Told):
    activity = told("1 ann post", "2 ann reply 0", "2 bob post", "3 cyd reaction 2")
    assert estimators.wrote_once(activity, 42) == 1 / 2


def test_who_only_answers_opens_nothing(told: Told):
    """Ann opens three threads, Bob one, Cyd and Dan only answer: what an export without repliers shows of them."""
    activity = told(
        "1 ann post", "1 ann post", "2 ann post", "2 bob post", "3 cyd reply 0", "3 bob reply 0", "3 dan reply 0"
    )
    assert estimators.threads_by_opener(activity, 42).tolist() == [1, 3]
    assert estimators.opened_once(activity, 42) == 1 / 2
    assert estimators.top_tenth_of_openers(activity, 42) == 3 / 4
    assert estimators.gini_of_openers(activity, 42) == pytest.approx(1 / 4)


def test_leaders_do_not_keep_a_network_alive():
    """One of two staff contributes in the last month, and the leader does."""
    log = pd.DataFrame({"day": [30, 31], "person": ["ann", "lea"], "kind": "post", "thread": [0, 1], "id": [0, 1]})
    activity = activities(log, ranks={"ann": STAFF, "bob": MANAGES, "lea": LEADS}, days=42)[0]
    assert lasting.last_month(activity) == 2 / 3
    assert lasting.last_month_below_leaders(activity) == 1 / 2


def test_ranks_are_compared_a_head(told: Told):
    """Two staff write 1 message together, one manager 2, one leader 3."""
    log = pd.DataFrame({"day": 0, "person": list("abbccc"), "kind": "post", "thread": range(6), "id": range(6)})
    activity = activities(log, days=1, ranks={"a": STAFF, "z": STAFF, "b": MANAGES, "c": LEADS})[0]
    assert estimators.managers_over_staff(activity, 1) == pytest.approx(2 / 0.5)
    assert estimators.leaders_over_managers(activity, 1) == pytest.approx(3 / 2)
    assert estimators.leaders_over_others(activity, 1) == pytest.approx(3 / 1)


# -- threads


def test_an_answer_to_oneself_is_none_but_makes_the_thread_longer(told: Told):
    activity = told("1 ann post", "1 ann reply 0", "2 bob post", "2 ann reply 2", "9 bob reply 2", "3 cyd post")
    found = threads.threads_in(activity, 42)
    assert found.messages.tolist() == [2, 3, 1]
    assert found.answered.tolist() == [False, True, False]
    assert threads.answered(activity, 42) == pytest.approx(1 / 3)
    assert threads.median_messages(activity, 42) == threads.mean_messages(activity, 42) == 3


def test_a_reaction_is_no_answer(told: Told):
    assert threads.answered(told("1 ann post", "1 bob reaction 0"), 42) == 0


def test_threads_that_may_still_be_answered_are_left_out(told: Told):
    activity = told("36 ann post", "36 bob reply 0", "37 cyd post")
    assert len(threads.threads_in(activity, 42).messages) == 1
    assert len(threads.threads_in(activity, 42, settled=0).messages) == 2


def test_replies_to_threads_that_the_log_does_not_hold_are_passed_over(told: Told):
    activity = told("1 ann post", "2 bob reply 999")
    assert threads.answered(activity, 42) == 0
    assert estimators.contributed(activity, 42) == 2 / 5


def test_a_first_answer_the_next_day_is_not_the_same_day(told: Told):
    activity = told("1 ann post", "1 bob reply 0", "5 ann post", "6 bob reply 2", "8 cyd post", "11 ann reply 4")
    assert threads.answered_same_day(activity, 42) == pytest.approx(1 / 3)
    assert threads.answered_next_day(activity, 42) == pytest.approx(2 / 3)


def test_long_threads_pull_the_mean_over_the_median(told: Told):
    answers = [f"2 bob reply {thread}" for thread in (0, 1, 2, 2, 2, 2, 2, 2)]
    activity = told("1 ann post", "1 ann post", "1 ann post", *answers)
    assert threads.long_tail(activity, 42) == pytest.approx((2 + 2 + 7) / 3 / 2)


def test_who_is_answered_and_who_writes_again_are_counted_by_hand(told: Told):
    """Ann: answered, back. Bob: answered, not back. Cyd: not answered, back. Dan: not answered, not back."""
    activity = told(
        "0 ann post", "0 bob post", "0 cyd post", "0 dan post",
        "1 eve reply 0", "5 eve reply 1", "6 eve reply 3",
        "6 ann reply 1", "68 cyd post", "69 dan post", "3 bob post",
        people=5, days=200,
    )  # fmt: skip
    assert threads.reinforcement_table(activity, 200).tolist() == [[1, 1], [1, 1]]
    assert threads.reply_reinforcement(activity, 200) == pytest.approx(1.0)


def test_only_signed_first_posts_of_employees_that_are_old_enough_count(told: Told):
    """Ann's second post is her first signed one, Bob is a champion, Cyd's is too late to tell, Dan's just early enough."""
    activity = told(
        "0 ann post", "0 bob post", "130 cyd post", "1 ann post", "129 dan post",
        people=4, days=200, anonymous=[1, 0, 0, 0, 0], role=["employee", "champion", "employee", "employee", "employee"],
    )  # fmt: skip
    assert threads.reinforcement_table(activity, 200).tolist() == [[0, 0], [0, 2]]


def test_the_first_post_is_the_first_by_day_wherever_it_stands(told: Told):
    activity = told("100 ann post", "0 ann post", "1 bob reply 1", days=300)
    assert threads.reinforcement_table(activity, 300).tolist() == [[0, 1], [0, 0]]


# -- month by month


def test_persistence_and_return_by_hand(told: Told):
    """Ann opens threads in months 1, 2 and 3, Bob in 1 and 3, Cyd in 1; what Cyd answers later counts for neither."""
    activity = told(
        "0 ann post", "1 bob post", "2 cyd post", "25 ann post", "50 ann post", "51 bob post", "52 cyd reply 0", days=63
    )
    assert lasting.monthly_share(activity).tolist() == [3 / 5, 1 / 5, 3 / 5]
    assert lasting.persistence(activity, 63) == pytest.approx(2 / 4)
    assert lasting.return_after_a_pause(activity, 63) == pytest.approx(1 / 2)


def test_a_life_cycle_is_read_from_its_months(told: Told):
    lines = [f"{21 * month + who} p{who} post" for month, n in enumerate((2, 4, 2, 1)) for who in range(n)]
    activity = told(*lines, days=84)
    assert lasting.busiest_month(activity, 84) == 4 / 5
    assert lasting.last_month(activity) == 1 / 5
    assert lasting.left_of_peak(activity, 42) == 1 / 4
    assert lasting.left_of_start(activity, 42) == 1 / 2


# -- every estimator


@pytest.fixture(scope="module")
def model() -> tuple[ad.simulation.Result, list[Activity]]:
    """Return two replicates of the typical organisation, and their logs read as a platform's export."""
    result = ad.simulate(ad.Scenario.load("typical"), replicates=2, seed=SEED, log=True)
    source = OrganisationSource(result.scenario.organisation, SEED)
    read = []
    for replicate in range(2):
        log, visits = (frame[frame["replicate"] == replicate] for frame in (result.log, result.visit_log))
        ranks = dict(enumerate(ranks_of(source.organisation(replicate)).tolist()))
        read += activities(log, visits, people=result.people, days=504, ranks=ranks)
    return result, read


OF_TYPICAL = [row.name for row in PATTERNS.values() if row.case == "typical" and row.estimator in LOG_ESTIMATORS]


@pytest.mark.parametrize("name", OF_TYPICAL)
def test_an_export_of_the_model_gives_what_its_arrays_give(name: str, model: tuple[ad.simulation.Result, list[Activity]]):
    row = PATTERNS[name]
    exported = [LOG_ESTIMATORS[row.estimator](activity, row.window) for activity in model[1]]
    assert measure(rows=[row], replicates=2)[name] == pytest.approx(exported, nan_ok=True)


def test_names_order_and_replicates_do_not_matter(model: tuple[ad.simulation.Result, list[Activity]]):
    """People and threads by other names, rows shuffled, both replicates in one table."""
    result, read = model
    assert result.log is not None
    assert result.visit_log is not None
    log, visits = (frame.sample(frac=1.0, random_state=3) for frame in (result.log, result.visit_log))
    for frame in (log, visits):
        frame["person"] = frame["person"].map("p{}".format)
    log["thread"], log["id"] = log["thread"].map("t{}".format), log["id"].map("t{}".format)
    again = activities(log, visits, people=result.people, days=504)
    for one, other in zip(read, again, strict=True):
        for name in ("looked", "contributed", "gini_of_posters", "answered", "weekly_posters", "persistence"):
            assert LOG_ESTIMATORS[name](one, 126) == pytest.approx(LOG_ESTIMATORS[name](other, 126))


@pytest.mark.parametrize("estimator", LOG_ESTIMATORS)
def test_an_empty_log_is_no_error(estimator: str):
    log = pd.DataFrame({"day": [0], "person": ["ann"], "kind": ["reaction"], "thread": [0], "id": [0]})
    activity = activities(log, people=10, days=504, ranks={"ann": STAFF})[0]
    value = LOG_ESTIMATORS[estimator](activity, 126)
    assert np.isnan(value) or value >= 0


def test_all_estimators_take_a_few_thousandths_of_a_second(model: tuple[ad.simulation.Result, list[Activity]]):
    """Measured: 7 ms for all of them on one replicate; the best of five, against three times that."""
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        for estimator in LOG_ESTIMATORS.values():
            estimator(model[1][0], 126)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.02


# -- tables that can't be read


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": ["post", "like"]}, "'like': give post, reply or reaction"),
        ({"id": [0, 0]}, "0 stands twice"),
        ({"thread": None}, "no column thread"),
    ],
)
def test_a_wrong_log_is_named(change: dict[str, object], message: str):
    log = pd.DataFrame({"day": [0, 1], "person": ["a", "b"], "kind": ["post", "reply"], "thread": [0, 0], "id": [0, 1]})
    wrong = log.drop(columns=[name for name, value in change.items() if value is None])
    wrong = wrong.assign(**{name: value for name, value in change.items() if value is not None})
    with pytest.raises(InputError, match=message):
        activities(wrong)

"""What only the model's own record holds is counted right."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from adoptsim.engine.log import LOG_COLUMNS, LOG_POST, LOG_REPLY
from adoptsim.engine.state import CONCERN, COUNTS, CURSOR, IDEA, LEVELS, PLACE, QUESTION, TALLY, TRAIT
from adoptsim.validation import record

DAYS, PEOPLE = 42, 10


def world(**counted: list[int]) -> Any:
    """Return the record of a run in which so much was counted on the first and on the last day."""
    counts = np.zeros((DAYS, len(COUNTS)), dtype=np.int64)
    for name, (first, last) in counted.items():
        counts[[0, -1], COUNTS.index(name)] = first, last
    climate = np.zeros((DAYS, len(LEVELS)))
    climate[:, LEVELS.index("safety")] = np.arange(DAYS)
    return SimpleNamespace(counts=counts, climate=climate, place=np.zeros((len(PLACE), PEOPLE), dtype=np.int64))


def test_work_posts_are_questions_knowledge_ideas_and_concerns():
    posts = {"posts_question": [0, 1], "posts_knowledge": [0, 2], "posts_idea": [0, 3], "posts_concern": [0, 4]}
    found = world(**posts, posts_leisure=[50, 50], leader_posts=[50, 50])
    assert record.work_posts(found, 21) == pytest.approx(10 * 100 / PEOPLE)
    assert record.work_posts(found, 42) == pytest.approx(10 * 100 / PEOPLE / 2)
    assert record.voice(found, 21) == pytest.approx(7 * 100 / PEOPLE)


def test_silence_is_a_share_of_what_people_were_moved_to_voice():
    found = world(
        silence_idea=[9, 1], silence_concern=[9, 2], posts_idea=[9, 3], posts_concern=[9, 6], posts_question=[9, 9]
    )
    assert record.silence(found, 21) == pytest.approx(3 / 12)
    assert np.isnan(record.silence(world(), 21))


def test_criticism_at_first_is_that_of_the_first_days():
    assert record.critical_at_first(world(critical_posts=[3, 100]), 21) == pytest.approx(3 * 100 / PEOPLE)


def test_safety_is_the_mean_of_the_last_days():
    assert record.safety(world(), 2) == pytest.approx((DAYS - 1 + DAYS - 2) / 2)


def people_who(spoken: list[int], silent: list[int], occasions: list[float]) -> Any:
    """Return a finished run in which each person has spoken and been silent so often; the last person leads."""
    n = len(spoken)
    events = [(person, LOG_POST, CONCERN) for person, times in enumerate(spoken) for _ in range(times)]
    events += [(0, LOG_POST, QUESTION)] * 9 + [(1, LOG_REPLY, IDEA)] * 9  # neither is voice
    log = np.zeros((len(events), len(LOG_COLUMNS)), dtype=np.int32)
    log[:, 1:4] = events
    tally, trait = np.zeros((len(TALLY), n), dtype=np.int32), np.zeros((len(TRAIT), n), dtype=np.float32)
    tally[TALLY.silences], tally[TALLY.visits], trait[TRAIT.prompt_prob] = silent, 10, np.array(occasions) / 10
    place = np.zeros((len(PLACE), n), dtype=np.int32)
    place[PLACE.is_leader, -1] = 1
    cursor = np.zeros(len(CURSOR), dtype=np.int64)
    cursor[CURSOR.logged] = len(events)
    return SimpleNamespace(log=log, tally=tally, trait=trait, place=place, cursor=cursor)


def test_who_has_more_occasions_has_more_of_both_and_that_alone_is_no_relation():
    """Two halves: at 2 and at 8 occasions; within each, one replaces the other."""
    spoken, silent, occasions = [1, 2, 4, 7, 0], [2, 1, 7, 4, 0], [2.0, 2.0, 8.0, 8.0, 5.0]
    assert np.corrcoef(spoken[:-1], silent[:-1])[0, 1] > 0.4
    assert record.voice_and_silence(people_who(spoken, silent, occasions), DAYS) == pytest.approx(-1.0)


def test_leaders_are_left_out():
    spoken, silent, occasions = [1, 2, 4, 7, 90], [2, 1, 7, 4, 90], [2.0, 2.0, 8.0, 8.0, 5.0]
    assert record.voice_and_silence(people_who(spoken, silent, occasions), DAYS) == pytest.approx(-1.0)


def test_independent_counts_are_unrelated_whoever_has_neither():
    """2,000 people, both counts rare and independent given occasions: 0 within 5 standard errors; a choice gives -.2."""
    random = np.random.default_rng(1)
    occasions = random.lognormal(0.0, 0.5, 2000)
    spoken, silent = random.poisson(0.3 * occasions), random.poisson(0.2 * occasions)
    found = record.voice_and_silence(people_who(spoken.tolist(), silent.tolist(), occasions.tolist()), DAYS)
    assert abs(found) < 5 / 2000**0.5


def test_two_people_have_no_correlation():
    assert np.isnan(record.voice_and_silence(people_who([1, 2, 9], [2, 1, 9], [1.0, 1.0, 1.0]), DAYS))

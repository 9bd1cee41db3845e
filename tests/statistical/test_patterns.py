"""Patterns of real networks hold in the model, measured on its own log as they were on the data; and which do not.

Bounds, windows and sources stand in the package's table of patterns; means over as many replicates, and at the seed, that
`adoptsim validate` takes.
"""

from __future__ import annotations

from functools import cache

import pytest

from adoptsim.validation.check import validate
from adoptsim.validation.patterns import PATTERNS

pytestmark = pytest.mark.statistical
REPLICATES = 64
SEED = 1
MUST_HOLD = [name for name, row in PATTERNS.items() if row.must_hold]


@pytest.fixture(scope="module")
def checked():
    return {row.pattern.name: row for row in validate(replicates=REPLICATES, seed=SEED)}


@cache
def under(seed, name):
    return validate(replicates=REPLICATES, seed=seed, rows=[PATTERNS[name]])[0]


@pytest.mark.parametrize("name", MUST_HOLD)
def test_the_pattern_holds(name, checked):
    row = checked[name]
    assert row.holds, f"{row.pattern.says}: {row.simulated} should lie in {row.pattern.low} to {row.pattern.high}"


def does_not(name, measured):
    """Return a case that the model fails, with what it gives: once it is fitted anew and passes, the mark must go."""
    return pytest.param(name, marks=pytest.mark.xfail(strict=True, raises=AssertionError, reason=measured))


@pytest.mark.parametrize(
    "name",
    [
        does_not("gini_of_openers", ".54; the chat .57"),
        does_not("top_tenth_of_openers", ".38; the chat .50"),
        does_not("mean_messages", "5.2; the chat 5.5, others 8"),
        does_not("leaders_over_managers", "4.6; a manufacturer's e-mail .99"),
        "opened_once",
    ],
)
def test_what_need_not_hold_holds_too(name, checked):
    assert checked[name].holds


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("interactions", 2),
        ("lives_from_5", 5),
        ("lives_from_10", 5),
        ("lives_from_60", 5),
        ("answers_beat_broadcasts", 2),
    ],
)
def test_what_must_hold_does_under_another_seed(name, seed):
    assert under(seed, name).holds


def test_voice_and_silence_are_weakly_related_beyond_luck(checked):
    row = checked["voice_and_silence"]
    assert row.holds
    assert not row.is_close

"""Numbers, verdicts and progress in words: what a terminal, a report and a page say alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adoptsim.commands.terminal import plain, progress
from adoptsim.report.verdict import VERDICTS, judge
from adoptsim.report.words import change, duration, listed, marks, span, with_unit


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.94, 1.0, "certain"),
        (0.60, 0.95, "likely"),
        (0.45, 0.62, "toss_up"),
        (0.02, 0.13, "unlikely"),
        (0.0, 0.06, "certain_not"),
        (0.10, 0.90, "open"),
        (None, None, "unknown"),
        (float("nan"), float("nan"), "unknown"),
    ],
)
def test_the_verdict_follows_the_whole_interval(low: float | None, high: float | None, word: str):
    assert judge(low, high).word == word


def test_some_verdict_fits_every_interval():
    bounds = [step / 20 for step in range(21)]
    assert all(judge(low, high).says for low in bounds for high in bounds if low <= high)
    assert VERDICTS[-1].above == 0.0
    assert VERDICTS[-1].below == 1.0


def test_more_runs_that_last_never_make_the_verdict_worse():
    order = ["certain_not", "unlikely", "toss_up", "likely", "certain"]
    from adoptsim.domain.intervals import wilson

    places = [order.index(judge(*wilson(times, 64)[1:]).word) for times in range(65)]
    assert places == sorted(places)
    assert set(places) == set(range(5))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (with_unit(0.617, "share"), "62 %"),
        (with_unit(0.0468, "share"), "4.7 %"),
        (with_unit(0.0, "share"), "0 %"),
        (with_unit(None, "share"), "n/a"),
        (with_unit(0.5312, "level"), "0.53"),
        (with_unit(2.4671), "2.47"),
        (with_unit(0.0412), "0.041"),
        (span(0.016, 0.129, "share"), "2-13 %"),
        (span(-0.01, 0.0858, "share"), "0-8.6 %"),
        (span(0.97, 1.03, "share"), "97-100 %"),
        (span(None, None, "share"), "n/a"),
        (change(0.362, 0.33, 0.391, "share"), "+36 (+33 to +39)"),
        (change(-0.02, -0.031, 0.0, "share"), "-2.0 (-3.1 to 0)"),
        (change(0.1, -1.3, 1.5, "share"), "+10 (-100 to +100)"),
        (change(1.0, None, None, "share"), "+100"),
        (duration(41.6), "42 s"),
        (duration(200), "3 min 20 s"),
        (duration(120), "2 min"),
        (duration(7500), "2 h 5 min"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (listed(["a"]), "a"),
        (marks([1, 3, 6, 7, 8, 10]), "1 . 3 . . 6 7 8 . 10"),
        (marks([]), ". . . . . . . . . .."),
    ],
)
def test_numbers_are_said_as_people_read_them(said: str, expected: str):
    assert said == expected


def test_what_is_no_number_becomes_null():
    assert plain({"a": float("nan"), 1: [float("inf"), (2.0, None)]}) == {"a": None, "1": [None, [2.0, None]]}


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    return lambda: capsys.readouterr().err.splitlines()


def test_progress_without_a_terminal_is_a_line_a_tenth(told: Callable[[], list[str]]):
    with progress("work", 1000, quiet=False) as tell:
        assert tell is not None
        for done in range(1, 1001):
            tell(done)
    lines = told()
    assert len(lines) == 10
    assert lines[-1].startswith("work: 1,000 of 1,000 runs (100 %)")


def test_progress_that_goes_on_does_not_count_what_was_done_before(told: Callable[[], list[str]]):
    with progress("work", 10, quiet=False) as tell:
        assert tell is not None
        tell(9, 10)
        tell(10, 10)
    assert "(90 %), 1" not in told()[-1]


def test_quiet_progress_says_nothing(told: Callable[[], list[str]]):
    with progress("work", 10, quiet=True) as tell:
        assert tell is None
    assert told() == []

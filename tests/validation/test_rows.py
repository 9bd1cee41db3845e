"""Every pattern says what it is, and is measured by something that exists: a new row tests itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from adoptsim.domain.intervals import Interval
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.domain.scenario import Scenario
from adoptsim.validation.calibration import calibrated_patterns
from adoptsim.validation.cases import CASES, scenario_of
from adoptsim.validation.check import holds
from adoptsim.validation.measure import LOG_ESTIMATORS, NETWORK_ESTIMATORS, RECORD_ESTIMATORS
from adoptsim.validation.patterns import MONTH_WINDOW, NETWORK, PATTERNS, TITLES, Pattern

ROWS = pytest.mark.parametrize("row", PATTERNS.values(), ids=PATTERNS)
LONGEST_LABEL = 29  # with its indent it leaves room for the other columns on 80
BOUNDS = {"range": {2}, "sign": {1}, "shape": {1, 2}, "report": {0}}


@ROWS
def test_a_row_has_a_source_and_a_grade(row: Pattern):
    assert len(row.source) > 5
    assert row.grade in "VCRI"
    assert row.says
    assert 0 < len(row.label) <= LONGEST_LABEL
    assert row.number in TITLES


@ROWS
def test_a_row_is_measured_by_what_there_is(row: Pattern):
    if row.case == NETWORK:
        assert row.estimator in NETWORK_ESTIMATORS
        return
    assert row.estimator in LOG_ESTIMATORS.keys() | RECORD_ESTIMATORS.keys()
    assert row.case in CASES
    assert row.window > 0
    assert row.window % MONTH_WINDOW == 0
    assert bool(row.against) == bool(row.compare)
    assert not row.against or row.against in CASES


@ROWS
def test_a_row_has_the_bounds_of_its_kind(row: Pattern):
    bounds = [bound for bound in (row.low, row.high) if bound is not None]
    assert len(bounds) in BOUNDS[row.kind]
    assert bounds == sorted(bounds)
    assert not row.must_hold or row.kind != "report"


@ROWS
def test_a_row_that_is_judged_can_fail(row: Pattern):
    far = [Interval(value, value, value) for value in (-1e9, 1e9)]
    assert row.kind == "report" or False in [holds(row, value) for value in far]


def test_all_patterns_of_the_record_are_there_and_must_hold():
    assert {row.number for row in PATTERNS.values() if row.must_hold} == set(range(1, 14))


@ROWS
def test_a_row_that_the_fit_or_the_ensemble_asks_for_is_not_called_unfitted(row: Pattern):
    """All that `adoptsim calibrate` holds parameters against was fitted, or at least kept where it was."""
    assert (row not in calibrated_patterns()) or row.fitted != "not fitted"


def test_nothing_is_called_kept_that_nobody_asked_for():
    kept = {row.name for row in PATTERNS.values() if row.fitted == "kept while fitting"}
    assert kept <= {row.name for row in calibrated_patterns()}
    assert {PATTERNS[name].number for name in kept} == {7, 10, 11, 12}


def test_names_are_unique():
    rows = [name for name, row in PATTERNS.items() if row.name != name]
    assert rows == []
    assert len({row.says for row in PATTERNS.values()}) == len(PATTERNS)


def test_every_case_is_measured_by_some_row():
    assert {case for row in PATTERNS.values() for case in (row.case, row.against) if case} - {NETWORK} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_a_scenario_that_could_be_written_to_a_file(name: str):
    default = {"prompt_rate": PARAMETERS["prompt_rate"].default}
    scenario = scenario_of(CASES[name], default)
    assert Scenario.model_validate(scenario.model_dump()) == Scenario.model_validate(scenario.model_dump(mode="json"))
    assert scenario.parameters["prompt_rate"] == PARAMETERS["prompt_rate"].default
    assert scenario.horizon.days == 504


def test_a_network_left_alone_has_standing_practices_in_part_and_no_launch():
    scenario = scenario_of(CASES["seed-40"])
    assert "critical_mass" not in scenario.practices
    assert len(scenario.practices) == 4
    assert {use.intensity for use in scenario.practices.values()} == {0.36}
    assert scenario.start.contributors == 0.4
    assert scenario_of(CASES["leavers-60"]).leavers.share == 0.6


def test_the_readme_counts_the_rows_and_those_that_must_hold():
    readme = " ".join((Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8").split())
    must_hold = sum(row.must_hold for row in PATTERNS.values())
    assert f"in {len(PATTERNS)} rows of which {must_hold} must hold" in readme

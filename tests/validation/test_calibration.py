"""The calibration on targets with a known answer: where the best set lies, which sets are plausible."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from adoptsim.cli import main
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.validation import calibration
from adoptsim.validation.ensemble import read_ensemble
from adoptsim.validation.parameter_file import read_parameters
from adoptsim.validation.patterns import PATTERNS

START = {name: each.default for name, each in PARAMETERS.items()}


class Wants:
    """A target that is missed by how far one parameter's quantile lies outside a range."""

    def __init__(self, name: str, low: float, high: float) -> None:
        self.parameter, self.low, self.high = PARAMETERS[name], low, high

    def distance(self, values, enough=math.inf):
        quantile = calibration.quantile_of(self.parameter, values[self.parameter.name])
        return max(0.0, self.low - quantile, quantile - self.high)


@pytest.mark.parametrize("name", PARAMETERS)
def test_values_and_quantiles_of_a_prior_belong_to_each_other(name):
    each = PARAMETERS[name]
    assert calibration.from_prior(each, 0.0) == pytest.approx(each.low)
    assert calibration.from_prior(each, 1.0) == pytest.approx(each.high)
    assert calibration.quantile_of(each, calibration.from_prior(each, 0.3)) == pytest.approx(0.3)


def test_a_range_is_missed_by_half_widths_and_by_no_more_than_the_worst():
    row = PATTERNS["contributed"]
    assert calibration.missed_by(row, (row.low + row.high) / 2) == 0.0
    assert calibration.missed_by(row, row.high + (row.high - row.low) / 2) == pytest.approx(1.0)
    assert calibration.missed_by(row, 1e9) == calibration.missed_by(row, math.nan) == calibration.WORST


def test_everything_that_must_hold_and_that_parameters_can_change_is_held_against_them():
    rows = calibration.calibrated_patterns()
    assert {row.number for row in rows} == {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13}
    assert all(row.must_hold for row in rows)


def test_the_fit_finds_where_nothing_is_missed():
    target = Wants("reward_rate", 0.85, 0.95)
    before = target.distance(START)
    found, missed = calibration.fit(target, START, trials=200, seed=1)
    assert missed == target.distance(found) < 0.2 * before
    assert set(found) == set(calibration.open_parameters())


def test_the_walk_keeps_to_plausible_sets_and_goes_everywhere_else():
    target = Wants("reward_rate", 0.0, calibration.quantile_of(PARAMETERS["reward_rate"], START["reward_rate"]) + 0.05)
    sets, accepted = calibration.sample(target, START, members=96, walkers=24, thin=150, seed=3)
    assert len(sets) == 96
    assert all(target.distance(each) == 0.0 for each in sets)
    assert 0.3 < accepted <= 1.0
    free = PARAMETERS["trust_slope"]
    quantiles = np.array([calibration.quantile_of(free, each["trust_slope"]) for each in sets])
    assert 0.2 < quantiles.mean() < 0.8
    assert quantiles.std() > 0.1
    assert all(PARAMETERS[name].low <= value <= PARAMETERS[name].high for each in sets for name, value in each.items())


def test_the_same_seed_walks_the_same_way():
    target = Wants("reward_rate", 0.0, 1.0)
    first, second, other = (calibration.sample(target, START, members=24, thin=3, seed=seed)[0] for seed in (1, 1, 2))
    assert first == second != other


def test_a_start_far_from_plausible_is_refused():
    with pytest.raises(ValueError, match="fit it first"):
        calibration.sample(Wants("reward_rate", 5.0, 6.0), START, members=24)


def test_what_the_command_writes_is_an_ensemble_that_validate_reads(monkeypatch, capsys, tmp_path):
    target = Wants("reward_rate", 0.0, 1.0)
    monkeypatch.setattr(calibration, "target_at", lambda *given, **named: target)
    path, fitted = tmp_path / "sets.csv", tmp_path / "fit.yaml"
    asked = ["--members", "24", "--thin", "4", "--fit", "3", "--out", str(path), "--out-fit", str(fitted), "--quiet"]
    assert main(["calibrate", *asked, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    members = read_ensemble(path)
    assert report["members"] == len(members) > 0
    assert set(members[0]) == set(PARAMETERS)
    assert "--members 24 --thin 4 --seed 1" in path.read_text()
    assert set(read_parameters(fitted)) == set(PARAMETERS)


def test_what_was_done_is_said_in_words(monkeypatch, capsys):
    monkeypatch.setattr(calibration, "target_at", lambda *given, **named: Wants("reward_rate", 0.0, 1.0))
    assert main(["calibrate", "--members", "24", "--thin", "4", "--quiet"]) == 0
    assert "plausible sets" in capsys.readouterr().out


def test_a_missing_library_is_named_with_what_installs_it(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["calibrate", "--members", "24"]) == 2
    assert "pip install 'adoptsim[calibration]'" in capsys.readouterr().err


def test_a_file_of_another_kind_is_refused_before_anything_runs(capsys, tmp_path):
    assert main(["calibrate", "--out", str(tmp_path / "sets.txt")]) == 2
    assert ".csv" in capsys.readouterr().err

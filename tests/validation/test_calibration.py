"""The calibration on targets with a known answer: where the best set lies, which sets are plausible."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from adoptsim.cli import main
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.validation import calibration, fitting
from adoptsim.validation.ensemble import read_ensemble
from adoptsim.validation.parameter_file import read_parameters
from adoptsim.validation.patterns import PATTERNS
from adoptsim.validation.priors import from_prior, half_width, open_parameters, quantile_of

START = {name: each.default for name, each in PARAMETERS.items()}
BIG = np.full(len(PARAMETERS), 0.5)


class Wants:
    """A target that is missed by how far one parameter's quantile lies outside a range."""

    def __init__(self, name: str, low: float, high: float) -> None:
        self.parameter, self.low, self.high = PARAMETERS[name], low, high

    def distance(self, values, enough=math.inf):
        quantile = quantile_of(self.parameter, values[self.parameter.name])
        return max(0.0, self.low - quantile, quantile - self.high)


@pytest.mark.parametrize("name", PARAMETERS)
def test_values_and_quantiles_of_a_prior_belong_to_each_other(name):
    each = PARAMETERS[name]
    assert from_prior(each, 0.0) == pytest.approx(each.low)
    assert from_prior(each, 1.0) == pytest.approx(each.high)
    assert quantile_of(each, from_prior(each, 0.3)) == pytest.approx(0.3)


def test_a_range_is_missed_by_half_widths_and_by_no_more_than_the_worst():
    row = PATTERNS["contributed"]
    assert calibration.missed_by(row, (row.low + row.high) / 2) == 0.0
    assert calibration.missed_by(row, row.high + (row.high - row.low) / 2) == pytest.approx(1.0 + calibration.MARGIN)
    assert calibration.missed_by(row, 1e9) == calibration.missed_by(row, math.nan) == calibration.WORST


def test_everything_that_must_hold_and_that_parameters_can_change_is_held_against_them():
    rows = calibration.calibrated_patterns()
    assert {row.number for row in rows} == {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13}
    assert all(row.must_hold for row in rows)


def toy(effects, luck=0.0):
    """Return what gives rows that rise in a straight line with the quantiles of parameters, a little luckier by seed."""
    rows = [PATTERNS["contributed"], PATTERNS["answered"]]
    before = np.array([0.26, 0.6])

    def values(parameters):
        moved = sum(
            np.array(by) * (quantile_of(PARAMETERS[name], parameters[name]) - quantile_of(PARAMETERS[name], START[name]))
            for name, by in effects.items()
        )
        return before + moved + luck * np.arange(3)[:, None]

    return values, rows


def test_the_fit_moves_the_parameter_that_helps_and_no_other():
    values, rows = toy({"trust_slope": [0.2, 0.1], "safety_slope": [0.005, 0.0]})
    found, missed = fitting.fit(values, rows, START, rounds=2, workers=1)
    assert missed == pytest.approx(0.0, abs=1e-6)
    assert set(found) == set(open_parameters())
    moved = {name for name, value in found.items() if abs(value - START[name]) > 1e-6}
    assert moved == {"trust_slope"}
    assert found["trust_slope"] < START["trust_slope"]
    contributed = values(found).mean(axis=0)[0]
    assert contributed == pytest.approx(0.25 - fitting.INSIDE * half_width(rows[0]))


def test_a_fit_that_has_nothing_to_move_stays():
    values, rows = toy({})
    found, missed = fitting.fit(values, rows, START, rounds=1, workers=1)
    assert found == pytest.approx({name: START[name] for name in open_parameters()})
    assert missed == pytest.approx(0.4 + fitting.INSIDE)


def test_effects_are_measured_in_pairs():
    values, _ = toy({"trust_slope": [0.2, -0.1]}, luck=0.3)
    effects = fitting.effects_at(values, fitting.places_of(START), workers=1)
    found = dict(zip(open_parameters(), effects, strict=True))
    assert found["trust_slope"] == pytest.approx([0.2, -0.1])
    assert not np.any([found[name] for name in found if name != "trust_slope"])


def test_what_does_much_takes_small_steps_and_what_does_nothing_is_drawn_anew():
    rows = [PATTERNS["contributed"]]
    steps = dict(zip(PARAMETERS, calibration.step_sizes({"trust_slope": np.array([0.5])}, rows), strict=True))
    assert calibration.LEAST_STEP <= steps["trust_slope"] < 0.1
    assert all(size == 1.0 for name, size in steps.items() if name != "trust_slope")


class Gives:
    """A target under which a set's share of contributors is its trust slope, more or less by luck."""

    rows, known = (PATTERNS["contributed"],), {}

    def __init__(self, luck: float) -> None:
        self.luck = luck

    def measured(self, values, rows):
        return {"contributed": np.full(4, values["trust_slope"] + self.luck)}


def test_only_sets_that_hold_on_average_under_other_luck_are_kept():
    sets = [{"trust_slope": value} for value in (0.19, 0.22, 0.26)]
    lucks = [Gives(-0.04), Gives(0.04)]
    assert calibration.confirmed(sets, lucks, threads=1) == [{"trust_slope": 0.22}]
    assert calibration.confirmed(sets, lucks[:1], threads=1) == [{"trust_slope": 0.26}]


def test_the_walk_keeps_to_plausible_sets_and_goes_everywhere_else():
    target = Wants("reward_rate", 0.0, quantile_of(PARAMETERS["reward_rate"], START["reward_rate"]) + 0.05)
    sets, accepted = calibration.sample(target, START, BIG, members=96, walkers=24, thin=150, seed=3)
    assert len(sets) == 96
    assert all(target.distance(each) == 0.0 for each in sets)
    assert 0.3 < accepted <= 1.0
    free = PARAMETERS["trust_slope"]
    quantiles = np.array([quantile_of(free, each["trust_slope"]) for each in sets])
    assert 0.2 < quantiles.mean() < 0.8
    assert quantiles.std() > 0.1
    assert all(PARAMETERS[name].low <= value <= PARAMETERS[name].high for each in sets for name, value in each.items())


def test_the_same_seed_walks_the_same_way():
    target = Wants("reward_rate", 0.0, 1.0)
    first, second, other = (calibration.sample(target, START, BIG, members=24, thin=3, seed=seed)[0] for seed in (1, 1, 2))
    assert first == second != other


def test_a_start_far_from_plausible_is_refused():
    with pytest.raises(ValueError, match="fit it first"):
        calibration.sample(Wants("reward_rate", 5.0, 6.0), START, BIG, members=24)


@pytest.fixture
def cheap(monkeypatch):
    """A calibration against a target that costs nothing."""
    monkeypatch.setattr(calibration, "target_at", lambda *given, **named: Wants("reward_rate", 0.0, 1.0))
    monkeypatch.setattr(calibration, "confirmed", lambda sets, *given: sets)
    here = np.full((3, len(calibration.calibrated_patterns())), 0.5)
    monkeypatch.setattr(fitting, "values_under", lambda *given: lambda parameters: here)


@pytest.mark.usefixtures("cheap")
def test_what_the_command_writes_is_an_ensemble_that_validate_reads(capsys, tmp_path):
    path, fitted = tmp_path / "sets.csv", tmp_path / "fit.yaml"
    asked = ["--members", "24", "--thin", "4", "--fit", "1", "--out", str(path), "--out-fit", str(fitted), "--quiet"]
    assert main(["calibrate", *asked, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    members = read_ensemble(path)
    assert report["members"] == len(members) > 0
    assert set(members[0]) == set(PARAMETERS)
    assert "--members 24 --thin 4 --seed 1" in path.read_text()
    assert set(read_parameters(fitted)) == set(PARAMETERS)


@pytest.mark.usefixtures("cheap")
def test_what_was_done_is_said_in_words(capsys):
    assert main(["calibrate", "--members", "24", "--thin", "4", "--quiet"]) == 0
    assert "plausible sets, of 24 drawn" in capsys.readouterr().out


def test_a_missing_library_is_named_with_what_installs_it(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["calibrate", "--members", "24"]) == 2
    assert "pip install 'adoptsim[calibration]'" in capsys.readouterr().err


@pytest.mark.parametrize(("made", "option", "file"), [("--members", "--out", "a.csv"), ("--fit", "--out-fit", "a.yaml")])
def test_a_file_for_what_is_not_made_is_refused(capsys, tmp_path, made, option, file):
    assert main(["calibrate", made, "0", option, str(tmp_path / file)]) == 2
    said = capsys.readouterr().err
    assert f"{option}: is for" in said
    assert f"{made} " in said


@pytest.mark.usefixtures("cheap")
def test_ctrl_c_after_the_first_write_says_what_is_kept(capsys, tmp_path, monkeypatch):
    def stopped(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(calibration, "confirmed", stopped)
    path = tmp_path / "sets.csv"
    assert main(["calibrate", "--members", "24", "--thin", "4", "--out", str(path), "--quiet"]) == 130
    assert f"{path} is kept, its sets not yet checked under other luck" in capsys.readouterr().err
    assert len(read_ensemble(path)) == 24


def test_a_file_of_another_kind_is_refused_before_anything_runs(capsys, tmp_path):
    assert main(["calibrate", "--out", str(tmp_path / "sets.txt")]) == 2
    assert ".csv" in capsys.readouterr().err

"""Ranges are read in the ways people write them, give levels on their scale, and are refused where they make no sense."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from adoptsim.domain.errors import InputError
from adoptsim.domain.levers import LEVERS
from adoptsim.domain.parameters import PARAMETERS
from adoptsim.sweeps.designs import DESIGNS
from adoptsim.sweeps.experiment import Experiment, apply_point, design_points, known_targets
from adoptsim.sweeps.plan import make_plan
from adoptsim.sweeps.ranges import SCALES, Range, plausible_range, read_varied

TOP = "name: x\nscenario: no-support\n"
DRAWN = [name for name, design in DESIGNS.items() if design.samples is not None]
ANSWER = "levers.answer_prob"
WRONG_RANGES = {  # of a design that draws: target, what is given, what is said
    "low above high": (ANSWER, "{low: 0.3, high: 0.2}", "low below"),
    "one bound": (ANSWER, "{low: 0.3}", "two numbers"),
    "a bound in words": (ANSWER, "{low: a, high: 1}", "two numbers"),
    "a bound that is NaN": (ANSWER, "{low: .nan, high: 1}", "two numbers"),
    "a misspelt bound": (ANSWER, "{lo: 0.1, high: 0.2}", "did you mean 'low'"),
    "an unknown scale": (ANSWER, "{low: 0.1, high: 0.2, scale: log}", "log-uniform"),
    "a scale that is a list": (ANSWER, "{low: 0.1, high: 0.2, scale: [log]}", "log-uniform"),
    "a logarithm of 0": ("organisation.mean_degree", "{low: 0, high: 2, scale: log-uniform}", "above 0"),
    "beyond what is allowed": (ANSWER, "{low: 0.1, high: 0.99}", "0.99 is above 0.7"),
    "a fraction of a day": ("horizon.days", "{low: 300.5, high: 504}", "whole number"),
    "plausible without a table": ("organisation.people", "plausible", "give {low"),
    "plausible of what is unknown": ("parameters.rewrd_rate", "plausible", "reward_rate"),
    "a range of words": ("organisation.seed_placement", "{low: 0, high: 1}", "choices"),
}
ON_OFF = "vary: {practices.safe_space: on_off}\n"
MANY = "".join(f"  parameters.{name}: plausible\n" for name in PARAMETERS)
WRONG_DESIGNS = {  # the experiment's end, the field, what is said
    "a range of a full factorial": (f"vary:\n  {ANSWER}: plausible\n", f"vary.{ANSWER}", "morris or saltelli"),
    "samples of a full factorial": (f"samples: 8\n{ON_OFF}", "samples", "leave it out"),
    "samples that are no power of two": (f"design: saltelli\nsamples: 12\n{ON_OFF}", "samples", "8 or 16"),
    "one sample": (f"design: morris\nsamples: 1\n{ON_OFF}", "samples", "below 2"),
    "too many points": (f"design: morris\nsamples: 65536\nvary:\n{MANY}", "vary", "1,000,000 points"),
}


def drawing(design: str = "morris", **vary: object) -> Experiment:
    named = {target.replace("__", "."): varied for target, varied in vary.items()}
    fields = {"name": "x", "scenario": "no-support", "design": design, "samples": 8, "vary": named}
    return Experiment.model_validate(fields)


def refused(folder: Path, text: str) -> InputError:
    (folder / "bad.yaml").write_text(TOP + text)
    with pytest.raises(InputError) as caught:
        Experiment.load(folder / "bad.yaml")
    assert all(problem.line for problem in caught.value.problems)
    return caught.value


@pytest.mark.parametrize("what", WRONG_RANGES)
def test_a_range_that_makes_no_sense_is_refused_with_what_would(what: str, tmp_path: Path):
    target, given, said = WRONG_RANGES[what]
    error = refused(tmp_path, f"design: morris\nvary:\n  {target}: {given}\n")
    assert {problem.field for problem in error.problems} == {f"vary.{target}"}
    assert said in str(error)


@pytest.mark.parametrize("what", WRONG_DESIGNS)
def test_what_a_design_cannot_use_is_refused(what: str, tmp_path: Path):
    text, field, said = WRONG_DESIGNS[what]
    error = refused(tmp_path, text)
    assert [problem.field for problem in error.problems] == [field]
    assert said in str(error)


def test_every_parameter_and_lever_has_its_plausible_range():
    for name, row in PARAMETERS.items():
        assert plausible_range(f"parameters.{name}") == Range(row.low, row.high, row.prior)
    for name, lever in LEVERS.items():
        assert (plausible_range(f"levers.{name}").low, plausible_range(f"levers.{name}").high) == (lever.low, lever.high)


@pytest.mark.parametrize("scale", SCALES)
def test_a_range_goes_from_low_to_high_and_never_beyond(scale: str):
    given = Range(0.003, 0.7, scale)  # type: ignore[arg-type]
    levels = [given.level(place) for place in np.linspace(0, 1, 101)]
    assert (levels[0], levels[-1]) == (0.003, 0.7)
    assert levels == sorted(levels)


@pytest.mark.parametrize(("scale", "middle"), [("uniform", 0.5), ("log-uniform", 0.09), ("logit-uniform", 0.5)])
def test_half_way_is_half_way_on_the_scale(scale: str, middle: float):
    low, high = (0.01, 0.81) if scale == "log-uniform" else (0.1, 0.9)
    assert Range(low, high, scale).level(0.5) == pytest.approx(middle)  # type: ignore[arg-type]


def test_whole_targets_get_whole_numbers_between_whole_bounds():
    points = design_points(
        drawing("saltelli", organisation__people={"low": 100, "high": 104}, levers__answer_prob="plausible")
    )
    people = {point["organisation.people"] for point in points}
    assert people <= {100, 101, 102, 103, 104}
    assert all(type(number) is int for number in people)
    assert isinstance(read_varied("parameters.reward_weight", {"low": 0, "high": 3}), Range)
    assert not read_varied("parameters.reward_weight", {"low": 0, "high": 3}).whole  # type: ignore[union-attr]


def test_the_ends_of_a_whole_range_have_half_the_chance_of_the_others():
    """So they are drawn in designs that are recorded: `where-it-holds` varies the number of people."""
    drawn = Range(1, 5, whole=True)
    levels = [drawn.level((place + 0.5) / 800) for place in range(800)]
    assert [levels.count(level) for level in range(1, 6)] == [100, 200, 200, 200, 100]


@pytest.mark.parametrize("design", DRAWN)
def test_a_design_that_draws_gives_as_many_points_as_it_says_each_a_scenario(design: str):
    experiment = drawing(
        design,
        practices__safe_space="on_off",
        practices__critical_mass=[0.0, 0.5, 1.0],
        parameters__reward_rate="plausible",
        organisation__champion_placement=["random", "cluster"],
    )
    points, base = design_points(experiment), experiment.base()
    assert len(points) == experiment.n_points
    assert points == design_points(experiment)
    assert points != design_points(experiment.model_copy(update={"seed": 2}))
    for point in points:
        apply_point(base, point)


@pytest.mark.parametrize("design", [design for design in DRAWN if design != "latin_hypercube"])
def test_more_samples_keep_the_points_there_are(design: str):
    """So a sweep's file can grow; but a Latin hypercube divides each range anew."""
    experiment = drawing(design, practices__safe_space="on_off", parameters__reward_rate="plausible")
    few, many = (make_plan(experiment.model_copy(update={"samples": samples})) for samples in (8, 16))
    assert set(few.by_key) <= set(many.by_key)


def test_each_morris_step_switches_one_switch():
    """Half of the grid's places are off, and every step crosses the middle."""
    points = design_points(drawing(practices__safe_space="on_off", practices__critical_mass="on_off"))
    assert len(points) == 8 * 3
    for start in range(0, len(points), 3):
        for first, second in itertools.pairwise(points[start : start + 3]):
            assert sum(first[target] != second[target] for target in first) == 1


def test_an_experiment_with_ranges_survives_being_written_as_json():
    experiment = drawing(parameters__reward_rate="plausible", organisation__people={"low": 100, "high": 200})
    assert Experiment.model_validate(experiment.model_dump(mode="json")) == experiment


def test_ranges_can_be_given_from_python():
    assert drawing(levers__answer_prob=Range(0.1, 0.2)).vary == {"levers.answer_prob": Range(0.1, 0.2)}
    with pytest.raises(ValidationError, match="gives no levels"):
        drawing(levers__answer_prob=0.3)


@pytest.mark.parametrize("target", known_targets())
def test_every_known_target_takes_a_range_or_says_why_not(target: str):
    try:
        varied = read_varied(target, "plausible")
    except ValueError as error:
        assert "give {low" in str(error)
    else:
        assert isinstance(varied, Range)

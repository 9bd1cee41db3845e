"""An experiment's points are all there, in a fixed order, and each is a valid scenario."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.sweeps.experiment import DESIGNS, Experiment, Level, apply_point, design_points, known_targets

BASE = Scenario.model_validate({"name": "base", "practices": {"safe_space": {"intensity": 0.5, "start": 21}}})
ALL_TEN = Scenario.model_validate({"name": "all", "practices": dict.fromkeys(PRACTICES, True)})


def varying(**vary: object) -> Experiment:
    """Return an experiment on the base without support; ``__`` stands for a dot."""
    return Experiment.model_validate(
        {
            "name": "x",
            "scenario": "no-support",
            "vary": {target.replace("__", "."): levels for target, levels in vary.items()},
        }
    )


@pytest.mark.parametrize("name", files.shipped("experiments"))
def test_every_shipped_experiment_loads_and_all_its_points_are_valid(name: str) -> None:
    experiment = Experiment.load(name)
    base = experiment.base()
    points = design_points(experiment)
    assert experiment.name == name
    assert len({apply_point(base, point).digest() for point in points}) == len(points)


def test_ten_practices_make_1024_points_from_none_to_all() -> None:
    points = design_points(Experiment.load("ten-practices"))
    assert len(points) == 1024
    assert not any(points[0].values())
    assert all(points[-1].values())
    assert list(points[0]) == [f"practices.{name}" for name in PRACTICES]


def test_the_first_target_changes_slowest() -> None:
    points = design_points(varying(practices__safe_space="on_off", levers__answer_prob=[0.1, 0.2]))
    assert [tuple(point.values()) for point in points] == [(False, 0.1), (False, 0.2), (True, 0.1), (True, 0.2)]


def test_applying_1024_points_takes_less_than_half_a_second() -> None:
    experiment = Experiment.load("ten-practices")
    base, points = experiment.base(), design_points(experiment)
    best = float("inf")
    for _ in range(3):  # the best of three: other programs must not fail it
        begun = time.perf_counter()
        for point in points:
            apply_point(base, point)
        best = min(best, time.perf_counter() - begun)
    assert best < 0.5


def test_a_point_with_everything_off_is_the_base_itself() -> None:
    experiment = Experiment.load("ten-practices")
    assert apply_point(experiment.base(), design_points(experiment)[0]) == experiment.base()


def test_a_point_keeps_what_the_base_says_of_a_practice() -> None:
    use = apply_point(BASE, {"practices.safe_space": 0.8}).practices["safe_space"]
    assert (use.intensity, use.start) == (0.8, 21)


def test_a_practice_off_is_left_out_and_the_base_stays_as_it_is() -> None:
    assert apply_point(BASE, {"practices.safe_space": False, "practices.safe_space.start": 30}).practices == {}
    assert BASE.practices["safe_space"].intensity == 0.5


@pytest.mark.parametrize(
    ("target", "level"),
    [
        ("practices.safe_space.start", 42),
        ("practices.safe_space.variant", "with_anonymity"),
        ("practices.safe_space.misused", True),
        ("levers.answer_prob", 0.2),
        ("parameters.reward_rate", 0.2),
        ("organisation.people", 200),
        ("organisation.champion_placement", "cluster"),
        ("critical_mass.threshold", 0.3),
        ("horizon.days", 100),
        ("start.contributors", 0.1),
    ],
)
def test_each_kind_of_target_is_put_where_its_name_says(target: str, level: Level) -> None:
    found: Any = apply_point(BASE, {target: level}).model_dump()
    for part in target.split("."):
        found = found[part]
    assert found == level


@pytest.mark.parametrize("target", known_targets())
def test_every_known_target_refuses_a_mapping_and_names_itself(target: str) -> None:
    with pytest.raises(InputError) as caught:
        apply_point(ALL_TEN, {target: {"a": 1}})  # type: ignore[dict-item]
    assert any(problem.field == f"vary.{target}" for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"practices.safe_space": 1.5}, r"vary\.practices\.safe_space: 1\.5 is above 1"),
        ({"practices.safe_space.start": 600}, r"vary\.practices\.safe_space\.start: 600 is after the last"),
        ({"practices.safe_space.end": 21}, r"vary\.practices\.safe_space\.end: 21 is not after the start"),
        ({"practices.trust_employees.start": 5}, "does not use trust_employees"),
        ({"levers.answer_prb": 0.1}, "did you mean 'levers.answer_prob'"),
        ({"parameters.reward_rate": float("nan")}, r"vary\.parameters\.reward_rate: nan"),
        ({"organisation.people_file": "x.csv"}, "unknown target"),
    ],
)
def test_a_level_that_does_not_fit_is_refused_under_its_target(point: dict[str, Level], said: str) -> None:
    with pytest.raises(InputError, match=said):
        apply_point(BASE, point)


def test_the_base_scenario_may_lie_beside_the_experiment(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\n")
    (tmp_path / "x.yaml").write_text("name: x\nscenario: mine.yaml\nvary: {practices.safe_space: [0, 0.5, 1]}\n")
    experiment = Experiment.load(tmp_path / "x.yaml")
    assert experiment.base().name == "mine"
    assert experiment.n_points == 3


def test_the_problems_of_all_targets_come_together_with_their_lines(tmp_path: Path) -> None:
    text = "name: x\nscenario: no-support\nvary:\n  practices.safe_space: [0, 2]\n  levers.answer_prob: [0.1, 0.99]\n"
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        Experiment.load(tmp_path / "x.yaml")
    assert [(problem.line, problem.field) for problem in caught.value.problems] == [
        (4, "vary.practices.safe_space"),
        (5, "vary.levers.answer_prob"),
    ]


def test_more_points_than_can_be_run_are_refused() -> None:
    with pytest.raises(ValidationError, match="1,000,000 points"):
        varying(levers__answer_prob=list(range(1000)), levers__action_prob=list(range(1000)), practices__safe_space="on_off")


def test_every_design_gives_the_same_points_again() -> None:
    experiment = varying(practices__safe_space=[0.0, 0.5], practices__critical_mass="on_off")
    for design in DESIGNS.values():
        assert design(experiment) == design(experiment)

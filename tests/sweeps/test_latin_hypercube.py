"""A Latin hypercube meets every part of every target once, the same for the same seed."""

from __future__ import annotations

import numpy as np

from adoptsim.sweeps.experiment import Experiment, design_points


def experiment(**changed: object) -> Experiment:
    vary = {"levers.answer_prob": {"low": 0.1, "high": 0.6}, "practices.safe_space": "on_off"}
    fields = {"name": "a", "scenario": "typical", "design": "latin_hypercube", "samples": 20, "vary": vary}
    return Experiment.model_validate(fields | changed)


def test_every_part_of_a_range_is_met_once_and_levels_equally_often():
    points = design_points(experiment())
    parts = np.floor([(point["levers.answer_prob"] - 0.1) / 0.5 * 20 for point in points])
    assert sorted(parts) == list(range(20))
    assert sum(point["practices.safe_space"] for point in points) == 10


def test_it_is_drawn_by_the_experiment_s_seed():
    assert design_points(experiment()) == design_points(experiment())
    assert design_points(experiment()) != design_points(experiment(seed=2))

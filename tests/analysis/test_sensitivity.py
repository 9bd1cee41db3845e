"""Indices are right where the answer is known, luck is not taken for an effect, and what is undefined is said in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from adoptsim.analysis.sensitivity import (
    OUTCOMES,
    designed,
    importance,
    method_of,
    model_runner,
    screened,
    sensitivity,
)
from adoptsim.analysis.sensitivity_methods import against_luck, grid_step, morris_pairs
from adoptsim.domain.errors import InputError
from adoptsim.domain.parameters import PARAMETER_GROUPS, PARAMETERS
from adoptsim.domain.practices import PRACTICES
from adoptsim.files import Scenario
from adoptsim.sweeps.designs import morris_places
from adoptsim.sweeps.experiment import Experiment, design_points
from adoptsim.sweeps.ranges import Range, drawn_level

pytest.importorskip("SALib")

Floats = npt.NDArray[np.float64]
Model = Callable[[Floats], Floats]
G_WEIGHTS = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
SWITCHES = tuple(f"practices.{name}" for name in PRACTICES)
WIDE = {  # parameters whose plausible range holds the test functions' ranges after a shift and a stretch
    "parameters.activation_base": (-4.0, 2.0),
    "parameters.reward_weight": (0.0, 6.0),
    "parameters.open_reach": (0.0, 400.0),
    "parameters.value_half": (0.2, 8.0),
    "parameters.post_minutes": (2.0, 15.0),
    "parameters.item_minutes": (3.0, 30.0),
    "parameters.purpose_weight": (0.0, 3.0),
    "parameters.permission_weight": (0.0, 3.0),
}


def asking(vary: Mapping[str, object], method: str, samples: int, **changes: Any) -> Experiment:
    fields = {"name": "x", "scenario": "no-support", "design": {"morris": "morris", "sobol": "saltelli"}[method]}
    made = Experiment.model_validate(fields | {"vary": dict(vary), "samples": samples} | changes)
    return designed(made, method, replicates=changes.get("replicates", 2))


def by_hand(model: Model, noise: float = 0.0) -> Callable[[Experiment], dict[str, Floats]]:
    """Return a runner that computes ``reached`` from the levels, as numbers; ``contributors`` is 0 everywhere."""

    def run(experiment: Experiment) -> dict[str, Floats]:
        levels = np.array([[float(level) for level in point.values()] for point in design_points(experiment)])  # type: ignore[arg-type]
        luck = noise * np.random.default_rng(5).standard_normal((len(levels), experiment.replicates))
        return {"reached": model(levels)[:, None] + luck, "contributors": np.zeros_like(luck)}

    return run


def indices(vary: Mapping[str, object], method: str, samples: int, model: Model, **how: Any) -> pd.DataFrame:
    """Return the rows of ``reached`` by target, in the order in which they are varied."""
    noise = how.pop("noise", 0.0)
    frame = sensitivity(asking(vary, method, samples, **how), by_hand(model, noise))
    return frame.set_index("target").loc[list(vary)]


def ranges(n: int) -> dict[str, dict[str, float]]:
    return {name: {"low": low, "high": high} for name, (low, high) in list(WIDE.items())[:n]}


def from_unit(levels: Floats) -> Floats:
    """Return levels of `ranges` as places from 0 to 1."""
    low, high = np.array(list(WIDE.values())[: levels.shape[1]]).T
    return (levels - low) / (high - low)


def ishigami(levels: Floats) -> Floats:
    from SALib.test_functions import Ishigami

    return np.asarray(Ishigami.evaluate((from_unit(levels) * 2 - 1) * math.pi))


def sobol_g(levels: Floats) -> Floats:
    from SALib.test_functions import Sobol_G

    return np.asarray(Sobol_G.evaluate(from_unit(levels), a=G_WEIGHTS[: levels.shape[1]]))


# -- Sobol'


def within(frame: pd.DataFrame, name: str, exact: list[float], slack: float) -> None:
    """Assert that an index is near its exact value, and mostly inside its interval."""
    np.testing.assert_allclose(frame[name], exact, atol=slack)
    wide = frame[f"{name}_high"] - frame[f"{name}_low"]
    assert (np.abs(frame[name] - exact) <= wide + 1e-9).all()  # two half-widths of 95 %: about four standard errors


def test_ishigami_has_its_exact_indices():
    a, b = 7.0, 0.1
    total = a**2 / 8 + b * math.pi**4 / 5 + b**2 * math.pi**8 / 18 + 0.5
    first = [0.5 * (1 + b * math.pi**4 / 5) ** 2 / total, a**2 / 8 / total, 0.0]
    together = b**2 * math.pi**8 * (1 / 18 - 1 / 50) / total
    frame = indices(ranges(3), "sobol", 4096, ishigami)
    within(frame, "S1", first, 0.02)
    within(frame, "ST", [first[0] + together, first[1], together], 0.02)


def test_sobol_g_has_its_exact_indices():
    parts = 1 / (3 * (1 + G_WEIGHTS) ** 2)
    total = np.prod(1 + parts) - 1
    frame = indices(ranges(8), "sobol", 4096, sobol_g)
    within(frame, "S1", list(parts / total), 0.03)
    within(frame, "ST", list(parts * np.prod(1 + parts) / (1 + parts) / total), 0.03)


def test_switches_that_add_up_share_the_variance_by_their_squares():
    weights = np.array([3.0, 2.0, 1.0, 0.0])
    frame = indices(dict.fromkeys(SWITCHES[:4], "on_off"), "sobol", 2048, lambda on: on @ weights)
    exact = list(weights**2 / (weights**2).sum())
    within(frame, "S1", exact, 0.03)
    within(frame, "ST", exact, 0.03)
    assert list(frame["beyond_luck"]) == [True, True, True, False]


def test_switches_that_only_work_together_have_no_part_alone():
    frame = indices(dict.fromkeys(SWITCHES[:3], "on_off"), "sobol", 2048, lambda on: (2 * on[:, 0] - 1) * (2 * on[:, 1] - 1))
    within(frame, "S1", [0.0, 0.0, 0.0], 0.05)
    within(frame, "ST", [1.0, 1.0, 0.0], 0.05)
    assert list(frame["direction"]) == ["", "", ""]


def test_switches_and_numbers_are_weighed_on_one_scale():
    """A switch has variance 1/4, a number over its range 1/12: shares 3/4 and 1/4 of their sum."""
    vary = {SWITCHES[0]: "on_off", "parameters.reward_weight": {"low": 0.0, "high": 1.0}}
    frame = indices(vary, "sobol", 2048, lambda levels: levels.sum(axis=1))
    within(frame, "ST", [0.75, 0.25], 0.03)
    assert list(frame["direction"]) == ["raises", "raises"]


# -- Morris


def test_morris_gives_the_slope_over_the_whole_range_of_a_straight_line():
    vary = ranges(3) | {SWITCHES[0]: "on_off", SWITCHES[1]: [0.0, 0.5, 1.0]}

    def line(levels: Floats) -> Floats:
        return from_unit(levels[:, :3]) @ [4.0, -2.0, 0.0] + 3.0 * levels[:, 3] + levels[:, 4]

    frame = indices(vary, "morris", 10, line)
    np.testing.assert_allclose(frame["mu_star"], [4.0, 2.0, 0.0, 3.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(frame["mu"], [4.0, -2.0, 0.0, 3.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(frame["sigma"], 0.0, atol=1e-12)
    np.testing.assert_allclose(frame["mu_star_high"] - frame["mu_star_low"], 0.0, atol=1e-12)
    assert list(frame["direction"]) == ["raises", "lowers", "", "raises", "raises"]
    assert list(frame["beyond_luck"]) == [True, True, False, True, True]


def test_morris_sees_an_interaction_as_spread():
    frame = indices(dict.fromkeys(SWITCHES[:3], "on_off"), "morris", 400, lambda on: on[:, 0] * on[:, 1])
    np.testing.assert_allclose(frame["mu_star"], [0.5, 0.5, 0.0], atol=0.1)  # off or on of the other: 0 or 1
    np.testing.assert_allclose(frame["sigma"], [0.5, 0.5, 0.0], atol=0.05)


def test_morris_ranks_sobol_g_by_its_weights():
    assert list(indices(ranges(4), "morris", 200, sobol_g)["rank"]) == [1, 2, 3, 4]


@pytest.mark.parametrize("n_levels", range(2, 9))
def test_every_step_of_a_list_goes_the_same_way(n_levels: int):
    levels = [place / (n_levels - 1) for place in range(n_levels)]
    experiment = asking({SWITCHES[0]: levels, SWITCHES[1]: "on_off"}, "morris", 30)
    values = by_hand(lambda on: on[:, 0])(experiment)["reached"]
    moved = morris_pairs(morris_places(2, 30, experiment.seed), values)[0]
    np.testing.assert_allclose(moved, grid_step(tuple(levels)), atol=1e-12)


# -- luck


@pytest.mark.parametrize(("method", "samples"), [("morris", 30), ("sobol", 256)])
def test_pure_luck_is_not_taken_for_an_effect(method: str, samples: int):
    """Nine of ten targets do nothing but have histories of their own: at 1 % each, three or more pass once in 3,000."""
    vary = dict.fromkeys(SWITCHES, "on_off")
    frame = indices(vary, method, samples, lambda on: 2.0 * on[:, 0], noise=0.5, replicates=8)
    assert frame["beyond_luck"].iloc[0]
    assert frame["beyond_luck"].iloc[1:].sum() <= 2
    inert = frame.iloc[1:]["mu_star" if method == "morris" else "ST"]
    assert (inert > 0).all()  # which is why a bound is needed
    assert 0.6 < (inert / frame["luck"].iloc[1:]).mean() < 1.0  # the bound of 99 % lies a little above what luck gives


def test_the_bound_of_luck_grows_with_luck_and_shrinks_with_replicates():
    luck = np.random.default_rng(3).standard_normal((1, 40, 16))

    def size(effects: Floats) -> Floats:
        return np.abs(effects).mean(axis=-1)

    all_of_it, few, double, lifted = (against_luck(pairs, size, 0) for pairs in (luck, luck[:, :, :4], 2 * luck, luck + 5.0))
    assert double.bound[0] == pytest.approx(2 * all_of_it.bound[0])
    assert few.bound[0] > 1.5 * all_of_it.bound[0]
    assert lifted.bound[0] == pytest.approx(all_of_it.bound[0])  # an effect is no luck
    assert [each.is_beaten[0] for each in (all_of_it, few, double, lifted)] == [False, False, False, True]


def test_the_bound_of_luck_is_that_of_means_over_replicates():
    """Means of 4 standard normals have the mean size sqrt(2 / (4 pi)) = 0.399; that of 400 such is below 0.434 in 99 %."""
    pairs = 3.0 + np.random.default_rng(1).standard_normal((1, 400, 4))
    bound = against_luck(pairs, lambda effects: np.abs(effects).mean(axis=-1), 0).bound[0]
    assert 0.399 < bound < 0.434


def test_a_single_pair_of_points_is_no_proof_unless_all_replicates_agree():
    """Three replicates of four that change, all up, are luck once in four times, though little noise is left in them."""
    some, many = np.zeros((1, 10, 4)), np.zeros((1, 10, 4))
    some[0, 0, :3] = 1.0
    many[0, :4] = 1.0
    for pairs, expected in ((some, False), (many, True)):
        luck = against_luck(pairs, lambda effects: np.abs(effects).mean(axis=-1), 0)
        assert luck.is_beaten[0] == expected
        assert luck.bound[0] < np.abs(pairs.mean(axis=2)).mean()


# -- what has no answer


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_an_outcome_that_never_changes_is_said_in_words(method: str):
    frame = sensitivity(asking(dict.fromkeys(SWITCHES[:3], "on_off"), method, 16), by_hand(lambda on: 0.0 * on[:, 0]))
    assert frame.empty
    assert frame.attrs["undefined"]["reached"] == "is 0 % in every run, so nothing moves it, and there is nothing to rank"


def test_an_outcome_that_is_not_measured_is_said_in_words():
    frame = sensitivity(asking({SWITCHES[0]: "on_off"}, "morris", 4), by_hand(lambda on: np.nan * on[:, 0]))
    assert "horizon.days" in frame.attrs["undefined"]["reached"]


def test_no_number_is_missing_when_a_target_does_nothing():
    for method in ("morris", "sobol"):
        frame = indices(dict.fromkeys(SWITCHES[:3], "on_off"), method, 16, lambda on: on[:, 0])
        assert not frame.isna().any(axis=None)


@pytest.mark.parametrize(
    ("vary", "changes", "said"),
    [
        ({SWITCHES[0]: [True]}, {}, "vary.practices.culture_of_voice: has one level only"),
        ({SWITCHES[0]: "on_off"}, {"replicates": 1}, "replicates: 1 is too few"),
        ({SWITCHES[0]: "on_off"}, {"samples": 100}, "samples: 100 is not a power of two; give 64 or 128"),
    ],
)
def test_what_a_method_cannot_use_is_refused(vary: dict[str, object], changes: dict[str, int], said: str):
    made = Experiment.model_validate({"name": "x", "scenario": "no-support", "vary": vary})
    with pytest.raises(InputError, match=said):
        designed(made, "sobol", **changes)


def test_what_is_not_known_apart_from_what_is_decided_is_refused_before_anything_runs():
    """Every point in every world is no design of a method's."""
    vary, worlds = {SWITCHES[0]: "on_off"}, {"parameters.prompt_rate": "plausible"}
    made = Experiment.made(name="x", scenario="no-support", vary=vary, uncertain=worlds, worlds=4)
    with pytest.raises(
        InputError, match="uncertain: is crossed with what is varied, and sensitivity varies all in one design"
    ):
        designed(made, "morris")


def test_without_salib_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adoptsim.sweeps.designs.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install SALib"):
        designed(Experiment.load("ten-practices"), "morris")


# -- the model, the file, the shipped experiment


def test_a_design_of_levels_gets_that_of_the_method():
    made = designed(Experiment.load("ten-practices"), "sobol", samples=8)
    assert (made.design, made.n_points, made.measure, method_of(made)) == ("saltelli", 96, OUTCOMES, "sobol")


def test_the_model_is_asked_and_goes_on_from_its_file(tmp_path: Path):
    base = tmp_path / "base.yaml"
    fields = {"organisation": {"people": 60}, "horizon": {"days": 60, "support_until": 30}}
    mass = {"critical_mass": {"threshold": 0.1, "held_days": 10, "after_support_days": 10}}
    Scenario.model_validate({"name": "base", "practices": dict.fromkeys(PRACTICES, True)} | fields | mass).save(base)
    vary = {"parameters.prompt_rate": "plausible", "parameters.item_minutes": "plausible"}
    experiment = asking(vary, "morris", 6, scenario=str(base), replicates=4)
    done: list[tuple[int, int]] = []
    first = sensitivity(experiment, model_runner(out=tmp_path / "a.db", progress=lambda *told: done.append(told)))
    contributors = first[first["outcome"] == "contributors"].set_index("target")
    assert contributors.loc["parameters.prompt_rate", "direction"] == "raises"
    assert contributors.loc["parameters.item_minutes", "mu_star"] == 0.0  # counts hours, moves nobody
    last = done[-1]
    assert last[0] == last[1]
    done.clear()
    again = sensitivity(experiment, model_runner(out=tmp_path / "a.db", progress=lambda *told: done.append(told)))
    assert done == [last]
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(first, sensitivity(experiment, model_runner(threads=1)))


def test_a_screening_keeps_the_practices_and_what_matters_most():
    vary = ranges(4) | {SWITCHES[0]: "on_off"}
    frame = sensitivity(asking(vary, "morris", 50), by_hand(lambda levels: sobol_g(levels[:, :4])))
    kept = screened(asking(vary, "sobol", 16), frame, 2)
    assert list(kept.vary) == [*list(vary)[:2], SWITCHES[0]]
    assert list(importance(frame).index[:2]) == list(vary)[:2]


def test_the_shipped_experiment_varies_all_practices_and_nearly_all_parameters():
    """A parameter that is new belongs there too, or its absence is explained in the experiment's question."""
    vary = Experiment.load("what-matters").vary
    left_out = {name for name in PARAMETERS if f"parameters.{name}" not in vary}
    shares = {"question_share", "knowledge_share", "leisure_share", "idea_share"}
    assert set(SWITCHES) <= set(vary)
    silent = {row.name for group in ("Minutes of work", "Shocks") for row in PARAMETER_GROUPS[group]}
    assert left_out == silent | shares | {"start_habit"}
    assert all(isinstance(varied, Range) for name, varied in vary.items() if name.startswith("parameters."))


def test_drawn_levels_are_equally_likely():
    places = np.linspace(0, 1, 3001)
    drawn = [drawn_level(("a", "b", "c"), place) for place in places]
    assert [drawn.count(level) for level in "abc"] == [1000, 1000, 1001]

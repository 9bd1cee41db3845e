"""Designs have the properties they are named for; tables say where they are wrong; worlds are put to policies as asked."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sweeps.sweeping import small_experiment

from adoptsim.domain.errors import InputError
from adoptsim.domain.practices import PRACTICES
from adoptsim.files import ensemble
from adoptsim.sweeps import tables
from adoptsim.sweeps.designs import fraction_places
from adoptsim.sweeps.experiment import Experiment, design_points
from adoptsim.sweeps.measures import MEASURES
from adoptsim.sweeps.plan import make_plan
from adoptsim.sweeps.results import over_worlds
from adoptsim.sweeps.runner import sweep

SWITCHES = ("safe_space", "critical_mass", "trust_employees", "culture_of_voice", "act_on_contributions")
RATE = {"low": 0.05, "high": 0.3}


def asked(**fields: Any) -> Experiment:
    """Return an experiment on the base without support."""
    return Experiment.made(**{"name": "x", "scenario": "no-support"} | fields)


def places_of(experiment: Experiment, target: str, low: float, high: float) -> np.ndarray:
    """Return where in its range each point has a target."""
    return np.array([(float(point[target]) - low) / (high - low) for point in design_points(experiment)])


# --- designs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_targets", "resolution", "runs"),
    [(3, 3, 4), (7, 3, 8), (4, 4, 8), (8, 4, 16), (10, 4, 32), (16, 4, 32), (5, 5, 16), (6, 5, 32), (11, 5, 128)],
)
def test_a_fraction_has_the_runs_of_the_tables_and_its_resolution(n_targets: int, resolution: int, runs: int) -> None:
    """Runs: Montgomery, Design and Analysis of Experiments, table 8.14. Words: products of columns that never change."""
    signs = 1 - 2 * fraction_places(n_targets, resolution)
    assert signs.shape == (runs, n_targets)
    assert (signs.sum(axis=0) == 0).all()
    for length in range(1, resolution):
        for columns in itertools.combinations(range(n_targets), length):
            assert abs(signs[:, columns].prod(axis=1).sum()) < runs


def test_a_fraction_switches_practices_and_begins_with_nothing() -> None:
    experiment = asked(vary={f"practices.{name}": "on_off" for name in SWITCHES}, design="fractional_factorial")
    points = design_points(experiment)
    assert len(points) == experiment.n_points == 16
    assert not any(points[0].values())
    assert all(sum(point[target] for point in points) == 8 for target in points[0])


def test_a_latin_hypercube_meets_each_part_of_a_range_once() -> None:
    experiment = asked(vary={"parameters.reward_rate": RATE}, design="latin_hypercube", samples=25)
    assert sorted((places_of(experiment, "parameters.reward_rate", 0.05, 0.3) * 25).astype(int)) == list(range(25))


def test_a_sobol_sequence_has_as_many_points_in_each_eighth() -> None:
    experiment = asked(vary={"parameters.reward_rate": RATE, "practices.safe_space": "on_off"}, design="sobol", samples=64)
    eighths = (places_of(experiment, "parameters.reward_rate", 0.05, 0.3) * 8).astype(int)
    assert np.bincount(eighths).tolist() == [8] * 8
    assert sum(point["practices.safe_space"] is True for point in design_points(experiment)) == 32


def test_random_points_depend_on_the_seed_only() -> None:
    vary = {"parameters.reward_rate": RATE, "practices.safe_space": "on_off"}
    points = [design_points(asked(vary=vary, design="random", samples=50, seed=seed)) for seed in (0, 0, 1)]
    assert points[0] == points[1] != points[2]
    assert len({point["parameters.reward_rate"] for point in points[0]}) == 50


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"design": "sobol", "samples": 100}, "samples: 100 is not a power of two; give 64 or 128"),
        ({"design": "fractional_factorial", "vary": {"levers.answer_prob": [0.1, 0.2, 0.3]}}, "has 3 levels"),
        ({"resolution": 4}, "resolution: is for fractional_factorial"),
        ({"design": "latin_hypercub"}, "did you mean 'latin_hypercube'"),
        ({"worlds": 5}, "worlds: is for what is not known"),
        ({"uncertain": {"practices.safe_space": "on_off"}}, "uncertain.practices.safe_space: is decided in vary"),
        (
            {"uncertain": {"practices.safe_space.intensity": {"low": 0.4, "high": 0.9}}},
            "uncertain.practices.safe_space.intensity: is the same as the practice itself; keep one of the two",
        ),
        ({"uncertain": {"parameters.reward_rat": RATE}}, "did you mean 'parameters.reward_rate'"),
        ({"uncertain": "ensembl"}, "uncertain: gives no worlds"),
        ({"measure": ["contributor"]}, "unknown measure 'contributor'; did you mean 'contributors'"),
        ({"points": "a.csv"}, "points: is given beside vary"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said.replace(".", r"\.")):
        asked(**{"vary": {"practices.safe_space": "on_off"}} | fields)


# --- tables ----------------------------------------------------------------------------------------------------

POINTS = "# chosen by hand\npractices.safe_space,reward_rate\non,0.1\noff,0.2\n"


def load(folder: Path, points: str, more: str = "points: p.csv\n") -> Experiment:
    (folder / "p.csv").write_text(points)
    (folder / "x.yaml").write_text(f"name: x\nscenario: no-support\n{more}")
    return Experiment.load(folder / "x.yaml")


def test_points_come_from_a_file_beside_the_experiment_row_by_row(tmp_path: Path) -> None:
    points = design_points(load(tmp_path, POINTS))
    assert points == [
        {"practices.safe_space": True, "parameters.reward_rate": 0.1},
        {"practices.safe_space": False, "parameters.reward_rate": 0.2},
    ]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("safe_spce\n1\n", r"p\.csv:1, header: unknown target 'safe_spce'; did you mean 'safe_space'"),
        ("safe_space,safe_space\n1,0\n", r"p\.csv:1, header: column 'safe_space' is there twice"),
        ("safe_space,reward_rate\n1\n", r"p\.csv:2: the row has 1 cells and the header 2"),
        ("safe_space,reward_rate\n1,\n", r"p\.csv:2, parameters\.reward_rate: the cell is empty"),
        ("safe_space\n0\n1.5\n", r"p\.csv:3, practices\.safe_space: 1\.5 is above 1"),
        ("reward_rate\n0.1\nnan\n", r"p\.csv:3, parameters\.reward_rate: nan"),
        ("safe_space\n", r"p\.csv: has no points"),
        ("", r"p\.csv: is empty"),
    ],
)
def test_a_bad_table_of_points_is_told_by_line_and_column(tmp_path: Path, points: str, said: str) -> None:
    with pytest.raises(InputError, match=rf"x\.yaml:3, points: .*{said}"):
        load(tmp_path, points)


def test_a_missing_table_suggests_its_neighbour(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"points: .*q\.csv: there is no such file; did you mean 'p\.csv'"):
        load(tmp_path, POINTS, "points: q.csv\n")


def test_a_frame_of_points_gives_a_frame_of_results_in_its_order(tmp_path: Path) -> None:
    base = small_experiment(tmp_path).scenario
    points = pd.DataFrame({"safe_space": [1, 0, 1], "parameters.reward_rate": [0.1, 0.2, 0.3]})
    frame = sweep(Experiment.from_frame(points, scenario=base, replicates=2))
    assert frame["practices.safe_space"].tolist() == [True, False, True]
    assert frame["parameters.reward_rate"].tolist() == [0.1, 0.2, 0.3]
    assert frame["n"].tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (pd.DataFrame({"nope": [1]}), "points: unknown target 'nope'"),
        (pd.DataFrame({"safe_space": [1, None]}), r"points\.safe_space: a value is missing"),
        (pd.DataFrame({"safe_space": []}), "points: has no points"),
    ],
)
def test_a_frame_that_cannot_be_meant_is_refused(points: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Experiment.from_frame(points, scenario="no-support")


# --- policies and worlds ---------------------------------------------------------------------------------------

DECIDED = {"practices.safe_space": "on_off", "practices.critical_mass": "on_off"}


def test_every_policy_meets_every_world() -> None:
    experiment = asked(vary=DECIDED, uncertain={"parameters.reward_rate": "plausible"}, worlds=6)
    points = design_points(experiment)
    assert len(points) == experiment.n_points == 24
    worlds = {tuple(point[target] for target in DECIDED): set() for point in points}
    for point in points:
        worlds[tuple(point[target] for target in DECIDED)].add(point["parameters.reward_rate"])
    assert len(worlds) == 4
    assert len(set.union(*worlds.values())) == 6 == min(map(len, worlds.values()))


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol", "random"])
def test_paired_sampling_gives_each_policy_a_world_of_its_own(design: str) -> None:
    uncertain = {"parameters.reward_rate": "plausible"}
    experiment = asked(vary=DECIDED, uncertain=uncertain, uncertain_design=design, sampling="paired")
    points = design_points(experiment)
    assert len(points) == experiment.n_points == 4
    assert len({point["parameters.reward_rate"] for point in points}) == 4


def test_worlds_come_from_a_table_and_some_of_them_by_the_seed(tmp_path: Path) -> None:
    rows = "".join(f"0.{digit},0.3\n" for digit in range(11, 17))
    text = "vary: {practices.safe_space: on_off}\nuncertain: p.csv\nworlds: 3\n"
    loaded = load(tmp_path, f"reward_rate,prompt_rate\n{rows}", text)
    points = design_points(loaded)
    assert len(points) == loaded.n_points == 6
    assert len({point["parameters.reward_rate"] for point in points}) == 3


def test_the_ensemble_is_a_table_of_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    members = [{"reward_rate": 0.1}, {"reward_rate": 0.2}]
    monkeypatch.setattr(tables, "read_ensemble", lambda: members)
    points = design_points(asked(vary=DECIDED, uncertain="ensemble"))
    assert [point["parameters.reward_rate"] for point in points] == [0.1, 0.2] * 4
    monkeypatch.setattr(tables, "read_ensemble", lambda: None)
    with pytest.raises(InputError, match="uncertain: no ensemble ships"):
        design_points(asked(vary=DECIDED, uncertain="ensemble"))
    assert ensemble.read_ensemble(Path("nowhere.csv")) is None


def test_only_what_is_not_known_may_be_varied() -> None:
    assert len(design_points(asked(uncertain={"parameters.reward_rate": "plausible"}, worlds=5))) == 5


def test_a_policy_is_judged_over_its_worlds(tmp_path: Path) -> None:
    experiment = small_experiment(
        tmp_path, uncertain={"parameters.reward_rate": [0.05, 0.3]}, uncertain_design="full_factorial"
    )
    frame = sweep(experiment)
    policies = over_worlds(frame)
    assert len(frame) == 8
    assert policies["worlds"].tolist() == [2] * 4
    assert policies["n"].tolist() == [6] * 4
    for policy in range(4):
        two = frame["contributors"].iloc[2 * policy : 2 * policy + 2]
        assert policies["contributors"].iloc[policy] == pytest.approx(two.mean())
    assert policies.attrs["factors"] == ["practices.safe_space", "practices.critical_mass"]
    assert over_worlds(policies) is policies


def test_a_world_changes_the_key_of_a_point(tmp_path: Path) -> None:
    worlds = {"uncertain": {"parameters.reward_rate": [0.05, 0.3]}, "uncertain_design": "full_factorial"}
    assert len(make_plan(small_experiment(tmp_path, **worlds)).by_key) == 8


def test_the_names_of_measures_are_what_a_run_gives(small_outcomes: Callable[[], tuple[str, ...]]) -> None:
    assert small_outcomes() == MEASURES


@pytest.fixture
def small_outcomes() -> Callable[[], tuple[str, ...]]:
    """Return what gives the names of a run's outcomes."""
    from adoptsim.domain.scenario import Scenario
    from adoptsim.simulation import Simulator

    def names() -> tuple[str, ...]:
        simulator = Simulator(Scenario.model_validate({"name": "x", "organisation": {"people": 20}, "horizon": {"days": 1}}))
        return tuple(simulator.outcomes(simulator.run(0)))

    return names


RANGES = {
    "parameters.reward_rate": {"low": 0.05, "high": 0.3},
    "parameters.prompt_rate": {"low": 0.02, "high": 0.1},
    "practices.safe_space": [False, True],
}


@pytest.mark.parametrize(
    ("design", "grows"),
    [("sobol", True), ("random", True), ("morris", True), ("saltelli", True), ("latin_hypercube", False)],
)
def test_with_more_samples_a_design_keeps_its_points_unless_it_is_a_latin_hypercube(design: str, grows: bool) -> None:
    fields = {"name": "x", "scenario": "no-support", "design": design, "vary": RANGES}
    few, many = (design_points(Experiment.made(**fields, samples=n)) for n in (16, 32))
    assert all(point in many for point in few) == grows


def test_worlds_of_the_ensemble_grow_and_those_of_a_latin_hypercube_do_not() -> None:
    fields = {"name": "x", "scenario": "no-support", "vary": {"practices.safe_space": [False, True]}}
    for uncertain, grows in (("ensemble", True), ({"parameters.reward_rate": RANGES["parameters.reward_rate"]}, False)):
        few, many = (design_points(Experiment.made(**fields, uncertain=uncertain, worlds=n)) for n in (4, 8))
        assert all(point in many for point in few) == grows


def test_a_fraction_of_more_practices_may_leave_out_points_of_the_smaller_one() -> None:
    def bundles(n: int) -> set[frozenset[str]]:
        vary = {f"practices.{name}": [False, True] for name in list(PRACTICES)[:n]}
        made = Experiment.made(name="x", scenario="no-support", design="fractional_factorial", vary=vary)
        return {frozenset(name for name, on in point.items() if on) for point in design_points(made)}

    assert bundles(4) <= bundles(5)
    assert not bundles(5) <= bundles(6)

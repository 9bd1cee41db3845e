"""What answers count over thousands of runs: from every run's outcome, kept with the tests, of which some are run again.

The counts follow exactly from the kept outcomes; that these are still the model's own is seen from runs drawn among them.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from sweeps import recorded

from adoptsim import files
from adoptsim.analysis.resampling import bootstrap_intervals
from adoptsim.analysis.shapley import shapley_values
from adoptsim.domain.intervals import proportion_interval
from adoptsim.domain.practices import PRACTICES
from adoptsim.simulation import OrganisationSource, Simulator
from adoptsim.sweeps.experiment import Experiment, apply_point, design_points

KEPT = ("ten-practices", "smallest-bundles", "where-it-holds")
RUN_AGAIN = 40
NUMBERS = {practice.number: name for name, practice in PRACTICES.items()}


@pytest.mark.parametrize("name", KEPT)
def test_runs_drawn_among_the_kept_ones_come_out_as_they_did(name: str) -> None:
    """Forty of them: were one in seven another, all would come out alike with a chance of 0.2 %."""
    asked = Experiment.load(name)
    kept, points, base = recorded.read(name, asked.replicates), design_points(asked), asked.base()
    assert len(kept) == len(points)
    rng = np.random.default_rng(7)
    for place in rng.choice(len(points), RUN_AGAIN, replace=False):
        replicate, scenario = int(rng.integers(asked.replicates)), apply_point(base, points[place])
        simulator = Simulator(scenario, seed=asked.seed, source=OrganisationSource(scenario.organisation, asked.seed))
        assert simulator.outcomes(simulator.run(replicate))["reached"] == kept[place, replicate], (place, replicate)


def bundles_of(name: str) -> tuple[list[frozenset[str]], np.ndarray]:
    """Return every bundle's practices and its runs' outcomes."""
    asked = Experiment.load(name)
    points = [[key.removeprefix("practices.") for key, level in point.items() if level] for point in design_points(asked)]
    on = list(map(frozenset, points))
    return on, recorded.read(name, asked.replicates)


def enough(name: str) -> list[frozenset[str]]:
    """Return the bundles that are sure, by the lower bound, to last in half of their runs."""
    return [practices for practices, flags in zip(*bundles_of(name), strict=True) if proportion_interval(flags).low >= 0.5]


def added(name: str) -> dict[str, str]:
    """Return what each practice adds as an answer writes it: '26 (15 to 36)'."""
    on, flags = bundles_of(name)
    members = sorted(frozenset().union(*on), key=lambda practice: PRACTICES[practice].number)
    number = [sum(1 << members.index(practice) for practice in practices) for practices in on]
    values = shapley_values(flags[np.argsort(number)])
    return {
        member: "{:.0f} ({:.0f} to {:.0f})".format(*(100 * bound for bound in interval))
        for member, interval in zip(members, bootstrap_intervals(values), strict=True)
    }


def answer_of(name: str) -> str:
    return " ".join(Experiment.load(name).answer.split())


def test_of_the_1024_bundles_as_many_are_enough_as_is_said() -> None:
    sure, answer = enough("ten-practices"), answer_of("ten-practices")
    assert f"{len(sure)} of 1,024 bundles" in answer
    assert min(map(len, sure)) == 6
    assert "the smallest has six practices" in answer
    assert frozenset.intersection(*sure) == {"leadership_and_champions", "organisations_purpose"}
    acting, launched = (sum(name in practices for practices in sure) for name in ("act_on_contributions", "critical_mass"))
    assert f"all {len(sure)} have leadership and champions and purpose" in answer
    assert f"{acting} act on contributions, and {launched} have the launch" in answer


def test_each_of_the_ten_adds_what_is_said() -> None:
    adds, answer = added("ten-practices"), answer_of("ten-practices")
    for words, practice in (
        ("leadership and champions add #", "leadership_and_champions"),
        ("purpose #", "organisations_purpose"),
        ("the launch #", "critical_mass"),
        ("acting on contributions #", "act_on_contributions"),
    ):
        assert words.replace("#", adds[practice]) in answer
    least = [float(adds[name].split()[0]) for name in ("safe_space", "social_media_policy", "negative_comments")]
    assert all(2 <= value <= 3 for value in least)
    assert "safe space, policy and negative comments 2 to 3 each" in answer


def test_of_the_512_bundles_beside_a_launch_as_many_are_enough_as_is_said() -> None:
    sure, answer = enough("smallest-bundles"), answer_of("smallest-bundles")
    assert f"{len(sure)} of 512 bundles" in answer
    assert min(map(len, sure)) == 4
    assert "none with fewer than four practices beside the launch" in answer
    four = {"leadership_and_champions", "organisations_purpose", "act_on_contributions", "trust_employees"}
    assert [practices for practices in sure if len(practices) == 4] == [four]
    assert "The only one with four (leadership, purpose, acting, trust)" in answer
    assert frozenset.intersection(*sure) == {"leadership_and_champions"}
    purpose, acting = (
        sum(name in practices for practices in sure) for name in ("organisations_purpose", "act_on_contributions")
    )
    assert f"all {len(sure)} have leadership and champions, {purpose} purpose, {acting} act on contributions" in answer
    adds = added("smallest-bundles")
    for words, practice in (
        ("leadership and champions add #", "leadership_and_champions"),
        ("purpose #", "organisations_purpose"),
        ("acting on contributions #", "act_on_contributions"),
    ):
        assert words.replace("#", adds[practice]) in answer


def test_a_lean_bundle_holds_in_as_many_organisations_as_is_said() -> None:
    asked, answer = Experiment.load("where-it-holds"), answer_of("where-it-holds")
    holds = recorded.read(asked.name, asked.replicates).mean(axis=1) >= 0.5
    inside = np.array(
        [point["organisation.mean_degree"] > 25 and point["organisation.people"] > 300 for point in design_points(asked)]
    )
    for chosen, words in (
        (holds, "In # of 600 organisations"),
        (holds[inside], "in # of those"),
        (holds[~inside], "in # of the others"),
    ):
        share, low, high = (100 * bound for bound in proportion_interval(chosen))
        said = re.search(words.replace("#", r"(\d+) % \((\d+) to (\d+)\)"), answer)
        assert said, words
        assert [int(part) for part in said.groups()] == pytest.approx([share, low, high], abs=0.5)


PERSON_DAYS_A_MINUTE = 3.4e9
"""On two free cores of the machine that the times of experiments were taken on."""


@pytest.mark.parametrize("name", files.shipped("experiments"))
def test_the_expected_minutes_are_about_what_so_many_runs_take(name: str) -> None:
    """Within a factor of six: how long a person-day takes hangs on how lively the network is, and how free the machine."""
    asked = Experiment.load(name)
    points = design_points(asked)
    some = points[:: max(1, len(points) // 50)]
    people = np.mean([apply_point(asked.base(), point).organisation.people for point in some])
    minutes = len(points) * asked.replicates * people * asked.base().horizon.days / PERSON_DAYS_A_MINUTE
    assert minutes / 6 <= asked.expected_minutes <= max(6 * minutes, 0.5)

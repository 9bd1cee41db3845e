"""Pictures of shares, interactions, the frontier and one change say the finding and never fail on an unusual answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from adoptsim.analysis.bundles import Bundles
from adoptsim.analysis.frontier import cost_frontier
from adoptsim.analysis.hours import WHOSE
from adoptsim.analysis.one_change import drop_one
from adoptsim.analysis.shares import VALUES, Shares, shares_of
from adoptsim.domain.practices import PRACTICES
from adoptsim.domain.scenario import Scenario
from adoptsim.report.figures import figure_frontier, figure_interactions, figure_one_change, figure_shares


def bundles(n: int, reached: np.ndarray | None = None) -> Bundles:
    """Return bundles of the first practices, of which the first two are only worth something together."""
    members = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    chance = 0.9 * members[:, :2].prod(axis=1) + 0.02 * members[:, -1]
    rng = np.random.default_rng(5)
    hits = (rng.random(20) < chance[:, None]).astype(float) if reached is None else reached
    hours = members @ np.arange(1.0, n + 1)[:, None] + rng.random((1 << n, 20))
    outcome = {"reached": hits, "contributors": hits / 2, "hours_per_person_month": hours, "hours_practices": hours}
    return Bundles(tuple(PRACTICES)[:n], outcome)


def text_of(figure: Figure) -> str:
    return " | ".join(text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text")))


def drawn(figure: Figure, folder: Path) -> int:
    figure.savefig(folder / "figure.png", dpi=50)
    figure.savefig(folder / "figure.svg")
    return (folder / "figure.png").stat().st_size


def everything_fits(figure: Figure) -> bool:
    """Return whether no words leave the page; numbers of an axis beyond its end are not drawn."""
    figure.draw_without_rendering()
    page = figure.bbox
    words = [*figure.texts, *figure.findobj(Annotation)]
    boxes = [text.get_window_extent() for text in words if text.get_text()]
    return all(box.x0 >= page.x0 - 2 and box.x1 <= page.x1 + 2 for box in boxes)


@pytest.mark.parametrize("n", [2, 10])
def test_shares_name_every_practice_and_say_what_adds_most(tmp_path: Path, n: int):
    shares = shares_of(bundles(n))
    figure = figure_shares(shares)
    first = PRACTICES[shares.practices[shares.ranked[0]]].title
    assert f"{first} adds most" in text_of(figure)
    for name in shares.practices:
        assert PRACTICES[name].title in text_of(figure)
    assert everything_fits(figure)
    assert drawn(figure, tmp_path) > 5_000


def test_interactions_say_which_two_need_each_other(tmp_path: Path):
    figure = figure_interactions(shares_of(bundles(10)))
    assert "Practices 1 and 2 need each other most: together 90 points more than apart" in text_of(figure)
    assert "by chance alone 2 of 45 pairs would be" in text_of(figure)
    assert everything_fits(figure)
    assert drawn(figure, tmp_path) > 10_000


def test_two_that_do_the_same_work_replace_each_other():
    either = np.repeat([[0.0], [1.0], [1.0], [1.0]], 20, axis=1)
    either[:, 0] = 0.0  # in one run of twenty nothing helps
    figure = figure_interactions(shares_of(bundles(2, either)))
    assert "Practices 1 and 2 replace each other most: together 95 points less than apart" in text_of(figure)


def nothing_is_reached() -> Shares:
    return shares_of(bundles(3, np.zeros((8, 20))))


def nothing_can_be_told() -> Shares:
    return shares_of(bundles(3, np.full((8, 20), np.nan)))


def one_practice() -> Shares:
    return shares_of(bundles(1, np.repeat([[0.0], [1.0]], 20, axis=1)))


def one_run() -> Shares:
    few = bundles(3)
    return shares_of(Bundles(few.practices, {name: few.outcome[name][:, :1] for name in VALUES}))


@pytest.mark.parametrize("unusual", [nothing_is_reached, nothing_can_be_told, one_practice, one_run])
def test_an_unusual_answer_is_drawn_too(tmp_path: Path, unusual: object):
    for figure in (figure_shares(unusual()), figure_interactions(unusual())):  # type: ignore[operator]
        assert "nan" not in text_of(figure)
        assert drawn(figure, tmp_path) > 3_000


@pytest.mark.parametrize("has_roles", [True, False])
def test_the_frontier_names_its_bundles_and_the_cheapest(tmp_path: Path, has_roles: bool):
    game = bundles(4)
    by_role = dict.fromkeys(WHOSE, game.outcome["hours_practices"] / 4) if has_roles else {}
    figure = figure_frontier(cost_frontier(game, by_role, 100, probability=0.5))
    assert "The cheapest bundle that seems enough takes" in text_of(figure)
    assert "| 1 2 |" in text_of(figure)
    assert ("Whose hours" in text_of(figure)) == has_roles
    assert everything_fits(figure)
    assert drawn(figure, tmp_path) > 5_000


def test_a_frontier_without_any_success_says_so(tmp_path: Path):
    game = bundles(3, np.zeros((8, 20)))
    figure = figure_frontier(cost_frontier(game, {}, 100, probability=0.5))
    assert "No bundle is sure to reach critical mass in at least 50 % of runs" in text_of(figure)
    assert drawn(figure, tmp_path) > 3_000


@pytest.mark.parametrize("uses", [{"critical_mass": True}, {}, dict.fromkeys(PRACTICES, True)])
def test_one_change_names_what_is_left_out_and_added(tmp_path: Path, uses: dict[str, bool]):
    horizon = {"days": 60, "support_until": 30}
    mass = {"threshold": 0.1, "held_days": 10, "after_support_days": 10}
    fields = {"name": "small", "organisation": {"people": 60}, "horizon": horizon, "critical_mass": mass, "practices": uses}
    figure = figure_one_change(drop_one(Scenario.model_validate(fields), replicates=3))
    for practice in PRACTICES.values():
        assert practice.title in text_of(figure)
    assert ("one left out" in text_of(figure), "one added" in text_of(figure)) == (bool(uses), len(uses) < 10)
    assert everything_fits(figure)
    assert drawn(figure, tmp_path) > 5_000

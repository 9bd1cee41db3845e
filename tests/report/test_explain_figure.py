"""The picture of an explanation: both runs of one person side by side, nothing outside the page, nothing made up."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import adoptsim as ad
from adoptsim.analysis.explain import Explanation, explain
from adoptsim.report.figures import figure_explain

PRACTICES = {"critical_mass": 1.0, "act_on_contributions": 1.0, "leadership_and_champions": 1.0}


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    scenario = ad.Scenario(
        name="x", organisation={"people": 60}, practices=PRACTICES, horizon={"days": 84, "support_until": 40}
    )
    return explain(scenario, without="leadership_and_champions", replicates=3, shares=False, threads=1)


def texts(figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_the_curve_of_staff_is_the_share_that_has_parted(explanation: Explanation):
    above = figure_explain(explanation).axes[0]
    drawn = [line.get_ydata()[-1] for line in above.lines]
    assert np.median(explanation.spread.share[:, -1]) in drawn


def test_every_kind_of_event_is_counted_for_both_runs(explanation: Explanation):
    looks = [
        sum(event.what == "looks" for event in run.events) for run in (explanation.story.first, explanation.story.second)
    ]
    assert {str(number) for number in looks} <= set(texts(figure_explain(explanation)))
    assert explanation.other.name in texts(figure_explain(explanation))


def test_every_word_stays_on_the_page(explanation: Explanation):
    figure = figure_explain(explanation)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    for text in [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]:
        box = text.get_window_extent(canvas.get_renderer())
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height


def test_nothing_differs_between_a_scenario_and_itself():
    scenario = ad.Scenario(
        name="x", organisation={"people": 40}, practices=PRACTICES, horizon={"days": 42, "support_until": 20}
    )
    same = explain(scenario, against=scenario, replicates=2, shares=False, threads=1)
    assert figure_explain(same).texts[0].get_text() == "Nobody's history differs"

"""What shocks do is told right: known answers, pairs that are what single runs are, and sizes that deepen the dip."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import adoptsim as ad
from adoptsim.analysis.shocks import Pair, Shaken, back_after, median_time, ratio, shocks, shocks_for
from adoptsim.analysis.shocks_words import headline, pair_sentence, sentence
from adoptsim.cli import main
from adoptsim.domain.errors import InputError
from adoptsim.domain.scenario import Shock
from adoptsim.domain.shocks import SHOCKS
from adoptsim.engine.state import COUNT
from adoptsim.files import Scenario, late_starts
from adoptsim.report.figures import figure_shocks
from adoptsim.simulation import Simulator

FOREVER = float("inf")
LIVELY = {"prompt_rate": 0.8, "activation_base": 1.5, "value_half": 0.8, "lurker_share": 0.4, "moved_habit_loss": 0.9}
SMALL = ad.Scenario.model_validate(
    {
        "name": "small",
        "organisation": {"people": 120},
        "parameters": LIVELY,
        "start": {"contributors": 0.5},
        "horizon": {"days": 130, "support_until": 20},
    }
)


@pytest.fixture(scope="module")
def found():
    return shocks([SMALL], [Shock(kind=kind, day=60) for kind in SHOCKS], replicates=4, seed=3)


def by_hand(calm, struck, day=2):
    """Return a row of runs given as courses."""
    calm, struck = np.array(calm, dtype=float), np.array(struck, dtype=float)
    ones = np.ones_like(calm)
    return Shaken(SMALL, Shock(kind="punishment", day=day, size=0.5), calm, struck, ones, ones)


def test_half_of_what_it_would_be_is_a_collapse_only_where_the_network_lives():
    calm = [[0.2, 0.2, 0.2, 0.2], [0.2, 0.2, 0.2, 0.2], [0.2, 0.2, 0.2, 0.01], [0.01, 0.01, 0.2, 0.2]]
    row = by_hand(calm, [[0.2, 0.2, 0.1, 0.09], [0.2, 0.2, 0.1, 0.11], [0.2, 0.2, 0.0, 0.0], [0.01, 0.01, 0.0, 0.0]])
    assert row.living.tolist() == [True, True, False, False]
    assert row.collapsed[:2].tolist() == [1.0, 0.0]
    assert row.collapse.value == 0.5
    assert row.lowest.value == pytest.approx(0.5)
    assert row.last.value == pytest.approx(0.5)


def test_where_nothing_lives_nothing_is_said_to_collapse():
    row = by_hand([[0.01] * 4] * 2, [[0.0] * 4] * 2)
    assert np.isnan(row.collapse.value)
    assert "no run lives" in sentence(row.summary())
    assert "No network lives" in headline([row.summary()])


def test_back_means_back_for_a_month():
    calm = np.ones(100)
    dip = np.ones(100)
    assert back_after(dip, calm) == 0.0
    dip[5:30] = 0.8
    assert back_after(dip, calm) == 30.0
    dip[40] = 0.8  # again before a month is over
    assert back_after(dip, calm) == 41.0
    dip[90] = 0.8
    assert back_after(dip, calm) == 41.0
    dip[40:] = 0.8
    assert back_after(dip, calm) == FOREVER


def test_the_median_time_back_counts_runs_that_never_are():
    assert median_time([3.0, 5.0, FOREVER], 50.0).value == 5.0
    assert median_time([3.0, FOREVER, FOREVER], 50.0).value == FOREVER
    assert median_time(np.zeros(20), 50.0) == (0.0, 0.0, 0.0)
    assert np.isnan(median_time([], 50.0).value)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_without_runs_that_never_come_back_it_is_the_plain_median(days):
    found = median_time(np.array(days, dtype=float), 100.0)
    assert found.value == np.sort(days)[(len(days) - 1) // 2]
    assert found.low <= found.value <= found.high


def test_the_interval_of_a_median_time_covers_it_as_often_as_it_says():
    """2,000 samples of 25 exponential times, a third censored; the exact coverage of their order statistics is .957."""
    times = np.random.default_rng(1).exponential(1.0, (2000, 25))
    spans = [median_time(np.where(each < 1.1, each, FOREVER), 1.1) for each in times]
    covered = np.mean([low <= np.log(2.0) <= high for _, low, high in spans])
    assert 0.93 < covered < 0.98


def test_a_ratio_of_means_is_that_of_the_sums_and_certain_where_all_pairs_agree():
    calm = np.array([0.1, 0.2, 0.4])
    assert ratio(0.8 * calm, calm) == pytest.approx((0.8, 0.8, 0.8))
    assert np.isnan(ratio(calm[:0], calm[:0]).value)


@pytest.mark.parametrize("kind", SHOCKS)
def test_a_pair_is_what_two_runs_of_their_own_are(found, kind):
    row = next(row for row in found.rows if row.shock.kind == kind)
    for shocked, voice in (((), row.calm_voice), ((row.shock,), row.struck_voice)):
        world = Simulator(SMALL.model_copy(update={"shocks": shocked}), seed=3).run(2)
        assert np.array_equal(world.counts[:, [COUNT.posts_idea, COUNT.posts_concern]].sum(axis=1), voice[2])
    assert np.array_equal(row.calm[:, :60], row.struck[:, :60])


def test_the_number_of_threads_changes_no_bit(found):
    again = shocks([SMALL], [Shock(kind="viral_complaint", day=60)], replicates=4, seed=3, threads=1)
    assert np.array_equal(again.rows[0].struck, found.rows[3].struck)


def test_the_bigger_the_reorganisation_the_deeper_the_dip():
    """Twelve pairs: mean contributors in the two months after, with 10, 40 and 100 % of those who can moving."""
    sizes = [Shock(kind="reorganisation", day=60, size=size) for size in (0.1, 0.4, 1.0)]
    rows = [shocks([SMALL], [each], replicates=12, seed=3).rows[0] for each in sizes]
    left = [row.struck[:, 60:102].sum() / row.calm[:, 60:102].sum() for row in rows]
    assert 1.0 > left[0] > left[1] + 0.005 > left[2] + 0.01


def test_a_shock_has_the_size_of_the_scenario_s_parameters_unless_it_names_one():
    louder = SMALL.model_copy(update={"parameters": {"punishment_reach": 0.9}})
    asked = [Shock(kind="punishment", day=9), Shock(kind="punishment", day=10, size=0.2)]
    assert [shock.size for shock in shocks_for(louder, asked)] == [0.9, 0.2]
    assert len(shocks_for(SMALL, None)) == len(SHOCKS)
    own = SMALL.model_copy(update={"shocks": (Shock(kind="punishment"),)})
    assert [shock.kind for shock in shocks_for(own, None)] == ["punishment"]


def test_a_table_has_a_row_a_run(found):
    frame = found.frame
    assert len(frame) == 16
    assert set(frame["kind"]) == set(SHOCKS)
    assert frame["living"].all()


def test_findings_are_words_and_plain_data(found):
    summary = found.summary()
    json.dumps(summary, allow_nan=False)
    for row in summary["shocks"]:
        assert sentence(row).endswith(".")
        assert "none" in sentence(row) or row["collapse"]["mean"] > 0
    assert headline(summary["shocks"])


def test_the_picture_has_a_panel_a_shock(found, tmp_path):
    figure = figure_shocks(found)
    said = " ".join(text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text")))
    assert all(kind.title in said for kind in SHOCKS.values())
    assert len(figure.axes) == len(SHOCKS)
    figure.savefig(tmp_path / "shocks.png")


WRONG = {
    "an unknown kind": ("[{kind: punishmnt}]", "shocks[0].kind", "did you mean 'punishment'"),
    "no kind": ("[{day: 5}]", "shocks[0].kind", "is missing"),
    "a shock before anything": ("[{kind: punishment, day: 0}]", "shocks[0].day", "day 1"),
    "a shock after the end": ("[{kind: punishment, day: 600}]", "shocks[0].day", "after the last simulated day"),
    "a size of nothing": ("[{kind: punishment, size: 0}]", "shocks[0].size", "not above 0"),
    "a size above all": ("[{kind: punishment, size: 1.5}]", "shocks[0].size", "above 1"),
    "an unknown field": ("[{kind: punishment, sise: 0.5}]", "shocks[0].sise", "did you mean 'size'"),
    "the same twice": ("[{kind: punishment, day: 9}, {kind: punishment, day: 9}]", "shocks[1].day", "another day"),
    "no list": ("{kind: punishment}", "shocks", "list"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_shock_is_refused_with_what_would_be_right(what):
    text, field, said = WRONG[what]
    with pytest.raises(InputError) as caught:
        Scenario.parse(f"name: x\nshocks: {text}\n")
    assert {(problem.field, problem.line) for problem in caught.value.problems} == {(field, 2)}
    assert said in str(caught.value)


def test_shocks_are_saved_and_read_again(tmp_path):
    scenario = Scenario.parse("name: x\nshocks: [{kind: punishment}, {kind: reorganisation, day: 9, size: 0.2}]\n")
    scenario.save(tmp_path / "x.yaml")
    assert Scenario.load(tmp_path / "x.yaml") == scenario
    assert not list(late_starts(scenario))


def command(tmp_path, *options):
    file = tmp_path / "small.yaml"
    Scenario.model_validate(SMALL.model_dump()).save(file)
    return main(["shocks", str(file), "--replicates", "2", "--quiet", *options])


def test_the_command_says_what_happens_first_and_writes_what_is_asked(tmp_path, capsys):
    picture, rows = tmp_path / "x.png", tmp_path / "x.csv"
    asked = ["--kind", "punishment", "--kind", "leader_leaves", "--day", "60"]
    assert command(tmp_path, *asked, "--plot", str(picture), "--csv", str(rows)) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("No network collapses")
    assert "A visible punishment on day 60 (50 %" in printed
    assert picture.stat().st_size > 10_000
    assert len(rows.read_text().splitlines()) == 5


def test_the_command_prints_one_json_object(tmp_path, capsys):
    assert command(tmp_path, "--json", "--kind", "reorganisation", "--size", "0.5", "--day", "60") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["shocks"][0]["size"] == 0.5
    assert len(report["sentences"]) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--kind", "reorganization"], "did you mean 'reorganisation'"),
        (["--size", "0.5"], "give one --kind"),
        (["--kind", "punishment", "--size", "0"], "above 0"),
        (["--kind", "punishment", "--day", "130"], "after the last day of small; give a day from 1 to 129"),
        ([], "252 is after the last day of small"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_plain_words(tmp_path, capsys, options, said):
    assert command(tmp_path, *options) == 2
    assert said in capsys.readouterr().err


def test_policies_are_compared_in_pairs_where_they_share_people_and_luck():
    """One loses a tenth of staff more than the other in every replicate, whatever luck does to both."""
    luck = np.linspace(0.0, 0.2, 12)
    calm = np.column_stack([0.3 + luck] * 4)
    fragile, firm = (np.column_stack([calm[:, :2], *[calm[:, 0] - lost] * 2]) for lost in (0.12, 0.02))
    pair = Pair(by_hand(calm, fragile), by_hand(calm, firm))
    assert pair.lost.value == pytest.approx(0.10)
    assert pair.lost.high - pair.lost.low < 1e-9
    said = pair_sentence(pair.summary())
    assert "in 12 pairs of living runs" in said
    assert "loses more contributors by the end (+10.0 points, +10.0 to +10.0)" in said
    assert "no difference beyond luck in how often it collapses" in said


def test_only_scenarios_of_the_same_people_make_a_pair():
    other = SMALL.model_copy(update={"name": "other", "organisation": SMALL.organisation.model_copy(update={"people": 100})})
    twin = SMALL.model_copy(update={"name": "twin"})
    struck = shocks([SMALL, other, twin], [Shock(kind="punishment", day=60)], replicates=2, seed=3)
    assert [(pair["scenario"], pair["other"]) for pair in struck.summary()["pairs"]] == [("small", "twin")]
    assert "too few replicates in which both live" in pair_sentence(struck.summary()["pairs"][0])

"""What each level of a factorial sweep changes: known answers on made-up runs."""

import itertools

import numpy as np
import pandas as pd
import pytest

from adoptsim.analysis.levels import factor_effects
from adoptsim.commands.levels import factor_name, levels_verdict, print_levels, rows_of_effects
from adoptsim.commands.terminal import out

REPLICATES = 40
LEVELS = {
    "practices.safe_space": [False, True],
    "levers.answer_prob": [0.1, 0.5, 0.9],
    "organisation.seed_placement": ["a", "b"],
}


def runs_of(chance, levels=LEVELS) -> pd.DataFrame:
    """Return runs of every combination; a run lasts where its luck, shared by all points, is under the point's chance."""
    luck = (np.arange(REPLICATES) + 0.5) / REPLICATES
    points = list(itertools.product(*levels.values()))
    rows = [
        {"point": number, "replicate": replicate, **dict(zip(levels, point, strict=True))}
        | {"reached": float(luck[replicate] < chance(*point)), "contributors": chance(*point) / 2 + luck[replicate] / 10}
        for number, point in enumerate(points)
        for replicate in range(REPLICATES)
    ]
    frame = pd.DataFrame(rows)
    frame.attrs["factors"] = list(levels)
    return frame


def additive(safe, answers, _) -> float:
    return 0.1 + 0.2 * safe + 0.5 * answers


def test_a_change_is_the_mean_over_all_combinations_of_the_others():
    effects = {each.factor: each for each in factor_effects(runs_of(additive))}
    safe = effects["practices.safe_space"]
    assert safe.levels[1].change["reached"].value == pytest.approx(0.2)
    assert effects["levers.answer_prob"].contrast.value == pytest.approx(0.4)
    assert (effects["levers.answer_prob"].best, effects["levers.answer_prob"].worst) == (0.9, 0.1)


def test_the_widest_contrast_comes_first_and_its_interval_holds_it():
    first = factor_effects(runs_of(additive))[0]
    assert first.factor == "levers.answer_prob"
    assert first.contrast.low < 0.4 < first.contrast.high
    assert first.is_sure


def test_what_never_changes_anything_is_no_proof_of_anything():
    placement = factor_effects(runs_of(additive))[-1]
    assert placement.factor == "organisation.seed_placement"
    assert not placement.is_sure
    assert not placement.is_hardly_any


def test_a_share_lies_within_0_and_1_and_without_spread_has_no_bounds():
    (placement,) = [each for each in factor_effects(runs_of(lambda *_: 1.0)) if each.factor.endswith("placement")]
    assert placement.levels[0].value["reached"].value == 1.0
    assert np.isnan(placement.levels[0].value["reached"].high)
    nearly = factor_effects(runs_of(lambda safe, answers, _: 0.98 + 0.02 * (safe or answers > 0.1)))
    bounds = [bound for effect in nearly for level in effect.levels for bound in level.value["reached"][1:]]
    assert np.nanmax(bounds) == 1.0
    assert np.nanmin(bounds) >= 0.0


def test_an_interaction_is_averaged_out():
    (only_both,) = [
        each
        for each in factor_effects(runs_of(lambda safe, answers, _: 0.5 * (safe and answers > 0.5)))
        if each.factor == "practices.safe_space"
    ]
    assert only_both.contrast.value == pytest.approx(0.5 / 3)


@pytest.mark.parametrize("harm", ["a combination is missing", "a run is missing", "a measure is missing"])
def test_nothing_is_said_where_the_average_would_be_of_different_things(harm):
    runs = runs_of(additive)
    if harm == "a combination is missing":
        runs = runs[runs["point"] != 3]
    elif harm == "a run is missing":
        runs = runs.iloc[1:]
    else:
        runs.loc[5, "reached"] = np.nan
    runs.attrs["factors"] = list(LEVELS)
    assert factor_effects(runs) == ()


def test_sentences_name_what_matters_and_what_the_runs_leave_open():
    told = levels_verdict(factor_effects(runs_of(additive)))
    assert told.startswith("Answer probability matters most: 0.9 instead of 0.1 adds 40 points to the chance to last (")
    assert "A safe space (6): yes instead of no adds 20 points" in told
    assert told.endswith("No difference beyond luck: Seed placement.")


def test_the_table_fits_a_terminal_and_shows_every_level(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    print_levels(out(), rows_of_effects(factor_effects(runs_of(additive))))
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    for word in ("A safe space (6)", "yes", "0.5", "Seed placement", "+40"):
        assert word in shown
    assert "…" not in shown


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        ("practices.trust_employees", "Trust your employees (4)"),
        ("practices.safe_space.start", "A safe space (6), start"),
        ("organisation.champion_placement", "Champion placement"),
    ],
)
def test_factors_have_names(factor, name):
    assert factor_name(factor) == name


PLACED = {"levers.champion_share": [0.0, 0.04, 0.08], "organisation.champion_placement": ["random", "connected"]}


def test_where_champions_sit_is_compared_by_what_champions_add_there():
    """The best connected add nothing as champions here: it is only that they, who would volunteer, are no lurkers."""
    runs = runs_of(lambda share, placed: 0.1 + 5.0 * share + 0.4 * (placed == "connected"), PLACED)
    first, second = factor_effects(runs)
    assert (first.factor, second.factor) == tuple(PLACED)
    assert second.contrast.value == pytest.approx(0.0, abs=1e-9)
    assert second.levels[1].change["reached"].value == pytest.approx(0.0, abs=1e-9)
    assert second.levels[1].value["reached"].value == pytest.approx(0.7)
    assert second.alone is not None
    assert (second.alone.level, second.alone.best, second.alone.worst) == (0.0, "connected", "random")
    assert second.alone.contrast.value == pytest.approx(0.4)
    said = levels_verdict((first, second))
    assert "Champion placement (in what champion share adds)" in said
    assert "where champion share is 0, connected instead of random adds 40 points" in said
    assert "Champion placement matters most" not in said


def test_where_champions_add_more_in_a_place_that_is_said_with_contributors_beside():
    runs = runs_of(lambda share, placed: 0.1 + (5.0 + 3.0 * (placed == "connected")) * share, PLACED)
    effects = factor_effects(runs)
    assert effects[1].contrast.value == pytest.approx(0.18, abs=1 / REPLICATES)
    said = levels_verdict(effects)
    assert "points more to the chance to last where champion placement is connected than where it is random" in said
    assert "to contributors +9.0 points" in said
    assert "volunteer" not in said  # without champions no place is better than another


@pytest.mark.statistical
def test_of_many_levels_that_change_nothing_the_widest_apart_are_rarely_beyond_luck():
    """Pure noise, twelve levels: 95 % intervals of the widest pair alone would be beyond luck in 7 of 10 cases.

    Of 200 cases with a false-alarm rate of at most 5 %, more than 20 have a chance of 1e-3.
    """
    luck, wrong = np.random.default_rng(11), 0
    for _ in range(200):
        frame = runs_of(lambda _: 0.5, {"levers.answer_prob": list(range(12))})
        frame["reached"] = (luck.random(len(frame)) < 0.5).astype(float)
        wrong += factor_effects(frame)[0].is_sure
    assert wrong <= 20

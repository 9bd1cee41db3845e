"""Null models: known answers, logs of the model's own form, and what each shows and misses."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

import adoptsim as ad
from adoptsim import files
from adoptsim.domain.organisation import PersonRecord, build_organisation, generate_organisation
from adoptsim.validation.activity import activities, ranks_of
from adoptsim.validation.cases import LEAVING_DAY
from adoptsim.validation.estimators import gini
from adoptsim.validation.measure import LOG_ESTIMATORS
from adoptsim.validation.null_models import Bass, Staff, active_by_day, bass_curve, draw_messages, fit_bass, run_null
from adoptsim.validation.null_study import FITTED_TO, NULLS, cells_of, fitted, remaining
from adoptsim.validation.patterns import HALF_YEAR, PATTERNS

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "null-models.md"
SCRIPT = ROOT / "experiments" / "null_models.py"


def staff_of(organisation, n_days=504, n_people=None):
    n = organisation.n_people if n_people is None else n_people
    return Staff(organisation, n_days, np.zeros(n, np.bool_), np.full(n, n_days))


def complete_organisation(n):
    people = [PersonRecord(id=str(i), department="all", manager=None if i == 0 else "0") for i in range(n)]
    return build_organisation(people, np.array(np.triu_indices(n, 1)).T, seed=1, leader_share=1.5 / n)


@pytest.fixture(scope="module")
def organisation():
    return generate_organisation(500, seed=1, replicate=0)


# --- known answers -----------------------------------------------------------------------------------------------


def test_bass_adoption_follows_the_closed_form(organisation):
    """500 people, 24 runs, p = .02, q = .5 a month, reach .8: within .03 of Bass's formula on every day."""
    model = Bass(p=0.02, q=0.5, reach=0.8, look_prob=0.2, messages_a_month=1.0, reply_share=0.5)
    shares = [model.adopters(staff_of(organisation), np.random.default_rng(k)).mean(axis=1) for k in range(24)]
    expected = bass_curve(np.arange(1, 505) / 21, 0.02, 0.5, 0.8)
    assert expected[-1] > 0.75
    assert np.max(np.abs(np.mean(shares, axis=0) - expected)) < 0.03


def test_bass_is_the_exponential_without_imitation_and_reaches_its_peak_when_bass_says():
    months = np.linspace(0.0, 60.0, 60_001)
    assert bass_curve(months, 0.05, 0.0) == pytest.approx(1.0 - np.exp(-0.05 * months))
    fastest = months[np.argmax(np.gradient(bass_curve(months, 0.02, 0.4)))]
    assert fastest == pytest.approx(np.log(0.4 / 0.02) / (0.02 + 0.4), abs=0.01)


def test_a_bass_curve_gives_back_its_numbers():
    months = np.arange(1, 25)
    assert fit_bass(months, bass_curve(months, 0.03, 0.3, 0.7)) == pytest.approx((0.03, 0.3, 0.7), rel=1e-3)


@pytest.mark.parametrize("sd", [0.10, 0.16])
def test_thresholds_on_a_complete_graph_come_to_rest_at_granovetters_fixed_point(sd):
    """600 evenly spaced quantiles with mean .25: below the jump (sd .122) a few, above it nearly all."""
    n, share = 600, 0.0
    for _ in range(10_000):
        share = float(norm.cdf(share, 0.25, sd))
    quantiles = norm.ppf((np.arange(n) + 0.5) / n, 0.25, sd)
    active = active_by_day(staff_of(complete_organisation(n)), quantiles)
    assert active[-1].mean() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("sd", [0.7, 1.4])
def test_lognormal_rates_are_as_unequal_as_the_formula_says(organisation, sd):
    """Gini of 40,000 people's rates within .02 of 2 Phi(sd / sqrt 2) - 1."""
    model = NULLS["lognormal"].start
    rates = type(model)(sd=sd, looks_a_month=1.0, messages_a_month=1.0, reply_share=0.5)
    one_day = rates.habits(staff_of(organisation, n_days=1, n_people=40_000), np.random.default_rng(3)).messages[0]
    assert gini(np.sort(one_day)) == pytest.approx(2.0 * norm.cdf(sd / np.sqrt(2.0)) - 1.0, abs=0.02)


def test_messages_are_a_poisson_number_of_each_person_and_day():
    """20,000 draws of two days and two people: means within 5 standard errors, variance as large as the mean."""
    expected, rng = np.array([[0.5, 0.0], [2.0, 1.0]]), np.random.default_rng(4)
    counts = np.zeros((20_000, 2, 2))
    for count in counts:
        np.add.at(count, draw_messages(expected, rng), 1)
    assert np.all(np.abs(counts.mean(axis=0) - expected) <= 5 * np.sqrt(expected / 20_000))
    assert counts.var(axis=0) == pytest.approx(expected, rel=0.1)


# --- the log -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=NULLS)
def run(request, organisation):
    return run_null(NULLS[request.param].start, organisation, seed=1, replicate=0)


@pytest.fixture(scope="module")
def own():
    return ad.simulate(files.Scenario.load("typical"), replicates=1, log=True)


def kinds(frame):
    """Return what each column holds: whole numbers, words, ..."""
    return {name: kind.kind for name, kind in frame.dtypes.items()}


def test_the_log_has_the_columns_of_the_models_own(run, own):
    log, visits = run.frames()
    assert list(log) == list(own.log)
    assert list(visits) == list(own.visit_log)
    assert kinds(log) == kinds(own.log)
    assert kinds(visits) == kinds(own.visit_log)


def test_estimators_read_the_exported_tables_as_they_read_the_run(run):
    ranks = dict(enumerate(ranks_of(run.organisation).tolist()))
    exported = activities(*run.frames(), people=500, days=504, ranks=ranks)[0]
    for name, estimator in LOG_ESTIMATORS.items():
        assert estimator(exported, HALF_YEAR) == pytest.approx(estimator(run.activity(), HALF_YEAR), nan_ok=True), name


def test_replies_answer_threads_opened_in_the_last_week(run):
    log, _ = run.frames()
    replies = log[log["kind"] == "reply"].merge(log[log["kind"] == "post"], left_on="thread", right_on="id")
    assert len(replies) == (log["kind"] == "reply").sum() > 100
    assert (replies["id_x"] > replies["id_y"]).all()
    assert (replies["day_x"] - replies["day_y"]).between(0, 4).all()
    assert log["day"].is_monotonic_increasing


def test_who_writes_looks_on_that_day(run):
    log, visits = run.frames()
    assert {*zip(log["day"], log["person"], strict=True)} <= {*zip(visits["day"], visits["person"], strict=True)}


@pytest.mark.parametrize("name", NULLS)
def test_seed_and_replicate_decide_and_leavers_are_gone(name, organisation):
    one, same, other = (
        run_null(NULLS[name].start, organisation, seed=1, replicate=k, seed_share=0.6, leaver_share=1.0) for k in (0, 0, 1)
    )
    assert one.log.tobytes() == same.log.tobytes() != other.log.tobytes()
    assert one.visits[:, 0].max() < LEAVING_DAY
    assert one.log[:, 0].max() < LEAVING_DAY


# --- what each shows and misses ----------------------------------------------------------------------------------

RANK = ("managers_over_staff", "leaders_over_others")
INEQUALITY = ("gini_of_posters", "top_tenth_of_posters", "wrote_once")
NO_EDGE = ("lives_from_5", "lives_from_10")
SHOWS = {
    "bass": ("interactions", "answered", "lives_from_60"),
    "threshold": ("looked", "only_read", "contributed", "answered", "lives_from_5", "lives_from_40"),
    "lognormal": ("looked", "interactions", *INEQUALITY, "answered"),
    "lognormal_readers": tuple(row.name for row in FITTED_TO),
}
MISSES = {
    "bass": ("only_read", "contributed", *INEQUALITY, *RANK, *NO_EDGE),
    "threshold": (*INEQUALITY, *RANK, "reply_reinforcement"),
    "lognormal": ("only_read", "contributed", *RANK, *NO_EDGE),
    "lognormal_readers": (*RANK, *NO_EDGE),
}
CLAIMS = [
    (null, pattern, verdict)
    for verdict, table in (("holds", SHOWS), ("misses", MISSES))
    for null, patterns in table.items()
    for pattern in patterns
]


@cache
def verdicts(null):
    return cells_of(NULLS[null].start)


@pytest.mark.statistical
@pytest.mark.parametrize(("null", "pattern", "verdict"), CLAIMS)
def test_a_null_model_shows_and_misses_what_the_study_says(null, pattern, verdict):
    """24 runs with the numbers at which the fit begins."""
    assert verdicts(null)[pattern].verdict == verdict


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("null", "low", "high"), [("bass", 0.35, 0.45), ("lognormal", 0.35, 0.45), ("threshold", 0.0, 0.15)]
)
def test_only_among_thresholds_do_leavers_take_others_along(null, low, high):
    """60 % leave after a year: two fifths remain where nobody looks at others, hardly anybody where they do."""
    assert low < remaining(NULLS[null].start, replicates=24) < high


@pytest.mark.parametrize("null", NULLS)
def test_what_policies_do_cannot_be_asked_of_a_null_model(null):
    cells = verdicts(null)
    for name, pattern in PATTERNS.items():
        if pattern.number in {6, 10, 11, 12}:
            assert cells[name].verdict == "not asked"
            assert "cannot show" in cells[name].why


@pytest.mark.parametrize("null", ["bass", "lognormal", "lognormal_readers"])
def test_no_null_model_without_an_effect_of_answers_is_far_from_none(null):
    """Where writers differ in nothing that answers change, the interval of the odds ratio holds 1 or nearly."""
    simulated = verdicts(null)["reply_reinforcement"].row.simulated
    assert simulated.low < 1.15
    assert simulated.high > 0.85


def test_a_fit_brings_rates_closer_to_the_patterns_than_a_poor_start():
    null = NULLS["bass"]
    poor = type(null)(null.title, type(null.start)(**{**vars_of(null.start), "messages_a_month": 12.0}), null.free)
    found = fitted(poor, bass_curve(np.arange(1, 25), 0.1, 0.2, 0.82), steps=12, replicates=2)
    assert found.messages_a_month < 12.0
    assert (found.p, found.q, found.reach) == pytest.approx((0.1, 0.2, 0.82), rel=1e-3)


def test_without_steps_only_adoption_is_fitted():
    bass = fitted(NULLS["bass"], bass_curve(np.arange(1, 25), 0.1, 0.2, 0.82), steps=0)
    assert (bass.p, bass.q, bass.reach) == pytest.approx((0.1, 0.2, 0.82), rel=1e-3)
    assert bass.look_prob == NULLS["bass"].start.look_prob
    assert fitted(NULLS["threshold"], np.zeros(24), steps=0) == NULLS["threshold"].start


def vars_of(model):
    return {name: getattr(model, name) for name in type(model).__slots__}


# --- the text ----------------------------------------------------------------------------------------------------


def rows_of_the_text():
    """Return the cells of the text's table by the pattern's number and label."""
    lines = [line.strip("| ").split(" | ") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    return {tuple(cells[:2]): cells[3:] for cells in lines if len(cells) == len(NULLS) + 4 and cells[0].isdigit()}


def test_the_text_has_every_pattern_and_no_other():
    assert [*rows_of_the_text()] == [(str(pattern.number), pattern.label) for pattern in PATTERNS.values()]


@pytest.mark.parametrize(("null", "pattern", "verdict"), CLAIMS)
def test_the_text_says_of_the_fitted_models_what_is_tested_here(null, pattern, verdict):
    row = rows_of_the_text()[str(PATTERNS[pattern].number), PATTERNS[pattern].label]
    assert row[1 + [*NULLS].index(null)].replace("*", "").startswith(verdict)


def test_the_script_is_no_experiment_of_the_catalogue_and_refuses_other_endings(capsys):
    assert "null_models" not in files.shipped("experiments")
    spec = importlib.util.spec_from_file_location("null_models_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    with pytest.raises(SystemExit):
        script.main(["--out", "table.pdf"])
    assert "give a file that ends in .md or .csv" in capsys.readouterr().err

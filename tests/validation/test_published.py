"""What the published data show is computed by the model's estimators, and what is shipped of it is current."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from adoptsim.domain.errors import InputError
from adoptsim.validation import estimators, published
from adoptsim.validation.activity import LEADS, MANAGES
from adoptsim.validation.patterns import PATTERNS


@pytest.fixture(scope="module")
def computed(data_folder: Path) -> dict[str, published.Observed]:
    return published.compute_observed(data_folder)


def test_what_is_shipped_is_what_the_files_give(computed: dict[str, published.Observed]):
    """If not: adoptsim validate --data FOLDER --write-observed adoptsim/validation/observed.json."""
    assert published.SHIPPED.read_text(encoding="utf-8") == published.as_json(computed)


@pytest.mark.parametrize(
    ("name", "value", "within"),
    [
        ("weekly_posters", 0.27, 0.005),
        ("gini_of_openers", 0.57, 0.005),
        ("top_tenth_of_openers", 0.50, 0.005),
        ("opened_once", 0.47, 0.005),
        ("daily_visitors", 0.468, 0.005),
        ("leaders_over_managers", 0.99, 0.005),
        ("answered", 0.455, 0.005),
        ("median_messages", 4.0, 0.0),
        ("managers_over_staff", 1.65, 0.02),
        ("span", 4.5, 0.0),
        ("within_share", 0.34, 0.005),
        ("clustering", 0.40, 0.005),
        ("mean_path", 2.6, 0.02),
        ("density_ratio", 10.3, 0.05),
    ],
)
def test_the_files_give_what_the_record_of_evidence_says(
    name: str, value: float, within: float, computed: dict[str, published.Observed]
):
    assert computed[name].value == pytest.approx(value, abs=within)


def test_the_range_of_a_days_visitors_is_that_of_nine_tenths_of_the_chats_months(data_folder: Path):
    """On working days, as in the model; with weekends it is .38, which the record of evidence gives."""
    table = pd.read_csv(data_folder / published.CHAT_DAYS)
    date, daily, weekly = pd.to_datetime(table["date"]), table["daily_active_members"], table["weekly_active_members"]
    work = date.dt.day_of_week < 5
    months = [each[work].groupby(date[work].dt.to_period("M")).sum() for each in (daily, weekly)]
    row = PATTERNS["daily_visitors"]
    assert (months[0] / months[1]).quantile([0.05, 0.95]).tolist() == pytest.approx([row.low, row.high], abs=0.005)
    assert daily.sum() / weekly.sum() == pytest.approx(0.377, abs=0.005)


def test_the_range_of_leaders_over_managers_is_what_luck_among_accounts_allows(data_folder: Path):
    """Bootstrap over accounts, 4,000 times; the error of its ends is about .02."""
    mail, reports = (pd.read_csv(data_folder / name) for name in (published.MAIL, published.REPORTS))
    activity = published.mail_activity(mail, published.ranks_by_reports(reports))
    sent, random = np.bincount(activity.person, minlength=activity.n_people), np.random.default_rng(1)
    leaders, managers = (
        random.choice(sent[activity.rank == rank], (4000, int((activity.rank == rank).sum()))).mean(axis=1)
        for rank in (LEADS, MANAGES)
    )
    row = PATTERNS["leaders_over_managers"]
    assert np.quantile(leaders / managers, [0.025, 0.975]).tolist() == pytest.approx([row.low, row.high], abs=0.06)


def test_all_people_with_reports_together_send_1_65_times_as_much(data_folder: Path):
    """Evidence counts the senior leaders among them; the pattern's row leaves them out."""
    mail, reports = (pd.read_csv(data_folder / name) for name in (published.MAIL, published.REPORTS))
    ranks = {person: min(rank, MANAGES) for person, rank in published.ranks_by_reports(reports).items()}
    activity = published.mail_activity(mail, ranks)
    assert estimators.managers_over_staff(activity, activity.n_days) == pytest.approx(1.65, abs=0.005)


@pytest.mark.parametrize("name", [row.name for row in PATTERNS.values() if row.dataset])
def test_a_row_with_a_dataset_has_its_statistic_shipped(name: str):
    assert PATTERNS[name].dataset in published.shipped_observed()[name].file


@pytest.mark.parametrize("name", published.shipped_observed())
def test_a_shipped_statistic_belongs_to_a_row_and_says_where_it_is_from(name: str):
    statistic = published.shipped_observed()[name]
    assert PATTERNS[name].dataset
    assert statistic.n > 0
    assert all((statistic.of, statistic.file, statistic.citation))


def test_one_file_alone_gives_its_own_statistics(tmp_path: Path):
    row = "2020-01-06,10,20,5"
    (tmp_path / published.CHAT_DAYS).write_text(f"{','.join(published.COLUMNS[published.CHAT_DAYS])}\n{row}\n")
    found = published.compute_observed(tmp_path)
    assert {name: each.value for name, each in found.items()} == {"weekly_posters": 0.25, "daily_visitors": 0.5}


def test_weekends_are_no_working_days(tmp_path: Path):
    rows = ["2020-01-04,0,20,5", "2020-01-05,0,20,5", "2020-01-06,10,20,5"]  # Saturday, Sunday, Monday
    (tmp_path / published.CHAT_DAYS).write_text("\n".join([",".join(published.COLUMNS[published.CHAT_DAYS]), *rows]))
    assert published.compute_observed(tmp_path)["daily_visitors"].value == 0.5


@pytest.mark.parametrize(
    ("text", "message"),
    [("day,authors\n1,2\n", "no column ts, author, reply_count"), ("", "can't be read as a table")],
)
def test_a_file_that_is_another_is_named(text: str, message: str, tmp_path: Path):
    (tmp_path / published.CHAT_THREADS).write_text(text)
    with pytest.raises(InputError, match=message):
        published.compute_observed(tmp_path)


def test_a_folder_without_any_of_them_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="holds none of the published files"):
        published.compute_observed(tmp_path)

"""Statistics of published data, computed from their files by the estimators that read the model's log.

The data stay where they are: what is shipped is `observed.json`, written from here, and a test computes it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.network import describe_network
from adoptsim.domain.organisation import PersonRecord, build_organisation
from adoptsim.validation import estimators, lasting, threads
from adoptsim.validation.activity import LEADS, MANAGES, STAFF, Activity, activities
from adoptsim.validation.networks import NETWORK_ESTIMATORS, mean_span

if TYPE_CHECKING:
    import pandas as pd

SHIPPED = Path(__file__).with_name("observed.json")
DAY_SECONDS = 86_400
CALENDAR = {"week": 7, "month": 30}
SUPERSET = "Apache Superset's example data: a workplace chat's own analytics"
EMAIL_EU = "Leskovec, Kleinberg & Faloutsos 2007; Yin et al. 2017 (SNAP)"
MANUFACTURER = "Michalski 2020, doi:10.7910/DVN/6Z3CGX"
CHAT_DAYS, CHAT_THREADS = "superset_slack_daily.csv", "superset_slack_roots.csv"
MAIL, REPORTS = "manufacturing_email.csv.gz", "manufacturing_reports_to.csv"
TIES, DEPARTMENTS = "email_eu_core_edges.csv.gz", "email_eu_core_departments.csv"
COLUMNS = {
    CHAT_DAYS: ("date", "daily_active_members", "weekly_active_members", "weekly_members_posting_messages"),
    CHAT_THREADS: ("ts", "author", "reply_count"),
    MAIL: ("sender", "recipient", "ts"),
    REPORTS: ("id", "reports_to"),
    TIES: ("source", "target"),
    DEPARTMENTS: ("id", "department"),
}


@dataclass(frozen=True, slots=True)
class Observed:
    """One statistic of published data; ``name`` is that of the pattern it belongs to."""

    name: str
    value: float
    n: int
    of: str
    file: str
    citation: str


class _Figure(NamedTuple):
    value: float
    n: int
    of: str


def read_observed(path: Path = SHIPPED) -> dict[str, Observed]:
    """Return the shipped statistics by name."""
    rows = json.loads(path.read_text(encoding="utf-8"))["statistics"]
    return {row["name"]: Observed(**row) for row in rows}


def as_json(observed: Mapping[str, Observed]) -> str:
    """Return statistics as the text of the shipped file."""
    note = "Generated: adoptsim validate --data FOLDER --write-observed FILE. Values as computed, without bootstrap."
    rows = [asdict(each) | {"value": round(each.value, 6)} for each in observed.values()]
    return json.dumps({"note": note, "statistics": rows}, indent=1, ensure_ascii=False) + "\n"


def compute_observed(folder: Path) -> dict[str, Observed]:
    """Return the statistics of those published files that the folder holds, by name.

    Raises ``InputError`` if it holds none of them, or one whose columns are others.
    """
    if not folder.is_dir():
        raise InputError(Problem("is no folder; give the folder of the published data", "--data", str(folder)))
    found = {}
    for files, citation, compute in _SOURCES:
        if all((folder / file).exists() for file in files):
            tables = [_table(folder / file) for file in files]
            for name, figure in compute(*tables):
                found[name] = Observed(name, float(figure.value), int(figure.n), figure.of, " + ".join(files), citation)
    if not found:
        names = ", ".join(COLUMNS)
        raise InputError(Problem(f"holds none of the published files; expected are {names}", "--data", str(folder)))
    return found


def _table(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        table = pd.read_csv(path)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(Problem(f"can't be read as a table: {error}", "--data", str(path))) from None
    missing = [name for name in COLUMNS[path.name] if name not in table]
    if missing:
        message = f"has no column {', '.join(missing)}; expected are {', '.join(COLUMNS[path.name])}"
        raise InputError(Problem(message, "--data", str(path)))
    return table


# --- a workplace chat --------------------------------------------------------------------------------------------


def _chat_days(table: pd.DataFrame) -> Iterator[tuple[str, _Figure]]:
    """Yield how regularly its members look and write; the model's days are working days, and so are these."""
    import pandas as pd

    weekly = table["weekly_active_members"].to_numpy()
    posting = table["weekly_members_posting_messages"].to_numpy()
    yield "weekly_posters", _Figure(estimators.ratio_of_means(posting, weekly), len(table), "days")
    work = (pd.to_datetime(table["date"]).dt.day_of_week < 5).to_numpy()
    daily = table["daily_active_members"].to_numpy()
    yield "daily_visitors", _Figure(estimators.ratio_of_means(daily[work], weekly[work]), int(work.sum()), "working days")


def chat_activity(table: pd.DataFrame) -> Activity:
    """Return its opening posts and, where ``reply_count`` says so, replies by people unknown, on the day of the post."""
    import pandas as pd

    day = ((table["ts"] - table["ts"].min()) // DAY_SECONDS).astype("int64")
    thread = pd.Series(np.arange(len(table)), index=table.index)
    posts = pd.DataFrame({"day": day, "person": table["author"], "kind": "post", "thread": thread, "id": thread})
    replies = posts.loc[posts.index.repeat(table["reply_count"])].assign(kind="reply", person="somebody")
    replies["id"] = np.arange(len(posts), len(posts) + len(replies))
    return activities(pd.concat([posts, replies], ignore_index=True))[0]


def _chat_threads(table: pd.DataFrame) -> Iterator[tuple[str, _Figure]]:
    """Yield who is answered, and how unequally the opening posts are spread; their replies have no author."""
    activity = chat_activity(table)
    whole, week = activity.n_days, CALENDAR["week"]
    found = threads.threads_in(activity, whole, settled=week)
    n_answered = int(found.answered.sum())
    yield "answered", _Figure(threads.answered(activity, whole, settled=week), len(found.messages), "threads")
    yield "median_messages", _Figure(threads.median_messages(activity, whole, settled=week), n_answered, "answered threads")
    yield "mean_messages", _Figure(threads.mean_messages(activity, whole, settled=week), n_answered, "answered threads")
    yield "long_tail", _Figure(threads.long_tail(activity, whole, settled=week), n_answered, "answered threads")
    n_openers = len(estimators.threads_by_opener(activity, whole))
    for estimator in (estimators.gini_of_openers, estimators.top_tenth_of_openers, estimators.opened_once):
        yield estimator.__name__, _Figure(estimator(activity, whole), n_openers, "authors of opening posts")
    for lasts in (lasting.persistence, lasting.return_after_a_pause):
        yield lasts.__name__, _Figure(lasts(activity, whole, month=CALENDAR["month"]), n_openers, "authors of opening posts")


# --- a manufacturer ----------------------------------------------------------------------------------------------


def mail_activity(mail: pd.DataFrame, ranks: Mapping[Any, int]) -> Activity:
    """Return mails as posts, one to several recipients as one; people are those accounts that sent any."""
    import pandas as pd

    distinct = mail[mail["sender"] != mail["recipient"]].drop_duplicates(["sender", "ts"])
    distinct = distinct[distinct["sender"].isin(list(ranks))].sort_values("ts", kind="stable")
    day = ((distinct["ts"] - distinct["ts"].min()) // DAY_SECONDS).astype("int64")
    number = np.arange(len(distinct))
    log = pd.DataFrame({"day": day, "person": distinct["sender"], "kind": "post", "thread": number, "id": number})
    sent = {person: rank for person, rank in ranks.items() if person in set(distinct["sender"])}
    return activities(log, ranks=sent)[0]


def ranks_by_reports(reports: pd.DataFrame) -> dict[int, int]:
    """Return each account's rank: the head leads, and so do people with reports who report to the head."""
    above = dict(zip(reports["id"].tolist(), reports["reports_to"].tolist(), strict=True))
    heads = {person for person, boss in above.items() if person == boss}
    managers = {boss for person, boss in above.items() if person != boss}
    return {
        person: STAFF if person not in managers | heads else LEADS if boss in heads else MANAGES
        for person, boss in above.items()
    }


def _manufacturer(mail: pd.DataFrame, reports: pd.DataFrame) -> Iterator[tuple[str, _Figure]]:
    activity = mail_activity(mail, ranks_by_reports(reports))
    for estimator in (estimators.managers_over_staff, estimators.leaders_over_others, estimators.leaders_over_managers):
        yield estimator.__name__, _Figure(estimator(activity, activity.n_days), activity.n_people, "accounts that sent mail")
    others = reports[reports["id"] != reports["reports_to"]]
    spans = others["reports_to"].value_counts().to_numpy()
    yield "span", _Figure(mean_span(spans), len(spans), "people with reports")


# --- a research institution --------------------------------------------------------------------------------------


def _research_institution(ties: pd.DataFrame, departments: pd.DataFrame) -> Iterator[tuple[str, _Figure]]:
    people = [
        PersonRecord(id=str(person), department=str(department))
        for person, department in departments[["id", "department"]].itertuples(index=False)
    ]
    pairs = [(str(one), str(other)) for one, other in ties[["source", "target"]].itertuples(index=False)]
    network = describe_network(build_organisation(people, pairs, seed=0), path_sample=len(people))
    for name, estimator in NETWORK_ESTIMATORS.items():
        if name != "span":  # nobody's manager is known
            yield name, _Figure(estimator(network), len(people), "people")


_SOURCES: tuple[tuple[tuple[str, ...], str, Callable[..., Iterator[tuple[str, _Figure]]]], ...] = (
    ((CHAT_DAYS,), SUPERSET, _chat_days),
    ((CHAT_THREADS,), SUPERSET, _chat_threads),
    ((MAIL, REPORTS), MANUFACTURER, _manufacturer),
    ((TIES, DEPARTMENTS), EMAIL_EU, _research_institution),
)


@cache
def shipped_observed() -> Mapping[str, Observed]:
    """Return the shipped statistics, read once."""
    return read_observed()

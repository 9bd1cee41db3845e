"""What people did on one platform, as integer arrays: the one form that every estimator reads, model's or real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adoptsim.domain.errors import InputError, Problem
from adoptsim.domain.organisation import Organisation
from adoptsim.engine.log import LOG_KINDS, LOG_POST, LOG_REACTION, LOG_REPLY
from adoptsim.engine.state import CURSOR, World

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]
STAFF, MANAGES, LEADS = 0, 1, 2
NOT_YET = np.iinfo(np.int64).max
NEEDED = ("day", "person", "kind", "thread", "id")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One replicate, or one platform's export: people are 0..n_people - 1, days 0..n_days - 1."""

    n_people: int
    n_days: int
    day: Ints  # (events,)
    person: Ints  # (events,)
    kind: Ints  # (events,) place in LOG_KINDS
    thread: Ints  # (events,) place of the opening post among the events, -1 where the log doesn't hold it
    visit_day: Ints  # (visits,)
    visit_person: Ints  # (visits,)
    anonymous: Flags  # (events,) not signed
    by_employee: Flags  # (events,) neither champion nor leader; where roles are unknown, everybody
    rank: Ints | None = None  # (n_people,) STAFF, MANAGES (has reports) or LEADS (senior leader)

    @property
    def written(self) -> Flags:
        """Return which events are posts or replies."""
        return np.asarray(self.kind != LOG_REACTION)

    @property
    def posts(self) -> Flags:
        """Return which events open a thread."""
        return np.asarray(self.kind == LOG_POST)

    @cached_property
    def first_answers(self) -> Ints:
        """Return for each event the day of the first reply by somebody else to the thread it opened, or ``NOT_YET``."""
        replies = np.flatnonzero((self.kind == LOG_REPLY) & (self.thread >= 0))
        opening = self.thread[replies]
        others = self.person[replies] != self.person[opening]
        first = np.full(len(self.day), NOT_YET)
        np.minimum.at(first, opening[others], self.day[replies[others]])
        return first


def ranks_of(organisation: Organisation) -> Ints:
    """Return each person's rank: staff, people with reports, senior leaders."""
    return np.where(organisation.is_leader, LEADS, np.where(organisation.reports > 0, MANAGES, STAFF))


def activity_of(world: World, organisation: Organisation, by_employee: Flags) -> Activity:
    """Return what a finished replicate's people did, from its log as the engine wrote it."""
    log, visits = world.log[: world.cursor[CURSOR.logged]], world.visit_log[: world.cursor[CURSOR.visits_logged]]
    columns = np.ascontiguousarray(log.T)
    return Activity(
        n_people=organisation.n_people,
        n_days=len(world.counts),
        day=columns[0],
        person=columns[1],
        kind=columns[2],
        thread=columns[6],
        visit_day=visits[:, 0].copy(),
        visit_person=visits[:, 1].copy(),
        anonymous=columns[5] == 1,
        by_employee=by_employee,
        rank=ranks_of(organisation),
    )


# --- from tables -----------------------------------------------------------------------------------------------


def activities(
    log: pd.DataFrame,
    visits: pd.DataFrame | None = None,
    *,
    people: int | None = None,
    days: int | None = None,
    ranks: Mapping[Any, int] | None = None,
) -> list[Activity]:
    """Return what was done, one activity a replicate; a log without that column is one.

    Parameters
    ----------
    log
        One row a contribution: day (whole number), person, kind (post, reply, reaction), thread (id of the opening
        post), id; ``role`` and ``anonymous`` where known. What `adoptsim run --log` writes, or a platform's export.
    visits
        One row a person and day; without it nobody is known to have only looked.
    people
        How many there are on the staff; by default those who appear in the tables.
    days
        How many days the tables cover; by default up to the last one in them.
    ranks
        Rank of each person, by the same names as in the log.

    Raises ``InputError`` for tables that can't be read so.
    """
    missing = [name for name in NEEDED if name not in log]
    if missing:
        raise InputError(Problem(f"has no column {', '.join(missing)}; needed are {', '.join(NEEDED)}", "the log"))
    if visits is None:
        visits = log.iloc[:0]
    log = log.sort_values("day", kind="stable")  # an export may stand in any order
    n_days = days or 1 + int(max(log["day"].max(), visits["day"].max() if len(visits) else 0))
    if "replicate" not in log:
        return [_activity(log, visits, people, n_days, ranks)]
    numbers = sorted({*log["replicate"].unique(), *(visits["replicate"].unique() if "replicate" in visits else ())})
    return [
        _activity(log[log["replicate"] == number], visits[visits["replicate"] == number], people, n_days, ranks)
        for number in numbers
    ]


def _activity(
    log: pd.DataFrame, visits: pd.DataFrame, people: int | None, n_days: int, ranks: Mapping[Any, int] | None
) -> Activity:
    import pandas as pd

    known = list(ranks) if ranks else []
    codes, names = pd.factorize(pd.concat([pd.Series(known, dtype=object), log["person"], visits["person"]]).astype(object))
    after = codes[len(known) :]
    n_people = max(people or 0, len(names))
    return Activity(
        n_people=n_people,
        n_days=n_days,
        day=log["day"].to_numpy(dtype=np.int64),
        person=after[: len(log)],
        kind=_kinds(log["kind"]),
        thread=_places(log),
        visit_day=visits["day"].to_numpy(dtype=np.int64),
        visit_person=after[len(log) :],
        anonymous=log["anonymous"].to_numpy() == 1 if "anonymous" in log else np.zeros(len(log), np.bool_),
        by_employee=(log["role"] == "employee").to_numpy() if "role" in log else np.ones(len(log), np.bool_),
        rank=_rank_array(list(ranks.values()), n_people) if ranks else None,
    )


def _rank_array(ranks: Sequence[int], n_people: int) -> Ints:
    return np.array([*ranks, *[STAFF] * (n_people - len(ranks))], dtype=np.int64)


def _kinds(kinds: pd.Series) -> Ints:
    code = {name: place for place, name in enumerate(LOG_KINDS)}
    unknown = sorted({*kinds.unique()} - {*code})
    if unknown:
        wrong = ", ".join(map(repr, unknown[:3]))
        raise InputError(Problem(f"{wrong}: give {', '.join(LOG_KINDS[:-1])} or {LOG_KINDS[-1]}", "the log's kind"))
    return kinds.map(code).to_numpy(dtype=np.int64)


def _places(log: pd.DataFrame) -> Ints:
    """Return the row of each event's opening post, -1 where it isn't there."""
    import pandas as pd

    rows = pd.Index(log["id"])
    if not rows.is_unique:
        again = rows[rows.duplicated()][0]
        raise InputError(Problem(f"{again} stands twice; give each contribution an id of its own", "the log's id"))
    return np.asarray(rows.get_indexer(log["thread"]))

"""Three null models, each one published idea alone, writing the log that the model writes: to be held against its patterns.

No policy enters them. Every draw comes from a generator keyed by seed and replicate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from adoptsim.domain.organisation import Organisation
from adoptsim.domain.scenario import MONTH_DAYS
from adoptsim.engine.log import LOG_COLUMNS, LOG_KINDS, LOG_POST, LOG_REPLY
from adoptsim.engine.state import KINDS
from adoptsim.records import EXPORT_COLUMNS, named
from adoptsim.validation.activity import Activity, Flags, Ints, ranks_of
from adoptsim.validation.cases import LEAVING_DAY
from adoptsim.validation.estimators import WEEK, Floats
from adoptsim.validation.patterns import TWO_YEARS

if TYPE_CHECKING:
    import pandas as pd

RECENT_DAYS = WEEK
"""Days for which a thread can be replied to."""


class Staff(NamedTuple):
    """Who is there, who is made to begin on day 0, and until which day each stays."""

    organisation: Organisation
    n_days: int
    begins: Flags  # (people,)
    until: Ints  # (people,) first day without this person

    @property
    def there(self) -> Flags:
        """Return who has not left for good, bool[days, people]."""
        return np.asarray(np.arange(self.n_days)[:, None] < self.until)


class Habits(NamedTuple):
    """What a model says of people's days, float64[days, people] each."""

    look_prob: Floats
    messages: Floats  # expected posts and replies


class NullModel(Protocol):
    """One idea: what people's days are like if nothing else were true."""

    citation: ClassVar[str]

    @property
    def reply_share(self) -> float:
        """Return the share of messages that are replies to a thread picked at random."""
        ...

    def habits(self, staff: Staff, rng: np.random.Generator) -> Habits:
        """Return what people's days are like."""
        ...


# --- adoption ----------------------------------------------------------------------------------------------------


def bass_curve(months: npt.ArrayLike, p: float, q: float, reach: float = 1.0) -> Floats:
    """Return the share of staff who have adopted after so many months, of whom ``reach`` ever do (Bass 1969)."""
    decay = np.exp(-(p + q) * np.asarray(months, dtype=np.float64))
    return np.asarray(reach * (1.0 - decay) / (1.0 + q / p * decay))


def fit_bass(months: npt.ArrayLike, adopted: npt.ArrayLike) -> tuple[float, float, float]:
    """Return (p, q, reach) with the least squared distance to the share of staff who have adopted by month."""
    from scipy.optimize import curve_fit

    bounds = ([1e-5, 1e-5, 0.05], [1.0, 3.0, 1.0])
    found, _ = curve_fit(bass_curve, np.asarray(months), np.asarray(adopted), p0=(0.02, 0.15, 0.8), bounds=bounds)
    p, q, reach = found.tolist()
    return p, q, reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Bass:
    """People adopt by themselves or because others have; who has adopted looks and writes at the common rate."""

    citation: ClassVar[str] = "Bass 1969, Management Science 15: 215-227"

    p: float  # a month, by oneself
    q: float  # a month, times the share of adopters
    reach: float  # share of staff who ever adopt
    look_prob: float
    messages_a_month: float
    reply_share: float

    def habits(self, staff: Staff, rng: np.random.Generator) -> Habits:
        """Return what people's days are like."""
        users = self.adopters(staff, rng) & staff.there
        return Habits(np.where(users, self.look_prob, 0.0), np.where(users, self.messages_a_month / MONTH_DAYS, 0.0))

    def adopters(self, staff: Staff, rng: np.random.Generator) -> Flags:
        """Return who has adopted by when, bool[days, people]: nobody ever stops."""
        adopted, reachable = staff.begins.copy(), rng.random(len(staff.begins)) < self.reach
        days = np.zeros((staff.n_days, len(adopted)), np.bool_)
        for day in range(staff.n_days):
            hazard = (self.p + self.q * adopted.mean() / self.reach) / MONTH_DAYS
            adopted = adopted | (reachable & (rng.random(len(adopted)) < -np.expm1(-hazard)))
            days[day] = adopted
        return days


# --- thresholds --------------------------------------------------------------------------------------------------


def active_contacts(organisation: Organisation, active: Flags) -> Floats:
    """Return the share of each person's contacts who are active; 0 for nobody's contact."""
    among = np.concatenate(([0], np.cumsum(active[organisation.neighbours])))
    counted = among[organisation.indptr[1:]] - among[organisation.indptr[:-1]]
    return np.asarray(counted / np.maximum(organisation.degree, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """People contribute as long as the share of their contacts who do exceeds their threshold; instigators always."""

    citation: ClassVar[str] = "Granovetter 1978, American Journal of Sociology 83: 1420-1443"

    mean: float  # of the thresholds
    sd: float
    instigators: float  # share of staff, threshold 0
    reach: float  # share of staff who ever look
    look_prob: float
    messages_a_month: float  # of somebody active
    reply_share: float

    def habits(self, staff: Staff, rng: np.random.Generator) -> Habits:
        """Return what people's days are like."""
        n_people = len(staff.begins)
        reachable = rng.random(n_people) < self.reach
        threshold = rng.normal(self.mean, self.sd, n_people)
        threshold[rng.random(n_people) < self.instigators / self.reach] = 0.0
        threshold[~reachable] = np.inf
        active, looks = active_by_day(staff, threshold), staff.there & reachable
        return Habits(np.where(looks, self.look_prob, 0.0), np.where(active, self.messages_a_month / MONTH_DAYS, 0.0))


def active_by_day(staff: Staff, threshold: Floats) -> Flags:
    """Return who is active on which day, bool[days, people]; all decide at once, by what was so the day before."""
    there, active, settled = staff.there, staff.begins, False
    days = np.zeros(there.shape, np.bool_)
    for day in range(staff.n_days):
        if not settled or (there[day] != there[day - 1]).any():
            now = there[day] & (active_contacts(staff.organisation, active) >= threshold)
            settled, active = bool((now == active).all()), now
        days[day] = active
    return days


# --- propensity --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal:
    """People look and write at rates of their own, lognormal over people and the same on every day."""

    citation: ClassVar[str] = "Shockley 1957, Proceedings of the IRE 45: 279-290"

    sd: float  # of the logarithm of a person's rate
    looks_a_month: float  # of the mean person
    messages_a_month: float  # of the mean person who writes
    reply_share: float
    readers: float = 0.0  # share of staff who never write

    def habits(self, staff: Staff, rng: np.random.Generator) -> Habits:
        """Return what people's days are like."""
        n_people = len(staff.begins)
        own = np.exp(self.sd * rng.standard_normal(n_people) - self.sd**2 / 2.0)
        looks = -np.expm1(-self.looks_a_month / MONTH_DAYS * own)
        writes = self.messages_a_month / MONTH_DAYS * own * (rng.random(n_people) >= self.readers)
        return Habits(np.where(staff.there, looks, 0.0), np.where(staff.there, writes, 0.0))


# --- the log -----------------------------------------------------------------------------------------------------


class NullRun(NamedTuple):
    """One replicate of a null model as the engine would have logged it."""

    organisation: Organisation
    n_days: int
    log: Ints  # (events, LOG_COLUMNS)
    visits: Ints  # (visits, 2) day and person

    def activity(self) -> Activity:
        """Return what the estimators read."""
        column = dict(zip(LOG_COLUMNS, self.log.T, strict=True))
        return Activity(
            n_people=self.organisation.n_people,
            n_days=self.n_days,
            day=column["day"],
            person=column["person"],
            kind=column["kind"],
            thread=column["thread"],
            visit_day=self.visits[:, 0],
            visit_person=self.visits[:, 1],
            anonymous=column["anonymous"] == 1,
            by_employee=~self.organisation.is_leader[column["person"]],
            rank=ranks_of(self.organisation),
        )

    def frames(self, replicate: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the event log and the log of visits as ``adoptsim run`` writes them."""
        import pandas as pd

        log = pd.DataFrame(self.log, columns=list(LOG_COLUMNS))
        people, departments = named(self.organisation, self.log[:, 1], self.organisation.department[self.log[:, 1]])
        role = np.where(self.organisation.is_leader[self.log[:, 1]], "leader", "employee")
        log = log.assign(replicate=replicate, id=np.arange(len(log)), person=people, department=departments, role=role)
        log["kind"], log["content"] = np.array(LOG_KINDS)[log["kind"]], np.array(KINDS)[log["content"]]
        log["parent"] = log["parent"].where(log["parent"] >= 0).astype("Int64")
        visitors, _ = named(self.organisation, self.visits[:, 1], 0)
        return log[EXPORT_COLUMNS], pd.DataFrame({"replicate": replicate, "day": self.visits[:, 0], "person": visitors})


def run_null(
    model: NullModel,
    organisation: Organisation,
    *,
    seed: int,
    replicate: int,
    seed_share: float = 0.0,
    leaver_share: float = 0.0,
    n_days: int = TWO_YEARS,
) -> NullRun:
    """Return one replicate: ``seed_share`` of staff begin on day 0, ``leaver_share`` leave for good after a year."""
    rng = np.random.default_rng((seed, replicate))
    begins, leaves = rng.random((2, organisation.n_people))
    until = np.where(leaves < leaver_share, LEAVING_DAY, n_days)
    habits = model.habits(Staff(organisation, n_days, begins < seed_share, until), rng)
    day, person = draw_messages(habits.messages, rng)
    looked = rng.random(habits.look_prob.shape) < habits.look_prob
    looked[day, person] = True
    return NullRun(organisation, n_days, write_log(day, person, model.reply_share, rng), np.argwhere(looked))


def draw_messages(expected: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the day and the person of each message, in the order of time: a Poisson number of each person and day.

    Drawn as a Poisson number in all, each where it is expected: the same, and ten times quicker.
    """
    up_to = np.cumsum(expected)
    place = np.searchsorted(up_to, rng.random(rng.poisson(up_to[-1])) * up_to[-1], side="right")
    day, person = np.divmod(place, expected.shape[1])
    order = np.argsort(day, kind="stable")  # within a day as drawn
    return day[order], person[order]


def write_log(day: Ints, person: Ints, reply_share: float, rng: np.random.Generator) -> Ints:
    """Return the log of messages, int64[events, LOG_COLUMNS].

    A message opens a thread, or with ``reply_share`` answers one of those opened in the last week, each as likely as any;
    where there is none, it is not written.
    """
    is_post = rng.random(len(day)) >= reply_share
    opened = day[is_post]
    oldest = np.searchsorted(opened, day - RECENT_DAYS, side="right")
    newest = np.cumsum(is_post)  # threads opened before, and a post's own
    kept = is_post | (newest > oldest)
    picked = np.where(is_post, newest - 1, oldest + (rng.random(len(day)) * (newest - oldest)).astype(np.int64))[kept]
    row_of_post = np.flatnonzero(is_post[kept])
    log = np.zeros((int(kept.sum()), len(LOG_COLUMNS)), np.int64)
    column = LOG_COLUMNS.index
    thread = row_of_post[picked] if len(picked) else picked
    log[:, column("day")], log[:, column("person")] = day[kept], person[kept]
    log[:, column("kind")] = np.where(is_post[kept], LOG_POST, LOG_REPLY)
    log[:, column("thread")] = thread
    log[:, column("parent")] = np.where(is_post[kept], -1, thread)
    return log

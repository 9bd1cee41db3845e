"""The state of one replicate as arrays, without behaviour. One row a person, a thread, a leader or a department.

State is stored in single precision and computed in double: half the memory traffic, and the plain reference model
can give the same bits by rounding where an array would.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple

from adoptsim.domain.definitions import DEFINITION

ROLES = ("employee", "champion", "leader")
KINDS = ("question", "knowledge", "leisure", "idea", "concern")
QUESTION, KNOWLEDGE, LEISURE, IDEA, CONCERN = range(5)
OUTCOMES = ("waiting", "answered", "acted", "explained", "ignored", "aged_out", "defensive", "deleted", "sanctioned")
WAITING, ANSWERED, ACTED, EXPLAINED, IGNORED, AGED_OUT, DEFENSIVE, DELETED, SANCTIONED = range(9)

UNREACHABLE, OUTSIDER, MEMBER, LEFT = 0, 1, 2, 3  # codes of membership
NUDGE_NONE, NUDGE_NOTICE, NUDGE_POSTS, NUDGE_SEED = 0, 1, 2, 3  # codes of a nudge
CREDIT_NONE, CREDIT_REACTION, CREDIT_REPLY = 0, 1, 2  # what a thread's author has learned of responses so far
NEVER = -10_000  # a day before all days
ACTIVE_DAYS: int = DEFINITION.month_days  # the window, in working days, in which somebody counts as using or contributing
EMPLOYEE_ROLE, CHAMPION_ROLE, LEADER_ROLE = 0, 1, 2  # codes of a role, in the order of ROLES
NOT_READY = -1.0  # a drive on which nothing has depended today
BLOCK = 512  # people a block: its scratch stays in the first-level cache


def _columns(kind: str, names: str) -> Any:
    """Return a tuple of positions by name: ``LEVEL.habit`` is the row of habit in ``World.level``."""
    fields = names.split()
    return namedtuple(kind, fields)(*range(len(fields)))


# Rows of arrays that have one column a person
LEVEL = _columns("Level", "habit reward responsiveness trust safety trust_target safety_target permission")
MARK = _columns("Mark", "membership nudge leader_active role visited first_visit prompts spoke contributed touched")
TALLY = _columns(
    "Tally",
    "last_visit last_contribution contacts_contributing value_waiting value seen visits posts replies reactions silences "
    "voiced answered",
)
TRAIT = _columns(
    "Trait",
    "prompt_prob readiness reluctance threshold value_half trust_offset safety_offset permission_offset "
    "champion_rank seed_rank start_rank inverse_degree",
)
PLACE = _columns("Place", "manager department group is_leader roster")  # roster: people in order of department
DRIVE = _columns("Drive", "engagement reply")
LIST = _columns("List", "visitors contributors touched found")
# Columns of arrays that have one row a thread, and rows of arrays that have one column a thread, leader or department
THREAD = _columns(
    "Thread",
    "author day appears last_activity kind critical anonymous abusive broadcast echo outcome in_inbox credit "
    "replies new_replies new_leader_replies reactions new_reactions next_in_inbox log_id feed_start feed_step",
)
SLOT = _columns("Slot", "alive free in_feed")
LEADER = _columns("Leader", "person group head tail last_before_today last_arrival_day away_until first_office")
OFFICE = _columns("Office", "start leader next")  # next: the next department of the same leader, or -1
CURSOR = _columns(
    "Cursor",
    "alive free visitors contributors touched waiting using contributing members logged visits_logged overflow champions",
)


class World(NamedTuple):
    """Everything that one replicate is made of. Flat, and few arrays: what makes compiling quick and calls cheap."""

    key: Any  # uint64[2]: seed, replicate
    indptr: Any  # int64[N + 1]: ties (CSR)
    neighbours: Any  # uint32[2 E], ascending in each row
    segment: Any  # int64[segments, 3]: start, end, group of contiguous people under the same levers
    office: Any  # int64[OFFICE, departments + 1]: first person, row of the leader who answers for it
    leader: Any  # int32[LEADER, leaders]: person, group, the inbox as a queue of threads (-1: empty), day of taking over
    place: Any  # int32[PLACE, N]
    trait: Any  # float32[TRAIT, N]: what stays as it is in a person
    level: Any  # float32[LEVEL, N]: what changes, each in [0, 1]; targets change when a lever moves
    mark: Any  # uint8[MARK, N]: codes and flags; ``prompts``: a bit for each of the same four days
    tally: Any  # int32[TALLY, N]: days, counts, worth in thousandths of an item
    drive: Any  # float64[DRIVE, N]: readiness of today's visitors, of those on whom anything has depended
    need: Any  # float64[N]: what makes a visit half worth it, to the power that the worth of a visit rises with
    evidence: Any  # int32[N, 8]: what was lived through and seen today, thousandths of an event
    stamp: Any  # int64[N]: last thread that reached the person
    list: Any  # int32[LIST, N]
    there: Any  # uint64[N / 64]: who is there today, a bit a person: small enough to stay close at hand
    using: Any  # uint64[N / 64]: who has looked within the window, a bit a person
    words: Any  # uint32[4, BLOCK]: counters, then random words
    luck: Any  # uint32[4, N]: random words that decide who looks, for four days from the last that four divides
    chance: Any  # float64[N + BLOCK]: a chance each, of people or of pairs
    pair: Any  # int32[3, N + BLOCK]: reader, thread; which of a block see theirs
    thread: Any  # int32[T, THREAD]: opening posts and what became of them; rows are reused
    lesson: Any  # int32[T, 8]: what a thread teaches those who see it today, thousandths of an event
    slot: Any  # int32[SLOT, T]: rows in use in order of creation, a stack of those that are not, those in the feed
    arrival_key: Any  # float64[T]: orders threads that reach an inbox on the same day
    cursor: Any  # int64[CURSOR]: running counts
    counts: Any  # int64[days, COUNTS]: observed; never read by the day
    climate: Any  # float64[days, LEVELS]: mean and spread over all people
    departments: Any  # float64[months, departments, DEPARTMENT]: sums over the month, levels at its end
    log: Any  # int32[events, 8]; 0 rows: no log
    visit_log: Any  # int32[visits, 2]: day, person; 0 rows: no log


COUNTS = (
    "members",
    "using",
    "visitors",
    "readers",
    "contributors",
    "prompts",
    "absent",
    "unmoved",
    "leisure_barred",
    "posts_question",
    "posts_knowledge",
    "posts_leisure",
    "posts_idea",
    "posts_concern",
    "silence_idea",
    "silence_concern",
    "silence_critical",
    "leader_posts",
    "broadcasts",
    "echoes",
    "posts_employee",
    "posts_champion",
    "posts_leader",
    "replies_employee",
    "replies_champion",
    "replies_leader",
    "reactions_employee",
    "reactions_champion",
    "reactions_leader",
    "reads_employee",
    "reads_champion",
    "reads_leader",
    "visits_employee",
    "visits_champion",
    "visits_leader",
    "champions",
    "critical_posts",
    "anonymous_posts",
    "abusive_posts",
    "held",
    "moderation_deleted",
    "needing_answer",
    "answered",
    "acted",
    "explained",
    "ignored",
    "aged_out",
    "defensive",
    "deleted",
    "sanctioned",
    "answer_delay",
    "waiting",
    "threads_settled",
    "threads_answered",
)
COUNT = _columns("Count", " ".join(COUNTS))
"""Column of each daily count: ``counts[day, COUNT.visitors]``."""

LEVELS = ("trust", "safety", "responsiveness", "trust_sd", "safety_sd", "responsiveness_sd")
DEPARTMENT_COUNTS = (
    "visits",
    "contributor_days",
    "prompted_voice",
    "silence",
    "needing_answer",
    "answered",
    "contributors",
    "trust",
    "safety",
)
DEPARTMENT = _columns("Department", " ".join(DEPARTMENT_COUNTS))

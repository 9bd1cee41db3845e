"""A story is true to the records: each of its sentences is found again in the log that a platform would export."""

from collections import Counter

import numpy as np
import pytest

import adoptsim as ad
from adoptsim.analysis.diary import Event
from adoptsim.analysis.pairs import Pair
from adoptsim.analysis.people import Names
from adoptsim.analysis.story import HOW_CHOSEN, Story, story_of
from adoptsim.domain.practices import PRACTICES
from adoptsim.engine.groups import group_codes
from adoptsim.engine.state import COUNT
from adoptsim.simulation import Simulator, simulate

LIVELY = {"prompt_rate": 0.8, "lurker_share": 0.4, "activation_base": 2.0}
SEED, DAYS, PEOPLE = 5, 100, 60
RESOLVED = ("answered", "acted", "explained", "ignored", "aged_out", "defensive", "sanctioned")
NAMES = ("with it", "without it")


def scenario(**practices) -> ad.Scenario:
    return ad.Scenario(
        name="pair",
        organisation={"people": PEOPLE},
        parameters=LIVELY,
        horizon={"days": DAYS, "support_until": 60},
        practices=practices,
    )


ALL = dict.fromkeys(PRACTICES, 1.0)
WITH = scenario(
    **ALL,
)
WITHOUT = scenario(**{name: 1.0 for name in PRACTICES if name not in {"act_on_contributions", "safe_space"}})
HELD = scenario(**ALL | {"trust_employees": {"misused": True}, "negative_comments": {"misused": True}})


class Record:
    """What a run leaves behind for everybody to read: the log, the visits, the counts."""

    def __init__(self, asked: ad.Scenario) -> None:
        result = simulate(asked, replicates=[0], seed=SEED, threads=1, log=True)
        self.log = result.log.to_dict("records")
        self.visits = set(zip(result.visit_log["day"], result.visit_log["person"], strict=True))
        self.counts = result.counts[0]
        self.responses: dict[tuple[int, int, str], list[dict]] = {}
        self.first_answer: dict[int, int] = {}
        for row in self.log:
            self.responses.setdefault((row["day"], row["person"], row["kind"]), []).append(row)
            if row["kind"] == "reply" and row["role"] == "leader":
                self.first_answer.setdefault(row["thread"], row["day"])

    def is_there(self, day: int, person: int) -> bool:
        """Return whether somebody looked on a day."""
        return (day, person) in self.visits

    def responds(self, event: Event, person: int, kind: str) -> bool:
        """Return whether somebody has responded to the event's thread on its day."""
        return event.thread in [row["thread"] for row in self.responses.get((event.day, person, kind), [])]

    def is_author(self, event: Event, person: int) -> bool:
        """Return whether the event's thread is somebody's own, and says what the event has it say."""
        post = self.log[event.thread]
        return (post["kind"], post["person"], post["content"]) == ("post", person, event.content)

    def holds(self, event: Event, person: int) -> bool:
        """Return whether the records say what an event says."""
        return getattr(self, f"_{event.what}")(event, person)

    def _looks(self, event: Event, person: int) -> bool:
        return self.is_there(event.day, person)

    _unmoved = _barred = _silent = _held = _deleted_in_review = _looks
    """Of these the log knows only that somebody was there; the day's totals know the rest, see below."""

    def _absent(self, event: Event, person: int) -> bool:
        return not self.is_there(event.day, person)

    def _posts(self, event: Event, person: int) -> bool:
        post = self.log[event.thread]
        said = (post["day"], bool(post["critical"]), bool(post["anonymous"]))
        return self.is_author(event, person) and said == (event.day, event.critical, event.anonymous)

    def _replies(self, event: Event, person: int) -> bool:
        return self.responds(event, person, "reply")

    def _reacts(self, event: Event, person: int) -> bool:
        return self.responds(event, person, "reaction")

    def _replied_to(self, event: Event, person: int) -> bool:
        return self.is_author(event, person) and self.responds(event, event.other, "reply")

    def _reacted_to(self, event: Event, person: int) -> bool:
        return self.is_author(event, person) and self.responds(event, event.other, "reaction")

    def _dealt_with(self, event: Event, person: int) -> bool:
        """An answer is a leader's reply to one's own post on that day; nothing else leaves a reply by being dealt with."""
        in_words = event.outcome in ("answered", "acted", "explained", "defensive")
        return self.is_author(event, person) and (not in_words or self.responds(event, event.other, "reply"))

    def _sees_answer(self, event: Event, person: int) -> bool:
        """A leader has replied to that thread on a day before: what is seen was there in the morning."""
        return self._sees(event, person) and self.first_answer[event.thread] < event.day

    def _sees_punishment(self, event: Event, person: int) -> bool:
        return self._sees(event, person) and event.critical

    def _sees(self, event: Event, person: int) -> bool:
        return self.is_there(event.day, person) and event.other != person and self.is_author(event, event.other)


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair(WITH, HELD, seed=SEED)


@pytest.fixture(scope="module")
def records() -> tuple[Record, Record]:
    return Record(WITH), Record(HELD)


@pytest.fixture(scope="module")
def stories(pair: Pair) -> list[Story]:
    return [story_of(pair, 0, NAMES, person) for person in range(PEOPLE)]


def test_every_event_of_everybody_s_story_is_in_the_records(stories, records):
    for story in stories:
        for history, record in zip((story.first, story.second), records, strict=True):
            assert [event for event in history.events if not record.holds(event, story.person)] == []


def test_the_stories_checked_have_every_kind_of_event(stories):
    """Otherwise stories in which nothing happens would pass for true."""
    kinds = {event.what for story in stories for event in (*story.first.events, *story.second.events)}
    checked = {name.removeprefix("_") for name in vars(Record) if name.startswith("_") and not name.startswith("__")}
    assert kinds == checked - {"sees"}


def test_everybody_s_events_add_up_to_the_daily_totals(stories, records):
    """What the log leaves out, such as silence and its kind, is held against the day's own totals."""
    for side, record in zip(("first", "second"), records, strict=True):
        found: Counter[tuple[int, str]] = Counter()
        for story in stories:
            found.update((event.day, total) for event in getattr(story, side).events for total in totals_of(event))
        for name in {name for _, name in found} | {"silence_idea", "silence_concern", *RESOLVED}:
            by_day = [found[day, name] for day in range(DAYS)]
            np.testing.assert_array_equal(by_day, record.counts[:, getattr(COUNT, name)], err_msg=name)


def totals_of(event: Event) -> list[str]:
    """Return the daily totals that an event counts in."""
    if event.what == "silent":
        return [f"silence_{event.content}"]
    if event.what == "dealt_with":
        return [] if event.outcome == "deleted" else [event.outcome]  # a deletion in review counts as one, too
    review = ["held"] if event.what == "held" else ["held", "moderation_deleted"]
    return {
        "unmoved": ["unmoved"],
        "barred": ["leisure_barred"],
        "absent": ["absent"],
        "looks": ["visitors"],
        "held": review,
        "deleted_in_review": review,
    }.get(event.what, [])


def test_sentences_say_what_their_events_are(pair):
    story = story_of(pair, 0, NAMES)
    assert len(story.first.turns) > 2
    for turn in (*story.first.turns, *story.second.turns):
        assert turn.day == turn.event.day
        unnamed = turn.event.content in ("", "knowledge") or turn.event.what in ("replied_to", "replies", "reacts")
        assert turn.event.content in turn.text or unnamed
    assert turn_days(story.first) == sorted(turn_days(story.first))


def turn_days(history) -> list[int]:
    return [turn.day for turn in history.turns]


def test_before_the_record_parts_both_histories_have_the_same_deeds(stories):
    parted = [story for story in stories if story.parted is not None]
    assert len(parted) > PEOPLE / 2
    for story in parted:
        first, second = (deeds_before(history, story.parted) for history in (story.first, story.second))
        assert first == second


def deeds_before(history, day: int) -> list[tuple[int, str]]:
    kinds = ("looks", "silent", "unmoved", "replies", "reacts")  # a post may be held: written on one day, there on another
    return [(event.day, event.what) for event in history.events if event.what in kinds and event.day < day]


def test_two_runs_that_are_the_same_are_the_same_to_the_end():
    story = story_of(Pair(WITH, WITH, seed=SEED), 0, NAMES)
    assert story.parted is None
    assert story.first.events == story.second.events
    assert "the same to the end" in story.in_a_sentence


def test_who_is_chosen_speaks_up_in_one_run_and_never_in_the_other():
    story = story_of(Pair(WITH, WITHOUT, seed=SEED), 0, NAMES)
    assert story.chosen == HOW_CHOSEN
    assert min(story.first.totals.voiced, story.second.totals.voiced) == 0
    assert max(story.first.totals.voiced, story.second.totals.voiced) > 0


def test_people_are_named_by_role_number_and_department():
    world = Simulator(WITH, seed=SEED).run(0)
    organisation = Simulator(WITH, seed=SEED).source.organisation(0)
    names = Names(organisation, group_codes(world))
    leader = int(np.flatnonzero(organisation.is_leader)[0])
    department = organisation.department_names[organisation.department[leader]]
    assert names.person(leader) == f"leader {leader} of {department}"

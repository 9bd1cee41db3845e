"""One person's story in two runs, in plain words. Every sentence stands for one event of a diary, or for its counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from adoptsim.analysis.diary import Diary, Event
from adoptsim.analysis.pairs import Pair
from adoptsim.analysis.people import Names
from adoptsim.analysis.spread import NEVER_PARTED, Partings
from adoptsim.engine.groups import group_codes
from adoptsim.engine.state import ACTIVE_DAYS, CURSOR, NEVER, PLACE, TALLY, World

VOICE = ("idea", "concern")
CONTRIBUTIONS = ("posts", "replies", "reacts")
ARTICLE = {
    "question": "a question",
    "knowledge": "knowledge",
    "leisure": "leisure talk",
    "idea": "an idea",
    "concern": "a concern",
}
OWN_OUTCOME = {
    "answered": "gets an answer to the {content} from {leader}",
    "acted": "hears that {leader} has acted on the {content}",
    "explained": "is told by {leader} why nothing comes of the {content}",
    "ignored": "is ignored: {leader} looks at the {content} and leaves it",
    "aged_out": "waits in vain: nobody has dealt with the {content} in time",
    "defensive": "gets a defensive answer to the {content} from {leader}",
    "deleted": "has the {content} deleted by {leader}",
    "sanctioned": "is sanctioned by {leader} for the {content}",
}
SAID = {
    "looks": "looks for the first time",
    "silent": "has {content} and keeps it back",
    "posts": "posts {content}",
    "held": "writes {content}, which is held for review",
    "deleted_in_review": "writes {content}, which is deleted in review",
    "replies": "replies to a colleague",
    "reacts": "reacts to a post",
}
SEEN_OUTCOME = {
    "answered": "sees that a leader has answered the {content} of {author}",
    "acted": "sees that a leader has acted on the {content} of {author}",
    "explained": "sees a leader say why nothing comes of the {content} of {author}",
    "deleted": "sees that the {content} of {author} has been deleted",
    "sanctioned": "sees that {author} has been sanctioned for {a_content}",
}
HOW_CHOSEN = (
    "of those who speak up in one run and never in the other, in the same role in both, the one whose story has most "
    "turns (kept silent before, was answered, kept silent in the other run), then the one whose contributions differ most"
)
HOW_CHOSEN_OTHERWISE = "nobody speaks up in one run only; the one whose contributions and visits differ most"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened on a day, in words without the person; the event that it says."""

    day: int
    text: str
    event: Event


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of one run of one person; ``voiced``: ideas and concerns among the posts; ``silences``: such kept back."""

    visits: int
    posts: int
    voiced: int
    replies: int
    reactions: int
    silences: int
    answered: int
    answers_seen: int
    last_visit: int | None
    last_contribution: int | None
    days: int

    @property
    def contributions(self) -> int:
        """Return how often somebody has contributed."""
        return self.posts + self.replies + self.reactions


@dataclass(frozen=True, slots=True)
class History:
    """One run of somebody: what it is called, its turning points in order, how it ends, its counts, and all events."""

    run: str
    turns: tuple[Sentence, ...]
    ending: str
    totals: Totals
    events: tuple[Event, ...]

    def summary(self) -> dict[str, Any]:
        """Return the history as plain data, events only where they are turning points."""
        turns = [asdict(turn) for turn in self.turns]
        return {"run": self.run, "turns": turns, "ending": self.ending, "totals": asdict(self.totals)}


@dataclass(frozen=True, slots=True)
class Story:
    """One person in two runs under the same luck; ``parted`` is the first day on which their record differs, or None."""

    replicate: int
    person: int
    who: str
    place: str
    chosen: str
    parted: int | None
    first: History
    second: History
    in_a_sentence: str

    def summary(self) -> dict[str, Any]:
        """Return the story as plain data."""
        plain = {name: getattr(self, name) for name in ("replicate", "person", "who", "place", "chosen", "parted")}
        sides = {"first": self.first.summary(), "second": self.second.summary()}
        return plain | sides | {"in_a_sentence": self.in_a_sentence}


class _Lives(Partings):
    """Notes of everybody when they first parted, first kept voice back and first voiced something, in both runs."""

    def __init__(self) -> None:
        super().__init__()
        self.worlds: tuple[World, ...] = ()
        self.first_day: dict[tuple[int, int], Any] = {}

    def __call__(self, day: int, first: World, second: World) -> bool:
        """Note the first days of all; the worlds after the last day stay."""
        super().__call__(day, first, second)
        self.worlds = (first, second)
        for run, world in enumerate(self.worlds):
            for row in (TALLY.silences, TALLY.voiced):
                known = self.first_day.setdefault((run, row), np.full(len(self.day), np.inf))
                known[(world.tally[row] > 0) & np.isinf(known)] = day
        return False

    @property
    def n_log(self) -> int:
        """Return how many rows the longer log has."""
        return max(int(world.cursor[CURSOR.logged]) for world in self.worlds)

    def most_instructive(self) -> tuple[int, str]:
        """Return whose story is worth telling, and how it was chosen."""
        tallies = [world.tally for world in self.worlds]
        contributions = [tally[TALLY.posts : TALLY.reactions + 1].sum(axis=0) for tally in tallies]
        apart = np.abs(contributions[0] - contributions[1])
        same_role = np.equal(*(group_codes(world) for world in self.worlds))
        turns = np.maximum(*(self._turns(run) for run in (0, 1))) * same_role
        if turns.max() > 0:
            return int(np.lexsort((-apart, -turns))[0]), HOW_CHOSEN
        visits = np.abs(tallies[0][TALLY.visits] - tallies[1][TALLY.visits])
        return int(np.lexsort((-visits, -apart))[0]), HOW_CHOSEN_OTHERWISE

    def _turns(self, run: int) -> Any:
        """Return how many turns each story has if told of one run; 0 unless somebody speaks up in that run only."""
        speaks, other = self.worlds[run].tally, self.worlds[1 - run].tally
        silent_first = self.first_day[run, TALLY.silences] < self.first_day[run, TALLY.voiced]
        only_here = (speaks[TALLY.voiced] > 0) & (other[TALLY.voiced] == 0)
        return only_here * (1 + silent_first + (speaks[TALLY.answered] > 0) + (other[TALLY.silences] > 0))


class _Diaries:
    """Keeps one person's diary in both runs."""

    def __init__(self, pair: Pair, person: int) -> None:
        self.diaries = [Diary(person, simulator.parameters) for simulator in pair.simulators]

    def __call__(self, day: int, first: World, second: World) -> bool:
        """Let both diaries note the day."""
        for diary, world in zip(self.diaries, (first, second), strict=True):
            if day < 0:
                diary.start(world)
            else:
                diary.add(day, world)
        return False


def story_of(pair: Pair, replicate: int, names: tuple[str, str], person: int | None = None) -> Story:
    """Return one person's story in both runs of a replicate; ``names``: what the two are called in a sentence.

    Without ``person`` the most instructive one is told: who speaks up in one run and never in the other.
    """
    lives = pair.watch(replicate, _Lives)
    chosen, how = lives.most_instructive() if person is None else (person, "asked for")
    diaries = pair.watch(replicate, lambda: _Diaries(pair, chosen), n_log=lives.n_log).diaries
    people = Names(pair.organisation(replicate), group_codes(lives.worlds[0]))
    histories = [
        _history(name, diary, _totals(world, chosen, diary), people)
        for name, diary, world in zip(names, diaries, lives.worlds, strict=True)
    ]
    parted = int(lives.day[chosen])
    story = Story(
        replicate=replicate,
        person=chosen,
        who=people.person(chosen),
        place=_place(lives.worlds[0], chosen),
        chosen=how,
        parted=None if parted == NEVER_PARTED else parted,
        first=histories[0],
        second=histories[1],
        in_a_sentence="",
    )
    return replace(story, in_a_sentence=_in_a_sentence(story))


def _place(world: World, person: int) -> str:
    """Return where somebody stands: contacts, and people who report to them."""
    contacts = int(world.indptr[person + 1] - world.indptr[person])
    reports = int((world.place[PLACE.manager] == person).sum())
    return f"{contacts} contacts" + (f", {reports} reports" if reports else "")


def _totals(world: World, person: int, diary: Diary) -> Totals:
    """Return the counts of somebody at the end of a run."""
    tally = {name: int(world.tally[row, person]) for name, row in zip(TALLY._fields, TALLY, strict=True)}
    last_visit, last_contribution = (tally[name] for name in ("last_visit", "last_contribution"))
    return Totals(
        **{name: tally[name] for name in ("visits", "posts", "voiced", "replies", "reactions", "silences", "answered")},
        last_visit=last_visit if last_visit > NEVER else None,
        last_contribution=last_contribution if last_contribution > NEVER else None,
        answers_seen=len(diary.of("sees_answer")),
        days=len(world.counts),
    )


def _history(run: str, diary: Diary, totals: Totals, people: Names) -> History:
    turns = tuple(Sentence(event.day, sentence(event, people), event) for event in turning_points(diary))
    return History(run, turns, ending_of(totals), totals, tuple(diary.events))


def turning_points(diary: Diary) -> list[Event]:
    """Return the events that make a story, in order: of each kind the first, and what came before speaking up.

    First look; first idea or concern kept back, and the last before the first voiced; the last answer to others seen
    before that, or the first if nothing is voiced; the first contribution, the first voiced, the first reply; each
    outcome of own voice.
    """
    voiced = [event for event in diary.of("posts") if event.content in VOICE]
    before = voiced[0].day if voiced else np.inf
    silent, seen = diary.of("silent"), diary.of("sees_answer")
    chosen = [
        *diary.of("looks")[:1],
        *silent[:1],
        *[event for event in silent if event.day < before][-1:],
        *([event for event in seen if event.day < before][-1:] if voiced else seen[:1]),
        *diary.of("sees_punishment")[:1],
        *diary.of(*CONTRIBUTIONS)[:1],
        *voiced[:1],
        *diary.of("held")[:1],
        *diary.of("deleted_in_review")[:1],
        *diary.of("replied_to")[:1],
        *_first_of_each_outcome(diary.of("dealt_with")),
    ]
    order = {id(event): place for place, event in enumerate(diary.events)}
    return sorted({id(event): event for event in chosen}.values(), key=lambda event: order[id(event)])


def _first_of_each_outcome(events: Iterable[Event]) -> list[Event]:
    """Return the first event of each outcome."""
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event.outcome, event)
    return list(first.values())


def sentence(event: Event, people: Names) -> str:
    """Return an event in words, without its day and person."""
    if event.what in SAID:
        return SAID[event.what].format(content=_content(event))
    if event.what == "replied_to":
        return f"gets a reply from {people.person(event.other)}"
    if event.what == "dealt_with":
        return OWN_OUTCOME[event.outcome].format(content=event.content, leader=people.person(event.other))
    author = "a colleague who does not sign" if event.anonymous else people.person(event.other)
    return SEEN_OUTCOME[event.outcome].format(content=event.content, a_content=ARTICLE[event.content], author=author)


def _content(event: Event) -> str:
    """Return what is said: 'a critical concern, unsigned'."""
    what = f"a critical {event.content}" if event.critical else ARTICLE.get(event.content, "")
    return f"{what}, unsigned" if event.anonymous else what


def ending_of(totals: Totals) -> str:
    """Return how a run ends for somebody, as counts say it."""
    if not totals.visits:
        return "never looks at the platform"
    kept = f" and keeps {_voices(totals.silences)} back" if totals.silences else ""
    kept += f"; sees an idea or concern answered {_times(totals.answers_seen)}" if totals.answers_seen else ""
    kept += "" if totals.answers_seen else "; never sees an idea or concern answered"
    if not totals.contributions:
        return f"looks on {counted(totals.visits, 'day')}{kept}; contributes nothing to the end"
    recent = totals.days - ACTIVE_DAYS
    assert totals.last_contribution is not None
    last = (
        "still contributes in the last month"
        if totals.last_contribution >= recent
        else f"contributes for the last time on day {totals.last_contribution}"
    )
    return f"{_did(totals)}{kept}; {last}"


def _did(totals: Totals) -> str:
    """Return what somebody has contributed; reactions where there is nothing else."""
    among = "" if not totals.voiced else f", {_voices(totals.voiced)} among them"
    parts = [f"posts {_times(totals.posts)}{among}"] if totals.posts else []
    parts += [f"replies {_times(totals.replies)}"] if totals.replies else []
    return ", ".join(parts) or f"reacts {_times(totals.reactions)}"


def _voices(n: int) -> str:
    return counted(n, "idea or concern", "ideas or concerns")


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")


def counted(n: int, one: str, many: str = "") -> str:
    """Return '1 day', '3 days'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _in_a_sentence(story: Story) -> str:
    """Return the story as a sentence about the run with more contributions, and one about the other."""
    if story.parted is None:
        return f"{capital(story.who)}: the same to the end in both runs; {story.first.ending}."
    told, other = sorted((story.first, story.second), key=lambda run: run.totals.contributions, reverse=True)
    parts, day = [], -1
    for turn in _most_telling(told.turns):
        parts.append(f"the same day {turn.text}" if turn.day == day else f"on day {turn.day} {turn.text}")
        day = turn.day
    says = "; ".join([*parts, f"in all {_in_all(told.totals)}"])
    return f"{capital(told.run)}, {story.who}: {says}. {capital(other.run)}: {_in_all(other.totals)}."


def _in_all(totals: Totals) -> str:
    """Return in few words what came of somebody's voice."""
    if not totals.visits:
        return "never looks at the platform"
    if not totals.contributions:
        return "silent to the end"
    kept = f" and keeps {totals.silences:,} back" if totals.silences else ""
    voiced = _voices(totals.voiced) if totals.voiced else "no idea or concern"
    return f"posts {voiced}{kept}"


def _most_telling(turns: Sequence[Sentence]) -> list[Sentence]:
    """Return the turns that a sentence has room for: what comes from the first silence to the first answer."""
    kinds = ("silent", "sees_answer", "posts", "dealt_with")
    first: dict[str, Sentence] = {}
    for turn in turns:
        if turn.event.what == "posts" and turn.event.content not in VOICE:
            continue
        first.setdefault(turn.event.what, turn)
    return sorted((first[kind] for kind in kinds if kind in first), key=lambda turn: turn.day)


def capital(text: str) -> str:
    """Return a text with its first letter large."""
    return text[:1].upper() + text[1:]


def turns_by_day(story: dict[str, Any]) -> list[tuple[int, list[list[str]]]]:
    """Return what happens on each day in the first and in the second run."""
    days: dict[int, list[list[str]]] = {}
    for side, history in enumerate((story["first"], story["second"])):
        for turn in history["turns"]:
            days.setdefault(turn["day"], [[], []])[side].append(turn["text"])
    return sorted(days.items())

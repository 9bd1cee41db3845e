"""What came of a workshop: all of it is written, and nothing that somebody typed does anything."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from adoptsim.workshop import debrief, reckon, why
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.state import Choice, Decided, Guessed, Joined, Reckoned, Removed
from adoptsim.workshop.store import Kept
from tests.workshop.small_round import decided, small_workshop

NAMES = {"a": "=1+1", "b": "<script>alert(1)</script>", "c": "gone"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return a workshop of one round that has been played: Blue and Orange, two people and one who was removed."""
    plan = small_workshop(tmp_path_factory.mktemp("small"))
    decisions = {"Blue": decided("safe_space"), "Orange": decided(computer=True)}
    results = reckon.results(plan, 0, decisions, {"lasts": ["yes", "no"], "end": [20, 40]})
    events = [
        *(Joined(who, name, "Blue") for who, name in NAMES.items()),
        *(Guessed(who, 0, "lasts", value) for who, value in (("a", "yes"), ("b", "no"), ("c", "yes"))),
        *(Guessed(who, 0, "end", value) for who, value in (("a", 20.0), ("b", 40.0))),
        Removed("c"),
        Decided("Blue", 0, {"safe_space": Choice("full", 0)}, "a"),
        Decided("Orange", 0, {}, ""),
        Reckoned(0, "results", results),
        Reckoned(0, "debrief", why.debrief(plan, 0, decisions, results)),
    ]
    return Kept(plan, 0.0, tuple((event, 0.0, "") for event in events), Path("small.db"))


@pytest.fixture(scope="module")
def tables(kept, tmp_path_factory):
    """Return the rows of each table by name."""
    written = debrief.write_csv(kept, tmp_path_factory.mktemp("csv") / "new")
    return {path.stem: list(csv.DictReader(path.read_text().splitlines())) for path in written}


def test_every_guess_of_those_who_take_part_is_a_row(tables):
    assert [(row["question"], row["answer"]) for row in tables["guesses"]] == [
        ("lasts", "yes"),
        ("lasts", "no"),
        ("end", "20.0"),
        ("end", "40.0"),
    ]


def test_results_and_reasons_are_those_that_the_room_saw(kept, tables):
    shown = kept.state.outcome[0, "results"]
    assert [row["team"] for row in tables["results"]] == ["Blue", "Orange"]
    assert [float(row["contributors"]) for row in tables["results"]] == [
        team["contributors"]["mean"] for team in shown["teams"]
    ]
    assert [row["team"] for row in tables["results"] if row["winner"] == "True"] == [shown["winner"]]
    assert [row["practice"] for row in tables["why"]] == ["safe_space"]


def test_every_decision_is_told_also_one_for_no_practice_at_all(tables):
    rows = [(row["team"], row["decided_by"], row["practice"], row["start_month"]) for row in tables["decisions"]]
    assert rows == [("Blue", "'=1+1", "safe_space", "0"), ("Orange", "the computer", "none", "")]


def test_a_nickname_is_no_formula_in_a_table(tables):
    assert {row["nickname"] for row in tables["guesses"]} == {"'=1+1", NAMES["b"]}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("a;=cmd|'/C calc'!A0", "a;'=cmd|'/C calc'!A0"),
        ("a, @b", "a, '@b"),
        ("\uff1d1", "'\uff1d1"),
        (" =1", " '=1"),
        ("x\t-1", "x\t'-1"),
        ("Anne-Marie = me", "Anne-Marie = me"),
        ('say "hi"', 'say "hi"'),
    ],
)
def test_what_somebody_typed_is_no_formula_in_any_spreadsheet(typed: str, written: str):
    text = debrief._csv_text(("n", "nickname"), iter([(1, typed)]))
    assert list(csv.reader(text.splitlines())) == [["n", "nickname"], ["1", written]]
    assert text.splitlines()[1] == '1,"' + written.replace('"', '""') + '"'


def test_curves_that_were_drawn_are_told_in_tables_and_words(kept):
    plan = Workshop.load("why-did-our-network-die")
    curves = {"a": (0.0, 20.0, 10.5, 5.0, 3.0), "b": (0.0, 1.0, 2.0, 3.0, 30.0)}
    events = [
        *(Joined(who, who, "Blue") for who in curves),
        *(Guessed(who, 0, "course", curve) for who, curve in curves.items()),
    ]
    drawn = Kept(plan, 0.0, tuple((event, 0.0, "") for event in events), kept.path)
    assert [row[5] for row in debrief._guesses(drawn)] == ["0 20 10.5 5 3", "0 1 2 3 30"]
    said = debrief.room_in_words(plan.rounds[0].predict[1], list(curves.values()))
    assert said == "2 curves; in month 24 in the middle 16.5 % of staff, from 3 to 30"


def test_the_page_tells_each_round_and_runs_nothing_that_somebody_typed(kept, tmp_path):
    debrief.write_report(kept, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert "Round 1: One" in text
    assert "1 of 2 people: " in text
    assert "nothing (drawn by lot by the computer)" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_a_workshop_that_nobody_played_has_a_page_too(kept, tmp_path):
    debrief.write_report(Kept(kept.plan, 0.0, (), kept.path), tmp_path / "page.html")
    assert "No round has been played to its end." in (tmp_path / "page.html").read_text()


def _verdict_and_winners(kept, **places):
    """Return the headline of a round and what the table says of each team, with other places than those that came out."""
    body = dict(kept.state.outcome[0, "results"]) | places
    events = [(Reckoned(0, "results", body), 0.0, "") if isinstance(e, Reckoned) and e.part == "results" else (e, at, by)
              for e, at, by in kept.entries]  # fmt: skip
    again = Kept(kept.plan, 0.0, tuple(events), kept.path)
    return debrief.page(again).verdict, [row[-2:] for row in debrief._results(again)]


def test_teams_that_share_the_first_place_are_said_to_and_luck_is_said_to_be_luck(kept):
    (verdict,), rows = _verdict_and_winners(kept, winner="Blue", winners=["Blue", "Orange"], level=[])
    assert "Blue and Orange decided the same and share the first place; their network lasts in" in verdict
    assert rows == [(True, False), (True, False)]
    (verdict,), rows = _verdict_and_winners(kept, winner="Blue", winners=["Blue"], level=["Orange"])
    assert "Blue is ahead; its network lasts in" in verdict
    assert verdict.endswith("; Orange is behind by no more than luck.")
    assert "won" not in verdict
    assert rows == [(True, False), (False, True)]
    (verdict,), rows = _verdict_and_winners(kept, winner="Blue", winners=["Blue"], level=[])
    assert "Blue won; its network lasts in" in verdict
    assert rows == [(True, False), (False, False)]

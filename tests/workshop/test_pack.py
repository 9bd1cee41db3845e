"""The pack: whole, safe to open, with seed and version on every page, and without answers where people would see them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from adoptsim import cli
from adoptsim.report.html import templates, unbroken
from adoptsim.simulation import model_version
from adoptsim.workshop import pack, scorecard
from adoptsim.workshop.decisions import prices
from adoptsim.workshop.facts import Answer, gather
from adoptsim.workshop.pack import PARTS, lessons_held, running_order, write_pack
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.scorecard import Level, _fitted, _lines, in_words
from tests.workshop.small_round import small_workshop


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return gather(small_workshop(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def pages(facts, tmp_path_factory):
    """Return the text of each page by file."""
    return {path.name: path.read_text() for path in write_pack(facts, tmp_path_factory.mktemp("pack"))}


def test_all_parts_are_written_and_the_overview_leads_to_them(pages):
    assert set(pages) == {"index.html", *(part.file for part in PARTS)}
    assert all(f'href="{part.file}"' in pages["index.html"] for part in PARTS)


def test_every_page_says_seed_version_and_runs(pages):
    for text in pages.values():
        sheets = re.split(r'<section class="sheet', text)[1:]
        assert sheets
        for number, sheet in enumerate(sheets, start=1):
            assert f"adoptsim {model_version()} · seed 3 · 8 runs of each · page {number}" in sheet


def test_no_page_asks_for_anything_elsewhere_or_runs_what_somebody_wrote(pages):
    for text in pages.values():
        assert not re.search(r"(src|href|url\()\s*=?\s*[\"']?https?:", text)
        assert "<script" not in text
    assert "&lt;script&gt;" in pages["index.html"]


def test_no_two_drawings_of_a_page_share_a_name(pages):
    for text in pages.values():
        names = re.findall(r'\bid="([^"]+)"', text)
        assert len(names) == len(set(names))


def test_each_question_about_practices_has_a_drawing_of_its_own(facts, tmp_path):
    (round_,) = facts.rounds
    first = next(answer for answer in round_.answers if answer.values)
    other = first.question.model_copy(update={"key": "other", "text": "And which is next?"})
    second = replace(first, question=other, values=(*first.values[:1], first.values[1] | {"name": "Another practice"}))
    both = replace(facts, rounds=(replace(round_, answers=(first, second)),))
    for path in write_pack(both, tmp_path):
        if path.name in ("slides.html", "answers.html"):
            drawn = [words for words in re.findall(r'aria-label="([^"]+)', path.read_text()) if "hang on each" in words]
            assert ["Another practice" in words for words in drawn] == [False, True]


def test_commands_on_paper_name_the_file_of_ones_own_workshop(facts, tmp_path):
    written = write_pack(replace(facts, called="own/small-round.yaml"), tmp_path)
    text = "".join(path.read_text() for path in written)
    assert "adoptsim workshop own/small-round.yaml --host 0.0.0.0" in text
    assert "adoptsim workshop small-round " not in text


def test_the_handout_gives_no_answer_away(facts, pages):
    for answer in facts.rounds[0].answers:
        assert unbroken(answer.interval) in pages["answers.html"]
        assert unbroken(answer.interval) not in pages["handout.html"]


def test_a_curve_is_drawn_on_paper_too():
    question = Workshop.load("why-did-our-network-die").rounds[0].predict[1]
    macros = templates("adoptsim.workshop").get_template("macros.html.j2").make_module({"pack": None, "next_page": None})
    assert "Axes to draw on" in str(macros.answer_boxes(question))


def test_a_lesson_that_does_not_hold_is_said_so_and_is_on_no_slide(facts, pages):
    assert [holds for _, holds in lessons_held(facts.lessons)] == [True, False]
    assert "Not shown by these runs of the model" in pages["answers.html"]
    assert "Pigs fly" not in pages["slides.html"]
    assert "The office never lasts" in pages["slides.html"]


@pytest.mark.parametrize("name", ["why-did-our-network-die", "ten-practices-five-coins", "fear-or-futility"])
def test_the_running_order_takes_the_minutes_that_are_promised(name):
    workshop = Workshop.load(name)
    rows = running_order(workshop)
    assert sum(row.minutes for row in rows) == workshop.minutes
    assert rows[0].clock == "0:00"
    hours, minutes = map(int, rows[-1].clock.split(":"))
    assert 60 * hours + minutes + rows[-1].minutes == workshop.minutes


def test_points_find_what_adds_up():
    """Decisions whose outcome is a sum in halves are told exactly."""
    names, level, rng = ("a", "b", "c"), Level("full", 0), np.random.default_rng(1)
    worth = {"a": 4.0, "b": -1.5, "c": 0.5}
    tried = [{name: {"strength": "full", "start": 0} for name in names if rng.random() < 0.5} for _ in range(40)]
    points, base = _fitted(tried, names, (level,), np.array([7.0 + sum(worth[name] for name in each) for each in tried]))
    assert (base, {name: values[0] for name, values in points.items()}) == (7.0, worth)


def test_more_points_last_more_often_and_the_curve_is_finite_where_none_lasts():
    told = np.arange(0.0, 40.0)
    rising = [line.lasts for line in _lines(told, (told > 25).astype(float))]
    assert rising == sorted(rising)
    assert rising[0] < 0.1 < 0.9 < rising[-1]
    assert all(0 <= line.lasts < 0.05 for line in _lines(told, np.zeros(40)))
    assert len(list(_lines(np.array([0.5, 1.0]), np.zeros(2)))) == 1


@pytest.mark.parametrize(("name", "number"), [("ten-practices-five-coins", 0), ("ten-practices-five-coins", 1)])
def test_every_decision_that_is_tried_keeps_to_the_budget(name, number):
    workshop = Workshop.load(name)
    decide, offers = workshop.rounds[number].decide, prices(workshop, number)
    whole = scorecard._spending(decide, offers, scorecard._levels(decide))
    for decision in [*whole, *scorecard._smaller(whole)]:
        strength = {
            key: decide.strengths[use["strength"]] if decide.unit == "hours" else 1.0 for key, use in decision.items()
        }
        assert sum(offers[key] * strength[key] for key in decision) <= decide.budget


def test_the_best_decisions_are_measured_in_runs_that_did_not_choose_them(facts):
    card = facts.rounds[0].card
    assert len({in_words(good.decision, card) for good in card.best}) == len(card.best) == 5
    assert all(len(good.decision) <= 2 for good in card.best)
    assert card.n_decisions == 3 + 3 + 1  # pairs of three practices, single ones, none


def test_the_command_writes_the_pack_and_says_what_does_not_hold(tmp_path, capsys, monkeypatch):
    small_workshop(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["workshop-pack", "small-round.yaml", "--out", "paper/pack", "--json", "--quiet"]) == 0
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert all((tmp_path / path).is_file() for path in report["files"])
    assert [lesson["holds"] for lesson in report["lessons"]] == [True, False]
    assert report["model_version"] == model_version()
    assert "Not shown by these runs of the model: Pigs fly." in shown.err


def test_what_is_wrong_with_the_plan_is_said_in_a_line(tmp_path, capsys):
    assert cli.main(["workshop-pack", str(tmp_path / "no.yaml")]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_a_curve_is_asked_for_on_slides_and_tallied_by_its_last_month(facts, tmp_path):
    (round_,) = facts.rounds
    question = Workshop.load("why-did-our-network-die").rounds[0].predict[1]
    asked = round_.turn.model_copy(update={"predict": (question,)})
    drawn = Answer(question, "6 of 100", "95 % interval 5\u20137", ())
    pages = write_pack(replace(facts, rounds=(replace(round_, turn=asked, answers=(drawn,)),)), tmp_path)
    slides = next(path for path in pages if path.name == "slides.html").read_text()
    assert "draw the curve, from month 0 to month 24" in slides
    assert "a number from" not in slides
    assert pack.tally(drawn)[0] == ("in month 24 0 to below 20", True)


def test_the_tally_marks_every_practice_that_luck_cannot_tell_from_the_first(facts):
    answer = next(answer for answer in facts.rounds[0].answers if answer.values)
    first, second = answer.question.labels.values()
    assert [right for _, right in pack.tally(replace(answer, short=first, tied=()))] == [True, False]
    assert [right for _, right in pack.tally(replace(answer, short=first, tied=(second,)))] == [True, True]

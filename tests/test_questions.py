"""The page of all questions: made by its script alone, resumed where it stopped, honest about what is missing."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "experiments" / "questions.py"


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Return the script with commands that answer at once; ``asked`` lists them."""
    spec = importlib.util.spec_from_file_location("questions", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.asked = []

    def ask(typed: str, lines: int, work: Path) -> object:
        script.asked.append(typed)
        load = 2.0 if typed.startswith("order") else 0.0
        return script.Answer(typed, f"so says {typed}", 12.0, 20.0, load, script.model_version())

    monkeypatch.setattr(script, "_ask", ask)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "institute").mkdir()
    monkeypatch.setattr(sys, "argv", ["questions.py", "institute", "--work", "kept", "--out", "page.md"])
    return script


def test_every_question_has_an_answer_with_its_time_for_each_organisation(questions: ModuleType, tmp_path: Path):
    questions.main()
    page = (tmp_path / "page.md").read_text()
    for question in questions.QUESTIONS:
        assert page.count(f"### {question.text}") == 2
        assert f"`adoptsim {question.command}` (12 s, 20 s of processor time" in page
        assert f"so says {questions.asked_of(question, Path('institute'))}" in page
    assert "Still to be asked" not in page
    assert page.count("fewer runs than usual") == sum(bool(question.fewer) for question in questions.QUESTIONS)
    assert "marked busy" in page
    assert "`adoptsim order lean-bundle` (12 s, 20 s of processor time, busy)" in page


def test_started_again_it_asks_only_what_is_not_answered(questions: ModuleType, tmp_path: Path):
    questions.main()
    page = (tmp_path / "page.md").read_text()
    assert len(questions.asked) == 2 * len(questions.QUESTIONS)
    next((tmp_path / "kept").glob("order-lean-bundle.json")).unlink()
    questions.asked.clear()
    questions.main()
    assert questions.asked == ["order lean-bundle"]
    assert (tmp_path / "page.md").read_text() == page


def test_a_page_of_few_answers_says_what_is_still_to_be_asked(questions: ModuleType):
    first = questions.QUESTIONS[0]
    answer = questions.Answer(first.command, "so", 1.0, 1.0, 0.0, "1")
    page = questions.document({None: [(first, answer)]})
    second = questions.QUESTIONS[1].text
    assert (
        f"Still to be asked: {len(questions.QUESTIONS) - 1} of {len(questions.QUESTIONS)} questions, from '{second}'" in page
    )


def test_a_sweep_that_was_stopped_begins_anew_so_that_its_time_is_that_of_the_whole(questions: ModuleType, tmp_path: Path):
    for name in ("ten-practices.db", "ten-practices.db-wal", "ten-practices.json", "other.db"):
        (tmp_path / name).touch()
    questions._begin_anew("sweep ten-practices", tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"ten-practices.json", "other.db"}

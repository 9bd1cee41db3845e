"""The page as it is told to the browser, driven by the events that the browser sends; no browser needed."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipyvue
import pytest
import solara

from adoptsim import files
from adoptsim.domain.errors import Problem
from adoptsim.live import LiveSimulation
from adoptsim.ui import answered, app, shared
from adoptsim.ui.app import Visit
from adoptsim.ui.desk import Desk
from adoptsim.ui.state import RUNS
from adoptsim.ui.store import StoreError
from tests.ui.brought import people_csv, ties_csv, write

PATIENCE = 60.0
"""Seconds that a test waits for an answer before it fails."""
SMALL = "n50"
"""Fifty people, so that answers come at once."""


DESKS: list[Desk] = []


class KnownDesk(Desk):
    """A desk that tests know of."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        DESKS.append(self)


class Visitor:
    """Somebody at the page: reads what its parts are told, and does what its controls do."""

    def __init__(self, query: str = f"v=1&now=launch-only,{SMALL}") -> None:
        self.box, self.context = solara.render(Visit(query), handle_error=False)
        self.desk = DESKS[-1]

    def part(self, trait: str) -> Any:
        """Return the part of the page that is told something by this name."""
        return next(widget for widget in self._widgets(self.box) if trait in widget.trait_names())

    def has(self, trait: str) -> bool:
        return any(trait in widget.trait_names() for widget in self._widgets(self.box))

    def _widgets(self, widget: Any) -> Iterator[Any]:
        if isinstance(widget, ipyvue.VueTemplate):
            yield widget
        for child in getattr(widget, "children", []):
            if not isinstance(child, str):
                yield from self._widgets(child)

    def do(self, event: str, data: Any = None, at: str = "standing") -> None:
        self.part(at)._handle_event(None, {"event": event, "data": data}, [])

    def slide(self, name: str, value: int) -> None:
        self.do("change", {"what": "intensity", "name": name, "value": value})

    def intensity(self, name: str) -> int:
        return int(self.part("standing").standing.value["practices"][name]["intensity"])

    @property
    def view(self) -> dict[str, Any]:
        return self.part("view").view.value

    @property
    def bar(self) -> Any:
        return self.part("query")

    def is_shown(self) -> bool:
        """Return whether the page has caught up with the desk; another thread may still be drawing."""
        bar = self.desk.shown().bar
        view = self.desk.comparison() if bar["shown"] == "compare" else self.desk.view()
        return self.view == view and all(getattr(self.bar, name) == value for name, value in bar.items())

    def wait(self) -> Visitor:
        """Wait until all is computed and shown."""
        until = time.monotonic() + PATIENCE
        while self.desk.view()["computing"] or not self.is_shown():
            assert time.monotonic() < until, f"not within {PATIENCE} s"
            time.sleep(0.01)
        return self


@pytest.fixture(scope="module")
def live() -> LiveSimulation:
    """Share simulations as a server does; no state of anybody is in them."""
    return LiveSimulation(threads=1)


@pytest.fixture(autouse=True)
def _known(live: LiveSimulation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests know each desk."""
    monkeypatch.setattr(answered, "LIVE", live)
    monkeypatch.setattr(app, "Desk", KnownDesk)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    somebody = Visitor().wait()
    yield somebody
    somebody.context.close()


def test_the_page_answers_before_anybody_moves_anything(visitor: Visitor):
    assert visitor.view["verdict"]["says"]
    assert len(visitor.view["verdict"]["runs"]) == RUNS[0]
    assert visitor.view["chart"]["before"] is not None  # fifty people, against the starting point's five hundred


def test_a_moved_slider_changes_curve_figures_and_link(visitor: Visitor):
    before = visitor.view
    query = visitor.bar.query
    visitor.slide("act_on_contributions", 100)
    visitor.wait()
    assert visitor.view["chart"]["now"] != before["chart"]["now"]
    assert visitor.view["figures"] != before["figures"]
    assert visitor.bar.query != query
    assert "p7:100" in visitor.bar.query


def test_undo_brings_back_the_same_numbers_and_redo_the_changed_ones(visitor: Visitor):
    first = visitor.view["figures"]
    visitor.slide("act_on_contributions", 100)
    changed = visitor.wait().view["figures"]
    visitor.do("undo", at="query")
    assert visitor.wait().view["figures"] == first
    visitor.do("redo", at="query")
    assert visitor.wait().view["figures"] == changed


def test_the_link_opens_the_same_page_with_the_same_numbers(visitor: Visitor):
    visitor.slide("safe_space", 80)
    visitor.do("keep", "Mine", at="query")
    visitor.wait()
    other = Visitor(visitor.bar.query).wait()
    assert other.view["figures"] == visitor.view["figures"]
    assert other.view["verdict"] == visitor.view["verdict"]
    assert other.bar.n_kept == 1
    other.context.close()


def test_a_broken_link_says_so_and_the_page_lives():
    visitor = Visitor("v=1&now=typical,p7:900")
    assert "can't be opened" in visitor.bar.message
    visitor.do("start", "no-support")
    visitor.do("change", {"what": "people", "value": 50})
    assert visitor.wait().bar.message == ""
    visitor.context.close()


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("change", {"what": "intensity", "name": "safe_space", "value": "x"}),
        ("change", {"what": "nothing"}),
        ("change", {}),
        ("start", "../secret"),
    ],
)
def test_what_no_control_sends_is_refused_in_words(visitor: Visitor, event: str, data: Any):
    query = visitor.bar.query
    visitor.do(event, data)
    visitor.wait()
    assert visitor.bar.message
    assert visitor.bar.query == query


def test_a_change_against_nothing_is_no_change_and_a_baseline_shows_one(visitor: Visitor):
    visitor.do("keep", "As it was", at="query")
    visitor.do("hold", "kept-0", at="view")
    assert visitor.wait().view["verdict"]["before"] is None
    visitor.slide("act_on_contributions", 100)
    assert visitor.wait().view["verdict"]["before"] is not None
    assert visitor.view["base_title"] == "As it was"


def test_before_the_last_change_is_a_baseline_too(visitor: Visitor):
    visitor.do("hold", "before", at="view")
    visitor.slide("act_on_contributions", 90)
    visitor.wait()
    visitor.do("change", {"what": "trust", "value": 70})
    visitor.wait()
    base = visitor.part("standing").standing.value["base"]
    assert base["practices"]["act_on_contributions"]["intensity"] == 90
    assert base["trust"] == 50


def test_saved_scenarios_stand_side_by_side_with_paired_differences(visitor: Visitor):
    visitor.slide("act_on_contributions", 100)
    visitor.do("keep", "Acting", at="query")
    visitor.slide("safe_space", 100)
    visitor.do("turn", "compare", at="query")
    visitor.wait()
    table = visitor.view["table"]
    assert table["titles"] == ["Launch only", "Now", "Acting"]
    assert all(cell["change"] for row in table["rows"][1:2] for cell in row["cells"][1:])


def test_with_nothing_to_compare_no_command_or_file_is_offered_that_would_fail():
    visitor = Visitor("v=1&now=launch-only,n50&page=compare").wait()
    fresh = Visitor("v=1&now=typical&page=compare").wait()
    card = fresh.part("recipes")
    assert (card.kinds, card.recipes.value) == ([], [])
    assert visitor.part("recipes").kinds  # fifty people against the starting point's five hundred
    visitor.context.close()
    fresh.context.close()


def test_a_saved_scenario_is_renamed_opened_and_removed(visitor: Visitor):
    visitor.slide("act_on_contributions", 100)
    visitor.do("keep", "Acting", at="query")
    visitor.do("start", "no-support")
    visitor.do("turn", "compare", at="query")
    visitor.wait()
    visitor.do("rename", {"place": 0, "title": "Answers"}, at="view")
    visitor.wait()
    assert "Answers" in [row["title"] for row in visitor.view["shown"]]
    visitor.do("open", 0, at="view")
    visitor.wait()
    assert visitor.intensity("act_on_contributions") == 100
    visitor.do("turn", "compare", at="query")
    visitor.wait()
    visitor.do("remove", 0, at="view")
    visitor.wait()
    assert visitor.bar.n_kept == 0


def test_downloads_arrive_whole(visitor: Visitor):
    visitor.slide("safe_space", 30)
    visitor.wait()
    visitor.do("fetch", "yaml", at="recipes")
    until = time.monotonic() + PATIENCE
    while not (file := visitor.part("recipes").file.value):
        assert time.monotonic() < until
        time.sleep(0.01)
    text = base64.b64decode(file["content"]).decode()
    assert file["name"] == "launch-only-changed.yaml"
    assert files.Scenario.parse(text).practices["safe_space"].intensity == 0.3


def test_a_file_that_cannot_be_made_is_said_whatever_the_reason(visitor: Visitor):
    def fails() -> tuple[str, bytes]:
        raise ValueError("no room\nfor this")

    visitor.desk.make_file(fails)
    wait_for(lambda: visitor.bar.message)
    assert visitor.bar.message == "This file can't be made: ValueError: no room for this."


def test_every_step_is_in_the_log_and_can_be_gone_back_to(visitor: Visitor):
    visitor.slide("safe_space", 30)
    visitor.do("change", {"what": "trust", "value": 70})
    visitor.wait()
    assert len(visitor.part("steps").steps.value) == 3
    visitor.do("go", 0, at="steps")
    visitor.wait()
    assert visitor.intensity("safe_space") == 0
    assert len(visitor.part("steps").steps.value) == 3


def test_a_message_that_asks_for_an_object_of_some_class_is_not_heard(visitor: Visitor):
    message = {"create_widget": ["ipywidgets", "Button"], "id": "x", "props": {}}
    part = visitor.part("standing")
    before = list(part._component_instances)
    part._handle_event(None, message, [])
    assert list(part._component_instances) == before


def test_two_visitors_do_not_see_each_other(visitor: Visitor):
    other = Visitor().wait()
    visitor.slide("safe_space", 90)
    visitor.do("keep", "Mine", at="query")
    visitor.wait()
    assert other.bar.n_kept == 0
    assert "p6" not in other.bar.query
    other.context.close()


def test_more_runs_keep_the_first_ones(visitor: Visitor):
    few = visitor.view["verdict"]["runs"]
    visitor.do("runs", RUNS[1], at="view")
    visitor.wait()
    more = visitor.view["verdict"]["runs"]
    assert len(more) == RUNS[1]
    assert sum(more) >= sum(few)


def test_every_chart_says_in_words_what_it_shows(visitor: Visitor):
    text = visitor.view["chart"]["text"]
    assert "critical-mass line" in text
    assert "Launch support ends after month" in text


# -- own files and the library


def bring(visitor: Visitor, *paths: Path) -> None:
    """Send files as the page does, and wait until they are read."""
    visitor.do("offer", [{"name": path.name, "size": path.stat().st_size} for path in paths])
    while (due := visitor.desk.shown().upload["next"]) is not None:
        upload = visitor.desk.shown().upload
        content = paths[due[0]].read_bytes()[due[1] : due[1] + upload["piece"]]
        data = base64.b64encode(content).decode()
        visitor.do("piece", {"number": upload["number"], "file": due[0], "offset": due[1], "data": data})
    until = time.monotonic() + PATIENCE
    while visitor.desk.shown().upload["checking"]:
        assert time.monotonic() < until
        time.sleep(0.01)
    visitor.wait()


def own_people(folder: Path) -> list[Path]:
    return write(folder, people_csv=people_csv(), ties_csv=ties_csv())


def wait_for(what: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_own_people_change_the_numbers_and_undo_brings_back_the_generated_ones(visitor: Visitor, tmp_path: Path):
    before = visitor.view["figures"]
    bring(visitor, *own_people(tmp_path))
    wait_for(lambda: ",o" in visitor.bar.query)
    visitor.wait()
    assert visitor.part("standing").standing.value["own_files"] == "60 people in 4 departments, 480 ties"
    assert visitor.view["figures"] != before
    visitor.do("undo", at="query")
    assert visitor.wait().view["figures"] == before


def test_own_files_are_deleted_when_asked_and_the_page_goes_on(visitor: Visitor, tmp_path: Path):
    bring(visitor, *own_people(tmp_path))
    wait_for(lambda: ",o" in visitor.bar.query)
    digest = visitor.part("standing").standing.value["own"]
    visitor.do("forget")
    visitor.wait()
    assert "Deleted from" in visitor.bar.message
    assert shared.organisations().store.organisation(digest) is None
    assert visitor.part("standing").standing.value["own"] == ""


def test_deleted_files_stay_while_a_step_back_would_bring_them_and_then_go(visitor: Visitor, tmp_path: Path):
    bring(visitor, *own_people(tmp_path))
    wait_for(lambda: ",o" in visitor.bar.query)
    visitor.wait()
    spec = visitor.desk.state.now.scenario.organisation
    visitor.do("forget")
    visitor.wait()
    visitor.do("undo", at="query")
    assert visitor.wait().view.get("problem") is None
    assert Path(str(spec.people_file)).exists()
    visitor.context.close()
    assert not Path(str(spec.people_file)).exists()


def test_files_that_could_not_be_deleted_are_not_called_deleted(
    visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bring(visitor, *own_people(tmp_path))
    wait_for(lambda: ",o" in visitor.bar.query)

    def locked(_: str) -> None:
        raise StoreError(Problem("the database is locked"))

    monkeypatch.setattr(shared.organisations().store, "forget_organisation", locked)
    visitor.do("forget")
    assert visitor.wait().bar.message == "the database is locked"


def test_a_bad_file_changes_nothing_but_what_is_said_of_it(visitor: Visitor, tmp_path: Path):
    query = visitor.bar.query
    bring(visitor, *write(tmp_path, ours_yaml="name: ours\npractices: {safe_spaces: 1}\n"))
    assert "practices.safe_spaces" in visitor.desk.shown().upload["problems"][0]
    assert visitor.bar.query == query


def test_what_is_saved_is_seen_by_the_next_visitor_and_forked(visitor: Visitor):
    visitor.slide("act_on_contributions", 70)
    visitor.wait()
    visitor.do("keep", "Answers", at="query")
    next_one = Visitor().wait()
    next_one.do("turn", "compare", at="query")
    (row,) = next_one.wait().view["library"]["rows"]
    assert row["name"] == "Answers"
    assert row["verdict"]
    next_one.do("open_saved", row["id"], at="view")
    assert next_one.wait().intensity("act_on_contributions") == 70
    next_one.slide("safe_space", 20)
    next_one.do("keep", "Answers and safety", at="query")
    next_one.do("turn", "compare", at="query")
    rows = next_one.wait().view["library"]["rows"]
    assert [(each["name"], each["fork_of"], each["depth"]) for each in rows] == [
        ("Answers", "", 0),
        ("Answers and safety", "Answers", 1),
    ]
    next_one.context.close()


def test_what_is_saved_is_a_fork_of_what_was_opened_also_when_that_was_renamed_meanwhile(visitor: Visitor):
    visitor.do("keep", "Lean", at="query")
    visitor.wait()
    (saved,) = shared.organisations().store.saved()
    shared.organisations().store.rename(saved.id, "Slim")
    visitor.do("turn", "compare", at="query")
    visitor.do("turn", "explore", at="query")
    visitor.slide("safe_space", 40)
    assert visitor.wait().bar.origin == "Slim"
    visitor.do("keep", "Slim and safe", at="query")
    visitor.wait()
    assert [(each.name, each.fork_of) for each in shared.organisations().store.saved()] == [
        ("Slim and safe", "Slim"),
        ("Slim", ""),
    ]


def test_the_page_hears_whether_it_was_saved(visitor: Visitor):
    visitor.do("keep", "Mine", at="query")
    assert visitor.wait().bar.tries == {"count": 1, "saved": True}
    visitor.slide("safe_space", 40)
    visitor.do("keep", "Mine", at="query")
    assert visitor.wait().bar.tries == {"count": 2, "saved": False}
    assert "already" in visitor.bar.message


@pytest.mark.parametrize("keeps", [0, 1])
def test_what_is_saved_from_the_compare_page_has_the_verdict_that_stands_there(visitor: Visitor, keeps: int):
    for number in range(keeps):
        visitor.do("keep", f"Before {number}", at="query")
    visitor.slide("act_on_contributions", 100)
    visitor.do("turn", "compare", at="query")
    titles, verdicts = (visitor.wait().view["table"][name] for name in ("titles", "verdicts"))
    visitor.do("keep", "Mine", at="query")
    row = next(row for row in visitor.wait().view["library"]["rows"] if row["name"] == "Mine")
    verdict = verdicts[titles.index("Now")]
    assert row["verdict"] == f"{verdict['says']}: {verdict['chance']}"


def test_what_cannot_be_simulated_is_said_on_the_compare_page_too(
    visitor: Visitor, live: LiveSimulation, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: Any, **__: Any) -> Any:
        raise ValueError("no such world")

    visitor.slide("safe_space", 71)
    with monkeypatch.context() as broken:
        broken.setattr(live, "part", fails)
        visitor.do("turn", "compare", at="query")
        assert "no such world" in visitor.wait().view["problem"]
        assert visitor.view["table"] is None
    visitor.do("undo", at="query")
    assert visitor.wait().view["problem"] == ""


def test_a_store_that_has_gone_is_said_and_the_page_goes_on(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    def gone(*_: Any, **__: Any) -> Any:
        raise StoreError(Problem("the database team at db can't be used: it is asleep"))

    for name in ("save", "saved", "organisation"):
        monkeypatch.setattr(shared.organisations().store, name, gone)
    visitor.slide("safe_space", 30)
    visitor.do("keep", "Mine", at="query")
    visitor.wait()
    assert "Saved in this page's link only: the database team at db" in visitor.bar.message
    assert visitor.bar.n_kept == 1
    visitor.do("turn", "compare", at="query")
    assert "asleep" in visitor.wait().view["library"]["problem"]
    visitor.do("turn", "explore", at="query")
    visitor.wait()
    visitor.slide("safe_space", 80)
    assert visitor.wait().intensity("safe_space") == 80


@pytest.mark.parametrize("event", ["open_saved", "compare_saved", "remove_saved"])
def test_what_was_removed_meanwhile_is_said(visitor: Visitor, event: str):
    visitor.do("turn", "compare", at="query")
    visitor.wait()
    visitor.do(event, 4711, at="view")
    assert "removed it meanwhile" in visitor.wait().bar.message

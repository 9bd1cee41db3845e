"""What stands on one visitor's desk, and what was answered about it: here state and computing meet; nothing is shared."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import solara

from adoptsim import files
from adoptsim.domain.errors import InputError
from adoptsim.live import PART, joined
from adoptsim.simulation import Result
from adoptsim.ui import telling, views
from adoptsim.ui.answering import Answer, Answering
from adoptsim.ui.library import Library
from adoptsim.ui.link import decode, encode
from adoptsim.ui.organisations import OwnOrganisation
from adoptsim.ui.setting import digest_of
from adoptsim.ui.shared import LIVE, organisations
from adoptsim.ui.state import History, Plan, State
from adoptsim.ui.telling import Column
from adoptsim.ui.uploading import Uploading


@dataclass(frozen=True)
class Shown:
    """What the parts of the page are told at one moment; ``main`` is the answer, or the comparison on its page."""

    bar: dict[str, Any]
    standing: dict[str, Any]
    take: dict[str, Any]
    upload: dict[str, Any]
    main: dict[str, Any]


class Answered:
    """A state, and the answers to it: asked anew at every change, told to the page as they come."""

    def __init__(self, query: str = "") -> None:
        self._changed, self._ticks = solara.reactive(0), itertools.count(1)
        self.message = ""
        self.library, self._uploading = Library(organisations), Uploading()
        self._organisations = organisations()
        try:
            state, before, self.message = decode(query, self.library.spec)
        except InputError as error:
            state, before = State(), None
            self.message = f"This link can't be opened: {error.problems[0].message}. Here is a fresh start instead."
        self.history = History(*([state.with_(now=before)] if before is not None else []), state)
        self._revision = 0
        self._answer: Answer | None = None
        self._view: dict[str, Any] = {}
        self._comparison: dict[str, Any] = {}
        self._file: dict[str, Any] = {}
        self._tries = {"count": 0, "saved": False}
        """How often somebody pressed “Save”, and whether the last time it was saved."""
        self._shown: tuple[int, Shown] | None = None
        self._recipes: tuple[State, list[dict[str, str]]] | None = None
        self._answering = Answering(LIVE, self._take_answer)

    def begin(self) -> Callable[[], None]:
        """Ask the first question; what is returned ends the visit."""
        self._organisations.enter(self)
        self.library.refresh()
        self._ask()
        return self._end

    def _end(self) -> None:
        self._answering.close()
        self._uploading.close()
        self._organisations.leave(self)

    def own_digests(self) -> set[str]:
        """Return the hashes of all own organisations that stand here, or that a step back would bring back."""
        return {digest_of(scenario.organisation) for scenario in self.history.scenarios()} - {""}

    # -- what the page is told

    @property
    def state(self) -> State:
        """Return the state that is shown."""
        return self.history.state

    @property
    def query(self) -> str:
        """Return the link's query; the page as it opens has none."""
        plain = self.state == State() and self.history.n_steps == 1
        return "" if plain else encode(self.state, self.history.before)

    def shown(self) -> Shown:
        """Return what the parts are told; reading it makes the page follow every change."""
        moment = self._changed.value
        if self._shown is None or self._shown[0] != moment:
            self._shown = (moment, self._tell())
        return self._shown[1]

    def _tell(self) -> Shown:
        baseline = self._baseline()
        standing = telling.standing(self.state, baseline, self._own()) | {"revision": self._revision}
        main = self.comparison() if self.state.page == "compare" else self.view()
        return Shown(self._bar(), standing, self._taking(), self._uploading.told(), main)

    def view(self) -> dict[str, Any]:
        """Return what is answered about the present scenario, with what the page says around it."""
        return telling.answer_frame(self.state, self._baseline(), is_computing=self._is_computing()) | self._view

    def comparison(self) -> dict[str, Any]:
        """Return what the compare page shows."""
        columns = self._columns()
        found = self._comparison if self._comparison.get("titles") == [each.title for each in columns] else {}
        table = found if "rows" in found and len(columns) > 1 else None
        told = telling.comparison(columns, table, is_computing=self._is_computing())
        return told | {"problem": found.get("problem", ""), "library": self.library.told()}

    def _bar(self) -> dict[str, Any]:
        answer = self._answer
        current = answer is not None and self._is_current(answer)
        return {
            "shown": self.state.page,
            "n_kept": len(self.state.kept),
            "status": telling.status(answer, runs=self.state.runs, is_computing=self._is_computing(), is_current=current),
            "can_undo": self.history.place > 0,
            "can_redo": self.history.place < self.history.n_steps - 1,
            "query": self.query,
            "message": self.message,
            "suggestion": self._suggestion(),
            "origin": self._origin(),
            "tries": self._tries,
            "where": self.library.where(),
        }

    def _origin(self) -> str:
        """Return what the saved scenario is called now that what is saved next is a fork of, if it is still there."""
        saved = self.library.find(self.state.origin_id)
        return saved.name if saved is not None else ""

    def _suggestion(self) -> str:
        return telling.suggestion(self.state.now, [each.name for each in self.library.saved])

    def _taking(self) -> dict[str, Any]:
        if self._recipes is None or self._recipes[0] != self.state:
            self._recipes = (self.state, telling.recipes(self.state, self._columns()))
        return {
            "kinds": telling.kinds(self.state, self._columns()),
            "recipes": self._recipes[1],
            "steps": telling.steps(self.history),
            "place": self.history.place,
            "began": self.history.n_steps == 1 and not self.state.now.moved,
            "ready": self._is_answered(),
            "file": self._file,
        }

    # -- questions and answers

    def _act(self, act: Callable[[], None], *, by_hand: bool = False, refresh: bool = False) -> None:
        """Do what was asked, or say why not; ``by_hand``: the page shows it already; ``refresh``: the library changed."""
        self._file, self.message = {}, ""
        try:
            act()
        except InputError as error:
            self.message, by_hand = "; ".join(problem.message for problem in error.problems), False
        if refresh:
            self.library.refresh()
        if not by_hand:
            self._revision += 1
        self._ask()
        self._show()

    def _show(self) -> None:
        self._changed.value = next(self._ticks)  # never the same twice, whichever thread shows

    def _baseline(self) -> Plan:
        return self.state.baseline(self.history.before)

    def _columns(self) -> list[Column]:
        return telling.columns(self.state, self._baseline())

    def _question(self) -> tuple[tuple[files.Scenario, ...], tuple[str, ...]]:
        """Return the scenarios to simulate; and their titles where they stand side by side."""
        if self.state.page == "compare":
            columns = self._columns()
            return tuple(each.plan.scenario for each in columns), tuple(each.title for each in columns)
        base, now = self._baseline().scenario, self.state.now.scenario
        return ((now,) if base.resolved() == now.resolved() else (base, now)), ()

    def _ask(self) -> None:
        scenarios, titles = self._question()
        self._answering.ask(scenarios, self.state.runs, titles)

    def _take_answer(self, answer: Answer) -> None:
        """Hear an answer, in the thread that computed it; what is drawn is made before anybody is told."""
        if answer.problem and answer.titles:
            said = f"This could not be simulated: {answer.problem}. Undo, or remove what was added last."
            self._comparison = {"titles": list(answer.titles), "problem": said}
        elif answer.problem:
            self._view = {"problem": f"This could not be simulated: {answer.problem}. Undo, or choose a starting point."}
        elif answer.titles:
            self._comparison = views.compared(list(answer.results), list(answer.titles), of=answer.of)
        else:
            self._view = views.answered(answer.results, answer.of)
        self._answer = replace(answer, results=())  # megabytes that a visitor doesn't need: the simulations keep them
        self._show()

    def _is_current(self, answer: Answer) -> bool:
        return (answer.question, answer.titles) == self._question() and answer.of == self.state.runs

    def _is_computing(self) -> bool:
        answer = self._answer
        return answer is None or not (self._is_current(answer) and (answer.is_full or bool(answer.problem)))

    def _is_answered(self) -> bool:
        return self._answer is not None and not self._answer.problem and not self._is_computing()

    def _own(self) -> OwnOrganisation | None:
        digest = digest_of(self.state.now.scenario.organisation)
        return organisations().known(digest) if digest else None

    def _result(self, scenario: files.Scenario) -> Result:
        return joined([LIVE.part(scenario, number) for number in range(self.state.runs // PART)])

"""How long an answer takes after a slider is moved, by starting point: ``python -m tests.browser.answers`` prints seconds.

500 people, 24 months, 32 runs, as the page asks. A move changes a practice and keeps the people, so the organisations are
there already; the first answer of a visit draws them as well. The least of a few tries, by the clock and of all processors.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator

from adoptsim import files
from adoptsim.domain.scenario import Scenario
from adoptsim.live import PART, LiveSimulation, joined
from adoptsim.ui.setting import starting_point
from adoptsim.ui.state import RUNS
from adoptsim.ui.views import answered

FIRST_RUNS = 8


def moves(scenario: Scenario) -> Iterator[Scenario]:
    """Give the scenario with one practice a little weaker each time, as a slider that is dragged does."""
    name, use = next((each for each in scenario.practices.items() if each[1].intensity > 0.0), (None, None))
    for number in range(1, 100):
        if name is None or use is None:
            yield scenario.model_copy(update={"levers": {**scenario.levers, "culture_trust": 0.4 + number / 1000}})
        else:
            weaker = use.model_copy(update={"intensity": use.intensity * (1.0 - number / 1000)})
            yield scenario.model_copy(update={"practices": {**scenario.practices, name: weaker}})


def seconds_of(live: LiveSimulation, scenario: Scenario, clock: Callable[[], float]) -> dict[str, float]:
    """Return the time of the first runs, of all, and of making what is drawn."""
    began = clock()
    first = [live.part(scenario, number) for number in range(FIRST_RUNS // PART)]
    at_first = clock()
    rest = [live.part(scenario, number) for number in range(FIRST_RUNS // PART, RUNS[0] // PART)]
    at_last = clock()
    answered([joined([*first, *rest])], RUNS[0])
    return {"first": at_first - began, "full": at_last - began, "drawn": clock() - at_last}


def least(name: str, tries: int) -> dict[str, float]:
    """Return the least of each over some tries: of a move by the clock and of all processors, and of a first answer."""
    scenario = starting_point(name)
    live, moved = LiveSimulation(), moves(scenario)
    opened = [seconds_of(LiveSimulation(), scenario, time.perf_counter) for _ in range(tries)]
    seconds_of(live, scenario, time.perf_counter)  # draws the organisations
    by_clock = [seconds_of(live, next(moved), time.perf_counter) for _ in range(tries)]
    spent = [seconds_of(live, next(moved), time.process_time) for _ in range(tries)]
    found = {part: min(each[part] for each in by_clock) for part in by_clock[0]}
    found |= {"full, processors": min(each["full"] for each in spent), "opened": min(each["full"] for each in opened)}
    return {part: round(seconds, 3) for part, seconds in found.items()}


def main() -> None:
    """Measure each shipped scenario, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=5)
    tries = parser.parse_args().tries
    least("typical", 1)  # compiles
    print(json.dumps({name: least(name, tries) for name in files.shipped("scenarios")}, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()

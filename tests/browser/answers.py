"""What a full answer costs, by starting point: ``python -m tests.browser.answers`` prints seconds of processor time.

500 people, 24 months, 32 runs, as the page asks; the least of a few tries, each with nothing kept of the one before.
"""

from __future__ import annotations

import argparse
import json
import time

from adoptsim import files
from adoptsim.live import PART, LiveSimulation, joined
from adoptsim.ui.setting import starting_point
from adoptsim.ui.state import RUNS
from adoptsim.ui.views import answered

FIRST_RUNS = 8


def seconds_of(name: str) -> dict[str, float]:
    """Return the processor time of the first runs, of all, and of making what is drawn."""
    live, scenario = LiveSimulation(), starting_point(name)
    began = time.process_time()
    first = [live.part(scenario, number) for number in range(FIRST_RUNS // PART)]
    at_first = time.process_time()
    rest = [live.part(scenario, number) for number in range(FIRST_RUNS // PART, RUNS[0] // PART)]
    at_last = time.process_time()
    answered([joined([*first, *rest])], RUNS[0])
    return {"first": at_first - began, "full": at_last - began, "drawn": time.process_time() - at_last}


def least(name: str, tries: int) -> dict[str, float]:
    """Return the least of each over some tries."""
    found = [seconds_of(name) for _ in range(tries)]
    return {part: round(min(each[part] for each in found), 4) for part in found[0]}


def main() -> None:
    """Measure each shipped scenario, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=3)
    tries = parser.parse_args().tries
    seconds_of("typical")  # compiles
    print(json.dumps({name: least(name, tries) for name in files.shipped("scenarios")}, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()

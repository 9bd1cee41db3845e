"""How long a participant's actions take in a full room: ``python -m tests.workshop.pace [PEOPLE]``; 1 beyond a second.

Conditions: the command as a trainer starts it, writing to a disk, and all phones in one more process on the same machine,
over loopback. Everybody follows the room meanwhile, as a phone does. Joining: all within ten seconds. Guessing: three
answers each within ten seconds. Deciding: everybody changes their team's decision within ten seconds, again whenever a
colleague was quicker. Measured is the time from sending an action to its answer, by kind; no action is left out.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adoptsim.workshop import store
from adoptsim.workshop.rehearse import Phone
from tests.workshop.program import Program, answer_all, decide_once, following, join, played, program_in

PEOPLE, WITHIN = 100, 10.0
MOST_SECONDS = 1.0
"""p95 of each kind of action with a hundred phones in the room, as promised."""
MOST_WAITED = 0.6
"""A server that others keep from the processors for longer tells nothing of its own pace."""


@dataclass
class Measured:
    """Seconds by kind of action; events by kind; people, guesses and decisions as they are kept.

    ``waited``: of the time in which the server wanted a processor, the share in which others had it; 0 where it isn't known.
    """

    seconds: dict[str, list[float]]
    counted: dict[str, int]
    kept: tuple[int, int, int]
    waited: float

    @property
    def slowest(self) -> float:
        """Return the largest p95 of any kind of action."""
        return max(_p95(seconds) for seconds in self.seconds.values())

    def in_words(self) -> str:
        """Return a line a kind of action."""
        lines = "\n".join(
            f"{kind}: {len(seconds)} actions, median {statistics.median(seconds):.3f} s, p95 {_p95(seconds):.3f} s, "
            f"longest {max(seconds):.3f} s"
            for kind, seconds in self.seconds.items()
        )
        return f"{lines}\nthe server waited for a processor {self.waited:.0%} of the time in which it wanted one"


def measured(folder: Path, people: int) -> Measured:
    """Let a room join, guess and decide, and return how long each action took and what was counted."""
    with program_in(folder) as program:
        program.start()
        assert program.process is not None
        before = _on_processor(program.process.pid)
        seconds = played(_room(program, people))
        ran, waited = (then - now for then, now in zip(_on_processor(program.process.pid), before, strict=True))
        counted = {kind: program.events(kind) for kind in ("joined", "guessed", "decided")}
        state = store.read(program.file).state
        kept = (len(state.present()), len(state.guesses), len(state.decisions))
        return Measured(seconds, counted, kept, waited / max(1, ran + waited))


def _on_processor(pid: int) -> tuple[int, int]:
    """Return for how many nanoseconds a process's first thread has run, and has waited to; (0, 0) where it isn't told."""
    try:
        ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    except (OSError, ValueError):
        return 0, 0
    return int(ran), int(waited)


async def _room(program: Program, people: int) -> dict[str, list[float]]:
    assert program.found is not None
    luck, streams = random.Random(1), list[asyncio.Task[None]]()
    phones = [Phone(program.found["participants"]) for _ in range(people)]

    async def come(place: int) -> float:
        took = await join(program, phones[place], place)
        streams.extend(await following([phones[place]]))
        return took

    joins = await asyncio.gather(*(_at_some_time(luck, come, place) for place in range(people)))
    await asyncio.to_thread(program.go, "predict")
    guesses = await answer_all(phones, luck, within=WITHIN)
    await asyncio.to_thread(program.go, "decide")
    decisions = await asyncio.gather(*(_at_some_time(luck, decide_once, phone) for phone in phones))
    for task in streams:
        task.cancel()
    return {"join": joins, "guess": guesses, "decide": [took for each in decisions for took in each]}


async def _at_some_time(luck: random.Random, act: Callable[..., Coroutine[Any, Any, Any]], *given: Any) -> Any:
    await asyncio.sleep(luck.uniform(0.0, WITHIN))
    return await act(*given)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def main(people: int) -> int:
    """Print how long each kind of action took; return 1 if any took too long too often."""
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), people)
    print(found.in_words())  # noqa: T201  # the measured figures
    return int(found.slowest >= MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE))

"""What comes of a run: its outcomes, or why it failed; and whether one that was done twice is the same to the last bit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adoptsim.sweeps.plan import Job
from adoptsim.sweeps.series import same_days


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its outcomes in the order of the store's ``measures``."""

    job: Job
    seconds: float
    values: tuple[float, ...]
    days: bytes | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that raised."""

    job: Job
    error: str
    traceback: str


class Finished:
    """Which runs are finished: a bit a replicate, so that millions take little room."""

    def __init__(self, jobs: Iterable[tuple[str, int]] = ()) -> None:
        self._bits: dict[str, int] = {}
        for point_key, replicate in jobs:
            self._bits[point_key] = self._bits.get(point_key, 0) | 1 << replicate

    def __contains__(self, job: Job) -> bool:
        return bool(self._bits.get(job.point_key, 0) >> job.replicate & 1)

    def __len__(self) -> int:
        return sum(bits.bit_count() for bits in self._bits.values())


def differences(measures: Sequence[str], before: Run, again: Run) -> list[str]:
    """Return in words what differs between a run and itself done again: outcomes, and its days where both have them."""
    found = [
        f"{name} was {was!r} and is {now!r}"
        for name, was, now in zip(measures, before.values, again.values, strict=True)
        if was != now and not (was != was and now != now)
    ]
    if before.days is not None and again.days is not None and not same_days(before.days, again.days):
        found.append("its days are others")
    return found

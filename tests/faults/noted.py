"""The command line, with the key of every run that is begun written to a file first: what shows if one is done twice.

``python tests/faults/noted.py FILE sweep ...``
"""

from __future__ import annotations

import os
import sys
from typing import Any

from adoptsim import cli
from adoptsim.sweeps.plan import Job
from adoptsim.sweeps.work import Worker


def note_runs(file: str) -> None:
    """Write down each run's key before it is done; what is written outlives a kill."""
    opened, one = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), Worker._one

    def noted(self: Worker, simulator: Any, job: Job) -> Any:
        os.write(opened, f"{job.run_key}\n".encode())
        return one(self, simulator, job)

    Worker._one = noted  # type: ignore[method-assign]


if __name__ == "__main__":
    note_runs(sys.argv.pop(1))
    cli.main()

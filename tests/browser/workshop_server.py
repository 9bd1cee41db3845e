"""A workshop's server in a process of its own, as the command starts it: it can be killed and started again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.browser.load import ROOT

PLAN = """
name: small-room
title: A small room
minutes: 33
story: A short story.
opening: 2
closing: 2
replicates: 8
rounds:
  - title: One plan a team
    scenario: small.yaml
    minutes: {introduce: 2, predict: 3, decide: 5, reveal: 3, debrief: 4}
    introduce: [An organisation of 40 people has a network., Nobody writes.]
    predict:
      - {key: lasts, kind: lasts, text: Will it last?}
      - {key: contributors, kind: contributors, text: How many contribute in month 24?}
      - {key: practice, kind: practice, text: Which practice matters most?, options: [act_on_contributions, safe_space]}
    decide: {budget: 2, unit: coins, practices: [act_on_contributions, critical_mass, safe_space], starts: [0, 6]}
    debrief: [What surprised you?, What did you leave out?, What will you do on Monday?]
    notes: {predict: Ask two people to say why.}
  - title: Once more
    scenario: small.yaml
    minutes: {introduce: 2, predict: 3, reveal: 3, debrief: 4}
    introduce: [The same people a year later.]
    predict:
      - {key: lasts, kind: lasts, text: And now?}
    debrief: [What would you do differently?]
"""
SCENARIO = """
name: small
title: A small organisation
story: Forty people.
organisation: {people: 40}
"""


def plan_in(folder: Path) -> Path:
    """Write a workshop of two short rounds, and return its file."""
    (folder / "small.yaml").write_text(SCENARIO)
    plan = folder / "small-room.yaml"
    plan.write_text(PLAN)
    return plan


class WorkshopServer:
    """A server of a plan that keeps the room in a file."""

    def __init__(self, plan: str, kept: Path, *more: str) -> None:
        self._command = [sys.executable, "-m", "adoptsim.cli", "workshop", plan, "--file", str(kept), "--no-open", *more]
        self.start("0")

    def start(self, port: str | None = None) -> None:
        """Start it, and wait until it says where it is; again at the port of the last time if none is given."""
        given = ["--port", port] if port else []
        self._process = subprocess.Popen([*self._command, "--json", "--quiet", *given], cwd=ROOT, text=True,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise AssertionError(self._process.communicate()[1])
        found = json.loads(said)
        self.url, self.code = found["participants"], found["code"]
        self.facilitator, self.projector = found["facilitator"], found["projector"]

    def begin_another(self, kept: Path) -> None:
        """End it, and begin another room of the same plan at the same address."""
        self.stop()
        self._command[self._command.index("--file") + 1] = str(kept)
        self.start(self.url.rstrip("/").rpartition(":")[2])

    def kill(self) -> None:
        """End it as kill -9 does: without a word."""
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._process.terminate()
        try:
            self._process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()

"""A small organisation for a short time, and a workshop about it: what is reckoned takes a second."""

from __future__ import annotations

from pathlib import Path

from adoptsim.workshop.plan import Workshop

SCENARIO = """\
name: small-office
title: A small office
story: Sixty people, a year.
organisation: {people: 60}
horizon: {days: 252, support_until: 84}
practices:
  critical_mass: true
  leadership_and_champions: {misused: true}
"""
PLAN = """\
name: small-round
title: A small <b>round</b>
minutes: 30
seed: 3
replicates: 8
story: What <script>alert(1)</script> would you do?
lessons:
  - says: The office never lasts.
    claims: [{measure: reached, of: as-it-is, below: 1.01}]
  - says: Pigs fly.
    claims: [{measure: contributors, of: as-it-is, above: 0.99}]
policies:
  as-it-is: {title: As it is, scenario: small-office.yaml}
rounds:
  - title: One
    scenario: small-office.yaml
    minutes: {introduce: 5, predict: 5, decide: 5, reveal: 5, debrief: 5}
    predict:
      - {key: lasts, kind: lasts, text: Will it last?}
      - {key: end, kind: contributors, text: How many contribute at the end?}
      - {key: best, kind: practice, text: Which one helps most?, options: [leadership_and_champions, safe_space]}
    decide:
      budget: 2
      unit: changes
      practices: [leadership_and_champions, safe_space, act_on_contributions]
    debrief: [What surprised you?]
"""


def small_workshop(folder: Path) -> Workshop:
    """Return the small workshop, written to a folder with its scenario and read from there."""
    (folder / "small-office.yaml").write_text(SCENARIO)
    (folder / "small-round.yaml").write_text(PLAN)
    return Workshop.load(folder / "small-round.yaml")


def decided(*names: str, computer: bool = False) -> dict[str, object]:
    """Return a team's decision for some practices, at full strength and at once."""
    return {"practices": {name: {"strength": "full", "start": 0} for name in names}, "computer": computer}

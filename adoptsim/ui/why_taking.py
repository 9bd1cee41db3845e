"""What one takes along from the page Why: the scenario, pictures and reports of what was found, how to repeat it. Pure."""

from __future__ import annotations

from collections.abc import Callable

from adoptsim.simulation import SEED
from adoptsim.ui.recipes import loading, picture, scenario_file, taken
from adoptsim.ui.state import Plan
from adoptsim.ui.why_work import LEVELS, UNHEARD_RUNS, Findings

KINDS: dict[str, tuple[str, Callable[[Findings], bool]]] = {
    "yaml": ("Scenario", lambda _: True),
    "adds.png": ("What each adds (PNG)", lambda found: found.shares is not None),
    "adds.svg": ("What each adds (SVG)", lambda found: found.shares is not None),
    "enough.png": ("What is enough (PNG)", lambda found: found.enough is not None),
    "tipping.png": ("Tipping point (PNG)", lambda found: found.tipping is not None),
    "tipping.html": ("Tipping point (report)", lambda found: found.tipping is not None),
}
"""Each file's title, and when it can be made."""


def kinds(found: Findings) -> dict[str, str]:
    """Return what can be made of what is known so far."""
    return {kind: title for kind, (title, is_known) in KINDS.items() if is_known(found)}


def commands(plan: Plan, level: int, *, full: bool) -> dict[str, str]:
    """Return by part the command that finds the same."""
    asked, seed = taken(plan).asked, f"--seed {SEED}"
    enough = f"adoptsim enough {asked}{' --full' if full else ''} --replicates {LEVELS[level]} {seed}"
    return {
        "adds": enough,
        "enough": enough,
        "tipping": f"adoptsim tipping {asked} {seed}",
        "unheard": f"adoptsim run {asked} --replicates {UNHEARD_RUNS} {seed}",
    }


def python_for(plan: Plan, level: int, *, full: bool) -> str:
    """Return the Python that finds the same."""
    asked = f"full={full}, replicates={LEVELS[level]}, seed={SEED}"
    return (
        f"import adoptsim as ad\n\nscenario = {loading(taken(plan))}\n"
        f"shares, enough = ad.enough(scenario, {asked})\nprint(shares.summary(), enough.summary())\n"
        f"print(ad.tipping(scenario, seed={SEED}).summary())\n"
        f"print(ad.unheard(ad.simulate(scenario, replicates={UNHEARD_RUNS}, seed={SEED})))\n"
    )


def why_file(kind: str, plan: Plan, found: Findings, command: str) -> tuple[str, bytes]:
    """Return the name and content of a file."""
    if kind == "yaml":
        return scenario_file(plan)
    from adoptsim.report import figures

    each, (part, ending) = taken(plan), kind.split(".")
    name = f"{each.scenario.name}-{part}.{ending}"
    if part == "adds" and found.shares is not None:
        return name, picture(figures.figure_shares(found.shares), ending)
    if part == "enough" and found.enough is not None:
        return name, picture(figures.figure_frontier(found.enough.frontier), ending)
    assert found.tipping is not None  # or it would not have been offered
    if ending == "html":
        from adoptsim.report.html import render
        from adoptsim.report.pages.tipping import tipping_page

        return name, render(tipping_page(found.tipping, given=each.asked, command=command)).encode()
    return name, picture(figures.figure_tipping(found.tipping), ending)

"""`benchmark`: what a simulated person-day costs on this machine, all measured in one go."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adoptsim.commands.options import AsJson, Quiet
from adoptsim.commands.terminal import out, print_json, say, table, tell_if_first


def benchmark(
    million: Annotated[bool, typer.Option("--million", help="Also a million people, with peak memory.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure what a simulated day costs here.

    By size, against plain Mesa, against what memory alone takes, and by threads; all in one go.
    """
    from adoptsim.benchmark import benchmark as measure

    tell_if_first(quiet)
    measured = measure(million=million, tell=(lambda text: None) if quiet else (lambda text: say(f"measuring: {text}")))
    if as_json:
        print_json(measured)
    else:
        _show(measured)


def _show(measured: dict[str, Any]) -> None:
    console = out()
    shown = table("People", "Days", "ns a person-day", "Person-days a second", "Set-up", left=0)
    for cost in measured["costs"]:
        ns = cost["ns_per_person_day"]
        people, days, setup = f"{cost['people']:,}", f"{cost['days']}", f"{cost['setup_seconds']:.2f} s"
        shown.add_row(people, days, f"{ns:.1f}", f"{1e9 / ns:,.0f}", setup)
    console.print(f"Scenario {measured['scenario']}, one thread, days alone", style="bold")
    console.print(shown, end="")
    if measured["peak_memory_bytes"]:
        console.print(f"Peak memory: {measured['peak_memory_bytes'] / 2**30:.2f} GiB")
    for line in (_reference(measured["reference"]), _floor(measured["floor"]), _threads(measured["threads"])):
        console.print(line)


def _reference(reference: dict[str, Any] | None) -> str:
    if reference is None:
        return "Against plain Mesa: not measured; the plain model lies in the source tree, tests/reference."
    return (
        f"Against plain Mesa, {reference['people']:,} people, all ten practices: "
        f"{reference['ratio']:,.0f} times as fast ({reference['engine_ns_per_person_day']:.1f} against "
        f"{reference['mesa_ns_per_person_day']:,.0f} ns)."
    )


def _floor(floor: dict[str, Any]) -> str:
    return (
        f"Against memory alone, {floor['people']:,} people, {floor['engine_ns_per_person_day']:.1f} ns: "
        f"{floor['ratio_to_least_rows']:.1f} times the time to stream the rows that a day can't do without and gather the "
        f"day's readers ({floor['least_rows_ns_per_person_day']:.1f} ns); {floor['ratio_to_whole_state']:.1f} times the "
        f"time to read and write people's whole state once and gather the day's readers "
        f"({floor['whole_state_ns_per_person_day']:.1f} ns)."
    )


def _threads(threads: dict[str, Any]) -> str:
    return (
        f"Two threads against one, {threads['replicates']} runs: {threads['ratio']:.2f} times as fast "
        f"({threads['two_threads_runs_per_second']:.0f} against {threads['one_thread_runs_per_second']:.0f} runs/s)."
    )

"""Taking it with you: the command and the Python that give the page's numbers, and files to download."""

from __future__ import annotations

import csv
import io
import shlex
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from adoptsim import files
from adoptsim.compare import Comparison
from adoptsim.report.words import MEASURES
from adoptsim.simulation import SEED, Result, model_version
from adoptsim.ui.organisations import PEOPLE, TIES
from adoptsim.ui.setting import digest_of, named
from adoptsim.ui.state import Plan
from adoptsim.ui.uploads import safe_cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIME = {
    ".yaml": "application/yaml",
    ".csv": "text/csv",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".zip": "application/zip",
}
RUN_KINDS = {
    "yaml": "Scenario (YAML)",
    "csv": "Daily series (CSV)",
    "png": "Picture (PNG)",
    "svg": "Picture (SVG)",
    "html": "Report (HTML)",
}
COMPARE_KINDS = {
    "zip": "Scenarios (ZIP)",
    "csv": "Table (CSV)",
    "png": "Picture (PNG)",
    "svg": "Picture (SVG)",
    "html": "Report (HTML)",
}


@dataclass(frozen=True)
class Taken:
    """A scenario as it is taken along: ``asked`` is what a command calls it, a shipped name or a file."""

    scenario: files.Scenario
    asked: str

    @property
    def is_file(self) -> bool:
        """Return whether a file has to be downloaded for it."""
        return self.asked != self.scenario.name


def taken(plan: Plan, title: str = "") -> Taken:
    """Return a plan's scenario as a file would hold it: a shipped one as it is, a changed one under its own name."""
    if plan.brought is None and plan.scenario == plan.first:
        return Taken(plan.scenario, plan.start)
    scenario = plan.scenario
    if plan.moved or title:
        scenario = named(scenario, title or f"{plan.first.name} changed")
        scenario = scenario.model_copy(update={"title": title or plan.title[:200]})
    return Taken(scenario, f"{scenario.name}.yaml")


def all_taken(plans: Iterable[Plan], titles: Iterable[str]) -> list[Taken]:
    """Return several plans as files of one folder, no two of the same name."""
    found: list[Taken] = []
    for plan, title in zip(plans, titles, strict=True):
        each = taken(plan, "" if title == "Now" else title)
        names = {other.scenario.name for other in found}
        first, n = each.scenario.name[:60], 2
        while each.scenario.name in names:
            scenario = each.scenario.model_copy(update={"name": f"{first}-{n}"})
            each, n = Taken(scenario, f"{scenario.name}.yaml"), n + 1
        found.append(each)
    return found


def scenario_yaml(scenario: files.Scenario, *, apart: bool = False) -> str:
    """Return a scenario as the text of a file that loads back; ``apart``: own files bear their hash in their names."""
    spec = scenario.organisation
    if spec.people_file is not None:
        names = dict(zip(("people_file", "ties_file"), _own_names(scenario, apart=apart), strict=True))
        scenario = scenario.model_copy(update={"organisation": spec.model_copy(update=names)})
    return f"# adoptsim {model_version()}\n{files.scenario_text(scenario, Path('/'))}"


def _own_names(scenario: files.Scenario, *, apart: bool) -> tuple[str, str]:
    """Return what an organisation's own files are called beside its scenario."""
    digest = digest_of(scenario.organisation)
    return (f"people-{digest}.csv", f"ties-{digest}.csv") if apart else (PEOPLE, TIES)


def _are_apart(scenarios: Iterable[Taken]) -> bool:
    """Return whether scenarios have different organisations' own files."""
    return len({digest_of(each.scenario.organisation) for each in scenarios} - {""}) > 1


# -- the command and the Python


def command_for(plan: Plan, runs: int) -> str:
    """Return the command that prints the page's numbers; a changed scenario's file is downloaded first."""
    return f"adoptsim run {taken(plan).asked} --replicates {runs} --seed {SEED}"


def compare_command(scenarios: Sequence[Taken], runs: int) -> str:
    """Return the command that compares the same scenarios; changed ones are downloaded first."""
    asked = " ".join(shlex.quote(each.asked) for each in scenarios)
    return f"adoptsim compare {asked} --replicates {runs} --seed {SEED}"


def python_for(plan: Plan, runs: int) -> str:
    """Return the Python that gives the page's numbers; nothing else is needed, but for an organisation's own files."""
    return (
        f"import adoptsim as ad\n\nscenario = {loading(taken(plan))}\n"
        f"result = ad.simulate(scenario, replicates={runs}, seed={SEED})\nprint(result.summary())\n"
    )


def compare_python(scenarios: Sequence[Taken], runs: int) -> str:
    """Return the Python that compares the same scenarios."""
    apart = _are_apart(scenarios)
    loads = "".join(f"    {loading(each, apart=apart)},\n" for each in scenarios)
    return (
        f"import adoptsim as ad\nfrom adoptsim.compare import compare\n\nscenarios = [\n{loads}]\n"
        f"comparison = compare(scenarios, replicates={runs}, seed={SEED})\nprint(comparison.summary())\n"
    )


def loading(each: Taken, *, apart: bool = False) -> str:
    """Return the Python that gives a scenario: a shipped one by name, another one as text."""
    if not each.is_file:
        return f'ad.Scenario.load("{each.asked}")'
    return f"ad.Scenario.parse('''\n{_quotable(scenario_yaml(each.scenario, apart=apart))}''')"


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'''", "\\'\\'\\'")


# -- files


def download(kind: str, plan: Plan, result: Result) -> tuple[str, bytes]:
    """Return the name and content of a file: the scenario, its daily series, its picture, or the report."""
    each = taken(plan)
    name, shown = each.scenario.name, replace(result, scenario=each.scenario)
    if kind == "yaml":
        return scenario_file(plan)
    if kind == "csv":
        return f"{name}.csv", shown.frame.to_csv(index=False).encode()
    if kind == "html":
        return f"{name}.html", _report(shown, each)
    from adoptsim.report.figures import figure_run

    return f"{name}.{kind}", picture(figure_run(shown), kind)


def scenario_file(plan: Plan) -> tuple[str, bytes]:
    """Return the name and content of a plan's file; with own files, of an archive that has them too."""
    each, name = taken(plan), scenario_file_name(plan)
    return name, _zipped([each]) if name.endswith(".zip") else scenario_yaml(each.scenario).encode()


def scenario_file_name(plan: Plan) -> str:
    """Return what a plan's file is called."""
    scenario = taken(plan).scenario
    return f"{scenario.name}.{'yaml' if scenario.organisation.people_file is None else 'zip'}"


def compare_download(
    kind: str, plans: Sequence[Plan], titles: Sequence[str], results: Sequence[Result]
) -> tuple[str, bytes]:
    """Return the name and content of a file about several scenarios: they, their figures, their picture, or the report."""
    scenarios = all_taken(plans, titles)
    shown = [replace(result, scenario=each.scenario) for each, result in zip(scenarios, results, strict=True)]
    if kind == "zip":
        return "scenarios.zip", _zipped(scenarios)
    if kind == "csv":
        return "comparison.csv", _csv_of(Comparison(tuple(shown)), titles)
    if kind == "html":
        return "comparison.html", _compare_report(Comparison(tuple(shown)), scenarios)
    from adoptsim.report.figures import figure_compare

    return f"comparison.{kind}", picture(figure_compare(tuple(shown)), kind)


def _zipped(scenarios: Sequence[Taken]) -> bytes:
    """Return an archive of scenarios' files, with the own files that they name."""
    stream, apart = io.BytesIO(), _are_apart(scenarios)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in scenarios:
            archive.writestr(f"{each.scenario.name}.yaml", scenario_yaml(each.scenario, apart=apart))
            spec = each.scenario.organisation
            for name, path in zip(_own_names(each.scenario, apart=apart), (spec.people_file, spec.ties_file), strict=True):
                if path is not None and name not in archive.namelist():
                    archive.writestr(name, Path(path).read_bytes())
    return stream.getvalue()


def picture(figure: Figure, kind: str) -> bytes:
    """Return a figure as a file: png or svg."""
    stream = io.BytesIO()
    figure.savefig(stream, format=kind, dpi=150)
    return stream.getvalue()


def _csv_of(comparison: Comparison, titles: Sequence[str]) -> bytes:
    """Return a comparison as a table: a row a figure and scenario, with the change against the first, in pairs."""
    first = f"change against {titles[0]}"
    rows: list[list[object]] = [["figure", "scenario", "value", "low", "high", first, "change low", "change high"]]
    for place, title in enumerate(titles):
        for name, (label, _) in MEASURES.items():
            value = comparison.results[place].interval(name)
            difference = comparison.difference(name, place) if place else ("", "", "")
            rows.append([label, title, *value, *difference])
    stream = io.StringIO()
    csv.writer(stream).writerows(safe_cells(rows))
    return stream.getvalue().encode("utf-8-sig")


def _report(result: Result, each: Taken) -> bytes:
    from adoptsim.analysis.unheard import unheard
    from adoptsim.report.html import render
    from adoptsim.report.pages.run import run_page
    from adoptsim.report.verdict import judge, verdict_sentences

    summary, scenario = result.summary(), result.scenario
    reached = summary["critical_mass"]["reached"]
    needed = scenario.support_end + scenario.critical_mass.after_support_days + 1
    verdict = {"word": judge(reached["low"], reached["high"]).word, "sentences": verdict_sentences(summary, needed)}
    found = summary | {"unheard": unheard(result), "verdict": verdict}
    command = f"adoptsim run {each.asked} --replicates {len(result.replicates)} --seed {SEED}"
    return render(run_page(result, found, given=each.asked, days=None, command=command)).encode()


def _compare_report(comparison: Comparison, scenarios: Sequence[Taken]) -> bytes:
    from adoptsim.analysis.unheard import unheard_differences
    from adoptsim.report.html import render
    from adoptsim.report.pages.compare import compare_page

    runs = len(comparison.results[0].replicates)
    counts = {"seed": SEED, "replicates": runs, "unheard": unheard_differences(comparison)}
    given = [each.asked for each in scenarios]
    command = compare_command(scenarios, runs)
    return render(compare_page(comparison, comparison.summary() | counts, given=given, days=None, command=command)).encode()

"""Own files in, and everything out again: uploads good and bad, saved scenarios, downloads."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from adoptsim import files
from tests.browser.conftest import Visit
from tests.browser.page import SLIDER, SMALL, moved, numbers, settled
from tests.ui.brought import PEOPLE, people_csv, ties_csv, write


def bring(page: Page, *paths: Path) -> Page:
    """Choose files as somebody does."""
    if not page.locator("#as-files").count():
        page.get_by_role("button", name="Use your own files").click()
    page.locator("#as-files").set_input_files([str(path) for path in paths])
    return page


def still_lives(page: Page) -> None:
    """Hold that the page goes on as if nothing had happened."""
    page.locator(SLIDER).fill("90")
    moved(page, "p7:90")


DROP = """async texts => {
  const drop = files => {
    const dropped = new DataTransfer()
    for (const [name, text] of Object.entries(files)) dropped.items.add(new File([text], name))
    document.querySelector('#as-bring').dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true }))
  }
  drop(texts)
  while (!document.querySelector('#as-bring .as-waits')) await new Promise(requestAnimationFrame)
  drop({ 'late.exe': 'late' })
}"""


# -- files in


def test_files_on_their_way_arrive_whatever_is_dropped_meanwhile(visit: Visit):
    page = settled(visit(SMALL))
    page.get_by_role("button", name="Use your own files").click()
    long = people_csv() + "".join(f"q{number},p0,{'D' * 2000}\n" for number in range(1500))
    page.evaluate(DROP, {"people.csv": long, "ties.csv": ties_csv()})
    moved(page, ",o")
    expect(page.locator(".as-problems")).to_have_count(0)


def test_own_people_are_simulated_and_travel_in_the_link_by_their_hash(visit: Visit, tmp_path: Path):
    page = settled(visit(SMALL))
    generated = numbers(page)
    bring(page, *write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv()))
    expect(page.locator(".as-own")).to_contain_text(f"{PEOPLE} people in 4 departments")
    moved(page, ",o")
    own = numbers(page)
    assert own != generated
    assert "p1" not in page.url
    other = settled(visit(page.url.split("?", 1)[1]))
    assert numbers(other) == own
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".as-own")).to_have_count(0)


def test_a_scenario_file_becomes_the_starting_point_and_travels_whole_in_the_link(visit: Visit, tmp_path: Path):
    text = "name: ours\ntitle: Our own <b>plan</b>\norganisation: {people: 50}\npractices: {safe_space: 0.4}\n"
    page = bring(settled(visit(SMALL)), *write(tmp_path, ours_yaml=text))
    expect(page.locator(".as-over")).to_contain_text("Our own <b>plan</b>")
    moved(page, "own=")
    other = settled(visit(page.url.split("?", 1)[1]))
    assert numbers(other) == numbers(page)
    expect(other.locator("#as-safe_space")).to_have_value("40")


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (
            {"people_csv": "id,manager,department\np1,px,A\np2,,A\n", "ties_csv": "source,target\np1,p2\n"},
            "people.csv:2, manager",
        ),
        ({"ours_yaml": "name: ours\npractices: {safe_spaces: 1}\n"}, "ours.yaml:2, practices.safe_spaces"),
        ({"ours_yaml": "# adoptsim 99.0+x\nname: ours\nweather: mild\n"}, "newer version of adoptsim"),
        ({"notes_csv": "a,b\n1,2\n"}, "neither people"),
    ],
    ids=["people", "scenario", "newer", "neither"],
)
def test_a_bad_file_is_said_with_file_and_field_and_the_page_lives(
    visit: Visit, tmp_path: Path, texts: dict[str, str], says: str
):
    page = bring(settled(visit(SMALL)), *write(tmp_path, **texts))
    expect(page.locator(".as-problems")).to_contain_text(says)
    still_lives(page)


def test_200_mb_are_refused_and_the_page_lives(visit: Visit, tmp_path: Path):
    path = tmp_path / "people.csv"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    page = bring(settled(visit(SMALL)), path)
    expect(page.locator(".as-problems")).to_contain_text("people.csv: has 200 MB; give at most 20 MB")
    still_lives(page)


def test_formulas_are_taken_as_text_and_said(visit: Visit, tmp_path: Path):
    people = people_csv().replace("p59,", "=HYPERLINK(1),")
    ties = ties_csv().replace("p59,", "=HYPERLINK(1),").replace(",p59\n", ",=HYPERLINK(1)\n")
    page = bring(settled(visit(SMALL)), *write(tmp_path, people_csv=people, ties_csv=ties))
    expect(page.locator(".as-remarks")).to_contain_text("nothing in it is run")
    still_lives(page)


def test_a_link_whose_people_are_not_here_says_so_and_opens_the_rest(visit: Visit):
    page = settled(visit("v=1&now=launch-only,o0123456789abcdef,t70,p7:30"))
    expect(page.get_by_role("alert")).to_contain_text("which this machine doesn't have")
    expect(page.locator("#as-trust")).to_have_value("70")
    still_lives(page)


def test_own_files_are_deleted_only_when_sure(visit: Visit, tmp_path: Path):
    page = bring(settled(visit(SMALL)), *write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv()))
    moved(page, ",o")
    page.get_by_role("button", name="Delete the files").click()
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("button", name="Delete the files")).to_be_focused()
    expect(page).to_have_url(re.compile(",o"))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Deleted from")
    expect(page).not_to_have_url(re.compile(",o"))


# -- saved


def save(page: Page, title: str) -> Page:
    page.get_by_role("button", name="Save scenario").click()
    page.locator("#as-title").fill(title)
    page.keyboard.press("Enter")
    expect(page.locator(".as-pop")).to_have_count(0)
    return page


def test_a_saved_scenario_is_there_for_a_later_visit_and_its_fork_below_it(visit: Visit):
    page = settled(visit(SMALL + ",p7:55"))
    save(page, "Answers for all")
    moved(page, "keep=")
    later = settled(visit())
    later.get_by_role("button", name="Compare").click()
    later.get_by_role("button", name="Open Answers for all").click()
    moved(later, "p7:55")
    later.locator("#as-safe_space").fill("35")
    moved(later, "p6:35")
    later.get_by_role("button", name="Save scenario").click()
    expect(later.locator(".as-pop")).to_contain_text("a fork of “Answers for all”")
    later.keyboard.press("Escape")
    save(later, "Answers and safety")
    later.get_by_role("button", name="Compare").click()
    row = later.locator(".as-library tr", has_text="Answers and safety")
    expect(row).to_contain_text("a fork of Answers for all")
    expect(row).to_contain_text(re.compile("last|say|toss"))


def test_a_saved_scenario_is_renamed_and_removed_only_when_sure(visit: Visit):
    page = save(settled(visit(SMALL + ",p2:15")), "To be removed")
    moved(page, "keep=")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name="Rename To be removed").click()
    page.locator(".as-library input").fill("Soon gone")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove Soon gone").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".as-library")).to_contain_text("Soon gone")
    page.get_by_role("button", name="Remove Soon gone").click()
    page.get_by_role("button", name="Remove Soon gone for good").click()
    expect(page.locator(".as-library")).not_to_contain_text("Soon gone")


def test_a_name_that_is_taken_is_said(visit: Visit):
    page = settled(visit(SMALL + ",p3:25"))
    save(page, "Only one of these")
    moved(page, "keep=")
    page.get_by_role("button", name="Save scenario").click()
    page.locator("#as-title").fill("Only one of these")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("called “Only one of these” already")
    expect(page.locator("#as-title")).to_have_value("Only one of these")


# -- files out


def fetch(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"({kind})").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_downloads_of_a_scenario_open(visit: Visit, tmp_path: Path):
    page = moved(settled(visit(SMALL + ",p7:45")), "p7:45")
    found = {kind: fetch(page, kind, tmp_path) for kind in ("YAML", "CSV", "PNG", "SVG", "HTML")}
    assert files.Scenario.load(found["YAML"]).practices["act_on_contributions"].intensity == 0.45
    assert len(list(csv.DictReader(io.StringIO(found["CSV"].read_text())))) == 32 * 504
    assert found["PNG"].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in found["SVG"].read_text()
    report = page.context.new_page()
    report.goto(found["HTML"].as_uri())
    expect(report.locator("h1")).to_contain_text("Launch only, changed")


def test_downloads_of_a_comparison_open(visit: Visit, tmp_path: Path):
    page = settled(visit(SMALL + ",p7:45&keep=no-support,n50|%3DSUM(1)&page=compare"))
    found = {kind: fetch(page, kind, tmp_path) for kind in ("ZIP", "CSV", "PNG", "SVG", "HTML")}
    with zipfile.ZipFile(found["ZIP"]) as archive:
        assert set(archive.namelist()) == {"launch-only.yaml", "launch-only-changed.yaml", "sum-1.yaml"}
    rows = list(csv.reader(io.StringIO(found["CSV"].read_text(encoding="utf-8-sig"))))
    assert {"Launch only", "Now", "'=SUM(1)"} == {row[1] for row in rows[1:]}
    assert found["PNG"].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in found["SVG"].read_text()
    assert "Report on a comparison" in found["HTML"].read_text()


def test_an_organisation_of_ones_own_is_taken_along_with_its_scenario(visit: Visit, tmp_path: Path):
    page = bring(settled(visit(SMALL)), *write(tmp_path, people_csv=people_csv(), ties_csv=ties_csv()))
    moved(page, ",o")
    with zipfile.ZipFile(fetch(page, "YAML", tmp_path)) as archive:
        archive.extractall(tmp_path / "out")
    loaded = files.Scenario.load(tmp_path / "out" / "launch-only-changed.yaml")
    assert Path(loaded.organisation.people_file or "").read_text() == people_csv()

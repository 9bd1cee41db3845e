"""The page Why in a real browser: parts come, the bar moves, it stops when asked, and nothing old passes for new."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

SMALL = "v=1&now=lean-bundle,n20&page=why"
LONG = "v=1&now=lean-bundle,n2000,t{trust}&page=why"
"""Long enough to be stopped; each test its own, so that nothing is known before."""
SERVE_THREE = """
from adoptsim.ui import why_work
ten = why_work.all_ten
def three(scenario, *, full=False):
    whole = ten(scenario, full=full)
    return whole.model_copy(update={"practices": dict(list(whole.practices.items())[-3:])})
why_work.all_ten = three
from adoptsim.cli import main
main()
"""
"""A server as the command's, but that only three practices are put together: 1,024 bundles take too long for a test."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the page on a free port."""
    command = [sys.executable, "-c", SERVE_THREE, "ui", "--port", "0", "--no-open", "--store", "sqlite://"]
    server = subprocess.Popen(command, text=True, stderr=subprocess.PIPE)
    assert server.stderr is not None
    said = server.stderr.readline()
    assert said.startswith("adoptsim is at http://127.0.0.1:"), said
    yield said.split()[-1]
    server.kill()
    server.communicate()


def worked_out(page: Page) -> Page:
    """Wait until all four parts are done."""
    expect(page.locator(".wy-parts .wy-done")).to_have_count(4)
    expect(page.locator(".wy-work")).to_have_count(0)
    return page


def working(page: Page) -> Page:
    """Wait until the work has begun."""
    expect(page.locator(".wy-work")).to_be_visible()
    return page


def test_all_four_parts_come_with_verdict_and_words(visit: Visit):
    page = worked_out(visit(SMALL))
    for name in ("adds", "enough", "tipping", "unheard"):
        expect(page.locator(f"#wy-{name} .wy-says")).to_have_text(re.compile(r"\w+ .*\."))
    expect(page.locator("#wy-adds .wy-row")).to_have_count(5)
    for chart in page.locator(".wy [role=img]").all():
        assert len(chart.get_attribute("aria-label") or "") > 40
    page.locator("#wy-tipping").get_by_role("button", name="The command for this").click()
    expect(page.locator("#wy-tipping code")).to_have_text(re.compile("^adoptsim tipping lean-bundle-changed.yaml"))


def test_a_file_for_the_command_can_be_downloaded(visit: Visit):
    page = worked_out(visit(SMALL))
    page.locator("#wy-adds").get_by_role("button", name="The command for this").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download lean-bundle-changed.yaml").click()
    assert waiting.value.suggested_filename == "lean-bundle-changed.yaml"


def test_its_switch_is_in_the_link(visit: Visit):
    page = worked_out(visit(SMALL.replace(",n20", ",n20,p7:60")))
    page.get_by_role("radio", name="All at full strength").click()
    expect(page).to_have_url(re.compile("full=1"))
    worked_out(page)
    again = worked_out(visit(page.url.split("?", 1)[1]))
    expect(again.get_by_role("radio", name="All at full strength")).to_have_attribute("aria-checked", "true")
    assert again.locator("#wy-adds .wy-says").inner_text() == page.locator("#wy-adds .wy-says").inner_text()


def test_its_picture_is_downloaded(visit: Visit):
    page = worked_out(visit(SMALL))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="What each adds (SVG)").click()
    assert waiting.value.suggested_filename == "lean-bundle-changed-adds.svg"


def test_the_bar_moves_and_stopping_is_seen_within_a_second(visit: Visit):
    page = working(visit(LONG.format(trust=61)))
    bar = page.get_by_role("progressbar")
    first = int(bar.get_attribute("aria-valuenow") or 0)
    expect(bar).not_to_have_attribute("aria-valuenow", str(first))
    assert int(bar.get_attribute("aria-valuenow") or 0) > first
    expect(page.locator(".wy-left")).to_have_text(re.compile("left$"))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. What was found stays.")).to_be_visible(timeout=1000)
    expect(page.get_by_role("button", name="Go on")).to_be_visible()


def test_a_changed_scenario_marks_what_stands_there_and_undo_takes_the_mark_away(visit: Visit):
    page = worked_out(visit(SMALL))
    page.get_by_role("button", name="Explore").click()
    page.locator("#as-safe_space").fill("40")
    expect(page).to_have_url(re.compile("p6:40"))
    page.get_by_role("button", name="Why").click()
    expect(page.get_by_text("The scenario has changed since.")).to_be_visible()
    expect(page.locator("#wy-adds .wy-says")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The scenario has changed since.")).to_have_count(0)


def test_work_goes_on_while_one_is_on_another_page(visit: Visit):
    page = working(visit(LONG.format(trust=62)))
    page.get_by_role("button", name="Explore").click()
    expect(page.locator(".as-verdict")).to_be_visible()
    page.get_by_role("button", name="Why").click()
    working(page)
    expect(page.locator("#wy-unheard .wy-says")).to_be_visible()
    page.get_by_role("button", name="Stop").click()


def test_the_keyboard_reaches_everything(visit: Visit):
    page = worked_out(visit(SMALL))
    reached = set()
    for _ in range(45):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(document.activeElement.innerText || '').trim().split('\\n')[0]"))
    for wanted in ("More exact", "What each practice adds", "The bars in words and as a table", "The command for this"):
        assert any(each.startswith(wanted) for each in reached), wanted


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844), (1920, 1080)])
def test_nothing_is_wider_than_the_screen(visit: Visit, width: int, height: int):
    page = worked_out(visit(SMALL, width=width, height=height))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_serious(visit: Visit):
    page = worked_out(visit(SMALL))
    for summary in page.locator(".wy summary").all():
        summary.click()
    found = Axe().run(page).response["violations"]
    serious = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []

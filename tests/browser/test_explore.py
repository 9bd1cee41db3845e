"""The page in a real browser: what a strategist does with it, and what it must never do."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from adoptsim import files
from tests.browser.conftest import Visit

SMALL = "v=1&now=launch-only,n50"
SLIDER = "#as-act_on_contributions"


def settled(page: Page) -> Page:
    """Wait until nothing is computed any more."""
    expect(page.locator(".as-verdict, .as-compare table").first).to_be_visible()
    page.wait_for_timeout(200)  # what was just answered is drawn
    expect(page.locator(".as-busy")).to_have_count(0)
    return page


def moved(page: Page, link: str) -> Page:
    """Wait until the link holds what was moved, and all is computed."""
    expect(page).to_have_url(re.compile(re.escape(link)))
    return settled(page)


def numbers(page: Page) -> str:
    """Return all that the page says about the present scenario."""
    return page.locator(".as-figures tbody").inner_text() + page.locator(".as-sentence").inner_text()


def curve(page: Page) -> str | None:
    return page.locator("path.as-now").get_attribute("d")


def test_moving_a_slider_changes_curve_and_figures(visit: Visit):
    page = settled(visit(SMALL))
    drawn, said = curve(page), numbers(page)
    page.locator(SLIDER).fill("100")
    moved(page, "p7:100")
    assert curve(page) != drawn
    assert numbers(page) != said
    expect(page.locator("path.as-baseline")).to_have_count(1)


def test_the_verdict_follows_what_is_done(visit: Visit):
    page = settled(visit())
    first = page.locator("h1").inner_text()
    page.locator("#as-start").select_option("all-ten")
    expect(page.locator("h1")).not_to_have_text(first)


def test_the_address_holds_the_state_and_opens_it_again(visit: Visit):
    page = settled(visit(SMALL))
    page.locator(SLIDER).fill("80")
    moved(page, "p7:80")
    other = settled(visit(page.url.split("?", 1)[1]))
    assert numbers(other) == numbers(page)
    assert other.locator(SLIDER).input_value() == "80"


def test_sharing_copies_the_link(visit: Visit):
    page = settled(visit(SMALL))
    page.get_by_role("button", name="Share").click()
    expect(page.locator("#as-link")).to_have_value(page.url)
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_undo_and_redo_by_keyboard(visit: Visit):
    page = settled(visit(SMALL))
    first = numbers(page)
    page.locator(SLIDER).focus()
    page.keyboard.press("End")
    moved(page, "p7:100")
    changed = numbers(page)
    assert changed != first
    page.keyboard.press("Control+z")
    expect(page.locator(SLIDER)).not_to_have_value("100")
    expect(page).not_to_have_url(re.compile("p7:100"))
    assert numbers(settled(page)) == first
    page.keyboard.press("Control+y")
    expect(page.locator(SLIDER)).to_have_value("100")
    assert numbers(moved(page, "p7:100")) == changed


def test_a_drag_is_undone_as_a_whole(visit: Visit):
    page = settled(visit(SMALL))
    box = page.locator(SLIDER).bounding_box()
    assert box
    page.locator(SLIDER).scroll_into_view_if_needed()
    box = page.locator(SLIDER).bounding_box()
    assert box
    page.mouse.move(box["x"] + 9, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 20):
        page.mouse.move(box["x"] + 9 + step * 12, box["y"] + box["height"] / 2)
        page.wait_for_timeout(20)
    page.mouse.up()
    moved(page, f"p7:{page.locator(SLIDER).input_value()}")
    assert int(page.locator(SLIDER).input_value()) > 50
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(SLIDER)).to_have_value("0")


@pytest.mark.parametrize("query", ["v=1&now=typical,p7:900", "v=99&now=typical", "nonsense=1"])
def test_a_broken_link_is_said_and_the_page_works(visit: Visit, query: str):
    page = settled(visit(query))
    expect(page.get_by_role("alert")).to_contain_text("can't be opened")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.locator(SLIDER).fill("90")
    moved(page, "p7:90")


def test_downloads_open(visit: Visit, tmp_path: Path):
    page = settled(visit(SMALL))
    page.locator(SLIDER).fill("45")
    moved(page, "p7:45")
    found = {}
    for kind in ("YAML", "CSV", "PNG", "SVG"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=f"({kind})").click()
        found[kind] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(found[kind])
    assert files.Scenario.load(found["YAML"]).practices["act_on_contributions"].intensity == 0.45
    rows = list(csv.DictReader(io.StringIO(found["CSV"].read_text())))
    assert len(rows) == 32 * 504
    assert found["PNG"].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in found["SVG"].read_text()


def test_saved_scenarios_are_compared(visit: Visit):
    page = settled(visit(SMALL))
    page.locator(SLIDER).fill("100")
    moved(page, "p7:100")
    page.get_by_role("button", name="Save scenario").click()
    page.locator("#as-title").fill("Answers <b>first</b>")
    page.keyboard.press("Enter")
    page.locator("#as-safe_space").fill("100")
    moved(page, "p6:100")
    page.get_by_role("button", name="Compare").click()
    settled(page)
    expect(page.locator(".as-compare thead th")).to_have_text(["Figure", "Launch only", "Now", "Answers <b>first</b>"])
    expect(page.locator(".as-compare svg path[stroke]")).to_have_count(3)


def test_evidence_is_two_clicks_away(visit: Visit):
    page = settled(visit(SMALL))
    page.get_by_role("button", name="What is this").first.click()
    page.get_by_text("On what evidence").click()
    expect(page.locator(".as-panel")).to_contain_text("Grade A")
    expect(page.locator(".as-panel")).to_contain_text("Centola")


def test_a_practice_gets_a_beginning_and_an_end(visit: Visit):
    page = settled(visit(SMALL + ",p7:80"))
    block = page.locator(".as-slider", has=page.locator(SLIDER))
    block.get_by_role("button", name="When").click()
    block.get_by_label("Starts with month").select_option("4")
    block.get_by_label("Ends after month").select_option("12")
    moved(page, "p7:80:63:252")
    expect(block).to_contain_text("months 4 to 12")


def test_the_keyboard_alone_suffices(visit: Visit):
    page = settled(visit(SMALL))
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(document.activeElement.id || document.activeElement.innerText).trim()"))
    for wanted in ("Skip to the answer", "Share", "as-start", "as-people", "as-critical_mass", "as-social_media_policy"):
        assert any(wanted in each for each in reached), wanted


def test_the_curve_is_read_by_keyboard_and_in_words(visit: Visit):
    page = settled(visit(SMALL))
    chart = page.locator(".as-chart")
    assert "critical-mass line" in (chart.get_attribute("aria-label") or "")
    chart.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".as-tip")).to_contain_text("Month 6")


def test_the_tour_comes_once_and_leaves_with_escape(visit: Visit):
    page = settled(visit(tour=True))
    box = page.get_by_role("dialog")
    expect(box).to_contain_text("1 of 6")
    for _ in range(5):
        page.keyboard.press("Enter")
    expect(box).to_contain_text("6 of 6")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.reload()
    settled(page)
    page.wait_for_timeout(700)
    expect(box).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_is_wider_than_the_screen(visit: Visit, width: int, height: int):
    page = settled(visit(SMALL + ",p7:60", width=width, height=height))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("query", [SMALL + ",p7:60", SMALL + ",p7:60&page=compare"], ids=["explore", "compare"])
def test_axe_finds_nothing_serious(visit: Visit, query: str):
    page = settled(visit(query))
    found = Axe().run(page).response["violations"]
    serious = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []

"""The page in a real browser: what a strategist does with it, and what it must never do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.page import SLIDER, SMALL, curve, moved, numbers, settled


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
    heads = page.locator(".as-compare thead").first.locator("th")
    expect(heads).to_have_text(["Figure", "Launch only", "Now", "Answers <b>first</b>"])
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
    expect(box).to_contain_text("1 of 7")
    for _ in range(6):
        page.keyboard.press("Enter")
    expect(box).to_contain_text("7 of 7")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.reload()
    settled(page)
    page.wait_for_timeout(700)
    expect(box).to_have_count(0)


def test_the_tour_covers_nothing_that_it_speaks_of(visit: Visit):
    page = settled(visit(tour=True))
    box, hole = page.get_by_role("dialog"), page.locator(".as-hole")
    expect(box).to_contain_text("1 of 7")
    for step in range(7):
        page.wait_for_timeout(400)  # it moves there
        mine, its = box.bounding_box(), hole.bounding_box()
        assert mine
        assert its
        beside = mine["x"] >= its["x"] + its["width"] or mine["x"] + mine["width"] <= its["x"]
        below = mine["y"] >= its["y"] + its["height"] or mine["y"] + mine["height"] <= its["y"]
        assert beside or below, f"step {step + 1}"
        page.keyboard.press("ArrowRight")


def test_an_organisation_of_another_kind_has_other_numbers_and_a_link(visit: Visit):
    page = settled(visit(SMALL))
    before = numbers(page)
    page.get_by_label("Kind").select_option("scattered")
    moved(page, "kscattered")
    assert numbers(page) != before
    assert numbers(settled(visit(page.url.split("?", 1)[1]))) == numbers(page)


def test_another_page_begins_at_its_top(visit: Visit):
    page = settled(visit(SMALL))
    page.evaluate("window.scrollTo(0, 600)")
    assert page.evaluate("window.scrollY") > 300
    page.get_by_role("button", name="Compare", exact=True).click()
    settled(page)
    assert page.evaluate("window.scrollY") == 0


def test_no_support_ends_where_there_is_none(visit: Visit):
    page = settled(visit("v=1&now=no-support,n50"))
    expect(page.locator(".as-chart .as-support, .as-chart .as-end")).to_have_count(0)
    page = visit("v=1&now=no-support,n50&page=watch")
    expect(page.locator(".wt-strip")).to_be_visible()
    expect(page.locator(".wt-support, .wt-end")).to_have_count(0)


def test_support_of_a_long_scenario_is_moved_to_the_end_of_its_slider(visit: Visit, tmp_path: Path):
    long = tmp_path / "long.yaml"
    long.write_text("name: long\norganisation: {people: 50}\nhorizon: {days: 1260, support_until: 189}\n")
    page = settled(visit(SMALL))
    page.get_by_role("button", name="Use your own files").click()
    page.locator("#as-files").set_input_files(long)
    moved(page, "own-1")
    assert page.locator("#as-support").get_attribute("max") == "56"
    page.locator("#as-support").fill("56")
    moved(page, "u56")
    expect(page.locator(".as-message")).to_have_count(0)
    marks = page.locator(".as-chart .as-axis").all_text_contents()
    assert [mark for mark in marks if mark.strip() != "month"] == [str(month) for month in range(9, 61, 9)]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_is_wider_than_the_screen(visit: Visit, width: int, height: int):
    page = settled(visit(SMALL + ",p7:60", width=width, height=height))
    assert page.evaluate("document.documentElement.scrollWidth") <= width

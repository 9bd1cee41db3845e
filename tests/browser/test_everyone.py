"""The page for everyone: by keyboard alone, read aloud, without motion, on any screen, several at once."""

from __future__ import annotations

import itertools
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.page import SLIDER, SMALL, moved, numbers, settled

STATES = {
    "explore": SMALL + ",p7:60",
    "compare": SMALL + ",p7:60&page=compare",
    "compared": SMALL + ",p7:60&keep=no-support,n50|Nothing&page=compare",
    "six": SMALL
    + ",p7:60&keep=no-support,n50|Nothing%20whatever%20but%20a%20long%20name&keep=all-ten,n50|All%20ten%20at%20full"
    + "&keep=typical,n50|A%20typical%20organisation&keep=broadcast,n50|Broadcast%20and%20control&page=compare",
}


def tabbed_to(page: Page, wanted: str) -> Page:
    """Press Tab until something is reached; ``wanted`` is its id or begins its text."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.id || document.activeElement.innerText || '').trim()").startswith(wanted):
            return page
    raise AssertionError(f"{wanted} is not reached by keyboard")


PLACE_AT_REST = """new Promise(done => {
  let frames = 0, last = NaN
  const look = () => {
    const box = document.activeElement.getBoundingClientRect()
    frames = box.top === last ? frames + 1 : 0
    last = box.top
    frames < 5 ? requestAnimationFrame(look) : done([box.top, box.bottom])
  }
  look()
})"""
"""Where the focus is once the page, which scrolls to it in a later frame, stands still."""


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("query", STATES.values(), ids=STATES)
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["laptop", "phone"])
def test_axe_finds_nothing_serious(visit: Visit, query: str, size: tuple[int, int]):
    page = settled(visit(query, width=size[0], height=size[1]))
    assert serious(page) == []


def test_axe_finds_nothing_serious_in_what_opens(visit: Visit):
    page = settled(visit(SMALL + ",p7:60"))
    page.get_by_role("button", name="What is this").first.click()
    page.get_by_text("On what evidence").click()
    page.get_by_role("button", name="Use your own files").click()
    page.get_by_text("What the files look like").click()
    page.get_by_text("The curve in words and as a table").click()
    page.get_by_role("button", name="Save scenario").click()
    assert serious(page) == []


def test_a_plan_is_made_saved_compared_and_undone_by_keyboard_alone(visit: Visit):
    page = settled(visit(SMALL))
    tabbed_to(page, "as-act_on_contributions")
    for _ in range(3):
        page.keyboard.press("PageUp")
    moved(page, f"p7:{page.locator(SLIDER).input_value()}")
    changed = numbers(page)
    page.keyboard.press("Control+z")
    expect(page).not_to_have_url(re.compile("p7:"))
    assert numbers(settled(page)) != changed
    page.keyboard.press("Control+y")
    moved(page, "p7:")
    page.keyboard.press("Control+Home")
    page.reload()
    settled(page)
    tabbed_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.locator("#as-title")).to_be_focused()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("By%20keyboard"))
    page.reload()
    settled(page)
    tabbed_to(page, "Compare")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_label("Name of By keyboard")).to_be_visible()


def test_what_is_focused_can_be_seen(visit: Visit):
    page = settled(visit(SMALL))
    tabbed_to(page, "Share")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2


def test_nothing_moves_for_who_wants_no_motion(visit: Visit):
    page = settled(visit(SMALL))
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    settled(page)
    page.locator(SLIDER).fill("66")
    moving = page.evaluate(
        "document.getAnimations().filter(each => each.playState === 'running').map(each => each.effect.target.outerHTML)"
    )
    assert moving == []


@pytest.mark.parametrize("query", STATES.values(), ids=STATES)
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)], ids=["laptop", "projector", "phone"])
def test_nothing_is_wider_than_the_screen(visit: Visit, query: str, size: tuple[int, int]):
    page = settled(visit(query, width=size[0], height=size[1]))
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("width", [1280, 1920])
def test_six_scenarios_stand_beside_each_other_without_scrolling(visit: Visit, width: int):
    page = settled(visit(STATES["six"], width=width))
    expect(page.locator(".as-beside thead th")).to_have_count(7)
    room = page.locator(".as-beside").evaluate("table => table.parentElement.clientWidth - table.offsetWidth")
    assert room >= 0
    ends = page.locator(".as-columnname").evaluate_all("all => all.map(each => each.getBoundingClientRect().right)")
    edge = page.locator(".as-compare .as-chart").bounding_box()
    assert edge
    assert max(ends) <= edge["x"] + edge["width"]


def test_a_new_verdict_is_read_aloud_when_all_is_computed(visit: Visit):
    page = settled(visit(SMALL))
    heard = page.locator("#as-heard")
    expect(heard).to_have_attribute("aria-live", "polite")
    page.locator(SLIDER).fill("70")
    moved(page, "p7:70")
    expect(heard).to_contain_text("Launch only, with 2 changes")
    expect(heard).to_contain_text(page.locator("h1").inner_text())
    assert "So far" not in heard.inner_text()


def test_focus_goes_back_to_where_one_came_from(visit: Visit):
    page = settled(visit(SMALL))
    page.get_by_role("button", name="Save scenario").click()
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save scenario")).to_be_focused()
    page.get_by_role("button", name="Tour").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Tour")).to_be_focused()


def test_on_a_phone_the_keyboard_goes_down_the_page(visit: Visit):
    page = settled(visit(SMALL + ",p7:60", width=390, height=844))
    tops = page.evaluate("""[...document.querySelectorAll('main :is(button, input, select, summary, pre, [tabindex="0"])')]
      .filter(each => each.checkVisibility() && each.tabIndex >= 0).map(each => each.getBoundingClientRect().bottom)""")
    assert len(tops) > 40
    assert all(below >= above - 40 for above, below in itertools.pairwise(tops)), tops


def test_on_a_phone_what_has_the_focus_is_not_under_the_verdict_or_the_buttons(visit: Visit):
    page = settled(visit(SMALL + ",p7:60", width=390, height=844))
    tabbed_to(page, "as-social_media_policy")
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        place = page.evaluate(PLACE_AT_REST)
        verdict, buttons = page.locator(".as-verdict").bounding_box(), page.locator(".as-tools").bounding_box()
        assert verdict
        assert buttons
        assert place[0] >= verdict["y"] + verdict["height"] - 1
        assert place[1] <= buttons["y"] + 1


def test_a_message_covers_nothing(visit: Visit):
    page = settled(visit(SMALL + ",o0123456789abcdef", width=390, height=844))
    message, verdict = page.locator(".as-message").bounding_box(), page.locator(".as-verdict").bounding_box()
    assert message
    assert verdict
    assert message["y"] + message["height"] <= verdict["y"]


def test_the_curve_stands_still_while_one_moves_a_slider(visit: Visit):
    page = settled(visit(SMALL))
    places = set()
    for value in (0, 20, 40, 60, 80, 100):
        page.locator(SLIDER).fill(str(value))
        for _ in range(4):
            places.add(round(page.locator(".as-chart").first.evaluate("chart => chart.getBoundingClientRect().top")))
            page.wait_for_timeout(50)
    settled(page)
    places.add(round(page.locator(".as-chart").first.evaluate("chart => chart.getBoundingClientRect().top")))
    assert len(places) == 1


def test_verdict_key_figures_and_curve_are_on_a_laptops_first_screen(visit: Visit):
    page = settled(visit(SMALL + ",p7:60"))
    for part in ("h1", ".as-tiles", ".as-chart"):
        box = page.locator(part).first.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 720, part


def test_two_at_once_do_not_see_each_other(visit: Visit):
    one, other = settled(visit(SMALL)), settled(visit(SMALL))
    before = numbers(other)
    one.locator(SLIDER).fill("88")
    moved(one, "p7:88")
    other.wait_for_timeout(300)
    assert numbers(other) == before
    assert "p7:88" not in other.url
    expect(other.locator(SLIDER)).to_have_value("0")


def test_the_page_says_that_it_computes_and_goes_on_listening(visit: Visit):
    page = settled(visit("v=1&now=launch-only,n2000"))
    page.locator(SLIDER).fill("40")
    expect(page.locator(".as-busy").first).to_be_visible()
    page.locator(SLIDER).fill("70")
    page.locator("#as-trust").fill("60")
    moved(page, "t60")
    expect(page).to_have_url(re.compile("p7:70"))
    expect(page.locator(".as-busy")).to_have_count(0)

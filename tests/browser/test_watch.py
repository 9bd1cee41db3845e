"""The page Watch in a real browser: what a strategist does with it, by mouse and by keyboard alone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visit

SMALL = "v=1&now=lean-bundle,n100&page=watch"
PIXELS = """() => {
  const day = document.querySelector('.wt-stage canvas')
  const { data } = day.getContext('2d').getImageData(0, 0, day.width, day.height)
  let sum = 0
  for (let k = 0; k < data.length; k += 4) sum = (sum * 31 + data[k] + 256 * data[k + 1] + 65536 * data[k + 2]) % 4294967291
  return sum
}"""


def opened(page: Page) -> Page:
    """Wait until the film is there."""
    expect(page.locator(".wt:not(.wt-off)")).to_be_visible()
    expect(stage(page)).to_have_attribute("aria-label", re.compile("^Day "))
    return page


def stopped(page: Page, day: int) -> Page:
    """Pause, and go to a day."""
    opened(page)
    if page.get_by_role("button", name="Pause").count():
        page.get_by_role("button", name="Pause").click()
    page.get_by_role("slider", name="Day").fill(str(day))
    return at(page, day)


def at(page: Page, day: int) -> Page:
    """See that a day is shown, in the heading and in the words."""
    expect(page.locator(".wt h1")).to_contain_text(f"Day {day}")
    expect(stage(page)).to_have_attribute("aria-label", re.compile(f"^Day {day}: "))
    return page


def stage(page: Page) -> Locator:
    return page.locator(".wt-stage")


def day_of(page: Page) -> int:
    return int(page.get_by_role("slider", name="Day").input_value())


def settled_pixels(page: Page) -> int:
    """Return what the picture of the day is, when nothing moves any more."""
    page.wait_for_timeout(1300)
    found: int = page.evaluate(PIXELS)
    return found


def test_it_plays_by_itself_and_space_stops_it(visit: Visit):
    page = opened(visit(SMALL))
    first = day_of(page)
    page.wait_for_timeout(1500)
    assert day_of(page) > first
    stage(page).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    stood = day_of(page)
    page.wait_for_timeout(700)
    assert day_of(page) == stood
    page.keyboard.press("Space")
    page.wait_for_timeout(1200)
    assert day_of(page) > stood


def test_a_link_opens_for_everybody_it_is_sent_to(visit: Visit):
    for _ in range(3):
        opened(visit(SMALL))


def test_the_curve_of_days_is_told_to_who_cannot_see_it(visit: Visit):
    page = opened(visit(SMALL))
    told = page.get_by_role("slider", name="Day").get_attribute("aria-describedby")
    expect(page.locator(f"#{told}")).to_contain_text(re.compile("Staff who contribute, day by day: .*Critical mass is 25"))


def test_the_log_of_a_future_is_downloaded(visit: Visit):
    page = opened(visit(SMALL))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Posts and replies of this future").click()
    assert waiting.value.suggested_filename == "lean-bundle-changed-future-1.csv"


def test_who_wants_less_motion_sees_a_picture_that_stands(browser: Browser, url: str):
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script("localStorage.setItem('adoptsim-tour', 'seen')")
    page = context.new_page()
    page.goto(f"{url}?{SMALL}")
    opened(page)
    page.wait_for_timeout(1000)
    assert day_of(page) == 0
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    context.close()


def test_days_go_by_with_the_keys_alone(visit: Visit):
    page = stopped(visit(SMALL), 60)
    stage(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at(page, 62)
    page.keyboard.press("ArrowLeft")
    at(page, 61)
    page.keyboard.press("PageDown")
    at(page, 82)
    page.keyboard.press("End")
    at(page, 503)
    page.keyboard.press("Home")
    at(page, 0)


def test_a_click_on_the_strip_jumps_there(visit: Visit):
    page = stopped(visit(SMALL), 10)
    box = page.locator(".wt-strip input").bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2)
    expect(page.locator(".wt h1")).to_contain_text(re.compile("Day 37[6-9]"))


def test_the_picture_changes_from_day_to_day_and_comes_back(visit: Visit):
    page = stopped(visit(SMALL), 5)
    early = settled_pixels(page)
    stopped(page, 300)
    assert settled_pixels(page) != early
    stopped(page, 5)
    assert settled_pixels(page) == early


def test_people_are_coloured_by_what_is_asked_and_the_legend_counts_all_of_them(visit: Visit):
    page = stopped(visit(SMALL), 100)
    seen = set()
    for mode, wanted in (("State", "contributes"), ("Activity", "keeps silent"), ("Role", "senior leader")):
        page.get_by_role("button", name=mode, exact=True).click()
        expect(page.locator(".wt-legend").first).to_contain_text(wanted)
        assert sum(int(n) for n in page.locator(".wt-legend b").all_inner_texts()) == 100
        seen.add(settled_pixels(page))
    for mode in ("Trust", "Safety"):
        page.get_by_role("button", name=mode, exact=True).click()
        expect(page.locator(".wt-legend").first).to_contain_text(re.compile(r"mean \d+ %"))
        seen.add(settled_pixels(page))
    assert len(seen) == 5


def test_the_words_say_what_the_legend_shows(visit: Visit):
    page = stopped(visit(SMALL), 200)
    said = stage(page).get_attribute("aria-label") or ""
    counted = page.locator(".wt-legend li", has_text="contributes").first.locator("b").inner_text()
    assert said.startswith(f"Day 200: {counted} of 100 contributed in the last month; most in department ")


def test_a_click_on_somebody_tells_their_two_lives(visit: Visit):
    page = stopped(visit(SMALL), 100)
    where = page.evaluate("() => { const s = document.querySelector('.wt').__vue__.stage; return [s.px[42], s.py[42]] }")
    stage(page).click(position={"x": where[0], "y": where[1]})
    expect(page.locator(".wt-who h3")).to_have_text(re.compile("42$"))
    expect(page.locator(".wt-tale h4").first).to_have_text("In this future")
    expect(page.locator(".wt-lives")).to_have_attribute("aria-label", re.compile("Without practice 7.*: looks on"))
    first = page.locator(".wt-lives").get_attribute("aria-label")
    page.get_by_label("Held against").select_option("all-ten")
    expect(page.locator(".wt-lives")).to_have_attribute("aria-label", re.compile("With the practices of “All ten"))
    assert page.locator(".wt-lives").get_attribute("aria-label") != first
    page.keyboard.press("Escape")
    expect(page.locator(".wt-who")).to_have_count(0)


def test_somebody_is_chosen_by_number_and_a_day_of_theirs_is_visited(visit: Visit):
    page = stopped(visit(SMALL), 100)
    page.get_by_placeholder("Number, 0 to 99").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator(".wt-who h3")).to_have_text(re.compile("7$"))
    turn = page.locator(".wt-tale button").last
    day = int(turn.inner_text().removeprefix("Day "))
    turn.click()
    at(page, day)
    page.locator("#wt-who").fill("100")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Give a number from 0 to 99.")).to_be_visible()


def test_people_are_chosen_with_the_arrow_keys(visit: Visit):
    page = stopped(visit(SMALL), 100)
    stage(page).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".wt-who h3")).to_have_text(re.compile(" 0$"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".wt-who h3")).to_have_text(re.compile(" 2$"))
    expect(page.locator(".wt-tale").first).to_be_visible()


def test_a_telling_one_is_found(visit: Visit):
    page = stopped(visit(SMALL), 100)
    page.get_by_role("button", name="A telling one").click()
    expect(page.locator(".wt-story")).to_contain_text("Chosen: ")


def test_another_future_is_another_film(visit: Visit):
    page = stopped(visit(SMALL), 300)
    said = stage(page).get_attribute("aria-label")
    page.locator("#wt-future").select_option(label="6")
    expect(stage(page)).not_to_have_attribute("aria-label", said or "")
    at(opened(page), 300)


def test_it_shows_what_was_changed_on_explore_and_the_page_can_be_left_and_entered(visit: Visit):
    page = stopped(visit(SMALL), 300)
    said = stage(page).get_attribute("aria-label")
    page.get_by_role("button", name="Explore").click()
    page.locator("#as-act_on_contributions").fill("0")
    expect(page).to_have_url(re.compile("p7:0"))
    page.get_by_role("button", name="Watch").click()
    stopped(page, 300)
    assert stage(page).get_attribute("aria-label") != said


def test_all_is_reached_by_tab(visit: Visit):
    page = stopped(visit(SMALL), 10)
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(document.activeElement.ariaLabel || document.activeElement.id || document.activeElement.innerText)"
            )
        )
    for wanted in ("wt-future", "Play", "A day on", "Day", "wt-who", "A telling one", "Activity"):
        assert any(wanted in each for each in reached), wanted
    assert any(each.startswith("Day 10: ") for each in reached)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844), (1920, 1080)])
def test_nothing_is_wider_than_the_screen(visit: Visit, width: int, height: int):
    page = stopped(visit(SMALL, width=width, height=height), 100)
    page.locator("#wt-who").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator(".wt-tale").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 900:  # all that one watches is on one screen; what can be taken along stands below
        stage = page.locator(".wt").bounding_box()
        assert stage
        assert stage["y"] + stage["height"] <= height


def test_five_thousand_people_are_shown_and_move(visit: Visit):
    page = opened(visit("v=1&now=lean-bundle,n5000&page=watch"))
    first = day_of(page)
    expect(page.get_by_role("slider", name="Day")).not_to_have_value(str(first))
    stopped(page, 250)
    expect(stage(page)).to_have_attribute("aria-label", re.compile("of 5,000 contributed"))


def test_axe_finds_nothing_serious(visit: Visit):
    page = stopped(visit(SMALL), 100)
    page.locator("#wt-who").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator(".wt-tale").first).to_be_visible()
    found = Axe().run(page).response["violations"]
    serious = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_a_shared_link_opens_the_same_moment(visit: Visit):
    page = stopped(visit(SMALL), 120)
    page.get_by_role("button", name="Role", exact=True).click()
    page.locator("#wt-future").select_option(label="3")
    expect(page).to_have_url(re.compile("future=3"))
    opened(page).locator("#wt-who").fill("7")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#day=120&future=3&by=role&person=7&against=without-7$"))
    other = at(opened(visit(page.url.split("?", 1)[1])), 120)
    expect(other.locator(".wt-who h3")).to_have_text(re.compile("7$"))
    expect(other.locator("#wt-future")).to_have_value("2")
    expect(other.get_by_role("button", name="Role", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(other.get_by_role("button", name="Play")).to_be_visible()
    other.get_by_role("button", name="Explore").click()
    expect(other).not_to_have_url(re.compile("#"))


@pytest.mark.parametrize("moment", ["day=99999&person=99999&future=99&by=nothing&against=nobody", "day=-1&person=x", "<b>"])
def test_a_broken_moment_in_a_link_opens_the_page_all_the_same(visit: Visit, moment: str):
    page = opened(visit(f"{SMALL}#{moment}"))
    assert 0 <= day_of(page) < 504
    expect(page.locator(".wt-who")).to_have_count(0)

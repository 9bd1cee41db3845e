"""The workshop's pages on views by hand, the unhandy ones too: nothing is cut off, too small, run or out of reach."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from adoptsim import files
from adoptsim.report.words import change, span, with_unit
from adoptsim.workshop.opening import room_of
from adoptsim.workshop.plan import Workshop
from adoptsim.workshop.state import State
from adoptsim.workshop.views import Links, Surroundings
from adoptsim.workshop.views import view as view_of
from adoptsim.workshop.words import plain
from tests.browser.standing import SIZES, Standing
from tests.browser.workshop_views import NASTY, PROJECTED, View, crowded, usual
from tests.workshop import examples

LEAST = 24
"""Height of the smallest text on a projector of 1280 x 720, in pixels."""
Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Open a page that shows a view; after the test nothing must have gone wrong in it."""
    pages: dict[tuple[Any, ...], Standing] = {}
    contexts, wrong = [], []

    def open_page(view: View, size: tuple[int, int] | None = None, *, still: bool = True) -> Page:
        kind = (size or SIZES[view["role"]], still)
        if kind not in pages:
            (width, height), motion = kind[0], "reduce" if still else "no-preference"
            context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion=motion)
            context.on("weberror", lambda each: wrong.append(str(each.error)))
            context.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
            contexts.append(context)
            pages[kind] = Standing(context)
        return pages[kind].show(view)

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _cut_off(page: Page) -> list[str]:
    """Return what sticks out of the window or of its box."""
    return page.evaluate("""() => {
      const out = [];
      const [w, h] = [innerWidth + 1, innerHeight + 1];
      if (document.documentElement.scrollWidth > w) out.push('page too wide');
      if (document.documentElement.scrollHeight > h) out.push('page too high');
      for (const each of document.querySelectorAll('.fill'))
        if (each.scrollHeight > each.clientHeight + 1) out.push(`over its neighbour: ${each.textContent.slice(0, 60)}`);
      for (const each of document.querySelectorAll('main *, header *')) {
        const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || each.closest('.unseen')) continue;
        const box = each.getBoundingClientRect();
        const outside = box.right > w || box.bottom > h || box.left < -1 || box.top < -1;
        if (box.width && outside) out.push(each.textContent.slice(0, 60));
      }
      return out;
    }""")


def _smallest_text(page: Page) -> float:
    """Return the height of the smallest text that is seen, in pixels as they appear."""
    return page.evaluate("""() => {
      const sizes = [];
      for (const each of document.querySelectorAll('body *')) {
        const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || each.closest('.unseen, [hidden], noscript') || !each.getBoundingClientRect().width) continue;
        const scale = each instanceof SVGElement ? each.getScreenCTM().a : 1;
        sizes.push(parseFloat(getComputedStyle(each).fontSize) * scale);
      }
      return Math.min(...sizes);
    }""")


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 768)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("make", [usual, crowded], ids=["usual", "crowded"])
def test_the_projector_needs_no_scrolling_and_is_read_from_the_back(
    show: Show, make: Callable[..., View], size: tuple[int, int]
):
    for phase, screen in PROJECTED:
        page = show(make("projector", phase) | {"screen": screen}, size)
        assert _cut_off(page) == [], (phase, screen)
        assert _smallest_text(page) >= LEAST * min(size[0] / 1280, size[1] / 720) - 0.1, (phase, screen)


@pytest.mark.parametrize("name", files.shipped("workshops"))
def test_what_the_shipped_workshops_say_fits_on_the_projector(show: Show, name: str):
    room = room_of(Workshop.load(name))
    around = Surroundings(Links("123456", "http://192.168.100.100:8770/", ""))
    for place, step in enumerate(room.course):
        for screen in (
            (1, 2, 3) if step.phase == "introduce" else (1,) if step.phase in ("lobby", "predict", "decide") else ()
        ):
            page = show(view_of(room, State(step=place, open=True, screen=screen), "projector", around) | {"now": 0.0})
            assert _cut_off(page) == [], step
            assert _smallest_text(page) >= LEAST - 0.1, step


@pytest.mark.parametrize("make", [usual, crowded], ids=["usual", "crowded"])
@pytest.mark.parametrize("role", ["participant", "facilitator"])
def test_nothing_is_wider_than_the_screen(show: Show, role: str, make: Callable[..., View]):
    for phase in examples.PHASES:
        page = show(make(role, phase))
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[role][0], phase


def test_the_trainers_button_is_always_in_sight(show: Show):
    for phase in examples.PHASES[:-1]:
        expect(show(crowded("facilitator", phase)).locator("#next")).to_be_in_viewport(ratio=1)


def test_the_trainer_does_not_skip_the_runs_while_they_are_computed(show: Show):
    computing = {key: value for key, value in usual("facilitator", "reveal").items() if key != "results"}
    expect(show(computing | {"computing": True}).locator("#next")).to_be_disabled()
    expect(show(computing | {"computing": False, "problem": "It could not be run."}).locator("#next")).to_be_enabled()


def test_the_trainer_does_not_skip_the_reasons_while_they_are_computed(show: Show):
    view = usual("facilitator", "debrief")
    view["debrief"] |= {"computing": True, "why": [], "winner": None, "story": []}
    expect(show(view).locator("#next")).to_be_disabled()
    expect(show(view | {"problem": "It could not be run."}).locator("#next")).to_be_enabled()


@pytest.mark.parametrize("make", [usual, crowded])
@pytest.mark.parametrize("role", examples.ROLES)
def test_axe_finds_nothing_serious(show: Show, role: str, make: Callable[..., View]):
    steps = PROJECTED if role == "projector" else [(phase, 1) for phase in examples.PHASES]
    for phase, screen in steps:
        found = Axe().run(show(make(role, phase) | {"screen": screen})).response["violations"]
        grave = [each for each in found if each["impact"] in {"serious", "critical"}]
        assert [f"{phase} {screen} {each['id']}: {each['nodes'][0]['html'][:200]}" for each in grave] == []


def test_what_a_nickname_contains_is_shown_and_not_run(show: Show):
    page = show(crowded("facilitator", "lobby"))
    expect(page.get_by_text(NASTY).first).to_be_visible()
    assert page.locator("img:not([src='/qr.svg'])").count() == 0
    expect(show(crowded("participant", "lobby")).locator("h1")).to_contain_text("<img src=x")


def test_controls_of_a_phone_are_thumb_sized(show: Show):
    for phase in ("predict", "decide"):
        page = show(crowded("participant", phase))
        for control in page.locator("button, label.choice, label.level, select, input[type=range]").all():
            box = control.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44, control.evaluate("each => each.outerHTML")


def _deciding() -> View:
    view = usual("participant", "decide")
    view["decision"] |= {"revision": 0, "submitted_by": ""}
    for row in view["decision"]["practices"]:
        row |= {"strength": None, "start": None}
    return view


def test_the_budget_refuses_in_words_and_lets_go_of_what_is_put_down(show: Show):
    page = show(_deciding())
    levels = page.locator("fieldset.practice")
    levels.nth(1).get_by_label("Full").check(force=True)  # 40 of 60 hours
    expect(page.locator(".budget")).to_contain_text("20 hours a month left of 60")
    levels.nth(2).locator("label", has_text="Full").click()  # 24 hours
    expect(page.get_by_role("alert")).to_contain_text("This takes 24 hours and only 20 hours would be left for it")
    expect(levels.nth(2).get_by_label("Off")).to_be_checked()
    levels.nth(2).locator("label", has_text="Half").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".budget")).to_contain_text("8 hours a month left of 60")
    levels.nth(1).locator("label", has_text="Off").click()
    expect(page.locator(".budget")).to_contain_text("48 hours a month left of 60")


def test_a_decision_is_made_with_the_keyboard_alone(show: Show):
    page = show(_deciding())
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "strength-critical_mass-half"
    page.keyboard.press("ArrowRight")
    expect(page.locator(".budget")).to_contain_text("44 hours a month left")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "start-critical_mass"


def test_no_guess_is_sent_that_nobody_has_made(show: Show):
    page = show(usual("participant", "predict"))
    page.get_by_role("button", name="Send my guess").click()
    expect(page.get_by_role("alert")).to_have_text("Move the slider first.")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("output")).to_have_text("51 % of staff")
    assert page.locator(".colleagues .on").count() == 51


CURVE: View = {"key": "course", "kind": "curve", "text": "Draw it.", "options": [], "unit": "% of staff"}
CURVE |= {"low": 0.0, "high": 100.0, "months": [0, 6, 12, 18, 24], "answer": None}


def _sketching(show: Show) -> tuple[Page, list[dict[str, Any]]]:
    view, sent = usual("participant", "predict"), list[dict[str, Any]]()
    view["questions"] = [CURVE]
    page = show(view)
    page.route("**/api/guess", lambda route: (sent.append(route.request.post_data_json), route.fulfill(json={"ok": True})))
    return page, sent


def test_a_curve_is_drawn_with_a_finger(show: Show):
    page, sent = _sketching(show)
    page.get_by_role("button", name="Send my guess").click()
    expect(page.get_by_role("alert")).to_have_text("Set a point for each month first.")
    dots = [dot.bounding_box() for dot in page.get_by_role("slider").all()]
    assert all(box is not None and min(box["width"], box["height"]) >= 44 for box in dots)
    for index, box in enumerate(dots):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 40 * (1 + index % 2))
        if index == 0:
            page.mouse.down()
    page.mouse.up()
    page.get_by_role("button", name="Send my guess").click()
    expect(page.get_by_role("button", name="Send my guess")).to_be_enabled()
    (value,) = [each["value"] for each in sent]
    assert len(value) == 5
    assert value[0] == value[2] == value[4] > 5
    assert value[1] == value[3] > value[0]


def test_a_curve_is_drawn_with_keys_alone(show: Show):
    page, sent = _sketching(show)
    for month, keys in (
        (0, ["Home"]),
        (6, ["PageUp", "PageUp", "ArrowUp"]),
        (12, ["PageUp"]),
        (18, ["End"]),
        (24, ["ArrowUp"]),
    ):
        page.get_by_role("slider", name=f"Month {month}", exact=True).focus()
        for key in keys:
            page.keyboard.press(key)
    expect(page.get_by_role("slider", name="Month 6", exact=True)).to_have_attribute("aria-valuetext", "21 % of staff")
    page.get_by_role("button", name="Send my guess").click()
    expect(page.get_by_role("button", name="Send my guess")).to_be_enabled()
    assert [each["value"] for each in sent] == [[0, 21, 10, 100, 1]]


def test_the_rooms_curves_lie_behind_the_simulations(show: Show):
    view = usual("projector", "reveal")
    curve = view["results"]["teams"][0]["curve"]
    simulated = {"value": 34.6, "low": 33.0, "high": 36.0, "label": "35 % of staff", "interval": "33 to 36", "short": "35 %"}
    drawn = [[0, 10 * n, 50, 20, n] for n in range(1, 9)]
    guess = {**CURVE, "labels": [], "counts": [8], "drawn": drawn, "simulated": simulated | {"curve": curve}}
    view["results"]["guesses"] = [guess]
    page = show(view | {"screen": 3})
    expect(page.locator(".sketched")).to_have_count(8)
    expect(
        page.get_by_role("img", name="Curves that the room drew: 8. Simulation: 35 % of staff in month 24")
    ).to_be_visible()
    kinds = page.locator("svg.chart path").evaluate_all("each => each.map((one) => one.classList[0])")
    assert kinds == ["sketched"] * 8 + ["band", "curve"]
    phone = usual("participant", "reveal") | {"screen": 3}
    phone["results"]["guesses"] = [guess | {"mine": [0, 10, 50, 20, 1]}]
    page = show(phone)
    expect(page.locator("main")).to_contain_text("You: 0, 10, 50, 20, 1 % of staff")
    expect(page.locator("main")).to_contain_text("Simulation: 35 % of staff in month 24 (33 to 36)")


def test_the_reveal_plays_from_the_first_month_to_the_last(show: Show):
    page = show(usual("projector", "reveal"), still=False)
    picture = page.locator("svg.chart")
    expect(picture.locator(".clock")).to_have_text(re.compile("month [0-9]+"))
    assert picture.get_attribute("data-played") is None
    expect(picture).to_have_attribute("data-played", "yes", timeout=15_000)


def test_phones_hold_results_back_until_the_front_has_shown_them(show: Show):
    view = usual("participant", "reveal")
    expect(show(view).locator("main")).not_to_contain_text("%")
    page = show(view | {"screen": 2})
    expect(page.locator("main")).to_contain_text("Your network lasts in 94 % of the runs")
    expect(page.locator("main")).not_to_contain_text("You:")
    page = show(view | {"screen": 3})
    expect(page.locator("main")).to_contain_text("Simulation: it lasts in 31 % of the runs")
    expect(page.locator("main")).not_to_contain_text("How many of every 100 staff")


def test_a_phone_whose_team_was_empty_when_teams_decided_is_not_told_of_anothers_network_as_its_own(show: Show):
    view = usual("participant", "reveal") | {"screen": 2}
    view["results"]["teams"] = [team for team in view["results"]["teams"] if team["team"] != view["me"]["team"]]
    page = show(view)
    expect(page.locator("main")).to_contain_text("It lasts in")
    expect(page.locator("main")).not_to_contain_text("Your")


def test_a_phone_says_that_it_could_not_be_run(show: Show):
    view = usual("participant", "reveal") | {"computing": True}
    del view["results"]
    expect(show(view).locator("main")).to_contain_text("are being run")
    expect(show(view | {"computing": False}).locator("main")).to_contain_text("It could not be run.")


def test_pages_say_the_same_digits_as_reports_and_paper(show: Show):
    page = show(usual("participant", "lobby"))
    shares = [*(n / 64 for n in range(65)), *(n / 1000 for n in range(0, 200)), 0.0995, 0.0996, 0.00049, 0.125, 0.135]
    pairs = [[low, high] for low in shares[::7] for high in shares[::11] if low <= high]
    amounts = [0.0, 2.25, 8.5, 9.96, 22.5, 23.5, 77.5, 282.0]
    said = page.evaluate(
        """async ([shares, pairs, amounts]) => {
          const words = await import('/static/words.js');
          return [shares.map(words.percent), pairs.map((pair) => words.between(...pair)),
                  pairs.map((pair) => words.points(-pair[1], -pair[0], pair[1])), amounts.map(words.plain)];
        }""",
        [shares, pairs, amounts],
    )
    percents, intervals, differences, plains = said
    assert [each.replace("\u00a0", " ") for each in percents] == [with_unit(share, "share") for share in shares]
    assert [each.replace("\u00a0", " ").replace(" to ", "-") for each in intervals] == [
        span(*pair, "share") for pair in pairs
    ]
    reported = [change(-high, -low, high, "share") for low, high in pairs]
    assert ["{} ({} to {})".format(*each).replace("−", "-") for each in differences] == reported
    assert plains == [plain(amount) for amount in amounts]


def test_a_number_stays_with_its_unit_and_an_interval_on_one_line(show: Show):
    page = show(usual("participant", "lobby"))
    said = page.evaluate("async () => (await import('/static/words.js')).unbroken('19 % of staff (18-20 %), 5 hours')")
    assert said == "19\u00a0% of staff (18\u201120\u00a0%), 5\u00a0hours"


def test_each_picture_says_in_words_what_it_shows(show: Show):
    page = show(usual("projector", "reveal"))
    expect(page.get_by_role("img", name="Blue ends at 35 %")).to_be_visible()
    page = show(usual("projector", "reveal") | {"screen": 3})
    expect(
        page.get_by_role("img", name="Yes, it lasts: 7, No, it dies: 3. Simulation: it lasts in 31 % of the runs")
    ).to_be_visible()


def test_what_made_the_difference_has_a_name_where_nobody_decided_and_little_does_not_look_like_much(show: Show):
    view = usual("projector", "debrief")
    values = [{"key": "safe_space", "name": "A safe space", "value": 0.013, "low": 0.004, "high": 0.021}]
    view["debrief"]["why"] = [{"team": None, "name": "Safety without answers", "values": values}]
    page = show(view)
    expect(page.locator(".why thead")).to_contain_text("Safety without answers")
    expect(page.locator(".added")).to_contain_text("+1.3")
    bar, picture = page.locator(".why .bar").bounding_box(), page.locator(".added svg").bounding_box()
    assert bar is not None
    assert picture is not None
    assert bar["width"] < 0.4 * picture["width"]
    axis = page.locator(".why .axis").first.evaluate("each => getComputedStyle(each).vectorEffect")
    assert axis == "non-scaling-stroke"


@pytest.mark.parametrize("make", [usual, crowded], ids=["usual", "crowded"])
def test_critical_mass_is_named_where_no_course_runs(show: Show, make: Callable[..., View]):
    page = show(make("projector", "reveal"))
    name = page.locator(".mass-name text")
    expect(name).to_have_text("critical mass 25 %")
    box, plot = name.bounding_box(), page.locator(".mass").bounding_box()
    assert box is not None
    assert plot is not None
    assert box["x"] >= plot["x"] + plot["width"]


def test_what_stands_beside_has_shapes_that_no_team_has_and_its_hours(show: Show):
    page = show(crowded("projector", "reveal") | {"screen": 2})
    shapes = page.locator("table.grid tbody .team path").evaluate_all("each => each.map((one) => one.getAttribute('d'))")
    assert len(set(shapes)) == len(shapes) == 8
    assert page.locator("table.grid tbody td:last-child").all_inner_texts() == ["28"] * 8


def test_contributors_stand_beside_their_interval(show: Show):
    for role, screen in (("projector", 2), ("participant", 2), ("facilitator", 1)):
        expect(show(usual(role, "reveal") | {"screen": screen}).locator("main")).to_contain_text("28 to 42 %")


def test_when_all_is_over_the_trainer_sees_what_can_be_done_with_the_file(show: Show):
    page = show(usual("facilitator", "ended"))
    expect(page.locator("main")).to_contain_text("adoptsim workshop --file example.workshop.db --erase")
    expect(page.locator("main")).not_to_contain_text("left")
    expect(show(usual("facilitator", "ended") | {"afterwards": []}).locator("main")).to_contain_text(
        "Nothing of a rehearsal"
    )


def test_a_short_list_of_practices_is_explained_on_the_projector_and_a_long_one_is_large(show: Show):
    view = usual("projector", "decide")
    view["decision"]["practices"] = view["decision"]["practices"][:3]
    expect(show(view).get_by_text("No reprisals").or_(show(view).get_by_text("A launch that brings"))).to_be_visible()
    page = show(crowded("projector", "decide"))
    expect(page.locator(".prices small").first).to_be_hidden()
    list_, menu = page.locator(".prices").bounding_box(), page.locator(".menu").bounding_box()
    assert list_ is not None
    assert menu is not None
    assert list_["height"] <= menu["height"]


def test_nothing_is_wider_than_the_smallest_phone(show: Show):
    for make in (usual, crowded):
        for phase in examples.PHASES:
            page = show(make("participant", phase) | {"screen": 5}, (320, 568))
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, phase


def test_a_round_without_decisions_shows_the_organisation_and_what_stands_beside(show: Show):
    view = crowded("projector", "reveal")
    alone = view["results"]["teams"][0] | {"team": None, "name": "Launch only"}
    view["results"] |= {"teams": [alone], "winner": None}
    page = show(view)
    expect(page.locator("svg.chart .curve")).to_have_count(3)
    expect(page.locator("svg.chart")).to_contain_text("Launch only")


def test_the_projector_says_what_could_not_be_simulated(show: Show):
    view = usual("projector", "reveal") | {"problem": "The scenario file has gone."}
    del view["results"]
    expect(show(view).locator("main")).to_contain_text("The scenario file has gone.")


def _told(page: Page, view: View) -> None:
    """Tell an open page that the room has changed, and wait until it has heard."""
    view = view | {"version": view["version"] + 1}
    page.unroute_all()
    page.route("**/api/view*", lambda route: route.fulfill(json=view))
    event = f"retry: 9000000\nevent: view\ndata: {json.dumps(view)}\n\n"
    page.route("**/api/stream*", lambda route: route.fulfill(content_type="text/event-stream", body=event))
    with page.expect_response("**/api/view*"):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(150)


def _one_more_has_guessed(view: View) -> View:
    people = [each | {"guessed": n == 0 or not each["guessed"]} for n, each in enumerate(view["people"])]
    return view | {"people": people, "counts": view["counts"] | {"guessed": 8}}


def test_a_guess_that_comes_in_takes_no_click_from_the_trainer_and_leaves_lists_where_they_are(show: Show):
    view = crowded("facilitator", "predict")
    page = show(view)
    people, notes = page.locator(".people"), page.locator(".notes")
    people.evaluate("each => each.scrollTo(0, 400)")
    notes.evaluate("each => each.scrollTo(0, 30)")
    cross = people.get_by_role("button").nth(13)
    box = cross.bounding_box()
    assert box is not None
    assert 200 < box["y"] < 660
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    _told(page, _one_more_has_guessed(view))
    page.mouse.up()
    expect(page.get_by_role("button", name="Remove: ")).to_be_visible()
    expect(people.locator(".done")).to_have_count(1)  # what came in meanwhile is shown
    assert people.evaluate("each => each.scrollTop") == 400
    assert notes.evaluate("each => each.scrollTop") == 30


def test_a_finger_that_is_never_lifted_keeps_the_page_from_nothing_for_long(show: Show):
    view = usual("facilitator", "predict")
    page = show(view)
    page.locator("h1").hover()
    page.mouse.down()
    _told(page, _one_more_has_guessed(view))
    expect(page.locator(".figure")).to_contain_text("7 of 10")
    expect(page.locator(".figure")).to_contain_text("8 of 10", timeout=8000)


def test_another_phase_is_shown_from_its_top(show: Show):
    view = crowded("facilitator", "predict")
    page = show(view)
    page.locator(".notes").evaluate("each => each.scrollTo(0, 30)")
    _told(page, crowded("facilitator", "introduce"))
    expect(page.locator("h1")).to_have_text("Tell the story")
    assert page.locator(".notes").evaluate("each => each.scrollTop") == 0


@pytest.mark.parametrize("kind", ["slider", "curve"])
def test_who_comes_late_takes_no_control_from_a_team_mate(show: Show, kind: str):
    view = usual("participant", "predict")
    view["questions"] = [CURVE if kind == "curve" else next(each for each in view["questions"] if not each["options"])]
    page = show(view)
    page.get_by_role("slider").first.evaluate("each => { each.dataset.same = 'yes'; }")
    _told(page, view | {"me": view["me"] | {"mates": [*view["me"]["mates"], "Late"]}})
    expect(page.get_by_role("slider").first).to_have_attribute("data-same", "yes")
    lobby = usual("participant", "lobby")
    page = show(lobby)
    _told(page, lobby | {"me": lobby["me"] | {"mates": ["Late"]}})
    expect(page.locator("main")).to_contain_text("With you: Late.")


def test_a_lot_is_not_said_to_be_a_decision(show: Show):
    for role in ("facilitator", "projector"):
        view = usual(role, "decide") | {"open": False}
        view["teams"][1]["computer"] = True
        row = show(view).locator("main li", has_text="Orange")
        expect(row).to_contain_text("the computer drew")
        expect(row).not_to_contain_text("decided")
    view = usual("participant", "decide") | {"open": False}
    page = show(view)
    expect(page.locator("main")).to_contain_text("spent of 60.")
    expect(page.locator("main")).not_to_contain_text("can change it")
    view["teams"][0]["computer"] = True
    view["decision"]["submitted_by"] = "The computer"
    page = show(view)
    expect(page.locator("h1")).to_have_text("Your team sent nothing, so the computer drew by lot:")
    expect(page.locator("main")).not_to_contain_text("Sent")
    expect(page.locator(".tick")).to_have_count(0)
    expect(page.locator(".chosen li").first).to_be_visible()


def test_where_luck_cannot_tell_practices_apart_no_single_one_is_said_to_be_right(show: Show):
    view = crowded("projector", "reveal")
    guess = view["results"]["guesses"][0]
    tied = guess["labels"][:2]
    guess["simulated"]["tied"] = tied
    page = show(view | {"screen": 3})
    words = f"as near as luck can tell: {guess['labels'][9]}, {tied[0]}, {tied[1]}"
    expect(page.locator("main")).to_contain_text(f"Simulation: {words}.")
    assert page.locator("text.truth-label").count() >= 3
    phone = usual("participant", "reveal") | {"screen": 3}
    phone["results"]["guesses"] = [guess | {"mine": None}]
    expect(show(phone).locator("main")).to_contain_text(words)


def test_teams_that_share_the_first_place_are_both_marked(show: Show):
    view = usual("projector", "reveal") | {"screen": 2}
    view["results"]["winners"] = ["blue", "green"]
    expect(show(view).locator("tr.best")).to_have_count(2)


def test_six_teams_and_what_stands_beside_lie_in_their_box_above_the_trainers_button(show: Show):
    view, names = crowded("facilitator", "reveal"), ("Blue", "Orange", "Green", "Purple", "Yellow", "Grey")
    view["notes"] = ["What to say at this point of a workshop takes about three lines at the width of the page. " * 3]
    for one, name in zip(view["results"]["teams"], names, strict=True):
        one["name"] = name
    for team, name in zip(view["teams"], names, strict=True):
        team["name"] = name
    for beside, name in zip(view["results"]["shown"], ("As it is", "All ten practices"), strict=True):
        beside["name"] = name
    page = show(view)
    boxes = [each.bounding_box() for each in page.locator(".came strong").all()]
    frame, foot = page.locator(".came").bounding_box(), page.locator(".foot").bounding_box()
    assert frame is not None
    assert foot is not None
    assert len(boxes) == 8
    assert all(box is not None and box["x"] + box["width"] < frame["x"] + frame["width"] for box in boxes)
    assert frame["y"] + frame["height"] <= foot["y"]

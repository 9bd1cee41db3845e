"""A workshop in real browsers: the trainer's page, the projector's, three phones; a lost server, late and wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.workshop_server import WorkshopServer, plan_in

PATIENCE = 60_000
"""Milliseconds: the first reveal on a new machine compiles the model."""
PHONE, WINDOW = (390, 844), (1280, 720)
NASTY = "<b onload=x>Ana"
Visit = Callable[..., Page]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WorkshopServer]:
    running = WorkshopServer(str(plan_in(tmp_path)), tmp_path / "room.db")
    yield running
    running.stop()


@pytest.fixture
def visit(browser: Browser, server: WorkshopServer) -> Iterator[Visit]:
    """Open an address in a browser of its own; after the test no page must have failed, asked elsewhere or run anything."""
    contexts, wrong = [], []
    expect.set_options(timeout=PATIENCE)

    def heard(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open_page(address: str, size: tuple[int, int] = WINDOW) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda each: wrong.append(str(each.error)))
        context.on("dialog", heard)
        context.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        context.on("request", lambda each: None if each.url.startswith(server.url) else wrong.append(each.url))
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def join(page: Page, nickname: str, code: str | None = None, team: str | None = None) -> Page:
    if code is not None:
        page.get_by_label("Code on the screen").fill(code)
    page.get_by_label("Your name here").fill(nickname)
    if team is not None:
        page.get_by_label("Team").select_option(team)
    page.get_by_role("button", name="Join").click()
    return page


def press(trainer: Page) -> None:
    """Press the one button as soon as it can be pressed, and wait until something else comes next."""
    expect(trainer.locator("#next")).to_be_enabled()
    before = trainer.locator("#next").inner_text()
    trainer.locator("#next").click()
    trainer.wait_for_function("before => document.querySelector('#next')?.innerText !== before", arg=before)


def go_on(trainer: Page, phase: str) -> None:
    """Press the one button until the room is in a phase."""
    for _ in range(12):
        now = trainer.locator("body").get_attribute("data-phase")
        if now == phase:
            return
        press(trainer)
    raise AssertionError(f"the room never came to {phase}")


def guess_all(phone: Page, lasts: str, more: int, practice: str) -> None:
    phone.get_by_label(lasts).check()
    phone.get_by_role("button", name="Send my guess").click()
    expect(phone.get_by_role("slider")).to_be_visible()
    for _ in range(more):
        phone.get_by_role("button", name="More").click()
    phone.get_by_role("button", name="Send my guess").click()
    phone.get_by_label(practice).check()
    phone.get_by_role("button", name="Send my guess").click()
    expect(phone.get_by_role("heading", name="Sent.")).to_be_visible()


def choose(phone: Page, practice: str) -> None:
    phone.get_by_role("group", name=practice).locator("label", has_text="On").click()


def test_a_whole_workshop(server: WorkshopServer, visit: Visit):
    trainer, projector = visit(server.facilitator), visit(server.projector)
    expect(projector.locator(".code")).to_have_text(f"{server.code[:3]} {server.code[3:]}")
    ana = join(visit(server.url, PHONE), NASTY, server.code, "Blue")
    ben = join(visit(f"{server.url}?code={server.code}", PHONE), "Ben", team="Orange")
    expect(ana.locator("h1")).to_have_text(f"You are in, {NASTY}.")
    expect(trainer.locator("#room")).to_contain_text(NASTY)
    expect(projector.locator("header")).to_contain_text("2 people are in")

    go_on(trainer, "introduce")
    for page in (ana, projector, trainer):
        expect(page.locator("main")).to_contain_text("Nobody writes.")

    go_on(trainer, "predict")
    expect(trainer.locator(".notes")).to_contain_text("Ask two people to say why.")
    guess_all(ana, "Yes, it will last", 7, "A safe space")
    expect(trainer.locator(".figure")).to_contain_text("1 of 2")
    for page in (ben, projector, trainer):
        expect(page.locator("body")).not_to_contain_text("57 %")
    ana.reload()
    expect(ana.get_by_role("heading", name="Sent.")).to_be_visible()
    expect(ana.locator("main")).to_contain_text("57 % of staff")
    cleo = join(visit(server.url, PHONE), "Cleo", server.code, "Blue")  # late
    guess_all(cleo, "No, it will fade", 1, "A safe space")
    expect(trainer.locator(".figure")).to_contain_text("2 of 3")

    go_on(trainer, "decide")
    choose(ana, "A safe space")
    ana.get_by_role("button", name="Send for the team").click()
    expect(cleo.get_by_role("heading", name=f"Sent for your team by {NASTY}.")).to_be_visible()
    cleo.get_by_role("button", name="Change it").click()
    choose(cleo, "Act on contributions")
    cleo.get_by_label("Begins").last.select_option("6")
    choose(cleo, "Work towards critical mass")
    expect(cleo.get_by_role("alert")).to_contain_text("only 0 coins would be left for it")
    cleo.get_by_role("button", name="Send for the team").click()
    expect(ana.locator("main")).to_contain_text("Act on contributions: from month 6")
    expect(ben.locator("main")).not_to_contain_text("Act on contributions: from month 6")
    trainer.reload()
    expect(trainer.locator(".figure")).to_contain_text("1 of 2")

    go_on(trainer, "reveal")
    expect(projector.locator("svg.chart")).to_have_attribute("data-played", "yes")
    expect(ana.locator("main")).not_to_contain_text("Simulation:")
    press(trainer)
    expect(projector.locator("table.grid")).to_contain_text("computer")
    expect(ben.locator("main")).to_contain_text("the computer drew by lot")
    for _ in range(3):
        press(trainer)
    expect(projector.get_by_role("img", name="Which practice matters most?")).to_be_visible()
    expect(ana.locator("main")).to_contain_text("You: 57 % of staff")

    go_on(trainer, "debrief")
    expect(projector.get_by_role("heading", name="What made the difference")).to_be_visible()
    expect(ana.locator("main")).to_contain_text("What did you leave out?")
    go_on(trainer, "introduce")
    expect(projector.locator("header")).to_contain_text("Round 2 of 2")
    go_on(trainer, "ended")
    for page in (ana, ben, cleo, projector):
        expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()


def test_two_who_decide_for_a_team_at_once_are_told_of_each_other(server: WorkshopServer, visit: Visit):
    trainer = visit(server.facilitator)
    ana, ben = (join(visit(server.url, PHONE), name, server.code, "Blue") for name in ("Ana", "Ben"))
    expect(trainer.locator(".people li")).to_have_count(2)
    go_on(trainer, "decide")
    choose(ben, "A safe space")
    choose(ana, "Act on contributions")
    ana.get_by_role("button", name="Send for the team").click()
    expect(ben.get_by_role("status").last).to_contain_text("Ana has sent a decision for the team meanwhile.")
    expect(ben.locator(".budget")).to_contain_text("1 coin left of 2")
    ben.get_by_role("button", name="Send for the team").click()
    expect(ben.get_by_role("alert")).to_contain_text("Ana has changed your team's decision meanwhile.")
    ben.get_by_role("button", name="See it").click()
    expect(ben.locator("main")).to_contain_text("Act on contributions: from the launch")


def test_a_clicker_turns_everybodys_screens_from_a_projector_that_the_trainer_opened_and_from_no_other(
    server: WorkshopServer, visit: Visit
):
    trainer, elsewhere = visit(server.facilitator), visit(server.projector)
    ana = join(visit(server.url, PHONE), "Ana", server.code)
    go_on(trainer, "reveal")
    with trainer.context.expect_page() as opened:
        trainer.get_by_role("link", name="Open the projector's page").click()
    projector = opened.value
    expect(projector.locator("svg.chart")).to_be_visible()
    expect(elsewhere.locator("svg.chart")).to_be_visible()
    with elsewhere.expect_response("**/api/facilitator") as refused:
        elsewhere.keyboard.press("PageDown")
    assert refused.value.status == 403
    for page in (elsewhere, projector):
        expect(page.locator("h1")).to_have_text("Who contributes, month by month")
    projector.keyboard.press("PageDown")
    projector.keyboard.press("PageDown")
    expect(ana.locator("main")).to_contain_text("Simulation: it lasts in")
    for page in (elsewhere, projector):
        expect(page.locator("h1")).to_have_text("How many contribute in month 24?")
    expect(trainer.get_by_role("button", name="Guesses 2")).to_have_attribute("aria-pressed", "true")


def test_pages_of_a_room_that_is_over_begin_anew_where_another_room_has_begun(
    server: WorkshopServer, visit: Visit, tmp_path: Path
):
    trainer = visit(server.facilitator)
    ana = join(visit(f"{server.url}?code={server.code}", PHONE), "Ana")
    go_on(trainer, "predict")
    ana.get_by_label("Yes, it will last").check()
    server.begin_another(tmp_path / "another.db")
    expect(ana.get_by_role("heading", name="Join the workshop")).to_be_visible()
    expect(ana.get_by_label("Code on the screen")).to_have_value("")
    expect(trainer.locator("h1")).to_have_text("This page is the trainer's.")
    join(ana, "Ana", server.code)
    expect(ana.locator("h1")).to_have_text("You are in, Ana.")


@pytest.mark.parametrize("phase", ["predict", "decide"])
def test_a_server_that_is_killed_comes_back_with_everything_and_phones_by_themselves(
    server: WorkshopServer, visit: Visit, phase: str
):
    trainer, projector = visit(server.facilitator), visit(server.projector)
    ana = join(visit(server.url, PHONE), "Ana", server.code)
    go_on(trainer, phase)
    if phase == "predict":
        guess_all(ana, "Yes, it will last", 3, "A safe space")
    expect(ana.locator("body")).to_have_attribute("data-phase", phase)
    server.kill()
    for page in (ana, projector, trainer):
        expect(page.locator("#line")).to_be_visible()
    if phase == "decide":  # what is sent while nobody listens arrives when somebody does
        choose(ana, "A safe space")
        ana.get_by_role("button", name="Send for the team").click()
        expect(ana.get_by_role("alert")).to_contain_text("Not sent yet")
    server.start()
    for page in (ana, projector, trainer):
        expect(page.locator("#line")).to_be_hidden()
    expect(ana.locator("h1")).to_contain_text("Sent")
    done = "1 of 1"
    expect(trainer.locator(".figure")).to_contain_text(done)


def test_what_is_pressed_twice_counts_once(server: WorkshopServer, visit: Visit):
    trainer = visit(server.facilitator)
    ana = visit(server.url, PHONE)
    ana.get_by_label("Code on the screen").fill(server.code)
    ana.get_by_label("Your name here").fill("Ana")
    ana.get_by_role("button", name="Join").dblclick()
    expect(ana.locator("h1")).to_have_text("You are in, Ana.")
    expect(trainer.locator(".people li")).to_have_count(1)
    trainer.locator("#next").dblclick()
    expect(trainer.locator("body")).to_have_attribute("data-phase", "introduce")
    go_on(trainer, "predict")
    ana.get_by_label("Yes, it will last").check()
    ana.get_by_role("button", name="Send my guess").dblclick()
    expect(ana.get_by_role("slider")).to_be_visible()
    expect(trainer.locator(".came")).to_contain_text("Will it last?1 of 1")
    expect(trainer.locator(".came")).to_contain_text("month 24?0 of 1")


def test_a_wrong_code_and_a_wrong_secret_are_refused_in_words(server: WorkshopServer, visit: Visit):
    ana = visit(server.url, PHONE)
    join(ana, "Ana", "000000")
    expect(ana.get_by_role("alert")).to_contain_text("This is not the code.")
    expect(ana.get_by_label("Your name here")).to_have_value("Ana")
    join(ana, "Ana", server.code)
    expect(ana.locator("h1")).to_have_text("You are in, Ana.")
    stranger = visit(f"{server.url}facilitator?secret=wrong")
    expect(stranger.locator("h1")).to_have_text("This page is the trainer's.")
    ana.goto(f"{server.url}facilitator")
    expect(ana.locator("h1")).to_have_text("This page is the trainer's.")


def test_a_draft_survives_a_reload_and_who_is_removed_joins_again(server: WorkshopServer, visit: Visit):
    trainer = visit(server.facilitator)
    ana = join(visit(server.url, PHONE), "Ana", server.code)
    expect(ana.locator("h1")).to_have_text("You are in, Ana.")
    go_on(trainer, "decide")
    choose(ana, "A safe space")
    ana.reload()
    expect(ana.locator(".budget")).to_contain_text("1 coin left of 2")
    trainer.get_by_role("button", name="Remove Ana?").click()
    trainer.get_by_role("button", name="Remove: Remove Ana?").click()
    expect(ana.get_by_role("alert")).to_contain_text("The trainer has taken you out of the room.")
    join(ana, "Ana", server.code)
    expect(ana.get_by_role("heading", name="What does your team do?")).to_be_visible()


def test_who_joins_another_team_is_in_that_one_only(server: WorkshopServer, visit: Visit):
    trainer = visit(server.facilitator)
    ana = join(visit(server.url, PHONE), "Ana", server.code, "Blue")
    ana.get_by_label("Your team").select_option("Green")
    expect(ana.locator(".large")).to_contain_text("Green")
    expect(trainer.locator(".people li")).to_have_count(1)
    expect(trainer.locator(".people h2")).to_have_text(["Green1"])  # as a list: while two are shown, it waits
    for phase, team in (("introduce", "Orange"), ("predict", "Purple")):
        go_on(trainer, phase)
        ana.get_by_label("Your team").select_option(team)
        expect(trainer.locator(".people h2")).to_have_text([f"{team}1"])


def test_while_teams_decide_newcomers_choose_no_team_and_the_trainer_can_move_them(server: WorkshopServer, visit: Visit):
    trainer = visit(server.facilitator)
    ana = join(visit(server.url, PHONE), "Ana", server.code, "Blue")
    go_on(trainer, "decide")
    late = visit(server.url, PHONE)
    expect(late.locator("main")).to_contain_text("you come into the smallest one")
    expect(late.get_by_label("Team")).to_have_count(0)
    join(late, "Late", server.code)
    expect(late.locator("#who")).to_contain_text("Orange")
    for phone in (ana, late):
        expect(phone.get_by_label("Your team")).to_have_count(0)
    trainer.get_by_role("button", name="Remove Late?").click()
    trainer.get_by_label("Another team for Late").select_option("Move to Blue")
    expect(late.locator("#who")).to_contain_text("Blue")
    expect(trainer.locator(".people h2")).to_have_text(["Blue2"])


def test_the_trainer_can_remove_people_after_each_step_however_slow_the_answer(server: WorkshopServer, visit: Visit):
    trainer = visit(server.facilitator)
    ana = join(visit(server.url, PHONE), "Ana", server.code)
    expect(ana.locator("h1")).to_have_text("You are in, Ana.")
    trainer.evaluate("""() => {
      const own = window.fetch;
      window.fetch = async (path, more) => {
        const answer = await own(path, more);
        if (more?.method === 'POST') await new Promise((done) => setTimeout(done, 1000));
        return answer;
      };
    }""")
    for button in ("#next", "#next", "#close", "#open", "#back"):
        trainer.locator(button).click()
        expect(trainer.locator("#next")).to_be_disabled()
        expect(trainer.locator("#next")).to_be_enabled()
        expect(trainer.get_by_role("button", name="Remove Ana?")).to_be_enabled()

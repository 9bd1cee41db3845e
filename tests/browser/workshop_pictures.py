"""Pictures of a workshop's pages for the docs, by a rehearsal: ``python -m tests.browser.workshop_pictures FOLDER``."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.workshop_server import WorkshopServer

PLAN, PEOPLE = "ten-practices-five-coins", 23
SIZES = {"facilitator": (1280, 720), "projector": (1280, 720), "participant": (390, 844)}
COLUMNS, WIDTH = (
    {"facilitator": 2, "projector": 2, "participant": 6},
    {"facilitator": 640, "projector": 640, "participant": 260},
)
PHASES = ("lobby", "introduce", "predict", "decide", "reveal", "debrief")
SHOWN = {
    "facilitator": {(phase, 1) for phase in PHASES},
    "participant": {("lobby", 1), ("introduce", 1), ("reveal", 5), ("debrief", 1)},
}
"""Phases and screens of which a picture is taken; of the projector's all."""
PATIENCE = 400_000
GAP, GROUND = 12, "#8d97a1"
FLAT = 64
Shots = dict[str, list[tuple[str, Image.Image]]]


def main(folder: Path, each: Path | None = None) -> None:
    """Write a contact sheet a page; with a second folder every picture of its own as well."""
    found = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        server = WorkshopServer(PLAN, Path(kept) / "room.db", "--rehearse", str(PEOPLE))
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        try:
            shots = played(server, browser)
        finally:
            browser.close()
            server.stop()
    for role, pictures in shots.items():
        sheet(role, [picture for _, picture in pictures]).save(folder / f"workshop-{role}.png", optimize=True)
        for name, picture in pictures if each else ():
            picture.save(each / f"{role}-{name}.png")


def played(server: WorkshopServer, browser: Browser) -> Shots:
    """Play the first round, and return every screen of every page."""
    pages = {}
    for role, address in zip(SIZES, (server.facilitator, server.projector, server.url), strict=True):
        width, height = SIZES[role]
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        pages[role] = context.new_page()
        pages[role].goto(address)
    trainer, phone, shots = pages["facilitator"], pages["participant"], {role: [] for role in SIZES}
    phone.get_by_label("Code on the screen").fill(server.code)
    phone.get_by_label("Your name here").fill("Amira")
    take(shots, "participant", phone, "join")
    phone.get_by_role("button", name="Join").click()
    trainer.wait_for_function("people => document.querySelectorAll('.people li').length > people", arg=PEOPLE)
    for phase in PHASES:
        computed(pages)
        if phase in ("predict", "decide"):
            answer(shots, phone, phase)
            trainer.wait_for_timeout(8000)  # the others answer too
        at_screen = 1
        while True:
            computed(pages)
            for role, page in pages.items():
                if (phase, at_screen) in SHOWN.get(role, {(phase, at_screen)}):
                    take(shots, role, page, f"{phase}{at_screen}")
            before = trainer.locator("#next").inner_text()
            trainer.locator("#next").click()
            trainer.wait_for_function("before => document.querySelector('#next')?.innerText !== before", arg=before)
            if trainer.locator("body").get_attribute("data-phase") != phase:
                break
            at_screen += 1
    return shots


def computed(pages: dict[str, Page]) -> None:
    """Wait until nothing is being run any more, and every page has heard of it."""
    pages["facilitator"].wait_for_selector(".computing", state="detached")
    pages["projector"].wait_for_timeout(900)


def answer(shots: Shots, phone: Page, phase: str) -> None:
    """Answer as somebody would, with a picture of each step."""
    if phase == "decide":
        phone.locator("#send, .card .small").first.wait_for()
        if phone.get_by_role("button", name="Change it").count():  # a simulated colleague was quicker
            phone.get_by_role("button", name="Change it").click()
            for level in phone.locator("fieldset.practice.on").all()[::-1]:
                level.locator("label", has_text="Off").click()
        for number in (2, 3, 6):
            phone.locator("fieldset.practice").nth(number).locator("label", has_text="On").click()
        phone.evaluate("window.scrollTo(0, 320)")
        take(shots, "participant", phone, "deciding")
        if phone.get_by_role("button", name="See it").count():
            phone.get_by_role("button", name="See it").click()
        else:
            phone.get_by_role("button", name="Send for the team").click()
        phone.get_by_role("heading", name="Sent").wait_for()
        take(shots, "participant", phone, "decided")
        return
    while True:
        phone.locator("#send:not([disabled]), .tick").first.wait_for()
        if phone.locator(".tick").count():
            break
        if phone.get_by_role("slider").count():
            for _ in range(14):
                phone.get_by_role("button", name="Less").click()
        else:
            phone.locator("label.choice").nth(0).click()
        asked = phone.locator("h1").inner_text()
        take(shots, "participant", phone, "predict")
        phone.get_by_role("button", name="Send my guess").click()
        phone.wait_for_function("asked => document.querySelector('h1').innerText !== asked", arg=asked)
    take(shots, "participant", phone, "sent")


def take(shots: Shots, role: str, page: Page, name: str) -> None:
    """Add a picture of what is seen."""
    page.wait_for_timeout(250)
    shots[role].append((f"{len(shots[role]):02}-{name}", Image.open(io.BytesIO(page.screenshot())).convert("RGB")))


def sheet(role: str, pictures: list[Image.Image]) -> Image.Image:
    """Return pictures side by side, small, in colours as near to their own as 256 allow: a team is told by its colour."""
    columns, width = COLUMNS[role], WIDTH[role]
    height = round(width * SIZES[role][1] / SIZES[role][0])
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP), GROUND)
    for place, picture in enumerate(pictures):
        at = (GAP + place % columns * (width + GAP), GAP + place // columns * (height + GAP))
        whole.paste(picture.resize((width, height), Image.Resampling.LANCZOS), at)
    return whole.quantize(palette=palette(whole), dither=Image.Dither.NONE)


def palette(picture: Image.Image) -> Image.Image:
    """Return the colours that a picture has most of, as they are, and then those that cover the rest."""
    most = sorted(picture.getcolors(maxcolors=2**24), reverse=True)[:FLAT]
    rest = picture.quantize(256 - FLAT, method=Image.Quantize.MAXCOVERAGE).getpalette()[: 3 * (256 - FLAT)]
    made = Image.new("P", (1, 1))
    made.putpalette([part for _, colour in most for part in colour] + rest)
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

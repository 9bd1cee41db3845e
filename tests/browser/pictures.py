"""Pictures of the page for the docs, made from the running page: ``python -m tests.browser.pictures URL FOLDER [SIZE]``.

SIZE: laptop (as in the docs), projector or phone; the last two are for looking at, and go into no document.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE

SHOTS = {
    "ui-explore.png": "v=1&now=lean-bundle,p7:60",
    "ui-compare.png": "v=1&now=lean-bundle,p7:60&keep=launch-only|Launch%20only&page=compare",
    "ui-why.png": "v=1&now=lean-bundle,n200,t75,s70&page=why",
    "ui-watch.png": "v=1&now=lean-bundle&page=watch#day=79&person=26&against=launch-only",
}
LONG_WORK = 1_800_000
"""Milliseconds that the page Why may take on a busy machine; a minute on two idle processors."""
SIZES = {"laptop": (1280, 720), "projector": (1920, 1080), "phone": (390, 844)}


def main(url: str, folder: Path, size: str = "laptop") -> None:
    """Write each picture when all in it is computed; on other screens than a laptop's, the page to its end too."""
    width, height = SIZES[size]
    found = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        for name, query in SHOTS.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.add_init_script("localStorage.setItem('adoptsim-tour', 'seen')")
            page.set_default_timeout(PATIENCE)
            page.goto(f"{url}?{query}")
            settle(page)
            page.screenshot(path=folder / (name if size == "laptop" else f"{size}-{name}"))
            if size != "laptop":
                page.screenshot(path=folder / f"{size}-whole-{name}", full_page=True)
        browser.close()


def settle(page: Page) -> None:
    """Wait until all is computed and drawn."""
    expect(page.locator(".as-verdict, .as-compare table, .wy-parts, .wt-tale").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".as-busy")).to_have_count(0, timeout=PATIENCE)
    page.wait_for_timeout(500)
    expect(page.locator(".wy-work")).to_have_count(0, timeout=LONG_WORK)
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])

"""Pictures of the page for the docs, made from the running page: ``python -m tests.browser.pictures URL FOLDER``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE

SHOTS = {
    "ui-explore.png": ("v=1&now=lean-bundle,p7:60", 1280, 720),
    "ui-compare.png": ("v=1&now=lean-bundle,p7:60&keep=launch-only|Launch%20only&page=compare", 1280, 900),
}


def main(url: str, folder: Path) -> None:
    """Write each picture when all in it is computed."""
    found = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        for name, (query, width, height) in SHOTS.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(PATIENCE)
            page.goto(f"{url}?{query}")
            expect(page.locator(".as-verdict, .as-compare table").first).to_be_visible(timeout=PATIENCE)
            expect(page.locator(".as-busy")).to_have_count(0, timeout=PATIENCE)
            page.wait_for_timeout(500)
            page.screenshot(path=folder / name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

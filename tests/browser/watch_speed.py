"""Frames a second of the page Watch while it plays: ``python -m tests.browser.watch_speed URL [days a second]``."""

from __future__ import annotations

import json
import shutil
import sys

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE

SIZES = (500, 5_000)
SECONDS = 8
COUNT = """seconds => new Promise(tell => {
  const stamps = []
  const step = stamp => {
    stamps.push(stamp)
    if (stamp - stamps[0] < 1000 * seconds) return requestAnimationFrame(step)
    const gaps = stamps.slice(1).map((each, k) => each - stamps[k]).sort((a, b) => a - b)
    const took = stamps[stamps.length - 1] - stamps[0]
    tell({ frames: 1000 * gaps.length / took, slow: gaps[Math.floor(0.95 * gaps.length)] })
  }
  requestAnimationFrame(step)
})"""


def played(page: Page, url: str, people: int, speed: int) -> dict[str, float]:
    """Return frames a second and the 95th percentile of milliseconds between two, and the days that went by."""
    page.goto(f"{url}?v=1&now=lean-bundle,n{people}&page=watch")
    page.wait_for_selector(".wt:not(.wt-off)", timeout=PATIENCE)
    page.locator(".as-busy").wait_for(state="detached", timeout=PATIENCE)  # the runs for Explore are done
    page.locator(".wt-speed select").select_option(str(speed))
    if page.locator(".wt-play").get_attribute("aria-label") == "Play":
        page.locator(".wt-play").click()
    first = int(page.locator(".wt-strip input").input_value())
    found: dict[str, float] = page.evaluate(COUNT, SECONDS)
    found["days_a_second"] = (int(page.locator(".wt-strip input").input_value()) - first) / SECONDS
    return found


def main(url: str, speed: int) -> None:
    """Print a line a size."""
    path = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for people in SIZES:
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            context.add_init_script("localStorage.setItem('adoptsim-tour', 'seen')")
            found = played(context.new_page(), url, people, speed)
            print(json.dumps({"people": people, **{name: round(value, 1) for name, value in found.items()}}))  # noqa: T201
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)

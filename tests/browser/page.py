"""What tests do on the page again and again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

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

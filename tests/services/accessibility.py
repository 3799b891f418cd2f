"""What axe finds against WCAG 2.2 A and AA on a page as it stands, and whether it fits the screen.

problems = breaches(page, "/beranda", schemes=("light", "dark"))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# All that another colour scheme can change.
COLOURS = ["color-contrast", "link-in-text-block"]
AXE = Axe().axe_script

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The bars at the screen's edge cover what scrolls beneath them at one moment only; axe would call
# what it finds half covered too small to touch.
UNSTICK = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".nav, .action-bar, .header { position: static !important }");
    document.adoptedStyleSheets = [sheet];
}"""
# All that a page does by itself once it is loaded: its owner, its letters, the pictures in view.
SETTLED = """async () => {
    await self.sipokat?.owner?.ready;
    await document.fonts.ready;
    const seen = [...document.images].filter((one) => {
        const { width, top, bottom } = one.getBoundingClientRect();
        return width && bottom > 0 && top < innerHeight;
    });
    await Promise.all(seen.map((one) => one.decode().catch(() => {})));
}"""
# Where the script shows what lies on the phone only after that.
SHOWN = {
    "/kotak-keluar": "[data-outbox-empty], [data-outbox-unsent], [data-outbox-sent]",
    "/laporan/baru?": "[data-report-form] [name=happened_on][max]",
    "/perbaikan": "[data-report-form] [name=happened_on][max]",
}


def settle(page: Page) -> None:
    """Wait until the page is as a person would find it."""
    page.evaluate(SETTLED)
    for part, selector in SHOWN.items():
        if part in page.url:
            page.locator(selector).filter(visible=True).first.wait_for()


def violations(page: Page, rules: Sequence[str] = WCAG) -> list[str]:
    """One line a violation: the rule, what it asks, and the elements that break it."""
    if not page.evaluate("'axe' in self"):
        page.evaluate(AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found: Any = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}"
        for each in found["violations"]
    ]


def breaches(page: Page, where: str, schemes: Sequence[Any] = ("light",)) -> list[str]:
    """What is wrong with the page as it stands, in each of these colour schemes."""
    problems = []
    page.evaluate(UNSTICK)
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        rules = WCAG if scheme == schemes[0] else COLOURS
        problems += [f"{where} in {scheme}: {one}" for one in violations(page, rules)]
    if page.evaluate(OVERFLOW) > 0:
        problems.append(f"{where}: runs off the screen sideways")
    return problems

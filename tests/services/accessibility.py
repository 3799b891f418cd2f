"""Breaches of WCAG 2.2 A and AA that axe finds on an open page, and whether it fits the screen, at
twice the text as well.

problems = breaches(page, "/beranda", schemes=("light", "dark"))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# The rules whose outcome depends on the colour scheme.
COLOURS = ["color-contrast", "link-in-text-block"]
AXE = Axe().axe_script

# Controls smaller than 48 px. Of a box and its label only the label counts: it takes the touch.
SMALL = """() => [...document.querySelectorAll(
    "a.button, button, .nav-link, .tile, .choice, input:not([type=hidden]), textarea, select, " +
    "summary")]
  .filter((one) => one.getClientRects().length && !one.closest(".choice input, [hidden]"))
  .filter((one) => !(one.matches("input") && one.closest("label, .choice")))
  .filter((one) => !one.matches(".visually-hidden, .skip"))
  .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 47.5 || box.width < 47.5)
  .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The sticky bars cover part of what scrolls beneath them, and axe would call a half covered button
# too small to touch.
UNSTUCK = ".nav, .action-bar, .header { position: static !important }"
# Twice the text, as the phone's own setting gives it: everything is in rem.
TWICE = "html { font-size: 200% !important }"
STYLE = """(styles) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    document.adoptedStyleSheets = [sheet];
}"""
# What a page still does after its load event: note its owner, load its fonts and visible pictures.
SETTLED = """async () => {
    await self.sipokat?.owner?.ready;
    await document.fonts.ready;
    const seen = [...document.images].filter((one) => {
        const { width, top, bottom } = one.getBoundingClientRect();
        return width && bottom > 0 && top < innerHeight;
    });
    await Promise.all(seen.map((one) => one.decode().catch(() => {})));
}"""
# Links that are seen, have the same name and lead to several places.
LINKS = """() => {
    const places = new Map();
    for (const link of document.querySelectorAll("a[href]")) {
        if (!link.getClientRects().length) continue;
        const pictures = [...link.querySelectorAll("[alt], svg[aria-label]")]
            .map((one) => one.getAttribute("alt") || one.getAttribute("aria-label"));
        const name = link.getAttribute("aria-label") || `${link.textContent} ${pictures}`.trim();
        places.set(name, (places.get(name) || new Set()).add(link.href));
    }
    return [...places].filter(([, hrefs]) => hrefs.size > 1).map(([name]) => name);
}"""
SIZES = (100, 112, 125, 200)  # percent
# A word of the menu that is broken in two at this size of text.
BROKEN = """() => [...document.querySelectorAll(".nav-link > span")].filter((label) => {
    const words = document.createRange();
    words.selectNodeContents(label);
    const lines = new Set([...words.getClientRects()].map((box) => Math.round(box.top)));
    return lines.size > label.textContent.trim().split(" ").length;
}).map((label) => label.textContent)"""
# On these pages a script then shows what is on the phone: what to wait for.
SHOWN = {
    "/kotak-keluar": "[data-outbox-empty], [data-outbox-unsent], [data-outbox-sent]",
    "/laporan/baru?": "[data-report-form]:has([name=happened_on][max]), [data-tiles]",
    "/perbaikan": "[data-report-form]:has([name=happened_on][max])",
}


def settle(page: Page) -> None:
    """Wait until the page has shown everything that it shows by itself."""
    page.evaluate(SETTLED)
    for part, selector in SHOWN.items():
        if part in page.url:
            page.locator(selector).filter(visible=True).first.wait_for()


def violations(page: Page, rules: Sequence[str] = WCAG) -> list[str]:
    """A line for each violation: the rule, what it asks, and the elements that break it."""
    if not page.evaluate("'axe' in self"):
        page.evaluate(AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found: Any = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}"
        for each in found["violations"]
    ]


def breaches(page: Page, where: str, schemes: Sequence[Any] = ("light",)) -> list[str]:
    """What is wrong with the open page, in each of these colour schemes."""
    problems = []
    page.evaluate(STYLE, UNSTUCK)
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        rules = WCAG if scheme == schemes[0] else COLOURS
        problems += [f"{where} in {scheme}: {one}" for one in violations(page, rules)]
    same = page.evaluate(LINKS)
    problems += [f"{where}: links of one name to several places: {name}" for name in same]
    if page.evaluate(OVERFLOW) > 0:
        problems.append(f"{where}: runs off the screen sideways")
    page.evaluate(STYLE, TWICE)
    if page.evaluate(OVERFLOW) > 0:
        problems.append(f"{where}: runs off the screen at twice the text")
    for size in SIZES:
        page.evaluate(STYLE, f"html {{ font-size: {size}% !important }}")
        problems += [f"{where}: {word} is broken at {size} %" for word in page.evaluate(BROKEN)]
    page.evaluate(STYLE, "")
    return problems

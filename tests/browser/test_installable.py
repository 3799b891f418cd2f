"""It can be put on the home screen, and says so at the right moment."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.steps import fill, ready, save, sent
from tests.cast import RAHMAN

# As the browser tells the page that it could be installed now; the person says no.
OFFER = """() => {
    const event = new Event("beforeinstallprompt", { cancelable: true });
    event.prompt = () => Promise.resolve();
    event.userChoice = Promise.resolve({ outcome: "dismissed" });
    dispatchEvent(event);
}"""


@pytest.mark.current_only
def test_the_browser_finds_nothing_against_installing(phone):
    ready(phone, RAHMAN)
    session = phone.context.new_cdp_session(phone.page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    told = session.send("Page.getAppManifest")
    assert told["errors"] == []
    assert json.loads(told["data"])["id"] == "/"


def test_the_hint_waits_until_a_report_is_kept_and_stays_away_once_refused(phone):
    ready(phone, RAHMAN)
    page = phone.open("/laporan/baru")
    page.evaluate(OFFER)
    hint = page.get_by_text("Pasang SIPOKAT di HP ini")
    expect(hint).to_be_hidden()
    page.locator(".tile[data-category=pemerintahan]").click()
    fill(page, "pemerintahan")
    save(page)
    expect(hint).to_be_visible()
    page.get_by_role("button", name="Nanti saja").click()
    expect(hint).to_be_hidden()
    page = phone.open("/laporan/baru")
    page.evaluate(OFFER)
    page.locator(".tile[data-category=pemerintahan]").click()
    fill(page, "pemerintahan", "Rapat yang kedua.")
    save(page)
    sent(phone, 2)
    expect(hint).to_be_hidden()

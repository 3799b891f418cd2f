"""It can be put on the home screen, and says so at the right moment."""

from __future__ import annotations

import io
import json
from urllib.parse import urljoin

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.steps import fill, ready, save, sent
from tests.cast import RAHMAN


@pytest.mark.current_only
def test_the_browser_finds_nothing_against_installing(phone):
    ready(phone, RAHMAN)
    phone.open("/beranda")
    session = phone.context.new_cdp_session(phone.page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    told = session.send("Page.getAppManifest")
    assert told["errors"] == []
    assert json.loads(told["data"])["id"] == "/"


def test_the_manifest_is_complete_and_its_pictures_are_as_large_as_it_says(phone):
    page = phone.open("/masuk")
    url = urljoin(phone.url, "/static/manifest.json")
    manifest = page.request.get(url).json()
    for key in ("id", "name", "short_name", "description", "scope", "start_url", "theme_color"):
        assert manifest[key], key
    assert manifest["lang"] == "id"
    assert manifest["display"] == "standalone"
    purposes = {purpose for icon in manifest["icons"] for purpose in icon["purpose"].split()}
    assert purposes >= {"any", "maskable"}
    assert {one["form_factor"] for one in manifest["screenshots"]} == {"narrow", "wide"}
    assert [one["name"] for one in manifest["shortcuts"]] == ["Buat laporan", "Kotak keluar"]
    icons = [icon for one in manifest["shortcuts"] for icon in one["icons"]]
    for picture in [*manifest["icons"], *manifest["screenshots"], *icons]:
        answer = page.request.get(urljoin(url, picture["src"]))
        assert answer.status == 200, picture["src"]
        with Image.open(io.BytesIO(answer.body())) as opened:
            assert f"{opened.width}x{opened.height}" == picture["sizes"], picture["src"]


def test_the_hint_waits_until_a_report_is_kept_and_stays_away_once_refused(phone):
    ready(phone, RAHMAN)
    offer = """() => {
        const event = new Event("beforeinstallprompt", { cancelable: true });
        event.prompt = () => Promise.resolve();
        event.userChoice = Promise.resolve({ outcome: "dismissed" });
        dispatchEvent(event);
    }"""
    phone.open("/laporan/baru").evaluate(offer)
    hint = phone.page.get_by_text("Pasang SIPOKAT di HP ini")
    expect(hint).to_have_count(0)
    page = phone.page
    page.locator(".tile[data-category=pemerintahan]").click()
    fill(page, "pemerintahan")
    save(page)
    expect(hint).to_be_visible()
    page.get_by_role("button", name="Nanti saja").click()
    expect(hint).to_have_count(0)
    phone.open("/laporan/baru").evaluate(offer)
    page.locator(".tile[data-category=pemerintahan]").click()
    fill(page, "pemerintahan", "Rapat yang kedua.")
    save(page)
    sent(phone, 2)
    expect(hint).to_have_count(0)

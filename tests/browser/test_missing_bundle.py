"""A bundle of scripts that does not load leaves a form that can be sent, with a photo."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import file, fill, photos, picture, reports
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.wire import decide, file_report

BUNDLES = ("core", "app", "form")
SAID = "Halaman ini belum termuat seluruhnya."


@pytest.mark.old_only
def test_with_each_bundle_missing_in_turn_a_report_is_sent_and_mended_with_photos(phones, server):
    phone = phones(service_workers="block")
    phone.sign_in(RAHMAN)
    lurah = Caller(server, HARTONO)
    with phone.expecting("incomplete", "undefined"):
        for count, name in enumerate(BUNDLES, 1):
            pattern = f"**/static/gen/{name}.*.js"
            phone.context.route(pattern, lambda route: route.abort())
            page = phone.open("/laporan/baru")
            expect(page.get_by_text(SAID)).to_be_visible()
            expect(page.get_by_text("Bisa diisi tanpa sinyal")).to_be_hidden()
            page.locator(".tile[data-category=sampah]").click()
            expect(page.locator("[data-report-form]")).to_be_visible()
            fill(page, "sampah", f"Tanpa {name}.")
            chooser = page.locator("[data-report-form] input[type=file]:visible").first
            chooser.set_input_files([file(picture(count))])
            page.get_by_role("button", name="Kirim laporan").click()
            page.wait_for_url("**/laporan/0*")
            assert [row.text for row in reports(server)][-1] == f"Tanpa {name}."
            assert len(photos(server)) == 2 * count - 1

            number = reports(server)[-1].number
            decide(lurah, number, "pengembalian")
            page = phone.open(f"/laporan/{number}/perbaikan")
            expect(page.get_by_text(SAID)).to_be_visible()
            chooser = page.locator("[data-report-form] input[type=file]:visible").first
            chooser.set_input_files([file(picture(10 + count))])
            page.fill("#field-text", f"Diperbaiki tanpa {name}.")
            page.get_by_role("button", name="Kirim perbaikan").click()
            page.wait_for_url(f"**/laporan/{number}")
            assert [row.text for row in reports(server)][-1] == f"Diperbaiki tanpa {name}."
            assert len(photos(server)) == 2 * count
            phone.context.unroute(pattern)


@pytest.mark.old_only
def test_without_what_tells_whose_a_page_is_a_report_is_mended_all_the_same(phones, server):
    """A new report's form is made for nobody, and needs no such bundle."""
    phone = phones(service_workers="block")
    number = file_report(Caller(server, RAHMAN))["number"]
    decide(Caller(server, HARTONO), number, "pengembalian")
    phone.sign_in(RAHMAN)
    phone.context.route("**/static/gen/person.*.js", lambda route: route.abort())
    with phone.expecting("person.js", "incomplete", "properties of undefined"):
        page = phone.open(f"/laporan/{number}/perbaikan")
        expect(page.get_by_text(SAID)).to_be_visible()
        page.fill("#field-text", "Diperbaiki tanpa itu.")
        page.get_by_role("button", name="Kirim perbaikan").click()
        page.wait_for_url(f"**/laporan/{number}")
        assert [row.text for row in reports(server)] == ["Diperbaiki tanpa itu."]

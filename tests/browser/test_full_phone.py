"""A phone without room can still send: straight, named, and left only on a receipt."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import FULL, eventually, outbox, ready, report, reports, write
from tests.cast import PASSWORD, RAHMAN, SITI
from tests.services.network import lose_answer, somebody_elses

pytestmark = pytest.mark.current_only
TEXT = "Tidak muat lagi."


@pytest.fixture
def page(phone) -> Page:
    """The form is filled in, the phone is full, and the button to go on with is there."""
    phone.context.add_init_script(FULL)
    ready(phone, RAHMAN)
    page = write(phone, text=TEXT)
    eventually(lambda: [one["values"]["text"] for one in phone.stored("drafts")], [TEXT])
    page.evaluate("self.full = true")
    page.locator("[data-report-form] button[type=submit]").click()
    expect(straight(page)).to_be_visible()
    return page


def straight(page: Page):
    return page.get_by_role("button", name="Kirim langsung")


@pytest.mark.promise(on="current")
def test_it_goes_straight_as_the_report_that_the_draft_was(page, phone, server):
    (draft,) = phone.stored("drafts")
    straight(page).click()
    page.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    assert (row.client_id, row.text) == (draft["id"], TEXT)
    (post,) = server.network.passed("POST", "/laporan")
    assert post.headers["Sipokat-User"] == row.reporter_id
    assert (outbox(phone), phone.stored("drafts")) == ([], [])


def test_without_an_answer_the_form_stays_and_a_second_try_is_no_second_report(page, phone, server):
    server.network.when("POST", "/laporan", lose_answer(), times=None)
    straight(page).click()
    expect(page.locator("#notices")).to_contain_text("Belum ada sinyal. Laporan belum terkirim")
    expect(page.locator("#field-text")).to_have_value(TEXT)
    eventually(lambda: len(reports(server)), 1)
    server.network.heal()
    page.get_by_role("button", name="Coba lagi").click()
    page.wait_for_url("**/laporan/0*")
    assert len(reports(server)) == 1
    assert phone.stored("drafts") == []


def test_it_never_goes_as_somebody_else(page, server):
    page.evaluate(
        """async ([phone, password]) => {
            const headers = { "Content-Type": "application/json", Accept: "application/json" };
            const body = JSON.stringify({ phone, password });
            await fetch("/masuk", { method: "POST", headers, body });
        }""",
        [SITI.phone, PASSWORD],
    )
    straight(page).click()
    expect(page.locator("#notices")).to_contain_text("Masuk dulu di tab lain")
    expect(page.get_by_role("button", name="Masuk di tab baru")).to_be_visible()
    expect(page.locator("#field-text")).to_have_value(TEXT)
    assert reports(server) == []


def test_what_the_server_refuses_is_said_beside_the_field(page, server):
    page.evaluate("document.querySelector('[name=happened_on]').value = '2025-01-01'")
    straight(page).click()
    expect(page.locator("#field-happened_on-error")).to_contain_text("60 hari")
    expect(page.locator("#field-text")).to_have_value(TEXT)
    assert reports(server) == []


def test_a_wifi_page_is_no_answer(page, server):
    server.network.when("POST", "/laporan", somebody_elses(200))
    straight(page).click()
    expect(page.locator("#notices")).to_contain_text("Jaringan ini belum tersambung ke SIPOKAT.")
    expect(page.locator("#field-text")).to_have_value(TEXT)
    page.get_by_role("button", name="Coba lagi").click()
    page.wait_for_url("**/laporan/0*")
    assert len(reports(server)) == 1


def test_an_entry_opened_again_leaves_the_outbox_once_it_went_straight(phone, server):
    phone.context.add_init_script(FULL)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = report(phone, text=TEXT)
    eventually(lambda: outbox(phone)[0]["last_error"])  # it has been tried without signal
    (entry,) = outbox(phone)
    page.evaluate(
        """(id) => sipokat.outbox.update(id, (one) => ({ ...one, state: "needs_attention" }))""",
        entry["id"],
    )
    phone.open("/kotak-keluar").locator("[data-mend]").click()
    expect(page.locator("#field-text")).to_have_value(TEXT)
    page.fill("#field-text", "Sudah diperbaiki.")
    page.evaluate("self.full = true")
    page.locator("[data-report-form] button[type=submit]").click()
    phone.go_online()
    straight(page).click()
    page.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    assert (row.client_id, row.text) == (entry["id"], "Sudah diperbaiki.")
    assert (outbox(phone), phone.stored("drafts")) == ([], [])

"""A phone without room can still send: straight from the form, which stays until the receipt."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import (
    FULL,
    eventually,
    keep,
    no_signal,
    outbox,
    ready,
    reports,
    write,
)
from tests.cast import PASSWORD, RAHMAN, SITI, Person
from tests.services.network import lose_answer, refuse, somebody_elses
from tests.services.phone import Phone

pytestmark = pytest.mark.current_only
TEXT = "Tidak muat lagi."


def straight(page: Page) -> Locator:
    """Send the form, for which there is no room. Returns the button that is offered then."""
    page.locator("[data-report-form] button[type=submit]").click()
    return page.get_by_role("button", name="Kirim langsung")


def sign_in_elsewhere(phone: Phone, person: Person) -> None:
    """The session becomes this person's, and the open page hears nothing of it."""
    answer = phone.context.request.post(
        "/masuk",
        data={"phone": person.phone, "password": PASSWORD},
        headers={"Accept": "application/json", "Origin": phone.url},
    )
    assert answer.ok


def test_what_does_not_fit_goes_straight_once_as_its_writer_and_stays_until_then(phone, server):
    phone.context.add_init_script(FULL)
    ready(phone, RAHMAN)
    page = write(phone, text=TEXT)
    eventually(lambda: [one["values"]["text"] for one in phone.stored("drafts")], [TEXT])
    (draft,) = phone.stored("drafts")
    page.evaluate("self.full = true")
    notices, text = page.locator("#notices"), page.locator("#field-text")

    # The script that sends straight is loaded then. Without signal the form stays as it is.
    gone = server.network.when("GET", "/static/gen/straight.*", refuse, times=None)
    straight(page).click()
    expect(notices).to_contain_text("Belum ada sinyal. Laporan belum terkirim")
    expect(text).to_have_value(TEXT)
    server.network.lift(gone)

    # Never as somebody else.
    sign_in_elsewhere(phone, SITI)
    straight(page).click()
    expect(notices).to_contain_text("Masuk dulu di halaman SIPOKAT lain")
    expect(page.get_by_role("button", name="Masuk di halaman baru")).to_be_visible()
    expect(text).to_have_value(TEXT)
    sign_in_elsewhere(phone, RAHMAN)

    # What the server refuses is said beside the field; the phone would have refused such a day.
    button, day = straight(page), page.locator("[name=happened_on]")
    expect(button).to_be_visible()
    today = day.input_value()
    day.evaluate("(field) => { field.value = '2025-01-01'; }")
    button.click()
    expect(page.locator("#field-happened_on-error")).to_contain_text("60 hari")
    expect(text).to_have_value(TEXT)
    day.fill(today)

    # A Wi-Fi page is no answer.
    server.network.when("POST", "/laporan", somebody_elses(200))
    straight(page).click()
    expect(notices).to_contain_text("Jaringan ini belum tersambung ke SIPOKAT.")
    expect(text).to_have_value(TEXT)
    assert reports(server) == []

    # Without an answer the form stays, and the second try is no second report.
    lost = server.network.when("POST", "/laporan", lose_answer(), times=None)
    page.get_by_role("button", name="Coba lagi").click()
    expect(notices).to_contain_text("Belum ada sinyal. Laporan belum terkirim")
    expect(text).to_have_value(TEXT)
    assert len(reports(server)) == 1
    server.network.lift(lost)
    page.get_by_role("button", name="Coba lagi").click()
    page.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    assert (row.client_id, row.text) == (draft["id"], TEXT)
    posts = server.network.passed("POST", "/laporan")
    assert {post.headers["Sipokat-User"] for post in posts} == {row.reporter_id}
    assert (outbox(phone), phone.stored("drafts")) == ([], [])


def test_an_entry_opened_again_leaves_the_outbox_once_it_went_straight(phone, server):
    phone.context.add_init_script(FULL)
    ready(phone, RAHMAN)
    no_signal(server)
    id_ = keep(phone, text=TEXT)
    # As if the server had refused it; drained first, so that no run changes it afterwards.
    phone.page.evaluate(
        """async (id) => {
            await sipokat.app.drain("tap");
            await sipokat.outbox.update(id, (one) => ({ ...one, state: "needs_attention" }));
        }""",
        id_,
    )
    page = phone.open("/kotak-keluar")
    page.locator("[data-mend]").click()
    expect(page.locator("#field-text")).to_have_value(TEXT)
    page.fill("#field-text", "Sudah diperbaiki.")
    page.evaluate("self.full = true")
    server.network.heal()
    straight(page).click()
    page.wait_for_url("**/laporan/0*")
    (row,) = reports(server)
    assert (row.client_id, row.text) == (id_, "Sudah diperbaiki.")
    assert (outbox(phone), phone.stored("drafts")) == ([], [])

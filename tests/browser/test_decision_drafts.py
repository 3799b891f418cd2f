"""What an official types into a decision outlives an ended session, a page that is left or loaded
again, "back" and a lost signal; nobody else is shown it, and it goes once the decision is made."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests import wire
from tests.browser.steps import FULL, PATIENCE, enter, eventually, keep, no_signal, picture, ready
from tests.cast import HARTONO, RAHMAN, YUSUF
from tests.services.caller import Caller
from tests.services.network import refuse, somebody_elses
from tests.services.phone import Phone
from tests.services.server import Server
from tests.services.speed import patience

NOTE = "Foto pagar belum kelihatan, tolong dari seberang jalan."
WIDE = {
    "viewport": {"width": 1280, "height": 800},
    "device_scale_factor": 1,
    "is_mobile": False,
    "has_touch": False,
}


def end_sessions(server: Server) -> None:
    server.query("DELETE FROM login_session")


def with_photo(server: Server) -> str:
    """A report of Rahman's whose photo can be opened, on Hartono's desk."""
    rahman = Caller(server, RAHMAN)
    declared = wire.declared(picture(1))
    receipt = wire.file_report(rahman, "sampah", photos=[declared])
    wire.put(rahman, receipt["client_id"], declared["id"], picture(1))
    eventually(lambda: server.value("SELECT state FROM photo") == "ready")
    return receipt["number"]


def returning(page: Page, number: str) -> Locator:
    return page.locator(f"form[action='/laporan/{number}/pengembalian']")


def write(page: Page, number: str) -> None:
    """Choose a reason and type a note, and wait until the phone has them."""
    form = returning(page, number)
    page.locator("summary").filter(has_text="Kembalikan").first.click()
    form.get_by_role("button", name="Foto kurang jelas").click()
    form.locator("textarea").fill(NOTE)


def is_there(page: Page, number: str) -> None:
    form = returning(page, number)
    expect(form.locator("textarea")).to_be_visible()
    expect(form.locator("textarea")).to_have_value(NOTE)
    expect(form.locator("select")).to_have_value("foto_kurang_jelas")
    expect(form.locator(".field-counter")).to_have_text(f"{len(NOTE)} / 500")


def drafts(phone: Phone) -> list[Any]:
    return [one["values"]["text"] for one in phone.stored("drafts")]


def test_a_note_in_the_queue_outlives_everything_and_is_gone_once_sent(phone, server):
    number = with_photo(server)
    ready(phone, HARTONO)
    page = phone.open("/verifikasi")
    write(page, number)
    eventually(lambda: drafts(phone), [NOTE])

    # "Back" closes the photo and the words stay; once more leaves the page.
    page.locator("a[data-lightbox]").first.click()
    expect(page.locator("#lightbox img")).to_be_visible()
    page.go_back()
    expect(page.locator("#lightbox")).to_be_hidden()
    page.wait_for_url("**/verifikasi")
    is_there(page, number)
    page.reload()  # as pulling down does
    is_there(page, number)
    phone.open("/beranda")
    page = phone.open("/verifikasi")
    is_there(page, number)
    page = phone.restart()
    page = phone.open("/verifikasi")
    is_there(page, number)

    # The twelve hours are over when it is sent.
    end_sessions(server)
    with phone.expecting("htmx:", "Response Status"):
        returning(page, number).get_by_role("button", name="Kembalikan laporan").click()
        page.get_by_role("alert").get_by_role("link", name="Masuk").click()
    page.wait_for_url("**/masuk?**")
    enter(page, HARTONO)
    page.wait_for_url(f"**/verifikasi#kartu-{number}")
    is_there(page, number)
    returning(page, number).get_by_role("button", name="Kembalikan laporan").click()
    expect(page.locator("[data-done]")).to_be_visible()
    eventually(lambda: drafts(phone), [])
    assert server.value("SELECT note FROM event WHERE action = 'return'") == NOTE


def test_on_the_reports_page_a_refused_post_leaves_the_words_where_they_are(phones, server):
    number = with_photo(server)
    desk = phones("meja", **WIDE)
    desk.context.add_init_script(FULL)
    ready(desk, HARTONO)
    # The reading pane of a wide screen and the report's page have one draft.
    page = desk.open("/verifikasi")
    write(page, number)
    eventually(lambda: drafts(desk), [NOTE])
    page = desk.open(f"/laporan/{number}")
    is_there(page, number)
    page.evaluate("self.full = true")  # else it would go into the outbox
    send = returning(page, number).get_by_role("button", name="Kembalikan laporan")
    error = page.locator(f"form[action='/laporan/{number}/pengembalian'] + [data-answer]")
    for fault, words in (
        (refuse, "Belum ada sinyal."),
        (somebody_elses(200), "Jaringan ini belum tersambung"),
    ):
        rule = server.network.when("GET", "/akun", fault, times=None)
        send.click()
        expect(error).to_contain_text(words)
        expect(error).to_be_in_viewport()
        is_there(page, number)
        server.network.lift(rule)
    end_sessions(server)
    send.click()
    error.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/masuk?**")

    # Somebody else, who may read the report too, finds nothing of it.
    wire.decide(Caller(server, HARTONO), number, "verifikasi", **{"class": "kinerja"})
    enter(page, YUSUF)
    page.wait_for_url(f"**/laporan/{number}")
    expect(returning(page, number)).to_have_count(1)
    page.evaluate("sipokat.owner.ready")
    expect(returning(page, number).locator("textarea")).to_have_value("")
    assert drafts(desk) == [NOTE], "his words are still his"
    page = desk.open("/kotak-keluar")
    expect(page.locator("[data-outbox-empty]")).to_be_visible()
    expect(page.get_by_text(NOTE)).to_have_count(0)


def test_signing_out_erases_what_was_typed_into_decisions(phone, server):
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    ready(phone, HARTONO)
    page = phone.open(f"/laporan/{number}")
    write(page, number)
    eventually(lambda: drafts(phone), [NOTE])
    page = phone.open("/kotak-keluar")
    expect(page.get_by_role("link", name=f"Pesan untuk laporan {number}")).to_be_visible()
    phone.open("/akun").get_by_role("button", name="Keluar", exact=True).last.click()
    phone.page.wait_for_url("**/masuk")
    assert drafts(phone) == []


def test_back_closes_a_question_and_stays_on_the_page(phone, server):
    ready(phone, RAHMAN)
    no_signal(server)
    page = phone.open("/kotak-keluar")
    keep(phone)
    page.locator("[data-remove]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/kotak-keluar")
    # An answer leaves the history as it was.
    length = page.evaluate("history.length")
    page.locator("[data-remove]").click()
    page.get_by_role("dialog").get_by_role("button", name="Batal").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    eventually(lambda: page.evaluate("history.state?.dialog") is None)
    assert page.evaluate("history.length") == length
    page.locator("[data-remove]").click()
    page.get_by_role("dialog").get_by_role("button", name="Hapus").click()
    page.get_by_role("dialog").get_by_role("button", name="Ya, hapus").click(
        timeout=patience(PATIENCE) * 1000
    )
    eventually(lambda: phone.stored("entries"), [])

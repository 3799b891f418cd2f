"""The count of notices on every page, also where there is no signal, and their page as a copy."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from sipokat.domain.notices.inbox import PAGE
from tests import wire
from tests.browser.steps import eventually, is_kept, no_signal, ready
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.caller import Caller
from tests.services.phone import Phone
from tests.services.server import Server

NOTICES = "/pemberitahuan"
THIS_PHONE = 1  # what tells that the account is used on this phone, as it was on another before


def bell(page: Page) -> Locator:
    return page.locator("header").get_by_role("link", name="Pemberitahuan")


def counts(page: Page, count: int) -> None:
    """What the bell in the header says, to whoever sees it and whoever hears it."""
    said = f"Pemberitahuan {count} belum dibaca" if count else "Pemberitahuan"
    expect(bell(page)).to_have_accessible_name(said)


def tell(server: Server, *nouns: str) -> list[str]:
    """Have Rahman file a report for each of these decisions of his lurah. Gives their numbers."""
    rahman, hartono, numbers = Caller(server, RAHMAN), Caller(server, HARTONO), []
    for noun in nouns:
        number = wire.file_report(rahman, text=f"Rapat {len(numbers)}.")["number"]
        wire.decide(hartono, number, noun)
        numbers.append(str(number))
    return numbers


def known(phone: Phone) -> object:
    return phone.page.evaluate("async () => (await sipokat.store.recall('unread'))?.count")


def test_without_signal_the_shells_count_and_the_notices_open_unseen(phone: Phone, server: Server):
    returned, _ = tell(server, "pengembalian", "verifikasi")
    page = ready(phone, RAHMAN).page
    counts(page, 2 + THIS_PHONE)
    # Home has fetched the form to mend and the notices, which nobody has looked at yet.
    for path in (NOTICES, f"/laporan/{returned}/perbaikan"):
        eventually(lambda path=path: is_kept(phone, path))
    phone.open("/beranda")
    counts(page, 2 + THIS_PHONE)
    eventually(lambda: known(phone), str(2 + THIS_PHONE))
    no_signal(server)
    for shell in ("/laporan/baru", "/kotak-keluar"):
        phone.open(shell)
        counts(page, 2 + THIS_PHONE)
    bell(page).click()
    expect(page.locator("[data-copy]")).to_contain_text("Salinan ")
    expect(page.locator("main article")).to_have_count(2 + THIS_PHONE)
    counts(page, 0)  # a copy does not know
    for word in ("Baru", "belum dibaca", "Hari ini", "Tandai"):
        expect(page.locator("main")).not_to_contain_text(word)
    page.get_by_role("link", name="perlu diperbaiki").click()
    expect(page.locator("[data-report-form]")).to_be_visible()

    # Read on another phone: this one hears of it with its next page.
    server.network.heal()
    caller = Caller(server, RAHMAN)
    newest = caller.json("GET", NOTICES)["items"][0]["id"]
    caller.json("POST", f"{NOTICES}/dibaca", {"until": newest})
    phone.open("/beranda")
    counts(page, 0)
    eventually(lambda: known(phone), "")
    phone.open("/laporan/baru")
    counts(page, 0)


def test_nobody_sees_the_count_of_another(phone: Phone, server: Server):
    tell(server, "verifikasi")
    page = ready(phone, RAHMAN).page
    eventually(lambda: known(phone), str(1 + THIS_PHONE))
    phone.open("/akun")
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/masuk*")
    phone.open("/laporan/baru")
    expect(bell(page)).to_be_hidden()
    ready(phone, SITI)
    phone.open("/laporan/baru")
    counts(page, 0)


def test_older_ones_come_below_and_what_was_opened_is_read(phone: Phone, server: Server):
    numbers = tell(server, *["verifikasi"] * (PAGE + 2))
    page = ready(phone, RAHMAN).page
    phone.open(NOTICES)
    expect(page.locator("main article")).to_have_count(PAGE)
    page.get_by_role("link", name="Lihat yang berikutnya").click()
    expect(page.locator("main article")).to_have_count(PAGE + 2 + THIS_PHONE)
    expect(page.locator("main h2")).to_have_count(1)
    page.locator(f"a[href='/laporan/{numbers[0]}']").click()
    expect(page).to_have_url(f"{phone.page.url.split('/laporan')[0]}/laporan/{numbers[0]}")
    counts(page, PAGE + 1 + THIS_PHONE)
    phone.open(NOTICES)
    page.get_by_role("button", name="Tandai semua sudah dibaca").click()
    expect(page.locator("main .badge")).to_have_count(0)
    counts(page, 0)

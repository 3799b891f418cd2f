"""The page of the queue with more reports than it shows at once: groups, as much as was loaded when
one comes back, and the keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import wire
from tests.browser.steps import eventually, is_kept, no_signal, ready, reports
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.accessibility import breaches
from tests.services.caller import Caller
from tests.services.phone import DESKTOP, Phone
from tests.services.server import Server

RT_1, RT_2 = RAHMAN.region, SITI.region
Phones = Callable[..., Phone]


def fill(server: Server, count: int) -> list[str]:
    """So many reports on Hartono's desk: every third Siti's, the others Rahman's."""
    rahman, siti = Caller(server, RAHMAN), Caller(server, SITI)
    return [
        wire.file_report(siti if place % 3 == 1 else rahman, text=f"Rapat ke-{place}.")["number"]
        for place in range(count)
    ]


def card(page: Page, number: str) -> Locator:
    return page.locator(f"#kartu-{number}")


def cards(page: Page) -> Locator:
    return page.locator("[data-card]")


def is_seen(page: Page, number: str) -> None:
    """The card stands on the screen as it is."""
    expect(card(page, number).locator(".card-link")).to_be_in_viewport()


def load_more(page: Page, shown: int) -> None:
    page.get_by_role("link", name="Lihat yang berikutnya").tap()
    expect(cards(page)).to_have_count(shown)
    expect(page.locator("[data-moved]")).to_have_count(0)


def test_back_from_a_report_leads_to_where_one_was_with_all_that_was_loaded(
    phones: Phones, server: Server
) -> None:
    numbers = fill(server, 45)
    phone = ready(phones("lurah"), HARTONO)
    page = phone.open("/verifikasi")
    load_more(page, 40)
    load_more(page, 45)
    expect(page.get_by_role("link", name="Lihat yang berikutnya")).to_have_count(0)
    card(page, numbers[37]).locator(".card-link").tap()
    page.wait_for_url(f"**/laporan/{numbers[37]}")
    page.go_back()
    expect(cards(page)).to_have_count(45)
    is_seen(page, numbers[37])
    # One that is decided on its own page is gone then; the others still stand there.
    card(page, numbers[37]).locator(".card-link").tap()
    page.get_by_role("button", name="Verifikasi: Kinerja").tap()
    page.get_by_role("link", name="Laporan berikutnya").wait_for()
    page.go_back()
    page.go_back()
    expect(cards(page)).to_have_count(44)
    is_seen(page, numbers[38])


@pytest.mark.current_only
def test_without_signal_back_leads_to_the_copy_of_what_was_shown_first(
    phones: Phones, server: Server
) -> None:
    numbers = fill(server, 25)
    phone = ready(phones("lurah"), HARTONO)
    page = phone.open("/verifikasi")
    eventually(lambda: is_kept(phone, "/verifikasi"))
    load_more(page, 25)
    card(page, numbers[22]).locator(".card-link").tap()
    page.wait_for_url(f"**/laporan/{numbers[22]}")
    no_signal(server)
    page.go_back()
    expect(page.locator("[data-copy]")).to_contain_text("belum ada sinyal")
    expect(cards(page)).to_have_count(20)


@pytest.mark.current_only
def test_a_group_opens_to_its_reports_counts_down_and_leads_to_the_next(
    phones: Phones, server: Server
) -> None:
    numbers = fill(server, 24)
    phone = ready(phones("lurah"), HARTONO)
    page = phone.open("/verifikasi")
    rows = page.locator(".queue-groups li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("RT 001")
    expect(rows.first).to_contain_text("16 menunggu")
    assert breaches(page, "groups", ["light", "dark"]) == []
    card(page, numbers[0]).get_by_role("button", name="Verifikasi: Kinerja").tap()
    expect(rows.first).to_contain_text("15 menunggu")
    expect(page.locator("#queue-count")).to_have_text("23 menunggu")

    rows.filter(has_text="RT 002").get_by_role("link").tap()
    page.wait_for_url(f"**/verifikasi?kelompok={RT_2}")
    expect(cards(page)).to_have_count(8)
    assert breaches(page, "a group") == []
    for left in range(7, -1, -1):
        expect(page.locator("[data-moved]")).to_have_count(0)
        cards(page).first.get_by_role("button", name="Verifikasi: Kegiatan biasa").tap()
        expect(cards(page)).to_have_count(left)
    expect(page.locator(".queue-chosen")).to_contain_text("0 menunggu")
    page.get_by_role("link", name="Lanjut ke RT 001 (15)").tap()
    page.wait_for_url(f"**/verifikasi?kelompok={RT_1}")
    expect(cards(page)).to_have_count(15)
    page.go_back()
    page.go_back()
    # Few are left: the list as it always was, under its heading.
    expect(cards(page)).to_have_count(15)
    expect(page.locator(".queue-group")).to_contain_text("RT 001 15 menunggu")


@pytest.mark.current_only
def test_what_is_searched_for_is_in_the_address(phones: Phones, server: Server) -> None:
    fill(server, 12)
    phone = ready(phones("lurah"), HARTONO)
    page = phone.open("/verifikasi")
    page.get_by_text("Cari di sini").tap()
    assert breaches(page, "search") == []
    page.locator("#field-kata").fill("Rapat ke-1")
    page.get_by_role("button", name="Tampilkan").tap()
    expect(page.locator(".queue-chosen")).to_contain_text("“Rapat ke-1”")
    expect(cards(page)).to_have_count(3)  # 1, 10 and 11
    cards(page).nth(1).locator(".card-link").tap()
    page.wait_for_url("**/laporan/*")
    page.go_back()
    expect(cards(page)).to_have_count(3)
    again = phone.open(page.url.removeprefix(phone.url))
    expect(cards(again)).to_have_count(3)
    again.get_by_role("link", name="Tampilkan semua").tap()
    expect(cards(again)).to_have_count(12)


@pytest.mark.current_only
def test_keys_decide_on_a_wide_screen(phones: Phones, server: Server) -> None:
    numbers = fill(server, 6)
    wide = phones("meja", **DESKTOP)
    wide.sign_in(HARTONO)
    page = wide.open("/verifikasi")
    keys = page.locator(".queue-keys")
    for key in ("j", "k", "v", "b", "t", "?"):
        expect(keys.locator("kbd", has_text=key).first).to_be_visible()
    order = [numbers[place] for place in (0, 2, 3, 5, 1, 4)]  # by group, that of the oldest first

    def statuses() -> list[tuple[str, str | None]]:
        found = {one.number: (one.status, one.desk) for one in reports(server)}
        return [found[number] for number in order]

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Verifikasi: Kegiatan biasa")
    assert breaches(page, "keys") == []
    page.keyboard.press("v")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(card(page, order[0]).locator(".card-link")).to_be_focused()

    # A class is asked, so v only leads to the two buttons, and a number chooses.
    page.keyboard.press("v")
    expect(card(page, order[0]).locator("[data-verify=kinerja]")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("[data-done]")).to_contain_text(order[0])
    eventually(lambda: statuses()[0], ("waiting", "kecamatan"))
    assert server.value("SELECT class FROM report WHERE desk = 'kecamatan'") == "kegiatan"
    # The second press of a double one decides nothing.
    page.keyboard.press("2")
    expect(page.locator("[data-moved]")).to_have_count(0)
    assert statuses()[1] == ("waiting", "kelurahan")

    # Letters of a note are letters, and a return and a rejection still ask.
    page.keyboard.press("j")
    page.keyboard.press("b")
    returning = card(page, order[1]).locator("form[action$=pengembalian]")
    expect(returning).to_be_visible()
    returning.locator("textarea").click()
    page.keyboard.type("vbt12jk?")
    expect(returning.locator("textarea")).to_have_value("vbt12jk?")
    page.keyboard.press("Escape")
    card(page, order[1]).locator(".card-link").focus()
    page.keyboard.press("j")
    page.keyboard.press("t")
    rejecting = card(page, order[2]).locator("form[action$=penolakan]")
    rejecting.get_by_role("button", name="Tidak sesuai kenyataan").click()
    rejecting.get_by_role("button", name="Tolak laporan").click()
    page.get_by_role("dialog").get_by_role("button", name="Batal").click()
    assert [desk for _, desk in statuses()[1:]] == ["kelurahan"] * 5

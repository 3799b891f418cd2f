"""Many reports verified at once on a phone: cut off in the middle, resumed, and what did not go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import wire
from tests.browser.steps import eventually, is_kept, no_signal, ready, reports, states
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.accessibility import breaches
from tests.services.caller import Caller
from tests.services.network import lose_answer, refuse, somebody_elses
from tests.services.phone import DESKTOP, Phone
from tests.services.server import Server

PATH = "/verifikasi/sekaligus"
Phones = Callable[..., Phone]


def fill(server: Server, count: int, *kinds: str) -> list[str]:
    """So many reports on Hartono's desk, every other one Siti's, and one of each of these kinds."""
    people = Caller(server, RAHMAN), Caller(server, SITI)
    numbers = [
        wire.file_report(people[place % 2], text=f"Rapat ke-{place}.")["number"]
        for place in range(count)
    ]
    return numbers + [wire.file_report(people[0], kind)["number"] for kind in kinds]


def tick_all(page: Page, klass: str | None = "Kinerja") -> None:
    page.get_by_role("link", name="Pilih semua yang tampil").click()
    if klass:
        page.locator(".action-bar label", has_text=klass).click()


def send(page: Page, count: int) -> None:
    page.get_by_role("button", name=f"Verifikasi {count} laporan").click()
    page.get_by_role("dialog").get_by_role("button", name="Ya, verifikasi").click()


def verified(server: Server) -> list[tuple[str, int]]:
    """Each report that was verified, with how often."""
    query = (
        "SELECT r.number, count(*) FROM event e JOIN report r ON r.id = e.report_id"
        " WHERE e.action = 'verify' GROUP BY r.number ORDER BY r.number"
    )
    return [(row[0], row[1]) for row in server.query(query)]


def test_a_cut_in_the_middle_is_resumed_and_nothing_is_done_twice(
    phones: Phones, server: Server
) -> None:
    numbers = fill(server, 45)
    phone = ready(phones("lurah"), HARTONO)
    page = phone.open(PATH)
    tick_all(page)
    # The first answer is lost on its way; after that the line is dead.
    server.network.when("POST", PATH, lose_answer())
    server.network.when("POST", PATH, refuse, times=None)
    send(page, 45)
    expect(page.locator(".bulk .notice.warn")).to_contain_text("Dilanjutkan otomatis")
    expect(page.locator(".bulk progress")).to_have_js_property("value", 0)
    assert len(verified(server)) == 20, "they have arrived all the same"

    # The browser is killed and started again: the queue goes on by itself.
    phone.kill()
    server.network.heal()
    phone.start()
    page = phone.open("/verifikasi")
    expect(page.locator("[data-bulk-state]")).to_contain_text("45 laporan diverifikasi.")
    assert verified(server) == [(number, 1) for number in sorted(numbers)]
    page = phone.open("/verifikasi")
    expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    expect(page.locator("[data-bulk-state]")).to_be_empty()


@pytest.mark.current_only
def test_what_did_not_go_stays_with_its_reason(phones: Phones, server: Server) -> None:
    numbers = fill(server, 6, "nihil")
    phone = ready(phones("lurah"), HARTONO)
    page = phone.open("/verifikasi")
    page.get_by_role("link", name="Pilih banyak").click()
    page.wait_for_url(f"**{PATH}")
    assert breaches(page, "rows to tick", ["light", "dark"]) == []

    # What is ticked is still ticked after a report was read.
    row = page.locator(f"#kartu-{numbers[2]}")
    row.locator(".tick-label").click()
    row.get_by_role("link", name="Buka").click()
    page.wait_for_url(f"**/laporan/{numbers[2]}")
    page.go_back()
    expect(page.get_by_role("button", name="Verifikasi 1 laporan")).to_be_visible()
    expect(row.locator(".tick-input")).to_be_checked()

    page.get_by_label("Semua RT 002 (3)").check(force=True)
    expect(page.get_by_role("button", name="Verifikasi 4 laporan")).to_be_visible()
    page.get_by_role("button", name="Verifikasi 4 laporan").click()
    expect(page.locator(".action-bar")).to_contain_text("Pilih kelasnya dulu.")
    tick_all(page, "Kegiatan biasa")
    expect(page.locator("[data-as]:visible")).to_have_text(["Kegiatan biasa"] * 6)
    # Meanwhile a colleague decides two of them.
    hartono = Caller(server, HARTONO)
    wire.decide(hartono, numbers[0], "verifikasi")
    wire.decide(hartono, numbers[5], "pengembalian")
    send(page, 7)
    said = page.locator("[data-bulk-state]")
    expect(said).to_contain_text("5 laporan diverifikasi.")
    expect(said).to_contain_text("2 laporan belum diverifikasi")
    expect(said).to_contain_text("Sudah Anda verifikasi")
    assert breaches(page, "what did not go") == []
    expect(page.locator(".tick")).to_have_count(2)
    expect(page.locator(f"#kartu-{numbers[5]} .tick-why")).to_contain_text("Sudah Anda kembalikan")
    # It is still said after the page was loaded again, until it was read.
    page.reload()
    expect(said).to_contain_text("2 laporan belum diverifikasi")
    said.get_by_role("link", name=numbers[5]).click()
    page.wait_for_url(f"**/laporan/{numbers[5]}")
    page.go_back()
    said.get_by_role("button", name="Tutup").click()
    page.reload()
    expect(page.get_by_text("Tidak ada yang bisa dipilih")).to_be_visible()
    expect(said).to_be_empty()
    assert len(verified(server)) == 6


@pytest.mark.current_only
def test_an_office_that_was_not_on_the_page_before_is_chosen_anew(
    phones: Phones, server: Server
) -> None:
    """A second office began meanwhile: what was ticked before says nothing of it."""
    fill(server, 2)
    page = ready(phones("lurah"), HARTONO).open(PATH)
    tick_all(page)
    server.by_hand(
        "INSERT INTO term (user_id, role, region_code, kind, title, since)"
        " SELECT user_id, role, region_code, kind, 'sekretaris', since FROM term"
        f" WHERE role = 'lurah' AND region_code = '{HARTONO.region}'"
    )
    page.reload()
    expect(page.get_by_role("button", name="Verifikasi 2 laporan")).to_be_visible()
    office = page.get_by_label("Bertindak sebagai")
    assert office.evaluate("one => [one.selectedIndex, one.value]") == [0, ""]


def test_it_can_be_stopped_and_waits_for_signing_in_again(phones: Phones, server: Server) -> None:
    numbers = fill(server, 30)
    wide = phones("meja", **DESKTOP)
    wide.sign_in(HARTONO)
    page = wide.open(PATH)
    tick_all(page)
    rule = server.network.when("POST", PATH, somebody_elses(200), times=None)
    send(page, 30)
    expect(page.locator(".bulk .notice.warn")).to_contain_text("Jaringan ini belum tersambung")
    page.get_by_role("button", name="Berhenti").click()
    expect(page.locator("[data-bulk-state]")).to_contain_text("30 laporan belum dikirim.")
    server.network.lift(rule)
    server.query("DELETE FROM login_session")
    with wide.expecting("401"):
        page.get_by_role("button", name="Lanjutkan").click()
        expect(page.locator("[data-bulk-state]")).to_contain_text("Perlu masuk lagi.")
    wide.sign_in(HARTONO)
    page = wide.open("/verifikasi")
    expect(page.locator("[data-bulk-state]")).to_contain_text("30 laporan diverifikasi.")
    eventually(lambda: {one.desk for one in reports(server)}, {"kecamatan"})
    assert verified(server) == [(number, 1) for number in sorted(numbers)]


@pytest.mark.current_only
def test_what_was_decided_without_signal_is_not_ticked_until_it_is_taken_back(
    phones: Phones, server: Server
) -> None:
    numbers = fill(server, 6)
    decided = numbers[0], numbers[2]  # of the same title, in the same minute
    phone = ready(phones("lurah"), HARTONO)
    phone.open("/verifikasi")
    eventually(lambda: is_kept(phone, "/verifikasi"))
    no_signal(server)
    page = phone.open("/verifikasi")
    for number in decided:
        card = page.locator(f"#kartu-{number}")
        card.get_by_role("button", name="Verifikasi: Kinerja").click()
        expect(card).to_have_count(0)
    assert breaches(page, "cards that were decided", ["light", "dark"]) == []

    # The signal is back, and these decisions have not got through yet.
    server.network.heal()
    for number in decided:
        path = f"/laporan/{number}/verifikasi"
        server.network.when("POST", path, somebody_elses(200), times=None)
    page = phone.open(PATH)
    row = page.locator(f"#kartu-{decided[0]}")
    expect(row).to_contain_text("Verifikasi. Akan dikirim.")
    expect(row.locator(".tick-input")).to_be_disabled()
    tick_all(page)
    expect(page.get_by_role("button", name="Verifikasi 4 laporan")).to_be_visible()
    expect(row.locator(".tick-input")).not_to_be_checked()
    assert breaches(page, "rows, two of them decided") == []

    row.get_by_role("link", name="Akan dikirim").click()
    entry = page.locator("[data-entry]")
    expect(entry).to_have_count(2)
    assert breaches(page, "decisions in the outbox", ["light", "dark"]) == []
    entry.first.get_by_role("button", name="Batalkan keputusan").click()
    page.get_by_role("dialog").get_by_role("button", name="Ya, batalkan").click()
    expect(entry).to_have_count(1)
    page.go_back()
    expect(row.locator(".tick-input")).to_be_enabled()
    expect(row).not_to_contain_text("Akan dikirim")
    assert len(states(phone)) == 1, "the other one is still to be sent"

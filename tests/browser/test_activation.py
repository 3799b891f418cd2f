"""From a code to the first report, without a password; and two people's PINs on one phone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from sipokat.domain import people
from tests.browser.activating import BY_PIN, PIN, activate, by_pin, link, sign_out
from tests.browser.steps import (
    eventually,
    is_kept,
    keep,
    no_signal,
    outbox,
    owner,
    report,
    reports,
    sent,
    states,
)
from tests.cast import HARTONO, RAHMAN, SITI, Person
from tests.services.network import refuse
from tests.services.phone import Phone


def from_the_lurah(lurah: Phone, person: Person) -> str:
    """She makes the code on her own phone, by a search; the address in her message."""
    page = lurah.sign_in(HARTONO)
    lurah.worker_ready()
    page.get_by_role("link", name="Orang dan HP-nya").tap()
    page.get_by_role("searchbox").fill(person.name)
    page.get_by_role("button", name="Cari").tap()
    expect(page.get_by_text(f"1 orang untuk “{person.name}”")).to_be_focused()
    page.get_by_role("link", name=f"{person.name}, ").tap()
    expect(page.get_by_role("heading", name=person.name)).to_be_visible()
    page.go_back()  # to everybody, and not to a question whether to send the search again
    expect(page.locator("#orang article")).to_have_count(3)
    page.get_by_role("link", name=f"{person.name}, ").tap()
    page.get_by_role("button", name="Buat kode aktivasi").tap()
    expect(page.locator(".qr-picture")).to_be_visible()
    code = page.locator(".code").inner_text().replace(" ", "-").replace("\n", "-")
    message = page.get_by_role("link", name="Kirim lewat WhatsApp").get_attribute("href")
    (said,) = parse_qs(urlsplit(str(message)).query)["text"]
    address = re.search(r"/aktivasi#\S+", said)
    assert address is not None, said
    assert address[0].endswith(f"#{code}")
    page.reload()
    expect(page.get_by_text("Kode hanya ditampilkan satu kali.")).to_be_visible()
    assert [path for path in kept_pages(lurah) if path.startswith("/pengelolaan")] == []
    return address[0]


def kept_pages(phone: Phone) -> list[str]:
    """The paths of everything that the service worker has kept."""
    found: list[str] = phone.page.evaluate(
        """async () => {
            const paths = [];
            for (const name of await caches.keys()) {
                const kept = await (await caches.open(name)).keys();
                paths.push(...kept.map((one) => new URL(one.url).pathname));
            }
            return paths;
        }"""
    )
    assert found
    return found


def test_from_the_lurahs_phone_to_the_first_report_on_his_and_back_by_pin(phones, server):
    phone = phones(new=True)
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    address = from_the_lurah(phones("lurah"), RAHMAN)
    page = activate(phone, address, RAHMAN)
    code = address.partition("#")[2]
    assert not [url for url in asked if code in url.partition("#")[0]]
    assert owner(phone) == [RAHMAN.name, False]

    # From here on without signal.
    phone.worker_ready()
    no_signal(server)
    phone.restart()
    report(phone, text="Rapat setelah aktivasi.")
    assert [one["body"]["text"] for one in outbox(phone)] == ["Rapat setelah aktivasi."]
    eventually(lambda: states(phone), ["waiting"])
    server.network.heal()
    phone.open("/beranda")
    sent(phone)
    assert [row.text for row in reports(server)] == ["Rapat setelah aktivasi."]

    # Back by the PIN, after signing out; whom to call is known without signal too.
    sign_out(phone)
    phone.go_offline()
    whom = phone.open("/masuk").get_by_text("Hubungi Lurah Petanang Ulu")
    expect(whom.filter(visible=True)).to_have_count(1)
    phone.go_online()
    page = by_pin(phone, PIN)
    page.wait_for_url("**/beranda")
    eventually(lambda: owner(phone), [RAHMAN.name, False])


def test_two_people_with_pins_on_one_phone_see_send_and_lock_out_themselves_alone(phones, server):
    secret, hers = "Pak Darmo bertengkar dengan tetangganya.", "906142"
    phone = phones(new=True)
    activate(phone, link(server, phone, RAHMAN), RAHMAN)
    phone.worker_ready()
    phone.open("/beranda")
    no_signal(server)
    keep(phone, text=secret)
    server.query("DELETE FROM login_session")
    server.network.heal()
    activate(phone, link(server, phone, SITI), SITI, hers)
    assert owner(phone) == [SITI.name, False]
    page = phone.open("/kotak-keluar")
    expect(page.get_by_text("1 laporan milik orang lain menunggu di HP ini.")).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)
    report(phone, text="Rapat Bu Siti.")
    eventually(lambda: [row.text for row in reports(server)], ["Rapat Bu Siti."])
    sign_out(phone)

    # Her PIN is not his, and whoever tries hers five times has ended hers alone.
    page = by_pin(phone, hers, RAHMAN)
    expect(page.get_by_text("PIN salah. Masih bisa 4 kali lagi.")).to_be_visible()
    for left in (4, 3, 2, 1):
        page = by_pin(phone, "111111", SITI)
        expect(page.get_by_text(f"PIN salah. Masih bisa {left} kali lagi.")).to_be_visible()
    page = by_pin(phone, "111111", SITI)
    expect(page.get_by_text("PIN tidak berlaku di HP ini.")).to_be_visible()
    page = by_pin(phone, PIN)
    expect(page.get_by_role("link", name="Akun")).to_be_visible()
    eventually(lambda: owner(phone), [RAHMAN.name, False])
    sent(phone, 2)
    senders = server.query(
        'SELECT name FROM report JOIN "user" ON "user".id = reporter_id ORDER BY report.id'
    )
    assert [row.name for row in senders] == [SITI.name, RAHMAN.name]
    expect(phone.open("/kotak-keluar").get_by_text("Rapat Bu Siti.")).to_have_count(0)


WHATSAPP = "Mozilla/5.0 (Linux; Android 6.0.1; SM-G532G; wv) Chrome/106.0 Mobile WhatsApp/2.24"


@pytest.mark.old_only
def test_inside_whatsapp_the_link_leads_on_by_itself_and_to_chrome(phones, server):
    """No tap more than elsewhere; the address has the code for "Buka di Chrome"."""
    address = link(server, phones(new=True), RAHMAN)
    inside = phones(new=True, user_agent=WHATSAPP)
    page = inside.open(address)
    expect(page.get_by_text("Benar ini Bapak/Ibu Rahman?")).to_be_visible()
    expect(page.get_by_text("Buka di Chrome dulu")).to_be_visible()
    expect(page.get_by_text("Ketik kode 8 huruf")).to_have_count(0)
    code = address.partition("#")[2]
    assert urlsplit(page.url)[2:] == ("/aktivasi", "", code)
    assert not [one for one in server.network.exchanges if code in one.path]
    page.fill("[name=last4]", RAHMAN.phone[-4:])
    page.fill("[name=pin]", PIN)
    page.get_by_role("button", name="Ya, aktifkan HP ini").tap()
    page.wait_for_url("**/beranda")
    # In Chrome it is the same code and the same PIN once more.
    page = phones(new=True).open(f"/aktivasi#{code}")
    page.get_by_label("PIN yang tadi Anda buat").fill(PIN)
    page.fill("[name=last4]", RAHMAN.phone[-4:])
    page.get_by_role("button", name="Ya, aktifkan HP ini").tap()
    page.wait_for_url("**/beranda")


def lose(lurah: Phone) -> None:
    """The lurah puts out Rahman's only phone: a tap and a confirmation on his page."""
    page = lurah.sign_in(HARTONO)
    lurah.open("/pengelolaan")
    page.get_by_role("link", name=f"{RAHMAN.name}, ").tap()
    page.get_by_text("HP ini hilang", exact=True).tap()
    page.get_by_role("button", name="Ya, HP ini hilang").tap()
    expect(page.get_by_text("Buat kode aktivasi untuk HP yang baru")).to_be_visible()


def test_a_lost_phone_keeps_its_reports_and_nothing_else(phones, server):
    """Siti finds it and uses it; Rahman gets it back, and what he wrote is sent."""
    secret = "Pak Darmo bertengkar dengan tetangganya."
    server.query(
        'UPDATE "user" SET password_hash = :none WHERE name = :name',
        none=people.NO_PASSWORD,
        name=RAHMAN.name,
    )
    phone = phones(new=True)
    page = activate(phone, link(server, phone, RAHMAN), RAHMAN)
    phone.worker_ready()
    phone.open("/beranda")
    eventually(lambda: is_kept(phone, "/beranda"))
    no_signal(server)
    keep(phone, text=secret)
    server.network.heal()
    server.network.when("POST", "/laporan", refuse, times=None)
    lose(phones("lurah"))
    server.network.heal()
    page = phone.open("/beranda")
    eventually(lambda: states(phone), ["needs_login"])
    eventually(lambda: not is_kept(phone, "/beranda"))
    expect(page.locator(BY_PIN)).to_have_count(0)
    expect(page.locator(".button.main")).to_have_text("Saya punya kode aktivasi")
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-entry] [data-state]")).to_have_text("Perlu masuk lagi")

    activate(phone, link(server, phone, SITI), SITI, "906142")
    page = phone.open("/kotak-keluar")
    expect(page.get_by_text("1 laporan milik orang lain")).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)
    sign_out(phone)
    activate(phone, link(server, phone, RAHMAN), RAHMAN)
    sent(phone)
    assert [row.text for row in reports(server)] == [secret]

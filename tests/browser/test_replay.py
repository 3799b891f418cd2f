"""How the outbox is sent: words before photos, by itself when it is time, and never a photo that
is not what it was."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.steps import (
    arrives,
    eventually,
    file,
    keep,
    ours,
    outbox,
    picture,
    ready,
    reports,
    sent,
    states,
)
from tests.cast import RAHMAN


def test_the_words_of_all_go_before_any_photo(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    for text in ("Satu.", "Dua."):
        keep(phone, text=text, photos=1)
    phone.open("about:blank")  # no timer of an open page shall take one of them first
    server.network.exchanges.clear()
    phone.go_online()
    phone.open("/kotak-keluar")
    sent(phone, 2)
    # An answer may be lost to a worker that is put to sleep: then the words go once more.
    methods = [one.method for one in server.network.passed(path="/laporan*")]
    sending = [method for method in methods if method != "GET"]
    assert sending == sorted(sending)
    assert set(sending) == {"POST", "PUT"}
    assert [row.text for row in reports(server)] == ["Satu.", "Dua."]


def test_it_goes_by_itself_once_the_server_is_back_and_at_the_time_that_the_server_names(
    phone, server
):
    page = ready(phone, RAHMAN).open("/kotak-keluar")
    server.kill()
    keep(phone, "sampah", photos=1)
    eventually(lambda: outbox(phone)[0]["last_error"], {"code": "network"})
    assert page.evaluate("navigator.onLine")
    server.network.when("POST", "/laporan", ours(429, "too_many", Retry_After="1"))
    server.network.when("PUT", "/laporan/*", ours(503, "busy", Retry_After="1"))
    server.start()
    expect(page.locator("[data-outbox-sent] .card")).to_have_count(1)
    arrives(phone, server)
    sending = [one for one in server.network.passed(path="/laporan*") if one.status]
    assert [(one.method, one.status) for one in sending if one.method != "GET"] == [
        ("POST", 429),
        ("POST", 201),
        ("PUT", 503),
        ("PUT", 200),
    ]


def test_a_photo_that_went_bad_on_the_phone_is_said_and_changed(phone, server):
    page = ready(phone, RAHMAN).open("/kotak-keluar")
    phone.go_offline()
    keep(phone, "sampah", photos=1)
    page.evaluate(
        """() => sipokat.store.writing(["photos"], async ({ photos }) => {
            const [row] = await sipokat.store.got(photos.getAll());
            new Uint8Array(row.bytes)[5000] ^= 1;
            photos.put(row);
        })"""
    )
    phone.go_online()
    eventually(lambda: states(phone), ["needs_attention"])
    card = page.locator("[data-entry]")
    expect(card).to_contain_text("Foto ini rusak di HP.")
    expect(card).to_contain_text("Sudah diterima dengan nomor")
    with page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    eventually(lambda: states(phone), ["sent"])
    arrives(phone, server)

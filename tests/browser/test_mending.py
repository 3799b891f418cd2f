"""What the server will not take is mended on the phone; nothing is thrown away meanwhile."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect

from tests.browser.steps import (
    add_photos,
    eventually,
    file,
    photos,
    picture,
    ready,
    report,
    reports,
    sent,
    states,
    write,
)
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.network import lose_answer, somebody_elses

TOO_LONG_AGO = "2025-01-01"


def wrong_day(phone) -> None:
    """An entry in the outbox whose day the server will refuse, as from an older app."""
    phone.page.evaluate(
        """async ([day]) => {
            const [entry] = await sipokat.outbox.entries((await sipokat.identity.who()).owner.id);
            await sipokat.outbox.update(entry.id, (one) =>
                ({ ...one, body: { ...one.body, happened_on: day } }));
        }""",
        [TOO_LONG_AGO],
    )


def test_a_refused_report_is_mended_from_the_outbox_and_the_next_goes_by(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", text="Yang pertama.", photos=1)
    wrong_day(phone)
    report(phone, text="Yang kedua.")
    phone.go_online()
    phone.open("/kotak-keluar")
    eventually(lambda: states(phone), ["needs_attention", "sent"])
    page = phone.page
    card = page.locator("[data-entry]")
    expect(card).to_contain_text("Perlu diperbaiki")
    expect(card).to_contain_text("60 hari")
    card.get_by_role("link", name="Perbaiki").click()
    expect(page.locator("#field-text")).to_have_value("Yang pertama.")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.fill("[name=happened_on]", today)
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    sent(phone, 2)
    assert {row.text for row in reports(server)} == {"Yang pertama.", "Yang kedua."}
    assert len(photos(server)) == 1


REFUSED = {
    "status": 415,
    "body": '{"error": "wrong_type", "message": "Berkas ini bukan foto.", "fields": {}}',
    "content_type": "application/json",
    "Sipokat": "1",
}


def test_a_refused_photo_is_changed_for_another(phone, server):
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", somebody_elses(**REFUSED))
    report(phone, "sampah", photos=1)
    phone.open("/kotak-keluar")
    eventually(lambda: states(phone), ["needs_attention"])
    card = phone.page.locator("[data-entry]")
    expect(card).to_contain_text("1 foto belum terkirim")
    with phone.page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    (entry,) = sent(phone)
    current = server.query("SELECT sha256 FROM photo WHERE current")
    assert [one.sha256 for one in current] == [entry["photos"][0]["sha256"]]


def test_a_report_may_go_without_a_refused_photo(phone, server):
    ready(phone, RAHMAN)
    server.network.when("PUT", "/laporan/*", somebody_elses(**REFUSED))
    report(phone, photos=1)
    phone.open("/kotak-keluar")
    eventually(lambda: states(phone), ["needs_attention"])
    phone.page.get_by_role("button", name="Kirim tanpa foto ini").click()
    sent(phone)
    assert server.query("SELECT id FROM photo WHERE current") == []
    assert len(reports(server)) == 1


def test_what_is_no_photo_is_said_before_it_is_kept(phone):
    ready(phone, RAHMAN)
    page = write(phone)
    page.locator("[data-photo-add] input[multiple]").set_input_files(
        [file(b"%PDF-1.7 no picture", "surat.jpg")]
    )
    expect(page.locator("[data-photos-state]")).not_to_be_empty()
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(0)


def test_a_png_and_a_webp_become_upright_jpegs_of_modest_size(phone, server):
    ready(phone, RAHMAN)
    page = write(phone)
    made = []
    for kind in ("PNG", "WEBP"):
        out = io.BytesIO()
        Image.open(io.BytesIO(picture(3, 2400, 1800))).save(out, kind)
        made.append(out.getvalue())
    add_photos(page, made)
    page.locator("[data-report-form] button[type=submit]").click()
    (entry,) = sent(phone)
    eventually(lambda: {row.state for row in photos(server)}, {"ready"})
    assert {(row.width, row.height) for row in photos(server)} == {(1600, 1200)}
    assert all(photo["size"] < 400_000 for photo in entry["photos"])


def test_a_second_nihil_offers_the_first_and_to_remove_itself(phone, server):
    ready(phone, SITI)
    phone.go_offline()
    for _ in range(2):
        page = phone.open("/laporan/baru")
        page.locator(".tile[data-category=nihil]").click()
        page.locator("label.choice").first.click()
        page.locator("[data-report-form] button[type=submit]").click()
        expect(page.locator("[data-saved]")).to_be_visible()
    phone.go_online()
    phone.open("/kotak-keluar")
    eventually(lambda: sorted(states(phone)), ["needs_attention", "sent"])
    (row,) = reports(server)
    card = phone.page.locator("[data-entry]")
    expect(card).to_contain_text(row.number)
    expect(card.get_by_role("link", name="Lihat")).to_have_attribute(
        "href", f"/laporan/{row.number}"
    )
    card.get_by_role("button", name="Hapus").click()
    asked = phone.page.locator("dialog[open]")
    asked.get_by_role("button", name="Hapus", exact=True).click()
    asked.get_by_role("button", name="Ya, hapus").click()
    eventually(lambda: states(phone), ["sent"])


def test_a_revision_whose_answer_was_lost_is_one_revision(phone, phones, server):
    ready(phone, RAHMAN)
    report(phone, "sampah", photos=1)
    (entry,) = sent(phone)
    number = entry["receipt"]["number"]
    lurah = phones("lurah")
    lurah.sign_in(HARTONO)
    lurah.page.evaluate(
        """async ([number]) => {
            const answer = await fetch(`/laporan/${number}/pengembalian`, {
                method: "POST",
                headers: {
                    "Content-Type": "application/json",
                    Accept: "application/json",
                    "Sipokat-User": sipokat.owner.shown.id,
                },
                body: JSON.stringify({ version: 1, action_id: crypto.randomUUID(),
                    reason: "lainnya", note: "Mohon foto satu lagi." }),
            });
            if (!answer.ok) throw new Error(await answer.text());
        }""",
        [number],
    )
    lurah.close()
    server.network.when("POST", f"/laporan/{number}/perbaikan", lose_answer())
    page = phone.open(f"/laporan/{number}/perbaikan")
    expect(page.locator("[data-report-form]")).to_be_visible()
    add_photos(page, [picture(9)])
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    eventually(lambda: reports(server)[0].version, 3)
    phone.open("/kotak-keluar")
    page.evaluate("() => { sipokat.replay.drain('tap'); }")
    sent(phone, 2)
    events = server.query("SELECT action FROM event ORDER BY seq")
    assert [one.action for one in events] == ["submit", "return", "revise"]
    eventually(lambda: [row.state for row in photos(server)], ["ready", "ready"])

"""What the server will not take is mended on the phone; nothing is thrown away meanwhile."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from sipokat.domain.periods import months
from tests.browser.steps import (
    add_photos,
    eventually,
    file,
    fill,
    open_form,
    outbox,
    photos,
    picture,
    ready,
    report,
    reports,
    save,
    sent,
    states,
    write,
)
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.network import lose_answer, somebody_elses
from tests.steps import today

TOO_LONG_AGO = "2025-01-01"


def change_entry(phone, state: str = "waiting", **body: str) -> None:
    """The first entry of the outbox says this instead, as if it had been written so."""
    eventually(lambda: outbox(phone)[0]["last_error"])  # it has been tried without signal
    phone.page.evaluate(
        """async ([state, body]) => {
            const [entry] = await sipokat.outbox.entries((await sipokat.identity.who()).owner.id);
            await sipokat.outbox.update(entry.id, (one) => ({ ...one, state,
                written_at: body.written_at || one.written_at,
                body: { ...one.body, ...body } }));
        }""",
        [state, body],
    )


def days_ago(days: int) -> str:
    """A day as a phone in Lubuklinggau writes it."""
    return (today() - timedelta(days=days)).isoformat()


def send_back(phones, number: str) -> None:
    """The lurah returns the report."""
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


def returned(phone, phones, server, category: str = "pemerintahan", **facts: str) -> str:
    """The number of a report that came back, written long ago as `facts` say."""
    page = open_form(phone, category)
    fill(page, category, fields={"periode": months(today())[0]} if category == "nihil" else {})
    save(page)
    (entry,) = sent(phone)
    names = ", ".join(f"{name} = :{name}" for name in facts)
    server.query(f"UPDATE report SET {names}", **facts)
    send_back(phones, entry["receipt"]["number"])
    return str(entry["receipt"]["number"])


def test_a_refused_report_is_mended_from_the_outbox_and_the_next_goes_by(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    report(phone, "sampah", text="Yang pertama.", photos=1)
    change_entry(phone, happened_on=TOO_LONG_AGO)
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
    # Heard before the page is left: the refusal comes only once.
    eventually(lambda: states(phone), ["needs_attention"])
    phone.open("/kotak-keluar")
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
    # Heard before the page is left: the refusal comes only once.
    eventually(lambda: states(phone), ["needs_attention"])
    phone.open("/kotak-keluar")
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
    for kind, quickly in (("PNG", {"compress_level": 1}), ("WEBP", {"method": 0})):
        out = io.BytesIO()
        Image.open(io.BytesIO(picture(3, 1800, 1350))).save(out, kind, **quickly)
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
    send_back(phones, number)
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


def test_a_revision_is_judged_by_the_day_of_its_first_writing(phone, phones, server):
    ready(phone, RAHMAN)
    happened_on = days_ago(65)
    number = returned(
        phone,
        phones,
        server,
        happened_on=happened_on,
        written_at=f"{days_ago(15)} 03:00:00.000000",
    )
    page = phone.open(f"/laporan/{number}/perbaikan")
    expect(page.locator("[name=happened_on]")).to_have_value(happened_on)
    # What had not happened when it was written is no part of that report.
    page.fill("[name=happened_on]", days_ago(1))
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("#field-happened_on-error")).to_contain_text("sesudah laporan ditulis")
    page.fill("[name=happened_on]", happened_on)
    page.fill("#field-text", "Rapat, dengan daftar hadir.")
    save(page)
    sent(phone, 2)
    (row,) = reports(server)
    assert (row.text, row.version) == ("Rapat, dengan daftar hadir.", 3)


def test_the_month_of_a_returned_report_can_still_be_chosen(phone, phones, server):
    ready(phone, RAHMAN)
    written = f"{days_ago(75)} 03:00:00.000000"
    period = months(today() - timedelta(days=75))[1]
    number = returned(
        phone,
        phones,
        server,
        "nihil",
        happened_on=days_ago(75),
        written_at=written,
        period=period,
        fields=f'{{"periode": "{period}"}}',
    )
    page = phone.open(f"/laporan/{number}/perbaikan")
    choices = page.locator("input[name='fields.periode']")
    expect(page.locator(f"input[name='fields.periode'][value='{period}']")).to_be_checked()
    expect(choices).to_have_count(2)
    page.fill("#field-text", "Sudah ditanyakan ke semua warga.")
    save(page)
    sent(phone, 2)
    (row,) = reports(server)
    assert (row.period, row.version) == (period, 3)


@pytest.mark.current_only
def test_an_entry_opened_again_stays_written_when_and_where_it_was(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = report(phone)
    (entry,) = outbox(phone)
    written_at = f"{days_ago(40)}T09:00:00+07:00"
    change_entry(phone, "needs_attention", written_at=written_at, happened_on=days_ago(90))
    page.evaluate(
        """async (region) => {
            const { owner } = await sipokat.identity.who();
            await sipokat.identity.signIn({ ...owner, region });
        }""",
        SITI.region,
    )
    page = phone.open(f"/laporan/baru#entri={entry['id']}")
    expect(page.locator("[name=happened_on]")).to_have_value(days_ago(90))
    page.fill("#field-text", "Rapat, dengan daftar hadir.")
    save(page)
    (entry,) = outbox(phone)
    body = entry["body"]
    assert body["text"] == "Rapat, dengan daftar hadir."
    assert (entry["written_at"], body["written_at"]) == (written_at, written_at)
    assert (entry["region"], body["region"]) == (RAHMAN.region, RAHMAN.region)
    # With a day that came later it is written anew: else that day would lie in its future.
    change_entry(phone, "needs_attention")
    phone.open("/kotak-keluar").locator("[data-mend]").click()
    expect(page.locator("[name=happened_on]")).to_have_value(days_ago(90))
    page.fill("[name=happened_on]", days_ago(1))
    save(page)
    (entry,) = outbox(phone)
    assert entry["body"]["written_at"][:10] == days_ago(0)

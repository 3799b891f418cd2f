"""What the server will not take is mended on the phone; nothing is thrown away meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sipokat.domain.periods import months
from tests import wire
from tests.browser.steps import (
    choose,
    eventually,
    file,
    is_kept,
    keep,
    no_signal,
    open_form,
    ours,
    outbox,
    photos,
    picture,
    ready,
    reports,
    save,
    send_now,
    sent,
    states,
)
from tests.cast import HARTONO, RAHMAN, SITI
from tests.services.caller import Caller
from tests.steps import today
from tests.wire import days_ago

TOO_LONG_AGO = "2025-01-01"


def change_entry(phone, **body: str) -> None:
    """Make the first entry of the outbox one that was refused and says this instead."""
    eventually(lambda: outbox(phone)[0]["last_error"])  # it has been tried without signal
    phone.page.evaluate(
        """async (body) => {
            const [entry] = await sipokat.outbox.entries((await sipokat.identity.who()).owner.id);
            await sipokat.outbox.update(entry.id, (one) => ({
                ...one,
                state: "needs_attention",
                written_at: body.written_at || one.written_at,
                body: { ...one.body, ...body },
            }));
        }""",
        body,
    )


def test_a_refused_report_is_mended_from_the_outbox_and_the_next_goes_by(phone, server):
    ready(phone, RAHMAN)
    page = phone.open("/kotak-keluar")
    phone.go_offline()
    keep(phone, "sampah", "Yang pertama.", photos=1, happened_on=TOO_LONG_AGO)
    keep(phone, text="Yang kedua.")
    phone.go_online()
    eventually(lambda: states(phone), ["needs_attention", "sent"])
    card = page.locator("[data-entry]")
    expect(card).to_contain_text("Perlu diperbaiki")
    expect(card).to_contain_text("60 hari")
    card.get_by_role("link", name="Perbaiki").click()
    expect(page.locator("#field-text")).to_have_value("Yang pertama.")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)
    page.fill("[name=happened_on]", days_ago(0))
    save(page)
    sent(phone, 2)
    assert {row.text for row in reports(server)} == {"Yang pertama.", "Yang kedua."}
    assert len(photos(server)) == 1


def test_a_refused_photo_is_changed_for_another_or_left_out(phone, server):
    ready(phone, RAHMAN)
    page = phone.open("/kotak-keluar")
    server.network.when("PUT", "/laporan/*", ours(415, "wrong_type"), times=2)
    changed = keep(phone, "sampah", photos=1)
    without = keep(phone, photos=1)
    eventually(lambda: states(phone), ["needs_attention"] * 2)
    card = page.locator(f"[data-entry='{changed}']")
    expect(card).to_contain_text("1 foto belum terkirim")
    with page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="Ganti foto").click()
    chooser.value.set_files([file(picture(7))])
    eventually(lambda: states(phone), ["sent", "needs_attention"])
    page.locator(f"[data-entry='{without}']").get_by_text("Kirim tanpa foto ini").click()
    entry, _ = sent(phone, 2)
    assert len(reports(server)) == 2
    current = server.query("SELECT sha256 FROM photo WHERE current")
    assert [one.sha256 for one in current] == [entry["photos"][0]["sha256"]]


def test_a_second_nihil_offers_the_first_and_to_remove_itself(phone, server):
    ready(phone, SITI)
    month, _ = months(today())
    page = open_form(phone, "nihil")
    phone.go_offline()
    choose(page, "fields.periode", month)
    save(page)
    keep(phone, "nihil", "", **{"fields.periode": month})
    phone.go_online()
    page = phone.open("/kotak-keluar")
    eventually(lambda: sorted(states(phone)), ["needs_attention", "sent"])
    (row,) = reports(server)
    card = page.locator("[data-entry]")
    expect(card).to_contain_text(row.number)
    expect(card.get_by_role("link", name="Lihat")).to_have_attribute(
        "href", f"/laporan/{row.number}"
    )
    card.get_by_role("button", name="Hapus").click()
    asked = page.locator("dialog[open]")
    asked.get_by_role("button", name="Hapus", exact=True).click()
    asked.get_by_role("button", name="Ya, hapus").click()
    eventually(lambda: states(phone), ["sent"])


def test_a_returned_report_is_judged_by_the_day_of_its_first_writing(phone, server):
    rahman, hartono = Caller(server, RAHMAN), Caller(server, HARTONO)
    happened_on = days_ago(65)
    meeting = wire.file_report(rahman)["number"]
    server.query(
        "UPDATE report SET happened_on = :happened_on, written_at = :written_at",
        happened_on=happened_on,
        written_at=f"{days_ago(15)} 03:00:00.000000",
    )
    nihil = wire.file_report(rahman, "nihil")["number"]
    _, period = months(today() - timedelta(days=75))
    server.query(
        "UPDATE report SET happened_on = :happened_on, written_at = :written_at,"
        " period = :period, fields = :fields WHERE number = :nihil",
        happened_on=days_ago(75),
        written_at=f"{days_ago(75)} 03:00:00.000000",
        period=period,
        fields=f'{{"periode": "{period}"}}',
        nihil=nihil,
    )
    for number in (meeting, nihil):
        wire.decide(hartono, number, "pengembalian")
    ready(phone, RAHMAN)

    page = phone.open(f"/laporan/{meeting}/perbaikan")
    expect(page.locator("[name=happened_on]")).to_have_value(happened_on)
    # What had not happened when it was written is no part of that report.
    page.fill("[name=happened_on]", days_ago(1))
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("#field-happened_on-error")).to_contain_text("sesudah laporan ditulis")
    page.fill("[name=happened_on]", happened_on)
    page.fill("#field-text", "Rapat, dengan daftar hadir.")
    save(page)
    sent(phone)

    # The month can still be chosen, although it is neither this one nor the last.
    page = phone.open(f"/laporan/{nihil}/perbaikan")
    choices = page.locator("input[name='fields.periode']")
    expect(page.locator(f"input[name='fields.periode'][value='{period}']")).to_be_checked()
    expect(choices).to_have_count(2)
    page.fill("#field-text", "Sudah ditanyakan ke semua warga.")
    save(page)
    sent(phone, 2)
    first, second = reports(server)
    assert (first.text, first.version) == ("Rapat, dengan daftar hadir.", 3)
    assert (second.period, second.version) == (period, 3)


@pytest.mark.current_only
def test_an_entry_opened_again_stays_written_when_and_where_it_was(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    entry_id = keep(phone)
    written_at = f"{days_ago(40)}T09:00:00+07:00"
    change_entry(phone, written_at=written_at, happened_on=days_ago(90))
    phone.page.evaluate(
        """async (region) => {
            const { owner } = await sipokat.identity.who();
            await sipokat.identity.signIn({ ...owner, region });
        }""",
        SITI.region,
    )
    page = phone.open(f"/laporan/baru#entri={entry_id}")
    expect(page.locator("[name=happened_on]")).to_have_value(days_ago(90))
    page.fill("#field-text", "Rapat, dengan daftar hadir.")
    save(page)
    (entry,) = outbox(phone)
    body = entry["body"]
    assert body["text"] == "Rapat, dengan daftar hadir."
    assert (entry["written_at"], body["written_at"]) == (written_at, written_at)
    assert (entry["region"], body["region"]) == (RAHMAN.region, RAHMAN.region)
    # With a day that came later it is written anew: else that day would lie in its future.
    change_entry(phone)
    phone.open("/kotak-keluar").locator("[data-mend]").click()
    expect(page.locator("[name=happened_on]")).to_have_value(days_ago(90))
    page.fill("[name=happened_on]", days_ago(1))
    save(page)
    (entry,) = outbox(phone)
    assert entry["body"]["written_at"][:10] == days_ago(0)


def test_what_waits_in_the_outbox_is_not_mended_a_second_time(phone, server):
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    wire.decide(Caller(server, HARTONO), number, "pengembalian")
    ready(phone, RAHMAN)
    form = f"/laporan/{number}/perbaikan"
    for path in (form, f"/laporan/{number}"):
        page = phone.open(path)
        eventually(lambda path=path: is_kept(phone, path))
    no_signal(server)
    page = phone.open(form)
    page.fill("#field-text", "Rapat, dengan daftar hadir.")
    save(page)
    expect(page.locator("[data-taken]")).to_have_count(0)
    page = phone.open(f"/laporan/{number}")
    expect(page.locator("[data-taken]")).to_contain_text("menunggu dikirim")
    expect(page.get_by_role("link", name="Perbaiki", exact=True)).to_be_hidden()
    page = phone.open(form)
    expect(page.locator("[data-taken]")).to_contain_text("menunggu dikirim")
    expect(page.locator("[data-report-form]")).to_be_hidden()
    # Nor from a page on which the form was open before.
    page.evaluate("""document.querySelector("[data-report-form]").requestSubmit()""")
    expect(page.locator("#notices")).to_contain_text("sudah ada di HP ini dan belum terkirim")
    assert len(outbox(phone)) == 1
    server.network.heal()
    eventually(lambda: send_now(phone) or states(phone), ["sent"])
    assert [one.text for one in reports(server)] == ["Rapat, dengan daftar hadir."]


@pytest.mark.old_only
def test_a_refused_nihil_is_sent_again_once_the_first_one_is_cancelled(phone, server):
    ready(phone, SITI)
    page = phone.open("/beranda")
    month = page.locator("[data-nihil-open]").first.get_attribute("data-nihil-open")
    phone.go_offline()
    keep(phone, "nihil", "", **{"fields.periode": month})
    page = open_form(phone, "nihil")
    choose(page, "fields.periode", month)
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("#field-fields-periode-error")).to_contain_text("belum terkirim")
    assert len(outbox(phone)) == 1
    keep(phone, "nihil", "", **{"fields.periode": month})  # as from an older version of the form
    phone.go_online()
    eventually(lambda: send_now(phone) or sorted(states(phone)), ["needs_attention", "sent"])
    (first,) = reports(server)
    wire.decide(Caller(server, SITI), first.number, "penarikan")
    page = phone.open("/kotak-keluar")
    expect(page.locator("[data-entry]")).to_contain_text("Belum diterima")
    expect(page.locator("[data-entry] [data-send]")).to_be_visible()
    page = phone.open("/beranda")
    page.locator("[data-nihil-open]").first.click()
    page.get_by_role("button", name="Ya, lapor nihil").click()
    sent(phone, 2)
    assert [one.status for one in reports(server)] == ["withdrawn", "waiting"]

"""What the phone makes of a photo before it is kept, and where that goes wrong."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.steps import (
    SLOW_CAMERA,
    add_photos,
    eventually,
    file,
    fill,
    gallery,
    open_form,
    outbox,
    picture,
    ready,
    save,
    sent,
)
from tests.cast import RAHMAN
from tests.services import pictures

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
QUARTER_TURN = 6


def from_a_camera() -> bytes:
    """A picture that the camera took upright but stored lying, with where it was taken."""
    lying = Image.open(io.BytesIO(picture(5, 2000, 1000)))
    exif = lying.getexif()
    exif[ORIENTATION] = QUARTER_TURN
    exif[MAKER] = "Samsung"
    exif.get_ifd(GPS)[2] = (3.0, 17.0, 40.0)
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif)
    return out.getvalue()


def saved_as(kind: str, width: int, height: int, **quickly: int) -> bytes:
    """A picture of this size in another format than JPEG."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(3, width, height))).save(out, kind, **quickly)
    return out.getvalue()


def test_every_photo_becomes_an_upright_modest_jpeg_that_says_nothing_of_its_place(phone, server):
    server.stop_worker()  # the received bytes stay for us to look at
    ready(phone, RAHMAN)
    page = open_form(phone, "sampah")
    gallery(page).set_input_files([file(b"%PDF-1.7 no picture", "surat.jpg")])
    expect(page.locator("[data-photos-state]")).to_contain_text("bukan foto")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(0)
    chosen = [
        from_a_camera(),
        saved_as("PNG", 1800, 900, compress_level=1),
        saved_as("WEBP", 720, 6000, method=0),  # a long screenshot stays readable
    ]
    fill(page, "sampah", photos=chosen)
    save(page)
    (entry,) = sent(phone)
    files = [one for one in (server.data / "photos").rglob("*") if one.is_file()]
    stored = {hashlib.sha256(one.read_bytes()).hexdigest(): one for one in files}
    sizes = []
    for photo in entry["photos"]:
        with Image.open(stored[photo["sha256"]]) as arrived:
            assert arrived.format == "JPEG"
            assert not arrived.getexif()
            sizes.append(arrived.size)
        assert stored[photo["sha256"]].stat().st_size < 400_000
    assert sizes == [(979, 1959), (1800, 900), (480, 4000)]


# No photo is ever decoded, and half a minute is soon over.
STUCK = """
(() => {
  const later = self.setTimeout;
  self.setTimeout = (act, ms, ...given) => later(act, ms === 30_000 ? 50 : ms, ...given);
  self.createImageBitmap = () => new Promise(() => {});
})();
"""


def test_a_photo_that_is_cut_short_or_cannot_be_decoded_in_time_is_dealt_with_at_once(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "sampah")
    state = page.locator("[data-photos-state]")
    chooser = gallery(page)
    shown = page.locator("[data-photos] [data-photo]")
    whole = [picture(1), saved_as("PNG", 40, 30), saved_as("WEBP", 40, 30)]
    for one in [*(each[:-40] for each in whole), pictures.cut_behind_its_thumbnail()]:
        chooser.set_input_files([file(one)])
        expect(state).to_have_text("Foto terpotong. Ambil atau pilih foto sekali lagi.")
        chooser.set_input_files([file(b"bukan foto")])
        expect(state).to_contain_text("bukan foto")
    expect(shown).to_have_count(0)
    add_photos(page, [one + b"what some phones write behind it" for one in whole])
    page.get_by_role("button", name="Hapus foto 3").click()

    # What is not decoded in half a minute is sent as it is.
    page.evaluate(STUCK)
    chooser.set_input_files([file(picture(4))])
    expect(state).to_contain_text("Foto 3 siap")
    (digest,) = {one["sha256"] for one in phone.stored("photos")} & {
        hashlib.sha256(picture(4)).hexdigest()
    }
    assert digest


@pytest.mark.current_only
def test_three_photos_are_the_most_and_one_taken_back_stays_on_the_phone_no_longer(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan")
    gallery(page).set_input_files(
        [file(picture(seed, 400, 300), f"{seed}.jpg") for seed in range(1, 5)]
    )
    expect(page.locator("[data-photos-state]")).to_have_text("Foto paling banyak 3.")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(3)
    adders = page.locator("[data-photo-add]")
    expect(adders.first).to_be_hidden()
    shown = page.locator("[data-photos] [data-photo]")
    names = [one.get_attribute("data-photo") for one in shown.all()]
    page.get_by_role("button", name="Hapus foto 2").click()
    expect(page.locator("[data-photos-state]")).to_have_text("Foto dihapus. Urungkan")
    eventually(lambda: len(phone.stored("photos")), 2)
    undo = page.get_by_role("button", name="Urungkan")
    expect(undo).to_be_focused()
    undo.click()
    eventually(lambda: len(phone.stored("photos")), 3)
    assert [one.get_attribute("data-photo") for one in shown.all()] == names
    expect(page.get_by_role("button", name="Hapus foto 2")).to_be_focused()

    # Two that were removed come back together.
    for _ in range(2):
        page.get_by_role("button", name="Hapus foto 2").click()
    expect(page.locator("[data-photos-state]")).to_have_text("2 foto dihapus. Urungkan")
    undo.click()
    eventually(lambda: len(phone.stored("photos")), 3)
    assert [one.get_attribute("data-photo") for one in shown.all()] == names

    # A tap enlarges it, and "back" closes it again.
    page.get_by_role("button", name="Lihat foto 3").click()
    expect(page.locator("dialog.lightbox img")).to_be_visible()
    page.go_back()
    expect(page.locator("dialog")).to_have_count(0)

    page.get_by_role("button", name="Hapus foto 2").click()
    expect(shown).to_have_count(2)
    expect(adders.first).to_be_visible()
    add_photos(page, [picture(8)], before=2)
    save(page)
    (entry,) = outbox(phone)
    rows = phone.stored("photos")
    assert {row["id"] for row in rows} == {photo["id"] for photo in entry["photos"]}
    assert len(rows) == 3


# Where `fails` names an error, no photo can be stored; the photo `unreadable` cannot be read.
BAD_DISK = """
(() => {
  const { get, put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    if (self.fails && this.name === "photos") throw new DOMException("no disk", self.fails);
    return put.apply(this, given);
  };
  IDBObjectStore.prototype.get = function (key) {
    if (this.name === "photos" && key === localStorage.getItem("unreadable")) {
      throw new DOMException("bad sector", "NotReadableError");
    }
    return get.call(this, key);
  };
})();
"""


@pytest.mark.current_only
def test_a_photo_that_cannot_be_stored_or_read_is_named_and_the_rest_goes_on(phone):
    phone.context.add_init_script(BAD_DISK)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    state = page.locator("[data-photos-state]")
    shown = page.locator("[data-photos] [data-photo]")

    # No room: the words go without it.
    fill(page, "pemerintahan", "Rapat tanpa foto.")
    page.evaluate("self.fails = 'QuotaExceededError'")
    chooser = gallery(page)
    chooser.set_input_files([file(picture(1, 400, 300))])
    expect(state).to_contain_text("Foto tidak muat di HP.")
    expect(shown).to_have_count(0)
    expect(page.locator("#field-text")).to_have_value("Rapat tanpa foto.")
    save(page)
    (entry,) = outbox(phone)
    assert (entry["body"]["text"], entry["photos"]) == ("Rapat tanpa foto.", [])

    # Any other trouble: it is stored with the next try.
    page.evaluate("self.fails = 'UnknownError'")
    page.get_by_role("button", name="Buat laporan lagi").click()
    page.locator(".tile[data-category=pemerintahan]").click()
    add_photos(page, [picture(1)])
    expect(state).to_contain_text("Foto belum tersimpan. Ketuk Simpan draf untuk mencoba lagi.")
    page.evaluate("self.fails = ''")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("[data-tile-draft]:visible")).to_have_count(1)
    assert len(phone.stored("photos")) == 1

    # One of two that lie in a draft cannot be read any more.
    page = open_form(phone, "pemerintahan")
    expect(shown).to_have_count(1)
    add_photos(page, [picture(2)], before=1)
    eventually(lambda: [len(each["photos"]) for each in phone.stored("drafts")], [2])
    first = phone.stored("drafts")[0]["photos"][0]["id"]
    page.evaluate("(id) => localStorage.setItem('unreadable', id)", first)
    page = open_form(phone, "pemerintahan")
    expect(state).to_have_text("Foto 1 tidak terbaca lagi di HP ini. Ambil sekali lagi.")
    expect(shown).to_have_count(1)
    fill(page, "pemerintahan", "Ditulis sesudah itu.")
    eventually(lambda: phone.stored("drafts")[0]["values"]["text"], "Ditulis sesudah itu.")
    save(page)
    assert [len(one["photos"]) for one in outbox(phone)] == [0, 1]


@pytest.mark.current_only
def test_a_photo_stays_with_the_form_in_which_it_was_chosen(phone):
    phone.context.add_init_script(SLOW_CAMERA)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "sampah")
    gallery(page).set_input_files([file(picture(1))])
    expect(page.locator("[data-photos-state]")).to_have_text("Menyiapkan foto…")
    page.go_back()
    expect(page.locator("[data-autosave]")).to_contain_text("Menunggu foto")
    page.evaluate("self.decoded()")
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(page.locator("[data-photos-state]")).to_be_empty()
    assert [len(one["photos"]) for one in phone.stored("drafts")] == [1]
    add_photos(page, [picture(2)])
    fill(page, "pemerintahan")
    save(page)
    (entry,) = outbox(phone)
    assert len(entry["photos"]) == 1

    # A photo alone makes a draft, also in a form after one that had a photo itself.
    page.get_by_role("button", name="Buat laporan lagi").click()
    page.locator(".tile[data-category=keamanan_ketertiban]").click()
    add_photos(page, [picture(4)])
    eventually(lambda: [len(each["photos"]) for each in phone.stored("drafts")], [1, 1])
    page = open_form(phone, "sampah")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)


# The phone's storage does not answer until `letStorageAnswer()`.
SLOW_STORAGE = """
(() => {
  const open = indexedDB.open.bind(indexedDB);
  const gate = new Promise((done) => { self.letStorageAnswer = done; });
  IDBFactory.prototype.open = function (...of) {
    const request = open(...of);
    const wait = (handler) => (event) => gate.then(() => handler(event));
    return new Proxy(request, {
      get: (target, name) => target[name],
      set: (target, name, value) => {
        target[name] = name === "onsuccess" ? wait(value) : value;
        return true;
      },
    });
  };
})();
"""


def test_a_photo_chosen_before_the_phones_storage_answers_stays_and_is_kept(phone):
    ready(phone, RAHMAN)
    phone.context.add_init_script(SLOW_STORAGE)
    page = open_form(phone, "pemerintahan")
    # Until the storage answers the form has the browser's own input.
    page.locator("input[name=photos]").set_input_files([file(picture(1))])
    page.evaluate("self.letStorageAnswer()")
    eventually(lambda: [len(one["photos"]) for one in phone.stored("drafts")], [1])
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)

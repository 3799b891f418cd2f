"""What the phone makes of a photo before it is kept."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.steps import (
    add_photos,
    eventually,
    file,
    fill,
    open_form,
    outbox,
    picture,
    ready,
    save,
    sent,
)
from tests.cast import RAHMAN

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


def test_a_photo_is_upright_modest_and_says_nothing_of_where_it_was_taken(phone, server):
    server.stop_worker()  # the received bytes stay for us to look at
    ready(phone, RAHMAN)
    page = open_form(phone, "sampah")
    fill(page, "sampah", photos=[from_a_camera()])
    save(page)
    (entry,) = sent(phone)
    (path,) = [one for one in (server.data / "photos").rglob("*") if one.is_file()]
    with Image.open(path) as arrived:
        assert arrived.size == (800, 1600)
        assert not arrived.getexif()
    assert path.stat().st_size == entry["photos"][0]["size"] < 400_000


@pytest.mark.current_only
def test_three_photos_are_the_most_and_one_taken_back_stays_on_the_phone_no_longer(phone):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", photos=3)
    gallery = page.locator("[data-photo-add]")
    expect(gallery.first).to_be_hidden()
    page.get_by_role("button", name="Hapus foto ini").nth(1).click()
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(2)
    expect(gallery.first).to_be_visible()
    add_photos(page, [picture(8)], before=2)
    save(page)
    (entry,) = outbox(phone)
    rows = phone.stored("photos")
    assert {row["id"] for row in rows} == {photo["id"] for photo in entry["photos"]}
    assert len(rows) == 3


@pytest.mark.current_only
def test_too_many_at_once_are_cut_to_three_in_words(phone):
    ready(phone, RAHMAN)
    page = open_form(phone, "pemerintahan")
    files = [
        {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture(n, 400, 300)}
        for n in range(1, 5)
    ]
    page.locator("[data-photo-add] input[multiple]").set_input_files(files)
    expect(page.locator("[data-photos-state]")).to_have_text("Foto paling banyak 3.")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(3)


NO_ROOM_FOR_PHOTOS = """
(() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "photos") throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, given);
  };
})();
"""


@pytest.mark.current_only
def test_a_photo_that_does_not_fit_is_said_and_the_text_goes_without_it(phone):
    phone.context.add_init_script(NO_ROOM_FOR_PHOTOS)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", "Rapat tanpa foto.")
    chooser = page.locator("[data-photo-add] input[multiple]")
    chooser.set_input_files(
        [{"name": "1.jpg", "mimeType": "image/jpeg", "buffer": picture(1, 400, 300)}]
    )
    expect(page.locator("[data-photos-state]")).to_contain_text("Foto tidak muat di HP.")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(0)
    expect(page.locator("#field-text")).to_have_value("Rapat tanpa foto.")
    save(page)
    (entry,) = outbox(phone)
    assert (entry["body"]["text"], entry["photos"]) == ("Rapat tanpa foto.", [])


BROKEN_STORE = """
(() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (self.broken && this.name === "photos") throw new DOMException("no disk", "UnknownError");
    return put.apply(this, given);
  };
})();
"""


@pytest.mark.current_only
def test_a_photo_that_could_not_be_stored_says_why_and_is_stored_with_the_next_try(phone):
    phone.context.add_init_script(BROKEN_STORE)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan")
    page.evaluate("self.broken = true")
    add_photos(page, 1)
    state = page.locator("[data-photos-state]")
    expect(state).to_have_text("Foto belum tersimpan di HP. Ketuk Simpan draf untuk mencoba lagi.")
    page.evaluate("self.broken = false")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("[data-tile-draft]:visible")).to_have_count(1)
    assert len(phone.stored("photos")) == 1


SLOW_CAMERA = """
(() => {
  const decode = self.createImageBitmap;
  const gate = new Promise((open) => { self.decoded = open; });
  self.createImageBitmap = async (...given) => {
    await gate;
    return decode(...given);
  };
})();
"""


@pytest.mark.current_only
def test_a_photo_still_being_prepared_never_lands_in_another_form(phone):
    phone.context.add_init_script(SLOW_CAMERA)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "sampah")
    page.locator("[data-photo-add] input[multiple]").set_input_files([file(picture(1))])
    expect(page.locator("[data-photos-state]")).to_have_text("Menyiapkan foto…")
    page.go_back()
    page.locator(".tile[data-category=pemerintahan]").click()
    expect(page.locator("[data-photos-state]")).to_be_empty()
    page.evaluate("self.decoded()")
    add_photos(page, [picture(2)])
    fill(page, "pemerintahan")
    save(page)
    (entry,) = outbox(phone)
    assert len(entry["photos"]) == 1
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)


UNREADABLE = """
(() => {
  const get = IDBObjectStore.prototype.get;
  IDBObjectStore.prototype.get = function (key) {
    if (this.name === "photos" && key === localStorage.getItem("unreadable")) {
      throw new DOMException("bad sector", "NotReadableError");
    }
    return get.call(this, key);
  };
})();
"""


@pytest.mark.current_only
def test_a_photo_that_the_phone_cannot_read_any_more_is_named_and_the_draft_goes_on(phone):
    phone.context.add_init_script(UNREADABLE)
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", photos=2)
    eventually(lambda: [len(each["photos"]) for each in phone.stored("drafts")], [2])
    first = phone.stored("drafts")[0]["photos"][0]["id"]
    page.evaluate("(id) => localStorage.setItem('unreadable', id)", first)
    page = open_form(phone, "pemerintahan")
    expect(page.locator("[data-photos-state]")).to_have_text(
        "Foto 1 tidak terbaca lagi di HP ini. Ambil sekali lagi."
    )
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)
    page.fill("#field-text", "Ditulis sesudah itu.")
    eventually(lambda: phone.stored("drafts")[0]["values"]["text"], "Ditulis sesudah itu.")
    save(page)
    (entry,) = outbox(phone)
    assert len(entry["photos"]) == 1


@pytest.mark.current_only
def test_a_photo_alone_is_kept_in_a_form_after_one_that_had_a_photo(phone):
    """The form that was sent before is no measure of what is empty."""
    ready(phone, RAHMAN)
    phone.go_offline()
    page = open_form(phone, "pemerintahan")
    fill(page, "pemerintahan", photos=1)
    save(page)
    page.get_by_role("button", name="Buat laporan lagi").click()
    page.locator(".tile[data-category=sampah]").click()
    add_photos(page, [picture(4)])
    eventually(lambda: [len(each["photos"]) for each in phone.stored("drafts")], [1])
    page = open_form(phone, "sampah")
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)


def test_a_photo_chosen_before_the_phones_storage_answers_stays_and_is_kept(phone):
    ready(phone, RAHMAN)
    phone.context.add_init_script(
        """(() => {
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
        })()"""
    )
    page = open_form(phone, "pemerintahan")
    add_photos(page, 1)
    page.evaluate("self.letStorageAnswer()")
    eventually(lambda: [len(one["photos"]) for one in phone.stored("drafts")], [1])
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(1)

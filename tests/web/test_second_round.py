"""The second round of a report shows its desk what has changed, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask

from sipokat.domain import erasure
from tests import wire
from tests.cast import AGUS, DEWI, HARTONO, RAHMAN, SITI, YUSUF, Person
from tests.page import Page, Visitor, fresh_id
from tests.services.pictures import jpeg
from tests.steps import user_of
from tests.wire import decide, declared, file_report

Site = Callable[..., Visitor]
PLACE = {"lat": -3.2945, "lon": 102.8614, "accuracy_m": 12}
MOVED = {"lat": -3.2954, "lon": 102.8614, "accuracy_m": 12}


def mend(visitor: Visitor, number: str, version: int, sent: dict[str, Any], **changes: Any) -> None:
    """Send the report's content again with these changes."""
    keys = ("happened_on", "text", "fields", "photos", "place_text", "lat", "lon", "accuracy_m")
    content = {key: sent[key] for key in keys if key in sent} | changes
    asked = {"action_id": fresh_id(), "version": version, **content}
    visitor.json("POST", f"/laporan/{number}/perbaikan", asked)


def again(site: Site, category: str = "sampah", sent: Any = None, **changes: Any) -> str:
    """A report of Rahman's that Hartono has returned and that was mended with these changes."""
    content = wire.body(category, **(sent or {}))
    number = str(site(RAHMAN).json("POST", "/laporan", content, 201)["number"])
    decide(site(HARTONO), number, "pengembalian", reason="isi_kurang_lengkap", note="Di mana?")
    mend(site(RAHMAN), number, 2, content, **changes)
    return number


def rows(page: Page, within: str) -> dict[str, tuple[Tag, Tag]]:
    """What has changed, by label: old and new."""
    found = {}
    for one in page.all(f"{within} .changes .change"):
        label = one.select_one(".change-label")
        assert label is not None
        old, new = one.select(".change-side")
        found[label.get_text(strip=True)] = (old, new)
    return found


def marked(side: Tag, name: str) -> list[str]:
    """The words that are marked, without what is only for screen readers."""
    found = []
    for one in side.select(name):
        said = one.select_one(".visually-hidden")
        assert said is not None
        assert said.get_text() in ("dihapus: ", "baru: ")
        found.append(one.get_text().removeprefix(said.get_text()))
    return found


def on_card(site: Site, number: str, person: Person = HARTONO) -> dict[str, tuple[Tag, Tag]]:
    return rows(site(person).get("/verifikasi"), f"#kartu-{number}")


def on_page(site: Site, number: str, person: Person = HARTONO) -> dict[str, tuple[Tag, Tag]]:
    return rows(site(person).get(f"/laporan/{number}"), "main")


@pytest.mark.parametrize("look", [on_card, on_page])
def test_words_that_changed_are_marked_in_both_texts(site: Site, look: Any) -> None:
    number = again(
        site, sent={"text": "Sampah di gang 3 <b>bau</b>."}, text="Sampah di gang 5 <b>bau</b>."
    )
    changed = look(site, number)
    assert list(changed) == ["Keterangan"]
    old, new = changed["Keterangan"]
    assert (marked(old, "del"), marked(new, "ins")) == (["3"], ["5"])
    assert "Sampah di gang 5 <b>bau</b>." in new.get_text().replace("baru: ", "")


@pytest.mark.parametrize("look", [on_card, on_page])
def test_fields_day_place_and_photos_stand_side_by_side(site: Site, look: Any) -> None:
    kept, left, fresh = (declared(fresh_id().encode()) for _ in range(3))
    sent = {"fields": {"jenis": "tumpukan"}, "photos": [kept, left], **PLACE}
    number = again(
        site,
        sent=sent,
        fields={"jenis": "tps_liar", "volume_m3": 2.5},
        photos=[kept, fresh],
        happened_on=wire.days_ago(3),
        place_text="Belakang pos ronda",
        **MOVED,
    )
    changed = look(site, number)
    assert set(changed) == {"Jenis", "Perkiraan volume", "Tanggal", "Lokasi", "Foto"}
    assert "Tidak diisi" in changed["Perkiraan volume"][0].get_text()
    assert "2,5 m³" in changed["Perkiraan volume"][1].get_text()
    assert "Belakang pos ronda" in changed["Lokasi"][1].get_text()
    assert "bergeser 100\u00a0m" in changed["Lokasi"][1].get_text()
    words = [[one.get_text() for one in side.select(".photo-word")] for side in changed["Foto"]]
    assert words == [["Tetap", "Tidak dipakai lagi"], ["Tetap", "Baru"]]


def test_what_was_asked_stands_above_it(site: Site) -> None:
    number = again(site, text="Di gang 5.")
    for page in (site(HARTONO).get("/verifikasi"), site(HARTONO).get(f"/laporan/{number}")):
        assert "isi kurang lengkap" in page.text(".changes")
        assert "“Di mana?”" in page.text(".changes")


def test_what_is_compared_is_not_shown_twice_on_the_card(site: Site) -> None:
    number = again(site, text="Sampah di gang lima, dekat pos.")
    card = site(HARTONO).get("/verifikasi").text(f"#kartu-{number} .queue-body")
    assert card.replace("baru: ", "").count("dekat pos") == 1


def test_nothing_changed_is_said(site: Site) -> None:
    number = again(site)
    assert "Dikirim lagi tanpa perubahan." in site(HARTONO).get("/verifikasi").text(
        f"#kartu-{number} .changes"
    )


def test_a_first_round_and_who_sees_it_first_compare_nothing(site: Site) -> None:
    first = str(file_report(site(SITI))["number"])
    number = again(site, text="Di gang 5.")
    assert not site(HARTONO).get("/verifikasi").has(f"#kartu-{first} .changes")
    assert on_card(site, number)
    decide(site(HARTONO), number, "verifikasi", version=3)
    assert on_card(site, number, YUSUF) == {}, "the camat has not seen the first one"
    assert not site(YUSUF).get(f"/laporan/{number}").has(".changes")
    # Whoever only reads it sees what the last mending has changed.
    assert "Keterangan" in on_page(site, number, RAHMAN)


def test_each_desk_compares_with_what_it_has_seen(site: Site) -> None:
    """The lurah saw the second content, the camat only the first."""
    content = wire.body(text="Satu.")
    number = str(site(RAHMAN).json("POST", "/laporan", content, 201)["number"])
    decide(site(HARTONO), number, "verifikasi")
    decide(site(YUSUF), number, "pengembalian", version=2)
    decide(site(HARTONO), number, "pengembalian", version=3)
    mend(site(RAHMAN), number, 4, content, text="Dua.")
    decide(site(HARTONO), number, "pengembalian", version=5)
    mend(site(RAHMAN), number, 6, content, text="Tiga.")
    old, new = on_card(site, number)["Keterangan"]
    assert (marked(old, "del"), marked(new, "ins")) == (["Dua"], ["Tiga"])
    decide(site(HARTONO), number, "verifikasi", version=7, **{"class": "kegiatan"})
    old, new = on_card(site, number, YUSUF)["Keterangan"]
    assert (marked(old, "del"), marked(new, "ins")) == (["Satu"], ["Tiga"])


def test_a_photo_that_came_late_is_no_change(site: Site) -> None:
    """It was replaced without a new version: both contents show the one that is there."""
    photo, data = declared(b"first"), jpeg()
    number = again(site, sent={"photos": [photo]}, text="Di gang 5.")
    report = site(RAHMAN).json("GET", f"/laporan/{number}")
    wire.put(site(RAHMAN), report["client_id"], fresh_id(), data, replaces=photo["id"])
    assert list(on_card(site, number)) == ["Keterangan"]


class NoStore:
    """A store that has nothing to be dropped."""

    def keep(self, key: str, data: bytes) -> None:
        raise NotImplementedError

    read: Any = keep

    def drop(self, key: str) -> None:
        pass


def test_what_was_erased_is_compared_no_more(app: Flask, site: Site) -> None:
    number = again(site, text="Rahasia di gang 5.")
    assert on_card(site, number)
    with app.app_context():
        erasure.erase(user_of(AGUS), number, "Permintaan warga.", NoStore())
    assert on_card(site, number) == {}
    for person in (HARTONO, RAHMAN, DEWI):
        page = site(person).get(f"/laporan/{number}")
        assert not page.has(".changes")
        assert "Rahasia" not in page.text("main")

"""Reports and photos as they arrive: from the outbox as JSON, and from a plain form."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Request

from sipokat.domain import photo_work
from sipokat.web import photos as photos_page
from sipokat.web import report_body
from tests import steps, wire
from tests.cast import (
    AGUS,
    DEWI,
    HARTONO,
    PASSWORD,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    STRANGER,
    Person,
)
from tests.page import Page, Visitor, expect_status, fresh_id
from tests.services.matrix import some
from tests.services.pictures import jpeg, png, pretenders, webp
from tests.steps import today

Site = Callable[..., Visitor]
FORM = "form[data-report-form]"
PHOTO = jpeg()
OTHER = jpeg((80, 60))


def reports_of(visitor: Visitor) -> list[Any]:
    items: list[Any] = visitor.json("GET", "/laporan")["items"]
    return items


def states(receipt: Any) -> dict[str, str]:
    return {one["id"]: one["state"] for one in receipt["photos"]}


# The receipt.


def test_a_new_report_is_201_with_a_receipt_that_names_it(site: Site) -> None:
    photo = wire.declared(PHOTO)
    sent = wire.body("sampah", photos=[photo])
    receipt = site(RAHMAN).json("POST", "/laporan", sent, 201)
    assert list(receipt) == ["client_id", "number", "received_at", "photos"]
    assert receipt["client_id"] == sent["client_id"]
    assert receipt["photos"] == [photo | {"state": "missing"}]
    assert datetime.fromisoformat(receipt["received_at"]).utcoffset() is not None


def test_a_repeat_is_200_with_the_same_receipt(site: Site) -> None:
    sent = wire.body("sampah")
    first = site(RAHMAN).json("POST", "/laporan", sent, 201)
    for _ in range(3):
        assert site(RAHMAN).json("POST", "/laporan", sent, 200) == first
    assert len(reports_of(site(RAHMAN))) == 1


def test_a_repeat_may_differ_in_coordinates_time_of_writing_and_form(site: Site) -> None:
    sent = wire.body(lat=-3.29, lon=102.86, accuracy_m=12)
    first = site(RAHMAN).json("POST", "/laporan", sent, 201)
    later = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    for change in (
        {"lat": -3.3, "lon": 102.9, "accuracy_m": 5},
        {"written_at": later},
        {"form_version": "another"},
        {"client_id": sent["client_id"].upper()},
    ):
        assert site(RAHMAN).json("POST", "/laporan", sent | change, 200) == first


def test_other_content_under_the_same_id_is_409_with_the_report(site: Site) -> None:
    sent = wire.body()
    first = site(RAHMAN).json("POST", "/laporan", sent, 201)
    answer = site(RAHMAN).json("POST", "/laporan", sent | {"text": "Lain lagi."}, 409)
    assert answer["error"] == "client_id_used"
    assert answer["message"]
    assert answer["report"]["number"] == first["number"]
    assert answer["report"]["text"] == sent["text"]


def test_an_id_belongs_to_its_reporter(site: Site) -> None:
    sent = wire.body()
    first = site(RAHMAN).json("POST", "/laporan", sent, 201)
    second = site(SITI).json("POST", "/laporan", sent, 201)
    assert first["number"] != second["number"]


def test_a_report_may_name_the_region_it_speaks_for(site: Site) -> None:
    receipt = wire.file_report(site(RAHMAN), region=RAHMAN.region)
    report = site(RAHMAN).json("GET", f"/laporan/{receipt['number']}")
    assert report["region"] == RAHMAN.region
    wire.file_report(site(RAHMAN), region=SITI.region, status=403)
    wire.file_report(site(RAHMAN), region=PETANANG_ULU, status=403)
    assert len(reports_of(site(RAHMAN))) == 1


def test_an_officials_report_starts_on_the_desk_above_theirs(site: Site) -> None:
    number = wire.file_report(site(HARTONO))["number"]
    report = site(HARTONO).json("GET", f"/laporan/{number}")
    assert (report["region"], report["desk"]) == (PETANANG_ULU, "kecamatan")


def test_a_wrong_field_is_422_with_its_sentence_and_nothing_is_kept(site: Site) -> None:
    answer = wire.file_report(site(RAHMAN), "sampah", 422, text="", fields={}, photos=[])
    assert set(answer["fields"]) == {"text", "fields.jenis", "photos"}
    assert all(answer["fields"].values())
    assert reports_of(site(RAHMAN)) == []


def test_what_was_refused_is_taken_under_the_same_id_once_it_is_mended(site: Site) -> None:
    sent = wire.body()
    site(RAHMAN).json("POST", "/laporan", sent | {"text": ""}, 422)
    site(RAHMAN).json("POST", "/laporan", sent, 201)


def test_a_second_nihil_names_the_first(site: Site) -> None:
    first = wire.file_report(site(RAHMAN), "nihil")
    answer = wire.file_report(site(RAHMAN), "nihil", 422)
    assert answer["error"] == "second_of_period"
    assert first["number"] in answer["fields"]["fields.periode"]


def test_a_second_nihil_by_a_plain_form_names_the_first_and_keeps_what_was_typed(
    site: Site,
) -> None:
    first = wire.file_report(site(RAHMAN), "nihil")
    sent = wire.form("nihil", text="Bulan ini sepi.")
    page = site(RAHMAN).post("/laporan", sent, 422, content_type="multipart/form-data")
    assert first["number"] in page.text("#field-fields-periode-error")
    kept = page.values(FORM)
    assert (kept["category"], kept["text"]) == ("nihil", "Bulan ini sepi.")
    assert kept["fields.periode"] == sent["fields.periode"]
    assert len(reports_of(site(RAHMAN))) == 1


# Whose report it is.


def bare(visitor: Visitor, body: Any, status: int, **headers: str) -> Any:
    """Send JSON with these headers and none of the others that the phone sends."""
    sent = {"Accept": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    response = visitor.request("POST", "/laporan", json=body, headers=sent)
    expect_status(response, status)
    return response.get_json()


def test_json_that_names_no_owner_is_400(site: Site) -> None:
    assert bare(site(RAHMAN), wire.body(), 400)["error"] == "malformed"
    assert reports_of(site(RAHMAN)) == []


def test_a_session_of_somebody_else_is_401(site: Site) -> None:
    """The phone has changed hands: a report by Rahman is never taken as one by Siti."""
    rahman, siti = site(RAHMAN), site(SITI)
    assert rahman.user_id
    assert bare(siti, wire.body(), 401, Sipokat_User=rahman.user_id)["error"] == "not_signed_in"
    receipt = wire.file_report(rahman, "sampah", photos=[wire.declared(PHOTO)])
    (photo,) = states(receipt)
    wire.put(siti, receipt["client_id"], photo, PHOTO, 401, Sipokat_User=rahman.user_id)
    assert reports_of(siti) == []
    form = siti.request(
        "POST", "/laporan", data=wire.form(), headers={"Sipokat-User": rahman.user_id}
    )
    expect_status(form, 401)
    assert reports_of(siti) == []


def test_without_a_session_json_is_401_before_its_content_is_judged(site: Site) -> None:
    for body in (wire.body(), wire.body(text="")):
        answer = bare(site(), body, 401, Sipokat_User=fresh_id())
        assert answer["error"] == "not_signed_in"


def test_a_clock_that_cannot_be_read_is_400(site: Site) -> None:
    owner = site(RAHMAN).user_id or ""
    for said in ("kemarin", "2026-11-23T07:12:00", "1763856720"):
        bare(site(RAHMAN), wire.body(), 400, Sipokat_User=owner, Sipokat_Sent_At=said)


def test_a_phone_whose_clock_stands_at_2015_is_taken_and_marked(site: Site) -> None:
    then = datetime(2015, 1, 1, 8, tzinfo=UTC)
    sent = wire.body(written_at=(then - timedelta(hours=1)).isoformat())
    receipt = site(RAHMAN).json(
        "POST", "/laporan", sent, 201, headers={"Sipokat-Sent-At": then.isoformat()}
    )
    page = site(HARTONO).get(f"/laporan/{receipt['number']}")
    assert "Tanggalnya mungkin salah" in page.text("main")


def test_waiting_in_the_outbox_is_no_ground_for_refusal(site: Site) -> None:
    """It was written a hundred days ago about that day and is sent now."""
    written = datetime.now(UTC) - timedelta(days=100)
    wire.file_report(site(RAHMAN), happened_on=wire.days_ago(100), written_at=written.isoformat())
    answer = wire.file_report(site(RAHMAN), happened_on=wire.days_ago(100), status=422)
    assert list(answer["fields"]) == ["happened_on"]


# Photos, one by one.


@pytest.fixture
def sent(site: Site) -> dict[str, str]:
    """Rahman's report, whose one photo has not arrived: the ids that the tests need."""
    photo = wire.declared(PHOTO)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    return {"client_id": receipt["client_id"], "number": receipt["number"], "photo": photo["id"]}


def put(site: Site, sent: dict[str, str], data: bytes, status: int = 200, **more: Any) -> Any:
    photo = more.pop("photo", sent["photo"])
    return wire.put(site(RAHMAN), sent["client_id"], photo, data, status, **more)


def drop(site: Site, sent: dict[str, str], photo: str, status: int = 200) -> Any:
    return site(RAHMAN).json("DELETE", f"/laporan/{sent['client_id']}/foto/{photo}", None, status)


def test_the_receipt_says_when_a_photo_is_here(site: Site, sent: dict[str, str]) -> None:
    receipt = put(site, sent, PHOTO)
    assert list(receipt) == ["client_id", "number", "received_at", "photos"]
    assert receipt["photos"] == [
        {"id": sent["photo"], "sha256": hashlib.sha256(PHOTO).hexdigest(), "state": "received"}
    ]
    assert put(site, sent, PHOTO) == receipt


@pytest.mark.parametrize("data", [jpeg(), png(), webp()], ids=["jpeg", "png", "webp"])
def test_jpeg_png_and_webp_are_taken(site: Site, data: bytes) -> None:
    photo = wire.declared(data)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    receipt = wire.put(site(RAHMAN), receipt["client_id"], photo["id"], data)
    assert states(receipt) == {photo["id"]: "received"}


def test_bytes_that_changed_on_the_way_are_400_and_not_kept(
    site: Site, sent: dict[str, str]
) -> None:
    answer = put(site, sent, OTHER, 400, Content_Digest=wire.digest_of(PHOTO))
    assert answer["error"] == "digest_mismatch"
    page = site(HARTONO).get(f"/laporan/{sent['number']}")
    assert "1 foto menyusul" in page.text("main")
    assert states(put(site, sent, PHOTO)) == {sent["photo"]: "received"}


def test_a_photo_cut_on_the_way_is_not_kept(site: Site, sent: dict[str, str]) -> None:
    response = site(RAHMAN).request(
        "PUT",
        f"/laporan/{sent['client_id']}/foto/{sent['photo']}",
        data=PHOTO[:100],
        headers={"Content-Digest": wire.digest_of(PHOTO), "Content-Type": "image/jpeg"},
        environ_overrides={"CONTENT_LENGTH": str(len(PHOTO))},
    )
    expect_status(response, 400)
    assert response.get_json()["error"] == "digest_mismatch"
    report = site(RAHMAN).json("GET", f"/laporan/{sent['number']}")
    assert states(report) == {sent["photo"]: "missing"}


def test_a_photo_without_its_digest_is_400(site: Site, sent: dict[str, str]) -> None:
    for said in ("", "sha-256=abc", "md5=:AAAA:", wire.digest_of(PHOTO).upper()):
        assert put(site, sent, PHOTO, 400, Content_Digest=said)["error"] in (
            "no_digest",
            "digest_mismatch",
        )


def test_another_photo_under_the_same_id_is_409(site: Site, sent: dict[str, str]) -> None:
    for _ in range(2):
        answer = put(site, sent, OTHER, 409)
        assert answer["report"]["number"] == sent["number"]
        put(site, sent, PHOTO)


@pytest.mark.parametrize("name", list(pretenders()))
def test_what_is_no_photo_is_refused_and_the_report_stays(site: Site, name: str) -> None:
    data = pretenders()[name]
    photo = wire.declared(data)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    answer = wire.put(site(RAHMAN), receipt["client_id"], photo["id"], data, 415)
    assert answer["message"]
    report = site(RAHMAN).json("GET", f"/laporan/{receipt['number']}")
    assert states(report) == {photo["id"]: "missing"}


def test_a_photo_says_that_it_is_one(site: Site, sent: dict[str, str]) -> None:
    put(site, sent, PHOTO, 415, Content_Type="text/html")
    put(site, sent, PHOTO, 200, Content_Type="application/octet-stream")


def test_a_photo_of_more_than_six_megabytes_is_413(site: Site, sent: dict[str, str]) -> None:
    put(site, sent, PHOTO + b"\0" * (6 * 1024 * 1024), 413)
    report = site(RAHMAN).json("GET", f"/laporan/{sent['number']}")
    assert states(report) == {sent["photo"]: "missing"}


def test_a_photo_that_no_report_named_is_404(site: Site, sent: dict[str, str]) -> None:
    put(site, sent, PHOTO, 404, photo=fresh_id())
    wire.put(site(RAHMAN), fresh_id(), sent["photo"], PHOTO, 404)


def test_ids_of_photos_are_uuids(site: Site, sent: dict[str, str]) -> None:
    put(site, sent, PHOTO, 400, photo="1")
    put(site, sent, PHOTO, 400, replaces="1")
    drop(site, sent, "satu", 400)


@pytest.mark.parametrize("person", [SITI, HARTONO, SARI], ids=str)
def test_nobody_else_sends_or_drops_its_photos(
    site: Site, sent: dict[str, str], person: Person
) -> None:
    wire.put(site(person), sent["client_id"], sent["photo"], PHOTO, 404)
    path = f"/laporan/{sent['client_id']}/foto/{sent['photo']}"
    site(person).json("DELETE", path, None, 404)


def test_a_photo_is_taken_after_the_report_is_final_without_a_new_version(
    site: Site, sent: dict[str, str]
) -> None:
    rejected = wire.decide(site(HARTONO), sent["number"], "penolakan")
    assert states(put(site, sent, PHOTO)) == {sent["photo"]: "received"}
    report = site(RAHMAN).json("GET", f"/laporan/{sent['number']}")
    assert (report["status"], report["version"]) == ("rejected", rejected["version"])


def test_two_ids_with_one_digest_are_two_photos(site: Site) -> None:
    one, two = wire.declared(PHOTO), wire.declared(PHOTO)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[one, two])
    after = wire.put(site(RAHMAN), receipt["client_id"], one["id"], PHOTO)
    assert states(after) == {one["id"]: "received", two["id"]: "missing"}
    after = wire.put(site(RAHMAN), receipt["client_id"], two["id"], PHOTO)
    assert set(states(after).values()) == {"received"}


# Replacing or dropping a photo that cannot be sent.


def test_a_missing_photo_may_be_replaced(site: Site, sent: dict[str, str]) -> None:
    new = fresh_id()
    receipt = put(site, sent, OTHER, photo=new, replaces=sent["photo"])
    assert states(receipt) == {new: "received"}
    assert put(site, sent, OTHER, photo=new, replaces=sent["photo"]) == receipt


def test_a_broken_photo_may_be_replaced(app: Flask, site: Site, sent: dict[str, str]) -> None:
    put(site, sent, PHOTO)
    with app.app_context():
        held = photo_work.claim("worker")
        assert held
        assert photo_work.settle(held, "worker", size=None)
    report = site(RAHMAN).json("GET", f"/laporan/{sent['number']}")
    assert states(report) == {sent["photo"]: "broken"}
    new = fresh_id()
    assert states(put(site, sent, OTHER, photo=new, replaces=sent["photo"])) == {new: "received"}


def test_a_photo_that_is_here_is_not_replaced(site: Site, sent: dict[str, str]) -> None:
    put(site, sent, PHOTO)
    answer = put(site, sent, OTHER, 409, photo=fresh_id(), replaces=sent["photo"])
    assert states(answer["report"]) == {sent["photo"]: "received"}


def test_nothing_is_replaced_by_what_is_no_photo(site: Site, sent: dict[str, str]) -> None:
    put(site, sent, b"bukan foto", 415, photo=fresh_id(), replaces=sent["photo"])
    put(site, sent, OTHER, 404, photo=fresh_id(), replaces=fresh_id())
    assert states(put(site, sent, PHOTO)) == {sent["photo"]: "received"}


def test_a_missing_photo_may_be_dropped(site: Site) -> None:
    first, second = wire.declared(PHOTO), wire.declared(OTHER)
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[first, second])
    for _ in range(2):
        after = drop(site, receipt, second["id"])
        assert states(after) == {first["id"]: "missing"}
    drop(site, receipt, fresh_id(), 404)


def test_the_last_photo_of_a_report_that_needs_one_is_not_dropped(
    site: Site, sent: dict[str, str]
) -> None:
    answer = drop(site, sent, sent["photo"], 422)
    assert answer["fields"]["photos"]


def test_a_photo_that_is_here_is_not_dropped(site: Site, sent: dict[str, str]) -> None:
    put(site, sent, PHOTO)
    assert drop(site, sent, sent["photo"], 409)["report"]["number"] == sent["number"]


# The plain form, for phones without script.


def leads_to_fields(page: Page) -> bool:
    """Whether each link in the summary of faults leads to an element of the page."""
    links = [str(link["href"]) for link in page.all(".error-summary a")]
    return bool(links) and all(page.has(link) for link in links)


def file(data: bytes = PHOTO, name: str = "foto.jpg") -> tuple[io.BytesIO, str, str]:
    return io.BytesIO(data), name, "image/jpeg"


def post(visitor: Visitor, status: int | None = None, **changes: Any) -> Page:
    """Send the plain form of a report about litter, with photos."""
    whole = wire.form("sampah") | {"photos": [file()]} | changes
    return visitor.post("/laporan", whole, status, content_type="multipart/form-data")


@pytest.mark.parametrize("person", some([RAHMAN, HARTONO, STRANGER, DEWI, AGUS, RATNA], 3), ids=str)
def test_the_form_opens_a_category_without_script_for_whom_it_is(
    site: Site, person: Person | None
) -> None:
    page = site(person).get("/laporan/baru")
    for tile in page.all("a[data-category]"):
        if person and person.role not in str(tile["data-roles"]).split():
            refused = site(person).get(str(tile["href"]), 403)
            assert "Halaman ini bukan untuk jabatan Anda." in refused.text("main")
            continue
        form = site(person).get(str(tile["href"])).one(FORM)
        assert form["action"] == "/laporan"
        assert not form.has_attr("hidden")


def test_a_plain_form_is_answered_by_303_to_the_report(site: Site) -> None:
    form = site(RAHMAN).get("/laporan/baru?kategori=sampah")
    page = form.submit(
        FORM,
        typed={
            "fields.jenis": "tumpukan",
            "fields.volume_m3": "2,5",
            "photos": [file(), file(OTHER)],
        },
        text="Sampah di gang 3.",
        place_text="Gang 3",
    )
    (item,) = reports_of(site(RAHMAN))
    assert page.url == f"/laporan/{item['number']}"
    assert f"Laporan {item['number']} terkirim." in page.text("#notices")
    report = site(RAHMAN).json("GET", page.url)
    assert report["fields"] == {"jenis": "tumpukan", "volume_m3": 2.5}
    assert report["happened_on"] == today().isoformat()
    assert [one["sha256"] for one in report["photos"]] == [
        hashlib.sha256(data).hexdigest() for data in (PHOTO, OTHER)
    ]
    assert {one["state"] for one in report["photos"]} == {"received"}


def test_the_same_plain_form_sent_twice_is_one_report(site: Site) -> None:
    first = post(site(RAHMAN))
    assert post(site(RAHMAN)).url == first.url
    assert post(site(RAHMAN), text="Yang lain.").url != first.url
    assert len(reports_of(site(RAHMAN))) == 2


def test_a_refused_plain_form_keeps_what_was_typed(site: Site) -> None:
    page = post(
        site(RAHMAN),
        422,
        **{
            "text": "",
            "fields.jenis": "tps_liar",
            "fields.volume_m3": "banyak",
            "place_text": "Depan <musala>",
            "happened_on": wire.days_ago(100),
        },
    )
    kept = page.values(FORM)
    assert kept["fields.jenis"] == "tps_liar"
    assert kept["fields.volume_m3"] == "banyak"
    assert kept["place_text"] == "Depan <musala>"
    assert kept["happened_on"] == wire.days_ago(100)
    for name in ("text", "fields-volume_m3", "happened_on"):
        assert page.one(f"#field-{name}")["aria-invalid"] == "true"
        assert page.text(f"#field-{name}-error")
    assert "sekali lagi" in page.text("#field-photos-error")
    assert len(page.all(".error-summary a")) == 4
    assert leads_to_fields(page)
    assert reports_of(site(RAHMAN)) == []


def test_a_plain_form_with_a_fourth_photo_is_422(site: Site) -> None:
    page = post(site(RAHMAN), 422, photos=[file() for _ in range(4)])
    assert "paling banyak 3" in page.text("#field-photos-error")
    assert page.values(FORM)["fields.jenis"] == "tumpukan"


def test_a_plain_form_with_what_is_no_photo_is_415_and_keeps_the_rest(site: Site) -> None:
    page = post(site(RAHMAN), 415, photos=[file(), file(b"bukan foto")])
    assert page.text("#field-photos-error")
    assert page.values(FORM)["text"] == wire.form("sampah")["text"]
    assert reports_of(site(RAHMAN)) == []


def test_a_form_of_nobody_keeps_what_was_typed_and_opens_no_file(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the file of a new report nor that of a revision is looked at or even kept."""
    opened: list[Any] = []
    monkeypatch.setattr(report_body, "inspect", opened.append)
    monkeypatch.setattr(Request, "_get_file_stream", lambda *said: opened.append(said))
    page = post(site(), 401, text="Ditulis lama sekali.", photos=[file(b"bukan foto")])
    assert page.text("#field-photos-error"), "the photos must be chosen again"
    assert page.values(FORM)["text"] == "Ditulis lama sekali."
    number = wire.file_report(site(RAHMAN))["number"]
    revision = wire.form("sampah", version="1", text="Lama") | {"photos": [file(b"bukan foto")]}
    page = site().post(
        f"/laporan/{number}/perbaikan", revision, 401, content_type="multipart/form-data"
    )
    assert "Lama" in page.text("main")
    assert opened == []


def test_no_file_is_opened_for_who_may_not_send_it(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    for module in (report_body, photos_page):
        monkeypatch.setattr(module, "inspect", opened.append)
    bad = file(b"bukan foto")
    post(site(DEWI), 403, photos=[bad])
    number = wire.file_report(site(RAHMAN))["number"]
    for person, status in ((SITI, 404), (HARTONO, 403), (RAHMAN, 409)):
        revision = wire.form(version="1") | {"photos": [file(b"bukan foto")]}
        path, kind = f"/laporan/{number}/perbaikan", "multipart/form-data"
        site(person).post(path, revision, status, content_type=kind)
    photo, other = wire.declared(PHOTO), wire.declared(b"lain")
    receipt = wire.file_report(site(RAHMAN), "sampah", photos=[photo])
    wire.put(site(SITI), receipt["client_id"], photo["id"], PHOTO, 404)
    wire.put(site(RAHMAN), receipt["client_id"], other["id"], PHOTO, 404)
    wire.put(site(RAHMAN), receipt["client_id"], photo["id"], b"lain", 409)
    wire.put(site(SITI), receipt["client_id"], other["id"], PHOTO, 404, replaces=photo["id"])
    assert opened == []
    wire.put(site(RAHMAN), receipt["client_id"], photo["id"], PHOTO)
    assert opened == [PHOTO]
    wire.put(site(RAHMAN), receipt["client_id"], photo["id"], PHOTO)
    wire.put(site(RAHMAN), receipt["client_id"], other["id"], b"lain", 409, replaces=photo["id"])
    assert opened == [PHOTO], "a repeat, and what has arrived, are known without it"


def test_signing_in_is_offered_to_who_is_signed_out(site: Site) -> None:
    """It is not offered to a role that may never report: signing in again would not help them."""
    offer = "a[href='/masuk'][target='_blank']"
    assert post(site(), 401).has(offer)
    assert not post(site(DEWI), 403).has(offer)
    assert not post(site(RAHMAN), 422, text="").has(offer)


@pytest.fixture
def deputy(app: Flask, site: Site) -> Visitor:
    """Rahman, who is also the deputy head of the next RT."""
    with app.app_context():
        steps.add_term(RAHMAN, SITI.region)
    return site(RAHMAN)


@pytest.mark.sql
def test_who_holds_two_offices_chooses_for_which_one_it_is(site: Site, deputy: Visitor) -> None:
    page = post(deputy, 422)
    assert page.text("#field-region-error")
    offered = [str(one["value"]) for one in page.all("[name='region'][type='radio']")]
    assert offered == [RAHMAN.region, SITI.region]
    assert "RT 002, Petanang Ulu" in page.text("#field-region")
    again = page.submit(FORM, 422, region=SITI.region, text="")
    assert again.values(FORM)["region"] == SITI.region, "what was chosen stays"
    assert not again.has("#field-region-error")
    done = again.submit(FORM, text="Sampah.", photos=[file()])
    assert site(RAHMAN).json("GET", done.url)["region"] == SITI.region


def test_the_region_that_was_chosen_outlives_the_session(site: Site) -> None:
    assert post(site(), 401, region=RAHMAN.region).values(FORM)["region"] == RAHMAN.region


@pytest.mark.sql
def test_the_phone_knows_the_regions_of_who_holds_several(site: Site, deputy: Visitor) -> None:
    given = json.loads(str(deputy.get("/beranda").one("meta[name='sipokat-user']")["content"]))
    several = [[RAHMAN.region, "RT 001, Petanang Ulu"], [SITI.region, "RT 002, Petanang Ulu"]]
    assert given["regions"] == several
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    assert site().json("POST", "/masuk", body)["user"].items() >= given.items()
    one = json.loads(str(site(SITI).get("/beranda").one("meta[name='sipokat-user']")["content"]))
    assert "regions" not in one


def test_a_plain_form_without_a_session_comes_back_as_it_was_typed(site: Site) -> None:
    """The page says that the photos must be chosen again, since a browser gives no file back."""
    page = post(site(), 401, text="Ditulis lama sekali.")
    kept = page.values(FORM)
    assert kept["text"] == "Ditulis lama sekali."
    assert kept["fields.jenis"] == "tumpukan"
    assert kept["place_text"] == "Gang 3, depan musala"
    assert "Masuk dulu" in page.text(".error-summary")
    assert "sekali lagi" in page.text("#field-photos-error")
    assert leads_to_fields(page)
    assert reports_of(site(RAHMAN)) == []


def test_a_plain_form_of_what_one_may_not_file_says_so(site: Site) -> None:
    for changes, status in (
        ({"category": "pad_inovasi"}, 422),
        ({"category": "gosip"}, 422),
        ({"region": SITI.region}, 403),
    ):
        page = site(RAHMAN).post("/laporan", wire.form() | changes, status)
        assert page.text(".error-summary")
        assert not page.has(".error-summary a")


def test_the_forms_page_is_the_same_bytes_for_everybody(site: Site) -> None:
    pages = [site(who).request("GET", "/laporan/baru") for who in (RAHMAN, HARTONO, None)]
    assert len({page.data for page in pages}) == 1
    for page in pages:
        assert page.headers["Sipokat-Shell"]
        assert "Sipokat-User" not in page.headers
        assert "no-store" not in page.headers["Cache-Control"]

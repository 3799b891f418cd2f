"""Many reports verified at once: the answer says of each what became of it, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from sipokat.database import db
from sipokat.domain.limits import LIMITS
from sipokat.models import Event
from sipokat.web import bulk_page
from tests import steps
from tests.cast import (
    AGUS,
    BEJO,
    DEWI,
    EFFENDI,
    HARTONO,
    MARLINA,
    RAHMAN,
    RATNA,
    SITI,
    STRANGER,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Page, Visitor, fresh_id
from tests.services.database import MOST, asking, statements
from tests.wire import climb, decide, file_report

Site = Callable[..., Visitor]
Row = dict[str, Any]
PATH = "/verifikasi/sekaligus"


def item(number: str, version: int = 1, action_id: str = "") -> Row:
    return {"number": number, "version": version, "action_id": action_id or fresh_id()}


def verify(
    visitor: Visitor, *items: Row, klass: str | None = "kegiatan", status: int = 200
) -> list[Row]:
    """The rows of the answer."""
    body = {"items": list(items)} | ({"class": klass} if klass else {})
    answer: Any = visitor.json("POST", PATH, body, status)
    return answer["results"] if status == 200 else [answer]


def verdicts(rows: list[Row]) -> list[tuple[str, int]]:
    return [(row["number"], row["status"]) for row in rows]


def desks(app: Flask, numbers: list[str]) -> list[str | None]:
    with app.app_context():
        return [steps.report_of(number).desk for number in numbers]


def moves(app: Flask, number: str) -> list[str]:
    with app.app_context():
        report = steps.report_of(number)
        found = db.session.query(Event).filter_by(report_id=report.id).order_by(Event.seq)
        return [one.action for one in found]


def test_each_is_verified_with_the_class_that_was_chosen_for_all(app: Flask, site: Site) -> None:
    numbers = [file_report(site(person))["number"] for person in (RAHMAN, SITI, RAHMAN)]
    rows = verify(site(HARTONO), *map(item, numbers), klass="kinerja")
    assert rows == [{"number": number, "status": 200} for number in numbers]
    assert desks(app, numbers) == ["kecamatan"] * 3
    for number in numbers:
        report = site(HARTONO).json("GET", f"/laporan/{number}")
        assert report["class"] == "kinerja"
        assert report["events"][-1]["action"] == "verify"


def test_what_takes_no_class_may_be_among_them(app: Flask, site: Site) -> None:
    plain, nihil = (file_report(site(RAHMAN), kind)["number"] for kind in ("pemerintahan", "nihil"))
    rows = verify(site(HARTONO), item(nihil), item(plain))
    assert verdicts(rows) == [(nihil, 200), (plain, 200)]
    assert site(HARTONO).json("GET", f"/laporan/{nihil}")["class"] is None
    # Above its first desk the class stands, whatever was chosen for others.
    rows = verify(site(YUSUF), item(nihil, 2), item(plain, 2), klass="kinerja")
    assert [row["status"] for row in rows] == [200, 200]
    assert site(YUSUF).json("GET", f"/laporan/{plain}")["class"] == "kegiatan"


def test_without_a_class_only_those_that_need_one_are_refused(app: Flask, site: Site) -> None:
    plain, nihil = (file_report(site(RAHMAN), kind)["number"] for kind in ("pemerintahan", "nihil"))
    rows = verify(site(HARTONO), item(plain), item(nihil), klass=None)
    assert verdicts(rows) == [(plain, 422), (nihil, 200)]
    assert rows[0]["fields"] == {"class": "Pilih Kinerja atau Kegiatan biasa."}
    assert desks(app, [plain, nihil]) == ["kelurahan", "kecamatan"]


def test_each_row_says_why_it_was_not_verified(app: Flask, site: Site) -> None:
    hartono = site(HARTONO)
    good, gone, old, flood, returned, own, elsewhere = (
        file_report(site(person), kind)["number"]
        for person, kind in (
            (RAHMAN, "pemerintahan"),
            (RAHMAN, "pemerintahan"),
            (SITI, "pemerintahan"),
            (SITI, "bencana"),
            (RAHMAN, "pemerintahan"),
            (HARTONO, "pemerintahan"),
            (MARLINA, "pemerintahan"),
        )
    )
    climb(gone, hartono)
    climb(returned, hartono)
    decide(site(YUSUF), returned, "pengembalian", version=2)
    given = [
        item(elsewhere),
        item(gone, 2),
        item(old, 9),
        item(flood),
        item(returned, 3),
        item(own),
        item("99994"),
        item(good),
    ]
    rows = verify(hartono, *given)
    assert verdicts(rows) == [
        (elsewhere, 404),
        (gone, 409),
        (old, 409),
        (flood, 422),
        (returned, 422),
        (own, 403),
        ("99994", 404),
        (good, 200),
    ]
    assert all(set(row) >= {"number", "status", "error", "message", "fields"} for row in rows[:-1])
    assert rows[0]["message"] == rows[6]["message"], "the same as for what there is not"
    assert "meja camat" in rows[1]["message"]
    assert "satu per satu" in rows[3]["message"]
    assert "satu per satu" in rows[4]["message"]
    assert desks(app, [gone, old, flood, returned, good]) == [
        "kecamatan",
        "kelurahan",
        "kelurahan",
        "kelurahan",
        "kecamatan",
    ]


def test_who_was_first_is_told(app: Flask, site: Site) -> None:
    with app.app_context():
        other = steps.newcomer("Tuti", "lurah", HARTONO.region)
    number = file_report(site(RAHMAN))["number"]
    climb(number, Visitor(app, other))
    (row,) = verify(site(HARTONO), item(number))
    assert row["status"] == 409
    assert row["last"]["what"] == "Sudah diverifikasi Lurah Petanang Ulu"


def test_a_repeat_has_the_same_answer_and_does_nothing_twice(app: Flask, site: Site) -> None:
    hartono = site(HARTONO)
    first, second = (file_report(site(RAHMAN))["number"] for _ in range(2))
    given = [item(first), item(second, 7), item("99994")]
    rows = verify(hartono, *given)
    assert [row["status"] for row in rows] == [200, 409, 404]
    assert verify(hartono, *given) == rows
    assert moves(app, first) == ["submit", "verify"]
    # Also after the report has moved on, and if the first try went by itself.
    decide(site(YUSUF), first, "verifikasi", version=2, **{"class": None})
    assert verify(hartono, given[0])[0]["status"] == 200
    alone = file_report(site(RAHMAN))["number"]
    action_id = fresh_id()
    decide(hartono, alone, "verifikasi", action_id=action_id, **{"class": "kegiatan"})
    assert verify(hartono, item(alone, 1, action_id))[0]["status"] == 200
    assert moves(app, alone) == ["submit", "verify"]


def test_an_id_that_was_used_for_something_else_is_a_conflict(app: Flask, site: Site) -> None:
    hartono = site(HARTONO)
    first, second, third = (file_report(site(RAHMAN))["number"] for _ in range(3))
    used = fresh_id()
    rows = verify(hartono, item(first, 1, used), item(second, 1, used), item(third))
    assert verdicts(rows) == [(first, 200), (second, 409), (third, 200)]
    assert rows[1]["error"] == "action_id_used"
    (row,) = verify(hartono, item(first, 1, used), klass="kinerja")
    assert (row["status"], row["error"]) == (409, "action_id_used"), "another class"
    assert moves(app, second) == ["submit"]


def test_one_report_twice_is_verified_once(app: Flask, site: Site) -> None:
    number = file_report(site(RAHMAN))["number"]
    same = item(number)
    rows = verify(site(HARTONO), same, same, item(number))
    assert [row["status"] for row in rows] == [200, 200, 409]
    assert moves(app, number) == ["submit", "verify"]


@pytest.mark.parametrize("person", [RAHMAN, AGUS, RATNA, ZAINAL, BEJO, STRANGER], ids=str)
def test_whoever_decides_nothing_verifies_nothing(app: Flask, site: Site, person: Person) -> None:
    number = file_report(site(SITI))["number"]
    closed = person in (BEJO, STRANGER)
    body = {"class": "kegiatan", "items": [item(number)]}
    site(person).json("POST", PATH, body, 401 if closed else 403)
    site(person).json("POST", PATH, BAD["no list"], 401 if closed else 400)
    assert desks(app, [number]) == ["kelurahan"]


@pytest.mark.parametrize("person", [EFFENDI, YUSUF, DEWI], ids=str)
def test_nothing_of_another_desk_is_verified(app: Flask, site: Site, person: Person) -> None:
    numbers = [file_report(site(RAHMAN))["number"] for _ in range(2)]
    rows = verify(site(person), *map(item, numbers))
    assert {row["status"] for row in rows} == {404 if person is EFFENDI else 409}
    assert desks(app, numbers) == ["kelurahan"] * 2


@pytest.mark.whole
def test_five_hundred_at_once_and_no_more(app: Flask, site: Site) -> None:
    hartono = site(HARTONO)
    with app.app_context():
        numbers = [steps.send(RAHMAN, text=f"Nomor {place}.").number for place in range(3)]
    many = [item(f"{90_000 + place}") for place in range(LIMITS.together - len(numbers))]
    body = {"class": "kegiatan", "items": [*many, *map(item, numbers)]}
    assert len(json.dumps(body)) < LIMITS.body_bytes
    rows = hartono.json("POST", PATH, body)["results"]
    assert [row["status"] for row in rows] == [404] * len(many) + [200] * 3
    body["items"].append(item("90000"))
    answer = hartono.json("POST", PATH, body, 413)
    assert str(LIMITS.together) in answer["message"]


BAD: dict[str, Any] = {
    "no items": {"class": "kegiatan"},
    "no list": {"items": {"number": "1"}},
    "a number": {"items": [1]},
    "a version as text": {"items": [item("1") | {"version": "1"}]},
    "no id": {"items": [{"number": "1", "version": 1}]},
    "a bad id": {"items": [item("1") | {"action_id": "x"}]},
    "a note": {"items": [item("1") | {"note": "x"}]},
    "a note for all": {"items": [item("1")], "note": "x"},
    "a control character": {"items": [item("1\x00")]},
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_read_is_400_and_verifies_nothing(app: Flask, site: Site, bad: str) -> None:
    number = file_report(site(RAHMAN))["number"]
    body = BAD[bad]
    if isinstance(body.get("items"), list):
        body = body | {"items": [item(number), *body["items"]]}
    site(HARTONO).json("POST", PATH, body, 400)
    assert desks(app, [number]) == ["kelurahan"]


def test_nothing_ticked_an_unknown_class_and_a_megabyte(app: Flask, site: Site) -> None:
    hartono, number = site(HARTONO), file_report(site(RAHMAN))["number"]
    assert "Pilih dulu" in hartono.json("POST", PATH, {"items": []}, 422)["message"]
    body = {"class": "bagus", "items": [item(number)]}
    assert set(hartono.json("POST", PATH, body, 422)["fields"]) == {"class"}
    large = {"class": "x" * 1_000_000, "items": [item(number)]}
    assert hartono.json("POST", PATH, large, 413)["error"] == "too_large"
    assert desks(app, [number]) == ["kelurahan"]
    headers = {"Accept": "application/json"}
    answer = hartono.request("POST", PATH, json=body, headers=headers)
    assert answer.status_code == 400, "it does not say whose it is"


# The page on which they are ticked.


def boxes(page: Page) -> list[str]:
    """The numbers that can be ticked."""
    return [str(one["value"]).split("~")[0] for one in page.all("[name='item']")]


def test_what_can_be_ticked_has_a_box_and_everything_else_says_why_not(
    app: Flask, site: Site
) -> None:
    plain, nihil, returned, own = (
        file_report(site(person), kind)["number"]
        for person, kind in (
            (SITI, "pemerintahan"),
            (RAHMAN, "nihil"),
            (RAHMAN, "pemerintahan"),
            (HARTONO, "pemerintahan"),
        )
    )
    flood = file_report(site(SITI), "bencana")["number"]
    climb(returned, site(HARTONO))
    decide(site(YUSUF), returned, "pengembalian", version=2)
    decide(site(YUSUF), own, "pengembalian")
    page = site(HARTONO).get(PATH)
    assert boxes(page) == [plain, nihil]
    assert page.has(f"#kartu-{plain} [data-asks-class]")
    assert not page.has(f"#kartu-{nihil} [data-asks-class]")
    assert "satu per satu" in page.text(f"#kartu-{returned}")
    assert "Laporan Anda sendiri" in page.text(f"#kartu-{own}") or page.has(
        f"#kartu-{own} .tick-why"
    )
    assert not page.has(f"#kartu-{flood}"), "it stands on top of the queue"
    assert "satu per satu" in site(HARTONO).get(f"{PATH}?kategori=bencana").text(f"#kartu-{flood}")
    assert "Periksa satu per satu" in page.in_copy(), "without signal there is a way on"
    assert "diverifikasi" not in page.in_copy().lower().replace("verifikasi dilakukan", "")


def test_all_can_be_ticked_without_script_and_are_verified_with_one_class(
    app: Flask, site: Site
) -> None:
    numbers = [file_report(site(person))["number"] for person in (RAHMAN, SITI, RAHMAN)]
    hartono = site(HARTONO)
    page = hartono.get(PATH)
    assert not page.values("form[data-bulk]").getlist("item")
    page = hartono.get(str(page.one("[data-tick-page]")["href"]))
    assert len(page.values("form[data-bulk]").getlist("item")) == 3
    end = page.submit("form[data-bulk]", typed={"class": "kinerja"})
    assert "3 laporan diverifikasi, naik ke camat." in end.text("main")
    assert desks(app, numbers) == ["kecamatan"] * 3
    # On this desk nobody is asked for a class any more.
    above = site(YUSUF).get(PATH)
    assert boxes(above) == [numbers[0], numbers[2], numbers[1]], "by group, the oldest first"
    assert not above.has("[name='class']")
    assert above.text(f"#kartu-{numbers[1]} [data-as]") == "Kinerja"


def test_it_is_narrowed_as_the_queue_is(app: Flask, site: Site) -> None:
    numbers = [file_report(site(person))["number"] for person in (RAHMAN, SITI) * 3]
    hartono = site(HARTONO)
    queue = hartono.get(f"/verifikasi?kelompok={SITI.region}&kelas=belum")
    page = hartono.get(str(queue.one(".queue-tools > a")["href"]))
    assert boxes(page) == numbers[1::2]
    assert (
        page.text("main h2") == "RT 002 · Belum ada kelas"
        if len(page.all("main h2")) == 1
        else True
    )
    assert page.one(".header-back")["href"] == f"/verifikasi?kelompok={SITI.region}&kelas=belum"
    assert boxes(hartono.get(f"{PATH}?kelompok={MARLINA.region}")) == []
    hartono.get(f"{PATH}?kelompok=x", 400)


def test_two_hundred_stand_on_a_page_and_the_next_one_follows(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bulk_page.AT_ONCE >= 200
    monkeypatch.setattr(bulk_page, "AT_ONCE", 3)
    with app.app_context():
        numbers = [steps.send(RAHMAN, text=f"Nomor {place}.").number for place in range(5)]
    page = site(HARTONO).get(PATH)
    assert boxes(page) == numbers[:3]
    assert boxes(site(HARTONO).get(str(page.one("a[rel='next']")["href"]))) == numbers[3:]


def test_it_asks_the_database_as_often_for_many_as_for_one(app: Flask, site: Site) -> None:
    counts = []
    for count in (1, 12):
        with app.app_context():
            for place in range(count):
                steps.send((RAHMAN, SITI)[place % 2], "sampah", text=f"Nomor {place}.")
        hartono = site(HARTONO)
        with statements(app) as said:
            hartono.get(PATH)
        counts.append(asking(said))
    assert counts[0] == counts[1] <= MOST


def test_whoever_has_few_is_not_offered_to_pick(app: Flask, site: Site) -> None:
    for _ in range(5):
        file_report(site(RAHMAN))
    assert not site(HARTONO).get("/verifikasi").has(".queue-tools")
    file_report(site(RAHMAN))
    assert site(HARTONO).get("/verifikasi").has(f"a[href='{PATH}']")


# As a plain form.


def ticked(*items: Row) -> list[str]:
    return ["{number}~{version}~{action_id}".format(**one) for one in items]


def test_a_plain_form_is_answered_by_what_became_of_each(app: Flask, site: Site) -> None:
    hartono = site(HARTONO)
    first, second, gone = (file_report(site(RAHMAN))["number"] for _ in range(3))
    climb(gone, hartono)
    given = ticked(item(first), item(second), item(gone), item("99994"))
    page = hartono.post(PATH, {"class": "kinerja", "item": given})
    assert "2 laporan diverifikasi, naik ke camat." in page.text("main")
    assert "2 laporan belum diverifikasi" in page.text("main")
    assert "Sudah Anda verifikasi." in page.text("main")
    links = {str(one["href"]) for one in page.all("main :is(.card-link, .main)")}
    assert links == {f"/laporan/{gone}", "/verifikasi"}
    again = hartono.post(PATH, {"class": "kinerja", "item": given})
    assert again.text("main") == page.text("main"), "loaded again"
    assert moves(app, first) == ["submit", "verify"]


ID = "0" * 8 + "-0000-4000-8000-" + "0" * 12


@pytest.mark.parametrize(
    "value",
    ["", "x", "1~1", "1~x~y", "1~1~y", "1~1~2~3", "1~-1~" + "0" * 36, f"1~1~{ID}~16.73~16.73"],
)
def test_a_form_that_cannot_be_read_is_400(site: Site, value: str) -> None:
    site(HARTONO).post(PATH, {"class": "kinerja", "item": [value]}, 400)


def test_a_form_of_too_many_or_none(site: Site) -> None:
    many = ticked(*(item(f"{90_000 + place}") for place in range(LIMITS.together + 1)))
    assert "Kurangi pilihannya" in site(HARTONO).post(PATH, {"item": many}, 413).text("main")
    assert "Pilih dulu" in site(HARTONO).post(PATH, {"class": "kinerja"}, 422).text("main")

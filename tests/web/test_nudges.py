"""RT that have not reported: the list to act on, asking them, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from sipokat.domain.clock import WIB
from sipokat.web.present import nudged, nudges
from tests import steps
from tests.cast import (
    AGUS,
    BEJO,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Visitor

Site = Callable[..., Visitor]
NOW = datetime(2026, 12, 1, 9, tzinfo=WIB)  # November is asked for until the 10th
ASK = "/pemantauan/pengingat"
LIST = f"/pemantauan/{PETANANG_ULU}/belum-melapor"


@pytest.fixture(autouse=True)
def december() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def there(app: Flask, site: Site) -> None:
    """In November Rahman reports; he and Siti have a phone, Marlina and Bejo have none."""
    with app.app_context():
        day = date(2026, 11, 5)
        steps.send(RAHMAN, at=datetime(2026, 11, 5, 12, tzinfo=WIB), on=day)
    site(RAHMAN).get("/beranda")
    site(SITI).get("/beranda")


def ask(visitor: Visitor, *people: Person, way: str = "notice", status: int = 200) -> Any:
    regions = [one.region for one in people]
    return visitor.json("POST", ASK, json={"regions": regions, "way": way}, status=status)


def errors(answer: dict[str, Any]) -> list[str | None]:
    return [one.get("error") for one in answer["results"]]


def items(visitor: Visitor, path: str = LIST) -> dict[str, dict[str, Any]]:
    return {one["region"]: one for one in visitor.json("GET", path)["items"]}


def test_the_list_says_what_is_known_of_each_head(there: None, site: Site) -> None:
    found = items(site(HARTONO))
    assert sorted(found) == [SITI.region, BEJO.region]
    siti = found[SITI.region]
    assert (siti["head"], siti["phone"], siti["nudges"]) == ("Siti Aminah", True, 0)
    assert (siti["last_report"], siti["last"]) == (None, None)
    assert siti["last_contact"].startswith("2026-12-01")
    assert siti["refused"] == {"notice": None, "whatsapp": None}
    assert found[BEJO.region]["refused"] == {"notice": "closed", "whatsapp": "closed"}


def test_a_notice_is_told_and_nobody_asks_again_within_three_days(
    app: Flask, there: None, site: Site
) -> None:
    assert errors(ask(site(HARTONO), SITI)) == [None]
    told = site(SITI).json("GET", "/pemberitahuan")["items"][0]
    assert told["kind"] == "nudge"
    assert told["text"].startswith(
        "Lurah Petanang Ulu mengingatkan: belum ada laporan November 2026 dari RT 002."
    )
    answer = ask(site(YUSUF), SITI)
    assert errors(answer) == ["recent"]
    assert answer["results"][0]["status"] == 409
    assert answer["results"][0]["last"]["by"] == "Lurah Petanang Ulu"
    assert items(site(HARTONO))[SITI.region]["nudges"] == 1
    page = site(HARTONO).get(LIST)
    assert "Baru diingatkan. Bisa lagi mulai 4 Des" in page.text("main")
    with time_machine.travel(NOW + timedelta(days=2, hours=23)):
        assert errors(ask(Visitor(app, YUSUF), SITI)) == ["recent"]
    with time_machine.travel(NOW + timedelta(days=3, minutes=5)):
        assert errors(ask(Visitor(app, YUSUF), SITI)) == [None]


def test_each_row_says_why_it_was_left_out(there: None, site: Site) -> None:
    answer = ask(site(YUSUF), RAHMAN, SITI, MARLINA, BEJO)
    assert errors(answer) == ["reported", None, "no_phone", "closed"]


def test_whatsapp_opens_with_a_message_and_is_recorded_first(there: None, site: Site) -> None:
    answer = ask(site(HARTONO), SITI, way="whatsapp")
    link = answer["results"][0]["whatsapp"]
    assert link.startswith("https://wa.me/6281200000102?text=Yth.%20Bapak%2FIbu%20Siti%20Aminah")
    assert "November%202026" in link
    assert items(site(HARTONO))[SITI.region]["last"]["way"] == "whatsapp"
    assert site(SITI).json("GET", "/pemberitahuan")["items"] == []


def test_without_script_the_answer_has_the_link(there: None, site: Site) -> None:
    page = site(HARTONO).get(LIST).submit("form[data-whatsapp]")
    assert page.one("main a.main")["href"].startswith("https://wa.me/6281200000102?text=")


def test_who_never_had_a_phone_is_asked_by_whatsapp_alone(there: None, site: Site) -> None:
    found = items(site(SARI), f"/pemantauan/{SARI.region}/belum-melapor")
    assert found[MARLINA.region]["refused"] == {"notice": "no_phone", "whatsapp": None}
    page = site(SARI).get(f"/pemantauan/{SARI.region}/belum-melapor")
    assert "Pemberitahuan belum bisa terbaca" in page.text("main")
    assert page.has("a[href^='/pengelolaan/orang/']")


def test_numbers_are_for_those_who_look_after_the_head(there: None, site: Site) -> None:
    """Bagian Pemerintahan sends notices; its JSON and its page tell no number."""
    assert errors(ask(site(DEWI), SITI, way="whatsapp")) == ["no_number"]
    page = site(DEWI).get(f"/pemantauan/{PETANANG_ULU}/belum-melapor")
    assert not page.has("form[data-whatsapp]")
    assert "Nomor HP-nya ada pada lurah dan camat." in page.text("main")
    assert errors(ask(site(DEWI), SITI)) == [None]


@pytest.mark.parametrize(
    ("person", "status"),
    [(RAHMAN, 403), (ZAINAL, 403), (RATNA, 403), (AGUS, 403), (SARI, 404), (EFFENDI, 404)],
    ids=str,
)
def test_who_may_not_ask(there: None, site: Site, person: Person, status: int) -> None:
    ask(site(person), SITI, status=status)
    assert items(site(HARTONO))[SITI.region]["nudges"] == 0


@pytest.mark.parametrize("person", [ZAINAL, RATNA], ids=str)
def test_who_may_only_look_has_no_buttons(there: None, site: Site, person: Person) -> None:
    page = site(person).get(LIST)
    assert "Siti Aminah" in page.text("main")
    assert not page.has(f"form[action='{ASK}']")


def test_a_deputy_asks_for_the_lurah(app: Flask, there: None, site: Site) -> None:
    with app.app_context():
        steps.add_term(SARI, PETANANG_ULU, acts_for=HARTONO)
    answer = ask(site(SARI), SITI)
    assert answer["results"][0]["last"]["by"] == "Plh. Lurah Petanang Ulu"


def test_a_lurah_who_is_head_of_an_rt_asks_not_herself(app: Flask, there: None, site: Site) -> None:
    with app.app_context():
        steps.end_term(SITI, steps.days(-1))
        steps.add_term(HARTONO, SITI.region, role="rt_head")
    assert errors(ask(site(HARTONO), SITI)) == ["own"]
    assert errors(ask(site(YUSUF), SITI)) == [None]


def test_a_vacant_rt_is_not_asked(app: Flask, there: None, site: Site) -> None:
    """It is no RT that should have reported, so it stands in no list."""
    with app.app_context():
        steps.end_term(SITI, steps.days(-1))
    assert errors(ask(site(HARTONO), SITI)) == ["vacant"]
    assert SITI.region not in items(site(HARTONO), f"{LIST}?periode=2026-12")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"regions": []}, 422),
        ({}, 400),
        ({"regions": "16.73"}, 400),
        ({"regions": [1]}, 400),
        ({"regions": [PETANANG_ULU]}, 422),
        ({"regions": [f"{PETANANG_ULU}.999"]}, 404),
        ({"regions": [f"{PETANANG_ULU}.1.2"]}, 404),
        ({"regions": ["x"]}, 404),
        ({"regions": [SITI.region, MARLINA.region]}, 404),
        ({"regions": [SITI.region], "way": "surat"}, 422),
        ({"regions": [SITI.region], "who": "x"}, 400),
        ({"regions": [f"{PETANANG_ULU}.{n:03d}" for n in range(1, 200)]}, 413),
    ],
)
def test_bad_input_asks_nobody(there: None, site: Site, said: dict[str, Any], status: int) -> None:
    site(HARTONO).json("POST", ASK, json=said, status=status)
    assert items(site(HARTONO))[SITI.region]["nudges"] == 0


@pytest.mark.parametrize("query", ["?periode=2027-01", "?keadaan=semua", "?periode=x"])
def test_what_the_address_does_not_have(there: None, site: Site, query: str) -> None:
    site(HARTONO).json("GET", LIST + query, status=400)


def test_one_region_twice_is_asked_once(there: None, site: Site) -> None:
    assert len(ask(site(HARTONO), SITI, SITI)["results"]) == 1


def test_all_of_a_kelurahan_at_once(there: None, site: Site) -> None:
    page = site(HARTONO).get(LIST)
    assert "Tidak ikut: 1 akun ketuanya ditutup." in page.text(".nudge-all")
    page = page.submit(".nudge-all form")
    assert "pemberitahuan dikirim" in page.text("#notices")
    assert "Tidak ada yang bisa diingatkan" in page.text(".nudge-all")


def test_a_list_that_is_too_long_is_summed_by_kelurahan(
    there: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the whole city there are hundreds: each kelurahan leads to its own list."""
    monkeypatch.setattr(nudges, "SUMMED", 1)
    monkeypatch.setattr(nudges, "MOST", 0)
    page = site(DEWI).get(f"/pemantauan/{KOTA}/belum-melapor")
    links = [one["href"] for one in page.all("main .card-link")]
    path = "/pemantauan/{}/belum-melapor?periode=2026-11&keadaan=belum"
    assert links == [path.format(SARI.region), path.format(PETANANG_ULU)]
    assert not page.has(f"form[action='{ASK}']")
    assert len(items(site(DEWI), f"/pemantauan/{KOTA}/belum-melapor")) == 3


def test_a_long_list_of_one_kelurahan_still_has_its_cards(
    there: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be summed further: and of many the first are asked."""
    monkeypatch.setattr(nudges, "SUMMED", 1)
    monkeypatch.setattr(nudges, "MOST", 1)
    page = site(YUSUF).get(LIST)
    assert len(page.all(".nudge")) == len(items(site(YUSUF), LIST)) == 2
    assert len(page.all(".nudge-all form [name=regions]")) == 1


def test_many_who_were_asked_are_folded_by_kelurahan(
    there: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert errors(ask(site(YUSUF), SITI, MARLINA, way="whatsapp")) == [None, None]
    path = f"/pemantauan/{UTARA_I}/pengingat"
    assert not site(YUSUF).get(path).has("main details .cards")
    monkeypatch.setattr(nudged, "FOLDED", 1)
    page = site(YUSUF).get(path)
    assert [one.get_text() for one in page.all("details:has(.cards) > summary")] == [
        "Taba Baru: 1 RT",
        "Petanang Ulu: 1 RT",
    ]


def test_an_official_who_is_head_of_an_rt_reads_it_at_home_too(
    app: Flask, there: None, site: Site
) -> None:
    with app.app_context():
        steps.end_term(SITI, steps.days(-1))
        steps.add_term(HARTONO, SITI.region, role="rt_head")
    site(HARTONO).get("/beranda")
    assert errors(ask(site(YUSUF), SITI)) == [None]
    (told,) = [
        one for one in site(HARTONO).json("GET", "/pemberitahuan")["items"] if not one["read"]
    ]
    home = site(HARTONO).get(told["url"])
    assert "RT 002, Petanang Ulu: belum ada laporan November." in home.text("main")
    assert site(HARTONO).json("GET", "/pemberitahuan")["unread"] == 0


def test_a_long_list_is_folded_by_kelurahan(
    there: None, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudges, "FOLDED", 1)
    page = site(YUSUF).get(f"/pemantauan/{UTARA_I}/belum-melapor")
    assert [one.get_text() for one in page.all("details:has(.nudge) > summary")] == [
        "Taba Baru: 1 RT",
        "Petanang Ulu: 2 RT",
    ]
    page = page.submit("#ingatkan-semua form")
    assert "Petanang Ulu: pemberitahuan dikirim." in page.text("#notices")


def test_the_notice_leads_home_which_says_the_same_and_has_it_read(there: None, site: Site) -> None:
    ask(site(HARTONO), SITI)
    (told,) = site(SITI).json("GET", "/pemberitahuan")["items"]
    assert (told["url"], told["read"]) == ("/beranda", False)
    assert "Belum ada laporan November." in site(SITI).get(told["url"]).text("main")
    assert site(SITI).json("GET", "/pemberitahuan")["unread"] == 0


def test_who_has_asked_by_whatsapp_opens_the_message_again(there: None, site: Site) -> None:
    """The answer may have been lost on the way: then nothing is recorded twice."""
    first = ask(site(HARTONO), SITI, way="whatsapp")["results"][0]
    again = ask(site(HARTONO), SITI, way="whatsapp")["results"][0]
    assert (again["status"], again["whatsapp"]) == (409, first["whatsapp"])
    other = ask(site(YUSUF), SITI, way="whatsapp")["results"][0]
    assert other["status"] == 409
    assert "whatsapp" not in other
    page = site(HARTONO).get(LIST)
    assert page.text("form[data-whatsapp]") == "Buka WhatsApp lagi"
    page = page.submit("form[data-whatsapp]")
    assert page.one("main a.main")["href"] == first["whatsapp"]
    assert not site(YUSUF).get(LIST).has("form[data-whatsapp]")
    assert items(site(HARTONO))[SITI.region]["nudges"] == 1


def test_a_report_soon_after_is_what_came_of_it(app: Flask, there: None, site: Site) -> None:
    """The figures of the region's page open into lists of their length."""
    ask(site(YUSUF), SITI)
    ask(site(YUSUF), MARLINA, way="whatsapp")
    with app.app_context():
        steps.send(SITI, "nihil", on=date(2026, 11, 30))
    with time_machine.travel(NOW + timedelta(days=4)):
        with app.app_context():
            steps.send(MARLINA, on=date(2026, 11, 30))
        for code in (KOTA, UTARA_I):
            path = f"/pemantauan/{code}/pengingat?periode=2026-11"
            every = site(DEWI).json("GET", path)["items"]
            soon = site(DEWI).json("GET", f"{path}&hasil=melapor")["items"]
            assert [one["region"] for one in every] == [MARLINA.region, SITI.region]
            assert [one["region"] for one in soon] == [SITI.region]
            page = site(DEWI).get(f"/pemantauan/{code}?periode=2026-11")
            for found in (every, soon):
                url = path + ("&hasil=melapor" if found is soon else "")
                links = page.all(f".figure a[href='{url}']")
                assert len(links) == 1
        assert "Dihitung:" in site(DEWI).get(path).text("main")

"""The frame of every page, for who hears it or walks through it by keyboard."""

from __future__ import annotations

from tests.cast import HARTONO, RAHMAN
from tests.page import Visitor


def test_the_menu_comes_after_the_page_and_both_can_be_skipped_to(site):
    for person in (RAHMAN, HARTONO):
        page = site(person).get("/beranda")
        places = [one.get("id") for one in page.all("body > main, body > nav")]
        assert places == ["isi", "menu"]
        assert [one["href"] for one in page.all("body > .skip")] == ["#isi", "#menu"]
        for place in ("#isi", "#menu"):
            assert page.one(place)["tabindex"] == "-1"
    assert [one["href"] for one in site().get("/masuk").all("body > .skip")] == ["#isi"]


def test_what_is_said_after_an_action_takes_the_focus_once(app, site):
    rahman = site(RAHMAN)
    Visitor(app, RAHMAN)  # on another phone
    page = rahman.get("/akun").submit("form[action$='/hilang']")
    assert page.text("#notices [autofocus]") == "HP itu sudah keluar dari akun Anda."
    assert not rahman.get("/akun").has("[autofocus]")

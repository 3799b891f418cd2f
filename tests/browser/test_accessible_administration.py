"""The pages on which offices are filled and codes are made break no rule, as they come and when a
form on them was refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import wire
from tests.cast import AGUS, BEJO, HARTONO, PETANANG_ULU, SITI, UTARA_I, YUSUF
from tests.services.accessibility import SMALL
from tests.services.caller import Caller
from tests.services.phone import Phone

pytestmark = pytest.mark.current_only
LURAH = f"/pengelolaan/jabatan/lurah/{PETANANG_ULU}"
HEAD = f"/pengelolaan/jabatan/rt_head/{SITI.region}"


@pytest.fixture
def phone(phones: Callable[..., Phone]) -> Phone:
    """Every page comes from the server, none from a worker that has kept it."""
    return phones(service_workers="block")


def unfold(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def send_wrongly(page: Page, button: str) -> None:
    """As a browser does that does not look at the fields itself."""
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".error-summary")).to_be_visible()


def test_a_code_that_is_shown_to_the_lurah(phone, look):
    phone.sign_in(HARTONO)
    phone.open("/pengelolaan")
    look("the people below a lurah")
    page = phone.page
    page.get_by_role("link", name="Siti Aminah").click()
    unfold(page)
    look("a person with all that opens")
    page.get_by_role("button", name="Buat kode aktivasi").click()
    page.wait_for_url("**/aktivasi")
    expect(page.get_by_text("Pindai dengan kamera HP-nya")).to_be_visible()
    assert page.evaluate(SMALL) == []
    look("a code")


def test_the_forms_of_an_office(phone, look):
    phone.sign_in(HARTONO)
    for path in ("/pengelolaan/jabatan", HEAD):
        page = phone.open(path)
        unfold(page)
        assert page.evaluate(SMALL) == [], path
        look(path)
    with phone.expecting("422"):
        send_wrongly(page, "Simpan pejabat baru")
    look("the form of an office that was refused")
    page = phone.open(f"{HEAD}/wakil")
    look("the form of a Plh.")
    unfold(page)
    assert page.evaluate(SMALL) == []
    look("the form of a Plh. with all that opens")
    page.fill("[name=name]", "Pak Anu")
    with phone.expecting("422"):
        send_wrongly(page, "Tunjuk Plh.")
    look("the form of a Plh. that was refused")


def test_a_desk_that_waits_for_a_plh_and_a_letter_without_a_number(phone, server, look):
    wire.file_report(Caller(server, HARTONO), region=BEJO.region)
    phone.sign_in(YUSUF)
    page = phone.open("/beranda")
    look("home with a desk that waits for a Plh.")
    page.get_by_role("button", name="Tunjuk Sari Wulandari").click()
    expect(page.get_by_role("button", name="Simpan nomor surat")).to_be_visible()
    unfold(page)
    assert page.evaluate(SMALL) == []
    look("an office with a letter that has no number yet")
    with phone.expecting("422"):
        send_wrongly(page, "Simpan nomor surat")
    look("a number that was refused")
    phone.open("/beranda")
    look("home with a letter that has no number yet")


def test_what_diskominfo_does(phone, look):
    phone.sign_in(AGUS)
    for path in (
        "/pengelolaan/orang/baru",
        "/pengelolaan/jabatan",
        f"/pengelolaan/jabatan?di={UTARA_I}",
        LURAH,
        "/pengelolaan/jabatan/diskominfo/16.73",
        f"/pengelolaan/wilayah?di={PETANANG_ULU}",
        "/pengelolaan?state=never",
    ):
        page = phone.open(path)
        unfold(page)
        assert page.evaluate(SMALL) == [], path
        look(path)
    page = phone.open("/pengelolaan/orang/baru")
    with phone.expecting("422"):
        send_wrongly(page, "Simpan")
    look("a new person that was refused")

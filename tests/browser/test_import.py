"""The city's spreadsheet of 528 RT heads on a small screen: looked at, applied, chosen once more,
and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from tests import people_file
from tests.browser.steps import eventually, file
from tests.cast import AGUS, PETANANG_ULU
from tests.services.accessibility import SMALL
from tests.services.phone import Phone
from tests.services.server import Server
from tests.services.sheets import xlsx

pytestmark = pytest.mark.current_only
HERE = "/pengelolaan/impor"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GOOD = people_file.ROWS - people_file.FAULTS
WRONG_DAYS = 5  # of its faults, those in the column TMT
# Its rows there begin at RT 050.
IN_PETANANG_ULU = f"SELECT count(*) FROM term WHERE region_code LIKE '{PETANANG_ULU}.05%'"
WIDTH = "document.documentElement.scrollWidth"


def city_file(server: Server) -> bytes:
    engine = create_engine(server.database_url, poolclass=NullPool)
    with Session(engine) as session:
        rows = people_file.rows(session)
    return xlsx([*people_file.titles(), *rows], merged=["A1:F1"])


def everybody(server: Server) -> tuple[int, int, int]:
    """How many may sign in, how many offices are held, and how many regions there are."""
    return (
        server.value('SELECT count(*) FROM "user" WHERE active'),
        server.value("SELECT count(*) FROM term"),
        server.value("SELECT count(*) FROM region"),
    )


def choose(phone: Phone, data: bytes) -> Page:
    """Choose the file and have it checked."""
    page = phone.open(HERE)
    page.locator("input[type=file]").set_input_files([file(data, "ketua rt.xlsx", XLSX)])
    page.get_by_role("button", name="Periksa berkas").tap()
    page.wait_for_url(f"**{HERE}/*")
    return page


def counts(page: Page, **wanted: int) -> None:
    """The figures are these and no others."""
    figures = page.locator(".figure")
    expect(figures).to_have_text([f"{label}{figure}" for label, figure in wanted.items()])


# By how much the words of the chosen column are wider than what the closed list shows of them.
HIDDEN = """list => {
  const style = getComputedStyle(list), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const inner = list.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return pen.measureText(list.selectedOptions[0].text).width - inner;
}"""


def take_for_days(page: Page, column: str) -> None:
    """Have the file checked with this column for the first day in office."""
    page.get_by_text("Kolom di berkas").tap()
    for field in ("name", "phone", "kelurahan", "rt"):
        assert page.locator(f"[name={field}]").evaluate(HIDDEN) <= 0, field
    page.locator("[name=since]").select_option(column)
    page.get_by_role("button", name="Periksa lagi").tap()


@pytest.fixture
def fits(phone: Phone, look: Callable[[str], None]) -> Callable[[str], None]:
    """fits(where): the page breaks no rule; with all that opens it does not scroll sideways, and
    what is tapped is large enough."""

    def check(where: str) -> None:
        look(where)  # as it comes: with 488 rows unfolded that takes ten seconds more
        page = phone.page
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.evaluate(WIDTH) <= 360, where
        assert page.evaluate(SMALL) == [], where

    return check


def test_528_people_with_40_faults_are_imported_and_taken_back(
    phone: Phone, server: Server, fits: Callable[[str], None]
) -> None:
    data, before = city_file(server), everybody(server)
    phone.sign_in(AGUS)
    page = choose(phone, data)
    first = page.url
    counts(page, baru=GOOD, ditolak=people_file.FAULTS)
    refused = page.locator("details", has_text="Ditolak: 40 baris")
    expect(refused.locator("li")).to_have_count(people_file.FAULTS)
    expect(refused).to_contain_text("Kelurahan “Petanang Ulo” tidak ada. Mungkin Petanang Ulu?")
    fits("a file that was checked")
    assert everybody(server) == before, "nobody is changed yet"

    # Without the column of days its faults are none; with it again they are as before.
    phone.open(first)
    take_for_days(page, "")
    counts(page, baru=GOOD + WRONG_DAYS, ditolak=people_file.FAULTS - WRONG_DAYS)
    take_for_days(page, "5")
    counts(page, baru=GOOD, ditolak=people_file.FAULTS)

    page.get_by_role("button", name=f"Terapkan semua {GOOD} baris").tap()
    expect(page.locator("#notices")).to_contain_text(f"Diterapkan: {GOOD} baris.")
    expect(page.locator("#diterapkan")).to_have_text(f"Sudah diterapkan: {GOOD} baris")
    # Of the row that stood there twice one was applied, so the other changes nothing any more.
    counts(page, ditolak=people_file.FAULTS - 1, **{"tidak berubah": 1})
    after = everybody(server)
    assert [now - was for now, was in zip(after[:2], before[:2], strict=True)] == [GOOD, GOOD]
    assert after[2] > before[2], "RT that were not there are added"
    fits("a file that was applied")

    page = choose(phone, data)
    assert page.url != first
    counts(page, ditolak=people_file.FAULTS, **{"tidak berubah": GOOD})
    expect(page.locator("main")).to_contain_text("Tidak ada yang perlu diubah.")
    expect(page.get_by_role("button", name="Terapkan")).to_have_count(0)
    fits("the same file once more")
    assert everybody(server) == after

    # Codes on paper are no use of it: it can still be taken back.
    page = phone.open(f"/pengelolaan/lembar?kelurahan={PETANANG_ULU}")
    waiting = page.locator("[name=people]:checked").count()
    page.get_by_role("button", name="Buat kode untuk dicetak").tap()
    expect(page.locator(".handout")).to_have_count(waiting)
    imported = page.locator(".handout", has_text="Ketua RT 05")
    expect(imported).to_have_count(server.value(IN_PETANANG_ULU))
    fits("a sheet of codes")

    page = phone.open(first)
    page.get_by_text("Batalkan semua ini").tap()
    page.get_by_role("button", name="Ya, batalkan").tap()
    expect(page.locator("#notices")).to_contain_text(f"Dibatalkan: {GOOD} baris")
    expect(page.get_by_text("Pernah diterapkan")).to_be_visible()
    eventually(lambda: everybody(server), before)
    fits("a file that was taken back")

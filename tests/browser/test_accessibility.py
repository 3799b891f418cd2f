"""Every page for everybody: axe finds nothing, no page runs off a narrow screen, not at twice the
text either, and what is touched is large enough. Light and dark on the current Chromium; the main
job's pages also on the old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.steps import keep, ready, sent
from tests.cast import (
    AGUS,
    DEWI,
    HARTONO,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.services.accessibility import SMALL, breaches, settle
from tests.services.phone import Phone

# Who looks at what. "{report}" is a report of Rahman's that lies on his lurah's desk.
MAIN_JOB = [
    (None, ["/masuk", "/aktivasi"]),
    (
        RAHMAN,
        [
            "/beranda",
            "/laporan/baru",
            "/laporan/baru?kategori=sampah",
            "/kotak-keluar",
            "/laporan/{report}",
        ],
    ),
    (HARTONO, ["/beranda", "/verifikasi", "/laporan/{report}"]),
]
REST = [
    (
        RAHMAN,
        [
            *("/laporan", "/akun", "/luring", "/laporan/baru?kategori=kependudukan", "/laporan/9"),
            "/pemberitahuan",
        ],
    ),
    (
        HARTONO,
        [
            "/laporan",
            "/akun",
            "/akun/pastikan",
            "/unduhan",
            "/pengelolaan",
            "/pengelolaan/orang/{person}",
        ],
    ),
    (
        YUSUF,
        [
            "/beranda",
            "/verifikasi",
            "/verifikasi/sekaligus",
            f"/pemantauan/{UTARA_I}",
            f"/pemantauan/{UTARA_I}/isi",
            f"/pemantauan/{UTARA_I}/belum-melapor",
            f"/pemantauan/{UTARA_I}/peta",
        ],
    ),
    (DEWI, ["/beranda", "/verifikasi"]),
    (
        AGUS,
        [
            "/beranda",
            "/pengelolaan",
            "/pengelolaan/impor",
            "/pengelolaan/hari",
            f"/pengelolaan/lembar?kelurahan={PETANANG_ULU}",
            "/laporan",
        ],
    ),
    (ZAINAL, ["/beranda", "/laporan?late=below"]),
    (RATNA, ["/beranda", "/laporan", "/laporan/{report}", "/pemberitahuan"]),
    # On a new phone, as everybody before: that is what he was told by now.
    (RAHMAN, ["/pemberitahuan"]),
]


def visit(phone: Phone, pages: list[Any]) -> Iterator[tuple[str, Page]]:
    """Each page as its person finds it, with a name for it; before that Rahman files a report."""
    phone.sign_in(RAHMAN)
    keep(phone, "sampah", photos=1)
    (entry,) = sent(phone)
    number = entry["receipt"]["number"]
    signed_in: Person | None = RAHMAN
    for person, paths in pages:
        if person is not signed_in:
            phone.context.clear_cookies()
            if person:
                phone.sign_in(person)
            signed_in = person
        for path in paths:
            with phone.expecting("404", "403"):
                page = phone.open(path.format(report=number, person=entry["owner"]))
            settle(page)
            yield f"{path} for {person}", page


def test_no_page_of_the_main_job_breaks_a_rule_or_needs_small_fingers_or_small_text(phones):
    phone = phones(service_workers="block")
    schemes = ["light"] if phone.engine.name == "106" else ["light", "dark"]
    problems: list[str] = []
    for where, page in visit(phone, MAIN_JOB):
        problems += [f"{where}: {small}" for small in page.evaluate(SMALL)]
        problems += breaches(page, where, schemes)
    assert problems == []


@pytest.mark.current_only
def test_no_other_page_breaks_a_rule(phones):
    pages = visit(phones(service_workers="block"), REST)
    found = [breaches(page, where, ["light", "dark"]) for where, page in pages]
    assert [problem for problems in found for problem in problems] == []


def test_the_main_job_works_by_keyboard_alone(phone):
    ready(phone, RAHMAN)
    page = phone.open("/laporan/baru?kategori=pemerintahan")
    page.locator("[data-report-form]").wait_for()
    page.locator("input[name='fields.jenis']").first.focus()
    page.keyboard.press("Space")
    tab_to(page, "text")
    page.keyboard.type("Rapat warga")
    tab_to(page, "Kirim laporan")
    page.keyboard.press("Enter")
    page.locator("[data-saved]").wait_for()
    sent(phone)


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the control with this name or these words has the focus."""
    focused = "document.activeElement.closest('[name]')?.name || document.activeElement.textContent"
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted in page.evaluate(focused):
            return
    raise AssertionError(f"no {wanted} within thirty Tabs")

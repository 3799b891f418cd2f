"""A table is asked for on a phone, its page says by itself when it is ready, and the file arrives
through the service worker as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import exporting, wire
from tests.browser.steps import ready
from tests.cast import HARTONO, RAHMAN
from tests.services.accessibility import breaches, settle
from tests.services.caller import Caller
from tests.services.phone import Phone
from tests.services.server import Server
from tests.services.speed import patience


@pytest.mark.promise(on="106")
def test_a_table_arrives_on_the_phone(phone: Phone, server: Server, tmp_path: Path):
    number = wire.file_report(Caller(server, RAHMAN), text="=1+1")["number"]
    page = ready(phone, HARTONO).page
    phone.open("/laporan")
    page.get_by_text("Unduh tabel ini").click()
    page.get_by_role("button", name="Unduh Excel").click()
    page.wait_for_url("**/unduhan/*")
    problems = [] if phone.engine.name == "106" else breaches(page, "it is made", ["light"])
    file = page.get_by_role("link", name="Unduh berkas")
    expect(file).to_be_visible(timeout=patience(60) * 1000)
    settle(page)
    if phone.engine.name != "106":
        problems += breaches(page, "it is ready", ["light", "dark"])
    assert problems == []
    with page.expect_download() as coming:
        file.click()
    assert coming.value.suggested_filename.endswith(".xlsx")
    coming.value.save_as(tmp_path / "file.xlsx")
    sheets = exporting.read_xlsx((tmp_path / "file.xlsx").read_bytes())
    (row,) = exporting.table(sheets["Laporan"])
    assert (row["Nomor"], row["Keterangan"]) == (str(number), "=1+1")
    expect(file).to_be_visible()  # the page is still there

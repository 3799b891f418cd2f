"""A photo that the phone lost is sent from the report's page on another phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import wire
from tests.browser.steps import eventually, file, photos, picture, ready
from tests.cast import RAHMAN
from tests.services.caller import Caller
from tests.services.network import refuse


@pytest.mark.current_only
def test_it_is_made_smaller_and_a_second_try_sends_the_same(phone, server):
    declared = [wire.declared(picture(1))]
    number = wire.file_report(Caller(server, RAHMAN), "sampah", photos=declared)["number"]
    ready(phone, RAHMAN)
    page = phone.open(f"/laporan/{number}")
    expect(page.get_by_text("1 foto menyusul sejak")).to_be_visible()
    page.locator("summary").filter(has_text="Kirim foto").click()
    chooser = page.locator("[data-late-form] input[type=file]")
    chooser.set_input_files([file(b"%PDF-1.7 no picture")])
    send = page.get_by_role("button", name="Kirim foto ini")
    error = page.locator("[data-late-form] .field-error")
    send.click()
    expect(error).to_contain_text("bukan foto")
    expect(error.locator("svg")).to_be_visible()
    expect(chooser).to_be_focused()
    chooser.set_input_files([file(picture(2, 2400, 1200))])
    silence = server.network.when("PUT", "/laporan/*", refuse, times=None)
    send.click()
    expect(error).to_have_text("Foto belum terkirim. Belum ada sinyal.")
    server.network.lift(silence)
    send.click()
    expect(page.locator("[data-late-photo]")).to_have_count(0)
    eventually(lambda: [one.state for one in photos(server) if one.current], ["ready"])
    (old, new) = photos(server)
    assert (old.client_id, old.gave_way_to) == (declared[0]["id"], new.client_id)
    assert 1_900_000 < new.width * new.height <= 1_920_000
    tried = {one.path for one in server.network.exchanges if one.method == "PUT"}
    assert tried == {
        f"/laporan/{reports_client_id(server)}/foto/{new.client_id}?ganti={old.client_id}"
    }


def reports_client_id(server) -> str:
    return server.value("SELECT client_id FROM report")

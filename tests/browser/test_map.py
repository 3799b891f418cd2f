"""The map: its pins lead to the reports, with tiles or without, and as a copy without signal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests import wire
from tests.browser.steps import eventually, is_kept, ready
from tests.cast import HARTONO, PETANANG_ULU, RAHMAN
from tests.services.accessibility import SMALL
from tests.services.caller import Caller
from tests.services.pictures import jpeg

MAP = f"/pemantauan/{PETANANG_ULU}/peta?bencana=terbuka"
POINTS = [(-3.20, 102.88), (-3.25, 102.93)]


class Tiles(ThreadingHTTPServer):
    """A server of tiles, which notes whom it was told to be asked by."""

    def __init__(self) -> None:
        self.referrers: list[str | None] = []
        picture, referrers = jpeg(), self.referrers

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                referrers.append(self.headers.get("Referer"))
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.end_headers()
                self.wfile.write(picture)

            def log_message(self, *_said: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{{z}}/{{x}}/{{y}}.png"


@pytest.fixture
def tiles() -> Iterator[Tiles]:
    made = Tiles()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_pins_lead_to_reports_over_tiles_and_without_signal_on_a_plain_ground(phone, server, tiles):
    for lat, lon in POINTS:
        place = {"lat": lat, "lon": lon, "accuracy_m": 8}
        number = wire.file_report(Caller(server, RAHMAN), "bencana", **place)["number"]
    server.again(MAP_TILES=tiles.address)
    page = ready(phone, HARTONO).open(MAP)
    pins = page.locator(".map-pin")
    expect(pins).to_have_count(2)
    expect(page.locator("[data-map-list] li").first).to_be_hidden()
    expect(page.locator(".map-name")).to_have_text("RT 001")
    eventually(lambda: tiles.referrers)
    assert set(tiles.referrers) == {f"{phone.url}/"}, "OpenStreetMap refuses who names nobody"
    eventually(lambda: page.evaluate("document.querySelector('.leaflet-tile-loaded') !== null"))

    eventually(lambda: is_kept(phone, MAP))
    phone.go_offline()
    page = phone.open(MAP)
    expect(page.locator("[data-copy]")).to_contain_text("Salinan ")
    expect(pins).to_have_count(2)
    expect(page.locator(".map-name")).to_be_visible()
    phone.go_online()

    page = phone.open(MAP)
    page.get_by_role("button", name="Bencana, RT 001, Petanang Ulu").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Tutup")).to_be_visible()
    page.locator(".map-told a").click()
    expect(page).to_have_url(f"{phone.url}/laporan/{number}")


def test_places_that_lie_on_each_other_are_one_pin_with_their_number(phone, server, look):
    for _ in range(3):
        place = {"lat": -3.2, "lon": 102.88, "accuracy_m": 8}
        wire.file_report(Caller(server, RAHMAN), "bencana", **place)
    page = ready(phone, HARTONO).open(MAP)
    expect(page.locator(".map-pin")).to_have_text("3")
    look("the map")
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="3 lokasi berdekatan").click()
    expect(page.locator(".map-told a")).to_have_count(3)
    look("what a pin tells")
    assert page.evaluate(SMALL) == []

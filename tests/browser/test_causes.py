"""Why the phone is not answered: no signal, no answer in time, somebody else's Wi-Fi, a wrong date
and a full server are told apart, in the same words on every screen."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import wire
from tests.browser.steps import (
    FULL,
    PATIENCE,
    enter,
    eventually,
    keep,
    no_signal,
    ours,
    ready,
    send_now,
)
from tests.cast import HARTONO, RAHMAN
from tests.services.caller import Caller
from tests.services.network import Fault, hold, refuse, somebody_elses
from tests.services.phone import Phone
from tests.services.server import Server
from tests.services.speed import patience

DAY = 86_400_000
NOW = 1_795_000_000_000  # in November 2026
NONE = {"problem": None, "own": False, "status": 0}
SAID = {
    "network": "Belum ada sinyal.",
    "timeout": "SIPOKAT belum menjawab",
    "foreign": "Jaringan ini belum tersambung ke SIPOKAT.",
    "clock": "Tanggal di HP salah: tertulis",
    "busy": "SIPOKAT sedang penuh.",
    "broken": "Ada gangguan di SIPOKAT.",
}


def test_the_cause_follows_from_the_answer_and_from_the_phones_date(phone):
    page = phone.open("/masuk")
    own = NONE | {"own": True}
    table: list[tuple[Any, str, str]] = [
        (NONE | {"problem": "network"}, "", "network"),
        (NONE | {"problem": "network"}, "wrong", "clock"),
        (NONE | {"problem": "network"}, "unsure", "clock"),
        (NONE | {"problem": "timeout"}, "wrong", "timeout"),
        *((NONE | {"status": status}, "", "foreign") for status in (0, 200, 302, 401, 503)),
        *((own | {"status": status}, "wrong", "busy") for status in (429, 503)),
        *((own | {"status": status}, "", "broken") for status in (500, 502, 504)),
        *((own | {"status": status}, "wrong", "") for status in (200, 201, 401, 404, 409, 422)),
    ]
    found = page.evaluate(
        "(asked) => asked.map(([facts, doubt]) => sipokat.causes.of(facts, doubt))",
        [[facts, doubt] for facts, doubt, _ in table],
    )
    assert found == [cause for _, _, cause in table]
    sentences = page.evaluate("(all) => all.map((one) => sipokat.causes.sentence(one))", [*SAID])
    assert all(said.startswith(SAID[cause]) for cause, said in zip(SAID, sentences, strict=True))
    assert len(set(sentences)) == len(SAID)

    noted = {"server": NOW, "phone": NOW}
    ahead = {"server": NOW, "phone": NOW + 2 * DAY}
    dates = [
        (None, NOW, ""),
        (None, 1_451_606_400_000, "wrong"),  # 2016, as after an empty battery
        (noted, NOW + DAY, ""),
        (noted, NOW - DAY + 1000, ""),
        (noted, NOW - DAY - 1000, "wrong"),
        (noted, NOW + 59 * DAY, ""),
        (noted, NOW + 61 * DAY, "unsure"),  # years ahead, or long without signal
        (ahead, NOW + 3 * DAY, "wrong"),
        (ahead, NOW, ""),  # it has been put right
    ]
    doubts = page.evaluate(
        "(asked) => asked.map(([clock, now]) => sipokat.causes.doubtOf(clock, now))",
        [[clock, now] for clock, now, _ in dates],
    )
    assert doubts == [doubt for _, _, doubt in dates]


# Requests are given up 100 times sooner, and the page notes how long it would have waited.
HASTY = """(() => {
  const later = self.setTimeout;
  self.waits = [];
  self.setTimeout = (work, ms, ...given) => {
    if (ms >= 30000 && ms % 30000 === 0 && ms <= 240000) self.waits.push(ms / 1000);
    return later(work, ms >= 30000 ? ms / 100 : ms, ...given);
  };
})();"""


def wrong_date(phone: Phone) -> None:
    """The phone last heard of the server when it was three years later than its own date says."""
    phone.page.evaluate(
        """async () => {
            const phone = Date.now();
            await sipokat.store.note("clock", { phone, server: phone + 3 * 365 * 86_400_000 });
        }"""
    )


def says(page: Page, place: str, cause: str) -> None:
    expect(page.locator(place).first).to_contain_text(SAID[cause])


def test_signing_in_names_each_cause_and_waits_longer_after_each_time_out(phone, server):
    phone.context.add_init_script(HASTY)
    page = phone.open("/masuk")
    error = "form:has([name=password]) [data-form-error]"

    def tries(fault: Fault, cause: str) -> None:
        rule = server.network.when("POST", "/masuk", fault, times=None)
        enter(page, RAHMAN)
        says(page, error, cause)
        expect(page.locator("[name=password]")).not_to_have_value("")
        server.network.lift(rule)

    tries(refuse, "network")
    tries(somebody_elses(200), "foreign")
    tries(somebody_elses(302, Location="http://192.0.2.1/"), "foreign")
    tries(ours(503, "busy"), "busy")
    tries(ours(500, "broken"), "broken")
    never = threading.Event()
    held = server.network.when("POST", "/masuk", hold(never, patience(PATIENCE)), times=None)
    before = len(page.evaluate("waits"))
    for count in range(1, 6):
        enter(page, RAHMAN)
        eventually(lambda wanted=before + count: len(page.evaluate("waits")) >= wanted)
        expect(page.locator("[aria-busy]")).to_have_count(0)
        says(page, error, "timeout")
    assert page.evaluate("waits")[before:] == [30, 60, 120, 240, 240]
    page.reload()  # the phone has not forgotten it
    enter(page, RAHMAN)
    eventually(lambda: 240 in page.evaluate("waits"))
    never.set()
    server.network.lift(held)
    page = phone.open("/masuk")
    wrong_date(phone)
    tries(refuse, "clock")
    expect(page.locator(error)).to_contain_text("bagian Tanggal dan waktu")
    enter(page, RAHMAN)  # a wrong date keeps nobody out where the network takes it
    page.wait_for_url("**/beranda")


@pytest.mark.current_only
def test_another_try_to_sign_in_says_that_it_is_under_way_where_that_is_seen(phone, server):
    page = phone.open("/masuk")
    answer = page.locator("form:has([name=password]) [data-form-error]")
    rule = server.network.when("POST", "/masuk", refuse, times=None)
    enter(page, RAHMAN)
    expect(answer).to_contain_text(SAID["network"])
    server.network.lift(rule)
    gate = threading.Event()
    server.network.when("POST", "/masuk", hold(gate, 120))
    page.set_viewport_size({"width": 360, "height": 350})  # above the keyboard
    enter(page, RAHMAN)
    expect(answer).to_have_text("Menghubungi SIPOKAT…")
    assert answer.evaluate("(node) => node.getBoundingClientRect().top") >= 0
    gate.set()
    page.wait_for_url("**/beranda")


def waits_in_the_outbox(phone: Phone, server: Server, fault: Fault, cause: str, pill: str) -> None:
    rule = server.network.when("POST", "/laporan", fault, times=None)
    send_now(phone)
    says(phone.page, "[data-entry] [data-why]", cause)
    expect(phone.page.locator("[data-outbox-count]")).to_have_text(f"1 {pill}")
    server.network.lift(rule)


def test_outbox_and_offline_page_name_the_cause_and_a_wrong_date(phone, server):
    ready(phone, RAHMAN)
    blocked = server.network.when("POST", "/laporan", refuse, times=None)
    keep(phone)
    send_now(phone)
    page = phone.open("/kotak-keluar")
    says(page, "[data-entry] [data-why]", "network")
    server.network.lift(blocked)
    for fault, cause, pill in (
        (somebody_elses(200), "foreign", "menunggu jaringan"),
        (ours(503, "busy", Retry_After="3600"), "busy", "menunggu SIPOKAT"),
        (ours(500, "broken"), "broken", "menunggu SIPOKAT"),
        (refuse, "network", "menunggu sinyal"),
    ):
        waits_in_the_outbox(phone, server, fault, cause, pill)

    # A page that was never kept: no signal, then the page of a Wi-Fi.
    portal = server.network.when("GET", "/transparansi", somebody_elses(200), times=None)
    says(phone.open("/transparansi"), "[data-offline]", "foreign")
    server.network.lift(portal)
    no_signal(server)
    page = phone.open("/transparansi")
    expect(page.get_by_role("heading", name="Tidak ada sinyal")).to_be_visible()
    # The date of the phone is years behind: there https fails, and that looks like no signal.
    wrong_date(phone)
    says(phone.open("/transparansi"), "[data-offline]", "clock")
    page = phone.open("/kotak-keluar")
    says(page, "[data-entry] [data-why]", "clock")
    expect(page.locator("[data-outbox-count]")).to_have_text("1 menunggu tanggal HP")
    # By the date of SIPOKAT this is not the year in which it was written.
    year = page.evaluate("new Date(Date.now() + 7 * 3_600_000).getUTCFullYear()")
    expect(page.locator("[data-entry] [data-facts]")).to_contain_text(f" {year}, ")


def test_a_decision_names_the_cause_and_counts_once(phones, server):
    number = wire.file_report(Caller(server, RAHMAN))["number"]
    lurah = phones("lurah")
    lurah.context.add_init_script(HASTY)
    lurah.context.add_init_script(FULL)
    lurah.sign_in(HARTONO)
    page = lurah.open("/verifikasi")
    page.evaluate("self.full = true")  # else it would go into the outbox
    card = page.locator(f"#kartu-{number}")
    path = f"/laporan/{number}/verifikasi"
    with lurah.expecting("htmx:", "Response Status"):
        for fault, cause, then in (
            (refuse, "network", "Keputusan belum dijawab."),
            (somebody_elses(200), "foreign", "Keputusan belum terkirim."),
            (ours(503, "busy"), "busy", "Keputusan belum terkirim."),
        ):
            server.network.when("POST", path, fault)
            card.locator("[data-verify=kegiatan]").click()
            says(card, "[data-answer]", cause)
            expect(card.locator("[data-answer]").first).to_contain_text(then)
        # It arrives, and its answer does not come in time: kept on the phone and sent again from
        # there, it is still one decision.
        page.evaluate("self.full = false")
        gate = threading.Event()
        server.network.when("POST", path, hold(gate, patience(PATIENCE)))
        page.evaluate("htmx.config.timeout = 300")
        page.evaluate(
            """addEventListener("htmx:configRequest", ({ detail }) => { detail.timeout /= 100; })"""
        )
        card.locator("[data-verify=kegiatan]").click()
        expect(page.locator("[data-waits]")).to_contain_text("Akan dikirim")
        gate.set()
    expect(page.locator("[data-waits]")).to_contain_text("Terkirim")
    assert server.value("SELECT count(*) FROM event WHERE action = 'verify'") == 1

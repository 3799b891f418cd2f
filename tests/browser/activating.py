"""Activating a phone by the link that somebody was sent, and signing in by PIN, by hand."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.cast import HARTONO, Person
from tests.services.phone import Phone
from tests.services.server import Server

PIN = "385026"
BY_PIN = "form[action='/masuk/pin']"


def link(server: Server, phone: Phone, person: Person) -> str:
    """The address that the lurah sends to this person."""
    said = server.command("new-activation", f"--phone={person.phone}", f"--by={HARTONO.phone}")
    found = re.search(r"/aktivasi#\S+", said)
    assert found is not None, said
    return found[0]


def activate(phone: Phone, address: str, person: Person, pin: str = PIN) -> Page:
    phone.open("/masuk")
    page = phone.open(address)
    expect(page.get_by_text(f"Benar ini Bapak/Ibu {person.name}?")).to_be_visible()
    assert "#" not in page.url, "the code does not stay in the address"
    page.fill("[name=last4]", person.phone[-4:])
    page.fill("[name=pin]", pin)
    page.get_by_role("button", name="Ya, aktifkan HP ini").tap()
    page.wait_for_url("**/beranda")
    return page


def sign_out(phone: Phone) -> Page:
    page = phone.open("/akun")
    page.get_by_role("button", name="Keluar", exact=True).last.tap()
    page.wait_for_url("**/masuk")
    return page


def by_pin(phone: Phone, pin: str, person: Person | None = None) -> Page:
    page = phone.open("/masuk")
    if person:
        page.locator(BY_PIN).get_by_role("radio", name=person.name).tap()
    page.locator(f"{BY_PIN} [name=pin]").fill(pin)
    page.locator(BY_PIN).get_by_role("button", name="Masuk").tap()
    return page

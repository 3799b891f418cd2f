"""The same form in two tabs: neither takes what the other has written."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    add_photos,
    eventually,
    fill,
    open_form,
    outbox,
    picture,
    ready,
    save,
)
from tests.cast import RAHMAN

pytestmark = pytest.mark.current_only
FIRST, SECOND = "Ditulis di tab pertama.", "Ditulis di tab kedua."
ELSEWHERE = "Draf ini dibuka di tab lain."


@pytest.fixture
def tabs(phone) -> tuple[Page, Page]:
    """Both were opened before anything was typed; then the first was typed in."""
    ready(phone, RAHMAN)
    phone.go_offline()
    first = open_form(phone, "pemerintahan")
    second = phone.new_tab()
    second.goto("/laporan/baru?kategori=pemerintahan")
    expect(second.get_by_role("button", name="Simpan draf")).to_be_visible()
    fill(first, "pemerintahan", FIRST, photos=1)
    eventually(lambda: written(phone), [FIRST])
    return first, second


def written(phone) -> list[str]:
    return [one["values"]["text"] for one in phone.stored("drafts")]


def test_the_later_one_says_so_and_can_still_send(tabs, phone):
    first, second = tabs
    fill(second, "pemerintahan", SECOND)
    expect(second.locator("#notices")).to_contain_text(ELSEWHERE)
    add_photos(second, [picture(6)])
    expect(second.locator("[data-photos-state]")).to_contain_text("draf ini dibuka di tab lain")
    assert written(phone) == [FIRST]
    save(second)
    (entry,) = outbox(phone)
    assert (entry["body"]["text"], len(entry["photos"])) == (SECOND, 1)
    # What the first has typed is still there, with its photo, and goes as a report of its own.
    assert written(phone) == [FIRST]
    save(first)
    assert [one["body"]["text"] for one in outbox(phone)] == [SECOND, FIRST]
    assert [len(one["photos"]) for one in outbox(phone)] == [1, 1]
    assert phone.stored("drafts") == []


def test_the_later_one_takes_the_place_when_the_person_says_so(tabs, phone):
    first, second = tabs
    fill(second, "pemerintahan", SECOND)
    second.get_by_role("button", name="Simpan yang ini").click()
    second.get_by_role("dialog").get_by_role("button", name="Simpan yang ini").click()
    eventually(lambda: written(phone), [SECOND])
    expect(second.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    expect(second.get_by_text(ELSEWHERE)).to_have_count(0)
    # From now on it is the first that is told.
    first.fill("#field-text", "Dan masih ditulis.")
    expect(first.locator("#notices")).to_contain_text(ELSEWHERE)
    expect(first.locator("#field-text")).to_have_value("Dan masih ditulis.")
    assert written(phone) == [SECOND]


def test_an_untouched_one_drops_nothing(tabs, phone):
    _, second = tabs
    second.get_by_role("button", name="Simpan draf").click()
    expect(second.locator(".tile").first).to_be_visible()
    assert written(phone) == [FIRST]


@pytest.mark.parametrize(
    "back",
    [
        "document.dispatchEvent(new Event('visibilitychange'))",
        "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
    ],
    ids=["seen again", "from the browser's memory"],
)
def test_an_untouched_one_shows_what_has_been_written_meanwhile(tabs, phone, back):
    _, second = tabs
    second.evaluate(back)
    expect(second.locator("#field-text")).to_have_value(FIRST)
    expect(second.locator("[data-photos] [data-photo]")).to_have_count(1)


def test_a_form_back_from_the_browsers_memory_keeps_what_is_not_stored(tabs, phone):
    _, second = tabs
    fill(second, "pemerintahan", SECOND)
    expect(second.locator("#notices")).to_contain_text(ELSEWHERE)
    second.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.locator("#field-text")).to_have_value(SECOND)
    save(second)
    assert [one["body"]["text"] for one in outbox(phone)] == [SECOND]


def test_a_rendered_form_from_the_browsers_memory_is_asked_for_anew(phones):
    """What it shows was sent from another tab meanwhile: it must not be sent once more."""
    phone = phones(service_workers="block")
    phone.sign_in(RAHMAN)
    first = phone.open("/laporan/baru?kategori=pemerintahan")
    fill(first, "pemerintahan", FIRST)
    expect(first.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    second = phone.new_tab()
    second.goto("/laporan/baru?kategori=pemerintahan")
    expect(second.locator("#field-text")).to_have_value(FIRST)
    save(second)
    first.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(first.locator("#field-text")).to_have_value("")

"""The same form in two tabs: neither takes what the other has written."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    add_photos,
    eventually,
    fill,
    outbox,
    picture,
    ready,
    save,
)
from tests.cast import RAHMAN
from tests.services.phone import Phone

pytestmark = pytest.mark.current_only
FORM = "/laporan/baru?kategori=pemerintahan"
FIRST, SECOND = "Ditulis di tab pertama.", "Ditulis di tab kedua."
ELSEWHERE = "Draf ini dibuka di halaman SIPOKAT lain."
FROM_MEMORY = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
SEEN_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def tabs(phone) -> tuple[Page, Page]:
    """Two pages of a phone without signal, Rahman's."""
    ready(phone, RAHMAN)
    phone.go_offline()
    return phone.page, phone.new_tab()


def begin(phone: Phone, tabs: tuple[Page, Page]) -> None:
    """Open the form anew in both, with no draft on the phone; then the first is typed in."""
    for page in tabs:
        page.goto("about:blank")
    first, _ = tabs
    first.goto("/masuk")
    first.evaluate(
        """async () => {
            const { owner } = await sipokat.identity.who();
            await sipokat.outbox.dropDraft(owner.id, "pemerintahan");
        }"""
    )
    for page in tabs:
        page.goto(FORM)
        # The form has looked for a draft and found none.
        expect(page.locator("[name=happened_on][max]")).to_be_visible()
        expect(page.get_by_role("button", name="Simpan draf")).to_be_visible()
    first.bring_to_front()  # the browser works slowly on a page that is not in front
    fill(first, "pemerintahan", FIRST, photos=1)
    eventually(lambda: written(phone), [FIRST])


def written(phone: Phone) -> list[str]:
    return [one["values"]["text"] for one in phone.stored("drafts")]


def test_two_tabs_with_words_of_their_own_lose_none_of_them(tabs, phone):
    first, second = tabs
    begin(phone, tabs)
    # The later one says so and can still send.
    second.bring_to_front()
    fill(second, "pemerintahan", SECOND)
    expect(second.locator("#notices")).to_contain_text(ELSEWHERE)
    add_photos(second, [picture(6)])
    expect(second.locator("[data-photos-state]")).to_contain_text(
        "Draf ini dibuka di halaman SIPOKAT lain."
    )
    assert written(phone) == [FIRST]
    # It keeps what is not stored when the browser shows it from its memory.
    for event in (FROM_MEMORY, SEEN_AGAIN):
        second.evaluate(event)
    expect(second.locator("#field-text")).to_have_value(SECOND)
    save(second)
    (entry,) = outbox(phone)
    assert (entry["body"]["text"], len(entry["photos"])) == (SECOND, 1)
    # What the first has typed is still there, with its photo, and goes as a report of its own.
    assert written(phone) == [FIRST]
    first.bring_to_front()
    save(first)
    assert [one["body"]["text"] for one in outbox(phone)] == [SECOND, FIRST]
    assert [len(one["photos"]) for one in outbox(phone)] == [1, 1]
    assert phone.stored("drafts") == []

    begin(phone, tabs)
    # The later one takes the place when the person says so; then it is the first that is told.
    second.bring_to_front()
    fill(second, "pemerintahan", SECOND)
    second.get_by_role("button", name="Simpan tulisan ini").click()
    second.get_by_role("dialog").get_by_role("button", name="Simpan tulisan ini").click()
    eventually(lambda: written(phone), [SECOND])
    expect(second.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    expect(second.get_by_text(ELSEWHERE)).to_have_count(0)
    first.fill("#field-text", "Dan masih ditulis.")
    expect(first.locator("#notices")).to_contain_text(ELSEWHERE)
    expect(first.locator("#field-text")).to_have_value("Dan masih ditulis.")
    assert written(phone) == [SECOND]


def test_an_untouched_tab_drops_nothing_and_shows_what_the_other_has_written(tabs, phone):
    _, second = tabs
    begin(phone, tabs)
    second.bring_to_front()
    second.get_by_role("button", name="Simpan draf").click()
    expect(second.locator(".tile").first).to_be_visible()
    assert written(phone) == [FIRST]
    for event in (SEEN_AGAIN, FROM_MEMORY):
        begin(phone, tabs)
        second.evaluate(event)
        expect(second.locator("#field-text")).to_have_value(FIRST)
        expect(second.locator("[data-photos] [data-photo]")).to_have_count(1)


def test_a_rendered_form_from_the_browsers_memory_is_asked_for_anew(phones):
    """What it shows was sent from another tab meanwhile: it must not be sent once more."""
    phone = phones(service_workers="block")
    phone.sign_in(RAHMAN)
    first = phone.open(FORM)
    fill(first, "pemerintahan", FIRST)
    expect(first.locator("[data-autosave]")).to_have_text("Tersimpan otomatis")
    second = phone.new_tab()
    second.goto(FORM)
    expect(second.locator("#field-text")).to_have_value(FIRST)
    save(second)
    first.evaluate(FROM_MEMORY)
    expect(first.locator("#field-text")).to_have_value("")

"""What each answer does to an entry, and when it is sent again: the protocol's whole table, put to
the phone's own script in one loaded page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

ENTRY = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
PHOTO = "33333333-3333-4333-8333-333333333333"
DIGEST = "ab" * 32
REPORT = {"id": ENTRY, "client_id": ENTRY, "kind": "report", "photos": []}
REVISION = {"id": ENTRY, "client_id": OTHER, "kind": "revision", "photos": []}
STEPS = ("text", "photo", "drop")
WAITING, MEND = "waiting", "needs_attention"


def receipt(client_id: str = ENTRY, photo: dict[str, Any] | None = None, **more: Any) -> Any:
    """A receipt for this report. It lists the photo with what `photo` changes, or without one
    no photo at all."""
    listed = (
        [{"id": PHOTO, "sha256": DIGEST, "state": "received"} | photo] if photo is not None else []
    )
    return {"client_id": client_id, "number": "00018", "photos": listed} | more


def answer(status: int, json: Any = None, step: str = "text", **more: Any) -> Any:
    """SIPOKAT's own, unless `own` says otherwise."""
    said = {"error": "begitulah", "message": "Begitulah.", "fields": {}} if json is None else json
    photo = None if step == "text" else {"id": PHOTO, "sha256": DIGEST, "drop": step == "drop"}
    facts = {"step": step, "photo": photo, "status": status, "json": said, "own": True}
    return facts | {"problem": None, "retry_after": None} | more


def table() -> list[tuple[str, Any, Any, str]]:
    """Rows of (what the answer is, its facts, the entry it is for, the outcome)."""
    rows: list[tuple[str, Any, Any, str]] = []

    def row(what: str, facts: Any, outcome: str, entry: Any = REPORT) -> None:
        rows.append((f"{what}, {facts['step']}", facts, entry, outcome))

    # A receipt counts when it names this entry.
    for status in (200, 201):
        row(f"{status} with a receipt", answer(status, receipt()), "progress")
        row(f"{status} of another", answer(status, receipt(OTHER)), WAITING)
        row(f"{status} without a number", answer(status, receipt(number=None)), WAITING)
        row(f"{status} without photos", answer(status, receipt(photos=None)), WAITING)
        row(f"{status} that is no receipt", answer(status, {}), WAITING)
        row(f"{status} that is a list", answer(status, []), WAITING)
    # A revision is named by its action.
    row("a revision", answer(200, receipt(OTHER, action_id=ENTRY)), "progress", REVISION)
    done = {"number": "00018", "action_id": ENTRY, "version": 3}
    row("done, told to who no longer holds the office", answer(200, done), "progress", REVISION)
    row("the same for a report", answer(200, done), WAITING)
    row("another's action", answer(200, receipt(ENTRY, action_id=OTHER)), WAITING, REVISION)
    row("no action", answer(200, receipt(OTHER)), WAITING, REVISION)
    # A photo: the receipt must hold the phone's own digest, in a state that keeps the bytes.
    for state, outcome in (
        ("received", "progress"),
        ("ready", "progress"),
        ("missing", WAITING),
        ("broken", MEND),
        ("gone", WAITING),
    ):
        row(f"{state}", answer(200, receipt(photo={"state": state}), "photo"), outcome)
    for what, photo, outcome in (
        ("of another digest", {"sha256": "cd" * 32}, WAITING),
        ("of another id", {"id": OTHER}, WAITING),
        ("not listed", None, WAITING),
    ):
        row(what, answer(200, receipt(photo=photo), "photo"), outcome)
    row("of another report", answer(200, receipt(OTHER, photo={}), "photo"), WAITING)
    row("no longer listed", answer(200, receipt(), "drop"), "progress")
    row("still listed", answer(200, receipt(photo={}), "drop"), WAITING)
    # Refusals, retries and all that is not SIPOKAT's own.
    for step in STEPS:
        row("401", answer(401, step=step), "needs_login")
        for status in (400, 403, 409, 413, 415, 422):
            row(str(status), answer(status, step=step), MEND)
        for status in (429, 503):
            row(str(status), answer(status, step=step, retry_after=7000), WAITING)
        for status in (301, 302, 303, 404 if step == "text" else 405, 408, 418, 500, 502, 504):
            row(str(status), answer(status, step=step), WAITING)
        for problem in ("timeout", "network"):
            row(problem, answer(0, step=step, problem=problem), WAITING)
        for status in (0, 200, 201, 302, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503):
            foreign = answer(status, receipt(photo={}), step, own=False)
            row(f"somebody else's {status}", foreign, WAITING)
    row("404", answer(404, step="photo"), "text_first")
    row("404", answer(404, step="drop"), "text_first")
    mismatch = {"error": "digest_mismatch", "message": "Foto rusak di jalan.", "fields": {}}
    row("digest_mismatch", answer(400, mismatch, "photo"), "rehash")
    return rows


@pytest.mark.promise(on="106")
def test_every_answer_does_what_the_protocol_says(phone):
    page = phone.open("/masuk")
    outcomes_follow_the_table(page)
    a_refusal_keeps_its_sentences_and_the_report_in_the_way(page)
    tries_come_less_often_but_at_least_every_five_minutes(page)
    an_entry_is_due_when_its_time_has_come_or_the_person_asks(page)
    retry_after_is_read_by_the_servers_clock(page)
    a_photos_receipt_does_not_change_when_the_text_was_received(page)


def outcomes_follow_the_table(page: Page) -> None:
    rows = table()
    verdicts = page.evaluate(
        "(asked) => asked.map(([facts, entry]) => sipokat.answers.classify(facts, entry))",
        [[facts, entry] for _, facts, entry, _ in rows],
    )
    wrong = {
        what: f"{verdict['outcome']}, not {outcome}"
        for (what, _, _, outcome), verdict in zip(rows, verdicts, strict=True)
        if verdict["outcome"] != outcome
    }
    assert wrong == {}
    # What goes with it: the server's words to the person, and when to come again.
    for (what, facts, _, outcome), verdict in zip(rows, verdicts, strict=True):
        if outcome == MEND:
            assert verdict["error"]["message"], what
            assert verdict["error"]["status"] == facts["status"], what
        if outcome == WAITING:
            told = facts["status"] in (429, 503) and facts["own"] and not facts["problem"]
            assert verdict["retry_after"] == (7000 if told else None), what


def a_refusal_keeps_its_sentences_and_the_report_in_the_way(page: Page) -> None:
    said = {
        "error": "invalid",
        "message": "Ada isian yang perlu diperbaiki.",
        "fields": {"text": "Tulis keterangannya."},
        "report": {"number": "00018", "desk": "rt"},
    }
    verdict = page.evaluate(
        "([facts, entry]) => sipokat.answers.classify(facts, entry)", [answer(409, said), REPORT]
    )
    error = verdict["error"]
    assert (error["code"], error["message"]) == ("invalid", said["message"])
    assert (error["fields"], error["report"]) == (said["fields"], "00018")


def tries_come_less_often_but_at_least_every_five_minutes(page: Page) -> None:
    tries = page.evaluate(
        """[...Array(40).keys()].map((n) =>
            Array.from({ length: 50 }, () => sipokat.answers.backoff(n)))"""
    )
    for attempts, waits in enumerate(tries):
        longest = min(300_000, 1000 * 2**attempts)
        assert longest / 2 <= min(waits) <= max(waits) <= longest, attempts
        assert len(set(waits)) > 1, "all phones would come at once"


def an_entry_is_due_when_its_time_has_come_or_the_person_asks(page: Page) -> None:
    now = 1_000_000
    later = {"last_try": now - 10, "next_try": now + 10, "told_to_wait": False}
    told = later | {"told_to_wait": True}
    asked = [
        (later | {"next_try": now}, "", True),
        (later | {"next_try": now - 1}, "", True),
        (later | {"last_try": None, "next_try": 0}, "", True),
        (later, "", False),
        (later, "now", True),
        (later, "tap", True),
        (told, "", False),
        (told, "now", False),
        (told, "tap", True),
        (told | {"last_try": now + 1}, "", True),  # the phone's clock was set back
    ]
    found = page.evaluate(
        "([asked, now]) => asked.map(([entry, mode]) => sipokat.answers.due(entry, mode, now))",
        [[[entry, mode] for entry, mode, _ in asked], now],
    )
    assert found == [may for _, _, may in asked]


def retry_after_is_read_by_the_servers_clock(page: Page) -> None:
    date = "Tue, 24 Nov 2026 08:00:00 GMT"
    half_past = "Tue, 24 Nov 2026 08:30:00 GMT"
    asked: list[tuple[dict[str, str], int | None]] = [
        ({}, None),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "7"}, 7_000),
        ({"Retry-After": "3600"}, 3_600_000),
        ({"Retry-After": "86400"}, 3_600_000),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nanti"}, None),
        ({"Retry-After": half_past}, None),  # the phone's own clock is no measure
        ({"Retry-After": half_past, "Date": date}, 1_800_000),
        ({"Retry-After": date, "Date": half_past}, 0),
    ]
    found = page.evaluate(
        "(asked) => asked.map((one) => sipokat.answers.retryAfter(new Headers(one)))",
        [headers for headers, _ in asked],
    )
    assert found == [milliseconds for _, milliseconds in asked]


def a_photos_receipt_does_not_change_when_the_text_was_received(page: Page) -> None:
    """A mended report was received when it was mended; its photos' receipts tell of the first."""
    asked = REVISION | {"photos": [{"id": PHOTO, "sha256": DIGEST}], "body": {"fields": {}}}
    first, mended = "2026-11-26T00:12:00+00:00", "2026-11-30T02:20:00+00:00"
    text = receipt(OTHER, {"state": "missing"}, action_id=ENTRY, received_at=mended)
    there = receipt(OTHER, {}, received_at=first)
    found = page.evaluate(
        "([entry, ...all]) => all.reduce((one, json) => sipokat.answers.advance(one, json), entry)",
        [asked, text, there],
    )
    assert (found["state"], found["receipt"]["received_at"]) == ("sent", mended)

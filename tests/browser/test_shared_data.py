"""What the phone must know as well as the server, put to the phone's own scripts."""

from __future__ import annotations

import json

import pytest

from sipokat import assets
from tests.numbers import number_cases
from tests.text_cases import EMPTY, READ


@pytest.mark.old_only
def test_the_form_reads_numbers_and_texts_as_the_server_and_page_and_worker_know_the_same(phone):
    page = phone.open("/laporan/baru")
    cases = number_cases()
    read = page.evaluate(
        "(cases) => cases.map((one) => sipokat.numbers.read(one.typed, one.kind, one.max))",
        [case._asdict() for case in cases],
    )
    found = [
        case._replace(value=one.get("value"), sentence=one.get("sentence"))
        for case, one in zip(cases, read, strict=True)
    ]
    assert found == cases
    kept = "(texts) => texts.map((text) => sipokat.texts.read(text))"
    assert page.evaluate(kept, list(READ)) == list(READ.values())
    assert page.evaluate(kept, list(EMPTY)) == [""] * len(EMPTY)
    length = "(texts) => texts.map((text) => sipokat.texts.length(text))"
    assert page.evaluate(length, ["\U0001f600" * 600, " ab "]) == [600, 2]
    shared = json.loads(assets.shared_data())
    assert page.evaluate("sipokat.data") == shared
    worker = page.evaluate("fetch('/service-worker.js').then((answer) => answer.text())")
    assert f"self.sipokat={{data:{assets.shared_data()}}};" in worker

"""What the phone must know as well as the server, put to the phone's own scripts."""

from __future__ import annotations

import json
import random
import re

import pytest
from playwright.sync_api import Page

from sipokat import assets
from sipokat.domain import numbers, texts
from tests.numbers import number_cases
from tests.text_cases import EMPTY, READ

KINDS = ("count", "rupiah", "decimal")
MOST = 10**9
# What numbers and texts are made of, in any order: signs, blanks of all sorts, what is not seen.
PARTS = [*"0123456789" * 3, *".,.,--+ ", "Rp", "rp.", "IDR", ",-", ",00", ".500", "000", "a", "m3"]
SIGNS = "\x85\x1c\x0b\t\n\r\u00a0\u00ad\u061c\u180e\u200b\u202e\u202f\u2011\u2028\u2212\u2800\u3000"
SIGNS += "\u3164\ufeff\uff11\ufff9\U0001f600\U000e0001"


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
    # The worker imports the very file that gave the page its data.
    fetched = "(path) => fetch(path).then((answer) => answer.text())"
    (core,) = re.findall(
        r'importScripts\("([^"]+)"\)', page.evaluate(fetched, "/service-worker.js")
    )
    assert page.locator(f"script[src='{core}']").count() == 1
    assert f"self.sipokat={{data:{assets.shared_data()}}};" in page.evaluate(fetched, core)
    writing_at_random_is_read_alike(page)


def writing_at_random_is_read_alike(page: Page) -> None:
    chance = random.Random(7)
    some = ["".join(chance.choices([*PARTS, *SIGNS], k=chance.randint(1, 9))) for _ in range(4000)]
    found = page.evaluate(
        """([some, kinds, most]) => some.map((one) => [
            ...kinds.map((kind) => Object.values(sipokat.numbers.read(one, kind, most))[0]),
            sipokat.texts.length(one), sipokat.texts.read(one)])""",
        [some, KINDS, MOST],
    )
    wrong = {}
    for one, (*values, length, sent) in zip(some, found, strict=True):
        kept = texts.read(sent)
        if values != [read(one, kind) for kind in KINDS] or length != len(kept):
            wrong[ascii(one)] = (values, length, kept)
    assert wrong == {}


def read(typed: str, kind: str) -> float | str:
    try:
        return numbers.read(typed, kind, most=MOST)
    except ValueError as error:
        return str(error)

"""What `static/js/phone/kinds.js` says of each kind of outbox entry."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import eventually, outbox, ready, report, reports, states
from tests.cast import RAHMAN

UNSENT = ["waiting", "sending", "needs_login", "needs_attention"]


@pytest.mark.old_only
def test_every_kind_says_the_same_things(phone):
    page = phone.open("/masuk")
    kinds = page.evaluate(
        """() => Object.fromEntries(Object.entries(sipokat.kinds.KINDS).map(([name, kind]) => {
            const entry = { kind: name, id: "a", report: "00018", title: "Sampah",
                region: "16.73.01.1001.003", noun: "penolakan" };
            return [name, {
                keys: Object.keys(kind).sort(),
                id_name: kind.id_name,
                path: kind.path(entry),
                head: Object.keys(kind.head({ category: 1, region: 1, written_at: 1,
                    form_version: 1, version: 1 })).sort(),
                client_id: kind.clientId(entry),
                title: sipokat.kinds.title(entry),
                see_in: kind.see_in,
                acknowledged: kind.acknowledged,
                mend_at: sipokat.kinds.mendAt(entry),
                mends: [{}, { desk: "rt" }, { desk: "kelurahan" }].map((error) =>
                    kind.mendsConflict(entry, error)),
            }];
        }))"""
    )
    keys = [kind.pop("keys") for kind in kinds.values()]
    assert all(one == keys[0] for one in keys)
    assert kinds == {
        "report": {
            "id_name": "client_id",
            "path": "/laporan",
            "head": ["category", "form_version", "region", "written_at"],
            "client_id": "a",
            "title": "Sampah",
            "see_in": UNSENT,
            "acknowledged": False,
            "mend_at": "/laporan/baru#entri=a",
            "mends": [False, False, False],
        },
        "revision": {
            "id_name": "action_id",
            "path": "/laporan/00018/perbaikan",
            "head": ["version"],
            "client_id": None,
            "title": "Perbaikan Sampah",
            "see_in": ["needs_attention"],
            "acknowledged": False,
            "mend_at": "/laporan/00018/perbaikan#entri=a",
            "mends": [False, True, False],
        },
        "withdrawal": {
            "id_name": "action_id",
            "path": "/laporan/00018/penarikan",
            "head": ["version"],
            "client_id": None,
            "title": "Pembatalan Sampah",
            "see_in": UNSENT,
            "acknowledged": False,
            "mend_at": "#entri=a",
            "mends": [False, False, False],
        },
        "decision": {
            "id_name": "action_id",
            "path": "/laporan/00018/penolakan",
            "head": ["version"],
            "client_id": None,
            "title": "Sampah",
            "see_in": UNSENT,
            "acknowledged": True,
            "mend_at": "#entri=a",
            "mends": [False, False, False],
        },
    }
    levels = page.evaluate(
        """(codes) => codes.map((region) => ["kota", "kecamatan", "kelurahan", "rt"].filter(
            (desk) => sipokat.kinds.KINDS.revision.mendsConflict({ region }, { desk })))""",
        ["16.73", "16.73.01", "16.73.01.1001", "16.73.01.1001.003"],
    )
    assert levels == [["kota"], ["kecamatan"], ["kelurahan"], ["rt"]]


@pytest.mark.old_only
def test_an_entry_of_a_kind_that_only_a_newer_version_knows_is_left_to_it(phone, server):
    ready(phone, RAHMAN)
    phone.go_offline()
    page = report(phone, text="Yang lama.")
    (entry,) = outbox(phone)
    page.evaluate(
        """(entry) => sipokat.store.writing(["entries"], async ({ entries }) => {
            entries.put({
                ...entry, id: "baru", order: 0, kind: "lain", state: "waiting", body: {} });
        })""",
        entry,
    )
    phone.go_online()
    page = phone.open("/kotak-keluar")
    eventually(lambda: sorted(states(phone)), ["sent", "waiting"])
    expect(page.locator("[data-entry]")).to_have_count(0)
    expect(page.locator("#notices > *")).to_have_count(0)
    assert len(reports(server)) == 1

"""A filled database of the version before gets its events hashed, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sipokat import create_app
from sipokat.database import db, record_keys
from sipokat.domain import record
from sipokat.migrations import downgrade, upgrade
from sipokat.models import Counter, Event, guards

BEFORE = "0002"
FILLED = """
INSERT INTO region (code, parent_code, level, name, official_name, also) VALUES
    ('16.73', NULL, 'kota', 'Lubuklinggau', 'Kota Lubuk Linggau', ''),
    ('16.73.04', '16.73', 'kecamatan', 'Lubuklinggau Utara I', 'Lubuk Linggau Utara I', ''),
    ('16.73.04.1009', '16.73.04', 'kelurahan', 'Petanang Ulu', 'Petanang Ulu', ''),
    ('16.73.04.1009.001', '16.73.04.1009', 'rt', 'RT 001', 'RT 001', '');
INSERT INTO "user" (id, phone, name, role, password_hash, active, created_at) VALUES
    ('u-rahman', '+6281200000101', 'Rahman', 'rt_head', 'x', true, '2026-01-05 01:00:00'),
    ('u-hartono', '+6281200000201', 'Hartono', 'lurah', 'x', true, '2026-01-05 01:00:00'),
    ('u-yusuf', '+6281200000301', 'Yusuf', 'camat', 'x', true, '2026-01-05 01:00:00');
INSERT INTO term (id, user_id, role, region_code, acts_for_id, since, until) VALUES
    (1, 'u-rahman', 'rt_head', '16.73.04.1009.001', NULL, '2024-01-01', NULL),
    (2, 'u-hartono', 'lurah', '16.73.04.1009', NULL, '2024-01-01', NULL),
    (3, 'u-yusuf', 'camat', '16.73.04', NULL, '2024-01-01', NULL),
    (4, 'u-hartono', 'camat', '16.73.04', 'u-yusuf', '2026-11-01', '2026-11-10');
INSERT INTO report (id, number, client_id, reporter_id, region_code, author_desk,
    submission_digest, received_at, written_at, written_at_raw, clock_doubtful, category, urgent,
    happened_on, text, fields, content_digest, status, desk, version, class, arrived_at, due_at)
    VALUES
    (1, '00018', 'c-1', 'u-rahman', '16.73.04.1009.001', 'rt', 'd1', '2026-11-02 01:00:00.000012',
    '2026-11-02 00:59:00', '2026-11-02T08:00:00+07:00', false, 'sampah', false, '2026-11-02',
    'Tumpukan', '{"jenis":"tumpukan"}', 'd-now', 'waiting', 'kota', 3, 'kinerja',
    '2026-11-05 02:00:00', '2026-11-10 09:00:00');
INSERT INTO revision (id, report_id, version, author_id, at, content, content_digest) VALUES
    (1, 1, 1, 'u-rahman', '2026-11-02 01:00:00.000012',
     '{"happened_on":"2026-11-02","text":"Tumpukan","fields":{"jenis":"tumpukan"},"lat":null,
       "lon":null,"accuracy_m":null,"place_text":null,"photos":[]}', 'd1');
INSERT INTO photo (id, report_id, client_id, declared_by, sha256, state, current, original, tries,
    left_at, left_by, gave_way_to) VALUES
    (1, 1, 'p-1', 'u-rahman', 's-1', 'missing', false, false, 0,
     '2026-11-06 03:00:00', 'u-rahman', 'p-2'),
    (2, 1, 'p-2', 'u-rahman', 's-2', 'missing', false, false, 0,
     '2026-11-07 03:00:00', 'u-rahman', NULL);
INSERT INTO event (seq, report_id, version, at, actor_id, actor_desk, action, from_desk, to_desk,
    class, reason, note, action_id, request_digest, content_digest) VALUES
    (1, 1, 1, '2026-11-02 01:00:00.000012', 'u-rahman', 'rt', 'submit', NULL, 'kelurahan', NULL,
     NULL, NULL, 'a-1', 'd1', 'd1'),
    (2, 1, 2, '2026-11-04 02:00:00', 'u-hartono', 'kelurahan', 'verify', 'kelurahan', 'kecamatan',
     'kinerja', NULL, 'Sudah dilihat.', 'a-2', 'd2', 'd1'),
    (3, 1, 3, '2026-11-05 02:00:00', 'u-hartono', 'kecamatan', 'verify', 'kecamatan', 'kota',
     'kinerja', NULL, NULL, 'a-3', 'd3', 'd1');
UPDATE counter SET value = 3 WHERE name = 'event'
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a filled database of the version before."""
    chosen = request.config.getoption("--database")
    if chosen not in (None, request.param):
        pytest.skip(f"--database {chosen}")
    if request.param == "postgresql":
        postgres: Any = request.getfixturevalue("postgres")
        postgres.create("before")
        url = postgres.url("before")
    else:
        url = f"sqlite:///{tmp_path / 'before.sqlite3'}"
    app = create_app({"DATA": tmp_path, "SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        upgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            for statement in FILLED.split(";\n"):
                connection.exec_driver_sql(statement)
        yield app
        db.session.remove()
        db.engine.dispose()


def entries() -> list[Event]:
    return list(db.session.query(Event).order_by(Event.seq))


def test_the_events_of_before_are_hashed_into_one_chain(before: Flask) -> None:
    upgrade()
    rows, hashed = entries(), ""
    key = record_keys().present
    for row in rows:
        values = {
            one.columns[0].name: getattr(row, one.key) for one in Event.__mapper__.column_attrs
        }
        assert row.previous_hash == hashed
        assert row.sealed == record.seal(row.salt or "", values)
        hashed = record.entry_hash(key.secret, values)
        assert row.hash == hashed
    counter = db.session.get_one(Counter, "event")
    assert (counter.value, counter.last_seq, counter.last_hash) == (5, 5, hashed)
    assert record.mark_of(key.secret, counter.token or "") == rows[-1].mark
    assert len({row.salt for row in rows}) == 5


def test_each_keeps_the_office_of_its_day_and_photos_become_entries(before: Flask) -> None:
    upgrade()
    said = [
        (one.version, one.action, one.actor_role, one.actor_region, one.actor_for)
        for one in entries()
    ]
    assert said == [
        (1, "submit", "rt_head", "16.73.04.1009.001", None),
        (2, "verify", "lurah", "16.73.04.1009", None),
        (3, "verify", "camat", "16.73.04", "u-yusuf"),
        (None, "replace", "rt_head", "16.73.04.1009.001", None),
        (None, "drop", "rt_head", "16.73.04.1009.001", None),
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("at", "acts_for"),
    [
        ("2026-10-31 16:59:59", None),
        ("2026-10-31 22:00:00", "u-yusuf"),  # 5 in the morning of 1 November there
        ("2026-11-10 16:59:59", "u-yusuf"),
        ("2026-11-10 22:00:00", None),
    ],
)
def test_the_day_of_an_act_is_that_of_lubuklinggau(
    before: Flask, at: str, acts_for: str | None
) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE event SET at = '{at}.000000' WHERE seq = 3")
    upgrade()
    assert entries()[2].actor_for == acts_for


@pytest.mark.whole
def test_the_triggers_are_on_after_every_migration_and_off_after_none(before: Flask) -> None:
    with db.engine.connect() as connection:
        assert guards.faults(connection) != []
    upgrade()
    for _ in range(2):
        with db.engine.connect() as connection:
            assert guards.faults(connection) == []
        downgrade(revision=BEFORE)
        upgrade()


@pytest.mark.once
def test_the_version_before_finds_its_events_again(before: Flask) -> None:
    query = "SELECT seq, report_id, version, action, note, content_digest FROM event ORDER BY seq"
    with db.engine.connect() as connection:
        was = connection.exec_driver_sql(query).all()
    upgrade()
    downgrade(revision=BEFORE)
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(query).all() == was
        (count,) = connection.exec_driver_sql("SELECT value FROM counter").one()
    assert count == 5, "numbers are never given twice"

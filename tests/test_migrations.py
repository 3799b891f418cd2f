"""The migrations lead to the tables of the models, and back, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from sipokat import create_app
from sipokat.database import db
from sipokat.migrations import downgrade, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database with nothing in it."""
    chosen = request.config.getoption("--database")
    if chosen not in (None, request.param):
        pytest.skip(f"--database {chosen}")
    if request.param == "postgresql":
        postgres: Any = request.getfixturevalue("postgres")
        postgres.create("empty")
        url = postgres.url("empty")
    else:
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    app = create_app({"DATA": tmp_path, "SQLALCHEMY_DATABASE_URI": url})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def test_migrations_lead_to_the_models(empty: Flask) -> None:
    upgrade()
    assert differences() == []


def test_flask_db_migrates(empty: Flask) -> None:
    empty.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    assert differences() == []


@pytest.mark.once
def test_a_missing_column_is_seen(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.exec_driver_sql('ALTER TABLE "user" DROP COLUMN active')
    assert [difference[0] for difference in differences()] == ["add_column"]


@pytest.mark.once
def test_every_migration_can_be_taken_back(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert differences() == []


def test_a_month_whose_closing_was_taken_back_can_be_closed_again(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        for name in ("month", "erasure"):
            connection.exec_driver_sql(
                "INSERT INTO daily_job (name, day, done_at)"
                f" VALUES ('{name}', '2026-11-11', '2026-11-11 01:00:00')"
            )
    downgrade(revision="0022")
    upgrade()
    assert rows("SELECT name FROM daily_job") == [("erasure",)]


FILLED = """
INSERT INTO region (code, parent_code, level, name, official_name, also) VALUES
    ('16.73', NULL, 'kota', 'Lubuklinggau', 'Kota Lubuk Linggau', ''),
    ('16.73.04', '16.73', 'kecamatan', 'Lubuklinggau Utara I', 'Lubuk Linggau Utara I', ''),
    ('16.73.04.1009', '16.73.04', 'kelurahan', 'Petanang Ulu', 'Petanang Ulu', ''),
    ('16.73.04.1009.001', '16.73.04.1009', 'rt', 'RT 001', 'RT 001', '');
INSERT INTO "user" (id, phone, name, role, password_hash, active, created_at) VALUES
    ('u-yusuf', '+6281200000301', 'Yusuf', 'camat', 'x', true, '2026-01-05 01:00:00'),
    ('u-dewi', '+6281200000401', 'Dewi', 'pemerintahan', 'x', true, '2026-01-05 01:00:00');
INSERT INTO term (id, user_id, region_code, since, until) VALUES
    (1, 'u-yusuf', '16.73.04', '2024-01-01', NULL),
    (2, 'u-dewi', '16.73', '2024-01-01', '2026-12-31'),
    (4, 'u-yusuf', '16.73.04.1009.001', '2019-01-01', '2023-12-31');
INSERT INTO report (id, number, client_id, reporter_id, region_code, author_desk,
    submission_digest, received_at, written_at, clock_doubtful, category, urgent, happened_on, text,
    fields, content_digest, status, desk, version, arrived_at) VALUES
    (1, '00018', 'c-1', 'u-yusuf', '16.73.04', 'kecamatan', 'd', '2026-11-02 01:00:00',
    '2026-11-02 01:00:00', false, 'keagamaan', false, '2026-11-02', 'Pengajian', '{}', 'd',
    'waiting', 'kota', 1, '2026-11-02 01:00:00'),
    (2, '00026', 'c-2', 'u-yusuf', '16.73.04.1009.001', 'rt', 'd', '2026-11-02 01:00:00',
    '2026-11-02 01:00:00', false, 'keagamaan', false, '2026-11-02', 'Pengajian', '{}', 'd',
    'returned', 'rt', 2, '2026-11-02 01:00:00'),
    (3, '00034', 'c-3', 'u-yusuf', '16.73.04.1009', 'kelurahan', 'd', '2026-11-02 01:00:00',
    '2026-11-02 01:00:00', false, 'keagamaan', false, '2026-11-02', 'Pengajian', '{}', 'd',
    'rejected', NULL, 2, '2026-11-02 01:00:00');
INSERT INTO revision (id, report_id, version, author_id, at, content, content_digest) VALUES
    (1, 1, 1, 'u-yusuf', '2026-11-02 01:00:00', '{"photos": [{"id": "p-first"}]}', 'd'),
    (2, 1, 3, 'u-yusuf', '2026-11-05 01:00:00', '{"photos": [{"id": "p-second"}]}', 'd');
INSERT INTO photo (id, report_id, client_id, declared_by, sha256, state, current, original, tries,
    left_at, left_by, gave_way_to) VALUES
    (1, 1, 'p-first', 'u-yusuf', 'd', 'missing', true, false, 0, NULL, NULL, NULL),
    (2, 1, 'p-second', 'u-yusuf', 'd', 'missing', false, false, 0, '2026-11-06 01:00:00', 'u-yusuf',
    'p-third'),
    (3, 1, 'p-third', 'u-yusuf', 'd', 'missing', true, false, 0, NULL, NULL, NULL);
INSERT INTO reading (report_id, desk, user_id, at) VALUES
    (1, 'kota', 'u-dewi', '2026-11-03 02:00:00')
"""


# Yusuf, a camat, acts for Dewi. The first version would give him the whole city as its camat.
DEPUTY = """
INSERT INTO term (id, user_id, role, region_code, acts_for_id, since) VALUES
    (3, 'u-yusuf', 'pemerintahan', '16.73', 'u-dewi', '2026-11-01')
"""


def rows(statement: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_a_filled_database_of_the_first_version_moves_up_and_back(empty: Flask) -> None:
    """Each term gets the role of its person's account, and no record of an opening is lost."""
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        for statement in FILLED.split(";"):
            connection.exec_driver_sql(statement)
    upgrade()
    assert differences() == []
    assert rows("SELECT id, role, acts_for_id FROM term ORDER BY id") == [
        (1, "camat", None),
        (2, "pemerintahan", None),
        (4, "rt_head", None),
    ]
    assert rows("SELECT report_id, desk, user_id FROM first_opened") == [(1, "kota", "u-dewi")]
    added = rows("SELECT SUBSTR(CAST(added_at AS TEXT), 1, 10) FROM photo ORDER BY id")
    assert added == [(None,), ("2026-11-05",), ("2026-11-06",)]
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            DEPUTY.replace("since)", "since, kind, letter_number, letter_date, until)").replace(
                "'2026-11-01')", "'2026-11-01', 'plh', '800/12', '2026-10-30', '2026-11-20')"
            )
        )
    downgrade(revision="0001")
    assert rows("SELECT id, user_id, region_code FROM term ORDER BY id") == [
        (1, "u-yusuf", "16.73.04"),
        (2, "u-dewi", "16.73"),
        (4, "u-yusuf", "16.73.04.1009.001"),
    ]
    assert rows("SELECT report_id, desk, user_id FROM reading") == [(1, "kota", "u-dewi")]
    upgrade()
    assert differences() == []


@pytest.mark.whole
def test_deputies_of_before_get_a_kind_and_an_end(empty: Flask) -> None:
    """Regions are there as they were, and all of it can be taken back and done again."""
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        for statement in FILLED.split(";"):
            connection.exec_driver_sql(statement)
    upgrade(revision="0010")
    entry = "INSERT INTO administrative_entry (id, at, subject_id, action, operator) VALUES"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(DEPUTY)
        connection.exec_driver_sql(
            f"{entry} (1, '2026-11-02 01:00:00', 'u-dewi', 'create', 'budi')"
        )
    upgrade()
    assert differences() == []
    assert rows("SELECT id, kind, letter_number FROM term ORDER BY id") == [
        (1, "definitif", None),
        (2, "definitif", None),
        (3, "plh", "tidak dicatat"),
        (4, "definitif", None),
    ]
    assert rows("SELECT COUNT(*) FROM term WHERE kind = 'plh' AND until IS NULL") == [(0,)]
    assert rows("SELECT COUNT(*) FROM region WHERE since IS NULL AND until IS NULL") == [(4,)]
    for wrong in ("kind = 'plt'", "letter_number = NULL", "until = NULL", "kind = 'pjs'"):
        with pytest.raises(IntegrityError, match="ck_term_"), db.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE term SET {wrong} WHERE id = 3")
    with db.engine.begin() as connection:
        of_region = "(id, at, region_code, action, operator) VALUES"
        connection.exec_driver_sql(
            f"INSERT INTO administrative_entry {of_region}"
            " (2, '2026-11-02 01:00:00', '16.73.04', 'rename_region', 'budi')"
        )
    downgrade(revision="0010")
    assert rows("SELECT id, subject_id FROM administrative_entry") == [(1, "u-dewi")]
    assert rows("SELECT acts_for_id FROM term WHERE id = 3") == [("u-dewi",)]
    upgrade()
    assert differences() == []


@pytest.mark.once
def test_reports_of_before_keep_where_they_lie_and_are_counted(empty: Flask) -> None:
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        for statement in FILLED.split(";"):
            connection.exec_driver_sql(statement)
    upgrade()
    where = "kota_code, kecamatan_code, kelurahan_code, desk_code"
    assert rows(f"SELECT id, {where} FROM report ORDER BY id") == [
        (1, "16.73", "16.73.04", None, "16.73"),
        (2, "16.73", "16.73.04", "16.73.04.1009", "16.73.04.1009.001"),
        (3, "16.73", "16.73.04", "16.73.04.1009", None),
    ]
    assert rows("SELECT region_code, status, count FROM tally") == [
        ("16.73.04.1009", "rejected", 1)
    ]
    with pytest.raises(IntegrityError, match="ck_region_digits"), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE region SET code = '16-73' WHERE code = '16.73.04'")


# Reports like the second one: category, period, day, written, received, whether the phone's clock
# is doubtful. The 10th of December ends at 17.00 UTC.
OF_MONTHS = (
    ("keagamaan", None, "2026-11-30", "2026-12-10 16:59:59.999999", "2026-12-20 01:00:00", False),
    ("keagamaan", None, "2026-11-30", "2026-12-10 17:00:00.000000", "2026-12-20 01:00:00", False),
    ("keagamaan", None, "2026-11-30", "2026-11-30 01:00:00.000000", "2026-12-20 01:00:00", True),
    ("nihil", "2026-10", "2026-11-02", "2026-11-02 01:00:00.000000", "2026-11-02 01:00:00", False),
    ("rekap_bulanan", "2026-12", "2026-12-31", "2027-01-10 16:00:00", "2027-01-11 01:00:00", False),
)


def test_reports_of_before_are_counted_in_their_months(empty: Flask) -> None:
    upgrade(revision="0001")
    kept = "reporter_id, region_code, author_desk, submission_digest, urgent, text, fields"
    kept += ", content_digest, status, desk, version, arrived_at"
    with db.engine.begin() as connection:
        for statement in FILLED.split(";"):
            connection.exec_driver_sql(statement)
        for number, (category, _, day, written, received, doubtful) in enumerate(OF_MONTHS, 4):
            connection.exec_driver_sql(
                f"INSERT INTO report (id, number, client_id, category, happened_on, written_at,"
                f" received_at, clock_doubtful, {kept}) SELECT {number}, 'n-{number}',"
                f" 'c-{number}', '{category}', '{day}', '{written}', '{received}', {doubtful},"
                f" {kept} FROM report WHERE id = 2"
            )
    upgrade(revision="0022")
    with db.engine.begin() as connection:
        for number, (_, period, *_rest) in enumerate(OF_MONTHS, 4):
            if period:
                connection.exec_driver_sql(
                    f"UPDATE report SET period = '{period}' WHERE id = {number}"
                )
        connection.exec_driver_sql("UPDATE report SET recorded_as = 'Lurah' WHERE id = 6")
    upgrade()
    counts = "month, region_code, real, nihil, recorded, on_time, rekap, rekap_on_time"
    rt = "16.73.04.1009.001"
    assert rows(f"SELECT {counts} FROM month_count ORDER BY month, region_code") == [
        ("2026-10", rt, 0, 1, 0, 1, 0, 0),
        ("2026-11", "16.73.04", 1, 0, 0, 1, 0, 0),
        ("2026-11", rt, 4, 0, 1, 2, 0, 0),
        ("2026-12", rt, 0, 0, 0, 0, 1, 1),
    ]


def test_on_sqlite_foreign_keys_are_looked_at_after_all_migrations(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While tables are made anew they are off."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    app = create_app({"DATA": tmp_path, "SQLALCHEMY_DATABASE_URI": url})
    orphan = "INSERT INTO term (user_id, role, region_code, since) VALUES ('nobody', 'x', 'y', 'z')"
    with app.app_context():
        upgrade(revision="0003")
        with db.engine.connect() as connection:
            sqlite: Any = connection.connection.driver_connection
            sqlite.execute("PRAGMA foreign_keys = OFF")
            sqlite.execute(orphan)
            sqlite.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(SystemExit):
            upgrade()
        assert "refer to nothing" in caplog.text
        assert rows("PRAGMA foreign_keys") == [(1,)]
        db.engine.dispose()


def test_every_migration_has_a_name() -> None:
    for path in (Path(__file__).parents[1] / "migrations/versions").glob("*.py"):
        number, _, name = path.stem.partition("_")
        assert number, path
        assert name, f"{path.name} says nothing about what it does"
        assert "sipokat.models" not in path.read_text(), f"{path.name} imports the live models"

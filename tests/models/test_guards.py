"""The triggers of the record: what they refuse, and that they are there after every migration."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain.nudges import asking
from sipokat.models import Report, guards
from tests import steps
from tests.cast import HARTONO, RAHMAN, SITI
from tests.steps import act, send, user_of

pytestmark = pytest.mark.sql

DELETED = ("event", "revision", "photo", "report", "counter", "administrative_entry", "nudge")


def by_hand(statement: str, **given: Any) -> None:
    """What somebody with a database client does; foreign keys do not stop them."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        try:
            connection.execute(text(statement), given)
            connection.commit()
        finally:
            connection.invalidate()  # no other test gets a connection without foreign keys


def all_rows() -> dict[str, list[tuple[Any, ...]]]:
    with db.engine.connect() as connection:
        return {
            table: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=repr
            )
            for table in DELETED
        }


def refused_by_hand(statement: str, **given: Any) -> None:
    before = all_rows()
    with pytest.raises(IntegrityError):
        by_hand(statement, **given)
    assert all_rows() == before


def verified(session: Session) -> Report:
    """A report with a photo that was verified once, and another one beside it. Somebody was asked
    for hers."""
    send(RAHMAN)
    asking.ask(user_of(HARTONO), [SITI.region], "whatsapp")
    report = act(HARTONO, send(RAHMAN, "sampah"), "verify")
    session.rollback()
    return report


@pytest.mark.parametrize("table", DELETED)
def test_nothing_of_the_record_is_deleted(session: Session, table: str) -> None:
    verified(session)
    refused_by_hand(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", DELETED)
@pytest.mark.only("postgresql", why="SQLite has no TRUNCATE")
def test_no_table_of_the_record_is_emptied(session: Session, table: str) -> None:
    verified(session)
    refused_by_hand(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", guards.FIXED)
def test_what_is_fixed_stays(session: Session, table: str) -> None:
    verified(session)
    types = {one["name"]: one["type"] for one in db.inspect(db.engine).get_columns(table)}
    for column in guards.FIXED[table].split():
        kind, length = types[column].python_type, getattr(types[column], "length", None)
        other = {int: "987654", bool: "true"}.get(kind, f"'{'2020-02-02 02:02:02'[:length]}'")
        refused_by_hand(f'UPDATE {table} SET "{column}" = {other}')


@pytest.mark.parametrize("column", ["note", "salt", "request_digest", "content_digest"])
def test_what_may_be_erased_is_not_changed_without_an_erasure(
    session: Session, column: str
) -> None:
    verified(session)
    refused_by_hand(f"UPDATE event SET {column} = 'x'")
    refused_by_hand(
        "UPDATE event SET note = NULL, salt = NULL, request_digest = '', content_digest = ''"
    )


def test_the_counter_never_goes_back(session: Session) -> None:
    verified(session)
    refused_by_hand("UPDATE counter SET value = value - 1")
    refused_by_hand("UPDATE counter SET name = 'x'")


def test_a_revision_is_not_changed(session: Session) -> None:
    verified(session)
    refused_by_hand("UPDATE revision SET content = '{}'")


def test_an_administrative_entry_is_not_changed_even_to_the_same(session: Session) -> None:
    refused_by_hand("UPDATE administrative_entry SET operator = operator")


def test_an_administrative_entry_is_somebodys(session: Session) -> None:
    """A person's, or an operator's, or an operator's for a person: one of nobody is refused."""
    refused_by_hand(
        "INSERT INTO administrative_entry (at, subject_id, action) SELECT at, subject_id, action"
        " FROM administrative_entry WHERE id = 1"
    )


# --- What SQLite would replace -------------------------------------------------------------------

# One for each unique key: the older row has the same one.
REPLACING = (
    "UPDATE OR REPLACE event SET seq = 1 WHERE seq = 2",
    "UPDATE OR REPLACE event SET report_id = 1, version = 1 WHERE seq = 3",
    "UPDATE OR REPLACE event SET action_id = (SELECT action_id FROM event"
    " WHERE seq = 1) WHERE seq = 2",
    "UPDATE OR REPLACE report SET number = (SELECT number FROM report WHERE id = 1) WHERE id = 2",
    "UPDATE OR REPLACE report SET id = 1 WHERE id = 2",
    "UPDATE OR REPLACE report SET client_id = (SELECT client_id FROM report"
    " WHERE id = 1) WHERE id = 2",
    "UPDATE OR REPLACE report SET category = 'nihil', period = '2026-11'",
    "UPDATE OR REPLACE revision SET id = 1 WHERE id = 2",
    "UPDATE OR REPLACE revision SET report_id = 1 WHERE report_id = 2",
    "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
    "INSERT OR REPLACE INTO report SELECT * FROM report WHERE id = 1",
    "INSERT OR REPLACE INTO revision SELECT * FROM revision WHERE id = 1",
    "INSERT OR REPLACE INTO photo SELECT * FROM photo WHERE id = 1",
    "INSERT OR REPLACE INTO counter (name, value) VALUES ('event', 0)",
    "REPLACE INTO counter (name, value) VALUES ('event', 0)",
    "INSERT OR REPLACE INTO administrative_entry SELECT * FROM administrative_entry WHERE id = 1",
    "UPDATE OR REPLACE administrative_entry SET id = 1 WHERE id = 2",
)


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.only("sqlite", why="only SQLite has OR REPLACE")
def test_nothing_is_replaced(session: Session, recursive: str) -> None:
    """`recursive_triggers` is off in other programs: then REPLACE asks no DELETE trigger."""
    verified(session)

    def set_pragma(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")

    engine = db.engine
    event.listen(engine, "checkout", set_pragma)
    try:
        for statement in REPLACING:
            refused_by_hand(statement)
    finally:
        event.remove(engine, "checkout", set_pragma)
        engine.dispose()


@pytest.mark.only("sqlite", why="only SQLite has OR REPLACE")
def test_a_month_cannot_be_replaced_by_another_report(session: Session) -> None:
    first = act(RAHMAN, send(RAHMAN, "nihil"), "withdraw")
    send(RAHMAN, "nihil")
    session.rollback()
    refused_by_hand("UPDATE OR REPLACE report SET status = 'waiting' WHERE id = :id", id=first.id)


def test_our_own_connections_ask_triggers_when_they_replace(session: Session) -> None:
    if db.engine.dialect.name == "sqlite":
        assert session.scalar(text("PRAGMA recursive_triggers")) == 1


# --- That they are there -------------------------------------------------------------------------


def faults() -> list[str]:
    with db.engine.connect() as connection:
        return guards.faults(connection)


def test_every_test_has_the_triggers(session: Session) -> None:
    """The tests' own way to make a database fresh leaves them on."""
    assert faults() == []


def test_a_trigger_that_is_missing_or_changed_is_named_and_put_back(session: Session) -> None:
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.begin() as connection:
        if sqlite:
            connection.exec_driver_sql("DROP TRIGGER event_stays")
            connection.exec_driver_sql("DROP TRIGGER revision_is_fixed")
            connection.exec_driver_sql(
                "CREATE TRIGGER revision_is_fixed BEFORE UPDATE ON revision BEGIN SELECT 1; END"
            )
        else:
            connection.exec_driver_sql("DROP TRIGGER event_stays ON event")
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION revision_is_fixed() RETURNS trigger LANGUAGE plpgsql"
                " AS $$ BEGIN RETURN NEW; END $$"
            )
    assert faults() == ["trigger event_stays is missing", "trigger revision_is_fixed is changed"]
    with db.engine.begin() as connection:
        guards.put_on(connection)
    assert faults() == []


@pytest.mark.only("postgresql", why="SQLite cannot switch a trigger off")
def test_a_trigger_that_is_switched_off_is_named(app: Flask, session: Session) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE report DISABLE TRIGGER report_stays")
    assert faults() == ["trigger report_stays is switched off"]
    with db.engine.begin() as connection:
        guards.put_on(connection)
    assert faults() == []


def test_somebody_elses_trigger_is_named(session: Session) -> None:
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.begin() as connection:
        if sqlite:
            connection.exec_driver_sql(
                "CREATE TRIGGER quiet BEFORE INSERT ON event BEGIN SELECT RAISE(IGNORE); END"
            )
        else:
            connection.exec_driver_sql(
                "CREATE TRIGGER quiet BEFORE UPDATE ON event FOR EACH ROW"
                " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
            )
    assert faults() == ["trigger quiet is not one of SIPOKAT's"]
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER quiet{'' if sqlite else ' ON event'}")


def test_the_chain_goes_on_without_the_trigger_that_notes_its_head(session: Session) -> None:
    """A trigger that was lost costs a statement, not the chain."""
    send(RAHMAN)
    with db.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON event"
        connection.exec_driver_sql(f"DROP TRIGGER event_heads_chain{on}")
    send(RAHMAN)
    report = send(RAHMAN)
    with writing() as inner:
        rows = inner.execute(text("SELECT hash, previous_hash FROM event ORDER BY seq")).all()
    assert [row.previous_hash for row in rows] == ["", rows[0].hash, rows[1].hash]
    with db.engine.begin() as connection:
        guards.put_on(connection)
    assert len(steps.events_of(report)) == 1

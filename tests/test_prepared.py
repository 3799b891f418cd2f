"""Statements that are compiled once: what they take, and that they keep to the session's rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, event, insert, literal_column, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from sipokat.database import db, table, writing
from sipokat.models import SignInFailure
from sipokat.prepared import Among, Prepared

FAILURE = table(SignInFailure)
ADD = Prepared(insert(FAILURE).returning(FAILURE.c.id))
AT = datetime(2026, 11, 23, 0, 12, 7, 5, UTC)


@pytest.fixture(autouse=True, params=["alone", "heard"])
def road(session: Session, request: pytest.FixtureRequest) -> Iterator[None]:
    """Statements go by the driver's own cursor, but by SQLAlchemy where somebody listens to them:
    both must give the same."""
    if request.param == "alone":
        assert not db.engine.dispatch.before_cursor_execute
        yield
        return

    def hear(*_told: object) -> None: ...

    event.listen(db.engine, "before_cursor_execute", hear)
    yield
    event.remove(db.engine, "before_cursor_execute", hear)


def keys(session: Session) -> list[str]:
    return list(session.scalars(select(SignInFailure.key).order_by(SignInFailure.id)))


def test_values_are_turned_as_sqlalchemy_turns_them(session: Session) -> None:
    with writing() as session:
        ((number,),) = ADD.run(session, {"key": "phone:1", "at": AT})
    kept = session.get_one(SignInFailure, number)
    assert (kept.key, kept.at) == ("phone:1", AT)


def test_values_may_come_in_any_order_and_number(session: Session) -> None:
    with writing() as session:
        ADD.run(session, {"at": AT, "key": "first"})
        ADD.run(session, {"key": "second", "at": AT, "id": 77})
        change = (
            update(FAILURE).where(FAILURE.c.key == bindparam("old")).values(key=bindparam("new"))
        )
        Prepared(change).run(session, {"new": "third", "old": "second"})
    assert keys(session) == ["first", "third"]


def test_a_select_brings_its_own_values_and_those_to_look_among(session: Session) -> None:
    with writing() as session:
        for number, key in enumerate(("one", "two", "two"), 1):
            ADD.run(session, {"id": number, "key": key, "at": AT})
    own = Prepared(select(FAILURE.c.id).where(FAILURE.c.key == "two").order_by(FAILURE.c.id))
    assert own.rows(session, {}) == own.rows(session, {}) == [(2,), (3,)]
    found = select(FAILURE.c.id, FAILURE.c.at).where(FAILURE.c.key == bindparam("key"))
    among = Among(found, FAILURE.c.id)
    assert among.rows(session, [1, 2], {"key": "two"}) == [(2, AT)]
    assert among.rows(session, [1], {"key": "one"}) == [(1, AT)]


@pytest.mark.parametrize("values", [{"key": "x", "at": AT, "kye": "y"}, {"key": "x", "kye": AT}])
def test_a_name_that_is_no_column_is_refused(session: Session, values: dict[str, Any]) -> None:
    with writing() as session, pytest.raises(ValueError, match="kye"):
        ADD.run(session, values)


def _add_what_fails(session: Session) -> None:
    with session.begin_nested():
        ADD.run(session, {"id": 2, "key": "goes", "at": AT})
        ADD.run(session, {"id": 1, "key": "twice", "at": AT})


def test_a_savepoint_takes_back_only_what_failed(session: Session) -> None:
    with writing() as session:
        ADD.run(session, {"id": 1, "key": "stays", "at": AT})
        with pytest.raises(IntegrityError):
            _add_what_fails(session)
        ADD.run(session, {"id": 3, "key": "stays too", "at": AT})
    assert keys(session) == ["stays", "stays too"]


def test_an_error_quotes_no_value(session: Session) -> None:
    """It goes to the log, where nothing that a report says may stand."""
    with writing() as session:
        ADD.run(session, {"id": 1, "key": "first", "at": AT})
    with pytest.raises(IntegrityError) as failed, writing() as session:
        ADD.run(session, {"id": 1, "key": "what the report says", "at": AT})
    assert "report says" not in str(failed.value)


def test_rows_have_the_types_of_their_columns(session: Session) -> None:
    with writing() as session:
        ADD.run(session, {"key": "phone:1", "at": AT})
    columns = FAILURE.c["at", "key"]
    asked = Prepared(select(*columns).where(FAILURE.c.key == bindparam("key")))
    assert asked.rows(session, {"key": "phone:1"}) == [(AT, "phone:1")]
    assert asked.rows(session, {"key": "nobody"}) == []


def test_the_errors_of_a_database_are_those_of_sqlalchemy(session: Session) -> None:
    asked = Prepared(select(literal_column("1")).select_from(text("nowhere")))
    with pytest.raises(DBAPIError, match="nowhere"):
        asked.rows(session, {})
    session.rollback()
    assert keys(session) == []


@pytest.mark.only("postgresql", why="SQLite has no connection to lose")
def test_a_connection_that_is_lost_is_given_up(session: Session) -> None:
    """The next transaction gets another one."""
    own = session.scalar(text("SELECT pg_backend_pid()"))
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
    with pytest.raises(OperationalError) as failed:
        ADD.run(session, {"key": "lost", "at": AT})
    assert failed.value.connection_invalidated
    session.rollback()
    assert keys(session) == []

"""`audit.verify`: an untouched record holds, and whatever somebody does to it by hand is named."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sipokat.database import db
from sipokat.domain import erasure, photo_intake
from sipokat.domain.clock import now
from sipokat.models import guards
from tests.cast import AGUS, DEWI, HARTONO, RAHMAN, SITI, YUSUF
from tests.services import tampering
from tests.services.matrix import share
from tests.services.tampering import by_hand, checkpoints, faults, unguarded, verdict
from tests.shelf import Shelf, drop
from tests.steps import act, climb, photo, revise, send, user_of

EVENTS = 18


def build(session: Session) -> None:
    """A record with a bit of everything, and its checkpoint: five reports, events 1 to 18."""
    one, two, three = photo(), photo(), photo()
    send(RAHMAN)
    awaited = climb(
        send(RAHMAN, "sampah", photos=[one, two, three], lat=-3.29, lon=102.86), HARTONO
    )
    for fresh, replaces in ((photo(), one.id), (two, None)):  # `replace` and two `arrive`
        user, ident = user_of(RAHMAN), awaited.client_id
        photo_intake.accept(user, ident, fresh.id, fresh.sha256, b"bytes", Shelf(), replaces)
    drop(awaited, three)
    returned = act(HARTONO, send(SITI, "tamu"), "return", note="Jumlahnya berapa?")
    revise(SITI, returned, text="Tiga orang.")
    verified = act(HARTONO, send(SITI, "nihil"), "verify", klass=None)
    for person in (YUSUF, DEWI):
        act(person, verified, "verify", klass=None)
    act(DEWI, verified, "reopen")
    gone = act(HARTONO, send(RAHMAN, text="Pak Budi sakit."), "verify", note="Semoga sembuh.")
    erasure.erase(user_of(AGUS), gone.number, "Permintaan Pak Budi", Shelf())
    assert checkpoints().write(now())
    session.rollback()


@pytest.fixture
def city(session: Session) -> dict[str, list[dict[str, Any]]]:
    """The record of `build` in the database, and its rows."""
    build(session)
    return tampering.content()


def test_an_untouched_record_holds(city: Any) -> None:
    found = verdict()
    assert (found.faults, found.notes) == ([], [])
    assert (found.entries, found.reports) == (EVENTS, 5)


# --- By name -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE event SET action = 'reject' WHERE seq = 3"], "event 3: was changed or written"),
        (["UPDATE event SET note = 'x' WHERE seq = 8"], "event 8: its note or a digest was"),
        (
            [
                "UPDATE event SET note = NULL, salt = NULL, request_digest = '',"
                " content_digest = '' WHERE seq = 8"
            ],
            "event 8: was blanked without an erasure",
        ),
        (["DELETE FROM event WHERE seq BETWEEN 8 AND 9"], "events 8 to 9: missing"),
        ([f"DELETE FROM event WHERE seq = {EVENTS}"], f"event {EVENTS}: missing"),
        (["DELETE FROM event"], f"events 1 to {EVENTS}: missing"),
        (["DELETE FROM counter"], "the counter of events is missing"),
        (["UPDATE counter SET value = 3"], "the counter was set back to 3"),
        (["UPDATE report SET text = 'x' WHERE id = 1"], "text changed by hand"),
        (["UPDATE report SET status = 'verified' WHERE id = 1"], "status changed by hand"),
        (["UPDATE report SET due_at = '2030-01-01' WHERE id = 1"], "due_at changed by hand"),
        (["DELETE FROM report WHERE id = 1"], " was removed"),
        (["DELETE FROM revision WHERE report_id = 1"], "its content of version 1 is missing"),
        (["UPDATE revision SET content = '[1]' WHERE id = 1"], "cannot be read"),
        (["DELETE FROM photo WHERE gave_way_to IS NOT NULL"], "is missing"),
        (["UPDATE photo SET gave_way_to = NULL"], "was replaced or dropped by hand"),
        (["UPDATE report SET desk_code = '16.73' WHERE id = 1"], "desk_code changed by hand"),
        (
            ["INSERT INTO tally (region_code, status, count) VALUES ('16.73', 'verified', 9)"],
            "the count of verified reports of 16.73 is wrong",
        ),
        (["UPDATE event SET key_id = 'x' WHERE seq = 2"], "event 2: is signed with a key"),
    ],
)
def test_each_kind_of_tampering_is_said(city: Any, statements: list[str], said: str) -> None:
    by_hand(*statements)
    assert any(said in fault for fault in faults()), faults()


def test_what_was_put_in_another_order_is_said(city: Any) -> None:
    by_hand(
        "UPDATE event SET seq = 1000 WHERE seq = 3",
        "UPDATE event SET seq = 3 WHERE seq = 9",
        "UPDATE event SET seq = 9 WHERE seq = 1000",
    )
    found = faults()
    assert "event 3: is what was written as event 9" in found
    assert "event 9: is what was written as event 3" in found
    assert not [one for one in found if "event 4" in one or "event 10:" in one]


def test_an_event_by_another_hand_is_said(city: Any) -> None:
    """With the next number and the right hash before it, but without the key."""
    row = city["event"][-1] | {"seq": EVENTS + 1, "action_id": "by hand"}
    with unguarded() as connection:
        tampering.insert_rows(connection, "event", [row])
    assert f"event {EVENTS + 1}: was inserted by hand: its number was never given" in faults()
    by_hand(f"UPDATE counter SET value = {EVENTS + 1}, last_seq = {EVENTS + 1}")
    assert f"event {EVENTS + 1}: was changed or written by hand" in faults()


@pytest.mark.parametrize("count", [1, 5])
def test_the_last_events_are_missed_even_if_the_counter_is_set_back(city: Any, count: int) -> None:
    """The counter's token is nowhere else: nobody can set it back to one of before. This needs no
    checkpoint."""
    last = EVENTS - count
    by_hand(
        f"DELETE FROM event WHERE seq > {last}",
        f"UPDATE counter SET value = {last}, last_seq = {last},"
        f" last_hash = (SELECT hash FROM event WHERE seq = {last})",
    )
    known = f"event {EVENTS}, which was" if count == 1 else f"events {last + 1} to 18, which were"
    assert any(f"it knows {known} removed" in one for one in faults())
    for path in checkpoints().folder.iterdir():
        path.unlink()
    assert any(one.startswith(f"the counter was not left by event {last}") for one in faults())


def test_a_whole_report_is_missed(city: Any) -> None:
    """Its events, contents and photos go with it. The first has event 1 alone."""
    number = city["report"][0]["number"]
    by_hand(
        "DELETE FROM event WHERE report_id = 1",
        "DELETE FROM revision WHERE report_id = 1",
        "DELETE FROM report WHERE id = 1",
    )
    assert "event 1: missing" in faults()
    assert number == "00018"


def test_an_emptied_record_does_not_hold(city: Any) -> None:
    """Not even when the counter is as on the first day and the checkpoints are gone."""
    by_hand(
        *(f"DELETE FROM {table}" for table in tampering.TABLES if table != "counter"),
        "UPDATE counter SET value = 0, token = NULL, last_seq = 0, last_hash = ''",
    )
    assert any("it knows events 1 to 18, which were removed" in one for one in faults())
    for path in checkpoints().folder.iterdir():
        path.unlink()
    assert faults() == ["the record is empty and there is no checkpoint: nothing can be verified"]


def test_missing_triggers_are_said(city: Any) -> None:
    with db.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON event"
        connection.exec_driver_sql(f"DROP TRIGGER event_is_fixed{on}")
    try:
        assert faults() == ["trigger event_is_fixed is missing"]
    finally:
        with db.engine.begin() as connection:
            guards.put_on(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET at = 'yesterday' WHERE seq = 2",
        "UPDATE event SET at = x'ff' WHERE seq = 2",
        "UPDATE event SET detail = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "UPDATE event SET detail = '[[[' WHERE seq = 18",
        "UPDATE event SET report_id = 'one' WHERE seq = 2",
        "UPDATE event SET version = 'one' WHERE seq = 2",
        "UPDATE event SET salt = x'00' WHERE seq = 2",
        "UPDATE event SET hash = x'00' WHERE seq = 2",
        "UPDATE event SET class = 1e999 WHERE seq = 2",
        "UPDATE report SET arrived_at = 'x'",
        "UPDATE report SET fields = 'no json'",
        "UPDATE report SET category = CAST(x'c328' AS TEXT)",
        "UPDATE report SET number = x'00' WHERE id = 1",
        "UPDATE report SET happened_on = 5",
        "UPDATE revision SET content = '{\"photos\": 5}'",
        "UPDATE revision SET content = CAST(x'7b2261223a22ff227d' AS TEXT)",
        "UPDATE revision SET version = 'x' WHERE id = 1",
        "UPDATE photo SET left_at = 'x'",
        "UPDATE photo SET gave_way_to = client_id, left_at = '2030-01-01 00:00:00'",
        "UPDATE counter SET value = 'x'",
        "UPDATE counter SET token = x'00'",
    ],
)
@pytest.mark.only("sqlite", why="PostgreSQL keeps no such value")
def test_what_cannot_be_read_is_said(city: Any, statement: str) -> None:
    by_hand(statement)
    found = faults()
    assert found
    for one in found:
        one.encode("ascii", "backslashreplace")


# --- By chance -----------------------------------------------------------------------------------

# Columns that an audit cannot know: row numbers of the database's own, how far a photo is, and
# whether somebody was told that a report is late.
UNKNOWN = {
    "report": {"late_told"},
    "revision": {"id"},
    "photo": {
        "id",
        "state",
        "original",
        "received_at",
        "claimed_at",
        "claim",
        "tries",
        "width",
        "height",
        "added_at",
    },
}
VALUES = st.one_of(
    st.none(),
    st.integers(-3, 30),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
    st.sampled_from(["", "0", "2026-01-01 00:00:00.000000", "kota", "verified", "{}", "x" * 64]),
)


class Tamper:
    """Changes the record at random; `named` are the rows that must be named for it: numbers of
    events and of reports."""

    def __init__(self, city: dict[str, list[dict[str, Any]]], data: st.DataObject) -> None:
        self.city, self.data = city, data

    def draw(self, strategy: Any) -> Any:
        return self.data.draw(strategy)

    def row(self, tables: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
        table = self.draw(st.sampled_from([one for one in tables if self.city[one]]))
        return table, self.draw(st.sampled_from(self.city[table]))

    def where(self, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        key = next(iter(row))
        return f"{key} = :key_{key}", {f"key_{key}": row[key]}

    def change(self, connection: Any) -> None:
        table, row = self.row(tampering.TABLES)
        column = self.draw(st.sampled_from(sorted(row.keys() - UNKNOWN.get(table, set()))))
        others = [one[column] for one in self.city[table] if one[column] != row[column]]
        value = self.draw(st.one_of(VALUES, st.sampled_from(others)) if others else VALUES)
        if isinstance(value, dict | list):
            value = tampering.json.dumps(value)
        where, given = self.where(row)
        connection.execute(
            text(f'UPDATE {table} SET "{column}" = :value WHERE {where}'), given | {"value": value}
        )

    def delete(self, connection: Any) -> None:
        table, row = self.row(tampering.TABLES)
        where, given = self.where(row)
        connection.execute(text(f"DELETE FROM {table} WHERE {where}"), given)

    def insert(self, connection: Any) -> None:
        table, row = self.row(("event", "report", "revision", "photo"))
        key = next(iter(row))
        fresh = {key: self.draw(st.integers(EVENTS + 1, 60))}
        for name in ("number", "client_id", "action_id"):
            if name in row:
                fresh[name] = f"new-{fresh[key]}"
        if "version" in row and row["version"] is not None:
            fresh["version"] = self.draw(st.integers(4, 9))
        tampering.insert_rows(connection, table, [row | fresh])

    def swap(self, connection: Any) -> None:
        one, other = self.draw(st.permutations(range(1, EVENTS + 1)))[:2]
        for before, after in ((one, -1), (other, one), (-1, other)):
            connection.exec_driver_sql(f"UPDATE event SET seq = {after} WHERE seq = {before}")

    def behead(self, connection: Any) -> None:
        last = self.draw(st.integers(0, EVENTS - 1))
        connection.exec_driver_sql(f"DELETE FROM event WHERE seq > {last}")
        connection.exec_driver_sql(
            f"UPDATE counter SET value = {last}, last_seq = {last},"
            f" last_hash = coalesce((SELECT hash FROM event WHERE seq = {last}), '')"
        )

    def remove_report(self, connection: Any) -> None:
        _, row = self.row(("report",))
        for table in ("event", "revision", "photo"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE report_id = {row['id']}")
        connection.exec_driver_sql(f"DELETE FROM report WHERE id = {row['id']}")


def named(found: list[str]) -> tuple[set[int], set[str]]:
    """The numbers of events and of reports that the sentences name."""
    said = "\n".join(found)
    events = {int(one) for one in re.findall(r"event (-?\d+)", said)}
    for first, last in re.findall(r"events (-?\d+) to (-?\d+)", said):
        events |= set(range(int(first), int(last) + 1))
    return events, set(re.findall(r"report (\S+?)(?::| was)", said))


def touched(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]
) -> tuple[set[int], set[int]]:
    """The numbers of the events and the ids of the reports with a row that is another one now."""
    events, reports = set(), set()
    for table in tampering.TABLES:
        for row in before[table]:
            if row in after[table]:
                continue
            if table == "event":
                events.add(row["seq"])
            elif table != "counter":
                reports.add(row["id" if table == "report" else "report_id"])
    return events, reports


@pytest.mark.once
@pytest.mark.parametrize("many", [False, True], ids=["one", "several"])
def test_whatever_is_done_by_hand_is_named(session: Session, many: bool) -> None:
    """Whoever does it may do anything in the database, and has neither the key nor the folder of
    checkpoints."""
    build(session)
    city = tampering.content()
    numbers = {row["id"]: row["number"] for row in city["report"]}

    @settings(
        max_examples=share(60 if many else 120, 6),
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(st.data())
    def tamper(data: st.DataObject) -> None:
        hand = Tamper(city, data)
        ways = [hand.change, hand.delete, hand.insert, hand.swap, hand.behead, hand.remove_report]
        try:
            with unguarded() as connection:
                for _ in range(data.draw(st.integers(2, 4)) if many else 1):
                    data.draw(st.sampled_from([hand.change, *ways]))(connection)
        except DBAPIError:
            assume(False)  # the database takes no such value
        after = tampering.content()
        if after == city:
            return
        try:
            found = faults()
            assert found, "it holds"
            events, reports = touched(city, after)
            said_events, said_reports = named(found)
            assert events <= said_events, found
            told = {numbers[one] for one in reports}
            news = {row["number"] for row in after["report"]} - set(numbers.values())
            of_events = {row["report_id"] for row in city["event"] if row["seq"] in said_events}
            assert told <= said_reports | {numbers[one] for one in of_events} or news, found
        finally:
            tampering.put_back(city)

    tamper()
    assert faults() == []
